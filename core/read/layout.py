"""Words with places to rows of cells: for lines of text, where a place is a character, and for pages, where it is a point.

Words stand together in a cell unless a wide gap or their shapes part them: an amount with decimals begins a cell of its own,
so does a date, because two columns printed close together are more likely than an amount in two words.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.read.cells import Cell, Row, grid_row
from core.read.dates import read_date
from core.read.limits import LINE_CHARACTERS, TABLE_COLUMNS
from core.read.notes import Notes
from core.read.numbers import SHARED_SIGNS, SIGNS, read_amount
from core.read.remittance.labels import segmented

_WORD: Final = re.compile(r"[^ \t\f\v]+")
# Tabs and bars part cells and nothing else; commas and semicolons stand in titles too.
_CLEAR_SEPARATORS: Final = ("\t", "|")
_DOUBTFUL_SEPARATORS: Final = (";", ",")
_GROUP: Final = re.compile(r"[0-9]{3}(?:[.,][0-9]{1,3})?[)\-]?")
_HEAD_OF_GROUP: Final = re.compile(r"[(\-+]?(?:[A-Z]{3}|[$€£])?[0-9]{1,3}")
_RULE: Final = re.compile(r"[\s\-=_+|.*·]*")
_DECIMALS: Final = re.compile(r"[.,][0-9]{2,3}[)\-]?$")
_WIDE: Final = 1.5
_LONGEST_HEADER: Final = 20


@dataclass(frozen=True, slots=True)
class Word:
    """A run of signs without blanks and its extent."""

    text: str
    left: float
    right: float


def words_of_line(line: str) -> list[Word]:
    """The words of a line of text, with tabs at every eighth place."""
    return [Word(found[0], found.start(), found.end()) for found in _WORD.finditer(line.expandtabs(8))]


def cells_of_words(words: Sequence[Word], gap: float) -> tuple[Cell, ...]:
    """Words joined to cells where the blank between them is smaller than `gap` and their shapes allow it."""
    cells: list[list[Word]] = []
    for word in words:
        if cells and word.left - cells[-1][-1].right < gap and not _parted(cells[-1], word):
            cells[-1].append(word)
        else:
            cells.append([word])
    return tuple(Cell(" ".join(word.text for word in group), group[0].left, group[-1].right) for group in cells)


def _parted(before: Sequence[Word], word: Word) -> bool:
    """Whether the shapes of two neighbours say that they are two cells."""
    last = before[-1].text
    if last in SIGNS or last in SHARED_SIGNS or (len(last) == 3 and last.isupper() and read_amount(f"{last} 1")):  # noqa: PLR2004
        return False
    if last in {"(", "-", "+"} or (_HEAD_OF_GROUP.fullmatch(last) and _GROUP.fullmatch(word.text)):
        return False
    if _DECIMALS.search(word.text) and read_amount(word.text) and (len(before) > 1 or not last.endswith(":")):
        return not last.endswith((":", "="))
    if _DECIMALS.search(last) and read_amount(last):
        return not (word.text in SIGNS or word.text in SHARED_SIGNS or read_amount(f"{last} {word.text}"))
    return _is_date(word.text) or _is_date(last)


def _is_date(text: str) -> bool:
    return len(text) >= 8 and not text.isdigit() and bool(read_date(text))  # noqa: PLR2004  "01.02.25" is the shortest.


def rows_of_text(text: str, notes: Notes, is_header: Callable[[Row], object], *, block: int = 0) -> list[Row]:
    """The lines of a text as rows: by tabs, bars or semicolons where a header row shows them, else by wide gaps."""
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_CHARACTERS:
            notes.refuse(f"line {number}", f"The line is longer than {LINE_CHARACTERS:,} characters and was not read.")
        elif line.strip() and not _RULE.fullmatch(line):
            lines.append((f"line {number}", line))
    separator = _separator([line for _, line in lines], is_header)
    rows = []
    for where, line in lines:
        if separator and separator in line:
            rows.append(grid_row(where, _split(line, separator), block))
        else:
            row = row_of_words(where, words_of_line(line), _WIDE, is_header, block=block)
            rows.append(replace(row, tight="  " not in line.strip()))
    return rows


def row_of_words(place: str, words: Sequence[Word], gap: float, is_header: Callable[[Row], object], *, block: int = 0) -> Row:
    """A printed line as a row. Header words of columns close together are taken apart where only that makes a header."""
    row = Row(place, cells_of_words(words, gap), block, grid=False)
    if len(words) > _LONGEST_HEADER or is_header(row) or any(sign.isdigit() for word in words for sign in word.text):
        return row
    parts = segmented([word.text for word in words])
    if not parts:
        return row
    cells = tuple(
        Cell(" ".join(word.text for word in words[start:end]), words[start].left, words[end - 1].right) for start, end in parts
    )
    split = Row(place, cells, block, grid=False)
    return split if is_header(split) else row


def _split(line: str, separator: str) -> list[str]:
    stripped = line.strip().strip("|") if separator == "|" else line
    return [cell.strip().strip('"') for cell in stripped.split(separator)][:TABLE_COLUMNS]


def _separator(lines: Sequence[str], is_header: Callable[[Row], object]) -> str:
    """What separates the cells of the first line that reads as header words; nothing where gaps do."""

    def parting(line: str, separators: Sequence[str]) -> str:
        found = (each for each in separators if each in line and is_header(grid_row("", _split(line, each))))
        return next(found, "")

    for line in lines:
        clear = parting(line, _CLEAR_SEPARATORS)
        if clear or is_header(row_of_words("", words_of_line(line), _WIDE, is_header)):
            return clear
        doubtful = parting(line, _DOUBTFUL_SEPARATORS)
        if doubtful:
            return doubtful
    return ""
