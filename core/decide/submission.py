"""Portal submission: our invoice into a customer's portal, as a draft. No row presses Submit; a person does, in the portal.

A customer who takes cXML gets a document instead. That has no draft stage, so what a person does in the portal is done here:
the document is written and shown, and goes out only when a second person releases it. What the portal shows afterwards moves
the same submission on: submitted, approved, disputed, paid, or turned down.
"""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import MACHINES, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import SubmissionEvent as Event
from core.domain.workflows import SubmissionState as State


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """What the table asks about a submission at the moment of the change.

    `preflight_denial` says what the portal would refuse. `takes_cxml` says that this customer's invoices go as documents,
    `second_person` that the actor is not the one who said Ready to submit.
    """

    by: Entitled
    customer_enabled: bool = False
    order_chosen: bool = False
    order_has_room: bool = False
    preflight_passes: bool = False
    credentials_usable: bool = False
    reads_back_equal: bool = False
    takes_cxml: bool = False
    second_person: bool = False
    preflight_denial: str = ""


_Guard = Guard[SubmissionFacts]
ENABLED: Final = _Guard(
    "customer_enabled", "Submitting to the portal is switched off for this customer.", lambda f: f.customer_enabled
)
CHOSEN: Final = _Guard(
    "order_chosen", "Please choose first which of the customer's orders it belongs to.", lambda f: f.order_chosen, "incomplete"
)
ROOM: Final = _Guard(
    "order_has_room",
    "The customer's order has no room left for this invoice.",
    lambda f: f.order_has_room,
    "order_has_no_room",
)
PASSES: Final = _Guard(
    "preflight_passes",
    "The portal would refuse it as it is.",
    lambda f: f.preflight_passes,
    "incomplete",
    lambda f: f.preflight_denial,
)
CREDENTIALS: Final = _Guard("credentials_usable", "The portal credential cannot be used now.", lambda f: f.credentials_usable)
EQUAL: Final = _Guard("reads_back_equal", "The portal shows something else than we meant.", lambda f: f.reads_back_equal)
BY_FORM: Final = _Guard("by_form", "This customer takes cXML; no form is filled for it.", lambda f: not f.takes_cxml)
BY_CXML: Final = _Guard("takes_cxml", "This customer takes no cXML from us any more.", lambda f: f.takes_cxml)
SECOND: Final = _Guard(
    "second_person",
    "You said Ready to submit. What is released is delivered at once, so somebody else has to release it.",
    lambda f: f.second_person,
)

_TELL = (Effect.NOTIFY_MANAGERS,)
_CARD = (Effect.REFRESH_CARD,)
_TELL_AND_CARD = (*_TELL, *_CARD)
_Row = Row[State, Event, SubmissionFacts]
_WITH_US = (State.SUGGESTED, State.STUCK)
_THERE = (State.SUBMITTED, State.APPROVED, State.DISPUTED)
_WITH_DOCUMENT = (State.PREPARED, State.RELEASED)
_BEFORE = (
    State.SUGGESTED,
    State.READY_TO_SUBMIT,
    State.CHECKING,
    *_WITH_DOCUMENT,
    State.STUCK,
    State.DRAFT_SAVED,
)
_READY = Permission.MARK_SUBMISSIONS_READY

