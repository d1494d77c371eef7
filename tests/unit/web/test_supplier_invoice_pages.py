"""Supplier invoices on pages: lists, one invoice with its lines, forms that do what Slack's buttons do, who may look."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.domain.actors import Role
from core.domain.events import LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import EntityId
from core.domain.workflows import DisputeState, LineResolution, LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.payables import Sender
from tests.golden.cards.invoice_scenes import mixed
from tests.payables_desk import INVOICE_HEAD, NO_APPROVAL, PayablesDesk, invoice_row, order_row
from tests.unit.web.conftest import Web

ROOT = "/supplier-invoices"


@dataclass
class Pages:
    """The pages as somebody of payables sees them, and the stories behind them."""

    web: Web
    desk: PayablesDesk
    csrf: str

    def get(self, path: str = "") -> str:
        answer = self.web.browser.get(f"{ROOT}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, event: str = "edit", number: str = "SI-1001", version: int = 0, **fields: object) -> int:
        shown = {"csrf": self.csrf, "version": str(version or self.desk.bill(number).version), "event": event}
        return self.web.browser.post(f"{ROOT}/{number}{path}", data={**shown, **fields}).status_code


@pytest.fixture
def pages(serve: Callable[..., Web], tmp_path: Path) -> Pages:
    web = serve(web_person="person11@example.com")
    object.__setattr__(web.desk.services, "sender", Sender("ap@ours.example", "Our company"))
    desk = PayablesDesk(web.desk.services.store, web.clock, tmp_path / "bills")  # type: ignore[arg-type]
    return Pages(web, desk, web.sign_in())


def well_formed(page: str) -> None:
    for tag in ("main", "section", "form", "table", "details", "select", "article", "ol", "ul", "dl", "textarea"):
        assert len(re.findall(f"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag
    labelled = re.findall(r'<label for="([^"]+)"', page)
    assert all(f'id="{name}"' in page for name in labelled)
    assert len(set(re.findall(r' id="([^"]+)"', page))) == page.count(' id="')
    inputs = re.findall(r"<(?:input|select|textarea) (?![^>]*type=\"hidden\")[^>]*>", page)
    assert all(re.search(r' id="[^"]+"', each) for each in inputs), "everything that is typed in has a label"


def test_lists_show_what_waits_for_this_person_and_every_status(pages: Pages) -> None:
    mixed(pages.desk)
    assert pages.web.browser.get("/").url.path == ROOT, "who sees no payments is led to the invoices"
    shown = pages.get()
    well_formed(shown)
    assert re.search(r"Lines to decide <span class=\"count\">1<", shown)
    assert "/supplier-invoices/SI-1001" in shown
    assert "Payments</a>" not in shown
    assert "Nothing is here" in pages.get("?state=POSTED")
    assert "SI-1001" in pages.get("?find=inv-77")
    assert "SI-1001" not in pages.get("?queue=post")


def test_one_invoice_shows_its_numbers_and_the_buttons_of_the_tables(pages: Pages) -> None:
    mixed(pages.desk)
    shown = pages.get("/SI-1001")
    well_formed(shown)
    for words in ("Rate mismatch", "PO-1001/2", "The rate is 2.75", "Unlinked", "1 of 4 lines matches perfectly", "History"):
        assert words in shown
    assert '<button class="primary" aria-label="Accept: line 2">' in shown
    assert "Approve</button>" not in shown


def test_lines_are_decided_edited_and_linked_and_the_invoice_goes_its_way(pages: Pages) -> None:
    pages.desk.policy(NO_APPROVAL)
    mixed(pages.desk)
    assert pages.post("/lines", LineEvent.ACCEPT, line="2") == 200
    assert pages.desk.line("2").resolution is LineResolution.ACCEPTED
    assert pages.post("/lines", LineEvent.REJECT, line="3") == 409, "a reason is wanted"
    assert pages.post("/lines", LineEvent.AWAIT_RECEIPT, line="3") == 200
    assert pages.post("/lines", LineEvent.RECEIVED, line="3", quantity="6") == 200
    assert pages.desk.line("3").resolution is LineResolution.CLEAR
    assert pages.post("/lines", LineEvent.ADD_NEW, line="4", coding="6020") == 200
    assert (pages.desk.line("4").coding, pages.desk.bill().state) == ("6020", State.READY_TO_POST)
    assert pages.post("", Event.POST) == 403, "a clerk does not post"
    assert pages.post("", Event.RECALL) == 200
    assert pages.post("", Event.RECALL, version=1) == 409, "somebody changed it meanwhile"
    assert pages.post("", Event.DELETE) == 200
    assert pages.desk.bill().state is State.DELETED


def test_values_are_edited_lines_relinked_and_questions_answered(pages: Pages) -> None:
    pages.desk.orders(order_row(), order_row("2", code="B-9", description="Flat washer M10"), order_row(po="PO-2"))
    pages.desk.invoices(invoice_row(rate="6.00"))
    pages.desk.invoices(invoice_row(rate="6.00", number="INV-78"))
    well_formed(pages.get("/SI-1002"))
    assert "Side by side" in pages.get("/SI-1002")
    assert pages.post("/edit", number="SI-1002", right_as_it_is="0") == 200
    assert pages.desk.bill("SI-1002").complete
    assert pages.post("/edit", line="1", rate="5.00", amount="50.00") == 200
    assert pages.desk.line().verdicts == (LineVerdict.PERFECT_MATCH,)
    assert pages.post("/edit", number="SI-1001", invoice_date="31.3.2026") == 422
    assert pages.post("/edit", orders=["PO-2"], due_date="2026-04-30") == 200
    assert (pages.desk.bill().header.po_numbers, str(pages.desk.bill().header.due_date)) == (("PO-2",), "2026-04-30")
    assert pages.post("/lines", LineEvent.LINK, line="1", targets=["PO-1001|2"]) == 200
    assert [ref.line for ref in pages.desk.line().targets] == ["2"]


def test_a_dispute_is_written_to_the_supplier_and_settled(pages: Pages) -> None:
    mixed(pages.desk)
    assert pages.post("/lines", LineEvent.DISPUTE, line="2", reason="Agreed price is 2.50") == 200
    shown = pages.get("/SI-1001")
    well_formed(shown)
    assert "invoiced 2.75, we expect 2.5" in shown
    path = "/disputes/D-1001"
    sent = {"address": "ar@acme.example", "subject": "Your invoice", "text": "Please credit."}
    assert pages.post(path, "told_counterparty", version=1, **sent) == 200
    assert pages.post(path, "settle", version=2, outcome="a coin") == 422
    assert pages.post(path, "settle", version=2, outcome="credited") == 200
    with pages.desk.services.store.read() as unit:
        assert unit.disputes.of_bill(pages.desk.bill().id)[0].state is DisputeState.SETTLED


def test_words_from_outside_are_escaped_and_foreign_forms_refused(pages: Pages) -> None:
    pages.desk.orders(order_row())
    pages.desk.invoices(invoice_row(description="<script>alert(1)</script>", number="<b>1</b>"))
    shown = pages.get("/SI-1001")
    assert "<script" not in shown
    assert "<b>" not in shown
    pages.csrf = "forged"
    assert pages.post("/lines", LineEvent.ACCEPT, line="1") == 403


def test_who_may_look_at_invoices_of_which_legal_entity(pages: Pages) -> None:
    mixed(pages.desk)
    mara = pages.desk.people["mara"]
    with pages.desk.services.store.write() as unit:
        unit.people.put(replace(mara, entities=frozenset({EntityId("west")})))
    assert "SI-1001" not in pages.get("?find=inv-77")
    assert pages.web.browser.get(f"{ROOT}/SI-1001").status_code == 403
    api = "/api/v1/supplier-invoices"
    assert pages.web.program.get(api).json()["items"] == []
    assert pages.web.program.get(f"{api}?entity=main").status_code == 403
    with pages.desk.services.store.write() as unit:
        unit.people.put(replace(mara, roles=frozenset({Role.CASH_POSTER})))
    assert pages.web.browser.get(ROOT).status_code == 403


def test_the_api_edits_and_disputes(pages: Pages) -> None:
    mixed(pages.desk)
    api = "/api/v1/supplier-invoices/SI-1001"
    version = pages.desk.bill().version
    line = {"line": "2", "rate": "2.50", "amount": "100.00"}
    body = {"version": version, "due_date": "2026-04-30", "lines": [line]}
    assert pages.web.program.post(f"{api}/edits", json=body).json()["status"] == "done"
    assert pages.desk.line("2").verdicts == (LineVerdict.PERFECT_MATCH,)
    assert pages.web.program.post(f"{api}/edits", json=body | {"colour": "red"}).status_code == 422
    pages.desk.done(pages.desk.on_line(LineEvent.DISPUTE, "3", reason="short"))
    mail = {"event": "told_counterparty", "version": 1, "address": "ar@acme.example", "text": "Where are the others?"}
    path = "/api/v1/supplier-invoices/disputes/D-1001/actions"
    assert pages.web.program.post(path, json=mail).json()["status"] == "done"
    assert pages.web.program.post(path, json={"event": "dance", "version": 2}).status_code == 422


def test_a_page_shows_the_end_of_an_account_and_who_may_says_that_it_is_right(pages: Pages) -> None:
    pages.desk.take("suppliers.csv", "supplier_id,name,bank_accounts\nS1,Acme Fasteners Inc,DE89370400440532013000")
    pages.desk.orders(order_row())
    row = f"{invoice_row()},AT611904300234573201"
    pages.desk.take("supplier_invoices.csv", f"{INVOICE_HEAD},bank_accounts\n{row}")
    shown = pages.get("/SI-1001")
    well_formed(shown)
    assert "Account …3201 is not the one we know of this supplier. Call them first." in shown
    assert "account …3201</dd>" in shown
    answer = pages.web.program.get("/api/v1/supplier-invoices/SI-1001").text
    assert "…3201" in answer
    assert not re.search("AT6119|DE8937", shown + answer)
    assert pages.post("/edit", right_as_it_is="0") in {200, 303}
    assert "(settled, or no obstacle)" in pages.get("/SI-1001")
