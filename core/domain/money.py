"""Money: an integer count of minor units and a currency.

Amounts are counted things: equality, sums to zero and "exactly covers" are the questions we ask, in Python and in SQL. An
integer cannot carry a third digit, cannot be added to a rate and survives every database unharmed, which a decimal column on
SQLite does not. The number of minor digits is that of ISO 4217.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, total_ordering
from typing import Final, Self

from core.domain.errors import CurrencyDiffers, Malformed

_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
_TWO_DIGITS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN "
    "NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_EXPONENTS.update(dict.fromkeys(_TWO_DIGITS.split(), 2))
# ISO 4217's code for "no currency": amounts of a document that names none, until somebody says which it is.
NO_CURRENCY: Final = "XXX"
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")


@dataclass(frozen=True, slots=True, order=True)
class Currency:
    """An ISO 4217 currency: its three-letter code and how many digits its minor unit has."""

    code: str
    exponent: int

    def __str__(self) -> str:
        return self.code


@cache
def currency(code: str) -> Currency:
    """The currency of an ISO 4217 code; `Malformed` names a code that is none."""
    exponent = _EXPONENTS.get(code)
    if exponent is None:
        raise Malformed(f"“{code[:12]}” is not a currency code of ISO 4217.")
    return Currency(code, exponent)


def known_currencies() -> Sequence[str]:
    """All codes that `currency` takes, in alphabetical order."""
    return sorted(_EXPONENTS)


@total_ordering
@dataclass(frozen=True, slots=True, eq=True)
class Money:
    """An amount in `minor` units (cents, yen, fils) of `currency`; may be negative."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("Money counts minor units in whole numbers; a float or Decimal has no place here.")

    @classmethod
    def zero(cls, of: Currency) -> Self:
        """No money, in a currency."""
        return cls(0, of)

    @classmethod
    def of(cls, value: Decimal | int, in_currency: Currency) -> Self:
        """Exactly `value` major units; `Malformed` when that has more digits than the currency."""
        scaled = Decimal(value).scaleb(in_currency.exponent)
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise Malformed(f"{value} has more digits than {in_currency.code} has ({in_currency.exponent} after the point).")
        return cls(int(scaled), in_currency)

    @classmethod
    def parse(cls, text: str, in_currency: Currency, *, decimal_mark: str = ".") -> Self:
        """Read what a person or file wrote, with the decimal mark said by the caller ("." or ",").

        Group marks (the other of `.` and `,`, blanks, apostrophes) are taken only in groups of three before the decimal
        mark; a sign may lead. Anything else is `Malformed`: guessing at money is how it goes wrong.
        """
        plain = _ungrouped(text.strip(), decimal_mark)
        if not _PLAIN.match(plain):
            raise Malformed(f"“{text[:40]}” is not an amount.")
        try:
            return cls.of(Decimal(plain), in_currency)
        except InvalidOperation as error:  # pragma: no cover - _PLAIN admits only numbers
            raise Malformed(f"“{text[:40]}” is not an amount.") from error

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyDiffers(
                f"{self.currency.code} and {other.currency.code} cannot be added or compared; a person has to decide."
            )

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's digits."""
        return Decimal(self.minor).scaleb(-self.currency.exponent)

    def text(self) -> str:
        """For files and ledgers: `-1234.50`, no group marks, the currency's digits, no currency."""
        return f"{self.decimal():f}"

    def __str__(self) -> str:
        """For people: `1,234.50 USD`. The currency is always written."""
        return f"{self.decimal():,f} {self.currency.code}"


def total(amounts: Iterable[Money], in_currency: Currency) -> Money:
    """The sum of `amounts`, all of which must be in `in_currency`."""
    result = Money.zero(in_currency)
    for amount in amounts:
        result += amount
    return result


def split(whole: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Parts of `whole` in proportion to `weights` (non-negative, not all zero) that always sum to `whole`.

    The units that rounding down leaves over go one each to the largest weights first, then by position.
    """
    mass = sum(weights)
    if not weights or mass <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    sign = -1 if whole.minor < 0 else 1
    size = abs(whole.minor)
    parts = [size * weight // mass for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-weights[index], index))
    for index in order[: size - sum(parts)]:
        parts[index] += 1
    return tuple(Money(sign * part, whole.currency) for part in parts)


def _ungrouped(text: str, decimal_mark: str) -> str:
    """`text` with its group marks taken out where they stand as group marks, and a decimal point."""
    if decimal_mark not in {".", ","}:
        raise ValueError("the decimal mark is a point or a comma")
    group = "." if decimal_mark == "," else ","
    whole, mark, fraction = text.partition(decimal_mark)
    for sign in (group, " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "'", "\N{RIGHT SINGLE QUOTATION MARK}"):
        pattern = rf"[+-]?[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+\Z"
        if re.match(pattern, whole):
            whole = whole.replace(sign, "")
            break
    return f"{whole}.{fraction}" if mark else whole
