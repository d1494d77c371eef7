"""Supplier invoices coming in: files of the ledger, documents, duplicates, what is missing is asked and never invented."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.app.commands import TakeDocument
from core.app.outcomes import AlreadyDone
from core.app.payables import take_supplier_invoice
from core.app.payables.showing import bill_view
from core.app.payables.views import BillView
from core.domain.errors import Malformed
from core.domain.events import AuditName, LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import SupplierId
from core.domain.keeping import SourceKind
from core.domain.money import currency
from core.domain.payables import ChargeKind
from core.domain.supplier_bills import AskedKind, FactsChange, SupplierBill
from core.domain.supplier_documents import ReadSupplierInvoice
from core.domain.workflows import LineResolution, LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from core.read.documents import read_document
from core.store.unit_of_work import SqlStore
from tests.builders import usd
from tests.databases import SetClock
from tests.payables_desk import INVOICE_HEAD, NO_APPROVAL, RECEIPT_HEAD, SUPPLIERS, PayablesDesk, invoice_row, order_row
from tests.service import FILES

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-03-01</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
 <cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>
 <cac:OrderReference><cbc:ID>PO 1001</cbc:ID></cac:OrderReference>
 <cac:AccountingSupplierParty><cac:Party>
  <cac:PartyName><cbc:Name>{supplier}</cbc:Name></cac:PartyName>
  <cac:PartyTaxScheme><cbc:CompanyID>{tax}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>{supplier}</cbc:RegistrationName></cac:PartyLegalEntity>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:TaxTotal><cbc:TaxAmount currencyID="USD">0.00</cbc:TaxAmount></cac:TaxTotal>
 <cac:LegalMonetaryTotal>
  <cbc:LineExtensionAmount currencyID="USD">50.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="USD">50.00</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="USD">50.00</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount currencyID="USD">50.00</cbc:PayableAmount>
 </cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="EA">10</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="USD">50.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Hex bolt stainless M8 40</cbc:Name>
   <cac:BuyersItemIdentification><cbc:ID>A-1</cbc:ID></cac:BuyersItemIdentification></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="USD">5.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>"""


def ubl(number: str = "INV-77", supplier: str = "ACME Fasteners, Inc.", tax: str = "") -> bytes:
    return UBL.format(number=number, supplier=supplier, tax=tax or "X").encode()


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> PayablesDesk:
    desk = PayablesDesk(store, clock, tmp_path / "bills")
    desk.policy(NO_APPROVAL)
    desk.orders(order_row())
    return desk


def asked(bill: SupplierBill) -> list[AskedKind]:
    return [question.kind for question in bill.questions if question.stops]


def shown(desk: PayablesDesk) -> BillView:
    with desk.services.store.read() as unit:
        return bill_view(unit, desk.bill().id, desk.clock.at.tzinfo)  # type: ignore[arg-type]


def read(data: bytes) -> ReadSupplierInvoice:
    (found,) = read_document("invoice.xml", data).supplier_invoices
    return found


def take_read(desk: PayablesDesk, said: ReadSupplierInvoice, data: bytes = b"x", **more: object) -> SupplierBill:
    with desk.services.store.write() as unit:
        source, _ = unit.sources.take(SourceKind.SUPPLIER_DOCUMENT, "invoice.pdf", data)
    command = TakeDocument("invoice.pdf", data, FILES)
    outcome = take_supplier_invoice.from_documents(desk.services, command, source, [said], **more)  # type: ignore[arg-type]
    return desk.bill(desk.done(outcome).subject_id)


def test_a_document_is_recognised_compared_and_goes_its_way_and_again_it_is_known(desk: PayablesDesk) -> None:
    desk.done(desk.give("invoice.xml", ubl(), by="carl"))
    bill = desk.bill()
    assert (bill.header.supplier_id, bill.state) == ("S1", State.READY_TO_POST)
    assert bill.submitters == (desk.people["carl"].id,)
    assert isinstance(desk.give("again.xml", ubl(), by="carl"), AlreadyDone)
    desk.refused(desk.give("invoice.xml", ubl("INV-78"), by="ravi"), "not_permitted")


