"""The window of portals between Slack and the core: logins, customers, switches, syncs. Every story asks who may."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot import portals_proof
from bot.actions import ENTER_CODE, PICTURES
from bot.answers import Answer, errors, replaced
from bot.cards import portal_home
from bot.cards.parts import Block
from bot.desk import LOOKING_AT_ORDERS, Desk, may, notice_view, show_window, tell
from bot.payloads import Interaction
from bot.views import portal_desk as view
from bot.views.memory import carrying, home_behind
from core.app.outcomes import Outcome, Refusal
from core.app.portals import answering, customers, logins
from core.app.portals.commands import AddLogin, LinkCustomer, LoginSecrets, RotateLogin, SetCustomer, SetCxml
from core.app.portals.showing import customer_view, login_view
from core.app.portals.waiting import desk as portal_desk
from core.domain.actors import Actor, Permission
from core.domain.errors import Malformed
from core.domain.portals import Channel

PREFIX: Final = "portals."
_NOT_ADMIN: Final = "You are not entitled to manage the logins of portals."
_NOT_SETTLER: Final = "You are not entitled to manage the customers of portals."


def on_action(desk: Desk, at: Interaction, actor: Actor) -> None:
    """A button of the window, or the one that opens it."""
    opens = _FORMS.get(at.action_id)
    does = _DEEDS.get(at.action_id)
    if at.action_id == portal_home.DESK:
        open_window(desk, at, actor)
    elif at.action_id == PICTURES:
        portals_proof.show(desk, at, actor)
    elif at.action_id == ENTER_CODE:
        _code_window(desk, at, actor)
    elif opens is not None:
        permission, sentence, draw = opens
        if _may(desk, actor, permission):
            show_window(desk, at, draw(desk, at.value))
        else:
            tell(desk, at, sentence)
    elif does is not None:
        _done(desk, at, actor, does(desk, actor, at))


def open_window(desk: Desk, at: Interaction, actor: Actor) -> None:
    """The window, for whoever may see customers' orders."""
    drawn = build(desk, actor)
    if drawn is None:
        tell(desk, at, LOOKING_AT_ORDERS)
    else:
        show_window(desk, at, drawn)


def build(desk: Desk, actor: Actor, said: str = "") -> Block | None:
    """The window as this person may see it; None where they may not."""
    with desk.services.store.read() as unit:
        if not may(unit, actor, Permission.SEE_CUSTOMER_ORDERS):
            return None
        may_log_in = may(unit, actor, Permission.MANAGE_PORTAL_CREDENTIALS)
        may_settle = may(unit, actor, Permission.MANAGE_PORTAL_CUSTOMERS)
        return view.window(portal_desk(unit, desk.zone), may_log_in=may_log_in, may_settle=may_settle, said=said)


def _may(desk: Desk, actor: Actor, permission: Permission) -> bool:
    with desk.services.store.read() as unit:
        return may(unit, actor, permission)


def _done(desk: Desk, at: Interaction, actor: Actor, outcome: Outcome) -> None:
    """Refusals are told; what was done is shown in the window that is open."""
    desk.wake()
    if isinstance(outcome, Refusal) or not at.in_modal:
        tell(desk, at, outcome.sentence or "Done.")
        return
    drawn = build(desk, actor, outcome.sentence or "Done.")
    if drawn is not None:
        desk.slack.update_view(at.view_id, carrying(drawn, home_behind(at.memory)))


def _code_window(desk: Desk, at: Interaction, actor: Actor) -> None:
    """The robot logs in while the person looks for the code."""
    outcome = answering.begin(desk.services, actor, view.login_id(at.value), at.cause)
    desk.wake()
    if isinstance(outcome, Refusal):
        tell(desk, at, outcome.sentence)
        return
    with desk.services.store.read() as unit:
        login = login_view(unit, unit.portal_logins.get(view.login_id(at.value)), desk.zone)
    show_window(desk, at, view.code_form(login))


def _rotate_form(desk: Desk, value: str) -> Block:
    with desk.services.store.read() as unit:
        return view.rotate_form(login_view(unit, unit.portal_logins.get(view.login_id(value)), desk.zone))


def _customer_form(desk: Desk, value: str) -> Block:
    with desk.services.store.read() as unit:
        return view.customer_form(customer_view(unit, unit.portal_orders.customer(view.portal_customer(value)), desk.zone))


_CHOOSING: Final = (Permission.MANAGE_PORTAL_CUSTOMERS, Permission.MANAGE_PORTAL_CREDENTIALS)
_Form = tuple[Permission, str, Callable[[Desk, str], Block]]
_FORMS: Final[Mapping[str, _Form]] = {
    view.ADD: (Permission.MANAGE_PORTAL_CREDENTIALS, _NOT_ADMIN, lambda _desk, _value: view.add_form()),
    view.ROTATE: (Permission.MANAGE_PORTAL_CREDENTIALS, _NOT_ADMIN, _rotate_form),
    view.CXML: (Permission.MANAGE_PORTAL_CREDENTIALS, _NOT_ADMIN, lambda _desk, _value: view.cxml_form()),
    view.ENABLE: (Permission.MANAGE_PORTAL_CUSTOMERS, _NOT_SETTLER, lambda _desk, _value: view.enable_form()),
    view.CUSTOMER: (Permission.MANAGE_PORTAL_CUSTOMERS, _NOT_SETTLER, _customer_form),
    view.FIND: (Permission.MANAGE_PORTAL_CUSTOMERS, _NOT_SETTLER, _customer_form),
}
_DEEDS: Final[Mapping[str, Callable[[Desk, Actor, Interaction], Outcome]]] = {
    view.TRY: lambda desk, actor, at: logins.try_again(desk.services, actor, view.login_id(at.value), at.cause),
    view.RETIRE: lambda desk, actor, at: logins.retire(desk.services, actor, view.login_id(at.value), at.cause),
    view.SYNC: lambda desk, actor, at: logins.sync_now(desk.services, actor, cause=at.cause),
    view.SWITCH: lambda desk, actor, at: customers.switch(desk.services, actor, on=at.value == "on", cause=at.cause),
    view.ANEW: lambda desk, actor, at: customers.read_anew(desk.services, actor, view.portal_customer(at.value), at.cause),
}


