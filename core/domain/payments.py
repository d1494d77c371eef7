"""Money that came in: bank lines as the bank reports them, and the draft payment that stands for one sum of money.

One money, one draft payment: a bank line and a remittance for the same money are joined on one `DraftPayment`. A remittance
whose money has not been seen makes an *expected* draft payment, which cannot be posted until a bank line joins it.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.domain.evidence import Finding, GapKind, Suggestion
from core.domain.ids import DEFAULT_ENTITY, BankLineId, CustomerId, EntityId, InvoiceNumber, Key, PaymentId, SourceId
from core.domain.money import Money, total


class Direction(StrEnum):
    """Which way money went on our account: `credit` is to us."""

    CREDIT = "credit"
    DEBIT = "debit"


@dataclass(frozen=True, slots=True)
class BankLine:
    """One credit or debit that a bank file reports; `amount` is never negative.

    `natural_key` is equal for the same line in an overlapping statement and differs between genuine twins; `bank_id` is the
    bank's own reference, or the file's `payment_id`, where it has one.
    """

    id: BankLineId
    natural_key: Key
    source_id: SourceId
    where: str
    account: str
    bank_id: str
    value_date: date
    amount: Money
    direction: Direction = Direction.CREDIT
    payer_name: str = ""
    payer_account: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    method: str = ""
    reversal: bool = False
    return_code: str = ""


class PaymentState(StrEnum):
    """Where a draft payment is on its way to the ledger."""

    EXPECTED = "EXPECTED"
    UNIDENTIFIED = "UNIDENTIFIED"
    UNAPPLIED = "UNAPPLIED"
    SUGGESTED = "SUGGESTED"
    APPLIED = "APPLIED"
    POSTING = "POSTING"
    POSTED = "POSTED"
    SET_ASIDE = "SET_ASIDE"
    RETURNED = "RETURNED"
    REVERSING = "REVERSING"
    REVERSED = "REVERSED"


@dataclass(frozen=True, slots=True)
class Application:
    """So much of this payment settles so much of that document.

    `applied` is money (negative on a credit memo); `discount` and `write_off` come on top of it and also lower the balance.
    """

    invoice_number: InvoiceNumber
    customer_id: CustomerId
    applied: Money
    discount: Money
    write_off: Money
    reason: str = ""

    @property
    def settles(self) -> Money:
        """By how much the document's balance falls (in size)."""
        return abs(self.applied) + self.discount + self.write_off


class MoneyOrigin(StrEnum):
    """How we know that the money is there."""

    NOT_SEEN = "not_seen"
    BANK_LINE = "bank_line"
    LOCKBOX = "lockbox"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class DraftPayment:
    """Money known and not yet in the ledger (or just posted), in one state of the draft payment table.

    `version` rises by one with every change; a button carries the version it was drawn for. `received_on` is the bank's value
    date, or the date that a remittance announced while the money is expected. `why` says why the payment is in its state.
    `reversal_key` and `reversal_id` are those of the reversal in the ledger, after the bank took the money back.
    """

    id: PaymentId
    version: int
    state: PaymentState
    amount: Money
    received_on: date
    origin: MoneyOrigin
    entity: EntityId = DEFAULT_ENTITY
    method: str = ""
    payer_name: str = ""
    payer_account: str = ""
    reference: str = ""
    text: str = ""
    bank_line_id: BankLineId | None = None
    customer_id: CustomerId | None = None
    applications: tuple[Application, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    findings: tuple[Finding, ...] = ()
    gap_kind: GapKind = GapKind.NONE
    why: str = ""
    posting_key: Key | None = None
    erp_id: str = ""
    batch: str = ""
    tags: tuple[str, ...] = field(default=())
    reversal_key: Key | None = None
    reversal_id: str = ""

    @property
    def applied(self) -> Money:
        """Money of this payment that is applied to documents."""
        return total((application.applied for application in self.applications), self.amount.currency)

    @property
    def unapplied(self) -> Money:
        """What is left: `applied` plus `unapplied` is the payment, always."""
        return self.amount - self.applied
