"""States of the workflows whose records come with their own stories: payables, portal submissions, disputes, the outbox."""

from enum import StrEnum


class LineResolution(StrEnum):
    """What people decided about one supplier invoice line; the verdict itself is computed, never set."""

    CLEAR = "CLEAR"
    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    AWAITING_RECEIPT = "AWAITING_RECEIPT"
    DISPUTED = "DISPUTED"
    REJECTED = "REJECTED"
    NEW = "NEW"


class LineVerdict(StrEnum):
    """What comparing a supplier invoice line with its order line gave; a line may have several."""

    PERFECT_MATCH = "PERFECT_MATCH"
    RATE_MISMATCH = "RATE_MISMATCH"
    QUANTITY_MISMATCH = "QUANTITY_MISMATCH"
    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    RATE_THRESHOLD = "RATE_THRESHOLD"
    QUANTITY_THRESHOLD = "QUANTITY_THRESHOLD"
    AMOUNT_THRESHOLD = "AMOUNT_THRESHOLD"
    UNLINKED = "UNLINKED"


class SupplierInvoiceState(StrEnum):
    """Where a supplier's invoice is on its way to the ledger."""

    NEEDS_REVIEW = "NEEDS_REVIEW"
    NEEDS_APPROVERS = "NEEDS_APPROVERS"
    READY_FOR_APPROVAL = "READY_FOR_APPROVAL"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    ON_HOLD = "ON_HOLD"
    REJECTED = "REJECTED"
    READY_TO_POST = "READY_TO_POST"
    POSTING = "POSTING"
    POSTED = "POSTED"
    DELETED = "DELETED"


class SubmissionState(StrEnum):
    """Where getting one of our invoices into a customer's portal is."""

    SUGGESTED = "SUGGESTED"
    READY_TO_SUBMIT = "READY_TO_SUBMIT"
    FILLING = "FILLING"
    CHECKING = "CHECKING"
    PREPARED = "PREPARED"
    RELEASED = "RELEASED"
    SENDING = "SENDING"
    STUCK = "STUCK"
    DRAFT_SAVED = "DRAFT_SAVED"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    DISPUTED = "DISPUTED"
    PAID = "PAID"
    DISMISSED = "DISMISSED"


class DisputeState(StrEnum):
    """Where a disagreement with a counterparty is."""

    OPEN = "OPEN"
    WAITING = "WAITING"
    ANSWERED = "ANSWERED"
    SETTLED = "SETTLED"
    WITHDRAWN = "WITHDRAWN"


class OutboxState(StrEnum):
    """The life of one effect that leaves the process."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    SHUNTED = "SHUNTED"
    DROPPED = "DROPPED"
