"""The same bills in XML, as a PDF that carries it, as a workbook and as CSV; all written for these tests."""

import io
import zlib
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from openpyxl import Workbook

from tests.unit.read.supplier_invoices.bills import Bill, cents, day, written

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_COMMON = f'xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2"'


def ubl(bill: Bill, *, credit: bool = False, extra: str = "", line_extra: str = "") -> bytes:
    """UBL 2.1 as Peppol BIS Billing 3 wants it."""
    root, line_name, quantity_name = (
        ("CreditNote", "CreditNoteLine", "CreditedQuantity") if credit else ("Invoice", "InvoiceLine", "InvoicedQuantity")
    )

    def amount(name: str, value: Decimal) -> str:
        return f'<cbc:{name} currencyID="{bill.currency}">{value}</cbc:{name}>'

    lines = "".join(
        f"<cac:{line_name}><cbc:ID>{number}</cbc:ID>"
        f'<cbc:{quantity_name} unitCode="{line.uom}">{line.quantity}</cbc:{quantity_name}>'
        f"{amount('LineExtensionAmount', line.amount)}"
        f"<cac:OrderLineReference><cbc:LineID>{number * 10}</cbc:LineID></cac:OrderLineReference>{line_extra}"
        f"<cac:Item><cbc:Name>{escape(line.description)}</cbc:Name>"
        f"<cac:SellersItemIdentification><cbc:ID>{line.code}</cbc:ID></cac:SellersItemIdentification>"
        f"<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{bill.tax}</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>"
        f"<cac:Price>{amount('PriceAmount', line.rate)}</cac:Price></cac:{line_name}>"
        for number, line in enumerate(bill.lines, 1)
    )
    charges = "".join(
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{str(value > 0).lower()}</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>{escape(label)}</cbc:AllowanceChargeReason>"
        f"{amount('Amount', abs(value))}</cac:AllowanceCharge>"
        for label, value in bill.charges
    )
    due = "" if credit else f"<cbc:DueDate>{bill.due}</cbc:DueDate>"
    kind = "" if credit else "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{UBL}{root}-2" {_COMMON}>'
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>"
        f"<cbc:ID>{bill.number}</cbc:ID><cbc:IssueDate>{bill.issued}</cbc:IssueDate>{due}{kind}"
        f"<cbc:DocumentCurrencyCode>{bill.currency}</cbc:DocumentCurrencyCode>"
        f"<cac:OrderReference><cbc:ID>{bill.orders[0]}</cbc:ID></cac:OrderReference>{extra}"
        f"<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>{escape(bill.supplier)}</cbc:Name></cac:PartyName>"
        f"<cac:PartyTaxScheme><cbc:CompanyID>{bill.tax_id}</cbc:CompanyID></cac:PartyTaxScheme></cac:Party>"
        "</cac:AccountingSupplierParty>"
        f"<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>{escape(bill.buyer)}</cbc:Name></cac:PartyName>"
        f"</cac:Party></cac:AccountingCustomerParty>{charges}"
        f"<cac:TaxTotal>{amount('TaxAmount', bill.tax_total)}<cac:TaxSubtotal>{amount('TaxableAmount', bill.net)}"
        f"{amount('TaxAmount', bill.tax_total)}<cac:TaxCategory><cbc:Percent>{bill.tax}</cbc:Percent></cac:TaxCategory>"
        "</cac:TaxSubtotal></cac:TaxTotal>"
        f"<cac:LegalMonetaryTotal>{amount('LineExtensionAmount', bill.lines_total)}{amount('TaxExclusiveAmount', bill.net)}"
        f"{amount('TaxInclusiveAmount', bill.total)}{amount('PayableAmount', bill.total)}</cac:LegalMonetaryTotal>"
        f"{lines}</{root}>"
    ).encode()


