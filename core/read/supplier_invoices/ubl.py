"""UBL 2.1 invoices and credit notes, as Peppol BIS Billing 3 and XRechnung use them.

Elements by their local names, so that prefixes and namespaces of a writer do not matter. Amounts stand as written: those of a
credit note are positive and reduce what we owe.
"""

from datetime import date
from typing import Final

from core.domain.money import Money
from core.domain.payables import ChargeKind
from core.domain.supplier_documents import (
    ReadCharge,
    ReadSupplierInvoice,
    ReadSupplierInvoiceLine,
    ReadTax,
    SaidDate,
    SaidMoney,
    SaidNumber,
    SaidText,
    SupplierDocumentKind,
)
from core.read.supplier_invoices.checks import checked
from core.read.supplier_invoices.early_payment import after, days_of, first, in_note
from core.read.supplier_invoices.labels import sum_of
from core.read.supplier_invoices.words import Sum
from core.read.supplier_invoices.xml_fields import Element, Fields, accounts_once, found_at
from core.read.xml_tree import child, children, name_of, text

ROOTS: Final = frozenset({"Invoice", "CreditNote"})
_CREDIT_TYPES: Final = frozenset({"381", "396", "261", "262", "296", "308", "420", "458", "532"})
_FREIGHT_CODES: Final = frozenset({"FC", "DL", "FC1", "ABL", "TAC"})


def read_ubl(root: Element, where: str) -> ReadSupplierInvoice:
    """The record of a UBL invoice or credit note."""
    return _Ubl(root).record(where)


