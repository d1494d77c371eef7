"""Where an invoice asks to be paid: in XML by its elements, on pages and in sheets by IBANs with right check digits."""

from dataclasses import replace

import pytest

from core.app.payables.documents import bill_parts
from core.command_line.read_supplier_invoices import as_json
from core.domain.supplier_documents import ReadSupplierInvoice, asked
from core.read.documents import read_document
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.layouts import scrambled_french
from tests.unit.read.supplier_invoices.makers import cii, csv, grid, ubl, with_file, xlsx
from tests.unit.read.supplier_invoices.test_questions import HEAD, read

OURS = "DE89370400440532013000"
OTHER = "AT611904300234573201"
BILL = a_bill(3, "fr", lines=2, tax="20", orders=1)


def one(data: bytes, name: str) -> ReadSupplierInvoice:
    reading = read_document(name, data)
    (invoice,) = reading.supplier_invoices
    return invoice


def accounts(invoice: ReadSupplierInvoice) -> tuple[str, ...]:
    header, _, _ = bill_parts(invoice)
    return header.bank_accounts


def means(account: str, name: str = "PayeeFinancialAccount") -> str:
    return f"<cac:PaymentMeans><cac:{name}><cbc:ID>{account}</cbc:ID></cac:{name}></cac:PaymentMeans>"


def credited(*numbers: str, name: str = "PayeePartyCreditorFinancialAccount") -> str:
    return "".join(
        f"<ram:SpecifiedTradeSettlementPaymentMeans><ram:{name}><ram:{number}</ram:{name}></ram:SpecifiedTradeSettlementPaymentMeans>"
        for number in numbers
    )


def in_cii(more: str) -> bytes:
    text = cii(BILL).decode()
    code = f"<ram:InvoiceCurrencyCode>{BILL.currency}</ram:InvoiceCurrencyCode>"
    assert text.count(code) == 1
    return text.replace(code, code + more).encode()


def in_ubl(more: str) -> bytes:
    return ubl(BILL).decode().replace("<cac:InvoiceLine>", f"{more}<cac:InvoiceLine>", 1).encode()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ()),
        (means("DE89 3704 0044 0532 0130 00"), (OURS,)),
        (means("0532013000") + means(OTHER) + means("0532013000"), ("0532013000", OTHER)),
        (means(OURS, "PayerFinancialAccount"), ()),
    ],
)
def test_ubl_names_the_payees_account(more: str, expected: tuple[str, ...]) -> None:
    invoice = one(in_ubl(more), "a.xml")
    assert accounts(invoice) == expected
    if expected:
        place = invoice.bank_accounts[0].place.where
        assert place.startswith("/Invoice/PaymentMeans")
        assert place.endswith("/PayeeFinancialAccount/ID")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (credited(f"IBANID>{OURS}</ram:IBANID>"), (OURS,)),
        (credited("ProprietaryID>0532013000</ram:ProprietaryID>", name="CreditorFinancialAccount"), ("0532013000",)),
        (credited(f"IBANID>{OURS}</ram:IBANID>", f"IBANID>{OTHER}</ram:IBANID>"), (OURS, OTHER)),
        (credited(f"IBANID>{OURS}</ram:IBANID>", name="PayerPartyDebtorFinancialAccount"), ()),
    ],
)
def test_a_cross_industry_invoice_names_the_creditors_account(more: str, expected: tuple[str, ...]) -> None:
    assert accounts(one(in_cii(more), "a.xml")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("IBAN: DE89 3704 0044 0532 0130 00  BIC COBADEFFXXX", (OURS,)),
        ("Sparkasse DE89370400440532013000 / Bank Austria AT61 1904 3002 3457 3201", (OURS, OTHER)),
        ("IBAN: DE89 3704 0044 0532 0130 01", ()),
        ("Lastschrift: wir buchen von Ihrem Konto DE89 3704 0044 0532 0130 00 ab", ()),
        ("By direct debit from your account DE89370400440532013000", ()),
    ],
)
def test_a_page_names_an_account_by_an_iban_that_holds_with_its_place(line: str, expected: tuple[str, ...]) -> None:
    invoice = read([("Bolts", "10", "1.50", "15.00")], [("Total", "15.00")], head=(*HEAD, line))
    assert accounts(invoice) == expected
    assert invoice.complete
    for said in invoice.bank_accounts:
        left, top, right, bottom = said.place.box
        assert (said.place.page, 700 > left > 40, right > left, 100 < top < bottom < 150) == (1, True, True, True)
    places = as_json("a.pdf", invoice)["places"]
    assert isinstance(places, dict)
    assert len(places.get("bank_accounts", ())) == len(expected)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_cell_of_a_sheet_names_an_account(kind: str) -> None:
    rows: list[list[object]] = [*grid(BILL, "us", typed=kind == "xlsx"), [], ["Bank", "IBAN DE89 3704 0044 0532 0130 00"]]
    invoice = one(csv(rows) if kind == "csv" else xlsx(rows), f"a.{kind}")
    assert accounts(invoice) == (OURS,)
    assert invoice.bank_accounts[0].place.where.endswith(f"cell B{len(rows)}")


def test_of_a_list_of_invoices_each_has_the_account_of_its_own_rows() -> None:
    rows: list[list[object]] = [
        ["Invoice no.", "Invoice date", "Currency", "Description", "Qty", "Unit price", "Amount", "Remarks"]
    ]
    rows += [
        ["A-1", "2026-03-14", "EUR", "Bolts", "10", "1.50", "15.00", OURS],
        ["A-1", "2026-03-14", "EUR", "Nuts", "10", "1.50", "15.00", OURS],
        ["A-2", "2026-03-15", "EUR", "Bolts", "10", "1.50", "15.00", OTHER],
    ]
    read_ones = read_document("a.csv", csv(rows)).supplier_invoices
    assert [accounts(each) for each in read_ones] == [(OURS,), (OTHER,)]


@pytest.mark.parametrize(("inside", "differs"), [(OURS, False), (OTHER, True), ("", False)])
def test_an_account_on_the_page_that_the_xml_does_not_name_is_asked_about(inside: str, *, differs: bool) -> None:
    pdf = scrambled_french(replace(BILL, tax_id=f"{BILL.tax_id} IBAN DE89 3704 0044 0532 0130 00"))
    xml = in_cii(credited(f"IBANID>{inside}</ram:IBANID>") if inside else "")
    invoice = one(with_file(pdf, "factur-x.xml", xml), "a.pdf")
    said = "The page asks to be paid to the account …3000, which the XML inside the PDF does not name."
    assert (said in asked(invoice)) is differs
    assert accounts(invoice) == ((inside,) if inside else ())
