"""Advices and the money they are for."""

from dataclasses import replace
from datetime import date, timedelta

from core.domain.evidence import Finding, FindingKind, GapKind, Method
from core.domain.ids import RemittanceId
from core.domain.money import NO_CURRENCY, Currency, Money
from core.domain.policy import MatchPolicy
from core.domain.remittance import RemittanceLine
from core.match.explain import sentences
from core.match.remittances import AdviceBook, bundles
from tests.unit.match.worlds import ALMA, DAY, advice, applied, ask, automatic, document, index, money, seen

DOCUMENTS = [document(f"INV-{k:06d}", f"{100 + 7 * k}.{k:02d}") for k in range(1, 40)]
LEDGER = index(DOCUMENTS)
LINES = [("INV-000003", "121.03"), ("INV-000007", "149.07")]
TOTAL = "270.10"


def test_an_advice_of_the_payer_and_the_day_names_the_documents() -> None:
    outcome = ask(seen(TOTAL, name=ALMA.name), LEDGER, [advice("R1", LINES, payer=ALMA.name)])
    assert applied(outcome) == dict(LINES)
    assert outcome.suggestions[0].method is Method.NAMED_IN_REMITTANCE
    assert outcome.advices == ("R1",)
    assert automatic(outcome)
    assert sentences(outcome.suggestions[0]).startswith("The remittance names INV-000003, INV-000007.")


def test_an_advice_finds_the_money_of_a_cheque_without_a_name() -> None:
    outcome = ask(seen(TOTAL, text="REMOTE DEPOSIT CHECK 5551"), LEDGER, [advice("R1", LINES, payer=ALMA.name)])
    assert applied(outcome) == dict(LINES)
    assert outcome.payer.customer_id == "C1"


def test_the_payment_reference_joins_where_the_sum_does_not() -> None:
    wrong_sum = advice("R1", LINES, payer=ALMA.name, reference="77120055", total=99_999)
    outcome = ask(seen(TOTAL, text="ACH REF 77120055", name=ALMA.name), LEDGER, [wrong_sum])
    assert applied(outcome) == dict(LINES)


def test_an_advice_for_another_sum_is_not_joined() -> None:
    other = advice("R1", [("INV-000009", "163.09")], payer=ALMA.name)
    assert not ask(seen("5555.55", name=ALMA.name), LEDGER, [other]).advices


def test_an_advice_of_another_month_is_not_joined() -> None:
    old = advice("R1", LINES, payer=ALMA.name, day=DAY - timedelta(days=60))
    assert not ask(seen(TOTAL, text="REMOTE DEPOSIT CHECK 5551"), LEDGER, [old]).suggestions


def test_two_advices_of_one_day_may_be_one_payment() -> None:
    both = [advice("R1", LINES[:1], payer=ALMA.name), advice("R2", LINES[1:], payer=ALMA.name)]
    outcome = ask(seen(TOTAL, name=ALMA.name), LEDGER, both)
    assert applied(outcome) == dict(LINES)
    assert set(outcome.advices) in ({"R1", "R2"}, set())
    assert len([bundle for bundle in bundles(both) if len(bundle.advices) > 1]) == 1


def test_a_charge_makes_the_money_less_than_the_advice() -> None:
    text = f"/ORDP//NAME/{ALMA.name}/REMI/USTD//PAYMENT/RFB/1/"
    outcome = ask(seen("255.10", text=text, name=ALMA.name), LEDGER, [advice("R1", LINES, payer=ALMA.name)])
    assert outcome.suggestions[0].gap_kind is GapKind.BANK_FEE
    assert outcome.suggestions[0].gap.text() == "-15.00"


def test_a_mistyped_line_is_settled_by_its_amount() -> None:
    slip = advice("R1", [("INV-000003", "121.03"), ("INV-000070", "149.07")], payer=ALMA.name)
    assert applied(ask(seen(TOTAL, name=ALMA.name), LEDGER, [slip])) == dict(LINES)


def test_swapped_amounts_do_not_matter_when_the_documents_add_up() -> None:
    swapped = advice("R1", [("INV-000003", "149.07"), ("INV-000007", "121.03")], payer=ALMA.name)
    assert applied(ask(seen(TOTAL, name=ALMA.name), LEDGER, [swapped])) == dict(LINES)


def test_an_advice_with_a_finding_against_it_does_not_settle_anything_alone() -> None:
    stranger = replace(advice("R1", LINES), findings=(Finding(FindingKind.LOOKALIKE_SENDER, "a", "b"),))
    assert not automatic(ask(seen(TOTAL, text="REMOTE DEPOSIT CHECK 5551"), LEDGER, [stranger]))


def test_what_the_advice_says_of_a_short_line_places_the_deduction() -> None:
    said = advice("R1", LINES, payer=ALMA.name)
    short = replace(said.lines[1], paid=money("99.07"), reason="damaged goods")
    said = replace(said, lines=(said.lines[0], short), total=money("220.10"))
    outcome = ask(seen("220.10", name=ALMA.name), LEDGER, [said])
    assert applied(outcome) == {"INV-000003": "121.03", "INV-000007": "99.07"}
    assert outcome.suggestions[0].gap_kind is GapKind.DEDUCTION
    assert automatic(outcome)


