"""How wrong may a family of answers be, after so many that people judged? Exact binomial bounds, no approximation.

Clopper and Pearson (1934): the one-sided bound of a share of which `wrong` of `judged` were seen. With no error in 598 answers
the share of errors is below 0.5% with 95% certainty; one error asks for 947. Nothing here is a score of a single answer.
"""

import math
from functools import lru_cache
from typing import Final

CERTAINTY: Final = 0.95
_STEPS: Final = 60


def _at_most(wrong: int, judged: int, share: float) -> float:
    """The chance of at most so many errors of `judged` when each is one with this chance."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 0.0 if wrong < judged else 1.0
    log_in, log_out = math.log(share), math.log1p(-share)
    whole = math.lgamma(judged + 1)
    terms = (
        whole - math.lgamma(k + 1) - math.lgamma(judged - k + 1) + k * log_in + (judged - k) * log_out for k in range(wrong + 1)
    )
    return min(1.0, math.fsum(map(math.exp, terms)))


@lru_cache(maxsize=4096)
def upper_bound(wrong: int, judged: int, certainty: float = CERTAINTY) -> float:
    """The largest share of errors that so few of them still allow; 1 where nothing was judged."""
    if wrong >= judged:
        return 1.0
    low, high = wrong / judged, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, judged, middle) > 1 - certainty else (low, middle)
    return high


@lru_cache(maxsize=4096)
def lower_bound(wrong: int, judged: int, certainty: float = CERTAINTY) -> float:
    """The smallest share of errors that so many of them still allow; 0 where nothing was judged."""
    return 0.0 if not wrong else 1.0 - upper_bound(judged - wrong, judged, certainty)
