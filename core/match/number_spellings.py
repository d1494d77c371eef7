"""Written numbers that are none of our keys, and yet ours: other zeros, misread letters, inside a structured reference."""

import re
from collections.abc import Container, Sequence
from typing import Final

from core.domain.ids import CustomerId
from core.match import check_digits
from core.match.index import MatchIndex
from core.match.mentions import Hit, Mention, MentionKind
from core.match.normal import shape
from core.match.schemes import Level

_MISREAD: Final = re.compile(r"[0-9OILSBZ]{4,}")
_SAME_ON_PAPER: Final = str.maketrans("SBZ", "582")
_LONGEST_HEAD: Final = 6
_LONGEST_INSIDE: Final = 12
_CHECKED: Final = 5
_SHORTEST: Final = 3


def with_other_zeros(text: str, running: str, index: MatchIndex, near: Container[CustomerId] | None = None) -> Sequence[Hit]:
    """A number with more zeros than ours before its `running` number, its end, or with fewer: INV-012345 for INV-0012345."""
    bare = running.lstrip("0")
    if len(bare) == len(running) or len(bare) < _SHORTEST:
        return ()
    found = index.with_key(shape(text.removesuffix(running) + bare), near)
    return [(max(level, Level.NO_ZEROS), document) for level, document in found if level <= Level.RUNNING]


def misread(text: str, index: MatchIndex, near: Container[CustomerId] | None) -> tuple[Hit, ...]:
    """Read from paper: S for 5, B for 8, Z for 2, after the letters that our numbers begin with; whole numbers only."""
    for length in range(min(len(text), _LONGEST_HEAD), -1, -1):
        rest = text[length:]
        if text[:length] in index.heads and _MISREAD.fullmatch(rest) and 2 * digit_count(rest) >= len(rest):
            hits = index.with_key(shape(text[:length] + rest.translate(_SAME_ON_PAPER)), near)
            if hits:
                return tuple(hit for hit in hits if hit[0] <= Level.NO_ZEROS)
    return ()


def structured(text: str, index: MatchIndex, *, alone: bool) -> Mention | None:
    """A structured reference whose check digits hold: our number inside it, where a customer's number may stand in front.

    One last digit proves little, so it counts only where the reference is all that the payer wrote.
    """
    inner = check_digits.inside(text)
    if inner is None or not (inner.certain or alone):
        return None
    most = min(len(inner.number), _LONGEST_INSIDE)
    lengths = [len(inner.number), *(range(most, _CHECKED, -1) if inner.padded else ())]
    for length in dict.fromkeys(lengths):
        body = inner.number[-length:]
        hits = tuple(hit for hit in index.with_key(shape(body)) if hit[0] <= Level.RUNNING)
        if hits:
            return Mention(text, MentionKind.DOCUMENT, digit_count(body), hits, doubtful=not inner.certain)
    return None


def digit_count(text: str) -> int:
    """How many digits a word has."""
    if text.isdigit():
        return len(text)
    return 0 if text.isalpha() else sum(map(str.isdigit, text))
