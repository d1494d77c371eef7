"""UBL, cross-industry invoices and XML inside a PDF: every field with its path, and what does not fit is said."""

import zlib
from decimal import Decimal

import pytest

from core.domain.payables import ChargeKind
from core.domain.readings import Reading
from core.domain.supplier_documents import (
    ReadSupplierInvoice,
    SupplierDocumentKind,
    SupplierFindingKind,
    asked,
)
from core.read.documents import read_document
from tests.unit.read.supplier_invoices import layouts
from tests.unit.read.supplier_invoices.bills import Bill, a_bill
from tests.unit.read.supplier_invoices.makers import GUIDELINES, cii, ubl, with_file
from tests.unit.read.supplier_invoices.scoring import RIGHT, outcomes

BILL = a_bill(5, "de", lines=3, charges=True, orders=1)
FRENCH = a_bill(5, "fr", lines=3, charges=True, tax="20", orders=1)


def one(data: bytes, name: str = "a.xml") -> ReadSupplierInvoice:
    reading = read_document(name, data)
    assert reading.unreadable == ()
    (invoice,) = reading.supplier_invoices
    return invoice


def all_right(data: bytes, bill: Bill, *, but: frozenset[str] = frozenset()) -> ReadSupplierInvoice:
    reading = read_document("a.xml", data)
    wrong = {field for field, outcome in outcomes(reading, bill, left_out=but) if outcome != RIGHT}
    assert wrong == set()
    return one(data)


def kinds(invoice: ReadSupplierInvoice) -> list[SupplierFindingKind]:
    return [finding.kind for finding in invoice.findings]


def test_ubl_with_every_field_and_its_path() -> None:
    invoice = all_right(ubl(BILL), BILL)
    assert invoice.complete
    assert invoice.missing == ()
    assert invoice.format == "ubl"
    assert invoice.lines[1].rate is not None
    assert invoice.lines[1].rate.place.where == "/Invoice/InvoiceLine[2]/Price/PriceAmount"
    assert invoice.lines[1].uom is not None
    assert invoice.lines[1].uom.place.where == "/Invoice/InvoiceLine[2]/InvoicedQuantity/@unitCode"
    assert invoice.lines[1].po_line == "20"
    assert [charge.kind for charge in invoice.charges] == [ChargeKind.FREIGHT]
    assert invoice.supplier_tax_id is not None
    assert invoice.supplier_tax_id.value == BILL.tax_id


def test_a_ubl_credit_note_keeps_its_amounts_as_written() -> None:
    extra = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>INV-1</cbc:ID></cac:InvoiceDocumentReference>"
        "</cac:BillingReference>"
    )
    invoice = all_right(ubl(BILL, credit=True, extra=extra), BILL, but=frozenset({"due date"}))
    assert invoice.kind is SupplierDocumentKind.CREDIT_NOTE
    assert invoice.corrects is not None
    assert invoice.corrects.value == "INV-1"


@pytest.mark.parametrize("profile", ["BASIC", "EN 16931", "EXTENDED"])
def test_factur_x_profiles_with_lines(profile: str) -> None:
    assert all_right(cii(BILL, profile=profile), BILL).format == f"cii {profile}"


def test_zugferd_1_names_things_otherwise() -> None:
    assert all_right(cii(BILL, version=1), BILL).complete


@pytest.mark.parametrize("profile", ["MINIMUM", "BASIC WL"])
def test_a_profile_without_lines_says_so(profile: str) -> None:
    invoice = one(cii(BILL, profile=profile))
    assert invoice.lines == ()
    assert not invoice.complete
    assert any(profile in sentence and "no lines" in sentence for sentence in asked(invoice))
    assert set(GUIDELINES) >= {profile}


def test_xml_in_a_pdf_is_the_truth() -> None:
    invoice = one(with_file(layouts.scrambled_french(FRENCH), "factur-x.xml", cii(FRENCH)), "a.pdf")
    assert invoice.format == "cii EN 16931"
    assert invoice.complete
    assert invoice.findings == ()


