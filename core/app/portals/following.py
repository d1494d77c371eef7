"""What a portal shows of our invoices moves their submissions on: submitted, approved, disputed, paid, turned down, gone."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from core.app.portals.moving import by_robot
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import InvoiceNumber
from core.domain.portal_orders import PortalInvoice, PortalInvoiceStatus, number_key
from core.domain.portals import KeptOrder, ListedCustomer, PortalSubmission, SeenInPortal, Trouble
from core.domain.workflows import SubmissionState as State
from core.ports.store import UnitOfWork

_Status = PortalInvoiceStatus
_EVENTS: Final[dict[PortalInvoiceStatus, Event]] = {
    _Status.PROCESSING: Event.SEEN_SUBMITTED,
    _Status.PENDING_APPROVAL: Event.SEEN_SUBMITTED,
    _Status.PENDING_RECEIPT: Event.SEEN_SUBMITTED,
    _Status.ON_HOLD: Event.SEEN_SUBMITTED,
    _Status.APPROVED: Event.SEEN_APPROVED,
    _Status.DISPUTED: Event.SEEN_DISPUTED,
    _Status.ABANDONED: Event.SEEN_TURNED_DOWN,
    _Status.REJECTED: Event.SEEN_TURNED_DOWN,
    _Status.VOIDED: Event.SEEN_TURNED_DOWN,
    _Status.INVALID: Event.SEEN_TURNED_DOWN,
}
_REACHED: Final[dict[Event, State]] = {
    Event.SEEN_SUBMITTED: State.SUBMITTED,
    Event.SEEN_APPROVED: State.APPROVED,
    Event.SEEN_DISPUTED: State.DISPUTED,
    Event.SEEN_PAID: State.PAID,
}


def follow_order(unit: UnitOfWork, listed: ListedCustomer, kept: KeptOrder, cause: str) -> int:
    """Move on what an order's invoices say; how many submissions moved."""
    moved = 0
    for one in kept.order.invoices:
        submission = unit.submissions.of_invoice(InvoiceNumber(one.number))
        if submission is not None and _is_his(submission, listed):
            moved += follow(unit, submission, one, cause) is not None
    for submission in unit.submissions.on_order(kept.ref):
        there = number_key(submission.invoice_number) in {number_key(one.number) for one in kept.order.invoices}
        if submission.state is State.DRAFT_SAVED and not there:
            said = f"The portal lists no invoice {submission.invoice_number} any more: somebody has deleted the draft."
            gone = replace(submission, trouble=Trouble("draft_gone", said, unit.now))
            moved += by_robot(unit, submission, gone, Event.SEEN_GONE, cause) is not None
    return moved


def _is_his(submission: PortalSubmission, listed: ListedCustomer) -> bool:
    """Another customer's invoice may have the same number in another portal."""
    return submission.customer_id == listed.customer_id or (
        submission.order is not None and submission.order.customer == listed.id
    )


def follow(unit: UnitOfWork, submission: PortalSubmission, one: PortalInvoice, cause: str) -> PortalSubmission | None:
    """One submission as the portal shows it now; None where nothing is new."""
    seen = _seen(one, unit.now)
    if submission.seen is not None and replace(submission.seen, at=seen.at) == seen:
        return None
    proposed = replace(submission, seen=seen)
    event = Event.SEEN_PAID if seen.paid else _EVENTS.get(one.status)
    if event is Event.SEEN_TURNED_DOWN:
        said = f"The portal shows the invoice as “{one.status_text}”."
        proposed = replace(proposed, trouble=Trouble("turned_down", said, unit.now, text=one.dispute_reason))
    elif event is not None:
        proposed = replace(proposed, trouble=None)
    if event is None or _REACHED.get(event) is submission.state:
        event = Event.FACTS_CHANGED
    return by_robot(unit, submission, proposed, event, cause)


def _seen(one: PortalInvoice, at: datetime) -> SeenInPortal:
    payment = one.payment
    return SeenInPortal(
        reference=one.reference,
        status=one.status,
        status_text=one.status_text,
        at=at,
        dispute_reason=one.dispute_reason,
        paid=payment is not None and payment.paid,
        information=payment.information if payment is not None else "",
        projected_on=payment.projected_on if payment is not None else None,
    )
