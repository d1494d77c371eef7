"""The owner's rules of payables: read in the version of the day, put by whoever is entitled, written down."""

import json
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from core.app.outcomes import AlreadyDone, Done, Outcome
from core.app.services import Services
from core.decide.permissions import entitle
from core.domain.actors import Actor, ActorKind, Permission
from core.domain.codec import from_json, to_json
from core.domain.errors import NotPermitted
from core.domain.events import AuditName
from core.domain.ids import DEFAULT_ENTITY, PersonId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.policy import TolerancePolicy
from core.domain.versioned import PayablesPolicy, PolicyKind, PolicyVersion, payables_in_force
from core.ports.store import UnitOfWork

T = TypeVar("T", TolerancePolicy, PayablesPolicy)


def tolerances(unit: UnitOfWork) -> tuple[TolerancePolicy, ...]:
    """All versions of the limits, by day."""
    return tuple(_read(TolerancePolicy, each) for each in unit.policies.all(PolicyKind.TOLERANCE))


def payables(unit: UnitOfWork, day: date | None = None) -> PayablesPolicy:
    """How supplier invoices are approved on a day; today where none is named."""
    versions = tuple(_read(PayablesPolicy, each) for each in unit.policies.all(PolicyKind.PAYABLES))
    return payables_in_force(versions, day or unit.now.date())


def _read(of: type[T], version: PolicyVersion) -> T:
    return from_json(of, json.loads(version.body))


def put(services: Services, policies: Sequence[TolerancePolicy | PayablesPolicy], actor: Actor) -> Outcome:
    """Store versions, all or none; those that are there already with the same words change nothing.

    A version holds from its day on. Invoices that were compared keep the verdicts and the version that they were given; they
    are judged by another one when they are compared again.
    """
    with services.store.write() as unit:
        _require(unit, actor)
        stored = [each for each in policies if _put(unit, each, actor)]
    names = ", ".join(f"“{each.version}” from {each.effective_from}" for each in stored)
    if not stored:
        return AlreadyDone("policy", "All these versions are stored already; nothing was changed.")
    return Done("policy", len(stored), f"Stored {names}.")


def _put(unit: UnitOfWork, policy: TolerancePolicy | PayablesPolicy, actor: Actor) -> bool:
    kind = PolicyKind.TOLERANCE if isinstance(policy, TolerancePolicy) else PolicyKind.PAYABLES
    body = json.dumps(to_json(policy), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    version = PolicyVersion(kind, policy.version, policy.effective_from, body, actor.name, unit.now)
    if not unit.policies.put(version):
        return False
    facts: dict[str, object] = {
        "kind": kind.value,
        "version": policy.version,
        "effective_from": policy.effective_from.isoformat(),
        "body": json.loads(body),
    }
    subject = Subject(SubjectKind.POLICY, kind.value)
    unit.audit.append(AuditEntry(AuditName.POLICY_CHANGED, subject, actor, facts=facts))
    return True


def _require(unit: UnitOfWork, actor: Actor) -> None:
    """Whoever runs the machine may; a person needs to be entitled."""
    if actor.kind is not ActorKind.PERSON:
        return
    if not entitle(actor, unit.people.get(PersonId(actor.id)), DEFAULT_ENTITY).may(Permission.MANAGE_POLICY):
        raise NotPermitted("You are not entitled to change the policy.")
