"""State machines as data: a table of rows (from, event, only if, to, effects) and the one lookup over it.

Buttons in Slack and on the web, the permission check, the documentation and the tests are all read out of the same rows, so
they cannot disagree. A guard is a named pure predicate over the facts of the moment; its sentence is what the actor is told
when it does not hold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from core.domain.actors import ActorKind, Entitled, Permission
from core.domain.events import AuditName


class Facts(Protocol):
    """What every decision needs to know: who acts, with which permissions. Tables add their own facts."""

    @property
    def by(self) -> Entitled:
        """The actor and what they may do here."""
        ...


S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)
F = TypeVar("F", bound=Facts)


@dataclass(frozen=True)
class Guard(Generic[F]):
    """A named condition. `denial` is the sentence for the actor when it does not hold; `code` is an error code.

    `explain` may say more exactly what is wrong in this case; where it has nothing to say, `denial` is used. A guard that
    `hides` speaks of the subject alone, and its button is not shown to anybody while it does not hold.
    """

    name: str
    denial: str
    holds: Callable[[F], bool]
    code: str = "refused"
    explain: Callable[[F], str] | None = None
    hides: bool = False


class Origin(StrEnum):
    """Where a row comes from: asked for by the product brief, inferred from it, or our own."""

    BRIEF = "brief"
    INFERRED = "inferred"
    OURS = "ours"


class Effect(StrEnum):
    """What a move asks for. Every move also writes one audit event; effects that leave the process go through the outbox."""

    REFRESH_CARD = "refresh_card"
    LOOK_FOR_SUGGESTIONS = "look_for_suggestions"
    LOOK_FOR_PAYMENT = "look_for_payment"
    POST_PAYMENT = "post_payment"
    REVERSE_PAYMENT = "reverse_payment"
    LOOK_UP_BY_KEY = "look_up_by_key"
    SHOW_LEDGER_REASON = "show_ledger_reason"
    THANK_CUSTOMER = "thank_customer"
    OPEN_DISPUTE = "open_dispute"
    WITHDRAW_DISPUTE = "withdraw_dispute"
    RECOMPUTE_VERDICT = "recompute_verdict"
    NOTIFY_APPROVERS = "notify_approvers"
    POST_SUPPLIER_INVOICE = "post_supplier_invoice"
    START_DRIVER_RUN = "start_driver_run"
    NOTIFY_MANAGERS = "notify_managers"
    SEARCH_PORTAL = "search_portal"
    SEND_MAIL = "send_mail"
    ATTACH_REPLY = "attach_reply"
    REOPEN_SUBJECT = "reopen_subject"
    TELL_OPERATOR = "tell_operator"


@dataclass(frozen=True)
class Row(Generic[S, E, F]):
    """One line of a state table."""

    sources: tuple[S, ...]
    event: E
    to: S
    only_if: tuple[Guard[F], ...] = ()
    effects: tuple[Effect, ...] = ()
    origin: Origin = Origin.OURS


class Style(StrEnum):
    """How a button looks; colour is never the only carrier of meaning."""

    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class EventSpec:
    """What is true of an event wherever it appears: who may cause it, how its button reads, what its audit event is called.

    `label` is empty for events that no person causes. `confirm` is the question asked before something irreversible.
    """

    past: AuditName
    actors: frozenset[ActorKind]
    permission: Permission | None = None
    label: str = ""
    style: Style = Style.PLAIN
    confirm: str = ""
    needs_reason: bool = False
    sentence: str = ""


@dataclass(frozen=True)
class Table(Generic[S, E, F]):
    """A whole workflow: `starts` and `ends` bound it, `specs` says what each event is."""

    name: str
    title: str
    starts: tuple[S, ...]
    ends: tuple[S, ...]
    rows: tuple[Row[S, E, F], ...]
    specs: Mapping[E, EventSpec]

    def offered(self, state: S) -> tuple[E, ...]:
        """The events a person may cause in `state`, in table order: these are the buttons, the same for everybody."""
        seen: dict[E, None] = {}
        for row in self.rows:
            if state in row.sources and self.specs[row.event].label:
                seen[row.event] = None
        return tuple(seen)

    def shown(self, state: S, facts: F) -> tuple[E, ...]:
        """`offered`, without what the subject itself rules out now: the buttons that are shown, the same for everybody."""
        shown: dict[E, None] = {}
        for row in self.rows:
            hidden = any(guard.hides and not guard.holds(facts) for guard in row.only_if)
            if state in row.sources and self.specs[row.event].label and not hidden:
                shown[row.event] = None
        return tuple(shown)


@dataclass(frozen=True)
class Moved(Generic[S, E, F]):
    """The event is allowed: the new state and what is asked for."""

    to: S
    row: Row[S, E, F]


@dataclass(frozen=True, slots=True)
class Denied:
    """The event is refused, with a sentence for the actor and an error code of `core.domain.errors`."""

    code: str
    sentence: str


def decide(table: Table[S, E, F], state: S, event: E, facts: F) -> Moved[S, E, F] | Denied:
    """The one lookup: may `event` happen in `state` given `facts`, and where does it lead?

    Asked in this order: is there a row at all, may this kind of actor, does the actor hold the permission, do the guards hold.
    The first row whose guards all hold wins; tables are checked to have no two rows that could both hold.
    """
    rows = [row for row in table.rows if row.event is event and state in row.sources]
    spec = table.specs[event]
    if not rows:
        return Denied("illegal_move", f"This is {words(state)} now, and {words(event)} is not possible there.")
    actor = facts.by.actor
    if actor.kind not in spec.actors:
        who = "a person" if ActorKind.PERSON in spec.actors else "Tieout itself"
        return Denied("not_permitted", f"Only {who} can {words(event)}.")
    if actor.kind is ActorKind.PERSON and not facts.by.permissions:
        return Denied("not_permitted", "Tieout does not know you yet. An administrator can add you with “tieout people add”.")
    if actor.kind is ActorKind.PERSON and spec.permission is not None and not facts.by.may(spec.permission):
        return Denied("not_permitted", f"You are not entitled to {words(event)}: it takes “{words(spec.permission)}”.")
    failed: Guard[F] | None = None
    for row in rows:
        failing = next((guard for guard in row.only_if if not guard.holds(facts)), None)
        if failing is None:
            return Moved(row.to, row)
        failed = failed or failing
    assert failed is not None  # noqa: S101  Every row that did not return left its failing guard behind.
    return Denied(failed.code, (failed.explain(facts) if failed.explain else "") or failed.denial)


def words(name: StrEnum) -> str:
    """An enum value as people read it: `NEEDS_PERSON` is "needs person"."""
    return name.value.replace("_", " ").lower()


PEOPLE = frozenset({ActorKind.PERSON})
MACHINES = frozenset({ActorKind.AUTOMATION, ActorKind.SYSTEM})
ANYONE = PEOPLE | MACHINES
