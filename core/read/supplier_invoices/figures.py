"""What the figures of a document mean: the decimal mark of each kind of column, decided by arithmetic and never by habit.

Amounts, rates and quantities may be written with different marks. Of all ways that the digits allow, those remain under which
most lines tie (quantity times rate is the amount) and the lines add up to a printed sum; a figure that still has two
meanings then is open.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Final

from core.read.cells import Value
from core.read.numbers import Amount, common_marks, exact, narrowed, read_amount
from core.read.supplier_invoices.page import Piece

_MARKS: Final = (".", ",")
_PER: Final = re.compile(r"(?:/|\bper\b|\bje\b|\bpro\b|\bpar\b|\bpor\b)\s*([0-9][0-9.,]*)\s*[^\W\d]*\.?$", re.IGNORECASE)
_UNIT: Final = re.compile(r"(?<=[0-9])\s*/\s*[^\W\d]+\.?$|(?<=[€$£])\s*/\s*[^\W\d]+\.?$")
_GLUED: Final = re.compile(r"([0-9][0-9.,]*)([^\W\d_]{1,6}\.?)$")
_TAIL: Final = 3
Marks = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as written: what it can mean, where it stands, the words behind it and how many units a rate is for."""

    amount: Amount
    raw: str
    piece: Piece
    rest: str = ""
    per: str = ""

    def under(self, mark: str) -> Decimal | None:
        """Its value under a decimal mark; under a mark that it cannot have, the only value that it has."""
        found = self.amount.value(mark)
        return found if found is not None else self.amount.value()

    def values(self, marks: Iterable[str]) -> tuple[Decimal, ...]:
        """All values that it has under some marks."""
        return tuple(dict.fromkeys(value for mark in marks if (value := self.under(mark)) is not None))


@dataclass(frozen=True, slots=True)
class Calculation:
    """The figures of one line that have to tie."""

    amount: Figure | None
    rate: Figure | None = None
    quantity: Figure | None = None
    per: Figure | None = None
    discount: Figure | None = None


def figure(piece: Piece | None) -> Figure | None:
    """The figure that a cell begins with; None where it holds none."""
    return None if piece is None else figure_in(piece.value, piece)


def figure_in(value: Value, piece: Piece) -> Figure | None:
    """The figure that a value begins with, units and tax letters behind it set apart."""
    if isinstance(value, Decimal):
        return Figure(exact(value), piece.text, piece)
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > 60:  # noqa: PLR2004  No figure with its unit is longer.
        return None
    amount = read_amount(text)
    if amount is not None:
        return Figure(amount, text, piece)
    per = _PER.search(text)
    bare = (text[: per.start()] if per else _UNIT.sub("", text)).strip()
    amount = read_amount(bare)
    if amount is not None and bare != text:
        return Figure(amount, text, piece, per=per[1] if per else "")
    words = bare.split()
    for size in range(len(words) - 1, 0, -1):
        amount = read_amount(" ".join(words[:size]))
        if amount is not None:
            return Figure(amount, text, piece, " ".join(words[size:]), per[1] if per else "")
    glued = _GLUED.fullmatch(bare)
    amount = read_amount(glued[1]) if glued else None
    return Figure(amount, text, piece, glued[2]) if glued and amount is not None else None


def money(found: Figure | None, digits: int) -> Figure | None:
    """An amount of money, without meanings that the currency has no digits for; letters behind it are tax codes."""
    if found is None or len(found.rest) > _TAIL:
        return None
    return replace(found, amount=narrowed(found.amount, digits))


def rounded(value: Decimal, digits: int) -> Decimal:
    """Half up, to the smallest unit."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def ties(
    quantity: Decimal, rate: Decimal, per: Decimal, discount: Decimal | None, amount: Decimal, *, digits: int
) -> tuple[bool, str]:
    """Whether a line ties to one smallest unit, and how its discount is meant (`percent`, `amount` or nothing)."""
    unit = Decimal(1).scaleb(-digits)
    whole = quantity * rate / (per or Decimal(1))
    ways = [(whole, "")]
    if discount is not None and discount:
        ways = [(whole * (1 - abs(discount) / 100), "percent"), (whole - abs(discount), "amount"), *ways]
    for expected, how in ways:
        if abs(rounded(expected, digits) - amount) <= unit:
            return True, how
    return False, ""


def decided(lines: Sequence[Calculation], sums: Sequence[Figure], digits: int) -> list[Marks]:
    """The best decimal marks for (amounts, rates, quantities): one way where the document decides, several where it is open."""
    amounts = [*(line.amount for line in lines if line.amount), *sums]
    rates = [line.rate for line in lines if line.rate]
    quantities = [line.quantity for line in lines if line.quantity]
    options = [_options(group) for group in (amounts, rates, quantities)]
    ways = list(product(*options))
    scores = {way: _score(way, lines, sums, digits) for way in ways}
    best = max(scores.values())
    remaining = [(way[0], way[1], way[2]) for way in ways if scores[way] == best]
    # Where several ways tie alike, a document that writes everything with one mark does so here too.
    uniform = [way for way in remaining if len(set(way)) == 1]
    return uniform if best[0] and len(uniform) == 1 else remaining


def _options(group: Sequence[Figure]) -> Sequence[str]:
    """The marks that a group can have; one is enough where both mean the same."""
    common = common_marks(found.amount for found in group) or frozenset(_MARKS)
    return [mark for mark in _MARKS if mark in common]


def _score(way: Sequence[str], lines: Sequence[Calculation], sums: Sequence[Figure], digits: int) -> tuple[int, int]:
    held = 0
    for line in lines:
        held += line_ties(line, way, digits) is not None
    amounts = [line.amount.under(way[0]) for line in lines if line.amount]
    total = sum((value for value in amounts if value is not None), Decimal(0))
    printed = {found.under(way[0]) for found in sums}
    return held, int(bool(amounts) and total in printed)


def line_ties(line: Calculation, way: Sequence[str], digits: int) -> str | None:
    """How a line ties under some marks (the meaning of its discount, may be empty); None where it does not."""
    if line.amount is None or line.rate is None or line.quantity is None:
        return None
    amount, rate, quantity = line.amount.under(way[0]), line.rate.under(way[1]), line.quantity.under(way[2])
    if amount is None or rate is None or quantity is None:
        return None
    per = (line.per.under(way[2]) if line.per else None) or Decimal(1)
    discount = line.discount.under(way[0]) if line.discount else None
    held, how = ties(quantity, rate, per, discount, amount, digits=digits)
    if not held:
        held, how = ties(abs(quantity), abs(rate), per, discount, abs(amount), digits=digits)
    return how if held else None


def spread(found: Figure, position: int, ways: Sequence[Marks]) -> tuple[Decimal, ...]:
    """What a figure can mean under the remaining ways; `position` 0 for amounts, 1 for rates, 2 for quantities."""
    return found.values(dict.fromkeys(way[position] for way in ways))


def totalled(values: Mapping[str, Decimal]) -> Decimal:
    """The sum of some values."""
    return sum(values.values(), Decimal(0))
