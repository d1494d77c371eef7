"""Which of our orders does a supplier's invoice name? In any usual spelling, never by guessing between two.

Ordered levels: the number itself; the number inside other words (“Your order PO-1 / Mr Brown”); its digits alone; one slip of
the finger away from exactly one open order of that supplier. A number of another supplier's order, of a closed one or of one in
another currency is said so and is no candidate.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Protocol

from rapidfuzz.distance import OSA

from core.domain.ids import PoNumber, SupplierId
from core.domain.line_comparison import OrderNamed, Reading
from core.domain.money import Currency
from core.domain.payables import OrderStatus
from core.match.normal import compact, flat

_RUN: Final = re.compile(r"\d+")
_PART: Final = re.compile(r"[A-Z0-9]+(?:[-/._][A-Z0-9]+)*")
_SHORTEST_DIGITS: Final = 3
_SHORTEST_SLIP: Final = 5


class NumberedOrder(Protocol):
    """An order as far as its number is read."""

    @property
    def number(self) -> PoNumber:
        """Ours."""
        ...

    @property
    def currency(self) -> Currency:
        """An invoice in another currency cannot mean it."""
        ...

    @property
    def status(self) -> OrderStatus:
        """Nor can any, where it is closed."""
        ...


@dataclass(slots=True)
class OrderNumbers:
    """The numbers of one supplier's orders, by every spelling; and whose all the others are.

    `owners` maps the number of any order of ours to its supplier, for saying so; it may be empty.
    """

    orders: Sequence[NumberedOrder]
    owners: Mapping[str, SupplierId] = field(default_factory=dict)
    _by_compact: dict[str, list[NumberedOrder]] = field(default_factory=dict, init=False)
    _by_digits: dict[str, list[NumberedOrder]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for order in self.orders:
            self._by_compact.setdefault(compact(order.number), []).append(order)

    def _of_digits(self, digits: str) -> Sequence[NumberedOrder]:
        if self._by_digits is None:
            self._by_digits = {}
            for order in self.orders:
                for key in _digits(order.number):
                    self._by_digits.setdefault(key, []).append(order)
        return self._by_digits.get(digits, ())

    def read(self, texts: Iterable[str], currency: Currency) -> tuple[OrderNamed, ...]:
        """How each text is read. Texts without a digit name nothing and are left out (“verbal”, “n/a”)."""
        return tuple(self._read(text, currency) for text in texts if any(sign.isdigit() for sign in text))

    def _read(self, text: str, currency: Currency) -> OrderNamed:
        key = compact(text)
        exact = self._by_compact.get(key, [])
        inside = [] if exact else self._inside(text)
        for reading, found in ((Reading.EXACT, exact), (Reading.CONTAINED, inside)):
            if found:
                return _usable(text, reading, found, currency)
        digits = [order for run in _runs(text) for order in self._of_digits(run)]
        usable = [order for order in digits if _is_open(order, currency)]
        if digits and not usable:
            return _usable(text, Reading.DIGITS, digits, currency)
        if usable:
            return _usable(text, Reading.DIGITS, usable, currency)
        near = self._near(text, currency)
        if near:
            return _usable(text, Reading.SLIP, near, currency)
        other = self.owners.get(text.strip())
        return OrderNamed(text, Reading.OTHER_SUPPLIER if other else Reading.UNREAD)

    def _inside(self, text: str) -> list[NumberedOrder]:
        """Orders whose whole number stands among the words of the text."""
        parts = _PART.findall(flat(text))
        keys = {compact(part) for part in parts} | {compact("".join(pair)) for pair in pairwise(parts)}
        found = [order for key in sorted(keys) for order in self._by_compact.get(key, ())]
        return list({order.number: order for order in found}.values())

    def _near(self, text: str, currency: Currency) -> list[NumberedOrder]:
        """Open orders one slip away: one character wrong, missing or too many, or two neighbours exchanged."""
        keys = {compact(text), *(compact(part) for part in _PART.findall(flat(text)))}
        keys = {key for key in keys if len(key) >= _SHORTEST_SLIP and any(sign.isdigit() for sign in key)}
        same_length = []
        found = []
        for number, orders in self._by_compact.items():
            for key in keys:
                if abs(len(key) - len(number)) <= 1 and OSA.distance(key, number, score_cutoff=1) <= 1:
                    usable = [order for order in orders if _is_open(order, currency)]
                    found += usable
                    same_length += usable if len(key) == len(number) else []
        # An exchanged or wrong character is the commoner slip; a missing one is only tried where that finds nothing.
        return same_length or found


def _usable(text: str, reading: Reading, found: Sequence[NumberedOrder], currency: Currency) -> OrderNamed:
    """One order is read; several are a question; none that is open in this currency is said so."""
    usable = [order for order in found if _is_open(order, currency)]
    if len(usable) == 1:
        return OrderNamed(text, reading, usable[0].number)
    if usable:
        return OrderNamed(text, Reading.AMBIGUOUS, possible=tuple(sorted(order.number for order in usable)))
    first = min(found, key=lambda order: order.number)
    closed = first.status is OrderStatus.CLOSED
    return OrderNamed(text, Reading.CLOSED if closed else Reading.OTHER_CURRENCY, first.number)


def _is_open(order: NumberedOrder, currency: Currency) -> bool:
    return order.status is OrderStatus.OPEN and order.currency == currency


def _digits(number: PoNumber) -> set[str]:
    """The digits of an order number, all together and each run, without leading zeros."""
    runs = _RUN.findall(number)
    return {key for run in (*runs, "".join(runs)) if len(key := run.lstrip("0")) >= _SHORTEST_DIGITS}


def _runs(text: str) -> list[str]:
    """The digit runs of a text that may be an order number, without leading zeros; each once."""
    runs = _RUN.findall(text)
    joined = "".join(runs) if len(runs) > 1 else ""
    return list(dict.fromkeys(key for run in (*runs, joined) if len(key := run.lstrip("0")) >= _SHORTEST_DIGITS))
