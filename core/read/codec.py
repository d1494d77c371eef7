"""Readings as JSON and back, for the pipe between a throw-away process and us.

The child that parsed a stranger's document may be in the stranger's hands, so nothing it sends is trusted: JSON and no
pickle, every field checked for its type, every enum and currency looked up. What does not fit is `Malformed`.
"""

import json
import types
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Final, Union, get_args, get_origin, get_type_hints

from core.domain.errors import Malformed
from core.domain.money import NO_CURRENCY, Currency, Money, currency
from core.domain.readings import Reading, unstated_currency

SIZE_BYTES: Final = 8
"""On the pipe every message has its length in front."""
READY: Final = b"!"
"""What a throw-away process says first."""
type_union = types.UnionType
_MOST_DIGITS = 4
_LONGEST_NUMBER = 60


def packed(reading: Reading) -> bytes:
    """A reading as JSON."""
    return json.dumps(_plain(reading), ensure_ascii=True, separators=(",", ":"), check_circular=False).encode("ascii")


def unpacked(data: bytes) -> Reading:
    """The reading that `packed` made; `Malformed` for anything else."""
    try:
        value = json.loads(data)
        reading = _checked(Reading, value)
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise Malformed("The answer of the reading process is not a reading.") from error
    if not isinstance(reading, Reading):
        raise Malformed("The answer of the reading process is not a reading.")
    return reading


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return [value.minor, value.currency.code, value.currency.exponent]
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, name)) for name in _names(type(value))]
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


@cache
def _names(of: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(of))


@cache
def _hints(of: type) -> dict[str, object]:
    return get_type_hints(of)


def _checked(hint: object, value: object) -> object:
    """`value` as the type `hint`, or `ValueError`."""
    if hint is Money:
        return _money(value)
    if isinstance(hint, type):
        return _of_type(hint, value)
    arguments = get_args(hint)
    if get_origin(hint) in {Union, type_union} and type(None) in arguments:
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return None if value is None else _checked(inner, value)
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_checked(arguments[0], item) for item in value)
    raise ValueError("no such type")


def _of_type(hint: type, value: object) -> object:
    if hint in {str, int, bool}:
        if type(value) is not hint:
            raise ValueError("wrong type")
        return value
    if hint is Decimal and isinstance(value, str):
        return _decimal(value)
    if hint is date and isinstance(value, str):
        return date.fromisoformat(value)
    if issubclass(hint, Enum) and isinstance(value, str):
        return hint(value)
    if is_dataclass(hint) and isinstance(value, list):
        names, hints = _names(hint), _hints(hint)
        if len(names) != len(value):
            raise ValueError("wrong number of fields")
        return hint(**{name: _checked(hints[name], item) for name, item in zip(names, value, strict=True)})
    raise ValueError("wrong type")


def _decimal(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError("no number") from error
    if len(value) > _LONGEST_NUMBER or not number.is_finite():
        raise ValueError("no number")
    return number


def _money(value: object) -> Money:
    if not isinstance(value, list) or len(value) != 3:  # noqa: PLR2004  Amount, code, digits.
        raise ValueError("no money")
    minor, code, exponent = value
    if type(minor) is not int or not isinstance(code, str) or type(exponent) is not int:
        raise ValueError("no money")
    return Money(minor, _currency(code, exponent))


def _currency(code: str, exponent: int) -> Currency:
    if code == NO_CURRENCY and 0 <= exponent <= _MOST_DIGITS:
        return unstated_currency(exponent)
    found = currency(code)
    if found.exponent != exponent:
        raise ValueError("wrong digits")
    return found
