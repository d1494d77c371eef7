"""Dispute: a disagreement taken up with the counterparty, until it is settled or withdrawn."""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import MACHINES, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import DisputeEvent as Event
from core.domain.workflows import DisputeState as State


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """What the table asks about a dispute at the moment of the change."""

    by: Entitled
    outcome_named: bool = False
    mail_written: bool = False
    mail_denial: str = ""


_Guard = Guard[DisputeFacts]
OUTCOME: Final = _Guard(
    "outcome_named",
    "Please say how it was settled: paid in full, credited, corrected or written off.",
    lambda f: f.outcome_named,
    "incomplete",
)
MAIL: Final = _Guard(
    "mail_written",
    "Please give the supplier's address and the text of the mail.",
    lambda f: f.mail_written,
    "incomplete",
    lambda f: f.mail_denial,
)

_LIVE = (State.OPEN, State.WAITING, State.ANSWERED)
_Row = Row[State, Event, DisputeFacts]

SPECS: Final[dict[Event, EventSpec]] = {
    Event.TOLD_COUNTERPARTY: EventSpec(
        AuditName.DISPUTE_TOLD, PEOPLE, Permission.UPLOAD_AND_CODE, "Write to supplier", Style.PRIMARY
    ),
    Event.REPLY_RECEIVED: EventSpec(AuditName.DISPUTE_ANSWERED, MACHINES),
    Event.ASK_AGAIN: EventSpec(AuditName.DISPUTE_ASKED_AGAIN, PEOPLE, Permission.UPLOAD_AND_CODE, "Ask again"),
    Event.SETTLE: EventSpec(AuditName.DISPUTE_SETTLED, PEOPLE, Permission.UPLOAD_AND_CODE, "Settle", Style.PRIMARY),
    Event.RECALL: EventSpec(AuditName.DISPUTE_WITHDRAWN, PEOPLE, Permission.UPLOAD_AND_CODE, "Withdraw"),
    Event.LINE_DECIDED: EventSpec(AuditName.DISPUTE_WITHDRAWN, MACHINES),
}

TABLE: Final[Table[State, Event, DisputeFacts]] = Table(
    name="dispute",
    title="Dispute",
    starts=(State.OPEN,),
    ends=(State.SETTLED, State.WITHDRAWN),
    specs=SPECS,
    rows=(
        _Row((State.OPEN,), Event.TOLD_COUNTERPARTY, State.WAITING, (MAIL,), (Effect.SEND_MAIL,)),
        _Row((State.WAITING,), Event.REPLY_RECEIVED, State.ANSWERED, (), (Effect.ATTACH_REPLY,)),
        _Row((State.ANSWERED,), Event.REPLY_RECEIVED, State.ANSWERED, (), (Effect.ATTACH_REPLY,)),
        _Row((State.WAITING, State.ANSWERED), Event.ASK_AGAIN, State.WAITING, (MAIL,), (Effect.SEND_MAIL,)),
        _Row(_LIVE, Event.SETTLE, State.SETTLED, (OUTCOME,), (Effect.REOPEN_SUBJECT,)),
        _Row(_LIVE, Event.RECALL, State.WITHDRAWN, (), (Effect.REOPEN_SUBJECT,), Origin.BRIEF),
        _Row(_LIVE, Event.LINE_DECIDED, State.WITHDRAWN, (), ()),
    ),
)
