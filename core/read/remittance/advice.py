"""An advice as written, before its amounts are understood.

Readers of tables, text and pages fill it; `finish.py` makes the record of it, when the whole document (or mail) is known.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from core.read.cells import Value
from core.read.dates import read_date
from core.read.numbers import read_amount

_REFERENCE: Final = re.compile(r"[^\W_][\w\-./#&+ ]{0,39}")
_MAX_WORDS: Final = 4


@dataclass(slots=True)
class Head:
    """What stands above or below the lines, as written; `total` is the stated payment."""

    payer_name: str = ""
    payment_reference: str = ""
    paid_on: Value = ""
    total: Value = ""
    currency: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was said."""
        return not (self.payer_name or self.payment_reference or self.paid_on or self.total != "" or self.currency)

    def fill(self, other: "Head") -> None:
        """Take from `other` what is not known yet."""
        self.payer_name = self.payer_name or other.payer_name
        self.payment_reference = self.payment_reference or other.payment_reference
        self.paid_on = self.paid_on or other.paid_on
        self.total = other.total if self.total == "" else self.total
        self.currency = self.currency or other.currency


@dataclass(slots=True)
class Item:
    """One line as written; an empty amount was not stated."""

    place: str
    reference: str
    paid: Value = ""
    gross: Value = ""
    discount: Value = ""
    reason: str = ""
    currency: str = ""


@dataclass(slots=True)
class Advice:
    """One list of items. `stops` are sentences about candidate lines that could not be read; `totals` the sums printed below.

    `only_named` means that the text names documents and one sum without amounts for each. `per_payment` holds what columns
    say of the payment itself.
    """

    where: str
    head: Head = field(default_factory=Head)
    items: list[Item] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    totals: list[Value] = field(default_factory=list)
    dates: list[Value] = field(default_factory=list)
    only_named: bool = False


def is_reference(text: str) -> bool:
    """Whether a word or two can be the number of a document: some digit, not long, no date, no amount with decimals."""
    stripped = text.strip()
    if not any(sign.isdigit() for sign in stripped) or not _REFERENCE.fullmatch(stripped):
        return False
    if len(stripped.split()) > _MAX_WORDS:
        return False
    return not is_money(stripped) and not (read_date(stripped) and not stripped.isdigit())


def is_money(text: str) -> bool:
    """Whether a word looks like an amount by itself: a decimal mark, a group mark or a currency."""
    amount = read_amount(text)
    return amount is not None and (bool(amount.currency) or not text.strip().lstrip("+-").isdigit())
