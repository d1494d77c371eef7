"""The owner's rules of payables: read in the version of the day, put by whoever is entitled, written down."""

import json
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from core.app import policies
from core.app.outcomes import AlreadyDone, Done, Outcome
from core.domain.actors import Actor
from core.domain.codec import from_json
from core.domain.errors import Refused
from core.domain.policy import TolerancePolicy, ToleranceRule, in_force
from core.domain.versioned import PayablesPolicy, PolicyKind, PolicyVersion, payables_in_force
from core.ports.store import Store, UnitOfWork

T = TypeVar("T", TolerancePolicy, PayablesPolicy)


def tolerances(unit: UnitOfWork) -> tuple[TolerancePolicy, ...]:
    """All versions of the limits, by day."""
    return tuple(_read(TolerancePolicy, each) for each in unit.policies.all(PolicyKind.TOLERANCE))


def in_force_on(unit: UnitOfWork, day: date) -> TolerancePolicy:
    """The limits that hold on a day."""
    return in_force(tolerances(unit), day)


def with_rule(
    base: TolerancePolicy, rule: ToleranceRule, version: str = "proposal", effective_from: date = date.min
) -> TolerancePolicy:
    """`base` with this rule in place of the one of the same scope, as a version of its own."""
    others = tuple(
        each for each in base.rules if (each.item, each.supplier, each.category) != (rule.item, rule.supplier, rule.category)
    )
    said = rule.quantity, rule.rate, rule.amount
    return TolerancePolicy(version, effective_from, (*others, rule) if any(said) else others)


def payables(unit: UnitOfWork, day: date | None = None) -> PayablesPolicy:
    """How supplier invoices are approved on a day; today where none is named."""
    versions = tuple(_read(PayablesPolicy, each) for each in unit.policies.all(PolicyKind.PAYABLES))
    return payables_in_force(versions, day or unit.now.date())


def _read(of: type[T], version: PolicyVersion) -> T:
    return from_json(of, json.loads(version.body))


def put(store: Store, found: Sequence[TolerancePolicy | PayablesPolicy], actor: Actor) -> Outcome:
    """Store versions, all or none; those that are there already with the same words change nothing.

    Invoices that were compared keep the verdicts and the version that they were given; another one judges them when they are
    compared again. A day that has passed is only for the first version of its kind: before it, nobody had ruled anything.
    """
    with store.write() as unit:
        policies.require_entitled(unit, actor)
        ruled = {kind for kind in PolicyKind if unit.policies.all(kind)}
        stored = [each for each in found if _put(unit, each, actor, ruled)]
    names = ", ".join(f"“{each.version}” from {each.effective_from}" for each in stored)
    if not stored:
        return AlreadyDone("policy", "All these versions are stored already; nothing was changed.")
    return Done("policy", len(stored), f"Stored {names}.")


def _put(unit: UnitOfWork, policy: TolerancePolicy | PayablesPolicy, actor: Actor, ruled: set[PolicyKind]) -> bool:
    kind = PolicyKind.TOLERANCE if isinstance(policy, TolerancePolicy) else PolicyKind.PAYABLES
    version = PolicyVersion(kind, policy.version, policy.effective_from, policies.canonical(policy), actor.id)
    known = any(each.version == policy.version for each in unit.policies.all(kind))
    if not known and kind in ruled and policy.effective_from < unit.now.date():
        raise Refused(f"“{policy.version}” cannot hold from {policy.effective_from}: that day has passed.")
    return policies.put_version(unit, actor, version)
