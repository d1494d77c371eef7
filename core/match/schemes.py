"""How our document numbers may come back, learned from the ledger itself: keys for every way of writing that customers use.

A number such as RE-2025-01206 is written in full, without separators, as its digits, with the zeros dropped, or as its last
digits only. Each way is a key; how much a hit is worth depends on how many digits were written, not on the key.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Final

from core.match.normal import compact, shape

_RUNS: Final = re.compile(r"\d+")
_HEAD: Final = re.compile(r"[A-Z]+")
_SUFFIX_LENGTHS: Final = (5, 4)


class Level(IntEnum):
    """How a written word agrees with a document number, best first."""

    FULL = 0
    DIGITS = 1
    NO_ZEROS = 2
    RUNNING = 3
    SUFFIX = 4
    NEAR = 5


def split(number: str) -> tuple[str, str]:
    """(what stands before, running number) without separators: RE-2025-01206 is RE2025 and 01206."""
    plain = compact(number)
    runs = _RUNS.findall(number) if number != plain else _RUNS.findall(plain)
    if not runs:
        return plain, ""
    at = plain.rindex(runs[-1])
    return plain[:at], plain[at : at + len(runs[-1])]


@lru_cache(maxsize=32768)
def keys(number: str) -> Mapping[str, Level]:
    """Every key of a document number with its level; the best level wins where two agree."""
    plain = compact(number)
    found: dict[str, Level] = {shape(plain): Level.FULL}
    head, last = split(number)
    if not last:
        return found
    bare = last.lstrip("0") or "0"
    digits = "".join(_RUNS.findall(plain))
    if len(digits) > 1:
        found.setdefault(digits, Level.DIGITS)
    short = shape(head) + bare
    if not head or len(short) > 1:
        found.setdefault(short, Level.NO_ZEROS if head else Level.RUNNING)
    found.setdefault(last, Level.RUNNING)
    found.setdefault(bare, Level.RUNNING)
    for size in _SUFFIX_LENGTHS:
        if len(last) > size:
            found.setdefault(last[-size:], Level.SUFFIX)
    return found


def mask(plain: str) -> str:
    """What a number of this scheme looks like: letters as they are, digits as 9."""
    return _RUNS.sub(lambda run: "9" * len(run.group()), plain)


def letters(number: str) -> str:
    """The letters at the beginning of a number: INV of INV-001042. Empty for numbers without."""
    found = _HEAD.match(compact(number))
    return found.group() if found else ""


def one_edit_apart(left: str, right: str) -> bool:
    """Whether two words of equal length differ by one wrong character or two neighbours changing places."""
    if len(left) != len(right) or left == right:
        return False
    differ = [at for at, (one, other) in enumerate(zip(left, right, strict=True)) if one != other]
    if len(differ) == 1:
        return True
    if len(differ) != 2 or differ[1] != differ[0] + 1:  # noqa: PLR2004  Two neighbours.
        return False
    at = differ[0]
    return left[at] == right[at + 1] and left[at + 1] == right[at]
