"""`--policy FILE.toml` for applying payments: the table `[match]`, whose keys are those of `MatchPolicy`.

    [match]
    automatic_bar = 0.99
    automatic_gaps = ["none", "earned_discount"]

    [[match.record]]                        # what `tieout calibrate` wrote
    family = "text, exact"
    right = 812
    wrong = 0
    curve = [[0.5, 0.61], [0.99, 0.998]]

    [[match.bank_fees]]                     # charges that explain a short payment, in hundredths of a major unit
    currency = "USD"
    charges = [1500, 2500]
    bank = "FIRST UNION"                    # letters in the bank's text; left out: any bank

A file without that table (one for comparing invoices, say) leaves the defaults. An unknown key or a wrong value is an error.
"""

import tomllib
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

from core.domain.codec import from_json
from core.domain.errors import Malformed
from core.domain.evidence import GapKind
from core.domain.policy import BankFee, FamilyRecord, MatchPolicy


def read_match_policy(data: bytes, name: str) -> MatchPolicy:
    """The policy of a TOML file; `Malformed` names file, key and value."""
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{name} is no TOML file: {error}.", where=name) from error
    table = tables.get("match", {})
    if not isinstance(table, dict):
        raise Malformed(f"{name}: [match] must be a table.", where=name)
    policy = MatchPolicy()
    known = {field.name for field in fields(MatchPolicy)}
    for key, value in table.items():
        if key not in known:
            raise Malformed(f"{name}: [match] has no key “{key}”.", where=key)
        policy = replace(policy, **{key: _typed(name, key, value, getattr(policy, key))})
    return policy


def _record(name: str, value: Any) -> tuple[FamilyRecord, ...]:
    try:
        found = tuple(from_json(FamilyRecord, each) for each in value)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Malformed(f"{name}: record has an entry that is none: {error}.", where="record") from error
    for each in found:
        points = [(0.0, 0.0), *each.curve, (1.0, 1.0)]
        rising = all(left[0] <= right[0] and left[1] <= right[1] for left, right in pairwise(points))
        if min(each.right, each.wrong) < 0 or not rising:
            raise Malformed(
                f"{name}: the record of “{each.family}” must have counts from 0 and a rising curve.", where="record"
            )
    return found


def _bank_fees(name: str, value: Any) -> tuple[BankFee, ...]:
    try:
        found = tuple(from_json(BankFee, each) for each in value)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Malformed(f"{name}: bank_fees has an entry that is none: {error}.", where="bank_fees") from error
    for each in found:
        if not each.currency or any(type(charge) is not int or charge <= 0 for charge in each.charges):
            raise Malformed(f"{name}: bank_fees wants a currency and charges above 0 in hundredths.", where="bank_fees")
    return found


def _typed(name: str, key: str, value: Any, default: object) -> Any:
    if key == "record":
        return _record(name, value)
    if key == "bank_fees":
        return _bank_fees(name, value)
    try:
        if isinstance(default, frozenset):
            return frozenset(GapKind(each) for each in value)
        if isinstance(default, tuple) and isinstance(value, list) and all(type(each) is int for each in value):
            return tuple(value)
        if isinstance(default, float) and type(value) in {int, float}:
            return float(value)
    except (TypeError, ValueError) as error:
        raise Malformed(f"{name}: {key} cannot be “{value}”.", where=key) from error
    if type(value) is type(default):
        return value
    raise Malformed(f"{name}: {key} cannot be “{value}”.", where=key)
