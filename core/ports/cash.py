"""Protocols towards the database for cash: draft payments, bank lines, remittance advices, questions of the bank."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from core.domain.ids import BankLineId, CustomerId, EntityId, Key, PaymentId, RemittanceId, SourceId
from core.domain.money import Money
from core.domain.payments import BankLine, DraftPayment, PaymentState
from core.domain.questions import BankQuestion, QuestionId, QuestionState
from core.domain.remittance import RemittanceAdvice, RemittanceState


class Payments(Protocol):
    """Draft payments with their applications."""

    def next_ids(self, count: int) -> Sequence[PaymentId]:
        """Fresh speakable ids (`P-1001`)."""

    def add(self, payment: DraftPayment) -> None:
        """Insert a new payment at its version."""

    def get(self, payment_id: PaymentId) -> DraftPayment:
        """The payment, locked for change in a writing unit; `NotFound`."""

    def save(self, payment: DraftPayment, expected_version: int) -> None:
        """Store the changed payment; `StaleVersion` if the stored version is not `expected_version`."""

    def by_posting_key(self, key: Key) -> DraftPayment | None:
        """The payment that was sent to the ledger under this key."""

    def by_reversal_key(self, key: Key) -> DraftPayment | None:
        """The payment that the ledger is asked to reverse under this key."""

    def by_bank_line(self, line: BankLineId) -> DraftPayment | None:
        """The payment that this bank line stands behind."""

    def in_states(
        self,
        states: Collection[PaymentState],
        limit: int = 500,
        after: PaymentId | None = None,
        entities: Collection[EntityId] = (),
    ) -> Sequence[DraftPayment]:
        """Payments in any of these states, largest first within a currency; `after` pages on; no entities are all of them."""

    def counts(self, entities: Collection[EntityId] = ()) -> Mapping[PaymentState, int]:
        """How many payments of these legal entities (of all, where none is named) are in each state."""

    def expected_like(self, amount: Money) -> Sequence[DraftPayment]:
        """Expected payments (money not seen) of exactly this amount and currency."""

    def open_between(self, low: Money, high: Money, since: date) -> Sequence[DraftPayment]:
        """Payments whose money is here, not posted, from `low` to `high`, received on or after `since`; oldest first."""

    def nearest(self, amount: Money, states: Collection[PaymentState], limit: int = 50) -> Sequence[DraftPayment]:
        """Payments of the amount's currency in these states, those of the nearest amount first."""

    def of_customer(self, customer_id: CustomerId, states: Collection[PaymentState]) -> Sequence[DraftPayment]:
        """A customer's payments in these states."""

    def search(self, text: str, limit: int = 20, states: Collection[PaymentState] = ()) -> Sequence[DraftPayment]:
        """Payments whose id, payer name, reference or customer holds `text`, newest first; in any state where none is named."""


class BankLines(Protocol):
    """Bank lines, once each however often a statement repeats them."""

    def add_new(self, lines: Sequence[BankLine]) -> Mapping[Key, bool]:
        """Store lines by natural key: True for a line that was new, False for one seen before (a sighting is recorded)."""

    def get(self, line_id: BankLineId) -> BankLine:
        """The line; `NotFound`."""

    def by_key(self, key: Key) -> BankLine | None:
        """The line with this natural key."""

    def of_source(self, source_id: SourceId) -> Sequence[BankLine]:
        """The lines that this document brought first, in their order."""

    def rename(self, line_id: BankLineId, key: Key) -> None:
        """Another natural key for a line: a person said what it is."""

    def next_ids(self, count: int) -> Sequence[BankLineId]:
        """Fresh ids."""


class Remittances(Protocol):
    """Remittance advices with their lines."""

    def next_id(self) -> RemittanceId:
        """A fresh speakable id (`R-1001`)."""

    def add(self, advice: RemittanceAdvice) -> None:
        """Insert a new advice."""

    def get(self, advice_id: RemittanceId) -> RemittanceAdvice:
        """The advice; `NotFound`."""

    def save(self, advice: RemittanceAdvice, expected_version: int) -> None:
        """Store the changed advice; `StaleVersion` as for payments."""

    def of_payment(self, payment_id: PaymentId) -> Sequence[RemittanceAdvice]:
        """Advices linked to a payment, oldest first."""

    def in_states(self, states: Collection[RemittanceState], limit: int = 500) -> Sequence[RemittanceAdvice]:
        """Advices in any of these states, oldest first."""

    def saying_the_same(self, advice: RemittanceAdvice) -> Sequence[RemittanceAdvice]:
        """Stored advices with the same total, payment reference and lines: the second mail with one remittance."""


class Questions(Protocol):
    """Questions that bank lines ask."""

    def next_id(self) -> QuestionId:
        """A fresh speakable id (`Q-1001`)."""

    def add(self, question: BankQuestion) -> None:
        """Insert a new question; a bank line asks at most one."""

    def get(self, question_id: QuestionId) -> BankQuestion:
        """The question, locked for change in a writing unit; `NotFound`."""

    def save(self, question: BankQuestion, expected_version: int) -> None:
        """Store the changed question; `StaleVersion` as for payments."""

    def of_line(self, line_id: BankLineId) -> BankQuestion | None:
        """The question that this line asks, if it asks one."""

    def of_payment(self, payment_id: PaymentId) -> Sequence[BankQuestion]:
        """Those that were answered with this payment, oldest first."""

    def in_states(self, states: Collection[QuestionState], limit: int = 500) -> Sequence[BankQuestion]:
        """Questions in any of these states, oldest first."""
