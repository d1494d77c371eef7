"""The bot against the stand-in, over the store of a test: real relay, real Socket Mode or signed HTTP, real bolt."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr
from slack_sdk import WebClient

from bot.__main__ import Bot
from bot.http import build_web
from core.app import take_remittance
from core.app.commands import TakeRemittance
from core.app.services import Services
from core.domain.actors import Actor, Person, Role
from core.domain.ids import PersonId, RemittanceId
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.payments import PaymentState
from core.domain.readings import ReadRemittance
from core.domain.remittance import RemittanceAdvice
from core.domain.workflows import OutboxState
from core.settings import Settings, SlackTransport
from tests.builders import a_customer_invoice, acting
from tests.databases import SetClock
from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import SlackDriver, text_of
from tests.service import MAIL, Desk

CASH = "C0CASHAPP1"
MANAGERS = "C0MANAGERS"


def slack_settings(slack: SlackDriver, folder: Path, transport: SlackTransport, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "data_dir": folder / "data",
        "slack_transport": transport,
        "slack_bot_token": SecretStr(slack.config.bot_token),
        "slack_app_token": SecretStr(slack.config.app_token),
        "slack_signing_secret": SecretStr(slack.config.signing_secret),
        "slack_base_url": slack.api_url,
        "slack_payments_channel": CASH,
        "slack_alerts_channel": MANAGERS,
        "outbox_idle_s": 0.05,
        # However slow the machine: a form that the test expects to be answered is answered.
        "slack_form_answer_s": 30.0,
        **more,
    }
    return Settings(_env_file=None, **values)


@dataclass
class RunningClock(SetClock):
    """A clock that starts at the tests' instant and runs, for relays that wait."""

    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.started)


