"""Outbox item: the life of every effect that leaves the process. What fails too often is set aside, never dropped by itself."""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import MACHINES, PEOPLE, Effect, EventSpec, Guard, Row, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import OutboxEvent as Event
from core.domain.workflows import OutboxState as State


@dataclass(frozen=True, slots=True)
class OutboxFacts:
    """What the table asks about an item at the moment of the change."""

    by: Entitled
    attempts_left: bool = True
    reason_given: bool = False


_Guard = Guard[OutboxFacts]
LEFT: Final = _Guard("attempts_left", "No attempts are left.", lambda f: f.attempts_left)
NONE_LEFT: Final = _Guard("none_left", "Attempts are left.", lambda f: not f.attempts_left)
REASON: Final = _Guard("reason_given", "Please say why this is given up.", lambda f: f.reason_given, "incomplete")

_TELL = (Effect.TELL_OPERATOR,)
_Row = Row[State, Event, OutboxFacts]

SPECS: Final[dict[Event, EventSpec]] = {
    Event.LEASE: EventSpec(AuditName.OUTBOX_LEASED, MACHINES),
    Event.DONE: EventSpec(AuditName.OUTBOX_SENT, MACHINES),
    Event.TRANSIENT_FAILURE: EventSpec(AuditName.OUTBOX_FAILED, MACHINES),
    Event.PERMANENT_FAILURE: EventSpec(AuditName.OUTBOX_SHUNTED, MACHINES),
    Event.LEASE_EXPIRED: EventSpec(AuditName.OUTBOX_LEASE_EXPIRED, MACHINES),
    Event.REPLAY: EventSpec(AuditName.OUTBOX_REPLAYED, PEOPLE, Permission.OPERATE, "Try again"),
    Event.GIVE_UP: EventSpec(AuditName.OUTBOX_DROPPED, PEOPLE, Permission.OPERATE, "Give up", needs_reason=True),
}

TABLE: Final[Table[State, Event, OutboxFacts]] = Table(
    name="outbox_item",
    title="Outbox item (every effect that leaves the process)",
    starts=(State.PENDING,),
    ends=(State.SENT, State.DROPPED),
    specs=SPECS,
    rows=(
        _Row((State.PENDING,), Event.LEASE, State.SENDING),
        _Row((State.SENDING,), Event.DONE, State.SENT),
        _Row((State.SENDING,), Event.TRANSIENT_FAILURE, State.PENDING, (LEFT,)),
        _Row((State.SENDING,), Event.TRANSIENT_FAILURE, State.SHUNTED, (NONE_LEFT,), _TELL),
        _Row((State.SENDING,), Event.PERMANENT_FAILURE, State.SHUNTED, (), _TELL),
        _Row((State.SENDING,), Event.LEASE_EXPIRED, State.PENDING),
        _Row((State.SHUNTED,), Event.REPLAY, State.PENDING),
        _Row((State.SHUNTED,), Event.GIVE_UP, State.DROPPED, (REASON,)),
    ),
)
