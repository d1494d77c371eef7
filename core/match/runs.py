"""A payer's words cut into runs of letters and runs of digits, and neighbouring runs looked up together, longest first."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

from core.domain.ids import CustomerId
from core.match.index import MatchIndex
from core.match.mentions import Hit, Mention, MentionKind
from core.match.normal import shape
from core.match.number_spellings import digit_count, misread, structured, with_other_zeros
from core.match.schemes import Level

_RUN: Final = re.compile(r"[A-Z]+|\d+")
AND_WORDS: Final = ("AND", "UND", "ET")
_AND: Final = re.compile("|".join(AND_WORDS))
_GLUE: Final = re.compile(r"[\s\-/._:#\\]{0,3}\Z")
LABELS: Final = frozenset(
    "INV INVOICE INVOICES INVS IN RE RG RNR REF NO NR NUM RECHNUNG BELEG FACT FACTURE FACTURA FRA FATT FATTURA FACTUUR FAKTURA "
    "FAKT FV F BILL DOC PO ORDER P".split()
)
_WIDEST: Final = 7
_LONGEST: Final = 28
_CHECKED: Final = 5
_REFERENCE_WORDS: Final = frozenset({"KID", "OCR", "REF", "REFERENCE", "VIITE", "VIITENUMERO", "BETALINGSREF"})
SHORTENED: Final = 3
_WHOLE: Final = 7
_YEAR: Final = 4
_YEAR_MARKS: Final = frozenset({"-", "/"})


@dataclass(slots=True)
class Runs:
    """A segment cut into runs; `gaps[k]` is what stands between run k and the next, `glued[k]` whether they may be one word."""

    text: str
    runs: list[str]
    starts: list[int]
    gaps: list[str]
    glued: list[bool]


def cut_up(text: str, heads: Container[str] = ()) -> Runs:
    """`heads` are the letters that our own numbers begin with: `ANDRE` is `AND` and `RE` where `RE` is one of them."""
    hits = list(_RUN.finditer(text))
    if any(word in text for word in AND_WORDS):
        hits = [part for hit in hits for part in _apart(hit, text, heads)]
    starts = [hit.start() for hit in hits]
    gaps = [text[left.end() : start] for left, start in zip(hits, starts[1:], strict=False)]
    glued = [gap == " " or _GLUE.match(gap) is not None for gap in gaps]
    return Runs(text, [hit.group() for hit in hits], starts, gaps, glued)


def _apart(hit: re.Match[str], text: str, heads: Container[str]) -> Sequence[re.Match[str]]:
    word = hit.group()
    glued = _AND.match(word) if word not in heads else None
    if glued is None or word[glued.end() :] not in heads:
        return (hit,)
    at = hit.start() + glued.end()
    return [part for begin, end in ((hit.start(), at), (at, hit.end())) if (part := _RUN.match(text, begin, end))]


def _turned(runs: Runs, at: int, width: int, index: MatchIndex) -> tuple[Hit, ...]:
    """RE 03005-2024 for RE-2024-03005: the year behind the running number."""
    year = runs.runs[at + width - 1]
    if len(year) != _YEAR or not year.startswith("20") or not stands_as_year(runs, at + width - 1):
        return ()
    letters = runs.runs[at] if runs.runs[at].isalpha() else ""
    body = "".join(runs.runs[at + bool(letters) : at + width - 1])
    if not body.isdigit():
        return ()
    hits = index.with_key(shape(letters + year + body)) or (
        () if letters in index.heads else index.with_key(shape(year + body))
    )
    return tuple(hit for hit in hits if hit[0] <= Level.NO_ZEROS)


def stands_as_year(runs: Runs, at: int) -> bool:
    """Whether only a dash or stroke parts this run from the one before, and none follows: 03005/24, and not 03005/24/25."""
    return runs.gaps[at - 1] in _YEAR_MARKS and (at >= len(runs.gaps) or runs.gaps[at] not in _YEAR_MARKS)


def windows_from(runs: Runs, at: int) -> list[str]:
    """Texts of one, two, three... runs from `at`, as far as only glue stands between them."""
    found, text = [], ""
    for width in range(min(_WIDEST, len(runs.runs) - at)):
        if width and not runs.glued[at + width - 1]:
            break
        text += runs.runs[at + width]
        if len(text) > _LONGEST:
            break
        found.append(text)
    return found


def longest(
    runs: Runs, at: int, windows: Sequence[str], index: MatchIndex, near: Container[CustomerId] | None
) -> tuple[Mention | None, int]:
    """The widest of the `windows` from `at` that is a key."""
    for width in range(len(windows), 0, -1):
        text = windows[width - 1]
        digits = digit_count(text)
        if not digits:
            continue
        key = shape(text)
        hits = index.with_key(key, near) or with_other_zeros(text, runs.runs[at + width - 1], index, near)
        whole = digits >= _WHOLE and any(level is Level.FULL for level, _ in hits)
        if not whole and _is_list(runs, at, width, index):
            continue
        order = index.with_order(key) if digits >= SHORTENED else ()
        ordered = tuple((Level.FULL, document) for document in order)
        if hits:
            can_mean = _with_label(runs, at, width, tuple(hits), index)
            return Mention(text, MentionKind.DOCUMENT, digits, can_mean, ordered=ordered), width
        if ordered:
            return Mention(text, MentionKind.ORDER, digits, ordered), width
        turned = _turned(runs, at, width, index) if width > 1 else ()
        if turned:
            return Mention(text, MentionKind.DOCUMENT, digits, turned), width
        first = runs.runs[at]
        # The S of INVS belongs to the word, and is no 5 of a number behind INV.
        if ("S" in text or "B" in text or "Z" in text) and (first not in LABELS or first in index.heads):
            looks = misread(text, index, near)
            if looks:
                return Mention(text, MentionKind.DOCUMENT, digits, looks), width
        alone = at + width == len(runs.runs) and (not at or runs.runs[:at][-1] in _REFERENCE_WORDS)
        checked = structured(text, index, alone=alone) if digits > _CHECKED else None
        if checked is not None:
            return checked, width
    return None, 1


def _is_list(runs: Runs, at: int, width: int, index: MatchIndex) -> bool:
    """Digits, blank, digits: a list of numbers rather than one number, when each is a number by itself."""
    if width == 1 or not runs.runs[at].isdigit():
        return False
    if not any(" " in gap for gap in runs.gaps[at : at + width - 1]):
        return False
    return all(len(run) > 2 and index.with_key(shape(run)) for run in runs.runs[at : at + width])  # noqa: PLR2004  As short as 100.


def _with_label(runs: Runs, at: int, width: int, hits: tuple[Hit, ...], index: MatchIndex) -> tuple[Hit, ...]:
    """INV 615 may be our INV-000615, or the word INV and a bare 615, which of a large ledger is often a number too."""
    if width == 1 or runs.runs[at] not in LABELS:
        return hits
    rest = "".join(runs.runs[at + 1 : at + width])
    others = [(level, doc) for level, doc in index.with_key(shape(rest)) if all(doc is not known for _, known in hits)]
    return hits + tuple(others)
