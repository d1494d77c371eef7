"""Documents that people give us in Slack, in a window or as files in a direct message: asked for, fetched, taken, told.

A file is asked for in the outbox before Slack's event is acknowledged, so that a crash loses none, and taken through the one
door of all files, for the person who gave it. They are told in their conversation with us: first that it is being read, then,
in the same message, what it was.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from bot.answers import Answer, errors, replaced
from bot.cards import upload as card
from bot.cards.parts import Message
from bot.client import Json
from bot.desk import Desk, notice_view, show_window, tell
from bot.errors import SlackRefusesUs
from bot.payloads import Interaction
from bot.publish import EVENT_TYPE, LOOK_BACK_FOR_A_CARD_S
from bot.views import upload as view
from core.app import asking, take_document
from core.app.commands import TakeDocument
from core.app.outbox import Performer
from core.app.outcomes import Refusal
from core.app.payables.showing import bill_view
from core.decide.documents import may_hand_in
from core.decide.permissions import entitle_somewhere
from core.domain.actors import Actor
from core.domain.errors import Refused, Unreadable
from core.domain.ids import PersonId, SourceId
from core.domain.keeping import EffectKind, OutboxItem, SourceKind
from core.domain.supplier_bills import SupplierInvoiceId
from core.ports.store import UnitOfWork

log = logging.getLogger(__name__)
LARGEST_BYTES: Final = 25 * 1024 * 1024
HOW: Final = (
    "Give me supplier invoices as files (PDF, XML, XLSX or CSV), several at once if you like. Everything else: “/tieout help”."
)
_WRITTEN: Final = frozenset({"", "file_share"})
_INVOICE: Final = "SI-"


def denial(unit: UnitOfWork, actor: Actor) -> str:
    """Why this person may not hand in supplier invoices; empty when they may."""
    by = entitle_somewhere(actor, unit.people.get(PersonId(actor.id)))
    denied = may_hand_in(SourceKind.SUPPLIER_DOCUMENT, by)
    return denied.sentence if denied is not None else ""


def open_window(desk: Desk, at: Interaction, actor: Actor) -> None:
    """The window, for whoever may hand something in; over another one where there is one."""
    with desk.services.store.read() as unit:
        denied = denial(unit, actor)
    if denied:
        tell(desk, at, denied)
        return
    show_window(desk, at, view.window())


def submitted(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """The window was sent: every file is asked for, and the person told where to look."""
    files = view.files(at)
    if not files:
        return errors({view.MAIN: "Please choose a file."})
    with desk.services.store.write() as unit:
        denied = denial(unit, actor)
        for file_id, name in files if not denied else ():
            facts: dict[str, object] = {"file": file_id, "name": name, "user": at.user, "team": at.user_team, "cause": at.cause}
            asking.given_file(unit, f"{at.view_id}:{file_id}", name, facts)
    if denied:
        return replaced(notice_view(denied))
    desk.wake()
    said = "1 document is" if len(files) == 1 else f"{len(files)} documents are"
    return replaced(notice_view(f"{said} being read. What comes of it is told in your messages with Tieout.", "Thank you"))


def brings_files(event: Mapping[str, Any]) -> bool:
    """Whether this event is of somebody who gives us files: it is acknowledged once they are asked for, and not before."""
    return event.get("type") == "message" and _is_persons(event) and bool(event.get("files"))


def _is_persons(event: Mapping[str, Any]) -> bool:
    """Written to us by a person; not by an app (we hear ourselves too), and no edit or deletion."""
    plain = str(event.get("subtype") or "") in _WRITTEN
    return plain and event.get("channel_type") == "im" and not event.get("bot_id") and bool(event.get("user"))


def written(desk: Desk, event: Mapping[str, Any]) -> None:
    """Somebody wrote to us: their files are asked for, to be answered in the thread of their message."""
    channel, ts, user = (str(event.get(name) or "") for name in ("channel", "ts", "user"))
    thread = str(event.get("thread_ts") or ts)
    if not brings_files(event):
        if _is_persons(event):
            desk.slack.post(channel, card.saying(HOW), _metadata(f"how:{channel}:{ts}"), thread)
        return
    with desk.services.store.write() as unit:
        for file in event["files"]:
            name = str(file.get("name") or file["id"])
            facts: dict[str, object] = {"file": file["id"], "name": name, "user": user, "cause": f"slack {user} {ts}"}
            facts |= {"channel": channel, "thread": thread}
            asking.given_file(unit, f"{channel}:{ts}:{file['id']}", name, facts)
    desk.wake()


class Taking:
    """The performer of files that were given to us. `told` first, then fetched and taken: the person sees that it goes on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def performers(self) -> Mapping[EffectKind, Performer]:
        """For a relay of its own: reading takes seconds, and cards do not wait for it."""
        return {EffectKind.TAKE_FILE: self}

    def __call__(self, item: OutboxItem) -> str:
        """Take one file; the receipt is the message that says what it was."""
        slack = self._desk.slack
        said = {name: str(value) for name, value in item.effect.payload.items()}
        channel = said.get("channel") or slack.direct(said["user"])
        metadata, thread = _metadata(item.effect.key), said.get("thread", "")
        ts = ""
        if item.tried_before:
            ts = slack.find(channel, item.effect.key, item.created_at.timestamp() - LOOK_BACK_FOR_A_CARD_S, thread)
        ts = ts or slack.post(channel, card.reading(said["name"]), metadata, thread)
        try:
            told = self._taken(said)
        except SlackRefusesUs as error:
            slack.update(channel, ts, card.saying(f"{said['name']} waits: {error.sentence}"), metadata)
            raise
        slack.update(channel, ts, told, metadata)
        return ts

    def _taken(self, said: Mapping[str, str]) -> Message:
        """What is told. What cannot work however often it is tried is told too; what may work later is raised."""
        desk, name = self._desk, said["name"]
        actor = desk.people.identify(said.get("team") or desk.people.team_of(said["user"]), said["user"], said["cause"])
        if isinstance(actor, Refusal):
            return card.saying(actor.sentence)
        try:
            file = desk.slack.file(said["file"])
            data = desk.slack.download(file, LARGEST_BYTES)
        except (Refused, Unreadable) as error:
            return card.saying(f"{name} was not taken. {error.sentence}")
        outcome = take_document.take(
            desk.services, TakeDocument(str(file.get("name") or name), data, actor, cause=said["cause"])
        )
        desk.wake()
        if isinstance(outcome, Refusal):
            return card.saying(f"Not taken. {outcome.sentence}")
        with desk.services.store.read() as unit:
            ids = _invoices(unit, outcome.subject_id)
            bills = [bill_view(unit, bill_id, desk.zone) for bill_id in ids[: card.SHOWN]]
        return card.result(outcome.sentence, bills, len(ids) - len(bills))


def _invoices(unit: UnitOfWork, subject: str) -> list[SupplierInvoiceId]:
    """The invoices of what was taken: one, or all of a document; none where it was something else."""
    if subject.startswith(_INVOICE):
        return [SupplierInvoiceId(subject)]
    return [bill.id for bill in unit.bills.taken_from(SourceId(subject))]


def _metadata(key: str) -> Json:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
