"""Logging in to a portal: once, politely, and no further than a robot should go."""

import logging
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pyotp.totp import TOTP

from core.domain.errors import (
    CaptchaShown,
    OneTimeCodeMissing,
    OneTimeCodeRefused,
    PortalBusy,
    PortalChanged,
    PortalDown,
    PortalLoginRefused,
    PortalPasswordExpired,
    PortalSessionsFull,
    ProjectError,
)
from core.domain.submissions import ProofShot
from portal.browser import Window, chromium
from portal.coupa.options import CoupaOptions
from tests.browser import chromium as named_chromium
from tests.sandbox.portal import seed
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.robot import BIRCH, Robot
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import Visitor, running_portal

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    with running_portal() as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(named_chromium() or "") as one:
        yield one


@pytest.fixture
def robot(running: Site, browser: Browser) -> Iterator[Robot]:
    running.load(seed.world(running.now.date()))
    robot = Robot(running, browser)
    yield robot
    running.faults.clear()
    robot.end()


def refused(robot: Robot, **credential: str) -> ProjectError:
    with pytest.raises(ProjectError) as error:
        robot.driver(robot.credential(**credential)).log_in()
    assert robot.site.live(seed.ROBOT) == []
    said = f"{error.value!r}{error.value.details!r}"
    codes = [TOTP(seed.SECRET).at(int(robot.site.now.timestamp()) + 30 * step) for step in range(-4, 5)]
    assert [secret for secret in (seed.PASSWORD, seed.SECRET, "wrong-canary", *codes) if secret in said] == []
    robot.end()
    return error.value


def test_a_session_is_kept_and_a_remembered_computer_is_asked_for_no_code(robot: Robot) -> None:
    first = robot.driver()
    first.log_in()
    assert robot.site.logins == 1
    # A run that crashed: the window is gone, nobody logged out.
    first._opened().window.close()
    first._held.close()
    second = robot.driver()
    second.log_in()
    assert robot.site.logins == 1
    with pytest.raises(PortalBusy):
        robot.driver().log_in()
    second.end_session()
    assert robot.site.live(seed.ROBOT) == []
    codes = len([one for one in robot.site.seen if one.path == "/sessions/mfa" and one.method == "POST"])
    third = robot.driver()
    third.log_in()
    assert robot.site.logins == 2
    assert len([one for one in robot.site.seen if one.path == "/sessions/mfa" and one.method == "POST"]) == codes == 1
    robot.site.drop_sessions()
    assert third.order(BIRCH, "7781").number == "7781"
    assert (robot.site.logins, robot.seats.open_sessions("robot")) == (3, 1)
    assert robot.site.most_sessions_at_once == 1