def test_a_supplier_nobody_knows_is_asked_about_and_never_guessed(desk: PayablesDesk) -> None:
    desk.done(desk.give("invoice.xml", ubl(supplier="Akme Fastenings GmbH")))
    bill = desk.bill()
    assert asked(bill) == [AskedKind.SUPPLIER_UNKNOWN]
    assert bill.state is State.NEEDS_REVIEW
    desk.refused(desk.edit(supplier_id=SupplierId("S9")), "incomplete")
    desk.refused(desk.edit(right_as_it_is=(0,)), "incomplete")
    desk.done(desk.edit(supplier_id=SupplierId("S1")))
    assert desk.bill().state is State.READY_TO_POST


def test_a_tax_number_decides_whatever_the_name(desk: PayablesDesk) -> None:
    desk.done(desk.give("invoice.xml", ubl(supplier="Some Trading Name", tax="DE 123456789")))
    assert desk.bill().header.supplier_id == "S1"
    assert shown(desk).recognised == "Recognised by its VAT id"
    desk.done(desk.on_bill(Event.RECALL))
    desk.done(desk.edit(supplier_id=SupplierId("S2")))
    assert shown(desk).recognised == "", "a person said whose it is"


def test_what_is_missing_is_asked_and_what_does_not_add_up_needs_a_persons_word(desk: PayablesDesk) -> None:
    said = read(ubl())
    assert said.total is not None
    bare = replace(said, number=None, currency_sure=False, total=replace(said.total, value=usd("51.00")))
    bill = take_read(desk, bare)
    assert set(asked(bill)) == {AskedKind.MISSING, AskedKind.OPEN}
    desk.done(desk.edit(number="INV-77", currency="USD"))
    assert asked(desk.bill()) == [AskedKind.DOES_NOT_ADD_UP]
    assert desk.bill().header.currency == currency("USD")
    desk.done(desk.edit(right_as_it_is=(0,)))
    assert desk.bill().state is State.READY_TO_POST
    assert AuditName.SUPPLIER_INVOICE_EDITED in desk.names()


def test_grave_findings_about_the_mail_stop_the_invoice_until_somebody_answers(desk: PayablesDesk) -> None:
    finding = Finding(FindingKind.BANK_DETAILS_CHANGED, "new account")
    bill = take_read(desk, read(ubl()), findings=(finding,), sender="ar@acme.example")
    assert asked(bill) == [AskedKind.DOCUMENT]
    assert bill.state is State.NEEDS_REVIEW
    place = next(place for place, each in enumerate(bill.questions) if each.stops)
    desk.done(desk.edit(right_as_it_is=(place,)))
    assert desk.bill().state is State.READY_TO_POST


class TestDuplicates:
    def test_the_same_supplier_and_number_is_shown_beside_the_first(self, desk: PayablesDesk, clock: SetClock) -> None:
        desk.invoices(invoice_row())
        desk.done(desk.give("invoice.xml", ubl("inv 77")))
        assert asked(desk.bill()) == []
        with desk.services.store.read() as unit:
            view = bill_view(unit, desk.bill("SI-1002").id, clock.at.tzinfo)  # type: ignore[arg-type]
        (question,) = view.questions
        assert question.kind is AskedKind.SAME_NUMBER
        assert question.twin is not None
        assert (question.twin.id, question.twin.source) == ("SI-1001", "supplier_invoices.csv")
        desk.done(desk.on_bill(Event.DELETE, number="SI-1002"))

    def test_the_same_supplier_date_and_amount_is_asked_about_and_may_be_right(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(), order_row(po="PO-2"))
        desk.invoices(invoice_row())
        desk.invoices(invoice_row(number="INV-78", po="PO-2"))
        assert asked(desk.bill("SI-1002")) == [AskedKind.SAME_AMOUNT]
        desk.done(desk.right_as_it_is(0, "SI-1002"))
        assert desk.bill("SI-1002").state is State.READY_TO_POST


