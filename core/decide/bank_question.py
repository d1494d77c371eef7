"""Bank question: a line of the bank that a rule must not answer for a person.

*Whose money was taken back?* is answered by choosing the payment, or by saying that it was none of ours. *Is this deposit new,
or a line seen before?* is answered by one click either way. A wrong answer can be taken back: a dismissed question is asked
again, and a payment that was not the one gives its question back.
"""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import ANYONE, PEOPLE, Effect, EventSpec, Guard, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import QuestionEvent as Event
from core.domain.questions import QuestionState as State


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What the table asks about a question at the moment of the change."""

    by: Entitled
    is_return: bool = True
    payment_fits: bool = True
    reason_given: bool = False
    payment_denial: str = ""


_Guard = Guard[QuestionFacts]
RETURN: Final = _Guard("it_is_a_return", "This is no question about money taken back.", lambda f: f.is_return)
TWIN: Final = _Guard("it_is_a_deposit", "This is no question about a deposit.", lambda f: not f.is_return)
FITS: Final = _Guard(
    "payment_chosen",
    "Please choose the payment that the bank took back.",
    lambda f: f.payment_fits,
    "incomplete",
    lambda f: f.payment_denial,
)
REASON: Final = _Guard(
    "reason_given", "Please say why; the reason is kept with the question.", lambda f: f.reason_given, "incomplete"
)

_CARD = (Effect.REFRESH_CARD,)
_Row = Row[State, Event, QuestionFacts]

SPECS: Final[dict[Event, EventSpec]] = {
    Event.JOIN: EventSpec(AuditName.QUESTION_ANSWERED, ANYONE, Permission.APPLY_PAYMENTS, "Choose payment", Style.PRIMARY),
    Event.COUNT: EventSpec(AuditName.QUESTION_COUNTED, PEOPLE, Permission.APPLY_PAYMENTS, "It is new money"),
    Event.SAME: EventSpec(AuditName.QUESTION_SAME, PEOPLE, Permission.APPLY_PAYMENTS, "Seen before"),
    Event.DISMISS: EventSpec(
        AuditName.QUESTION_DISMISSED, PEOPLE, Permission.APPLY_PAYMENTS, "No payment of ours", Style.DANGER, needs_reason=True
    ),
    Event.NOT_THIS: EventSpec(AuditName.QUESTION_ASKED_AGAIN, ANYONE, Permission.APPLY_PAYMENTS),
    Event.REOPEN: EventSpec(AuditName.QUESTION_ASKED_AGAIN, PEOPLE, Permission.APPLY_PAYMENTS, "Ask again"),
}

TABLE: Final[Table[State, Event, QuestionFacts]] = Table(
    name="bank_question",
    title="Bank question",
    starts=(State.RETURN_ASKED, State.TWIN_ASKED),
    ends=(State.ANSWERED, State.DISMISSED),
    specs=SPECS,
    rows=(
        _Row((State.RETURN_ASKED,), Event.JOIN, State.ANSWERED, (FITS,), _CARD),
        _Row((State.RETURN_ASKED,), Event.DISMISS, State.DISMISSED, (REASON,), _CARD),
        _Row((State.TWIN_ASKED,), Event.COUNT, State.ANSWERED, (), _CARD),
        _Row((State.TWIN_ASKED,), Event.SAME, State.DISMISSED, (), _CARD),
        _Row((State.ANSWERED,), Event.NOT_THIS, State.RETURN_ASKED, (RETURN,), _CARD),
        _Row((State.DISMISSED,), Event.REOPEN, State.RETURN_ASKED, (RETURN,), _CARD),
        _Row((State.DISMISSED,), Event.REOPEN, State.TWIN_ASKED, (TWIN,), _CARD),
    ),
)
