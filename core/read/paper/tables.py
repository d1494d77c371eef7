"""Ruled tables on a page: where lines are drawn round the cells, the cells are what the lines hold.

Only used where a page has rules enough and the first row reads as header words; a letterhead with two lines is no table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pdfplumber

from core.read.cells import grid_row
from core.read.remittance.from_table import columns_of

_FEWEST_EDGES: Final = 6
_MOST_EDGES: Final = 5_000
_FEWEST_COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table: its box and its rows with their top."""

    box: tuple[float, float, float, float]
    rows: tuple[tuple[float, tuple[str, ...]], ...]

    @property
    def width(self) -> int:
        """How many columns it has; tables of equal width on following pages are one table."""
        return len(self.rows[0][1]) if self.rows else 0

    def holds(self, word: dict[str, Any]) -> bool:
        """Whether a word is printed inside the table."""
        x = (float(word["x0"]) + float(word["x1"])) / 2
        y = (float(word["top"]) + float(word["bottom"])) / 2
        left, top, right, bottom = self.box
        return left <= x <= right and top <= y <= bottom


def ruled_tables(page: pdfplumber.page.Page) -> list[Ruled]:
    """The ruled tables of a page that may hold lines of an advice."""
    edges = len(page.lines) + len(page.rects) + len(page.curves)
    if not _FEWEST_EDGES <= edges <= _MOST_EDGES:
        return []
    found = []
    for table in page.find_tables():
        cells = table.extract(x_tolerance_ratio=0.2)
        rows = tuple(
            (float(row.bbox[1]), tuple(_flat(cell) for cell in values)) for row, values in zip(table.rows, cells, strict=False)
        )
        if rows and len(rows[0][1]) >= _FEWEST_COLUMNS and _useful(rows):
            left, top, right, bottom = table.bbox
            found.append(Ruled((float(left), float(top), float(right), float(bottom)), rows))
    return found


def _useful(rows: Sequence[tuple[float, tuple[str, ...]]]) -> bool:
    """Header words in one of the first rows, or filled cells as a table has that goes on from the page before."""
    if any(columns_of(grid_row("", list(values))) for _, values in rows[:6]):
        return True
    filled = sum(bool(cell) for _, values in rows for cell in values)
    return filled * 2 > sum(len(values) for _, values in rows)


def _flat(cell: str | None) -> str:
    """A cell on one line; a number that was broken at a hyphen or slash grows together."""
    lines = (cell or "").split("\n")
    text = lines[0].strip()
    for line in lines[1:]:
        text += line.strip() if text.endswith(("-", "/")) else f" {line.strip()}"
    return text
