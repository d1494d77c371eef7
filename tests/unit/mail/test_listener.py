"""The listener against a server that misbehaves, with a real store."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from core.bootstrap import SystemClock
from core.domain.mails import MailState
from core.mail_settings import Encryption, MailSettings
from core.store import unit_of_work
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from mail.listener import Listener, Pause
from tests.databases import AUDIT_KEY
from tests.sandbox.mailbox import hostile
from tests.sandbox.mailbox.hostile import Hostile, Mood
from tests.scenarios.mail_world import eventually

pytestmark = pytest.mark.timeout(180)


def a_mail(number: int) -> bytes:
    return b"From: ap@buyer.example\r\nMessage-ID: <%d@buyer.example>\r\n\r\nInvoice %d\r\n" % (number, number)


@pytest.fixture
def desk(database_url: str) -> Iterator[SqlMailDesk]:
    store = SqlStore(database_url, SystemClock(), AUDIT_KEY)
    yield SqlMailDesk(store)
    store.close()


@contextmanager
def listening(server: Hostile, desk: SqlMailDesk, **changes: object) -> Iterator[None]:
    fields: dict[str, object] = {
        "imap_host": "127.0.0.1",
        "imap_port": server.port,
        "imap_encryption": Encryption.NONE,
        "imap_user": "remit",
        "imap_password": SecretStr("x"),
        "connect_timeout_s": 2,
        "read_timeout_s": 1,
        "idle_s": 2,
        "poll_s": 0.1,
        "backoff_s": 0.2,
        "folder_lease_s": 2,
    }
    settings = MailSettings.model_validate({**fields, **changes})
    stop = threading.Event()
    listener = Listener(settings, "INBOX", settings, desk)
    thread = threading.Thread(target=listener.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def has(desk: SqlMailDesk, count: int) -> Callable[[], bool]:
    return lambda: len(desk.recent()) == count


@pytest.mark.parametrize("mood", [Mood.EOF_IN_IDLE, Mood.BLACK_HOLE, Mood.COALESCED, Mood.REFUSES_IDLE, Mood.WELL])
def test_new_mail_is_stored_however_idle_misbehaves(desk: SqlMailDesk, mood: Mood) -> None:
    with hostile.running(a_mail(1), mood=mood) as server, listening(server, desk):
        eventually(has(desk, 1), "the first mail")
        server.messages[2] = a_mail(2)
        eventually(has(desk, 2), "the second mail")
        assert desk.last_check("main", "INBOX") is not None


@pytest.mark.parametrize("mood", [Mood.BYE, Mood.CUT, Mood.SLOW, Mood.NO_VALIDITY, Mood.NO_LOGIN, Mood.BUSY, Mood.NONSENSE])
def test_a_server_that_recovers_is_listened_to_again(desk: SqlMailDesk, mood: Mood) -> None:
    with hostile.running(a_mail(1), mood=mood) as server, listening(server, desk):
        eventually(lambda: len(server.seen) > 3, "it was tried")
        assert desk.recent() == []
        server.mood = Mood.WELL
        eventually(has(desk, 1), "the mail")
    assert desk.raw(desk.recent()[0].id) == a_mail(1)


def test_a_message_without_content_is_set_aside_and_the_others_go_on(desk: SqlMailDesk) -> None:
    with hostile.running(a_mail(1), mood=Mood.NO_DATA) as server, listening(server, desk):
        eventually(has(desk, 1), "it is recorded")
        server.mood = Mood.WELL
        server.messages[2] = a_mail(2)
        eventually(has(desk, 2), "the second mail")
    assert sorted(mail.state for mail in desk.recent()) == [MailState.RECEIVED, MailState.SHUNTED]


def test_a_message_that_vanished_is_passed_over(desk: SqlMailDesk) -> None:
    def passed() -> bool:
        cursor = desk.cursor("main", "INBOX")
        return cursor is not None and cursor.last_uid == 1

    with hostile.running(a_mail(1), mood=Mood.GONE) as server, listening(server, desk):
        eventually(passed, "the cursor moved on")
    assert desk.recent() == []


def test_another_uidvalidity_starts_over_and_stores_nothing_twice(desk: SqlMailDesk) -> None:
    def renumbered() -> bool:
        cursor = desk.cursor("main", "INBOX")
        return cursor is not None and cursor.uidvalidity == 2

    with hostile.running(a_mail(1), a_mail(2), a_mail(3)) as server, listening(server, desk):
        eventually(has(desk, 3), "three mails")
        server.uidvalidity = 2
        server.messages = {1: a_mail(4), 2: a_mail(3)}
        eventually(has(desk, 4), "the new one under the new numbers")
        eventually(renumbered, "the cursor is under the new numbers")
    assert len(desk.recent()) == 4


def test_a_listener_that_stops_gives_its_folder_back_at_once(desk: SqlMailDesk) -> None:
    with hostile.running(a_mail(1)) as server:
        with listening(server, desk, folder_lease_s=600):
            eventually(has(desk, 1), "the mail")
            assert not desk.hold_folder("main", "INBOX", "somebody else", 5)
        assert desk.hold_folder("main", "INBOX", "somebody else", 5)


def test_pauses_grow_to_their_limit_and_start_over() -> None:
    pause = Pause(10.0)
    first = pause.next_s()
    for _ in range(30):
        last = pause.next_s()
    assert first <= 1.0
    assert 5.0 <= last <= 10.0
    pause.reset()
    assert pause.next_s() <= 1.0


def test_a_database_that_is_busy_while_the_mailbox_is_away_ends_nobody(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_of_work, "BUSY_TIMEOUT_MS", 50)
    store = SqlStore(database_url, SystemClock(), AUDIT_KEY)
    desk = SqlMailDesk(store)
    with hostile.running(a_mail(1), mood=Mood.BUSY) as server, listening(server, desk, folder_lease_s=0.3):
        eventually(lambda: "LOGIN" in server.seen, "the listener to be refused")
        with store.write() as unit:
            # On SQLite this alone keeps everybody else from writing; on PostgreSQL nothing is in the way.
            unit.heartbeats.beat("somebody else")
            time.sleep(1.0)
        server.mood = Mood.WELL
        eventually(lambda: len(desk.recent()) == 1, "the mail to be stored")
    store.close()
