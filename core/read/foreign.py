"""Other plain files of Tieout, told by their headers, so that none is mistaken for a bank file or an advice."""

from collections.abc import Sequence
from typing import Final

_REQUIRED: Final = {
    "customers.csv": {"customer_id", "name"},
    "invoices.csv": {"invoice_number", "customer_id", "issue_date", "amount", "open_amount"},
    "history.csv": {"payment_id", "value_date", "customer_id"},
    "suppliers.csv": {"supplier_id", "name"},
    "purchase_orders.csv": {"po_number", "supplier_id", "line", "currency"},
    "receipts.csv": {"receipt_number", "po_number", "po_line", "quantity"},
    "supplier_invoices.csv": {"invoice_number", "supplier_id", "invoice_date", "line", "amount"},
    "uoms.csv": {"from_uom", "to_uom", "factor"},
    "customer_purchase_orders.csv": {"portal", "portal_customer", "po_number", "total"},
    "acknowledgement.csv": {"payment_key", "result"},
    "applications.csv": {"payment_id", "decision", "invoice_number", "applied"},
    "lines.csv": {"invoice_number", "line", "link", "verdicts"},
    "pending_payments.csv": {"payment_key", "customer_id", "applied_amount"},
}


def other_plain_file(header: Sequence[str]) -> str:
    """The name of the plain file that a header belongs to, or nothing."""
    names = {title.strip().strip("\ufeff").lower() for title in header}
    return next((name for name, required in _REQUIRED.items() if required <= names), "")
