"""Which customer's order is meant: both rules, every spelling, and everything that makes a question of it."""

from dataclasses import replace

import pytest

from core.app.explaining_orders import because
from core.domain.evidence import Compared, Evidence
from core.domain.ids import CustomerId
from core.domain.money import Money, currency
from core.domain.receivables import CustomerInvoice, DocumentKind
from core.match.portal_customers import CustomerNames
from core.match.portal_orders import (
    OrderDecision,
    OrderFacts,
    OrderRule,
    OrderSuggestion,
    PortalOrderBook,
    suggest_orders,
)
from tests.builders import a_customer, a_customer_invoice, usd

MATCH, SUGGEST, NONE = OrderDecision.MATCH, OrderDecision.SUGGEST, OrderDecision.NONE


def an_order(
    number: str = "PO-4500",
    total: str = "1000.00",
    left: str | None = "1000.00",
    *,
    customers: tuple[str, ...] = ("C1",),
    listed: tuple[str, ...] | None = (),
    **other: bool,
) -> OrderFacts:
    ids = tuple(CustomerId(each) for each in customers)
    is_open = other.get("is_invoiceable", True)
    return OrderFacts(
        "coupa",
        "Northwind",
        number,
        usd(total),
        usd(left) if left else None,
        is_open,
        "Issued" if is_open else "Closed",
        ids,
        listed,
    )


def an_invoice(
    number: str = "INV-1", order: str = "", amount: str = "400.00", customer: str = "C1", open_amount: str | None = None
) -> CustomerInvoice:
    return replace(a_customer_invoice(number, amount, customer, open_amount), po_number=order)


def one(invoice: CustomerInvoice, *orders: OrderFacts, parents: dict[str, str] | None = None) -> OrderSuggestion:
    group = {CustomerId(child): CustomerId(parent) for child, parent in (parents or {}).items()}
    return suggest_orders([invoice], PortalOrderBook(orders, group))[0]


def numbers(found: OrderSuggestion) -> list[str]:
    return [order.number for order in found.orders]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("PO-4500", "PO-4500"),
        ("po 4500", "PO-4500"),
        ("4500", "PO-4500"),
        ("P.O. # 0004500", "PO-4500"),
        ("Purchase Order No. 4500", "PO-4500"),
        ("P0-45OO", "PO-4500"),
        ("PO4500012345", "4500012345"),
        ("4500012345", "0004500012345"),
        ("Ihre Bestellung 4500012345", "4500012345"),
        ("80700992", "GG80700992"),
        ("GG80700992", "80700992"),
        ("4500012345-1", "4500012345"),
        ("4500012345 rev 2 / Mr Brown", "4500012345"),
        ("Frame 12, PO 4500012345 of 3.3.2026", "4500012345"),
        ("Attn. Ms Doe, order no. 20058", "20058"),
        ("20058 (Ms Doe)", "20058"),
        ("Delivery to gate 4; purchase order 20058", "20058"),
        ("ORDERNO20058MRBROWN", "20058"),
        ("ORDERNOK-10436MRBROWN", "K-10436"),
        ("PO-l0222", "PO-10222"),
        ("K-0010005", "K-10005"),
        ("per e-mail, PO no. 30005-EU", "30005-EU"),
    ],
)
def test_rule_1_usual_spellings_of_a_number_are_a_match(written: str, number: str) -> None:
    found = one(an_invoice(order=written), an_order(number), an_order("PO-7788"))
    assert (found.decision, found.rule, numbers(found)) == (MATCH, OrderRule.PO_NUMBER, [number])


