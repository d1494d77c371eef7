"""How a customer pays, as far as people confirmed it: likelier again with it, as before without, less likely once rejected."""

from datetime import timedelta

import pytest

from core.domain.evidence import Compared, GapKind, MatchOutcome
from core.domain.ids import CustomerId
from core.domain.parties import Alias, AliasKind
from core.match import habits
from core.match.explain import sentences
from tests.unit.match.worlds import ALMA, BRISTOL, CORDOBA, DAY, applied, ask, automatic, document, index, seen

LATE = [
    document("INV-1042", "1000.00", discount="20.00", until=DAY - timedelta(days=3)),
    document("INV-1043", "771.30"),
    document("INV-1044", "19.99"),
]


def habit(value: str, confirmed: int, rejected: int = 0, kind: AliasKind = AliasKind.DISCOUNT_HABIT) -> Alias:
    return Alias(kind, value, ALMA.id, confirmed, rejected)


def confidence(outcome: MatchOutcome, kind: GapKind) -> float:
    return sum(each.confidence for each in outcome.suggestions if each.gap_kind is kind)


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("INV-001042", set()),
        ("INV-1042", {"without_zeros"}),
        ("001042", {"digits_only"}),
        ("REF 1042", {"running_number"}),
        ("RE 42", set()),
        ("PO-77", {"order_number"}),
        ("VCHR 5100044", {"own_number"}),
        ("THANK YOU", set()),
    ],
)
def test_a_settled_payment_shows_how_its_customer_writes(text: str, ways: set[str]) -> None:
    assert {value for _, value in habits.ways_written(text, ["INV-001042"], ["PO-77"])} == ways


def test_a_discount_after_its_last_day_is_found_without_a_number_and_is_always_a_question() -> None:
    money = seen("980.00", name=ALMA.name)
    told = "takes the discount after its last day (confirmed: 3)"
    for learned in ([], [habit("late_discount", 3)]):
        outcome = ask(money, index(LATE, aliases=learned))
        assert applied(outcome) == {"INV-1042": "980.00"}
        assert outcome.suggestions[0].gap_kind is GapKind.LATE_DISCOUNT
        assert not automatic(outcome)
        assert (told in sentences(outcome.suggestions[0])) is bool(learned)


def test_the_more_often_confirmed_the_likelier_and_rejections_take_it_back() -> None:
    ledger = [*LATE, document("INV-1045", "980.00")]
    money = seen("980.00", text="PAYMENT", name=ALMA.name)
    counts = [(0, 0), (1, 0), (5, 0), (5, 4)]
    weighed = [
        confidence(ask(money, index(ledger, aliases=[habit("late_discount", *each)])), GapKind.LATE_DISCOUNT) for each in counts
    ]
    assert 0 < weighed[0] < weighed[1] < weighed[2] < 0.5
    assert weighed[3] < weighed[2]


def test_a_habit_of_one_customer_says_nothing_of_another() -> None:
    of_another = Alias(AliasKind.DISCOUNT_HABIT, "late_discount", CustomerId("C2"), 9)
    money, ledger = seen("980.00", name=ALMA.name), [*LATE, document("INV-1045", "980.00")]
    unlearned = confidence(ask(money, index(ledger)), GapKind.LATE_DISCOUNT)
    assert confidence(ask(money, index(ledger, aliases=[of_another])), GapKind.LATE_DISCOUNT) == unlearned


def test_a_named_difference_weighs_as_the_customer_is_known_for_it() -> None:
    money = seen("985.00", text="INV-1042", name=ALMA.name)
    plain = confidence(ask(money, index(LATE)), GapKind.BANK_FEE)
    used = confidence(ask(money, index(LATE, aliases=[habit("bank_fee", 4)])), GapKind.BANK_FEE)
    refused = confidence(ask(money, index(LATE, aliases=[habit("bank_fee", 0, 6)])), GapKind.BANK_FEE)
    assert refused < plain < used


def test_numbers_of_its_own_speak_no_longer_against_the_amount() -> None:
    """A payer who always writes its own voucher's number: that we do not know it says nothing."""
    ledger = [document("INV-1042", "1000.00"), document("INV-1043", "771.30")]
    money = seen("1000.00", text="INVOICE 5100", name=ALMA.name)
    own = habit("own_number", 3, kind=AliasKind.REFERENCE_HABIT)
    before, after = ask(money, index(ledger)), ask(money, index(ledger, aliases=[own]))
    assert after.suggestions[0].confidence > before.suggestions[0].confidence
    levels = [record.level for record in after.suggestions[0].evidence if record.compared is Compared.HABIT]
    assert levels == ["own_number"]


def test_habits_point_to_nobody() -> None:
    ledger = index([], aliases=[habit("late_discount", 5), habit("own_number", 2, kind=AliasKind.REFERENCE_HABIT)])
    assert not ledger.accounts.get("LATEDISCOUNT")
    assert set(ledger.names) == set(index([], (ALMA, BRISTOL, CORDOBA)).names)
    ledger.unlearn(AliasKind.DISCOUNT_HABIT, "late_discount", ALMA.id)
    assert habits.counted(ledger, ALMA.id, (AliasKind.DISCOUNT_HABIT, "late_discount")) == (0, 0)
    assert ask(seen("1.00", name=ALMA.name), ledger).payer.candidates == (ALMA.id,)
