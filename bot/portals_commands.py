"""`/tieout portal …`: what can be pressed can be typed, except secrets, which are never typed into a command."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot import portals, portals_admin
from bot.cards import home as home_card
from bot.cards import parts, portal_home
from bot.cards import portal_submission as card
from bot.cards.parts import Message
from bot.desk import LOOKING_AT_ORDERS, Desk, may, may_look, tell
from bot.payloads import Interaction
from bot.views import portal_desk
from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals import act_on_submission, customers, logins
from core.app.portals.commands import ActOnSubmission, Propose
from core.app.portals.showing import submission_view
from core.app.portals.waiting import SubmissionQueue, find_orders, orders_to_choose, waiting
from core.app.portals.wording import SUBMISSION_STATES
from core.domain.actors import Actor, Permission
from core.domain.errors import Incomplete
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import InvoiceNumber
from core.domain.keeping import SubjectKind
from core.domain.portals import OrderRef, SubmissionId

HELP: Final = (
    ("portal", "customers' portals: logins, customers, switches"),
    ("portal list [stuck|release|choose|review|check|disputed|robot|there]", "invoices for portals that wait for you"),
    ("show PS-1001", "an invoice on its way into a portal, with its buttons"),
    ("portal ready PS-1001", "let the robot save the draft; so also “release”, “recall”, “retry”, and “dismiss PS-1001 why”"),
    ("portal order PS-1001 GG80700992", "say which order it is; “portal propose INV-1 GG80700992” begins with an invoice"),
    ("portal find words", "customers' orders by number or customer"),
    ("portal sync", "read all portals now"),
    ("portal on, portal off", "the company's switch: whether drafts are saved at all"),
    ("portal enable C1; C2", "save drafts for these customers"),
)
_EVENTS: Final[Mapping[str, Event]] = {
    "ready": Event.MARK_READY,
    "recall": Event.RECALL,
    "release": Event.RELEASE,
    "retry": Event.RETRY,
    "dismiss": Event.DISMISS,
}
_FOUND: Final = 15


def named(words: Sequence[str]) -> SubmissionId | None:
    """The submission that a command names first, if any."""
    word = words[0].upper() if words else ""
    digits = word.removeprefix("PS").removeprefix("-")
    return SubmissionId(f"PS-{digits}") if word.startswith("PS") and digits.isdigit() and len(digits) <= 12 else None  # noqa: PLR2004


def run(desk: Desk, at: Interaction, actor: Actor, words: Sequence[str]) -> None:
    """Do what was typed after “portal”."""
    verb, rest = (words[0].lower(), words[1:]) if words else ("", ())
    if verb in _EVENTS:
        _act(desk, at, actor, _EVENTS[verb], rest)
    elif verb in _VERBS:
        _VERBS[verb](desk, at, actor, rest)
    elif verb:
        raise Incomplete(f"“portal {parts.safe(verb, 40)}” is no command. Try “/tieout help”.")
    else:
        portals_admin.open_window(desk, at, actor)


def show(desk: Desk, at: Interaction, actor: Actor, submission_id: SubmissionId) -> None:
    """The card, privately."""
    refusal = may_look(desk, actor, SubjectKind.SUBMISSION, submission_id)
    if refusal is not None:
        tell(desk, at, refusal.sentence)
        return
    with desk.services.store.read() as unit:
        desk.slack.respond(at.response_url, card.message(submission_view(unit, submission_id, desk.zone)))


def _wanted(words: Sequence[str]) -> SubmissionId:
    found = named(words)
    if found is None:
        raise Incomplete("Please name a submission, such as PS-1001.")
    return found


def _version(desk: Desk, submission_id: SubmissionId) -> int:
    """A typed command acts on the submission as it is now."""
    with desk.services.store.read() as unit:
        return unit.submissions.get(submission_id).version


def _act(desk: Desk, at: Interaction, actor: Actor, event: Event, words: Sequence[str]) -> None:
    submission_id = _wanted(words)
    command = ActOnSubmission(
        submission_id, _version(desk, submission_id), event, actor, reason=" ".join(words[1:]), cause=at.cause
    )
    _ended(desk, at, submission_id, act_on_submission.act(desk.services, command))


def _ended(desk: Desk, at: Interaction, submission_id: SubmissionId, outcome: Outcome) -> None:
    desk.wake()
    if not isinstance(outcome, Done):
        tell(desk, at, outcome.sentence)
        return
    with desk.services.store.read() as unit:
        state = unit.submissions.get(submission_id).state
    tell(desk, at, f"{submission_id}: {SUBMISSION_STATES[state].lower()}. {outcome.sentence}".strip())


def _order(desk: Desk, at: Interaction, actor: Actor, words: Sequence[str]) -> None:
    submission_id = _wanted(words)
    refusal = may_look(desk, actor, SubjectKind.SUBMISSION, submission_id)
    if refusal is not None:
        tell(desk, at, refusal.sentence)
        return
    number = " ".join(words[1:])
    with desk.services.store.read() as unit:
        found = [
            item.ref for item in orders_to_choose(unit, submission_id, number) if item.number.casefold() == number.casefold()
        ]
    command = ActOnSubmission(
        submission_id,
        _version(desk, submission_id),
        Event.CHOOSE_ORDER,
        actor,
        order=_only(found, number),
        cause=at.cause,
    )
    _ended(desk, at, submission_id, act_on_submission.act(desk.services, command))


def _propose(desk: Desk, at: Interaction, actor: Actor, words: Sequence[str]) -> None:
    if len(words) < 2:  # noqa: PLR2004  An invoice and an order.
        raise Incomplete("Please name an invoice and an order: “portal propose INV-1 GG80700992”.")
    if not _sees(desk, at, actor):
        return
    number = " ".join(words[1:])
    with desk.services.store.read() as unit:
        found = [item.ref for item in find_orders(unit, number) if item.number.casefold() == number.casefold()]
    command = Propose(InvoiceNumber(words[0]), _only(found, number), actor, at.cause)
    outcome = act_on_submission.propose(desk.services, command)
    desk.wake()
    done = f"{outcome.subject_id} is suggested." if isinstance(outcome, Done) else ""
    tell(desk, at, portals.done_words(outcome, done))


def _only(found: Sequence[OrderRef], number: str) -> OrderRef:
    if len(found) != 1:
        what = "Several orders have" if found else "No order has"
        raise Incomplete(f"{what} the number “{parts.safe(number, 60)}”. Please choose it with the button of the card.")
    return found[0]


def _list(desk: Desk, at: Interaction, actor: Actor, words: Sequence[str]) -> None:
    name = words[0].lower() if words else ""
    if name and name not in set(SubmissionQueue):
        raise Incomplete(f"There is no list “{parts.safe(name, 40)}”. Lists: {', '.join(SubmissionQueue)}.")
    if not _sees(desk, at, actor):
        return
    with desk.services.store.read() as unit:
        page = waiting(unit, actor, SubmissionQueue(name) if name else None)
    # Pages are turned in the window; a private message cannot be changed.
    blocks = [block for block in portal_home.blocks(page, "/") if block["type"] != "actions"]
    desk.slack.respond(at.response_url, Message("Invoices for customers' portals", [*blocks, home_card.open_window_block()]))


def _find(desk: Desk, at: Interaction, actor: Actor, words: Sequence[str]) -> None:
    if not _sees(desk, at, actor):
        return
    with desk.services.store.read() as unit:
        found = find_orders(unit, " ".join(words), _FOUND)
    items = [
        (item.number, f"{item.customer}, {item.status_words}, {item.total}, {item.balance or 'nobody knows what is'} left")
        for item in found
    ]
    said = f"{len(found)} found" if found else "Nothing found"
    blocks = [parts.section(parts.plain(said), "found"), *([parts.bullets(items, "orders")] if items else [])]
    desk.slack.respond(at.response_url, Message(said, blocks))


def _sees(desk: Desk, at: Interaction, actor: Actor) -> bool:
    with desk.services.store.read() as unit:
        allowed = may(unit, actor, Permission.SEE_CUSTOMER_ORDERS)
    if not allowed:
        tell(desk, at, LOOKING_AT_ORDERS)
    return allowed


def _sync(desk: Desk, at: Interaction, actor: Actor, _words: Sequence[str]) -> None:
    outcome = logins.sync_now(desk.services, actor, cause=at.cause)
    desk.wake()
    tell(desk, at, outcome.sentence)


def _switch(on: bool) -> Callable[[Desk, Interaction, Actor, Sequence[str]], None]:
    def command(desk: Desk, at: Interaction, actor: Actor, _words: Sequence[str]) -> None:
        tell(desk, at, customers.switch(desk.services, actor, on=on, cause=at.cause).sentence)

    return command


def _enable(desk: Desk, at: Interaction, actor: Actor, words: Sequence[str]) -> None:
    found = customers.enable(desk.services, actor, " ".join(words).split(";"), at.cause)
    desk.wake()
    if isinstance(found, Refusal):
        tell(desk, at, found.sentence)
        return
    shown = portal_desk.enabled(len(found.switched), len(found.were), found.unknown, found.several)
    desk.slack.respond(at.response_url, Message("Switched on", shown["blocks"]))


_VERBS: Final[Mapping[str, Callable[[Desk, Interaction, Actor, Sequence[str]], None]]] = {
    "list": _list,
    "find": _find,
    "order": _order,
    "propose": _propose,
    "sync": _sync,
    "on": _switch(on=True),
    "off": _switch(on=False),
    "enable": _enable,
}
