"""Laws of linking invoice lines to order lines: the best answer by brute force, several on one, one on several, ties."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.domain.line_comparison import LineLink, LinkKind
from core.domain.payables import PurchaseOrder, SupplierInvoice, SupplierInvoiceLine
from core.match.lines import assignment, joint
from core.match.lines.candidates import by_line
from core.match.lines.link import link_lines
from core.match.lines.thinning import restored, thinned
from tests.payables import BOLT, WASHER, a_book, an_invoice, an_invoice_line, an_order, an_order_line

QUANTITIES = st.integers(1, 9)
NEARLY = ("Hex bolt M8 40", "Hex bolt M8 50", "Hex bolt stainless M8 40")


@st.composite
def rivals(draw: st.DrawFn) -> tuple[SupplierInvoice, PurchaseOrder]:
    """A few lines that compete for a few order lines of one item, or of nearly one."""
    order = an_order(
        *(
            an_order_line(
                str(n),
                str(draw(QUANTITIES)),
                draw(st.sampled_from(("2.50", "2.71"))),
                description=draw(st.sampled_from(NEARLY)),
            )
            for n in range(1, draw(st.integers(1, 3)) + 1)
        )
    )
    lines = [
        an_invoice_line(
            str(n), str(draw(QUANTITIES)), draw(st.sampled_from(("2.50", "2.71"))), description=draw(st.sampled_from(NEARLY))
        )
        for n in range(1, draw(st.integers(1, 3)) + 1)
    ]
    return an_invoice(*lines), order


def choices_of(invoice: SupplierInvoice, order: PurchaseOrder) -> list[joint.Choice]:
    _, candidates = by_line(invoice.lines, invoice, a_book(order))
    return [joint.options_of(line, candidates[line.line], 9) for line in invoice.lines]


def links(invoice: SupplierInvoice, *orders: PurchaseOrder) -> dict[str, LineLink]:
    return dict(link_lines(invoice, a_book(*orders)).links)


def targets(found: LineLink) -> list[str]:
    return [f"{ref.po_number}/{ref.line}" for ref in found.targets]


@given(rivals())
@settings(max_examples=100, deadline=None)
def test_the_joint_answer_is_the_best_of_all_answers(case: tuple[SupplierInvoice, PurchaseOrder]) -> None:
    """By brute force: the weight of the best answer with each option, and the answer itself."""
    choices = choices_of(*case)
    answers = list(product(*(choice.options for choice in choices)))
    assume(len(answers) <= 2_000)
    weights = {
        at: joint.weight_of(list(zip((c.line for c in choices), answer, strict=True))) for at, answer in enumerate(answers)
    }
    weighed = joint.weigh(choices)
    for place, each in enumerate(weighed):
        for option, best in zip(each.choice.options, each.best, strict=True):
            assert best == max(weights[at] for at, answer in enumerate(answers) if answer[place] is option)
    chosen = tuple(id(each.choice.options[each.chosen]) for each in weighed)
    (weight,) = (weights[at] for at, answer in enumerate(answers) if tuple(map(id, answer)) == chosen)
    assert len(weighed) == 1 or weight == max(weights.values())


@given(rivals())
@settings(max_examples=60, deadline=None)
def test_the_assignment_never_says_more_than_the_best_answer(case: tuple[SupplierInvoice, PurchaseOrder]) -> None:
    """Where no sums of several lines come out even, both ways of weighing agree on the answer of single order lines."""
    choices = [
        replace_options(choice, [option for option in choice.options if len(option.candidates) < 2])
        for choice in choices_of(*case)
    ]
    rates = {line.rate for line in case[0].lines}
    assume(len(rates) == 1)
    exact, quick = joint.weigh(choices), assignment.weigh(choices)
    assert max(quick[0].best) <= sum(max(each.best) for each in exact)
    if len(choices) == 1:
        assert [each.chosen for each in quick] == [each.chosen for each in exact]


def replace_options(choice: joint.Choice, options: list[joint.Option]) -> joint.Choice:
    return joint.Choice(choice.line, tuple(options), choice.cut)


@given(st.integers(5, 12), QUANTITIES, st.integers(2, 3))
@settings(max_examples=40, deadline=None)
def test_dull_order_lines_stand_for_each_other(count: int, asked: int, lines: int) -> None:
    """Some of many order lines of one item stand for the others; each is as good as it is among all, so ties stay whole."""
    order = an_order(*(an_order_line(str(n), str(100 + n)) for n in range(1, count)), an_order_line(str(count), str(asked)))
    invoice = an_invoice(*(an_invoice_line(str(n), str(asked if n == 1 else 11 + n)) for n in range(1, lines + 1)))
    choices = choices_of(invoice, order)
    thin = thinned(choices, 5**lines)
    assert thin is not None
    whole, found = joint.weigh(choices), restored(joint.weigh(thin), choices)
    assert [each.best for each in found] == [each.best for each in whole]


@given(QUANTITIES, QUANTITIES, st.sampled_from(("2.50", "0.07")), st.booleans())
@settings(max_examples=50, deadline=None)
def test_what_is_split_goes_on_one_order_line_and_what_is_merged_on_several(
    one: int, other: int, rate: str, turned: bool
) -> None:
    assume(one != other)
    washer = an_order_line("9", str(one), rate, description=WASHER, item="ITM-9")
    whole = an_order_line("1", str(one + other), rate)
    split = an_invoice(an_invoice_line("1", str(one), rate), an_invoice_line("2", str(other), rate))
    found = links(split, an_order(*((whole, washer) if turned else (washer, whole))))
    assert [(each.kind, targets(each)) for each in found.values()] == [(LinkKind.LINKED, ["PO-1001/1"])] * 2
    assert all(each.confidence > 0.9 for each in found.values())
    parts = [an_order_line("1", str(one), rate), an_order_line("2", str(other), rate)]
    merged = an_invoice(an_invoice_line("1", str(one + other), rate))
    found = links(merged, an_order(washer, *(reversed(parts) if turned else parts)))
    assert [(each.kind, targets(each)) for each in found.values()] == [(LinkKind.LINKED, ["PO-1001/1", "PO-1001/2"])]


@given(QUANTITIES, QUANTITIES, st.sampled_from((BOLT, WASHER, "Hex bolt M8 40")), st.integers(2, 4))
@settings(max_examples=50, deadline=None)
def test_equal_order_lines_are_a_tie_with_all_of_them(ordered: int, asked: int, words: str, count: int) -> None:
    assume(asked % ordered or asked // ordered > count or asked == ordered)
    line = an_invoice_line("1", str(asked), description=words)
    order = an_order(*(an_order_line(str(n), str(ordered), description=words) for n in range(1, count + 1)))
    (found,) = links(an_invoice(line), order).values()
    assert (found.kind, targets(found)) == (LinkKind.TIE, [f"PO-1001/{n}" for n in range(1, count + 1)])


@given(rivals(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_orders_of_other_things_change_nothing(case: tuple[SupplierInvoice, PurchaseOrder], which: int) -> None:
    """Another order of the supplier with other words, codes, rates and sums, named by nobody."""
    invoice, order = case
    words = ("Forklift battery", "Office chair black", "Copper cable 4x16", "Paint white 10 l")[which]
    other = an_order(an_order_line("1", "777", "913.37", po="PO-7700", description=words, item=f"QQ-{which}"))
    before, after = links(invoice, order), links(invoice, order, other)
    assert {line: (each.kind, each.targets, each.confidence) for line, each in after.items()} == {
        line: (each.kind, each.targets, each.confidence) for line, each in before.items()
    }


@given(rivals(), st.sampled_from((2, 10, 1000)))
@settings(max_examples=60, deadline=None)
def test_quantities_that_are_all_so_many_times_as_large_change_nothing(
    case: tuple[SupplierInvoice, PurchaseOrder], times: int
) -> None:
    invoice, order = case
    larger = replace(invoice, lines=tuple(more(line, times) for line in invoice.lines))
    bigger = an_order(
        *(
            an_order_line(line.line, str((line.quantity or Decimal(0)) * times), str(line.rate), description=line.description)
            for line in order.lines
        )
    )
    before, after = links(invoice, order), links(larger, bigger)
    assert {line: (each.kind, each.targets) for line, each in after.items()} == {
        line: (each.kind, each.targets) for line, each in before.items()
    }


def more(line: SupplierInvoiceLine, times: int) -> SupplierInvoiceLine:
    return an_invoice_line(line.line, str((line.quantity or Decimal(0)) * times), str(line.rate), description=line.description)


@given(rivals())
@settings(max_examples=60, deadline=None)
def test_a_line_of_an_invoice_that_names_no_order_is_never_surer(case: tuple[SupplierInvoice, PurchaseOrder]) -> None:
    invoice, order = case
    line = invoice.lines[0]
    (full,) = links(replace(invoice, lines=(line,)), order).values()
    for poorer in (replace(invoice, lines=(line,), po_numbers=()), replace(invoice, lines=(line,), po_numbers=("PO-9",))):
        (found,) = links(poorer, order).values()
        if found.kind is LinkKind.LINKED:
            assert full.kind is LinkKind.LINKED
            assert found.confidence <= full.confidence
