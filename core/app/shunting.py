"""Deliveries that were set aside: shown to operators, tried again or given up by them, and written down."""

from collections.abc import Sequence
from typing import Final

from core.app.outcomes import Done, Refusal
from core.app.services import Services
from core.decide.permissions import entitle
from core.domain.actors import Actor, ActorKind, Permission
from core.domain.errors import Refused
from core.domain.events import AuditName
from core.domain.ids import DEFAULT_ENTITY, OutboxId, PersonId
from core.domain.keeping import AuditEntry, OutboxItem, Subject, SubjectKind
from core.domain.workflows import OutboxState
from core.ports.store import UnitOfWork

NOT_ENTITLED: Final = "You are not entitled to operate Tieout."


def set_aside(unit: UnitOfWork, limit: int = 100) -> Sequence[OutboxItem]:
    """What waits for an operator, oldest first."""
    return unit.outbox.in_state(OutboxState.SHUNTED, limit)


def replay(services: Services, item_id: OutboxId, actor: Actor, cause: str = "") -> Done | Refusal:
    """Try a delivery again; its receiver is asked by key first, because an earlier attempt may have reached it."""
    return _settle(services, item_id, actor, cause, AuditName.OUTBOX_REPLAYED)


def give_up(services: Services, item_id: OutboxId, actor: Actor, reason: str) -> Done | Refusal:
    """Drop a delivery for good, with the reason."""
    if not reason.strip():
        return Refusal("incomplete", "Please say why; the reason is kept.")
    return _settle(services, item_id, actor, reason, AuditName.OUTBOX_DROPPED)


def _settle(services: Services, item_id: OutboxId, actor: Actor, said: str, name: AuditName) -> Done | Refusal:
    dropped = name is AuditName.OUTBOX_DROPPED
    try:
        with services.store.write() as unit:
            if not _may(unit, actor):
                return Refusal("not_permitted", NOT_ENTITLED)
            item = unit.outbox.give_up(item_id) if dropped else unit.outbox.replay(item_id)
            subject = Subject(SubjectKind.OUTBOX, str(item.id))
            facts: dict[str, object] = {"key": item.effect.key, "why": item.last_error}
            reason, cause = (said, "") if dropped else ("", said)
            unit.audit.append(AuditEntry(name, subject, actor, reason=reason, facts=facts, cause=cause))
    except Refused as error:
        return Refusal(error.code, error.sentence)
    return Done(str(item.id), 1, f"Delivery {item.id} is given up." if dropped else f"Delivery {item.id} is tried again.")


def _may(unit: UnitOfWork, actor: Actor) -> bool:
    """Whoever runs the machine may; a person needs to be entitled."""
    if actor.kind is not ActorKind.PERSON:
        return True
    return entitle(actor, unit.people.get(PersonId(actor.id)), DEFAULT_ENTITY).may(Permission.OPERATE)
