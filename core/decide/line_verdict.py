"""Two- and three-way comparison of linked invoice lines: what is expected, what differs, and one set of verdicts a line.

Lines on one order line are judged together, in line order: each is expected to take what it asks for as long as there is some,
the last one all that is left, so that no two lines spend the same receipt. Where credits on the invoice net the group exactly
to what is left, each line is expected as it is. A line wrong in both rate and quantity keeps both findings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from core.decide.tolerance import Scope, limits_for, within
from core.domain.line_comparison import AxisFinding, Doubt, LineComparison, LineLink, LinkKind
from core.domain.line_facts import Asked, Standing, asked_of
from core.domain.measures import Exact, added, as_decimal, subtracted
from core.domain.payables import OrderLineRef, SupplierInvoiceLine, Units
from core.domain.policy import Axis, TolerancePolicy
from core.domain.workflows import LineVerdict

_MISMATCH: Final = {
    Axis.RATE: LineVerdict.RATE_MISMATCH,
    Axis.QUANTITY: LineVerdict.QUANTITY_MISMATCH,
    Axis.AMOUNT: LineVerdict.AMOUNT_MISMATCH,
}
_THRESHOLD: Final = {
    Axis.RATE: LineVerdict.RATE_THRESHOLD,
    Axis.QUANTITY: LineVerdict.QUANTITY_THRESHOLD,
    Axis.AMOUNT: LineVerdict.AMOUNT_THRESHOLD,
}
_ZERO: Final = Decimal(0)
_PERFECT: Final = (LineVerdict.PERFECT_MATCH,)
_ORDER: Final = {verdict: place for place, verdict in enumerate(LineVerdict)}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a comparison is made under: the tolerances of the day, the supplier with its category, and the units."""

    policy: TolerancePolicy
    supplier: str
    category: str = ""
    units: Units = field(default_factory=Units)


@dataclass(slots=True)
class _Member:
    """One line of a group with what it asks for in the unit of the group's first order line."""

    line: SupplierInvoiceLine
    asked: Asked


def judge(
    lines: Sequence[SupplierInvoiceLine],
    links: Mapping[str, LineLink],
    standings: Mapping[OrderLineRef, Standing],
    rules: Rules,
) -> tuple[LineComparison, ...]:
    """One comparison a line, in line order. `standings` holds every order line that a linked line charges."""
    groups: dict[tuple[OrderLineRef, ...], list[SupplierInvoiceLine]] = {}
    found: dict[str, LineComparison] = {}
    ordered = sorted(lines, key=lambda line: line_order(line.line))
    for line in ordered:
        link = links[line.line]
        if link.kind is LinkKind.LINKED:
            targets = link.targets if len(link.targets) == 1 else tuple(sorted(link.targets))
            groups.setdefault(targets, []).append(line)
        else:
            found[line.line] = LineComparison(link, (LineVerdict.UNLINKED,))
    overlapping = _overlapping(groups)
    for targets, members in groups.items():
        together = tuple([line.line for line in members]) if len(members) > 1 else ()
        standing = [standings[target] for target in targets]
        findings = _group(members, standing, rules)
        elsewhere = tuple(dict.fromkeys([name for each in standing for name in each.elsewhere.by]))
        for line in members:
            kept = findings[line.line]
            if targets in overlapping:
                kept = _undecided(kept)
            found[line.line] = LineComparison(links[line.line], verdicts_of(kept), kept, together, elsewhere)
    return tuple([found[line.line] for line in ordered])


def line_order(name: str) -> tuple[int, str]:
    """Lines by number where they have one (2 before 10), else by name."""
    return (int(name), "") if name.isascii() and name.isdigit() else (1 << 60, name)


def verdicts_of(findings: Sequence[AxisFinding]) -> tuple[LineVerdict, ...]:
    """The set of verdicts of findings, in one fixed order; a line without any difference is perfect."""
    found = {finding.verdict for finding in findings if finding.verdict is not None}
    return tuple(sorted(found, key=_ORDER.__getitem__)) if found else _PERFECT