def test_what_the_login_refuses_is_tried_once_and_named(robot: Robot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    user = robot.site.user(seed.ROBOT)
    assert user is not None
    wrong = refused(robot, password="wrong-canary")
    assert (type(wrong), wrong.details["field"], user.failures) == (PortalLoginRefused, "password", 1)
    user.expired_password = True
    assert type(refused(robot)) is PortalPasswordExpired
    user.expired_password = False
    assert type(refused(robot, one_time_secret="")) is OneTimeCodeMissing
    robot.site.faults.add(Fault("clock", seconds=3600))
    assert type(refused(robot)) is OneTimeCodeRefused
    robot.site.faults.clear()
    user.mfa = "sms"
    assert type(refused(robot)) is OneTimeCodeMissing
    assert robot.seats.open_sessions("robot") == 0
    assert [secret for secret in (seed.PASSWORD, seed.SECRET, "wrong-canary") if secret in caplog.text] == []


def test_a_captcha_is_for_a_person_and_its_picture_shows_where(robot: Robot) -> None:
    robot.site.faults.add(Fault("captcha"))
    shown = refused(robot)
    assert type(shown) is CaptchaShown
    shot = shown.details["shot"]
    assert isinstance(shot, ProofShot)
    assert shot.png.startswith(b"\x89PNG")
    assert "PNG" not in repr(shot)
    assert [one.path for one in robot.site.seen].count("/sessions/captcha") == 0


def test_a_picture_covers_every_field_that_may_hold_a_secret(browser: Browser) -> None:
    """Two pictures that differ in secrets alone are one picture."""
    window = Window(browser, re.compile("portal[.]example"), ())
    window.page.set_content(
        "<input id=code><input autocomplete=one-time-code class=other><input type=password><input class=name>"
        "<iframe srcdoc='<input id=password>'></iframe>"
    )
    window.page.frame_locator("iframe").locator("input").wait_for()

    def shot(secret: str, name: str) -> bytes:
        for mark in ("#code", ".other", "[type=password]"):
            window.page.fill(mark, secret)
        window.page.frame_locator("iframe").locator("input").fill(secret)
        window.page.fill(".name", name)
        return window.shot()

    assert shot("canary-one", "Ann") == shot("another-canary", "Ann")
    assert shot("canary-one", "Ann") != shot("canary-one", "Bob")
    window.close()


def test_a_fourth_session_is_never_opened(robot: Robot) -> None:
    people = [Visitor(robot.site) for _ in range(3)]
    for one in people:
        assert one.log_in(seed.ROBOT).url.path == "/home"
        robot.site.advance(60)
    with pytest.raises(PortalSessionsFull):
        robot.driver().log_in()
    assert len(robot.site.live(seed.ROBOT)) == 3
    assert all(one.get("/home").url.path == "/home" for one in people)
    assert not any(one.path == "/sessions/max_concurrent" and one.method == "POST" for one in robot.site.seen)
    for one in people:
        one.http.close()


def test_tours_are_put_away_and_another_language_is_told(robot: Robot) -> None:
    user = robot.site.user(seed.ROBOT)
    assert user is not None
    user.mfa, user.saw_tour, user.widget = "none", False, "select2"
    robot.site.faults.add(Fault("overlay"))
    driver = robot.driver()
    assert BIRCH in driver.customers()
    robot.end()
    robot.site.faults.clear()
    robot.site.faults.add(Fault("new_language", to="fr-FR"))
    with pytest.raises(PortalChanged) as told:
        robot.driver().log_in()
    assert told.value.details["seen"] == "fr-FR"
    assert robot.seats.open_sessions("robot") == 1
    robot.end()
    assert (robot.site.live(seed.ROBOT), robot.seats.open_sessions("robot")) == ([], 0)


def test_a_portal_that_is_down_is_tried_later(robot: Robot) -> None:
    user = robot.site.user(seed.ROBOT)
    assert user is not None
    user.mfa = "none"
    robot.site.faults.add(Fault("maintenance", "home"))
    with pytest.raises(PortalDown):
        robot.driver().log_in()
    robot.end()
    elsewhere = CoupaOptions(address="http://supplier.coupahost.localhost:1")
    with pytest.raises(PortalDown):
        robot.driver(options=elsewhere).log_in()


def test_a_person_logs_in_by_hand_where_the_portal_wants_to_see_one(robot: Robot) -> None:
    """The session that they opened is the robot's from then on: counted, kept, and logged out at its end."""
    driver = robot.driver()
    with pytest.raises(CaptchaShown):
        driver.log_in_by_hand(0.3)
    assert robot.seats.open_sessions("robot") == 0
    with Visitor(robot.site) as person:
        person.log_in(seed.ROBOT)
        address = robot.site.url("supplier", "/")
        found = [(one.name, one.value or "") for one in person.http.cookies.jar]
        driver._opened().window.context.add_cookies([{"name": name, "value": value, "url": address} for name, value in found])
        driver.log_in_by_hand(30.0)
    assert robot.seats.open_sessions("robot") == 1
    assert driver.customers()[0].name == BIRCH.name
    driver.end_session()
    assert robot.site.live(seed.ROBOT) == []
    assert robot.seats.open_sessions("robot") == 0
