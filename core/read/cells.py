"""Rows of cells, whatever they came from: a CSV file, a sheet, an HTML table, words on a page or lines of text.

Each cell has an extent from left to right. In a grid that is its column number; on a page it is where it is printed. Header
words define columns, other cells belong to the column that they overlap: one rule for all of them.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from core.domain.errors import Malformed
from core.read.limits import TABLE_COLUMNS, TABLE_ROWS

Value = str | Decimal | date
_DELIMITERS: Final = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and its extent; numbers and dates where the source has types, else text."""

    value: Value
    left: float
    right: float

    @property
    def text(self) -> str:
        """The value as text, blanks at both ends gone."""
        if isinstance(self.value, str):
            return self.value.strip()
        return self.value.isoformat() if isinstance(self.value, date) else f"{self.value:f}"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells that are not empty, left to right; `place` is how a person finds the row, `block` what it belongs to.

    A row of another block ends a table. `grid` rows have exact columns; others were laid out by eye. The words of a `tight`
    row stand one blank apart, so that places say less than order.
    """

    place: str
    cells: tuple[Cell, ...]
    block: int = 0
    grid: bool = True
    tight: bool = False

    @property
    def text(self) -> str:
        """The row as one line, with a wide gap between cells."""
        return "   ".join(cell.text for cell in self.cells)


def grid_row(place: str, values: Sequence[Value], block: int = 0) -> Row:
    """A row of a grid; empty cells are left out and keep their place."""
    cells = tuple(
        Cell(value, index, index + 0.9) for index, value in enumerate(values) if not isinstance(value, str) or value.strip()
    )
    return Row(place, cells, block)


def delimiter_of(text: str) -> str:
    """The delimiter of a CSV text: the one that splits most of the first lines into equally many cells, at least two."""
    lines = [line for line in text[:65_536].split("\n")[:40] if line.strip()]
    best, best_score = "", (0, 0)
    for delimiter in _DELIMITERS:
        counts = [_unquoted(line, delimiter) for line in lines]
        most = max(counts, default=0)
        if most:
            score = (sum(count == most for count in counts), most)
            # One line is no evidence: a sentence has one comma more often than a file has one line.
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _unquoted(line: str, delimiter: str) -> int:
    return re.sub(r'"[^"]*"', "", line).count(delimiter)


def csv_rows(text: str, delimiter: str, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV text with their numbers as a spreadsheet counts them; `Malformed` names the line that is none."""
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=strict)
    number = 0
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Malformed(f"Line {reader.line_num} is no CSV: {error}.", where=f"line {reader.line_num}") from error
        number += 1
        if number > TABLE_ROWS or len(values) > TABLE_COLUMNS:
            raise Malformed(f"The table is larger than {TABLE_ROWS:,} rows or {TABLE_COLUMNS} columns.", where=f"row {number}")
        yield number, values
