"""What hypotheses of every kind weigh by one measure: digits that agree, whose documents they are, how many are settled."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from core.domain.ids import CustomerId, InvoiceNumber
from core.match import subsets
from core.match.hypotheses import Desk
from core.match.ledger import OpenDocument
from core.match.mentions import Mention
from core.match.normal import compact, shape
from core.match.schemes import Level, one_edit_apart

_PER_DIGIT: Final = math.log(10)
_DIGITS_COUNTED: Final = 6
_SCHEME_KEPT: Final = 1.0
SLIP: Final = 4.0
"""How much less a number says that is one slip of the finger away."""
_DAYS_AHEAD: Final = 7
_OTHER_CUSTOMER: Final = 2.0
_FEW: Final = 4


def evidence_of(mention: Mention, level: Level) -> float:
    """Logarithm of how unlikely the agreement is by accident: ten for each digit written, up to a limit."""
    if level is Level.NEAR:
        return slip_weight(mention.digits)
    return _PER_DIGIT * min(mention.digits, _DIGITS_COUNTED) + (_SCHEME_KEPT if level <= Level.NO_ZEROS else 0.0)


def slip_weight(digits: int) -> float:
    """The same for a number of so many digits that is one slip of the finger away."""
    return _PER_DIGIT * min(digits, _DIGITS_COUNTED) - SLIP


def usable(desk: Desk, document: OpenDocument) -> bool:
    """Open, in the currency of the money, and not from the future (an invoice may cross with its payment by a few days)."""
    return bool(document.open) and document.currency.code == desk.currency and document.issued <= desk.day + _DAYS_AHEAD


def owners_weight(desk: Desk, documents: Sequence[OpenDocument]) -> float:
    """How likely the owners of these documents are meant; further owners come cheap inside the payer's family only."""
    owners = {document.customer for document in documents}
    known = len(desk.index.customers)
    weights = sorted((desk.payer.weight(owner, known) for owner in owners), reverse=True)
    others = weights[1:]
    return weights[0] - sum(_OTHER_CUSTOMER + min(4.0, max(0.0, -weight) / 3) for weight in others)


def unrelated(desk: Desk, documents: Sequence[OpenDocument]) -> bool:
    """Whether they belong to customers that our records do not show as one group."""
    owners = {document.customer for document in documents}
    return len(owners) > 1 and not owners <= set(desk.index.family(min(owners)))


def set_size_weight(desk: Desk, documents: Sequence[OpenDocument]) -> float:
    """How often payers settle one certain set of this size among the open documents of these owners."""
    owners = sorted({document.customer for document in documents})
    count = sum([desk.index.count_of(owner, desk.currency, desk.day) for owner in owners])
    return subsets.set_weight(len(documents), max(count, len(documents)))


def said(
    documents: Sequence[OpenDocument],
    weights: Mapping[InvoiceNumber, tuple[str, float]],
    choices: Sequence[tuple[Mention, Sequence[OpenDocument]]],
) -> list[tuple[tuple[str, float], InvoiceNumber]]:
    """What words say of these documents: one that can mean several of them means the one it fits best, never all of them."""
    words = [(weights[document.number], document.number) for document in documents if document.number in weights]
    inside = {number for _, number in words}
    for mention, options in choices:
        others = [each.number for each in options if each.number in inside][1:]
        if others:
            words = [each for each in words if each[0][0] != mention.text or each[1] not in others]
    return words


def one_slip_away(desk: Desk, written: str, scope: Sequence[CustomerId]) -> list[OpenDocument]:
    """Documents of the scope whose number is one slip of the finger away from what was written; a few of them."""
    wanted = shape(compact(written))
    size = len(wanted)
    near = [
        document
        for customer in scope
        for document in desk.index.slips_of(customer, desk.currency, desk.day, wanted)
        if len(document.plain) == size and one_edit_apart(wanted, document.plain)
    ]
    return near[:_FEW]
