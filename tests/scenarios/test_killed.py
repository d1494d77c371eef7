"""Every process is killed with SIGKILL again and again while files and mails arrive and people act: nothing is lost or doubled.

Two worlds: what comes by mail, and what comes by file, is shown in Slack and goes to the ledger. `killer.py` says how.
"""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.app.services import Services
from core.bootstrap import SystemClock
from core.domain.events import PaymentEvent
from core.domain.keeping import EffectKind, OutboxItem
from core.domain.mails import MailState
from core.domain.payments import DraftPayment, PaymentState
from core.domain.remittance import RemittanceState
from core.domain.workflows import OutboxState
from core.store.audit import verify
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock, fresh_database
from tests.sandbox.erp.__main__ import Ledger
from tests.sandbox.mailbox import dovecot
from tests.sandbox.slack.testing import SlackDriver, text_of
from tests.scenarios.killer import killing
from tests.scenarios.mail_world import a_remittance, eventually, settings_for
from tests.service import Desk, bank_csv, services_on
from tests.slack_desk import CASH, SlackDesk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLS = 22
FILES = 4
LINES = 50
POSTED = 80
SET_ASIDE = 40
# Each payment has a card; those that people act on have two or three versions of it and as many lines of history.
ITEMS = 500
A_ROUND = 14
MAILS = (KILLS + 1) * A_ROUND
SAID_ONCE = {EffectKind.PUBLISH_NOTE, EffectKind.PUBLISH_DIGEST, EffectKind.PUBLISH_ALERT}


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    opened = SqlStore(database_url, SystemClock(), AUDIT_KEY)
    yield opened
    opened.close()


