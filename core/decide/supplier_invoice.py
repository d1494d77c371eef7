"""Supplier invoice (payables): review, approval, hold, post.

While any line is rejected, disputed or awaiting a receipt, the invoice offers only delete, recall, hold and re-run: one
predicate, `lines_resolved`, used in every row that needs it.
"""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import ANYONE, MACHINES, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.workflows import SupplierInvoiceState as State


@dataclass(frozen=True, slots=True)
class SupplierInvoiceFacts:
    """What the table asks about a supplier invoice at the moment of the change."""

    by: Entitled
    lines_resolved: bool = False
    approvers_known: bool = False
    approval_wanted: bool = True
    is_approver: bool = False


_Guard = Guard[SupplierInvoiceFacts]
RESOLVED: Final = _Guard(
    "lines_resolved", "A line of this invoice still waits for a decision.", lambda f: f.lines_resolved, "lines_unresolved"
)
NO_APPROVAL: Final = _Guard("no_approval_wanted", "The policy wants an approval.", lambda f: not f.approval_wanted)
APPROVERS: Final = _Guard("approvers_known", "No approver is known.", lambda f: f.approvers_known)
NO_APPROVERS: Final = _Guard("no_approver_known", "Approvers are known.", lambda f: not f.approvers_known)
IS_APPROVER: Final = _Guard(
    "actor_is_approver", "You are not an approver of this invoice.", lambda f: f.is_approver, "not_permitted"
)

_CARD = (Effect.REFRESH_CARD,)
_Row = Row[State, Event, SupplierInvoiceFacts]

SPECS: Final[dict[Event, EventSpec]] = {
    Event.APPROVE: EventSpec(AuditName.SUPPLIER_INVOICE_APPROVED, PEOPLE, Permission.APPROVE, "Approve", Style.PRIMARY),
    Event.POST: EventSpec(
        AuditName.SUPPLIER_INVOICE_POSTING,
        PEOPLE,
        Permission.POST_SUPPLIER_INVOICES,
        "Post",
        Style.PRIMARY,
        confirm="Post this invoice to the ledger? A posting can only be taken back in the ledger.",
    ),
    Event.SEND_FOR_APPROVAL: EventSpec(
        AuditName.SUPPLIER_INVOICE_SENT_FOR_APPROVAL, PEOPLE, Permission.UPLOAD_AND_CODE, "Send for approval"
    ),
    Event.MARK_APPROVED: EventSpec(
        AuditName.SUPPLIER_INVOICE_MARKED_APPROVED, PEOPLE, Permission.UPLOAD_AND_CODE, "Mark approved"
    ),
    Event.REJECT: EventSpec(
        AuditName.SUPPLIER_INVOICE_REJECTED, PEOPLE, Permission.APPROVE, "Reject", Style.DANGER, needs_reason=True
    ),
    Event.HOLD: EventSpec(AuditName.SUPPLIER_INVOICE_HELD, PEOPLE, Permission.APPROVE, "Hold"),
    Event.RECALL: EventSpec(AuditName.SUPPLIER_INVOICE_RECALLED, PEOPLE, Permission.UPLOAD_AND_CODE, "Recall"),
    Event.DELETE: EventSpec(
        AuditName.SUPPLIER_INVOICE_DELETED,
        PEOPLE,
        Permission.UPLOAD_AND_CODE,
        "Delete",
        Style.DANGER,
        confirm="Delete this invoice? Its document and history are kept.",
    ),
    Event.LINES_CLEARED: EventSpec(AuditName.SUPPLIER_INVOICE_LINES_CLEARED, MACHINES),
    Event.REVIEW_DONE: EventSpec(AuditName.SUPPLIER_INVOICE_REVIEWED, ANYONE, Permission.UPLOAD_AND_CODE),
    Event.APPROVERS_SET: EventSpec(AuditName.SUPPLIER_INVOICE_APPROVERS_SET, ANYONE, Permission.UPLOAD_AND_CODE),
    Event.ERP_CONFIRMED: EventSpec(AuditName.SUPPLIER_INVOICE_POSTED, MACHINES),
    Event.ERP_REFUSED: EventSpec(AuditName.SUPPLIER_INVOICE_REFUSED_BY_LEDGER, MACHINES),
    Event.OUTCOME_UNKNOWN: EventSpec(AuditName.SUPPLIER_INVOICE_OUTCOME_UNKNOWN, MACHINES),
}

