"""UN/CEFACT cross-industry invoices: Factur-X, ZUGFeRD 1 and 2, XRechnung in this syntax, plain or embedded in a PDF.

ZUGFeRD 1 names most elements otherwise than its successors; both names stand here side by side. The profiles MINIMUM and BASIC
WL carry no lines, which is said, because a comparison with an order then needs the printed page or a person.
"""

from datetime import date
from typing import Final

from core.domain.money import Money
from core.domain.supplier_documents import (
    ReadCharge,
    ReadSupplierInvoice,
    ReadSupplierInvoiceLine,
    ReadTax,
    SaidDate,
    SaidMoney,
    SaidText,
    SupplierDocumentKind,
    SupplierFindingKind,
)
from core.read.supplier_invoices.checks import checked
from core.read.supplier_invoices.early_payment import after, days_of, first, in_note
from core.read.supplier_invoices.ubl import charge_kind
from core.read.supplier_invoices.xml_fields import Element, Fields, accounts_once, found_at
from core.read.xml_tree import child, children, text

ROOTS: Final = frozenset({"CrossIndustryInvoice", "CrossIndustryDocument"})
_CREDIT_TYPES: Final = frozenset({"381", "396", "261", "262", "296", "308", "420", "458", "532"})
_PROFILES: Final = (
    ("minimum", "MINIMUM"),
    ("basicwl", "BASIC WL"),
    ("basic", "BASIC"),
    ("comfort", "EN 16931"),
    ("extended", "EXTENDED"),
)
_WITHOUT_LINES: Final = frozenset({"MINIMUM", "BASIC WL"})
_AGREEMENT: Final = ("ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
_SETTLEMENT: Final = ("ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
_CREDITED: Final = ("PayeePartyCreditorFinancialAccount", "CreditorFinancialAccount")
_SUMS: Final = ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")


def read_cii(root: Element, where: str) -> ReadSupplierInvoice:
    """The record of a cross-industry invoice."""
    return _Cii(root).record(where)


def profile_of(root: Element) -> str:
    """The profile of Factur-X or ZUGFeRD, as people call it; empty for any other guideline."""
    guideline = ""
    for context in ("ExchangedDocumentContext", "SpecifiedExchangedDocumentContext"):
        guideline = guideline or text(root, context, "GuidelineSpecifiedDocumentContextParameter", "ID")
    plain = guideline.lower().replace(" ", "")
    named = next((name for word, name in _PROFILES if word in plain), "")
    return named or ("EN 16931" if "en16931" in plain else "")


class _Cii:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.fields = Fields(root)
        self.trade = found_at(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
        self.document = found_at(root, "ExchangedDocument", "HeaderExchangedDocument")
        self.agreement = found_at(self.trade, *_AGREEMENT)
        self.settlement = found_at(self.trade, *_SETTLEMENT)
        self.sums = found_at(self.settlement, *_SUMS)

    def record(self, where: str) -> ReadSupplierInvoice:
        fields = self.fields
        money_in = fields.currency(fields.text(self.settlement, "InvoiceCurrencyCode"))
        lines = fields.lines(self._below(self.trade, "IncludedSupplyChainTradeLineItem"), self._line)
        profile = profile_of(self.root)
        if not lines and profile in _WITHOUT_LINES:
            why = f"The XML is of the profile {profile}, which has no lines; they have to be read from the page."
            fields.find(SupplierFindingKind.NO_LINES_BY_PROFILE, why, "lines")
        kind = text(self.document, "TypeCode") if self.document is not None else ""
        paid = fields.money(self.sums, "amount_due", "TotalPrepaidAmount")
        due = child(self.settlement, "SpecifiedTradePaymentTerms") if self.settlement is not None else None
        issued = fields.day(self.document, "invoice_date", "IssueDateTime/DateTimeString")
        record = ReadSupplierInvoice(
            where=where,
            format=f"cii {profile}".strip(),
            kind=SupplierDocumentKind.CREDIT_NOTE if kind in _CREDIT_TYPES else SupplierDocumentKind.INVOICE,
            lines=lines,
            complete=False,
            number=fields.text(self.document, "ID"),
            invoice_date=issued,
            due_date=fields.day(due, "", "DueDateDateTime/DateTimeString"),
            discount_until=self._discount_until(issued.value if issued is not None else None),
            currency=money_in,
            po_numbers=self._orders(lines),
            supplier_name=fields.text(self.agreement, "SellerTradeParty/Name"),
            supplier_tax_id=self._tax_id(),
            buyer_name=fields.text(self.agreement, "BuyerTradeParty/Name"),
            corrects=fields.text(self.settlement, "InvoiceReferencedDocument/IssuerAssignedID", "InvoiceReferencedDocument/ID"),
            bank_accounts=self._accounts(),
            charges=tuple(self._charges()),
            taxes=tuple(self._tax(element) for element in self._below(self.settlement, "ApplicableTradeTax")),
            lines_total=self._sum("lines_total", "LineTotalAmount"),
            net_total=self._sum("net_total", "TaxBasisTotalAmount"),
            tax_total=self._tax_total(),
            total=self._sum("total", "GrandTotalAmount"),
            amount_due=self._sum("amount_due", "DuePayableAmount"),
            findings=tuple(fields.findings),
        )
        return checked(record, rounding=_value(fields.money(self.sums, "total", "RoundingAmount")), paid=_value(paid))

    @staticmethod
    def _below(element: Element | None, name: str) -> list[Element]:
        return children(element, name) if element is not None else []

    def _sum(self, name: str, path: str) -> SaidMoney | None:
        return self.fields.money(self.sums, name, path)

    def _tax_total(self) -> SaidMoney | None:
        """The tax in the document's currency; a second one is for the tax office."""
        for element in self._below(self.sums, "TaxTotalAmount"):
            if (element.get("currencyID") or self.fields.unit.code) == self.fields.unit.code:
                return self.fields.amount(element, "tax_total")
        return None

    def _tax_id(self) -> SaidText | None:
        """The seller's registration for value added tax, else whatever registration there is."""
        seller = child(self.agreement, "SellerTradeParty") if self.agreement is not None else None
        registrations = self._below(seller, "SpecifiedTaxRegistration")
        ranked = sorted(registrations, key=lambda one: _scheme(one) != "VA")
        return self.fields.text(ranked[0], "ID") if ranked else None

    def _discount_until(self, invoiced: date | None) -> SaidDate | None:
        """The last day of the first discount that the terms of payment name, by their elements or in their words."""
        fields = self.fields
        found: list[SaidDate | None] = []
        for terms in self._below(self.settlement, "SpecifiedTradePaymentTerms"):
            for discount in children(terms, "ApplicableTradePaymentDiscountTerms"):
                basis = fields.day(discount, "", "BasisDateTime/DateTimeString")
                until = after(days_of(found_at(discount, "BasisPeriodMeasure")), basis.value if basis else invoiced)
                found.append(SaidDate(until, "", fields.place(discount)))
            found += [in_note(note.text or "", invoiced, fields.place(note)) for note in children(terms, "Description")]
        return first(found)

    def _accounts(self) -> tuple[SaidText, ...]:
        """Where it asks to be paid, each account once."""
        means = self._below(self.settlement, "SpecifiedTradeSettlementPaymentMeans")
        paths = [f"{name}/{number}" for name in _CREDITED for number in ("IBANID", "ProprietaryID")]
        said = [self.fields.text(one, *paths) for one in means]
        return accounts_once(said)

    def _orders(self, lines: tuple[ReadSupplierInvoiceLine, ...]) -> tuple[SaidText, ...]:
        paths = ("BuyerOrderReferencedDocument/IssuerAssignedID", "BuyerOrderReferencedDocument/ID")
        said = [self.fields.text(self.agreement, *paths), *(line.po_number for line in lines)]
        return tuple({one.value: one for one in reversed(said) if one is not None}.values())[::-1]

    def _line(self, element: Element) -> ReadSupplierInvoiceLine:
        fields = self.fields
        product = child(element, "SpecifiedTradeProduct")
        agreement = found_at(element, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
        delivery = found_at(element, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
        settlement = found_at(element, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
        sums = found_at(
            settlement, "SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"
        )
        billed = child(delivery, "BilledQuantity") if delivery is not None else None
        unit = billed.get("unitCode", "") if billed is not None else ""
        discounts = [
            fields.money(one, "lines", "ActualAmount", negative=_adds(one))
            for one in self._below(settlement, "SpecifiedTradeAllowanceCharge")
        ]
        order = child(agreement, "BuyerOrderReferencedDocument") if agreement is not None else None
        return ReadSupplierInvoiceLine(
            place=fields.place(element),
            number=text(element, "AssociatedDocumentLineDocument", "LineID")[:20],
            code=fields.text(product, "SellerAssignedID", "GlobalID"),
            our_code=fields.text(product, "BuyerAssignedID"),
            description=fields.text(product, "Name", "Description"),
            quantity=fields.number(delivery, "lines", "BilledQuantity"),
            uom=SaidText(unit, unit, fields.place(billed, "unitCode")) if unit and billed is not None else None,
            rate=fields.number(agreement, "lines", "NetPriceProductTradePrice/ChargeAmount"),
            rate_per=fields.number(agreement, "lines", "NetPriceProductTradePrice/BasisQuantity"),
            discount=fields.summed(discounts, discounts[0] if discounts else None),
            tax_percent=fields.number(
                settlement, "lines", "ApplicableTradeTax/RateApplicablePercent", "ApplicableTradeTax/ApplicablePercent"
            ),
            tax=fields.money(settlement, "lines", "ApplicableTradeTax/CalculatedAmount"),
            amount=fields.money(sums, "lines", "LineTotalAmount"),
            po_number=fields.text(order, "IssuerAssignedID", "ID"),
            po_line=text(order, "LineID")[:20] if order is not None else "",
        )

    def _charges(self) -> list[ReadCharge]:
        found = []
        for element in self._below(self.settlement, "SpecifiedTradeAllowanceCharge"):
            adds = _adds(element)
            reason = text(element, "Reason") or ("Charge" if adds else "Discount")
            kind = charge_kind(reason, text(element, "ReasonCode"), adds=adds)
            amount = self.fields.money(element, "charges", "ActualAmount", negative=not adds)
            percent = self.fields.number(element, "charges", "CalculationPercent")
            found.append(ReadCharge(kind, reason[:120], amount or self._nothing(element), percent))
        for element in self._below(self.settlement, "SpecifiedLogisticsServiceCharge"):
            reason = text(element, "Description") or "Freight"
            amount = self.fields.money(element, "charges", "AppliedAmount")
            kind = charge_kind(reason, "FC", adds=True)
            found.append(ReadCharge(kind, reason[:120], amount or self._nothing(element)))
        return found

    def _nothing(self, element: Element) -> SaidMoney:
        return SaidMoney(None, "", self.fields.place(element))

    def _tax(self, element: Element) -> ReadTax:
        return ReadTax(
            self.fields.number(element, "tax_total", "RateApplicablePercent", "ApplicablePercent"),
            self.fields.money(element, "tax_total", "BasisAmount"),
            self.fields.money(element, "tax_total", "CalculatedAmount"),
        )


def _adds(element: Element) -> bool:
    return (text(element, "ChargeIndicator", "Indicator") or text(element, "ChargeIndicator")).lower() == "true"


def _scheme(element: Element) -> str:
    said = child(element, "ID")
    return said.get("schemeID", "") if said is not None else ""


def _value(said: SaidMoney | None) -> Money | None:
    return said.value if said else None
