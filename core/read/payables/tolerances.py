"""`--policy FILE.toml` for comparing supplier invoices: versions of tolerances, each a table `[[policy]]`.

    [[policy]]
    version = "2025"
    effective_from = 2025-03-10       # the latest version not after the invoice's date holds

    [[policy.rule]]                   # scope: any of item, supplier, category; none of them = the company
    supplier = "S0003"
    combine = "tighter"               # or "looser"; an axis may set its own
    [policy.rule.rate]                # axes: quantity, rate, amount
    absolute_over = "0.50"            # four limits; a missing key is an empty limit
    percent_under = "10"              # 10%

Whatever is not understood is an error: a tolerance that silently does not hold, or holds too widely, is money. Tables of other
kinds (`[match]`) are left alone.
"""

import tomllib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core.domain.errors import Malformed
from core.domain.policy import Axis, Combine, Limits, TolerancePolicy, ToleranceRule

_SCOPES: Final = ({"item", "supplier"}, {"item"}, {"supplier"}, {"category"}, set[str]())
_SCOPE_KEYS: Final = ("item", "supplier", "category")
_LIMITS: Final = ("absolute_over", "absolute_under", "percent_over", "percent_under")
_AXES: Final = tuple(axis.value for axis in Axis)


def read_tolerances(data: bytes, name: str) -> tuple[TolerancePolicy, ...]:
    """All versions of a TOML file, the earliest first; `Malformed` names file, version, key and value."""
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{name} is no TOML file: {error}.", where=name) from error
    versions = [_version(name, table) for table in _tables(name, "policy", tables.get("policy", []))]
    seen: set[str] = set()
    days: set[date] = set()
    for policy in versions:
        if policy.version in seen:
            raise Malformed(f"{name}: version “{policy.version}” stands twice.", where=policy.version)
        if policy.effective_from in days:
            raise Malformed(f"{name}: two versions hold from {policy.effective_from}.", where=policy.version)
        seen.add(policy.version)
        days.add(policy.effective_from)
    return tuple(sorted(versions, key=lambda policy: policy.effective_from))


def _tables(name: str, what: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Malformed(f"{name}: {what} must be written [[{what}]].", where=what)
    return value


def _version(name: str, table: dict[str, Any]) -> TolerancePolicy:
    version = table.get("version")
    if not isinstance(version, str) or not version:
        raise Malformed(f"{name}: a [[policy]] has no version.", where="version")
    where = f"{name}, version “{version}”"
    _only(where, table, ("version", "effective_from", "rule"))
    rules = tuple(_rule(where, rule) for rule in _tables(name, "policy.rule", table.get("rule", [])))
    for axis in Axis:
        scopes = [(rule.item, rule.supplier, rule.category) for rule in rules if rule.axis(axis) is not None]
        if len(set(scopes)) < len(scopes):
            raise Malformed(f"{where}: two rules of one scope speak about {axis.value}.", where=version)
    return TolerancePolicy(version, _day(where, table.get("effective_from")), rules)


def _day(where: str, value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Malformed(f"{where}: effective_from “{value}” is no date such as 2025-03-31.", where="effective_from") from None


def _rule(where: str, table: dict[str, Any]) -> ToleranceRule:
    _only(where, table, (*_SCOPE_KEYS, "combine", *_AXES))
    scope = {key: table[key] for key in _SCOPE_KEYS if key in table}
    if set(scope) not in _SCOPES:
        raise Malformed(f"{where}: a rule for {' and '.join(scope)} is no scope.", where="rule")
    for key, value in scope.items():
        if not isinstance(value, str) or not value:
            raise Malformed(f"{where}: {key} cannot be “{value}”.", where=key)
    combine = _combine(where, table.get("combine", Combine.TIGHTER.value))
    quantity, rate, amount = (_limits(where, axis, table[axis], combine) if axis in table else None for axis in _AXES)
    return ToleranceRule(**scope, quantity=quantity, rate=rate, amount=amount)


def _combine(where: str, value: Any) -> Combine:
    try:
        return Combine(value)
    except ValueError:
        raise Malformed(f"{where}: combine “{value}” is neither tighter nor looser.", where="combine") from None


def _limits(where: str, axis: str, table: Any, combine: Combine) -> Limits:
    if not isinstance(table, dict):
        raise Malformed(f"{where}: {axis} must be a table of limits.", where=axis)
    _only(where, table, (*_LIMITS, "combine"))
    values = {key: _limit(where, f"{axis}.{key}", table[key]) for key in _LIMITS if key in table}
    return Limits(**values, combine=_combine(where, table["combine"]) if "combine" in table else combine)


def _limit(where: str, key: str, value: Any) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0:
        raise Malformed(f"{where}: {key} “{value}” is no limit; it must be a number not below zero.", where=key)
    return found


def _only(where: str, table: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise Malformed(f"{where}: there is no key “{key}”; known are {', '.join(known)}.", where=key)