class TestFilesAgain:
    def test_the_same_rows_change_nothing_and_other_rows_are_an_edit(self, desk: PayablesDesk) -> None:
        desk.invoices(invoice_row(rate="5.50"))
        desk.accept()
        again = desk.give("supplier_invoices.csv", "\n".join((INVOICE_HEAD, invoice_row(rate="5.50"))))
        assert isinstance(again, AlreadyDone)
        assert desk.line().resolution is LineResolution.ACCEPTED
        assert desk.bill().state is State.READY_TO_POST
        desk.done(desk.on_bill(Event.RECALL))
        desk.invoices(invoice_row(rate="5.75"))
        assert (desk.line().resolution, desk.line().reopened) == (LineResolution.OPEN, FactsChange.INVOICE_EDITED)
        assert desk.bill().version > 1

    def test_rows_of_an_invoice_that_is_on_its_way_are_reported_and_change_nothing(self, desk: PayablesDesk) -> None:
        desk.invoices(invoice_row())
        outcome = desk.give("supplier_invoices.csv", "\n".join((INVOICE_HEAD, invoice_row(quantity="9"))))
        assert "is ready to post and was not changed" in desk.done(outcome).sentence
        assert desk.line().quantity == 10

    @pytest.mark.parametrize(
        ("name", "text", "sentence"),
        [
            ("purchase_orders.csv", "po_number,supplier_id,line,currency\nPO-1,S1,1,DOLLAR\n", "no currency code"),
            ("receipts.csv", "receipt_number,po_number,po_line,received_date,quantity\nR,PO-1,1,2026-13-01,1\n", "no date"),
            ("supplier_invoices.csv", f"{INVOICE_HEAD}\n{invoice_row(amount='1.005')}\n", "more digits"),
            ("uoms.csv", "from_uom,to_uom,factor\nCS,EA,0\n", "not above zero"),
        ],
    )
    def test_a_bad_cell_refuses_the_whole_file_and_is_named(
        self, desk: PayablesDesk, name: str, text: str, sentence: str
    ) -> None:
        said = desk.refused(desk.give(name, text), Malformed.code)
        assert sentence in said
        assert "row 2" in said

    def test_an_import_says_what_it_did_and_a_second_one_that_nothing_was_new(self, desk: PayablesDesk) -> None:
        assert isinstance(desk.give("suppliers.csv", SUPPLIERS), AlreadyDone)
        desk.receipts("R-1,PO-1001,1,2026-02-20,4,EA")
        again = desk.give("receipts.csv", f"{RECEIPT_HEAD}\nR-1,PO-1001,1,2026-02-20,4,EA")
        assert isinstance(again, AlreadyDone)


def test_edits_keep_decisions_whose_facts_stay(desk: PayablesDesk) -> None:
    desk.orders(order_row(), order_row("2", code="B-9", description="Flat washer M10"))
    desk.invoices(invoice_row(rate="5.50"), invoice_row("2", rate="6.00", code="B-9", description="Flat washer M10"))
    desk.accept("1")
    second = desk.line("2")
    desk.done(desk.edit(lines=(replace(second, rate=second.rate and second.rate - 1, amount=usd("50.00")),)))
    assert desk.line("1").resolution is LineResolution.ACCEPTED
    assert desk.line("2").resolution is LineResolution.CLEAR


def with_charges() -> bytes:
    """The invoice with freight of 12.00 and a discount of 2.00 for all of it."""
    charge = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>{adds}</cbc:ChargeIndicator><cbc:AllowanceChargeReason>{why}"
        '</cbc:AllowanceChargeReason><cbc:Amount currencyID="USD">{amount}</cbc:Amount></cac:AllowanceCharge>'
    )
    both = charge.format(adds="true", why="Freight", amount="12.00") + charge.format(adds="false", why="Loyalty", amount="2.00")
    text = ubl().decode().replace("<cac:TaxTotal>", f"{both}<cac:TaxTotal>")
    for name in ("TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"):
        text = text.replace(f'<cbc:{name} currencyID="USD">50.00', f'<cbc:{name} currencyID="USD">60.00')
    return text.encode()


