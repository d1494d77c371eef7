"""Many sums of money against one ledger: day by day, each day in rounds, never by order of arrival within a day.

Bank lines are taken in order of value date, balances fall by what was applied before. Within a day every payment is looked at
against the same balances; answers that may be applied and claim no document that another one claims are applied together, then
the rest is looked at again. Answers of one round that claim the same document are a question for a person, whoever came first;
and so is an answer that claims what an earlier payment, which a person still has to decide, almost certainly pays.

A round is weighed by whoever wants to (`Weigh`), as long as every payment gets its look; what is settled follows from the looks
alone. So several processes can share the weighing, each with the whole ledger, and all come to the same end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import groupby
from typing import Final

from core.domain.evidence import Finding, FindingKind, GapKind, MatchOutcome, MoneySeen
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId, RemittanceId
from core.domain.policy import MatchPolicy
from core.match import engine
from core.match.index import MatchIndex
from core.match.remittances import AdviceBook

_ALMOST_CERTAIN: Final = 0.9
_UNSAID: Final = frozenset({GapKind.SHORT_PAY, GapKind.TAX_WITHHELD, GapKind.BANK_FEE})

MayApply = Callable[[MatchOutcome], bool]
Claims = tuple[tuple[InvoiceNumber, int], ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the batch says of one sum of money: the outcome, and whether its best suggestion was applied."""

    outcome: MatchOutcome
    applied: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a batch works on; balances in `index` and waiting advices in `book` change as it goes.

    `undecided` holds what payments that wait for a person almost certainly pay, `doubted` the documents of which their
    answers pay a part: a balance that one of them may have changed does not explain a difference.
    """

    index: MatchIndex
    book: AdviceBook
    policy: MatchPolicy
    undecided: dict[InvoiceNumber, dict[PaymentId, int]] = field(default_factory=dict)
    doubted: set[InvoiceNumber] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Look:
    """What settling a day has to know of one outcome. `claims` are (document, minor units) of the best suggestion.

    `ready`: it may be applied; `differs`: less came than asked, and the payer does not say why; `customers`: whose
    balances mattered to it.
    """

    ready: bool
    claims: Claims
    advices: tuple[RemittanceId, ...]
    customers: frozenset[CustomerId]
    payer: CustomerId | None
    almost_certain: bool
    differs: bool = False


class Fate(Enum):
    """What became of a payment's best suggestion."""

    APPLIED = "applied"
    CONTESTED = "contested"
    ASKED = "asked"


Weigh = Callable[[Sequence[MoneySeen]], Sequence[Look]]
"""The looks of these payments, in their order, against the balances as they stand."""


class Weigher:
    """Weighs payments here and now, and keeps the last outcome of each until it is asked for."""

    def __init__(self, ledger: Ledger, may_apply: MayApply) -> None:
        self._ledger = ledger
        self._may_apply = may_apply
        self._outcomes: dict[PaymentId, MatchOutcome] = {}

    def weigh(self, monies: Sequence[MoneySeen]) -> list[Look]:
        """See `Weigh`."""
        return [self._look(money) for money in monies]

    def _look(self, money: MoneySeen) -> Look:
        ledger = self._ledger
        outcome = engine.suggest(money, ledger.index, ledger.book.near(money), ledger.policy)
        self._outcomes[money.id] = outcome
        best = outcome.suggestions[0] if outcome.suggestions else None
        owners = (each.customer_id for suggestion in outcome.suggestions for each in suggestion.applications)
        return Look(
            ready=self._may_apply(outcome),
            claims=_claims(outcome),
            advices=outcome.advices,
            customers=frozenset((*outcome.payer.candidates, *owners)),
            payer=outcome.payer.customer_id,
            almost_certain=best is not None and best.confidence >= _ALMOST_CERTAIN,
            differs=best is not None and best.gap_kind in _UNSAID,
        )

    def settled(self, payment: PaymentId, fate: Fate) -> Settled:
        """The outcome of a payment whose fate is known; to be asked for once."""
        outcome = self._outcomes.pop(payment)
        return Settled(_with_twin(outcome) if fate is Fate.CONTESTED else outcome, applied=fate is Fate.APPLIED)


def run(monies: Iterable[MoneySeen], ledger: Ledger, may_apply: MayApply) -> Iterator[Settled]:
    """Outcomes by value date, then by payment id."""
    weigher = Weigher(ledger, may_apply)
    for money, fate in fates(monies, ledger, weigher.weigh):
        yield weigher.settled(money.id, fate)


