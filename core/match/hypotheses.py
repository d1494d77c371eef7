"""A hypothesis: this money settles these documents, read so. And the desk on which the hypotheses of one payment lie.

The weight of a hypothesis is the logarithm of: how likely the documents' owner is the payer, how often payers settle such a
set, how far the payer's words are explained, and how exactly the amount is. Equal hypotheses found on two ways are one, at the
better weight; the weight of sets that were counted and not listed goes to `unlisted`: confidence falls when many sets fit.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from core.domain.evidence import Method, MoneySeen
from core.domain.ids import InvoiceNumber, RemittanceId
from core.domain.policy import MatchPolicy
from core.match.bank_text import BankWords
from core.match.gaps import Reading, Setting
from core.match.index import MatchIndex
from core.match.ledger import OpenDocument
from core.match.payer import Payer
from core.match.references import Words

UNKNOWN_PAYER: Final = "unknown_payer"
"""The label of a document that only the amount points to."""


@dataclass(slots=True)
class Hypothesis:
    """Documents, how the amount is read, how it was found, and which words it explains."""

    documents: tuple[OpenDocument, ...]
    reading: Reading
    method: Method
    weight: float
    named: tuple[tuple[str, InvoiceNumber], ...] = ()
    advices: tuple[RemittanceId, ...] = ()
    partly_named: bool = False
    label: str = ""

    @property
    def key(self) -> tuple[tuple[str, int, int], ...]:
        """What would be written: equal keys are one answer, however it was found."""
        parts = zip(self.documents, self.reading.money, self.reading.discounts, strict=True)
        return tuple(sorted((document.number, money, discount) for document, money, discount in parts))


@dataclass(slots=True)
class Desk:
    """One payment under consideration."""

    money: MoneySeen
    index: MatchIndex
    policy: MatchPolicy
    bank: BankWords
    words: Words
    payer: Payer
    setting: Setting
    found: dict[tuple[tuple[str, int, int], ...], Hypothesis] = field(default_factory=dict)
    unlisted: float = 0.0
    doubtful: bool = False
    limits: list[str] = field(default_factory=list)
    other_currency: list[OpenDocument] = field(default_factory=list)
    settled: dict[str, OpenDocument] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """Code of the payment's currency."""
        return self.money.amount.currency.code

    @property
    def day(self) -> int:
        """The value date."""
        return self.setting.day

    def add(self, hypothesis: Hypothesis) -> None:
        """Lay it down; the better of two equal answers stays."""
        known = self.found.get(hypothesis.key)
        if known is None or hypothesis.weight > known.weight:
            self.found[hypothesis.key] = hypothesis

    def add_unlisted(self, weight: float) -> None:
        """Weight (not its logarithm) of answers that were counted and not listed."""
        self.unlisted += weight

    def best(self) -> float:
        """The weight of the best hypothesis so far."""
        return max((each.weight for each in self.found.values()), default=-math.inf)

    def limit(self, what: str) -> None:
        """A limit of the search was reached; a person is told."""
        if what not in self.limits:
            self.limits.append(what)
