"""`[[payables]]` of a policy file: how supplier invoices are approved, a table a version.

    [[payables]]
    version = "2026"
    effective_from = 2026-01-01
    approval_on_matched = false       # require approval on matched PO invoices: yes or no
    approvers_may_edit = true         # approvers may unlink, link, re-run and edit invoice details
    four_eyes = true                  # whoever submits does not approve
    approvers = ["ana@example.com"]   # who is asked where the invoice names nobody
    escalate_after_days = 3           # a line that waits longer for its receipt is reported
    discount_warning_days = 2         # and again so long before the early-payment discount is lost

Every key but the first two may be left out. What is not understood is an error.
"""

import tomllib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from core.domain.errors import Malformed
from core.domain.versioned import PayablesPolicy

_DAYS: Final = 366


def _yes_or_no(value: Any) -> bool:
    return isinstance(value, bool)


def _days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _DAYS


def _addresses(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and "@" in each.strip("@") for each in value)


_KEYS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "approval_on_matched": (_yes_or_no, "true or false"),
    "approvers_may_edit": (_yes_or_no, "true or false"),
    "four_eyes": (_yes_or_no, "true or false"),
    "approvers": (_addresses, "a list of e-mail addresses"),
    "escalate_after_days": (_days, f"a number of days from 0 to {_DAYS}"),
    "discount_warning_days": (_days, f"a number of days from 0 to {_DAYS}"),
}


def read_payables_policies(data: bytes, name: str) -> tuple[PayablesPolicy, ...]:
    """All versions of a TOML file, the earliest first; `Malformed` names file, version, key and value."""
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{name} is no TOML file: {error}.", where=name) from error
    found = tables.get("payables", [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Malformed(f"{name}: payables must be written [[payables]].", where="payables")
    versions = [_version(name, table) for table in found]
    for what in ("version", "effective_from"):
        values = [getattr(each, what) for each in versions]
        if len(set(values)) < len(values):
            raise Malformed(f"{name}: two [[payables]] have the same {what}.", where=what)
    return tuple(sorted(versions, key=lambda each: each.effective_from))


def _version(name: str, table: dict[str, Any]) -> PayablesPolicy:
    version = table.get("version")
    if not isinstance(version, str) or not version:
        raise Malformed(f"{name}: a [[payables]] has no version.", where="version")
    day = table.get("effective_from")
    if not isinstance(day, date) or isinstance(day, datetime):
        said = f"{name}, version “{version}”: effective_from must be a date such as 2026-01-01."
        raise Malformed(said, where="effective_from")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in {"version", "effective_from"}:
            continue
        if key not in _KEYS:
            raise Malformed(f"{name}, version “{version}”: there is no key “{key}”.", where=key)
        fits, wanted = _KEYS[key]
        if not fits(value):
            raise Malformed(f"{name}, version “{version}”: {key} must be {wanted}.", where=key)
        values[key] = tuple(value) if isinstance(value, list) else value
    return PayablesPolicy(version, day, **values)
