"""What is asked of a person, and what the document itself settles: never a guess."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from core.domain.money import NO_CURRENCY
from core.domain.payables import ChargeKind
from core.domain.supplier_documents import ReadSupplierInvoice, SupplierDocumentKind, SupplierFindingKind, asked
from core.read.documents import read_document
from tests.unit.read.supplier_invoices.layouts import raw_pdf, width

TABLE = (("Description", 50, ""), ("Qty", 340, "r"), ("Unit price", 440, "r"), ("Amount", 550, "r"))
HEAD = ("Invoice no.: A-1001", "Date: 14 March 2026", "PO number: 4500012345", "Currency: EUR")


def bill(
    lines: Sequence[Sequence[str]],
    sums: Sequence[tuple[str, str]],
    *,
    head: Sequence[str] = HEAD,
    title: str = "INVOICE",
    header: Sequence[tuple[str, int, str]] = TABLE,
) -> bytes:
    """A page with a heading of labels, a table by its columns and sums."""
    words: list[tuple[float, float, str, float]] = [(50, 800, title, 14), (300, 800, "Acme Tools Ltd", 12)]
    words += [(50, 770 - 14 * row, text, 9) for row, text in enumerate(head)]
    y = 680.0
    for cells in ([text for text, _, _ in header], *lines):
        for text, (_, x, side) in zip(cells, header, strict=True):
            if text:
                words.append((x - width(text, 9) if side else x, y, text, 9))
        y -= 16
    y -= 10
    for label, amount in sums:
        words += [(330, y, label, 9), (550 - width(amount, 9), y, amount, 9)]
        y -= 14
    return raw_pdf([words])


def read(*arguments: object, **keywords: object) -> ReadSupplierInvoice:
    reading = read_document("a.pdf", bill(*arguments, **keywords))  # type: ignore[arg-type]
    assert reading.unreadable == ()
    (invoice,) = reading.supplier_invoices
    return invoice


def figures(invoice: ReadSupplierInvoice) -> list[tuple[Decimal | None, Decimal | None, str]]:
    return [
        (
            line.quantity.value if line.quantity else None,
            line.rate.value if line.rate else None,
            line.amount.value.text() if line.amount and line.amount.value else "-",
        )
        for line in invoice.lines
    ]


def test_the_place_of_a_field_is_its_page_and_box() -> None:
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")])
    assert invoice.total is not None
    assert invoice.total.place.page == 1
    left, top, right, bottom = invoice.total.place.box
    assert 520 < left < right <= 551
    assert 0 < top < bottom < 842
    assert invoice.total.raw == "15.00"


@pytest.mark.parametrize(
    ("quantity", "rate", "amount", "expected"),
    [
        ("1.000", "2,500", "2.500,00", (Decimal(1000), Decimal("2.500"), "2500.00")),
        ("2", "1.234", "2,468.00", (Decimal(2), Decimal(1234), "2468.00")),
        ("2", "1.234", "2.47", (Decimal(2), Decimal("1.234"), "2.47")),
        ("1 234,5", "2,00", "2 469,00", (Decimal("1234.5"), Decimal("2.00"), "2469.00")),
        ("1'000", "2.50", "2'500.00", (Decimal(1000), Decimal("2.50"), "2500.00")),
        ("3", "5.00", "15.00-", (Decimal(3), Decimal("5.00"), "-15.00")),
        ("3", "5.00", "(15.00)", (Decimal(3), Decimal("5.00"), "-15.00")),
        ("3", "5.00", "15.00 CR", (Decimal(3), Decimal("5.00"), "-15.00")),
        ("12 pcs", "EUR 2.00", "EUR 24.00", (Decimal(12), Decimal("2.00"), "24.00")),
        ("500", "12.50 / 100", "62.50", (Decimal(500), Decimal("12.50"), "62.50")),
    ],
)
def test_figures_are_settled_by_what_ties(
    quantity: str, rate: str, amount: str, expected: tuple[Decimal, Decimal, str]
) -> None:
    title = "CREDIT NOTE" if expected[2].startswith("-") else "INVOICE"
    invoice = read([("Bolts", quantity, rate, amount)], [("Total", amount)], title=title)
    assert figures(invoice) == [expected]
    assert not [finding for finding in invoice.findings if finding.kind is SupplierFindingKind.OPEN]


def test_a_figure_that_nothing_settles_is_asked_about_with_its_meanings() -> None:
    header = (("Description", 50, ""), ("Qty", 340, "r"), ("Amount", 550, "r"))
    invoice = read([("Bolts", "1.234", "15.00")], [("Total", "15.00")], header=header)
    assert invoice.lines[0].quantity is not None
    assert invoice.lines[0].quantity.value is None
    assert set(invoice.lines[0].quantity.could_be) == {Decimal("1.234"), Decimal(1234)}
    assert any("can mean" in sentence for sentence in asked(invoice))
    assert not invoice.complete


def test_two_ways_that_both_tie_are_asked_about() -> None:
    invoice = read([("Bolts", "1.000", "1.234", "1.234,00")], [("Total", "1.234,00")])
    assert figures(invoice) == [(None, None, "1234.00")]
    assert len(asked(invoice)) == 2


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("Date: 07/08/2026",), None),
        (("Date: 13/08/2026",), date(2026, 8, 13)),
        (("Date: 08/13/2026",), date(2026, 8, 13)),
        (("Date: 07/08/2026", "Due date: 20/08/2026"), date(2026, 8, 7)),
        (("Date: 07/08/2026", "Due date: 08/07/2026", "Terms: net 30 days"), date(2026, 7, 8)),
        (("Date: 07.08.2026",), date(2026, 8, 7)),
        (("Date: 2026-08-07",), date(2026, 8, 7)),
        (("Date: 7th August 2026",), date(2026, 8, 7)),
    ],
)
def test_a_date_is_settled_by_the_document_or_asked_about(dates: Sequence[str], expected: date | None) -> None:
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], head=("Invoice no.: A-1", *dates, "Currency: EUR"))
    assert invoice.invoice_date is not None
    assert invoice.invoice_date.value == expected
    if expected is None:
        assert set(invoice.invoice_date.could_be) == {date(2026, 8, 7), date(2026, 7, 8)}
        assert "2026-07-08 or 2026-08-07" in " ".join(asked(invoice))


def test_decimal_commas_say_that_the_day_comes_first() -> None:
    head = ("Invoice no.: A-1", "Date: 07/08/2026", "Currency: EUR")
    invoice = read([("Bolts", "10", "1,50", "15,00")], [("Total", "15,00")], head=head)
    assert invoice.invoice_date is not None
    assert invoice.invoice_date.value == date(2026, 8, 7)


def test_two_invoice_numbers_are_a_question() -> None:
    head = ("Invoice no.: A-1001", "Invoice no.: A-1002", "Date: 14 March 2026", "Currency: EUR")
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], head=head)
    assert invoice.number is None
    assert "The invoice number is given as “A-1001” and “A-1002”." in asked(invoice)


def test_a_shared_sign_is_taken_for_dollars_and_said() -> None:
    invoice = read([("Bolts", "10", "$1.50", "$15.00")], [("Total", "$15.00")], head=HEAD[:3])
    assert invoice.currency is not None
    assert (invoice.currency.value, invoice.currency_sure) == ("USD", False)
    assert invoice.complete
    assert [finding.kind for finding in invoice.findings] == [SupplierFindingKind.NOTICE]


def test_no_currency_is_missing_and_amounts_wait_for_it() -> None:
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], head=HEAD[:3])
    assert "currency" in invoice.missing
    assert invoice.total is not None
    assert invoice.total.value is not None
    assert invoice.total.value.currency.code == NO_CURRENCY
    assert not invoice.complete


def test_two_currencies_are_a_question() -> None:
    invoice = read([("Bolts", "10", "EUR 1.50", "EUR 15.00")], [("Total", "USD 15.00")], head=HEAD[:3])
    assert "The amounts are in EUR, USD." in asked(invoice)
    assert not invoice.complete


def test_lines_that_do_not_add_up_are_a_finding_with_both_sums() -> None:
    invoice = read(
        [("Bolts", "10", "1.50", "15.00"), ("Nuts", "2", "4.00", "8.00")],
        [("Net total", "24.00"), ("VAT 20%", "4.80"), ("Total", "28.80")],
    )
    assert asked(invoice) == ("The lines add up to 23.00 EUR, but the net total says 24.00 EUR.",)
    assert invoice.net_total is not None
    assert invoice.net_total.value is not None
    assert invoice.net_total.value.text() == "24.00"


def test_a_wrong_line_a_wrong_tax_and_a_wrong_total_are_said() -> None:
    invoice = read([("Bolts", "10", "1.50", "16.00")], [("Net total", "16.00"), ("VAT 20%", "3.20"), ("Total", "20.00")])
    said = " ".join(asked(invoice))
    assert "10 at 1.50 is 15.00 EUR, but 16.00 EUR is printed." in said
    assert "16.00 EUR and tax of 3.20 EUR make 19.20 EUR, but the total says 20.00 EUR." in said


def test_amounts_with_tax_in_them_are_said() -> None:
    invoice = read([("Bolts", "10", "1.20", "12.00")], [("Net total", "10.00"), ("VAT 20%", "2.00"), ("Total", "12.00")])
    assert "seem to include tax" in " ".join(asked(invoice))


def test_freight_discount_and_carry_overs_are_no_lines() -> None:
    invoice = read(
        [
            ("Bolts", "10", "1.50", "15.00"),
            ("Carried forward", "", "", "15.00"),
            ("Nuts", "2", "4.00", "8.00"),
            ("Subtotal", "", "", "23.00"),
            ("Discount 10%", "", "", "2.30"),
            ("Freight", "", "", "5.00"),
        ],
        [("Net total", "25.70"), ("VAT 20%", "5.14"), ("Total", "30.84")],
    )
    assert figures(invoice) == [(Decimal(10), Decimal("1.50"), "15.00"), (Decimal(2), Decimal("4.00"), "8.00")]
    assert [(charge.kind, charge.amount.value.text()) for charge in invoice.charges if charge.amount.value] == [
        (ChargeKind.DISCOUNT, "-2.30"),
        (ChargeKind.FREIGHT, "5.00"),
    ]
    assert invoice.complete
    assert invoice.charges[0].percent is not None
    assert invoice.charges[0].percent.value == Decimal(10)


def test_freight_with_a_quantity_is_a_line_like_any_other() -> None:
    invoice = read(
        [("Bolts", "10", "1.50", "15.00"), ("Freight", "1", "5.00", "5.00")], [("Net total", "20.00"), ("Total", "20.00")]
    )
    assert len(invoice.lines) == 2
    assert invoice.charges == ()


def test_a_net_that_is_not_printed_is_worked_out_only_where_everything_ties() -> None:
    tying = [("Subtotal", "15.00"), ("Freight", "5.00"), ("VAT 20%", "4.00"), ("Total", "24.00")]
    invoice = read([("Bolts", "10", "1.50", "15.00")], tying)
    assert invoice.net_total is not None
    assert invoice.net_total.worked_out
    assert invoice.net_total.value is not None
    assert invoice.net_total.value.text() == "20.00"
    invoice = read([("Bolts", "10", "1.50", "15.00")], [*tying[:3], ("Total", "25.00")])
    assert invoice.net_total is None
    assert not invoice.complete


def test_total_is_the_net_where_another_sum_has_the_tax() -> None:
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00"), ("VAT 20%", "3.00"), ("Amount due", "18.00")])
    assert invoice.total is not None
    assert invoice.net_total is not None
    assert (invoice.net_total.raw, invoice.total.raw) == ("15.00", "18.00")
    assert invoice.complete


def test_a_credit_note_by_its_title() -> None:
    head = ("Credit note no.: C-5", "Original invoice: A-1001", *HEAD[1:])
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], head=head, title="CREDIT NOTE")
    assert invoice.kind is SupplierDocumentKind.CREDIT_NOTE
    assert invoice.number is not None
    assert invoice.number.value == "C-5"
    assert invoice.corrects is not None
    assert invoice.corrects.value == "A-1001"


@pytest.mark.parametrize(
    ("title", "said"),
    [("QUOTATION", "quotation"), ("DELIVERY NOTE", "delivery note"), ("PRO FORMA INVOICE", "pro forma invoice")],
)
def test_what_is_titled_otherwise_is_no_invoice(title: str, said: str) -> None:
    reading = read_document("a.pdf", bill([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], title=title))
    assert reading.supplier_invoices == ()
    assert f"titled as a {said}" in reading.unreadable[0].why


def test_an_invoice_without_lines_or_order_asks_for_them() -> None:
    invoice = read([], [("Total", "15.00")], head=(HEAD[0], HEAD[1], HEAD[3]))
    assert set(invoice.missing) == {"lines", "po_numbers"}
    assert asked(invoice) == ("No lines were found in the document.", "The document names no purchase order.")


def test_a_picture_of_an_invoice_says_that_it_needs_ocr() -> None:
    reading = read_document("a.pdf", raw_pdf([[]]))
    assert "needs OCR" in reading.unreadable[0].why
