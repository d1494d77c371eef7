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
from core.match.spans import PADDING, Span, Wholes
from core.read.columns import Columns
from core.read.payables.cells import amount_pattern

Flags = npt.NDArray[np.bool_]

_AT_ONCE: Final = 100_000
_MOST_WHOLE: Final = 15
_MOST_DECIMALS: Final = 12
_PAD, _DIGIT, _POINT, _MINUS, _OTHER = range(5)
_KIND: Final = np.full(256, _OTHER, np.uint8)
_KIND[0] = _PAD
_KIND[list(b"0123456789")] = _DIGIT
_KIND[ord(".")] = _POINT
_KIND[ord("-")] = _MINUS


@dataclass(frozen=True, slots=True)
class RowText:
    """The rows of a file as they lie there. `pick` takes the wanted columns; those that the file has not are the last cell."""

    data: bytes
    begin: Wholes
    end: Wholes
    delimiter: str
    pick: Callable[[list[str]], tuple[str, ...]]

    def cells(self, row: int) -> list[str]:
        """The wanted cells of a row, without blanks at their ends; empty where the file has no such column."""
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
    return RowText(columns.data, begin, end, delimiter, itemgetter(*(columns.titles.get(title, -1) for title in wanted)))


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
    for start in range(1, len(span), _AT_ONCE):
        cells = span.matrix(width, slice(start - 1, start + _AT_ONCE))
        found[start : start + _AT_ONCE] = (cells[1:] != cells[:-1]).any(axis=1)
    return found


def apart_of(names: Sequence[Hashable], heads: Sequence[tuple[str, ...]]) -> dict[int, list[int]] | None:
    """Names that stand at several places: these, by the first of them; None where what belongs to one name does not agree."""
    first = dict(zip(reversed(names), range(len(names) - 1, -1, -1), strict=True))
    if len(first) == len(names):
        return {}
    found: dict[int, list[int]] = {}
    for place, name in enumerate(names):
        known = first[name]
        if known != place:
            if heads[known] != heads[place]:
                return None
            found.setdefault(known, [known]).append(place)
    return found


def at(span: Span, rows: Wholes | Flags) -> list[str]:
    """The cells of some rows, which are all plain."""
    some = Span(span.data, span.begin[rows], span.end[rows])
    width = some.longest()
    if not 0 < width <= PADDING:
        return some.texts()
    try:
        found: list[str] = some.matrix(width).view(f"S{width}").ravel().astype(f"U{width}").tolist()
    except UnicodeDecodeError:
        return some.texts()
    return found


def distinct(span: Span) -> set[str] | None:
    """The different cells of a column of words, as their bytes lie there; None where one is long."""
    width = span.longest()
    if width > PADDING:
        return None
    found: set[bytes] = set()
    for start in range(0, len(span), _AT_ONCE):
        found.update(span.matrix(max(width, 1), slice(start, start + _AT_ONCE)).view(f"S{max(width, 1)}").ravel().tolist())
    return {cell.decode("utf-8") for cell in found}


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
        pairs = set(zip(at(units, long), at(span, long), strict=True))
        if not all(amount_pattern(code).fullmatch(amount) for code, amount in pairs):
            return False
    return True


def _decimals(span: Span) -> Sequence[Wholes | None]:
    """How many digits stand after the point, for so many cells at a time; None for those among which one is no number."""
    width = span.longest()
    if width > _MOST_WHOLE + _MOST_DECIMALS + len("-."):
        return [None]
    return [_decimals_of(span, max(width, 1), slice(start, start + _AT_ONCE)) for start in range(0, len(span), _AT_ONCE)]


def _decimals_of(span: Span, width: int, rows: slice) -> Wholes | None:
    kinds = _KIND[span.matrix(width, rows)]
    length = (span.end - span.begin)[rows]
    points = kinds == _POINT
    has_point = points.any(axis=1)
    decimals: Wholes = np.where(has_point, length - 1 - points.argmax(axis=1), 0)
    negative = kinds[:, 0] == _MINUS
    whole = length - decimals - has_point - negative
    if (kinds == _OTHER).any() or (kinds[:, 1:] == _MINUS).any() or (points.sum(axis=1) > 1).any():
        return None
    right = (whole >= 1) & (whole <= _MOST_WHOLE) & (decimals <= _MOST_DECIMALS) & ((decimals > 0) | ~has_point)
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
