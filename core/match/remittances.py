"""Joins remittance advices to money: by amount, by the payment reference, by payer and a small charge; one or several advices.

An advice is the payer's own list, so its lines outweigh amounts; but an advice proves nothing about *whose* money this is until
something ties the two together. Lines are read like words of the payer: a mistyped number is settled by the line's own amount.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.domain.evidence import Finding, FindingKind, GapKind, Method
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.remittance import RemittanceAdvice, RemittanceLine
from core.match import gaps, references
from core.match.advice_book import SHORTEST_REFERENCE, AdviceBook, Bundle, bundles, in_window, stated_in
from core.match.gaps import Reading
from core.match.hypotheses import Desk, Hypothesis
from core.match.ledger import OpenDocument
from core.match.mentions import Mention
from core.match.naming import ignored
from core.match.normal import compact, name_key, shape
from core.match.schemes import Level, one_edit_apart
from core.match.weighing import evidence_of, owners_weight, slip_weight, usable

_PRIOR: Final = math.log(0.4)
_TOGETHER: Final = -1.5
_REFERENCE: Final = 6.0
_SENDER: Final = 2.0
_LINE_DIFFERS: Final = -3.0
_BY_LINE_AMOUNT: Final = -0.7
_AS_WRITTEN: Final = math.log(0.2)
_DAYS: Final = ((0, 2.0), (1, -0.5), (3, -2.5), (60, -5.0))
_FINDING: Final = -4.0
_NO_DAY: Final = 2
_DAY_AFTER: Final = 1
_WHOLE_NUMBER: Final = 5
_WITHOUT_DIFFERENCE: Final = frozenset({GapKind.NONE, GapKind.EARNED_DISCOUNT})
_USUAL: Final = frozenset({GapKind.BANK_FEE, GapKind.ROUNDING, GapKind.LATE_DISCOUNT, GapKind.TAX_WITHHELD})
_TAX_WORDS: Final = ("WHT", "TAX", "TDS", "QUELLENSTEUER")


@dataclass(frozen=True, slots=True)
class _Line:
    line: RemittanceLine
    document: OpenDocument
    weight: float
    text: str


def consider(desk: Desk, advices: Sequence[RemittanceAdvice]) -> None:
    """Lay down every hypothesis that rests on an advice."""
    unit = desk.money.amount.currency
    stated = [known for known in (stated_in(advice, unit) for advice in advices) if known is not None]
    for bundle in bundles(stated):
        if bundle.currency() in {"", desk.currency}:
            tie = _tie(desk, bundle)
            if tie is not None:
                _hypothesize(desk, bundle, tie)


def _tie(desk: Desk, bundle: Bundle) -> float | None:
    """What joins advice and money, as a logarithm; None when nothing does."""
    sums = bundle.sums()
    amount = desk.setting.amount
    named = _referred(desk, bundle)
    if not in_window(bundle, desk.day, desk.policy) or not (named or amount in sums or _charged(desk, bundle, sums)):
        return None
    weight = _PRIOR + _REFERENCE * named + _TOGETHER * (len(bundle.advices) - 1)
    days = max((abs(advice.paid_on.toordinal() - desk.day) for advice in bundle.advices if advice.paid_on), default=_NO_DAY)
    weight += next(cost for limit, cost in _DAYS if days <= limit)
    return weight + _FINDING * any(advice.findings for advice in bundle.advices)


def _referred(desk: Desk, bundle: Bundle) -> bool:
    """The bank's text holds the payment reference of the advice."""
    keys = [key for key in (compact(advice.payment_reference) for advice in bundle.advices) if len(key) >= SHORTEST_REFERENCE]
    return any(key in compact(desk.bank.everything) for key in keys)


def _charged(desk: Desk, bundle: Bundle, sums: Iterable[int]) -> bool:
    """The advice says more than the money by what a bank charges, and comes from a possible payer."""
    exponent = desk.money.amount.currency.exponent
    if not any(gaps.is_fee(total - desk.setting.amount, desk.policy, exponent) for total in sums):
        return False
    senders = _senders(desk, bundle)
    return any(sender in desk.payer.shares or sender in desk.payer.family for sender in senders)


