"""Records to the JSON of the API: amounts as decimal text beside their currency, never as floats."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from core.domain.money import Money

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def shaped(value: object) -> Json:
    """A JSON value of any record that the views are made of."""
    if isinstance(value, Money):
        return {"amount": value.text(), "currency": value.currency.code}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: shaped(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [shaped(each) for each in value]
    if isinstance(value, dict):
        return {str(shaped(key)): shaped(each) for key, each in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form here")
