import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.domain.actors import Role
from core.domain.events import AuditName, PaymentEvent
from core.domain.ids import EntityId
from core.domain.payments import PaymentState
from tests.builders import a_customer, a_customer_invoice, a_person
from tests.service import bank_csv
from tests.unit.web.conftest import Web

Serve = Callable[..., Web]
PAGES = ("/payments", "/payments?queue=post", "/payments?find=north", "/payments/P-1001", "/files", "/report", "/audit")


@pytest.fixture
def web(serve: Serve) -> Web:
    web = serve()
    web.desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"), ("D2", "180.00", "NORTHWIND LTD", "MISC"))
    return web


class TestTheDoor:
    def test_without_a_session_every_page_leads_to_the_door(self, web: Web) -> None:
        for page in PAGES:
            answer = web.browser.get(page)
            assert answer.url.path == "/sign-in", page
            assert "P-1001" not in answer.text

    def test_a_wrong_token_is_refused_and_guessing_is_slowed_down(self, web: Web) -> None:
        for _ in range(10):
            assert web.browser.post("/sign-in", data={"token": "guess"}).status_code == 403
        answer = web.browser.post("/sign-in", data={"token": "guess"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")

    def test_the_session_is_a_cookie_that_no_script_and_no_other_site_can_use(self, web: Web) -> None:
        answer = web.browser.post("/sign-in", data={"token": "a-token-for-the-tests"}, follow_redirects=False)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "a-token-for-the-tests" not in cookie

    def test_behind_a_public_name_the_cookie_travels_encrypted_only(self, serve: Serve) -> None:
        web = serve(web_hosts="tieout.example")
        answer = web.browser.post(
            "/sign-in",
            data={"token": "a-token-for-the-tests"},
            headers={"Host": "tieout.example"},
            follow_redirects=False,
        )
        assert "secure" in answer.headers["set-cookie"].lower()

    @pytest.mark.parametrize("change", ["expires", "nonce", "signature", "garbage"])
    def test_a_cookie_that_we_did_not_sign_is_none(self, web: Web, change: str) -> None:
        web.sign_in()
        expires, nonce, signature = web.browser.cookies["tieout_session"].split(".")
        forged = {
            "expires": f"{int(expires) + 9}.{nonce}.{signature}",
            "nonce": f"{expires}.other.{signature}",
            "signature": f"{expires}.{nonce}.{'0' * 64}",
            "garbage": "é.é",
        }[change]
        web.browser.cookies.clear()
        answer = web.browser.get("/payments", headers=[(b"cookie", f"tieout_session={forged}".encode("latin-1"))])
        assert answer.url.path == "/sign-in"

    def test_signing_out_ends_it(self, web: Web) -> None:
        csrf = web.sign_in()
        web.browser.post("/sign-out", data={"csrf": csrf})
        assert web.browser.get("/payments").url.path == "/sign-in"


class TestPages:
    def test_every_page_is_there_and_well_formed(self, web: Web) -> None:
        web.sign_in()
        for page in PAGES:
            answer = web.browser.get(page)
            assert answer.status_code == 200, page
            for tag in ("main", "section", "form", "table", "details", "select", "ol", "ul"):
                opened, closed = len(re.findall(f"<{tag}[ >]", answer.text)), answer.text.count(f"</{tag}>")
                assert opened == closed, (page, tag)
            labelled = re.findall(r'<label for="([^"]+)"', answer.text)
            assert all(f'id="{name}"' in answer.text for name in labelled), page
            assert len(set(re.findall(r' id="([^"]+)"', answer.text))) == answer.text.count(' id="'), page

    def test_the_buttons_are_those_of_the_state_table(self, web: Web) -> None:
        web.sign_in()
        page = web.browser.get("/payments/P-1001").text
        assert set(re.findall(r'name="event" value="([a-z_]+)"', page)) == {"post", "unapply"}
        assert "A posting can only be taken back in the ledger." in page

    def test_words_from_outside_are_escaped(self, web: Web) -> None:
        web.desk.bank(("D9", "7.77", "<script>alert(1)</script>", "<b>bold</b> & more"))
        web.sign_in()
        page = web.browser.get("/payments/P-1003").text
        assert "<script" not in page
        assert "<b>" not in page
        assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in page

    def test_what_does_not_exist_is_a_page_that_says_so(self, web: Web) -> None:
        web.sign_in()
        for page in ("/payments/P-9", "/nowhere", "/remittances/R-9"):
            answer = web.browser.get(page)
            assert answer.status_code == 404, page
            assert "That was not possible" in answer.text

    def test_the_audit_page_pages_through_the_whole_log(self, web: Web) -> None:
        web.desk.bank(*((f"X{number}", f"{number}.01", "NOBODY", f"T{number}") for number in range(130)))
        web.sign_in()
        seen: list[int] = []
        address: str | None = "/audit"
        while address:
            page = web.browser.get(address).text
            seen += [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', page)]
            older = re.search(r'href="(/audit\?before=\d+)">Older', page)
            address = older[1] if older else None
        with web.desk.services.store.read() as unit:
            assert seen == list(range(unit.audit.head()[0], 0, -1))

    def test_a_remittance_has_a_page(self, web: Web) -> None:
        web.desk.remittance(b"mail", {"INV-2001": "999.00"}, "999.00", sender="ap@southgate.example")
        web.sign_in()
        page = web.browser.get("/remittances/R-1001")
        assert "INV-2001" in page.text
        assert "ap@southgate.example" in page.text

    def test_a_remittance_that_fits_two_payments_is_linked_on_its_page(self, web: Web) -> None:
        web.desk.bank(("T1", "61.00", "NORTHWIND LTD", "ONE"), ("T2", "61.00", "NORTHWIND LTD", "TWO"), name="twins.csv")
        web.desk.remittance(b"mail", {"INV-1003": "61.00"}, "61.00")
        meant = max(payment.id for payment in web.desk.payments() if payment.amount.text() == "61.00")
        csrf = web.sign_in()
        assert meant in web.browser.get("/remittances/R-1001?find=two").text
        version = str(web.desk.advice_of("R-1001").version)
        form = {"csrf": csrf, "version": version, "event": "payment_found", "payment_id": meant}
        assert f"explains {meant}" in web.browser.post("/remittances/R-1001", data=form).text
        assert web.desk.advice_of("R-1001").payment_id == meant
        assert web.browser.post("/remittances/R-1001", data={**form, "event": "unheard"}).status_code == 422
        assert web.browser.post("/remittances/R-1001", data={**form, "event": "dismiss"}).status_code == 409

    def test_a_question_of_the_bank_is_answered_on_its_page(self, web: Web) -> None:
        web.desk.bank(("T1", "62.00", "NORTHWIND LTD", "ONE"), ("T2", "62.00", "NORTHWIND LTD", "TWO"), name="twins.csv")
        web.desk.returned("62.00", "RETURNED ITEM NSF 999")
        meant = max(payment.id for payment in web.desk.payments() if payment.amount.text() == "62.00")
        csrf = web.sign_in()
        assert "/questions/Q-1001" in web.browser.get("/payments?queue=asked").text
        assert meant in web.browser.get("/questions/Q-1001").text
        form = {"csrf": csrf, "version": "1", "event": "join", "payment_id": meant}
        assert web.browser.post("/questions/Q-1001", data={**form, "payment_id": ""}).status_code in {409, 422}
        assert "taken back" in web.browser.post("/questions/Q-1001", data=form).text
        assert web.desk.payment(meant).state is PaymentState.SET_ASIDE

    def test_what_is_another_entitys_is_neither_listed_nor_shown(self, web: Web) -> None:
        with web.desk.services.store.write() as unit:
            unit.people.put(replace(web.desk.priya, entities=frozenset({EntityId("west")})))
        web.sign_in()
        assert "P-1001" not in web.browser.get("/payments?queue=post").text
        assert web.browser.get("/payments/P-1001").status_code == 403


class TestActing:
    def act(self, web: Web, action: str, **fields: str) -> int:
        csrf = web.sign_in()
        version = str(web.desk.payment().version)
        form = {"csrf": csrf, "version": version, "event": action} | fields
        return web.browser.post("/payments/P-1001", data=form).status_code

    def test_a_payment_is_posted_by_the_person_of_the_settings(self, web: Web) -> None:
        assert self.act(web, "post") == 200
        assert web.desk.payment().state is PaymentState.POSTING
        with web.desk.services.store.read() as unit:
            row = unit.audit.recent([AuditName.PAYMENT_POSTING])[0].entry
        assert (row.actor.name, row.actor.surface.value) == ("Priya Raman", "web")

    def test_documents_are_chosen_with_amounts(self, web: Web) -> None:
        csrf = web.sign_in()
        version = str(web.desk.payment("P-1002").version)
        fields = {
            "csrf": csrf,
            "version": version,
            "event": "apply",
            "applied:INV-1002": "150.00",
            "discount:INV-1002": "",
            "applied:INV-1003": "30",
            "discount:INV-1003": "0.25",
        }
        answer = web.browser.post("/payments/P-1002", data=fields)
        assert answer.status_code == 200, answer.text
        payment = web.desk.payment("P-1002")
        assert payment.state is PaymentState.APPLIED
        shares = [(each.invoice_number, each.applied.text(), each.discount.text()) for each in payment.applications]
        assert shares == [("INV-1002", "150.00", "0.00"), ("INV-1003", "30.00", "0.25")]

    def test_a_customer_is_identified_and_a_reason_is_asked_for(self, web: Web) -> None:
        web.desk.bank(("D9", "812.44", "UNHEARD OF LLC", "MISC"))
        csrf = web.sign_in()
        form = {"csrf": csrf, "version": str(web.desk.payment("P-1003").version), "event": "set_aside", "reason": " "}
        assert web.browser.post("/payments/P-1003", data=form).status_code == 409
        form |= {"event": "identify_customer", "customer_id": "C2"}
        assert web.browser.post("/payments/P-1003", data=form).status_code == 200
        assert web.desk.payment("P-1003").customer_id == "C2"

    @pytest.mark.parametrize("csrf", ["", "wrong", "é"])
    def test_a_form_that_is_not_ours_changes_nothing(self, web: Web, csrf: str) -> None:
        assert self.act(web, "post", csrf=csrf) == 403
        assert web.desk.payment().state is PaymentState.APPLIED

    def test_a_form_of_an_old_page_changes_nothing_and_says_what_happened(self, web: Web) -> None:
        old = web.desk.payment()
        web.desk.done(PaymentEvent.UNAPPLY, old, web.desk.tomas)
        csrf = web.sign_in()
        answer = web.browser.post("/payments/P-1001", data={"csrf": csrf, "version": str(old.version), "event": "post"})
        assert answer.status_code == 409
        assert "Tomas Berg changed P-1001 meanwhile" in answer.text
        assert web.desk.payment().state is PaymentState.UNAPPLIED

    def test_posting_twice_posts_once(self, web: Web) -> None:
        csrf = web.sign_in()
        form = {"csrf": csrf, "version": str(web.desk.payment().version), "event": "post"}
        assert web.browser.post("/payments/P-1001", data=form).status_code == 200
        assert "You have done this already." in web.browser.post("/payments/P-1001", data=form).text
        with web.desk.services.store.read() as unit:
            assert len(unit.audit.recent([AuditName.PAYMENT_POSTING])) == 1

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"version": "x"}, 422),
            ({"event": "explode"}, 422),
            ({"choice": "-1"}, 422),
            ({"event": "record_money", "received_on": "yesterday"}, 422),
            ({"event": "erp_confirmed"}, 409),
            ({"event": "confirm"}, 409),
        ],
    )
    def test_nonsense_is_refused(self, web: Web, fields: dict[str, str], status: int) -> None:
        assert self.act(web, "post", **fields) == status
        assert web.desk.payment().state is PaymentState.APPLIED

    def test_who_may_not_is_told_so_by_the_core(self, serve: Serve) -> None:
        web = serve(web_person="person2@example.com")
        web.desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        assert self.act(web, "post") == 403
        assert web.desk.payment().state is PaymentState.APPLIED
        assert self.act(web, "unapply") == 200

    def test_without_a_person_one_may_look_only(self, serve: Serve) -> None:
        web = serve(web_person="")
        web.desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        assert self.act(web, "post") == 403
        page = web.browser.get("/payments/P-1001")
        assert "You may look only" in page.text
        assert 'name="event"' not in page.text

    def test_a_person_who_may_not_even_look_sees_nothing(self, serve: Serve) -> None:
        web = serve(web_person="portal@example.com")
        with web.desk.services.store.write() as unit:
            person = a_person(9, "Sam Field", frozenset({Role.SUBMITTER}))
            unit.people.put(replace(person, email="portal@example.com"))
        web.browser.post("/sign-in", data={"token": "a-token-for-the-tests"})
        assert web.browser.get("/payments").status_code == 403


