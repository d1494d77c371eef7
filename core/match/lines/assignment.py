"""The best joint answer for a large component: one optimal assignment of lines to order lines, by shortest augmenting paths.

Every order line offers a first place and, at what sharing costs, room for any number of further lines, so that several lines on
one order line are part of the optimum. Exact in whole numbers, sparse (a line knows two dozen order lines at most), and for
equal weights decided by the order of lines and order lines, never by chance. What several lines say together of one quantity
cannot be a cost of a single pair: sums that come out even are looked for first and their pairs are worth more.

The weight of a rival is that of the answer in which its line moves there and at most one other line makes room.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from core.domain.payables import OrderLineRef
from core.match.lines import joint
from core.match.lines.candidates import AMOUNT_EQUAL, QUANTITY_EQUAL
from core.match.lines.joint import SHARING, Choice, Weighed

FIRST: Final = 0
FURTHER: Final = 1
Place = tuple[OrderLineRef, int]
_NOWHERE: Final = 10**9
_MOST_TO_ADD_UP: Final = 8


@dataclass(slots=True)
class _Desk:
    """Values of lines on places, who holds each first place, and where every line sits (None: unlinked, always possible)."""

    values: list[dict[Place, int]]
    held: dict[OrderLineRef, int]
    seat: list[Place | None]

    def total(self) -> int:
        """The weight of what is seated now."""
        return sum(self.values[line][place] for line, place in enumerate(self.seat) if place)


def weigh(choices: Sequence[Choice]) -> list[Weighed]:
    """As `joint.weigh`, for any number of lines."""
    solo = [_solo(choice) for choice in choices]
    _reward_even_sums(choices, solo)
    desk = seated(solo)
    ways_out = [_ways_out(desk, line) for line in range(len(choices))]
    total = desk.total()
    return [_weighed(desk, choice, line, solo[line], ways_out, total) for line, choice in enumerate(choices)]


def seated(solo: Sequence[Mapping[OrderLineRef, int]]) -> _Desk:
    """The best seating of lines by what each is worth on each order line."""
    desk = _Desk([_places(values) for values in solo], {}, [None] * len(solo))
    for line in range(len(solo)):
        _seat(desk, line)
    return desk


def _solo(choice: Choice) -> dict[OrderLineRef, int]:
    """What speaks for each single order line, its quantity or amount included."""
    found = {}
    for option in choice.options:
        if len(option.candidates) == 1:
            found[option.spots[0].ref] = option.alone
    return found


def _reward_even_sums(choices: Sequence[Choice], solo: Sequence[dict[OrderLineRef, int]]) -> None:
    """Where several lines together are exactly what is left of an order line, each gets its part of what that is worth."""
    wanting: dict[OrderLineRef, list[tuple[int, joint.Option]]] = {}
    for line, choice in enumerate(choices):
        best = max((option.points for option in choice.options if len(option.candidates) == 1), default=0)
        for option in choice.options:
            if len(option.candidates) == 1 and option.points >= best - SHARING:
                wanting.setdefault(option.spots[0].ref, []).append((line, option))
    for ref, members in wanting.items():
        for size in range(2, min(4, len(members)) + 1):
            if len(members) > _MOST_TO_ADD_UP:
                break
            for group in combinations(members, size):
                answer = [(choices[line].line, option) for line, option in group]
                plain = sum(option.points for _, option in group) + joint.sharing_of(size)
                gained = joint.weight_of(answer) - plain
                if gained in {QUANTITY_EQUAL * size, AMOUNT_EQUAL * size}:
                    for line, option in group:
                        solo[line][ref] = max(solo[line][ref], option.points + gained // size + joint.SHARING_MORE)


def _places(values: Mapping[OrderLineRef, int]) -> dict[Place, int]:
    """What a line is worth on each place. A line that is better left unlinked never takes one."""
    first = {(ref, FIRST): value for ref, value in sorted(values.items()) if value > 0}
    return first | {(ref, FURTHER): value + SHARING for (ref, _), value in first.items() if value + SHARING > 0}


def _seat(desk: _Desk, newcomer: int) -> None:
    """Seat one more line so that the total stays the best: the cheapest chain of moves, ending on a free place or unlinked.

    The seating so far is optimal, so no chain of moves gains by going round and the search ends.
    """
    spent = {newcomer: 0}
    came: dict[Place, int] = {}
    end: tuple[int, Place | None, int] = (0, None, newcomer)
    waiting = deque([newcomer])
    while waiting:
        line = waiting.popleft()
        so_far = spent[line]
        for place, value in desk.values[line].items():
            holder = desk.held.get(place[0]) if place[1] == FIRST else None
            if holder is None:
                # Room for further lines is only of use where the first place is taken; then it is always free.
                if so_far - value < end[0] and (place[1] == FIRST or place[0] in desk.held):
                    end = (so_far - value, place, line)
            elif holder != line:
                unseated = so_far - value + desk.values[holder][place]
                if unseated < spent.get(holder, _NOWHERE):
                    spent[holder] = unseated
                    came[place] = line
                    waiting.append(holder)
                    if unseated < end[0]:
                        end = (unseated, None, holder)
    _move(desk, newcomer, came, end)


def _move(desk: _Desk, newcomer: int, came: Mapping[Place, int], end: tuple[int, Place | None, int]) -> None:
    """Carry out the chain from its end: each line takes its new place, the one before it takes the place that it left."""
    _, place, line = end
    while True:
        left = desk.seat[line]
        desk.seat[line] = place
        if place is not None and place[1] == FIRST:
            desk.held[place[0]] = line
        if line == newcomer or left is None:
            return
        place, line = left, came[left]


def _ways_out(desk: _Desk, line: int) -> list[tuple[int, OrderLineRef]]:
    """Where else a line could go and what that is worth, the best first: free first places, and room beside others."""
    found = [
        (worth, place[0])
        for place, worth in desk.values[line].items()
        if place != desk.seat[line] and (place[1] == FURTHER) == (place[0] in desk.held)
    ]
    return sorted(found, key=lambda each: (-each[0], each[1]))[:2]


def _weighed(
    desk: _Desk,
    choice: Choice,
    line: int,
    solo: Mapping[OrderLineRef, int],
    ways_out: Sequence[Sequence[tuple[int, OrderLineRef]]],
    total: int,
) -> Weighed:
    own = desk.seat[line]
    here = desk.values[line][own] if own else 0
    best = []
    for option in choice.options:
        if not option.candidates:
            best.append(total - here)
        elif len(option.candidates) > 1:
            free = all(desk.held.get(spot.ref, line) == line for spot in option.spots)
            best.append(total - here + option.points + (0 if free else joint.CLASH))
        else:
            ref = option.spots[0].ref
            stays = own is not None and own[0] == ref
            best.append(total if stays else total - here + _moved(desk, ref, solo[ref], own, ways_out))
    top = max(best)
    parts = [math.exp((weight - top) / 100) for weight in best]
    mass = math.fsum(parts)
    return Weighed(choice, tuple(best), tuple(part / mass for part in parts), best.index(top))


def _moved(
    desk: _Desk,
    ref: OrderLineRef,
    value: int,
    own: Place | None,
    ways_out: Sequence[Sequence[tuple[int, OrderLineRef]]],
) -> int:
    """What is gained by moving a line to another order line: a free place, beside others, or that of one line that moves on."""
    holder = desk.held.get(ref)
    if holder is None:
        return value
    onward = [worth for worth, place in ways_out[holder] if place != ref]
    if own is not None and own[1] == FIRST:
        onward.append(desk.values[holder].get(own, 0))
    return max(value + SHARING, value + max([0, *onward]) - desk.values[holder][ref, FIRST])
