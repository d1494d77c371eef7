"""Protocols towards the database: one unit of work, one repository a noun.

Everything between entering and leaving a unit of work is one transaction: state, audit event and effects together, or nothing.
Callers get records, never rows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from core.domain.actors import Person
from core.domain.events import AuditName
from core.domain.ids import (
    CustomerId,
    InvoiceNumber,
    Key,
    OutboxId,
    PaymentId,
    PersonId,
    SourceId,
)
from core.domain.keeping import (
    AuditEntry,
    AuditRow,
    CardPlace,
    Effect,
    EffectKind,
    Heartbeat,
    OutboxItem,
    Source,
    SourceKind,
    Subject,
)
from core.domain.ledger_changes import LedgerChanges
from core.domain.money import Money
from core.domain.parties import Alias, AliasKind, Customer
from core.domain.receivables import CustomerInvoice
from core.domain.workflows import OutboxState
from core.ports.cash import BankLines, Payments, Questions, Remittances
from core.ports.payables import Bills, Disputes, OrderMirror, Policies
from core.ports.portals import PortalLogins, PortalOrders, Submissions


class LedgerMirror(Protocol):
    """Our copy of the ledger's customers and open documents."""

    def put_customers(self, customers: Iterable[Customer]) -> int:
        """Insert or replace customers; how many."""

    def put_invoices(self, invoices: Iterable[CustomerInvoice], complete: bool = False) -> int:
        """Insert or replace open documents. `complete` means that documents not named are no longer open."""

    def customer(self, customer_id: CustomerId) -> Customer | None:
        """A customer, if known."""

    def customers(self) -> Sequence[Customer]:
        """All customers, by id."""

    def search_customers(self, text: str, limit: int = 50) -> Sequence[Customer]:
        """Customers whose name or id holds `text`, by name."""

    def invoice(self, number: InvoiceNumber) -> CustomerInvoice | None:
        """A document, if known, open or not."""

    def open_documents(self, customer_id: CustomerId | None = None) -> Sequence[CustomerInvoice]:
        """Documents with an open balance, oldest due date first. `open_amount` is the ledger's, drafts not counted."""

    def reserved(
        self, numbers: Collection[InvoiceNumber], except_payment: PaymentId | None = None
    ) -> Mapping[InvoiceNumber, int]:
        """Minor units that drafts of ours (applied or posting) already settle on these documents. Locks the documents.

        What a list of the ledger counts already is not held a second time.
        """

    def all_reserved(self) -> Mapping[InvoiceNumber, int]:
        """`reserved` for every document that any draft settles, without locks."""

    def settle(self, number: InvoiceNumber, by: Money) -> None:
        """Lower a document's open balance, because the ledger confirmed a posting."""

    def reopen(self, number: InvoiceNumber, by: Money) -> None:
        """Raise a document's open balance, never above its amount, because the ledger confirmed a reversal."""

    def count(self, key: Key, number: InvoiceNumber) -> None:
        """A list of the ledger counts already what the posting or reversal of this key does to this document."""

    def counted(self, key: Key) -> Collection[InvoiceNumber]:
        """Documents on which a list counted this posting or reversal before the ledger's answer to it came."""

    def forget_counted(self, key: Key, number: InvoiceNumber | None = None) -> None:
        """It was not so: on one document, or on all of them."""

    def revision(self) -> int:
        """A number that rises with every change of customers, documents or aliases (not of reservations)."""

    def changes_since(self, revision: int) -> LedgerChanges:
        """Customers, documents and aliases that changed after a revision, as they are now. Nothing is ever taken away."""

    def documents(self) -> Sequence[CustomerInvoice]:
        """All documents, settled ones too, by number."""

    def put_alias(self, alias: Alias) -> None:
        """Insert or replace what was learned."""

    def alias(self, kind: AliasKind, value: str, customer_id: CustomerId) -> Alias | None:
        """What was learned about one value and customer."""

    def aliases(self) -> Sequence[Alias]:
        """Everything that was learned."""


class Sources(Protocol):
    """Raw documents, by content."""

    def take(self, kind: SourceKind, name: str, data: bytes) -> tuple[Source, bool]:
        """Keep the bytes; the source, and whether it is new. The same bytes are one source, whatever the name."""

    def recognised(self, source_id: SourceId, kind: SourceKind) -> None:
        """Note what a document turned out to be that was kept before anybody knew."""

    def get(self, source_id: SourceId) -> Source:
        """The source; `NotFound`."""

    def data(self, source_id: SourceId) -> bytes:
        """The bytes, exactly as given."""


class People(Protocol):
    """Who may act."""

    def get(self, person_id: PersonId) -> Person | None:
        """A person by id."""

    def by_slack(self, team: str, user: str) -> Person | None:
        """The person linked to a Slack identity."""

    def by_email(self, email: str) -> Person | None:
        """The person with this address, whatever its case."""

    def put(self, person: Person) -> None:
        """Insert or replace."""

    def everybody(self) -> Sequence[Person]:
        """All people, by name."""

    def next_id(self) -> PersonId:
        """A fresh id."""


