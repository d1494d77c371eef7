"""Which document a word means, together with customer and amount."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.evidence import Compared, FindingKind, GapKind
from core.match.engine import explain_all
from tests.unit.match.worlds import ALMA, BRISTOL, DAY, POLICY, applied, ask, automatic, customer, document, index, seen

NAME = ALMA.name


def test_an_order_number_settles_all_documents_of_the_order() -> None:
    ledger = index(
        [
            document("INV-1", "100.01", order="PO-38908"),
            document("INV-2", "200.02", order="PO-38908"),
            document("INV-3", "300.03"),
        ]
    )
    outcome = ask(seen("300.03", text="ORDER PO-38908", name=NAME), ledger)
    assert applied(outcome) == {"INV-1": "100.01", "INV-2": "200.02"}
    assert automatic(outcome)


def test_an_order_number_with_less_money_settles_the_documents_that_add_up() -> None:
    ledger = index(
        [document(f"INV-{k}", f"{100 * k}.0{k}", order="PO-38908") for k in (1, 2, 3)]
        + [document("INV-9", "400.04", order="PO-1")]
    )
    assert applied(ask(seen("400.04", text="P.O. PO-38908", name=NAME), ledger)) == {"INV-1": "100.01", "INV-3": "300.03"}


def test_a_word_that_may_be_an_order_or_a_document_is_settled_by_the_amount() -> None:
    ledger = index(
        [
            document("INV-049224", "250.00"),
            document("INV-054593", "690.30"),
            document("INV-054643", "1380.60", order="49224"),
        ]
    )
    outcome = ask(seen("2070.90", text="ORDER INV-054593, 49224", name=NAME), ledger)
    assert applied(outcome) == {"INV-054593": "690.30", "INV-054643": "1380.60"}


def test_last_digits_that_two_documents_share_are_settled_by_the_amount() -> None:
    ledger = index([document("INV-000615", "100.01"), document("RE-2025-00615", "77.70"), document("INV-000616", "5.05")])
    assert applied(ask(seen("77.70", text="PAYMENT OF 615", name=NAME), ledger)) == {"RE-2025-00615": "77.70"}


def test_last_digits_that_nothing_settles_are_a_question() -> None:
    ledger = index([document("INV-000615", "100.01"), document("RE-2025-00615", "100.01")])
    outcome = ask(seen("100.01", text="PAYMENT OF 615", name=NAME), ledger)
    assert not automatic(outcome)
    assert len(outcome.suggestions) == 2


def test_words_that_can_mean_too_much_are_said_to() -> None:
    ledger = index([document(f"{head}-{k:05d}", f"{k}.01") for head in "ABCDEFGH" for k in range(101, 106)])
    outcome = ask(seen("515.06", text="101 102 103 104 105", name=NAME), ledger)
    assert not automatic(outcome)


def test_a_mistyped_number_that_is_somebody_elses_is_weighed_against_the_payers_own() -> None:
    ledger = index(
        [
            document("RE-2025-01543", "562.76", "C1"),
            document("RE-2025-01453", "99.10", "C2"),
            document("RE-2025-00937", "51.16"),
        ]
    )
    outcome = ask(seen("613.92", text="RE-2025-00937 RE-2025-01453", name=NAME), ledger)
    assert applied(outcome) == {"RE-2025-01543": "562.76", "RE-2025-00937": "51.16"}


def test_a_number_that_is_nobodys_and_no_slip_makes_the_rest_doubtful() -> None:
    ledger = index([document("RE-2025-01543", "562.76"), document("RE-2025-00937", "51.16")])
    sure = ask(seen("562.76", name=NAME), ledger).suggestions[0].confidence
    doubtful = ask(seen("562.76", text="RE-2025-77777", name=NAME), ledger)
    assert not doubtful.suggestions or doubtful.suggestions[0].confidence < sure


def test_an_amount_alone_that_ignores_a_named_settled_document_is_not_applied() -> None:
    ledger = index([document("INV-100042", "500.05"), document("INV-100043", "500.05")])
    ledger.settle(document("INV-100042", "500.05").number, 50_005)
    outcome = ask(seen("500.05", text="INV-100042", name=NAME), ledger)
    assert not automatic(outcome)


def test_a_settled_document_is_shown_as_evidence() -> None:
    ledger = index([document("INV-100042", "500.05"), document("INV-100043", "77.01")])
    ledger.settle(document("INV-100042", "500.05").number, 50_005)
    outcome = ask(seen("77.01", text="INV-100042 INV-100043", name=NAME), ledger)
    assert Compared.SETTLED in {record.compared for record in outcome.suggestions[0].evidence}


def test_an_account_number_beats_a_name_that_says_otherwise() -> None:
    ledger = index([document("INV-1", "500.05", "C1"), document("INV-2", "500.05", "C2")])
    outcome = ask(seen("500.05", account=BRISTOL.bank_accounts[0], name="SOME TRADING STYLE"), ledger)
    assert outcome.suggestions[0].customer_id == "C2"


def test_equal_documents_make_a_lump_sum_a_question() -> None:
    ledger = index([document(f"INV-{k:06d}", "250.00") for k in range(1, 31)])
    outcome = ask(seen("1250.00", name=NAME), ledger)
    assert not automatic(outcome)


def test_multiples_of_one_price_make_a_sum_a_question() -> None:
    prices = [document(f"INV-{k:06d}", f"{k * 305.9:.2f}") for k in (1, 3, 5, 6, 8, 10, 12)]
    outcome = ask(seen("1223.60", name=NAME), index(prices))
    assert not automatic(outcome)


def test_everything_of_the_months_before_and_of_one_order_are_usual_sets() -> None:
    from datetime import date

    many = [document(f"INV-{k:06d}", f"{100 + 17 * k}.{k:02d}", due=date(2026, 2, 20)) for k in range(1, 28)]
    recent = [document(f"INV-{k:06d}", f"{100 + 17 * k}.{k:02d}", due=date(2026, 4, 8)) for k in range(50, 60)]
    total = sum(each.open_amount.minor for each in many)
    outcome = ask(seen(f"{total // 100}.{total % 100:02d}", text="STATEMENT FEBRUARY", name=NAME), index([*many, *recent]))
    assert len(outcome.suggestions[0].applications) == 27


def test_a_late_discount_of_one_of_two_named_documents() -> None:
    from datetime import date

    late = document("INV-100042", "1000.00", discount="20.00", until=date(2026, 3, 6))
    ledger = index([late, document("INV-100043", "77.01")])
    best = ask(seen("1057.01", text="INV-100042 INV-100043", name=NAME), ledger).suggestions[0]
    assert best.gap_kind is GapKind.LATE_DISCOUNT
    assert {part.invoice_number: part.applied.text() for part in best.applications} == {
        "INV-100042": "980.00",
        "INV-100043": "77.01",
    }


def test_too_many_customers_of_one_name_is_a_limit() -> None:
    firms = tuple(customer(f"C{k}", "Delta Foods LLC") for k in range(1, 25))
    ledger = index([document(f"INV-{k}", f"{k}.01", f"C{k}") for k in range(1, 25)], firms)
    outcome = ask(seen("3.01", name="DELTA FOODS LLC", day=DAY), ledger)
    assert not automatic(outcome)
    assert not outcome.suggestions or FindingKind.LIMIT_REACHED in {finding.kind for finding in outcome.findings}


def test_a_number_of_several_strangers_may_be_a_slip_for_one_of_the_payers() -> None:
    """Two customers have a number that ends so, the payer has one with two digits exchanged, and the money says which."""
    strangers = [document("RE2508060", "874.19", "C2"), document("F25/08060", "12.10", "C3")]
    ledger = index([*strangers, document("25-08006", "25.00"), document("25-09999", "25.00")])
    outcome = ask(seen("25.00", text="REF 25-08060", name=ALMA.name), ledger)
    assert applied(outcome) == {"25-08006": "25.00"}
    assert outcome.suggestions[0].confidence > 0.9


def test_of_equal_documents_the_one_due_first_is_likelier_and_still_a_question() -> None:
    old, new = document("INV-2", "500.00", due=DAY - timedelta(days=40)), document("INV-1", "500.00")
    outcome = ask(seen("500.00", name=ALMA.name), index([old, new]))
    assert list(applied(outcome)) == ["INV-2"]
    assert [each.rank for each in outcome.suggestions] == [1, 2]
    assert 0.5 < outcome.suggestions[0].confidence < 0.7
    assert not automatic(outcome)
    both = sum(each.confidence for each in outcome.suggestions)
    tie = ask(seen("500.00", name=ALMA.name), index([replace(old, due_date=DAY), new]))
    assert [each.rank for each in tie.suggestions] == [1, 1]
    assert abs(both - sum(each.confidence for each in tie.suggestions)) < 1e-9


def test_a_strangers_number_with_money_left_over_leaves_room_for_the_payers_own() -> None:
    """The payer's own document and another customer's, and a difference that nothing explains: perhaps it was misread."""
    documents = [document("INV-0042437", "1738.14"), document("SI04349", "900.00", "C2"), document("INV-7", "361.86")]
    answers = explain_all(seen("2100.00", text="INV-0042437 SI04349", name=ALMA.name), index(documents), (), POLICY).answers
    own = sum(each.confidence for each in answers if {part.customer_id for part in each.applications} == {ALMA.id})
    assert 1e-4 < own < 0.1
    assert not automatic(ask(seen("2100.00", text="INV-0042437 SI04349", name=ALMA.name), index(documents)))


def test_a_short_number_with_our_letters_means_its_document_wherever_it_is() -> None:
    """A service company pays for several customers whom nothing shows as one group: INV-449 is nobody else's."""
    documents = [document("INV-01990", "195.00"), document("INV-00449", "21.59", "C2"), document("RE-00771", "80.00", "C3")]
    outcome = ask(seen("216.59", text="INV-1990//INV-449", name="Lumsen Shared Services"), index(documents))
    assert applied(outcome) == {"INV-00449": "21.59", "INV-01990": "195.00"}