SPECS: Final[dict[Event, EventSpec]] = {
    Event.MARK_READY: EventSpec(AuditName.SUBMISSION_MARKED_READY, PEOPLE, _READY, "Ready to submit", Style.PRIMARY),
    Event.RELEASE: EventSpec(
        AuditName.SUBMISSION_RELEASED,
        PEOPLE,
        Permission.RELEASE_SUBMISSIONS,
        "Deliver by cXML",
        Style.PRIMARY,
        confirm="This delivers the invoice to the customer at once. cXML knows no draft, and nobody can take it back.",
    ),
    Event.RETRY: EventSpec(AuditName.SUBMISSION_RETRIED, PEOPLE, _READY, "Try again", Style.PRIMARY),
    Event.CHOOSE_ORDER: EventSpec(AuditName.SUBMISSION_ORDER_CHOSEN, PEOPLE, _READY, "Choose order"),
    Event.CHOOSE_LINES: EventSpec(AuditName.SUBMISSION_LINES_CHOSEN, PEOPLE, _READY, "Choose lines"),
    Event.ATTACH_FILE: EventSpec(AuditName.SUBMISSION_FILE_ATTACHED, PEOPLE, _READY, "Attach PDF"),
    Event.RECALL: EventSpec(AuditName.SUBMISSION_RECALLED, PEOPLE, _READY, "Recall"),
    Event.DISMISS: EventSpec(AuditName.SUBMISSION_DISMISSED, PEOPLE, _READY, "Dismiss", Style.DANGER),
    Event.FACTS_CHANGED: EventSpec(AuditName.SUBMISSION_COMPARED_AGAIN, MACHINES),
    Event.NOT_NEEDED: EventSpec(AuditName.SUBMISSION_NOT_NEEDED, MACHINES),
    Event.BEGIN: EventSpec(AuditName.SUBMISSION_BEGUN, MACHINES),
    Event.DRAFT_READ_BACK: EventSpec(AuditName.SUBMISSION_DRAFT_SAVED, MACHINES),
    Event.DOCUMENT_WRITTEN: EventSpec(AuditName.SUBMISSION_DOCUMENT_WRITTEN, MACHINES),
    Event.BEGIN_SENDING: EventSpec(AuditName.SUBMISSION_SENDING, MACHINES),
    Event.DELIVERED: EventSpec(AuditName.SUBMISSION_DELIVERED, MACHINES),
    Event.PORTAL_UNAVAILABLE: EventSpec(AuditName.SUBMISSION_PORTAL_UNAVAILABLE, MACHINES),
    Event.NEEDS_PERSON: EventSpec(AuditName.SUBMISSION_NEEDS_PERSON, MACHINES),
    Event.INTERRUPTED: EventSpec(AuditName.SUBMISSION_INTERRUPTED, MACHINES),
    Event.DRAFT_FOUND: EventSpec(AuditName.SUBMISSION_DRAFT_FOUND, MACHINES),
    Event.NO_DRAFT: EventSpec(AuditName.SUBMISSION_NO_DRAFT, MACHINES),
    Event.SEEN_SUBMITTED: EventSpec(AuditName.SUBMISSION_SUBMITTED, MACHINES),
    Event.SEEN_APPROVED: EventSpec(AuditName.SUBMISSION_APPROVED, MACHINES),
    Event.SEEN_DISPUTED: EventSpec(AuditName.SUBMISSION_DISPUTED, MACHINES),
    Event.SEEN_PAID: EventSpec(AuditName.SUBMISSION_PAID, MACHINES),
    Event.SEEN_TURNED_DOWN: EventSpec(AuditName.SUBMISSION_TURNED_DOWN, MACHINES),
    Event.SEEN_GONE: EventSpec(AuditName.SUBMISSION_GONE, MACHINES),
}

