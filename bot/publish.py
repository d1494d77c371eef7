"""Effects to messages: exactly one card a subject, updated in place; its history in its thread; digests and alerts.

The database knows where each card is and what it shows. Before a card is posted for the first time that is written down; an
attempt whose outcome is unknown therefore leaves a trace, and the next one asks Slack by the key in the message's metadata.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards import alert as alert_card
from bot.cards import digest as digest_card
from bot.cards import parts, portal_sync
from bot.cards import payment as payment_card
from bot.cards import portal_submission as portal_card
from bot.cards import question as question_card
from bot.cards import remittance as remittance_card
from bot.cards import supplier_invoice as bill_card
from bot.cards.parts import Message
from bot.channels import Channels
from bot.client import Json, Slack
from bot.errors import ChannelClosed, MessageGone, SlackRefusesUs
from core.app.outbox import Performer
from core.app.payables.showing import bill_view
from core.app.portals.showing import submission_view, sync_view
from core.app.reporting import alert, digest
from core.app.services import Services
from core.app.showing import payment_view, remittance_view
from core.app.showing_questions import question_view
from core.app.telling import sentence
from core.domain.events import AuditName
from core.domain.ids import Key, PaymentId, PersonId, RemittanceId
from core.domain.keeping import CardPlace, EffectKind, OutboxItem, Subject, SubjectKind
from core.domain.portals import SubmissionId, SyncRunId
from core.domain.questions import QuestionId
from core.domain.supplier_bills import SupplierInvoiceId
from core.settings import Settings

log = logging.getLogger(__name__)
EVENT_TYPE: Final = "tieout_message"
LOOK_BACK_S: Final = 3600.0
LOOK_BACK_FOR_A_CARD_S: Final = 14 * 86_400.0
"""A card that an attempt may have left is no older than deliveries are kept trying."""
OF_PAYABLES: Final = frozenset({"supplier_invoices", "orders_synced", "bills_written", "waits_long"})
"""Digests and alerts that belong into the channel of the supplier invoices."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A subject's message as it should be now."""

    message: Message
    version: int

    @property
    def content_hash(self) -> str:
        """Equal for messages that look the same."""
        said = json.dumps([self.message.text, self.message.blocks], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


class Publisher:
    """The performers of everything that is published in Slack."""

    def __init__(self, services: Services, settings: Settings, slack: Slack, channels: Channels) -> None:
        self._services = services
        self._slack = slack
        self._channels = channels
        self._zone: tzinfo = ZoneInfo(settings.time_zone)

    def performers(self) -> Mapping[EffectKind, Performer]:
        """One for each kind of effect."""
        return {
            EffectKind.PUBLISH_CARD: _noting(self.card),
            EffectKind.PUBLISH_NOTE: _noting(self.note),
            EffectKind.PUBLISH_DIGEST: _noting(self.once),
            EffectKind.PUBLISH_ALERT: _noting(self.once),
        }

    def card(self, item: OutboxItem) -> str:
        """The subject's one message shows its present version."""
        force = bool(item.effect.payload.get("force"))
        return self._show(item, item.effect.subject, force=force)

    def _show(self, item: OutboxItem, subject: Subject, *, force: bool) -> str:
        with self._services.store.read() as unit:
            place = unit.cards.place(subject)
        drawn = self._draw(subject)
        if place is not None:
            return self._update(item, place, drawn, force=force)
        return self._place(item, subject, drawn)

    def _draw(self, subject: Subject) -> _Drawn:
        with self._services.store.read() as unit:
            if subject.kind is SubjectKind.REMITTANCE:
                advice = remittance_view(unit, RemittanceId(subject.id), self._zone)
                return _Drawn(remittance_card.message(advice), advice.version)
            if subject.kind is SubjectKind.SUPPLIER_INVOICE:
                bill = bill_view(unit, SupplierInvoiceId(subject.id), self._zone)
                return _Drawn(bill_card.message(bill), bill.version)
            if subject.kind is SubjectKind.SUBMISSION:
                on_its_way = submission_view(unit, SubmissionId(subject.id), self._zone)
                return _Drawn(portal_card.message(on_its_way), on_its_way.version)
            if subject.kind is SubjectKind.PORTAL_SYNC:
                sync = sync_view(unit, SyncRunId(subject.id), self._zone)
                return _Drawn(portal_sync.message(sync), sync.version)
            if subject.kind is SubjectKind.QUESTION:
                asked = question_view(unit, QuestionId(subject.id), self._zone)
                return _Drawn(question_card.message(asked), asked.version)
            view = payment_view(unit, PaymentId(subject.id), self._zone)
            return _Drawn(payment_card.message(view), view.version)

    def _update(self, item: OutboxItem, place: CardPlace, drawn: _Drawn, *, force: bool) -> str:
        newer = place.version > drawn.version
        if newer or (place.content_hash == drawn.content_hash and not force):
            return f"{place.ts} shows it already"
        self._channels.require_ours(place.channel)
        try:
            self._slack.update(place.channel, place.ts, drawn.message, metadata(place.subject))
        except MessageGone:
            # Somebody deleted the card. Nobody can decide on what nobody sees, so it is posted again.
            return self._post(item, place.subject, drawn)
        self._remember(place.subject, place.channel, place.ts, drawn)
        return place.ts

    def _place(self, item: OutboxItem, subject: Subject, drawn: _Drawn) -> str:
        channel = self._channels.of(subject.kind)
        with self._services.store.write() as unit:
            first = unit.seen.first_time("card_posting", f"{subject.kind}:{subject.id}")
        if not first or item.tried_before:
            oldest = item.created_at.timestamp() - LOOK_BACK_FOR_A_CARD_S
            ts = self._slack.find(channel, _key(subject), oldest)
            if ts:
                self._slack.update(channel, ts, drawn.message, metadata(subject))
                self._remember(subject, channel, ts, drawn)
                return ts
        return self._post(item, subject, drawn)

    def _post(self, _item: OutboxItem, subject: Subject, drawn: _Drawn) -> str:
        channel = self._channels.of(subject.kind)
        ts = self._slack.post(channel, drawn.message, metadata(subject))
        self._remember(subject, channel, ts, drawn)
        return ts

    def _remember(self, subject: Subject, channel: str, ts: str, drawn: _Drawn) -> None:
        with self._services.store.write() as unit:
            unit.cards.put(CardPlace(subject, channel, ts, drawn.version, drawn.content_hash))

    def note(self, item: OutboxItem) -> str:
        """A line of history in the card's thread. A subject without a card gets one first: history needs a place."""
        subject = item.effect.subject
        place = self._place_of(subject)
        if place is None:
            self._show(item, subject, force=False)
            place = self._place_of(subject)
            assert place is not None  # noqa: S101  Showing a card remembers its place, or raises.
        self._channels.require_ours(place.channel)
        key = item.effect.key
        if item.tried_before:
            ts = self._slack.find(place.channel, key, item.created_at.timestamp() - LOOK_BACK_S, place.ts)
            if ts:
                return ts
        return self._slack.post(place.channel, self._note(item), metadata_of(key), place.ts)

    def _place_of(self, subject: Subject) -> CardPlace | None:
        with self._services.store.read() as unit:
            return unit.cards.place(subject)

    def _note(self, item: OutboxItem) -> Message:
        said = {name: str(value) for name, value in item.effect.payload.items()}
        if "words" in said:
            told = Message(parts.escaped(said["words"], 300), [parts.section(parts.plain(said["words"], 600), "note")])
            return self._calling(told, item)
        at = datetime.fromisoformat(said["at"])
        line = sentence(AuditName(said["name"]), said.get("by") or "Somebody", at, self._zone, at)
        texts = [line, *([f"“{said['reason']}”"] if said.get("reason") else [])]
        return Message(parts.escaped(line, 300), [parts.section(parts.lines(texts, each=600), "note")])

    def _calling(self, message: Message, item: OutboxItem) -> Message:
        """The message with a mention of everybody who has something to do now; who is not in Slack is named."""
        wanted = item.effect.payload.get("people")
        if not isinstance(wanted, list):
            return message
        with self._services.store.read() as unit:
            people = [
                person for each in wanted if (person := unit.people.get(PersonId(str(each)))) is not None and person.active
            ]
        called = {person.id: person.slack_user or self._slack.by_email(person.email) for person in people}
        tags = " ".join(f"<@{user}>" for user in dict.fromkeys(called.values()) if user)
        if not tags:
            return message
        return Message(f"{message.text} {tags}", [*message.blocks, parts.section(parts.ours(tags), "called")])

    def once(self, item: OutboxItem) -> str:
        """A digest or an alert: one message, never changed."""
        of_payables = item.effect.payload.get("kind") in OF_PAYABLES
        channel = self._channels.of(SubjectKind.SUPPLIER_INVOICE if of_payables else item.effect.subject.kind)
        if item.tried_before:
            ts = self._slack.find(channel, item.effect.key, item.created_at.timestamp() - LOOK_BACK_S)
            if ts:
                return ts
        facts = item.effect.payload
        if item.effect.kind is EffectKind.PUBLISH_ALERT:
            message = self._calling(alert_card.message(alert(facts, self._zone, item.created_at)), item)
        else:
            message = digest_card.message(digest(facts))
        return self._slack.post(channel, message, metadata_of(item.effect.key))


def _noting(performer: Callable[[OutboxItem], str]) -> Performer:
    """What waits for a person to mend a setting says so in the log, once an attempt."""

    def perform(item: OutboxItem) -> str:
        try:
            return performer(item)
        except (ChannelClosed, SlackRefusesUs) as error:
            log.warning("waiting to publish %s: %s", item.effect.key, error.sentence)
            raise

    return perform


def _key(subject: Subject) -> str:
    return f"card:{subject.kind}:{subject.id}"


def metadata(subject: Subject) -> Json:
    """What the card's message carries: an opaque id. Other apps can read it."""
    return metadata_of(Key(_key(subject)))


def metadata_of(key: Key) -> Json:
    """What a message carries under a key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
