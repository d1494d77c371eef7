"""Rates, quantities and percentages are exact decimals; `extend` is the one place where they become money.

A unit price may have more digits than the currency, so rate times quantity needs one rounding rule. Ours is per line; where a
ledger rounds otherwise, the ledger's result wins.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import NewType

from core.domain.errors import Malformed
from core.domain.money import Currency, Money

Rate = NewType("Rate", Decimal)
Quantity = NewType("Quantity", Decimal)
Percent = NewType("Percent", Decimal)


class Rounding(StrEnum):
    """How `extend` rounds a half of the smallest unit."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN


def exact(text: str) -> Decimal:
    """A finite decimal from plain text (`12.5`, `-3`); `Malformed` otherwise. No float ever."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise Malformed(f"“{text[:40]}” is not a number.") from error
    if not value.is_finite():
        raise Malformed(f"“{text[:40]}” is not a number.")
    return value


def extend(rate: Rate, quantity: Quantity, currency: Currency, rounding: Rounding = Rounding.HALF_UP) -> Money:
    """Rate times quantity as money, rounded once to the currency's smallest unit."""
    scaled = (rate * quantity).scaleb(currency.exponent)
    return Money(int(scaled.to_integral_value(rounding=rounding.value)), currency)
