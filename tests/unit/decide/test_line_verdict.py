"""Verdicts of two- and three-way comparison: cumulative, judged together, converted, and never clean by accident."""

from decimal import Decimal

import pytest

from core.app.comparing import judge_invoice
from core.app.explaining_lines import because
from core.decide.line_verdict import Rules
from core.domain.codec import from_json, to_json
from core.domain.ids import SupplierInvoiceNumber
from core.domain.line_comparison import Doubt, InvoiceComparison, LineLink, LinkKind
from core.domain.line_facts import BilledElsewhere
from core.domain.payables import UnitConversion
from core.domain.policy import Axis, Limits
from tests.payables import (
    EXACT,
    SUPPLIER,
    WASHER,
    a_book,
    a_policy,
    a_receipt,
    an_invoice,
    an_invoice_line,
    an_order,
    an_order_line,
    compared,
    the_line,
)

D = Decimal
CASE = UnitConversion("CS", "EA", D(12))


def verdicts(found: InvoiceComparison) -> list[str]:
    return [" ".join(line.verdicts) for line in found.lines]


@pytest.mark.parametrize(
    ("quantity", "rate", "expected"),
    [
        ("100", "2.50", "PERFECT_MATCH"),
        ("100", "2.50000001", "RATE_MISMATCH"),
        ("100.002", "2.50", "QUANTITY_MISMATCH"),
        ("60", "2.50", "QUANTITY_MISMATCH"),
        ("101", "2.60", "RATE_MISMATCH QUANTITY_MISMATCH"),
        ("0", "2.50", "QUANTITY_MISMATCH"),
        ("-100", "2.50", "QUANTITY_MISMATCH"),
    ],
)
def test_two_way_without_tolerance(quantity: str, rate: str, expected: str) -> None:
    book = a_book(an_order(an_order_line()))
    line = the_line(an_invoice(an_invoice_line(quantity=quantity, rate=rate)), book)
    assert " ".join(line.verdicts) == expected


def test_a_rate_of_eight_decimals_is_compared_whole() -> None:
    book = a_book(an_order(an_order_line(quantity="1000", rate="0.00123456")))
    assert the_line(an_invoice(an_invoice_line(quantity="1000", rate="0.00123456")), book).verdicts == ("PERFECT_MATCH",)
    assert the_line(an_invoice(an_invoice_line(quantity="1000", rate="0.00123457")), book).verdicts == ("RATE_MISMATCH",)


def test_three_way_counts_every_receipt_and_every_earlier_bill() -> None:
    """Ordered 100, deliveries 60 and 39, invoices 60 and 40: the second is a quantity mismatch of one."""
    order = an_order(an_order_line(way="three_way"))
    first = the_line(an_invoice(an_invoice_line(quantity="60")), a_book(order, receipts=[a_receipt("60")]))
    assert first.verdicts == ("PERFECT_MATCH",)
    billed = an_order(an_order_line(way="three_way", billed="60"))
    book = a_book(billed, receipts=[a_receipt("60"), a_receipt("39")])
    second = the_line(an_invoice(an_invoice_line(quantity="40")), book)
    assert second.verdicts == ("QUANTITY_MISMATCH",)
    finding = second.finding(Axis.QUANTITY)
    assert finding is not None
    assert (finding.expected, finding.found, finding.difference) == (D(39), D(40), D(1))


def test_without_a_receipt_nothing_is_expected() -> None:
    line = the_line(an_invoice(an_invoice_line()), a_book(an_order(an_order_line(way="three_way"))))
    assert line.verdicts == ("QUANTITY_MISMATCH",)
    assert "100 and 0 was expected: 100 over" in because(line)


def test_the_receipt_that_arrives_clears_the_line() -> None:
    order = an_order(an_order_line(way="three_way"))
    invoice = an_invoice(an_invoice_line())
    assert not the_line(invoice, a_book(order)).is_clear
    assert the_line(invoice, a_book(order, receipts=[a_receipt("100")])).is_clear


def test_lines_on_one_order_line_spend_a_receipt_once() -> None:
    book = a_book(an_order(an_order_line(way="three_way")), receipts=[a_receipt("100")])
    found = compared(an_invoice(an_invoice_line("1", "60"), an_invoice_line("2", "60")), book)
    assert verdicts(found) == ["PERFECT_MATCH", "QUANTITY_MISMATCH"]
    assert found.lines[1].finding(Axis.QUANTITY).expected == 40  # type: ignore[union-attr]
    assert found.lines[0].together == ("1", "2")
    exact = compared(an_invoice(an_invoice_line("2", "40"), an_invoice_line("10", "60")), book)
    assert verdicts(exact) == ["PERFECT_MATCH", "PERFECT_MATCH"]


