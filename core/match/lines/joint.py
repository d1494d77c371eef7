"""One joint answer for the lines of an invoice that compete for the same order lines.

An *answer* gives every line an option: one order line, several at once (one invoice line for two order lines of an item), or
none. Its weight is what speaks for each line's option, plus what the lines on each order line together say of its quantity (or
amount), less a little for sharing. All answers of a small component are weighed, so that the best one is the best of all and
the weight of every rival is known; order of lines or files cannot matter. Large components go to `core.match.lines.assignment`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from core.domain.payables import SupplierInvoiceLine
from core.match.lines.book import Spot
from core.match.lines.candidates import QUANTITY_EQUAL, Candidate, Named, summed, together

MOST_ANSWERS: Final = 2_000
"""Up to here every answer is weighed."""
SHARING: Final = -200
SHARING_MORE: Final = -20
SHARING_AT_ANOTHER_RATE: Final = -800
SEVERAL: Final = -200
CLASH: Final = -1500
_MOST_TOGETHER: Final = 4
_MOST_MEMBERS: Final = 8


@dataclass(slots=True)
class Option:
    """What a line may be linked to: its candidates, one or several at once; none at all for `UNLINKED`."""

    candidates: tuple[Candidate, ...]
    points: int

    @property
    def spots(self) -> tuple[Spot, ...]:
        """The order lines."""
        return tuple([candidate.spot for candidate in self.candidates])

    @property
    def alone(self) -> int:
        """Its weight where no other line is billed on the same order lines."""
        return self.points + (self.candidates[0].alone if len(self.candidates) == 1 else 0)


UNLINKED: Final = Option((), 0)


@dataclass(slots=True)
class Choice:
    """A line with everything it may be linked to; `UNLINKED` is always the last option."""

    line: SupplierInvoiceLine
    options: tuple[Option, ...]
    cut: bool = False


@dataclass(slots=True)
class Weighed:
    """Options of one line, each with the weight of the best answer that has it, and its share of the weight of all answers."""

    choice: Choice
    best: tuple[int, ...]
    share: tuple[float, ...]
    chosen: int


def options_of(line: SupplierInvoiceLine, candidates: Sequence[Candidate], most: int) -> Choice:
    """A line's options: its candidates, those of them that its quantity covers exactly together, and none."""
    if len(candidates) == 1:
        return Choice(line, (Option((candidates[0],), candidates[0].points), UNLINKED))
    kept = candidates[:most]
    single = [Option((candidate,), candidate.points) for candidate in kept]
    several = [
        Option(group, group[0].points + QUANTITY_EQUAL + SEVERAL)
        for group in _covered_together(
            [candidate for candidate in kept if candidate.rate_equal and not candidate.spot.by_amount]
        )
    ]
    return Choice(line, (*single, *several, UNLINKED), cut=len(candidates) > most)


def _covered_together(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """Groups of order lines of one item and rate whose open quantities add up to what the line asks for."""
    if len(candidates) < 2:  # noqa: PLR2004  One alone is no group.
        return []
    top = max(candidate.named for candidate in candidates)
    words = max(candidate.words for candidate in candidates)
    alike = [each for each in candidates if each.named is top and (each.named > Named.WORDS or each.words == words)]
    alike = [each for each in alike if each.spot.left is not None and each.spot.left > 0]
    if any(each.alone for each in alike):
        return []
    alike = alike[:_MOST_MEMBERS]
    return [
        tuple(sorted(group, key=lambda each: each.spot.ref))
        for size in range(2, min(_MOST_TOGETHER, len(alike)) + 1)
        for group in combinations(alike, size)
        if _belong_together(group) and summed([each.spot.left for each in group]) == group[0].asked.quantity
    ]


def _belong_together(group: Sequence[Candidate]) -> bool:
    """Order lines in one unit, on one order or on orders that the invoice names: sums of strangers come out even by chance."""
    one_order = len({each.spot.ref.po_number for each in group}) == 1
    return len({each.spot.line.uom for each in group}) == 1 and (one_order or all(each.by_name for each in group))


def weigh(choices: Sequence[Choice]) -> list[Weighed]:
    """All answers of one component, weighed. The caller keeps their number at or under `MOST_ANSWERS`."""
    if len(choices) == 1:
        return [_weighed_alone(choices[0])]
    best = [[-(10**9)] * len(choice.options) for choice in choices]
    plain = [[(option.alone, [id(spot) for spot in option.spots]) for option in choice.options] for choice in choices]
    weights: list[tuple[tuple[int, ...], int]] = []
    top = -(10**9)
    top_answer: tuple[int, ...] = ()
    for answer in product(*(range(len(choice.options)) for choice in choices)):
        parts = [options[at] for options, at in zip(plain, answer, strict=True)]
        taken = [spot for _, spots in parts for spot in spots]
        if len(set(taken)) == len(taken):
            weight = sum(alone for alone, _ in parts)
        else:
            weight = weight_of([(choice.line, choice.options[at]) for choice, at in zip(choices, answer, strict=True)])
        weights.append((answer, weight))
        for place, at in enumerate(answer):
            best[place][at] = max(best[place][at], weight)
        if weight > top:
            top, top_answer = weight, answer
    shares = [[0.0] * len(choice.options) for choice in choices]
    mass = 0.0
    for answer, weight in weights:
        part = math.exp((weight - top) / 100)
        mass += part
        for place, at in enumerate(answer):
            shares[place][at] += part
    return [
        Weighed(choice, tuple(best[place]), tuple(share / mass for share in shares[place]), top_answer[place])
        for place, choice in enumerate(choices)
    ]


def _weighed_alone(choice: Choice) -> Weighed:
    """A line that competes with no other: each of its options is an answer."""
    best = tuple([option.alone for option in choice.options])
    top = max(best)
    shares = [math.exp((weight - top) / 100) for weight in best]
    mass = 0.0
    for share in shares:
        mass += share
    return Weighed(choice, best, tuple([share / mass for share in shares]), best.index(top))


def weight_of(answer: Sequence[tuple[SupplierInvoiceLine, Option]]) -> int:
    """The weight of one answer: a line with each option."""
    total = 0
    groups: dict[Spot, list[tuple[SupplierInvoiceLine, Candidate]]] = {}
    several: dict[Spot, int] = {}
    for line, option in answer:
        total += option.points
        if len(option.candidates) > 1:
            for spot in option.spots:
                several[spot] = several.get(spot, 0) + 1
        elif option.candidates:
            groups.setdefault(option.candidates[0].spot, []).append((line, option.candidates[0]))
    total += CLASH * sum(times - 1 for times in several.values())
    for spot, members in groups.items():
        total += _together(spot, members) + (CLASH if spot in several else 0)
    return total


def _together(spot: Spot, members: Sequence[tuple[SupplierInvoiceLine, Candidate]]) -> int:
    """What the lines on one order line say together: does their sum come out even, and do they belong together?"""
    if len(members) == 1:
        return members[0][1].alone
    one_rate = len({candidate.asked.rate for _, candidate in members}) == 1
    sharing = sharing_of(len(members)) if one_rate else SHARING_AT_ANOTHER_RATE * (len(members) - 1)
    asked = [candidate.asked.quantity for _, candidate in members]
    return sharing + together(spot, [line for line, _ in members], asked, by_name=members[0][1].by_name)


def sharing_of(lines: int) -> int:
    """What it costs that several lines at one rate are billed on one order line."""
    return SHARING + SHARING_MORE * (lines - 2) if lines > 1 else 0
