"""Which submissions wait for whom, the workspace of customers' orders, and what administrators have to settle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from enum import StrEnum
from typing import Final

from core.app.portals.showing import customer_view, login_view
from core.app.portals.views import ListedCustomerView, LoginView
from core.app.portals.wording import SUBMISSION_STATES, remedy
from core.decide.permissions import entitle_somewhere
from core.domain.actors import Actor, Permission
from core.domain.ids import CustomerId, PersonId
from core.domain.money import Money
from core.domain.portals import (
    CustomerLink,
    KeptOrder,
    LoginState,
    OrderRef,
    PortalCustomerId,
    PortalSubmission,
    SubmissionId,
)
from core.domain.workflows import SubmissionState as State
from core.ports.portals import SubmissionsWanted
from core.ports.store import UnitOfWork

PAGE: Final = 10
_MOST: Final = 500


class SubmissionQueue(StrEnum):
    """The lists, in the order in which a person should look at them."""

    STUCK = "stuck"
    RELEASE = "release"
    CHOOSE = "choose"
    REVIEW = "review"
    CHECK = "check"
    DISPUTED = "disputed"
    ROBOT = "robot"
    THERE = "there"


TITLES: Final[dict[SubmissionQueue, str]] = {
    SubmissionQueue.STUCK: "In trouble",
    SubmissionQueue.RELEASE: "To release: cXML delivers",
    SubmissionQueue.CHOOSE: "Order to choose",
    SubmissionQueue.REVIEW: "To review",
    SubmissionQueue.CHECK: "Drafts to check and submit",
    SubmissionQueue.DISPUTED: "Disputed by the customer",
    SubmissionQueue.ROBOT: "With the robot",
    SubmissionQueue.THERE: "With the customer",
}
_ROBOT: Final = frozenset({State.READY_TO_SUBMIT, State.FILLING, State.CHECKING, State.RELEASED, State.SENDING})
_LISTS: Final[dict[SubmissionQueue, SubmissionsWanted]] = {
    SubmissionQueue.STUCK: SubmissionsWanted(frozenset({State.STUCK})),
    SubmissionQueue.RELEASE: SubmissionsWanted(frozenset({State.PREPARED})),
    SubmissionQueue.CHOOSE: SubmissionsWanted(frozenset({State.SUGGESTED}), has_order=False),
    SubmissionQueue.REVIEW: SubmissionsWanted(frozenset({State.SUGGESTED}), has_order=True),
    SubmissionQueue.CHECK: SubmissionsWanted(frozenset({State.DRAFT_SAVED})),
    SubmissionQueue.DISPUTED: SubmissionsWanted(frozenset({State.DISPUTED})),
    SubmissionQueue.ROBOT: SubmissionsWanted(_ROBOT),
    SubmissionQueue.THERE: SubmissionsWanted(frozenset({State.SUBMITTED, State.APPROVED})),
}


@dataclass(frozen=True, slots=True)
class OrderGlance:
    """An order in a list: what is left on it, what was used by which of our invoices, how much there is to read."""

    number: str
    total: Money
    balance: Money | None
    used: Money | None
    invoices: tuple[str, ...]
    lines: int
    notes: int


@dataclass(frozen=True, slots=True)
class SubmissionItem:
    """One submission of a list; `order` is None while nobody knows which."""

    id: SubmissionId
    version: int
    state_words: str
    invoice_number: str
    customer: str
    total: Money
    order: OrderGlance | None
    what: str


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """A page of one list, with the counts of all; pages count from 0."""

    queue: SubmissionQueue
    counts: Mapping[SubmissionQueue, int]
    items: tuple[SubmissionItem, ...]
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.counts[self.queue] // PAGE))


def waiting(unit: UnitOfWork, actor: Actor, queue: SubmissionQueue | None = None, page: int = 0) -> SubmissionPage:
    """What waits, of the legal entities this person acts for, oldest first; without a list, the first with work."""
    person = unit.people.get(PersonId(actor.id))
    lists: dict[SubmissionQueue, SubmissionsWanted] = {}
    if entitle_somewhere(actor, person).may(Permission.SEE_CUSTOMER_ORDERS):
        entities = person.entities if person is not None else frozenset()
        lists = {each: replace(wanted, entities=entities) for each, wanted in _LISTS.items()}
    counts = {each: unit.submissions.count(lists[each]) if each in lists else 0 for each in SubmissionQueue}
    chosen = queue or next((each for each in SubmissionQueue if counts[each]), SubmissionQueue.REVIEW)
    page = max(0, min(page, (counts[chosen] - 1) // PAGE if counts[chosen] else 0))
    found = unit.submissions.wanted(lists[chosen], PAGE, page * PAGE) if counts[chosen] else ()
    return SubmissionPage(chosen, counts, tuple(_item(unit, each) for each in found), page)


def _item(unit: UnitOfWork, submission: PortalSubmission) -> SubmissionItem:
    customer = unit.ledger.customer(submission.customer_id)
    what = ""
    if submission.trouble is not None and submission.state is State.STUCK:
        what = remedy(submission.trouble.code).title
    elif submission.candidates:
        what = f"{len(submission.candidates)} orders fit equally"
    elif submission.seen is not None:
        what = submission.seen.dispute_reason or submission.seen.status_text
    return SubmissionItem(
        submission.id,
        submission.version,
        SUBMISSION_STATES[submission.state],
        submission.invoice_number,
        customer.name if customer is not None else submission.customer_id,
        submission.total,
        _glance(unit, submission.order) if submission.order is not None else None,
        what,
    )


def _glance(unit: UnitOfWork, ref: OrderRef) -> OrderGlance | None:
    kept = unit.portal_orders.order(ref)
    if kept is None:
        return None
    order = kept.order
    numbers = tuple(one.number for one in order.invoices if one.number)
    lines, notes = len(order.lines), len(order.notes)
    return OrderGlance(order.number, order.total, order.remaining, order.invoiced, numbers, lines, notes)


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One order of the workspace."""

    ref: OrderRef
    customer: str
    customer_id: CustomerId | None
    portal: str
    number: str
    status_words: str
    ordered_on: date | None
    total: Money
    balance: Money | None
    invoices: int


