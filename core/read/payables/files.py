"""The smaller files of payables: suppliers, receipts, units, and the supplier invoices themselves."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from core.domain.bank_accounts import account_key
from core.domain.ids import DEFAULT_ENTITY, EntityId, PoNumber, SupplierId, SupplierInvoiceNumber
from core.domain.measures import Quantity, Rate
from core.domain.payables import (
    ChargeKind,
    LineKind,
    Receipt,
    Supplier,
    SupplierInvoice,
    SupplierInvoiceLine,
    UnitConversion,
)
from core.read.payables.cells import Row, number, packable, packed, required_number, unpacked, word
from core.read.tables import Cells, Taken, take

RECEIPT_COLUMNS: Final = ("receipt_number", "po_number", "po_line", "received_date", "quantity")
INVOICE_COLUMNS: Final = ("invoice_number", "supplier_id", "invoice_date", "currency", "line", "amount")
HEAD_OF: Final = {
    "invoice_date": "invoice_date",
    "currency": "currency",
    "po_numbers": "po_numbers",
    "due_date": "due_date",
    "discount_until": "discount_until",
    "discount_amount": "discount",
    "tax_amount": "tax",
}
OF_ALL_ROWS: Final = {**HEAD_OF, "bank_accounts": "bank_accounts"}
"""What every row of an invoice says alike; large files have the first of them."""
CHARGE_OF: Final = {kind.word: kind for kind in ChargeKind}
"""Kinds of lines for the invoice as a whole, by their word."""
CHARGES: Final = {word: word.capitalize() for word in CHARGE_OF}
"""What such a line is called where its description is empty."""
LINE_KINDS: Final = frozenset({*LineKind, *CHARGES, "credit"})
TAKING_OFF: Final = frozenset({"credit", "discount"})
LATER_COLUMNS: Final = ("tax_percent", "line_tax", "bank_accounts")
"""Columns that few files have; large files that fill them are read row by row."""
_UNIT_COLUMNS: Final = ("from_uom", "to_uom", "factor")


def read_suppliers(data: bytes, name: str, *, partial: bool = False) -> Taken[Supplier]:
    """`suppliers.csv`."""
    return take(data, name, ("supplier_id", "name"), _supplier, key="supplier_id", partial=partial)


def _supplier(cells: Cells) -> Supplier:
    return Supplier(
        id=SupplierId(cells.text("supplier_id", required=True)),
        name=cells.text("name", required=True),
        category=cells.text("category"),
        currency=cells.currency("currency").code if cells.text("currency") else None,
        entity=EntityId(cells.text("entity") or DEFAULT_ENTITY),
        email=cells.text("email"),
        aliases=cells.many("aliases"),
        email_domains=tuple(domain.lower() for domain in cells.many("email_domains")),
        tax_ids=cells.many("tax_ids"),
        bank_accounts=_accounts(cells),
    )


def _accounts(cells: Cells) -> tuple[str, ...]:
    """Account numbers without blanks and marks between their groups."""
    return tuple(dict.fromkeys(key for each in cells.many("bank_accounts") if (key := account_key(each))))


def read_units(data: bytes, name: str, *, partial: bool = False) -> Taken[UnitConversion]:
    """`uoms.csv`: 1 `from_uom` is `factor` of `to_uom`."""
    return take(data, name, _UNIT_COLUMNS, _conversion, partial=partial)


def _conversion(cells: Cells) -> UnitConversion:
    factor = required_number(cells, "factor")
    if factor <= 0:
        raise cells.bad("factor", "is not above zero")
    return UnitConversion(
        from_uom=cells.text("from_uom", required=True),
        to_uom=cells.text("to_uom", required=True),
        factor=factor,
        supplier_id=cells.text("supplier_id"),
        item_code=cells.text("item_code"),
    )


@dataclass(slots=True)
class ReceiptFile:
    """Receipts by order, kept as rows until they are asked for. `rows_of` opens them, packed or still in the file."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    rows_of: Callable[[Any], list[Sequence[str]]] = unpacked

    def add(self, order: str, row: Row) -> None:
        """Keep a checked row."""
        self.rows.setdefault(order, []).append(row)

    def arrived_for(self, order: str) -> list[tuple[str, Decimal, str]]:
        """What arrived for an order, and no more of its receipts: the order line, the quantity and its unit."""
        rows = self.rows.get(order)
        return [(cells[2], Decimal(cells[4]), cells[5]) for cells in self.rows_of(rows)] if rows else []

    def receipts_of(self, orders: Iterable[str]) -> list[Receipt]:
        """All receipts for these orders."""
        return [_receipt(cells) for order in orders for cells in self.rows_of(self.rows.get(order, ()))]

    def all(self) -> list[Receipt]:
        """All of them."""
        return self.receipts_of(self.rows)


