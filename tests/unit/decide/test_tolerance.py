"""The semantics of tolerances, boundary by boundary."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.decide.tolerance import Scope, limits_for, within
from core.domain.policy import EXACT_ONLY, Axis, Combine, Limits, TolerancePolicy, ToleranceRule, in_force

D = Decimal


@pytest.mark.parametrize(
    ("limits", "expected", "found", "allowed"),
    [
        (None, "100", "100", True),
        (None, "100", "100.002", False),
        (Limits(), "100", "100.00000001", False),
        (Limits(percent_over=D(0)), "100", "100.002", False),
        (Limits(absolute_over=D(0)), "100", "100.002", False),
        # Planned delivery cost: 10 over on 100 passes at 10%, 11 over does not.
        (Limits(percent_over=D(10)), "100", "110", True),
        (Limits(percent_over=D(10)), "100", "111", False),
        (Limits(percent_over=D(10)), "100", "110.000000000001", False),
        # Unit price 5% of 10.00: 10.50 passes, and above it does not.
        (Limits(percent_over=D(5), percent_under=D(5)), "10.00", "10.50", True),
        (Limits(percent_over=D(5), percent_under=D(5)), "10.00", "10.5001", False),
        (Limits(percent_over=D(5), percent_under=D(5)), "10.00", "9.50", True),
        (Limits(percent_over=D(5), percent_under=D(5)), "10.00", "9.4999", False),
        # A limit over says nothing about under.
        (Limits(percent_over=D(10)), "100", "99.999", False),
        (Limits(absolute_under=D(1)), "100", "99", True),
        (Limits(absolute_under=D(1)), "100", "101", False),
        # Both: the tighter holds, or either.
        (Limits(absolute_over=D(5), percent_over=D(10)), "100", "106", False),
        (Limits(absolute_over=D(5), percent_over=D(10)), "100", "105", True),
        (Limits(absolute_over=D(5), percent_over=D(10), combine=Combine.LOOSER), "100", "110", True),
        (Limits(absolute_over=D(5), percent_over=D(10), combine=Combine.LOOSER), "10", "15", True),
        (Limits(absolute_over=D(5), percent_over=D(10), combine=Combine.LOOSER), "10", "15.01", False),
        # Expected nothing: outside every percent, an absolute limit may still allow it.
        (Limits(percent_over=D(1000)), "0", "0.01", False),
        (Limits(absolute_over=D(2)), "0", "2", True),
        (Limits(absolute_over=D(2), percent_over=D(5)), "0", "1", False),
        (Limits(absolute_over=D(2), percent_over=D(5), combine=Combine.LOOSER), "0", "1", True),
        # Expected less than nothing: percent of its size.
        (Limits(percent_under=D(10)), "-100", "-110", True),
        (Limits(percent_under=D(10)), "-100", "-110.01", False),
        # No rounding of the ratio, whatever the digits.
        (Limits(percent_over=D("0.4")), "250.00000001", "251.00000001", True),
        (Limits(percent_over=D("33.333333333333")), "3", "4", False),
    ],
)
def test_differences_at_the_limit(limits: Limits | None, expected: str, found: str, allowed: bool) -> None:
    assert within(limits, D(expected), D(found)) is allowed


def test_a_third_is_compared_exactly() -> None:
    assert within(Limits(percent_over=D(50)), Fraction(1, 3), D("0.5"))
    assert not within(Limits(percent_over=D(50)), Fraction(1, 3), D("0.5000000000001"))


RULES = TolerancePolicy(
    "v",
    date(2025, 1, 1),
    (
        ToleranceRule(quantity=Limits(absolute_over=D(1)), rate=Limits(absolute_over=D(1))),
        ToleranceRule(category="mro", quantity=Limits(absolute_over=D(2)), rate=Limits(absolute_over=D(2))),
        ToleranceRule(supplier="S1", quantity=Limits(absolute_over=D(3)), rate=Limits(absolute_over=D(3))),
        ToleranceRule(item="A", quantity=Limits(absolute_over=D(4)), rate=Limits(absolute_over=D(4))),
        ToleranceRule(item="A", supplier="S1", quantity=Limits(absolute_over=D(5))),
    ),
)


@pytest.mark.parametrize(
    ("axis", "scope", "limit", "keys"),
    [
        (Axis.QUANTITY, Scope("A", "S1", "mro"), 5, ("item", "supplier")),
        (Axis.RATE, Scope("A", "S1", "mro"), 4, ("item",)),
        (Axis.QUANTITY, Scope("A", "S2", "mro"), 4, ("item",)),
        (Axis.QUANTITY, Scope("B", "S1", "mro"), 3, ("supplier",)),
        (Axis.QUANTITY, Scope("B", "S2", "mro"), 2, ("category",)),
        (Axis.QUANTITY, Scope("B", "S2", "office"), 1, ()),
    ],
)
def test_the_narrowest_scope_wins(axis: Axis, scope: Scope, limit: int, keys: tuple[str, ...]) -> None:
    chosen = limits_for(RULES, axis, scope)
    assert chosen.limits is not None
    assert chosen.limits.absolute_over == limit
    assert chosen.scope == keys


def test_an_axis_without_any_rule_must_be_exact() -> None:
    assert limits_for(RULES, Axis.AMOUNT, Scope("A", "S1")).limits is None


def test_a_policy_holds_from_its_day_on() -> None:
    later = TolerancePolicy("w", date(2025, 6, 1))
    assert in_force((later, RULES), date(2025, 5, 31)) is RULES
    assert in_force((later, RULES), date(2025, 6, 1)) is later
    assert in_force((later, RULES), date(2024, 12, 31)) is EXACT_ONLY
