"""The rules of approval between Slack and the core: how they are, and others from a day.

Only whoever is entitled to the policy sees the form; the core asks again when rules are set.
"""

from typing import Final

from bot.answers import Answer, errors, replaced
from bot.desk import Desk, may, notice_view, show_window, tell
from bot.payloads import Interaction
from bot.views import approval_rules as view
from core.app.outcomes import Refusal
from core.app.payables import policies
from core.domain.actors import Actor, Permission
from core.domain.errors import Refused

_KEPT: Final = "Invoices that await approval keep the approvers they have."
NOT_ENTITLED: Final = "You are not entitled to change the rules of approval."


def open_form(desk: Desk, at: Interaction, actor: Actor) -> None:
    """The form with the rules of today."""
    with desk.services.store.read() as unit:
        if not may(unit, actor, Permission.MANAGE_POLICY):
            tell(desk, at, NOT_ENTITLED)
            return
        drawn = view.window(policies.payables(unit), unit.now.date())
    show_window(desk, at, drawn)


def chosen(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """Set: a version of its own, in place of the one that holds on its first day."""
    rules, wrong = view.read(at)
    if rules is None:
        return errors(wrong)
    with desk.services.store.read() as unit:
        strangers = [address for address in rules.approvers if unit.people.by_email(address) is None]
    if strangers:
        said = f"Nobody here has the address {strangers[0][:60]}; an administrator adds people by “tieout people add”."
        return errors({view.APPROVERS: said})
    try:
        outcome = policies.put(desk.services.store, (rules,), actor)
    except Refused as error:
        barred = error.code == "not_permitted"
        return replaced(notice_view(NOT_ENTITLED)) if barred else errors({view.DAY: error.sentence})
    return replaced(notice_view(outcome.sentence if isinstance(outcome, Refusal) else f"{outcome.sentence} {_KEPT}"))
