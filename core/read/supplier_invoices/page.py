"""Pieces of text where they stand, for pages and for grids alike, in the order that a reader's eye takes.

On a page places are points from the top left corner. In a grid a column is `COLUMN_WIDTH` wide and a row `ROW_HEIGHT` high,
so that "beside", "below" and "under this title" are one rule for both. The order in which a file holds its text means nothing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from core.domain.supplier_documents import PlaceInDocument
from core.read.cells import Row, Value
from core.read.dates import read_date
from core.read.layout import Word, cells_of_words

COLUMN_WIDTH: Final = 100.0
ROW_HEIGHT: Final = 10.0
_BLANK_SHARE: Final = 1.1
_SAME_LINE: Final = 0.45
_GLUED: Final = re.compile(r"(?<=[0-9][.,][0-9]{2})(?=[$€£][0-9])|(?<=[0-9][.,][0-9]{3})(?=[$€£][0-9])")
_RULE: Final = re.compile(r"[-_=*~.·–—|+]{3,}")


@dataclass(frozen=True, slots=True)
class Printed:
    """A word where it stands; in a grid a whole cell, with its typed value."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    value: Value = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring words that belong together: a cell, a label, a phrase."""

    words: tuple[Printed, ...]
    page: int
    where: str
    grid: bool = False

    @property
    def text(self) -> str:
        """The words with one blank between them."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """The left edge."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """The right edge."""
        return self.words[-1].right

    @property
    def top(self) -> float:
        """The upper edge."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return max(word.bottom for word in self.words)

    @property
    def value(self) -> Value:
        """The typed value of a grid cell, else the text."""
        typed = self.words[0].value if len(self.words) == 1 else ""
        return typed if isinstance(typed, Decimal) or (typed and not isinstance(typed, str)) else self.text

    @property
    def place(self) -> PlaceInDocument:
        """Where a person finds it."""
        if self.grid:
            return PlaceInDocument(self.where)
        box = (int(self.left), int(self.top), int(self.right) + 1, int(self.bottom) + 1)
        return PlaceInDocument(self.where, self.page, box)

    def of(self, words: Sequence[Printed]) -> "Piece":
        """Some of the words, as a piece of their own."""
        return Piece(tuple(words), self.page, self.where, self.grid)


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces at one height, left to right."""

    page: int
    where: str
    pieces: tuple[Piece, ...]
    top: float
    bottom: float
    grid: bool = False

    @property
    def text(self) -> str:
        """The line as one text."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def words(self) -> tuple[Printed, ...]:
        """All words, left to right."""
        return tuple(word for piece in self.pieces for word in piece.words)

    @property
    def height(self) -> float:
        """How high its words are."""
        return max(self.bottom - self.top, 1.0)

    def piece_of(self, words: Sequence[Printed]) -> Piece:
        """Some words of this line as a piece."""
        if self.grid:
            cell = next((piece for piece in self.pieces if piece.words[0] is words[0]), None)
            return cell if cell is not None and len(words) == 1 else Piece(tuple(words), self.page, self.where, grid=True)
        return Piece(tuple(words), self.page, self.where)


@dataclass(slots=True)
class Paper:
    """All lines of one document in reading order; `height` of its pages for telling headings from footers."""

    lines: list[Line] = field(default_factory=list)
    grid: bool = False


def paper_of_pages(pages: Iterable[Sequence[Printed]]) -> Paper:
    """The lines of printed pages."""
    paper = Paper()
    for number, glued in enumerate(pages, 1):
        words = [part for word in glued for part in _unglued(word)]
        for index, line in enumerate(_lines([word for word in words if not _RULE.fullmatch(word.text)]), 1):
            paper.lines.append(_line(line, number, f"page {number}, line {index}"))
    return paper


def _unglued(word: Printed) -> Iterable[Printed]:
    """Two amounts of neighbouring columns printed without a blank: `$433.06$51,967.20`; each sign takes as much room."""
    parts = _GLUED.split(word.text)
    share = (word.right - word.left) / max(1, len(word.text))
    at = 0
    for part in parts:
        left = word.left + at * share
        at += len(part)
        yield replace(word, text=part, left=left, right=word.left + at * share) if len(parts) > 1 else word


def _lines(words: Sequence[Printed]) -> Iterable[list[Printed]]:
    """Words whose middles are at about one height, left to right."""
    line: list[Printed] = []
    middle = 0.0
    for word in sorted(words, key=lambda word: (word.top + word.bottom, word.left)):
        here = (word.top + word.bottom) / 2
        if line and here - middle > max(word.bottom - word.top, 1.0) * _SAME_LINE:
            yield sorted(line, key=lambda word: word.left)
            line = []
        if not line:
            middle = here
        line.append(word)
    if line:
        yield sorted(line, key=lambda word: word.left)


def _line(words: Sequence[Printed], page: int, where: str) -> Line:
    widths = sum(word.right - word.left for word in words)
    gap = _BLANK_SHARE * widths / max(1, sum(len(word.text) for word in words))
    cells = cells_of_words([Word(word.text, word.left, word.right) for word in words], gap)
    pieces, at = [], 0
    for cell in cells:
        count = cell.text.count(" ") + 1
        pieces.append(Piece(tuple(words[at : at + count]), page, where))
        at += count
    return Line(page, where, tuple(pieces), min(w.top for w in words), max(w.bottom for w in words))


def paper_of_grid(rows: Iterable[Row], where: str = "") -> Paper:
    """The lines of a grid: one for each row, one piece for each cell."""
    paper = Paper(grid=True)
    for index, row in enumerate(rows):
        number = int(found[1]) if (found := re.search(r"([0-9]+)$", row.place)) else index
        top = number * ROW_HEIGHT
        pieces = []
        for cell in row.cells:
            column = int(cell.left)
            text = " ".join(cell.text.split())
            left = column * COLUMN_WIDTH
            word = Printed(text, left, left + COLUMN_WIDTH * 0.9, top, top + ROW_HEIGHT * 0.8, cell.value)
            pieces.append(Piece((word,), 1, f"{where}{_cell_name(row.place, column)}", grid=True))
        if pieces:
            paper.lines.append(Line(1, row.place, tuple(pieces), top, top + ROW_HEIGHT * 0.8, grid=True))
    return paper


def _cell_name(row: str, column: int) -> str:
    """`sheet Bill, row 4` and 1 to `sheet Bill, cell B4`; as a spreadsheet names its cells."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    head, found, tail = row.rpartition("row ")
    return f"{head}cell {letters}{tail}" if found else f"{row}, column {letters}"


def looks_like_date(text: str) -> bool:
    """Whether a text is a date and could not as well be a number."""
    return bool(read_date(text)) and not text.strip().isdigit()
