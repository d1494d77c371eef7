"""The owner's rules as versions with a day from which they hold: which one holds today, and how a new one is put there.

A version never changes and none can hold from a day that has passed, so "what was the rule in March?" has one answer. What came
with the code is the first version and stands in the database too, so that a later version of Tieout cannot change it silently.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from core.decide.permissions import entitle_somewhere
from core.domain.actors import Actor, ActorKind, Permission, Surface
from core.domain.codec import from_json, to_json
from core.domain.errors import NotPermitted, Refused
from core.domain.events import AuditName
from core.domain.ids import PersonId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.policy import MatchPolicy
from core.domain.versioned import PolicyKind, PolicyVersion
from core.ports.store import Store, UnitOfWork

FIRST: Final = date(1970, 1, 1)
_CODE: Final = Actor(ActorKind.SYSTEM, "tieout", "Tieout", Surface.COMMAND_LINE)


def canonical(record: object) -> str:
    """The one JSON text of a policy: equal policies have equal texts."""
    return json.dumps(to_json(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def version_in_force(unit: UnitOfWork, kind: PolicyKind, day: date) -> PolicyVersion | None:
    """The latest version of a kind that holds on `day`; None before anybody stored one."""
    current = [version for version in unit.policies.all(kind) if version.effective_from <= day]
    return current[-1] if current else None


def match_policy_in_force(unit: UnitOfWork, day: date, default: MatchPolicy) -> MatchPolicy:
    """How payments are matched on `day`."""
    found = version_in_force(unit, PolicyKind.MATCH, day)
    if found is None:
        return default
    return replace(from_json(MatchPolicy, json.loads(found.body)), version=found.version)


def seed(store: Store) -> bool:
    """The policy that came with the code as the first version, where there is none; True if it was put there."""
    with store.write() as unit:
        if unit.policies.all(PolicyKind.MATCH):
            return False
        default = MatchPolicy()
        put_version(unit, _CODE, PolicyVersion(PolicyKind.MATCH, default.version, FIRST, canonical(default), _CODE.id))
        return True


def put(store: Store, actor: Actor, kind: PolicyKind, version: str, effective_from: date, policy: object) -> bool:
    """A new version; False when exactly this one is there. `Refused` for a day that has passed or is taken, `NotPermitted`."""
    with store.write() as unit:
        require_entitled(unit, actor)
        if effective_from < unit.now.date():
            raise Refused(f"A policy cannot hold from {effective_from}: that day has passed, and its decisions are made.")
        return put_version(unit, actor, PolicyVersion(kind, version, effective_from, canonical(policy), actor.id))


def put_version(unit: UnitOfWork, actor: Actor, version: PolicyVersion) -> bool:
    """Store a version and write it down; False when exactly this one is there."""
    if not unit.policies.put(version):
        return False
    facts: Mapping[str, object] = {
        "version": version.version,
        "effective_from": version.effective_from.isoformat(),
        "body": json.loads(version.body),
    }
    unit.audit.append(AuditEntry(AuditName.POLICY_CHANGED, Subject(SubjectKind.POLICY, version.kind.value), actor, facts=facts))
    return True


def require_entitled(unit: UnitOfWork, actor: Actor) -> None:
    """Whoever runs the machine may; a person needs to be entitled."""
    if actor.kind is not ActorKind.PERSON:
        return
    if not entitle_somewhere(actor, unit.people.get(PersonId(actor.id))).may(Permission.MANAGE_POLICY):
        raise NotPermitted("You are not entitled to change the policy.")
