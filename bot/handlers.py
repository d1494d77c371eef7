"""From a verified payload to the core and back: who is it, what do they ask for, what came of it.

Nothing is decided here. A button says *what*, the payload says *who*, the story in the core says whether they may.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot import approval_rules, commands, disputes, forms, home, limits, portals, portals_admin, supplier_invoices, uploads
from bot.actions import DETAILS, OPEN, PAGES, Pressed, decode
from bot.cards import home as home_card
from bot.cards.parts import Block
from bot.channels import Channels
from bot.desk import Desk, may_look, notice_view, show_window, tell
from bot.payloads import Interaction
from bot.views import approval_rules as approval_view
from bot.views import bulk, details, upload
from bot.views import limits as limits_view
from bot.views.memory import home_behind, on_page, page_behind
from core.app import act_on_question, act_on_remittance
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment, ActOnQuestion, ActOnRemittance
from core.app.outcomes import AlreadyDone, Done, Outcome, Refusal
from core.domain.actors import Actor, Permission
from core.domain.events import PaymentEvent, QuestionEvent, RemittanceEvent
from core.domain.ids import PaymentId, RemittanceId
from core.domain.keeping import SubjectKind
from core.domain.questions import QuestionId

OUT_OF_DATE = "This button is out of date and does nothing any more. The card, or “/tieout list”, shows how things are."


def on_action(desk: Desk, at: Interaction) -> None:
    """A button, a menu, or a change in a form."""
    actor = _who(desk, at)
    if actor is None:
        return
    pressed = decode(at.action_id, at.value)
    if pressed is not None:
        on_pressed(desk, at, actor, pressed)
    elif at.action_id.startswith("choose."):
        forms.on_changed(desk, actor, at)
    elif at.action_id == home_card.OPEN_QUEUE:
        home.open_window(desk, at, actor)
    elif at.action_id.startswith((home_card.SHOW, home_card.TURN)) and home_card.known(at.value):
        home.turn(desk, at, actor)
    elif at.action_id == home_card.BULK:
        _bulk(desk, at, actor)
    elif at.action_id.startswith(portals_admin.PREFIX):
        portals_admin.on_action(desk, at, actor)
    elif at.action_id in _WINDOWS:
        _WINDOWS[at.action_id](desk, at, actor)
    else:
        tell(desk, at, OUT_OF_DATE)


_WINDOWS: Final[Mapping[str, Callable[[Desk, Interaction, Actor], None]]] = {
    upload.OPEN: uploads.open_window,
    limits_view.OPEN: limits.open_form,
    approval_view.OPEN: approval_rules.open_form,
}


def _bulk(desk: Desk, at: Interaction, actor: Actor) -> None:
    """Post several: for whoever may post at all; each posting is asked again when it is made."""
    if forms.allowed(desk, actor, Permission.POST_PAYMENTS):
        _show(desk, at, bulk.choose(bulk.ready(desk, actor)))
    else:
        tell(desk, at, bulk.NOT_ENTITLED)


def _show(desk: Desk, at: Interaction, view: Block) -> None:
    """A form of a card; it remembers the page of lines behind it."""
    show_window(desk, at, on_page(view, page_behind(at.memory)))


def _who(desk: Desk, at: Interaction) -> Actor | None:
    actor = desk.people.identify(at.user_team, at.user, at.cause)
    if isinstance(actor, Refusal):
        tell(desk, at, actor.sentence)
        return None
    return actor


def on_pressed(desk: Desk, at: Interaction, actor: Actor, pressed: Pressed) -> None:
    """A button of a card."""
    if pressed.event in {DETAILS, OPEN, *PAGES}:
        refusal = may_look(desk, actor, pressed.kind, pressed.id)
        if refusal:
            tell(desk, at, refusal.sentence)
        elif pressed.event in PAGES and at.in_modal:
            details.turn(desk, at, pressed)
        else:
            details.show(desk, at, pressed)
        return
    form = forms.form_for(desk, actor, pressed)
    if form is not None:
        _show(desk, at, form)
    else:
        finish(desk, at, actor, pressed, perform(desk, at, actor, pressed))


def perform(desk: Desk, at: Interaction, actor: Actor, pressed: Pressed) -> Outcome:
    """Ask the core for what the button says."""
    if pressed.kind is SubjectKind.SUPPLIER_INVOICE:
        outcome = supplier_invoices.perform(desk, at, actor, pressed)
    elif pressed.kind is SubjectKind.DISPUTE:
        outcome = disputes.perform(desk, at, actor, pressed)
    elif pressed.kind is SubjectKind.SUBMISSION:
        outcome = portals.perform(desk, at, actor, pressed)
    elif pressed.kind is SubjectKind.REMITTANCE:
        event = RemittanceEvent(pressed.event)
        asked = ActOnRemittance(RemittanceId(pressed.id), pressed.version, event, actor, cause=at.cause)
        outcome = act_on_remittance.act(desk.services, asked)
    elif pressed.kind is SubjectKind.QUESTION:
        answer = ActOnQuestion(QuestionId(pressed.id), pressed.version, QuestionEvent(pressed.event), actor, cause=at.cause)
        outcome = act_on_question.act(desk.services, answer)
    else:
        command = ActOnPayment(
            PaymentId(pressed.id), pressed.version, PaymentEvent(pressed.event), actor, choice=pressed.choice, cause=at.cause
        )
        outcome = act(desk.services, command)
    desk.wake()
    return outcome


def finish(desk: Desk, at: Interaction, actor: Actor, pressed: Pressed, outcome: Outcome) -> None:
    """Show what came of it. The card in the channel is refreshed by its effect; what a person looks at is refreshed here."""
    match outcome:
        case Refusal(sentence=sentence) | AlreadyDone(sentence=sentence):
            tell(desk, at, sentence)
        case Done():
            pass
    if at.in_modal:
        details.refresh(desk, at.view_id, pressed, at.memory)
        home.again(desk, at.user, actor, home_behind(at.memory))


def on_shortcut(desk: Desk, at: Interaction) -> None:
    """The menu of Slack itself, from anywhere."""
    if at.callback_id != upload.SHORTCUT:
        tell(desk, at, OUT_OF_DATE)
        return
    actor = _who(desk, at)
    if actor is not None:
        uploads.open_window(desk, at, actor)


def on_command(desk: Desk, at: Interaction) -> None:
    """`/tieout`."""
    actor = _who(desk, at)
    if actor is not None:
        commands.run(desk, at, actor)


def on_options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Options of a search; strangers find nothing, and nobody is told about every letter they type."""
    actor = desk.people.identify(at.user_team, at.user, at.cause, audited=False)
    return [] if isinstance(actor, Refusal) else forms.on_options(desk, actor, at)


def on_submission(desk: Desk, at: Interaction) -> dict[str, Any] | None:
    """A form; who sends it is asked again, whoever opened it."""
    actor = desk.people.identify(at.user_team, at.user, at.cause)
    if isinstance(actor, Refusal):
        return {"response_action": "update", "view": notice_view(actor.sentence)}
    return forms.on_submitted(desk, actor, at)


def on_event(desk: Desk, channels: Channels, event: Mapping[str, Any]) -> None:
    """What Slack tells without anybody clicking."""
    kind = str(event.get("type") or "")
    if kind == "app_home_opened" and event.get("tab") == "home":
        home.opened(desk, str(event.get("user") or ""))
    elif kind == "message":
        uploads.written(desk, event)
    elif kind == "user_change":
        desk.people.forget(str((event.get("user") or {}).get("id") or ""))
    elif kind in {"channel_shared", "channel_unshared", "channel_id_changed", "channel_archive", "channel_unarchive"}:
        channels.forget(str(event.get("channel") or event.get("old_channel_id") or ""))
