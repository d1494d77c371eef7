"""Numbers and rows of the payables' files. Rows of large files are checked at once and kept packed until they are needed."""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

from core.domain.money import Currency, Money, currency
from core.read.tables import Cells

NUMBER: Final = r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?"
_NUMBER: Final = re.compile(rf"{NUMBER}\Z")
JOINT: Final = "\x1f"
Row = str | int
"""A packed row, or the number of a row that still lies in its file."""


def number(cells: Cells, column: str) -> Decimal | None:
    """A decimal number with up to 12 digits after the point; None for an empty cell."""
    text = cells.text(column)
    if not text:
        return None
    if not _NUMBER.match(text):
        raise cells.bad(column, "is no decimal number with a point and without group marks")
    return Decimal(text)


def required_number(cells: Cells, column: str) -> Decimal:
    """A decimal number that must be there."""
    found = number(cells, column)
    if found is None:
        raise cells.bad(column, "the cell is empty")
    return found


@cache
def amount_pattern(code: str) -> re.Pattern[str]:
    """A number with no more digits than the currency has, but for idle zeros."""
    digits = currency(code).exponent
    return re.compile(rf"-?[0-9]{{1,15}}(?:\.[0-9]{{1,{digits}}}0*)?" if digits else r"-?[0-9]{1,15}(?:\.0+)?")


def checked_money(text: str, unit: Currency) -> Money | None:
    """An amount that was checked already, without the way round by a decimal; None for an empty cell."""
    if not text:
        return None
    whole, _, fraction = text.partition(".")
    return Money(int(whole + fraction[: unit.exponent].ljust(unit.exponent, "0")), unit)


def word(cells: Cells, column: str, allowed: Collection[str]) -> str:
    """One of a closed list of words, or empty."""
    return cells.one_of(column, {*allowed, ""}, "")


def packed(values: Sequence[str]) -> str:
    """A row as one string, a sixth of the memory of its cells. What was checked with `packable` comes back as it was."""
    return JOINT.join(values)


def unpacked(rows: Sequence[str]) -> list[Sequence[str]]:
    """The cells of packed rows."""
    return [row.split(JOINT) for row in rows]


def packable(values: Sequence[str]) -> bool:
    """Whether no cell holds the sign that joins them."""
    return not any(JOINT in value for value in values)
