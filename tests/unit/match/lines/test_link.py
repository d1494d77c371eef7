"""Linking the lines of one invoice: one joint answer, ties kept, the unordered left alone."""

import random

import pytest

from core.app.explaining_lines import because
from core.domain.line_comparison import LineLink, LinkKind
from core.domain.payables import PurchaseOrder, SupplierInvoice, SupplierInvoiceLine
from core.match.lines.book import OrderBook, learned_key
from core.match.lines.link import link_lines
from tests.payables import (
    BOLT,
    WASHER,
    a_book,
    an_invoice,
    an_invoice_line,
    an_order,
    an_order_line,
    compared,
    the_line,
)


def link(line: SupplierInvoiceLine, *orders: PurchaseOrder, po: tuple[str, ...] = ("PO-1001",)) -> LineLink:
    return link_lines(an_invoice(line, po=po), a_book(*orders)).links[line.line]


def targets(found: LineLink) -> list[str]:
    return [f"{ref.po_number}/{ref.line}" for ref in found.targets]


def linked(invoice: SupplierInvoice, book: OrderBook) -> dict[str, list[str]]:
    return {line: targets(found) for line, found in link_lines(invoice, book).links.items()}


SIBLINGS = an_order(
    an_order_line("1", description="Hex bolt stainless steel M8 40", item="A-1", their_code="X77"),
    an_order_line("2", description="Hex bolt stainless steel M8 50", item="A-2"),
    an_order_line("3", "20", "9.00", description=WASHER, item="A-3"),
)


@pytest.mark.parametrize(
    ("line", "target"),
    [
        (an_invoice_line(code="a-2", description="something else"), "2"),
        (an_invoice_line(code="X77", description=""), "1"),
        (an_invoice_line(description="HEX BOLT SS STL M8 50"), "2"),
        (an_invoice_line(description="M8 40 bolt hex", rate="7.77", quantity="3"), "1"),
        (an_invoice_line(description="Washer M10", quantity="20", rate="9.00"), "3"),
        (an_invoice_line(description="Scheibe galvanised", quantity="20", rate="9.00"), "3"),
        (an_invoice_line(description="", quantity="20", rate="9.00"), "3"),
    ],
)
def test_a_line_is_found_by_code_words_and_numbers(line: SupplierInvoiceLine, target: str) -> None:
    found = link(line, SIBLINGS)
    assert found.kind is LinkKind.LINKED
    assert targets(found) == [f"PO-1001/{target}"]
    assert 0.9 < found.confidence < 1


@pytest.mark.parametrize(
    "line",
    [
        an_invoice_line(quantity=None, rate=None, amount="41.00", description="Freight"),
        an_invoice_line(quantity=None, rate=None, amount="41.00", description="Sales tax 8.25%"),
        an_invoice_line(description="Sample lamp 471Q", quantity="3", rate="1.11"),
        # A substitute at the same price and quantity is for a person to see.
        an_invoice_line(description="Spare jig 912", quantity="20", rate="9.00"),
    ],
)
def test_what_was_never_ordered_stays_unlinked(line: SupplierInvoiceLine) -> None:
    found = link(line, SIBLINGS)
    assert found.kind is LinkKind.UNLINKED
    assert found.targets == ()


def test_freight_that_was_ordered_is_linked() -> None:
    freight = an_order_line("9", None, amount="41.00", description="Freight charge agreed")
    order = an_order(*SIBLINGS.lines, freight)
    line = an_invoice_line(quantity=None, rate=None, amount="45.00", description="FREIGHT CHARGE")
    assert targets(link(line, order)) == ["PO-1001/9"]


def test_one_word_is_a_name_where_the_named_order_has_a_line_of_just_that_name() -> None:
    freight = an_order_line("9", None, amount="12.00", description="Freight")
    billed = an_invoice_line(quantity=None, rate=None, amount="12.50", description="FREIGHT")
    found = link(billed, an_order(an_order_line(), freight))
    assert targets(found) == ["PO-1001/9"]
    assert 0.9 < found.confidence < 1
    # Not on an order that nobody names, not for one word of two, not for goods in place of a charge.
    assert targets(link(billed, an_order(an_order_line(), freight), po=())) == []
    assert targets(link(billed, an_order(an_order_line("9", None, amount="12.00", description="Freight inland")))) == []
    assert targets(link(billed, an_order(an_order_line("9", "4", "3.00", description="Freight")))) == []


