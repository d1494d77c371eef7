"""Our invoice as cXML, and sending it to the stand-in's endpoint over real sockets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from lxml import etree

from core.domain.errors import (
    AlreadyInPortal,
    Incomplete,
    Misconfigured,
    NotInvoiceable,
    OutcomeUnknown,
    PortalActionNeeded,
    PortalDown,
    PortalLoginRefused,
    PortalRefusedField,
    ProjectError,
    SumsDisagree,
)
from core.domain.measures import Quantity, Rate
from core.domain.money import Money, currency
from core.domain.portal_orders import CustomerOrderLine, CustomerPurchaseOrder, OrderLineKind, OrderStatus
from core.domain.portals import CxmlParty
from core.domain.submissions import DraftLine, DraftWanted, FilePlace
from portal.cxml import CxmlAccount, CxmlInvoice, CxmlTax, cxml_invoice
from portal.cxml_send import CxmlDoor, CxmlReceipt
from tests.builders import usd
from tests.sandbox.portal import cxml as endpoint
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.robot import BIRCH, PAPER, SiteClock, fresh, wanted
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import ToThisMachine, running_portal

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOTE = "Boards <oak> & more \x07"


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    with running_portal() as site:
        yield site


@pytest.fixture
def site(running: Site) -> Site:
    fresh(running)
    return running


def order(**changed: Any) -> CustomerPurchaseOrder:
    lines = (
        CustomerOrderLine(
            "1",
            OrderLineKind.QUANTITY,
            "Oak boards, planed",
            Rate(Decimal("12.50")),
            usd("2500.00"),
            Quantity(Decimal(200)),
            "Board",
            "OB-20",
        ),
        CustomerOrderLine("2", OrderLineKind.AMOUNT, "Delivery", Rate(Decimal("180.00")), usd("180.00")),
    )
    made = CustomerPurchaseOrder(BIRCH, "GG80700992", "80700992", OrderStatus.ISSUED, "Issued", usd("2680.00"), lines)
    return replace(made, **changed)


def account(site: Site | None = None, **changed: Any) -> CxmlAccount:
    address = site.url("birchboro", "/cxml/invoices") if site else "https://birchboro.coupahost.com/cxml/invoices"
    usual = CxmlAccount(
        address, CxmlParty(*endpoint.SUPPLIER), CxmlParty("DUNS", "1"), endpoint.SECRET, units={"board": "PCE", "each": "EA"}
    )
    return replace(usual, **changed)


def both_lines(**changed: Any) -> DraftWanted:
    lines = (*wanted().lines, DraftLine("2", OrderLineKind.AMOUNT, Rate(Decimal("80.00")), description="Two trips"))
    return replace(wanted(lines=lines, total=usd("705.00"), note=NOTE), **changed)


def document(invoice: CxmlInvoice) -> etree._Element:
    return etree.fromstring(invoice.shown, etree.XMLParser(resolve_entities=False, no_network=True))


def test_the_document_is_valid_and_says_what_the_draft_would() -> None:
    made = cxml_invoice(both_lines(), order(), account(), AT)
    assert endpoint.complaint(made.shown) == ""
    root = document(made)
    head = root.find("./Request/InvoiceDetailRequest/InvoiceDetailRequestHeader")
    assert head is not None
    assert (head.get("invoiceID"), head.get("invoiceDate")) == ("INV-20500", "2026-03-02T12:00:00+00:00")
    assert (head.get("purpose"), head.get("operation")) == ("standard", "new")
    assert head.findtext("Comments") == "Boards <oak> & more"
    item = root.find(".//InvoiceDetailItem")
    assert item is not None
    assert (item.get("quantity"), item.findtext("UnitOfMeasure"), item.findtext("UnitPrice/Money")) == ("50", "PCE", "12.5")
    assert [place.text for place in root.iterfind(".//SubtotalAmount/Money")] == ["625.00", "80.00", "705.00"]
    assert root.findtext(".//DueAmount/Money") == "705.00"
    assert root.find(".//OrderReference").get("orderID") == "GG80700992"  # type: ignore[union-attr]


def test_taxes_are_listed_and_count_once() -> None:
    taxed = both_lines(total=usd("838.95"))
    made = cxml_invoice(taxed, order(), account(is_test=True), AT, (CxmlTax(usd("133.95"), "vat", "19", "VAT"),))
    assert endpoint.complaint(made.shown) == ""
    root = document(made)
    assert (root.findtext(".//Tax/Money"), root.findtext(".//TaxDetail/TaxAmount/Money")) == ("133.95", "133.95")
    assert root.findtext("./Request/InvoiceDetailRequest/InvoiceDetailSummary/SubtotalAmount/Money") == "705.00"
    assert root.find("./Request").get("deploymentMode") == "test"  # type: ignore[union-attr]


def test_yen_have_no_cents_and_dinars_three() -> None:
    for code, price, minor, shown in (("JPY", "1250", 62500, "62500"), ("KWD", "12.505", 625250, "625.250")):
        unit = currency(code)
        line = replace(order().lines[0], price=Rate(Decimal(price)), total=Money(minor * 4, unit))
        asked = wanted(lines=(replace(wanted().lines[0], price=Rate(Decimal(price))),), total=Money(minor, unit))
        root = document(cxml_invoice(asked, order(lines=(line,), total=Money(minor * 4, unit)), account(), AT))
        assert root.findtext(".//DueAmount/Money") == shown


def test_the_same_invoice_has_the_same_id_and_the_secret_stands_in_nothing_that_is_kept() -> None:
    first = cxml_invoice(wanted(), order(), account(), AT)
    later = cxml_invoice(wanted(), order(), account(), AT.replace(hour=10))
    assert first.payload_id == later.payload_id
    assert cxml_invoice(wanted("INV-9"), order(), account(), AT).payload_id != first.payload_id
    assert endpoint.SECRET.encode() in first.body
    kept = (first.shown, repr(first).encode(), repr(account()).encode(), first.digest.encode())
    assert not [text for text in kept if endpoint.SECRET.encode() in text]


@pytest.mark.parametrize(
    ("asked", "ordered", "said"),
    [
        (wanted(lines=()), order(), "not known which lines"),
        (wanted(), order(lines=()), "has no line 1"),
        (wanted(), order(lines=(replace(order().lines[0], part_number=""),)), "no part number"),
        (wanted(), order(lines=(replace(order().lines[0], unit="Bundle"),)), "“Bundle” of line 1 has no code"),
        (wanted(invoice_number=" "), order(), "no number"),
        (wanted(lines=(replace(wanted().lines[0], kind=OrderLineKind.AMOUNT),)), order(), "ordered otherwise"),
        (wanted(lines=(replace(wanted().lines[0], quantity=None),), total=usd("12.50")), order(), "no quantity"),
    ],
)
def test_what_the_document_needs_and_nobody_knows_is_named(
    asked: DraftWanted, ordered: CustomerPurchaseOrder, said: str
) -> None:
    with pytest.raises(Incomplete, match=said):
        cxml_invoice(asked, ordered, account(), AT)


def test_a_total_that_the_lines_do_not_make_is_not_written() -> None:
    with pytest.raises(SumsDisagree, match=r"625\.00 USD.*625\.01 USD"):
        cxml_invoice(wanted(total=usd("625.01")), order(), account(), AT)


def send(site: Site, invoice: CxmlInvoice | None = None, timeout: float = 30, **changed: Any) -> CxmlReceipt:
    door = CxmlDoor(account(site, **changed), SiteClock(site), ToThisMachine(verify=False))
    made = invoice or cxml_invoice(wanted(), order(), account(site, **changed), site.now)
    return door.send(made, httpx.Timeout(timeout))


def test_an_invoice_arrives_once_with_its_file_and_is_no_draft(site: Site) -> None:
    receipt = send(site)
    assert (receipt.code, receipt.text) == (200, "OK Invoice INV-20500 received")
    arrived = [one for one in site.world.invoices if one.number == "INV-20500"]
    assert [(one.status, one.total, one.order_number) for one in arrived] == [("Processing", Decimal("625.00"), "GG80700992")]
    assert arrived[0].scan is not None
    assert (arrived[0].scan.name, arrived[0].scan.size) == ("INV-20500.pdf", len(PAPER))
    without = cxml_invoice(wanted("INV-2", file_place=FilePlace.NONE), order(), account(site), site.now)
    assert send(site, without).code == 200
    with pytest.raises(AlreadyInPortal, match="already been taken"):
        send(site)


def _another(site: Site, document_changes: tuple[bytes, bytes]) -> CxmlInvoice:
    made = cxml_invoice(wanted(file=None), order(), account(site), site.now)
    return replace(made, body=made.body.replace(*document_changes))


def test_the_vendors_codes_say_what_somebody_has_to_do(site: Site) -> None:
    with pytest.raises(PortalLoginRefused):
        send(site, shared_secret="another")
    with pytest.raises(PortalRefusedField, match="not valid") as refused:
        send(site, _another(site, (b"<UserAgent>Tieout</UserAgent>", b"")))
    assert refused.value.field == "Document"
    with pytest.raises(PortalRefusedField, match="second line"):
        send(site, _another(site, (b"1.2.020/InvoiceDetail.dtd", b"1.1.010/InvoiceDetail.dtd")))
    with pytest.raises(NotInvoiceable, match="not yours"):
        send(site, _another(site, (b"GG80700992", b"GG1")))
    future = wanted(invoice_date=site.now.date().replace(year=site.now.year + 1))
    with pytest.raises(PortalRefusedField, match="future"):
        send(site, cxml_invoice(future, order(), account(site), site.now))
    site.buyer("birchboro").may_invoice = False
    with pytest.raises(PortalActionNeeded):
        send(site)
    assert [one for one in site.world.invoices if one.number == "INV-20500"] == []


@pytest.mark.parametrize(
    "fault", [Fault("cut", "cxml", "before"), Fault("cut", "cxml", "after"), Fault("oops", "cxml", "after")]
)
def test_what_may_have_arrived_is_unknown_and_is_not_sent_again(site: Site, fault: Fault) -> None:
    site.faults.add(fault)
    with pytest.raises(OutcomeUnknown, match="may have arrived"):
        send(site)
    assert len([one for one in site.seen if one.step == "cxml"]) == 1


def test_no_answer_in_time_is_unknown(site: Site) -> None:
    site.faults.add(Fault("slow", "cxml", "after", seconds=3))
    with pytest.raises(OutcomeUnknown, match="did not answer"):
        send(site, timeout=0.3)


def test_nobody_there_is_a_reason_to_try_later(site: Site) -> None:
    door = CxmlDoor(account(endpoint="http://127.0.0.1:9/cxml/invoices"), SiteClock(site))
    with pytest.raises(PortalDown, match="nothing was sent"):
        door.send(cxml_invoice(wanted(), order(), account(), AT))


@pytest.mark.parametrize("address", ["http://birchboro.example/cxml", "ftp://127.0.0.1/x", "http://localhost.evil.example/"])
def test_the_secret_goes_by_https_only(site: Site, address: str) -> None:
    with pytest.raises((Misconfigured, PortalDown)):
        CxmlDoor(account(endpoint=address), SiteClock(site)).send(cxml_invoice(wanted(), order(), account(), AT))


HOSTILE = {
    "entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<cXML><Response><Status code="200">&a;</Status></Response></cXML>',
    "no number": b'<cXML><Response><Status code="OK" text="fine"/></Response></cXML>',
    "another document": b"<html><body>200 OK</body></html>",
    "nothing": b"",
    "server error": b'<cXML><Response><Status code="500" text="Internal"/></Response></cXML>',
    "later": b'<cXML><Response><Status code="560" text="Temporary Server Error"/></Response></cXML>',
    "endless": b"<cXML>" + b"x" * 1_100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_answer_that_says_nothing_clear_is_unknown(name: str) -> None:
    error = _answered(200, HOSTILE[name])
    assert isinstance(error, OutcomeUnknown | CxmlReceipt)
    if isinstance(error, CxmlReceipt):
        assert (name, "root" in error.text) == ("entity", False)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, PortalLoginRefused),
        (403, PortalActionNeeded),
        (417, PortalRefusedField),
        (450, PortalRefusedField),
        (429, PortalDown),
    ],
)
def test_a_refusal_by_http_alone_is_a_refusal(status: int, kind: type[ProjectError]) -> None:
    assert isinstance(_answered(status, b"no"), kind)


def test_an_answer_that_repeats_the_secret_is_covered() -> None:
    body = f'<cXML><Response><Status code="417" text="Bad {endpoint.SECRET}"/></Response></cXML>'.encode()
    assert endpoint.SECRET not in str(_answered(417, body))


def test_another_address_is_never_followed() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://evil.example/"})

    assert isinstance(_through(answer), OutcomeUnknown)
    assert asked == ["birchboro.coupahost.com"]


def _answered(status: int, body: bytes) -> CxmlReceipt | ProjectError:
    return _through(lambda _: httpx.Response(status, content=body))


def _through(answer: Any) -> CxmlReceipt | ProjectError:
    door = CxmlDoor(account(), SiteClock(Site()), httpx.MockTransport(answer))
    try:
        return door.send(cxml_invoice(wanted(), order(), account(), AT))
    except ProjectError as error:
        return error