def _overlapping(groups: Mapping[tuple[OrderLineRef, ...], object]) -> set[tuple[OrderLineRef, ...]]:
    """Groups that share an order line without being the same group: who takes what of it, nobody can say."""
    if max(map(len, groups), default=1) == 1:
        return set()
    owners: dict[OrderLineRef, list[tuple[OrderLineRef, ...]]] = {}
    for targets in groups:
        for target in targets:
            owners.setdefault(target, []).append(targets)
    return {targets for sharing in owners.values() if len(sharing) > 1 for targets in sharing}


def _undecided(findings: tuple[AxisFinding, ...]) -> tuple[AxisFinding, ...]:
    """The same findings with the quantity (or amount) as a question, because its share cannot be told."""
    axis = Axis.AMOUNT if any(finding.axis is Axis.AMOUNT for finding in findings) else Axis.QUANTITY
    rest = tuple(finding for finding in findings if finding.axis is not axis)
    return (*rest, AxisFinding(axis, _MISMATCH[axis], doubt=Doubt.SHARED))


def _group(
    lines: Sequence[SupplierInvoiceLine], standings: Sequence[Standing], rules: Rules
) -> dict[str, tuple[AxisFinding, ...]]:
    first = standings[0]
    scope = Scope(first.line.item_code, rules.supplier, rules.category)
    if True in [standing.by_amount for standing in standings]:
        return _by_amount(lines, standings, scope, rules)
    members = [_Member(line, asked_of(line, first.line, rules.supplier, rules.units)) for line in lines]
    # Order lines in units of their own cannot be added up; one invoice line on several of them is then a question.
    one_unit = len(standings) == 1 or all(standing.line.uom == first.line.uom for standing in standings)
    left = _sum([standing.quantity for standing in standings]) if one_unit else None
    shares = _shares([member.asked.quantity for member in members if not member.line.price_correction], left)
    given = iter(shares)
    rate, correction = _expected_rate(standings), _correction(members)
    found = {}
    for member in members:
        findings = [_rate(member, rate, correction, scope, rules)]
        if not member.line.price_correction:
            findings += _quantity(member, next(given), first, scope, rules)
        found[member.line.line] = tuple(findings)
    return found


def _sum(values: Sequence[Exact | None]) -> Exact | None:
    total: Exact = _ZERO
    for value in values:
        if value is None:
            return None
        total = added(total, value)
    return total


def _shares(asked: Sequence[Exact | None], left: Exact | None) -> list[Exact | None]:
    """What each line of a group is expected to take of what is left. A line in an unknown unit takes nothing known."""
    if left is None:
        return [None for _ in asked]
    if len(asked) == 1 and (asked[0] is None or asked[0] >= 0):
        # The only one is the last one.
        return [left]
    known = [value for value in asked if value is not None]
    if any(value < 0 for value in known) and _sum(known) == left:
        return list(asked)
    shares: list[Exact | None] = []
    last = max((place for place, value in enumerate(asked) if value is not None), default=len(asked) - 1)
    for place, value in enumerate(asked):
        share: Exact | None = left if place == last else None if value is None else min(value, left)
        if share is not None:
            left = subtracted(left, share)
        shares.append(share)
    return shares


def _expected_rate(standings: Sequence[Standing]) -> Exact | None:
    """The rate of the order line; of several with different rates, the average weighted by what may still be billed."""
    if len(standings) == 1:
        return standings[0].line.rate
    rates = [standing.line.rate for standing in standings if standing.line.rate is not None]
    if len(set(rates)) == 1:
        return rates[0]
    weights = [standing.quantity for standing in standings]
    mass = _sum(weights)
    if mass is None or mass <= 0:
        return None
    total = sum(Fraction(rate) * Fraction(weight) for rate, weight in zip(rates, weights, strict=True) if weight is not None)
    return total / Fraction(mass)


def _correction(members: Sequence[_Member]) -> Exact:
    """What corrections of price on this invoice add to each unit billed: their amounts, spread over the quantity."""
    corrections = [member for member in members if member.line.price_correction]
    if not corrections:
        return _ZERO
    billed = _sum([member.asked.quantity for member in members if not member.line.price_correction])
    amount = sum(Fraction(member.line.amount.decimal()) for member in corrections)
    return amount / Fraction(billed) if billed else Fraction(0)


