"""What is kept of customers' portals: logins without their secrets, whose customers they list, syncs, and our submissions.

A login's password and one-time secret are no part of any record: they are kept sealed, beside it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from core.domain.evidence import Evidence
from core.domain.ids import DEFAULT_ENTITY, CustomerId, EntityId, InvoiceNumber, PersonId, SourceId
from core.domain.money import Money
from core.domain.portal_orders import CustomerPurchaseOrder, PortalInvoiceStatus
from core.domain.submissions import Difference, DraftLine, DraftStep, FilePlace
from core.domain.workflows import SubmissionState

PortalLoginId = NewType("PortalLoginId", str)
PortalCustomerId = NewType("PortalCustomerId", str)
SyncRunId = NewType("SyncRunId", str)
SubmissionId = NewType("SubmissionId", str)
KNOWN_PORTALS: Final = ("coupa", "plain")
"""Portals that there are drivers for. `plain` is a small one that shows what a further portal takes."""
DATE_FORMS: Final = (
    "mm/dd/yyyy",
    "dd/mm/yyyy",
    "yyyy/mm/dd",
    "dd.mm.yyyy",
    "mm.dd.yyyy",
    "yyyy-mm-dd",
    "dd-mm-yyyy",
    "mm-dd-yyyy",
)
"""How users of portals have dates shown. Day first with points only, because nobody writes the month first so."""
DECIMAL_MARKS: Final = (".", ",")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong in a portal, by the code of its error, in a sentence for people. `field` and `text` are the portal's own.

    `picture` is a picture of the page, where there is one.
    """

    code: str
    sentence: str
    at: datetime
    field: str = ""
    text: str = ""
    picture: SourceId | None = None


class LoginState(StrEnum):
    """Whether a login is used. A paused one waits for a person, its jobs with it; others go on."""

    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class PortalLogin:
    """A login of a portal, without its secrets. `date_form` and `decimal_mark` are the user's settings in the portal."""

    id: PortalLoginId
    version: int
    portal: str
    login: str
    state: LoginState
    date_form: str = ""
    decimal_mark: str = ""
    has_code_secret: bool = False
    key_id: str = ""
    trouble: Trouble | None = None
    added_at: datetime | None = None
    rotated_at: datetime | None = None
    tested_at: datetime | None = None
    synced_at: datetime | None = None


class CustomerLink(StrEnum):
    """How a portal's customer came to be one of ours: nobody fits, several may, one name did, a person said so, or said no."""

    NONE = "none"
    ASKED = "asked"
    AUTOMATIC = "automatic"
    BY_HAND = "by_hand"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class ListedCustomer:
    """A customer as a login of a portal lists it, and which of our customers it is. `candidates` may be meant."""

    id: PortalCustomerId
    version: int
    login_id: PortalLoginId
    portal: str
    name: str
    instance: str = ""
    link: CustomerLink = CustomerLink.NONE
    customer_id: CustomerId | None = None
    candidates: tuple[CustomerId, ...] = ()
    orders_listed: int = 0
    invoices_listed: int = 0
    synced_at: datetime | None = None
    trouble: Trouble | None = None


class Channel(StrEnum):
    """How an invoice comes to its customer: as a draft in the portal's form, or as a cXML document, delivered at once."""

    FORM = "form"
    CXML = "cxml"


@dataclass(frozen=True, slots=True)
class CxmlParty:
    """A company by the number that some register has given it, such as domain `DUNS`, identity `079928354`."""

    domain: str
    identity: str


@dataclass(frozen=True, slots=True)
class CxmlTerms:
    """What a customer gave us so that it takes our cXML, without the shared secret, which is kept sealed beside it.

    `units` are its codes of units, by the portal's name of a unit in lower case.
    """

    endpoint: str
    supplier: CxmlParty
    customer: CxmlParty
    is_test: bool = False
    units: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerPortalSetting:
    """What the owner wants for one customer: does it use a portal, do we save drafts there, and where does the file go.

    `legal_entity` is ours as the portal names it, where it offers several. `tax_code` stands on every line where the customer
    wants one (`needs_tax_code`). `cxml` is there where the customer takes cXML; `channel` says whether that is used.
    """

    customer_id: CustomerId
    uses_portal: bool = True
    submit: bool = False
    file_place: FilePlace = FilePlace.IMAGE_SCAN
    legal_entity: str = ""
    needs_tax_code: bool = False
    tax_code: str = ""
    channel: Channel = Channel.FORM
    cxml: CxmlTerms | None = None

    @property
    def takes_cxml(self) -> bool:
        """Whether invoices go to this customer as cXML."""
        return self.channel is Channel.CXML and self.cxml is not None


