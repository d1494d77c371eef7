"""What the handlers work with, and how a person is told something that only they should see."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from bot.cards import parts
from bot.cards.parts import Block, Message
from bot.client import Slack
from bot.payloads import Interaction
from bot.people import People
from bot.views.memory import carrying, home_behind
from core.app.joining import entity_of_advice
from core.app.outcomes import Refusal
from core.app.services import Services
from core.decide.permissions import entitle, entitle_somewhere
from core.domain.actors import Actor, Permission
from core.domain.errors import ProjectError
from core.domain.ids import EntityId, PaymentId, PersonId, RemittanceId
from core.domain.keeping import SubjectKind
from core.domain.portals import SubmissionId
from core.domain.questions import QuestionId
from core.domain.supplier_bills import SupplierInvoiceId
from core.ports.store import UnitOfWork

log = logging.getLogger(__name__)
LOOKING: Final = "You are not entitled to see payments."
LOOKING_AT_INVOICES: Final = "You are not entitled to see supplier invoices."
LOOKING_AT_ORDERS: Final = "You are not entitled to see customers' orders."
_SEEING: Final = {
    SubjectKind.SUPPLIER_INVOICE: (Permission.SEE_SUPPLIER_INVOICES, LOOKING_AT_INVOICES),
    SubjectKind.SUBMISSION: (Permission.SEE_CUSTOMER_ORDERS, LOOKING_AT_ORDERS),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The services, Slack, and who is who. `wake` makes a relay in this process look at once for what was asked for."""

    services: Services
    slack: Slack
    people: People
    zone: tzinfo
    wake: Callable[[], None]


def may(unit: UnitOfWork, actor: Actor, permission: Permission, entity: EntityId | None = None) -> bool:
    """For what is only shown, of one legal entity or of any. Whether something may be *done* is asked by its story."""
    person = unit.people.get(PersonId(actor.id))
    by = entitle_somewhere(actor, person) if entity is None else entitle(actor, person, entity)
    return by.may(permission)


def may_look(desk: Desk, actor: Actor, kind: SubjectKind, number: str) -> Refusal | None:
    """A refusal for people who may not see this payment, remittance, question, supplier invoice or submission."""
    permission, sentence = _SEEING.get(kind, (Permission.SEE_PAYMENTS, LOOKING))
    with desk.services.store.read() as unit:
        allowed = may(unit, actor, permission, entity_of(unit, kind, number))
    return None if allowed else Refusal("not_permitted", sentence)


def entity_of(unit: UnitOfWork, kind: SubjectKind, number: str) -> EntityId:
    """The legal entity whose business a subject is; `NotFound`."""
    if kind is SubjectKind.REMITTANCE:
        return entity_of_advice(unit, unit.remittances.get(RemittanceId(number)))
    if kind is SubjectKind.SUPPLIER_INVOICE:
        return unit.bills.get(SupplierInvoiceId(number)).entity
    if kind is SubjectKind.SUBMISSION:
        return unit.submissions.get(SubmissionId(number)).entity
    if kind is SubjectKind.QUESTION:
        return unit.questions.get(QuestionId(number)).entity
    return unit.payments.get(PaymentId(number)).entity


def tell(desk: Desk, at: Interaction, sentence: str) -> None:
    """Tell one person privately, where they are looking. A notice that cannot be shown is logged and not tried again."""
    message = Message(parts.escaped(sentence, 1000), [parts.section(parts.plain(sentence, 1000), "notice")])
    try:
        if at.view_kind or not (at.response_url or at.channel):
            # A shortcut of Slack's own menu happens nowhere; its trigger opens a window all the same.
            _in_a_window(desk, at, sentence)
        elif not (at.response_url and desk.slack.respond(at.response_url, message)) and at.channel:
            desk.slack.whisper(at.channel, at.user, message, at.thread_ts)
    except ProjectError as error:
        log.info("could not tell somebody: %s", error.sentence)


def _in_a_window(desk: Desk, at: Interaction, sentence: str) -> None:
    show_window(desk, at, notice_view(sentence))


def show_window(desk: Desk, at: Interaction, view: Block) -> str:
    """A window, over the one that is open where there is one; it remembers the Home tab behind it. Its id."""
    carrying(view, behind(at))
    opens = desk.slack.push_view if at.in_modal else desk.slack.open_view
    return str(opens(at.trigger_id, view)["id"])


def behind(at: Interaction) -> str:
    """Which list and page of the Home tab was clicked, or lies behind the window that was."""
    return at.memory if at.in_home else home_behind(at.memory)


def notice_view(sentence: str, title: str = "Tieout") -> Block:
    """A window that only says something."""
    return parts.modal(title, "notice", [parts.section(parts.plain(sentence, 2000), "notice")])
