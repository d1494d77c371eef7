"""The mailbox against a server that misbehaves on command. Every wait has a limit, so that a hang is a failed test."""

import threading

import pytest

from core.domain.errors import MailboxDown, Misconfigured
from core.mail_settings import Encryption, MailAccount
from mail.mailbox import Limits, Mailbox
from tests.sandbox.mailbox import hostile
from tests.sandbox.mailbox.hostile import Hostile, Mood

pytestmark = pytest.mark.timeout(180)
# Longer than the limit above: a wait that is not ended by what the test is about is a failed test, on any machine.
LONG = 600

MAIL = b"From: ap@buyer.example\r\nSubject: x\r\n\r\n" + b"x" * 300 + b"\r\n"
SHORT = Limits(connect_s=2, read_s=1.0, size_cap=100_000, poll_s=0.05)


def an_account(server: Hostile) -> MailAccount:
    return MailAccount(
        imap_host="127.0.0.1", imap_port=server.port, imap_encryption=Encryption.NONE, imap_user="remit", imap_password="x"
    )


def looked(server: Hostile, limits: Limits = SHORT) -> Mailbox:
    box = Mailbox.connect(an_account(server), limits)
    box.open("INBOX")
    return box


def test_a_message_comes_back_byte_for_byte() -> None:
    with hostile.running(MAIL) as server, looked(server) as box:
        fetched = box.fetch(1)
        assert fetched is not None
        assert (fetched.raw, fetched.size, fetched.whole) == (MAIL, len(MAIL), True)
        assert fetched.received_at.isoformat() == "2026-03-02T09:00:00+00:00"


def test_a_search_below_the_cursor_is_filtered() -> None:
    with hostile.running(MAIL, MAIL, MAIL) as server, looked(server) as box:
        assert box.new_uids(2) == [3]
        assert box.new_uids(3) == []


def test_over_the_size_limit_only_the_header_is_fetched() -> None:
    with hostile.running(MAIL) as server, looked(server, Limits(2, 1, size_cap=100)) as box:
        fetched = box.fetch(1)
        assert fetched is not None
        assert (fetched.raw, fetched.whole, fetched.size) == (MAIL.partition(b"x" * 300)[0], False, len(MAIL))


def test_a_connection_closed_in_idle_is_noticed_instead_of_spinning() -> None:
    with hostile.running(mood=Mood.EOF_IN_IDLE) as server:
        box = looked(server)
        with pytest.raises(MailboxDown):
            box.wait(LONG, threading.Event())
        box.close()


def test_a_peer_that_went_silent_is_noticed_when_idle_ends() -> None:
    with hostile.running(mood=Mood.BLACK_HOLE) as server:
        box = looked(server)
        with pytest.raises(MailboxDown):
            box.wait(LONG, threading.Event())
        box.close()


def test_a_hint_in_one_packet_with_idling_is_heard_at_once_in_a_long_idle_too() -> None:
    with hostile.running(MAIL) as server, looked(server) as box:
        assert not box.wait(LONG, threading.Event())
        server.mood = Mood.COALESCED
        assert box.wait(LONG, threading.Event())


def test_a_hint_that_comes_in_two_halves_is_heard_and_breaks_nothing() -> None:
    with hostile.running(MAIL) as server, looked(server) as box:
        assert not box.wait(0.1, threading.Event())
        server.mood = Mood.HALVES
        assert box.wait(LONG, threading.Event())
        assert box.new_uids(0) == sorted(server.messages)


def test_a_remark_in_one_packet_with_idling_is_no_hint_and_no_reason_to_ask_without_a_pause() -> None:
    with hostile.running(MAIL, mood=Mood.REMARKS) as server, looked(server) as box:
        assert not box.wait(0.5, threading.Event())
        assert server.seen.count("IDLE") == 1


def test_a_hint_in_the_middle_of_idle_ends_the_wait() -> None:
    with hostile.running(MAIL) as server, looked(server) as box:
        stop = threading.Event()
        assert not box.wait(LONG, stop)
        server.arrived.set()
        assert box.wait(LONG, stop)