@pytest.mark.parametrize("words", ["INV# 107067 / 140486", "INVOICE 107067 140486", "INV 107067, 140486"])
def test_the_word_before_a_bare_number_is_not_the_letters_of_somebody_elses_number(words: str) -> None:
    """In a large ledger INV-107067 is another customer's; the payer wrote INV and the number of its own 00107067."""
    documents = [document("00107067", "1028.35"), document("00140486", "130.83"), document("INV-107067", "987.48", "C2")]
    outcome = ask(seen("1159.18", text=words, name=ALMA.name), index(documents))
    assert applied(outcome) == {"00107067": "1028.35", "00140486": "130.83"}
    assert automatic(outcome)


def test_a_short_number_with_our_letters_is_not_one_of_the_bare_numbers_of_others() -> None:
    documents = [document("INV-01990", "195.00"), document("INV-00449", "21.59", "C2"), document("00449", "80.00", "C3")]
    outcome = ask(seen("216.59", text="INV-1990//INV-449", name="Lumsen Shared Services"), index(documents))
    assert applied(outcome) == {"INV-01990": "195.00", "INV-00449": "21.59"}


def test_what_the_words_say_stands_third_at_the_latest_where_unnamed_documents_make_the_amount_exact() -> None:
    memos = [document("US-1848", "68.89", credit=True), document("F-9690", "321.49", credit=True)]
    money = seen("390.38", text="INV-001513 ABC 123", name=ALMA.name)
    suggestions = ask(money, index([document("INV-001513", "780.76"), *memos])).suggestions
    assert len(suggestions[0].applications) == 3
    assert [part.applied.text() for each in suggestions[1:3] for part in each.applications] == ["390.38"]


def test_a_deduction_is_read_where_the_bank_broke_words_and_numbers() -> None:
    documents = [document(f"INV-00842{k}", amount) for k, amount in ((5, "1926.00"), (6, "1926.00"), (7, "770.40"))]
    words = "INV-008425,INV-008 426, INV-008427 - 442 .98 SHORT DELI VERY (INV-008 426)"
    outcome = ask(seen("4179.42", text=words, name=ALMA.name), index(documents))
    assert outcome.suggestions[0].gap_kind is GapKind.DEDUCTION
    assert applied(outcome)["INV-008426"] == "1483.02"