class _Ubl:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.fields = Fields(root)
        self.credit = name_of(root) == "CreditNote" or text(root, "InvoiceTypeCode") in _CREDIT_TYPES

    def record(self, where: str) -> ReadSupplierInvoice:
        root, fields = self.root, self.fields
        money_in = fields.currency(fields.text(root, "DocumentCurrencyCode"))
        totals = child(root, "LegalMonetaryTotal")
        lines = fields.lines([*children(root, "InvoiceLine"), *children(root, "CreditNoteLine")], self._line)
        rounding = fields.money(totals, "total", "PayableRoundingAmount")
        prepaid = fields.money(totals, "amount_due", "PrepaidAmount")
        seller = child(root, "AccountingSupplierParty", "Party")
        issued = fields.day(root, "invoice_date", "IssueDate")
        record = ReadSupplierInvoice(
            where=where,
            format="ubl",
            kind=SupplierDocumentKind.CREDIT_NOTE if self.credit else SupplierDocumentKind.INVOICE,
            lines=lines,
            complete=False,
            number=fields.text(root, "ID"),
            invoice_date=issued,
            due_date=fields.day(root, "", "DueDate", "PaymentMeans/PaymentDueDate"),
            discount_until=self._discount_until(issued.value if issued is not None else None),
            currency=money_in,
            po_numbers=self._orders(lines),
            supplier_name=fields.text(seller, "PartyName/Name", "PartyLegalEntity/RegistrationName"),
            supplier_tax_id=fields.text(seller, "PartyTaxScheme/CompanyID", "PartyLegalEntity/CompanyID"),
            buyer_name=fields.text(
                root,
                "AccountingCustomerParty/Party/PartyName/Name",
                "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName",
            ),
            corrects=fields.text(root, "BillingReference/InvoiceDocumentReference/ID"),
            bank_accounts=self._accounts(),
            charges=tuple(self._charge(element) for element in children(root, "AllowanceCharge")),
            taxes=tuple(self._tax(element) for element in children(root, "TaxTotal", "TaxSubtotal")),
            lines_total=fields.money(totals, "lines_total", "LineExtensionAmount"),
            net_total=fields.money(totals, "net_total", "TaxExclusiveAmount"),
            tax_total=self._tax_total(),
            total=fields.money(totals, "total", "TaxInclusiveAmount"),
            amount_due=fields.money(totals, "amount_due", "PayableAmount"),
            findings=tuple(fields.findings),
        )
        return checked(record, paid=_paid(prepaid, rounding))

    def _tax_total(self) -> SaidMoney | None:
        """The tax in the document's currency; a second total in the currency of the tax office is left alone."""
        for element in children(self.root, "TaxTotal", "TaxAmount"):
            if (element.get("currencyID") or self.fields.unit.code) == self.fields.unit.code:
                return self.fields.amount(element, "tax_total")
        return None

    def _discount_until(self, day: date | None) -> SaidDate | None:
        """The last day of the first discount that the terms of payment name, by their elements or in their words."""
        fields = self.fields
        found: list[SaidDate | None] = []
        for terms in children(self.root, "PaymentTerms"):
            if text(terms, "SettlementDiscountPercent"):
                until = after(days_of(found_at(terms, "SettlementPeriod/DurationMeasure")), day)
                found += [fields.day(terms, "", "SettlementPeriod/EndDate"), SaidDate(until, "", fields.place(terms))]
            found += [in_note(note.text or "", day, fields.place(note)) for note in children(terms, "Note")]
        return first(found)

    def _accounts(self) -> tuple[SaidText, ...]:
        """Where it asks to be paid, each account once; what it takes from the buyer's account names none of them."""
        means = children(self.root, "PaymentMeans")
        said = [self.fields.text(one, "PayeeFinancialAccount/ID") for one in means]
        return accounts_once(said)

    def _orders(self, lines: tuple[ReadSupplierInvoiceLine, ...]) -> tuple[SaidText, ...]:
        """The order of the document and those of its lines, each once."""
        said = [self.fields.text(self.root, "OrderReference/ID"), *(line.po_number for line in lines)]
        # Peppol BIS asks for something even where there is no order.
        return tuple({one.value: one for one in reversed(said) if one is not None and one.value.upper() != "NA"}.values())[::-1]

    def _line(self, element: Element) -> ReadSupplierInvoiceLine:
        fields = self.fields
        quantity_at = child(element, "InvoicedQuantity")
        quantity_at = quantity_at if quantity_at is not None else child(element, "CreditedQuantity")
        unit = quantity_at.get("unitCode", "") if quantity_at is not None else ""
        item = child(element, "Item")
        description = fields.text(item, "Name", "Description")
        order = child(element, "OrderLineReference")
        discounts = [
            fields.money(one, "lines", "Amount", negative=text(one, "ChargeIndicator").lower() == "true")
            for one in children(element, "AllowanceCharge")
        ]
        place = fields.place(element)
        return ReadSupplierInvoiceLine(
            place=place,
            number=text(element, "ID")[:20],
            code=fields.text(item, "SellersItemIdentification/ID", "StandardItemIdentification/ID"),
            our_code=fields.text(item, "BuyersItemIdentification/ID"),
            description=description,
            quantity=fields.number(element, "lines", "InvoicedQuantity", "CreditedQuantity"),
            uom=SaidText(unit, unit, fields.place(quantity_at, "unitCode")) if unit and quantity_at is not None else None,
            rate=fields.number(element, "lines", "Price/PriceAmount"),
            rate_per=fields.number(element, "lines", "Price/BaseQuantity"),
            discount=fields.summed(discounts, discounts[0] if discounts else None),
            tax_percent=fields.number(item, "lines", "ClassifiedTaxCategory/Percent"),
            tax=fields.money(element, "lines", "TaxTotal/TaxAmount"),
            amount=fields.money(element, "lines", "LineExtensionAmount"),
            po_number=fields.text(order, "OrderReference/ID"),
            po_line=text(order, "LineID")[:20] if order is not None else "",
        )

    def _charge(self, element: Element) -> ReadCharge:
        adds = text(element, "ChargeIndicator").lower() == "true"
        reason = text(element, "AllowanceChargeReason") or ("Charge" if adds else "Discount")
        amount = self.fields.money(element, "charges", "Amount", negative=not adds)
        return ReadCharge(
            charge_kind(reason, text(element, "AllowanceChargeReasonCode"), adds=adds),
            reason[:120],
            amount or SaidMoney(None, "", self.fields.place(element)),
            self.fields.number(element, "charges", "MultiplierFactorNumeric"),
        )

    def _tax(self, element: Element) -> ReadTax:
        percent: SaidNumber | None = self.fields.number(element, "tax_total", "TaxCategory/Percent", "Percent")
        named = child(element, "TaxAmount")
        if named is not None and (named.get("currencyID") or self.fields.unit.code) != self.fields.unit.code:
            return ReadTax(percent, None, None)
        return ReadTax(
            percent,
            self.fields.money(element, "tax_total", "TaxableAmount"),
            self.fields.money(element, "tax_total", "TaxAmount"),
        )


def charge_kind(reason: str, code: str, *, adds: bool) -> ChargeKind:
    """Freight by its code (UNCL 7161) or its words; what is taken off is a discount."""
    if not adds:
        return ChargeKind.DISCOUNT
    return ChargeKind.FREIGHT if code in _FREIGHT_CODES or sum_of(reason) is Sum.FREIGHT else ChargeKind.OTHER


def _paid(prepaid: SaidMoney | None, rounding: SaidMoney | None) -> Money | None:
    """What is taken off the total before it is due: prepaid less what was added to make it round."""
    value = prepaid.value if prepaid else None
    added = rounding.value if rounding else None
    if added is None:
        return value
    return -added if value is None else value - added