def test_two_alike_are_a_tie_with_both_members() -> None:
    twins = an_order(an_order_line("1"), an_order_line("2"))
    found = link(an_invoice_line(), twins)
    assert found.kind is LinkKind.TIE
    assert targets(found) == ["PO-1001/1", "PO-1001/2"]
    line = the_line(an_invoice(an_invoice_line()), a_book(twins))
    assert line.verdicts == ("UNLINKED",)
    assert because(line).startswith("2 order lines fit equally well; a person has to choose.")


def test_two_equal_lines_for_two_equal_order_lines_leave_nothing_to_choose() -> None:
    book = a_book(an_order(an_order_line("1"), an_order_line("2")))
    assert linked(an_invoice(an_invoice_line("1"), an_invoice_line("2")), book) == {"1": ["PO-1001/1"], "2": ["PO-1001/2"]}


def test_the_rate_then_the_quantity_decides_between_lines_of_one_item() -> None:
    order = an_order(an_order_line("1", "100", "2.50"), an_order_line("2", "100", "2.71"), an_order_line("3", "60", "2.71"))
    assert targets(link(an_invoice_line(rate="2.50"), order)) == ["PO-1001/1"]
    assert targets(link(an_invoice_line(quantity="60", rate="2.71"), order)) == ["PO-1001/3"]
    assert link(an_invoice_line(quantity="33", rate="2.71"), order).kind is LinkKind.TIE


def test_the_answer_is_joint_and_not_first_come() -> None:
    """Alone both lines would take order line 1; together the one with its exact quantity does."""
    order = an_order(an_order_line("1", "100"), an_order_line("2", "40", description="Hex bolt stainless steel M8 45"))
    invoice = an_invoice(
        an_invoice_line("1", "40", description="Hex bolt stainless steel M8"),
        an_invoice_line("2", "100", description="Hex bolt stainless steel M8"),
    )
    assert linked(invoice, a_book(order)) == {"1": ["PO-1001/2"], "2": ["PO-1001/1"]}


def test_several_lines_on_one_order_line_and_one_line_on_several() -> None:
    order = an_order(
        an_order_line("1", "100"), an_order_line("2", "30", description=WASHER), an_order_line("3", "50", description=WASHER)
    )
    invoice = an_invoice(an_invoice_line("1", "60"), an_invoice_line("2", "40"), an_invoice_line("3", "80", description=WASHER))
    book = a_book(order)
    assert linked(invoice, book) == {"1": ["PO-1001/1"], "2": ["PO-1001/1"], "3": ["PO-1001/2", "PO-1001/3"]}
    assert {line.verdicts for line in compared(invoice, book).lines} == {("PERFECT_MATCH",)}


def test_learned_codes_lead_to_our_item() -> None:
    book = a_book(SIBLINGS, learned={learned_key("ZZ-9"): "A-3", learned_key("Beilagscheibe verz."): "A-3"})
    for line in (an_invoice_line(code="zz9", description="?"), an_invoice_line(description="Beilagscheibe, verz.")):
        found = link_lines(an_invoice(line), book).links["1"]
        assert targets(found) == ["PO-1001/3"]


def test_an_order_that_is_not_named_is_only_looked_at_for_what_the_named_one_has_not() -> None:
    other = an_order(
        an_order_line("1", description=BOLT, po="PO-1002"), an_order_line("2", po="PO-1002", description=WASHER, item="ITM-2")
    )
    named = an_order(an_order_line("1", "90", description=BOLT))
    assert targets(link(an_invoice_line(), named, other)) == ["PO-1001/1"]
    line = an_invoice_line(description=WASHER)
    assert targets(link(line, named, other)) == ["PO-1002/2"]
    found = the_line(an_invoice(line), a_book(named, other))
    assert "PO-1002 is not the order that the invoice names." in because(found)


