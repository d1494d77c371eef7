"""How our document numbers may come back, learned from the ledger itself: keys for every way of writing that customers use.

A number such as RE-2025-01206 is written in full, without separators, as its digits, with the zeros dropped, or as its last
digits only. Each way is a key; how much a hit is worth depends on how many digits were written, not on the key.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from string import ascii_uppercase
from typing import Final

from core.match.normal import compact, shape

_RUNS: Final = re.compile(r"[0-9]+")
_DIGITS: Final = "0123456789"
_AS_NINES: Final = str.maketrans(_DIGITS, "9" * 10)
_WITHOUT_LETTERS: Final = str.maketrans("", "", ascii_uppercase)
_SUFFIX_LENGTHS: Final = (5, 4)


class Level(IntEnum):
    """How a written word agrees with a document number, best first."""

    FULL = 0
    DIGITS = 1
    NO_ZEROS = 2
    RUNNING = 3
    SUFFIX = 4
    NEAR = 5


def running(number: str) -> str:
    """The digits at the end of a number; empty where it ends otherwise."""
    return number[len(number.rstrip(_DIGITS)) :]


def split(number: str) -> tuple[str, str]:
    """(what stands before, running number) without separators: RE-2025-01206 is RE2025 and 01206."""
    plain = compact(number)
    last = running(number)
    if not last:
        runs = _RUNS.findall(number)
        if not runs:
            return plain, ""
        last = runs[-1]
    at = plain.rindex(last)
    return plain[:at], plain[at : at + len(last)]


@lru_cache(maxsize=32768)
def keys(number: str) -> Mapping[str, Level]:
    """Every key of a document number with its level; the best level wins where two agree."""
    plain = compact(number)
    found: dict[str, Level] = {shape(plain): Level.FULL}
    head, last = split(number)
    if not last:
        return found
    bare = last.lstrip("0") or "0"
    digits = plain.translate(_WITHOUT_LETTERS)
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
    return plain.translate(_AS_NINES)


def letters(number: str) -> str:
    """The letters at the beginning of a number: INV of INV-001042. Empty for numbers without."""
    plain = compact(number)
    return plain[: len(plain) - len(plain.lstrip(ascii_uppercase))]


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
