"""May a payment be applied without asking a person? The one place that says yes.

"A tie is a question for a person, never a choice by lowest id." A wrong application costs far more than an unapplied
payment, so the answer is yes only for a unique best suggestion, with sums that agree to the last minor unit, above the
policy's bar, with no rival within the margin, no finding against it, and a difference (if any) of a kind that the policy lets
through on documents that the payer named. And it must belong to a family of answers that is known to be wrong seldom enough:
one that verifies itself, or one that people confirmed often (`core.decide.risk`). Posting stays with people in any case.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.decide.risk import lower_bound, upper_bound
from core.domain.evidence import Compared, FindingKind, GapKind, MatchOutcome, Method, Suggestion
from core.domain.families import family_of, payer_known, verifies_itself
from core.domain.ids import PaymentId
from core.domain.policy import MatchPolicy

_NAMED: Final = frozenset({Method.NAMED_IN_BANK_TEXT, Method.NAMED_IN_REMITTANCE})
_NEVER: Final = frozenset({Method.OLDEST_FIRST, Method.ON_ACCOUNT})
_WITHOUT_DIFFERENCE: Final = frozenset({GapKind.NONE, GapKind.EARNED_DISCOUNT})
_WITH_REST: Final = frozenset({GapKind.OVERPAYMENT, GapKind.ROUNDING})
_HARMLESS: Final = frozenset({FindingKind.LIMIT_REACHED})


@dataclass(frozen=True, slots=True)
class Yes:
    """This suggestion may be applied by automation."""

    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class No:
    """A person has to look; `sentence` says why, fit for a card."""

    sentence: str


def may_apply(outcome: MatchOutcome, policy: MatchPolicy) -> Yes | No:
    """Yes for the best suggestion, or no with the first reason that a person would want to hear."""
    if not outcome.suggestions:
        return No(outcome.abstained or "Nothing fits this money.")
    best = outcome.suggestions[0]
    refusal = (
        _tie(outcome, policy)
        or _sums(outcome, best)
        or _findings(outcome, best)
        or _difference(best, policy)
        or _basis(best, policy)
    )
    if refusal:
        return No(refusal)
    if best.confidence < policy.automatic_bar:
        return No("It is likely, but not certain enough to apply without asking.")
    too_risky = _risk(best, policy) or _size(outcome, policy)
    return No(too_risky) if too_risky else Yes(best)


def automatic_under(policy: MatchPolicy) -> Callable[[MatchOutcome], bool]:
    """Whether an outcome may be applied without asking, for a whole batch under one policy."""
    return lambda outcome: isinstance(may_apply(outcome, policy), Yes)


def audited(payment: PaymentId, policy: MatchPolicy) -> bool:
    """Whether this payment is one of the few that are asked about although the answer is certain.

    Drawn by the payment's id and the version of the policy, so that the same question always has the same answer.
    """
    drawn = int.from_bytes(hashlib.sha256(f"{policy.version} {payment}".encode()).digest()[:8], "big")
    return drawn < policy.audit_share * 2**64


def _risk(best: Suggestion, policy: MatchPolicy) -> str:
    """What people confirmed of this family decides; before enough was judged, whether it verifies itself."""
    family = family_of(best)
    known = next((each for each in policy.record if each.family == family), None)
    right, wrong = (known.right, known.wrong) if known else (0, 0)
    if upper_bound(wrong, right + wrong) <= policy.wrong_bound:
        return ""
    if lower_bound(wrong, right + wrong) > policy.wrong_bound:
        return f"Of {right + wrong} answers of this kind that people looked at, {wrong} were wrong."
    if verifies_itself(best):
        return ""
    return "Too few answers of this kind were confirmed so far to apply one without asking."


def _size(outcome: MatchOutcome, policy: MatchPolicy) -> str:
    amount = outcome.money.amount
    if policy.automatic_most and amount.decimal() * 100 > policy.automatic_most:
        return f"{amount} is more than the policy applies without asking."
    return ""


def _tie(outcome: MatchOutcome, policy: MatchPolicy) -> str:
    if len(outcome.suggestions) == 1:
        return ""
    best, rival = outcome.suggestions[0], outcome.suggestions[1]
    if rival.rank == best.rank:
        return "Two explanations are equally good; somebody has to choose."
    if best.confidence - rival.confidence < policy.automatic_margin:
        return "Another explanation is too close; somebody has to choose."
    return ""


def _sums(outcome: MatchOutcome, best: Suggestion) -> str:
    applied = sum(each.applied.minor for each in best.applications)
    rest = outcome.money.amount.minor - applied
    if not best.applications or rest < 0:
        return "The parts add up to more than the money."
    if rest and best.gap_kind not in _WITH_REST:
        return "A part of the money would stay unapplied."
    if any(not each.applied for each in best.applications):
        return "A document would get nothing."
    return ""


def _findings(outcome: MatchOutcome, best: Suggestion) -> str:
    serious = [finding for finding in outcome.findings if finding.kind not in _HARMLESS]
    if serious:
        return "There is a finding that a person should see first."
    if outcome.findings and best.method not in _NAMED:
        return "There are too many open documents or possible payers to be sure."
    return ""


def _difference(best: Suggestion, policy: MatchPolicy) -> str:
    if best.gap_kind not in policy.automatic_gaps:
        return "Money and documents differ, and the policy wants a person to look at such a difference."
    if best.gap_kind not in _WITHOUT_DIFFERENCE and best.method not in _NAMED:
        return "Money and documents differ, and the payer did not name the documents."
    if any(record.compared is Compared.GAP and record.level == "unplaced" for record in best.evidence):
        return "It is not said which document bears the difference."
    return ""


def _basis(best: Suggestion, policy: MatchPolicy) -> str:
    if best.method in _NEVER:
        return "Oldest first and on account are for people to choose."
    if best.method not in _NAMED:
        if not policy.automatic_amount_only:
            return "The payer did not name the documents."
        if not payer_known(best):
            return "The payer is not known, and no document is named."
    return ""
