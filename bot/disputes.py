"""Disputes with suppliers between Slack and the core: the buttons beside a disputed line and the forms behind them."""

from bot import answers
from bot.actions import Pressed
from bot.answers import Answer
from bot.cards.parts import Block
from bot.desk import Desk
from bot.payloads import Interaction
from bot.views import dispute as views
from bot.views.memory import recall
from core.app.commands import ActOnDispute
from core.app.outcomes import Outcome
from core.app.payables import act_on_dispute
from core.app.payables.showing import dispute_view
from core.decide import dispute as table
from core.decide.permissions import entitle
from core.domain.actors import Actor
from core.domain.disputes import DisputeId
from core.domain.events import DisputeEvent
from core.domain.ids import PersonId


def form_for(desk: Desk, actor: Actor, pressed: Pressed) -> Block | None:
    """The form that this button opens; None where the story is asked at once, also to refuse those who may not send it."""
    event = DisputeEvent(pressed.event)
    with desk.services.store.read() as unit:
        dispute = unit.disputes.get(DisputeId(pressed.id))
        by = entitle(actor, unit.people.get(PersonId(actor.id)), dispute.entity)
        permission = table.SPECS[event].permission
        if dispute.version != pressed.version or permission is None or not by.may(permission):
            return None
        view = dispute_view(unit, dispute, desk.zone)
        offered = next((each for each in view.offered if each.event == event), None)
        if offered is None:
            return None
        if event is DisputeEvent.SETTLE:
            return views.settle(view, pressed, offered.label)
        if event in {DisputeEvent.TOLD_COUNTERPARTY, DisputeEvent.ASK_AGAIN}:
            proposed = act_on_dispute.draft_for(desk.services, unit, dispute.id)
            return views.mail(view, pressed, proposed, offered.label)
    return None


def perform(desk: Desk, at: Interaction, actor: Actor, pressed: Pressed) -> Outcome:
    """Ask the core for what the button says."""
    return act_on_dispute.act(desk.services, _command(at, actor, pressed))


def _command(at: Interaction, actor: Actor, pressed: Pressed) -> ActOnDispute:
    event = DisputeEvent(pressed.event)
    return ActOnDispute(DisputeId(pressed.id), pressed.version, event, actor, cause=at.cause)


def mailed(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """The person pressed Send."""
    pressed = recall(at.memory).pressed
    command = ActOnDispute(
        DisputeId(pressed.id),
        pressed.version,
        DisputeEvent(pressed.event),
        actor,
        subject=views.said(at, "subject"),
        text=views.said(at),
        address=views.said(at, "address"),
        cause=at.cause,
    )
    return answers.ended(desk, at, pressed, views.MAIN, act_on_dispute.act(desk.services, command))


def settled(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """How it ended was chosen."""
    pressed = recall(at.memory).pressed
    event, outcome = DisputeEvent(pressed.event), views.outcome(at)
    remark = views.said(at, "remark")
    command = ActOnDispute(DisputeId(pressed.id), pressed.version, event, actor, reason=remark, outcome=outcome, cause=at.cause)
    return answers.ended(desk, at, pressed, views.MAIN, act_on_dispute.act(desk.services, command))