def test_line_ten_comes_after_line_two() -> None:
    book = a_book(an_order(an_order_line()))
    found = compared(an_invoice(an_invoice_line("10", "60"), an_invoice_line("2", "60")), book)
    assert [line.line for line in found.lines] == ["2", "10"]
    assert verdicts(found) == ["PERFECT_MATCH", "QUANTITY_MISMATCH"]


def test_a_credit_on_the_same_invoice_is_netted_before_over_billing_is_judged() -> None:
    book = a_book(an_order(an_order_line(way="three_way")), receipts=[a_receipt("90")])
    netted = compared(an_invoice(an_invoice_line("1", "100"), an_invoice_line("2", "-10")), book)
    assert verdicts(netted) == ["PERFECT_MATCH", "PERFECT_MATCH"]
    too_much = compared(an_invoice(an_invoice_line("1", "100"), an_invoice_line("2", "-5")), book)
    assert verdicts(too_much) == ["QUANTITY_MISMATCH", "QUANTITY_MISMATCH"]


def test_a_price_correction_is_judged_by_the_average_that_it_makes() -> None:
    """Base 10 at 1.00 plus a correction of 5 at 0.20 is tested as 1.10; the correction bills no quantity."""
    lines = (an_invoice_line("1", "10", "1.00"), an_invoice_line("2", "5", "0.20", correction=True))
    agreed = compared(an_invoice(*lines), a_book(an_order(an_order_line(quantity="10", rate="1.10"))))
    assert verdicts(agreed) == ["PERFECT_MATCH", "PERFECT_MATCH"]
    dearer = compared(an_invoice(*lines), a_book(an_order(an_order_line(quantity="10", rate="1.09"))))
    assert verdicts(dearer)[0] == "RATE_MISMATCH"
    assert dearer.lines[0].finding(Axis.RATE).found == D("1.1")  # type: ignore[union-attr]


def test_both_findings_are_kept_with_what_decided_them() -> None:
    policy = a_policy("2026-a", quantity=Limits(percent_over=D(2)), rate=Limits(absolute_over=D("0.05")))
    line = the_line(an_invoice(an_invoice_line(quantity="102", rate="2.56")), a_book(an_order(an_order_line())), policy)
    assert line.verdicts == ("RATE_MISMATCH", "QUANTITY_THRESHOLD")
    rate, quantity = line.finding(Axis.RATE), line.finding(Axis.QUANTITY)
    assert rate is not None
    assert quantity is not None
    assert (rate.difference, rate.limits) == (D("0.06"), Limits(absolute_over=D("0.05")))
    assert (quantity.difference, quantity.limits) == (D(2), Limits(percent_over=D(2)))
    assert "outside the limit for the company (0.05)" in because(line)
    assert "within the limit for the company (2%)" in because(line)


def test_a_comparison_is_stored_and_comes_back_equal() -> None:
    policy = a_policy("2026-a", quantity=Limits(percent_over=D(2)))
    book = a_book(an_order(an_order_line(uom="EA")))
    found = compared(an_invoice(an_invoice_line(quantity="9", rate="30", uom="CS", code="ITM-1")), book, policy)
    assert from_json(InvoiceComparison, to_json(found)) == found
    assert found.policy_version == "2026-a"


# --- units ---------------------------------------------------------------------------------------------------------------


def test_cases_are_converted_both_ways() -> None:
    by_case = a_book(an_order(an_order_line(quantity="120", rate="2.50")), units=[CASE])
    assert the_line(an_invoice(an_invoice_line(quantity="10", rate="30.00", uom="cs")), by_case).verdicts == ("PERFECT_MATCH",)
    by_piece = a_book(an_order(an_order_line(quantity="10", rate="30.00", uom="CS")), units=[CASE])
    assert the_line(an_invoice(an_invoice_line(quantity="120", rate="2.50")), by_piece).verdicts == ("PERFECT_MATCH",)


