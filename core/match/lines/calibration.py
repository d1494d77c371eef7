"""From an option's share of all weight to the probability that exactly these order lines are the right ones.

Measured on worlds whose truth is known: below near certainty the share says little (what looks like three to one is right more
often than that, because lines settle each other, and what looks like fifty to one is right less often, because equal order
lines hide behind a name). The curve never falls.
"""

from itertools import pairwise
from typing import Final

_KNOTS: Final = ((0.0, 0.0), (0.75, 0.94), (0.995, 0.955), (0.998, 0.975), (0.999, 0.994), (1.0, 0.994))
_PIECES: Final = tuple(pairwise(_KNOTS))
_PLACED: Final = 0.99


def confidence_of(share: float, *, placed: bool) -> float:
    """The probability; two equal lines that may change places with each other are as good as certain."""
    if placed:
        return _PLACED
    for (left, low), (right, high) in _PIECES:
        if share <= right:
            return round(low + (high - low) * (share - left) / (right - left), 4)
    return _KNOTS[-1][1]
