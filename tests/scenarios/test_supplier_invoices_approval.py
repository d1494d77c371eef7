"""Supplier invoices on their way: approval, hold, recall, posting, deleting. The tables of actions are in `test_brief_…`."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.app.payables.showing import bill_view
from core.domain.events import AuditName, LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import EntityId
from core.domain.supplier_bills import BillKind
from core.domain.versioned import PayablesPolicy
from core.domain.workflows import SupplierInvoiceState as State
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> PayablesDesk:
    return PayablesDesk(store, clock, tmp_path / "bills")


def offered(desk: PayablesDesk, number: str = "SI-1001") -> set[str]:
    with desk.services.store.read() as unit:
        return {each.label for each in bill_view(unit, desk.bill(number).id, desk.clock.at.tzinfo).offered}  # type: ignore[arg-type]


def brought_to(desk: PayablesDesk, state: State) -> None:
    """An invoice with one open line in this state."""
    approvers = {State.NEEDS_APPROVERS: PayablesPolicy("asked", approval_on_matched=True)}
    desk.policy(approvers.get(state, NO_APPROVAL))
    desk.orders(order_row(match="three_way"))
    desk.invoices(invoice_row())
    if state not in {State.NEEDS_REVIEW, State.NEEDS_APPROVERS}:
        desk.route(state)
    assert desk.bill().state is state


def test_ready_to_post_offers_post_delete_and_recall_and_posted_nothing(desk: PayablesDesk) -> None:
    desk.policy(NO_APPROVAL)
    desk.orders(order_row())
    desk.invoices(invoice_row())
    assert desk.bill().state is State.READY_TO_POST
    assert offered(desk) == {"Post", "Delete", "Recall"}
    desk.done(desk.on_bill(Event.POST, "paul"))
    assert desk.bill().state is State.POSTING
    assert offered(desk) == set()


def test_without_approval_wanted_an_invoice_goes_from_review_to_ready_once_its_lines_are_resolved(desk: PayablesDesk) -> None:
    desk.policy(NO_APPROVAL)
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="5.50"))
    assert desk.bill().state is State.NEEDS_REVIEW
    desk.accept(by="ravi")
    assert desk.bill().state is State.READY_TO_POST
    assert desk.names()[-1] is AuditName.SUPPLIER_INVOICE_LINES_CLEARED


def test_with_approval_wanted_even_a_perfect_invoice_goes_through_it(desk: PayablesDesk) -> None:
    ana = desk.people["ana"]
    desk.policy(PayablesPolicy("asked", approvers=(ana.email,)))
    desk.orders(order_row())
    desk.invoices(invoice_row())
    assert desk.bill().state is State.READY_FOR_APPROVAL
    assert desk.bill().approvers == (ana.id,)
    desk.done(desk.on_bill(Event.SEND_FOR_APPROVAL, "carl"))
    desk.refused(desk.on_bill(Event.APPROVE, "pete"), "not_permitted")
    desk.done(desk.on_bill(Event.APPROVE, "ana"))
    assert desk.bill().state is State.READY_TO_POST


def test_an_invoice_of_a_supplier_without_open_orders_takes_the_plain_path_and_a_person_may_say_otherwise(
    desk: PayablesDesk,
) -> None:
    desk.orders(order_row(status="closed"))
    desk.invoices(invoice_row(po=""))
    assert desk.bill().kind is BillKind.PLAIN
    assert desk.bill().state is State.NEEDS_APPROVERS, "approval is wanted, lines are not compared"
    desk.refused(desk.on_line(LineEvent.ACCEPT), "illegal_move")
    desk.done(desk.edit(kind=BillKind.PO_INVOICE))
    assert desk.bill().kind is BillKind.PO_INVOICE
    assert not desk.bill().lines_resolved


def test_only_approvers_are_named_as_approvers(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    assert "may not approve" in desk.refused(desk.on_bill(Event.APPROVERS_SET, approvers=(desk.people["carl"].id,)))
    desk.refused(desk.on_bill(Event.APPROVERS_SET, approvers=()), "incomplete")
    desk.done(desk.on_bill(Event.APPROVERS_SET, approvers=(desk.people["pete"].id,)))
    assert desk.bill().state is State.READY_FOR_APPROVAL


def test_whoever_handed_it_in_does_not_approve_it_where_the_policy_says_so(desk: PayablesDesk) -> None:
    desk.policy(PayablesPolicy("four eyes", four_eyes=True))
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(Event.APPROVERS_SET, approvers=(desk.people["ana"].id,)))
    desk.done(desk.on_bill(Event.SEND_FOR_APPROVAL, "carl"))
    assert "somebody else" in desk.refused(desk.on_bill(Event.MARK_APPROVED, "carl"), "not_permitted")
    desk.done(desk.on_bill(Event.MARK_APPROVED, "mara"))
    assert desk.bill().state is State.READY_TO_POST


@pytest.mark.parametrize("allowed", [True, False])
def test_approvers_unlink_and_rerun_where_the_policy_lets_them_edit(desk: PayablesDesk, allowed: bool) -> None:
    desk.policy(PayablesPolicy("editing", approvers_may_edit=allowed))
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(Event.APPROVERS_SET, approvers=(desk.people["ana"].id,)))
    outcomes = [desk.on_line(LineEvent.UNLINK, by="ana"), desk.on_bill(Event.RERUN, "ana")]
    for outcome in outcomes:
        if allowed:
            desk.done(outcome)
        else:
            desk.refused(outcome, "not_permitted")
    desk.refused(desk.on_bill(Event.RERUN, "pete"), "not_permitted")


def test_a_recall_leads_back_to_where_the_step_came_from(desk: PayablesDesk) -> None:
    brought_to(desk, State.READY_FOR_APPROVAL)
    desk.accept()
    trail = [State.READY_FOR_APPROVAL]
    for event, by, state in (
        (Event.SEND_FOR_APPROVAL, "carl", State.AWAITING_APPROVAL),
        (Event.HOLD, "ana", State.ON_HOLD),
        (Event.APPROVE, "ana", State.READY_TO_POST),
    ):
        desk.done(desk.on_bill(event, by))
        assert desk.bill().state is state
        trail.append(state)
    for expected in reversed(trail[:-1]):
        desk.done(desk.on_bill(Event.RECALL, "carl"))
        assert desk.bill().state is expected


def test_a_recalled_invoice_waits_for_a_person_and_is_not_moved_on_by_itself(desk: PayablesDesk) -> None:
    desk.policy(NO_APPROVAL)
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(Event.RECALL, "carl"))
    assert desk.bill().state is State.NEEDS_REVIEW
    desk.receipts("R-9,PO-1001,1,2026-03-01,1,EA")
    assert desk.bill().state is State.NEEDS_REVIEW
    desk.done(desk.on_bill(Event.RERUN))
    assert desk.bill().state is State.READY_TO_POST


def test_people_of_another_legal_entity_and_strangers_may_do_nothing(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="5.50"))
    with desk.services.store.write() as unit:
        unit.people.put(replace(desk.people["ravi"], entities=frozenset({EntityId("west")})))
        unit.people.put(replace(desk.people["quinn"], active=False))
    for who in ("ravi", "quinn"):
        assert "does not know you" in desk.refused(desk.on_line(LineEvent.ACCEPT, by=who), "not_permitted")
        desk.refused(desk.on_bill(Event.DELETE, who), "not_permitted")


def test_a_deleted_invoice_gives_back_what_it_took_of_the_order(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row(number="INV-1"), invoice_row(number="INV-2", day="2026-03-02"))
    assert not desk.line("1", "SI-1002").is_clear
    desk.done(desk.on_bill(Event.DELETE))
    assert desk.bill().state is State.DELETED
    assert desk.line("1", "SI-1002").is_clear
