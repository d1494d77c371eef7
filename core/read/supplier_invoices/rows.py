"""The rows under an item table's header: lines, wrapped descriptions, what stands between; over pages, with or without repeats.

A row with a figure in the amount column begins a line. Text in the description's column belongs to the line that it stands
closest to. Sums and carry-overs are no lines; a row of an order number holds for the lines under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from core.read.dates import read_date
from core.read.numbers import read_amount
from core.read.supplier_invoices.columns import Columns, Header, Title, columns_of, headers
from core.read.supplier_invoices.labels import field_label, sum_of
from core.read.supplier_invoices.page import Line, Paper, Piece
from core.read.supplier_invoices.values import order_numbers
from core.read.supplier_invoices.words import Column, Field, Sum
from core.read.supplier_invoices.written import Candidate, WrittenLine, WrittenTable

_TEXTS: Final = frozenset({Column.DESCRIPTION, Column.CODE, Column.OUR_CODE})
_CHARGES: Final = frozenset({Sum.FREIGHT, Sum.DISCOUNT, Sum.CHARGE, Sum.ROUNDING, Sum.OTHER})
_CLOSING: Final = frozenset({Sum.LINES, Sum.NET, Sum.TAX, Sum.TOTAL, Sum.GROSS, Sum.DUE})
_NEAR: Final = 1.6
_OUTSIDE: Final = 6.0
_BESIDE: Final = 0.9


@dataclass(slots=True)
class _Row:
    """A line of the document under a header, and what became of it."""

    index: int
    line: Line
    cells: dict[Column, Piece]
    item: WrittenLine | None = None


def item_table(paper: Paper) -> WrittenTable:
    """All lines of the item table of a document."""
    table = WrittenTable()
    found = headers(paper)
    for number, header in enumerate(found):
        until = found[number + 1].first if number + 1 < len(found) else len(paper.lines)
        if until < len(paper.lines) and paper.lines[until].page != paper.lines[header.first].page:
            # What stands above a repeated header is the page's heading, not the table.
            until = next(index for index, line in enumerate(paper.lines) if line.page == paper.lines[until].page)
        table.taken.update(range(header.first, header.last + 1))
        table.first = header.first if table.first < 0 else table.first
        table.roles |= header.roles - {Column.OTHER}
        for title in header.titles:
            table.titles.setdefault(title.role, title.text)
        _Body(paper, table, header, until).read()
    return table


class _Body:
    """The rows between one header and the next, or the end."""

    def __init__(self, paper: Paper, table: WrittenTable, header: Header, until: int) -> None:
        self.paper = paper
        self.table = table
        self.header = header
        self.range = range(header.last + 1, until)
        self.po: Candidate | None = None
        self.closed = False

    def read(self) -> None:
        """Add the lines to the table."""
        likely = self._likely()
        columns = columns_of(self.header, likely, grid=self.paper.grid)
        rows: list[_Row] = []
        for index in self.range:
            line = self.paper.lines[index]
            row = _Row(index, line, _cells(columns, line))
            if self._is_item(line, row.cells):
                row.item = WrittenLine(line.where, line.page, row.cells, po=self.po, index=index)
                self.table.lines.append(row.item)
                self.table.taken.add(index)
                self.table.last = index
                self.closed = False
            elif self._closes(line):
                self.closed = True
            elif self._names_order(line):
                self.table.taken.add(index)
                continue
            rows.append(row)
        self._attach(rows)

    def _likely(self) -> list[Line]:
        """Lines that look like items before the columns are known, up to the sums."""
        found: list[Line] = []
        for index in self.range:
            line = self.paper.lines[index]
            if found and self._closes(line):
                break
            if self._has_amount(line):
                found.append(line)
        return found

    def _has_amount(self, line: Line) -> bool:
        """Whether a line looks like one of the table before its columns are known: words, and a figure under "Amount"."""
        title = next((title for title in self.header.titles if title.role is Column.AMOUNT), self.header.titles[-1])
        under = any(read_amount(piece.text) and _under(title, piece) for piece in line.pieces)
        figures = sum(read_amount(piece.text) is not None for piece in line.pieces)
        return under and _sum_said(line) is None and 1 < len(line.pieces) > figures

    def _is_item(self, line: Line, cells: dict[Column, Piece]) -> bool:
        """Whether a line of the document is the first of an item, or the one with its figures."""
        figures = {role for role in (Column.QUANTITY, Column.RATE, Column.AMOUNT) if role in cells and _figure(cells[role])}
        words = {role for role in _TEXTS if role in cells}
        numbered = Column.POSITION in cells and _is_number(cells[Column.POSITION].text)
        said = _sum_said(line)
        priced = {Column.QUANTITY, Column.RATE} <= figures
        if said is not None and not priced and not self._sold(said, numbered=numbered or Column.CODE in cells):
            return False
        if not priced and not line.grid and any(_is_labelled(piece) for piece in line.pieces):
            return False
        if Column.AMOUNT in figures:
            if self.closed:
                return bool(words) and (priced or (numbered and Column.QUANTITY in figures))
            if priced and not words and self._stands_between_words(line):
                return True
            lettered = any(any(sign.isalpha() for sign in cells[role].text) for role in words)
            return lettered or (bool(words) and priced) or (numbered and priced)
        without = Column.AMOUNT not in {title.role for title in self.header.titles}
        if priced and bool(words) and not self.closed:
            return without or Column.AMOUNT not in cells
        # Delivered and not charged: a quantity without a price is a line that a person has to see.
        return (
            Column.QUANTITY in figures
            and bool(words)
            and (numbered or Column.CODE in cells)
            and not self.closed
            and not _looks_like_heading(line)
        )

    def _stands_between_words(self, line: Line) -> bool:
        """Whether figures alone are set beside the middle of a description of two lines."""
        return any(
            other is not line
            and other.page == line.page
            and abs((other.top + other.bottom) - (line.top + line.bottom)) < _BESIDE * 2 * line.height
            and other.pieces[0].right < line.pieces[0].left
            for other in self.paper.lines[self.range.start : self.range.stop]
        )

    def _sold(self, said: Sum, *, numbered: bool) -> bool:
        """Whether a charge is a line of the table: it has a number or code, or the table has no quantities at all."""
        bare = not {Column.QUANTITY, Column.RATE} & self.header.roles
        return said in _CHARGES and (numbered or (bare and said is Sum.CHARGE and not self.closed))

    @staticmethod
    def _closes(line: Line) -> bool:
        return _sum_said(line) in _CLOSING

    def _names_order(self, line: Line) -> bool:
        """Whether a row names an order for the rows under it."""
        label = field_label(line.text)
        if label is None or label.field is not Field.PO_NUMBER or self.closed or not label.rest:
            return False
        numbers = order_numbers(label.rest)
        if len(numbers) != 1 or any(_figure(piece) and "." in piece.text for piece in line.pieces[1:]):
            return False
        self.po = Candidate(Field.PO_NUMBER, label.rank, numbers[0], line.piece_of(line.words))
        return True

    def _attach(self, rows: Sequence[_Row]) -> None:
        """Give each loose text to the item that it stands closest to, as far as lines follow each other."""
        items = [position for position, row in enumerate(rows) if row.item]
        for order, position in enumerate(items):
            before = items[order - 1] if order else -1
            after = items[order + 1] if order + 1 < len(items) else len(rows)
            if order == 0:
                self._above(rows, before, position)
            self._between(rows, position, after)

    def _above(self, rows: Sequence[_Row], start: int, position: int) -> None:
        """Text between a header and the first item belongs to that item, if it touches it."""
        for index in range(position - 1, start, -1):
            if not self._loose(rows[index]) or not _near(rows[index].line, rows[index + 1].line):
                return
            self._give(rows[index], rows[position], above=True)

    def _between(self, rows: Sequence[_Row], position: int, after: int) -> None:
        """Text between two items: from above as long as lines stand close, the rest to the one below if that is closer."""
        inner = []
        for index in range(position + 1, after):
            if not self._loose(rows[index]) or not _near(rows[index - 1].line, rows[index].line):
                break
            inner.append(index)
        split = len(inner)
        if inner and after < len(rows) and inner[-1] == after - 1 and _near(rows[inner[-1]].line, rows[after].line):
            split = self._split(rows, position, inner, after)
        for index in inner[:split]:
            self._give(rows[index], rows[position])
        for index in reversed(inner[split:]):
            self._give(rows[index], rows[after], above=True)

    @staticmethod
    def _split(rows: Sequence[_Row], position: int, inner: Sequence[int], after: int) -> int:
        """How many of the loose rows belong to the item above: up to the widest blank, or to a row that begins with a code."""
        for count, index in enumerate(inner):
            leads = rows[index].cells.keys() & {Column.CODE, Column.POSITION}
            if leads and not rows[after].cells.keys() & leads:
                return count
        if not rows[after].cells.keys() & _TEXTS or not rows[position].cells.keys() & _TEXTS:
            return sum(_closer(rows[index].line, rows[position].line, rows[after].line) for index in inner)
        edges = [position, *inner, after]
        blanks = [rows[low].line.bottom - rows[high].line.top for low, high in pairwise(edges)]
        widest = min(blanks)
        if max(blanks) - widest < rows[position].line.height * 0.2:
            return len(inner)
        return blanks.index(widest)

    def _give(self, row: _Row, to: _Row, *, above: bool = False) -> None:
        assert to.item is not None  # noqa: S101  Callers pass rows with an item.
        pieces = [(role, row.cells[role]) for role in row.cells if role in _TEXTS or role is Column.UOM]
        if above:
            to.item.before[:0] = pieces
        else:
            to.item.more += pieces
        if Column.POSITION in row.cells:
            to.item.cells.setdefault(Column.POSITION, row.cells[Column.POSITION])
        self.table.taken.add(row.index)

    def _loose(self, row: _Row) -> bool:
        """Whether a row can be more of a description: text of the right columns only, no label of a sum."""
        if row.item is not None or _sum_said(row.line) is not None or not row.cells.keys() & _TEXTS:
            return False
        if any(_figure(row.cells[role]) for role in (Column.AMOUNT, Column.RATE) if role in row.cells):
            return False
        left = min(title.left for title in self.header.titles)
        right = max(title.right for title in self.header.titles)
        first, last = row.line.pieces[0], row.line.pieces[-1]
        return first.left > left - _OUTSIDE * 5 and last.right < right + _OUTSIDE * 5 and not _is_page_count(row.line.text)


def _cells(columns: Columns, line: Line) -> dict[Column, Piece]:
    return {role: line.piece_of(words) for role, words in columns.cells(line).items()}


def _under(title: Title, piece: Piece) -> bool:
    return min(title.right, piece.right) - max(title.left, piece.left) > 0 or abs(title.right - piece.right) < _OUTSIDE


def _closer(line: Line, upper: Line, lower: Line) -> bool:
    """Whether a line's middle is no farther from the upper of two lines."""
    middle, above, below = (one.top + one.bottom for one in (line, upper, lower))
    return abs(middle - above) <= abs(below - middle)