def against(desk: Desk, best: Hypothesis, advices: Sequence[RemittanceAdvice]) -> tuple[Finding, ...]:
    """What a person should see before money is taken for what these advices speak of: another day, other documents."""
    numbers = {document.number for document in best.documents}
    named = [
        document
        for mention in desk.words.mentions
        for level, document in mention.hits
        if level is Level.FULL and mention.digits >= _WHOLE_NUMBER and usable(desk, document)
    ]
    owners = {document.customer for document in best.documents}
    others = [document.number for document in named if document.customer in owners and document.number not in numbers]
    if advices and others and best.reading.kind not in _WITHOUT_DIFFERENCE:
        return (Finding(FindingKind.ADVICE_NAMES_ANOTHER, others[0]),)
    later = [each.paid_on for each in advices if each.paid_on and each.paid_on.toordinal() - desk.day > _DAY_AFTER]
    if later and not named and not any(_referred(desk, Bundle((each,))) for each in advices):
        return (Finding(FindingKind.ADVICE_OF_LATER_DAY, later[0].isoformat(), desk.money.value_date.isoformat()),)
    return ()


def contradicting(best: Hypothesis, others: Sequence[Hypothesis]) -> tuple[Finding, ...]:
    """An advice of exactly this money shares documents with the answer and names another one in place of the rest.

    It speaks of this payment then, and one of the two, bank's text or advice, was mistyped.
    """
    if best.advices:
        return ()
    numbers = {document.number for document in best.documents}
    for other in others:
        if other.advices and other.reading.kind in _WITHOUT_DIFFERENCE:
            advised = {document.number for document in other.documents}
            if numbers & advised and numbers - advised and advised - numbers:
                return (Finding(FindingKind.ADVICE_NAMES_ANOTHER, min(numbers - advised)),)
    return ()


def _senders(desk: Desk, bundle: Bundle) -> set[CustomerId]:
    """Customers that the advice itself points to: by its sender's domain, or by the payer it names."""
    found: set[CustomerId] = set()
    for advice in bundle.advices:
        found.update(desk.index.domains.get(advice.sender.rpartition("@")[2].lower(), ()))
        found.update(desk.index.names.get(name_key(advice.payer_name), ()) if advice.payer_name else ())
        if advice.customer_id:
            found.add(advice.customer_id)
    return found


def _hypothesize(desk: Desk, bundle: Bundle, tie: float) -> None:
    senders = _senders(desk, bundle)
    near = {member for customer in (*desk.payer.shares, *senders) for member in desk.index.family(customer)}
    lines: list[_Line] = []
    for line in bundle.lines:
        read = _read_line(desk, line, near, [each.document for each in lines])
        if read is None:
            return
        lines.append(read)
    documents = list({each.document.number: each.document for each in lines}.values())
    if not documents:
        return
    owners = {document.customer for document in documents}
    family = {member for owner in owners for member in desk.index.family(owner)}
    weight = tie + owners_weight(desk, documents) + sum(each.weight for each in lines) + _words(desk, documents)
    if senders:
        weight += _SENDER if senders & family else -_SENDER
    named = tuple((each.text, each.document.number) for each in lines)
    for reading in _readings(desk, lines, documents):
        method = Method.NAMED_IN_REMITTANCE
        desk.add(Hypothesis(tuple(documents), reading, method, weight + reading.weight, named, bundle.ids))
        if tie < _PRIOR:
            desk.doubtful = True


def _readings(desk: Desk, lines: Sequence[_Line], documents: Sequence[OpenDocument]) -> list[Reading]:
    exact = gaps.exact(documents, desk.setting)
    if exact is not None:
        # Money that the bank's own text calls an advance is hardly what an advice of that sum speaks of.
        return [replace(exact, placed=not desk.bank.on_account)]
    written = _as_written(desk, lines, documents)
    if written is not None:
        return [written]
    others = gaps.readings(documents, desk.setting)
    return [replace(reading, placed=reading.kind in _USUAL and not _unsaid_tax(reading)) for reading in others]


def _unsaid_tax(reading: Reading) -> bool:
    """A rate of tax that neither text nor advice speaks of: a tenth is missing for many reasons."""
    return reading.kind is GapKind.TAX_WITHHELD and not reading.placed


def _words(desk: Desk, documents: Sequence[OpenDocument]) -> float:
    """What the bank's text says of these documents: named there too, or others named instead."""
    numbers = {document.number for document in documents}
    explained: dict[str, float] = {}
    other: list[Mention] = []
    for mention in desk.words.mentions:
        inside = [
            (evidence_of(mention, level), document.number) for level, document in mention.hits if document.number in numbers
        ]
        inside = inside or _slips(mention.text, mention.digits, documents)
        if inside:
            weight, number = max(inside)
            explained[number] = max(weight, explained.get(number, 0.0))
        else:
            other.append(mention)
    for unknown in desk.words.unknown:
        for weight, number in _slips(unknown, sum(mark.isdigit() for mark in unknown), documents):
            explained[number] = max(weight, explained.get(number, 0.0))
    return sum(explained[number] for number in sorted(explained)) - ignored(desk, other)


