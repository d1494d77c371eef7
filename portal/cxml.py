"""Our invoice as a cXML InvoiceDetailRequest, for customers who take cXML instead of a form. Pure: records to bytes.

cXML knows no draft: what is posted goes straight to the customer. So it stands behind the same approval as the form, and a
second person releases each document before it is sent. The order of the elements is that of the published InvoiceDetail.dtd;
the version is the one that Coupa's own sample names. Everything that the document needs and we do not know is refused here, by
name.
"""

import hashlib
import re
from base64 import encodebytes
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from types import MappingProxyType
from typing import Final

from lxml import etree

from core.decide.preflight import line_amount
from core.domain.errors import Incomplete, SumsDisagree
from core.domain.measures import plain
from core.domain.money import Money, total
from core.domain.portal_orders import CustomerOrderLine, CustomerPurchaseOrder, OrderLineKind
from core.domain.portals import CxmlParty
from core.domain.submissions import DraftLine, DraftWanted

VERSION: Final = "1.2.020"
DTD: Final = f"http://xml.cxml.org/schemas/cXML/{VERSION}/InvoiceDetail.dtd"
_USER_AGENT: Final = "Tieout"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML: Final = re.compile("[^\t\n\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {"each": "EA", "ea": "EA", "piece": "EA", "hour": "HUR", "day": "DAY", "box": "BX", "case": "CS", "set": "SET"}
)
"""Codes of UN/ECE recommendation 20 for units as portals write them; a customer's own stand in the account."""


@dataclass(frozen=True, slots=True)
class CxmlAccount:
    """What a customer gave us so that it takes our cXML. `units` are its codes, by the portal's name of a unit, lower case."""

    endpoint: str
    supplier: CxmlParty
    customer: CxmlParty
    shared_secret: str = field(repr=False)
    is_test: bool = False
    units: Mapping[str, str] = field(default_factory=lambda: UNITS)


@dataclass(frozen=True, slots=True)
class CxmlTax:
    """One tax of the invoice. `percent` may be empty; `category` is the customer's word, such as `vat` or `sales`."""

    amount: Money
    category: str = "sales"
    percent: str = ""
    description: str = "Tax"


@dataclass(frozen=True, slots=True)
class CxmlInvoice:
    """One document. `body` goes over the wire and holds the shared secret; `shown` is the same without it, for the proof."""

    payload_id: str
    content_type: str
    body: bytes = field(repr=False)
    shown: bytes = b""

    @property
    def digest(self) -> str:
        """SHA-256 of what is shown, so that the secret cannot be tried against it."""
        return hashlib.sha256(self.shown).hexdigest()


def cxml_invoice(
    wanted: DraftWanted, order: CustomerPurchaseOrder, account: CxmlAccount, at: datetime, taxes: tuple[CxmlTax, ...] = ()
) -> CxmlInvoice:
    """The document of one invoice, with its file beside it.

    The same invoice has the same payload id, whenever it is written. `Incomplete` names what is missing, `SumsDisagree` says
    that lines and taxes are not the invoice's total.
    """
    theirs = _lines_of(wanted, order)
    _add_up(wanted, taxes)
    payload = _payload_id(wanted, account)
    shown = _document(wanted, theirs, account, _Head(payload, at, taxes, "•••"))
    sent = _document(wanted, theirs, account, _Head(payload, at, taxes, account.shared_secret))
    if not wanted.uploads or wanted.file is None:
        return CxmlInvoice(payload, "text/xml; charset=UTF-8", sent, shown)
    return CxmlInvoice(payload, *_with_file(wanted, payload, sent), shown)


@dataclass(frozen=True, slots=True)
class _Head:
    payload_id: str
    at: datetime
    taxes: tuple[CxmlTax, ...]
    secret: str = field(repr=False)


def _lines_of(wanted: DraftWanted, order: CustomerPurchaseOrder) -> list[tuple[DraftLine, CustomerOrderLine]]:
    if not wanted.lines:
        raise Incomplete("It is not known which lines of the order the invoice charges.")
    theirs = {line.number: line for line in order.lines}
    for line in wanted.lines:
        if line.order_line not in theirs or not line.order_line.isdigit():
            raise Incomplete(f"Order {wanted.order_number} has no line {line.order_line}.")
        if line.kind is not theirs[line.order_line].kind:
            raise Incomplete(f"Line {line.order_line} is charged by {line.kind}, and was ordered otherwise.")
    return [(line, theirs[line.order_line]) for line in wanted.lines]