class Outbox(Protocol):
    """Effects on their way out. See `core.decide.outbox_item` for the states."""

    def ask(self, effect: Effect, not_before: datetime | None = None) -> bool:
        """Ask for an effect once; False when its key is known already."""

    def asked_any(self, keys: Collection[Key]) -> bool:
        """Whether any of these effects was ever asked for, whatever became of it."""

    def anything_due(self, kinds: Collection[EffectKind]) -> bool:
        """Whether `claim` would find something now; only reads, so that waiting for work holds nobody up."""

    def claim(self, kinds: Collection[EffectKind], lease_s: float) -> OutboxItem | None:
        """Lease the oldest item that is due, one a lane at a time; a fresh fencing token each time."""

    def extend(self, item: OutboxItem, lease_s: float) -> bool:
        """Keep the lease of long work so many seconds more from now; False when it was lost meanwhile."""

    def done(self, item: OutboxItem, receipt: str) -> bool:
        """Finish; False when the lease was lost meanwhile, and then nothing changes."""

    def failed(self, item: OutboxItem, error: str, retry_at: datetime | None) -> bool:
        """Back to pending at `retry_at`, or shunted without one; False when the lease was lost."""

    def supersede(self, lane: str, kind: EffectKind, up_to: OutboxId) -> int:
        """Finish pending items of a lane that a newer rendering made needless."""

    def replay(self, item_id: OutboxId) -> OutboxItem:
        """A shunted item back to pending, attempts forgotten."""

    def give_up(self, item_id: OutboxId) -> OutboxItem:
        """Drop a shunted item for good."""

    def get(self, item_id: OutboxId) -> OutboxItem:
        """The item; `NotFound`."""

    def in_state(self, state: OutboxState, limit: int = 100) -> Sequence[OutboxItem]:
        """Items in a state, oldest first."""

    def ages(self) -> Mapping[EffectKind, tuple[int, float]]:
        """For each kind: how many wait, and for how many seconds the oldest one that is due has waited."""


class Audit(Protocol):
    """The append-only, hash-chained log."""

    def append(self, entry: AuditEntry) -> None:
        """Write down what happened; it gets its place in the chain when the unit commits."""

    def of(self, subject: Subject, limit: int = 50) -> Sequence[AuditRow]:
        """What happened to a subject, oldest first; of more than `limit` events, the newest."""

    def rows(self, after: int = 0, limit: int = 1000) -> Sequence[AuditRow]:
        """The log itself, in order."""

    def recent(self, names: Collection[AuditName], limit: int = 50) -> Sequence[AuditRow]:
        """The newest events of these names, newest first."""

    def head(self) -> tuple[int, str]:
        """How many events there are, and the hash of the last: the anchor to keep elsewhere."""


class Cards(Protocol):
    """Where cards are."""

    def place(self, subject: Subject) -> CardPlace | None:
        """Where a subject's card is, if it has one."""

    def put(self, place: CardPlace) -> None:
        """Remember a card's place."""

    def at(self, channel: str, ts: str) -> CardPlace | None:
        """The subject whose card stands there."""


class Heartbeats(Protocol):
    """Signs of life of the machinery."""

    def beat(self, part: str, detail: str = "") -> None:
        """`part` did its work just now."""

    def all(self) -> Sequence[Heartbeat]:
        """The latest beat of every part."""


class Seen(Protocol):
    """Outside events that were handled already (Slack envelopes, schedule slots): inserting twice fails softly."""

    def first_time(self, kind: str, key: str) -> bool:
        """True exactly once for each kind and key."""

    def known(self, kind: str, key: str) -> bool:
        """Whether `first_time` was asked for this kind and key before; asking leaves no trace."""

    def unfinished(self, begun: str, ended: str, since: datetime) -> Sequence[str]:
        """Keys that are known under `begun`, from before `since`, and not under `ended`; oldest first."""


class UnitOfWork(Protocol):
    """One transaction. Leaving without an error commits; an error rolls everything back."""

    @property
    def now(self) -> datetime:
        """The instant of this unit, the same throughout."""

    @property
    def payments(self) -> Payments:
        """Draft payments."""

    @property
    def bank_lines(self) -> BankLines:
        """Bank lines."""

    @property
    def remittances(self) -> Remittances:
        """Remittance advices."""

    @property
    def questions(self) -> Questions:
        """Questions that bank lines ask."""

    @property
    def ledger(self) -> LedgerMirror:
        """Our copy of the ledger."""

    @property
    def bills(self) -> Bills:
        """Supplier invoices on their way to the ledger."""

    @property
    def orders(self) -> OrderMirror:
        """Our copy of the ledger's suppliers, purchase orders and receipts."""

    @property
    def disputes(self) -> Disputes:
        """Disputes with suppliers."""

    @property
    def policies(self) -> Policies:
        """The owner's rules, by version and day."""

    @property
    def portal_logins(self) -> PortalLogins:
        """Logins of customers' portals."""

    @property
    def portal_orders(self) -> PortalOrders:
        """What customers' portals list."""

    @property
    def submissions(self) -> Submissions:
        """Our invoices on their way into customers' portals."""

    @property
    def sources(self) -> Sources:
        """Raw documents."""

    @property
    def people(self) -> People:
        """Who may act."""

    @property
    def outbox(self) -> Outbox:
        """Effects on their way out."""

    @property
    def audit(self) -> Audit:
        """The log."""

    @property
    def cards(self) -> Cards:
        """Where cards are."""

    @property
    def heartbeats(self) -> Heartbeats:
        """Signs of life."""

    @property
    def seen(self) -> Seen:
        """Outside events handled already."""


class Store(Protocol):
    """The database."""

    def write(self) -> AbstractContextManager[UnitOfWork]:
        """A unit that may change things; on SQLite it holds the write lock from its start."""

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A unit that only looks."""

    def is_current(self) -> bool:
        """Whether the database can be reached and is at the schema of this version."""