def read_receipts(data: bytes, name: str, *, partial: bool = False) -> tuple[ReceiptFile, Taken[None]]:
    """`receipts.csv`. One delivery note may stand on many rows, once for each order line."""
    file = ReceiptFile()

    def check(cells: Cells) -> None:
        values = [cells.text(column, required=True) for column in RECEIPT_COLUMNS] + [cells.text("uom")]
        cells.required_day("received_date")
        required_number(cells, "quantity")
        if not packable(values):
            raise cells.bad("", "the row holds a control sign")
        file.add(values[1], packed(values))

    taken = take(data, name, RECEIPT_COLUMNS, check, partial=partial)
    complained = bool(taken.complaints) and not partial
    return (ReceiptFile() if complained else file), Taken((), taken.complaints, taken.more_complaints)


def _receipt(cells: Sequence[str]) -> Receipt:
    return Receipt(
        number=cells[0],
        po_number=PoNumber(cells[1]),
        po_line=cells[2],
        received_date=date.fromisoformat(cells[3]),
        quantity=Quantity(Decimal(cells[4])),
        uom=cells[5],
    )


def read_supplier_invoices(data: bytes, name: str, *, partial: bool = False) -> Taken[SupplierInvoice]:
    """`supplier_invoices.csv` (a row a line), in the order of the file. One number of one supplier is one invoice."""
    gathered = _Gathered()
    taken = take(data, name, INVOICE_COLUMNS, gathered.add, partial=partial)
    invoices = () if taken.complaints and not partial else gathered.invoices()
    return Taken(invoices, taken.complaints, taken.more_complaints)


def kind_of(said: str, *, has_quantity: bool) -> LineKind | None:
    """How a line of a kind is judged; None where the file does not say its kind. A credit is of what it takes back."""
    if said == "credit":
        return LineKind.ITEM if has_quantity else LineKind.EXPENSE
    if said in CHARGES:
        return LineKind.EXPENSE
    return LineKind(said) if said else None


def _percent(cells: Cells) -> Decimal | None:
    """The tax on a line in percent."""
    found = number(cells, "tax_percent")
    if found is not None and not 0 <= found < 100:  # noqa: PLR2004  No tax takes the whole.
        raise cells.bad("tax_percent", "is no percentage from 0 to below 100")
    return found


class _Gathered:
    """Rows of invoices put together."""

    def __init__(self) -> None:
        self._heads: dict[tuple[str, str], SupplierInvoice] = {}
        self._lines: dict[tuple[str, str], dict[str, SupplierInvoiceLine]] = {}

    def add(self, cells: Cells) -> None:
        unit = cells.currency("currency")
        head = SupplierInvoice(
            number=SupplierInvoiceNumber(cells.text("invoice_number", required=True)),
            supplier_id=SupplierId(cells.text("supplier_id", required=True)),
            invoice_date=cells.required_day("invoice_date"),
            currency=unit,
            lines=(),
            po_numbers=cells.many("po_numbers"),
            due_date=cells.day("due_date"),
            discount_until=cells.day("discount_until"),
            discount=cells.money("discount_amount", unit),
            tax=cells.money("tax_amount", unit),
            bank_accounts=_accounts(cells),
        )
        said = word(cells, "line_kind", LINE_KINDS)
        amount = cells.money("amount", unit)
        if amount is None:
            raise cells.bad("amount", "the cell is empty")
        if said in TAKING_OFF and amount.minor > 0:
            raise cells.bad("amount", f"is above zero, and a {said} takes money off")
        quantity, rate = number(cells, "quantity"), number(cells, "rate")
        line = SupplierInvoiceLine(
            line=cells.text("line", required=True),
            amount=amount,
            kind=kind_of(said, has_quantity=quantity is not None or rate is not None),
            item_code=cells.text("item_code"),
            description=cells.text("description") or CHARGES.get(said, ""),
            quantity=None if quantity is None else Quantity(quantity),
            uom=cells.text("uom"),
            rate=None if rate is None else Rate(rate),
            price_correction=word(cells, "price_correction", ("yes", "no")) == "yes",
            charge=CHARGE_OF.get(said),
            tax_percent=_percent(cells),
            tax=cells.money("line_tax", unit),
        )
        key = (head.supplier_id, head.number)
        known = self._heads.get(key, head)
        for column, of in OF_ALL_ROWS.items():
            if getattr(known, of) != getattr(head, of):
                raise cells.bad(column, f"differs from another row of invoice {head.number}")
        lines = self._lines.setdefault(key, {})
        if line.line in lines:
            raise cells.bad("line", f"stands twice on invoice {head.number}")
        self._heads[key] = known
        lines[line.line] = line

    def invoices(self) -> tuple[SupplierInvoice, ...]:
        return tuple(replace(head, lines=tuple(self._lines[key].values())) for key, head in self._heads.items())
