"""The best joint answer for a large component: one optimal assignment of lines to order lines, by shortest augmenting paths.

Every order line offers as many places as lines want it; the first is free, each further one costs what sharing costs, so that
several lines on one order line are part of the optimum. Exact in whole numbers, sparse (a line knows a dozen order lines), and
for equal weights decided by the order of lines and order lines, never by chance. What several lines say together of one
quantity cannot be a cost of a single pair: sums that come out even are looked for first and their pairs are worth more.

The weight of a rival is that of the answer in which its line moves there and at most one other line makes room.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from core.domain.payables import OrderLineRef
from core.match.lines import joint
from core.match.lines.candidates import AMOUNT_EQUAL, QUANTITY_EQUAL
from core.match.lines.joint import SHARING, Choice, Weighed

Place = tuple[OrderLineRef, int]
_NOWHERE: Final = 10**9
_MOST_TO_ADD_UP: Final = 8


@dataclass(slots=True)
class _Desk:
    """Values of lines on places, and who sits where. `free` is the value of staying unlinked, always possible."""

    values: list[dict[Place, int]]
    held: dict[Place, int] = field(default_factory=dict)
    seat: list[Place | None] = field(default_factory=list)

    def total(self) -> int:
        """The weight of what is seated now."""
        return sum(self.values[line][place] for place, line in self.held.items())


def weigh(choices: Sequence[Choice]) -> list[Weighed]:
    """As `joint.weigh`, for any number of lines."""
    solo = [_solo(choice) for choice in choices]
    _reward_even_sums(choices, solo)
    wanted: dict[OrderLineRef, int] = {}
    for values in solo:
        for ref in values:
            wanted[ref] = wanted.get(ref, 0) + 1
    # Values may fall below zero: such a line is better left unlinked and never takes a place.
    desk = _Desk([_places(values, wanted) for values in solo], seat=[None] * len(choices))
    for line in range(len(choices)):
        _seat(desk, line)
    return [_weighed(desk, choice, line, solo[line]) for line, choice in enumerate(choices)]


def _solo(choice: Choice) -> dict[OrderLineRef, int]:
    """What speaks for each single order line, its quantity or amount included."""
    found = {}
    for option in choice.options:
        if len(option.candidates) == 1:
            found[option.spots[0].ref] = joint.weight_of([(choice.line, option)])
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


def _places(values: Mapping[OrderLineRef, int], wanted: Mapping[OrderLineRef, int]) -> dict[Place, int]:
    return {
        (ref, place): value + (SHARING if place else 0)
        for ref, value in sorted(values.items())
        if value > 0
        for place in range(min(wanted[ref], _MOST_TO_ADD_UP))
        if value + (SHARING if place else 0) > 0
    }


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
        for place, value in desk.values[line].items():
            reached = spent[line] - value
            holder = desk.held.get(place)
            if holder is None:
                if reached < end[0]:
                    end = (reached, place, line)
            elif holder != line:
                unseated = reached + desk.values[holder][place]
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
        if place is not None:
            desk.held[place] = line
        if line == newcomer or left is None:
            return
        place, line = left, came[left]


def _weighed(desk: _Desk, choice: Choice, line: int, solo: Mapping[OrderLineRef, int]) -> Weighed:
    total = desk.total()
    own = desk.seat[line]
    here = desk.values[line][own] if own else 0
    best = []
    for option in choice.options:
        if not option.candidates:
            best.append(total - here)
        elif len(option.candidates) > 1:
            free = all((spot.ref, 0) not in desk.held or desk.held[spot.ref, 0] == line for spot in option.spots)
            best.append(total - here + option.points if free else total - here + option.points + joint.CLASH)
        else:
            ref = option.spots[0].ref
            best.append(total if own and own[0] == ref else total - here + _moved(desk, ref, solo[ref], own))
    top = max(best)
    parts = [math.exp((weight - top) / 100) for weight in best]
    mass = sum(parts)
    return Weighed(choice, tuple(best), tuple(part / mass for part in parts), best.index(top))


def _moved(desk: _Desk, ref: OrderLineRef, value: int, own: Place | None) -> int:
    """What is gained by moving a line to another order line: a free place, a shared one, or that of one line that moves on."""
    holder = desk.held.get((ref, 0))
    if holder is None:
        return value
    elsewhere = [0]
    elsewhere += [
        worth for place, worth in desk.values[holder].items() if place[0] != ref and (place not in desk.held or place == own)
    ]
    return max(value + SHARING, value + max(elsewhere) - desk.values[holder][(ref, 0)])
