"""What a part of a batch asks of a ledger that it does not hold, and the answers: each look-up whole, as the ledger has it.

`Wanted` goes to whoever keeps the ledger, `Answers` come back. Nothing in here knows where that is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import Customer
from core.match.ledger import OpenDocument
from core.match.schemes import Level


class LookUp(Enum):
    """The look-ups of `core.match.index` and `core.match.parties`."""

    NAME = "name"
    FULL_NAME = "full_name"
    ACCOUNT = "account"
    DOMAIN = "domain"
    WORD = "word"
    BEGINNING = "beginning"
    CUSTOMER = "customer"
    DOCUMENTS = "documents"
    KEY = "key"
    ENDING = "ending"
    ORDER = "order"
    AMOUNT = "amount"


def amount_key(currency: str, minor: int) -> str:
    """The key of `LookUp.AMOUNT` for documents that ask for so many minor units."""
    return f"{currency}\t{minor}"


def amount_of(key: str) -> tuple[str, int]:
    """Currency and minor units of an `amount_key`."""
    currency, _, minor = key.partition("\t")
    return currency, int(minor)


@dataclass(slots=True)
class Wanted:
    """Look-ups that are not answered yet, by kind."""

    of: dict[LookUp, set[str]] = field(default_factory=dict)

    def note(self, look: LookUp, key: str) -> None:
        """One more."""
        self.of.setdefault(look, set()).add(key)

    def join(self, other: "Wanted") -> None:
        """All of the other too."""
        for look, keys in other.of.items():
            self.of.setdefault(look, set()).update(keys)

    def sorted(self, look: LookUp) -> list[str]:
        """All of one kind."""
        return sorted(self.of.get(look, ()))

    def __bool__(self) -> bool:
        return bool(self.of)


class Place(NamedTuple):
    """Where a document stands among others of one answer, as in an index of the whole ledger.

    Documents that the index files one by one stand behind those of its columns: `late` by number, `late_order` by order.
    """

    late: bool
    late_order: bool
    row: int


class Entry(NamedTuple):
    """A document of an answer."""

    document: OpenDocument
    place: Place


@dataclass(frozen=True, slots=True)
class KeyFound:
    """Documents that a word can mean: `hits` in other ways than by the last digits, `endings` by those.

    A list is None where it is too long to be told (`hits`), or was not asked for (`endings`); its length is known in any case.
    """

    hits: tuple[tuple[Level, InvoiceNumber], ...] | None
    hit_count: int
    endings: tuple[InvoiceNumber, ...] | None
    ending_count: int


class Pool(list[str]):
    """The names that hold a word, of which only the first are told: as long as all of them."""

    def __init__(self, first: Iterable[str], length: int) -> None:
        super().__init__(first)
        self._length = length

    def __len__(self) -> int:
        return self._length


@dataclass(frozen=True, slots=True)
class Whole:
    """What a part has to know of the ledger as a whole."""

    customers: int
    shared_names: float
    masks: frozenset[str]
    heads: frozenset[str]


@dataclass(slots=True)
class Answers:
    """Answers by look-up. A key that was asked for and is nowhere has an answer too: nothing."""

    names: Mapping[str, list[CustomerId]] = field(default_factory=dict)
    full_names: Mapping[str, list[CustomerId]] = field(default_factory=dict)
    accounts: Mapping[str, list[CustomerId]] = field(default_factory=dict)
    domains: Mapping[str, list[CustomerId]] = field(default_factory=dict)
    words: Mapping[str, Pool] = field(default_factory=dict)
    beginnings: Mapping[str, list[CustomerId]] = field(default_factory=dict)
    customers: Mapping[CustomerId, Customer | None] = field(default_factory=dict)
    families: Mapping[CustomerId, list[CustomerId]] = field(default_factory=dict)
    owned: Mapping[CustomerId, list[InvoiceNumber]] = field(default_factory=dict)
    keys: Mapping[str, KeyFound] = field(default_factory=dict)
    orders: Mapping[str, list[InvoiceNumber]] = field(default_factory=dict)
    amounts: Mapping[tuple[str, int], list[InvoiceNumber]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
