"""`purchase_orders.csv` (a row a line): every row is checked on reading, records are made for one supplier at a time.

A company has a million order lines and an invoice looks at a handful of them. So rows are checked by one pattern each, kept as
one string, and become records when a supplier's invoices are compared; a row that the pattern does not take is read again cell
by cell, to say exactly what is wrong with it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from sys import intern
from typing import Any, Final

from core.domain.ids import DEFAULT_ENTITY, PoNumber, SupplierId
from core.domain.measures import Quantity, Rate
from core.domain.money import Currency, currency, known_currencies
from core.domain.payables import NONE_BILLED, ComparisonWay, LineKind, OrderStatus, PurchaseOrder, PurchaseOrderLine
from core.read.payables.cells import JOINT, NUMBER, Row, amount_pattern, checked_money, number, packable, packed, unpacked, word
from core.read.tables import Cells, Taken, take

REQUIRED: Final = ("po_number", "supplier_id", "currency", "line")
COLUMNS: Final = (
    "po_number", "supplier_id", "currency", "line", "order_date", "status", "line_kind", "match", "item_code",
    "supplier_item_code", "description", "uom", "coding", "quantity", "rate", "quantity_billed", "amount", "amount_billed",
)  # fmt: skip
_FIRST_NUMBER: Final = COLUMNS.index("quantity")
_HEAD: Final = ("supplier_id", "currency", "status", "order_date")
_WORDS: Final = {
    (status, kind, way) for status in ("", *OrderStatus) for kind in ("", *LineKind) for way in ("", *ComparisonWay)
}
_KINDS: Final = {"": LineKind.ITEM, **{kind.value: kind for kind in LineKind}}
_WAYS: Final = {"": ComparisonWay.TWO_WAY, **{way.value: way for way in ComparisonWay}}
_STATUS: Final = {"": OrderStatus.OPEN, **{status.value: status for status in OrderStatus}}
_NOTHING: Final = frozenset({"", "0"})
_DATE: Final = re.compile(r"(?:\d{4}-\d{2}-\d{2})?\Z")


class OrderOnFile:
    """One order of a file, read when somebody looks into it; each line becomes a record when it is first asked for.

    `rows_of` opens its `rows`.
    """

    __slots__ = ("_cells", "_labels", "_made", "_rows", "_rows_of", "entity", "number")

    def __init__(self, number: PoNumber, rows: Sequence[Row], rows_of: Callable[[Sequence[Row]], list[Sequence[str]]]) -> None:
        self.number = number
        self.entity = DEFAULT_ENTITY
        self._rows = rows
        self._rows_of = rows_of
        self._cells: list[Sequence[str]] | None = None

    @property
    def supplier_id(self) -> SupplierId:
        """Whom we ordered from."""
        return SupplierId(self._read()[0][1])

    @property
    def currency(self) -> Currency:
        """Of all its lines."""
        return currency(self._read()[0][2])

    @property
    def status(self) -> OrderStatus:
        """Only open orders take invoices."""
        return _STATUS[self._read()[0][5].lower()]

    @property
    def order_date(self) -> date | None:
        """When we ordered, where the file says it."""
        day = day_of(self._read()[0][4])
        return day if isinstance(day, date) else None

    @property
    def lines(self) -> tuple[PurchaseOrderLine, ...]:
        """The lines, in the order of the file."""
        return tuple([self.line_at(place) for place in range(len(self.labels))])

    @property
    def labels(self) -> list[tuple[str, str, str]]:
        """What each line calls its item: our code, the supplier's code, a description."""
        self._read()
        return self._labels

    def line_at(self, place: int) -> PurchaseOrderLine:
        """The line at a place of `labels`."""
        cells = self._read()
        found = self._made[place]
        if found is None:
            found = self._made[place] = _line(cells[place])
        return found

    def _read(self) -> list[Sequence[str]]:
        """The cells of each line. Where lines share a number all records are made at once, to be told apart."""
        cells = self._cells
        if cells is None:
            cells = self._cells = self._rows_of(self._rows)
            if len({each[3] for each in cells}) == len(cells):
                self._made: list[PurchaseOrderLine | None] = [None] * len(cells)
                self._labels = [(each[8], each[9], each[10]) for each in cells]
            else:
                apart = _told_apart([_line(each) for each in cells])
                self._made = list(apart)
                self._labels = [line.label for line in apart]
        return cells


