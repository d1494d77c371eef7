"""Why a line is linked as it is, as records; and the records as sentences."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.domain.line_comparison import LinkAspect, LinkEvidence, OrderNamed, Reading
from core.domain.measures import as_decimal, written
from core.domain.payables import PurchaseOrderLine
from core.match.lines.candidates import ALL_WORDS, CODE, OTHER_ORDER, QUANTITY_EQUAL, RATE_EQUAL, WORD, Candidate, Named
from core.match.lines.joint import Option, Weighed

_CODES: Final = {Named.OUR_CODE: "ours", Named.THEIR_CODE: "theirs"}
_SHOWN: Final = 60


def evidence_for(weighed: Weighed, option: Option, named: Sequence[OrderNamed]) -> tuple[LinkEvidence, ...]:
    """What speaks for and against the option of a line, the strongest first."""
    first = option.candidates[0]
    line = weighed.choice.line
    found = [_order(first, named), *_item(weighed, first), *_numbers(weighed, option)]
    if len(option.candidates) > 1:
        found.append(
            LinkEvidence(LinkAspect.QUANTITY, "several", QUANTITY_EQUAL, _quantity(first), str(len(option.candidates)))
        )
    rivals = sum(bool(other.candidates) for other in weighed.choice.options) - 1
    if rivals:
        found.append(LinkEvidence(LinkAspect.RIVALS, "others_possible", 0, line.line, str(rivals)))
    if weighed.choice.cut:
        found.append(LinkEvidence(LinkAspect.LIMIT, "candidates"))
    return tuple(found)


def _order(candidate: Candidate, named: Sequence[OrderNamed]) -> LinkEvidence:
    number = candidate.spot.ref.po_number
    if not candidate.on_named_order:
        return LinkEvidence(LinkAspect.ORDER, "not_named", OTHER_ORDER, "", number)
    for each in named:
        if each.po_number == number:
            return LinkEvidence(LinkAspect.ORDER, str(each.reading), 0, each.text, number)
    return LinkEvidence(LinkAspect.ORDER, "none_named", 0, "", number)


def _item(weighed: Weighed, candidate: Candidate) -> list[LinkEvidence]:
    line, order_line = weighed.choice.line, candidate.spot.line
    found = []
    if candidate.named in _CODES:
        found.append(LinkEvidence(LinkAspect.CODE, _CODES[candidate.named], CODE, line.item_code, order_line.item_code))
    elif candidate.named is Named.LEARNED:
        found.append(
            LinkEvidence(LinkAspect.LEARNED, "item", 0, line.item_code or line.description[:_SHOWN], order_line.item_code)
        )
    words = (line.description[:_SHOWN], order_line.description[:_SHOWN])
    if not candidate.words:
        found.append(LinkEvidence(LinkAspect.DESCRIPTION, "none", 0, *words))
    elif line.description.casefold() == order_line.description.casefold():
        found.append(LinkEvidence(LinkAspect.DESCRIPTION, "same", ALL_WORDS + WORD * candidate.words, *words))
    else:
        found.append(LinkEvidence(LinkAspect.DESCRIPTION, "shared", WORD * candidate.words, str(candidate.words), words[1]))
    return found


def _numbers(weighed: Weighed, option: Option) -> list[LinkEvidence]:
    line, candidate = weighed.choice.line, option.candidates[0]
    order_line = candidate.spot.line
    if candidate.spot.by_amount:
        amount = candidate.spot.standing.amount
        level = "equal" if candidate.rate_equal else "differs"
        return [LinkEvidence(LinkAspect.AMOUNT, level, 0, line.amount.text(), amount.text() if amount else "")]
    if candidate.asked.unit_unknown:
        return [LinkEvidence(LinkAspect.UNIT, "unknown", 0, line.uom, order_line.uom)]
    found = []
    if line.uom and order_line.uom and line.uom.casefold() != order_line.uom.casefold():
        found.append(LinkEvidence(LinkAspect.UNIT, "converted", 0, line.uom, order_line.uom))
    if candidate.rate_equal:
        found.append(LinkEvidence(LinkAspect.RATE, "equal", RATE_EQUAL, "", _rate(order_line)))
    if len(option.candidates) == 1 and candidate.spot.left is not None and candidate.spot.left == candidate.asked.quantity:
        found.append(LinkEvidence(LinkAspect.QUANTITY, "equal", QUANTITY_EQUAL, _quantity(candidate)))
    return found


def _rate(line: PurchaseOrderLine) -> str:
    return "" if line.rate is None else written(line.rate)


def _quantity(candidate: Candidate) -> str:
    asked = candidate.asked.quantity
    return "" if asked is None else written(as_decimal(asked))


def evidence_of_nothing(weighed: Weighed, named: Sequence[OrderNamed]) -> tuple[LinkEvidence, ...]:
    """Why a line is linked to nothing: which of the named orders can take nothing, and what came nearest."""
    found = [LinkEvidence(LinkAspect.ORDER, each.reading.value, 0, each.text, each.po_number or "") for each in named]
    nearest = next((option for option in weighed.choice.options if option.candidates), None)
    if nearest is None:
        found.append(LinkEvidence(LinkAspect.DESCRIPTION, "no_candidate"))
    else:
        ref = nearest.candidates[0].spot.ref
        found.append(LinkEvidence(LinkAspect.DESCRIPTION, "not_enough", nearest.points, "", f"{ref.po_number} line {ref.line}"))
    return tuple(found)


_SENTENCES: Final[Mapping[tuple[LinkAspect, str], str]] = {
    (LinkAspect.ORDER, Reading.EXACT.value): "The invoice names {right}.",
    (LinkAspect.ORDER, Reading.CONTAINED.value): "The invoice names {right} (“{left}”).",
    (LinkAspect.ORDER, Reading.DIGITS.value): "The invoice names {right} by its digits (“{left}”).",
    (LinkAspect.ORDER, Reading.SLIP.value): "“{left}” is one slip away from {right}.",
    (LinkAspect.ORDER, Reading.UNREAD.value): "“{left}” is none of this supplier's orders.",
    (LinkAspect.ORDER, Reading.AMBIGUOUS.value): "“{left}” can mean several orders.",
    (LinkAspect.ORDER, Reading.CLOSED.value): "{right} is closed and can take no further invoice.",
    (LinkAspect.ORDER, Reading.OTHER_SUPPLIER.value): "“{left}” is an order to another supplier.",
    (LinkAspect.ORDER, Reading.OTHER_CURRENCY.value): "{right} is in another currency than the invoice.",
    (LinkAspect.ORDER, "not_named"): "{right} is not the order that the invoice names.",
    (LinkAspect.ORDER, "none_named"): "The invoice names no order that could be read.",
    (LinkAspect.CODE, "ours"): "The item code {left} is ours.",
    (LinkAspect.CODE, "theirs"): "{left} is the supplier's code for {right}.",
    (LinkAspect.LEARNED, "item"): "“{left}” was confirmed before as {right}.",
    (LinkAspect.DESCRIPTION, "same"): "The descriptions are the same.",
    (LinkAspect.DESCRIPTION, "shared"): "The description shares {left} words with “{right}”.",
    (LinkAspect.DESCRIPTION, "no_candidate"): "No open order line is like it.",
    (LinkAspect.DESCRIPTION, "not_enough"): "The nearest is {right}, and too little speaks for it.",
    (LinkAspect.RATE, "equal"): "The rate is equal.",
    (LinkAspect.QUANTITY, "equal"): "The quantity is what is left to bill.",
    (LinkAspect.QUANTITY, "several"): "The quantity is what is left on {right} order lines of this item and rate together.",
    (LinkAspect.AMOUNT, "equal"): "The amount is what is left to bill.",
    (LinkAspect.UNIT, "converted"): "{left} was converted to {right}.",
    (LinkAspect.UNIT, "unknown"): "Nobody has said how {left} converts to {right}.",
    (LinkAspect.LIMIT, "candidates"): "More order lines are alike than could be tried.",
}


def sentence(record: LinkEvidence) -> str:
    """One piece of evidence in words; empty for records that are only for the audit."""
    text = _SENTENCES.get((record.aspect, record.level), "")
    if "{" not in text:
        return text
    return text.format(left=record.left, right=record.right).replace("shares 1 words", "shares 1 word")
