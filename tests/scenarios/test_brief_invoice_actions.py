"""The product's table of invoice statuses and actions: every cell, offered and blocked, with lines resolved, open and blocked.

What is offered happens; what is not offered is refused by the core, whatever surface asked, and changes nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from core.app.outcomes import Done, Refusal
from core.app.payables.showing import bill_view
from core.domain.events import LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.versioned import PayablesPolicy
from core.domain.workflows import SupplierInvoiceState as State
from tests.databases import SetClock, clean_store
from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row

DELETE, RERUN, MARK, SEND = "Delete", "Re-run line linking", "Mark approved", "Send for approval"
APPROVE, REJECT, HOLD, RECALL, POST = "Approve", "Reject", "Hold", "Recall", "Post"
RESOLVED, OPEN = "resolved", "open"
BLOCKED: Final = {
    "rejected": LineEvent.REJECT,
    "disputed": LineEvent.DISPUTE,
    "awaiting receipt": LineEvent.AWAIT_RECEIPT,
}
# Status: the actions of the table; those of them that are hidden until all lines are resolved; those that are left while a line
# is rejected, disputed or waits for its receipt (Delete, Recall, Hold and Re-run, where the status has them).
TABLE: Final[dict[State, tuple[set[str], set[str], set[str]]]] = {
    State.NEEDS_REVIEW: ({DELETE, RERUN}, set(), {DELETE, RERUN}),
    State.NEEDS_APPROVERS: ({DELETE, MARK, RERUN}, {MARK}, {DELETE, RERUN}),
    State.READY_FOR_APPROVAL: ({SEND, DELETE, MARK, RERUN}, {MARK}, {DELETE, RERUN}),
    State.AWAITING_APPROVAL: (
        {APPROVE, REJECT, HOLD, RECALL, DELETE, MARK, RERUN},
        {APPROVE, MARK},
        {HOLD, RECALL, DELETE, RERUN},
    ),
    State.READY_TO_POST: ({POST, DELETE, RECALL}, set(), set()),
    State.REJECTED: ({DELETE, SEND}, set(), {DELETE}),
    State.ON_HOLD: ({DELETE, APPROVE, REJECT, RECALL}, {APPROVE}, {DELETE, RECALL}),
}
ACTIONS: Final[dict[str, tuple[Event, str]]] = {
    DELETE: (Event.DELETE, "mara"),
    RERUN: (Event.RERUN, "mara"),
    MARK: (Event.MARK_APPROVED, "mara"),
    SEND: (Event.SEND_FOR_APPROVAL, "mara"),
    APPROVE: (Event.APPROVE, "ana"),
    REJECT: (Event.REJECT, "ana"),
    HOLD: (Event.HOLD, "ana"),
    RECALL: (Event.RECALL, "mara"),
    POST: (Event.POST, "paul"),
}
LEADS_TO: Final = {
    DELETE: State.DELETED,
    MARK: State.READY_TO_POST,
    SEND: State.AWAITING_APPROVAL,
    APPROVE: State.READY_TO_POST,
    REJECT: State.REJECTED,
    HOLD: State.ON_HOLD,
    POST: State.POSTING,
}
# Recall leads to where the step came from.
RECALLED: Final = {
    State.AWAITING_APPROVAL: State.READY_FOR_APPROVAL,
    State.ON_HOLD: State.AWAITING_APPROVAL,
    State.READY_TO_POST: State.AWAITING_APPROVAL,
}
CELLS: Final = [
    (state, lines)
    for state in TABLE
    for lines in (RESOLVED, OPEN, *BLOCKED)
    # An invoice with an open line is never ready to post: it goes back to review by itself.
    if state is not State.READY_TO_POST or lines == RESOLVED
]


@pytest.fixture
def desk(clock: SetClock, tmp_path: Path) -> Iterator[PayablesDesk]:
    """On one database: what the stories store is the same on both, and the scenarios of Slack use the other one too."""
    with clean_store("sqlite", clock) as store:
        yield PayablesDesk(store, clock, tmp_path / "bills")


def offered_in(state: State, lines: str) -> set[str]:
    actions, hidden, left = TABLE[state]
    return actions if lines == RESOLVED else actions - hidden if lines == OPEN else left


def shown(desk: PayablesDesk, number: str) -> set[str]:
    with desk.services.store.read() as unit:
        return {each.label for each in bill_view(unit, desk.bill(number).id, desk.clock.at.tzinfo).offered}  # type: ignore[arg-type]


def invoices_in(desk: PayablesDesk, state: State, lines: str, count: int) -> list[str]:
    """So many invoices in this status, each with one line that is so."""
    desk.policy(PayablesPolicy("asked") if state is State.NEEDS_APPROVERS else NO_APPROVAL)
    places = range(1, count + 1)
    # Each of another amount, or they would be asked about as duplicates.
    rates = {place: f"{place}.00" for place in places}
    desk.orders(*(order_row(rate=rates[place], po=f"PO-{place}", match="three_way") for place in places))
    desk.invoices(*(invoice_row(rate=rates[place], number=f"INV-{place}", po=f"PO-{place}") for place in places))
    numbers = [f"SI-{1000 + place}" for place in places]
    for number in numbers:
        if state is State.READY_TO_POST:
            desk.route(State.AWAITING_APPROVAL, number)
            desk.accept(number=number)
            desk.done(desk.on_bill(Event.APPROVE, "ana", number))
        elif state not in {State.NEEDS_REVIEW, State.NEEDS_APPROVERS}:
            desk.route(state, number)
        elif state is State.NEEDS_REVIEW and lines == RESOLVED:
            # By itself it would have gone on; somebody called it back.
            desk.accept(number=number)
            desk.done(desk.on_bill(Event.RECALL, number=number))
        if lines == RESOLVED and state not in {State.NEEDS_REVIEW, State.READY_TO_POST}:
            desk.accept(number=number)
        if lines in BLOCKED:
            desk.done(desk.on_line(BLOCKED[lines], number=number, reason="see the order"))
        assert desk.bill(number).state is state
    return numbers


@pytest.mark.parametrize(("state", "lines"), CELLS, ids=[f"{state.value.lower()}, line {lines}" for state, lines in CELLS])
def test_a_status_offers_its_actions_and_refuses_all_others(desk: PayablesDesk, state: State, lines: str) -> None:
    offered = offered_in(state, lines)
    numbers = invoices_in(desk, state, lines, len(offered))
    assert shown(desk, numbers[0]) == offered
    before = desk.bill(numbers[0])
    for action, (event, by) in ACTIONS.items():
        if action not in offered:
            outcome = desk.on_bill(event, by, numbers[0], reason="because")
            assert isinstance(outcome, Refusal), action
            assert outcome.code in {"illegal_move", "lines_unresolved"}, (action, outcome)
    assert desk.bill(numbers[0]) == before
    for number, action in zip(numbers, sorted(offered), strict=True):
        event, by = ACTIONS[action]
        assert isinstance(desk.on_bill(event, by, number, reason="because"), Done), action
        assert desk.bill(number).state is _after(state, action), action


def _after(state: State, action: str) -> State:
    if action == RECALL:
        return RECALLED[state]
    return LEADS_TO.get(action, state)
