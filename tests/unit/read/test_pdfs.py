import io
from collections.abc import Sequence

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

from core.domain.readings import ReadRemittance
from core.read.documents import read_document

HEADER = ("Invoice", "Date", "Gross", "Discount", "Net paid")
EDGES = (60, 130, 300, 370, 450)
NUMBERS = range(1, 61)
DISCOUNTED = [index % 3 == 0 for index in NUMBERS]
ROWS = [
    (f"INV-{1000 + index}", f"2025-03-{1 + index % 28:02}", f"{100 + index}.00", "1.00" * less, f"{100 + index - less}.00")
    for index, less in zip(NUMBERS, DISCOUNTED, strict=True)
]


def total(rows: Sequence[Sequence[str]]) -> str:
    return f"{sum(int(row[4].partition('.')[0]) for row in rows):,}.00"


def printed(rows: Sequence[Sequence[str]], *, font: str = "Helvetica", password: str = "", repeat: bool = True) -> bytes:
    """Columns without rules: text left, amounts right, several pages."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, encrypt=StandardEncryption(password) if password else None)
    for start in range(0, len(rows), 35):
        canvas.setFont(font, 9)
        height = 800.0
        if start == 0:
            for line in ("Remittance advice from Acme Supply Ltd.", f"Payment amount: {total(rows)} USD"):
                canvas.drawString(60, height, line)
                height -= 14
        if start == 0 or repeat:
            height = _row(canvas, height - 10, HEADER)
        for row in rows[start : start + 35]:
            height = _row(canvas, height, row)
        canvas.drawString(280, 30, f"Page {start // 35 + 1}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _row(canvas: Canvas, height: float, row: Sequence[str]) -> float:
    for index, (edge, cell) in enumerate(zip(EDGES, row, strict=True)):
        (canvas.drawString if index < 2 else canvas.drawRightString)(edge, height, cell)
    return height - 14


def ruled(rows: Sequence[Sequence[str]], widths: Sequence[float] | None = None) -> bytes:
    buffer = io.BytesIO()
    table = Table([list(HEADER), *map(list, rows)], colWidths=widths)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONTSIZE", (0, 0), (-1, -1), 8)]))
    SimpleDocTemplate(buffer, pagesize=A4).build([table])
    return buffer.getvalue()


def one(data: bytes) -> ReadRemittance:
    reading = read_document("scan.tmp", data)
    assert reading.unreadable == ()
    (advice,) = reading.remittances
    return advice


def paid(advice: ReadRemittance) -> list[tuple[str, str]]:
    return [(line.reference, line.paid.text() if line.paid else "-") for line in advice.lines]


@pytest.mark.parametrize("font", ["Helvetica", "Times-Roman", "Courier"])
@pytest.mark.parametrize("repeat", [True, False])
def test_columns_without_rules_over_two_pages(font: str, repeat: bool) -> None:
    advice = one(printed(ROWS, font=font, repeat=repeat))
    assert paid(advice) == [(row[0], row[4]) for row in ROWS]
    assert advice.complete
    assert advice.payer_name == "Acme Supply Ltd."
    assert [line.discount is not None for line in advice.lines] == [bool(row[3]) for row in ROWS]


def test_a_ruled_table_that_goes_on_without_its_header() -> None:
    advice = one(ruled(ROWS))
    assert paid(advice) == [(row[0], row[4]) for row in ROWS]


def test_a_number_broken_inside_its_cell_grows_together() -> None:
    broken = [("INV-2025-\n0001", "2025-03-01", "10.00", "", "10.00"), *ROWS[:3]]
    assert paid(one(ruled(broken)))[0] == ("INV-2025-0001", "10.00")


def test_a_password_is_asked_for() -> None:
    reading = read_document("a.pdf", printed(ROWS[:3], password="secret"))
    assert "protected by a password" in reading.unreadable[0].why


def test_a_scan_has_no_text_and_says_so() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.rect(100, 100, 200, 200)
    canvas.showPage()
    canvas.save()
    reading = read_document("a.pdf", buffer.getvalue())
    assert "no text" in reading.unreadable[0].why


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_pdf_that_breaks_off_is_unreadable_or_read_whole(cut: float) -> None:
    data = printed(ROWS[:5])
    reading = read_document("a.pdf", data[: int(len(data) * cut)])
    assert reading.unreadable or paid(reading.remittances[0]) == [(row[0], row[4]) for row in ROWS[:5]]


def test_a_letter_is_no_advice() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(60, 700, "Dear customer, thank you for your letter.")
    canvas.save()
    reading = read_document("a.pdf", buffer.getvalue())
    assert reading.remittances == ()
    assert len(reading.unreadable) == 1
