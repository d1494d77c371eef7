"""Rates, quantities and percentages are exact decimals; `extend` is the one place where they become money.

A unit price may have more digits than the currency, so rate times quantity needs one rounding rule. Ours is per line; where a
ledger rounds otherwise, the ledger's result wins.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Final, NewType

from core.domain.errors import Malformed
from core.domain.money import Currency, Money

Rate = NewType("Rate", Decimal)
Quantity = NewType("Quantity", Decimal)
Percent = NewType("Percent", Decimal)
Exact = Decimal | Fraction
"""An exact number: a decimal as somebody wrote it, a fraction after a conversion of units."""

# Python's own decimals round every result to 28 digits, silently. This one refuses.
_EXACTLY: Final = Context(prec=400, traps=[Inexact, InvalidOperation])
_SHOWN_PLACES: Final = 12


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
    return Money(extended(rate, quantity, currency, str(rounding)), currency)


def extended(rate: Decimal, quantity: Decimal, currency: Currency, rounding: str = ROUND_HALF_UP) -> int:
    """The smallest units of what `extend` makes, for those who only look at the number."""
    return int((rate * quantity).scaleb(currency.exponent).to_integral_value(rounding=rounding))


def added(left: Exact, right: Exact) -> Exact:
    """The exact sum, whatever the two are made of."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _EXACTLY.add(left, right)
    return Fraction(left) + Fraction(right)


def subtracted(left: Exact, right: Exact) -> Exact:
    """`left` minus `right`, exact."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _EXACTLY.subtract(left, right)
    return Fraction(left) - Fraction(right)


def as_decimal(value: Exact) -> Decimal:
    """The same number to be stored and shown: exact where it has an end within 12 places, else rounded there.

    Only for showing: verdicts are reached on the exact number.
    """
    if isinstance(value, Decimal):
        return value
    scaled = value * 10**_SHOWN_PLACES
    return plain(Decimal(round(scaled)).scaleb(-_SHOWN_PLACES, _EXACTLY))


def written(value: Decimal, *, grouped: bool = False) -> str:
    """The digits of `plain`: `100`, `12.5`, or with group marks `1,000`. The quick way for files of many numbers."""
    if grouped:
        text = f"{value:,f}"
    elif "E" in (text := str(value)):
        text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Decimal) -> Decimal:
    """Without idle zeros and without an exponent, so that 100 and 100.00 are written alike."""
    short = value.normalize(_EXACTLY)
    return short.quantize(Decimal(1), context=_EXACTLY) if short == short.to_integral_value() else short