_BEFORE_APPROVAL = (State.NEEDS_APPROVERS, State.READY_FOR_APPROVAL, State.AWAITING_APPROVAL)
_DELETABLE = (
    State.NEEDS_REVIEW,
    State.NEEDS_APPROVERS,
    State.READY_FOR_APPROVAL,
    State.AWAITING_APPROVAL,
    State.READY_TO_POST,
    State.REJECTED,
    State.ON_HOLD,
)
_WITH_APPROVER = (State.AWAITING_APPROVAL, State.ON_HOLD)
_RECALLABLE = (State.AWAITING_APPROVAL, State.ON_HOLD, State.READY_TO_POST)
_POST = (Effect.POST_SUPPLIER_INVOICE,)
_ASK = (Effect.NOTIFY_APPROVERS,)
TABLE: Final[Table[State, Event, SupplierInvoiceFacts]] = Table(
    name="supplier_invoice",
    title="Supplier invoice (payables)",
    starts=(State.NEEDS_REVIEW,),
    ends=(State.POSTED, State.DELETED),
    specs=SPECS,
    rows=(
        _Row((State.NEEDS_REVIEW,), Event.LINES_CLEARED, State.READY_TO_POST, (RESOLVED, NO_APPROVAL), _CARD, Origin.BRIEF),
        _Row((State.NEEDS_REVIEW,), Event.REVIEW_DONE, State.NEEDS_APPROVERS, (NO_APPROVERS,), _CARD, Origin.INFERRED),
        _Row((State.NEEDS_REVIEW,), Event.REVIEW_DONE, State.READY_FOR_APPROVAL, (APPROVERS,), _CARD, Origin.INFERRED),
        _Row((State.NEEDS_APPROVERS,), Event.APPROVERS_SET, State.READY_FOR_APPROVAL, (), _CARD, Origin.INFERRED),
        _Row(_BEFORE_APPROVAL, Event.MARK_APPROVED, State.READY_TO_POST, (RESOLVED,), _CARD, Origin.BRIEF),
        _Row(
            (State.READY_FOR_APPROVAL, State.REJECTED), Event.SEND_FOR_APPROVAL, State.AWAITING_APPROVAL, (), _ASK, Origin.BRIEF
        ),
        _Row(_WITH_APPROVER, Event.APPROVE, State.READY_TO_POST, (RESOLVED, IS_APPROVER), _CARD, Origin.BRIEF),
        _Row(_WITH_APPROVER, Event.REJECT, State.REJECTED, (IS_APPROVER,), _CARD, Origin.BRIEF),
        _Row((State.AWAITING_APPROVAL,), Event.HOLD, State.ON_HOLD, (), _CARD, Origin.BRIEF),
        _Row(_RECALLABLE, Event.RECALL, State.READY_FOR_APPROVAL, (), _CARD, Origin.INFERRED),
        _Row((State.READY_TO_POST,), Event.POST, State.POSTING, (RESOLVED,), _POST, Origin.BRIEF),
        _Row((State.POSTING,), Event.ERP_CONFIRMED, State.POSTED, (), _CARD),
        _Row((State.POSTING,), Event.ERP_REFUSED, State.READY_TO_POST, (), (Effect.SHOW_LEDGER_REASON, *_CARD)),
        _Row((State.POSTING,), Event.OUTCOME_UNKNOWN, State.POSTING, (), (Effect.LOOK_UP_BY_KEY,)),
        _Row(_DELETABLE, Event.DELETE, State.DELETED, (), _CARD, Origin.BRIEF),
    ),
)
