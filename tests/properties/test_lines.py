"""Laws of linking and comparing invoice lines, whatever the numbers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from core.app.comparing import judge_invoice
from core.decide.line_verdict import Rules
from core.decide.tolerance import within
from core.domain.codec import from_json, to_json
from core.domain.line_comparison import CLEAR_VERDICTS, InvoiceComparison, LineComparison, LinkKind
from core.domain.line_facts import quantity_asked
from core.domain.measures import added, as_decimal, plain, subtracted, written
from core.domain.payables import OrderLineRef, PurchaseOrder, Receipt, SupplierInvoice, UnitConversion
from core.domain.policy import Combine, Limits, TolerancePolicy, ToleranceRule
from core.domain.workflows import LineVerdict
from core.match.lines import assignment, joint
from core.match.lines.book import OrderBook
from core.match.lines.candidates import by_line
from core.match.lines.joint import options_of
from tests.payables import EXACT, SUPPLIER, WASHER, a_book, a_receipt, an_invoice, an_invoice_line, an_order, an_order_line

QUANTITIES = st.sampled_from(["-10", "0", "1", "10", "30", "33.333", "60", "90", "99.999", "100", "100.002", "120"])
RATES = st.sampled_from(["0", "2.50", "2.51", "2.50000001", "30.00"])
WORDS = st.sampled_from(
    ["Hex bolt stainless steel M8 40", "Hex bolt stainless steel M8 50", "HEX BOLT SS M8 40", WASHER, "Freight"]
)
UNITS = st.sampled_from(["EA", "CS", "DRUM"])
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=3)
LIMIT_KEYS = ("absolute_over", "absolute_under", "percent_over", "percent_under")
SOME = st.none() | st.decimals(min_value=0, max_value=50, places=2)
LIMITS = st.builds(
    Limits,
    absolute_over=SOME,
    absolute_under=SOME,
    percent_over=SOME,
    percent_under=SOME,
    combine=st.sampled_from(Combine),
)


@st.composite
def invoices(draw: st.DrawFn) -> SupplierInvoice:
    lines = [
        an_invoice_line(str(n), draw(QUANTITIES), draw(RATES), description=draw(WORDS), uom=draw(UNITS))
        for n in range(1, draw(st.integers(1, 5)) + 1)
    ]
    return an_invoice(
        *lines, po=draw(st.sampled_from([("PO-1001",), ("PO-1001", "PO-1002"), ("verbal",), ("PO-1001", "PO-7")]))
    )


World = tuple[SupplierInvoice, list[PurchaseOrder], list[Receipt]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    orders = [
        an_order(
            *(
                an_order_line(
                    str(n),
                    draw(QUANTITIES),
                    draw(RATES),
                    po=po,
                    description=draw(WORDS),
                    way=draw(st.sampled_from(["two_way", "three_way"])),
                )
                for n in range(1, draw(st.integers(1, 4)) + 1)
            )
        )
        for po in ("PO-1001", "PO-1002")
    ]
    receipts = [
        a_receipt(draw(QUANTITIES), line=line.line, po=line.po_number, uom=draw(st.sampled_from(["", "EA", "CS"])))
        for order in orders
        for line in order.lines
        if draw(st.booleans())
    ]
    return draw(invoices()), orders, receipts


CASE = UnitConversion("CS", "EA", Decimal(12))


def book_of(orders: list[PurchaseOrder], receipts: list[Receipt]) -> OrderBook:
    return a_book(*orders, receipts=receipts, units=[CASE])


def judged(invoice: SupplierInvoice, book: OrderBook, policy: TolerancePolicy = EXACT) -> InvoiceComparison:
    return judge_invoice(invoice, book, Rules(policy, SUPPLIER, "", book.units))


@given(LIMITS, NUMBERS, NUMBERS, st.sampled_from(LIMIT_KEYS), NUMBERS)
def test_raising_a_limit_never_turns_good_into_bad(
    limits: Limits, expected: Decimal, found: Decimal, key: str, more: Decimal
) -> None:
    was = getattr(limits, key)
    if was is not None and within(limits, expected, found):
        assert within(replace(limits, **{key: was + abs(more)}), expected, found)


@given(worlds(), LIMITS, st.decimals(min_value=0, max_value=20, places=1))
@settings(max_examples=60, deadline=None)
def test_widening_the_tolerance_never_makes_a_line_worse(world: World, limits: Limits, more: Decimal) -> None:
    invoice, orders, receipts = world
    wider = replace(limits, **{key: value + more for key in LIMIT_KEYS if (value := getattr(limits, key)) is not None})
    book = book_of(orders, receipts)
    narrow, wide = (judged(invoice, book, _policy(each)) for each in (limits, wider))
    for before, after in zip(narrow.lines, wide.lines, strict=True):
        assert before.link == after.link
        assert not before.is_clear or after.is_clear
        assert [f.difference for f in before.findings] == [f.difference for f in after.findings]


def _policy(limits: Limits) -> TolerancePolicy:
    return TolerancePolicy("p", date(2020, 1, 1), (ToleranceRule(quantity=limits, rate=limits, amount=limits),))


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_of_lines_receipts_and_orders_never_matters(world: World, rng: Random) -> None:
    invoice, orders, receipts = world
    mixed = [an_order(*rng.sample(order.lines, len(order.lines))) for order in rng.sample(orders, len(orders))]
    other = replace(invoice, lines=tuple(rng.sample(invoice.lines, len(invoice.lines))), po_numbers=invoice.po_numbers)
    again = judged(other, book_of(mixed, rng.sample(receipts, len(receipts))))
    assert again.lines == judged(invoice, book_of(orders, receipts)).lines


@given(worlds())
@settings(max_examples=80, deadline=None)
def test_every_line_has_one_set_of_verdicts_and_clean_lines_never_bill_more_than_is_left(
    world: World,
) -> None:
    invoice, orders, receipts = world
    book = book_of(orders, receipts)
    found = judged(invoice, book)
    assert sorted(line.line for line in found.lines) == sorted(line.line for line in invoice.lines)
    assert from_json(InvoiceComparison, to_json(found)) == found
    clean: dict[OrderLineRef, Decimal | int] = {}
    for line in found.lines:
        assert line.verdicts
        assert (LineVerdict.UNLINKED in line.verdicts) == (line.link.kind is not LinkKind.LINKED)
        assert line.verdicts == (LineVerdict.PERFECT_MATCH,) or LineVerdict.PERFECT_MATCH not in line.verdicts
    groups: dict[tuple[OrderLineRef, ...], list[LineComparison]] = {}
    for line in found.lines:
        if line.link.kind is LinkKind.LINKED:
            groups.setdefault(line.link.targets, []).append(line)
    for targets, lines in groups.items():
        if all(set(line.verdicts) <= CLEAR_VERDICTS for line in lines):
            left = [book.standing(ref).quantity for ref in targets]
            billed = sum(line.findings[1].found or Decimal(0) for line in lines)
            assert as_decimal(sum((Fraction(each) for each in left if each is not None), Fraction(0))) == billed
            for ref in targets:
                assert ref not in clean
                clean[ref] = billed


@given(worlds(), LIMITS)
@settings(max_examples=80, deadline=None)
def test_more_than_is_left_is_never_billed_without_a_verdict_that_says_so(world: World, limits: Limits) -> None:
    """Whatever is tolerated: all that lines take of an order line is what is left of it, or a verdict says that it is more."""
    invoice, orders, receipts = world
    book = book_of(orders, receipts)
    lines = {line.line: line for line in invoice.lines}
    said: dict[OrderLineRef, set[LineVerdict]] = {}
    taken: dict[OrderLineRef, Fraction | None] = {}
    for line in judged(invoice, book, _policy(limits)).lines:
        if line.link.kind is not LinkKind.LINKED:
            continue
        rest = quantity_asked(lines[line.line], book.standing(line.link.targets[0]).line, SUPPLIER, book.units)
        for place, ref in enumerate(reversed(line.link.targets), 1):
            said.setdefault(ref, set()).update(line.verdicts)
            left = book.standing(ref).quantity
            so_far = taken.setdefault(ref, Fraction(0))
            if rest is None or left is None or so_far is None:
                taken[ref] = None
                continue
            # A line on several order lines fills them one after the other; what is over lies on its first.
            part = rest if place == len(line.link.targets) else min(rest, left)
            taken[ref] = so_far + Fraction(part)
            rest = subtracted(rest, part)
    for ref, quantity in taken.items():
        left = book.standing(ref).quantity
        if quantity is None or left is None or quantity > Fraction(left):
            assert said[ref] & {LineVerdict.QUANTITY_MISMATCH, LineVerdict.QUANTITY_THRESHOLD}


@given(invoices(), st.lists(QUANTITIES, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_assignment_is_the_best_there_is(invoice: SupplierInvoice, quantities: list[str]) -> None:
    """Against every seating: a line anywhere or nowhere, further lines of one order line at the cost of sharing."""
    order = an_order(
        *(an_order_line(str(n), quantity, description="Hex bolt M8 40") for n, quantity in enumerate(quantities, 1))
    )
    _, candidates = by_line(invoice.lines, invoice, a_book(order))
    choices = [options_of(line, candidates[line.line], 9) for line in invoice.lines]
    singles = [[option for option in choice.options if len(option.candidates) < 2] for choice in choices]
    values = [
        {o.spots[0].ref: joint.weight_of([(c.line, o)]) for o in s if o.candidates}
        for c, s in zip(choices, singles, strict=True)
    ]

    def worth(answer: tuple[joint.Option, ...]) -> int:
        refs = [option.spots[0].ref for option in answer if option.candidates]
        taken = sum(values[at][option.spots[0].ref] for at, option in enumerate(answer) if option.candidates)
        return taken + joint.SHARING * (len(refs) - len(set(refs)))

    desk = assignment.seated(values)
    assert desk.total() == max(worth(answer) for answer in product(*singles))


@given(NUMBERS, NUMBERS)
def test_sums_and_differences_are_exact(one: Decimal, other: Decimal) -> None:
    assert subtracted(added(one, other), other) == one
    assert as_decimal(added(one, other)) == one + other
    assert plain(one) == one
    assert "E" not in str(plain(one))
    assert (written(one), written(one, grouped=True)) == (f"{plain(one):f}", f"{plain(one):,f}")
