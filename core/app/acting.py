"""What every story of an act begins and ends with: what the actor may do, which version they saw, and refusals."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.app import asking
from core.app.meanwhile import moved_on
from core.app.outcomes import Outcome, Refusal
from core.decide.machine import Denied
from core.decide.permissions import entitle
from core.domain.actors import Actor, ActorKind, Entitled
from core.domain.events import AuditName
from core.domain.ids import EntityId, PersonId
from core.domain.keeping import AuditEntry, Subject
from core.ports.store import UnitOfWork

STRANGER: Final = Denied(
    "not_permitted", "Tieout does not know you yet. An administrator can add you with “tieout people add”."
)


@dataclass(frozen=True, slots=True)
class Present:
    """A subject as it is now."""

    subject: Subject
    version: int
    state: StrEnum


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what, and the version that they looked at."""

    version: int
    actor: Actor
    event: StrEnum
    cause: str


def entitled(unit: UnitOfWork, actor: Actor, entity: EntityId) -> Entitled:
    """What the actor may do for this legal entity, looked up now."""
    person = unit.people.get(PersonId(actor.id)) if actor.kind is ActorKind.PERSON else None
    return entitle(actor, person, entity)


def stale(unit: UnitOfWork, present: Present, asked: Asked, wanted: AuditName) -> Outcome | None:
    """None where the person looked at the present version; else what happened meanwhile, and the card is drawn again."""
    if asked.version == present.version:
        return None
    asking.refresh(unit, present.subject, f"{asked.cause or asked.actor.id}:v{present.version}")
    return moved_on(unit, present.subject, wanted, (asked.version, asked.actor.id), present.state)


def refused(unit: UnitOfWork, present: Present, asked: Asked, name: AuditName, denied: Denied) -> Refusal:
    """Refusals for want of permission are written down as `name`; a slip of the finger is not."""
    if denied.code == "not_permitted":
        unit.audit.append(
            AuditEntry(
                name=name,
                subject=present.subject,
                actor=asked.actor,
                version_before=present.version,
                version_after=present.version,
                facts={"event": asked.event.value, "code": denied.code},
                cause=asked.cause,
            )
        )
    return Refusal(denied.code, denied.sentence)


def denial(answer: object, proposed: object) -> Denied:
    """What a person is told where the table's answer, their proposal, or both are denied.

    Whoever may not do this at all hears that, not what they left out.
    """
    barred = isinstance(answer, Denied) and answer.code in {"not_permitted", "illegal_move"}
    told = answer if barred or not isinstance(proposed, Denied) else proposed
    assert isinstance(told, Denied)  # noqa: S101  One of the two is.
    return told
