"""The demo's purchase orders, receipts and supplier invoices: every case that a payables team meets in a week, once."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

SUPPLIERS = "supplier_id,name,category,email,email_domains,tax_ids\nS1,Larkspur Fasteners,hardware,ar@larkspur.example,,\n"
ORDERS = (
    ("PO-7001", "two_way", "LF-M8", "Hex bolt stainless M8 x 40", "500", "0.42"),
    ("PO-7002", "two_way", "LF-CH", "Chain galvanised 6 mm", "120", "3.80"),
    ("PO-7003", "three_way", "LF-PG", "Pressure gauge 0-16 bar", "24", "31.50"),
    ("PO-7004", "two_way", "LF-SH", "Shackle 10 mm", "60", "2.15"),
    ("PO-7005", "two_way", "LF-SH", "Shackle 10 mm", "60", "2.15"),
)
INVOICES = (
    ("LF-9101", "PO-7001", "LF-M8", "Hex bolt stainless M8 x 40", "500", "0.42"),
    ("LF-9102", "PO-7002", "LF-CH", "Chain galvanised 6 mm", "120", "4.05"),
    ("LF-9103", "PO-7003", "LF-PG", "Pressure gauge 0-16 bar", "24", "31.50"),
    ("LF-9104", "", "LF-SH", "Shackle 10 mm", "60", "2.15"),
    ("LF-9102A", "PO-7002", "LF-CH", "Chain galvanised 6 mm", "120", "4.05"),
)


def payables_files(day: date) -> Sequence[tuple[str, bytes]]:
    """The ledger's files and the invoices, in the order in which they rest on each other."""
    ordered, billed = day - timedelta(days=20), (day - timedelta(days=1)).isoformat()
    orders = [
        {
            "po_number": number,
            "supplier_id": "S1",
            "order_date": ordered.isoformat(),
            "currency": "USD",
            "status": "open",
            "line": "1",
            "line_kind": "item",
            "match": match,
            "item_code": item,
            "supplier_item_code": "",
            "description": words,
            "quantity": quantity,
            "uom": "EA",
            "rate": rate,
            "amount": "",
            "quantity_billed": "0",
            "amount_billed": "",
            "coding": "5010",
        }
        for number, match, item, words, quantity, rate in ORDERS
    ]
    invoices = [
        {
            "invoice_number": number,
            "supplier_id": "S1",
            "invoice_date": billed,
            "currency": "USD",
            "po_numbers": order,
            "line": "1",
            "line_kind": "",
            "item_code": item,
            "description": words,
            "quantity": quantity,
            "uom": "EA",
            "rate": rate,
            "amount": f"{Decimal(quantity) * Decimal(rate):.2f}",
        }
        for number, order, item, words, quantity, rate in INVOICES
    ]
    receipts = f"receipt_number,po_number,po_line,received_date,quantity,uom\nGRN-501,PO-7003,1,{billed},10,EA\n"
    return (
        ("suppliers.csv", SUPPLIERS.encode()),
        ("purchase_orders.csv", _csv(orders)),
        ("receipts.csv", receipts.encode()),
        ("supplier_invoices.csv", _csv(invoices)),
    )


def _csv(rows: Sequence[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
