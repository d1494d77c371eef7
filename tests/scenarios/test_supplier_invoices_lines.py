"""Supplier invoices, line by line: what each line status offers, who may do it, and what it does to the invoice."""

from pathlib import Path

import pytest

from bot.cards.supplier_invoice_lines import order_words
from core.app.payables.act_on_invoice import decisions_lost
from core.app.payables.showing import bill_view
from core.domain.events import AuditName, LineEvent, SupplierInvoiceEvent
from core.domain.supplier_bills import FactsChange
from core.domain.workflows import LineResolution, LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row

TEN_PERCENT = """
[[policy]]
version = "v1"
effective_from = 2026-01-01
[[policy.rule]]
[policy.rule.rate]
percent_over = "10"
"""


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> PayablesDesk:
    return PayablesDesk(store, clock, tmp_path / "bills")


def offered(desk: PayablesDesk, line: str = "1") -> list[str]:
    with desk.services.store.read() as unit:
        view = bill_view(unit, desk.bill().id, desk.clock.at.tzinfo)  # type: ignore[arg-type]
    return [each.label for each in next(each for each in view.lines if each.line == line).offered]


def test_a_line_as_ordered_is_a_perfect_match_and_needs_nobody(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    assert desk.line().verdicts == (LineVerdict.PERFECT_MATCH,)
    assert desk.line().resolution is LineResolution.CLEAR
    assert desk.line().coding == "4010-1", "coding is copied from the order line"


def test_a_rate_mismatch_offers_accept_dispute_and_reject(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="5.50"))
    assert desk.line().verdicts == (LineVerdict.RATE_MISMATCH,)
    assert offered(desk)[:3] == ["Accept", "Dispute", "Reject"]
    assert "Await receipt" not in offered(desk)


def test_a_quantity_mismatch_offers_await_receipt_besides(desk: PayablesDesk) -> None:
    desk.orders(order_row(match="three_way"))
    desk.invoices(invoice_row())
    assert desk.line().verdicts == (LineVerdict.QUANTITY_MISMATCH,)
    assert offered(desk)[:4] == ["Accept", "Await receipt", "Dispute", "Reject"]


def test_a_line_wrong_in_rate_and_quantity_needs_somebody_entitled_to_each(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(quantity="12", rate="5.50"))
    assert set(desk.line().verdicts) == {LineVerdict.RATE_MISMATCH, LineVerdict.QUANTITY_MISMATCH}
    desk.accept(by="ravi")
    assert desk.line().resolution is LineResolution.OPEN
    assert desk.line().outstanding == {LineVerdict.QUANTITY_MISMATCH}
    desk.refused(desk.on_line(LineEvent.ACCEPT, by="ravi"), "not_permitted")
    desk.accept(by="quinn")
    assert desk.line().resolution is LineResolution.ACCEPTED
    assert desk.names().count(AuditName.LINE_ACCEPTED) == 2


@pytest.mark.parametrize(("who", "may"), [("ravi", False), ("quinn", True), ("nora", False), ("pete", True), ("ana", False)])
def test_who_may_accept_a_quantity_mismatch(desk: PayablesDesk, who: str, may: bool) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(quantity="12"))
    outcome = desk.on_line(LineEvent.ACCEPT, by=who)
    if may:
        desk.done(outcome)
    else:
        desk.refused(outcome, "not_permitted")
        assert AuditName.SUPPLIER_INVOICE_ACTION_REFUSED in desk.names()


def test_dispute_and_reject_ask_for_a_reason(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="6.00"))
    for event in (LineEvent.DISPUTE, LineEvent.REJECT):
        desk.refused(desk.on_line(event), "incomplete")
    desk.done(desk.on_line(LineEvent.REJECT, reason="never agreed"))
    assert desk.line().resolution is LineResolution.REJECTED
    decision = desk.line().decision
    assert decision is not None
    assert (decision.by_name, decision.reason) == ("Mara", "never agreed")


