"""Logging in to the stand-in: everything that the vendor would refuse is refused."""

from pathlib import Path

import httpx
import pytest
from pyotp.totp import TOTP

from tests.sandbox.portal import seed
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.site import MOST_FAILURES, Site
from tests.sandbox.portal.testing import Visitor


def test_a_person_logs_in_and_out(visitor: Visitor, site: Site) -> None:
    assert visitor.log_in(seed.PERSON).url.path == "/home"
    assert len(site.live(seed.PERSON)) == 1
    assert visitor.get("/sessions/logout").url.path == "/sessions/new"
    assert site.live(seed.PERSON) == []
    assert visitor.get("/home").url.path == "/sessions/new"


def test_a_wrong_password_says_no_more_than_that_and_locks_in_the_end(visitor: Visitor, site: Site) -> None:
    for _ in range(MOST_FAILURES):
        assert "not correct" in visitor.type_password(seed.PERSON, "wrong").text
    assert "not correct" in visitor.type_password("nobody@example.com", "wrong").text
    assert "locked" in visitor.type_password(seed.PERSON, seed.PASSWORD).text
    assert visitor.get("/sessions/continue").url.path == "/sessions/new"
    assert site.logins == 0


def test_a_password_that_has_expired(visitor: Visitor, site: Site) -> None:
    user = site.user(seed.PERSON)
    assert user is not None
    user.expired_password = True
    assert "expired" in visitor.type_password(seed.PERSON, seed.PASSWORD).text


def test_no_step_can_be_left_out(visitor: Visitor, site: Site) -> None:
    visitor.post("/sessions/new", email=seed.ROBOT)
    for path in ("/sessions/continue", "/sessions/mfa", "/home", "/orders/"):
        assert visitor.get(path).url.path == "/sessions/new"
    visitor.type_password(seed.ROBOT, seed.PASSWORD)
    assert visitor.get("/sessions/continue").url.path == "/sessions/mfa"
    assert visitor.post("/sessions/max_concurrent").url.path == "/sessions/new"
    assert site.logins == 0


def test_a_code_is_taken_once(visitor: Visitor, site: Site) -> None:
    user = site.user(seed.ROBOT)
    assert user is not None
    code = TOTP(user.secret).at(site.now)
    for expected in ("/home", "/sessions/mfa"):
        visitor.type_password(seed.ROBOT, seed.PASSWORD)
        visitor.get("/sessions/continue")
        assert visitor.post("/sessions/mfa", code=code).url.path == expected
        visitor.get("/sessions/logout")
    site.advance(30)
    visitor.type_password(seed.ROBOT, seed.PASSWORD)
    assert visitor.post("/sessions/mfa", code=TOTP(user.secret).at(site.now)).url.path == "/home"


@pytest.mark.parametrize("code", ["000000", "", "12345678901"])
def test_a_wrong_code_is_refused(visitor: Visitor, code: str) -> None:
    visitor.type_password(seed.ROBOT, seed.PASSWORD)
    page = visitor.post("/sessions/mfa", code=code)
    assert page.url.path == "/sessions/mfa"
    assert page.status_code in {200, 422}


def test_a_code_of_a_clock_that_is_wrong_is_refused(visitor: Visitor, site: Site) -> None:
    site.faults.add(Fault("clock", seconds=3600))
    assert visitor.log_in(seed.ROBOT).url.path == "/sessions/mfa"


def test_a_recovery_code_works_once(visitor: Visitor, site: Site) -> None:
    user = site.user(seed.ROBOT)
    assert user is not None
    user.recovery_codes.append("recover-me")
    for expected in ("/home", "/sessions/mfa"):
        visitor.type_password(seed.ROBOT, seed.PASSWORD)
        assert visitor.post("/sessions/mfa", code="recover-me").url.path == expected
        visitor.get("/sessions/logout")


def test_a_computer_that_is_remembered_is_asked_for_no_code_for_thirty_days(visitor: Visitor, site: Site) -> None:
    assert visitor.log_in(seed.ROBOT, remember=True).url.path == "/home"
    visitor.get("/sessions/logout")
    visitor.type_password(seed.ROBOT, seed.PASSWORD)
    assert visitor.get("/sessions/continue").url.path == "/home"
    visitor.get("/sessions/logout")
    site.advance(31 * 86400)
    visitor.type_password(seed.ROBOT, seed.PASSWORD)
    assert visitor.get("/sessions/continue").url.path == "/sessions/mfa"


