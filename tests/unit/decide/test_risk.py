"""Exact bounds on how often a family of answers is wrong, and what they allow."""

from dataclasses import replace
from itertools import pairwise

import pytest

from core.decide.automatic import No, Yes, audited, may_apply
from core.decide.risk import lower_bound, upper_bound
from core.domain.evidence import Compared, Evidence, GapKind, Method
from core.domain.families import family_of, verifies_itself
from core.domain.ids import PaymentId
from core.domain.policy import FamilyRecord, MatchPolicy
from tests.unit.decide.test_automatic import outcome, suggestion

POLICY = MatchPolicy()
PARTLY = replace(suggestion(), evidence=(*suggestion().evidence, Evidence(Compared.REFERENCE, "partly_named", -1)))


@pytest.mark.parametrize(("wrong", "judged"), [(0, 598), (1, 947), (0, 2995)])
def test_the_bound_is_that_of_the_rule_of_three(wrong: int, judged: int) -> None:
    allowed = 0.001 if judged > 2000 else 0.005
    assert upper_bound(wrong, judged) <= allowed < upper_bound(wrong, judged - 1) * 1.01


def _binomial(wrong: int, judged: int, share: float) -> float:
    found, term = 0.0, (1 - share) ** judged
    for k in range(wrong + 1):
        found += term
        term *= (judged - k) / (k + 1) * share / (1 - share)
    return found


@pytest.mark.parametrize(("wrong", "judged"), [(0, 1), (0, 40), (3, 50), (12, 400)])
def test_at_the_bound_so_few_errors_would_be_seen_once_in_twenty(wrong: int, judged: int) -> None:
    assert _binomial(wrong, judged, upper_bound(wrong, judged)) == pytest.approx(0.05, abs=1e-6)
    if wrong:
        assert 1 - _binomial(wrong - 1, judged, lower_bound(wrong, judged)) == pytest.approx(0.05, abs=1e-6)


def test_more_errors_raise_the_bound_and_more_answers_lower_it() -> None:
    assert all(low < high for low, high in pairwise(upper_bound(wrong, 500) for wrong in range(8)))
    assert all(low > high for low, high in pairwise(upper_bound(2, judged) for judged in range(50, 500, 50)))
    assert (upper_bound(0, 0), lower_bound(0, 0)) == (1.0, 0.0)


def test_what_does_not_verify_itself_waits_until_people_confirmed_enough() -> None:
    family = family_of(PARTLY)
    assert not verifies_itself(PARTLY)
    assert isinstance(may_apply(outcome(PARTLY), POLICY), No)
    few = replace(POLICY, record=(FamilyRecord(family, 597, 0),))
    assert isinstance(may_apply(outcome(PARTLY), few), No)
    enough = replace(POLICY, record=(FamilyRecord(family, 598, 0),))
    assert isinstance(may_apply(outcome(PARTLY), enough), Yes)


def test_what_verifies_itself_stops_when_people_found_too_many_wrong() -> None:
    family = family_of(suggestion())
    assert verifies_itself(suggestion())
    one_bad = replace(POLICY, record=(FamilyRecord(family, 99, 1),))
    assert isinstance(may_apply(outcome(suggestion()), one_bad), Yes)
    bad = replace(POLICY, record=(FamilyRecord(family, 97, 3),))
    answer = may_apply(outcome(suggestion()), bad)
    assert isinstance(answer, No)
    assert answer.sentence == "Of 100 answers of this kind that people looked at, 3 were wrong."


def test_large_money_is_asked_about_where_the_policy_says_so() -> None:
    amount = outcome(suggestion()).money.amount
    limit = int(amount.decimal() * 100)
    assert isinstance(may_apply(outcome(suggestion()), replace(POLICY, automatic_most=limit)), Yes)
    answer = may_apply(outcome(suggestion()), replace(POLICY, automatic_most=limit - 1))
    assert isinstance(answer, No)
    assert answer.sentence.endswith("is more than the policy applies without asking.")


def test_some_are_asked_about_always_the_same_ones() -> None:
    ids = [PaymentId(f"P-{number}") for number in range(1001, 6001)]
    drawn = [each for each in ids if audited(each, POLICY)]
    assert drawn == [each for each in ids if audited(each, POLICY)]
    assert 25 <= len(drawn) <= 80
    assert not any(audited(each, replace(POLICY, audit_share=0.0)) for each in ids)
    assert all(audited(each, replace(POLICY, audit_share=1.0)) for each in ids[:20])


@pytest.mark.parametrize(
    ("changed", "verified"),
    [
        ({}, True),
        ({"gap_kind": GapKind.OVERPAYMENT}, False),
        ({"method": Method.OLDEST_FIRST}, False),
        ({"method": Method.EXACT_SUBSET, "evidence": ()}, False),
    ],
)
def test_two_independent_things_must_agree(changed: dict[str, object], verified: bool) -> None:
    assert verifies_itself(replace(suggestion(), **changed)) is verified  # type: ignore[arg-type]
