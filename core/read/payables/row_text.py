"""Rows of a large file that were checked as columns, and become cells one by one when somebody asks for them.

The checks say whether every cell of a column is plainly what it should be, and never what is wrong: a file that fails one is
read row by row (`core.read.tables`), and gets its sentences there.
"""

import csv
from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Final

import numpy as np
import numpy.typing as npt

from core.domain.money import currency
from core.match.spans import EIGHT, PADDING, Span, Wholes
from core.read.columns import Columns
from core.read.payables.cells import amount_pattern

Flags = npt.NDArray[np.bool_]

_AT_ONCE: Final = 100_000
_MOST_WHOLE: Final = 15
_MOST_DECIMALS: Final = 12
_MANY_WORDS: Final = 50
_ZERO, _POINT, _MINUS = np.uint8(ord("0")), ord("."), ord("-")
_NINE: Final = 9


@dataclass(frozen=True, slots=True)
class RowText:
    """The rows of a file as they lie there. `pick` takes the wanted columns; those that the file has not are the last cell.

    `bare`: cells end at delimiters and lines at line feeds, whatever is in them, and no blank is around any.
    """

    data: bytes
    begin: Wholes
    end: Wholes
    delimiter: str
    pick: Callable[[list[str]], tuple[str, ...]]
    bare: bool

    def rows(self, numbers: Sequence[int]) -> list[Sequence[str]]:
        """The wanted cells of some rows, without blanks at their ends; empty where the file has no such column."""
        if not self.bare:
            return [self._cells(row) for row in numbers]
        begin, end, delimiter, pick = self.begin, self.end, self.delimiter, self.pick
        if isinstance(numbers, range) and len(numbers) > 1:
            # They lie one after the other.
            text = self.data[begin.item(numbers[0]) : end.item(numbers[-1])].decode("ascii")
            return [pick([*line.split(delimiter), ""]) for line in text.split("\n")]
        return [pick([*self.data[begin.item(row) : end.item(row)].decode("ascii").split(delimiter), ""]) for row in numbers]

    def _cells(self, row: int) -> Sequence[str]:
        text = self.data[self.begin[row] : self.end[row]].decode("utf-8")
        values = next(csv.reader([text], delimiter=self.delimiter, strict=True)) if '"' in text else text.split(self.delimiter)
        values.append("")
        return [value.strip() for value in self.pick(values)]


def row_text(columns: Columns, wanted: Sequence[str]) -> RowText:
    """The rows of a file with at least two columns, for `wanted`."""
    end = columns.ends[:, -1].copy()
    begin = np.empty_like(end)
    begin[:1] = columns.first
    begin[1:] = end[:-1] + 1
    delimiter = chr(columns.data[columns.ends[0, 0]])
    pick = itemgetter(*(columns.titles.get(title, -1) for title in wanted))
    # Beyond ASCII there are blanks of other kinds.
    return RowText(columns.data, begin, end, delimiter, pick, columns.bare and columns.data.isascii())


def filled(span: Span) -> bool:
    """Whether every cell has something in it, and can be told apart by its bytes."""
    return bool((span.end > span.begin).all()) and span.plain()


def runs_of(spans: Sequence[Span]) -> Flags:
    """Which rows differ from the one above in one of these columns, the first row among them."""
    found = _unlike_before(spans[0])
    for span in spans[1:]:
        found |= _unlike_before(span)
    return found