@pytest.mark.parametrize("event", [LineEvent.ACCEPT, LineEvent.AWAIT_RECEIPT, LineEvent.DISPUTE, LineEvent.REJECT])
def test_every_decision_can_be_recalled_by_whoever_is_entitled_to_that_kind(desk: PayablesDesk, event: LineEvent) -> None:
    desk.orders(order_row(match="three_way"))
    desk.invoices(invoice_row())
    desk.done(desk.on_line(event, by="quinn", reason="see mail"))
    assert offered(desk)[-1] == "Recall"
    desk.refused(desk.on_line(LineEvent.RECALL, by="ravi"), "not_permitted")
    desk.done(desk.on_line(LineEvent.RECALL, by="quinn"))
    assert desk.line().resolution is LineResolution.OPEN


def test_a_difference_within_the_threshold_is_clear_until_somebody_recalls_that(desk: PayablesDesk) -> None:
    desk.policy(toml=TEN_PERCENT)
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="5.50"))
    assert desk.line().verdicts == (LineVerdict.RATE_THRESHOLD,)
    assert desk.line().resolution is LineResolution.CLEAR
    assert desk.bill().policy_version == "v1"
    desk.refused(desk.on_line(LineEvent.RECALL, by="quinn"), "not_permitted")
    desk.done(desk.on_line(LineEvent.RECALL, by="ravi"))
    assert desk.line().resolution is LineResolution.OPEN
    desk.accept(by="ravi")
    assert desk.line().resolution is LineResolution.ACCEPTED


def test_a_line_without_an_order_is_added_as_new_by_whoever_may(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(), invoice_row("2", "1", "25.00", code="", description="Freight", kind="expense"))
    assert desk.line("2").verdicts == (LineVerdict.UNLINKED,)
    assert "Accept" not in offered(desk, "2")
    desk.refused(desk.on_line(LineEvent.ADD_NEW, "2", by="quinn"), "not_permitted")
    desk.done(desk.on_line(LineEvent.ADD_NEW, "2", by="nora", coding="6020"))
    assert (desk.line("2").resolution, desk.line("2").coding) == (LineResolution.NEW, "6020")
    desk.done(desk.on_line(LineEvent.RECALL, "2", by="nora"))
    assert desk.line("2").resolution is LineResolution.OPEN


def test_a_person_links_unlinks_and_links_again_and_the_codes_are_learned(desk: PayablesDesk) -> None:
    desk.orders(order_row(), order_row("2", "7", "3.00", code="B-9", description="Flat washer M10"))
    desk.invoices(invoice_row("1", "7", "3.00", code="XW-10", description="Unterlegscheibe"))
    desk.done(desk.on_line(LineEvent.UNLINK)) if desk.line().targets else None
    assert desk.line().verdicts == (LineVerdict.UNLINKED,)
    desk.refused(desk.link("1", ("PO-9", "1")), "incomplete")
    desk.refused(desk.link("1", ("PO-1001", "2"), by="ravi"), "not_permitted")
    desk.done(desk.link("1", ("PO-1001", "2")))
    assert desk.line().verdicts == (LineVerdict.PERFECT_MATCH,)
    assert (desk.line().resolution, desk.line().by_hand, desk.line().coding) == (LineResolution.CLEAR, True, "4010-2")
    desk.orders(order_row("5", "4", "3.00", po="PO-2", code="B-9", description="Flat washer M10"))
    desk.invoices(invoice_row("1", "4", "3.00", number="INV-78", po="PO-2", code="XW-10", description="Teil"))
    assert desk.line("1", "SI-1002").verdicts == (LineVerdict.PERFECT_MATCH,), "the code was learned"
    desk.done(desk.on_line(LineEvent.UNLINK))
    assert desk.line().resolution is LineResolution.OPEN


