"""The owner's limits between Slack and the core: propose, see what they would have done, set them from a day.

Only whoever is entitled to the policy sees the form, the replay and the money in it; the core asks again when limits are set.
"""

import time
from typing import Final

from bot.answers import Answer, errors, replaced
from bot.desk import Desk, may, notice_view, show_window, tell
from bot.payloads import Interaction
from bot.views import limits as view
from core.app.outcomes import Refusal
from core.app.payables import policies
from core.app.payables.replay import replay
from core.domain.actors import Actor, Permission
from core.domain.errors import ProjectError, Refused
from core.domain.policy import ToleranceRule

NOT_ENTITLED: Final = "You are not entitled to change the limits."
_KEPT: Final = (
    "Lines that were compared keep what they were told; invoices are judged by the new limits when they are compared again."
)
_TOLD_EVERY_S: Final = 2.0


def open_form(desk: Desk, at: Interaction, actor: Actor) -> None:
    """The form with the present limits of the whole company."""
    with desk.services.store.read() as unit:
        if not may(unit, actor, Permission.MANAGE_POLICY):
            tell(desk, at, NOT_ENTITLED)
            return
        present = policies.in_force_on(unit, unit.now.date())
    company = next((rule for rule in present.rules if not rule.scope), ToleranceRule())
    show_window(desk, at, view.propose(present.version, company))


def proposed(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """The proposal over past invoices; a long look says how far it is."""
    rule, wrong = view.read(at)
    if wrong:
        return errors(wrong)
    last = time.monotonic()

    def told(done: int, invoices: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _TOLD_EVERY_S:
            last = time.monotonic()
            _show_progress(desk, at, done, invoices)

    with desk.services.store.read() as unit:
        if not may(unit, actor, Permission.MANAGE_POLICY):
            return replaced(notice_view(NOT_ENTITLED))
        today = unit.now.date()
        found = replay(unit, [policies.with_rule(policies.in_force_on(unit, today), rule)], told)
    return replaced(view.would_change(found, rule, today))


def _show_progress(desk: Desk, at: Interaction, done: int, invoices: int) -> None:
    try:
        desk.slack.update_view(at.view_id, view.working(done, invoices))
    except ProjectError:
        # Closed meanwhile, or Slack is slow: how far it is does not matter then.
        return


def chosen(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """Set: the rule beside those that hold on that day, as a version of its own."""
    day = view.day(at)
    if day is None:
        return errors({view.DAY: "Please choose the first day."})
    with desk.services.store.read() as unit:
        base = policies.in_force_on(unit, day)
    new = policies.with_rule(base, view.recalled(at), view.name(at) or f"limits from {day.isoformat()}", day)
    try:
        outcome = policies.put(desk.services.store, (new,), actor)
    except Refused as error:
        barred = error.code == "not_permitted"
        return replaced(notice_view(NOT_ENTITLED)) if barred else errors({view.DAY: error.sentence})
    said = outcome.sentence if isinstance(outcome, Refusal) else f"{outcome.sentence} {_KEPT}"
    return replaced(notice_view(said))
