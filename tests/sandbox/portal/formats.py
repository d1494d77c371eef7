"""Dates and numbers as the portal writes them, by its user's own settings, and reads them back: nothing else is taken."""

import re
from datetime import date, datetime
from decimal import Decimal

DATES = {"mdy": "%m/%d/%Y", "dmy": "%d/%m/%Y", "ymd": "%Y/%m/%d", "points": "%d.%m.%Y"}
# Group mark and decimal mark.
NUMBERS = {"point": (",", "."), "comma": ("\N{NO-BREAK SPACE}", ","), "german": (".", ",")}


class BadValueError(ValueError):
    """Typed in another format than the user's."""


def written_date(day: date | None, form: str) -> str:
    return day.strftime(DATES[form]) if day else ""


def read_date(text: str, form: str) -> date:
    try:
        day = datetime.strptime(text.strip(), DATES[form])  # noqa: DTZ007 - a date has no zone
    except ValueError as error:
        raise BadValueError(text) from error
    if day.strftime(DATES[form]) != text.strip():
        raise BadValueError(text)
    return day.date()


def written_number(value: Decimal, form: str, digits: int | None = 2) -> str:
    """With group marks; `digits` None keeps those that the value has, without trailing zeros."""
    group, mark = NUMBERS[form]
    plain = f"{value:,.{digits}f}" if digits is not None else f"{value.normalize():,f}"
    return plain.translate(str.maketrans(",.", group + mark))


def read_number(text: str, form: str) -> Decimal:
    group, mark = NUMBERS[form]
    pattern = rf"-?(?:\d+|\d{{1,3}}(?:{re.escape(group)}\d{{3}})+)(?:{re.escape(mark)}\d+)?\Z"
    stripped = text.strip()
    if not re.match(pattern, stripped):
        raise BadValueError(text)
    return Decimal(stripped.replace(group, "").replace(mark, "."))
