"""`purchase_orders.csv` (a row a line): every row is checked on reading, records are made for one supplier at a time.

A company has a million order lines and an invoice looks at a handful of them. So rows are checked by one pattern each, kept as
one string, and become records when a supplier's invoices are compared; a row that the pattern does not take is read again cell
by cell, to say exactly what is wrong with it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from sys import intern
from typing import Final

from core.domain.ids import PoNumber, SupplierId
from core.domain.measures import Quantity, Rate
from core.domain.money import Currency, Money, currency, known_currencies
from core.domain.payables import ComparisonWay, LineKind, OrderStatus, PurchaseOrder, PurchaseOrderLine
from core.read.payables.cells import NUMBER, number, packable, packed, unpacked, word
from core.read.tables import Cells, Taken, take

_REQUIRED: Final = ("po_number", "supplier_id", "currency", "line")
_COLUMNS: Final = (
    "po_number", "supplier_id", "currency", "line", "order_date", "status", "line_kind", "match", "item_code",
    "supplier_item_code", "description", "uom", "coding", "quantity", "rate", "quantity_billed", "amount", "amount_billed",
)  # fmt: skip
_FIRST_NUMBER: Final = _COLUMNS.index("quantity")
_HEAD: Final = ("supplier_id", "currency", "status", "order_date")
_WORDS: Final = {
    (status, kind, way) for status in ("", *OrderStatus) for kind in ("", *LineKind) for way in ("", *ComparisonWay)
}
_DATE: Final = re.compile(r"(?:\d{4}-\d{2}-\d{2})?\Z")


@dataclass(slots=True)
class OrderFile:
    """The orders of a file, by supplier. `owners` says whose each order number is, `notices` what is odd and spoils nothing."""

    notices: list[str] = field(default_factory=list)
    owners: dict[str, SupplierId] = field(default_factory=dict)
    _rows: dict[str, list[str]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many order lines there are."""
        return sum(len(rows) for rows in self._rows.values())

    def add(self, supplier: str, row: str) -> None:
        """Keep a checked row."""
        self._rows.setdefault(supplier, []).append(row)

    def orders_of(self, supplier: SupplierId) -> list[PurchaseOrder]:
        """All orders of one supplier, by number."""
        lines: dict[str, list[PurchaseOrderLine]] = {}
        heads: dict[str, list[str]] = {}
        for row in self._rows.get(supplier, ()):
            cells = unpacked(row)
            heads.setdefault(cells[0], cells)
            lines.setdefault(cells[0], []).append(_line(cells))
        return [_order(heads[number], _told_apart(lines[number])) for number in sorted(lines)]


def read_purchase_orders(data: bytes, name: str, *, partial: bool = False) -> tuple[OrderFile, Taken[None]]:
    """`purchase_orders.csv`; the file's complaints stand in what was taken, which has no records of its own."""
    checker = _Checker()
    taken = take(data, name, _REQUIRED, checker.check, partial=partial)
    complained = bool(taken.complaints) and not partial
    return (OrderFile() if complained else checker.file), Taken((), taken.complaints, taken.more_complaints)


class _Checker:
    """Checks row after row and keeps the good ones."""

    def __init__(self) -> None:
        self.file = OrderFile()
        self._at: tuple[int, ...] | None = None
        self._lines: dict[tuple[str, str], str] = {}
        self._heads: dict[str, tuple[str, ...]] = {}

    def check(self, cells: Cells) -> None:
        if self._at is None:
            self._at = tuple(cells.columns.get(column, -1) for column in _COLUMNS)
        values = [cells.values[at].strip() if at >= 0 else "" for at in self._at]
        if not _is_sound(values):
            values = _slowly(cells)
        order, line = values[0], values[3]
        head = (values[1], values[2], values[5], values[4])
        known = self._heads.setdefault(order, head)
        if known != head:
            at = next(place for place in range(len(head)) if head[place] != known[place])
            raise cells.bad(_HEAD[at], f"differs from another row of order {order} (“{known[at]}”)")
        supplier, row = intern(values[1]), packed(values)
        again = self._lines.setdefault((order, line), row)
        if again is not row:
            same = "the same" if again == row else "another"
            self.file.notices.append(
                f"{cells.file}, row {cells.row}: line {line} of order {order} stands there again as {same} row."
            )
            if again == row:
                return
        self.file.owners[order] = SupplierId(supplier)
        self.file.add(supplier, row)