_CII_2 = {
    "root": "CrossIndustryInvoice",
    "space": "urn:un:unece:uncefact:data:standard:",
    "context": "ExchangedDocumentContext",
    "document": "ExchangedDocument",
    "trade": "SupplyChainTradeTransaction",
    "agreement": "ApplicableHeaderTradeAgreement",
    "settlement": "ApplicableHeaderTradeSettlement",
    "sums": "SpecifiedTradeSettlementHeaderMonetarySummation",
    "line_agreement": "SpecifiedLineTradeAgreement",
    "line_delivery": "SpecifiedLineTradeDelivery",
    "line_settlement": "SpecifiedLineTradeSettlement",
    "line_sums": "SpecifiedTradeSettlementLineMonetarySummation",
    "order": "IssuerAssignedID",
    "percent": "RateApplicablePercent",
}
_CII_1 = {
    "root": "CrossIndustryDocument",
    "space": "urn:ferd:",
    "context": "SpecifiedExchangedDocumentContext",
    "document": "HeaderExchangedDocument",
    "trade": "SpecifiedSupplyChainTradeTransaction",
    "agreement": "ApplicableSupplyChainTradeAgreement",
    "settlement": "ApplicableSupplyChainTradeSettlement",
    "sums": "SpecifiedTradeSettlementMonetarySummation",
    "line_agreement": "SpecifiedSupplyChainTradeAgreement",
    "line_delivery": "SpecifiedSupplyChainTradeDelivery",
    "line_settlement": "SpecifiedSupplyChainTradeSettlement",
    "line_sums": "SpecifiedTradeSettlementMonetarySummation",
    "order": "ID",
    "percent": "ApplicablePercent",
}
GUIDELINES = {
    "MINIMUM": "urn:factur-x.eu:1p0:minimum",
    "BASIC WL": "urn:factur-x.eu:1p0:basicwl",
    "BASIC": "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
    "EN 16931": "urn:cen.eu:en16931:2017",
    "EXTENDED": "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
}


def cii(bill: Bill, *, profile: str = "EN 16931", version: int = 2) -> bytes:
    """Factur-X and ZUGFeRD 2, or ZUGFeRD 1 with its own names."""
    n = _CII_2 if version == 2 else _CII_1
    guideline = GUIDELINES[profile] if version == 2 else "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort"
    lines = "".join(
        f"<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID>"
        f"</ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:SellerAssignedID>{line.code}</ram:SellerAssignedID>"
        f"<ram:Name>{escape(line.description)}</ram:Name></ram:SpecifiedTradeProduct>"
        f"<ram:{n['line_agreement']}><ram:GrossPriceProductTradePrice><ram:ChargeAmount>{line.rate + 1}</ram:ChargeAmount>"
        f"</ram:GrossPriceProductTradePrice><ram:NetPriceProductTradePrice><ram:ChargeAmount>{line.rate}</ram:ChargeAmount>"
        f"</ram:NetPriceProductTradePrice></ram:{n['line_agreement']}>"
        f'<ram:{n["line_delivery"]}><ram:BilledQuantity unitCode="{line.uom}">{line.quantity}</ram:BilledQuantity>'
        f"</ram:{n['line_delivery']}>"
        f"<ram:{n['line_settlement']}><ram:ApplicableTradeTax><ram:{n['percent']}>{bill.tax}</ram:{n['percent']}></ram:ApplicableTradeTax>"
        f"<ram:{n['line_sums']}><ram:LineTotalAmount>{line.amount}</ram:LineTotalAmount></ram:{n['line_sums']}>"
        f"</ram:{n['line_settlement']}></ram:IncludedSupplyChainTradeLineItem>"
        for number, line in enumerate(bill.lines, 1)
    )
    if profile in {"MINIMUM", "BASIC WL"}:
        lines = ""
    charges = "".join(
        f"<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>{str(value > 0).lower()}</udt:Indicator>"
        f"</ram:ChargeIndicator><ram:ActualAmount>{abs(value)}</ram:ActualAmount><ram:Reason>{escape(label)}</ram:Reason>"
        "</ram:SpecifiedTradeAllowanceCharge>"
        for label, value in bill.charges
    )
    header = (
        f"<ram:{n['agreement']}><ram:SellerTradeParty><ram:Name>{escape(bill.supplier)}</ram:Name><ram:SpecifiedTaxRegistration>"
        f'<ram:ID schemeID="FC">12/345/67890</ram:ID></ram:SpecifiedTaxRegistration><ram:SpecifiedTaxRegistration>'
        f'<ram:ID schemeID="VA">{bill.tax_id}</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>'
        f"<ram:BuyerTradeParty><ram:Name>{escape(bill.buyer)}</ram:Name></ram:BuyerTradeParty>"
        f"<ram:BuyerOrderReferencedDocument><ram:{n['order']}>{bill.orders[0]}</ram:{n['order']}></ram:BuyerOrderReferencedDocument>"
        f"</ram:{n['agreement']}>"
    )
    settlement = (
        f"<ram:{n['settlement']}><ram:InvoiceCurrencyCode>{bill.currency}</ram:InvoiceCurrencyCode>"
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{bill.tax_total}</ram:CalculatedAmount><ram:BasisAmount>{bill.net}</ram:BasisAmount>"
        f"<ram:{n['percent']}>{bill.tax}</ram:{n['percent']}></ram:ApplicableTradeTax>{charges}"
        f"<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        f'<udt:DateTimeString format="102">{bill.due:%Y%m%d}</udt:DateTimeString>'
        f"</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms><ram:{n['sums']}><ram:LineTotalAmount>{bill.lines_total}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{bill.net}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="XTS">1.00</ram:TaxTotalAmount>'
        f'<ram:TaxTotalAmount currencyID="{bill.currency}">{bill.tax_total}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{bill.total}</ram:GrandTotalAmount><ram:DuePayableAmount>{bill.total}</ram:DuePayableAmount>"
        f"</ram:{n['sums']}></ram:{n['settlement']}>"
    )
    order = header + settlement + lines if version == 1 else lines + header + settlement
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<rsm:{n['root']} xmlns:rsm=\"{n['space']}{n['root']}:100\" "
        f'xmlns:ram="{n["space"]}ReusableAggregateBusinessInformationEntity:100" '
        f'xmlns:udt="{n["space"]}UnqualifiedDataType:100">'
        f"<rsm:{n['context']}><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{guideline}</ram:ID>"
        f"</ram:GuidelineSpecifiedDocumentContextParameter></rsm:{n['context']}><rsm:{n['document']}><ram:ID>{bill.number}</ram:ID>"
        "<ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime>"
        f'<udt:DateTimeString format="102">{bill.issued:%Y%m%d}</udt:DateTimeString></ram:IssueDateTime></rsm:{n["document"]}>'
        f"<rsm:{n['trade']}>{order}</rsm:{n['trade']}></rsm:{n['root']}>"
    ).encode()


