"""The records that portals are shown from: all that a card, a page or an answer of the API says, in plain words.

Slack, the web and the API draw from these, so they cannot tell different stories. `showing` makes them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.app.telling import Told
from core.app.wording import Offered
from core.decide.preflight import PreflightLevel
from core.domain.ids import CustomerId, InvoiceNumber, SourceId
from core.domain.money import Money
from core.domain.portals import (
    CustomerLink,
    CustomerPortalSetting,
    LoginState,
    OrderRef,
    PortalCustomerId,
    PortalLoginId,
    SubmissionId,
    SyncRunId,
    SyncState,
)
from core.domain.workflows import SubmissionState


@dataclass(frozen=True, slots=True)
class CustomerOrderLineView:
    """A line of a customer's order. `charged` is what this invoice takes of it; None where it takes nothing."""

    number: str
    description: str
    part_number: str
    by_quantity: bool
    quantity: Decimal | None
    unit: str
    price: Decimal
    total: Money
    invoiced: Money | None
    left: Money | None
    need_by: date | None
    charged: Money | None = None
    charged_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InvoiceThereView:
    """An invoice of ours against an order, as the portal lists it."""

    number: str
    reference: str
    status_words: str
    total: Money
    created_on: date | None
    dispute_reason: str
    paid: bool
    payment: str
    projected_on: date | None


@dataclass(frozen=True, slots=True)
class CustomerOrderView:
    """A customer's order with lines, notes and our invoices. `balance` is what may still be invoiced, if that is known."""

    ref: OrderRef
    portal: str
    customer: str
    customer_id: CustomerId | None
    number: str
    status_words: str
    may_be_invoiced: bool
    total: Money
    invoiced: Money | None
    balance: Money | None
    ordered_on: date | None
    acknowledged_on: date | None
    payment_term: str
    notes: tuple[str, ...]
    lines: tuple[CustomerOrderLineView, ...]
    invoices: tuple[InvoiceThereView, ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class PreflightLine:
    """One answer of the pre-flight."""

    level: PreflightLevel
    sentence: str


@dataclass(frozen=True, slots=True)
class TroubleView:
    """A trouble by its name, with what a person does about it. `button` is an event, or `try_login`, or empty."""

    code: str
    title: str
    sentence: str
    what_to_do: str
    button: str
    field: str
    text: str
    picture: SourceId | None
    at_words: str


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture of the proof pack; its content is the document `source_id`."""

    source_id: SourceId
    step_words: str
    at_words: str
    digest: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """The draft in the portal and its proof. `differences` are (what, meant, seen); `orphans` are empty drafts to delete."""

    reference: str
    saved_at_words: str
    differences: tuple[tuple[str, str, str], ...]
    orphans: tuple[str, ...]
    typed: tuple[tuple[str, str], ...]
    pictures: tuple[PictureView, ...]
    left_out: int
    digest: str
    file_digest: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """The cXML document of a submission; its text, with the secret covered, is the document `source_id`."""

    source_id: SourceId
    payload_id: str
    endpoint: str
    written_at_words: str
    digest: str
    file_digest: str
    released_by: str
    released_at_words: str
    sent_at_words: str
    answer: str


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission as people see it. `delivers` says that it goes as cXML, which knows no draft.

    `enabled` says whether drafts are switched on; `may_go` is the pre-flight's word.
    """

    id: SubmissionId
    version: int
    state: SubmissionState
    state_words: str
    invoice_number: InvoiceNumber
    invoice_date: date | None
    due_date: date | None
    po_number: str
    total: Money
    open_amount: Money | None
    customer_id: CustomerId
    customer: str
    portal: str
    order: CustomerOrderView | None
    candidates: tuple[CustomerOrderView, ...]
    rule_words: str
    is_sure: bool
    because: str
    lines_words: str
    file_name: str
    file_size: int | None
    note: str
    preflight: tuple[PreflightLine, ...]
    may_go: bool
    enabled: bool
    trouble: TroubleView | None
    draft: DraftView | None
    delivers: bool
    document: DocumentView | None
    there: InvoiceThereView | None
    step_words: str
    ready_by: str
    login_id: PortalLoginId | None
    offered: tuple[Offered, ...]
    history: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class LoginView:
    """A login of a portal, without anything secret."""

    id: PortalLoginId
    version: int
    portal: str
    user: str
    state: LoginState
    state_words: str
    has_code_secret: bool
    notation: str
    trouble: TroubleView | None
    added_words: str
    rotated_words: str
    tested_words: str
    synced_words: str
    customers: int


@dataclass(frozen=True, slots=True)
class ListedCustomerView:
    """A portal's customer and who it is of ours; `candidates` are (id, name) of those that may be meant."""

    id: PortalCustomerId
    version: int
    login_id: PortalLoginId
    portal: str
    name: str
    link: CustomerLink
    link_words: str
    customer_id: CustomerId | None
    customer: str
    candidates: tuple[tuple[CustomerId, str], ...]
    setting: CustomerPortalSetting | None
    orders: int
    synced_words: str
    trouble: TroubleView | None


@dataclass(frozen=True, slots=True)
class SyncView:
    """How far a sync is: one message shows it until it is over."""

    id: SyncRunId
    version: int
    login_id: PortalLoginId
    portal: str
    user: str
    state: SyncState
    state_words: str
    is_first: bool
    asked_by: str
    started_words: str
    ended_words: str
    customers: int
    customers_done: int
    now_at: str
    to_read: int
    orders_seen: int
    orders_read: int
    lines_read: int
    troubled_customers: tuple[str, ...]
    trouble: TroubleView | None
