"""Who may act, kept by administrators and by whoever runs the machine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from core.decide.permissions import LIMITED, PAYABLES, entitle
from core.domain.actors import Actor, ActorKind, Permission, Person, Role, Surface
from core.domain.errors import Incomplete, NotFound, NotPermitted, Refused
from core.domain.events import AuditName
from core.domain.ids import DEFAULT_ENTITY, EntityId, PersonId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.ports.store import Store, UnitOfWork

SETTINGS: Final = Actor(ActorKind.SYSTEM, "settings", "Settings", Surface.COMMAND_LINE)


def bootstrap_administrators(store: Store, emails: Sequence[str]) -> list[Person]:
    """Make the administrators of the settings known; whoever is known already keeps the roles they have."""
    added = []
    with store.write() as unit:
        for email in emails:
            if unit.people.by_email(email) is None:
                name = email.partition("@")[0].replace(".", " ").title()
                person = Person(unit.people.next_id(), name, email, frozenset({Role.ADMINISTRATOR}))
                _put(unit, None, person, SETTINGS)
                added.append(person)
    return added


def add(store: Store, actor: Actor, email: str, name: str, roles: frozenset[Role]) -> Person:
    """A new person, or one who comes back; `Refused` for an address that is known and active."""
    _require_fit(roles)
    if "@" not in email.strip("@") or not name.strip():
        raise Incomplete("A person needs a name and an e-mail address.")
    with store.write() as unit:
        _require(unit, actor)
        known = unit.people.by_email(email)
        if known is not None and known.active:
            raise Refused(f"{email} is known already as {known.id} ({known.name}).")
        base = known or Person(unit.people.next_id(), name.strip(), email.strip(), frozenset())
        person = replace(base, name=name.strip(), roles=roles, active=True)
        _put(unit, known, person, actor)
    return person


def give(store: Store, actor: Actor, email: str, name: str, roles: frozenset[Role]) -> tuple[Person, bool]:
    """These roles besides those that somebody has; who is not known is added. The person, and whether anything changed."""
    if "@" not in email.strip("@") or not name.strip():
        raise Incomplete("A person needs a name and an e-mail address.")
    with store.write() as unit:
        _require(unit, actor)
        known = unit.people.by_email(email)
        base = known or Person(unit.people.next_id(), name.strip(), email.strip(), frozenset())
        kept = base.roles if base.active else frozenset()
        person = replace(base, roles=kept | roles, active=True)
        _require_fit(person.roles)
        if person == known:
            return person, False
        _put(unit, known, person, actor)
    return person, True


def set_roles(store: Store, actor: Actor, who: str, roles: frozenset[Role]) -> Person:
    """Other roles for a person, who is named by id or address, in place of those they had."""
    _require_fit(roles)
    with store.write() as unit:
        _require(unit, actor)
        before = find(unit, who)
        after = replace(before, roles=roles)
        _put(unit, before, after, actor)
    return after


def set_entities(store: Store, actor: Actor, who: str, entities: frozenset[EntityId]) -> Person:
    """The legal entities that a person may act for; none named means all of them."""
    with store.write() as unit:
        _require(unit, actor)
        before = find(unit, who)
        after = replace(before, entities=entities)
        _put(unit, before, after, actor)
    return after


def remove(store: Store, actor: Actor, who: str) -> Person:
    """Somebody left: they may do nothing from now on, and stay in the log as who they were."""
    with store.write() as unit:
        _require(unit, actor)
        before = find(unit, who)
        after = replace(before, active=False, roles=frozenset())
        _put(unit, before, after, actor)
    return after


def _require_fit(roles: frozenset[Role]) -> None:
    """An approver of supplier invoices is a limited role with fixed permissions: it does not go with the others of payables."""
    limited = roles & LIMITED
    if limited and len(roles & (LIMITED | PAYABLES)) > 1:
        name = min(role.value for role in limited)
        raise Refused(f"“{name}” is a limited role with fixed permissions and goes with no other role of payables.")


def find(unit: UnitOfWork, who: str) -> Person:
    """By id or address; `NotFound`."""
    person = unit.people.get(PersonId(who)) or unit.people.by_email(who)
    if person is None:
        raise NotFound(f"Nobody is known as {who}. “tieout people list” shows everybody.")
    return person


def _require(unit: UnitOfWork, actor: Actor) -> None:
    """Whoever runs the machine may; a person needs to be entitled."""
    if actor.kind is not ActorKind.PERSON:
        return
    if not entitle(actor, unit.people.get(PersonId(actor.id)), DEFAULT_ENTITY).may(Permission.MANAGE_PEOPLE):
        raise NotPermitted("You are not entitled to manage people.")


def _put(unit: UnitOfWork, before: Person | None, after: Person, actor: Actor) -> None:
    unit.people.put(after)
    facts: dict[str, object] = {
        "email": after.email,
        "roles": sorted(role.value for role in after.roles),
        "roles_before": sorted(role.value for role in before.roles) if before else [],
        "entities": sorted(after.entities),
        "active": after.active,
    }
    unit.audit.append(AuditEntry(AuditName.PERSON_CHANGED, Subject(SubjectKind.PERSON, after.id), actor, facts=facts))
