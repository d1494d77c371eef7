"""Advices in tables: a row of header words defines the columns, the rows under it are lines until it ends.

Works on rows of any origin (`core.read.cells`). What has an amount and no reference, or the other way round, stops the advice
from being complete; it never spoils the other lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from core.domain.money import known_currencies
from core.read.cells import Cell, Row, Value
from core.read.notes import shown
from core.read.numbers import read_amount
from core.read.remittance.advice import Advice, Head, Item, is_money, is_reference
from core.read.remittance.finish import as_amount
from core.read.remittance.head import head_of_row
from core.read.remittance.labels import column_role, currency_in_title, is_subtotal, is_total
from core.read.remittance.words import Role

_AMOUNTS: Final = (Role.PAID, Role.GROSS, Role.DISCOUNT)
_KEPT: Final = (Role.DATE, Role.REASON, Role.CURRENCY, Role.PAYMENT_REFERENCE, Role.PAID_ON, Role.PAYER)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it holds and where it is printed."""

    role: Role
    left: float
    right: float
    currency: str = ""


@dataclass(slots=True)
class Tables:
    """What the rows of a document held: advices, what was said around them, and lists of open items, which are no advices."""

    advices: list[Advice] = field(default_factory=list)
    head: Head = field(default_factory=Head)
    open_lists: int = 0


def columns_of(row: Row) -> tuple[Column, ...]:
    """The columns that a row of header words defines; empty when it is no such row."""
    if len(row.cells) < 2:  # noqa: PLR2004  A reference and an amount.
        return ()
    found = [(cell, column_role(cell.text)) for cell in row.cells if isinstance(cell.value, str)]
    known = [(cell, said) for cell, said in found if said is not None]
    if len(known) * 2 < len(row.cells) or any(read_amount(cell.text) for cell in row.cells):
        return ()
    chosen = _chosen(known)
    roles = set(chosen.values())
    if Role.REFERENCE not in roles or not roles & {Role.PAID, Role.GROSS}:
        return ()
    titles = {id(cell): cell for cell, _ in found}
    return tuple(
        Column(chosen.get(id(cell), Role.OTHER), cell.left, cell.right, currency_in_title(cell.text))
        for cell in titles.values()
    )


def _chosen(known: Sequence[tuple[Cell, tuple[Role, int]]]) -> dict[int, Role]:
    """One column for each role: the best of those that claim it."""
    chosen: dict[int, Role] = {}

    def best(*roles: Role) -> Cell | None:
        claims = [
            (roles.index(role), rank, index, cell)
            for index, (cell, (role, rank)) in enumerate(known)
            if role in roles and id(cell) not in chosen
        ]
        return min(claims, key=lambda claim: claim[:3])[3] if claims else None

    for target, sources in (
        (Role.REFERENCE, (Role.REFERENCE, Role.OTHER_REFERENCE)),
        (Role.PAID, (Role.PAID, Role.AMOUNT)),
        (Role.GROSS, (Role.GROSS, Role.AMOUNT)),
        (Role.DISCOUNT, (Role.DISCOUNT,)),
        (Role.OPEN, (Role.OPEN,)),
        *((role, (role,)) for role in _KEPT),
    ):
        cell = best(*sources)
        if cell is not None:
            chosen[id(cell)] = target
    return chosen