def _slips(written: str, digits: int, documents: Sequence[OpenDocument]) -> list[tuple[float, InvoiceNumber]]:
    """The only one of these documents whose number is one slip of the finger away from a word of the bank's text."""
    wanted = shape(compact(written))
    near = [document.number for document in documents if one_edit_apart(wanted, document.plain)]
    return [(slip_weight(digits), near[0])] if len(near) == 1 else []


def _as_written(desk: Desk, lines: Sequence[_Line], documents: Sequence[OpenDocument]) -> Reading | None:
    """The advice says how much each document gets, and that adds up to the money."""
    if len(lines) != len(documents) or any(each.line.paid is None for each in lines):
        return None
    money = tuple(each.line.paid.minor for each in lines if each.line.paid is not None)
    if sum(money) != desk.setting.amount:
        return None
    discounts = tuple(_allowed_discount(each, desk.day) for each in lines)
    for each, paid, discount in zip(lines, money, discounts, strict=True):
        if paid * each.document.open <= 0 or abs(paid) + discount > abs(each.document.open):
            return None
    gap = desk.setting.amount - sum(document.open for document in documents)
    kind = _kind(lines, gap, sum(discounts))
    if kind is GapKind.SHORT_PAY and gaps.written_down(-gap, documents[0].currency.exponent, desk.setting):
        kind = GapKind.DEDUCTION
    # A difference that the advice itself does not explain may be a slip in the advice.
    return Reading(kind, gap, money, discounts, _AS_WRITTEN, placed=kind is not GapKind.SHORT_PAY)


def _allowed_discount(each: _Line, day: int) -> int:
    asked = each.line.discount.minor if each.line.discount is not None else 0
    earned = each.document.earned(day)
    return earned if asked and asked == earned else 0


def _kind(lines: Sequence[_Line], gap: int, earned: int) -> GapKind:
    reasons = " ".join(each.line.reason.upper() for each in lines)
    if gap + earned == 0:
        return GapKind.EARNED_DISCOUNT if earned else GapKind.NONE
    if any(word in reasons for word in _TAX_WORDS):
        return GapKind.TAX_WITHHELD
    if reasons.strip():
        return GapKind.DEDUCTION
    if any(each.line.discount is not None and each.line.discount for each in lines):
        return GapKind.LATE_DISCOUNT
    return GapKind.SHORT_PAY


def _read_line(desk: Desk, line: RemittanceLine, near: set[CustomerId], taken: Sequence[OpenDocument]) -> _Line | None:
    """Which document a line means: by its number near the payer, by its full number anywhere, else by its own amount."""
    mention = references.look_up(line.reference, desk.index)
    hits = [(level, document) for level, document in mention.hits if usable(desk, document)] if mention else []
    inside = [hit for hit in hits if hit[1].customer in near] or [hit for hit in hits if hit[0] <= Level.DIGITS]
    best = [hit for hit in inside if hit[0] == min(level for level, _ in inside)] if inside else []
    free = [hit for hit in best if all(hit[1] is not other for other in taken)]
    asked = {amount.minor for amount in (line.gross, line.paid) if amount is not None}
    if mention is not None and len(free) == 1 and (not asked or free[0][1].open in asked):
        return _Line(line, free[0][1], 0.0, line.reference)
    slip = _slipped(desk, line, near, asked)
    if slip is not None and all(slip is not other for other in taken):
        return _Line(line, slip, _BY_LINE_AMOUNT, line.reference)
    if mention is not None and len(free) == 1:
        return _Line(line, free[0][1], _LINE_DIFFERS if line.gross is not None else 0.0, line.reference)
    pool = [document for _, document in free] or _near_documents(desk, near)
    fitting = [document for document in pool if document.open in asked and all(document is not other for other in taken)]
    if len(fitting) == 1:
        return _Line(line, fitting[0], _BY_LINE_AMOUNT, line.reference)
    return None


def _slipped(desk: Desk, line: RemittanceLine, near: Iterable[CustomerId], asked: set[int]) -> OpenDocument | None:
    """The one document near the payer of the line's amount whose number is one slip away from what was written."""
    wanted = shape(compact(line.reference))
    found = [
        document
        for document in _near_documents(desk, near)
        if document.open in asked and one_edit_apart(wanted, document.plain)
    ]
    return found[0] if len(found) == 1 else None


def _near_documents(desk: Desk, near: Iterable[CustomerId]) -> list[OpenDocument]:
    return [document for customer in sorted(near) for document in desk.index.of_customer(customer, desk.currency, desk.day)]


__all__ = ["AdviceBook", "bundles", "consider"]
