"""What can be asked of the core: frozen records, the same from every surface."""

from dataclasses import dataclass, field
from datetime import date

from core.domain.actors import Actor
from core.domain.disputes import DisputeId
from core.domain.events import DisputeEvent, LineEvent, PaymentEvent, QuestionEvent, RemittanceEvent, SupplierInvoiceEvent
from core.domain.evidence import Finding
from core.domain.ids import CustomerId, MailId, PaymentId, PersonId, PoNumber, RemittanceId, SupplierId
from core.domain.measures import Quantity
from core.domain.money import Money
from core.domain.payables import OrderLineRef
from core.domain.payments import Application
from core.domain.questions import QuestionId
from core.domain.readings import ReadRemittance
from core.domain.remittance import RemittanceLine
from core.domain.supplier_bills import BillKind, BillLine, DisputeOutcome, SupplierInvoiceId


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


@dataclass(frozen=True, slots=True)
class ActOnLine:
    """A person causes an event on lines of a supplier invoice: all of them, or none. `version` is that of the invoice.

    `targets` are the order lines to link to, `quantity` is what was received, `coding` that of a new line.
    """

    bill_id: SupplierInvoiceId
    version: int
    lines: tuple[str, ...]
    event: LineEvent
    actor: Actor
    reason: str = ""
    targets: tuple[OrderLineRef, ...] = ()
    quantity: Quantity | None = None
    coding: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ActOnBill:
    """A person causes an event on a supplier invoice. `approvers` are those named with `approvers_set`."""

    bill_id: SupplierInvoiceId
    version: int
    event: SupplierInvoiceEvent
    actor: Actor
    reason: str = ""
    approvers: tuple[PersonId, ...] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class EditBill:
    """A person changes what a supplier invoice says, or answers its questions. None leaves a value as it is.

    `lines` replace those of the same name, new names are added, `without` are left out. `right_as_it_is` are the places of
    questions (from 0) that the person says need no change. `orders` are the purchase orders that it belongs to.
    """

    bill_id: SupplierInvoiceId
    version: int
    actor: Actor
    number: str | None = None
    invoice_date: date | None = None
    currency: str | None = None
    supplier_id: SupplierId | None = None
    kind: BillKind | None = None
    orders: tuple[PoNumber, ...] | None = None
    due_date: date | None = None
    discount_until: date | None = None
    total: Money | None = None
    tax: Money | None = None
    lines: tuple[BillLine, ...] = ()
    without: tuple[str, ...] = ()
    right_as_it_is: tuple[int, ...] = ()
    reason: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ActOnDispute:
    """A person causes an event on a dispute. `text` and `address` are those of a mail that they send with it."""

    dispute_id: DisputeId
    version: int
    event: DisputeEvent
    actor: Actor
    reason: str = ""
    subject: str = ""
    text: str = ""
    address: str = ""
    outcome: DisputeOutcome | None = None
    cause: str = ""
