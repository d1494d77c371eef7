"""Remittance advices: the payer's list of what a payment is for, and where it came from."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.evidence import Finding
from core.domain.ids import CustomerId, MailId, PaymentId, RemittanceId, SourceId
from core.domain.money import Money


class RemittanceState(StrEnum):
    """Where a remittance advice is."""

    RECEIVED = "RECEIVED"
    READ = "READ"
    NEEDS_PERSON = "NEEDS_PERSON"
    WAITING = "WAITING"
    LINKED = "LINKED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class RemittanceLine:
    """One line of an advice: `paid` is what the payer says this document gets; negative for a credit taken.

    `gross` minus `discount` is `paid` unless a deduction with a `reason` says otherwise. Empty means the advice is silent.
    """

    reference: str
    paid: Money | None = None
    gross: Money | None = None
    discount: Money | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemittanceAdvice:
    """A payer's list for one payment, as read from one document or mail body.

    `complete` means every line was read and the lines add up to `total` (or no total was given). Where it is False, `why`
    says where reading stopped. `not_for` are payments that a person unlinked it from: no rule brings them together again.
    """

    id: RemittanceId
    version: int
    state: RemittanceState
    source_id: SourceId
    lines: tuple[RemittanceLine, ...]
    complete: bool
    payer_name: str = ""
    total: Money | None = None
    payment_reference: str = ""
    paid_on: date | None = None
    sender: str = ""
    subject: str = ""
    mail_id: MailId | None = None
    customer_id: CustomerId | None = None
    payment_id: PaymentId | None = None
    findings: tuple[Finding, ...] = ()
    why: str = ""
    not_for: tuple[PaymentId, ...] = ()