def _add_up(wanted: DraftWanted, taxes: tuple[CxmlTax, ...]) -> None:
    unit = wanted.total.currency
    added = total([*(line_amount(line, unit) for line in wanted.lines), *(tax.amount for tax in taxes)], unit)
    if added != wanted.total:
        raise SumsDisagree(f"Lines and taxes come to {added}, and the invoice is {wanted.total}.")


def _payload_id(wanted: DraftWanted, account: CxmlAccount) -> str:
    """One for each invoice of one customer, so that a document that was sent twice can be known as one."""
    parts = (account.customer.domain, account.customer.identity, wanted.order_number, wanted.invoice_number)
    return f"{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:32]}@tieout"


def _document(
    wanted: DraftWanted, theirs: list[tuple[DraftLine, CustomerOrderLine]], account: CxmlAccount, head: _Head
) -> bytes:
    written = {"payloadID": head.payload_id, "timestamp": head.at.isoformat(timespec="seconds"), "version": VERSION}
    root = etree.Element("cXML", {**written, _LANGUAGE: "en"})
    _header(etree.SubElement(root, "Header"), account, head.secret)
    mode = {"deploymentMode": "test" if account.is_test else "production"}
    request = etree.SubElement(etree.SubElement(root, "Request", mode), "InvoiceDetailRequest")
    _request_header(request, wanted)
    at_order = etree.SubElement(request, "InvoiceDetailOrder")
    reference = etree.SubElement(
        etree.SubElement(at_order, "InvoiceDetailOrderInfo"), "OrderReference", {"orderID": _clean(wanted.order_number)}
    )
    etree.SubElement(reference, "DocumentReference", {"payloadID": _clean(wanted.order_number)})
    for place, (line, ordered) in enumerate(theirs, 1):
        _line(at_order, place, line, ordered, _LineWords(wanted, account))
    _summary(etree.SubElement(request, "InvoiceDetailSummary"), wanted, head.taxes)
    doctype = f'<!DOCTYPE cXML SYSTEM "{DTD}">'
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype, pretty_print=True))


def _header(header: etree._Element, account: CxmlAccount, secret: str) -> None:
    for name, party in (("From", account.supplier), ("To", account.customer), ("Sender", account.supplier)):
        place = etree.SubElement(header, name)
        credential = etree.SubElement(place, "Credential", {"domain": _clean(party.domain)})
        _text(credential, "Identity", party.identity)
        if name == "Sender":
            _text(credential, "SharedSecret", secret)
            _text(place, "UserAgent", _USER_AGENT)


def _request_header(request: etree._Element, wanted: DraftWanted) -> None:
    day = datetime.combine(wanted.invoice_date, time(12), UTC).isoformat(timespec="seconds")
    number = _clean(wanted.invoice_number)
    if not number:
        raise Incomplete("The invoice has no number.")
    header = etree.SubElement(
        request,
        "InvoiceDetailRequestHeader",
        {"invoiceID": number, "invoiceDate": day, "purpose": "standard", "operation": "new"},
    )
    etree.SubElement(header, "InvoiceDetailHeaderIndicator")
    etree.SubElement(header, "InvoiceDetailLineIndicator")
    if wanted.note or wanted.uploads:
        comments = etree.SubElement(header, "Comments", {_LANGUAGE: "en"})
        comments.text = _clean(wanted.note)
        if wanted.uploads:
            _text(etree.SubElement(comments, "Attachment"), "URL", f"cid:{_file_id(wanted)}")


@dataclass(frozen=True, slots=True)
class _LineWords:
    wanted: DraftWanted
    account: CxmlAccount


