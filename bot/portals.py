"""Submissions to customers' portals between Slack and the core: which button opens which form, what the stories are asked.

Nothing is decided here. Before a form opens, the person's right is asked for, so that nobody fills in something for nothing;
the story asks again when they do.
"""

from dataclasses import replace
from typing import Any, Final

from bot.actions import Pressed
from bot.answers import Answer, ended, errors
from bot.cards import portal_submission as card
from bot.cards.parts import Block
from bot.desk import Desk, may
from bot.payloads import Interaction
from bot.views import portal_forms as forms
from bot.views.memory import recall
from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals import act_on_submission, logins
from core.app.portals.commands import ActOnSubmission
from core.app.portals.showing import submission_view
from core.app.portals.views import SubmissionView
from core.app.portals.waiting import orders_to_choose
from core.app.portals.wording import TRY_LOGIN
from core.domain.actors import Actor, Permission
from core.domain.errors import Refused, Unreadable
from core.domain.events import SubmissionEvent as Event
from core.domain.portals import SubmissionId

LARGEST_BYTES: Final = 25 * 1024 * 1024
_NO_LOGIN: Final = Refusal("refused", "This invoice has no order yet, and so no login to try.")


def view_of(desk: Desk, number: str) -> SubmissionView:
    """A submission as people see it; `NotFound`."""
    with desk.services.store.read() as unit:
        return submission_view(unit, SubmissionId(number), desk.zone)


def form_for(desk: Desk, actor: Actor, pressed: Pressed) -> Block | None:
    """The form that this button opens; None where the story is asked at once, also to refuse those who may not send it."""
    if not card.is_form(pressed.event) or pressed.choice is not None:
        return None
    view = view_of(desk, pressed.id)
    offered = next((each for each in view.offered if each.event == pressed.event), None)
    if offered is None or view.version != pressed.version or not _may(desk, actor, pressed.id):
        return None
    return forms.first(view, pressed, offered.label)


def _may(desk: Desk, actor: Actor, number: str) -> bool:
    with desk.services.store.read() as unit:
        entity = unit.submissions.get(SubmissionId(number)).entity
        return may(unit, actor, Permission.MARK_SUBMISSIONS_READY, entity)


def perform(desk: Desk, at: Interaction, actor: Actor, pressed: Pressed) -> Outcome:
    """Ask the core for what the button says."""
    if pressed.event == TRY_LOGIN:
        login = view_of(desk, pressed.id).login_id
        return logins.try_again(desk.services, actor, login, at.cause) if login is not None else _NO_LOGIN
    command = ActOnSubmission(SubmissionId(pressed.id), pressed.version, Event(pressed.event), actor, cause=at.cause)
    if pressed.choice is not None:
        candidates = view_of(desk, pressed.id).candidates
        chosen = candidates[pressed.choice].ref if pressed.choice < len(candidates) else None
        command = replace(command, order=chosen)
    return act_on_submission.act(desk.services, command)


def submitted(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """A form was sent."""
    pressed = recall(at.memory).pressed
    event = Event(pressed.event)
    command = ActOnSubmission(SubmissionId(pressed.id), pressed.version, event, actor, cause=at.cause)
    if event is Event.CHOOSE_ORDER:
        command = replace(command, order=forms.order(at))
    elif event is Event.CHOOSE_LINES:
        amounts, wrong = forms.amounts(view_of(desk, pressed.id), at)
        if wrong:
            return errors(wrong)
        command = replace(command, amounts=amounts)
    elif event is Event.ATTACH_FILE:
        taken = _fetched(desk, actor, pressed, at)
        if isinstance(taken, Refusal):
            return errors({forms.MAIN: taken.sentence})
        command = replace(command, file=taken)
    else:
        command = replace(command, reason=forms.reason(at))
    return ended(desk, at, pressed, forms.MAIN, act_on_submission.act(desk.services, command))


def _fetched(desk: Desk, actor: Actor, pressed: Pressed, at: Interaction) -> tuple[str, bytes] | Refusal:
    """The file, fetched from Slack for somebody who may attach it."""
    chosen = forms.file(at)
    if chosen is None:
        return Refusal("incomplete", "Please choose a file.")
    if not _may(desk, actor, pressed.id):
        return Refusal("not_permitted", "You are not entitled to bring invoices into customers' portals.")
    try:
        known = desk.slack.file(chosen[0])
        return str(known.get("name") or chosen[1]), desk.slack.download(known, LARGEST_BYTES)
    except (Refused, Unreadable) as error:
        return Refusal(error.code, error.sentence)


def search(desk: Desk, actor: Actor, at: Interaction) -> list[dict[str, Any]]:
    """Orders to choose, by what is typed; for whoever may choose one."""
    pressed = recall(at.memory).pressed
    if not _may(desk, actor, pressed.id):
        return []
    with desk.services.store.read() as unit:
        return forms.options(orders_to_choose(unit, SubmissionId(pressed.id), at.value, 50))


def done_words(outcome: Outcome, fallback: str) -> str:
    """What a person who typed is told."""
    return outcome.sentence or fallback if isinstance(outcome, Done) else outcome.sentence
