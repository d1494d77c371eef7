"""Portal submission: our invoice into a customer's portal, as a draft. No row presses Submit; a person does, in the portal."""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import ANYONE, MACHINES, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import SubmissionEvent as Event
from core.domain.workflows import SubmissionState as State


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """What the table asks about a submission at the moment of the change."""

    by: Entitled
    customer_enabled: bool = False
    order_has_room: bool = False
    credentials_usable: bool = False
    reads_back_equal: bool = False


_Guard = Guard[SubmissionFacts]
ENABLED: Final = _Guard(
    "customer_enabled", "Submitting to the portal is switched off for this customer.", lambda f: f.customer_enabled
)
ROOM: Final = _Guard(
    "order_has_room",
    "The customer's order has no room left for this invoice.",
    lambda f: f.order_has_room,
    "order_has_no_room",
)
CREDENTIALS: Final = _Guard("credentials_usable", "The portal credential cannot be used now.", lambda f: f.credentials_usable)
EQUAL: Final = _Guard("reads_back_equal", "The portal shows something else than we meant.", lambda f: f.reads_back_equal)

_TELL = (Effect.NOTIFY_MANAGERS,)
_CARD = (Effect.REFRESH_CARD,)
_Row = Row[State, Event, SubmissionFacts]

SPECS: Final[dict[Event, EventSpec]] = {
    Event.MARK_READY: EventSpec(
        AuditName.SUBMISSION_MARKED_READY, PEOPLE, Permission.MARK_SUBMISSIONS_READY, "Ready to submit", Style.PRIMARY
    ),
    Event.RETRY: EventSpec(AuditName.SUBMISSION_RETRIED, PEOPLE, Permission.MARK_SUBMISSIONS_READY, "Try again", Style.PRIMARY),
    Event.RECALL: EventSpec(AuditName.SUBMISSION_RECALLED, PEOPLE, Permission.MARK_SUBMISSIONS_READY, "Recall"),
    Event.DISMISS: EventSpec(
        AuditName.SUBMISSION_DISMISSED, PEOPLE, Permission.MARK_SUBMISSIONS_READY, "Dismiss", Style.DANGER
    ),
    Event.BEGIN: EventSpec(AuditName.SUBMISSION_BEGUN, MACHINES),
    Event.DRAFT_READ_BACK: EventSpec(AuditName.SUBMISSION_DRAFT_SAVED, MACHINES),
    Event.PORTAL_UNAVAILABLE: EventSpec(AuditName.SUBMISSION_PORTAL_UNAVAILABLE, MACHINES),
    Event.NEEDS_PERSON: EventSpec(AuditName.SUBMISSION_NEEDS_PERSON, MACHINES),
    Event.INTERRUPTED: EventSpec(AuditName.SUBMISSION_INTERRUPTED, MACHINES),
    Event.DRAFT_FOUND: EventSpec(AuditName.SUBMISSION_DRAFT_FOUND, MACHINES),
    Event.NO_DRAFT: EventSpec(AuditName.SUBMISSION_NO_DRAFT, MACHINES),
    Event.SEEN_SUBMITTED: EventSpec(AuditName.SUBMISSION_SUBMITTED, ANYONE),
    Event.SEEN_GONE: EventSpec(AuditName.SUBMISSION_GONE, MACHINES),
}

TABLE: Final[Table[State, Event, SubmissionFacts]] = Table(
    name="portal_submission",
    title="Portal submission (our invoice into a customer's AP portal)",
    starts=(State.SUGGESTED,),
    ends=(State.SUBMITTED, State.DISMISSED),
    specs=SPECS,
    rows=(
        _Row((State.SUGGESTED,), Event.MARK_READY, State.READY_TO_SUBMIT, (ENABLED, ROOM), _CARD, Origin.BRIEF),
        _Row((State.SUGGESTED, State.STUCK), Event.DISMISS, State.DISMISSED, (), _CARD),
        _Row((State.READY_TO_SUBMIT,), Event.RECALL, State.SUGGESTED, (), _CARD),
        _Row((State.READY_TO_SUBMIT,), Event.BEGIN, State.FILLING, (CREDENTIALS,), (Effect.START_DRIVER_RUN,), Origin.BRIEF),
        _Row((State.FILLING,), Event.DRAFT_READ_BACK, State.DRAFT_SAVED, (EQUAL,), _TELL, Origin.BRIEF),
        _Row((State.FILLING,), Event.PORTAL_UNAVAILABLE, State.READY_TO_SUBMIT),
        _Row((State.FILLING,), Event.NEEDS_PERSON, State.STUCK, (), _TELL),
        _Row((State.FILLING,), Event.INTERRUPTED, State.CHECKING, (), (Effect.SEARCH_PORTAL,)),
        _Row((State.CHECKING,), Event.DRAFT_FOUND, State.DRAFT_SAVED, (), _TELL),
        _Row((State.CHECKING,), Event.NO_DRAFT, State.READY_TO_SUBMIT),
        _Row((State.STUCK,), Event.RETRY, State.READY_TO_SUBMIT, (), _CARD),
        _Row((State.DRAFT_SAVED,), Event.SEEN_SUBMITTED, State.SUBMITTED, (), _CARD, Origin.BRIEF),
        _Row((State.DRAFT_SAVED,), Event.SEEN_GONE, State.STUCK, (), _TELL),
    ),
)