def _line(at_order: etree._Element, place: int, line: DraftLine, ordered: CustomerOrderLine, words: _LineWords) -> None:
    unit = words.wanted.total.currency
    amount = line_amount(line, unit)
    if line.kind is OrderLineKind.AMOUNT:
        item = etree.SubElement(at_order, "InvoiceDetailServiceItem", {"invoiceLineNumber": str(place)})
        _reference(etree.SubElement(item, "InvoiceDetailServiceItemReference", {"lineNumber": line.order_line}), line, ordered)
        _money(item, "SubtotalAmount", amount)
        return
    if line.quantity is None:
        raise Incomplete(f"Line {line.order_line} has no quantity.")
    code = words.account.units.get(ordered.unit.strip().lower())
    if code is None:
        raise Incomplete(f"The unit “{ordered.unit}” of line {line.order_line} has no code with this customer yet.")
    quantity = f"{plain(line.quantity):f}"
    item = etree.SubElement(at_order, "InvoiceDetailItem", {"invoiceLineNumber": str(place), "quantity": quantity})
    _text(item, "UnitOfMeasure", code)
    price = etree.SubElement(etree.SubElement(item, "UnitPrice"), "Money", {"currency": unit.code})
    price.text = f"{plain(line.price):f}"
    _reference(etree.SubElement(item, "InvoiceDetailItemReference", {"lineNumber": line.order_line}), line, ordered)
    _money(item, "SubtotalAmount", amount)


def _reference(place: etree._Element, line: DraftLine, ordered: CustomerOrderLine) -> None:
    """Part number and words; `Incomplete` without a part number on goods, because customers match by it."""
    if ordered.part_number:
        _text(etree.SubElement(place, "ItemID"), "SupplierPartID", ordered.part_number)
    elif line.kind is OrderLineKind.QUANTITY:
        raise Incomplete(f"Line {line.order_line} of the order has no part number, and cXML needs one.")
    _text(place, "Description", line.description or ordered.description, {_LANGUAGE: "en"})


def _summary(summary: etree._Element, wanted: DraftWanted, taxes: tuple[CxmlTax, ...]) -> None:
    unit = wanted.total.currency
    taxed = total((tax.amount for tax in taxes), unit)
    _money(summary, "SubtotalAmount", wanted.total - taxed)
    place = _money(summary, "Tax", taxed)
    _text(place, "Description", taxes[0].description if taxes else "No tax", {_LANGUAGE: "en"})
    for tax in taxes:
        attributes = {"category": tax.category, **({"percentageRate": tax.percent} if tax.percent else {})}
        detail = etree.SubElement(place, "TaxDetail", attributes)
        _money(detail, "TaxAmount", tax.amount)
    for name in ("GrossAmount", "NetAmount", "DueAmount"):
        _money(summary, name, wanted.total)


def _money(place: etree._Element, name: str, amount: Money) -> etree._Element:
    inside = etree.SubElement(place, name)
    etree.SubElement(inside, "Money", {"currency": amount.currency.code}).text = amount.text()
    return inside


def _text(place: etree._Element, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
    etree.SubElement(place, name, dict(attributes or {})).text = _clean(text)


def _clean(text: str) -> str:
    """Without signs that no XML may hold."""
    return _NOT_XML.sub("", text).strip()


def _file_id(wanted: DraftWanted) -> str:
    digest = wanted.file.digest if wanted.file is not None else ""
    return f"{digest[:32]}@tieout"


def _with_file(wanted: DraftWanted, payload_id: str, document: bytes) -> tuple[str, bytes]:
    """Content type and body of a `multipart/related` with the document first and the invoice's picture second."""
    if wanted.file is None:
        raise Incomplete("The invoice's file is missing.")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", wanted.file.name)
    kind = "application/pdf" if name.lower().endswith(".pdf") else "application/octet-stream"
    boundary = f"part-{hashlib.sha256(document + wanted.file.content).hexdigest()[:40]}"
    about = f"Content-Type: {kind}\r\nContent-ID: <{_file_id(wanted)}>\r\nContent-Transfer-Encoding: base64"
    parts = (
        (f"Content-Type: text/xml; charset=UTF-8\r\nContent-ID: <{payload_id}>", document),
        (
            f'{about}\r\nContent-Disposition: attachment; filename="{name}"',
            encodebytes(wanted.file.content).replace(b"\n", b"\r\n"),
        ),
    )
    body = b"".join(b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), content) for head, content in parts)
    kind_of_all = f'multipart/related; boundary="{boundary}"; type="text/xml"; start="<{payload_id}>"'
    return kind_of_all, body + b"--%s--\r\n" % boundary.encode()
