"""What a form is answered with: nothing closes it, errors stay beside their inputs, anything else takes its place."""

from collections.abc import Mapping
from typing import Any

from bot.actions import Pressed
from bot.cards.parts import Block
from bot.desk import Desk, notice_view
from bot.payloads import Interaction
from bot.views import details
from core.app.outcomes import AlreadyDone, Outcome, Refusal

Answer = dict[str, Any] | None


def replaced(view: Block) -> Answer:
    """Another window in the place of the form."""
    return {"response_action": "update", "view": view}


def errors(found: Mapping[str, str]) -> Answer:
    """What is wrong, beside the inputs."""
    return {"response_action": "errors", "errors": dict(found)}


def ended(desk: Desk, at: Interaction, pressed: Pressed, main: str, outcome: Outcome) -> Answer:
    """Refusals are shown where they can be mended; what is too late to mend replaces the form."""
    desk.wake()
    if isinstance(outcome, Refusal):
        if outcome.code in {"stale_version", "illegal_move", "not_permitted"}:
            return replaced(notice_view(outcome.sentence))
        return errors({main: outcome.sentence})
    if isinstance(outcome, AlreadyDone):
        return replaced(notice_view(outcome.sentence))
    if at.previous_view_id:
        details.refresh(desk, at.previous_view_id, pressed, at.memory)
    return None
