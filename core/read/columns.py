"""A large plain CSV file as columns: where every cell begins and ends in the file's bytes, found for all rows at once.

This is the fast way for files with nothing unusual in them. `split` says None to everything that it is not sure to read as the
`csv` module does (ragged rows, stray quotes, lone carriage returns), and every typed column says None as soon as one cell is
not plainly what it should be. The caller then takes the exact reader of rows, which knows the sentence for each bad cell; so a
file is refused with the same words however large it is, and what is read here is what the exact reader would have read.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.match.spans import PADDING, Bytes, Span, Wholes

Flags = npt.NDArray[np.bool_]

_QUOTE, _LINE, _RETURN, _POINT, _DASH, _ZERO, _NINE = b'"\n\r.-09'
_BLANKS: Final = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_SPACE: Final = ord(" ")
_AT_ONCE: Final = 1 << 18
_LARGEST_CELL: Final = 131_072
_LONGEST_AMOUNT: Final = 19
_MOST_DIGITS: Final = 18
_MOST_WHOLE: Final = 15
_MOST_DECIMALS: Final = 12
_SHORT: Final = 16
_MOST_WORDS: Final = 200
_ISO_DATE: Final = 10
_MONTHS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_BEFORE: Final = np.concatenate([[0], np.cumsum(_MONTHS)[:-1]])
_MARKS: Final = np.arange(256)
_IS_BLANK: Final = np.isin(_MARKS, list(_BLANKS))
_IS_DIGIT: Final = (_MARKS >= _ZERO) & (_MARKS <= _NINE)


@dataclass(frozen=True, slots=True)
class Columns:
    """All rows below the header of one file. `titles` says which column has which name, `ends` where each cell ends.

    `bare`: no cell has quotes, nor a blank of ASCII at an end.
    """

    data: bytes
    titles: dict[str, int]
    ends: Wholes
    first: int
    quoted: bool
    bare: bool

    def __len__(self) -> int:
        return len(self.ends)

    def span(self, title: str) -> Span:
        """The cells of a column; all empty where the file has no such column."""
        at = self.titles.get(title, -1)
        if at < 0:
            nothing = np.zeros(len(self), np.int64)
            return Span(self.data, nothing, nothing)
        buffer = np.frombuffer(self.data, np.uint8)
        end = self.ends[:, at].copy()
        begin = np.empty_like(end)
        if at:
            begin[:] = self.ends[:, at - 1]
        else:
            begin[1:] = self.ends[:-1, -1]
            begin[:1] = self.first - 1
        begin += 1
        if self.bare:
            return Span(self.data, begin, end)
        if self.quoted:
            _trim(buffer, begin, end, only=_RETURN)
            wrapped = (end - begin > 1) & (buffer[begin.clip(max=len(buffer) - 1)] == _QUOTE)
            begin[wrapped] += 1
            end[wrapped] -= 1
        _trim(buffer, begin, end)
        return Span(self.data, begin, end)

    def texts(self, title: str) -> list[str]:
        """Every cell of a column as text."""
        found = [cell.strip() for cell in self.span(title).texts()]
        # Only a cell that stood in quotes can have a quote written twice, and `split` lets no other quotes pass.
        return [cell.replace('""', '"') for cell in found] if self.quoted else found

    def words(self, title: str) -> tuple[npt.NDArray[np.int64], list[str]] | None:
        """A column of few and short words: which of them each cell is, and the words."""
        span = self.span(title)
        if span.longest() > _SHORT or not span.plain():
            return None
        halves = span.matrix(_SHORT).view(np.uint64).reshape(-1, 2)
        which = np.full(len(halves), -1, np.int64)
        found: list[str] = []
        while len(left := np.flatnonzero(which < 0)[:1]):
            if len(found) == _MOST_WORDS:
                return None
            which[(halves == halves[left[0]]).all(axis=1)] = len(found)
            found.append(span.text(int(left[0])))
        return which, found

    def days(self, title: str, *, required: bool = False) -> Wholes | None:
        """ISO dates as ordinals, zero where the cell is empty; None when one is not plainly a date, or not there."""
        span = self.span(title)
        filled = span.end > span.begin
        if required and not filled.all():
            return None
        if not ((span.end - span.begin)[filled] == _ISO_DATE).all():
            return None
        cells = span.matrix(_ISO_DATE)[filled]
        digits = cells[:, [0, 1, 2, 3, 5, 6, 8, 9]]
        if not (_IS_DIGIT[digits].all() and (cells[:, [4, 7]] == _DASH).all()):
            return None
        value = digits.astype(np.int64) - _ZERO
        year = value[:, 0] * 1000 + value[:, 1] * 100 + value[:, 2] * 10 + value[:, 3]
        month, day = value[:, 4] * 10 + value[:, 5], value[:, 6] * 10 + value[:, 7]
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        within = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)  # noqa: PLR2004  Months of a year.
        if not within.all() or not (day <= _MONTHS[month] + (leap & (month == 2))).all():  # noqa: PLR2004  February.
            return None
        past = year - 1
        found = np.zeros(len(self), np.int64)
        before = _BEFORE[month] + (leap & (month > 2))  # noqa: PLR2004  After February.
        found[filled] = past * 365 + past // 4 - past // 100 + past // 400 + before + day
        return found

    def minor(self, title: str, exponents: Wholes, *, required: bool = False) -> tuple[Wholes, Flags] | None:
        """Amounts in minor units of `exponents` digits, and which cells are filled; None when one is not plainly an amount."""
        span = self.span(title)
        filled = span.end > span.begin
        if (required and not filled.all()) or span.longest() > _LONGEST_AMOUNT:
            return None
        cells = np.ascontiguousarray(span.matrix(max(1, span.longest())).T)
        value, digits, decimals = (np.zeros(len(self), np.int64) for _ in range(3))
        points = np.zeros(len(self), bool)
        for mark in cells:
            digit, point = _IS_DIGIT[mark], mark == _POINT
            if not (digit | (mark == 0) | (point & ~points & (digits > 0))).all():
                return None
            value = np.where(digit, value * 10 + mark.astype(np.int64) - _ZERO, value)
            digits += digit
            decimals += digit & points
            points |= point
        if not (
            (digits <= _MOST_DIGITS)
            & (digits - decimals <= _MOST_WHOLE)
            & (decimals <= _MOST_DECIMALS)
            & (points == (decimals > 0))
        ).all():
            return None
        missing = exponents - decimals
        if not (missing[filled] >= 0).all() or not (value < 10**14).all():
            return None
        return value * 10 ** missing.clip(min=0), filled


def _trim(buffer: Bytes, begin: Wholes, end: Wholes, *, only: int | None = None) -> None:
    """Move `begin` and `end` past blanks, in place."""
    for _ in range(int((end - begin).max(initial=0))):
        inside = end > begin
        first, last = buffer[begin.clip(max=len(buffer) - 1)], buffer[(end - 1).clip(min=0)]
        left = inside & (_IS_BLANK[first] if only is None else first == only)
        right = inside & ~(left & (end - begin == 1)) & (_IS_BLANK[last] if only is None else last == only)
        if not (left.any() or right.any()):
            return
        begin += left
        end -= right


def split(data: bytes, required: Collection[str]) -> Columns | None:
    """The cells of a CSV file with one header; None when it has to be read row by row to be sure."""
    start, stop = len(_BYTE_ORDER_MARK) if data.startswith(_BYTE_ORDER_MARK) else 0, len(data)
    while stop > start and data[stop - 1] in b"\r\n":
        stop -= 1
    if b"\r" in data and data.count(b"\r", start, stop) != data.count(b"\r\n", start, stop):
        return None
    header = data.find(b"\n", start, stop)
    if header < 0 or b"\0" in data:
        return None
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return None
    line = data[start:header]
    delimiter = max(b",;\t", key=line.count)
    titles = _titles(line.decode("utf-8"), chr(delimiter))
    if titles is None or any(column not in titles for column in required):
        return None
    return _table(b"".join((memoryview(data)[start:stop], b"\n", bytes(PADDING))), titles, delimiter)


def _table(data: bytes, titles: dict[str, int], delimiter: int) -> Columns | None:
    """Where the cells end; None unless every row has as many of them as there are titles."""
    buffer = np.frombuffer(data, np.uint8)
    ends, bare = _marks(buffer[:-PADDING], delimiter)
    quotes = np.flatnonzero(buffer == _QUOTE) if b'"' in data else np.zeros(0, np.int64)
    if len(quotes):
        if not _well_quoted(buffer, quotes, delimiter):
            return None
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    width = len(titles)
    if np.diff(ends).max(initial=0) > _LARGEST_CELL:
        return None
    if len(ends) % width or not (buffer[ends[width - 1 :: width]] == _LINE).all():
        return None
    table = ends.reshape(-1, width)
    if (buffer[table[:, :-1]] == _LINE).any():
        return None
    return Columns(data, titles, table[1:], int(table[0, -1]) + 1, quoted=bool(len(quotes)), bare=bare and not len(quotes))


def _marks(buffer: Bytes, delimiter: int) -> tuple[Wholes, bool]:
    """Where a delimiter or the end of a line stands, and whether a blank (or anything like one) is nowhere beside them."""
    found = np.empty(len(buffer), bool)
    bare = True
    for start in range(0, len(buffer), _AT_ONCE):
        # One byte more than the part, so that the border between two parts is looked at too.
        part = buffer[start : start + _AT_ONCE + 1]
        marks = (part == delimiter) | (part == _LINE)
        if bare:
            blank = (part <= _SPACE) & ~marks
            bare = not ((marks[1:] & blank[:-1]) | (marks[:-1] & blank[1:])).any()
        found[start : start + _AT_ONCE] = marks[:_AT_ONCE]
    return np.flatnonzero(found), bare


def _titles(line: str, delimiter: str) -> dict[str, int] | None:
    try:
        names = [title.strip().lower() for title in next(csv.reader([line], delimiter=delimiter, strict=True))]
    except csv.Error:
        return None
    return {title: at for at, title in enumerate(names)} if len(set(names)) == len(names) else None


def _well_quoted(buffer: Bytes, quotes: Wholes, delimiter: int) -> bool:
    """Whether every quote opens a cell, closes it, or is one of two that mean one inside it."""
    if len(quotes) % 2:
        return False
    before, after = buffer[quotes[0::2] - 1], buffer[quotes[1::2] + 1]
    twice = np.zeros(len(quotes) // 2 + 1, bool)
    twice[1:-1] = quotes[2::2] == quotes[1:-1:2] + 1
    opens = (before == delimiter) | (before == _LINE) | twice[:-1]
    closes = (after == delimiter) | (after == _LINE) | (after == _RETURN) | twice[1:]
    opens[0] |= quotes[0] == 0
    return bool(opens.all() and closes.all())