def _rate(member: _Member, expected: Exact | None, correction: Exact, scope: Scope, rules: Rules) -> AxisFinding:
    asked = member.asked
    if asked.unit_unknown:
        return AxisFinding(Axis.RATE, _MISMATCH[Axis.RATE], _shown(expected), member.line.rate, doubt=Doubt.UNIT_UNKNOWN)
    found = asked.rate
    if member.line.price_correction and expected is not None:
        # A correction is judged by the price that it leads to, as the lines that it corrects are.
        found = expected
    if found is None or expected is None:
        doubt = Doubt.NOT_STATED if found is None else Doubt.ORDER_STATES_NONE
        return AxisFinding(Axis.RATE, _MISMATCH[Axis.RATE], _shown(expected), _shown(found), doubt=doubt)
    if correction and not member.line.price_correction:
        found = added(found, correction)
    return _compared(Axis.RATE, expected, found, scope, rules, Doubt.FROM_AMOUNT if asked.from_amount else Doubt.NONE)


def _quantity(member: _Member, expected: Exact | None, first: Standing, scope: Scope, rules: Rules) -> tuple[AxisFinding, ...]:
    found = member.asked.quantity
    mismatch = _MISMATCH[Axis.QUANTITY]
    if member.asked.unit_unknown:
        return (AxisFinding(Axis.QUANTITY, mismatch, _shown(expected), member.line.quantity, doubt=Doubt.UNIT_UNKNOWN),)
    if found is None:
        return (AxisFinding(Axis.QUANTITY, mismatch, _shown(expected), doubt=Doubt.NOT_STATED),)
    if expected is None:
        doubt = Doubt.RECEIPT_UNIT_UNKNOWN if first.received.unknown_unit else Doubt.SHARED
        return (AxisFinding(Axis.QUANTITY, mismatch, None, _shown(found), doubt=doubt),)
    compared = _compared(Axis.QUANTITY, expected, found, scope, rules)
    if found == 0 and member.line.amount:
        # Money for no quantity: whatever rate and quantity say, the amount is owed to nothing.
        amount = member.line.amount.decimal()
        nothing = AxisFinding(
            Axis.AMOUNT, _MISMATCH[Axis.AMOUNT], Decimal(0), amount, amount, doubt=Doubt.NO_QUANTITY_FOR_AMOUNT
        )
        return (compared, nothing)
    return (compared,)


def _by_amount(
    lines: Sequence[SupplierInvoiceLine], standings: Sequence[Standing], scope: Scope, rules: Rules
) -> dict[str, tuple[AxisFinding, ...]]:
    amounts = [standing.amount for standing in standings]
    known = [amount for amount in amounts if amount is not None]
    left: Exact | None = _sum([amount.decimal() for amount in known]) if len(known) == len(amounts) else None
    shares = _shares([line.amount.decimal() for line in lines], left)
    found: dict[str, tuple[AxisFinding, ...]] = {}
    for line, share in zip(lines, shares, strict=True):
        if share is None:
            finding = AxisFinding(
                Axis.AMOUNT, _MISMATCH[Axis.AMOUNT], None, line.amount.decimal(), doubt=Doubt.ORDER_STATES_NONE
            )
        else:
            finding = _compared(Axis.AMOUNT, share, line.amount.decimal(), scope, rules)
        found[line.line] = (finding,)
    return found


def _compared(axis: Axis, expected: Exact, found: Exact, scope: Scope, rules: Rules, doubt: Doubt = Doubt.NONE) -> AxisFinding:
    if found == expected:
        return AxisFinding(axis, None, _shown(expected), _shown(found), _ZERO, None, (), doubt)
    chosen = limits_for(rules.policy, axis, scope)
    allowed = within(chosen.limits, expected, found)
    verdict = (_THRESHOLD if allowed else _MISMATCH)[axis]
    difference = as_decimal(subtracted(found, expected))
    return AxisFinding(axis, verdict, _shown(expected), _shown(found), difference, chosen.limits, chosen.scope, doubt)


def _shown(value: Exact | None) -> Decimal | None:
    return None if value is None else as_decimal(value)
