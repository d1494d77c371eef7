"""Fewer options for a component with too many answers, without losing what its answer depends on.

A supplier with thirty open orders for one item gives every line thirty options, and nearly all are alike: the same item at the
same rate, with a quantity that no lines of the invoice come to. Of such *dull* options a few stand for all; options whose
quantity or amount some lines come to are kept first. What was left out gets the weight of the one that stood for it.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from core.domain.payables import OrderLineRef, SupplierInvoiceLine
from core.match.lines.joint import Choice, Option, Weighed, weight_of

_MOST_TOGETHER: Final = 4
_MOST_LINES: Final = 8
_FEWEST: Final = 3


def thinned(choices: Sequence[Choice], most_answers: int) -> list[Choice] | None:
    """The same lines with so few options that no more than `most_answers` are left; None where that takes too much away."""
    each = int(most_answers ** (1 / len(choices))) - 1
    if each < _FEWEST:
        return None
    telling = _telling(choices)
    return [Choice(choice.line, _kept(choice, telling, each), choice.cut) for choice in choices]


def _kept(choice: Choice, telling: set[OrderLineRef], most: int) -> tuple[Option, ...]:
    linked = [option for option in choice.options if option.candidates]
    first = [option for option in linked if any(spot.ref in telling for spot in option.spots)]
    chosen = [*first, *(option for option in linked if option not in first)][:most]
    return tuple(option for option in choice.options if option in chosen or not option.candidates)


def _telling(choices: Sequence[Choice]) -> set[OrderLineRef]:
    """Order lines whose open quantity or amount is exactly what one or several of the lines ask for."""
    wanting: dict[OrderLineRef, list[tuple[SupplierInvoiceLine, Option]]] = {}
    for choice in choices:
        for option in choice.options:
            if len(option.candidates) == 1:
                wanting.setdefault(option.spots[0].ref, []).append((choice.line, option))
    return {
        ref
        for ref, members in wanting.items()
        for size in range(1, min(_MOST_TOGETHER, len(members)) + 1)
        for group in combinations(members[:_MOST_LINES], size)
        if weight_of(group) > sum(option.points for _, option in group)
    }


def restored(weighed: Sequence[Weighed], whole: Sequence[Choice]) -> list[Weighed]:
    """The answers for all options: one that was left out is as good as the best dull one with the same points that was kept.

    The best, because a dull one that was kept may be taken by another line of the best answer; one that was left out never is.
    """
    telling = _telling(whole)
    return [_restored(each, choice, telling) for each, choice in zip(weighed, whole, strict=True)]


def _restored(weighed: Weighed, choice: Choice, telling: set[OrderLineRef]) -> Weighed:
    known = dict(
        zip((id(option) for option in weighed.choice.options), zip(weighed.best, weighed.share, strict=True), strict=True)
    )
    dull: dict[int, tuple[int, float]] = {}
    any_of: dict[int, tuple[int, float]] = {}
    for option, best, share in zip(weighed.choice.options, weighed.best, weighed.share, strict=True):
        if len(option.candidates) != 1:
            continue
        if option.points not in any_of or best < any_of[option.points][0]:
            any_of[option.points] = (best, share)
        if option.spots[0].ref not in telling and (option.points not in dull or best > dull[option.points][0]):
            dull[option.points] = (best, share)
    alike = {**any_of, **dull}
    nothing = (min(weighed.best), 0.0)
    found = [known.get(id(option)) or alike.get(option.points, nothing) for option in choice.options]
    mass = math.fsum(share for _, share in found)
    chosen = next(at for at, option in enumerate(choice.options) if option is weighed.choice.options[weighed.chosen])
    return Weighed(choice, tuple(best for best, _ in found), tuple(share / mass for _, share in found), chosen)
