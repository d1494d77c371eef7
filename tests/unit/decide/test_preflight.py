"""The pre-flight: every check says yes, no or that nobody knows, and all of them answer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.decide.preflight import PortalRules, PreflightCheck, PreflightFacts, PreflightLevel, preflight
from core.domain.measures import Quantity, Rate
from core.domain.money import Money, currency
from core.domain.portal_orders import (
    CustomerOrderLine,
    CustomerPurchaseOrder,
    OrderLineKind,
    OrderStatus,
    PortalCustomer,
    PortalInvoice,
    PortalInvoiceStatus,
)
from core.domain.submissions import DraftFile, DraftLine, DraftWanted, FilePlace
from tests.builders import usd

TODAY = date(2026, 3, 10)
GOODS, SERVICE = OrderLineKind.QUANTITY, OrderLineKind.AMOUNT
PDF = DraftFile("INV-1.pdf", b"%PDF-1.7 and so on")


def ordered(invoiced: str | None = "0.00", **changed: Any) -> CustomerPurchaseOrder:
    used = usd(invoiced) if invoiced is not None else None
    lines = (
        CustomerOrderLine("1", GOODS, "Bolts", Rate(Decimal("2.50")), usd("250.00"), Quantity(Decimal(100)), invoiced=used),
        CustomerOrderLine("2", SERVICE, "Visit", Rate(Decimal("900.00")), usd("900.00"), invoiced=used),
    )
    order = CustomerPurchaseOrder(
        PortalCustomer("Northwind"), "PO-1", "77", OrderStatus.ISSUED, "Issued", usd("1150.00"), lines, may_be_invoiced=True
    )
    return replace(order, **changed)


def charged(line: str = "1", quantity: str | None = "40", price: str = "2.50", code: str = "") -> DraftLine:
    kind = SERVICE if quantity is None else GOODS
    return DraftLine(line, kind, Rate(Decimal(price)), Quantity(Decimal(quantity)) if quantity else None, tax_code=code)


def asked(*lines: DraftLine, total: str = "100.00", **changed: Any) -> DraftWanted:
    wanted = DraftWanted(PortalCustomer("Northwind"), "PO-1", "INV-1", date(2026, 3, 9), usd(total), lines or (charged(),), PDF)
    return replace(wanted, **changed)


def findings(wanted: DraftWanted | None = None, order: CustomerPurchaseOrder | None = None, **known: Any) -> dict[str, str]:
    result = preflight(PreflightFacts(wanted or asked(), order or ordered(), TODAY, **known))
    return {f"{one.check}:{one.level}": one.sentence for one in result.findings if one.level is not PreflightLevel.GOOD}


def listed(number: str, status: PortalInvoiceStatus, word: str) -> PortalInvoice:
    return PortalInvoice(number, "9", status, word, "PO-1", usd("100.00"))


def test_a_good_invoice_passes_and_every_check_has_said_so() -> None:
    result = preflight(PreflightFacts(asked(), ordered(), TODAY))
    assert (result.may_go, result.stops, result.doubts) == (True, (), ())
    by_the_line = {PreflightCheck.LINE_KIND, PreflightCheck.LINE_ROOM, PreflightCheck.LINE_PRICE}
    assert {one.check for one in result.findings} == set(PreflightCheck) - by_the_line
    assert all(one.sentence for one in result.findings)


STOPS = [
    (
        {"order": ordered(status=OrderStatus.SOFT_CLOSED, status_text="Soft Closed")},
        "order_status",
        "its status is Soft Closed",
    ),
    ({"order": ordered(status=OrderStatus.OTHER, status_text="Zurück")}, "order_status", "Zurück"),
    ({"order": ordered(may_be_invoiced=False)}, "order_status", "no way to invoice"),
    ({"wanted": asked(total="0.00", lines=())}, "lines", "not known which lines"),
    ({"wanted": asked(charged("7"))}, "lines", "PO-1 has no line 7"),
    ({"wanted": asked(charged("2", "1", "100.00"))}, "line_kind", "charged by quantity, and was ordered by amount"),
    ({"wanted": asked(replace(charged(), quantity=None))}, "line_kind", "its quantity says otherwise"),
    ({"wanted": asked(charged(), charged("2", None, "0"))}, "line_kind", "Line 2 charges nothing"),
    ({"wanted": asked(charged(quantity="101"), total="252.50")}, "line_room", "only 250.00 USD may still be invoiced"),
    (
        {"wanted": asked(charged(quantity="60"), charged(quantity="60"), total="300.00")},
        "line_room",
        "too little for 300.00 USD",
    ),
    ({"order": ordered("200.00")}, "line_room", "Line 1: only 50.00 USD may still be invoiced, too little for 100.00 USD"),
    ({"order": ordered("550.00")}, "room", "Only 50.00 USD may still be invoiced"),
    ({"wanted": asked(total="1150.01"), "order": ordered(None)}, "room", "The order's total is 1,150.00 USD"),
    (
        {"wanted": asked(total="100.01")},
        "total",
        "The invoice is 100.01 USD, and its lines, charges and tax add up to 100.00 USD",
    ),
    ({"charges": usd("5.00"), "wanted": asked(total="105.00")}, "charges", "takes no charges"),
    (
        {"charges": usd("5.00"), "wanted": asked(total="105.00"), "rules": PortalRules(takes_charges=True)},
        "charges",
        "a person",
    ),
    ({"rules": PortalRules(needs_tax_code=True)}, "tax", "missing on 1"),
    ({"wanted": asked(invoice_number=" ")}, "number", "has no number"),
    ({"wanted": asked(invoice_number="X" * 41)}, "number", "more than 40 signs"),
    ({"listed": [listed("inv-1 ", PortalInvoiceStatus.APPROVED, "Approved")]}, "duplicate", "already: Approved"),
    ({"order": ordered(invoices=(listed("INV-1", PortalInvoiceStatus.VOIDED, "Voided"),))}, "duplicate", "already: Voided"),
    ({"wanted": asked(invoice_date=date(2026, 3, 11))}, "date", "after today"),
    ({"wanted": asked(file=None)}, "file", "PDF is missing"),
    ({"wanted": asked(file=DraftFile("INV-1.pdf", b""))}, "file", "PDF is missing"),
    ({"wanted": asked(file=DraftFile("INV-1.xlsx", b"x"))}, "file", "cannot be uploaded"),
    ({"wanted": asked(file=DraftFile("INV-1.PDF", b"<html>"))}, "file", "is called a PDF and is none"),
    ({"rules": PortalRules(largest_file=10)}, "file", "takes 0.0 MB"),
]


@pytest.mark.parametrize(("given", "check", "words"), STOPS)
def test_what_the_portal_would_refuse_stops_it(given: dict[str, Any], check: str, words: str) -> None:
    assert words in findings(**given)[f"{check}:stop"]
    result = preflight(PreflightFacts(given.get("wanted", asked()), given.get("order", ordered()), TODAY, **_rest(given)))
    assert not result.may_go


def _rest(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in {"wanted", "order"}}


DOUBTS = [
    ({"wanted": asked(charged(price="2.00", quantity="50"))}, "line_price:warning", "the price is 2, ordered at 2.5"),
    ({"order": ordered(None)}, "room:unknown", "does not say what was invoiced of 1,150.00 USD"),
    ({"order": ordered(None)}, "line_room:unknown", "Line 1: the portal does not say"),
    ({"wanted": asked(charged(code="VAT"), total="119.00")}, "total:unknown", "the portal works out the tax"),
    ({"tax": usd("19.00"), "wanted": asked(total="119.00")}, "tax:warning", "no tax code is known for 1"),
    ({"listed": [listed("INV-1", PortalInvoiceStatus.DRAFT, "Draft")]}, "duplicate:warning", "looked at before"),
    ({"order": ordered(ordered_on=date(2026, 3, 10))}, "date:warning", "before the order"),
    ({"wanted": asked(file=None), "rules": PortalRules(needs_file=False)}, "file:warning", "missing"),
    ({"rules": PortalRules(advised_file=10)}, "file:warning", "advises 0.0 MB"),
]


@pytest.mark.parametrize(("given", "which", "words"), DOUBTS)
def test_what_a_person_should_see_stops_nothing(given: dict[str, Any], which: str, words: str) -> None:
    found = findings(**given)
    assert words in found[which]
    assert not [one for one in found if one.endswith(":stop")]


def test_other_currencies_are_said_and_never_added_up() -> None:
    euros = Money(10000, currency("EUR"))
    found = findings(asked(total="100.00"), ordered(total=euros))
    assert found == {"currency:stop": "The invoice is in USD, the order in EUR."}
    assert "currency:stop" in findings(tax=euros)


def test_a_customer_that_takes_no_file_is_not_asked_for_one() -> None:
    assert findings(asked(file=None, file_place=FilePlace.NONE)) == {}


def test_dates_ahead_are_taken_where_the_customer_takes_them() -> None:
    assert findings(asked(invoice_date=date(2026, 4, 1)), rules=PortalRules(takes_future_dates=True)) == {}


def test_known_tax_is_no_part_of_what_the_order_has_room_for() -> None:
    wanted = asked(charged(quantity="100", code="VAT"), total="297.50")
    assert findings(wanted, ordered("0.00", total=usd("250.00")), tax=usd("47.50")) == {}
