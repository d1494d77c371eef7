from core.domain.readings import ReadRemittance
from core.read.documents import read_document

TABLE = (
    "<table><tr><th>Invoice</th><th>Date</th><th>Gross</th><th>Discount</th><th>Net paid</th></tr>"
    "<tr><td>INV-1</td><td>2025-03-01</td><td>100.00</td><td></td><td>100.00</td></tr>"
    "<tr><td>INV-2</td><td>2025-03-02</td><td>50.00</td><td>1.00</td><td>49.00</td></tr>"
    "<tr><td colspan='4'>Total</td><td>149.00 USD</td></tr></table>"
)


def one(page: str) -> ReadRemittance:
    reading = read_document("mail.html", page.encode())
    assert reading.unreadable == ()
    (advice,) = reading.remittances
    return advice


def paid(advice: ReadRemittance) -> list[tuple[str, str]]:
    return [(line.reference, line.paid.text() if line.paid else "-") for line in advice.lines]


def test_cells_stay_apart_and_a_spanning_total_is_the_total() -> None:
    advice = one(f"<html><body><p>Payment date: 2025-03-31</p>{TABLE}</body></html>")
    assert paid(advice) == [("INV-1", "100.00"), ("INV-2", "49.00")]
    assert advice.complete
    assert advice.paid_on is not None


def test_cells_without_text_between_them_never_grow_together() -> None:
    advice = one("<table><tr><td>Invoice</td><td>Paid</td></tr><tr><td>INV-1</td><td>5.00</td></tr></table>")
    assert paid(advice) == [("INV-1", "5.00")]


def test_a_table_inside_layout_tables_is_found() -> None:
    advice = one(f"<table><tr><td><table><tr><td>Remittance</td></tr></table></td></tr><tr><td>{TABLE}</td></tr></table>")
    assert len(advice.lines) == 2


def test_a_table_of_labels_and_values_is_a_notice() -> None:
    advice = one(
        "<p>Payment notification</p><table><tr><td>Payment amount</td><td>USD 75.00</td></tr>"
        "<tr><td>Payment date</td><td>31 March 2025</td></tr><tr><td>Invoice number</td><td>1042</td></tr></table>"
    )
    assert paid(advice) == [("1042", "75.00")]
    assert advice.complete


def test_hidden_text_is_not_read() -> None:
    advice = one(
        TABLE.replace(
            "</table>", ("<tr style='display:none'><td>INV-9</td><td></td><td>9.00</td><td></td><td>9.00</td></tr></table>")
        )
    )
    assert [line.reference for line in advice.lines] == ["INV-1", "INV-2"]


def test_a_cell_that_spans_rows_keeps_the_columns() -> None:
    advice = one(
        "<table><tr><th>Date</th><th>Invoice</th><th>Paid</th></tr><tr><td "
        "rowspan='2'>2025-03-01</td><td>A-1</td><td>5.00</td></tr>"
        "<tr><td>A-2</td><td>6.00</td></tr></table>"
    )
    assert paid(advice) == [("A-1", "5.00"), ("A-2", "6.00")]


def test_lines_without_a_table_are_read_as_text() -> None:
    advice = one(
        "<div>We have paid:</div><div>Invoice 1042&nbsp;$5.00</div><div>Invoice 1043&nbsp;$6.00<br>Total: $11.00</div>"
    )
    assert paid(advice) == [("1042", "5.00"), ("1043", "6.00")]
    assert advice.complete


def test_a_page_without_an_advice_says_so() -> None:
    reading = read_document("x.html", b"<html><body><p>Hello</p></body></html>")
    assert reading.remittances == ()
    assert reading.unreadable
