"""What can be asked of the core: frozen records, the same from every surface."""

from dataclasses import dataclass, field
from datetime import date

from core.domain.actors import Actor
from core.domain.events import PaymentEvent, QuestionEvent, RemittanceEvent
from core.domain.evidence import Finding
from core.domain.ids import CustomerId, MailId, PaymentId, RemittanceId
from core.domain.money import Money
from core.domain.payments import Application
from core.domain.questions import QuestionId
from core.domain.readings import ReadRemittance
from core.domain.remittance import RemittanceLine


@dataclass(frozen=True, slots=True)
class ActOnPayment:
    """A person (or a rule) causes an event on a payment. `version` is that of the card the person looked at.

    `choice` says which suggestion is confirmed (its place in the list, from 0); without it the single best one is meant.
    """

    payment_id: PaymentId
    version: int
    event: PaymentEvent
    actor: Actor
    reason: str = ""
    customer_id: CustomerId | None = None
    applications: tuple[Application, ...] = ()
    choice: int | None = None
    method: str = ""
    received_on: date | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ActOnRemittance:
    """A person causes an event on a remittance advice. `payment_id` is the payment that it is linked to."""

    remittance_id: RemittanceId
    version: int
    event: RemittanceEvent
    actor: Actor
    reason: str = ""
    lines: tuple[RemittanceLine, ...] = ()
    total: Money | None = None
    payment_id: PaymentId | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ActOnQuestion:
    """A person answers a question of the bank. `payment_id` is the payment that was taken back."""

    question_id: QuestionId
    version: int
    event: QuestionEvent
    actor: Actor
    reason: str = ""
    payment_id: PaymentId | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class TakeDocument:
    """A file somebody gave us: dropped in the folder, uploaded, or attached to a mail.

    `allow_closing` says that a person has looked at a list of open documents that closes most of them, and means it.
    """

    name: str
    data: bytes
    actor: Actor
    cause: str = ""
    allow_closing: bool = False


@dataclass(frozen=True, slots=True)
class TakeRemittance:
    """One advice read from a document. `raw` is the whole document (the mail), which is kept as the source."""

    name: str
    raw: bytes
    read: ReadRemittance
    actor: Actor
    sender: str = ""
    subject: str = ""
    mail_id: MailId | None = None
    findings: tuple[Finding, ...] = field(default=())
    cause: str = ""
