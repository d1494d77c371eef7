"""`supplier_invoices.csv` and `receipts.csv` of many rows: checked column by column, records when somebody asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

from core.domain.ids import SupplierId, SupplierInvoiceNumber
from core.domain.measures import Quantity, Rate
from core.domain.money import Currency, Money, currency
from core.domain.payables import SupplierInvoice, SupplierInvoiceLine
from core.match.spans import Span
from core.read.columns import split
from core.read.payables.cells import JOINT, checked_money
from core.read.payables.files import (
    CHARGE_OF,
    CHARGES,
    HEAD_OF,
    INVOICE_COLUMNS,
    LATER_COLUMNS,
    LINE_KINDS,
    RECEIPT_COLUMNS,
    TAKING_OFF,
    ReceiptFile,
    kind_of,
)
from core.read.payables.purchase_orders import CODES, day_of
from core.read.payables.row_text import (
    RowText,
    apart_of,
    are_amounts,
    are_numbers,
    are_rising,
    at,
    distinct,
    filled,
    repeated,
    row_text,
    runs_of,
)

_NAMES: Final = ("invoice_number", "supplier_id", "line")
_HEAD: Final = ("invoice_number", "supplier_id", *HEAD_OF)
_DAYS: Final = ("due_date", "discount_until")
_AMOUNTS: Final = ("discount_amount", "tax_amount")
_LINE: Final = (
    "line", "amount", "line_kind", "item_code", "description", "quantity", "uom", "rate", "price_correction",
)  # fmt: skip
_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "line_kind": frozenset({"", *LINE_KINDS}),
    "price_correction": frozenset({"", "yes", "no"}),
}


@dataclass(slots=True)
class BillsOnFile:
    """Invoices by place, in the order of the file; the rows of each, and the places of each supplier."""

    text: RowText
    rows: list[Sequence[int]]
    by_supplier: dict[SupplierId, list[int]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many invoice lines there are."""
        return sum(map(len, self.rows))

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, place: int) -> SupplierInvoice:
        """One invoice as a record."""
        return _invoice(self.text.rows(self.rows[place]))


def read_large_invoices(data: bytes) -> BillsOnFile | None:
    """What `read_supplier_invoices` makes of a file without a fault; None for every other, which has to be read row by row."""
    columns = split(data, INVOICE_COLUMNS)
    if columns is None or any(columns.span(title).longest() for title in LATER_COLUMNS):
        return None
    spans = {title: columns.span(title) for title in {*_HEAD, *_LINE}}
    runs, rising = runs_of([spans[title] for title in _HEAD]), are_rising(spans["line"])
    if not all(filled(spans[title]) for title in _NAMES):
        return None
    heads = {title: spans[title].some(runs) for title in _HEAD}
    keys = list(zip(repeated(heads["supplier_id"]), at(heads["invoice_number"]), strict=True))
    apart = apart_of(keys, list(heads.values()))
    codes = distinct(heads["currency"])
    if apart is None or codes is None or not (_heads_sound(heads, codes) and _lines_sound(spans, codes)):
        return None
    starts = np.flatnonzero(runs)
    ends = [*starts.tolist()[1:], len(columns)]
    rows: list[Sequence[int]] = [range(start, end) for start, end in zip(starts.tolist(), ends, strict=True)]
    doubtful = set((np.searchsorted(starts, np.flatnonzero(~(rising | runs)), "right") - 1).tolist())
    for first, places in apart.items():
        rows[first] = [row for place in places for row in rows[place]]
    if any(_twice(spans["line"], rows[place]) for place in doubtful | set(apart)):
        return None
    further = {place for places in apart.values() for place in places[1:]}
    kept = [place for place in range(len(rows)) if place not in further]
    found = BillsOnFile(row_text(columns, (*_HEAD, *_LINE)), [rows[place] for place in kept])
    for number, place in enumerate(kept):
        found.by_supplier.setdefault(SupplierId(keys[place][0]), []).append(number)
    return found


def _heads_sound(heads: Mapping[str, Span], codes: set[str]) -> bool:
    days = {title: distinct(heads[title]) for title in ("invoice_date", *_DAYS)}
    if not codes <= CODES or "" in (days["invoice_date"] or {""}):
        return False
    if any(each is None or any(day_of(day) is False for day in each) for each in days.values()):
        return False
    return all(are_amounts(heads[title], heads["currency"], codes) for title in _AMOUNTS)


def _lines_sound(spans: Mapping[str, Span], codes: set[str]) -> bool:
    for title, allowed in _WORDS.items():
        words = distinct(spans[title])
        if words is None or any(word.lower() not in allowed - TAKING_OFF for word in words):
            # Whether a credit has an amount that takes money off is looked at row by row.
            return False
    amounts = spans["amount"]
    return (
        bool((amounts.end > amounts.begin).all())
        and are_amounts(amounts, spans["currency"], codes)
        and are_numbers(spans["quantity"])
        and are_numbers(spans["rate"])
    )


def _twice(lines: Span, rows: Sequence[int]) -> bool:
    """Whether a line stands twice on an invoice."""
    return len({lines.text(row) for row in rows}) < len(rows)


def _invoice(rows: Sequence[Sequence[str]]) -> SupplierInvoice:
    number, supplier, day, code, orders, due, until, discount, tax = rows[0][: len(_HEAD)]
    unit = currency(code)
    return SupplierInvoice(
        number=SupplierInvoiceNumber(number),
        supplier_id=SupplierId(supplier),
        invoice_date=date.fromisoformat(day),
        currency=unit,
        lines=tuple(_line(row[len(_HEAD) :], unit) for row in rows),
        po_numbers=tuple(part for part in (each.strip() for each in orders.split(";")) if part),
        due_date=date.fromisoformat(due) if due else None,
        discount_until=date.fromisoformat(until) if until else None,
        discount=checked_money(discount, unit),
        tax=checked_money(tax, unit),
    )


def _line(cells: Sequence[str], unit: Currency) -> SupplierInvoiceLine:
    line, amount, kind, code, description, quantity, uom, rate, correction = cells
    kind = kind.lower()
    return SupplierInvoiceLine(
        line,
        checked_money(amount, unit) or Money.zero(unit),
        kind_of(kind, has_quantity=bool(quantity or rate)),
        code,
        description or CHARGES.get(kind, ""),
        Quantity(Decimal(quantity)) if quantity else None,
        uom,
        Rate(Decimal(rate)) if rate else None,
        correction.lower() == "yes",
        CHARGE_OF.get(kind),
    )


def read_large_receipts(data: bytes) -> ReceiptFile | None:
    """What `read_receipts` makes of a file without a fault; None for every other, which has to be read row by row."""
    columns = None if JOINT.encode() in data else split(data, RECEIPT_COLUMNS)
    if columns is None:
        return None
    spans = {title: columns.span(title) for title in RECEIPT_COLUMNS}
    days = distinct(spans["received_date"])
    if not all(filled(span) for span in spans.values()) or not are_numbers(spans["quantity"]):
        return None
    if days is None or any(day_of(day) is False for day in days):
        return None
    file = ReceiptFile(rows_of=row_text(columns, (*RECEIPT_COLUMNS, "uom")).rows)
    for row, order in enumerate(at(spans["po_number"])):
        file.add(order, row)
    return file