def test_without_a_number_all_open_orders_in_the_currency_are_looked_at() -> None:
    euro = an_order(an_order_line(po="PO-1003", unit="EUR"), unit="EUR")
    closed = an_order(an_order_line(po="PO-1004"), closed=True)
    mine = an_order(an_order_line(po="PO-1005"))
    assert targets(link(an_invoice_line(), euro, closed, mine, po=("verbal",))) == ["PO-1005/1"]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (an_order(an_order_line(), closed=True), "PO-1001 is closed and can take no further invoice."),
        (an_order(an_order_line(unit="EUR"), unit="EUR"), "PO-1001 is in another currency than the invoice."),
    ],
)
def test_an_order_that_can_take_nothing_is_said_so_and_no_other_is_taken_instead(order: PurchaseOrder, sentence: str) -> None:
    other = an_order(an_order_line(po="PO-2002"))
    line = the_line(an_invoice(an_invoice_line()), a_book(order, other))
    assert line.verdicts == ("UNLINKED",)
    assert sentence in because(line)


def test_another_suppliers_order_is_said_so() -> None:
    book = a_book(an_order(an_order_line(po="PO-2002", description=WASHER)), owners={"PO-1001": "S9"})  # type: ignore[dict-item]
    line = the_line(an_invoice(an_invoice_line()), book)
    assert line.verdicts == ("UNLINKED",)
    assert "“PO-1001” is an order to another supplier." in because(line)


def test_the_order_of_lines_and_orders_never_matters() -> None:
    lines = [an_invoice_line(str(n), str(10 * n), description=f"Hex bolt stainless steel M8 {40 + n % 3}") for n in range(1, 9)]
    orders = [
        an_order(
            *(
                an_order_line(str(n), str(10 * n), po=po, description=f"Hex bolt stainless steel M8 {40 + n % 4}")
                for n in range(1, 7)
            )
        )
        for po in ("PO-1001", "PO-1002", "PO-1003")
    ]
    first = link_lines(an_invoice(*lines, po=("PO-1001", "PO-1002")), a_book(*orders)).links
    for seed in range(6):
        rng = random.Random(seed)  # noqa: S311  Shuffling, no secret.
        mixed = [an_order(*rng.sample(order.lines, len(order.lines))) for order in rng.sample(orders, len(orders))]
        again = link_lines(an_invoice(*rng.sample(lines, len(lines)), po=("PO-1002", "PO-1001")), a_book(*mixed)).links
        assert dict(again) == dict(first)


def test_an_invoice_of_one_item_against_many_orders_of_it_is_answered() -> None:
    """Hundreds of lines that compete for hundreds of order lines: each exact quantity finds its own."""
    orders = [
        an_order(*(an_order_line(str(n), str(100 + 10 * o + n), po=f"PO-{9000 + o}") for n in range(1, 9))) for o in range(15)
    ]
    lines = [an_invoice_line(str(n), str(100 + n)) for n in range(1, 121)]
    invoice = an_invoice(*lines, po=[order.number for order in orders])
    found = compared(invoice, a_book(*orders))
    exact = [line for line in found.lines if line.link.kind is LinkKind.LINKED and line.verdicts == ("PERFECT_MATCH",)]
    assert len(exact) > 90
    assert all(line.link.kind is not LinkKind.UNLINKED for line in found.lines)


def test_a_quantity_that_fits_on_an_order_that_is_not_named_is_no_reason_to_go_there_unasked() -> None:
    """Nothing arrived on the named order; another one has the same item at the same rate, and all of it arrived."""
    named = an_order(an_order_line(way="three_way"))
    other = an_order(an_order_line(po="PO-1002"))
    line = the_line(an_invoice(an_invoice_line()), a_book(named, other))
    assert targets(line.link) == ["PO-1001/1"]
    assert line.verdicts == ("QUANTITY_MISMATCH",)
    in_doubt = the_line(an_invoice(an_invoice_line(), po=("PO-1001", "PO-9999")), a_book(named, other))
    assert in_doubt.link.kind is LinkKind.TIE


def test_of_the_orders_that_a_number_can_mean_the_one_with_the_item_is_taken() -> None:
    washers = an_order(an_order_line(po="PO-012345", description=WASHER, item="ITM-2"))
    bolts = an_order(an_order_line(po="PO-012355"))
    other = an_order(an_order_line("1", "30", "9.99", po="PO-5001"))
    found = the_line(an_invoice(an_invoice_line(), po=("PO-012365",)), a_book(washers, bolts, other))
    assert targets(found.link) == ["PO-012355/1"]
    assert found.verdicts == ("PERFECT_MATCH",)
