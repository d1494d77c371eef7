"""Records of payables for tests: sensible defaults, one keyword for each thing that a case may change."""

from datetime import UTC, date, datetime
from decimal import Decimal

from core.domain.ids import PoNumber, SourceId, SupplierId
from core.domain.measures import Quantity, Rate
from core.domain.money import currency
from core.domain.payables import ComparisonWay, LineKind, PurchaseOrder, PurchaseOrderLine, Receipt, Supplier
from core.domain.supplier_bills import BillHeader, BillLine, SupplierBill, SupplierInvoiceId
from core.domain.workflows import SupplierInvoiceState
from tests.builders import usd


def a_supplier(number: str = "S1", name: str = "Acme Fasteners Inc") -> Supplier:
    return Supplier(SupplierId(number), name)


def an_order_line(
    line: str = "1", quantity: str = "10", rate: str = "5.00", way: ComparisonWay = ComparisonWay.TWO_WAY, code: str = "A-1"
) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        PoNumber("PO-1"),
        line,
        LineKind.ITEM,
        way,
        item_code=code,
        description="Hex bolt M8",
        quantity=Quantity(Decimal(quantity)),
        uom="EA",
        rate=Rate(Decimal(rate)),
    )


def an_order(lines: tuple[PurchaseOrderLine, ...] = (an_order_line(),), supplier: str = "S1") -> PurchaseOrder:
    return PurchaseOrder(PoNumber("PO-1"), SupplierId(supplier), currency("USD"), lines, order_date=date(2026, 1, 5))


def a_receipt(number: str = "R-1", line: str = "1", quantity: str = "10") -> Receipt:
    return Receipt(number, PoNumber("PO-1"), line, date(2026, 2, 20), Quantity(Decimal(quantity)), "EA")


def a_bill(number: int = 1001, amount: str = "50.00", quantity: str = "10", rate: str = "5.00") -> SupplierBill:
    line = BillLine(
        "1", usd(amount), item_code="A-1", description="Hex bolt M8", quantity=Decimal(quantity), rate=Decimal(rate)
    )
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
            supplier_id=SupplierId("S1"),
            supplier_name="Acme Fasteners Inc",
            po_numbers=("PO-1",),
            total=usd(amount),
        ),
        lines=(line,),
    )