@pytest.mark.parametrize(
    ("written", "number", "level"),
    [
        ("AB80700992", "GG80700992", "number_digits"),
        ("4500012354", "4500012345", "number_slip"),
        ("450012345", "4500012345", "number_slip"),
    ],
)
def test_digits_beside_other_letters_and_slips_are_only_suggested(written: str, number: str, level: str) -> None:
    found = one(an_invoice(order=written), an_order(number))
    assert (found.decision, numbers(found), found.evidence[0].level) == (SUGGEST, [number], level)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("REQ-20058", "20058"),
        ("Requisition 20058", "PO-20058"),
        ("Quote no. 20058", "20058"),
        ("Sales order 20058", "20058"),
        ("P.O. Box 20058", "20058"),
        ("Room 200, floor 58", "20058"),
        ("Room 4500, floor 012345", "4500012345"),
        ("Tel. 555 20058", "20058"),
        ("see minutes of 15.03.2026", "15032026"),
        ("Frame contract of 3.3.2026", "2026"),
        ("Mr Smith, extension 20, seat 058", "20058"),
        ("Ticket 20058 / PO open", "20058"),
    ],
)
def test_a_number_of_something_else_names_no_order(written: str, number: str) -> None:
    found = one(an_invoice(order=written), an_order(number))
    assert (found.decision, numbers(found)) == (NONE, [])


@pytest.mark.parametrize(
    ("written", "number"),
    [("Contract 4500012345", "4500012345"), ("c/o Smith 20058", "20058"), ("PO-2026-0235REV2", "PO-2026-0235")],
)
def test_a_number_that_nobody_calls_an_order_is_only_suggested(written: str, number: str) -> None:
    found = one(an_invoice(order=written), an_order(number))
    assert (found.decision, numbers(found), found.evidence[0].level) == (SUGGEST, [number], "number_digits")


@pytest.mark.parametrize("written", ["4500012345 / 4500012399", "4500012399, 4500012345", "PO 4500012345 and PO 4500012399"])
def test_a_second_number_that_no_portal_lists_makes_a_question_of_the_first(written: str) -> None:
    found = one(an_invoice(order=written), an_order("4500012345"))
    assert (found.decision, numbers(found)) == (SUGGEST, ["4500012345"])
    assert "4500012399” too, and no portal lists such an order." in because(found.evidence)
    assert one(an_invoice(order="4500012345 / 12"), an_order("4500012345")).decision is MATCH


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20286-EU rel 1", ["20286-EU", "20286-EU-1"]),
        ("PO 20286-EU / 1", ["20286-EU-1"]),
        ("20286-EU-1", ["20286-EU-1"]),
        ("per e-mail, PO no. 20286-EU-1", ["20286-EU-1"]),
        ("20286-EU release 3", ["20286-EU"]),
        ("20286-EU-3", ["20286-EU"]),
        ("20286-EU", ["20286-EU"]),
    ],
)
def test_a_release_of_an_order_is_asked_about_unless_it_is_named_itself(written: str, meant: list[str]) -> None:
    found = one(an_invoice(order=written), an_order("20286-EU"), an_order("20286-EU-1"))
    assert numbers(found) == meant
    assert found.decision is (
        MATCH if written in {"20286-EU-1", "20286-EU"} or len(written) > 20 or "/" in written else SUGGEST
    )


def test_digits_that_all_orders_of_a_year_share_say_nothing() -> None:
    year = [an_order(f"PO-2026-{number:04}") for number in range(1, 9)]
    assert one(an_invoice(order="PO-2026-0100", amount="7.00"), *year).decision is NONE
    assert numbers(one(an_invoice(order="REV3PO-2026-0007X"), *year)) == ["PO-2026-0007"]


def test_a_slip_away_from_an_order_that_cannot_take_it_is_another_number() -> None:
    small, other = an_order("4500012345", left="399.99"), an_order("PO-1", "400.00", "400.00")
    assert one(an_invoice(order="4500012354"), small).decision is NONE
    found = one(an_invoice(order="4500012354"), small, other)
    assert (found.rule, numbers(found)) == (OrderRule.BALANCE, ["PO-1"])


