"""Laws of answering which order an invoice is for: what must not matter does not, and small cases are those of brute force."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.domain.ids import CustomerId
from core.domain.money import Money, currency
from core.domain.receivables import CustomerInvoice
from core.match.portal_orders import (
    Claims,
    OrderDecision,
    OrderFacts,
    OrderRule,
    PortalOrderBook,
    has_room,
    suggest_orders,
)
from tests.builders import a_customer_invoice, usd
from tests.properties.test_portal_orders import NUMBERS, PARENTS, invoices, orders, said

SUMS = st.lists(st.integers(1, 9), max_size=6)
MATCH, SUGGEST = OrderDecision.MATCH, OrderDecision.SUGGEST
STRANGER = CustomerId("C9")


def an_order(
    number: str = "PO-1", worth: int = 9, left: int | None = 9, *, customer: str = "C1", listed: bool = False
) -> OrderFacts:
    rest = None if left is None else usd(f"{left}.00")
    known = () if listed else None
    return OrderFacts(
        "coupa", "Northwind", number, usd(f"{worth}.00"), rest, customer_ids=(CustomerId(customer),), listed=known
    )


def an_invoice(number: str, worth: int, text: str = "", customer: str = "C1") -> CustomerInvoice:
    return replace(a_customer_invoice(number, f"{worth}.00", customer), po_number=text)


def parts(sums: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """Which of them the portal may have counted: every part."""
    return chain.from_iterable(combinations(sums, size) for size in range(len(sums) + 1))


@st.composite
def orders_of_one(draw: st.DrawFn) -> OrderFacts:
    worth = draw(st.integers(1, 20))
    return an_order(worth=worth, left=draw(st.none() | st.integers(0, worth)), listed=draw(st.booleans()))


@st.composite
def tight(draw: st.DrawFn) -> tuple[list[int], OrderFacts]:
    """Sums, and an order that is about as large as all of them."""
    sums = draw(st.lists(st.integers(2, 9), min_size=1, max_size=6))
    worth = max(1, sum(sums) + draw(st.integers(-2, 4)))
    return sums, an_order(
        worth=worth, left=draw(st.integers(0, worth)), listed=draw(st.sampled_from((False, False, False, True)))
    )


@given(tight())
@settings(max_examples=300)
def test_there_is_room_where_some_division_gives_room(case: tuple[list[int], OrderFacts]) -> None:
    """By brute force: those that the portal counts are not more than was invoiced, the others not more than is left."""
    sums, order = case
    room = order.room.minor // 100
    invoiced = 0 if order.listed is not None else order.total.minor // 100 - room
    expected = any(sum(part) <= invoiced and sum(sums) - sum(part) <= room for part in parts(sums))
    assert has_room([100 * each for each in sums], order) is expected


@given(SUMS, orders_of_one(), st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_a_sum_is_what_is_left_where_some_division_leaves_it(sums: list[int], order: OrderFacts, worth: int) -> None:
    """By brute force: an invoice without a number, beside some that name the order."""
    named = [an_invoice(f"I{at}", each, "PO-1") for at, each in enumerate(sums)]
    *_, found = suggest_orders([*named, an_invoice("last", worth)], PortalOrderBook([order]))
    room = order.room.minor // 100
    invoiced = 0 if order.listed is not None else order.total.minor // 100 - room
    rests = {room - (sum(sums) - sum(part)) for part in parts(sums) if sum(part) <= invoiced}
    assert (found.decision, found.rule) == ((SUGGEST, OrderRule.BALANCE) if worth in rests else (OrderDecision.NONE, None))


@given(st.lists(orders(), max_size=5), invoices())
@settings(max_examples=60, deadline=None)
def test_what_others_have_changes_nothing(known: list[OrderFacts], asked: list[CustomerInvoice]) -> None:
    """Orders and invoices of every sum, of a customer that has nothing to do with these."""
    known, asked = [*known, an_order("QQ-770011", 4, 4)], [*asked, an_invoice("mute", 4)]
    book = [*known, *(an_order(f"ZZ-88001{worth}", worth, worth, customer=STRANGER) for worth in range(1, 7))]
    more = [*asked, *(an_invoice(f"J{worth}", worth, "", STRANGER) for worth in range(1, 7))]
    before = said(suggest_orders(asked, PortalOrderBook(known, PARENTS)))
    after = said(suggest_orders(more, PortalOrderBook(book, PARENTS)))
    assert {number: answer for number, answer in after.items() if not number.startswith("J")} == before


@given(st.lists(orders(), max_size=5), invoices(), st.sampled_from(("C1", "C2", "C3")))
@settings(max_examples=60, deadline=None)
def test_another_order_of_the_customer_that_fits_nothing_changes_nothing(
    known: list[OrderFacts], asked: list[CustomerInvoice], customer: str
) -> None:
    other = an_order("ZZ-880011", 977, 977, customer=customer)
    before = said(suggest_orders(asked, PortalOrderBook(known, PARENTS)))
    assert said(suggest_orders(asked, PortalOrderBook([*known, other], PARENTS))) == before


@given(st.lists(orders(), max_size=6), invoices(), st.sampled_from((3, 100, 7919)))
@settings(max_examples=60, deadline=None)
def test_sums_that_are_all_so_many_times_as_large_change_nothing(
    known: list[OrderFacts], asked: list[CustomerInvoice], times: int
) -> None:
    def larger(money: Money) -> Money:
        return Money(money.minor * times, money.currency)

    big_orders = [
        replace(one, total=larger(one.total), remaining=None if one.remaining is None else larger(one.remaining))
        for one in known
    ]
    big_invoices = [replace(one, amount=larger(one.amount), open_amount=larger(one.open_amount)) for one in asked]
    before, after = (
        [
            (each.decision, each.rule, [book.index(one) for one in each.orders], [one.level for one in each.evidence])
            for each in found
        ]
        for book, found in (
            (known, suggest_orders(asked, PortalOrderBook(known, PARENTS))),
            (big_orders, suggest_orders(big_invoices, PortalOrderBook(big_orders, PARENTS))),
        )
    )
    assert after == before


@st.composite
def matched(draw: st.DrawFn) -> tuple[OrderFacts, CustomerInvoice]:
    """An order and an invoice that names it, with nothing against."""
    number = draw(st.sampled_from(NUMBERS[:7]))
    worth = draw(st.integers(1, 6))
    order = an_order(number, worth + draw(st.integers(0, 3)), draw(st.none() | st.just(worth)), listed=draw(st.booleans()))
    return order, an_invoice("I", worth, draw(st.sampled_from((number, f"PO {number}", f"{number} of 3.3.2026"))))


@given(matched(), st.lists(orders(), max_size=4))
def test_less_that_speaks_for_an_order_never_makes_it_certain(
    case: tuple[OrderFacts, CustomerInvoice], known: list[OrderFacts]
) -> None:
    """Without the number, the customer's link, the currency, the room or an open order nothing is a match any more."""
    order, invoice = case
    assert suggest_orders([invoice], PortalOrderBook([order]))[0].decision is MATCH
    book = [one for one in known if one.number != order.number]
    poorer = [
        replace(order, customer_ids=()),
        replace(order, customer_ids=(CustomerId("C2"),)),
        replace(order, is_invoiceable=False),
        replace(order, remaining=usd("0.50")),
        replace(order, total=Money(order.total.minor, currency("EUR")), remaining=None),
    ]
    for one in poorer:
        found = suggest_orders([invoice], PortalOrderBook([*book, one], PARENTS))[0]
        assert found.decision is not MATCH or one not in found.orders
    assert suggest_orders([replace(invoice, po_number="")], PortalOrderBook([order]))[0].decision is not MATCH


