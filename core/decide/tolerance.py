"""How far an invoice line may differ from what is expected: which limits hold, and whether a difference is within them.

The semantics are the owner's (the ledgers of the trade contradict each other): an empty limit is not checked, zero must be
exact, no limit in the direction of the difference means exact, a difference equal to the limit is within it. Percent is of the
expected value and compared by cross-multiplication of exact numbers, never by rounding a ratio; an expected zero is outside
every percent limit.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from core.domain.measures import Exact, subtracted
from core.domain.policy import Axis, Combine, Limits, TolerancePolicy

PRECEDENCE: Final = (("item", "supplier"), ("item",), ("supplier",), ("category",), ())
"""The first of these scopes with a rule for the axis wins; its limits hold whole."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What chooses a rule: our item code, the supplier, the supplier's category."""

    item: str = ""
    supplier: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The limits that hold on an axis, and the keys of the rule they come from. None: no rule speaks, so it must be exact."""

    limits: Limits | None
    scope: tuple[str, ...] = ()


def limits_for(policy: TolerancePolicy, axis: Axis, scope: Scope) -> Chosen:
    """The limits of the narrowest rule that speaks about this axis."""
    for wanted in PRECEDENCE:
        for rule in policy.rules:
            limits = rule.axis(axis)
            if limits is None or rule.scope != wanted:
                continue
            if all(getattr(rule, key) == getattr(scope, key) for key in wanted):
                return Chosen(limits, wanted)
    return Chosen(None)


def within(limits: Limits | None, expected: Exact, found: Exact) -> bool:
    """Whether the difference is allowed. Equal values always are."""
    if found == expected:
        return True
    if limits is None:
        return False
    difference = Fraction(subtracted(found, expected))
    over = difference > 0
    absolute = limits.absolute_over if over else limits.absolute_under
    percent = limits.percent_over if over else limits.percent_under
    tests = []
    if absolute is not None:
        tests.append(abs(difference) <= Fraction(absolute))
    if percent is not None:
        tests.append(expected != 0 and abs(difference) * 100 <= Fraction(percent) * abs(Fraction(expected)))
    if not tests:
        return False
    return all(tests) if limits.combine is Combine.TIGHTER else any(tests)
