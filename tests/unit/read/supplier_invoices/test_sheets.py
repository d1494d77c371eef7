"""Workbooks and CSV files as people make them: a heading of labels, a table, sums; and plain lists of lines."""

import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook

from core.domain.supplier_documents import ReadSupplierInvoice, SupplierFindingKind, asked
from core.read.documents import read_document
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.makers import csv, grid, xlsx
from tests.unit.read.supplier_invoices.scoring import RIGHT, outcomes

BILL = a_bill(5, "en", lines=4, charges=True, tax="20", orders=1)


def one(data: bytes, name: str) -> ReadSupplierInvoice:
    reading = read_document(name, data)
    assert reading.unreadable == ()
    (invoice,) = reading.supplier_invoices
    return invoice


def wrong(data: bytes, name: str) -> set[str]:
    return {field for field, outcome in outcomes(read_document(name, data), BILL) if outcome != RIGHT}


@pytest.mark.parametrize("style", ["us", "de", "fr", "ch", "plain"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_csv_in_any_way_of_writing_numbers(style: str, delimiter: str) -> None:
    assert wrong(csv(grid(BILL, style, typed=False), delimiter), "bill.csv") == set()


@pytest.mark.parametrize("offset", [0, 3])
def test_a_workbook_with_typed_cells_wherever_its_table_begins(offset: int) -> None:
    data = xlsx(grid(BILL, "us", typed=True), offset=offset)
    assert wrong(data, "bill.xlsx") == set()
    invoice = one(data, "bill.xlsx")
    assert invoice.complete
    assert invoice.number is not None
    assert invoice.number.place.where == f"sheet Bill, cell {'BE'[offset // 3]}{4 + offset}"


def test_a_computed_amount_counts_as_it_is_printed() -> None:
    rows = [
        ["Invoice no.", "A-77"],
        ["Date", "2026-02-01"],
        ["Currency", "EUR"],
        [],
        ["Description", "Qty", "Unit price", "Amount"],
    ]
    rows += [["Thirds", 1, 100 / 3, 100 / 3], ["Total", "", "", 100 / 3]]  # type: ignore[list-item]
    invoice = one(xlsx(rows), "bill.xlsx")
    assert invoice.lines[0].amount is not None
    assert invoice.lines[0].amount.value is not None
    assert invoice.lines[0].amount.value.decimal() == Decimal("33.33")
    assert invoice.lines[0].rate is not None
    assert invoice.lines[0].rate.value is not None
    assert invoice.lines[0].rate.value != Decimal("33.33")


def test_formulas_without_a_stored_result_are_said_by_cell() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in grid(BILL, "us", typed=True):
        sheet.append(row)
    sheet["G9"] = "=D9*F9"
    buffer = io.BytesIO()
    book.save(buffer)
    invoice = one(buffer.getvalue(), "bill.xlsx")
    assert not invoice.complete
    assert invoice.findings[0].kind is SupplierFindingKind.NOT_READ
    assert "G9" in invoice.findings[0].why


def test_text_that_would_run_as_a_formula_stays_text() -> None:
    rows = grid(BILL, "us", typed=False)
    rows[8][2] = "=HYPERLINK(1)+cmd|' /C calc'!A0"
    invoice = one(csv(rows), "bill.csv")
    assert invoice.lines[0].description is not None
    assert invoice.lines[0].description.value.startswith("=HYPERLINK")


def test_a_list_of_lines_is_one_invoice_for_each_number() -> None:
    text = (
        "Invoice No,Invoice Date,PO Number,Currency,Item,Description,Qty,UOM,Unit Price,Amount\n"
        "A-1,2026-03-01,45001,EUR,X1,Bolts,10,EA,1.50,15.00\n"
        "A-1,2026-03-01,45002,EUR,X2,Nuts,4,EA,2.00,8.00\n"
        "A-2,2026-03-05,45003,USD,X3,Washers,1,BOX,7.00,7.10\n"
    )
    first, second = read_document("lines.csv", text.encode()).supplier_invoices
    assert first.number is not None
    assert (first.number.value, len(first.lines)) == ("A-1", 2)
    assert [order.value for order in first.po_numbers] == ["45001", "45002"]
    assert first.missing == ("total", "supplier_name")
    assert second.currency is not None
    assert second.currency.value == "USD"
    assert any("1 at 7.00 is 7.00 USD, but 7.10 USD is printed" in sentence for sentence in asked(second))


def test_remittances_and_our_own_files_are_no_invoices() -> None:
    remittance = b"Invoice,Invoice date,Net paid\nA-1,2026-01-02,100.00\nA-2,2026-01-03,50.00\n"
    assert len(read_document("remittance.csv", remittance).remittances) == 1
    ours = b"invoice_number,supplier_id,invoice_date,currency,line,quantity,rate,amount\nA,S,2026-01-01,EUR,1,1,1.00,1.00\n"
    reading = read_document("supplier_invoices.csv", ours)
    assert reading.supplier_invoices == ()
    assert "supplier_invoices.csv" in reading.unreadable[0].why


def test_a_quotation_is_no_invoice_and_said_to_be_one() -> None:
    rows = grid(BILL, "us", typed=False)
    rows[1] = ["QUOTATION"]
    assert read_document("bill.csv", csv(rows)).supplier_invoices == ()


def test_a_workbook_that_grows_when_unpacked_is_not_opened() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 4_000_000)
    reading = read_document("bill.xlsx", buffer.getvalue())
    assert "grow more than" in reading.unreadable[0].why
