"""Protocols towards readers, ledgers and the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from core.domain.ids import CustomerId, Key, PaymentId
from core.domain.money import Money
from core.domain.parties import Customer
from core.domain.payments import Application
from core.domain.readings import Reading
from core.domain.receivables import CustomerInvoice


class Clock(Protocol):
    """The one source of the present instant, always UTC."""

    def now(self) -> datetime:
        """The present, aware and in UTC."""


class DocumentReader(Protocol):
    """Reads documents in a throw-away process with limits, so that a hostile one cannot take us down."""

    def read(self, name: str, data: bytes) -> Reading:
        """What `data` holds. Never raises for what is in the document: that is `unreadable` in the reading."""

    def call(self, task: str, payload: bytes) -> object:
        """Run `module:function` on `payload` in such a process; its JSON value, or `Unreadable` over the limits."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One payment on its way to the ledger, complete in itself. `key` was minted before the first attempt."""

    key: Key
    payment_id: PaymentId
    customer_id: CustomerId
    deposit_date: date
    method: str
    reference: str
    amount: Money
    applications: tuple[Application, ...]
    unapplied: Money


@dataclass(frozen=True, slots=True)
class Reversal:
    """A posting whose money the bank took back: the ledger shall undo exactly `posting`, which it knows as `erp_id`.

    `key` was minted before the first attempt, like that of a posting. `reason` is the bank's code or words, if it has any.
    """

    key: Key
    posting: Posting
    erp_id: str
    returned_on: date
    reason: str = ""
    bank_reference: str = ""


class PostingResult(StrEnum):
    """What a ledger said of one posting."""

    HANDED_OVER = "handed_over"
    POSTED = "posted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PostingOutcome:
    """`HANDED_OVER` waits for the ledger's acknowledgement; `receipt` is the batch or the ledger's id; `message` its words."""

    key: Key
    result: PostingResult
    receipt: str = ""
    message: str = ""


class Ledger(Protocol):
    """The ERP. A posting with a key that it has already is *already there*: the same outcome, nothing doubled.

    A posting with a known key and other content SHALL be refused.
    """

    def look_up(self, keys: Sequence[Key]) -> Mapping[Key, PostingOutcome]:
        """What became of the postings with these keys; keys that the ledger has never seen are absent."""

    def post(self, postings: Sequence[Posting]) -> Mapping[Key, PostingOutcome]:
        """Hand the postings over together. Raises `LedgerDown` when nothing was handed over."""

    def reverse(self, reversals: Sequence[Reversal]) -> Mapping[Key, PostingOutcome]:
        """Hand reversals over together, each under its own key, under the same rules as postings."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a ledger's answer file says, checked against what was handed over.

    `problems` are rows that are not believed, each with a sentence; `batches` are those that the outcomes belong to.
    """

    outcomes: tuple[PostingOutcome, ...]
    problems: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()


class AnswersLater(Protocol):
    """A ledger that says what became of postings in a file of its own, some time later."""

    def check(self, said: Sequence[PostingOutcome]) -> Acknowledgement:
        """The rows of an answer that belong to postings of ours. `BatchChanged` when a posting file was changed since."""


class LedgerTables(Protocol):
    """Reads the ledger's plain files, all of one or nothing: `Malformed` names file, row, column and value."""

    def customers(self, name: str, data: bytes) -> Sequence[Customer]:
        """`customers.csv`."""

    def invoices(self, name: str, data: bytes) -> Sequence[CustomerInvoice]:
        """`invoices.csv`."""

    def acknowledgement(self, name: str, data: bytes) -> Sequence[PostingOutcome]:
        """`acknowledgement.csv`."""
