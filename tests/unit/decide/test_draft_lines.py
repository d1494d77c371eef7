"""Which lines of an order an invoice charges, where only its total is known: one answer, or a person's."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decide.draft_lines import charged, chosen_lines, proposed_lines
from core.decide.preflight import line_amount
from core.domain.money import Money, currency, total
from core.domain.portal_orders import CustomerOrderLine
from core.domain.portals import LinesFrom
from tests.builders import usd
from tests.portals import a_customer_order, an_order_line

BOARDS = an_order_line("1", "12.50", "200", "1000.00")
DELIVERY = an_order_line("2", "180.00", None, "0.00")
SHELVES = an_order_line("3", "62.50", "50", "0.00")
CASES = [
    ("the only line that is open", (BOARDS,), "625.00", LinesFrom.ONLY_LINE, {"1": "50"}),
    ("more than is left", (BOARDS,), "1600.00", None, {}),
    ("all that is left", (BOARDS, DELIVERY), "1680.00", LinesFrom.WHOLE_REST, {"1": "120", "2": None}),
    ("one line takes it, the other is too small", (BOARDS, DELIVERY), "625.00", LinesFrom.ONE_FITS, {"1": "50"}),
    ("either could take it", (BOARDS, DELIVERY), "100.00", None, {}),
    ("only one in whole units", (BOARDS, SHELVES), "37.50", LinesFrom.ONE_FITS, {"1": "3"}),
    ("both in whole units", (BOARDS, SHELVES), "62.50", None, {}),
    ("in no units at all", (BOARDS, SHELVES), "37.51", None, {}),
    ("nothing is open", (an_order_line("1", invoiced="2500.00"),), "1.00", None, {}),
]


@pytest.mark.parametrize(("_what", "lines", "amount", "why", "quantities"), CASES, ids=[case[0] for case in CASES])
def test_lines_are_proposed_where_there_is_one_answer(
    _what: str, lines: tuple[CustomerOrderLine, ...], amount: str, why: LinesFrom | None, quantities: dict[str, str | None]
) -> None:
    answer = proposed_lines(a_customer_order(lines=lines), usd(amount))
    assert (answer[1] if answer else None) is why
    found = {line.order_line: line.quantity for line in answer[0]} if answer else {}
    assert found == {number: None if text is None else Decimal(text) for number, text in quantities.items()}


def test_another_currency_and_a_line_that_is_not_there_are_a_persons_matter() -> None:
    order = a_customer_order(lines=(BOARDS,))
    assert proposed_lines(order, Money(100, currency("EUR"))) is None
    assert chosen_lines(order, [("9", usd("1.00"))]) == "Order GG80700992 has no line 9."
    assert chosen_lines(order, [("1", usd("12.50")), ("1", usd("12.50"))]) == "Each line of the order can be charged once."
    assert str(chosen_lines(order, [("1", Money(100, currency("EUR")))])).startswith("Order GG80700992 is in USD")
    free = an_order_line("1", "0.00", "5")
    assert charged(free, usd("1.00")) is None


@given(
    st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=5),
    st.integers(1, 5_000_000),
)
def test_a_proposal_always_comes_to_the_invoice_and_fits_every_line(lines: list[tuple[int, int, int]], minor: int) -> None:
    """Price in cents, ordered, invoiced of it: whatever is proposed adds up to the cent and takes no more than is left."""
    theirs = tuple(
        an_order_line(str(place), str(Decimal(cents) / 100), str(ordered), str(Decimal(cents * min(gone, ordered)) / 100))
        for place, (cents, ordered, gone) in enumerate(lines)
    )
    amount = Money(minor, currency("USD"))
    answer = proposed_lines(a_customer_order(lines=theirs), amount)
    if answer is None:
        return
    unit = amount.currency
    assert total((line_amount(line, unit) for line in answer[0]), unit) == amount
    left = {line.number: line.total - (line.invoiced or usd("0.00")) for line in theirs}
    assert all(line_amount(line, unit) <= left[line.order_line] for line in answer[0])