@pytest.fixture
def warm(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A second database, on which the killer warms up before it forks."""
    with fresh_database(database_kind, tmp_path) as url:
        yield url


class BusyDay:
    """Bank files that arrive, people who post and set aside, and a ledger that answers, a little after each kill."""

    def __init__(self, desk: SlackDesk, folder: Path) -> None:
        self.desk = desk
        self.inbox = folder / "inbox"
        self.outgoing = folder / "erp" / "outgoing"
        self.inbox.mkdir()
        self.ledger = Ledger(self.outgoing, self.inbox)
        self.dropped = 0
        self.posted: list[str] = []
        self.set_aside: list[str] = []
        self._dice = random.Random(5)  # noqa: S311  A test needs the same chance each time, not secrecy.

    def drop_file(self) -> None:
        """Fifty deposits: two fifths of a payer we know, for no document, the others of somebody unknown."""
        first = self.dropped * LINES
        payers = [("NORTHWIND LTD", "ON ACCOUNT") if number % 5 < 2 else ("UNHEARD OF LLC", "") for number in range(LINES)]
        lines = [(f"D{first + number}", f"{1000 + first + number}.13", *said) for number, said in enumerate(payers)]
        part = self.inbox / f".bank{self.dropped}.part"
        part.write_bytes(bank_csv(*lines))
        part.rename(self.inbox / f"bank{self.dropped}.csv")
        self.dropped += 1

    def go_on(self, most: int) -> None:
        """People act on some of what they find, and the ledger imports what there is."""
        for payment in self._some(PaymentState.UNAPPLIED, min(most, POSTED - len(self.posted))):
            self.desk.done(PaymentEvent.POST, payment, self.desk.ines)
            self.posted.append(payment.id)
        for payment in self._some(PaymentState.UNIDENTIFIED, min(most // 2, SET_ASIDE - len(self.set_aside))):
            self.desk.done(PaymentEvent.SET_ASIDE, payment, self.desk.ines, reason=f"reason {payment.id}")
            self.set_aside.append(payment.id)
        self.ledger.look()

    def _some(self, state: PaymentState, most: int) -> list[DraftPayment]:
        found = self.desk.payments(state) if most else []
        return self._dice.sample(found, min(len(found), most))

    def is_over(self) -> bool:
        """Everything was done and nothing is on its way."""
        self.go_on(20)
        with self.desk.services.store.read() as unit:
            waiting, posted = unit.outbox.ages(), unit.payments.counts().get(PaymentState.POSTED, 0)
        return posted == POSTED and not waiting and not list(self.inbox.glob("*.csv"))

    def progress(self) -> str:
        """What was done and what waits, in words for a test that gives up."""
        with self.desk.services.store.read() as unit:
            waiting = {kind.value: count for kind, (count, _) in unit.outbox.ages().items()}
            states = {state.value: count for state, count in unit.payments.counts().items()}
        return f"{states}, waiting: {waiting}, in the inbox: {sorted(file.name for file in self.inbox.iterdir())}"

    def keys_in_files(self) -> Counter[str]:
        """How often each payment was handed to the ledger."""
        found: Counter[str] = Counter()
        for file in self.outgoing.glob("*/pending_payments.csv"):
            with file.open(encoding="utf-8", newline="") as opened:
                found.update(row["payment_key"] for row in csv.DictReader(opened))
        return found

    def taken(self) -> Counter[str]:
        """How often each bank file was put away as taken."""
        names = [file.name.partition("-")[2] for file in (self.inbox / "taken").iterdir()]
        return Counter(name for name in names if name.startswith("bank"))


def key_of(message: dict[str, Any]) -> str:
    return str((message.get("metadata") or {}).get("event_payload", {}).get("key", ""))


def sent(services: Services) -> list[OutboxItem]:
    with services.store.read() as unit:
        assert unit.outbox.in_state(OutboxState.SHUNTED) == []
        return list(unit.outbox.in_state(OutboxState.SENT, limit=5000))


def check_slack(slack: SlackDriver, day: BusyDay) -> None:
    """One card a payment, as the payment is now; each line of history and each digest once, and nothing else."""
    messages = [one for one in slack.cards(CASH) if not one["ephemeral"]]
    top = {key_of(one): text_of(one) for one in messages if one.get("thread_ts") in {None, "", one["ts"]}}
    payments = day.desk.payments()
    assert len(payments) == FILES * LINES
    assert {key for key in top if key.startswith("card:")} == {f"card:payment:{payment.id}" for payment in payments}
    wrong = [number for number in day.set_aside if "Set aside" not in top[f"card:payment:{number}"]]
    wrong += [number for number in day.posted if "Posted" not in top[f"card:payment:{number}"]]
    assert wrong == []
    once = {item.effect.key for item in sent(day.desk.services) if item.effect.kind in SAID_ONCE}
    keys = Counter(key_of(one) for one in messages)
    assert set(keys.values()) == {1}
    assert {key for key in keys if not key.startswith("card:")} == once
    reasons = Counter(
        text.rsplit("“", 1)[-1] for one in messages if "“reason " in (text := text_of(one)) and one.get("thread_ts")
    )
    assert reasons == {f"reason {number}”": 1 for number in day.set_aside}
    assert sum("payments came in" in text for text in top.values()) == FILES


def test_payments_are_posted_once_and_have_one_card_however_often_bot_and_clock_die(
    store: SqlStore, warm: str, slack: SlackDriver, tmp_path: Path
) -> None:
    day = BusyDay(SlackDesk(services_on(store, SetClock()), slack), tmp_path)
    settings = {
        "database_url": store.url,
        "data_dir": tmp_path / "data",
        "inbox_dir": day.inbox,
        "erp_dir": tmp_path / "erp",
        "backup_dir": tmp_path / "backups",
        "inbox_poll_s": 0.05,
        "cards_per_import": LINES,
        "outbox_lease_s": 0.5,
        "outbox_idle_s": 0.05,
        "outbox_attempts": 2 * KILLS,
        "slack_bot_token": slack.config.bot_token,
        "slack_app_token": slack.config.app_token,
        "slack_base_url": slack.api_url,
        "slack_payments_channel": CASH,
    }
    day.drop_file()
    with killing(("bot", "clock"), settings, writes=250, seed=3, warm=warm) as killer:
        for number in killer.kills(KILLS):
            if number % 4 == 0 and day.dropped < FILES:
                day.drop_file()
            day.go_on(8)
        left = len(sent(day.desk.services))
        assert day.dropped == FILES
        eventually(day.is_over, "every payment to be posted and shown", 0.1, day.progress)
        assert killer.end() == 0
    items = sent(day.desk.services)
    assert len(items) >= ITEMS
    assert (len(day.posted), len(day.set_aside)) == (POSTED, SET_ASIDE)
    files = day.keys_in_files()
    assert set(files) == {str(day.desk.payment(number).posting_key) for number in day.posted}
    assert set(files.values()) == {1}
    assert day.taken() == {f"bank{number}.csv": 1 for number in range(FILES)}
    assert not (day.inbox / "refused").exists()
    check_slack(slack, day)
    with store.read() as unit:
        assert list(verify(unit.session, AUDIT_KEY)) == []
    print(f"{len(items)} items, {KILLS} kills, {left} were done at the last kill")  # noqa: T201


def deliver(mailbox: dovecot.Dovecot, first: int, mails: int) -> None:
    """Deliver so many mails, every tenth twice with other transport headers."""
    for number in range(first, first + mails):
        raw = a_remittance(number)
        mailbox.deliver(raw)
        if number % 10 == 0:
            mailbox.deliver(b"Received: from relay by mx; Fri, 27 Feb 2026 10:00:%02d +0000\r\n" % (number % 60) + raw)


@pytest.mark.dovecot
def test_each_mail_is_read_once_however_often_the_mail_process_dies(store: SqlStore, warm: str, tmp_path: Path) -> None:
    Desk(services_on(store, SetClock()))
    desk = SqlMailDesk(store)
    with dovecot.running() as mailbox:
        patience = {"folder_lease_s": 0.2, "reading_lease_s": 1.5, "backoff_s": 0.3, "most_attempts": KILLS, "readers": 1}
        mail = settings_for(mailbox, **patience).model_dump(mode="json") | {"imap_password": dovecot.PASSWORD}
        settings = {"database_url": store.url, "data_dir": tmp_path / "data", "mail": mail}
        deliver(mailbox, 0, A_ROUND)
        with killing(("mail",), settings, writes=100, seed=11, warm=warm) as killer:
            for number in killer.kills(KILLS):
                deliver(mailbox, (number + 1) * A_ROUND, A_ROUND)
            at_the_last_kill = Counter(mail.state for mail in desk.recent(1000))

            def all_decided() -> bool:
                return sum(mail.disposition is not None for mail in desk.recent(1000)) == MAILS

            eventually(all_decided, "every mail to be decided", 0.2, lambda: Counter(mail.state for mail in desk.recent(1000)))
            assert killer.end() == 0
    mails = desk.recent(1000)
    assert Counter(mail.state for mail in mails) == {MailState.DONE: MAILS}
    with store.read() as unit:
        advices = unit.remittances.in_states(tuple(RemittanceState), limit=2000)
        assert Counter(Counter(advice.mail_id for advice in advices).values()) == {1: MAILS}
        assert list(verify(unit.session, AUDIT_KEY)) == []
    most = max(mail.attempts for mail in mails)
    print(f"{MAILS} mails, {KILLS} kills, {dict(at_the_last_kill)} at the last kill, most attempts {most}")  # noqa: T201
