"""Line resolution: what people decide about one line of a supplier invoice. The verdict is computed elsewhere, never set."""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import ANYONE, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import LineEvent as Event
from core.domain.workflows import LineResolution as State
from core.domain.workflows import LineVerdict

_THRESHOLDS = frozenset({LineVerdict.RATE_THRESHOLD, LineVerdict.QUANTITY_THRESHOLD, LineVerdict.AMOUNT_THRESHOLD})
_KIND = {
    LineVerdict.RATE_MISMATCH: Permission.RESOLVE_RATE_AND_AMOUNT,
    LineVerdict.AMOUNT_MISMATCH: Permission.RESOLVE_RATE_AND_AMOUNT,
    LineVerdict.QUANTITY_MISMATCH: Permission.RESOLVE_QUANTITY,
    LineVerdict.UNLINKED: Permission.HANDLE_NEW_LINES,
}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the table asks about a line: its verdicts as computed, whether the new ones are clear, and the reason typed."""

    by: Entitled
    verdicts: frozenset[LineVerdict] = frozenset()
    now_clear: bool = False
    reason_given: bool = False

    @property
    def may_resolve(self) -> bool:
        """Whether the actor is entitled to at least one kind of mismatch that this line has."""
        return any(self.by.may(_KIND[verdict]) for verdict in self.verdicts if verdict in _KIND)


_Guard = Guard[LineFacts]
MAY_RESOLVE: Final = _Guard(
    "may_resolve_this_kind", "You are not entitled to resolve this kind of mismatch.", lambda f: f.may_resolve, "not_permitted"
)
QUANTITY: Final = _Guard(
    "verdict_is_quantity_mismatch",
    "Only a quantity mismatch can wait for a receipt.",
    lambda f: LineVerdict.QUANTITY_MISMATCH in f.verdicts,
)
MAY_QUANTITY: Final = _Guard(
    "may_resolve_quantity",
    "You are not entitled to resolve quantity mismatches.",
    lambda f: f.by.may(Permission.RESOLVE_QUANTITY),
    "not_permitted",
)
REASON: Final = _Guard("reason_given", "Please give a reason.", lambda f: f.reason_given, "incomplete")
THRESHOLD: Final = _Guard(
    "verdict_is_threshold", "Only a line cleared within a threshold can be recalled.", lambda f: bool(f.verdicts & _THRESHOLDS)
)
NOW_CLEAR: Final = _Guard("new_verdict_clear", "The line still differs.", lambda f: f.now_clear)
STILL_DIFFERS: Final = _Guard("new_verdict_differs", "The line is clear.", lambda f: not f.now_clear)

_CARD = (Effect.REFRESH_CARD,)
_Row = Row[State, Event, LineFacts]

SPECS: Final[dict[Event, EventSpec]] = {
    Event.ACCEPT: EventSpec(AuditName.LINE_ACCEPTED, PEOPLE, None, "Accept", Style.PRIMARY),
    Event.AWAIT_RECEIPT: EventSpec(AuditName.LINE_AWAITING_RECEIPT, PEOPLE, None, "Await receipt"),
    Event.DISPUTE: EventSpec(AuditName.LINE_DISPUTED, PEOPLE, None, "Dispute", needs_reason=True),
    Event.REJECT: EventSpec(AuditName.LINE_REJECTED, PEOPLE, None, "Reject", Style.DANGER, needs_reason=True),
    Event.RECALL: EventSpec(AuditName.LINE_RECALLED, PEOPLE, None, "Recall"),
    Event.RECEIPT_SEEN: EventSpec(AuditName.LINE_RECEIPT_SEEN, ANYONE),
    Event.RELINK: EventSpec(AuditName.LINE_RELINKED, ANYONE, None, "Re-run line linking"),
}

_ANY = tuple(State)
_RELINK = (Effect.RECOMPUTE_VERDICT, *_CARD)
TABLE: Final[Table[State, Event, LineFacts]] = Table(
    name="line_resolution",
    title="Line resolution (one for each supplier invoice line)",
    starts=(State.CLEAR, State.OPEN),
    ends=(),
    specs=SPECS,
    rows=(
        _Row((State.OPEN,), Event.ACCEPT, State.ACCEPTED, (MAY_RESOLVE,), _CARD, Origin.BRIEF),
        _Row((State.OPEN,), Event.AWAIT_RECEIPT, State.AWAITING_RECEIPT, (QUANTITY, MAY_QUANTITY), _CARD, Origin.BRIEF),
        _Row((State.OPEN,), Event.DISPUTE, State.DISPUTED, (MAY_RESOLVE, REASON), (Effect.OPEN_DISPUTE, *_CARD), Origin.BRIEF),
        _Row((State.OPEN,), Event.REJECT, State.REJECTED, (MAY_RESOLVE, REASON), _CARD, Origin.BRIEF),
        _Row((State.ACCEPTED, State.AWAITING_RECEIPT, State.REJECTED), Event.RECALL, State.OPEN, (), _CARD, Origin.BRIEF),
        _Row((State.DISPUTED,), Event.RECALL, State.OPEN, (), (Effect.WITHDRAW_DISPUTE, *_CARD), Origin.BRIEF),
        _Row((State.CLEAR,), Event.RECALL, State.OPEN, (THRESHOLD,), _CARD, Origin.BRIEF),
        _Row((State.AWAITING_RECEIPT,), Event.RECEIPT_SEEN, State.CLEAR, (NOW_CLEAR,), _CARD, Origin.BRIEF),
        _Row((State.AWAITING_RECEIPT,), Event.RECEIPT_SEEN, State.OPEN, (STILL_DIFFERS,), _CARD, Origin.INFERRED),
        _Row(_ANY, Event.RELINK, State.CLEAR, (NOW_CLEAR,), _RELINK, Origin.BRIEF),
        _Row(_ANY, Event.RELINK, State.OPEN, (STILL_DIFFERS,), _RELINK, Origin.BRIEF),
    ),
)