def test_invoices_that_the_portal_can_neither_have_counted_nor_take_are_questions() -> None:
    """500.00 are left and 500.00 were invoiced: one of three can have been counted, and there is no room for the other two."""
    order = PortalOrderBook([an_order(left="500.00", listed=None)])
    for amounts, decision in ((("300.00", "300.00", "300.00"), SUGGEST), (("300.00", "300.00"), MATCH)):
        asked = [an_invoice(f"INV-{at}", "PO-4500", amount) for at, amount in enumerate(amounts)]
        found = suggest_orders(asked, order)
        assert {each.decision for each in found} == {decision}
    found = suggest_orders([an_invoice(f"INV-{at}", "PO-4500", "300.00") for at in range(3)], order)
    assert "900.00 USD together; 500.00 USD are left on the order, whichever of them" in because(found[0].evidence)


def test_an_invoice_that_may_mean_an_order_takes_no_certainty_from_one_that_names_it() -> None:
    book = PortalOrderBook([an_order("4500012345")])
    named, near = an_invoice("INV-1", "4500012345", "600.00"), an_invoice("INV-2", "4500012354", "600.00")
    assert [found.decision for found in suggest_orders([named, near], book)] == [MATCH, SUGGEST]


def test_rule_2_tries_each_of_the_named_invoices_as_counted() -> None:
    """Of 1,000.00 the portal counts 300.00, which is the first invoice; 200.00 more are named, so 500.00 are left."""
    book = PortalOrderBook([an_order(left="700.00", listed=None)])
    asked = [
        an_invoice("INV-1", "PO-4500", "300.00"),
        an_invoice("INV-2", "PO-4500", "200.00"),
        an_invoice("INV-3", "", "500.00"),
    ]
    found = suggest_orders(asked, book)
    assert (found[2].decision, numbers(found[2]), found[2].evidence[-1].level) == (SUGGEST, ["PO-4500"], "equals_rest")


def test_a_slip_that_every_number_of_a_run_is_near_to_says_nothing() -> None:
    run = [an_order(f"450001{number}") for number in range(10, 20)]
    found = one(an_invoice(order="45000110"[:-1] + "X", amount="7.00"), *run)
    assert (found.decision, found.evidence[0].level) == (NONE, "not_in_portal")


@pytest.mark.parametrize("written", ["", "verbal", "n/a", "see contract"])
def test_words_without_a_digit_name_nothing(written: str) -> None:
    found = one(an_invoice(order=written), an_order())
    assert (found.decision, found.rule, because(found.evidence)) == (
        NONE,
        None,
        "The invoice names no order, and what is left on no order of this customer equals it.",
    )


def test_the_number_itself_wins_over_a_number_that_holds_it() -> None:
    orders = (an_order("4500012345"), an_order("4500012345-1"), an_order("14500012345"))
    assert numbers(one(an_invoice(order="4500012345-1"), *orders)) == ["4500012345-1"]
    assert numbers(one(an_invoice(order="4500012345"), *orders)) == ["4500012345"]


def test_two_orders_that_one_text_names_are_a_question() -> None:
    found = one(an_invoice(order="PO-4500 and PO-7788"), an_order("PO-4500"), an_order("PO-7788"))
    assert (found.decision, numbers(found)) == (SUGGEST, ["PO-4500", "PO-7788"])
    assert "2 orders fit equally well; a person has to choose." in because(found.evidence)


