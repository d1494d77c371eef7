"""What a button says: kind, id, version and event, nothing else. Amounts and names are looked up again, never believed.

A value reads `payment:P-1042:v3:confirm`; with a choice between suggestions `payment:P-1042:v3:confirm:1`. The version pins the
list that the choice counts in. The action id is `payment.confirm` and has to agree. What is pressed on a line of a supplier
invoice reads `supplier_invoice:SI-1001:v3:line_accept:0`: the line is named by its place in the invoice of that version, and
where one of several order lines is chosen, that follows as `:1`.
"""

import re
from dataclasses import dataclass
from typing import Final

from core.app.portals.wording import TRY_LOGIN
from core.domain.events import (
    DisputeEvent,
    LineEvent,
    PaymentEvent,
    QuestionEvent,
    RemittanceEvent,
    SubmissionEvent,
    SupplierInvoiceEvent,
)
from core.domain.keeping import SubjectKind

_VALUE: Final = re.compile(
    r"(?P<kind>payment|remittance|question|supplier_invoice|dispute|submission):(?P<id>(?:[PRQD]|SI|PS)-[0-9]{1,12})"
    r":v(?P<version>[0-9]{1,9}):(?P<event>[a-z_]{1,30})(?::(?P<choice>[0-9]{1,4})(?::(?P<rival>[0-9]{1,2}))?)?"
)
DETAILS: Final = "details"
OPEN: Final = "open"
MORE: Final = "more"
LINE: Final = "line_"
"""What the events of a line begin with."""
EDIT: Final = "edit"
ORDERS: Final = "orders"
APPROVERS: Final = "approvers_set"
ACCEPT_ALL: Final = "accept_all"
PICTURES: Final = "portals.pictures"
"""Of a submission: what stays of it as proof."""
ENTER_CODE: Final = "portals.code"
"""Of a portal login: a person is there and has, or gets, the code that the portal asks for."""
PAGES: Final = frozenset({"page_back", "page_on"})
"""Another page of lines: two names, because the buttons stand in one row."""
_SHOWING: Final = frozenset({DETAILS, OPEN})
_EVENTS: Final = {
    SubjectKind.PAYMENT: frozenset(event.value for event in PaymentEvent) | _SHOWING,
    SubjectKind.REMITTANCE: frozenset(event.value for event in RemittanceEvent) | _SHOWING,
    SubjectKind.QUESTION: frozenset(event.value for event in QuestionEvent) | _SHOWING,
    SubjectKind.DISPUTE: frozenset(event.value for event in DisputeEvent),
    SubjectKind.SUBMISSION: frozenset(event.value for event in SubmissionEvent) | _SHOWING | {TRY_LOGIN},
    SubjectKind.SUPPLIER_INVOICE: frozenset(event.value for event in SupplierInvoiceEvent)
    | frozenset(f"{LINE}{event.value}" for event in LineEvent)
    | {ORDERS, ACCEPT_ALL}
    | PAGES
    | _SHOWING,
}
_LETTERS: Final = {
    "P": SubjectKind.PAYMENT,
    "R": SubjectKind.REMITTANCE,
    "Q": SubjectKind.QUESTION,
    "S": SubjectKind.SUPPLIER_INVOICE,
}


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a subject, as drawn for one version of it."""

    kind: SubjectKind
    id: str
    version: int
    event: str
    choice: int | None = None
    rival: int | None = None

    @property
    def action_id(self) -> str:
        """The verb, by which it is routed."""
        return action_id(self.kind, self.event)

    @property
    def value(self) -> str:
        """What Slack keeps with the button."""
        chosen = "" if self.choice is None else f":{self.choice}"
        chosen += "" if self.rival is None else f":{self.rival}"
        return f"{self.kind}:{self.id}:v{self.version}:{self.event}{chosen}"


def action_id(kind: SubjectKind, event: str) -> str:
    """`payment.confirm` and the like."""
    return f"{kind}.{event}"


def kind_of(number: str) -> SubjectKind:
    """What an id of ours names: `P-1042` a payment, `R-` a remittance, `Q-` a question, `SI-` a bill, `PS-` a submission."""
    if number.startswith("PS-"):
        return SubjectKind.SUBMISSION
    return _LETTERS.get(number[:1], SubjectKind.PAYMENT)


def decode(action: str, value: str) -> Pressed | None:
    """The button that was pressed; None for what no card of ours says today."""
    found = _VALUE.fullmatch(value)
    if found is None:
        return None
    kind = SubjectKind(found["kind"])
    choice = None if found["choice"] is None else int(found["choice"])
    rival = None if found["rival"] is None else int(found["rival"])
    if rival is not None and kind is not SubjectKind.SUPPLIER_INVOICE:
        return None
    pressed = Pressed(kind, found["id"], int(found["version"]), found["event"], choice, rival)
    if pressed.event not in _EVENTS[kind] or action not in {pressed.action_id, action_id(kind, MORE)}:
        return None
    return pressed