def with_file(pdf: bytes, name: str, data: bytes, *, extra: bytes = b"", associated: bool = True) -> bytes:
    """A PDF of `layouts.raw_pdf` with a file inside, by an update at its end as editors write it."""
    first = pdf.count(b" 0 obj\n") + 1
    packed = zlib.compress(data)
    objects = [
        b"<< /Type /EmbeddedFile /Subtype /text#2Fxml /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
        + packed
        + b"\nendstream",
        b"<< /Type /Filespec /F (%s) /UF (%s) /AFRelationship /Alternative /EF << /F %d 0 R >> >>"
        % (name.encode(), name.encode(), first),
    ]
    files = b"/AF [%d 0 R] " % (first + 1) if associated else b""
    catalog = b"<< /Type /Catalog /Pages 2 0 R %s/Names << /EmbeddedFiles << /Names [(%s) %d 0 R] >> >> %s >>" % (
        files,
        name.encode(),
        first + 1,
        extra,
    )
    out = bytearray(pdf)
    places = {}
    for number, body in [(1, catalog), (first, objects[0]), (first + 1, objects[1])]:
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    before = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    out += b"xref\n1 1\n%010d 00000 n \n%d 2\n%010d 00000 n \n%010d 00000 n \n" % (
        places[1],
        first,
        places[first],
        places[first + 1],
    )
    out += b"trailer << /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (first + 2, before, start)
    return bytes(out)


def grid(bill: Bill, style: str, *, typed: bool) -> list[list[object]]:
    """A sheet as people make it: a heading of labels, a table, sums under it."""

    def number(value: Decimal) -> float | str:
        return float(value) if typed else written(value, style, None)

    rows: list[list[object]] = [
        [bill.supplier],
        ["INVOICE"],
        [],
        ["Invoice no.", bill.number, "", "Bill to:", bill.buyer],
        ["Date", bill.issued if typed else day(bill.issued, "iso"), "", "Currency", bill.currency],
        ["Due date", bill.due if typed else day(bill.due, "iso"), "", "PO", " / ".join(bill.orders)],
        [],
        ["#", "Code", "Description", "Qty", "Unit", "Unit price", "Amount"],
    ]
    for place, line in enumerate(bill.lines, 1):
        rows.append(
            [place, line.code, line.description, number(line.quantity), line.uom, number(line.rate), number(line.amount)]
        )
    rows.append([])
    sums = [("Subtotal", bill.lines_total), *bill.charges, ("Net total", bill.net)]
    sums += [(f"VAT {bill.tax}%", bill.tax_total), ("Total", bill.total)]
    return rows + [["", "", "", "", "", label, number(value)] for label, value in sums]


def xlsx(rows: Sequence[Sequence[object]], *, title: str = "Bill", offset: int = 0) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for number, row in enumerate(rows, 1 + offset):
        for column, value in enumerate(row, 1 + offset):
            if value not in {"", None}:
                sheet.cell(number, column).value = value  # type: ignore[assignment]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv(rows: Sequence[Sequence[object]], delimiter: str = ";") -> bytes:
    return "".join(delimiter.join(f'"{value}"' if value != "" else "" for value in row) + "\n" for row in rows).encode()


__all__ = ["cents", "cii", "csv", "grid", "ubl", "with_file", "xlsx"]