def test_the_fourth_session_ends_the_oldest_only_when_told_to(site: Site) -> None:
    visitors = [Visitor(site) for _ in range(4)]
    for one in visitors[:3]:
        assert one.log_in(seed.PERSON).url.path == "/home"
    fourth = visitors[3]
    assert fourth.log_in(seed.PERSON).url.path == "/sessions/max_concurrent"
    assert visitors[0].get("/home").url.path == "/home"
    assert fourth.post("/sessions/max_concurrent").url.path == "/home"
    assert visitors[0].get("/home").url.path == "/sessions/new"
    assert site.most_sessions_at_once == 3
    for one in visitors:
        one.http.close()


def test_three_others_can_be_there_at_the_turn_of_a_switch(visitor: Visitor, site: Site) -> None:
    site.faults.add(Fault("sessions_full"))
    assert visitor.log_in(seed.PERSON).url.path == "/sessions/max_concurrent"
    assert site.live(seed.PERSON) == []
    assert visitor.post("/sessions/max_concurrent").url.path == "/home"


def test_a_session_ends_when_it_is_idle(visitor: Visitor, site: Site) -> None:
    visitor.log_in(seed.PERSON)
    site.advance(29 * 60)
    assert visitor.get("/home").url.path == "/home"
    site.advance(31 * 60)
    assert visitor.get("/home").url.path == "/sessions/new"


def test_a_captcha_stands_in_the_way_until_a_person_presses(visitor: Visitor, site: Site) -> None:
    site.faults.add(Fault("captcha"))
    visitor.type_password(seed.PERSON, seed.PASSWORD)
    assert "g-recaptcha" in visitor.get("/sessions/continue").text
    assert visitor.post("/sessions/captcha").url.path == "/home"


def test_a_token_of_the_frame_works_once_and_for_one_customer(inside: Visitor, site: Site) -> None:
    session = next(iter(site.sessions))
    token = site.frame_token(session, "birchboro")
    with Visitor(site) as other:
        assert "Orders" in other.get("/enter", "birchboro", token=token, to="/supplier_order_headers").text
    with Visitor(site) as third:
        again = third.get("/enter", "birchboro", token=token, to="/supplier_order_headers")
        elsewhere = third.get("/enter", "calloway", token=site.frame_token(session, "birchboro"), to="/supplier_order_headers")
    assert "login_message" in again.text
    assert "login_message" in elsewhere.text
    late = site.frame_token(session, "birchboro")
    site.advance(61)
    assert "login_message" in inside.get("/enter", "birchboro", token=late, to="/supplier_order_headers").text


def test_the_choice_of_a_customer_belongs_to_the_user_and_not_to_the_session(inside: Visitor, site: Site) -> None:
    with Visitor(site) as other:
        other.log_in(seed.PERSON)
        other.choose("calloway")
    assert "Calloway Marine Works" in inside.get("/orders/").text
    assert inside.post("/customer", customer="unknown").status_code == 404


def test_only_this_machine_is_answered(site: Site) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{site.port}", trust_env=False, verify=False) as client:  # noqa: S501 - loopback
        for host in ("evil.example", f"127.0.0.1:{site.port + 1}", f"other.coupahost.localhost:{site.port}"):
            assert client.get("/", headers={"Host": host}).status_code == 403
        assert client.post("/calm", headers={"Origin": "http://evil.example"}).status_code == 403


def test_the_stand_in_writes_down_no_secrets(inside: Visitor, site: Site) -> None:
    assert inside.get("/home").status_code == 200
    assert seed.PASSWORD not in repr(site.seen)


def test_every_page_says_that_it_is_a_stand_in_or_stands_in_a_frame() -> None:
    pages = Path(__file__).parents[2] / "sandbox" / "portal" / "pages"
    assert "stand-in" in (pages / "outer.html").read_text(encoding="utf-8")
    assert "stand-in" in (pages / "base.html").read_text(encoding="utf-8")