def test_a_pack_size_is_proposed_confirmed_once_and_remembered(desk: PayablesDesk) -> None:
    desk.orders(order_row(quantity="24", rate="5.00"))
    desk.invoices(invoice_row(quantity="2", rate="60.00", uom="CS"))
    assert "Confirm pack size" in offered(desk)
    desk.refused(desk.on_line(LineEvent.CONFIRM_UNIT, by="ravi"), "not_permitted")
    desk.done(desk.on_line(LineEvent.CONFIRM_UNIT, by="quinn"))
    assert desk.line().verdicts == (LineVerdict.PERFECT_MATCH,)
    desk.orders(order_row("1", "12", "5.00", po="PO-2"))
    desk.invoices(invoice_row(quantity="1", rate="60.00", uom="CS", number="INV-78", po="PO-2"))
    assert desk.line("1", "SI-1002").verdicts == (LineVerdict.PERFECT_MATCH,)


def test_a_click_on_an_old_card_changes_nothing(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="5.50"))
    seen = desk.bill().version
    desk.accept()
    again = desk.on_line(LineEvent.ACCEPT, version=seen)
    assert type(again).__name__ == "AlreadyDone"
    desk.refused(desk.on_line(LineEvent.REJECT, version=seen, reason="no", by="ravi"), "stale_version")
    assert desk.names().count(AuditName.LINE_ACCEPTED) == 1


def test_rerunning_the_linking_lists_and_forgets_earlier_decisions(desk: PayablesDesk) -> None:
    desk.orders(order_row(), order_row("2", "4", "2.00", code="B-9", description="Flat washer M10"))
    desk.invoices(invoice_row(rate="5.50"), invoice_row("2", "4", "2.00", code="B-9", description="Flat washer M10"))
    desk.accept()
    assert [line.line for line in decisions_lost(desk.bill())] == ["1"]
    desk.done(desk.on_bill(SupplierInvoiceEvent.RERUN))
    assert desk.line().resolution is LineResolution.OPEN
    assert desk.line().decision is None
    rerun = [row for row in desk.history() if row.entry.name is AuditName.SUPPLIER_INVOICE_RERUN]
    assert rerun[0].entry.facts["lost"] == ["1"]


class TestFactsThatChange:
    def test_a_decision_stays_while_its_facts_stay_and_is_opened_again_with_the_reason_when_they_change(
        self, desk: PayablesDesk
    ) -> None:
        desk.orders(order_row(match="three_way"), order_row("2", match="three_way", code="B-9", description="Flat washer M10"))
        desk.invoices(invoice_row(), invoice_row("2", code="B-9", description="Flat washer M10"))
        desk.accept("1", "2")
        desk.receipts("R-1,PO-1001,2,2026-02-20,4,EA")
        assert desk.line("1").resolution is LineResolution.ACCEPTED
        assert desk.line("2").resolution is LineResolution.OPEN
        assert desk.line("2").reopened is FactsChange.RECEIPT_ARRIVED
        (row,) = (row for row in desk.history() if row.entry.name is AuditName.LINE_COMPARED_AGAIN)
        assert row.entry.facts["decision_lost"]["by_name"] == "Mara"  # type: ignore[index]

    def test_an_order_that_changes_opens_the_line_again(self, desk: PayablesDesk) -> None:
        desk.orders(order_row())
        desk.invoices(invoice_row(rate="5.50"))
        desk.accept()
        desk.orders(order_row(rate="5.50"))
        assert desk.line().resolution is LineResolution.CLEAR
        assert desk.line().verdicts == (LineVerdict.PERFECT_MATCH,)

    def test_an_order_line_that_is_gone_leaves_the_line_unlinked(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(), order_row("2", code="B-9", description="Flat washer M10"))
        desk.invoices(invoice_row(rate="5.50"))
        desk.accept()
        desk.orders(order_row("2", code="B-9", description="Flat washer M10"))
        assert desk.line().verdicts == (LineVerdict.UNLINKED,)
        assert desk.line().reopened is FactsChange.ORDER_CHANGED

    def test_a_receipt_that_comes_late_takes_a_posted_invoices_place_nowhere(self, desk: PayablesDesk) -> None:
        desk.policy(NO_APPROVAL)
        desk.orders(order_row(match="three_way"))
        desk.receipts("R-1,PO-1001,1,2026-02-20,10,EA")
        desk.invoices(invoice_row())
        assert desk.bill().state is State.READY_TO_POST
        desk.receipts("R-1,PO-1001,1,2026-02-20,6,EA")
        assert desk.bill().state is State.NEEDS_REVIEW, "a line is open again, so it is not ready any more"
        assert AuditName.SUPPLIER_INVOICE_LINES_REOPENED in desk.names()


