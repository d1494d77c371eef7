"""Line resolution: what people decide about one line of a supplier invoice. The verdict is computed elsewhere, never set.

Which buttons a line has follows from its verdict (the guards that hide): Accept, Dispute and Reject for a difference in rate or
amount, Await receipt besides for one in quantity, Add as new line for one that is linked to nothing. A line wrong in rate and
quantity keeps both findings: it is accepted once somebody entitled to each has accepted it.
"""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import ANYONE, MACHINES, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import LineEvent as Event
from core.domain.workflows import LineResolution as State
from core.domain.workflows import LineVerdict

_THRESHOLDS = frozenset({LineVerdict.RATE_THRESHOLD, LineVerdict.QUANTITY_THRESHOLD, LineVerdict.AMOUNT_THRESHOLD})
_KIND = {
    LineVerdict.RATE_MISMATCH: Permission.RESOLVE_RATE_AND_AMOUNT,
    LineVerdict.RATE_THRESHOLD: Permission.RESOLVE_RATE_AND_AMOUNT,
    LineVerdict.AMOUNT_MISMATCH: Permission.RESOLVE_RATE_AND_AMOUNT,
    LineVerdict.AMOUNT_THRESHOLD: Permission.RESOLVE_RATE_AND_AMOUNT,
    LineVerdict.QUANTITY_MISMATCH: Permission.RESOLVE_QUANTITY,
    LineVerdict.QUANTITY_THRESHOLD: Permission.RESOLVE_QUANTITY,
    LineVerdict.UNLINKED: Permission.HANDLE_NEW_LINES,
}


