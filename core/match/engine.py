"""One sum of money in, everything the matcher has to say about it out. Pure: no clock, no chance, no memory between calls.

The same function serves a batch of a hundred thousand lines and the one payment that just came in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.domain.evidence import (
    Finding,
    FindingKind,
    GapKind,
    MatchOutcome,
    MoneySeen,
    SuggestedApplication,
    Suggestion,
)
from core.domain.ids import CustomerId
from core.domain.money import Money
from core.domain.policy import MatchPolicy
from core.domain.remittance import RemittanceAdvice
from core.match import (
    amounts,
    bank_text,
    calibration,
    explain,
    name_spellings,
    naming,
    payer,
    references,
    remittances,
    score,
    standing,
)
from core.match.gaps import Setting
from core.match.hypotheses import UNKNOWN_PAYER, Desk, Hypothesis
from core.match.index import MatchIndex
from core.match.score import Ranked

_SHOWN: Final = 0.02
_SETTLED_BY_NAMES: Final = 12.0
_LIKELIER_THAN_NOT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that was weighed for one payment: all answers, best first, and the shares of what is not among them."""

    outcome: MatchOutcome
    answers: tuple[Suggestion, ...]
    unlisted: float
    something_else: float
    payers: tuple[tuple[CustomerId, float], ...]


def suggest(money: MoneySeen, index: MatchIndex, advices: Sequence[RemittanceAdvice], policy: MatchPolicy) -> MatchOutcome:
    """Who sent this money and what it settles, with every rival. `advices` may belong to it; others do no harm."""
    desk = _desk(money, index, policy)
    return _outcome(desk, *_weighed(desk, advices), advices)


def explain_all(money: MoneySeen, index: MatchIndex, advices: Sequence[RemittanceAdvice], policy: MatchPolicy) -> Explained:
    """The outcome of `suggest` and everything that it was chosen from."""
    desk = _desk(money, index, policy)
    ranked, other = _weighed(desk, advices)
    unlisted = max(0.0, 1.0 - other - sum(each.confidence for each in ranked)) if ranked else 0.0
    shares = {**desk.payer.family, **desk.payer.shares}
    payers = tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    return Explained(_outcome(desk, ranked, other, advices), _suggestions(desk, ranked), unlisted, other, payers)


def _weighed(desk: Desk, advices: Sequence[RemittanceAdvice]) -> tuple[list[Ranked], float]:
    """All hypotheses, best first, and the share of "something else"."""
    if not desk.money.incoming:
        return [], 1.0
    remittances.consider(desk, advices)
    naming.consider(desk)
    other = score.something_else(desk)
    # Without money (a test of an account, an order that nets to nothing) only words can say what it settles.
    if desk.setting.amount and (desk.doubtful or desk.best() < other + _SETTLED_BY_NAMES):
        amounts.consider(desk)
    return score.rank(desk, other)


def _outcome(desk: Desk, ranked: Sequence[Ranked], other: float, advices: Sequence[RemittanceAdvice]) -> MatchOutcome:
    money, policy = desk.money, desk.policy
    if not money.incoming:
        finding = Finding(FindingKind.MONEY_TAKEN_BACK, money.amount.text())
        return _nothing(desk, "This money was taken back from our account; it settles nothing.", GapKind.NONE, (finding,))
    shown = _with_the_literal([each for each in ranked[: policy.rivals_shown + 1] if each.confidence >= _SHOWN], ranked)
    if not shown or other > shown[0].confidence or _only_amount(shown[0]):
        return _unexplained(desk)
    suggestions = calibration.calibrated(_suggestions(desk, shown), policy.record)
    used = shown[0].hypothesis.advices
    credited = [each for each in advices if each.id in used]
    findings = (
        *(finding for each in credited for finding in each.findings),
        *remittances.against(desk, shown[0].hypothesis, credited),
        *remittances.contradicting(shown[0].hypothesis, [each.hypothesis for each in ranked]),
        *(Finding(FindingKind.LIMIT_REACHED, limit) for limit in desk.limits),
    )
    return MatchOutcome(
        money=money,
        payer=standing.payer(desk, ranked),
        suggestions=suggestions,
        advices=used,
        findings=findings,
    )


