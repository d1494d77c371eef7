"""`tieout import` with the files of payables: taken in the order in which they depend on each other, then compared again."""

from pathlib import Path

from tests.operator import Operator
from tests.payables_desk import INVOICE_HEAD, ORDER_HEAD, RECEIPT_HEAD, SUPPLIERS, invoice_row, order_row


def test_files_given_in_any_order_are_taken_in_theirs(operator: Operator, tmp_path: Path) -> None:
    files = {
        "a_invoices.csv": f"{INVOICE_HEAD}\n{invoice_row()}\n",
        "b_receipts.csv": f"{RECEIPT_HEAD}\nR-1,PO-1001,1,2026-02-20,10,EA\n",
        "c_orders.csv": f"{ORDER_HEAD}\n{order_row(match='three_way')}\n",
        "d_suppliers.csv": SUPPLIERS,
        "e_units.csv": "supplier_id,item_code,from_uom,to_uom,factor\nS1,A-1,CS,EA,12\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    status, said = operator.types("import " + " ".join(str(tmp_path / name) for name in files))
    assert status == 0, said
    taken = [line.split()[1].rstrip(":") for line in said.splitlines() if line.startswith("taken")]
    assert taken == ["d_suppliers.csv", "e_units.csv", "c_orders.csv", "b_receipts.csv", "a_invoices.csv"]
    (tmp_path / "less.csv").write_text(f"{RECEIPT_HEAD}\nR-1,PO-1001,1,2026-02-20,9,EA\n")
    status, said = operator.types(f"import {tmp_path / 'less.csv'}")
    assert status == 0
    assert "1 supplier invoice compared again with what came." in said
