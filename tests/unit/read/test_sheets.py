import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook

from core.read.documents import read_document

Cells = Sequence[Sequence[object]]


def workbook(*sheets: Cells, hidden: int = -1) -> bytes:
    book = Workbook()
    book.remove(book["Sheet"])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(list(row))
        if number == hidden:
            sheet.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ADVICE: Cells = [
    ["Remittance advice"],
    ["Payment date", date(2025, 3, 31)],
    ["Payment reference", 4711],
    ["Currency", "USD"],
    [],
    ["Invoice No.", "Invoice date", "Gross", "Discount", "Paid"],
    [1042, date(2025, 3, 1), 100.1, None, 100.1],
    ["INV-7", date(2025, 3, 2), 50, 0.1 + 0.2, 49.7],
    ["Total", None, None, None, 149.8],
]


def test_numbers_dates_and_labels_of_a_sheet() -> None:
    reading = read_document("remittance.bin", workbook(ADVICE))
    (advice,) = reading.remittances
    assert (reading.format, reading.unreadable) == ("xlsx", ())
    assert [(line.reference, line.paid and line.paid.decimal()) for line in advice.lines] == [
        ("1042", Decimal("100.10")),
        ("INV-7", Decimal("49.70")),
    ]
    assert advice.lines[1].discount is not None
    assert advice.lines[1].discount.text() == "0.30"
    assert (advice.paid_on, advice.payment_reference, advice.complete) == (date(2025, 3, 31), "4711", True)


def test_a_hidden_sheet_is_not_read_and_is_said() -> None:
    other: Cells = [["Invoice", "Amount"], ["X-1", 5]]
    reading = read_document("a.xlsx", workbook(ADVICE, other, hidden=1))
    assert len(reading.remittances) == 1
    assert "hidden" in reading.problems[0].why


def test_a_third_of_a_cent_is_no_amount() -> None:
    reading = read_document("a.xlsx", workbook([["Remittance"], ["Currency", "USD"], ["Invoice", "Amount"], ["A-1", 1 / 3]]))
    (advice,) = reading.remittances
    assert advice.lines[0].paid is None
    assert "more digits" in advice.why


def test_a_bank_export_in_a_workbook() -> None:
    rows: Cells = [
        ["Booking date", "Counterparty", "Amount", "Currency", "Balance"],
        [date(2025, 3, 31), "Acme Supply", 1200.5, "EUR", 2200.5],
    ]
    (line,) = read_document("a.xlsx", workbook(rows)).bank_lines
    assert (line.amount.text(), line.payer_name, line.where) == ("1200.50", "Acme Supply", "sheet S0, row 2")


def test_an_empty_workbook_says_so() -> None:
    reading = read_document("a.xlsx", workbook([]))
    assert len(reading.unreadable) == 1
