"""Until when an early-payment discount may be kept, as pages and XML say it; the amount of it is never worked out."""

from datetime import date

import pytest

from core.app.payables.documents import bill_parts
from core.domain.supplier_documents import ReadSupplierInvoice
from core.read.documents import read_document
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.makers import cii, ubl
from tests.unit.read.supplier_invoices.test_questions import HEAD, read

SETTLED = (
    "<cbc:SettlementDiscountPercent>2</cbc:SettlementDiscountPercent><cac:SettlementPeriod>"
    '<cbc:DurationMeasure unitCode="{unit}">10</cbc:DurationMeasure></cac:SettlementPeriod>'
)
DISCOUNTED = (
    '<ram:ApplicableTradePaymentDiscountTerms><ram:BasisPeriodMeasure unitCode="{unit}">10</ram:BasisPeriodMeasure>'
    "<ram:CalculationPercent>2</ram:CalculationPercent></ram:ApplicableTradePaymentDiscountTerms>"
)
BILL = a_bill(3, "de", lines=1, tax="19", orders=1)


def day_of(invoice: ReadSupplierInvoice) -> date | None:
    header, _, _ = bill_parts(invoice)
    assert header.discount is None
    return header.discount_until


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Terms: 2/10 net 30", 24),
        ("2% cash discount within 10 days, net 30 days", 24),
        ("2 % Skonto bei Zahlung innerhalb von 8 Tagen, 30 Tage netto", 22),
        ("3 % Skonto in 8 Tagen, 2 % Skonto in 14 Tagen, netto 30 Tage", 22),
        ("2 % Skonto bis 24.03.2026", 24),
        ("Escompte de 2 % pour paiement sous 10 jours", 24),
        ("2 % de descuento por pronto pago a 10 días", 24),
        ("Zahlbar innerhalb von 30 Tagen ohne Abzug", None),
        ("Kein Skonto", None),
        ("Pas d'escompte pour paiement anticipé; pénalité de retard 3 %", None),
        ("Bis 24.03.2026 mit 2 % Skonto, bis 13.04.2026 ohne Abzug", None),
        ("Quantity discount 5 % within 10 days of order", None),
        ("Part 2/10 of the order, net weight 30 kg", None),
    ],
)
def test_a_line_of_a_page_says_the_day_plainly_or_nothing(line: str, expected: int | None) -> None:
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], head=(*HEAD, line))
    assert day_of(invoice) == (date(2026, 3, expected) if expected else None)
    if invoice.discount_until is not None:
        assert invoice.discount_until.place.page == 1
        assert invoice.discount_until.place.box
    assert invoice.complete


def test_without_a_plain_date_of_the_invoice_no_day_follows() -> None:
    head = ("Invoice no.: A-1", "Date: 07/08/2026", "Currency: EUR", "2/10 net 30")
    assert day_of(read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], head=head)) is None


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ("<cbc:Note>#SKONTO#TAGE=14#PROZENT=2.25#\n#SKONTO#TAGE=28#PROZENT=1.00#</cbc:Note>", 14),
        ("<cbc:Note>2 % Skonto innerhalb 10 Tagen, 30 Tage netto</cbc:Note>", 10),
        (SETTLED.format(unit="DAY"), 10),
        (SETTLED.format(unit="MON"), None),
        ("<cbc:Note>30 Tage netto</cbc:Note>", None),
    ],
)
def test_ubl_says_it_in_its_terms_of_payment(terms: str, days: int | None) -> None:
    text = ubl(BILL).decode().replace("<cac:TaxTotal>", f"<cac:PaymentTerms>{terms}</cac:PaymentTerms><cac:TaxTotal>", 1)
    (invoice,) = read_document("a.xml", text.encode()).supplier_invoices
    until = day_of(invoice)
    assert (until - BILL.issued).days == days if until is not None else days is None


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ("<ram:Description>#SKONTO#TAGE=14#PROZENT=2.25#</ram:Description>", 14),
        (DISCOUNTED.format(unit="DAY"), 10),
        (DISCOUNTED.format(unit="MON"), None),
    ],
)
def test_a_cross_industry_invoice_says_it_in_its_terms_of_payment(terms: str, days: int | None) -> None:
    text = cii(BILL).decode()
    assert text.count("<ram:SpecifiedTradePaymentTerms>") == 1
    data = text.replace("<ram:SpecifiedTradePaymentTerms>", f"<ram:SpecifiedTradePaymentTerms>{terms}").encode()
    (invoice,) = read_document("a.xml", data).supplier_invoices
    until = day_of(invoice)
    assert (until - BILL.issued).days == days if until is not None else days is None
