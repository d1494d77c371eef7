"""How order numbers on invoices are read."""

import pytest

from core.domain.ids import PoNumber, SupplierId
from core.domain.line_comparison import OrderNamed, Reading
from core.domain.money import currency
from core.domain.payables import PurchaseOrder
from core.match.lines.order_numbers import OrderNumbers
from tests.payables import an_order, an_order_line

USD = currency("USD")


def an_open(number: str) -> PurchaseOrder:
    return an_order(an_order_line(po=number))


ORDERS = [
    an_open("PO-012345"),
    an_open("PO-012399"),
    an_open("PO-2026-0007"),
    an_order(an_order_line(po="PO-055555"), closed=True),
    an_order(an_order_line(po="PO-066666"), unit="EUR"),
]
NUMBERS = OrderNumbers(ORDERS, {"PO-077777": SupplierId("S9")})


@pytest.mark.parametrize(
    ("text", "reading", "number"),
    [
        ("PO-012345", Reading.EXACT, "PO-012345"),
        ("po 012345", Reading.EXACT, "PO-012345"),
        ("P.O.# PO-012345", Reading.CONTAINED, "PO-012345"),
        ("Ref. PO-012345 dd 02/25", Reading.CONTAINED, "PO-012345"),
        ("PO-012345 / Mr Brown", Reading.CONTAINED, "PO-012345"),
        ("12345", Reading.DIGITS, "PO-012345"),
        ("Bestellung 012345", Reading.DIGITS, "PO-012345"),
        ("20260007", Reading.DIGITS, "PO-2026-0007"),
        ("PO-012354", Reading.SLIP, "PO-012345"),
        ("PO-O12345", Reading.DIGITS, "PO-012345"),
        ("PO-01234", Reading.SLIP, "PO-012345"),
        ("PO-055555", Reading.CLOSED, "PO-055555"),
        ("PO-066666", Reading.OTHER_CURRENCY, "PO-066666"),
        ("PO-077777", Reading.OTHER_SUPPLIER, None),
        ("PO-999999", Reading.UNREAD, None),
    ],
)
def test_every_usual_spelling_is_read(text: str, reading: Reading, number: str | None) -> None:
    assert NUMBERS.read([text], USD) == (OrderNamed(text, reading, number),)  # type: ignore[arg-type]


def test_words_without_a_digit_name_nothing() -> None:
    assert NUMBERS.read(["verbal", "n/a", "as discussed"], USD) == ()


def test_two_orders_of_equal_digits_are_not_guessed() -> None:
    numbers = OrderNumbers([an_open("PO-4711"), an_open("SO-4711")])
    both = (PoNumber("PO-4711"), PoNumber("SO-4711"))
    assert numbers.read(["4711"], USD) == (OrderNamed("4711", Reading.AMBIGUOUS, possible=both),)
    assert numbers.read(["SO-4711"], USD)[0].po_number == "SO-4711"


def test_a_number_that_reads_another_suppliers_order_exactly_may_still_be_a_slip_of_ones_own() -> None:
    numbers = OrderNumbers([an_open("PO-012345")], {"PO-012346": SupplierId("S9")})
    assert numbers.read(["PO-012346"], USD) == (OrderNamed("PO-012346", Reading.SLIP, "PO-012345"),)  # type: ignore[arg-type]


def test_a_slip_that_can_mean_two_orders_says_both() -> None:
    numbers = OrderNumbers([an_open("PO-012345"), an_open("PO-012355")])
    (named,) = numbers.read(["PO-012365"], USD)
    assert (named.reading, named.possible) == (Reading.AMBIGUOUS, ("PO-012345", "PO-012355"))
