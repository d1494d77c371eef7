"""Which postings on their way does a new list of the ledger count already?

A list does not say which payments it knows. But a balance that fell by exactly what a posting settles, after the posting was
handed over, fell because of it: taking the ledger's acknowledgement later must not lower it again. What cannot be explained so
is taken as not counted, so that a balance is rather too low for a while (nothing can be applied too much) than too high.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from core.domain.ids import InvoiceNumber, Key

_MOST: Final = 10


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """What a posting or a reversal that was handed over does to one document.

    `lowers` is in minor units, negative for a reversal; `counted` says that an earlier list counted it already.
    """

    key: Key
    number: InvoiceNumber
    lowers: int
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """What the list shows: these are counted now, and those are not any more."""

    now: tuple[OnItsWay, ...] = ()
    no_longer: tuple[OnItsWay, ...] = ()


def counted_by(before: Mapping[InvoiceNumber, int], after: Mapping[InvoiceNumber, int], waiting: Sequence[OnItsWay]) -> Counted:
    """Compare open balances of our copy with those of the list; documents that the list leaves out are at zero."""
    now: list[OnItsWay] = []
    no_longer: list[OnItsWay] = []
    for number in dict.fromkeys(each.number for each in waiting):
        if number not in before:
            continue
        fell = before[number] - after.get(number, 0)
        explained = _explaining(fell, [each for each in waiting if each.number == number][:_MOST])
        now += [each for each in explained if not each.counted]
        no_longer += [each for each in explained if each.counted]
    return Counted(tuple(now), tuple(no_longer))


def _explaining(fell: int, waiting: Sequence[OnItsWay]) -> Sequence[OnItsWay]:
    """The most of them that together make exactly this difference; those handed over first where several sets do."""
    if not fell:
        return ()
    for size in range(len(waiting), 0, -1):
        for chosen in combinations(waiting, size):
            if sum(-each.lowers if each.counted else each.lowers for each in chosen) == fell:
                return chosen
    return ()