def test_freight_and_discount_are_lines_from_the_document_to_the_bill(desk: PayablesDesk) -> None:
    freight = "PO-1001,S1,2026-01-05,USD,open,2,expense,two_way,,,Freight,,,,12.00,,0.00,6020"
    desk.orders(order_row(), freight)
    desk.done(desk.give("invoice.xml", with_charges()))
    bill = desk.bill()
    assert [(line.line, line.charge, str(line.amount)) for line in bill.lines] == [
        ("1", None, "50.00 USD"),
        ("C1", ChargeKind.FREIGHT, "12.00 USD"),
        ("C2", ChargeKind.DISCOUNT, "-2.00 USD"),
    ]
    assert desk.line("C1").verdicts == (LineVerdict.PERFECT_MATCH,), "the order has freight of that amount"
    assert desk.line("C2").verdicts == (LineVerdict.UNLINKED,)
    view = shown(desk)
    # "Freight" is what the line itself says.
    assert [(line.kind_words, line.description) for line in view.lines[1:]] == [("", "Freight"), ("Discount", "Loyalty")]
    desk.done(desk.on_line(LineEvent.ADD_NEW, "C2", coding="7010"))
    desk.done(desk.on_bill(Event.POST, "paul"))
    rows = desk.rows_posted()
    assert [(row[9], row[10], row[11], row[-5], row[-2], row[-1]) for row in rows] == [
        ("1", "PO-1001", "1", "", "50.00", "4010-1"),
        ("C1", "PO-1001", "2", "freight", "12.00", "6020"),
        ("C2", "", "", "discount", "-2.00", "7010"),
    ]
    assert rows[0][7] == "60.00"


def test_freight_and_discount_of_a_file_are_charges_of_the_bill_too(desk: PayablesDesk) -> None:
    desk.orders(order_row(), "PO-1001,S1,2026-01-05,USD,open,2,expense,two_way,,,Freight,,,,12.00,,0.00,6020")
    freight = "INV-77,S1,2026-03-01,USD,PO-1001,2,freight,,,,,,12.00"
    desk.invoices(invoice_row(), freight, freight.replace(",2,freight", ",3,discount").replace("12.00", "-2.00"))
    assert [(line.description, line.charge) for line in desk.bill().lines[1:]] == [
        ("Freight", ChargeKind.FREIGHT),
        ("Discount", ChargeKind.DISCOUNT),
    ]
    assert desk.line("2").verdicts == (LineVerdict.PERFECT_MATCH,)
    assert desk.line("3").verdicts == (LineVerdict.UNLINKED,)


def test_the_lines_of_an_invoice_without_orders_ask_nobody_anything(desk: PayablesDesk) -> None:
    desk.invoices(invoice_row(supplier="S2", po="", number="B-1"))
    with desk.services.store.read() as unit:
        view = bill_view(unit, desk.bill().id, desk.clock.at.tzinfo)  # type: ignore[arg-type]
    assert not view.exceptions
    assert (view.lines[0].verdict_words, view.lines[0].resolution_words, view.lines[0].offered) == (
        "Not compared",
        "No order",
        (),
    )


@pytest.mark.parametrize(("sender", "said"), [("ar@acme.example", []), ("who@else.example", ["belongs to no supplier"])])
def test_what_is_said_of_a_suppliers_mail_speaks_of_suppliers(desk: PayablesDesk, sender: str, said: list[str]) -> None:
    findings = [Finding(FindingKind.UNKNOWN_SENDER, sender), Finding(FindingKind.BANK_DETAILS_CHANGED, "new IBAN")]
    bill = take_read(desk, read(ubl()), sender=sender, findings=findings)
    words = [question.said for question in bill.questions if question.said]
    assert len(words) == len(said) + 1
    assert all(any(each in word for word in words) for each in [*said, "Call the supplier first."])
    assert "customer" not in " ".join(words)
