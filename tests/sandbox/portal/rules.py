"""What the portal refuses in an invoice, in the words that its user reads, and how a form becomes an invoice."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.sandbox.portal.formats import BadValueError, read_date, read_number
from tests.sandbox.portal.model import InvoiceLine, LineKind, Order, PortalFile, PortalInvoice, User
from tests.sandbox.portal.site import Site

SCANS = ("png", "gif", "jpg", "jpeg", "pjpeg", "tiff", "pdf")
MOST_BYTES = 100 * 1024 * 1024
LONGEST_NUMBER = 40
_LINE = re.compile(r"invoice_header\[invoice_lines\]\[(\d+)\]\[(\w+)\]\Z")


@dataclass
class Form:
    """A form as it came, with the complaints about single fields."""

    values: Mapping[str, str]
    user: User
    complaints: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.values.get(f"invoice_header[{name}]", "").strip()

    def number(self, label: str, text: str, default: str = "0") -> Decimal:
        if not text.strip():
            return Decimal(default)
        try:
            return read_number(text, self.user.numbers)
        except BadValueError:
            self.complaints.append((label, f"{label} is not a number"))
            return Decimal(default)

    def day(self, label: str, text: str) -> date | None:
        if not text:
            self.complaints.append((label, f"{label} can't be blank"))
            return None
        try:
            return read_date(text, self.user.dates)
        except BadValueError:
            self.complaints.append((label, f"{label} is not a valid date"))
            return None

    def lines(self) -> list[dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        for name, value in self.values.items():
            match = _LINE.match(name)
            if match:
                found.setdefault(int(match[1]), {})[match[2]] = value.strip()
        return [found[number] for number in sorted(found)]


def fill(invoice: PortalInvoice, form: Form, order: Order | None, tax_percent: Decimal) -> None:
    """The form's values into the invoice, complaints about what cannot be read into the form."""
    invoice.number = form.text("invoice_number")
    invoice.invoice_date = form.day("Invoice Date", form.text("local_invoice_date"))
    invoice.legal_entity = form.text("legal_entity")
    invoice.remit_to = form.text("remit_to")
    invoice.ship_from = form.text("ship_from")
    invoice.delivery_number = form.text("delivery_number")
    invoice.note = form.text("supplier_note")
    invoice.currency = form.text("currency") or invoice.currency
    invoice.shipping = form.number("Shipping", form.text("shipping_amount"))
    invoice.handling = form.number("Handling", form.text("handling_amount"))
    invoice.misc = form.number("Misc", form.text("misc_amount"))
    invoice.lines = [_line(form, fields, order) for fields in form.lines()]
    invoice.tax = (invoice.net * tax_percent / 100).quantize(Decimal("0.01"))


def _line(form: Form, fields: dict[str, str], order: Order | None) -> InvoiceLine:
    meant = next((one for one in order.lines if str(one.number) == fields.get("order_line")), None) if order else None
    kind = LineKind(fields.get("kind", "quantity"))
    if meant is None or meant.kind is not kind:
        text = "Invoice lines order line must be the same type as invoice line"
        form.complaints.append(("Lines", text))
    return InvoiceLine(
        int(fields.get("order_line") or 0),
        fields.get("description", ""),
        form.number("Price", fields.get("price", "")),
        kind,
        form.number("Qty", fields.get("quantity", ""), "1"),
        meant.unit if meant else "",
        meant.part_number if meant else "",
        fields.get("tax_code", ""),
    )


def complaints(site: Site, invoice: PortalInvoice, order: Order | None) -> list[tuple[str, str]]:
    """Why this invoice cannot be saved, as (field, sentence); empty when it can."""
    buyer = site.buyer(invoice.buyer)
    found: list[tuple[str, str]] = []
    if not invoice.number:
        found.append(("Invoice #", "Invoice # can't be blank"))
    if len(invoice.number) > LONGEST_NUMBER:
        found.append(("Invoice #", f"Invoice # is too long (maximum is {LONGEST_NUMBER} characters)"))
    others = (one for one in site.invoices(buyer.slug) if one.id != invoice.id)
    taken = any(one.number.lower() == invoice.number.lower() for one in others if one.status != "Voided")
    if invoice.number and taken and buyer.unique_numbers:
        found.append(("Invoice #", "Invoice # has already been taken"))
    if buyer.forbids_future_dates and invoice.invoice_date and invoice.invoice_date > site.now.date():
        found.append(("Invoice Date", "Invoice Date cannot be in the future"))
    if order is None or order.status != "Issued" or order.invoice_stop:
        status = order.status.lower() if order else "not yours"
        found.append(("PO", f"PO {invoice.order_number} is {status} and cannot be invoiced"))
    if order is not None and invoice.currency != order.currency:
        found.append(("Currency", "Currency must be that of the PO"))
    if not invoice.legal_entity:
        found.append(("Legal Entity", "Legal entity can't be blank"))
    if buyer.forbids_charges and any((invoice.shipping, invoice.handling, invoice.misc)):
        found.append(("Charges", "Extra shipping/handling/misc charges are not permitted"))
    return found + _about_lines(invoice, needs_code=buyer.requires_tax_code)


def _about_lines(invoice: PortalInvoice, *, needs_code: bool) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if not invoice.lines:
        found.append(("Lines", "Invoice must have at least one line"))
    if any(line.quantity <= 0 or line.price <= 0 for line in invoice.lines):
        found.append(("Lines", "Qty and Price must be greater than 0"))
    if needs_code and any(not line.tax_code for line in invoice.lines):
        found.append(("Tax Code", "Tax code can't be blank"))
    return found


def warnings(site: Site, invoice: PortalInvoice, order: Order | None) -> list[str]:
    """What the portal says and lets pass: more than the order has left."""
    if order is None:
        return []
    left = {line.number: line.total - site.invoiced(order, line.number) for line in order.lines}
    over = [line.order_line for line in invoice.lines if line.total > left.get(line.order_line, Decimal(0))]
    return [f"Line {number}: the invoice exceeds what remains on the PO" for number in over]


def file_complaint(site: Site, name: str, data: bytes) -> str:
    """Why the portal does not take this picture; empty when it does."""
    refused = site.faults.holds("upload_refused")
    ending = name.rpartition(".")[2].lower()
    if ending not in SCANS or (refused is not None and refused.to == "type"):
        return f"Image Scan must be one of {', '.join(SCANS)}"
    if len(data) > MOST_BYTES or (refused is not None and refused.to != "type"):
        return "Image Scan is too big (maximum is 100 MB)"
    return ""


def kept_file(name: str, data: bytes) -> PortalFile:
    return PortalFile(name, len(data), hashlib.sha256(data).hexdigest())
