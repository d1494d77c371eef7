"""Records to JSON values and back, by their type hints: for columns that keep a whole record and for pipes between processes.

Only what records are made of: dataclasses, tuples, enums, dates, money, strings, numbers, None. Unknown keys are ignored and
missing ones take the field's default, so that old rows stay readable when a record grows.
"""

import dataclasses
import types
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from core.domain.money import NO_CURRENCY, Currency, Money, currency

T = TypeVar("T")
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def to_json(value: object) -> Json:
    """A JSON value that `from_json` turns back into an equal record."""
    if isinstance(value, Enum):
        return to_json(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Money):
        # An amount whose currency nobody named yet (ISO's XXX) keeps its digits beside it.
        unstated = [value.currency.exponent] if value.currency.code == NO_CURRENCY else []
        return [value.minor, value.currency.code, *unstated]
    if isinstance(value, Currency):
        return value.code
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [to_json(item) for item in items]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form here")


@cache
def _hints(of: type) -> dict[str, Any]:
    return get_type_hints(of)


def from_json(of: type[T], data: Json) -> T:
    """The record of type `of` that `data` describes; `TypeError` or `ValueError` when it does not fit."""
    result: T = _decode(of, data)
    return result


def _decode(of: Any, data: Any) -> Any:
    supertype = getattr(of, "__supertype__", None)
    if supertype is not None:
        return _decode(supertype, data)
    origin = get_origin(of)
    if origin in {types.UnionType, Union}:
        return None if data is None else _decode(next(arm for arm in get_args(of) if arm is not type(None)), data)
    if origin is not None:
        return _decode_container(origin, get_args(of), data)
    if of is Money:
        return Money(data[0], Currency(NO_CURRENCY, int(data[2])) if data[1] == NO_CURRENCY else currency(data[1]))
    if of is Currency:
        return currency(data)
    if isinstance(of, type) and issubclass(of, Enum):
        return of(data)
    if of is Decimal:
        return Decimal(data)
    if of in {date, datetime}:
        return of.fromisoformat(data)
    if dataclasses.is_dataclass(of):
        hints = _hints(of)  # type: ignore[arg-type]
        names = {field.name for field in dataclasses.fields(of)}
        return of(**{name: _decode(hints[name], item) for name, item in data.items() if name in names})  # type: ignore[operator]
    return data


def _decode_container(origin: Any, arguments: tuple[Any, ...], data: Any) -> Any:
    if origin is tuple:
        inner = arguments[0]
        return tuple(_decode(inner, item) for item in data)
    if origin in {frozenset, set, list}:
        return origin(_decode(arguments[0], item) for item in data)
    return {key: _decode(arguments[1], item) for key, item in data.items()}