@contextmanager
def served(services: Services, settings: Settings) -> Iterator[str]:
    """The web process's application on a free port, with the Slack surface in it; yields its request URL."""
    app, surface = build_web(services, settings)
    assert surface is not None
    listening = bound_socket(0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        # Until then the port is ours and refuses everybody.
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()
        surface.close()


@contextmanager
def running_bot(services: Services, settings: Settings, slack: SlackDriver) -> Iterator[Bot]:
    """The bot, connected; its threads have ended when this returns."""
    bot = Bot(services, settings)
    bot.start()
    try:
        if settings.slack_transport is SlackTransport.SOCKET:
            slack.wait_for_socket()
            yield bot
        else:
            with served(services, settings) as url:
                assert slack.deliver_to(url)
                yield bot
    finally:
        bot.stop()


def marked_up(value: Any) -> list[str]:
    """Every text that Slack would interpret."""
    if isinstance(value, dict):
        own = [str(value["text"])] if value.get("type") == "mrkdwn" else []
        return own + [text for one in value.values() for text in marked_up(one)]
    return [text for one in value for text in marked_up(one)] if isinstance(value, list) else []


class SlackDesk(Desk):
    """The small company with its people in Slack: ines posts, marcus applies, theo looks, dana is unknown."""

    def __init__(self, services: Services, slack: SlackDriver) -> None:
        super().__init__(services)
        self.slack = slack
        self.version_before = 0
        self.ines = self._person(11, "Ines Ferreira", "ines@sandbox.example", Role.CASH_POSTER)
        self.marcus = self._person(12, "Marcus Webb", "marcus@sandbox.example", Role.CASH_APPLIER)
        self.theo = self._person(13, "Theo Lange", "theo@sandbox.example", Role.VIEWER, Role.ADMINISTRATOR)

    def _person(self, number: int, name: str, email: str, *roles: Role) -> Person:
        person = Person(PersonId(f"U-{number}"), name, email, frozenset(roles))
        with self.services.store.write() as unit:
            unit.people.put(person)
        return person

    def card(self, number: str = "P-1001", *, saying: str = "") -> Json:
        """The card of a payment, once it shows the present version (and these words)."""
        subject = Subject(SubjectKind.REMITTANCE if number.startswith("R-") else SubjectKind.PAYMENT, number)

        def shown() -> Json:
            with self.services.store.read() as unit:
                place = unit.cards.place(subject)
                reads = unit.remittances.get if subject.kind is SubjectKind.REMITTANCE else unit.payments.get
                version = reads(number).version  # type: ignore[arg-type]
            if place is None or place.version != version:
                return {}
            found = [card for card in self.slack.cards(CASH) if card["ts"] == place.ts]
            return found[0] if found and saying in text_of(found[0]) else {}

        return self.slack.wait_for(shown, what=f"the card of {number} saying {saying!r}")

    def two_alike(self) -> None:
        """Two open invoices of Northwind that nothing tells apart."""
        with self.services.store.write() as unit:
            unit.ledger.put_invoices([a_customer_invoice("INV-1011", "60.00"), a_customer_invoice("INV-1012", "60.00")])

    def unreadable(self, raw: bytes) -> None:
        """A mail whose remittance no reader could read whole."""
        read = ReadRemittance("body", (), complete=False, why="The table has no column of amounts.", payer_name="Northwind Ltd")
        take_remittance.take(
            self.services, TakeRemittance("mail.eml", raw, read, MAIL, "ap@northwind.example", "Payment advice")
        )

    def advice(self, number: str = "R-1001") -> RemittanceAdvice:
        with self.services.store.read() as unit:
            return unit.remittances.get(RemittanceId(number))

    def details(self, number: str = "P-1001") -> str:
        """The value of the menu's last entry on the present card."""
        return f"payment:{number}:v{self.payment(number).version}:details"

    def linked(self, person: Person) -> bool:
        """Whether the person's Slack account is known."""
        with self.services.store.read() as unit:
            found = unit.people.get(person.id)
        return found is not None and bool(found.slack_user)

    def remove(self, person: Person) -> None:
        """Somebody may not use Tieout any more."""
        self._put(replace(self._known(person), active=False))

    def demote(self, person: Person) -> None:
        """Somebody may only look from now on."""
        self._put(replace(self._known(person), roles=frozenset({Role.VIEWER})))

    def _known(self, person: Person) -> Person:
        with self.services.store.read() as unit:
            return unit.people.get(person.id) or person

    def _put(self, person: Person) -> None:
        with self.services.store.write() as unit:
            unit.people.put(person)

    def has_card(self, number: str) -> bool:
        """Whether a card was asked for; of a large import, not every payment has one."""
        with self.services.store.read() as unit:
            states = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.SENT)
            asked = [item for state in states for item in unit.outbox.in_state(state, 1000)]
        return any(item.effect.kind is EffectKind.PUBLISH_CARD and item.effect.subject.id == number for item in asked)

    def settled(self) -> None:
        """Wait until nothing is on its way to Slack any more."""

        def nothing_waits() -> bool:
            with self.services.store.read() as unit:
                ages = unit.outbox.ages()
            return not any(count for kind, (count, _) in ages.items() if kind is not EffectKind.POST_PAYMENT)

        self.slack.wait_for(nothing_waits, what="everything to be published")

    def waits(self, words: str) -> None:
        """Wait until a delivery waits for a person, and says so."""

        def waiting() -> bool:
            with self.services.store.read() as unit:
                items = unit.outbox.in_state(OutboxState.PENDING)
            return any(words in item.last_error for item in items)

        self.slack.wait_for(waiting, what=f"a delivery to wait: {words!r}")

    def hurry(self) -> None:
        """The minute that a waiting delivery waits is over."""
        assert isinstance(self.services.clock, RunningClock)
        self.services.clock.advance(seconds=61)

    def acting(self, person: Person) -> Actor:
        return acting(person)

    def say_as_app(self, text: str, blocks: list[Json]) -> str:
        """A message of the app that the bot did not write, as an older version of it may have."""
        client = WebClient(token=self.slack.config.bot_token, base_url=self.slack.api_url, retry_handlers=[])
        return str(client.chat_postMessage(channel=CASH, text=text, blocks=blocks)["ts"])

    def delete_as_app(self, ts: str) -> None:
        client = WebClient(token=self.slack.config.bot_token, base_url=self.slack.api_url, retry_handlers=[])
        client.chat_delete(channel=CASH, ts=ts)

    def cards(self, words: str) -> list[Json]:
        """Messages of the app that hold these words, without replies in threads."""
        found = self.slack.cards(CASH, contains=words)
        return [one for one in found if not one["ephemeral"] and one.get("thread_ts") in {None, "", one["ts"]}]

    def state(self, number: str, state: PaymentState) -> None:
        """Wait until the payment is there."""
        self.slack.wait_for(lambda: self.payment(number).state is state, what=f"{number} to be {state}")

    def whispers(self, user: str) -> list[str]:
        """What only this person was told, oldest first."""
        return [text_of(message) for message in self.slack.ephemerals(user)]

    def told(self, user: str, words: str) -> str:
        """Wait until this person was told something privately."""

        def found() -> str:
            return next((text for text in self.whispers(user) if words in text), "")

        return self.slack.wait_for(found, what=f"{user} to be told {words!r}")
