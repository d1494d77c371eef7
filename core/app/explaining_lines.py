"""A compared invoice line in sentences, made from its records when somebody looks: why linked, what differs, by which rule."""

from decimal import Decimal
from typing import Final

from core.domain.line_comparison import AxisFinding, Doubt, LineComparison, LinkKind
from core.domain.measures import written
from core.domain.policy import Axis, Combine, Limits
from core.domain.workflows import LineVerdict
from core.match.lines.evidence import sentence

_AXES: Final = {Axis.QUANTITY: "quantity", Axis.RATE: "rate", Axis.AMOUNT: "amount"}
_WITHIN: Final = frozenset({LineVerdict.RATE_THRESHOLD, LineVerdict.QUANTITY_THRESHOLD, LineVerdict.AMOUNT_THRESHOLD})
_SCOPES: Final = {
    ("item", "supplier"): "this item and supplier",
    ("item",): "this item",
    ("supplier",): "this supplier",
    ("category",): "this category",
    (): "the company",
}
_DOUBTS: Final = {
    Doubt.UNIT_UNKNOWN: "The {axis} cannot be compared: nobody has said how the invoice's unit converts to the order's.",
    Doubt.RECEIPT_UNIT_UNKNOWN: "The {axis} cannot be compared: something arrived in a unit that nobody converts.",
    Doubt.NOT_STATED: "The invoice states no {axis}.",
    Doubt.ORDER_STATES_NONE: "The order states no {axis}.",
    Doubt.NO_QUANTITY_FOR_AMOUNT: "{found} is charged for a quantity of zero.",
    Doubt.SHARED: "The {axis} cannot be compared: other lines of the invoice bill a part of the same order lines.",
}


def because(compared: LineComparison) -> str:
    """Why the line is linked as it is, and what every difference is worth, in a few sentences."""
    link = compared.link
    found = []
    if link.kind is LinkKind.TIE:
        found.append(f"{len(link.targets)} order lines fit equally well; a person has to choose.")
    found += [sentence(record) for record in link.evidence]
    if compared.together:
        found.append(f"Judged together with the other lines on this order line ({', '.join(compared.together)}).")
    if compared.billed_elsewhere:
        found.append(f"Also billed by {', '.join(compared.billed_elsewhere)}.")
    found += [finding_sentence(finding) for finding in compared.findings if finding.verdict or finding.doubt]
    return " ".join(filter(None, found))


def finding_sentence(finding: AxisFinding) -> str:
    """One difference: what was expected, what was found, by how much, and which limits said what."""
    axis = _AXES[finding.axis]
    if finding.doubt in _DOUBTS:
        return _DOUBTS[finding.doubt].format(axis=axis, found=_number(finding.found))
    start = f"The {axis} charged by the amount" if finding.doubt is Doubt.FROM_AMOUNT else f"The {axis}"
    if finding.verdict is None or finding.difference is None:
        return f"{start} is {_number(finding.found)}, as expected." if finding.doubt is Doubt.FROM_AMOUNT else ""
    side = "over" if finding.difference > 0 else "under"
    values = f"{start} is {_number(finding.found)} and {_number(finding.expected)} was expected"
    return f"{values}: {_number(abs(finding.difference))} {side}, {_allowed(finding, side)}."


def _allowed(finding: AxisFinding, side: str) -> str:
    words = _limit_words(finding.limits, side)
    whom = _SCOPES.get(finding.scope, "the company")
    if not words:
        return "and it must be exact" if finding.limits is None else f"and {side} must be exact for {whom}"
    return f"{'within' if finding.verdict in _WITHIN else 'outside'} the limit for {whom} ({words})"


def _limit_words(limits: Limits | None, side: str) -> str:
    if limits is None:
        return ""
    absolute = limits.absolute_over if side == "over" else limits.absolute_under
    percent = limits.percent_over if side == "over" else limits.percent_under
    words = [] if absolute is None else [_number(absolute)]
    words += [] if percent is None else [f"{_number(percent)}%"]
    return (" and " if limits.combine is Combine.TIGHTER else " or ").join(words)


def _number(value: Decimal | None) -> str:
    return "nothing" if value is None else written(value, grouped=True)