def beyond(verdicts: frozenset[LineVerdict], by: Entitled) -> frozenset[LineVerdict]:
    """Those of `verdicts` that this actor is not entitled to resolve."""
    return frozenset(verdict for verdict in verdicts if verdict in _KIND and not by.may(_KIND[verdict]))


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the table asks about a line: its verdicts as computed, what of them was accepted already, what the actor gave.

    `others_left`: accepting leaves findings that the actor is not entitled to (`beyond`). `may_edit`: they may change links.
    `now_clear` is about the new comparison, where the event brings one. `closed` says why the invoice takes no decisions now.
    """

    by: Entitled
    verdicts: frozenset[LineVerdict] = frozenset()
    accepted: frozenset[LineVerdict] = frozenset()
    now_clear: bool = False
    reason_given: bool = False
    others_left: bool = False
    partly_accepted: bool = False
    linked: bool = False
    may_edit: bool = False
    target_fits: bool = False
    pack_size_proposed: bool = False
    quantity_given: bool = False
    invoice_closed: bool = False
    closed: str = ""
    target_denial: str = ""

    @property
    def may_resolve(self) -> bool:
        """Whether the actor is entitled to at least one kind of mismatch that this line still has."""
        return any(self.by.may(_KIND[verdict]) for verdict in self.verdicts - self.accepted if verdict in _KIND)

    @property
    def may_recall(self) -> bool:
        """Whether the actor is entitled to at least one kind of what was decided here."""
        return any(self.by.may(_KIND[verdict]) for verdict in self.verdicts if verdict in _KIND)


_Guard = Guard[LineFacts]
INVOICE_OPEN: Final = _Guard(
    "invoice_takes_decisions",
    "The invoice takes no decisions on its lines now; recall it first.",
    lambda f: not f.invoice_closed,
    "illegal_move",
    lambda f: f.closed,
    hides=True,
)
DIFFERS: Final = _Guard(
    "line_is_linked_and_differs",
    "Only a difference between the line and its order can be accepted.",
    lambda f: bool((f.verdicts - f.accepted) & (frozenset(_KIND) - {LineVerdict.UNLINKED})),
    hides=True,
)
UNLINKED: Final = _Guard(
    "line_is_unlinked",
    "Only a line that is linked to no order line can be added as a new one.",
    lambda f: LineVerdict.UNLINKED in f.verdicts,
    hides=True,
)
LINKED: Final = _Guard("line_is_linked", "The line is linked to nothing.", lambda f: f.linked, hides=True)
MAY_RESOLVE: Final = _Guard(
    "may_resolve_this_kind", "You are not entitled to resolve this kind of mismatch.", lambda f: f.may_resolve, "not_permitted"
)
MAY_RECALL: Final = _Guard(
    "may_resolve_what_was_decided",
    "You are not entitled to recall a decision on this kind of mismatch.",
    lambda f: f.may_recall,
    "not_permitted",
)
ALL_ACCEPTED: Final = _Guard("no_other_finding_left", "Another finding of the line is left.", lambda f: not f.others_left)
SOME_LEFT: Final = _Guard("another_finding_left", "No other finding of the line is left.", lambda f: f.others_left)
PARTLY: Final = _Guard("partly_accepted", "Nothing of this line was accepted.", lambda f: f.partly_accepted, hides=True)
QUANTITY: Final = _Guard(
    "verdict_is_quantity_mismatch",
    "Only a quantity mismatch can wait for a receipt.",
    lambda f: LineVerdict.QUANTITY_MISMATCH in f.verdicts,
    hides=True,
)
MAY_QUANTITY: Final = _Guard(
    "may_resolve_quantity",
    "You are not entitled to resolve quantity mismatches.",
    lambda f: f.by.may(Permission.RESOLVE_QUANTITY),
    "not_permitted",
)
MAY_RECEIVE: Final = _Guard(
    "may_record_receipts",
    "You are not entitled to say what was received.",
    lambda f: f.by.may(Permission.RECORD_RECEIPTS) or f.by.may(Permission.RESOLVE_QUANTITY),
    "not_permitted",
)
QUANTITY_GIVEN: Final = _Guard(
    "quantity_given", "Please say how much was received: a quantity above zero.", lambda f: f.quantity_given, "incomplete"
)
MAY_EDIT: Final = _Guard(
    "may_change_links",
    "You are not entitled to change which order line this line is linked to.",
    lambda f: f.may_edit,
    "not_permitted",
)
TARGET_FITS: Final = _Guard(
    "order_line_fits",
    "Please choose an open order line of this supplier in the invoice's currency.",
    lambda f: f.target_fits,
    "incomplete",
    lambda f: f.target_denial,
)
PROPOSED: Final = _Guard(
    "pack_size_proposed", "No pack size is proposed for this line.", lambda f: f.pack_size_proposed, hides=True
)
REASON: Final = _Guard("reason_given", "Please give a reason.", lambda f: f.reason_given, "incomplete")
THRESHOLD: Final = _Guard(
    "verdict_is_threshold",
    "Only a line cleared within a threshold can be recalled.",
    lambda f: bool(f.verdicts & _THRESHOLDS),
    hides=True,
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
    Event.ADD_NEW: EventSpec(AuditName.LINE_ADDED_NEW, PEOPLE, Permission.HANDLE_NEW_LINES, "Add as new line"),
    Event.LINK: EventSpec(AuditName.LINE_LINKED, PEOPLE, None, "Link by hand"),
    Event.UNLINK: EventSpec(AuditName.LINE_UNLINKED, PEOPLE, None, "Unlink"),
    Event.CONFIRM_UNIT: EventSpec(AuditName.LINE_UNIT_CONFIRMED, PEOPLE, None, "Confirm pack size"),
    Event.RECEIVED: EventSpec(AuditName.LINE_RECEIVED, PEOPLE, None, "I received …"),
    Event.RECALL: EventSpec(AuditName.LINE_RECALLED, PEOPLE, None, "Recall"),
    Event.RECEIPT_SEEN: EventSpec(AuditName.LINE_RECEIPT_SEEN, MACHINES),
    Event.FACTS_CHANGED: EventSpec(AuditName.LINE_COMPARED_AGAIN, MACHINES),
    Event.DISPUTE_SETTLED: EventSpec(AuditName.LINE_DISPUTE_SETTLED, MACHINES),
    Event.RELINK: EventSpec(AuditName.LINE_RELINKED, ANYONE),
}

_DECIDED = (State.ACCEPTED, State.AWAITING_RECEIPT, State.REJECTED, State.NEW)
_COMPARED = (State.CLEAR, State.OPEN, State.ACCEPTED, State.REJECTED, State.NEW)
_UNDECIDED = (State.OPEN, State.CLEAR)
_QUIET = tuple(state for state in State if state is not State.DISPUTED)
_WITHDRAWN = (Effect.WITHDRAW_DISPUTE, *_CARD)
_RELINK = (Effect.RECOMPUTE_VERDICT, *_CARD)
_RELINK_DISPUTED = (Effect.RECOMPUTE_VERDICT, *_WITHDRAWN)
_RESOLVE = (INVOICE_OPEN, MAY_RESOLVE)
_ACCEPT = (INVOICE_OPEN, DIFFERS, MAY_RESOLVE)
_LINKING = (INVOICE_OPEN, MAY_EDIT, TARGET_FITS)
_PACK = (INVOICE_OPEN, PROPOSED, MAY_QUANTITY)
TABLE: Final[Table[State, Event, LineFacts]] = Table(
    name="line_resolution",
    title="Line resolution (one for each supplier invoice line)",
    starts=(State.CLEAR, State.OPEN),
    ends=(),
    specs=SPECS,
    rows=(
        _Row((State.OPEN,), Event.ACCEPT, State.ACCEPTED, (*_ACCEPT, ALL_ACCEPTED), _CARD, Origin.BRIEF),
        _Row((State.OPEN,), Event.ACCEPT, State.OPEN, (*_ACCEPT, SOME_LEFT), _CARD, Origin.OURS),
        _Row(
            (State.OPEN,),
            Event.AWAIT_RECEIPT,
            State.AWAITING_RECEIPT,
            (INVOICE_OPEN, QUANTITY, MAY_QUANTITY),
            _CARD,
            Origin.BRIEF,
        ),
        _Row((State.OPEN,), Event.DISPUTE, State.DISPUTED, (*_RESOLVE, REASON), (Effect.OPEN_DISPUTE, *_CARD), Origin.BRIEF),
        _Row((State.OPEN,), Event.REJECT, State.REJECTED, (*_RESOLVE, REASON), _CARD, Origin.BRIEF),
        _Row((State.OPEN,), Event.ADD_NEW, State.NEW, (INVOICE_OPEN, UNLINKED), _CARD, Origin.BRIEF),
        _Row(_UNDECIDED, Event.LINK, State.CLEAR, (*_LINKING, NOW_CLEAR), _CARD, Origin.BRIEF),
        _Row(_UNDECIDED, Event.LINK, State.OPEN, (*_LINKING, STILL_DIFFERS), _CARD, Origin.BRIEF),
        _Row(_UNDECIDED, Event.UNLINK, State.OPEN, (INVOICE_OPEN, LINKED, MAY_EDIT), _CARD, Origin.BRIEF),
        _Row((State.OPEN,), Event.CONFIRM_UNIT, State.CLEAR, (*_PACK, NOW_CLEAR), _CARD),
        _Row((State.OPEN,), Event.CONFIRM_UNIT, State.OPEN, (*_PACK, STILL_DIFFERS), _CARD),
        _Row(
            (State.AWAITING_RECEIPT,),
            Event.RECEIVED,
            State.AWAITING_RECEIPT,
            (INVOICE_OPEN, MAY_RECEIVE, QUANTITY_GIVEN),
            _CARD,
        ),
        _Row(_DECIDED, Event.RECALL, State.OPEN, (INVOICE_OPEN, MAY_RECALL), _CARD, Origin.BRIEF),
        _Row((State.DISPUTED,), Event.RECALL, State.OPEN, (INVOICE_OPEN, MAY_RECALL), _WITHDRAWN, Origin.BRIEF),
        _Row((State.CLEAR,), Event.RECALL, State.OPEN, (INVOICE_OPEN, THRESHOLD, MAY_RECALL), _CARD, Origin.BRIEF),
        _Row((State.OPEN,), Event.RECALL, State.OPEN, (INVOICE_OPEN, PARTLY, MAY_RECALL), _CARD),
        _Row((State.AWAITING_RECEIPT,), Event.RECEIPT_SEEN, State.CLEAR, (NOW_CLEAR,), _CARD, Origin.BRIEF),
        _Row((State.AWAITING_RECEIPT,), Event.RECEIPT_SEEN, State.OPEN, (STILL_DIFFERS,), _CARD, Origin.INFERRED),
        _Row(_COMPARED, Event.FACTS_CHANGED, State.CLEAR, (NOW_CLEAR,), _CARD),
        _Row(_COMPARED, Event.FACTS_CHANGED, State.OPEN, (STILL_DIFFERS,), _CARD),
        _Row((State.DISPUTED,), Event.FACTS_CHANGED, State.CLEAR, (NOW_CLEAR,), _WITHDRAWN),
        _Row((State.DISPUTED,), Event.FACTS_CHANGED, State.OPEN, (STILL_DIFFERS,), _WITHDRAWN),
        _Row((State.DISPUTED,), Event.DISPUTE_SETTLED, State.OPEN, (), _CARD),
        _Row(_QUIET, Event.RELINK, State.CLEAR, (NOW_CLEAR,), _RELINK, Origin.BRIEF),
        _Row(_QUIET, Event.RELINK, State.OPEN, (STILL_DIFFERS,), _RELINK, Origin.BRIEF),
        _Row((State.DISPUTED,), Event.RELINK, State.CLEAR, (NOW_CLEAR,), _RELINK_DISPUTED, Origin.BRIEF),
        _Row((State.DISPUTED,), Event.RELINK, State.OPEN, (STILL_DIFFERS,), _RELINK_DISPUTED, Origin.BRIEF),
    ),
)
