"""Which sets of documents add up to an amount, to the last minor unit, and how many do.

Finding *a* set is easy; knowing whether it is *the* set is the question, so the search counts all sets of each size that it
can count within its limits, keeps the first few, and says how far it counted. Sizes beyond that are weighed as chance would
make them (`chance_weight`). Method: meet in the middle for few documents; single, pair and triple look-ups for many.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import combinations
from typing import Final

_HALF_STATES: Final = 2600
_TRIPLES_UP_TO: Final = 44
_SETS_KEPT: Final = 6
_SETS_ORDERED: Final = 60
_SIZE_SHARES: Final = {1: 0.5, 2: 0.2, 3: 0.1, 4: 0.06}
_LARGER_SHARE: Final = 0.06
_LARGER_FALL: Final = 0.75

Chosen = tuple[tuple[int, int], ...]
"""A set: (index of the document, index of the value it is taken at), by rising document."""


@dataclass(slots=True)
class Fits:
    """Sets that fit: `counts` by size, the first `sets`, and the size up to which every set was tried."""

    counts: dict[int, int] = field(default_factory=dict)
    sets: list[Chosen] = field(default_factory=list)
    tried_up_to: int = 0

    @property
    def total(self) -> int:
        """How many sets fit."""
        return sum(self.counts.values())


def size_share(size: int) -> float:
    """How often a payment covers so many documents: half of them one, few more than ten. From published payment surveys."""
    return _SIZE_SHARES.get(size, _LARGER_SHARE * _LARGER_FALL ** (size - 4))


def set_weight(size: int, of: int) -> float:
    """Logarithm of the chance of one certain set of this size among so many documents."""
    return math.log(size_share(size)) - math.log(math.comb(of, size))


def search(values: Sequence[Sequence[int]], target: int, largest: int) -> Fits:
    """All sets of at most `largest` documents, each at one of its values, that add up to `target`; the empty set never."""
    half = (len(values) + 1) // 2
    states = [math.prod(1 + len(options) for options in part) for part in (values[:half], values[half:])]
    if max(states) <= _HALF_STATES:
        return _meet(values, half, target, largest)
    return _small(values, target, largest)


def _sums(values: Sequence[Sequence[int]]) -> list[int]:
    """Sum of every choice; the place in the list says which choice, see `_chosen`."""
    sums = [0]
    for options in values:
        if len(options) == 1:
            value = options[0]
            sums += [total + value for total in sums]
        else:
            sums += [total + value for value in options for total in sums]
    return sums


def _chosen(values: Sequence[Sequence[int]], place: int, offset: int) -> Chosen:
    """What was chosen at a place of `_sums`: digits of a number whose bases are one more than the options of each document."""
    found = []
    for at, options in enumerate(values, offset):
        place, digit = divmod(place, len(options) + 1)
        if digit:
            found.append((at, digit - 1))
    return tuple(found)


def _meet(values: Sequence[Sequence[int]], half: int, target: int, largest: int) -> Fits:
    fits = Fits(tried_up_to=min(largest, len(values)))
    left, right = values[:half], values[half:]
    left_sums, right_sums = _sums(left), _sums(right)
    common = {target - total for total in right_sums}.intersection(left_sums)
    if not common:
        return fits
    places: dict[int, list[int]] = {target - total: [] for total in common}
    for place, total in enumerate(right_sums):
        if total in places:
            places[total].append(place)
    found: list[tuple[int, int, int]] = []
    for place, total in enumerate(left_sums):
        if total in common:
            size = _size(left, place)
            found += [(size + _size(right, other), place, other) for other in places[target - total]]
    found = [each for each in found if 0 < each[0] <= largest]
    for size, _, _ in found:
        fits.counts[size] = fits.counts.get(size, 0) + 1
    smallest = nsmallest(_SETS_ORDERED, found)
    chosen = [(size, _chosen(left, place, 0) + _chosen(right, other, half)) for size, place, other in smallest]
    fits.sets = [each for _, each in sorted(chosen)[:_SETS_KEPT]]
    return fits


def _size(values: Sequence[Sequence[int]], place: int) -> int:
    """How many documents the choice at a place takes."""
    size = 0
    for options in values:
        place, digit = divmod(place, len(options) + 1)
        size += digit > 0
    return size


def _small(values: Sequence[Sequence[int]], target: int, largest: int) -> Fits:
    flat = [(value, at, k) for at, options in enumerate(values) for k, value in enumerate(options)]
    where: dict[int, list[tuple[int, int]]] = {}
    for value, at, k in flat:
        where.setdefault(value, []).append((at, k))
    found: list[Chosen] = [((at, k),) for at, k in where.get(target, ())]
    limit = min(largest, 3 if len(values) <= _TRIPLES_UP_TO else 2)
    if limit > 1:
        found += [((at, k), other) for value, at, k in flat for other in where.get(target - value, ()) if other[0] > at]
    if limit > 2:  # noqa: PLR2004  Triples.
        found += [
            ((a, i), (b, j), other)
            for (x, a, i), (y, b, j) in combinations(flat, 2)
            if target - x - y in where and a != b
            for other in where[target - x - y]
            if other[0] > max(a, b)
        ]
    fits = Fits(tried_up_to=limit)
    for chosen in found:
        fits.counts[len(chosen)] = fits.counts.get(len(chosen), 0) + 1
    found.sort(key=lambda each: (len(each), each))
    fits.sets = found[:_SETS_KEPT]
    return fits


def log_density(minor: int) -> float:
    """Logarithm of the chance that an amount of about this size, made by something else, is exactly this amount.

    Round amounts are far more frequent than others (measured 50 to 70 times), so each zero at the end counts.
    """
    size = max(2, abs(minor))
    zeros = 0
    while zeros < len(_ROUND) - 1 and size % 10 ** (zeros + 1) == 0:
        zeros += 1
    return max(_ROUND[zeros] - math.log(2 * size), _ROUND[zeros] - 14.0)


_ROUND: Final = (0.0, 0.7, 3.0, 4.6, 6.2, 7.0)


def alike(values: Sequence[Sequence[int]], target: int, tried_up_to: int) -> tuple[int, int] | None:
    """(size, how many) of the sets of equal documents that fit and were too large to try: any five of twenty alike."""
    counts: dict[int, int] = {}
    for options in values:
        counts[options[0]] = counts.get(options[0], 0) + 1
    for value, count in counts.items():
        if value > 0 and count > 1 and target % value == 0 and tried_up_to < target // value <= count:
            return target // value, math.comb(count, target // value)
    return None


def chance_weight(amount: int, of: int, tried_up_to: int, largest: int) -> float:
    """Weight of the sets too large to try: as many as chance makes, each as likely as its size."""
    untried = sum(size_share(size) for size in range(tried_up_to + 1, min(of, largest) + 1))
    return untried * math.exp(min(0.0, log_density(amount))) if untried else 0.0