@given(matched(), st.booleans())
def test_equal_rivals_are_a_tie_whatever_their_order(case: tuple[OrderFacts, CustomerInvoice], first: bool) -> None:
    order, invoice = case
    twin = replace(order, portal="other")
    found = suggest_orders([invoice], PortalOrderBook([twin, order] if first else [order, twin]))[0]
    assert (found.decision, len(found.orders)) == (SUGGEST, 2)
    mute = replace(invoice, po_number="", amount=order.room, open_amount=order.room)
    rival = replace(order, number="ZZ-880011")
    found = suggest_orders([mute], PortalOrderBook([rival, order] if first else [order, rival]))[0]
    assert (found.decision, found.rule, len(found.orders)) == (SUGGEST, OrderRule.BALANCE, 2)


@given(SUMS, st.integers(1, 9))
def test_an_unclear_claim_takes_no_room_from_clear_ones(sums: list[int], unclear: int) -> None:
    assume(sums)
    order = an_order(worth=30, left=30, listed=True)
    claims = Claims(order)
    for at, each in enumerate(sums):
        claims.add(an_invoice(f"I{at}", each), is_clear=True)
    before = claims.fits()
    claims.add(an_invoice("J", unclear), is_clear=False)
    assert claims.fits() is before
    assert {30 - sum(sums), 30 - sum(sums) - unclear} == {each // 100 for each in claims.rests()}