class TestFiles:
    def test_files_are_handed_in_together_in_the_right_order(self, web: Web) -> None:
        csrf = web.sign_in()
        files = [
            ("file", ("C:\\bank\\money.txt", bank_csv(("Z1", "512.00", "ACORN LLC", "INV-7001")))),
            ("file", ("lists/invoices.csv", _invoices())),
            ("file", ("customers.csv", b"customer_id,name\nC7,Acorn LLC\n")),
        ]
        answer = web.browser.post("/files", data={"csrf": csrf}, files=files)
        assert answer.status_code == 200
        assert re.findall(r"(?:Taken|Refused): ([a-z]+\.[a-z]+)", answer.text) == ["customers.csv", "invoices.csv", "money.txt"]
        assert web.desk.payment("P-1003").state is PaymentState.APPLIED

    def test_what_nobody_knows_is_refused_with_a_sentence(self, web: Web) -> None:
        csrf = web.sign_in()
        answer = web.browser.post("/files", data={"csrf": csrf}, files={"file": ("x.bin", b"\x00\x01\x02" * 99)})
        assert answer.status_code == 422
        assert "Refused: x.bin" in answer.text

    def test_no_file_at_all_is_said(self, web: Web) -> None:
        csrf = web.sign_in()
        assert "No file was chosen." in web.browser.post("/files", data={"csrf": csrf}).text


def _invoices() -> bytes:
    numbers = [("INV-1001", "C1"), ("INV-1002", "C1"), ("INV-1003", "C1"), ("INV-2001", "C2"), ("INV-7001", "C7")]
    lines = [f"{number},{owner},2026-01-20,USD,512.00,512.00" for number, owner in numbers]
    return "\n".join(["invoice_number,customer_id,issue_date,currency,amount,open_amount", *lines]).encode()


def test_a_list_of_many_documents_stays_usable(web: Web) -> None:
    with web.desk.services.store.write() as unit:
        unit.ledger.put_customers([a_customer("C9", "Wide Open Ltd")])
        unit.ledger.put_invoices([a_customer_invoice(f"W-{number}", "5.00", "C9") for number in range(400)])
    web.desk.bank(("D9", "812.44", "WIDE OPEN LTD", "MISC"))
    web.sign_in()
    page = web.browser.get("/payments/P-1003").text
    assert page.count('name="applied:W-') <= 100
    assert 'name="applied:W-399"' in web.browser.get("/payments/P-1003?find=W-399").text
