"""What a button says: kind, id, version and event, nothing else. Amounts and names are looked up again, never believed.

A value reads `payment:P-1042:v3:confirm`; with a choice between suggestions `payment:P-1042:v3:confirm:1`. The version pins the
list that the choice counts in. The action id is `payment.confirm` and has to agree.
"""

import re
from dataclasses import dataclass
from typing import Final

from core.domain.events import PaymentEvent, QuestionEvent, RemittanceEvent
from core.domain.keeping import SubjectKind

_VALUE: Final = re.compile(
    r"(?P<kind>payment|remittance|question):(?P<id>[PRQ]-[0-9]{1,12}):v(?P<version>[0-9]{1,9}):(?P<event>[a-z_]{1,30})(?::(?P<choice>[0-9]{1,2}))?"
)
DETAILS: Final = "details"
OPEN: Final = "open"
MORE: Final = "more"
_SHOWING: Final = frozenset({DETAILS, OPEN})
_EVENTS: Final = {
    SubjectKind.PAYMENT: frozenset(event.value for event in PaymentEvent) | _SHOWING,
    SubjectKind.REMITTANCE: frozenset(event.value for event in RemittanceEvent) | _SHOWING,
    SubjectKind.QUESTION: frozenset(event.value for event in QuestionEvent) | _SHOWING,
}
_LETTERS: Final = {"P": SubjectKind.PAYMENT, "R": SubjectKind.REMITTANCE, "Q": SubjectKind.QUESTION}


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a subject, as drawn for one version of it."""

    kind: SubjectKind
    id: str
    version: int
    event: str
    choice: int | None = None

    @property
    def action_id(self) -> str:
        """The verb, by which it is routed."""
        return action_id(self.kind, self.event)

    @property
    def value(self) -> str:
        """What Slack keeps with the button."""
        chosen = "" if self.choice is None else f":{self.choice}"
        return f"{self.kind}:{self.id}:v{self.version}:{self.event}{chosen}"


def action_id(kind: SubjectKind, event: str) -> str:
    """`payment.confirm` and the like."""
    return f"{kind}.{event}"


def kind_of(number: str) -> SubjectKind:
    """What an id of ours names: `P-1042` a payment, `R-1001` a remittance, `Q-1001` a question of the bank."""
    return _LETTERS.get(number[:1], SubjectKind.PAYMENT)


def decode(action: str, value: str) -> Pressed | None:
    """The button that was pressed; None for what no card of ours says today."""
    found = _VALUE.fullmatch(value)
    if found is None:
        return None
    kind = SubjectKind(found["kind"])
    choice = None if found["choice"] is None else int(found["choice"])
    pressed = Pressed(kind, found["id"], int(found["version"]), found["event"], choice)
    if pressed.event not in _EVENTS[kind] or action not in {pressed.action_id, action_id(kind, MORE)}:
        return None
    return pressed
