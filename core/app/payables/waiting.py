"""Which supplier invoices wait for whom: lists by what a person is entitled to do, with pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from core.app.payables.wording import BILL_STATES
from core.decide.line_resolution import beyond
from core.decide.permissions import entitle_somewhere
from core.domain.actors import Actor, Entitled, Permission
from core.domain.ids import EntityId, PersonId
from core.domain.money import Money
from core.domain.supplier_bills import BLOCKING, BillKind, BillLine, SupplierBill, SupplierInvoiceId
from core.domain.workflows import LineResolution, LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.payables import BillsWanted
from core.ports.store import UnitOfWork

PAGE: Final = 10
_DONE: Final = frozenset({State.POSTING, State.POSTED, State.DELETED})
_OPEN: Final = frozenset(state for state in State if state not in _DONE)
_ROUTED: Final = frozenset({State.NEEDS_APPROVERS, State.READY_FOR_APPROVAL, State.REJECTED})
_WITH_APPROVERS: Final = frozenset({State.AWAITING_APPROVAL, State.ON_HOLD})
_WITH_US: Final = frozenset({State.NEEDS_REVIEW, State.NEEDS_APPROVERS, State.READY_FOR_APPROVAL, State.AWAITING_APPROVAL})


class BillQueue(StrEnum):
    """The lists, in the order in which a person should look at them."""

    DECIDE = "decide"
    ANSWER = "answer"
    APPROVE = "approve"
    ROUTE = "route"
    POST = "post"
    OTHERS = "others"


TITLES: Final[dict[BillQueue, str]] = {
    BillQueue.DECIDE: "Lines to decide",
    BillQueue.ANSWER: "To answer",
    BillQueue.APPROVE: "For my approval",
    BillQueue.ROUTE: "To send for approval",
    BillQueue.POST: "Ready to post",
    BillQueue.OTHERS: "Waiting for others",
}


@dataclass(frozen=True, slots=True)
class BillItem:
    """One invoice of a list."""

    id: SupplierInvoiceId
    version: int
    number: str
    supplier: str
    total: Money | None
    on: date | None
    what: str


@dataclass(frozen=True, slots=True)
class BillPage:
    """A page of one list, with the counts of all; pages count from 0."""

    queue: BillQueue
    counts: Mapping[BillQueue, int]
    items: tuple[BillItem, ...]
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.counts[self.queue] // PAGE))


def waiting(unit: UnitOfWork, actor: Actor, queue: BillQueue | None = None, page: int = 0) -> BillPage:
    """What waits for this person, of the legal entities they act for, oldest first; without a list, the first with work."""
    person = unit.people.get(PersonId(actor.id))
    by = entitle_somewhere(actor, person)
    lists: dict[BillQueue, BillsWanted] = {}
    if by.may(Permission.SEE_SUPPLIER_INVOICES):
        lists = _lists(by, person.entities if person is not None else frozenset())
    counts = {each: unit.bills.count(lists[each]) if each in lists else 0 for each in BillQueue}
    chosen = queue or next((each for each in BillQueue if counts[each]), BillQueue.DECIDE)
    page = max(0, min(page, (counts[chosen] - 1) // PAGE if counts[chosen] else 0))
    found = unit.bills.wanted(lists[chosen], PAGE, page * PAGE) if counts[chosen] else ()
    return BillPage(chosen, counts, tuple(item_of(bill) for bill in found), page)


def _lists(by: Entitled, entities: frozenset[EntityId]) -> dict[BillQueue, BillsWanted]:
    """What each list asks of the database, for somebody with these permissions; lists that are not theirs are absent."""
    mine = frozenset(verdict for verdict in LineVerdict if verdict is not LineVerdict.PERFECT_MATCH)
    mine -= beyond(mine, by)
    found = {BillQueue.OTHERS: BillsWanted(_OPEN, entities, blocked=True)}
    if mine:
        found[BillQueue.DECIDE] = BillsWanted(_WITH_US, entities, open_verdicts=mine)
    if by.may(Permission.UPLOAD_AND_CODE):
        found[BillQueue.ANSWER] = BillsWanted(_WITH_US, entities, asked=True)
        found[BillQueue.ROUTE] = BillsWanted(_ROUTED, entities, asked=False, blocked=False)
    if by.may(Permission.APPROVE):
        me = PersonId(by.actor.id)
        found[BillQueue.APPROVE] = BillsWanted(_WITH_APPROVERS, entities, resolved=True, approver=me)
    if by.may(Permission.POST_SUPPLIER_INVOICES):
        found[BillQueue.POST] = BillsWanted(frozenset({State.READY_TO_POST}), entities)
    return found


def _open_lines(bill: SupplierBill) -> list[BillLine]:
    if bill.kind is BillKind.PLAIN or bill.state not in _WITH_US:
        return []
    return [line for line in bill.lines if line.resolution is LineResolution.OPEN]


def item_of(bill: SupplierBill) -> BillItem:
    """An invoice as a list shows it."""
    head = bill.header
    said = [BILL_STATES[bill.state]]
    undecided, blocked = len(_open_lines(bill)), sum(line.resolution in BLOCKING for line in bill.lines)
    if undecided:
        said.append(f"{undecided} line{'' if undecided == 1 else 's'} to decide")
    if blocked and bill.kind is BillKind.PO_INVOICE:
        said.append(f"{blocked} rejected, disputed or waiting")
    return BillItem(
        bill.id, bill.version, head.number, head.supplier_name, head.total or bill.net, head.invoice_date, ", ".join(said)
    )
