"""Whatever the files say: their order decides nothing, a match is one order of that customer with room, ties are kept."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.ids import CustomerId
from core.domain.money import total
from core.domain.receivables import CustomerInvoice
from core.match.portal_orders import OrderDecision, OrderFacts, OrderRule, OrderSuggestion, PortalOrderBook, suggest_orders
from tests.builders import a_customer_invoice, usd

NUMBERS = ("PO-4500", "4500", "PO 4500", "4500-1", "GG80700992", "80700992", "PO-4501", "K-99", "", "verbal")
CUSTOMERS = ("C1", "C2", "C3")
PARENTS = {CustomerId("C2"): CustomerId("C1")}


@st.composite
def orders(draw: st.DrawFn) -> OrderFacts:
    worth = draw(st.integers(1, 6))
    used = draw(st.one_of(st.none(), st.integers(0, worth)))
    whose = tuple(CustomerId(each) for each in draw(st.sets(st.sampled_from(CUSTOMERS), max_size=2)))
    return OrderFacts(
        draw(st.sampled_from(("coupa", "plain"))),
        "Northwind",
        draw(st.sampled_from(NUMBERS[:8])),
        usd(f"{worth}.00"),
        None if used is None else usd(f"{worth - used}.00"),
        draw(st.booleans()),
        "",
        tuple(sorted(whose)),
        draw(st.sampled_from((None, (), ("I0",)))),
    )


@st.composite
def invoices(draw: st.DrawFn) -> list[CustomerInvoice]:
    wanted = draw(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(CUSTOMERS), st.sampled_from(NUMBERS)), max_size=6))
    return [
        replace(a_customer_invoice(f"I{place}", f"{worth}.00", customer), po_number=number)
        for place, (worth, customer, number) in enumerate(wanted)
    ]


def said(found: Sequence[OrderSuggestion]) -> dict[str, object]:
    return {
        each.invoice.number: (
            each.decision,
            each.rule,
            sorted(map(repr, each.orders)),
            sorted(one.level for one in each.evidence),
        )
        for each in found
    }


@settings(max_examples=150, deadline=None)
@given(st.lists(orders(), max_size=6), invoices(), st.randoms(use_true_random=False))
def test_the_order_of_files_decides_nothing(known: list[OrderFacts], asked: list[CustomerInvoice], chance: object) -> None:
    first = suggest_orders(asked, PortalOrderBook(known, PARENTS))
    mixed_orders, mixed_invoices = list(known), list(asked)
    chance.shuffle(mixed_orders)  # type: ignore[attr-defined]
    chance.shuffle(mixed_invoices)  # type: ignore[attr-defined]
    assert said(suggest_orders(mixed_invoices, PortalOrderBook(mixed_orders, PARENTS))) == said(first)


@settings(max_examples=150, deadline=None)
@given(st.lists(orders(), max_size=6), invoices())
def test_a_match_is_one_order_of_that_customer_with_room_for_all_that_name_it(
    known: list[OrderFacts], asked: list[CustomerInvoice]
) -> None:
    found = suggest_orders(asked, PortalOrderBook(known, PARENTS))
    assert [each.invoice for each in found] == asked
    by_order: dict[int, list[OrderSuggestion]] = {}
    for each in found:
        if each.decision is OrderDecision.NONE:
            assert not each.orders
            continue
        assert each.orders
        if each.decision is OrderDecision.MATCH:
            (order,) = each.orders
            assert each.rule is OrderRule.PO_NUMBER
            assert order.is_invoiceable
            assert each.invoice.customer_id in order.customer_ids
            by_order.setdefault(id(order), []).append(each)
        if each.rule is OrderRule.BALANCE:
            assert each.decision is OrderDecision.SUGGEST
            assert all(order.customer_ids == (each.invoice.customer_id,) for order in each.orders)
    for matched in by_order.values():
        order = matched[0].orders[0]
        waiting = [each.invoice.amount for each in matched if not order.lists(each.invoice.number)]
        assert total(waiting, order.total.currency) <= order.total
        assert all(amount <= order.room for amount in waiting)
