"""Columns of tax beside the lines, in sheets, CSV files, pages and XML."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from core.app.payables.documents import bill_parts
from core.domain.supplier_documents import ReadSupplierInvoice, asked
from core.read.documents import read_document
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.makers import csv, ubl, xlsx
from tests.unit.read.supplier_invoices.test_questions import read

LABELS = {
    "en": "INVOICE|Invoice no.|Date|Currency|Description|Qty|Unit price|Amount|Net total|VAT|Total",
    "de": "RECHNUNG|Rechnungsnr.|Rechnungsdatum|Währung|Bezeichnung|Menge|Einzelpreis|Betrag|Nettobetrag|MwSt.|Rechnungsbetrag",
    "fr": "FACTURE|N° facture|Date de facture|Devise|Désignation|Quantité|Prix unitaire|Montant HT|Total HT|TVA|Total TTC",
    "es": "FACTURA|N.º factura|Fecha factura|Moneda|Descripción|Cantidad|Precio unitario|Importe|Total neto|IVA|Total factura",
}
COLUMNS = {
    "en": ("VAT rate", "VAT amount"),
    "de": ("MwSt.-Satz", "MwSt.-Betrag"),
    "fr": ("Taux TVA", "Montant TVA"),
    "es": ("Tipo IVA", "Cuota IVA"),
}
LINES = (("Bolts", "10", "1.50", "15.00", "20", "3.00"), ("Books", "2", "10.00", "20.00", "5", "1.00"))


def sheet(
    language: str = "en",
    *,
    columns: Sequence[bool] = (True, True),
    lines: Sequence[Sequence[str]] = LINES,
    tax: str = "",
    total: str = "39.00",
) -> list[list[object]]:
    title, number, date, money, description, quantity, rate, amount, net, vat, gross = LABELS[language].split("|")
    titles = [name for name, wanted in zip(COLUMNS[language], columns, strict=True) if wanted]
    rows: list[list[object]] = [
        ["Acme Tools Ltd"], [title], [number, "A-1001"], [date, "2026-03-14"], [money, "EUR"], [],
        [description, quantity, rate, amount, *titles],
    ]  # fmt: skip
    rows += [[*line[:4], *(cell for cell, wanted in zip(line[4:], columns, strict=True) if wanted)] for line in lines]
    sums = [(net, "35.00"), (vat, tax), (gross, total)]
    return rows + [["", "", label, value] for label, value in sums if value]


def one(data: bytes, name: str = "a.csv") -> ReadSupplierInvoice:
    (invoice,) = read_document(name, data).supplier_invoices
    return invoice


def tax_of(invoice: ReadSupplierInvoice) -> str:
    header, _, _ = bill_parts(invoice)
    return str(header.tax)


@pytest.mark.parametrize("language", list(LABELS))
@pytest.mark.parametrize("columns", [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_columns_of_tax_are_the_tax_of_the_bill(language: str, columns: Sequence[bool], kind: str) -> None:
    rows = sheet(language, columns=columns)
    invoice = one(csv(rows) if kind == "csv" else xlsx(rows), f"a.{kind}")
    assert invoice.complete, asked(invoice)
    assert tax_of(invoice) == "4.00 EUR"
    assert invoice.tax_total is not None
    assert invoice.tax_total.worked_out
    _, lines, _ = bill_parts(invoice)
    percents = [Decimal(20), Decimal(5)] if columns[0] else [None, None]
    amounts = ["3.00 EUR", "1.00 EUR"] if columns[1] else ["None", "None"]
    assert [line.tax_percent for line in lines] == percents
    assert [str(line.tax) for line in lines] == amounts
    if columns[1] and kind == "csv":
        assert invoice.lines[0].tax is not None
        assert invoice.lines[0].tax.place.where == f"cell {'F' if columns[0] else 'E'}8"


def test_a_printed_tax_stays_what_is_printed_and_is_held_against_the_lines() -> None:
    invoice = one(csv(sheet(tax="4.01", total="39.01")))
    assert invoice.complete, "a unit a line is rounding"
    assert tax_of(invoice) == "4.01 EUR"
    invoice = one(csv(sheet(tax="5.00", total="40.00")))
    assert asked(invoice)[1:] == ("The taxes of the lines add up to 4.00 EUR, but the tax says 5.00 EUR.",)


def test_a_line_whose_tax_is_not_its_percentage_is_asked_about() -> None:
    lines = (LINES[0], (*LINES[1][:5], "4.00"))
    invoice = one(csv(sheet(lines=lines, tax="7.00", total="42.00")))
    assert "Line 2: 5% of 20.00 EUR is 1.00 EUR, but 4.00 EUR is its tax." in asked(invoice)


def test_taxes_of_the_lines_that_do_not_reach_the_total_are_no_tax_of_the_bill() -> None:
    invoice = one(csv(sheet(total="38.00")))
    assert invoice.tax_total is None
    assert not invoice.complete


def test_a_key_of_a_tax_is_no_percentage() -> None:
    header = (("Description", 50, ""), ("Qty", 300, "r"), ("Unit price", 400, "r"), ("VAT", 450, "r"), ("Amount", 550, "r"))
    invoice = read(
        [("Bolts", "10", "1.50", "1", "15.00")], [("Net", "15.00"), ("VAT 20%", "3.00"), ("Total", "18.00")], header=header
    )
    assert invoice.complete, asked(invoice)
    assert invoice.lines[0].tax_percent is None


def test_the_tax_on_a_line_of_ubl_is_read_too() -> None:
    bill = a_bill(3, "en", lines=1, tax="20", orders=1)
    extra = f'<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{bill.tax_total}</cbc:TaxAmount></cac:TaxTotal>'
    invoice = one(ubl(bill, line_extra=extra), "a.xml")
    assert invoice.lines[0].tax is not None
    assert invoice.lines[0].tax.value == (invoice.tax_total.value if invoice.tax_total else None)
    assert invoice.complete
