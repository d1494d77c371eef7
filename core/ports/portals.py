"""Protocols towards the database for customers' portals: logins with their seats, what portals list, submissions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.ids import CustomerId, EntityId, InvoiceNumber, SourceId
from core.domain.portal_orders import CustomerPurchaseOrder, OrderCursor, PortalInvoice
from core.domain.portals import (
    CustomerPortalSetting,
    KeptOrder,
    ListedCustomer,
    OrderBrief,
    OrderRef,
    PortalCustomerId,
    PortalLogin,
    PortalLoginId,
    PortalSubmission,
    RunMark,
    SubmissionId,
    SyncRun,
    SyncRunId,
)
from core.domain.submissions import DraftStep
from core.domain.workflows import SubmissionState
from core.ports.portal import PortalCredential


class Vault(Protocol):
    """Seals secrets for one purpose each: what was sealed for one thing opens for no other."""

    @property
    def key_id(self) -> str:
        """The name of the key that seals now; it says nothing about the key."""

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Encrypt."""

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Decrypt; `Misconfigured` when the key is another, or the thing was changed or stands in another's place."""

    def seal_credential(self, credential: PortalCredential) -> bytes:
        """A login under its own id."""

    def open_credential(self, credential_id: str, sealed: bytes) -> PortalCredential:
        """The login that was sealed under this id."""


class InvoiceFiles(Protocol):
    """Where the pictures (PDF) of our own invoices are found."""

    def find(self, number: InvoiceNumber) -> tuple[str, bytes] | None:
        """Name and content of an invoice's file; None where there is none."""


class PortalLogins(Protocol):
    """Logins, their sealed secrets and browser states, used codes, seats."""

    def next_id(self) -> PortalLoginId:
        """A fresh id."""

    def add(self, login: PortalLogin, sealed: bytes) -> None:
        """Insert."""

    def get(self, login_id: PortalLoginId) -> PortalLogin:
        """The login, locked in a writing unit; `NotFound`."""

    def all(self) -> Sequence[PortalLogin]:
        """All of them, by id."""

    def save(self, login: PortalLogin, expected_version: int) -> None:
        """Compare and set on the version; `StaleVersion`."""

    def sealed(self, login_id: PortalLoginId) -> bytes:
        """Its secrets, sealed."""

    def reseal(self, login_id: PortalLoginId, sealed: bytes) -> None:
        """Other secrets, or the same under another key."""

    def browser_state(self, login_id: PortalLoginId) -> bytes | None:
        """The sealed state of its browser."""

    def keep_browser_state(self, login_id: PortalLoginId, sealed: bytes | None) -> None:
        """Keep this state in place of the last one; None forgets it."""

    def claim_code(self, login_id: PortalLoginId, step: int) -> bool:
        """Claim a time step for one attempt; True once, and never for an earlier step."""

    def hold(self, login_id: PortalLoginId, token: str, until: datetime) -> bool:
        """Take the login for one job, or keep it longer with the same token; False while another's time is not over."""

    def is_held_by(self, login_id: PortalLoginId, token: str) -> bool:
        """Whether this token holds the login now."""

    def keep_answer(self, login_id: PortalLoginId, sealed: bytes) -> None:
        """A code that a person handed over, sealed, in place of an earlier one."""

    def take_answer(self, login_id: PortalLoginId, since: datetime) -> bytes | None:
        """The code that was handed over after `since`, once; older ones are thrown away."""

    def let_go(self, login_id: PortalLoginId, token: str) -> None:
        """Give it back, if this token still holds it."""

    def open_sessions(self, login_id: PortalLoginId, since: datetime) -> Mapping[str, datetime]:
        """Sessions that began after `since` and are not known to have ended. Locks the login in a writing unit."""

    def session_began(self, login_id: PortalLoginId, session: str) -> None:
        """One more."""

    def session_ended(self, login_id: PortalLoginId, session: str) -> None:
        """One less."""


@dataclass(frozen=True, slots=True)
class OrdersPut:
    """How many orders were new, how many said something else than before."""

    new: int = 0
    changed: int = 0