class TestAwaitReceipt:
    def test_a_line_awaiting_receipt_is_compared_again_when_the_receipt_arrives(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(match="three_way"))
        desk.invoices(invoice_row())
        desk.done(desk.on_line(LineEvent.AWAIT_RECEIPT))
        assert desk.line().resolution is LineResolution.AWAITING_RECEIPT
        desk.receipts("R-1,PO-1001,1,2026-03-02,10,EA")
        assert desk.line().resolution is LineResolution.CLEAR
        assert AuditName.LINE_RECEIPT_SEEN in desk.names()

    def test_a_receipt_of_too_little_opens_the_line_again(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(match="three_way"))
        desk.invoices(invoice_row())
        desk.done(desk.on_line(LineEvent.AWAIT_RECEIPT))
        desk.receipts("R-1,PO-1001,1,2026-03-02,9,EA")
        assert desk.line().resolution is LineResolution.OPEN
        assert desk.line().reopened is FactsChange.RECEIPT_ARRIVED

    def test_the_requester_says_what_came_and_the_ledgers_own_receipt_takes_its_place(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(match="three_way"))
        desk.invoices(invoice_row())
        desk.done(desk.on_line(LineEvent.AWAIT_RECEIPT))
        desk.refused(desk.receive("10", by="ravi"), "not_permitted")
        desk.refused(desk.receive("0"), "incomplete")
        desk.done(desk.receive("10"))
        assert desk.line().resolution is LineResolution.CLEAR
        assert desk.names()[-2:] == [AuditName.LINE_RECEIVED, AuditName.LINE_RECEIPT_SEEN]
        desk.receipts("R-1,PO-1001,1,2026-03-03,8,EA")
        assert desk.line().verdicts == (LineVerdict.QUANTITY_MISMATCH,), "the ledger's receipt is the truth"
        assert desk.line().resolution is LineResolution.OPEN


def test_two_invoices_cannot_spend_the_same_order_line_whichever_came_first(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(number="INV-2", day="2026-03-02"))
    assert desk.line().verdicts == (LineVerdict.PERFECT_MATCH,)
    desk.invoices(invoice_row(number="INV-1", day="2026-03-01"))
    assert desk.line("1", "SI-1002").verdicts == (LineVerdict.PERFECT_MATCH,), "the earlier invoice comes first"
    assert desk.line("1", "SI-1001").verdicts == (LineVerdict.QUANTITY_MISMATCH,)
    compared = desk.line("1", "SI-1001").comparison
    assert compared is not None
    assert compared.billed_elsewhere == ("INV-1",)


@pytest.mark.parametrize("match", ["two_way", "three_way"])
def test_what_arrived_is_shown_for_an_expense_too_which_needs_no_receipt(desk: PayablesDesk, match: str) -> None:
    expense = f"PO-1001,S1,2026-01-05,USD,open,2,expense,{match},,,Installation,,,,100.00,,0.00,6020"
    desk.orders(order_row(match=match), expense)
    desk.receipts("R-1,PO-1001,2,2026-02-20,1,", "R-2,PO-1001,1,2026-02-20,4,EA")
    visit = "INV-77,S1,2026-03-01,USD,PO-1001,2,expense,,Installation,,,,100.00"
    desk.invoices(invoice_row(quantity="10" if match == "two_way" else "4"), visit)
    assert desk.line().verdicts == desk.line("2").verdicts == (LineVerdict.PERFECT_MATCH,)
    with desk.services.store.read() as unit:
        view = bill_view(unit, desk.bill().id, desk.clock.at.tzinfo)  # type: ignore[arg-type]
    item, work = (order_words(line.orders[0]) for line in view.lines)
    assert ("received 4, needs no receipt" if match == "two_way" else "received 4 − billed 0") in item
    assert "100.00 USD" in work
    assert ("received 1, needs no receipt" if match == "two_way" else "received 1 − billed 0") in work