def _near(upper: Line, lower: Line) -> bool:
    """Whether two lines of one page follow each other without a blank that could hold a line and a half."""
    return upper.page == lower.page and lower.top - upper.bottom < max(upper.height, lower.height) * _NEAR


def _figure(piece: Piece) -> bool:
    """Whether a cell begins with a number: `12.50`, `10 pcs`, `1 234,56 A`."""
    text = piece.text
    if read_amount(text) is not None:
        return True
    words = text.split()
    return any(read_amount(" ".join(words[:size])) is not None for size in range(len(words) - 1, 0, -1)) and not (
        read_date(text)
    )


def _is_number(text: str) -> bool:
    return bool(text) and text[0].isdigit() and len(text) <= 8  # noqa: PLR2004  "10", "0010", "1.1", "3 a".


def _sum_said(line: Line) -> Sum | None:
    """What the words of a line say of its last amount, if they are a sum's label; a tax column beside an item is none."""
    lettered = [piece for piece in line.pieces if any(sign.isalpha() for sign in piece.text)]
    for count, piece in enumerate(lettered):
        said = sum_of(piece.text)
        if said is not None and not (said is Sum.TAX and count):
            return said
    return sum_of(" ".join(piece.text for piece in lettered)) if len(lettered) > 1 else None


def _is_labelled(piece: Piece) -> bool:
    """Whether a piece is a label of the heading, which a page repeats where the table goes on without its header."""
    label = field_label(piece.text)
    return label is not None and (label.colon or not label.rest)


def _looks_like_heading(line: Line) -> bool:
    return field_label(line.text) is not None and ":" in line.text


def _is_page_count(text: str) -> bool:
    words = text.lower().split()
    return bool(words) and words[0] in {"page", "seite", "pagina", "página", "pág.", "p."} and len(words) < 6  # noqa: PLR2004
