"""Words for supplier invoices, their lines and disputes: the same on every surface."""

from typing import Final

from core.app.masking import ending
from core.domain.payables import ChargeKind
from core.domain.supplier_bills import AskedKind, BillKind, BillQuestion, DisputeOutcome, FactsChange, RecognisedBy
from core.domain.workflows import DisputeState, LineResolution, LineVerdict, SupplierInvoiceState

BILL_STATES: Final[dict[SupplierInvoiceState, str]] = {
    SupplierInvoiceState.NEEDS_REVIEW: "Needs review",
    SupplierInvoiceState.NEEDS_APPROVERS: "Needs approvers",
    SupplierInvoiceState.READY_FOR_APPROVAL: "Ready for approval",
    SupplierInvoiceState.AWAITING_APPROVAL: "Awaiting approval",
    SupplierInvoiceState.ON_HOLD: "Hold",
    SupplierInvoiceState.REJECTED: "Rejected",
    SupplierInvoiceState.READY_TO_POST: "Ready to post",
    SupplierInvoiceState.POSTING: "On its way to the ledger",
    SupplierInvoiceState.POSTED: "Posted",
    SupplierInvoiceState.DELETED: "Deleted",
}
RECOGNISED: Final[dict[RecognisedBy, str]] = {
    RecognisedBy.TAX_ID: "its VAT id",
    RecognisedBy.NAME: "its name",
    RecognisedBy.DOMAIN: "the address that sent it",
}
CHARGES: Final[dict[ChargeKind, str]] = {kind: kind.word.capitalize() for kind in ChargeKind}
BILL_KINDS: Final[dict[BillKind, str]] = {BillKind.PO_INVOICE: "PO invoice", BillKind.PLAIN: "Invoice"}
LINE_STATES: Final[dict[LineResolution, str]] = {
    LineResolution.CLEAR: "Clear",
    LineResolution.OPEN: "To decide",
    LineResolution.ACCEPTED: "Accepted",
    LineResolution.AWAITING_RECEIPT: "Awaiting receipt",
    LineResolution.DISPUTED: "Disputed",
    LineResolution.REJECTED: "Rejected",
    LineResolution.NEW: "New line",
}
VERDICTS: Final[dict[LineVerdict, str]] = {
    LineVerdict.PERFECT_MATCH: "Perfect match",
    LineVerdict.RATE_MISMATCH: "Rate mismatch",
    LineVerdict.QUANTITY_MISMATCH: "Quantity mismatch",
    LineVerdict.AMOUNT_MISMATCH: "Amount mismatch",
    LineVerdict.RATE_THRESHOLD: "Rate threshold",
    LineVerdict.QUANTITY_THRESHOLD: "Quantity threshold",
    LineVerdict.AMOUNT_THRESHOLD: "Amount threshold",
    LineVerdict.UNLINKED: "Unlinked",
}
CHANGES: Final[dict[FactsChange, str]] = {
    FactsChange.RECEIPT_ARRIVED: "A receipt arrived, so this has to be decided again.",
    FactsChange.ORDER_CHANGED: "The order changed, so this has to be decided again.",
    FactsChange.INVOICE_EDITED: "The invoice was edited, so this has to be decided again.",
    FactsChange.OTHER_INVOICE: "Another invoice on the same order line changed, so this has to be decided again.",
    FactsChange.UNITS_CHANGED: "A unit conversion changed, so this has to be decided again.",
    FactsChange.LINK_CHANGED: "A link changed, so this has to be decided again.",
    FactsChange.DISPUTE_SETTLED: "The dispute is over, so this has to be decided again.",
    FactsChange.RE_RUN: "The linking was run again, so this has to be decided again.",
}
DISPUTES: Final[dict[DisputeState, str]] = {
    DisputeState.OPEN: "Nobody has written to the supplier yet",
    DisputeState.WAITING: "Waiting for the supplier's answer",
    DisputeState.ANSWERED: "The supplier answered",
    DisputeState.SETTLED: "Settled",
    DisputeState.WITHDRAWN: "Withdrawn",
}
OUTCOMES: Final[dict[DisputeOutcome, str]] = {
    DisputeOutcome.PAID_IN_FULL: "Paid in full",
    DisputeOutcome.CREDITED: "Credited",
    DisputeOutcome.CORRECTED: "Corrected invoice",
    DisputeOutcome.WRITTEN_OFF: "Written off",
}
_FIELDS: Final = {
    "number": "invoice number",
    "invoice_date": "invoice date",
    "currency": "currency",
    "lines": "lines",
    "total": "total",
    "supplier_id": "supplier",
    "tax": "tax of the invoice",
}


def question_words(question: BillQuestion) -> str:
    """What is asked, as a sentence."""
    name = field_words(question.field)
    match question.kind:
        case AskedKind.MISSING:
            return f"The {name} is missing."
        case AskedKind.OPEN:
            return f"The {name} “{question.seen}” can be read as {question.other}."
        case AskedKind.DOES_NOT_ADD_UP:
            return _sums_words(question)
        case AskedKind.SUPPLIER_UNKNOWN:
            return f"Nobody knows the supplier “{question.seen}”." if question.seen else "The supplier is not known."
        case AskedKind.SUPPLIER_TIED:
            return f"“{question.seen}” may be any of {question.other}."
        case AskedKind.OTHER_ACCOUNT | AskedKind.ACCOUNT_OF_OTHERS | AskedKind.ACCOUNT_SHARED:
            return _account_words(question)
        case AskedKind.SAME_NUMBER:
            return f"{question.other} of the same supplier has the same number {question.seen}."
        case AskedKind.SAME_AMOUNT:
            return f"{question.other} of the same supplier has the same date and amount ({question.seen})."
        case _:
            return question.said


def _account_words(question: BillQuestion) -> str:
    """About a bank account, which is named by its last four characters and never whole."""
    account = ending(question.seen) or "on the invoice"
    if question.kind is AskedKind.OTHER_ACCOUNT:
        return f"Account {account} is not the one we know of this supplier. Call them first."
    if question.kind is AskedKind.ACCOUNT_SHARED:
        return f"Account {account} is known of this supplier, and also of {question.other}."
    return f"Account {account} is not known of this supplier, but of {question.other}. Call them first."


def _sums_words(question: BillQuestion) -> str:
    line, slash, _ = question.field.partition("/")
    if slash:
        return f"The tax of line {line} should be {question.seen} by its percentage, the line says {question.other}."
    if question.field == "tax":
        return f"The taxes of the lines add up to {question.seen}, the tax says {question.other}."
    return f"Lines and tax add up to {question.seen}, the total says {question.other}."


def field_words(name: str) -> str:
    """A field as people call it: `3/quantity` is the quantity of line 3."""
    line, slash, of = name.partition("/")
    return f"{of.replace('_', ' ')} of line {line}" if slash else _FIELDS.get(name, name.replace("_", " "))
