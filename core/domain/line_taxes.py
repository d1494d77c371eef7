"""What the lines of an invoice say of its tax, added up: a percentage or an amount on each of them.

Percentages may be rounded on each line or on the sum of the lines at one percentage; both are lawful and in use, so that lines
can say two sums that lie some smallest units apart. Amounts are minor units of one currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_MOST_UNITS: Final = 20


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """One line: its amount before tax, and what it says of its tax. None is what it does not say."""

    amount: int | None
    percent: Decimal | None = None
    tax: int | None = None

    @property
    def speaks(self) -> bool:
        """Whether it says anything of its tax."""
        return self.percent is not None or self.tax is not None

    @property
    def contradiction(self) -> int | None:
        """The tax that its percentage makes, where that is more than one smallest unit from the tax that it states."""
        if self.amount is None or self.percent is None or self.tax is None:
            return None
        made = _rounded(self.amount * self.percent / 100)
        return None if abs(made - self.tax) <= 1 else made


@dataclass(frozen=True, slots=True)
class LineTaxes:
    """The sums of tax that the lines can mean, least first; `said`: any line speaks of tax, `whole`: each of them does."""

    said: bool = False
    whole: bool = False
    possible: tuple[int, ...] = ()

    def apart(self, stated: int, lines: int) -> int | None:
        """The sum nearest to what is stated, where it is farther than rounding explains; None where they agree."""
        if not self.possible:
            return None
        nearest = min(self.possible, key=lambda each: (abs(each - stated), each))
        return None if abs(nearest - stated) <= may_differ_by(lines) else nearest


def may_differ_by(lines: int) -> int:
    """How many smallest units rounding can put between a tax and the lines that it is on: one for each line, up to a limit."""
    return min(max(1, lines), _MOST_UNITS)


def added(lines: Iterable[TaxedLine]) -> LineTaxes:
    """The tax of all lines together."""
    taxed = tuple(lines)
    said = any(line.speaks for line in taxed)
    if not said or not all(line.tax is not None or (line.percent is not None and line.amount is not None) for line in taxed):
        return LineTaxes(said)
    stated = sum(line.tax for line in taxed if line.tax is not None)
    rest = [line for line in taxed if line.tax is None]
    return LineTaxes(said, whole=True, possible=tuple(sorted({stated + way for way in (_by_line(rest), _by_percent(rest))})))


def _by_line(lines: Sequence[TaxedLine]) -> int:
    return sum(_rounded((line.amount or 0) * (line.percent or Decimal(0)) / 100) for line in lines)


def _by_percent(lines: Sequence[TaxedLine]) -> int:
    bases: dict[Decimal, int] = {}
    for line in lines:
        percent = line.percent or Decimal(0)
        bases[percent] = bases.get(percent, 0) + (line.amount or 0)
    return sum(_rounded(base * percent / 100) for percent, base in bases.items())


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
