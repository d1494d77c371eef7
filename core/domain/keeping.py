"""What is kept beside the business records: raw documents, audit events, effects on their way out, places of cards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.actors import Actor
from core.domain.events import AuditName
from core.domain.ids import Key, OutboxId, SourceId
from core.domain.workflows import OutboxState


class SourceKind(StrEnum):
    """What a raw document was given to us as."""

    BANK_FILE = "bank_file"
    REMITTANCE = "remittance"
    MAIL = "mail"
    CUSTOMERS = "customers"
    INVOICES = "invoices"
    ACKNOWLEDGEMENT = "acknowledgement"
    SUPPLIERS = "suppliers"
    PURCHASE_ORDERS = "purchase_orders"
    RECEIPTS = "receipts"
    UNITS = "units"
    SUPPLIER_INVOICES = "supplier_invoices"
    SUPPLIER_DOCUMENT = "supplier_document"
    BILL_ACKNOWLEDGEMENT = "bill_acknowledgement"
    PORTAL_ORDER = "portal_order"
    PORTAL_NOTICE = "portal_notice"
    PORTAL_PICTURE = "portal_picture"
    PORTAL_DOCUMENT = "portal_document"
    CUSTOMER_INVOICE_FILE = "customer_invoice_file"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Source:
    """A raw document, kept byte for byte before anything interprets it; `sha256` is its identity."""

    id: SourceId
    sha256: str
    kind: SourceKind
    name: str
    size: int
    taken_at: datetime


class SubjectKind(StrEnum):
    """What an audit event, a card or an effect is about."""

    PAYMENT = "payment"
    REMITTANCE = "remittance"
    SOURCE = "source"
    BANK_LINE = "bank_line"
    QUESTION = "question"
    MAIL = "mail"
    OUTBOX = "outbox"
    LEDGER = "ledger"
    BATCH = "batch"
    SUPPLIER_INVOICE = "supplier_invoice"
    DISPUTE = "dispute"
    PURCHASE_ORDER = "purchase_order"
    SUBMISSION = "submission"
    PORTAL_LOGIN = "portal_login"
    PORTAL_CUSTOMER = "portal_customer"
    PORTAL_SETTING = "portal_setting"
    PORTAL_SYNC = "portal_sync"
    PERSON = "person"
    ALIAS = "alias"
    POLICY = "policy"
    DIGEST = "digest"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing with a kind and an id, such as `payment P-1042`."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that happened. `facts` are values (amounts, ids, evidence), never prose; `cause` is the click, mail or file."""

    name: AuditName
    subject: Subject
    actor: Actor
    version_before: int = 0
    version_after: int = 0
    state_from: str = ""
    state_to: str = ""
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    cause: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A stored audit entry with its place in the hash chain."""

    number: int
    at: datetime
    entry: AuditEntry
    previous_hash: str
    hash: str


class EffectKind(StrEnum):
    """Effects that leave the process, one relay each."""

    PUBLISH_CARD = "publish_card"
    PUBLISH_NOTE = "publish_note"
    PUBLISH_DIGEST = "publish_digest"
    PUBLISH_ALERT = "publish_alert"
    POST_PAYMENT = "post_payment"
    REVERSE_PAYMENT = "reverse_payment"
    POST_BILL = "post_bill"
    COMPARE_AGAIN = "compare_again"
    SAVE_DRAFT = "save_draft"
    SEARCH_PORTAL = "search_portal"
    WRITE_CXML = "write_cxml"
    SEND_CXML = "send_cxml"
    SYNC_PORTAL = "sync_portal"
    TEST_LOGIN = "test_login"
    SUGGEST_ORDERS = "suggest_orders"
    NOTIFY_MANAGERS = "notify_managers"
    SEND_MAIL = "send_mail"
    TAKE_FILE = "take_file"


@dataclass(frozen=True, slots=True)
class Effect:
    """Something asked for. `lane` is worked on one item at a time; `key` makes asking twice the same as asking once."""

    kind: EffectKind
    key: Key
    subject: Subject
    lane: str
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """An effect with the state of its delivery. `token` fences: only the holder of the current lease may finish it."""

    id: OutboxId
    effect: Effect
    state: OutboxState
    attempts: int
    available_at: datetime
    token: str
    last_error: str
    receipt: str
    created_at: datetime

    @property
    def tried_before(self) -> bool:
        """Whether an earlier attempt may have reached the receiver, which must then be asked by key first."""
        return self.attempts > 1


@dataclass(frozen=True, slots=True)
class CardPlace:
    """Where the one message of a subject is, and which version it shows; `content_hash` saves needless updates."""

    subject: Subject
    channel: str
    ts: str
    version: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last time a part of the machinery did its work; the dead-man alert looks at these."""

    part: str
    at: datetime
    detail: str = ""
