"""What we meant against what a portal shows, and the proof that stays."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.domain.codec import from_json, to_json
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
    number_key,
)
from core.domain.submissions import (
    DraftFile,
    DraftLine,
    DraftSeen,
    DraftStep,
    DraftWanted,
    FilePlace,
    ProofPack,
    ProofShot,
    differences,
    with_number,
)

USD = currency("USD")
LINES = (
    DraftLine("1", OrderLineKind.QUANTITY, Rate(Decimal("12.50")), Quantity(Decimal(50)), "Oak boards"),
    DraftLine("2", OrderLineKind.AMOUNT, Rate(Decimal("180.00"))),
)
WANTED = DraftWanted(
    PortalCustomer("Birch"), "GG8", "INV-1", date(2026, 3, 2), Money(80500, USD), LINES, DraftFile("INV-1.pdf", b"%PDF-1.4")
)
SEEN = DraftSeen(
    "77", "INV-1", PortalInvoiceStatus.DRAFT, "Draft", "GG8", Money(80500, USD), LINES, date(2026, 3, 2), "INV-1.pdf", 8
)


def test_the_same_is_the_same_whatever_the_zeros() -> None:
    lines = (replace(LINES[0], price=Rate(Decimal("12.5")), quantity=Quantity(Decimal("50.0"))), LINES[1])
    assert differences(WANTED, replace(SEEN, lines=lines)) == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"number": "INV-2"}, "Invoice number"),
        ({"number": "inv-1"}, "Invoice number"),
        ({"invoice_date": date(2026, 3, 3)}, "Invoice date"),
        ({"invoice_date": None}, "Invoice date"),
        ({"order_number": "GG9"}, "Purchase order"),
        ({"total": Money(80501, USD)}, "Total"),
        ({"total": Money(80500, currency("CAD"))}, "Total"),
        ({"status": PortalInvoiceStatus.PROCESSING}, "Status"),
        ({"file_name": ""}, "File"),
        ({"file_size": 7}, "Size of the file"),
        ({"lines": LINES[:1]}, "Number of lines"),
        ({"lines": (LINES[0], replace(LINES[1], order_line="3"))}, "Line 2"),
        ({"lines": (replace(LINES[0], quantity=Quantity(Decimal(51))), LINES[1])}, "Line 1, quantity"),
        ({"lines": (replace(LINES[0], price=Rate(Decimal("12.51"))), LINES[1])}, "Line 1, price"),
        ({"lines": (replace(LINES[0], description="Elm"), LINES[1])}, "Line 1, description"),
        ({"lines": (LINES[0], replace(LINES[1], quantity=Quantity(Decimal(1))))}, "Line 2, quantity"),
    ],
)
def test_each_difference_is_found_and_named(change: dict[str, object], what: str) -> None:
    assert what in [one.what for one in differences(WANTED, replace(SEEN, **change))]  # type: ignore[arg-type]


def test_what_was_not_asked_for_is_not_compared() -> None:
    bare = replace(WANTED, file_place=FilePlace.NONE)
    assert differences(bare, replace(SEEN, file_name="", file_size=None)) == ()
    assert differences(replace(WANTED, note="Two  words"), replace(SEEN, note="Two words")) == ()
    assert [one.what for one in differences(replace(WANTED, legal_entity="Harbor"), SEEN)] == ["Legal entity"]


def test_numbers_that_a_portal_takes_for_one() -> None:
    assert number_key("INV-1") == number_key(" inv -1")
    assert number_key("INV-1") != number_key("INV-11")
    listed = tuple(
        PortalInvoice(number, "1", PortalInvoiceStatus.DRAFT, "Draft", "GG8", Money(1, USD)) for number in ("INV-1", "INV-11")
    )
    assert [one.number for one in with_number(listed, "inv-1")] == ["INV-1"]


def test_a_proof_says_by_its_digest_whether_anything_was_changed() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    pack = ProofPack("coupa", at, at, (("invoice number", "INV-1"),), "77", SEEN, (ProofShot(DraftStep.VERIFIED, at, b"png"),))
    for change in (
        {"typed": (("invoice number", "INV-2"),)},
        {"reference": "78"},
        {"seen": replace(SEEN, number="INV-2")},
        {"shots": (ProofShot(DraftStep.VERIFIED, at, b"gnp"),)},
        {"file_digest": "x"},
    ):
        assert replace(pack, **change).digest != pack.digest
    assert replace(pack).digest == pack.digest
    assert pack.shots[0].name.startswith("verified-")


def test_what_remains_is_known_only_where_the_portal_says_what_was_invoiced() -> None:
    line = CustomerOrderLine("1", OrderLineKind.AMOUNT, "x", Rate(Decimal(10)), Money(1000, USD), invoiced=Money(400, USD))
    order = CustomerPurchaseOrder(PortalCustomer("Birch"), "1", "1", OrderStatus.ISSUED, "Issued", Money(1000, USD), (line,))
    assert order.remaining == Money(600, USD)
    assert replace(order, lines=(line, replace(line, number="2", invoiced=None))).remaining is None
    assert replace(order, lines=()).remaining is None


def test_orders_and_drafts_survive_being_stored() -> None:
    line = CustomerOrderLine("1", OrderLineKind.QUANTITY, "x", Rate(Decimal("0.3333")), Money(1000, USD), Quantity(Decimal(3)))
    order = CustomerPurchaseOrder(PortalCustomer("Birch"), "1", "1", OrderStatus.ISSUED, "Issued", Money(1000, USD), (line,))
    assert from_json(CustomerPurchaseOrder, to_json(order)) == order
    assert from_json(DraftSeen, to_json(SEEN)) == SEEN