def test_a_conversion_without_end_is_exact_and_its_difference_is_shown_rounded() -> None:
    book = a_book(an_order(an_order_line(quantity="1", rate="3", uom="BX")), units=[UnitConversion("BX", "EA", D(3))])
    assert the_line(an_invoice(an_invoice_line(quantity="3", rate="1")), book).verdicts == ("PERFECT_MATCH",)
    line = the_line(an_invoice(an_invoice_line(quantity="2", rate="1")), book)
    assert line.finding(Axis.QUANTITY).difference == D("-0.333333333333")  # type: ignore[union-attr]


def test_an_items_own_conversion_beats_the_suppliers() -> None:
    own = UnitConversion("CS", "EA", D(10), SUPPLIER, "ITM-1")
    book = a_book(
        an_order(an_order_line(quantity="100", rate="2.50")), units=[UnitConversion("CS", "EA", D(12), SUPPLIER), own]
    )
    assert the_line(an_invoice(an_invoice_line(quantity="10", rate="25.00", uom="CS")), book).is_clear


def test_contradicting_conversions_convert_nothing() -> None:
    book = a_book(an_order(an_order_line(quantity="120")), units=[CASE, UnitConversion("CS", "EA", D(10))])
    assert not the_line(an_invoice(an_invoice_line(quantity="10", rate="30.00", uom="CS")), book).is_clear


def test_an_unknown_unit_is_never_clean_and_the_pack_size_is_proposed() -> None:
    book = a_book(an_order(an_order_line(quantity="120", rate="2.50")))
    found = compared(an_invoice(an_invoice_line(quantity="10", rate="30.00", uom="CS")), book)
    assert found.lines[0].verdicts == ("RATE_MISMATCH", "QUANTITY_MISMATCH")
    assert {finding.doubt for finding in found.lines[0].findings} == {Doubt.UNIT_UNKNOWN}
    (proposal,) = found.proposals
    assert proposal.conversion == UnitConversion("CS", "EA", D(12), SUPPLIER, "ITM-1")
    assert "Nobody has said how CS converts to EA." in because(found.lines[0])
    smaller = compared(
        an_invoice(an_invoice_line(quantity="120", rate="2.50")),
        a_book(an_order(an_order_line(quantity="10", rate="30.00", uom="CS"))),
    )
    assert smaller.proposals[0].conversion == UnitConversion("CS", "EA", D(12), SUPPLIER, "ITM-1")


def test_no_pack_size_is_proposed_where_quantity_and_price_disagree() -> None:
    book = a_book(an_order(an_order_line(quantity="120", rate="2.50")))
    assert compared(an_invoice(an_invoice_line(quantity="10", rate="29.00", uom="CS")), book).proposals == ()


def test_a_receipt_in_an_unknown_unit_is_no_receipt_that_counts() -> None:
    book = a_book(an_order(an_order_line(way="three_way")), receipts=[a_receipt("100"), a_receipt("2", uom="PAL")])
    line = the_line(an_invoice(an_invoice_line()), book)
    assert line.verdicts == ("QUANTITY_MISMATCH",)
    assert line.findings[-1].doubt is Doubt.RECEIPT_UNIT_UNKNOWN


# --- amounts -------------------------------------------------------------------------------------------------------------


def an_expense(amount: str | None = "900.00", billed: str | None = None, line: str = "1"):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return an_order_line(line, None, amount=amount, amount_billed=billed, description="Machine maintenance visit")


def test_an_expense_is_judged_by_what_is_left_of_its_amount() -> None:
    policy = a_policy(amount=Limits(absolute_over=D(25), percent_over=D(5)))
    book = a_book(an_order(an_expense(billed="400.00")))

    def said(amount: str) -> tuple[str, ...]:
        line = an_invoice_line(quantity=None, rate=None, amount=amount, description="Machine maintenance visit")
        return the_line(an_invoice(line), book, policy).verdicts

    assert said("500.00") == ("PERFECT_MATCH",)
    assert said("525.00") == ("AMOUNT_THRESHOLD",)
    assert said("525.01") == ("AMOUNT_MISMATCH",)
    assert said("499.99") == ("AMOUNT_MISMATCH",)


def test_an_order_that_states_no_amount_is_a_question() -> None:
    line = an_invoice_line(quantity=None, rate=None, amount="5.00", description="Machine maintenance visit")
    found = the_line(an_invoice(line), a_book(an_order(an_expense(amount=None))))
    assert found.verdicts == ("AMOUNT_MISMATCH",)
    assert "The order states no amount." in because(found)