def _unlike_before(span: Span) -> Flags:
    found = np.ones(len(span), bool)
    width = max(span.longest(), 1)
    if width > PADDING:
        texts = span.texts()
        found[1:] = [one != other for one, other in pairwise(texts)]
        return found
    found[1:] = False
    for place in range(-(-width // EIGHT)):
        eight = span.eights(place)
        found[1:] |= eight[1:] != eight[:-1]
    return found


def apart_of(names: Sequence[Hashable], heads: Sequence[Span]) -> dict[int, list[int]] | None:
    """Names that stand at several places: these, by the first of them; None where what belongs to one name does not agree."""
    if len(set(names)) == len(names):
        return {}
    first = dict(zip(reversed(names), range(len(names) - 1, -1, -1), strict=True))
    found: dict[int, list[int]] = {}
    for place, name in enumerate(names):
        known = first[name]
        if known != place:
            if any(head.text(known) != head.text(place) for head in heads):
                return None
            found.setdefault(known, [known]).append(place)
    return found


def at(span: Span) -> list[str]:
    """Cells that are all plain, as texts."""
    width = span.longest()
    if not 0 < width <= PADDING:
        return span.texts()
    try:
        found: list[str] = span.matrix(width).view(f"S{width}").ravel().astype(f"U{width}").tolist()
    except UnicodeDecodeError:
        return span.texts()
    return found


def repeated(span: Span) -> list[str]:
    """The same where a cell is mostly that of the row above: equal neighbours are one text."""
    unlike = _unlike_before(span)
    starts = np.append(np.flatnonzero(unlike), len(span))
    found: list[str] = np.repeat(np.array(at(span.some(unlike)), object), np.diff(starts)).tolist()
    return found


def distinct(span: Span) -> set[str] | None:
    """The different cells of a column of words, as their bytes lie there; None where one is long."""
    width = span.longest()
    if width > PADDING:
        return None
    # Mostly there are a few words; each is found once, and what equals it is left out of what is looked through next.
    eights = [span.eights(place) for place in range(-(-width // EIGHT))]
    found: set[str] = set()
    left = np.arange(len(span))
    while len(left):
        first = int(left[0])
        found.add(span.text(first))
        unlike = np.zeros(len(left), bool)
        for eight in eights:
            unlike |= eight != eight[0]
        left, eights = left[unlike], [eight[unlike] for eight in eights]
        if len(found) == _MANY_WORDS:
            return found | set(Span(span.data, span.begin[left], span.end[left]).texts())
    return found


def are_numbers(span: Span) -> bool:
    """Whether every cell is empty or a number as `cells.NUMBER` says."""
    return all(whole is not None for whole in _decimals(span))


def are_amounts(span: Span, units: Span, codes: AbstractSet[str]) -> bool:
    """Whether every cell is empty or a number with no more digits than its currency has; `codes` are all currencies."""
    fewest = min((currency(code).exponent for code in codes), default=0)
    for start, decimals in zip(range(0, len(span), _AT_ONCE), _decimals(span), strict=True):
        if decimals is None:
            return False
        long = start + np.flatnonzero(decimals > fewest)
        pairs = set(zip(at(units.some(long)), at(span.some(long)), strict=True))
        if not all(amount_pattern(code).fullmatch(amount) for code, amount in pairs):
            return False
    return True


def _decimals(span: Span) -> Sequence[Wholes | None]:
    """How many digits stand after the point, for so many cells at a time; None for those among which one is no number."""
    if span.longest() > _MOST_WHOLE + _MOST_DECIMALS + len("-."):
        return [None]
    return [_decimals_of(span, slice(start, start + _AT_ONCE)) for start in range(0, len(span), _AT_ONCE)]


def _decimals_of(span: Span, rows: slice) -> Wholes | None:
    """Sign for sign through all cells at once."""
    buffer = np.frombuffer(span.data, np.uint8)
    begin, length = span.begin[rows], (span.end - span.begin)[rows]
    points, negative = np.zeros(len(begin), bool), np.zeros(len(begin), bool)
    wholes, decimals = np.zeros(len(begin), np.int64), np.zeros(len(begin), np.int64)
    for place in range(int(length.max(initial=0))):
        sign = buffer[begin + place]
        inside = length > place
        digit, point = (sign - _ZERO <= _NINE) & inside, (sign == _POINT) & inside
        if place == 0:
            negative = (sign == _MINUS) & inside
        if not (digit | (point & ~points) | ~inside | (negative if place == 0 else False)).all():
            return None
        decimals += digit & points
        wholes += digit & ~points
        points |= point
    right = (wholes >= 1) & (wholes <= _MOST_WHOLE) & (decimals <= _MOST_DECIMALS) & ((decimals > 0) | ~points)
    return decimals if (right | (length == 0)).all() else None


def are_rising(span: Span) -> Flags:
    """Which cells certainly come after the one above (2 after 1, 10 after 9, B after A)."""
    found = np.ones(len(span), bool)
    width = max(span.longest(), 1)
    if width > PADDING:
        return ~found
    length = span.end - span.begin
    for start in range(1, len(span), _AT_ONCE):
        rows = slice(start - 1, start + _AT_ONCE)
        words = span.matrix(width, rows).view(f"S{width}").ravel()
        size = length[rows]
        found[start : start + _AT_ONCE] = (size[1:] > size[:-1]) | ((size[1:] == size[:-1]) & (words[1:] > words[:-1]))
    return found
