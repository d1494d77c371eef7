"""The one place that says yes."""

from dataclasses import replace
from datetime import date

import pytest

from core.decide.automatic import No, Yes, may_apply
from core.domain.evidence import (
    Compared,
    Evidence,
    Finding,
    FindingKind,
    GapKind,
    MatchOutcome,
    Method,
    MoneySeen,
    PayerFinding,
    SuggestedApplication,
    Suggestion,
)
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId
from core.domain.policy import MatchPolicy
from tests.builders import usd

POLICY = MatchPolicy()
KNOWN = Evidence(Compared.PAYER_NAME, "same", 6)


def suggestion(rank: int = 1, confidence: float = 0.999, applied: str = "100.00", number: str = "INV-1") -> Suggestion:
    part = SuggestedApplication(InvoiceNumber(number), CustomerId("C1"), usd(applied), usd("0.00"))
    return Suggestion(
        rank, CustomerId("C1"), Method.NAMED_IN_BANK_TEXT, confidence, (part,), GapKind.NONE, usd("0.00"), (KNOWN,)
    )


def outcome(*suggestions: Suggestion, findings: tuple[Finding, ...] = ()) -> MatchOutcome:
    money = MoneySeen(PaymentId("P1"), usd("100.00"), date(2026, 3, 10))
    return MatchOutcome(money, PayerFinding(CustomerId("C1"), 0.99), suggestions, findings=findings)


def test_a_unique_exact_and_sure_suggestion_may_be_applied() -> None:
    assert may_apply(outcome(suggestion()), POLICY) == Yes(suggestion())


UNPLACED = Evidence(Compared.GAP, "unplaced", -4)
REFUSED = {
    "nothing found": outcome(),
    "a tie": outcome(suggestion(), suggestion(number="INV-2")),
    "a rival too close": outcome(suggestion(), suggestion(rank=2, confidence=0.2, number="INV-2")),
    "not sure enough": outcome(suggestion(confidence=0.98)),
    "more than the money": outcome(suggestion(applied="100.01")),
    "a rest without a reason": outcome(suggestion(applied="99.00")),
    "a document gets nothing": outcome(replace(suggestion(applied="0.00"), gap_kind=GapKind.OVERPAYMENT)),
    "a finding": outcome(suggestion(), findings=(Finding(FindingKind.BANK_DETAILS_CHANGED),)),
    "a limit without names": outcome(
        replace(suggestion(), method=Method.EXACT_SUBSET), findings=(Finding(FindingKind.LIMIT_REACHED),)
    ),
    "a difference on what nobody named": outcome(replace(suggestion(), method=Method.EXACT_AMOUNT, gap_kind=GapKind.SHORT_PAY)),
    "a difference of a kind not allowed": outcome(replace(suggestion(), gap_kind=GapKind.EXCHANGE)),
    "a difference that could lie anywhere": outcome(
        replace(suggestion(), gap_kind=GapKind.DEDUCTION, evidence=(KNOWN, UNPLACED))
    ),
    "oldest first": outcome(replace(suggestion(), method=Method.OLDEST_FIRST)),
    "an unknown payer and no names": outcome(
        replace(suggestion(), method=Method.EXACT_AMOUNT, evidence=(Evidence(Compared.PAYER_NAME, "unknown", 0),))
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_everything_else_is_a_question_with_a_sentence(case: str) -> None:
    answer = may_apply(REFUSED[case], POLICY)
    assert isinstance(answer, No)
    assert answer.sentence.endswith((".", "!"))


def test_the_policy_may_forbid_amounts_alone_and_kinds_of_difference() -> None:
    alone = outcome(replace(suggestion(), method=Method.EXACT_AMOUNT))
    assert isinstance(may_apply(alone, POLICY), Yes)
    assert isinstance(may_apply(alone, replace(POLICY, automatic_amount_only=False)), No)
    strict = replace(POLICY, automatic_gaps=frozenset({GapKind.NONE}))
    assert isinstance(may_apply(outcome(replace(suggestion(), gap_kind=GapKind.EARNED_DISCOUNT)), strict), No)


def test_a_named_document_is_not_held_back_by_a_limit_of_the_search() -> None:
    assert isinstance(may_apply(outcome(suggestion(), findings=(Finding(FindingKind.LIMIT_REACHED),)), POLICY), Yes)