def test_the_amount_charged_counts_where_it_contradicts_the_stated_rate() -> None:
    line = the_line(an_invoice(an_invoice_line(amount="260.00")), a_book(an_order(an_order_line())))
    assert line.verdicts == ("RATE_MISMATCH",)
    assert line.finding(Axis.RATE).found == D("2.6")  # type: ignore[union-attr]
    assert "The rate charged by the amount is 2.6" in because(line)


def test_without_a_stated_rate_the_amount_says_it() -> None:
    book = a_book(an_order(an_order_line(quantity="3", rate="3.3333")))
    assert the_line(an_invoice(an_invoice_line(quantity="3", rate=None, amount="10.00")), book).is_clear
    assert the_line(an_invoice(an_invoice_line(quantity="3", rate=None, amount="10.02")), book).verdicts == ("RATE_MISMATCH",)


def test_money_for_a_quantity_of_zero_is_never_clean() -> None:
    book = a_book(an_order(an_order_line(billed="100")))
    line = the_line(an_invoice(an_invoice_line(quantity="0", amount="50.00")), book)
    assert "AMOUNT_MISMATCH" in line.verdicts
    assert "50 is charged for a quantity of zero." in because(line)


def test_a_line_that_states_no_quantity_is_a_question() -> None:
    line = an_invoice_line(quantity=None, rate=None, amount="250.00", code="ITM-1")
    found = the_line(an_invoice(line), a_book(an_order(an_order_line())))
    assert "QUANTITY_MISMATCH" in found.verdicts
    assert "The invoice states no quantity." in because(found)


# --- what others bill, and links that people made ----------------------------------------------------------------------------


def test_what_another_invoice_takes_is_not_there_any_more() -> None:
    book = a_book(an_order(an_order_line()))
    invoice = an_invoice(an_invoice_line())
    taken = {book.orders[0].lines[0].ref: BilledElsewhere(D(60), None, (SupplierInvoiceNumber("R-0"),))}
    (line,) = judge_invoice(invoice, book, Rules(EXACT, SUPPLIER), taken).lines
    assert line.verdicts == ("QUANTITY_MISMATCH",)
    assert line.finding(Axis.QUANTITY).expected == 40  # type: ignore[union-attr]
    assert "Also billed by R-0." in because(line)


def test_links_that_are_given_are_kept() -> None:
    lines = (an_order_line("1"), an_order_line("2", description=WASHER, item="ITM-2"))
    book = a_book(an_order(*lines))
    given = {"1": LineLink("1", LinkKind.LINKED, (lines[1].ref,), 1.0)}
    (line,) = judge_invoice(an_invoice(an_invoice_line()), book, Rules(EXACT, SUPPLIER), links=given).lines
    assert line.link == given["1"]
    assert line.verdicts == ("PERFECT_MATCH",)


def test_one_line_for_two_order_lines_is_expected_to_take_both() -> None:
    lines = (an_order_line("1", "40"), an_order_line("2", "60"))
    found = the_line(an_invoice(an_invoice_line(quantity="100")), a_book(an_order(*lines)))
    assert found.link.targets == (lines[0].ref, lines[1].ref)
    assert found.verdicts == ("PERFECT_MATCH",)


def test_order_lines_at_two_rates_are_expected_at_their_average() -> None:
    lines = (an_order_line("1", "40", "2.00"), an_order_line("2", "60", "3.00"))
    book = a_book(an_order(*lines))
    given = {"1": LineLink("1", LinkKind.LINKED, (lines[0].ref, lines[1].ref), 1.0)}
    (line,) = judge_invoice(
        an_invoice(an_invoice_line(quantity="100", rate="2.60")), book, Rules(EXACT, SUPPLIER), links=given
    ).lines
    assert line.verdicts == ("PERFECT_MATCH",)


def test_nobody_can_say_who_takes_what_where_links_overlap() -> None:
    lines = (an_order_line("1", "40"), an_order_line("2", "60"))
    book = a_book(an_order(*lines))
    given = {
        "1": LineLink("1", LinkKind.LINKED, (lines[0].ref, lines[1].ref), 1.0),
        "2": LineLink("2", LinkKind.LINKED, (lines[0].ref,), 1.0),
    }
    invoice = an_invoice(an_invoice_line("1", "100"), an_invoice_line("2", "40"))
    found = judge_invoice(invoice, book, Rules(EXACT, SUPPLIER), links=given)
    assert verdicts(found) == ["QUANTITY_MISMATCH", "QUANTITY_MISMATCH"]
    assert found.lines[0].findings[-1].doubt is Doubt.SHARED