def test_equal_advices_of_one_day_are_a_tie() -> None:
    ledger = index([document("INV-000001", "500.00"), document("INV-000002", "500.00")])
    both = [advice(f"R{k}", [(f"INV-00000{k}", "500.00")], payer=ALMA.name) for k in (1, 2)]
    outcome = ask(seen("500.00", name=ALMA.name), ledger, both)
    assert not automatic(outcome)
    assert outcome.suggestions[0].rank == outcome.suggestions[1].rank


def test_the_book_finds_by_sum_by_reference_and_by_a_charge() -> None:
    waiting = [
        advice("SUM", LINES, payer=ALMA.name),
        advice("FEE", [("INV-000009", "285.10")], payer=ALMA.name),
        advice("REF", [("INV-000010", "1.00")], payer=ALMA.name, reference="AB-771200"),
        advice("OLD", LINES, payer=ALMA.name, day=date(2025, 1, 1)),
        advice("NONE", [("INV-000011", "9.00")], payer="Bristol Foods Ltd"),
    ]
    book = AdviceBook(waiting, MatchPolicy())
    wanted = seen(TOTAL, text="PAYMENT AB771200")
    assert [each.id for each in book.near(wanted)] == ["FEE", "REF", "SUM"]
    book.remove([RemittanceId("SUM")])
    assert [each.id for each in book.near(wanted)] == ["FEE", "REF"]


def test_the_senders_domain_points_to_the_customer() -> None:
    told = advice("R1", [("3", "121.03"), ("7", "149.07")], sender="ap@almasteel.example.com")
    assert applied(ask(seen(TOTAL, text="REMOTE DEPOSIT CHECK 5551"), LEDGER, [told])) == dict(LINES)


def test_a_line_that_nothing_can_be_made_of_spoils_the_advice() -> None:
    strange = advice("R1", [("INV-000003", "121.03"), ("YOUR CREDIT", "149.07")], payer="Somebody Else Inc")
    assert not ask(seen(TOTAL, text="REMOTE DEPOSIT CHECK 5551"), LEDGER, [strange]).suggestions


def test_tax_and_late_discount_written_line_by_line_are_told_apart() -> None:
    said = advice("R1", [("INV-000003", "121.03")], payer=ALMA.name)
    taxed = replace(said, lines=(replace(said.lines[0], paid=money("101.03"), reason="WHT"),), total=money("101.03"))
    late = replace(said, lines=(replace(said.lines[0], paid=money("118.44"), discount=money("2.59")),), total=money("118.44"))
    assert ask(seen("101.03", name=ALMA.name), LEDGER, [taxed]).suggestions[0].gap_kind is GapKind.TAX_WITHHELD
    assert ask(seen("118.44", name=ALMA.name), LEDGER, [late]).suggestions[0].gap_kind is GapKind.LATE_DISCOUNT


def test_a_part_payment_that_the_advice_does_not_explain_is_a_question() -> None:
    said = advice("R1", LINES, payer=ALMA.name)
    part = replace(said, lines=(said.lines[0], replace(said.lines[1], paid=money("88.13"), gross=None)), total=money("209.16"))
    assert not automatic(ask(seen("209.16", name=ALMA.name), LEDGER, [part]))


def test_an_advice_in_another_currency_is_not_read() -> None:
    ledger = index([document("INV-000003", "121.03", unit="EUR")])
    told = advice("R1", [("INV-000003", "121.03")], payer=ALMA.name)
    assert not ask(seen("121.03", unit="EUR", text="CHECK"), ledger, [told]).advices


def unstated(minor: int, digits: int = 2) -> Money:
    return Money(minor, Currency(NO_CURRENCY, digits))


def test_an_advice_that_names_no_currency_is_taken_for_that_of_the_money() -> None:
    told = advice("R1", LINES, payer=ALMA.name)
    lines = tuple(replace(line, paid=unstated(line.paid.minor), gross=None) for line in told.lines if line.paid)
    told = replace(told, lines=lines, total=unstated(27_010))
    paid = seen(TOTAL, name=ALMA.name)
    assert [each.id for each in AdviceBook([told], MatchPolicy()).near(paid)] == ["R1"]
    assert applied(ask(paid, LEDGER, [told])) == dict(LINES)


def test_digits_that_the_currency_of_the_money_has_not_make_an_advice_another_moneys() -> None:
    told = replace(
        advice("R1", LINES[:1]), lines=(RemittanceLine("INV-000003", unstated(121_035, 3)),), total=unstated(121_035, 3)
    )
    assert not ask(seen("121.03", name=ALMA.name), LEDGER, [told]).advices


def test_a_difference_of_an_advice_without_a_reason_is_the_deduction_that_the_bank_text_speaks_of() -> None:
    ledger = index([document("INV-0041", "1000.00"), document("INV-0042", "500.00")])
    told = RemittanceLine("INV-0042", money("406.00"), money("500.00"))
    advised = replace(advice("R1", [("INV-0041", "1000.00")], payer=ALMA.name), total=money("1406.00"))
    advised = replace(advised, lines=(*advised.lines, told))
    for text, kind in (("INV-0041 INV-0042 LESS 94.00 SHORTAGE", GapKind.DEDUCTION), ("INV-0041 INV-0042", GapKind.SHORT_PAY)):
        outcome = ask(seen("1406.00", text=text, name=ALMA.name), ledger, [advised])
        assert applied(outcome) == {"INV-0041": "1000.00", "INV-0042": "406.00"}
        assert outcome.suggestions[0].gap_kind is kind