def test_one_number_in_two_portals_is_a_question_whatever_their_order() -> None:
    twin = replace(an_order(), portal="other")
    for orders in ((an_order(), twin), (twin, an_order())):
        found = one(an_invoice(order="PO-4500"), *orders)
        assert (found.decision, len(found.orders)) == (SUGGEST, 2)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (an_order(is_invoiceable=False), "Order PO-4500 takes no invoice now (Closed)."),
        (an_order(left="399.99"), "Only 399.99 USD are left on the order, too little for 400.00 USD."),
        (
            replace(an_order(), total=Money(90000, currency("EUR")), remaining=None),
            "The invoice is in USD, the order in EUR.",
        ),
        (an_order(customers=()), "Nobody has said yet which customer of ours Northwind is."),
        (an_order(customers=("C2",)), "The order belongs to Northwind, another company of the customer's group."),
        (
            an_order(left="100.00", listed=None),
            "100.00 USD are left on the order, too little for 400.00 USD; this invoice may be counted in what was invoiced.",
        ),
    ],
)
def test_something_against_makes_a_suggestion_of_it(order: OrderFacts, why: str) -> None:
    found = one(an_invoice(order="PO-4500"), order, parents={"C2": "C1"})
    assert (found.decision, found.rule, numbers(found)) == (SUGGEST, OrderRule.PO_NUMBER, ["PO-4500"])
    assert why in because(found.evidence)


def test_a_strangers_order_is_never_suggested() -> None:
    found = one(an_invoice(order="PO-4500", amount="1000.00"), an_order(customers=("C9",)), an_order("PO-1", customers=("C1",)))
    assert (found.decision, found.orders) == (NONE, ())
    assert because(found.evidence) == "The invoice names “PO-4500”, which is an order of Northwind."


def test_a_name_of_several_customers_is_settled_by_the_whole_number_only() -> None:
    order = an_order("4500012345", customers=("C1", "C2"))
    assert one(an_invoice(order="PO 4500012345"), order).decision is MATCH
    doubtful = one(an_invoice(order="4500012345 rev 2"), order)
    assert (doubtful.decision, doubtful.evidence[1].level) == (SUGGEST, "several_customers")


def test_invoices_that_together_take_more_than_is_left_are_all_questions() -> None:
    book = PortalOrderBook([an_order()])
    both = suggest_orders([an_invoice("INV-1", "PO-4500", "600.00"), an_invoice("INV-2", "PO-4500", "600.00")], book)
    assert [found.decision for found in both] == [SUGGEST, SUGGEST]
    assert "2 invoices name the order, 1,200.00 USD together; the order takes 1,000.00 USD." in because(both[0].evidence)
    fitting = suggest_orders([an_invoice("INV-1", "PO-4500", "600.00"), an_invoice("INV-2", "PO-4500", "400.00")], book)
    assert [found.decision for found in fitting] == [MATCH, MATCH]


def test_an_invoice_that_the_portal_lists_takes_no_room_twice() -> None:
    order = an_order(left="400.00", listed=("inv-1",))
    found = suggest_orders(
        [an_invoice("INV-1", "PO-4500", "600.00"), an_invoice("INV-2", "PO-4500", "400.00")], PortalOrderBook([order])
    )
    assert [each.decision for each in found] == [MATCH, MATCH]
    assert "The portal lists INV-1 against PO-4500 already." in because(found[0].evidence)


def test_rule_2_an_open_invoice_that_equals_the_balance_is_suggested() -> None:
    found = one(an_invoice(amount="250.00"), an_order(left="250.00"), an_order("PO-7788", left="251.00"))
    assert (found.decision, found.rule, numbers(found)) == (SUGGEST, OrderRule.BALANCE, ["PO-4500"])
    assert because(found.evidence) == "The sum, 250.00 USD, is what is left on PO-4500."


def test_rule_2_knows_what_other_invoices_will_take() -> None:
    book = PortalOrderBook([an_order()])
    found = suggest_orders([an_invoice("INV-1", "PO-4500", "600.00"), an_invoice("INV-2", amount="400.00")], book)
    assert (found[1].decision, found[1].evidence[-1].level) == (SUGGEST, "equals_rest")
    taken = suggest_orders([an_invoice("INV-1", "PO-4500", "1000.00"), an_invoice("INV-2", amount="1000.00")], book)
    assert taken[1].decision is NONE


