"""The product's table of line statuses and actions: every status with every action, offered and blocked, and by whom."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from core.app.outcomes import Done, Refusal
from core.app.payables.showing import bill_view
from core.domain.events import LineEvent as Event
from core.domain.ids import PoNumber
from core.domain.payables import OrderLineRef
from core.domain.workflows import LineResolution
from core.domain.workflows import LineVerdict as Verdict
from tests.databases import SetClock, clean_store
from tests.payables_desk import INVOICE_HEAD, PayablesDesk, invoice_row, order_row

LIMITS: Final = """
[[policy]]
version = "ten percent"
effective_from = 2026-01-01
[[policy.rule]]
[policy.rule.rate]
percent_over = "10"
[policy.rule.quantity]
percent_over = "10"
[policy.rule.amount]
percent_over = "10"
"""
# Status: quantity and rate (or amount) of the invoice, where the order has 10 at 5.00, or 100.00 for an expense.
STATUSES: Final[dict[Verdict, tuple[str, str]]] = {
    Verdict.PERFECT_MATCH: ("10", "5.00"),
    Verdict.RATE_MISMATCH: ("10", "7.00"),
    Verdict.QUANTITY_MISMATCH: ("14", "5.00"),
    Verdict.AMOUNT_MISMATCH: ("", "140.00"),
    Verdict.RATE_THRESHOLD: ("10", "5.50"),
    Verdict.QUANTITY_THRESHOLD: ("11", "5.00"),
    Verdict.AMOUNT_THRESHOLD: ("", "110.00"),
    Verdict.UNLINKED: ("1", "9.00"),
}
RESOLVE: Final = {Event.ACCEPT, Event.DISPUTE, Event.REJECT}
TABLE: Final[dict[Verdict, set[Event]]] = {
    Verdict.PERFECT_MATCH: {Event.UNLINK},
    Verdict.RATE_MISMATCH: RESOLVE | {Event.UNLINK},
    Verdict.AMOUNT_MISMATCH: RESOLVE | {Event.UNLINK},
    Verdict.QUANTITY_MISMATCH: RESOLVE | {Event.AWAIT_RECEIPT, Event.UNLINK},
    Verdict.RATE_THRESHOLD: {Event.RECALL, Event.UNLINK},
    Verdict.QUANTITY_THRESHOLD: {Event.RECALL, Event.UNLINK},
    Verdict.AMOUNT_THRESHOLD: {Event.RECALL, Event.UNLINK},
    Verdict.UNLINKED: {Event.ADD_NEW, Event.DISPUTE, Event.REJECT},
}
ACTIONS: Final = (Event.ACCEPT, Event.AWAIT_RECEIPT, Event.DISPUTE, Event.REJECT, Event.ADD_NEW, Event.RECALL, Event.UNLINK)
# Entitlements: who may resolve this kind, who is entitled to another kind only.
ENTITLED: Final[dict[Verdict, tuple[str, str]]] = {
    Verdict.RATE_MISMATCH: ("ravi", "quinn"),
    Verdict.AMOUNT_MISMATCH: ("ravi", "nora"),
    Verdict.QUANTITY_MISMATCH: ("quinn", "ravi"),
    Verdict.RATE_THRESHOLD: ("ravi", "quinn"),
    Verdict.AMOUNT_THRESHOLD: ("ravi", "nora"),
    Verdict.QUANTITY_THRESHOLD: ("quinn", "ravi"),
    Verdict.UNLINKED: ("nora", "quinn"),
}
LEADS_TO: Final = {
    Event.ACCEPT: LineResolution.ACCEPTED,
    Event.AWAIT_RECEIPT: LineResolution.AWAITING_RECEIPT,
    Event.DISPUTE: LineResolution.DISPUTED,
    Event.REJECT: LineResolution.REJECTED,
    Event.ADD_NEW: LineResolution.NEW,
    Event.RECALL: LineResolution.OPEN,
    Event.UNLINK: LineResolution.OPEN,
}


@pytest.fixture
def desk(clock: SetClock, tmp_path: Path) -> Iterator[PayablesDesk]:
    with clean_store("sqlite", clock) as store:
        desk = PayablesDesk(store, clock, tmp_path / "bills")
        desk.policy(toml=LIMITS)
        yield desk


def expense(line: str, number: str, description: str, amount: str) -> tuple[str, str]:
    """An expense of 100.00 on an order of its own, and what is invoiced for it."""
    order = f"PO-{number},S1,2026-01-05,USD,open,1,expense,two_way,,,{description},,,,100.00,,0.00,6020"
    return order, f"INV-77,S1,2026-03-01,USD,,{line},expense,,{description},,,,{amount}"


def lines_of(desk: PayablesDesk, status: Verdict, count: int) -> list[str]:
    """One invoice with so many lines of this status, each on an order line of its own."""
    quantity, rate = STATUSES[status]
    names = [str(place) for place in range(1, count + 1)]
    orders, rows = [order_row(po="PO-0", code="Z-0", description="Spare key")], []
    for name in names:
        code, words = f"K-{name}", f"Part {name} kind {chr(96 + int(name)) * 5}"
        if not quantity:
            order, row = expense(name, name, f"Service {chr(96 + int(name)) * 7}", rate)
        else:
            unknown = status is Verdict.UNLINKED
            order = order_row(name, po="PO-9", code=code, description=words, match="two_way")
            row = invoice_row(
                name,
                quantity,
                rate,
                po="PO-9",
                code="" if unknown else code,
                description="Courier at night" if unknown else words,
            )
        orders.append(order)
        rows.append(row)
    desk.orders(*orders)
    desk.take("supplier_invoices.csv", "\n".join((INVOICE_HEAD, *rows)))
    return names


def shown(desk: PayablesDesk, line: str) -> set[str]:
    with desk.services.store.read() as unit:
        view = bill_view(unit, desk.bill().id, desk.clock.at.tzinfo)  # type: ignore[arg-type]
    return {each.event for each in next(each for each in view.lines if each.line == line).offered}


@pytest.mark.parametrize("status", list(STATUSES))
def test_a_line_offers_its_actions_and_refuses_all_others(desk: PayablesDesk, status: Verdict) -> None:
    names = lines_of(desk, status, len(ACTIONS))
    for name, action in zip(names, ACTIONS, strict=True):
        assert desk.line(name).verdicts == (status,)
        offered = TABLE[status]
        assert {Event(each) for each in shown(desk, name)} - {Event.LINK} == offered
        before = desk.line(name)
        outcome = desk.on_line(action, name, reason="because")
        if action in offered:
            assert isinstance(outcome, Done), (action, outcome)
            assert desk.line(name).resolution is LEADS_TO[action]
        else:
            assert isinstance(outcome, Refusal), action
            assert desk.line(name) == before


@pytest.mark.parametrize("status", list(ENTITLED))
def test_only_whoever_is_entitled_to_a_kind_resolves_and_recalls_it(desk: PayablesDesk, status: Verdict) -> None:
    may, may_not = ENTITLED[status]
    actions = [action for action in ACTIONS if action in TABLE[status] - {Event.UNLINK}]
    for name, action in zip(lines_of(desk, status, len(actions)), actions, strict=True):
        desk.refused(desk.on_line(action, name, by=may_not, reason="because"), "not_permitted")
        desk.done(desk.on_line(action, name, by=may, reason="because"))
        if action is Event.RECALL:
            continue
        assert Event.RECALL in {Event(each) for each in shown(desk, name)}, "a decision can be recalled"
        desk.refused(desk.on_line(Event.RECALL, name, by=may_not), "not_permitted")
        desk.done(desk.on_line(Event.RECALL, name, by=may))
        assert desk.line(name).resolution is LineResolution.OPEN


def test_a_line_is_linked_to_another_order_line_and_coding_follows(desk: PayablesDesk) -> None:
    desk.orders(order_row(), order_row("2", code="B-9", description="Flat washer M10"))
    desk.invoices(invoice_row())
    assert desk.line().targets == (OrderLineRef(PoNumber("PO-1001"), "1"),)
    assert desk.line().coding == "4010-1"
    desk.done(desk.link("1", ("PO-1001", "2")))
    assert desk.line().targets == (OrderLineRef(PoNumber("PO-1001"), "2"),)
    assert desk.line().coding == "4010-2"