def orders_of(unit: UnitOfWork, customer: PortalCustomerId, limit: int = 50, offset: int = 0) -> tuple[OrderItem, ...]:
    """A customer's orders, by number."""
    return tuple(_order_item(unit, kept) for kept in unit.portal_orders.orders_of(customer, limit, offset))


def find_orders(unit: UnitOfWork, text: str, limit: int = 20) -> tuple[OrderItem, ...]:
    """Orders whose number or customer holds `text`."""
    return tuple(_order_item(unit, kept) for kept in unit.portal_orders.search_orders(text.strip(), limit))


def orders_to_choose(unit: UnitOfWork, submission_id: SubmissionId, text: str = "", limit: int = 50) -> tuple[OrderItem, ...]:
    """Orders that a person may choose for a submission: those of its customer, its candidates first."""
    submission = unit.submissions.get(submission_id)
    theirs = [one for one in unit.portal_orders.customers() if one.customer_id == submission.customer_id]
    first = [kept for ref in submission.candidates if (kept := unit.portal_orders.order(ref)) is not None]
    others = [kept for one in theirs for kept in unit.portal_orders.orders_of(one.id, _MOST)]
    seen = {kept.ref for kept in first}
    found = [*first, *(kept for kept in others if kept.ref not in seen and kept.order.may_be_invoiced)]
    wanted = text.strip().casefold()
    return tuple(_order_item(unit, kept) for kept in found if wanted in kept.order.number.casefold())[:limit]


def _order_item(unit: UnitOfWork, kept: KeptOrder) -> OrderItem:
    listed, order = unit.portal_orders.customer(kept.ref.customer), kept.order
    return OrderItem(
        kept.ref,
        listed.name,
        listed.customer_id,
        listed.portal,
        order.number,
        order.status_text,
        order.ordered_on,
        order.total,
        order.remaining,
        len(order.invoices),
    )


@dataclass(frozen=True, slots=True)
class PortalDesk:
    """What administrators see: logins, and customers that somebody has to settle or that are in trouble."""

    logins: tuple[LoginView, ...]
    to_settle: tuple[ListedCustomerView, ...]
    customers: int
    orders: int
    submits: bool


def desk(unit: UnitOfWork, zone: tzinfo, limit: int = 20) -> PortalDesk:
    """Everything at a glance."""
    customers = unit.portal_orders.customers()
    asked = [one for one in customers if one.trouble is not None or one.link in {CustomerLink.ASKED, CustomerLink.NONE}]
    logins = [one for one in unit.portal_logins.all() if one.state is not LoginState.RETIRED]
    return PortalDesk(
        logins=tuple(login_view(unit, one, zone) for one in logins),
        to_settle=tuple(customer_view(unit, one, zone) for one in asked[:limit]),
        customers=len(customers),
        orders=unit.portal_orders.count_orders(),
        submits=unit.portal_orders.submits(),
    )


def may_see(unit: UnitOfWork, actor: Actor) -> bool:
    """Whether the workspace of customers' orders is open to this person."""
    return entitle_somewhere(actor, unit.people.get(PersonId(actor.id))).may(Permission.SEE_CUSTOMER_ORDERS)