class _Reader:
    """Goes through rows once; `columns` is empty outside a table."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.result = Tables()
        self.columns: tuple[Column, ...] = ()
        self.block = -1
        self.known: dict[int, tuple[Column, ...]] = {}
        self.grid = True
        self.tight = False
        self.groups: dict[tuple[str, str, str], Advice] = {}
        self.current: Advice | None = None
        self.closed = False

    def row(self, row: Row) -> None:
        """The next row of the document."""
        if row.block != self.block:
            # Footers stand between the two halves of a table; a block that comes again has its columns again.
            self.known[self.block] = self.columns
            self.columns, self.block = self.known.get(row.block, ()), row.block
        columns = columns_of(row)
        if columns:
            self._table_starts(row, columns)
        elif not self.columns:
            head_of_row(row, self.result.head, bare=self.current is not None)
        else:
            self._table_row(row)

    def _table_starts(self, row: Row, columns: tuple[Column, ...]) -> None:
        roles = [column.role for column in columns]
        if Role.OPEN in roles and not any(
            column.role is Role.PAID and column.left >= 0 for column in columns if self._says_paid(column, row)
        ):
            self.result.open_lists += 1
            self.columns = ()
            return
        # The same header again without a sum before it is the next page of one list.
        if self.closed or roles != [column.role for column in self.columns]:
            self.groups, self.current = ({}, None) if self.closed or self.current is None else (self.groups, self.current)
        self.columns, self.closed, self.grid, self.tight = columns, False, row.grid, row.tight

    @staticmethod
    def _says_paid(column: Column, row: Row) -> bool:
        """Whether the header of a paid column says "paid" and not only "amount"."""
        title = next((cell.text for cell in row.cells if cell.left == column.left), "")
        said = column_role(title)
        return said is not None and said[0] is Role.PAID

    def _table_row(self, row: Row) -> None:
        cells = self._assigned(row)
        words = next((cell.text for cell in row.cells if isinstance(cell.value, str) and not is_money(cell.text)), "")
        label = words.rstrip(" :.")
        if is_subtotal(label):
            return
        if is_total(label) or (len(row.cells) == 1 and self._total_in_one(row)):
            self._total(row, cells, label)
            return
        reference = _text(cells.get(Role.REFERENCE))
        amounts = [role for role in _AMOUNTS if role in cells]
        if self.tight and amounts and len(row.cells) != len(self.columns):
            self._advice({}).stops.append(f"{row.place}: “{shown(row.text)}” has fewer or more cells than the header.")
        elif is_reference(reference) and amounts and (row.grid or len(row.cells) > 1):
            self._item(row, cells, reference)
        else:
            self._odd_row(row, cells, reference, amounts)

    def _total_in_one(self, row: Row) -> bool:
        """A sum printed as one piece: "Total 1,234.00 USD"."""
        head = Head()
        return not self.grid and head_of_row(row, head, bare=True) and head.total != ""

    def _total(self, row: Row, cells: dict[Role, Value], label: str) -> None:
        advice = self._advice({})
        advice.head.currency = advice.head.currency or currency_in_title(label)
        value = cells.get(Role.PAID, "")
        if as_amount(value) is None:
            head = Head()
            head_of_row(row, head, bare=True)
            last = [cell.value for cell in row.cells if as_amount(cell.value) is not None]
            value = head.total if head.total != "" else last[-1] if last else ""
        if as_amount(value) is not None:
            advice.totals.append(value)
            self.closed = True

    def _item(self, row: Row, cells: dict[Role, Value], reference: str) -> None:
        advice = self._advice(cells)
        currency = _text(cells.get(Role.CURRENCY)).upper() or next((c.currency for c in self.columns if c.currency), "")
        values = {role: cells.get(role, "") for role in _AMOUNTS}
        dash = {
            role: "" if isinstance(value, str) and value.strip() in {"-", "–", "—"} else value for role, value in values.items()
        }
        advice.items.append(
            Item(
                row.place,
                reference,
                dash[Role.PAID],
                dash[Role.GROSS],
                dash[Role.DISCOUNT],
                _text(cells.get(Role.REASON)),
                currency if currency in known_currencies() else "",
            )
        )
        if Role.DATE in cells:
            advice.dates.append(cells[Role.DATE])

    def _advice(self, cells: dict[Role, Value]) -> Advice:
        """The advice that a row belongs to: one for each payment that the columns tell apart."""
        if not cells and self.current is not None:
            return self.current
        key = (_text(cells.get(Role.PAYMENT_REFERENCE)), _text(cells.get(Role.PAID_ON)), _text(cells.get(Role.PAYER)))
        if key not in self.groups:
            head = Head(payer_name=key[2], payment_reference=key[0], paid_on=cells.get(Role.PAID_ON, ""))
            self.groups[key] = Advice(self.where, head)
            self.result.advices.append(self.groups[key])
        self.current = self.groups[key]
        return self.current

    def _odd_row(self, row: Row, cells: dict[Role, Value], reference: str, amounts: Sequence[Role]) -> None:
        """A row in a table that is no line: a note, a sum without a word, or something that we cannot read."""
        if head_of_row(row, self.result.head, bare=False):
            return
        readable = [role for role in amounts if as_amount(cells[role]) is not None]
        if readable and not (reference and not row.grid and not is_money(_text(cells[readable[0]]))):
            if not reference and self._is_sum(cells):
                self._advice({}).totals.append(cells[Role.PAID])
                self.closed = True
                return
            what = f"“{shown(row.text)}” has an amount and no document number"
        elif is_reference(reference) and len(row.cells) > 1 and (row.grid or Role.DATE in cells):
            what = f"“{shown(row.text)}” names a document and no amount"
        else:
            if self.current and self.current.items and set(cells) == {Role.REASON}:
                self.current.items[-1].reason = f"{self.current.items[-1].reason} {_text(cells[Role.REASON])}".strip()
            return
        self._advice({}).stops.append(f"{row.place}: {what}.")

    def _is_sum(self, cells: dict[Role, Value]) -> bool:
        """Whether an amount without a word is the sum of the lines so far."""
        amount = as_amount(cells.get(Role.PAID, ""))
        if amount is None or self.current is None or not self.current.items:
            return False
        paid = [as_amount(item.paid) for item in self.current.items]
        return any(
            all(one is not None and one.value(mark) is not None for one in paid)
            and amount.value(mark) == sum((one.value(mark) or Decimal(0) for one in paid if one is not None), Decimal(0))
            for mark in (".", ",")
        )

    def _assigned(self, row: Row) -> dict[Role, Value]:
        """Each cell under the column that it overlaps most, or is nearest to; text that shares a column is joined."""
        cells: dict[Role, Value] = {}
        under = [min(self.columns, key=lambda column, cell=cell: _distance(cell, column)) for cell in row.cells]  # type: ignore[misc]
        if self.tight and len(row.cells) == len(self.columns):
            under = list(self.columns)
        for cell, column in zip(row.cells, under, strict=True):
            if row.grid and _distance(cell, column) > (0, 0):
                continue
            if column.role is Role.OTHER:
                continue
            before = cells.get(column.role)
            cells[column.role] = cell.value if before is None else f"{_text(before)} {cell.text}"
        return cells


def _distance(cell: Cell, column: Column) -> tuple[float, float]:
    """Overlapping columns first, the larger overlap before the smaller; then the nearest edge."""
    overlap = min(cell.right, column.right) - max(cell.left, column.left)
    if overlap > 0:
        return (0, 0) if cell.left == column.left else (0, 1 / overlap)
    return (1 - overlap, min(abs(cell.left - column.left), abs(cell.right - column.right)))


def _text(value: Value | None) -> str:
    return "" if value is None else Cell(value, 0, 0).text


def read_tables(rows: Iterable[Row], where: str) -> Tables:
    """All advices in the rows of one document, and what stands around them."""
    reader = _Reader(where)
    for row in rows:
        reader.row(row)
    result = reader.result
    result.advices = [advice for advice in result.advices if advice.items]
    return result