def test_stop_ends_the_wait_soon() -> None:
    with hostile.running(MAIL) as server, looked(server) as box:
        stop = threading.Event()
        box.wait(0.1, stop)
        threading.Timer(0.2, stop.set).start()
        assert not box.wait(LONG, stop)


@pytest.mark.parametrize("mood", [Mood.REFUSES_IDLE, Mood.EOF_IN_IDLE])
def test_idle_that_fails_is_an_error_that_a_new_connection_may_mend(mood: Mood) -> None:
    with hostile.running(MAIL, mood=mood) as server:
        box = looked(server)
        with pytest.raises(MailboxDown):
            box.wait(LONG, threading.Event())
        box.close()


def test_a_server_without_idle_is_polled() -> None:
    with hostile.running(MAIL) as server:
        server.capabilities = "IMAP4rev1"
        with looked(server) as box:
            assert not box.has_idle
            assert box.wait(LONG, threading.Event())
        assert "IDLE" not in server.seen


def test_a_message_without_data_is_none_and_so_is_one_that_is_gone() -> None:
    with hostile.running(MAIL, mood=Mood.NO_DATA) as server, looked(server) as box:
        assert box.fetch(1) is None
        server.mood = Mood.GONE
        assert box.fetch(1) is None
        assert box.new_uids(0) == []


@pytest.mark.parametrize("mood", [Mood.BYE, Mood.NONSENSE])
def test_a_search_that_fails_is_mailbox_down(mood: Mood) -> None:
    with hostile.running(MAIL, mood=mood) as server:
        box = looked(server)
        with pytest.raises(MailboxDown):
            box.new_uids(0)
        box.close()


def test_a_message_cut_in_the_middle_is_an_error_and_not_half_a_mail() -> None:
    with hostile.running(MAIL, mood=Mood.CUT) as server:
        box = looked(server)
        with pytest.raises(MailboxDown):
            box.fetch(1)
        box.close()


def test_a_server_that_drips_is_cut_off_at_the_deadline() -> None:
    with hostile.running(MAIL, mood=Mood.SLOW) as server:
        server.drip_s = 0.5
        box = looked(server)
        with pytest.raises(MailboxDown):
            box.fetch(1)
        box.close()


def test_a_folder_without_uidvalidity_cannot_be_listened_to() -> None:
    with hostile.running(MAIL, mood=Mood.NO_VALIDITY) as server:
        box = Mailbox.connect(an_account(server), SHORT)
        with pytest.raises(MailboxDown):
            box.open("INBOX")
        box.close()


def test_a_refused_login_names_the_setting_and_a_busy_server_does_not() -> None:
    with hostile.running(mood=Mood.NO_LOGIN) as server:
        with pytest.raises(Misconfigured) as refused:
            Mailbox.connect(an_account(server), SHORT)
        assert refused.value.setting == "mail.imap_password"
        assert "x" not in refused.value.sentence.split()
        server.mood = Mood.BUSY
        with pytest.raises(MailboxDown):
            Mailbox.connect(an_account(server), SHORT)


def test_nobody_at_home_and_no_greeting_are_mailbox_down() -> None:
    with hostile.running() as server:
        account = an_account(server)
    with pytest.raises(MailboxDown):
        Mailbox.connect(account, SHORT)


def test_tls_to_a_plain_server_is_mailbox_down() -> None:
    with hostile.running() as server:
        account = an_account(server).model_copy(update={"imap_encryption": Encryption.TLS})
        with pytest.raises(MailboxDown):
            Mailbox.connect(account, SHORT)


def test_starttls_that_is_not_offered_never_sends_the_password() -> None:
    with hostile.running() as server:
        account = an_account(server).model_copy(update={"imap_encryption": Encryption.STARTTLS})
        with pytest.raises(MailboxDown):
            Mailbox.connect(account, SHORT)
        assert "LOGIN" not in server.seen