def search(desk: Desk, actor: Actor, at: Interaction) -> list[dict[str, Any]]:
    """Customers by what is typed, ours or those of portals, for whoever may settle customers."""
    with desk.services.store.read() as unit:
        if not any(may(unit, actor, each) for each in _CHOOSING):
            return []
        if at.action_id == view.FIND:
            return view.found([(one.id, one.name) for one in unit.portal_orders.search_customers(at.value, 50)])
        return view.customer_options(list(unit.ledger.search_customers(at.value, 20)))


# --- forms that were sent ------------------------------------------------------------------------------------------------


def _added(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    secrets = LoginSecrets(view.secret(at, "password"), view.secret(at, "code"))
    command = AddLogin(
        view.field(at, "portal"),
        view.field(at, view.MAIN),
        secrets,
        actor,
        view.field(at, "dates"),
        view.field(at, "mark"),
        at.cause,
    )
    return _told(desk, view.MAIN, logins.add(desk.services, command))


def _rotated(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    secrets = LoginSecrets(view.secret(at, "password"), view.secret(at, "code"))
    login = view.login_id(view.remembered(_memory(at), "login"))
    return _told(desk, "password", logins.rotate(desk.services, RotateLogin(login, secrets, actor, cause=at.cause)))


def _cxml(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    ours = view.chosen_customer(at)
    if ours is None:
        return errors({view.MAIN: "Please choose our customer."})
    try:
        terms = view.cxml_terms(at)
    except Malformed as error:
        return errors({view.MAIN: error.sentence})
    command = SetCxml(ours, terms, actor, view.secret(at, "secret"), at.cause)
    return _told(desk, view.MAIN, customers.set_cxml(desk.services, command))


def _answered(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    login = view.login_id(view.remembered(_memory(at), "login"))
    return _told(desk, view.MAIN, answering.answer(desk.services, actor, login, view.secret(at, view.MAIN), at.cause))


def _enabled(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    found = customers.enable(desk.services, actor, view.secret(at, view.MAIN).splitlines(), at.cause)
    desk.wake()
    if isinstance(found, Refusal):
        return replaced(notice_view(found.sentence))
    return replaced(view.enabled(len(found.switched), len(found.were), found.unknown, found.several))


def _settled(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """First who it is, then what is done; a person who only changes switches says the same customer again."""
    portal_customer = view.portal_customer(view.remembered(_memory(at), "customer"))
    ours = view.chosen_customer(at)
    none_of_ours = view.is_none_of_ours(at)
    if ours is None and not none_of_ours:
        return errors({view.MAIN: "Please choose our customer, or say that it is none of ours."})
    if ours is not None and none_of_ours:
        return errors({view.MAIN: "It is either this customer or none of ours."})
    with desk.services.store.read() as unit:
        present = unit.portal_orders.customer(portal_customer)
    if none_of_ours or present.customer_id != ours:
        outcome = customers.link(desk.services, LinkCustomer(portal_customer, ours, actor, at.cause))
        if isinstance(outcome, Refusal) or ours is None:
            return _told(desk, view.MAIN, outcome)
    assert ours is not None  # noqa: S101  Nobody of ours was answered above.
    command = SetCustomer(
        ours,
        actor,
        uses_portal=view.uses_portal(at) or view.saves_drafts(at),
        submit=view.saves_drafts(at),
        file_place=view.field(at, "file") or None,
        legal_entity=view.field(at, "entity"),
        tax_code=view.field(at, "tax"),
        channel=Channel(view.field(at, "channel") or Channel.FORM),
        cause=at.cause,
    )
    return _told(desk, view.MAIN, customers.set_customer(desk.services, command))


def _told(desk: Desk, main: str, outcome: Outcome) -> Answer:
    """What can be mended stays beside its input; everything else takes the form's place. Nothing that was typed is repeated."""
    desk.wake()
    if isinstance(outcome, Refusal) and outcome.code not in {"not_permitted", "illegal_move", "stale_version"}:
        return errors({main: outcome.sentence})
    return replaced(notice_view(outcome.sentence or "Saved.", "Customers' portals"))


def _memory(at: Interaction) -> Mapping[str, Any]:
    try:
        found = json.loads(at.memory or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


SUBMISSIONS: Final[Mapping[str, Callable[[Desk, Actor, Interaction], Answer]]] = {
    view.ADD: _added,
    view.ROTATE: _rotated,
    view.ENABLE: _enabled,
    view.CXML: _cxml,
    ENTER_CODE: _answered,
    view.CUSTOMER: _settled,
}