@pytest.mark.parametrize("associated", [True, False])
def test_lines_come_from_the_page_where_the_xml_has_none_and_they_tie(*, associated: bool) -> None:
    data = with_file(layouts.scrambled_french(FRENCH), "factur-x.xml", cii(FRENCH, profile="MINIMUM"), associated=associated)
    invoice = one(data, "a.pdf")
    assert [line.amount.value.decimal() for line in invoice.lines if line.amount and line.amount.value] == [
        line.amount for line in FRENCH.lines
    ]
    assert invoice.complete
    assert kinds(invoice) == [SupplierFindingKind.NOTICE]


def test_a_page_that_says_otherwise_than_its_xml_is_a_finding() -> None:
    other = a_bill(6, "fr", lines=3, tax="20")
    invoice = one(with_file(layouts.scrambled_french(FRENCH), "factur-x.xml", cii(other)), "a.pdf")
    assert invoice.number is not None
    assert invoice.number.value == other.number
    assert not invoice.complete
    differing = [finding for finding in invoice.findings if finding.kind is SupplierFindingKind.DIFFERS_FROM_PRINT]
    assert {finding.field for finding in differing} >= {"number", "total"}
    assert str(FRENCH.total)[-2:] in next(finding.why for finding in differing if finding.field == "total")
    assert all(finding.place.box for finding in differing)


def test_other_files_inside_a_pdf_are_left_alone_and_scripts_are_said() -> None:
    script = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    reading = read_document("a.pdf", with_file(layouts.scrambled_french(FRENCH), "notes.xml", b"<notes/>", extra=script))
    assert reading.supplier_invoices[0].format == "pdf"
    assert [problem.why for problem in reading.problems] == ["The PDF holds a script or an action, which was not run."]


def test_a_file_inside_that_unpacks_without_end_is_not_unpacked() -> None:
    pdf = with_file(layouts.scrambled_french(FRENCH), "factur-x.xml", b"<x>" + b" " * 40_000_000)
    reading = read_document("a.pdf", pdf)
    assert "larger than 30 MB" in reading.problems[0].why
    assert reading.supplier_invoices[0].complete


def changed(old: str, new: str, data: bytes | None = None) -> ReadSupplierInvoice:
    text = (data or ubl(BILL)).decode()
    assert old in text
    return one(text.replace(old, new, 1).encode())


def test_a_line_that_does_not_tie_is_a_finding_with_its_figures() -> None:
    rate = f'">{BILL.lines[0].rate}</cbc:PriceAmount>'
    invoice = changed(rate, '">1.23</cbc:PriceAmount>')
    assert [finding.kind for finding in invoice.findings] == [SupplierFindingKind.DOES_NOT_ADD_UP]
    assert "1.23" in invoice.findings[0].why
    assert not invoice.complete


def test_a_total_that_does_not_tie_is_a_finding() -> None:
    invoice = changed(f">{BILL.total}</cbc:TaxInclusiveAmount>", ">1.00</cbc:TaxInclusiveAmount>")
    assert "but the total says 1.00 EUR" in " ".join(asked(invoice))


def test_an_amount_in_another_currency_has_no_value() -> None:
    invoice = changed('<cbc:TaxInclusiveAmount currencyID="EUR">', '<cbc:TaxInclusiveAmount currencyID="USD">')
    assert invoice.total is not None
    assert invoice.total.value is None
    assert "USD, while the document is in EUR" in " ".join(asked(invoice))


@pytest.mark.parametrize("bad", ["12,50", "1e9", "NaN", "--1", "9" * 40])
def test_a_number_that_is_none_is_asked_about(bad: str) -> None:
    invoice = changed(f">{BILL.lines[0].quantity}</cbc:InvoicedQuantity>", f">{bad}</cbc:InvoicedQuantity>")
    assert invoice.lines[0].quantity is not None
    assert invoice.lines[0].quantity.value is None
    assert not invoice.complete


def test_an_amount_with_too_many_digits_is_not_rounded() -> None:
    invoice = changed(f">{BILL.total}</cbc:PayableAmount>", f">{BILL.total}1</cbc:PayableAmount>")
    assert invoice.amount_due is not None
    assert invoice.amount_due.value is None