TABLE: Final[Table[State, Event, SubmissionFacts]] = Table(
    name="portal_submission",
    title="Portal submission (our invoice into a customer's AP portal)",
    starts=(State.SUGGESTED,),
    ends=(State.PAID, State.DISMISSED),
    specs=SPECS,
    rows=(
        _Row((State.SUGGESTED,), Event.MARK_READY, State.READY_TO_SUBMIT, (ENABLED, CHOSEN, ROOM, PASSES), _CARD, Origin.BRIEF),
        _Row((State.STUCK,), Event.RETRY, State.READY_TO_SUBMIT, (ENABLED, CHOSEN), _CARD),
        _Row((State.SUGGESTED,), Event.CHOOSE_ORDER, State.SUGGESTED, (), _CARD, Origin.BRIEF),
        _Row((State.STUCK,), Event.CHOOSE_ORDER, State.STUCK, (), _CARD),
        _Row((State.SUGGESTED,), Event.CHOOSE_LINES, State.SUGGESTED, (CHOSEN,), _CARD),
        _Row((State.STUCK,), Event.CHOOSE_LINES, State.STUCK, (CHOSEN,), _CARD),
        _Row((State.SUGGESTED,), Event.ATTACH_FILE, State.SUGGESTED, (), _CARD),
        _Row((State.STUCK,), Event.ATTACH_FILE, State.STUCK, (), _CARD),
        _Row(_WITH_US, Event.DISMISS, State.DISMISSED, (), _CARD),
        _Row((State.SUGGESTED,), Event.NOT_NEEDED, State.DISMISSED, (), _CARD),
        _Row((State.READY_TO_SUBMIT, *_WITH_DOCUMENT), Event.RECALL, State.SUGGESTED, (), _CARD),
        _Row((State.READY_TO_SUBMIT,), Event.DOCUMENT_WRITTEN, State.PREPARED, (ENABLED, BY_CXML, PASSES), _TELL_AND_CARD),
        _Row((State.PREPARED,), Event.RELEASE, State.RELEASED, (SECOND, ENABLED, BY_CXML, ROOM, PASSES), _CARD),
        _Row((State.RELEASED,), Event.BEGIN_SENDING, State.SENDING, (ENABLED, BY_CXML, PASSES), _CARD),
        _Row((State.SENDING,), Event.DELIVERED, State.SUBMITTED, (), _TELL_AND_CARD),
        _Row((State.SENDING,), Event.PORTAL_UNAVAILABLE, State.RELEASED, (), _CARD),
        _Row((State.SENDING,), Event.INTERRUPTED, State.CHECKING, (), (Effect.SEARCH_PORTAL, *_CARD)),
        _Row((State.RELEASED, State.SENDING), Event.NEEDS_PERSON, State.STUCK, (), _TELL_AND_CARD),
        _Row(
            (State.READY_TO_SUBMIT,),
            Event.BEGIN,
            State.FILLING,
            (ENABLED, BY_FORM, CREDENTIALS),
            (Effect.START_DRIVER_RUN, *_CARD),
            Origin.BRIEF,
        ),
        _Row((State.READY_TO_SUBMIT,), Event.NEEDS_PERSON, State.STUCK, (), _TELL_AND_CARD),
        _Row((State.FILLING,), Event.DRAFT_READ_BACK, State.DRAFT_SAVED, (EQUAL,), _TELL_AND_CARD, Origin.BRIEF),
        _Row((State.FILLING,), Event.PORTAL_UNAVAILABLE, State.READY_TO_SUBMIT, (), _CARD),
        _Row((State.FILLING,), Event.NEEDS_PERSON, State.STUCK, (), _TELL_AND_CARD),
        _Row((State.FILLING,), Event.INTERRUPTED, State.CHECKING, (), (Effect.SEARCH_PORTAL, *_CARD)),
        _Row((State.CHECKING,), Event.DRAFT_FOUND, State.DRAFT_SAVED, (EQUAL,), _TELL_AND_CARD),
        _Row((State.CHECKING,), Event.NO_DRAFT, State.READY_TO_SUBMIT, (), _CARD),
        _Row((State.CHECKING,), Event.NEEDS_PERSON, State.STUCK, (), _TELL_AND_CARD),
        _Row((State.CHECKING,), Event.PORTAL_UNAVAILABLE, State.CHECKING, (), (Effect.SEARCH_PORTAL,)),
        _Row((*_BEFORE, State.DISPUTED), Event.SEEN_SUBMITTED, State.SUBMITTED, (), _CARD, Origin.BRIEF),
        _Row((*_BEFORE, State.SUBMITTED, State.DISPUTED), Event.SEEN_APPROVED, State.APPROVED, (), _CARD, Origin.BRIEF),
        _Row((*_BEFORE, State.SUBMITTED, State.APPROVED), Event.SEEN_DISPUTED, State.DISPUTED, (), _TELL_AND_CARD),
        _Row((*_BEFORE, *_THERE), Event.SEEN_PAID, State.PAID, (), _CARD, Origin.BRIEF),
        _Row((State.DRAFT_SAVED, *_THERE), Event.SEEN_TURNED_DOWN, State.STUCK, (), _TELL_AND_CARD),
        _Row((State.DRAFT_SAVED,), Event.SEEN_GONE, State.STUCK, (), _TELL_AND_CARD),
        *(
            _Row((state,), Event.FACTS_CHANGED, state, (), _CARD)
            for state in (
                State.SUGGESTED,
                State.READY_TO_SUBMIT,
                *_WITH_DOCUMENT,
                State.STUCK,
                State.DRAFT_SAVED,
                *_THERE,
            )
        ),
    ),
)
