"""Supplier invoice (payables): review, approval, hold, post.

While any line is rejected, disputed or awaiting a receipt, the invoice offers only delete, recall, hold and re-run (of those
that its state has at all): one predicate, `lines_blocked`, used in every row that needs it. Approve, Mark approved and Post are
hidden until all lines are resolved. A recall takes back one step: it leads to where that step came from.
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
    """What the table asks about a supplier invoice at the moment of the change.

    `complete`: every question about the invoice as a whole is answered. `own_submission`: the policy wants another approver
    than whoever handed the invoice in or sent it for approval, and that is the actor. `came_from` is the state that a recall
    leads back to.
    """

    by: Entitled
    lines_resolved: bool = False
    lines_blocked: bool = False
    complete: bool = False
    approvers_known: bool = False
    approval_wanted: bool = True
    is_approver: bool = False
    approvers_may_edit: bool = False
    own_submission: bool = False
    reason_given: bool = False
    came_from: State | None = None

    @property
    def may_edit(self) -> bool:
        """Whether the actor may change the invoice and its links: payables people, and approvers where the policy says so."""
        approver = self.approvers_may_edit and self.is_approver and self.by.may(Permission.APPROVE)
        return self.by.may(Permission.UPLOAD_AND_CODE) or approver


_Guard = Guard[SupplierInvoiceFacts]
RESOLVED: Final = _Guard(
    "lines_resolved",
    "A line of this invoice still waits for a decision.",
    lambda f: f.lines_resolved,
    "lines_unresolved",
    hides=True,
)
UNBLOCKED: Final = _Guard(
    "no_line_rejected_disputed_or_awaiting_receipt",
    "A line of this invoice is rejected, disputed or waits for its receipt.",
    lambda f: not f.lines_blocked,
    "lines_unresolved",
    hides=True,
)
COMPLETE: Final = _Guard(
    "questions_answered", "Something about this invoice still has to be answered first.", lambda f: f.complete, "incomplete"
)
NO_APPROVAL: Final = _Guard("no_approval_wanted", "The policy wants an approval.", lambda f: not f.approval_wanted)
APPROVAL: Final = _Guard("approval_wanted", "The policy wants no approval.", lambda f: f.approval_wanted)
APPROVERS: Final = _Guard("approvers_known", "Please name an approver.", lambda f: f.approvers_known, "incomplete")
NO_APPROVERS: Final = _Guard("no_approver_known", "Approvers are known.", lambda f: not f.approvers_known)
IS_APPROVER: Final = _Guard(
    "actor_is_approver", "You are not an approver of this invoice.", lambda f: f.is_approver, "not_permitted"
)
MAY_EDIT: Final = _Guard("may_edit", "You are not entitled to change this invoice.", lambda f: f.may_edit, "not_permitted")
FOUR_EYES: Final = _Guard(
    "approver_is_not_submitter",
    "You handed this invoice in or sent it for approval, and the policy wants somebody else to approve it.",
    lambda f: not f.own_submission,
    "not_permitted",
)
REASON: Final = _Guard("reason_given", "Please give a reason.", lambda f: f.reason_given, "incomplete")


def _came_from(state: State) -> _Guard:
    return _Guard(f"came_from_{state.value.lower()}", "There is nothing to recall.", lambda f: f.came_from is state)


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
    Event.RERUN: EventSpec(
        AuditName.SUPPLIER_INVOICE_RERUN,
        PEOPLE,
        None,
        "Re-run line linking",
        confirm="Link and compare all lines anew? Every decision on a line of this invoice is lost.",
    ),
    Event.EDIT: EventSpec(AuditName.SUPPLIER_INVOICE_EDITED, PEOPLE),
    Event.LINES_CLEARED: EventSpec(AuditName.SUPPLIER_INVOICE_LINES_CLEARED, MACHINES),
    Event.LINES_REOPENED: EventSpec(AuditName.SUPPLIER_INVOICE_LINES_REOPENED, MACHINES),
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
_RERUN = (State.NEEDS_REVIEW, *_BEFORE_APPROVAL)
_EDITABLE = (*_RERUN, State.REJECTED)
_POST = (Effect.POST_SUPPLIER_INVOICE,)
_ASK = (Effect.NOTIFY_APPROVERS, *_CARD)
_REVIEWED = (COMPLETE, APPROVAL)
_APPROVED = (RESOLVED, IS_APPROVER, FOUR_EYES)
_BACK_FROM_READY = (
    State.NEEDS_REVIEW,
    State.NEEDS_APPROVERS,
    State.READY_FOR_APPROVAL,
    State.AWAITING_APPROVAL,
    State.ON_HOLD,
)
TABLE: Final[Table[State, Event, SupplierInvoiceFacts]] = Table(
    name="supplier_invoice",
    title="Supplier invoice (payables)",
    starts=(State.NEEDS_REVIEW,),
    ends=(State.POSTED, State.DELETED),
    specs=SPECS,
    rows=(
        _Row(
            (State.NEEDS_REVIEW,),
            Event.LINES_CLEARED,
            State.READY_TO_POST,
            (RESOLVED, COMPLETE, NO_APPROVAL),
            _CARD,
            Origin.BRIEF,
        ),
        _Row((State.READY_TO_POST,), Event.LINES_REOPENED, State.NEEDS_REVIEW, (), _CARD),
        _Row(
            (State.NEEDS_REVIEW,), Event.REVIEW_DONE, State.NEEDS_APPROVERS, (*_REVIEWED, NO_APPROVERS), _CARD, Origin.INFERRED
        ),
        _Row(
            (State.NEEDS_REVIEW,), Event.REVIEW_DONE, State.READY_FOR_APPROVAL, (*_REVIEWED, APPROVERS), _CARD, Origin.INFERRED
        ),
        _Row((State.NEEDS_APPROVERS,), Event.APPROVERS_SET, State.READY_FOR_APPROVAL, (APPROVERS,), _CARD, Origin.INFERRED),
        _Row((State.NEEDS_REVIEW,), Event.APPROVERS_SET, State.READY_FOR_APPROVAL, (COMPLETE, APPROVERS), _CARD),
        _Row((State.READY_FOR_APPROVAL,), Event.APPROVERS_SET, State.READY_FOR_APPROVAL, (APPROVERS,), _CARD),
        _Row((State.AWAITING_APPROVAL,), Event.APPROVERS_SET, State.AWAITING_APPROVAL, (APPROVERS,), _ASK),
        _Row((State.REJECTED,), Event.APPROVERS_SET, State.REJECTED, (APPROVERS,), _CARD),
        _Row(
            (State.READY_FOR_APPROVAL, State.REJECTED),
            Event.SEND_FOR_APPROVAL,
            State.AWAITING_APPROVAL,
            (UNBLOCKED,),
            _ASK,
            Origin.BRIEF,
        ),
        _Row(_WITH_APPROVER, Event.APPROVE, State.READY_TO_POST, _APPROVED, _CARD, Origin.BRIEF),
        _Row(_WITH_APPROVER, Event.REJECT, State.REJECTED, (UNBLOCKED, IS_APPROVER, REASON), _CARD, Origin.BRIEF),
        _Row((State.AWAITING_APPROVAL,), Event.HOLD, State.ON_HOLD, (), _CARD, Origin.BRIEF),
        _Row(
            (State.AWAITING_APPROVAL,), Event.RECALL, State.READY_FOR_APPROVAL, (_came_from(State.READY_FOR_APPROVAL),), _CARD
        ),
        _Row((State.AWAITING_APPROVAL,), Event.RECALL, State.REJECTED, (_came_from(State.REJECTED),), _CARD),
        _Row((State.ON_HOLD,), Event.RECALL, State.AWAITING_APPROVAL, (_came_from(State.AWAITING_APPROVAL),), _CARD),
        _Row((State.READY_TO_POST,), Event.POST, State.POSTING, (RESOLVED, COMPLETE), _POST, Origin.BRIEF),
        _Row(_DELETABLE, Event.DELETE, State.DELETED, (), _CARD, Origin.BRIEF),
        *(_Row((State.READY_TO_POST,), Event.RECALL, state, (_came_from(state),), _CARD) for state in _BACK_FROM_READY),
        _Row(_BEFORE_APPROVAL, Event.MARK_APPROVED, State.READY_TO_POST, (RESOLVED, FOUR_EYES), _CARD, Origin.BRIEF),
        *(_Row((state,), Event.RERUN, state, (MAY_EDIT,), _CARD, Origin.BRIEF) for state in _RERUN),
        *(_Row((state,), Event.EDIT, state, (MAY_EDIT,), _CARD, Origin.BRIEF) for state in _EDITABLE),
        _Row((State.POSTING,), Event.ERP_CONFIRMED, State.POSTED, (), _CARD),
        _Row((State.POSTING,), Event.ERP_REFUSED, State.READY_TO_POST, (), (Effect.SHOW_LEDGER_REASON, *_CARD)),
        _Row((State.POSTING,), Event.OUTCOME_UNKNOWN, State.POSTING, (), (Effect.LOOK_UP_BY_KEY,)),
    ),
)