def test_superfluous_zeros_are_a_habit() -> None:
    assert changed(f">{BILL.total}</cbc:PayableAmount>", f">{BILL.total}00</cbc:PayableAmount>").complete


def test_an_unknown_currency_and_a_date_that_is_none_are_asked_about() -> None:
    invoice = changed("<cbc:DocumentCurrencyCode>EUR", "<cbc:DocumentCurrencyCode>EURO")
    assert "“EURO” is not a currency." in asked(invoice)
    invoice = changed(f"<cbc:IssueDate>{BILL.issued}", "<cbc:IssueDate>2026-02-30")
    assert "“2026-02-30” is not a date." in asked(invoice)


def test_what_is_not_said_is_missing_and_asked_for_in_words() -> None:
    empty = b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID></ID></Invoice>'
    invoice = one(empty)
    assert invoice.missing == ("number", "invoice_date", "currency", "lines", "total", "supplier_name", "po_numbers")
    assert len(asked(invoice)) == 7
    assert not invoice.complete


def test_a_price_for_a_hundred_is_understood() -> None:
    line = BILL.lines[0]
    base = f'">{line.rate}</cbc:PriceAmount><cbc:BaseQuantity>1</cbc:BaseQuantity>'
    hundred = f'">{line.rate * 100}</cbc:PriceAmount><cbc:BaseQuantity>100</cbc:BaseQuantity>'
    data = ubl(BILL).decode().replace(f'">{line.rate}</cbc:PriceAmount>', base, 1).replace(base, hundred).encode()
    invoice = one(data)
    assert invoice.complete
    assert invoice.lines[0].unit_rate() == line.rate


@pytest.mark.parametrize("make", [ubl, cii])
def test_xml_with_entities_or_a_document_type_is_refused(make: object) -> None:
    assert callable(make)
    data: bytes = make(BILL)
    head, _, rest = data.partition(b"\n")
    hostile = head + b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rest
    reading = read_document("a.xml", hostile)
    assert "document type" in sentence(reading)
    assert reading.supplier_invoices == ()


@pytest.mark.parametrize("at", [60, 400, 1500])
def test_xml_that_breaks_off_is_refused_whole(at: int) -> None:
    reading = read_document("a.xml", ubl(BILL)[:at])
    assert reading.supplier_invoices == ()
    assert sentence(reading)


def sentence(reading: Reading) -> str:
    return " ".join(part.why for part in reading.unreadable)


def test_thousands_of_lines_are_read_in_one_walk() -> None:
    many = a_bill(8, "de", lines=1_000)
    invoice = one(ubl(many))
    assert len(invoice.lines) == 1_000
    assert invoice.complete
    assert invoice.lines[999].place.where == "/Invoice/InvoiceLine[1000]"


def test_a_discount_of_a_line_is_taken_off() -> None:
    line = BILL.lines[0]
    less = (
        '<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">1.00</cbc:Amount>'
        "</cac:AllowanceCharge>"
    )
    text = ubl(BILL, line_extra=less).decode()
    invoice = one(text.encode())
    assert invoice.lines[0].discount is not None
    assert invoice.lines[0].discount.value is not None
    assert invoice.lines[0].discount.value.decimal() == Decimal("1.00")
    assert "less its discount" in " ".join(asked(invoice))
    tied = text.replace(f'">{line.amount}</cbc:LineExtensionAmount>', f'">{line.amount - 1}</cbc:LineExtensionAmount>', 1)
    assert f"Line 1: {line.quantity}" not in " ".join(asked(one(tied.encode())))


def test_a_broken_file_inside_a_pdf_is_said() -> None:
    pdf = with_file(layouts.scrambled_french(FRENCH), "factur-x.xml", cii(FRENCH))
    packed = zlib.compress(cii(FRENCH))
    broken = pdf.replace(packed, b"\xff" * len(packed))
    assert "broken" in read_document("a.pdf", broken).problems[0].why
