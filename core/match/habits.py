"""How a customer pays, as far as people confirmed it: how it writes our numbers, which differences it makes again and again.

A habit is a count for one customer (`AliasKind.REFERENCE_HABIT`, `AliasKind.DISCOUNT_HABIT`): confirmed when a person settled a
payment that shows it, rejected when an answer rested on it and a person settled the money otherwise. It is evidence and never
a proof: an explanation that the customer is known for weighs as much more as it is more frequent here than elsewhere, so that
it fades again when it is rejected. Nothing that nobody confirmed counts.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from core.domain.evidence import Compared, Evidence, GapKind
from core.domain.ids import CustomerId
from core.domain.parties import AliasKind
from core.match.normal import compact, flat, shape
from core.match.parties import Parties
from core.match.schemes import Level, keys

OWN_NUMBER: Final = "own_number"
ORDER_NUMBER: Final = "order_number"
WAYS: Final[Mapping[Level, str]] = {
    Level.DIGITS: "digits_only",
    Level.NO_ZEROS: "without_zeros",
    Level.RUNNING: "running_number",
    Level.SUFFIX: "last_digits",
}
GAPS: Final = frozenset({GapKind.LATE_DISCOUNT, GapKind.BANK_FEE, GapKind.TAX_WITHHELD, GapKind.DEDUCTION})
_USUAL: Final = 0.03
_TRUST: Final = 0.5
_LONG: Final = 4
_WIDEST: Final = 4
_WORD: Final = re.compile(r"[A-Z]+|\d+")

Habit = tuple[AliasKind, str]


def ways_written(text: str, numbers: Iterable[str], orders: Iterable[str] = ()) -> frozenset[Habit]:
    """How the payer's words name these documents: in which short way, by the order, or by a number of the payer's own."""
    runs = _WORD.findall(flat(text))
    windows = {"".join(runs[at : at + width]) for at in range(len(runs)) for width in range(1, _WIDEST + 1)}
    written = {shape(window) for window in windows if any(mark.isdigit() for mark in window)}
    found = set()
    named = False
    for number in numbers:
        levels = [level for key, level in keys(number).items() if key in written]
        named = named or bool(levels)
        if levels and min(levels) in WAYS:
            found.add(WAYS[min(levels)])
    if not named and any(shape(compact(order)) in written for order in orders if order):
        return frozenset({(AliasKind.REFERENCE_HABIT, ORDER_NUMBER)})
    if not named and any(run.isdigit() and len(run) >= _LONG for run in runs):
        found.add(OWN_NUMBER)
    return frozenset((AliasKind.REFERENCE_HABIT, way) for way in found)


def difference(kind: GapKind) -> frozenset[Habit]:
    """The habit that a difference of this kind shows; none for differences that say nothing of the payer."""
    return frozenset({(AliasKind.DISCOUNT_HABIT, kind.value)}) if kind in GAPS else frozenset()


def counted(parties: Parties, customer: CustomerId, habit: Habit) -> tuple[int, int]:
    """How often people confirmed and rejected it."""
    return parties.judged(habit[0], habit[1], customer)


def weight(parties: Parties, customer: CustomerId, habit: Habit, usual: float = _USUAL) -> float:
    """Logarithm of how much more frequent this is with the customer than with others (`usual`); 0 where nothing was judged.

    The expected share after so many judgements, when a customer is as likely as any other to have the habit beforehand.
    """
    confirmed, rejected = counted(parties, customer, habit)
    if not confirmed and not rejected:
        return 0.0
    share = (confirmed + _TRUST) / (confirmed + rejected + _TRUST / usual)
    return math.log(share / usual)


def held(parties: Parties, customer: CustomerId, habit: Habit) -> bool:
    """Whether it was confirmed more often than rejected."""
    confirmed, rejected = counted(parties, customer, habit)
    return confirmed > rejected


def evidence(parties: Parties, customer: CustomerId, habits: Sequence[Habit]) -> tuple[Evidence, ...]:
    """A record for each of these habits that people confirmed of this customer; `left` says how often."""
    name = known.name if (known := parties.customers.get(customer)) else customer
    return tuple(
        Evidence(Compared.HABIT, habit[1], 1, str(counted(parties, customer, habit)[0]), name)
        for habit in sorted(habits)
        if held(parties, customer, habit)
    )
