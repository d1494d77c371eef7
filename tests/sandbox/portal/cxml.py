"""The customer's cXML endpoint: `POST /cxml/invoices`, with the vendor's codes. What it takes is no draft, it is submitted."""

import email.policy
import hashlib
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from email.parser import BytesParser
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from fastapi import FastAPI, Request
from lxml import etree
from starlette.responses import Response

from tests.sandbox.portal import rules
from tests.sandbox.portal.model import InvoiceLine, LineKind, Order, PortalInvoice
from tests.sandbox.portal.site import CannotError, Site
from tests.sandbox.portal.visit import Visit

SUPPLIER = ("DUNS", "079928354")
SECRET = "sandbox-shared-secret"
PUBLISHED_SHA256 = "4351e2b54d919e8b89c5e1dd6791347649334acec4ec3e0b31180b17163336c1"
_HERE = Path(__file__).parent
_DOCTYPE = re.compile(r'<!DOCTYPE cXML SYSTEM "http://xml\.cxml\.org/schemas/cXML/(1\.2\.\d{3})/InvoiceDetail\.dtd">\Z')


class RefusedError(CannotError):
    """A code of the vendor's list, and its words."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@cache
def grammars() -> tuple[etree.DTD, ...]:
    """The subset; and the published file beside it, if somebody has put exactly that there."""
    published = _HERE / "InvoiceDetail.dtd"
    files = [_HERE / "invoice_detail_subset.dtd"]
    if published.exists() and hashlib.sha256(published.read_bytes()).hexdigest() == PUBLISHED_SHA256:
        files.append(published)
    return tuple(etree.DTD(BytesIO(file.read_bytes())) for file in files)


def complaint(document: bytes) -> str:
    """Why a document is not valid; empty when it is."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        return str(error)
    lines = document.decode("utf-8", "replace").splitlines()
    if len(lines) < 2 or not _DOCTYPE.match(lines[1].strip()):
        return "the second line does not name InvoiceDetail.dtd"
    failing = (grammar for grammar in grammars() if not grammar.validate(root))
    return next((str(grammar.error_log).partition("\n")[0] for grammar in failing), "")


def add_routes(app: FastAPI, site: Site) -> None:
    """The one address."""

    @app.post("/cxml/invoices")
    async def invoices(request: Request) -> Response:
        body = await request.body()
        slug = Visit(site, request).slug
        try:
            with site.lock:
                taken = _take(site, slug, request.headers.get("content-type", ""), body)
            return _answer(200, "OK", f"Invoice {taken.number} received")
        except RefusedError as refused:
            return _answer(refused.code, "Refused", str(refused))


def _answer(code: int, text: str, words: str) -> Response:
    status = f"<Status code={quoteattr(str(code))} text={quoteattr(text)}>{escape(words)}</Status>"
    content = f'<?xml version="1.0"?>\n<cXML payloadID="1@portal" timestamp="x"><Response>{status}</Response></cXML>'
    return Response(content, code, media_type="text/xml")


def _take(site: Site, slug: str, content_type: str, body: bytes) -> PortalInvoice:
    document, files = _parts(content_type, body)
    wrong = complaint(document)
    if wrong:
        raise RefusedError(406, f"The document is not valid: {wrong}")
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    _let_in(root)
    request = root.find("./Request/InvoiceDetailRequest")
    assert request is not None
    invoice = _invoice(site, slug, request, files)
    order = site.order_numbered(slug, invoice.order_number)
    for _, text in rules.complaints(site, invoice, order):
        raise RefusedError(417, text)
    invoice.id, invoice.status, invoice.saves = site.new_invoice_id(), "Processing", 1
    site.world.invoices.append(invoice)
    return invoice


def _parts(content_type: str, body: bytes) -> tuple[bytes, dict[str, tuple[str, bytes]]]:
    """The document, and the files beside it by content id."""
    if not content_type.startswith("multipart/related"):
        return body, {}
    message = BytesParser(policy=email.policy.HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    found: dict[str, tuple[str, bytes]] = {}
    for part in message.walk():
        content = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(content, bytes):
            found[str(part["Content-ID"]).strip("<>")] = (part.get_filename() or "", content)
    start = re.search(r'start="<([^>]+)>"', content_type)
    _, document = found.pop(start[1], ("", b"")) if start else ("", b"")
    return document, found


def _let_in(root: etree._Element) -> None:
    sender = root.find("./Header/Sender/Credential")
    assert sender is not None
    known = (sender.get("domain"), sender.findtext("Identity")) == SUPPLIER
    if not known or sender.findtext("SharedSecret") != SECRET:
        raise RefusedError(401, "Unauthorized")


def _invoice(site: Site, slug: str, request: etree._Element, files: dict[str, tuple[str, bytes]]) -> PortalInvoice:
    header = request.find("InvoiceDetailRequestHeader")
    reference = request.find("./InvoiceDetailOrder/InvoiceDetailOrderInfo/OrderReference")
    assert header is not None
    assert reference is not None
    if not site.buyer(slug).may_invoice:
        raise RefusedError(403, "cXML invoicing is not enabled for this supplier")
    order = site.order_numbered(slug, str(reference.get("orderID")))
    if order is None:
        raise RefusedError(417, f"PO {reference.get('orderID')} is not yours and cannot be invoiced")
    day = date.fromisoformat(str(header.get("invoiceDate"))[:10])
    today = site.now.date()
    number = str(header.get("invoiceID"))
    made = PortalInvoice(0, slug, order.number, today, day, order.currency, number, legal_entity="from the document")
    items = request.findall("./InvoiceDetailOrder/*")[1:]
    made.lines = [_line(item, order) for item in items]
    made.tax = _sum(request, "./InvoiceDetailSummary/Tax/Money")
    if made.total != _sum(request, "./InvoiceDetailSummary/DueAmount/Money"):
        raise RefusedError(417, "The amounts do not add up")
    for url in request.iter("URL"):
        name, content = files.get(str(url.text).removeprefix("cid:"), ("", b""))
        if not content:
            raise RefusedError(406, "The attachment is missing")
        made.scan = rules.kept_file(name, content)
    return made


def _line(item: etree._Element, order: Order) -> InvoiceLine:
    by_quantity = item.tag == "InvoiceDetailItem"
    reference = item.find("InvoiceDetailItemReference" if by_quantity else "InvoiceDetailServiceItemReference")
    assert reference is not None
    number = str(reference.get("lineNumber"))
    meant = next((line for line in order.lines if str(line.number) == number), None)
    kind = LineKind.QUANTITY if by_quantity else LineKind.AMOUNT
    if meant is None or meant.kind is not kind:
        raise RefusedError(417, "Invoice lines order line must be the same type as invoice line")
    words = reference.findtext("Description") or ""
    if not by_quantity:
        return InvoiceLine(meant.number, words, _sum(item, "SubtotalAmount/Money"), kind)
    return InvoiceLine(
        meant.number,
        words,
        _sum(item, "UnitPrice/Money"),
        kind,
        Decimal(str(item.get("quantity"))),
        meant.unit,
        meant.part_number,
    )


def _sum(place: etree._Element, path: str) -> Decimal:
    try:
        return Decimal(place.findtext(path) or "")
    except InvalidOperation as error:
        raise RefusedError(406, "An amount is not a number") from error
