"""Remittance advice: from a document to the payment it explains."""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import ANYONE, MACHINES, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import RemittanceEvent as Event
from core.domain.remittance import RemittanceState as State


@dataclass(frozen=True, slots=True)
class RemittanceFacts:
    """What the table asks about an advice at the moment of the change."""

    by: Entitled
    complete: bool = True
    reason_given: bool = False
    payment_takes_it: bool = True
    payment_denial: str = ""


_Guard = Guard[RemittanceFacts]
COMPLETE: Final = _Guard(
    "all_lines_read",
    "Not every line could be read, or the lines do not add up to the total.",
    lambda f: f.complete,
    "total_disagrees",
)
REASON: Final = _Guard(
    "reason_given", "Please say why; the reason is kept with the advice.", lambda f: f.reason_given, "incomplete"
)
TAKES_IT: Final = _Guard(
    "payment_takes_it",
    "Please choose a payment whose money is here and which is not posted yet.",
    lambda f: f.payment_takes_it,
    "incomplete",
    lambda f: f.payment_denial,
)

_Row = Row[State, Event, RemittanceFacts]
_FIND = (Effect.LOOK_FOR_PAYMENT,)
_SUGGEST = (Effect.LOOK_FOR_SUGGESTIONS,)

SPECS: Final[dict[Event, EventSpec]] = {
    Event.READ: EventSpec(AuditName.REMITTANCE_READ, MACHINES),
    Event.COULD_NOT_READ: EventSpec(AuditName.REMITTANCE_COULD_NOT_BE_READ, MACHINES),
    Event.TYPED_IN: EventSpec(AuditName.REMITTANCE_TYPED_IN, PEOPLE, Permission.READ_REMITTANCES, "Type it in", Style.PRIMARY),
    Event.DISMISS: EventSpec(
        AuditName.REMITTANCE_DISMISSED, PEOPLE, Permission.READ_REMITTANCES, "Dismiss", Style.DANGER, needs_reason=True
    ),
    Event.PAYMENT_FOUND: EventSpec(AuditName.REMITTANCE_LINKED, ANYONE, Permission.APPLY_PAYMENTS, "Link to payment"),
    Event.NO_PAYMENT_YET: EventSpec(AuditName.REMITTANCE_WAITING, MACHINES),
    Event.UNLINK: EventSpec(AuditName.REMITTANCE_UNLINKED, PEOPLE, Permission.APPLY_PAYMENTS, "Unlink"),
    Event.PAYMENT_POSTED: EventSpec(AuditName.REMITTANCE_CLOSED, MACHINES),
}

TABLE: Final[Table[State, Event, RemittanceFacts]] = Table(
    name="remittance_advice",
    title="Remittance advice",
    starts=(State.RECEIVED,),
    ends=(State.CLOSED,),
    specs=SPECS,
    rows=(
        _Row((State.RECEIVED,), Event.READ, State.READ, (COMPLETE,), _FIND),
        _Row((State.RECEIVED,), Event.COULD_NOT_READ, State.NEEDS_PERSON, (), (Effect.REFRESH_CARD,)),
        _Row((State.NEEDS_PERSON,), Event.TYPED_IN, State.READ, (COMPLETE,), _FIND),
        _Row((State.NEEDS_PERSON, State.WAITING), Event.DISMISS, State.CLOSED, (REASON,), (Effect.REFRESH_CARD,)),
        _Row((State.READ, State.WAITING), Event.PAYMENT_FOUND, State.LINKED, (TAKES_IT,), _SUGGEST, Origin.BRIEF),
        _Row((State.READ,), Event.NO_PAYMENT_YET, State.WAITING),
        _Row((State.LINKED,), Event.UNLINK, State.WAITING, (), _SUGGEST),
        _Row((State.LINKED,), Event.PAYMENT_POSTED, State.CLOSED, (), (Effect.THANK_CUSTOMER,)),
    ),
)