def test_rule_2_tries_both_ways_where_the_portal_may_have_counted_the_named_invoice() -> None:
    book = PortalOrderBook([an_order(left="600.00", listed=None)])
    for amount in ("600.00", "200.00"):
        found = suggest_orders([an_invoice("INV-1", "PO-4500", "400.00"), an_invoice("INV-2", amount=amount)], book)
        assert (found[1].decision, numbers(found[1])) == (SUGGEST, ["PO-4500"])


def test_rule_2_names_all_rivals_on_both_sides() -> None:
    orders = PortalOrderBook([an_order(left="250.00"), an_order("PO-7788", left="250.00")])
    found = suggest_orders([an_invoice("INV-1", amount="250.00"), an_invoice("INV-2", amount="250.00")], orders)
    assert [numbers(each) for each in found] == [["PO-4500", "PO-7788"]] * 2
    assert because(found[0].evidence).endswith(
        "2 orders fit equally well; a person has to choose. The same sum is open on INV-2; a person has to choose."
    )


@pytest.mark.parametrize(
    "order",
    [
        an_order(left="400.00", is_invoiceable=False),
        an_order(left="400.00", customers=("C2",)),
        an_order(left="400.00", customers=("C1", "C2")),
        an_order(left="400.00", customers=()),
        an_order(left="0.00"),
        replace(an_order(), total=Money(40000, currency("EUR")), remaining=Money(40000, currency("EUR"))),
    ],
)
def test_rule_2_needs_the_same_customer_an_open_order_and_one_currency(order: OrderFacts) -> None:
    assert one(an_invoice(), order).decision is NONE


def test_rule_2_says_so_where_only_the_total_is_known() -> None:
    found = one(an_invoice(amount="1000.00"), an_order(left=None, listed=None))
    assert found.evidence == (Evidence(Compared.BALANCE, "equals_total", 2, "1,000.00 USD", "PO-4500"),)


def test_rule_2_says_so_where_the_invoice_names_something_unknown() -> None:
    found = one(an_invoice(order="K-99", amount="1000.00"), an_order())
    assert (found.decision, found.rule) == (SUGGEST, OrderRule.BALANCE)
    assert because(found.evidence).startswith("The invoice names “K-99”, and no portal lists such an order. The sum")


def test_what_belongs_in_no_portal_is_left_alone() -> None:
    memo = replace(an_invoice(order="PO-4500"), kind=DocumentKind.CREDIT_MEMO)
    assert because(one(memo, an_order()).evidence) == "Credit memos are not brought into portals."
    paid = an_invoice(order="PO-4500", amount="1000.00", open_amount="0.00")
    assert because(one(paid, an_order()).evidence) == "Nothing is open on the invoice."


def test_every_sentence_is_there_for_every_record() -> None:
    unknown = Evidence(Compared.BALANCE, "somehow", 0)
    assert because([unknown]) == "The invoice names no order, and what is left on no order of this customer equals it."


def test_rings_among_parents_end() -> None:
    found = one(an_invoice(order="PO-4500"), an_order(customers=("C2",)), parents={"C1": "C2", "C2": "C1"})
    assert found.decision in {SUGGEST, NONE}


@pytest.mark.parametrize(
    ("name", "possible"),
    [
        ("Northwind Ltd", ("C1",)),
        ("NORTHWIND", ("C1",)),
        ("Delta Foods, Inc.", ("C2",)),
        ("Delta Foods", ("C2", "C3")),
        ("Delta Group", ("C3",)),
        ("c2", ("C2",)),
        ("Somebody Else", ()),
        ("", ()),
    ],
)
def test_a_portals_name_means_one_customer_or_is_a_question(name: str, possible: tuple[str, ...]) -> None:
    customers = [
        a_customer(),
        a_customer("C2", "Delta Foods Inc"),
        a_customer("C3", "Delta Foods LLC", aliases=("Delta Group",)),
    ]
    assert CustomerNames.of(customers).possible(name) == possible