@dataclass(frozen=True, slots=True)
class OrderRef:
    """An order of a portal's customer, by its number."""

    customer: PortalCustomerId
    number: str


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """A customer's order as it was seen last; `source_id` is what was seen, kept as it came."""

    ref: OrderRef
    order: CustomerPurchaseOrder
    source_id: SourceId
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class OrderBrief:
    """The few values of an order that matching needs, read without its lines."""

    ref: OrderRef
    status_text: str
    total: Money
    remaining: Money | None
    may_be_invoiced: bool


class SyncState(StrEnum):
    """Whether a sync is under way, done, or stopped by trouble. A stopped one is gone on with by the next."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One sync of one login. `done` are the customers that are through; `asked_by` is a person who asked for it.

    `is_first` says that this login was never synced whole before: its history is read.
    """

    id: SyncRunId
    version: int
    login_id: PortalLoginId
    key: str
    state: SyncState
    started_at: datetime
    is_first: bool = False
    ended_at: datetime | None = None
    asked_by: str = ""
    customers: int = 0
    done: tuple[str, ...] = ()
    now_at: str = ""
    to_read: int = 0
    orders_seen: int = 0
    orders_read: int = 0
    lines_read: int = 0
    trouble: Trouble | None = None
    troubled_customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptShot:
    """A picture of a proof pack, kept as a document."""

    step: DraftStep
    at: datetime
    source_id: SourceId
    digest: str


@dataclass(frozen=True, slots=True)
class KeptProof:
    """A proof pack as it is kept. `digest` is that of the whole pack, `left_out` counts pictures over the limit."""

    began_at: datetime
    ended_at: datetime
    typed: tuple[tuple[str, str], ...]
    shots: tuple[KeptShot, ...]
    digest: str
    file_digest: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """The draft in the portal: its reference there, what differs from what we meant, empty drafts that half-done runs left."""

    reference: str
    saved_at: datetime
    proof: KeptProof | None = None
    differences: tuple[Difference, ...] = ()
    orphans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A cXML document on its way: what was written, who released it, what the customer's system answered.

    `source_id` is the document with its secret covered, `digest` that of it, `file_digest` that of the file beside it.
    """

    payload_id: str
    source_id: SourceId
    digest: str
    written_at: datetime
    file_digest: str = ""
    released_by: PersonId | None = None
    released_by_name: str = ""
    released_at: datetime | None = None
    sent_at: datetime | None = None
    code: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SeenInPortal:
    """Our invoice as the last sync saw it in the portal."""

    reference: str
    status: PortalInvoiceStatus
    status_text: str
    at: datetime
    dispute_reason: str = ""
    paid: bool = False
    information: str = ""
    projected_on: date | None = None


class LinesFrom(StrEnum):
    """Why the draft charges these lines: the only one open, all that remains, the one that takes it all, a person's choice."""

    ONLY_LINE = "only_line"
    WHOLE_REST = "whole_rest"
    ONE_FITS = "one_fits"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class DisputedThere:
    """The customer's own words, from its portal, for not paying an invoice of ours in full."""

    invoice_number: InvoiceNumber
    reason: str
    portal: str
    customer: str


@dataclass(frozen=True, slots=True)
class PortalSubmission:
    """Getting one invoice of ours into its customer's portal, as a draft; people submit it there.

    To a customer who takes cXML it goes as a `document`, which a second person releases.

    `order` is None while several fit (`candidates`) and a person has to say which. `lines` are None while nobody knows which
    lines of the order the invoice charges. `seen_facts` is a digest of what the card shows of the order and the invoice.
    """

    id: SubmissionId
    version: int
    state: SubmissionState
    invoice_number: InvoiceNumber
    customer_id: CustomerId
    total: Money
    entity: EntityId = DEFAULT_ENTITY
    order: OrderRef | None = None
    candidates: tuple[OrderRef, ...] = ()
    rule: str = ""
    is_sure: bool = False
    evidence: tuple[Evidence, ...] = ()
    lines: tuple[DraftLine, ...] | None = None
    lines_from: LinesFrom | None = None
    file: SourceId | None = None
    file_name: str = ""
    note: str = ""
    ready_by: PersonId | None = None
    ready_by_name: str = ""
    tries: int = 0
    trouble: Trouble | None = None
    draft: KeptDraft | None = None
    document: KeptDocument | None = None
    seen: SeenInPortal | None = None
    seen_facts: str = ""


@dataclass(frozen=True, slots=True)
class RunMark:
    """How far the run that works on a submission has come, and by which token it is known; written down outside versions."""

    token: str
    step: DraftStep