class PortalOrders(Protocol):
    """What portals list: customers, their orders, our invoices there; syncs; what the owner wants for each customer."""

    def next_customer_id(self) -> PortalCustomerId:
        """A fresh id."""

    def put_customer(self, customer: ListedCustomer, expected_version: int | None = None) -> None:
        """Insert, or compare and set on the version; `StaleVersion`."""

    def customer(self, customer_id: PortalCustomerId) -> ListedCustomer:
        """The customer, locked in a writing unit; `NotFound`."""

    def customer_named(self, login_id: PortalLoginId, name: str) -> ListedCustomer | None:
        """By the portal's name."""

    def customers(self, login_id: PortalLoginId | None = None) -> Sequence[ListedCustomer]:
        """All of them, by name."""

    def search_customers(self, text: str, limit: int = 50) -> Sequence[ListedCustomer]:
        """Those whose name in the portal holds `text`, whatever its case, by name."""

    def cursor(self, customer_id: PortalCustomerId) -> OrderCursor:
        """How the next sync goes on; empty at first."""

    def keep_cursor(self, customer_id: PortalCustomerId, cursor: OrderCursor) -> None:
        """Keep it."""

    def put_orders(self, customer_id: PortalCustomerId, orders: Sequence[tuple[CustomerPurchaseOrder, SourceId]]) -> OrdersPut:
        """Insert or replace orders with their lines and our invoices there."""

    def order(self, ref: OrderRef) -> KeptOrder | None:
        """One order."""

    def orders_of(self, customer_id: PortalCustomerId, limit: int = 500, offset: int = 0) -> Sequence[KeptOrder]:
        """A customer's orders, by number."""

    def briefs(self, customers: Collection[PortalCustomerId]) -> Iterable[OrderBrief]:
        """The orders of these customers, for matching."""

    def search_orders(self, text: str, limit: int = 20) -> Sequence[KeptOrder]:
        """Orders whose number or customer holds `text`, by number."""

    def count_orders(self) -> int:
        """How many orders are kept."""

    def invoices_listed(self, customers: Collection[PortalCustomerId]) -> Iterable[tuple[OrderRef, str]]:
        """The orders and numbers of our invoices that the portals list for these customers."""

    def invoices_numbered(self, number: str) -> Sequence[tuple[PortalCustomerId, PortalInvoice]]:
        """Our invoices with this number in any portal, as numbers are compared there."""

    def invoice(self, customer_id: PortalCustomerId, reference: str) -> PortalInvoice | None:
        """One of our invoices there, by the portal's own id."""

    def touched(self) -> int:
        """A number that rises with every change of orders, links and settings."""

    def next_run_id(self) -> SyncRunId:
        """A fresh id."""

    def put_run(self, run: SyncRun) -> None:
        """Insert or replace a sync."""

    def run(self, run_id: SyncRunId) -> SyncRun:
        """A sync; `NotFound`."""

    def run_of_key(self, key: str) -> SyncRun | None:
        """The sync that was asked for under this key."""

    def runs(self, login_id: PortalLoginId | None = None, limit: int = 10) -> Sequence[SyncRun]:
        """The newest syncs first."""

    def submits(self) -> bool:
        """Whether the company saves drafts in portals at all."""

    def set_submits(self, on: bool) -> None:
        """Switch it."""

    def setting(self, customer_id: CustomerId) -> CustomerPortalSetting:
        """What is wanted for a customer; the default where nobody said."""

    def settings(self) -> Mapping[CustomerId, CustomerPortalSetting]:
        """Everything that somebody said."""

    def put_setting(self, setting: CustomerPortalSetting) -> None:
        """Insert or replace; the secret of a customer who takes cXML stays."""

    def cxml_secret(self, customer_id: CustomerId) -> bytes | None:
        """The shared secret of a customer who takes cXML, sealed; None where there is none."""

    def keep_cxml_secret(self, customer_id: CustomerId, sealed: bytes | None) -> None:
        """Keep this one for a customer that has a setting; None destroys it."""


@dataclass(frozen=True, slots=True)
class SubmissionsWanted:
    """Which submissions are looked for. No `entities` means all of them; `has_order` None does not narrow it."""

    states: frozenset[SubmissionState]
    entities: frozenset[EntityId] = frozenset()
    has_order: bool | None = None


class Submissions(Protocol):
    """Our invoices on their way into portals."""

    def next_id(self) -> SubmissionId:
        """A fresh id."""

    def add(self, submission: PortalSubmission) -> bool:
        """Insert; False when the invoice has one already that is not dismissed."""

    def get(self, submission_id: SubmissionId) -> PortalSubmission:
        """The submission, locked in a writing unit; `NotFound`."""

    def save(self, submission: PortalSubmission, expected_version: int) -> None:
        """Compare and set on the version; `StaleVersion`."""

    def of_invoice(self, number: InvoiceNumber) -> PortalSubmission | None:
        """The one submission of an invoice that is not dismissed."""

    def dismissed_orders(self, number: InvoiceNumber) -> Sequence[OrderRef]:
        """Orders that people dismissed for this invoice."""

    def in_states(self, states: Collection[SubmissionState], limit: int = 500) -> Sequence[PortalSubmission]:
        """Oldest first."""

    def wanted(self, wanted: SubmissionsWanted, limit: int, offset: int = 0) -> Sequence[PortalSubmission]:
        """A page of those that are looked for, oldest first."""

    def count(self, wanted: SubmissionsWanted) -> int:
        """How many there are."""

    def on_order(self, ref: OrderRef) -> Sequence[PortalSubmission]:
        """Those for one order that are not dismissed."""

    def counts(self) -> Mapping[SubmissionState, int]:
        """How many are in each state."""

    def search(self, text: str, limit: int = 20) -> Sequence[PortalSubmission]:
        """By id, invoice or order number, newest first."""

    def mark(self, submission_id: SubmissionId, mark: RunMark) -> None:
        """A run takes the submission; an earlier one can write no step any more."""

    def step(self, submission_id: SubmissionId, token: str, step: DraftStep) -> bool:
        """Write down a step of the run with this token; False when it is not this run's any more."""

    def marked(self, submission_id: SubmissionId) -> RunMark | None:
        """The run that took it last."""
