"""The header of an item table, on one line or wrapped over three, and where its columns part.

Titles say what a column holds; where it ends is decided by the blank that no row of the table crosses, because numbers are
wider than their titles and descriptions longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from core.read.numbers import read_amount
from core.read.supplier_invoices.labels import column_of, plain_column, title_in
from core.read.supplier_invoices.page import COLUMN_WIDTH, Line, Paper, Printed
from core.read.supplier_invoices.words import Column

_MOST_PIECES: Final = 30
_MOST_WRAPPED: Final = 3
_LONGEST_TITLE: Final = 5
_KNOWN_SHARE: Final = 0.6
_CLOSE_LINES: Final = 1.3
_LOOKED_AT: Final = 80
_STEP: Final = 0.5
_MOST_STEPS: Final = 4_000
NUMBERS: Final = frozenset(
    {Column.QUANTITY, Column.RATE, Column.AMOUNT, Column.GROSS_AMOUNT, Column.TAX_AMOUNT, Column.DISCOUNT, Column.TAX_PERCENT}
)
"""Columns of numbers, which grow to the left."""


@dataclass(frozen=True, slots=True)
class Title:
    """One column: what it holds and where its title is printed."""

    role: Column
    left: float
    right: float
    text: str


@dataclass(frozen=True, slots=True)
class Header:
    """The titles of a table and the lines that they take (first and last, by index)."""

    titles: tuple[Title, ...]
    first: int
    last: int

    @property
    def roles(self) -> frozenset[Column]:
        """What its columns hold."""
        return frozenset(title.role for title in self.titles)


@dataclass(frozen=True, slots=True)
class Columns:
    """Titles with the places where columns part: one fewer than titles."""

    titles: tuple[Title, ...]
    edges: tuple[float, ...]

    def role_at(self, place: float) -> Column:
        """Whose column a place from left to right is in."""
        for title, edge in zip(self.titles, self.edges, strict=False):
            if place < edge:
                return title.role
        return self.titles[-1].role

    def cells(self, line: Line) -> dict[Column, list[Printed]]:
        """The words of a line by column; those of columns without a use are left out."""
        found: dict[Column, list[Printed]] = {}
        for word in line.words:
            role = self.role_at((word.left + word.right) / 2)
            if role is not Column.OTHER:
                found.setdefault(role, []).append(word)
        return found


def headers(paper: Paper) -> list[Header]:
    """Every item table header of a document, in order; a repeated one on a later page is one more."""
    found: list[Header] = []
    at = 0
    while at < len(paper.lines):
        here = _header_at(paper, at)
        below = _header_at(paper, at + 1) if here is not None and at + 1 < len(paper.lines) else None
        if here is None or (below is not None and below[0] >= here[0] and below[1].first <= here[1].last):
            at += 1
        else:
            found.append(here[1])
            at = here[1].last + 1
    return found


def _header_at(paper: Paper, at: int) -> tuple[tuple[int, int, int], Header] | None:
    """The best reading of one to three lines from `at` as a header, with how good it is."""
    if len(paper.lines[at].pieces) > _MOST_PIECES:
        return None
    best: tuple[tuple[int, int, int], Header] | None = None
    for count in range(1, _MOST_WRAPPED + 1):
        lines = paper.lines[at : at + count]
        if len(lines) < count or not _together(lines):
            break
        for cells in _title_cells(lines):
            titles = _titles(cells)
            if titles:
                known = len({title.role for title in titles} - {Column.OTHER})
                score = (2 * known - len(titles), known, -count)
                if best is None or score > best[0]:
                    best = score, Header(titles, at, at + count - 1)
    return best


def _together(lines: Sequence[Line]) -> bool:
    """Whether lines are close enough to be one wrapped header, and no line holds figures."""
    if any(read_amount(piece.text) for line in lines for piece in line.pieces):
        return False
    if len(lines) > 1 and any(len(line.pieces) == 1 and title_in(line.text) for line in lines):
        return False
    return all(
        before.page == after.page and not before.grid and after.top - before.bottom < before.height * _CLOSE_LINES
        for before, after in pairwise(lines)
    )


Extent = tuple[float, float, str]


def _title_cells(lines: Sequence[Line]) -> list[list[Extent]]:
    """The title cells of some lines, pieces above each other joined; for one line also cut at known titles."""
    pieces = [(piece.left, piece.right, piece.text) for line in lines for piece in line.pieces]
    ways = [_stacked(pieces)]
    if not lines[0].grid:
        words = [(word.left, word.right, word.text) for line in lines for word in line.words]
        ways.append(_cut(words) if len(lines) == 1 else _stacked(words))
    return ways


def _stacked(pieces: Sequence[Extent]) -> list[Extent]:
    """Pieces that overlap from left to right are one title, upper words first."""
    groups: list[list[Extent]] = []
    for piece in sorted(pieces):
        if groups and piece[0] < max(other[1] for other in groups[-1]) - 1:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    order = {id(piece): number for number, piece in enumerate(pieces)}
    return [
        (
            min(piece[0] for piece in group),
            max(piece[1] for piece in group),
            " ".join(piece[2] for piece in sorted(group, key=lambda piece: order[id(piece)])),
        )
        for group in groups
    ]


def _cut(words: Sequence[Extent]) -> list[Extent]:
    """Words cut into the fewest known titles, where titles stand one blank apart; nothing where that leaves a word over."""
    best: dict[int, list[Extent]] = {0: []}
    for start in range(len(words)):
        if start not in best:
            continue
        for size in range(1, min(_LONGEST_TITLE, len(words) - start) + 1):
            text = " ".join(word[2] for word in words[start : start + size])
            if plain_column(text) is None:
                continue
            way = [*best[start], (words[start][0], words[start + size - 1][1], text)]
            there = best.get(start + size)
            if there is None or len(way) < len(there):
                best[start + size] = way
    return best.get(len(words), [])


def _titles(cells: Sequence[Extent]) -> tuple[Title, ...]:
    """The columns that title cells define; empty when they are no header of an item table."""
    if len(cells) < 2:  # noqa: PLR2004  A description and an amount.
        return ()
    said = [column_of(text) for _, _, text in cells]
    if sum(role is not None for role in said) < _KNOWN_SHARE * len(cells):
        return ()
    chosen = _chosen(said)
    roles = set(chosen)
    described = any(found is not None and found[0] is Column.DESCRIPTION for found in said)
    # "Goods" over a column of sums is no description: a breakdown of taxes has it too.
    described = described or (Column.DESCRIPTION in roles and bool(roles & {Column.QUANTITY, Column.RATE}))
    named = described or (Column.QUANTITY in roles and bool(roles & {Column.CODE, Column.POSITION}))
    valued = bool(roles & {Column.AMOUNT, Column.GROSS_AMOUNT}) or {Column.QUANTITY, Column.RATE} <= roles
    if not (named and valued):
        return ()
    return tuple(Title(role, left, right, text) for role, (left, right, text) in zip(chosen, cells, strict=True))


def _chosen(said: Sequence[tuple[Column, int] | None]) -> list[Column]:
    """One column for each role, the best of those that claim it; the others are of no use."""
    roles = [found[0] if found else Column.OTHER for found in said]
    for index, role in enumerate(roles):
        if role is Column.ITEM:
            taken = Column.DESCRIPTION in roles
            roles[index] = Column.CODE if taken and Column.CODE not in roles else Column.OTHER if taken else Column.DESCRIPTION
    if Column.AMOUNT not in roles and Column.GROSS_AMOUNT in roles:
        roles[roles.index(Column.GROSS_AMOUNT)] = Column.AMOUNT
    ranks = [found[1] if found else 0 for found in said]
    for role in set(roles) - {Column.OTHER}:
        claims = [index for index, other in enumerate(roles) if other is role]
        best = min(claims, key=lambda index: (ranks[index], index))
        for index in claims:
            if index != best:
                roles[index] = Column.OTHER
    return roles


def columns_of(header: Header, rows: Sequence[Line], *, grid: bool) -> Columns:
    """Where the columns of a header part, looking at rows that are lines of the table."""
    if grid:
        # Cells know their column; nothing has to be measured.
        return Columns(header.titles, tuple(after.left - COLUMN_WIDTH / 20 for after in header.titles[1:]))
    if not rows:
        return Columns(header.titles, halfway(header))
    words = [word for row in rows[:_LOOKED_AT] for word in row.words]
    edges = [_edge(before, after, words) for before, after in pairwise(header.titles)]
    return Columns(header.titles, tuple(edges))


def halfway(header: Header) -> tuple[float, ...]:
    """Edges in the middle between titles, for a table whose rows say nothing."""
    return tuple((before.right + after.left) / 2 for before, after in pairwise(header.titles))


def _edge(before: Title, after: Title, words: Sequence[Printed]) -> float:
    """The place between two titles that the fewest words cross, in the widest such blank."""
    low, high = (before.left + before.right) / 2, (after.left + after.right) / 2
    steps = min(_MOST_STEPS, max(2, int((high - low) / _STEP)))
    width = (high - low) / steps
    crossed = [0] * (steps + 1)
    for word in words:
        first, last = int((word.left - low) / width + 1), int((word.right - low) / width)
        for step in range(max(0, first), min(steps, last) + 1):
            crossed[step] += 1
    least = min(crossed)
    between = (int((before.right - low) / width), int((after.left - low) / width) + 1)
    begin, end = _widest([count == least for count in crossed], between)
    left, right = low + begin * width, low + end * width
    if after.role in NUMBERS:
        return right
    return min(max(after.left - 1, left), right)


def _widest(free: Sequence[bool], between: tuple[int, int]) -> tuple[int, int]:
    """First and last of the run that lies most between the titles, of equal ones the longest."""
    runs: list[tuple[int, int]] = []
    begin = -1
    for index, open_here in enumerate([*free, False]):
        if open_here and begin < 0:
            begin = index
        elif not open_here and begin >= 0:
            runs.append((begin, index - 1))
            begin = -1
    return max(runs, key=lambda run: (max(0, min(run[1], between[1]) - max(run[0], between[0])), run[1] - run[0]))
