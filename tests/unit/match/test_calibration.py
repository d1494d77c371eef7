"""Judged answers become a record that means what it says."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from core.domain.evidence import Suggestion
from core.domain.families import family_of
from core.domain.policy import FamilyRecord
from core.match.calibration import Judged, calibrated, fit, told
from core.match.engine import suggest
from tests.unit.match.worlds import ALMA, POLICY, ask, document, index, seen

BAR = 0.985


def judged(count: int, truth: Callable[[float], float], family: str = "text, exact") -> list[Judged]:
    draw = random.Random(count)  # noqa: S311  Test data.
    own = [draw.random() for _ in range(count)]
    return [Judged(family, each, draw.random() < truth(each)) for each in own]


@pytest.mark.parametrize("count", [450, 6000])
@pytest.mark.parametrize(
    "truth", [lambda own: own, lambda own: own**3, lambda own: 1 - (1 - own) ** 3], ids=["true", "bold", "shy"]
)
def test_the_curve_tells_how_often_such_answers_were_right(count: int, truth: Callable[[float], float]) -> None:
    (record,) = fit(judged(count, truth), BAR)
    for own in (0.2, 0.5, 0.8):
        assert told(record.curve, own) == pytest.approx(truth(own), abs=0.12 if count < 500 else 0.07)


@pytest.mark.parametrize("count", [3, 60, 900])
def test_a_curve_only_rises_and_stays_a_probability(count: int) -> None:
    (record,) = fit(judged(count, lambda own: 1 - own), BAR)
    points = [told(record.curve, place / 200) for place in range(201)]
    assert all(left <= right + 1e-9 for left, right in pairwise(points))
    assert 0 <= min(points) <= max(points) <= 1


def test_a_few_answers_change_little() -> None:
    (record,) = fit([Judged("text, exact", 0.99, right=False)], BAR)
    assert told(record.curve, 0.99) > 0.9


def test_only_certain_answers_count_for_the_risk_and_their_order_does_not() -> None:
    answers = [*judged(300, lambda own: own), *(Judged("text, exact", 0.999, right=True) for _ in range(40))]
    answers += [Judged("amount", 0.99, right=False), Judged("amount", 0.3, right=False)]
    records = fit(answers, BAR)
    assert records == fit(answers[::-1], BAR)
    amount, text = records
    assert (amount.family, amount.right, amount.wrong) == ("amount", 0, 1)
    assert text.right >= 40
    assert text.right + text.wrong == 40 + sum(each.own >= BAR for each in answers[:300])


def test_a_record_of_another_family_changes_nothing() -> None:
    suggestions = ask(seen("100.00", name=ALMA.name), LEDGER).suggestions
    assert calibrated(suggestions, ()) == calibrated(suggestions, (FamilyRecord("another", 5, 5, ((0.5, 0.1),)),))
    assert calibrated(suggestions, (FamilyRecord("another", 5, 5, ((0.5, 0.1),)),)) == suggestions


LEDGER = index([document("INV-1", "100.00"), document("INV-2", "60.00"), document("INV-3", "40.00")])


def test_before_anybody_judged_sets_that_could_not_be_listed_weigh_less_than_by_chance() -> None:
    """Documents of one price: what is shown has more of the weight together, in the same order and proportion."""
    priced = index([document(f"INV-{k}", f"{600 * k}.00") for k in (1, 2, 3, 4)] + [document("INV-9", "600.00", "C1")])
    shown = ask(seen("600.00", name=ALMA.name), priced).suggestions
    assert len(shown) == 2
    own = [each.weighed for each in shown]
    assert None not in own
    assert sum(each.confidence for each in shown) > 1.2 * sum(each or 0.0 for each in own)
    assert sum(each.confidence for each in shown) < 1.0
    assert [round(each.confidence / shown[0].confidence, 9) for each in shown] == [
        round((each or 0.0) / (own[0] or 1.0), 9) for each in own
    ]


def test_what_is_certain_or_named_says_what_it_weighs() -> None:
    for money in (seen("60.00", name=ALMA.name), seen("40.00", text="INV-3", name=ALMA.name), seen("40.00")):
        assert all(each.weighed is None for each in ask(money, LEDGER).suggestions)


@pytest.mark.parametrize("level", [0.3, 0.62, 0.99])
def test_the_best_says_its_probability_and_stays_the_best(level: float) -> None:
    before = ask(seen("100.00", name=ALMA.name), LEDGER).suggestions
    assert len(before) == 2
    record = FamilyRecord(family_of(before[0]), 1, 1, ((before[0].confidence, level),))
    after = ask_with(record)
    assert [each.applications for each in after] == [each.applications for each in before]
    assert after[0].confidence >= after[1].confidence
    assert sum(each.confidence for each in after) <= 1 + 1e-9
    assert after[0].weighed == before[0].confidence
    if level > 0.5:
        assert after[0].confidence == pytest.approx(level)


def ask_with(record: FamilyRecord) -> tuple[Suggestion, ...]:
    return suggest(seen("100.00", name=ALMA.name), LEDGER, (), replace(POLICY, record=(record,))).suggestions
