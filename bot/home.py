"""The Home tab and its window: what waits for this person, drawn when they look and after each of their clicks there."""

from dataclasses import replace

from bot.cards import home as home_card
from bot.cards import home_invoices, parts, portal_home
from bot.cards.home import HomeView
from bot.cards.parts import Block
from bot.desk import LOOKING, Desk, may
from bot.payloads import Interaction
from bot.uploads import denial
from core.app.outcomes import Refusal
from core.app.payables.waiting import waiting
from core.app.portals.waiting import waiting as portals_waiting
from core.app.waiting import WAITING, Queue, counts, entities_of, work
from core.domain.actors import Actor, Permission


def opened(desk: Desk, user: str) -> None:
    """Somebody looks at the Home tab: nobody clicked, so a stranger is told there and not written down."""
    actor = desk.people.identify(desk.people.team_of(user), user, "", audited=False)
    if isinstance(actor, Refusal):
        desk.slack.publish_home(user, _closed(actor.sentence))
    else:
        publish(desk, user, actor)


def publish(desk: Desk, user: str, actor: Actor, memory: str = "") -> None:
    """Draw a person's Home tab."""
    view = build(desk, actor, memory)
    desk.slack.publish_home(user, home_card.home(view) if view else _closed(LOOKING))


def again(desk: Desk, user: str, actor: Actor, memory: str) -> None:
    """Draw the Home tab again after a decision in a window over it; whoever came from elsewhere keeps theirs as it is."""
    if memory:
        publish(desk, user, actor, memory)


def open_window(desk: Desk, at: Interaction, actor: Actor) -> None:
    """The queue in a window, over a channel."""
    view = build(desk, actor)
    window = home_card.window(view) if view else parts.modal("What waits", "notice", _closed(LOOKING)["blocks"])
    desk.slack.open_view(at.trigger_id, window)


def turn(desk: Desk, at: Interaction, actor: Actor) -> None:
    """Another list or page, where the person is looking."""
    if at.in_home:
        publish(desk, at.user, actor, at.value)
        return
    view = build(desk, actor, at.value)
    if view is not None:
        desk.slack.update_view(at.view_id, home_card.window(view))


def build(desk: Desk, actor: Actor, memory: str = "") -> HomeView | None:
    """What the queue shows; None for somebody who may see neither payments nor supplier invoices."""
    with desk.services.store.read() as unit:
        view = HomeView(actor.name, {}, None, may_post=False)
        if may(unit, actor, Permission.SEE_SUPPLIER_INVOICES):
            bills = waiting(unit, actor, *(home_invoices.recall(memory) or (None, 0)))
            rules = may(unit, actor, Permission.MANAGE_POLICY)
            view = replace(view, bills=bills, may_upload=not denial(unit, actor), may_rule=rules)
        if may(unit, actor, Permission.SEE_CUSTOMER_ORDERS) and unit.portal_logins.all():
            view = replace(view, portals=portals_waiting(unit, actor, *(portal_home.recall(memory) or (None, 0))))
        if not may(unit, actor, Permission.SEE_PAYMENTS):
            return view if view.bills is not None or view.portals is not None else None
        mine = entities_of(unit, actor)
        counted = counts(unit, mine)
        wanted = home_card.recall(memory)
        queue, page = wanted or (next((queue for queue in WAITING if counted[queue]), Queue.CONFIRM), 0)
        may_post = may(unit, actor, Permission.POST_PAYMENTS)
        return replace(view, counts=counted, page=work(unit, queue, page, mine), may_post=may_post)


def _closed(sentence: str) -> Block:
    return {"type": "home", "blocks": [parts.section(parts.plain(sentence), "closed")]}
