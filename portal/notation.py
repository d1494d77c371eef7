"""Dates and numbers as a portal writes them, by its user's settings. Pure. What can be read in two ways is refused.

One portal shows both `07/15/2026` with `4,873.26` and `2026/08/14` with `1 614,60`, by user. The credential names the notation;
where it does not, all cells of a page together decide, and only if they leave exactly one notation.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

from core.domain.errors import Malformed, Misconfigured
from core.domain.money import Currency, Money, currency
from core.domain.portals import DATE_FORMS, DECIMAL_MARKS

_MONEY: Final = re.compile(
    r"(?P<sign>-?)\s*(?P<amount>[0-9][0-9.,'\s\N{RIGHT SINGLE QUOTATION MARK}]*?)\s*(?P<code>[A-Z]{3})\Z"
)
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_GROUPS: Final = ",. '\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Notation:
    """How one user of a portal sees dates and numbers. Both parts are known; `settled` makes one from what is."""

    date_form: str
    decimal_mark: str

    def day(self, text: str) -> date:
        """The date that `text` is; `Malformed` when it is none in this form."""
        return read_day(text, self.date_form)

    def optional_day(self, text: str) -> date | None:
        """As `day`, and None for an empty cell or the word “None”."""
        return None if text.strip().casefold() in {"", "none"} else self.day(text)

    def money(self, text: str) -> Money:
        """An amount with its currency's code behind it (`4,873.26 USD`)."""
        return read_money(text, self.decimal_mark)

    def amount(self, text: str, of: Currency) -> Money:
        """An amount without a code, in a currency known from elsewhere."""
        return Money.parse(text, of, decimal_mark=self.decimal_mark)

    def number(self, text: str) -> Decimal:
        """A quantity or rate, with as many digits as it has."""
        return read_number(text, self.decimal_mark)

    def write_day(self, day: date) -> str:
        """As the user would type it."""
        parts = {"yyyy": f"{day.year:04}", "mm": f"{day.month:02}", "dd": f"{day.day:02}"}
        return re.sub("yyyy|mm|dd", lambda found: parts[found[0]], self.date_form)

    def write_number(self, value: Decimal) -> str:
        """Without group marks, with every digit that counts."""
        plain = f"{value.normalize():f}"
        return plain.replace(".", self.decimal_mark)


def read_day(text: str, form: str) -> date:
    """`text` as a date of this form; two digits stay two digits, and nothing else is taken."""
    pattern = (
        re.escape(form).replace("yyyy", r"(?P<y>[0-9]{4})").replace("mm", r"(?P<m>[0-9]{2})").replace("dd", r"(?P<d>[0-9]{2})")
    )
    found = re.fullmatch(pattern, text.strip())
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise Malformed(f"“{text[:40]}” is not a date of the form {form}.")
    return day


def read_money(text: str, mark: str) -> Money:
    """An amount and its currency; `Malformed` when either is missing or the amount has other marks."""
    found = _MONEY.match(text.strip())
    if found is None:
        raise Malformed(f"“{text[:40]}” is not an amount with its currency.")
    return Money.parse(found["sign"] + found["amount"], currency(found["code"]), decimal_mark=mark)


def read_number(text: str, mark: str) -> Decimal:
    """A plain number; group marks only where they stand as such."""
    whole, found, fraction = text.strip().partition(mark)
    for sign in _GROUPS:
        if sign != mark and re.fullmatch(rf"-?[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+", whole):
            whole = whole.replace(sign, "")
            break
    plain = f"{whole}.{fraction}" if found else whole
    try:
        if not _NUMBER.match(plain):
            raise Malformed(f"“{text[:40]}” is not a number.")
        return Decimal(plain)
    except InvalidOperation as error:  # pragma: no cover - _NUMBER admits only numbers
        raise Malformed(f"“{text[:40]}” is not a number.") from error


def settled(date_form: str, decimal_mark: str, days: Iterable[str], amounts: Iterable[str]) -> Notation:
    """The notation: what the user's settings say, else what the cells leave. `Malformed` when they leave none or several.

    Several are no trouble while every cell means the same in all of them: `1,000.00` and `05/05/2026` decide nothing wrong.
    """
    return Notation(
        date_form or _only("dates", [text for text in days if text.strip() and text.strip() != "None"], DATE_FORMS, read_day),
        decimal_mark or _only("amounts", [text for text in amounts if text.strip()], DECIMAL_MARKS, read_money),
    )


def checked(date_form: str, decimal_mark: str) -> None:
    """`Misconfigured` when a credential's settings are none that we know."""
    if date_form and date_form not in DATE_FORMS:
        raise Misconfigured(f"“{date_form[:20]}” is not a date form; take one of {', '.join(DATE_FORMS)}.", setting="date_form")
    if decimal_mark and decimal_mark not in DECIMAL_MARKS:
        raise Misconfigured("The decimal mark is a point or a comma.", setting="decimal_mark")


def _only(what: str, cells: list[str], forms: tuple[str, ...], read: Callable[[str, str], T]) -> str:
    """The one form under which every cell can be read, or any of several that agree on every cell."""
    readings: dict[str, list[T]] = {}
    for form in forms:
        try:
            readings[form] = [read(cell, form) for cell in cells]
        except Malformed:
            continue
    if not readings:
        raise Malformed(f"The {what} of this page are in no form that we know, or in several.", where=_sample(cells))
    first = next(iter(readings))
    if any(reading != readings[first] for reading in readings.values()):
        raise Malformed(
            f"The {what} of this page can be read in two ways; set the form in the settings of the portal login.",
            where=_sample(cells),
        )
    return first


def _sample(cells: list[str]) -> str:
    return "; ".join(cells[:3])[:80]