def fates(monies: Iterable[MoneySeen], ledger: Ledger, weigh: Weigh) -> Iterator[tuple[MoneySeen, Fate]]:
    """What becomes of each payment, by value date, then by payment id; `ledger` holds the balances after those days."""
    ordered = sorted(monies, key=lambda money: (money.value_date, money.id))
    for _, day in groupby(ordered, key=lambda money: money.value_date):
        yield from _day(list(day), ledger, weigh)


def _day(monies: Sequence[MoneySeen], ledger: Ledger, weigh: Weigh) -> list[tuple[MoneySeen, Fate]]:
    done: dict[PaymentId, tuple[Look, Fate]] = {}
    waiting = list(monies)
    while waiting:
        looks = {money.id: look for money, look in zip(waiting, weigh(waiting), strict=True)}
        ready = {payment: look for payment, look in looks.items() if look.ready}
        contested = _contested(ready, ledger.index) | _waited_for(ready, ledger)
        touched: set[CustomerId] = set()
        for payment, look in ready.items():
            if payment not in contested:
                touched |= _settle(look, ledger)
        for payment, look in looks.items():
            fate = Fate.CONTESTED if payment in contested else Fate.APPLIED if look.ready else Fate.ASKED
            done[payment] = (look, fate)
        waiting = [
            money for money in waiting if not looks[money.id].ready and not touched.isdisjoint(looks[money.id].customers)
        ]
    for money in monies:
        look, fate = done[money.id]
        _remember(money, look, ledger.index)
        if fate is not Fate.APPLIED:
            _note_claims(money.id, look, ledger)
    return [(money, done[money.id][1]) for money in monies]


def _claims(outcome: MatchOutcome) -> Claims:
    if not outcome.suggestions:
        return ()
    claimed = {each.invoice_number: each.applied.minor + each.discount.minor for each in outcome.suggestions[0].applications}
    return tuple(claimed.items())


def _contested(ready: dict[PaymentId, Look], index: MatchIndex) -> set[PaymentId]:
    """Payments that together would take more of a document than it asks for, or that rest on one advice."""
    claimed: dict[str, list[tuple[PaymentId, int]]] = {}
    for payment, look in ready.items():
        for number, minor in look.claims:
            claimed.setdefault(number, []).append((payment, minor))
        for advice in look.advices:
            claimed.setdefault(f"advice {advice}", []).append((payment, 0))
    found: set[PaymentId] = set()
    for claim, claims in claimed.items():
        if len(claims) < 2:  # noqa: PLR2004  One claim contests nothing.
            continue
        document = index.document(InvoiceNumber(claim))
        if document is None or abs(sum(minor for _, minor in claims)) > abs(document.open):
            found.update(payment for payment, _ in claims)
    return found


def _waited_for(ready: dict[PaymentId, Look], ledger: Ledger) -> set[PaymentId]:
    """Payments that would leave too little for an earlier one that nobody decided yet, or differ from what it may have paid."""
    return {
        payment
        for payment, look in ready.items()
        if any(_spoken_for(number, minor, payment, ledger) for number, minor in look.claims)
        or (look.differs and any(number in ledger.doubted for number, _ in look.claims))
    }


def _spoken_for(number: InvoiceNumber, minor: int, by: PaymentId, ledger: Ledger) -> bool:
    others = [claim for payment, claim in ledger.undecided.get(number, {}).items() if payment != by]
    if not others:
        return False
    document = ledger.index.document(number)
    return document is None or abs(minor + sum(others)) > abs(document.open)


def _note_claims(payment: PaymentId, look: Look, ledger: Ledger) -> None:
    for number, minor in look.claims:
        document = ledger.index.document(number)
        if document is not None and abs(minor) < abs(document.open):
            ledger.doubted.add(number)
    if look.almost_certain:
        for number, minor in look.claims:
            ledger.undecided.setdefault(number, {})[payment] = minor


def _with_twin(outcome: MatchOutcome) -> MatchOutcome:
    numbers = ", ".join(each.invoice_number for each in outcome.suggestions[0].applications[:3])
    finding = Finding(FindingKind.POSSIBLE_TWIN, outcome.money.id, numbers)
    return replace(outcome, findings=(*outcome.findings, finding))


def _remember(money: MoneySeen, look: Look, index: MatchIndex) -> None:
    """Who sent how much when, for recognising a payment made twice."""
    if look.payer is not None and money.incoming:
        index.remember(look.payer, money.amount.currency.code, money.amount.minor, money.value_date.toordinal())


def _settle(look: Look, ledger: Ledger) -> set[CustomerId]:
    """Balances fall, the advices have found their money; whose balances those are."""
    owners: set[CustomerId] = set()
    for number, minor in look.claims:
        ledger.index.settle(number, minor)
        document = ledger.index.document(number)
        if document is not None:
            owners.add(document.customer)
    ledger.book.remove(look.advices)
    return owners
