"""The file of supplier bills for the ledger and its manifest, exactly as documented: one row an invoice line and order line.

What belongs to the bill (its amount, its tax) is repeated on each of its rows: an importer takes it once for each `bill_key`.
The `amount` of the rows of a bill plus its `tax_amount` is its `invoice_amount`, unless somebody confirmed that the supplier's
own total is right although it does not add up. A credit note has negative amounts.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from core.domain.money import total
from core.erp.files.posting_file import Layout, Manifest, TableWriter
from core.ports.payables import BillLinePosting, BillPosting

COLUMNS: Final = (
    "bill_key",
    "kind",
    "supplier_id",
    "invoice_number",
    "invoice_date",
    "due_date",
    "currency",
    "invoice_amount",
    "tax_amount",
    "line",
    "po_number",
    "po_line",
    "item_code",
    "description",
    "quantity",
    "uom",
    "rate",
    "line_kind",
    "tax_percent",
    "line_tax",
    "amount",
    "coding",
)
BILLS: Final = Layout("pending_bills.csv", "pending_bills.manifest.json", COLUMNS)


def rows_of(bill: BillPosting) -> list[tuple[str, ...]]:
    """The rows of one bill; one without lines has a single row with its amounts."""
    head = (
        bill.key,
        "credit_note" if bill.is_credit else "invoice",
        bill.supplier_id,
        bill.invoice_number,
        bill.invoice_date.isoformat(),
        bill.due_date.isoformat() if bill.due_date else "",
        bill.total.currency.code,
        bill.total.text(),
        bill.tax.text(),
    )
    if not bill.lines:
        return [(*head, *[""] * (len(COLUMNS) - len(head) - 2), (bill.total - bill.tax).text(), "")]
    return [(*head, *_line(line)) for line in bill.lines]


def _line(line: BillLinePosting) -> tuple[str, ...]:
    return (
        line.line,
        line.order.po_number if line.order else "",
        line.order.line if line.order else "",
        line.item_code,
        line.description,
        line.quantity,
        line.uom,
        line.rate,
        line.kind,
        line.tax_percent,
        line.tax.text() if line.tax is not None else "",
        line.amount.text(),
        line.coding,
    )


def render(bills: Sequence[BillPosting], write: TableWriter) -> bytes:
    """The file's bytes."""
    return write(COLUMNS, (row for bill in bills for row in rows_of(bill))).encode()


def describe(batch: str, at: datetime, bills: Sequence[BillPosting], data: bytes) -> Manifest:
    """The manifest of a file of bills; the control totals count each bill once."""
    units = sorted({bill.total.currency for bill in bills})
    totals = {unit.code: total((bill.total for bill in bills if bill.total.currency == unit), unit).text() for unit in units}
    return Manifest(
        batch=batch,
        created_at=f"{at:%Y-%m-%dT%H:%M:%SZ}",
        rows=sum(len(rows_of(bill)) for bill in bills),
        payments=len(bills),
        control_total=totals,
        sha256=hashlib.sha256(data).hexdigest(),
        counted="bills",
    )