@dataclass(slots=True)
class OrderFile:
    """The orders of a file, by supplier. `owners` says whose each order number is, `notices` what is odd and spoils nothing.

    `rows_of` opens rows: packed ones, or the numbers of such that still lie in the file.
    """

    notices: list[str] = field(default_factory=list)
    owners: dict[str, SupplierId] = field(default_factory=dict)
    orders: Mapping[str, Mapping[str, Sequence[Row]]] = field(default_factory=dict)
    rows_of: Callable[[Any], list[Sequence[str]]] = unpacked

    @property
    def lines(self) -> int:
        """How many order lines there are."""
        return sum(len(rows) for orders in self.orders.values() for rows in orders.values())

    def held_for(self, supplier: SupplierId) -> list[OrderOnFile]:
        """All orders of one supplier, by number, as they lie in the file."""
        orders, rows_of = self.orders.get(supplier, {}), self.rows_of
        return [OrderOnFile(PoNumber(number), orders[number], rows_of) for number in sorted(orders)]

    def orders_of(self, supplier: SupplierId) -> list[PurchaseOrder]:
        """All orders of one supplier, by number, as records."""
        return [
            PurchaseOrder(held.number, held.supplier_id, held.currency, held.lines, held.status, held.order_date, held.entity)
            for held in self.held_for(supplier)
        ]


def suppliers_in(file: OrderFile) -> Iterator[SupplierId]:
    """The suppliers that have orders."""
    return iter(sorted(set(file.owners.values())))


def read_purchase_orders(data: bytes, name: str, *, partial: bool = False) -> tuple[OrderFile, Taken[None]]:
    """`purchase_orders.csv`; the file's complaints stand in what was taken, which has no records of its own."""
    checker = _Checker()
    taken = take(data, name, REQUIRED, checker.check, partial=partial)
    complained = bool(taken.complaints) and not partial
    return (OrderFile() if complained else checker.file), Taken((), taken.complaints, taken.more_complaints)


class _Checker:
    """Checks row after row and keeps the good ones."""

    def __init__(self) -> None:
        self.file = OrderFile()
        self._at: tuple[int, ...] | None = None
        self._heads: dict[str, tuple[str, ...]] = {}
        self._orders: dict[str, dict[str, list[str]]] = {}
        self.file.orders = self._orders

    def check(self, cells: Cells) -> None:
        if self._at is None:
            self._at = tuple(cells.columns.get(column, -1) for column in COLUMNS)
        given = cells.values
        values = [given[at] if at >= 0 else "" for at in self._at]
        row = packed(values)
        if _sound_row().match(row) is None or not _is_sound(values):
            values = _slowly(cells)
            row = packed(values)
        order, supplier = values[0], intern(values[1])
        head = (supplier, values[2], values[5], values[4])
        known = self._heads.setdefault(order, head)
        if known != head:
            at = next(place for place in range(len(head)) if head[place] != known[place])
            raise cells.bad(_HEAD[at], f"differs from another row of order {order} (“{known[at]}”)")
        rows = self._orders.setdefault(supplier, {}).setdefault(order, [])
        if rows:
            beginning = f"{packed(values[:4])}{JOINT}"
            for other in rows:
                if other.startswith(beginning):
                    same = "the same" if other == row else "another"
                    where = f"{cells.file}, row {cells.row}"
                    self.file.notices.append(f"{where}: line {values[3]} of order {order} stands there again as {same} row.")
                    if other == row:
                        return
                    break
        self.file.owners[order] = SupplierId(supplier)
        rows.append(row)


