"""Rows of `applications.csv`: one for each application of the best answer, then those of its rivals."""

from typing import Final

from core.domain.evidence import Compared, MatchOutcome, Suggestion
from core.domain.ids import CustomerId
from core.domain.money import total
from core.match.batch import Settled
from core.match.explain import sentences
from core.match.hypotheses import UNKNOWN_PAYER

_NAMED: Final = 0.7
_CERTAIN: Final = 0.95

COLUMNS: Final = (
    "payment_id", "decision", "customer_id", "customer_confidence", "confidence", "rank", "invoice_number", "applied",
    "discount", "gap_kind", "gap", "unapplied", "because",
)  # fmt: skip


def rows_of(settled: Settled) -> list[list[str]]:
    """All rows of one payment; at least one. Ranks are places in the list: equally good answers still stand one by one."""
    outcome = settled.outcome
    if not outcome.suggestions:
        return [_nothing(outcome)]
    decision = "auto" if settled.applied else "suggest"
    shown = outcome.suggestions[:1] if settled.applied else outcome.suggestions
    return [row for rank, each in enumerate(shown, 1) for row in _rows(outcome, each, decision, rank)]


def _nothing(outcome: MatchOutcome) -> list[str]:
    money = outcome.money.amount
    payer = outcome.payer
    customer = payer.customer_id or ""
    confidence = f"{payer.confidence:.4f}" if customer else "0"
    return [
        outcome.money.id, "abstain", customer, confidence, "0", "1", "", "", "",
        outcome.gap_kind.value, "", money.text(), outcome.abstained,
    ]  # fmt: skip


def _named(outcome: MatchOutcome, suggestion: Suggestion, decision: str) -> set[CustomerId]:
    """Whom the answer names: all owners of what is applied; of what is asked about only the payer, where one stands out.

    A word that was misread often points to somebody's document, so further owners are named by an answer that is certain and
    leaves no difference that nobody placed. An amount by itself names nobody.
    """
    owners = {each.customer_id for each in suggestion.applications}
    if decision == "auto":
        return owners
    tied = {frozenset(part.customer_id for part in each.applications) for each in outcome.suggestions if each.rank == 1}
    said = {(record.compared, record.level) for record in suggestion.evidence}
    if len(tied) > 1 or (Compared.DUE_DATE, UNKNOWN_PAYER) in said:
        return set()
    payer = outcome.payer
    if len(owners) > 1 and (Compared.GAP, "unplaced") not in said:
        # Where nothing points to one of several owners they share the weight of the answer.
        shared = payer.confidence * len(owners) if owners == set(payer.candidates[: len(owners)]) else 0.0
        if suggestion.confidence >= _CERTAIN or _NAMED <= shared <= 1.0:
            return owners
    return owners & set(payer.candidates[:1]) if payer.confidence >= _NAMED else set()


def _rows(outcome: MatchOutcome, suggestion: Suggestion, decision: str, rank: int) -> list[list[str]]:
    money = outcome.money.amount
    rest = money - total((each.applied for each in suggestion.applications), money.currency)
    because = sentences(suggestion)
    named = _named(outcome, suggestion, decision)
    return [
        [
            outcome.money.id, decision, each.customer_id if each.customer_id in named else "",
            f"{outcome.payer.confidence:.4f}", f"{suggestion.confidence:.4f}", str(rank),
            each.invoice_number, each.applied.text(), each.discount.text(),
            suggestion.gap_kind.value, suggestion.gap.text(), rest.text(), because if not at else "",
        ]
        for at, each in enumerate(suggestion.applications)
    ]  # fmt: skip
