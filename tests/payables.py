"""Builders of payables records: sensible defaults, one keyword for what a case is about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from core.app.comparing import judge_invoice
from core.decide.line_verdict import Rules
from core.domain.ids import PoNumber, SourceId, SupplierId, SupplierInvoiceNumber
from core.domain.line_comparison import InvoiceComparison, LineComparison
from core.domain.line_facts import received_by_line
from core.domain.measures import Quantity, Rate
from core.domain.money import Money, currency
from core.domain.payables import (
    ComparisonWay,
    LineKind,
    OrderStatus,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    Supplier,
    SupplierInvoice,
    SupplierInvoiceLine,
    UnitConversion,
    Units,
)
from core.domain.policy import Limits, TolerancePolicy, ToleranceRule
from core.domain.supplier_bills import BillHeader, BillLine, SupplierBill, SupplierInvoiceId
from core.domain.workflows import SupplierInvoiceState
from core.match.lines.book import Learned, OrderBook
from tests.builders import usd

BOLT = "Hex bolt stainless steel M8 40"
WASHER = "Flat washer galvanised steel M10"
SUPPLIER = SupplierId("S1")
EXACT = TolerancePolicy("exact", date(2020, 1, 1))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def an_order_line(
    line: str = "1",
    quantity: str | None = "100",
    rate: str | None = "2.50",
    *,
    po: str = "PO-1001",
    description: str = BOLT,
    item: str = "ITM-1",
    their_code: str = "",
    uom: str = "EA",
    way: str = "two_way",
    billed: str = "0",
    amount: str | None = None,
    amount_billed: str | None = None,
    unit: str = "USD",
) -> PurchaseOrderLine:
    """An item line; with `quantity` None an expense of `amount`."""
    found, price = _number(quantity), _number(rate)
    return PurchaseOrderLine(
        PoNumber(po),
        line,
        LineKind.EXPENSE if quantity is None else LineKind.ITEM,
        ComparisonWay(way),
        "" if quantity is None else item,
        their_code,
        description,
        None if found is None else Quantity(found),
        uom if quantity is not None else "",
        None if price is None or quantity is None else Rate(price),
        None if amount is None else Money.of(Decimal(amount), currency(unit)),
        Quantity(Decimal(billed)),
        None if amount_billed is None else Money.of(Decimal(amount_billed), currency(unit)),
    )


def an_order(*lines: PurchaseOrderLine, unit: str = "USD", closed: bool = False, supplier: str = SUPPLIER) -> PurchaseOrder:
    """An order of the lines, under the number that they carry."""
    status = OrderStatus.CLOSED if closed else OrderStatus.OPEN
    return PurchaseOrder(lines[0].po_number, SupplierId(supplier), currency(unit), lines, status)


def an_invoice_line(
    line: str = "1",
    quantity: str | None = "100",
    rate: str | None = "2.50",
    *,
    description: str = BOLT,
    code: str = "",
    uom: str = "EA",
    amount: str | None = None,
    unit: str = "USD",
    correction: bool = False,
) -> SupplierInvoiceLine:
    """A line whose amount is rate times quantity unless told otherwise."""
    found, price = _number(quantity), _number(rate)
    if amount is None:
        amount = f"{((found or Decimal(0)) * (price or Decimal(0))).quantize(Decimal('0.01')):f}"
    return SupplierInvoiceLine(
        line,
        Money.of(Decimal(amount), currency(unit)),
        None,
        code,
        description,
        None if found is None else Quantity(found),
        uom if quantity is not None else "",
        None if price is None else Rate(price),
        price_correction=correction,
    )


def an_invoice(*lines: SupplierInvoiceLine, po: Sequence[str] = ("PO-1001",), unit: str = "USD") -> SupplierInvoice:
    """An invoice of the lines, naming PO-1001 unless told otherwise."""
    return SupplierInvoice(SupplierInvoiceNumber("R-1"), SUPPLIER, date(2026, 3, 2), currency(unit), lines, tuple(po))


def a_receipt(quantity: str, *, line: str = "1", po: str = "PO-1001", uom: str = "", number: str = "GRN-1") -> Receipt:
    """Goods that arrived."""
    return Receipt(number, PoNumber(po), line, date(2026, 2, 20), Quantity(Decimal(quantity)), uom)


def a_supplier(number: str = SUPPLIER, name: str = "Acme Fasteners Inc") -> Supplier:
    """Somebody who bills us."""
    return Supplier(SupplierId(number), name)


def a_bill(number: int = 1001) -> SupplierBill:
    """An invoice of one line that nobody has compared yet."""
    line = BillLine("1", usd("50.00"), item_code="ITM-1", description=BOLT, quantity=Decimal(20), rate=Decimal("2.50"))
    return SupplierBill(
        id=SupplierInvoiceId(f"SI-{number}"),
        version=1,
        state=SupplierInvoiceState.NEEDS_REVIEW,
        source_id=SourceId("S-1"),
        where="rows",
        taken_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        header=BillHeader(
            number="INV-77",
            invoice_date=date(2026, 3, 1),
            currency=currency("USD"),
            supplier_id=SUPPLIER,
            supplier_name="Acme Fasteners Inc",
            po_numbers=("PO-1001",),
            total=usd("50.00"),
        ),
        lines=(line,),
    )


def a_book(
    *orders: PurchaseOrder,
    receipts: Iterable[Receipt] = (),
    units: Iterable[UnitConversion] = (),
    learned: dict[str, str] | None = None,
    owners: dict[str, SupplierId] | None = None,
) -> OrderBook:
    """The orders of one supplier with what arrived."""
    known = Units(tuple(units))
    lines = [(SUPPLIER, line) for order in orders for line in order.lines]
    received = received_by_line(receipts, lines, known)
    return OrderBook(SUPPLIER, orders, received, known, Learned(learned or {}), owners or {})


def a_policy(version: str = "p1", **axes: Limits) -> TolerancePolicy:
    """The company's limits, by axis."""
    return TolerancePolicy(version, date(2020, 1, 1), (ToleranceRule(**axes),))  # type: ignore[arg-type]


def compared(invoice: SupplierInvoice, book: OrderBook, policy: TolerancePolicy = EXACT) -> InvoiceComparison:
    """The invoice linked and judged."""
    return judge_invoice(invoice, book, Rules(policy, SUPPLIER, "", book.units))


def the_line(invoice: SupplierInvoice, book: OrderBook, policy: TolerancePolicy = EXACT) -> LineComparison:
    """The comparison of an invoice's only line."""
    (found,) = compared(invoice, book, policy).lines
    return found