@cache
def _sound_row() -> re.Pattern[str]:
    """A packed row at a glance: what must be there is there, and no cell has blanks at its ends or a sign that we join with."""
    cell = rf"(?:[^\s{JOINT}](?:[^{JOINT}]*[^\s{JOINT}])?)?"
    parts = [rf"(?=[^{JOINT}]){cell}" if column in REQUIRED else cell for column in COLUMNS]
    return re.compile(JOINT.join(parts) + r"\Z")


@cache
def _numbers_of(code: str) -> re.Pattern[str]:
    """Quantity, rate, billed quantity, then the two amounts with no more digits than the currency has."""
    amount = amount_pattern(code).pattern
    plain = f"(?:{NUMBER})?"
    return re.compile(f"{plain},{plain},{plain},(?:{amount})?,(?:{amount})?\\Z")


CODES: Final = frozenset(known_currencies())


def _is_sound(values: Sequence[str]) -> bool:
    """Whether the words, the day and the numbers of a row are what they should be."""
    code = values[2]
    return bool(
        code in CODES
        and (values[5], values[6], values[7]) in _WORDS
        and day_of(values[4]) is not False
        and _numbers_of(code).match(",".join(values[_FIRST_NUMBER:]))
    )


@cache
def day_of(text: str) -> date | bool | None:
    """The date, None for an empty cell, False for what is no date."""
    if not text:
        return None
    try:
        return date.fromisoformat(text) if _DATE.match(text) else False
    except ValueError:
        return False


def _slowly(cells: Cells) -> list[str]:
    """The same checks cell by cell, so that the complaint names the cell."""
    found = {column: cells.text(column, required=column in REQUIRED) for column in COLUMNS}
    unit = cells.currency("currency")
    cells.day("order_date")
    for column, allowed in (("status", OrderStatus), ("line_kind", LineKind), ("match", ComparisonWay)):
        found[column] = word(cells, column, {each.value for each in allowed})
    for column in ("quantity", "rate", "quantity_billed"):
        number(cells, column)
    for column in ("amount", "amount_billed"):
        cells.money(column, unit)
    for column, value in found.items():
        if not packable((value,)):
            raise cells.bad(column, "holds a control sign")
    return [found[column] for column in COLUMNS]


def _told_apart(lines: Sequence[PurchaseOrderLine]) -> Sequence[PurchaseOrderLine]:
    """Lines of one number get numbers of their own (10, 10#2). Receipts go to the one that needs them; to none of several."""
    twice: dict[str, list[PurchaseOrderLine]] = {}
    for line in lines:
        twice.setdefault(line.line, []).append(line)
    found = []
    for name, same in twice.items():
        waiting = [line for line in same if line.way is ComparisonWay.THREE_WAY]
        first = [] if len(waiting) > 1 else (waiting or same)[:1]
        rest = [line for line in same if line not in first]
        found += first
        found += [replace(line, line=f"{name}#{number}") for number, line in enumerate(rest, 1 + len(first))]
    return found


def _line(cells: Sequence[str]) -> PurchaseOrderLine:
    unit = currency(cells[2])
    quantity, rate, billed, amount, amount_billed = cells[_FIRST_NUMBER:]
    return PurchaseOrderLine(
        PoNumber(cells[0]),
        cells[3],
        _KINDS[cells[6].lower()],
        _WAYS[cells[7].lower()],
        cells[8],
        cells[9],
        cells[10],
        Quantity(Decimal(quantity)) if quantity else None,
        cells[11],
        Rate(Decimal(rate)) if rate else None,
        checked_money(amount, unit),
        NONE_BILLED if billed in _NOTHING else Quantity(Decimal(billed)),
        checked_money(amount_billed, unit),
        cells[12],
    )
