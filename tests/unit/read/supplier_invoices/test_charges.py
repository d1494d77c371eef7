"""Freight, packing, discounts and surcharges: among the lines and below them, by their words, never invented."""

from collections.abc import Sequence

import pytest

from core.app.payables.documents import bill_parts
from core.command_line.read_supplier_invoices import as_json
from core.domain.payables import ChargeKind, LineKind
from core.domain.supplier_documents import ReadSupplierInvoice, asked
from tests.unit.read.supplier_invoices.test_questions import read

BOLTS = ("Bolts", "10", "1.50", "15.00")
NUMBERED = (("Pos", 30, ""), ("Description", 70, ""), ("Qty", 340, "r"), ("Unit price", 440, "r"), ("Amount", 550, "r"))
CODED = (("Item no.", 30, ""), *NUMBERED[1:])


def charged(invoice: ReadSupplierInvoice) -> list[tuple[str, str, str]]:
    """Kind, words and amount of every charge that the bill gets, in its order."""
    _, lines, _ = bill_parts(invoice)
    return [(line.charge.value, line.description, str(line.amount)) for line in lines if line.charge is not None]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Freight", "freight"),
        ("Shipping & handling", "freight"),
        ("Packing", "other"),
        ("Fuel surcharge 2.5%", "other"),
        ("Versandkosten", "freight"),
        ("Verpackung", "other"),
        ("Mindermengenzuschlag", "other"),
        ("Frais de port", "freight"),
        ("Emballage", "other"),
        ("Gastos de envío", "freight"),
        ("Embalaje", "other"),
        ("Recargo", "other"),
    ],
)
@pytest.mark.parametrize("cells", [("", ""), ("1", "5.00")])
def test_a_charge_among_the_lines_has_its_kind_in_four_languages(words: str, kind: str, cells: tuple[str, str]) -> None:
    invoice = read([BOLTS, (words, *cells, "5.00")], [("Total", "20.00")])
    assert charged(invoice) == [(kind, words, "5.00 EUR")]
    assert invoice.complete


@pytest.mark.parametrize("words", ["Less discount 10%", "Rabatt 10 %", "Remise 10 %", "Descuento 10 %"])
@pytest.mark.parametrize("amount", ["1.50", "-1.50", "1.50-", "(1.50)"])
@pytest.mark.parametrize("numbered", [False, True])
def test_a_discount_among_the_lines_takes_money_off_however_it_is_printed(words: str, amount: str, *, numbered: bool) -> None:
    rows: Sequence[Sequence[str]] = [BOLTS, (words, "", "", amount)]
    if numbered:
        rows = [(str(place), *row) for place, row in enumerate(rows, 1)]
        invoice = read(rows, [("Total", "13.50")], header=NUMBERED)
    else:
        invoice = read(rows, [("Total", "13.50")])
    assert charged(invoice) == [("discount", words, "-1.50 EUR")]
    assert invoice.complete


@pytest.mark.parametrize(
    ("row", "header"),
    [(("2", "Freight", "1", "5.00", "5.00"), NUMBERED), (("FRT", "Shipping & handling", "1", "5.00", "5.00"), CODED)],
)
def test_a_charge_with_a_number_or_a_code_stays_a_line_and_has_its_kind(
    row: Sequence[str], header: Sequence[tuple[str, int, str]]
) -> None:
    invoice = read([("1", *BOLTS), row], [("Total", "20.00")], header=header)
    assert [line.charge for line in invoice.lines] == [None, ChargeKind.FREIGHT]
    _, lines, _ = bill_parts(invoice)
    assert (lines[1].kind, str(lines[1].quantity), str(lines[1].rate)) == (None, "1", "5.00"), "the order says how it is judged"
    said = as_json("a.pdf", invoice)["lines"]
    assert isinstance(said, list)
    assert [each["line_kind"] for each in said] == ["item", "freight"]


def test_a_row_that_is_priced_by_nothing_is_a_charge_by_the_words_that_it_begins_with() -> None:
    invoice = read([BOLTS, ("Freight by road to Dresden", "", "", "5.00")], [("Total", "20.00")])
    assert charged(invoice) == [("freight", "Freight by road to Dresden", "5.00 EUR")]
    _, lines, _ = bill_parts(invoice)
    assert lines[1].kind is LineKind.EXPENSE


@pytest.mark.parametrize(
    "row",
    [
        ("Pallets", "20", "8.00", "160.00"),
        ("Freight elevator key", "2", "80.00", "160.00"),
        ("Hazmat training", "", "", "160.00"),
        ("Port Louis brochure", "", "", "160.00"),
    ],
)
def test_goods_are_no_charge_because_of_a_word(row: Sequence[str]) -> None:
    invoice = read([BOLTS, row], [("Total", "175.00")])
    assert [line.charge for line in invoice.lines] == [None, None]
    assert invoice.charges == ()


def test_charges_between_lines_and_total_are_taken_with_their_places() -> None:
    sums = [("Subtotal", "15.00"), ("Freight", "5.00"), ("Packing", "1.00"), ("Discount", "-2.00"), ("Total", "19.00")]
    invoice = read([BOLTS], sums)
    assert charged(invoice) == [
        ("freight", "Freight", "5.00 EUR"),
        ("other", "Packing", "1.00 EUR"),
        ("discount", "Discount", "-2.00 EUR"),
    ]
    tops = [charge.amount.place.box[1] for charge in invoice.charges]
    assert tops == sorted(tops)
    assert {charge.amount.place.page for charge in invoice.charges} == {1}
    said = as_json("a.pdf", invoice)["charges"]
    assert isinstance(said, list)
    assert [each["place"]["box"][1] for each in said] == tops


@pytest.mark.parametrize(
    ("rows", "sums", "sentence"),
    [
        ([BOLTS, ("Freight", "", "", "5.00")], [("Total", "15.00")], "with charges 20.00 EUR), but the total says 15.00 EUR"),
        ([BOLTS, ("Freight", "", "", "5.00")], [("Total", "17.00")], "with charges 20.00 EUR), but the total says 17.00 EUR"),
        (
            [BOLTS],
            [("Subtotal", "15.00"), ("Freight", "5.00"), ("Total", "15.00")],
            "The charges of 5.00 EUR are neither in the 15.00 EUR nor in the total of 15.00 EUR.",
        ),
        ([BOLTS], [("Subtotal", "15.00"), ("Freight", "5.00"), ("Total", "19.00")], "but the total says 19.00 EUR"),
        ([BOLTS], [("Subtotal", "15.00"), ("Hazmat fee", "5.00"), ("Total", "20.00")], "but the total says 20.00 EUR"),
        (
            [BOLTS, ("Freight", "", "", "5.00")],
            [("Subtotal", "15.00"), ("Freight", "5.00"), ("Total", "20.00")],
            "but the total says 20.00 EUR",
        ),
    ],
)
def test_charges_that_do_not_add_up_are_asked_about(
    rows: Sequence[Sequence[str]], sums: Sequence[tuple[str, str]], sentence: str
) -> None:
    invoice = read(rows, sums)
    assert not invoice.complete
    assert sentence in " ".join(asked(invoice))


def test_freight_that_is_taxed_or_added_after_the_tax_adds_up_either_way() -> None:
    for tax, total in (("4.00", "24.00"), ("3.00", "23.00")):
        invoice = read([BOLTS], [("Net total", "15.00"), ("VAT 20%", tax), ("Freight", "5.00"), ("Total", total)])
        assert invoice.complete, asked(invoice)
        assert charged(invoice) == [("freight", "Freight", "5.00 EUR")]
