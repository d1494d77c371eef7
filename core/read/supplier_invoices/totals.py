"""Which of the printed sums is the net, which the tax and which the total.

By what their labels say; where those leave it open ("Total" is either), by which of them tie.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from core.read.supplier_invoices.words import Sum
from core.read.supplier_invoices.written import WrittenSum

CHARGES: Final = (Sum.FREIGHT, Sum.DISCOUNT, Sum.CHARGE)
_BETWEEN: Final = (Sum.LINES, Sum.NET, Sum.TOTAL, Sum.TAX, Sum.GROSS, Sum.DUE)


@dataclass(frozen=True, slots=True)
class Valued:
    """A printed sum with its value."""

    written: WrittenSum
    value: Decimal
    base: Decimal | None = None


@dataclass(slots=True)
class Totals:
    """The sums in their roles; `net_worked_out` where the net is not printed and follows from the others.

    `tied`: net, tax and total were found to be one sum.
    """

    lines: Valued | None = None
    net: Valued | None = None
    net_worked_out: Decimal | None = None
    taxes: list[Valued] = field(default_factory=list)
    tax: Valued | None = None
    tax_value: Decimal | None = None
    total: Valued | None = None
    due: Valued | None = None
    paid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    charges: list[Valued] = field(default_factory=list)
    tied: bool = False

    @property
    def charged(self) -> Decimal:
        """All charges together, discounts negative."""
        return sum((charge.value for charge in self.charges), Decimal(0))


def below_the_lines(sums: Sequence[WrittenSum], first: int, last: int) -> list[WrittenSum]:
    """Without carry-overs and sums between the lines; those above the table only where nothing is said below."""
    kept = [one for one in sums if one.role not in {Sum.CARRIED, Sum.OTHER}]
    if last < 0:
        return kept
    after = [one for one in kept if one.index > last or one.role in CHARGES]
    said = {one.role for one in after}
    early = [one for one in kept if one.index < first and one.role not in said and one.role not in CHARGES]
    return early + after


def in_roles(sums: Sequence[Valued], lines: Decimal | None, line_taxes: Sequence[Decimal] = ()) -> Totals:
    """Every sum in its role; `lines` is what the lines add up to, if that is known, `line_taxes` the sums of their taxes.

    The taxes of the lines count where no tax is printed below them: the one that ties with the total, or the only one there is.
    """
    first = _in_roles(sums, lines)
    if not line_taxes or first.tax_value is not None or first.charges:
        return first
    ways = [_in_roles(sums, lines, tax) for tax in line_taxes]
    tied = [way for way in ways if way.tied]
    if len(tied) == 1:
        return tied[0]
    return ways[0] if len(ways) == 1 and first.total is None else first


def _in_roles(sums: Sequence[Valued], lines: Decimal | None, tax: Decimal | None = None) -> Totals:
    found = Totals(tax_value=tax)
    by: dict[Sum, list[Valued]] = {}
    for one in sums:
        if not any(_alike(one, other) for other in by.get(one.written.role, [])):
            by.setdefault(one.written.role, []).append(one)
    found.charges = [_signed(one) for role in CHARGES for one in by.get(role, [])]
    found.charges.sort(key=lambda charge: charge.written.index)
    found.rounding = sum((one.value for one in by.get(Sum.ROUNDING, [])), Decimal(0))
    found.paid = sum((abs(one.value) for one in by.get(Sum.PAID, [])), Decimal(0))
    found.due = by[Sum.DUE][-1] if Sum.DUE in by else None
    found.lines = by[Sum.LINES][0] if Sum.LINES in by else None
    _taxes(found, by.get(Sum.TAX, []))
    _net_and_total(found, by, lines)
    return found


def _alike(one: Valued, other: Valued) -> bool:
    """The same sum printed twice; charges may well be equal."""
    return (
        one.value == other.value
        and one.written.role not in CHARGES
        and (not one.written.percent or not other.written.percent or one.written.percent == other.written.percent)
    )


def _signed(one: Valued) -> Valued:
    return Valued(one.written, -abs(one.value), one.base) if one.written.role is Sum.DISCOUNT else one


def _taxes(found: Totals, taxes: Sequence[Valued]) -> None:
    """Taxes at several percentages add up; one that is the sum of the others is their sum."""
    for one in taxes:
        others = [other for other in taxes if other is not one]
        if len(others) > 1 and one.value == sum((other.value for other in others), Decimal(0)):
            found.tax, found.taxes = one, others
            break
    else:
        found.taxes = list(taxes)
        found.tax = taxes[0] if len(taxes) == 1 else None
    if taxes:
        found.tax_value = found.tax.value if found.tax else sum((one.value for one in taxes), Decimal(0))


def _net_and_total(found: Totals, by: dict[Sum, list[Valued]], lines: Decimal | None) -> None:
    """The pair of net and total that ties with the tax; else what the labels say most plainly."""
    tax = found.tax_value or Decimal(0)
    unsure = by.get(Sum.TOTAL, [])
    totals = [*by.get(Sum.GROSS, []), *reversed(unsure), *([found.due] if found.due else [])]
    printed = [*by.get(Sum.NET, []), *([found.lines] if found.lines else []), *unsure]
    follows = [value + found.charged for value in (found.lines.value if found.lines else None, lines) if value is not None]
    follows += [] if lines is None else [lines]
    for total in totals:
        for net in printed:
            if (net is not total or (not tax and total is totals[0])) and net.value + tax + found.rounding == total.value:
                found.net, found.total = net if net is not total else None, total
                found.tied = True
                return
        for value in follows:
            if value + tax + found.rounding == total.value:
                found.net_worked_out, found.total = value, total
                found.tied = True
                return
    found.total = totals[0] if totals else None
    plain = [*by.get(Sum.NET, []), *([found.lines] if found.lines and not found.charges else [])]
    found.net = plain[0] if plain else None