def _with_the_literal(shown: list[Ranked], ranked: Sequence[Ranked]) -> list[Ranked]:
    """Where documents that nobody named complete the likeliest answer, the named ones alone stand third at the latest.

    Whoever looks at a payment wants to see what its words say, not five ways of adding to them.
    """
    if not shown or not shown[0].hypothesis.partly_named:
        return shown
    named = next((each for each in ranked if each.hypothesis.named and not each.hypothesis.partly_named), None)
    return shown if named is None or any(each is named for each in shown[:3]) else [*shown[:2], named]


def _only_amount(best: Ranked) -> bool:
    """Nothing but the amount speaks for it, and something else is as likely."""
    return best.hypothesis.label == UNKNOWN_PAYER and best.confidence < _LIKELIER_THAN_NOT


def _desk(money: MoneySeen, index: MatchIndex, policy: MatchPolicy) -> Desk:
    bank = bank_text.read(money.reference, money.text)
    found = payer.find(money.payer_name or bank.name, money.payer_account, index)
    if not found.known and not money.payer_name:
        named = name_spellings.in_text(bank.everything, index)
        # Where nobody is named there either, the stranger's name stays, to be shown.
        found = payer.find(named, money.payer_account, index) if named else found
    words = references.find(bank.segments, index, found.near, cut=bank.cut)
    setting = Setting(money.amount.minor, money.value_date.toordinal(), words, policy, bank.everything, words.cut)
    return Desk(money, index, policy, bank, words, found, setting)


def _nothing(
    desk: Desk, why: str, gap: GapKind, findings: tuple[Finding, ...] = (), *, unexplained: bool = False
) -> MatchOutcome:
    payer_found = standing.payer(desk, [], unexplained=unexplained)
    return MatchOutcome(money=desk.money, payer=payer_found, suggestions=(), abstained=why, findings=findings, gap_kind=gap)


def _unexplained(desk: Desk) -> MatchOutcome:
    """No document explains the money: say which of the known reasons that has."""
    if not desk.setting.amount:
        return _nothing(desk, "No money came with this line; it settles nothing.", GapKind.NONE)
    if desk.other_currency:
        document = desk.other_currency[0]
        finding = Finding(FindingKind.CURRENCY_DIFFERS, desk.currency, document.currency.code)
        why = f"{document.number} is in {document.currency.code}, the money in {desk.currency}."
        return _nothing(desk, why, GapKind.EXCHANGE, (finding,))
    if desk.settled:
        number = next(iter(desk.settled.values())).number
        finding = Finding(FindingKind.POSSIBLE_TWIN, number)
        return _nothing(desk, f"It names {number}, which is settled already.", GapKind.DUPLICATE, (finding,))
    if desk.bank.on_account:
        return _nothing(desk, "The payer says that this is money on account.", GapKind.NONE)
    if not desk.payer.known:
        return _nothing(desk, "Neither the payer nor a document of ours can be recognised.", GapKind.NONE)
    return _nothing(desk, "No open documents of this payer add up to the amount.", GapKind.NONE, unexplained=True)


def _suggestions(desk: Desk, shown: Sequence[Ranked]) -> tuple[Suggestion, ...]:
    found = []
    rank = 0
    last = -1.0
    for place, each in enumerate(shown, 1):
        if abs(each.confidence - last) > 1e-9:  # noqa: PLR2004  Equal but for the order of additions.
            rank = place
        last = each.confidence
        found.append(_suggestion(desk, each, rank, len(shown)))
    return tuple(found)


def _suggestion(desk: Desk, ranked: Ranked, rank: int, rivals: int) -> Suggestion:
    hypothesis: Hypothesis = ranked.hypothesis
    reading = hypothesis.reading
    unit = desk.money.amount.currency
    parts = sorted(zip(hypothesis.documents, reading.money, reading.discounts, strict=True), key=lambda part: part[0].order_key)
    owners = sorted({document.customer for document in hypothesis.documents})
    main = max(owners, key=lambda customer: (desk.payer.shares.get(customer, 0.0), customer))
    return Suggestion(
        rank=rank,
        customer_id=main,
        method=hypothesis.method,
        confidence=ranked.confidence,
        applications=tuple(
            SuggestedApplication(document.number, document.customer, Money(money, unit), Money(discount, unit))
            for document, money, discount in parts
        ),
        gap_kind=reading.kind,
        gap=Money(reading.gap, unit),
        evidence=explain.evidence(desk, hypothesis, rivals),
    )
