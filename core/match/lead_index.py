"""What whoever leads a batch in parts knows of the ledger: the documents that the answers of a round claim, and nothing else.

`core.match.batch.fates` settles a round from looks and from the balances of what they claim; both come from the parts. What it
settles and remembers becomes news for all parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from core.domain.ids import CustomerId, InvoiceNumber
from core.match.index import MatchIndex
from core.match.ledger import OpenDocument
from core.match.look_ups import Entry


class Sent(NamedTuple):
    """A customer sent so many minor units of a currency on that day (an ordinal)."""

    customer: CustomerId
    currency: str
    minor: int
    day: int


@dataclass(slots=True)
class News:
    """What happened in the batch since the parts were last told."""

    changed: list[Entry] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)


class LeadIndex(MatchIndex):
    """See above."""

    def __init__(self) -> None:
        super().__init__((), ())
        self._claimed: dict[InvoiceNumber, Entry] = {}
        self._news = News()
        self._last: dict[tuple[CustomerId, str, int], int] = {}

    def claims(self, entries: Iterable[Entry]) -> None:
        """The documents of this round, with their balances before it."""
        self._claimed = {entry.document.number: entry for entry in entries}

    def document(self, number: InvoiceNumber) -> OpenDocument | None:
        """One of this round's."""
        known = self._claimed.get(number)
        return known.document if known is not None else None

    def settle(self, number: InvoiceNumber, minor: int) -> None:
        """`minor` units of one of this round's documents are no longer asked for."""
        entry = self._claimed[number]
        entry.document.open -= minor
        self._news.changed.append(entry)

    def remember(self, customer: CustomerId, currency: str, minor: int, day: int) -> None:
        """Who sent how much when."""
        self._news.sent.append(Sent(customer, currency, minor, day))
        self._last[(customer, currency, minor)] = day

    def news(self) -> News:
        """What the parts were not told yet; they are, now."""
        found, self._news = self._news, News()
        return found

    def sent_since(self, day: int) -> list[Sent]:
        """Money of that day and later; what is older is forgotten, days only go forward."""
        self._last = {sent: last for sent, last in self._last.items() if last >= day}
        return [Sent(*sent, last) for sent, last in self._last.items()]
