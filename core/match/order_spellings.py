"""Which customer's order does a written number mean? Every usual spelling is looked up, none is searched for one by one.

Ordered levels, first that holds: the number itself; without a label and leading zeros, look-alike signs made equal
(“P.O. # 0045000123”, “P0-1001”); its digits where one side leaves a prefix off (“80700992” for GG80700992); inside other words
(“4500012345 rev 2 / Mr Brown”); its digits beside other letters; one slip of the finger. The last two are never sure.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Generic, TypeVar

from rapidfuzz.distance import OSA

from core.match.normal import compact, flat, shape

_TOKEN: Final = re.compile(r"[A-Z0-9]+")
_RUN: Final = re.compile(r"\d+")
_LABEL: Final = re.compile(
    r"(?:(?:YOUR|CUSTOMER|CUST)?(?:PURCHASEORDER|PORDER|ORDER|PO|BESTELLUNG|BESTELL|COMMANDE|PEDIDO|ORDINE|IHREBESTELLUNG)"
    r"(?:NUMBER|NUMMER|NUM|NO|NR)?)?0*(?=[A-Z0-9]*\d)"
)
_WIDEST: Final = 4
_SHORTEST_PART: Final = 4
_SHORTEST_RUN: Final = 4
_SHORTEST_PREFIXED: Final = 5
_SHORTEST_SLIP: Final = 6
_MOST_SLIPS: Final = 3

Entry = TypeVar("Entry")


class NumberReading(StrEnum):
    """How a number was read, surest first."""

    EXACT = "exact"
    SPELLING = "spelling"
    PREFIX = "prefix"
    CONTAINED = "contained"
    DIGITS = "digits"
    SLIP = "slip"


CLEAR: Final = frozenset({NumberReading.EXACT, NumberReading.SPELLING, NumberReading.PREFIX, NumberReading.CONTAINED})
"""Readings that nobody has to check when they mean one order; the others are always a question."""


@dataclass(frozen=True, slots=True)
class NumberRead(Generic[Entry]):
    """The orders that a text can mean, all by one reading. More than one is a question."""

    reading: NumberReading
    found: tuple[Entry, ...]


@dataclass(slots=True)
class OrderNumbers(Generic[Entry]):
    """The orders among which numbers are looked up; the spellings are worked out when the first is."""

    number_of: Callable[[Entry], str]
    _entries: list[Entry] = field(default_factory=list)
    _compact: dict[str, list[Entry]] = field(default_factory=dict)
    _bare: dict[str, list[Entry]] = field(default_factory=dict)
    _digits: dict[str, list[Entry]] = field(default_factory=dict)
    _shortened: dict[str, list[Entry]] = field(default_factory=dict)
    _is_spelt: bool = False

    def add(self, entry: Entry) -> None:
        """One more order."""
        self._entries.append(entry)
        self._is_spelt = False

    def read(self, text: str, readings: Collection[NumberReading] = tuple(NumberReading)) -> NumberRead[Entry] | None:
        """What the text means here by one of these readings, the surest first; None when nothing (“verbal”, “n/a”)."""
        if not names_something(text):
            return None
        self._spell()
        looks: Mapping[NumberReading, Callable[[str], Sequence[Entry]]] = {
            NumberReading.EXACT: self._exactly,
            NumberReading.SPELLING: self._barely,
            NumberReading.PREFIX: self._without_prefix,
            NumberReading.CONTAINED: self._inside,
            NumberReading.DIGITS: self._by_digits,
            NumberReading.SLIP: self._one_slip_off,
        }
        for reading, look in looks.items():
            found = _once(look(text)) if reading in readings else ()
            if found:
                return NumberRead(reading, found)
        return None

    def _spell(self) -> None:
        if self._is_spelt:
            return
        for table in (self._compact, self._bare, self._digits, self._shortened):
            table.clear()
        for entry in self._entries:
            number = self.number_of(entry)
            self._compact.setdefault(compact(number), []).append(entry)
            self._bare.setdefault(_bare(number), []).append(entry)
            for run in _runs(number):
                self._digits.setdefault(run, []).append(entry)
        self._is_spelt = True

    def _exactly(self, text: str) -> Sequence[Entry]:
        return self._compact.get(compact(text), ())

    def _barely(self, text: str) -> Sequence[Entry]:
        return self._bare.get(_bare(text), ())

    def _without_prefix(self, text: str) -> Sequence[Entry]:
        """All digits agree, and letters stand in one of the two only."""
        digits = _all_digits(text)
        if len(digits) < _SHORTEST_PREFIXED:
            return ()
        lettered = _has_letters(text)
        return [
            entry
            for entry in self._digits.get(digits, ())
            if _all_digits(self.number_of(entry)) == digits and _has_letters(self.number_of(entry)) is not lettered
        ]

    def _inside(self, text: str) -> Sequence[Entry]:
        """Orders whose whole number stands among the words, longest first; a part of a number that fits is no other number."""
        tokens = _TOKEN.findall(flat(text))
        found: list[Entry] = []
        taken: set[int] = set()
        for width in range(min(_WIDEST, len(tokens)), 0, -1):
            for at in range(len(tokens) - width + 1):
                places = set(range(at, at + width))
                part = "".join(tokens[at : at + width])
                if places & taken or len(part) < _SHORTEST_PART or not any(sign.isdigit() for sign in part):
                    continue
                hits = self._compact.get(part, []) or self._bare.get(_bare(part), [])
                if hits:
                    found += hits
                    taken |= places
        return found

    def _by_digits(self, text: str) -> Sequence[Entry]:
        return [entry for run in _runs(text) for entry in self._digits.get(run, ())]

    def _one_slip_off(self, text: str) -> Sequence[Entry]:
        """One sign wrong, missing or too many, or two neighbours exchanged: both then share a form with one sign left out."""
        if not self._shortened:
            for key, entries in self._bare.items():
                for short in _with_one_less(key):
                    self._shortened.setdefault(short, []).extend(entries)
        key = _bare(text)
        if len(key) < _SHORTEST_SLIP:
            return ()
        near = _once(entry for short in _with_one_less(key) for entry in self._shortened.get(short, ()))
        found = [entry for entry in near if OSA.distance(key, _bare(self.number_of(entry)), score_cutoff=1) <= 1]
        # Of a run of numbers every second one is a slip away: that says nothing.
        return found if len(found) <= _MOST_SLIPS else ()


def names_something(text: str) -> bool:
    """Whether a text may be meant as a number at all."""
    return any(sign.isdigit() for sign in text)


def _bare(text: str) -> str:
    """A number without label and leading zeros, look-alike signs made equal."""
    plain = compact(text)
    match = _LABEL.match(plain)
    return shape(plain[match.end() :] if match else plain).lstrip("0")


def _has_letters(text: str) -> bool:
    return any(sign.isalpha() for sign in _LABEL.sub("", compact(text), count=1))


def _all_digits(text: str) -> str:
    return "".join(_RUN.findall(text)).lstrip("0")


def _runs(text: str) -> list[str]:
    """The runs of digits, and all digits together, without leading zeros; each once."""
    runs = [*_RUN.findall(text), "".join(_RUN.findall(text))]
    return list(dict.fromkeys(run for each in runs if len(run := each.lstrip("0")) >= _SHORTEST_RUN))


def _with_one_less(key: str) -> Iterator[str]:
    """The key, and the key with each of its signs left out."""
    yield key
    for at in range(len(key)):
        yield key[:at] + key[at + 1 :]


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each entry once, in order; by identity, because two orders may look the same."""
    return tuple({id(entry): entry for entry in entries}.values())
