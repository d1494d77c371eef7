"""Weights to confidence: one scoring for the batch and for a single payment, the same answer whatever the order of anything.

The confidence of a hypothesis is its share of the weight of everything that could have made this payment: the other hypotheses,
the sets that were only counted, and "something else" (money on account, a payment made twice, somebody who is no customer).
"""

import math
import re
from dataclasses import dataclass
from typing import Final

from core.domain.parties import AliasKind
from core.match import habits
from core.match.hypotheses import Desk, Hypothesis
from core.match.schemes import Level
from core.match.subsets import log_density
from core.match.weighing import evidence_of

_SOMETHING_ELSE: Final = math.log(0.08)
_UNKNOWN_NUMBER: Final = 2.5
_NO_CUSTOMER: Final = re.compile(
    r"INTEREST|TAX REFUND|ERSTATTUNG|SWEEP|INTERNAL TRANSFER|OWN TRANSFER|PAYROLL|SETTLEMENT|REFUND|RETURNED|TREASURY|MISC PAY"
)
_SAID: Final = 5.0
_SENT_TWICE: Final = math.log(0.01)


@dataclass(slots=True)
class Ranked:
    """A hypothesis with its share of all weight."""

    hypothesis: Hypothesis
    confidence: float


def no_customer(desk: Desk) -> bool:
    """The words are those of interest, refunds, returns and transfers of one's own."""
    return bool(_NO_CUSTOMER.search(desk.words.text)) and not desk.payer.known


def something_else(desk: Desk) -> float:
    """Weight of all explanations that settle none of the listed documents."""
    weight = _SOMETHING_ELSE + log_density(desk.setting.amount)
    weight += _SAID * desk.bank.on_account + _SAID * no_customer(desk)
    for mention in desk.words.mentions:
        if mention.text in desk.settled:
            weight += evidence_of(mention, Level.NEAR)
    if any(
        desk.index.sent_before(customer, desk.currency, desk.setting.amount, desk.day, desk.policy.duplicate_days)
        for customer in desk.payer.shares
    ):
        weight = max(weight, _SENT_TWICE)
    return weight + _UNKNOWN_NUMBER * min(2, len(desk.words.unknown)) * (1.0 - _numbers_of_its_own(desk))


def _numbers_of_its_own(desk: Desk) -> float:
    """How likely the payer is one of whom people confirmed that it writes numbers of its own, which are none of ours."""
    habit = (AliasKind.REFERENCE_HABIT, habits.OWN_NUMBER)
    return min(1.0, sum(share for customer, share in desk.payer.shares.items() if habits.held(desk.index, customer, habit)))


def rank(desk: Desk, other: float) -> tuple[list[Ranked], float]:
    """Hypotheses by confidence, best first, and the share of "something else", which weighs `other`.

    Order among equals is for display only.
    """
    weights = [each.weight for each in desk.found.values()]
    unlisted = math.log(desk.unlisted) if desk.unlisted > 0 else -math.inf
    top = max([other, unlisted, *weights])
    mass = sum(math.exp(weight - top) for weight in sorted([other, unlisted, *weights]))
    ranked = [Ranked(each, math.exp(each.weight - top) / mass) for each in desk.found.values()]
    ranked.sort(key=lambda each: (-each.confidence, each.hypothesis.key))
    return ranked, math.exp(other - top) / mass
