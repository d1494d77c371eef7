"""From the matcher's own weighing to a probability that means what it says, family by family, learned from judged answers.

With few judged answers of a family two numbers are fitted (Platt: the logarithm of odds times a slope plus an offset), held
near "as it is" by a handful of imagined answers; with many, the observed shares themselves, made rising (isotonic: neighbours
that fall are pooled). The result is a few rising points, so that a policy can be read, compared and replayed. How often a
family is wrong is counted only among the answers that were certain by their own weighing: only those could go without asking.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.domain.evidence import Method, Suggestion
from core.domain.families import family_of, payer_known
from core.domain.policy import FamilyRecord

_MANY: Final = 500
_GRID: Final = (0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.98, 0.99, 0.999)
_BLOCK: Final = 25
_HELD: Final = 25.0
_ROUNDS: Final = 25
_NEAREST: Final = 1e-4

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that people judged: its family, the weighing that it was shown with, and whether it was right."""

    family: str
    own: float
    right: bool


def fit(judged: Iterable[Judged], bar: float) -> tuple[FamilyRecord, ...]:
    """A record of every family that was judged, by name; `bar` is the weighing from which on an answer is certain."""
    families: dict[str, list[Judged]] = {}
    for each in judged:
        families.setdefault(each.family, []).append(each)
    return tuple(_record(family, members, bar) for family, members in sorted(families.items()))


def _record(family: str, members: Sequence[Judged], bar: float) -> FamilyRecord:
    pairs = sorted((each.own, each.right) for each in members)
    curve = _isotonic(pairs) if len(pairs) >= _MANY else _platt(pairs)
    certain = [hit for own, hit in pairs if own >= bar]
    return FamilyRecord(family, sum(certain), len(certain) - sum(certain), curve)


def _logit(share: float) -> float:
    kept = min(1 - _NEAREST, max(_NEAREST, share))
    return math.log(kept / (1 - kept))


def _share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


def _platt(pairs: Sequence[tuple[float, bool]]) -> Curve:
    """Newton's method on the penalised likelihood; the penalty draws slope to one and offset to zero."""
    slope, offset = 1.0, 0.0
    points = [(_logit(own), hit) for own, hit in pairs]
    for _ in range(_ROUNDS):
        g0, g1, h00, h01, h11 = _HELD * (slope - 1), _HELD * offset, _HELD, 0.0, _HELD
        for odds, hit in points:
            told = _share(slope * odds + offset)
            miss, spread = told - hit, told * (1 - told)
            g0, g1 = g0 + miss * odds, g1 + miss
            h00, h01, h11 = h00 + spread * odds * odds, h01 + spread * odds, h11 + spread
        whole = h00 * h11 - h01 * h01
        slope, offset = slope - (h11 * g0 - h01 * g1) / whole, offset - (h00 * g1 - h01 * g0) / whole
    slope = max(0.0, slope)
    return tuple((own, round(_share(slope * _logit(own) + offset), 6)) for own in _GRID)


def _isotonic(pairs: Sequence[tuple[float, bool]]) -> Curve:
    """Blocks of equal size, one imagined answer in each that agrees with the weighing; then pool what falls."""
    blocks: list[tuple[float, float, float]] = []
    for begin in range(0, len(pairs), _BLOCK):
        part = pairs[begin : begin + _BLOCK]
        middle = math.fsum(own for own, _ in part) / len(part)
        blocks.append((middle, (sum(hit for _, hit in part) + middle) / (len(part) + 1), len(part)))
        while len(blocks) > 1 and (blocks[-2][1] >= blocks[-1][1] or blocks[-2][0] == blocks[-1][0]):
            (x, y, n), (u, v, m) = blocks.pop(-2), blocks.pop()
            blocks.append(((x * n + u * m) / (n + m), (y * n + v * m) / (n + m), n + m))
    return tuple((round(x, 6), round(y, 6)) for x, y, _ in blocks)


def told(curve: Curve, own: float) -> float:
    """The probability for a weighing: straight lines from nothing through the points, level after the last of them."""
    if not curve:
        return own
    points = [(0.0, 0.0), *curve, (1.0, curve[-1][1])]
    at = bisect_right([x for x, _ in points], own)
    if at == len(points):
        return points[-1][1]
    (x, y), (u, v) = points[at - 1], points[at]
    return y if u == x else y + (v - y) * (own - x) / (u - x)


_BEFOREHAND: Final[Curve] = (
    (0.05, 0.22), (0.15, 0.34), (0.25, 0.52), (0.35, 0.68), (0.45, 0.84), (0.55, 0.92), (0.7, 0.94), (0.85, 0.96),
    (0.95, 0.975), (0.985, 0.985), (1.0, 1.0),
)  # fmt: skip
_BY_AMOUNT: Final = frozenset({Method.EXACT_AMOUNT, Method.EXACT_SUBSET, Method.STATEMENT})


def _beforehand(suggestions: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """What holds before people judged answers of a family: seen in made worlds of many shares, for known payers without words.

    All sets that could not be listed weigh against such answers as if payers chose among them by chance, which they do not. So
    the answers shown have more of the weight together than they say; between them nothing changes, nor where they are certain.
    """
    best = suggestions[0]
    if best.method not in _BY_AMOUNT or not payer_known(best):
        return tuple(suggestions)
    listed = min(1.0, math.fsum(each.confidence for each in suggestions))
    times = max(1.0, told(_BEFOREHAND, listed) / listed) if listed else 1.0
    if times <= 1.0:
        return tuple(suggestions)
    return tuple(replace(each, confidence=each.confidence * times, weighed=each.confidence) for each in suggestions)


def calibrated(suggestions: Sequence[Suggestion], record: Sequence[FamilyRecord]) -> tuple[Suggestion, ...]:
    """The same answers in the same order; the best says its probability, and its rivals share what is left as before."""
    if not suggestions:
        return ()
    best = suggestions[0]
    known = next((each for each in record if each.family == family_of(best)), None)
    if known is None or not known.curve:
        return _beforehand(suggestions)
    if any(each.rank == best.rank for each in suggestions[1:]):
        return tuple(suggestions)
    rival = suggestions[1].confidence if len(suggestions) > 1 else 0.0
    share = told(known.curve, best.confidence)
    left = (1 - share) / (1 - best.confidence) if best.confidence < 1 else 0.0
    if rival * left > share:
        # The order stays: what people see first is what the weighing puts first.
        share = best.confidence / (best.confidence + rival)
        left = share / best.confidence
    return (
        replace(best, confidence=share, weighed=best.confidence),
        *(replace(each, confidence=min(share, each.confidence * left)) for each in suggestions[1:]),
    )