@cache
def _numbers_of(code: str) -> re.Pattern[str]:
    """Quantity, rate, billed quantity, then the two amounts with no more digits than the currency has."""
    digits = currency(code).exponent
    amount = rf"-?[0-9]{{1,15}}(?:\.[0-9]{{1,{digits}}}0*)?" if digits else r"-?[0-9]{1,15}(?:\.0+)?"
    plain = f"(?:{NUMBER})?"
    return re.compile(f"{plain},{plain},{plain},(?:{amount})?,(?:{amount})?\\Z")


_CODES: Final = frozenset(known_currencies())


def _is_sound(values: Sequence[str]) -> bool:
    code = values[2]
    return bool(
        values[0]
        and values[1]
        and values[3]
        and code in _CODES
        and (values[5], values[6], values[7]) in _WORDS
        and _day(values[4]) is not False
        and _numbers_of(code).match(",".join(values[_FIRST_NUMBER:]))
        and packable(values)
    )


@cache
def _day(text: str) -> date | bool | None:
    """The date, None for an empty cell, False for what is no date."""
    if not text:
        return None
    try:
        return date.fromisoformat(text) if _DATE.match(text) else False
    except ValueError:
        return False


def _slowly(cells: Cells) -> list[str]:
    """The same checks cell by cell, so that the complaint names the cell."""
    found = {column: cells.text(column, required=column in _REQUIRED) for column in _COLUMNS}
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
    return [found[column] for column in _COLUMNS]


def _told_apart(lines: Sequence[PurchaseOrderLine]) -> Sequence[PurchaseOrderLine]:
    """Lines of one number get numbers of their own (10, 10#2). Receipts go to the one that needs them; to none of several."""
    if len({line.line for line in lines}) == len(lines):
        return lines
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


def _order(head: Sequence[str], lines: Sequence[PurchaseOrderLine]) -> PurchaseOrder:
    day = _day(head[4])
    return PurchaseOrder(
        number=PoNumber(head[0]),
        supplier_id=SupplierId(head[1]),
        currency=currency(head[2]),
        lines=tuple(lines),
        status=OrderStatus(head[5] or OrderStatus.OPEN),
        order_date=day if isinstance(day, date) else None,
    )


def _line(cells: Sequence[str]) -> PurchaseOrderLine:
    unit = currency(cells[2])
    quantity, rate, billed, amount, amount_billed = cells[_FIRST_NUMBER:]
    return PurchaseOrderLine(
        PoNumber(cells[0]),
        cells[3],
        LineKind(cells[6] or LineKind.ITEM),
        ComparisonWay(cells[7] or ComparisonWay.TWO_WAY),
        cells[8],
        cells[9],
        cells[10],
        Quantity(Decimal(quantity)) if quantity else None,
        cells[11],
        Rate(Decimal(rate)) if rate else None,
        _money(amount, unit),
        Quantity(Decimal(billed)) if billed else _NO_QUANTITY,
        _money(amount_billed, unit),
        cells[12],
    )


_NO_QUANTITY: Final = Quantity(Decimal(0))


def _money(text: str, unit: Currency) -> Money | None:
    return Money.of(Decimal(text), unit) if text else None


def suppliers_in(file: OrderFile) -> Iterator[SupplierId]:
    """The suppliers that have orders."""
    return iter(sorted(set(file.owners.values())))
