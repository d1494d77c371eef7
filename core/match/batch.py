"""Many sums of money against one ledger: day by day, each day in rounds, never by order of arrival within a day.

Bank lines are taken in order of value date, balances fall by what was applied before. Within a day every payment is looked at
against the same balances; answers that may be applied and claim no document that another one claims are applied together, then
the rest is looked at again. Answers of one round that claim the same document are a question for a person, whoever came first;
and so is an answer that claims what an earlier payment, which a person still has to decide, almost certainly pays.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from core.domain.evidence import Finding, FindingKind, MatchOutcome, MoneySeen, Suggestion
from core.domain.ids import InvoiceNumber, PaymentId
from core.domain.policy import MatchPolicy
from core.match import engine
from core.match.index import MatchIndex
from core.match.remittances import AdviceBook

_ALMOST_CERTAIN: Final = 0.9

MayApply = Callable[[MatchOutcome], bool]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the batch says of one sum of money: the outcome, and whether its best suggestion was applied."""

    outcome: MatchOutcome
    applied: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a batch works on; balances in `index` and waiting advices in `book` change as it goes."""

    index: MatchIndex
    book: AdviceBook
    policy: MatchPolicy
    undecided: dict[InvoiceNumber, dict[PaymentId, int]] = field(default_factory=dict)


def run(monies: Iterable[MoneySeen], ledger: Ledger, may_apply: MayApply) -> Iterator[Settled]:
    """Outcomes by value date, then by payment id."""
    ordered = sorted(monies, key=lambda money: (money.value_date, money.id))
    for _, day in groupby(ordered, key=lambda money: money.value_date):
        yield from _day(list(day), ledger, may_apply)


def _day(monies: Sequence[MoneySeen], ledger: Ledger, may_apply: MayApply) -> list[Settled]:
    done: dict[PaymentId, Settled] = {}
    waiting = list(monies)
    while waiting:
        outcomes = [engine.suggest(money, ledger.index, ledger.book.near(money), ledger.policy) for money in waiting]
        ready = [outcome for outcome in outcomes if may_apply(outcome)]
        contested = _contested(ready, ledger.index) | _waited_for(ready, ledger)
        applied = [outcome for outcome in ready if outcome.money.id not in contested]
        for outcome in applied:
            _settle(outcome, ledger)
            done[outcome.money.id] = Settled(outcome, applied=True)
        for outcome in ready:
            if outcome.money.id in contested:
                done[outcome.money.id] = Settled(_with_twin(outcome), applied=False)
        left = [outcome for outcome in outcomes if outcome.money.id not in done]
        touched = {each.customer_id for outcome in applied for each in outcome.suggestions[0].applications}
        again = [outcome for outcome in left if touched & _looked_at(outcome)]
        done.update((outcome.money.id, Settled(outcome, applied=False)) for outcome in left)
        waiting = [outcome.money for outcome in again]
        for money in waiting:
            del done[money.id]
    for settled in done.values():
        _remember(settled.outcome, ledger.index)
        if not settled.applied:
            _note_claims(settled.outcome, ledger)
    return [done[money.id] for money in monies]


def _looked_at(outcome: MatchOutcome) -> set[str]:
    """Customers whose balances mattered to an outcome."""
    found: set[str] = set(outcome.payer.candidates)
    for suggestion in outcome.suggestions:
        found.update(each.customer_id for each in suggestion.applications)
    return found


def _claims(suggestion: Suggestion) -> dict[InvoiceNumber, int]:
    return {each.invoice_number: each.applied.minor + each.discount.minor for each in suggestion.applications}


def _contested(ready: Sequence[MatchOutcome], index: MatchIndex) -> set[PaymentId]:
    """Outcomes that together would take more of a document than it asks for, or that rest on one advice."""
    claimed: dict[str, list[tuple[PaymentId, int]]] = {}
    for outcome in ready:
        best = outcome.suggestions[0]
        for number, minor in _claims(best).items():
            claimed.setdefault(number, []).append((outcome.money.id, minor))
        for advice in outcome.advices:
            claimed.setdefault(f"advice {advice}", []).append((outcome.money.id, 0))
    found: set[PaymentId] = set()
    for claim, claims in claimed.items():
        if len(claims) < 2:  # noqa: PLR2004  One claim contests nothing.
            continue
        document = index.document(InvoiceNumber(claim))
        if document is None or abs(sum(minor for _, minor in claims)) > abs(document.open):
            found.update(payment for payment, _ in claims)
    return found


def _waited_for(ready: Sequence[MatchOutcome], ledger: Ledger) -> set[PaymentId]:
    """Outcomes that would leave too little for an earlier payment, almost certain to pay the same, that nobody decided yet."""
    return {
        outcome.money.id
        for outcome in ready
        if any(_spoken_for(number, minor, outcome, ledger) for number, minor in _claims(outcome.suggestions[0]).items())
    }


def _spoken_for(number: InvoiceNumber, minor: int, outcome: MatchOutcome, ledger: Ledger) -> bool:
    others = [claim for payment, claim in ledger.undecided.get(number, {}).items() if payment != outcome.money.id]
    document = ledger.index.document(number)
    return bool(others) and (document is None or abs(minor + sum(others)) > abs(document.open))


def _note_claims(outcome: MatchOutcome, ledger: Ledger) -> None:
    if outcome.suggestions and outcome.suggestions[0].confidence >= _ALMOST_CERTAIN:
        for number, minor in _claims(outcome.suggestions[0]).items():
            ledger.undecided.setdefault(number, {})[outcome.money.id] = minor


def _with_twin(outcome: MatchOutcome) -> MatchOutcome:
    numbers = ", ".join(each.invoice_number for each in outcome.suggestions[0].applications[:3])
    finding = Finding(FindingKind.POSSIBLE_TWIN, outcome.money.id, numbers)
    return MatchOutcome(
        outcome.money, outcome.payer, outcome.suggestions, outcome.abstained, outcome.advices, (*outcome.findings, finding)
    )


def _remember(outcome: MatchOutcome, index: MatchIndex) -> None:
    """Who sent how much when, for recognising a payment made twice."""
    money = outcome.money
    if outcome.payer.customer_id is not None and money.incoming:
        index.remember(outcome.payer.customer_id, money.amount.currency.code, money.amount.minor, money.value_date.toordinal())


def _settle(outcome: MatchOutcome, ledger: Ledger) -> None:
    for number, minor in _claims(outcome.suggestions[0]).items():
        ledger.index.settle(number, minor)
    ledger.book.remove(outcome.advices)
