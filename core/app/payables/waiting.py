"""Which supplier invoices wait for whom: lists by what a person is entitled to do, with pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from core.app.payables.wording import BILL_STATES
from core.decide.line_resolution import beyond
from core.decide.permissions import entitle
from core.domain.actors import Actor, Entitled, Permission
from core.domain.ids import PersonId
from core.domain.money import Money
from core.domain.supplier_bills import BLOCKING, BillKind, BillLine, SupplierBill, SupplierInvoiceId
from core.domain.workflows import LineResolution
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.store import UnitOfWork

PAGE: Final = 10
_MOST: Final = 500
_DONE: Final = frozenset({State.POSTING, State.POSTED, State.DELETED})
_OPEN: Final = tuple(state for state in State if state not in _DONE)
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
    """What waits for this person, of the legal entities they act for, oldest first; without a list, the first with work.

    Of very many open invoices the oldest 500 are looked at.
    """
    person = unit.people.get(PersonId(actor.id))
    lists: dict[BillQueue, list[SupplierBill]] = {each: [] for each in BillQueue}
    for bill in unit.bills.in_states(_OPEN, _MOST):
        by = entitle(actor, person, bill.entity)
        if by.may(Permission.SEE_SUPPLIER_INVOICES):
            for each, belongs in _BELONGS.items():
                if belongs(bill, by):
                    lists[each].append(bill)
    counts = {each: len(found) for each, found in lists.items()}
    chosen = queue or next((each for each in BillQueue if counts[each]), BillQueue.DECIDE)
    page = max(0, min(page, (counts[chosen] - 1) // PAGE if counts[chosen] else 0))
    items = tuple(_item(bill) for bill in lists[chosen][page * PAGE : (page + 1) * PAGE])
    return BillPage(chosen, counts, items, page)


def _open_lines(bill: SupplierBill) -> list[BillLine]:
    if bill.kind is BillKind.PLAIN or bill.state not in _WITH_US:
        return []
    return [line for line in bill.lines if line.resolution is LineResolution.OPEN]


def _to_decide(bill: SupplierBill, by: Entitled) -> bool:
    """A line has a finding that this person is entitled to."""
    return any(line.outstanding - beyond(line.outstanding, by) for line in _open_lines(bill))


def _to_answer(bill: SupplierBill, by: Entitled) -> bool:
    return not bill.complete and bill.state in _WITH_US and by.may(Permission.UPLOAD_AND_CODE)


def _to_approve(bill: SupplierBill, by: Entitled) -> bool:
    mine = PersonId(by.actor.id) in bill.approvers and by.may(Permission.APPROVE)
    return mine and bill.state in {State.AWAITING_APPROVAL, State.ON_HOLD} and bill.lines_resolved


def _to_route(bill: SupplierBill, by: Entitled) -> bool:
    routed = bill.state in {State.NEEDS_APPROVERS, State.READY_FOR_APPROVAL, State.REJECTED}
    return routed and bill.complete and not bill.lines_blocked and by.may(Permission.UPLOAD_AND_CODE)


def _to_post(bill: SupplierBill, by: Entitled) -> bool:
    return bill.state is State.READY_TO_POST and by.may(Permission.POST_SUPPLIER_INVOICES)


def _for_others(bill: SupplierBill, _by: Entitled) -> bool:
    return bill.lines_blocked


_BELONGS: Final[Mapping[BillQueue, Callable[[SupplierBill, Entitled], bool]]] = {
    BillQueue.DECIDE: _to_decide,
    BillQueue.ANSWER: _to_answer,
    BillQueue.APPROVE: _to_approve,
    BillQueue.ROUTE: _to_route,
    BillQueue.POST: _to_post,
    BillQueue.OTHERS: _for_others,
}


def _item(bill: SupplierBill) -> BillItem:
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
