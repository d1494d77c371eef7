from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.domain.actors import Actor, ActorKind, Surface
from core.domain.errors import IllegalMove, NotFound
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import Key, MailId
from core.domain.keeping import Effect, EffectKind, Subject, SubjectKind
from core.domain.mails import Arrival, Disposition, MailOutcome, MailState, RuleAnswer, Sighting, mail_hash, normalised
from core.domain.workflows import OutboxState
from core.store.audit import verify
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PRIYA = Actor(ActorKind.PERSON, "U-1001", "Priya", Surface.COMMAND_LINE)


def a_mail(
    number: int, *, folder: str = "INBOX", uidvalidity: int = 7, uid: int | None = None, received: bytes = b""
) -> Arrival:
    raw = (
        received
        + b"From: ap@buyer.example\r\nMessage-ID: <%d@buyer.example>\r\nSubject: Remittance\r\n\r\nInvoice %d\r\n"
        % (
            number,
            number,
        )
    )
    return Arrival(Sighting("main", folder, uidvalidity, uid or number), raw, len(raw), AT)


@pytest.fixture
def desk(store: SqlStore) -> SqlMailDesk:
    return SqlMailDesk(store)


def test_a_mail_is_stored_with_its_sighting_and_the_cursor(desk: SqlMailDesk) -> None:
    assert desk.cursor("main", "INBOX") is None
    taken = desk.take(a_mail(1))
    assert taken.is_new
    cursor = desk.cursor("main", "INBOX")
    assert cursor is not None
    assert (cursor.uidvalidity, cursor.last_uid) == (7, 1)
    assert desk.raw(taken.mail_id) == a_mail(1).raw


def test_taking_the_same_sighting_again_changes_nothing(desk: SqlMailDesk) -> None:
    first = desk.take(a_mail(1))
    again = desk.take(a_mail(1))
    assert (again.mail_id, again.is_new) == (first.mail_id, False)
    assert len(desk.recent()) == 1


def test_one_mail_in_two_folders_or_under_a_new_uidvalidity_is_one_mail(desk: SqlMailDesk) -> None:
    first = desk.take(a_mail(5))
    moved = desk.take(a_mail(5, folder="Remittances", uid=1))
    renumbered = desk.take(a_mail(5, uidvalidity=8, uid=1))
    assert {first.mail_id, moved.mail_id, renumbered.mail_id} == {first.mail_id}
    cursor = desk.cursor("main", "INBOX")
    assert cursor is not None
    assert (cursor.uidvalidity, cursor.last_uid) == (8, 1)


def test_a_second_delivery_with_other_transport_headers_is_the_same_mail(desk: SqlMailDesk) -> None:
    first = desk.take(a_mail(1))
    again = desk.take(
        a_mail(
            1, uid=2, received=b"Received: from a by b;\r\n Mon, 2 Mar 2026 08:00:00 +0000\r\nReturn-Path: <x@y.example>\r\n"
        )
    )
    assert again.mail_id == first.mail_id


def test_without_a_message_id_the_transport_headers_tell_two_mails_apart() -> None:
    text = b"From: bank@bank.example\r\nSubject: Payment\r\n\r\nWe paid 100.00\r\n"
    march, april = (b"Received: by mx; Mon, %d Mar 2026\r\n" % day + text for day in (2, 3))
    seen = Sighting("main", "INBOX", 1, 1)
    assert mail_hash(Arrival(seen, march, 1, AT)) != mail_hash(Arrival(seen, april, 1, AT))


def test_normalising_evens_out_line_ends_and_nul_bytes() -> None:
    assert normalised(b"Message-ID: <1@x>\r\nX-Spam-Score: 1\r\n\r\na\x00b\r\n\r\n") == b"Message-ID: <1@x>\n\nab\n"
    assert normalised(b"\r\nbody\r\n").endswith(b"\nbody\n")
    assert normalised(b"no header at all") == normalised(b"no header at all\r\n")


def test_the_cursor_never_goes_back(desk: SqlMailDesk) -> None:
    desk.take(a_mail(9))
    desk.take(a_mail(3))
    cursor = desk.cursor("main", "INBOX")
    assert cursor is not None
    assert cursor.last_uid == 9
    desk.pass_over(Sighting("main", "INBOX", 7, 12))
    cursor = desk.cursor("main", "INBOX")
    assert cursor is not None
    assert cursor.last_uid == 12


def test_a_message_that_the_server_will_not_give_is_listed_and_cannot_be_replayed(desk: SqlMailDesk) -> None:
    where = Sighting("main", "INBOX", 7, 4)
    mail_id = desk.take_unfetchable(where, "The server gave no content.")
    assert desk.take_unfetchable(where, "The server gave no content.") == mail_id
    (listed,) = desk.shunted()
    assert (listed.id, listed.why) == (mail_id, "The server gave no content.")
    with pytest.raises(IllegalMove):
        desk.replay(mail_id, PRIYA)


def test_one_listener_holds_a_folder_until_its_lease_runs_out(desk: SqlMailDesk, clock: SetClock) -> None:
    assert desk.hold_folder("main", "INBOX", "one", 30)
    assert not desk.hold_folder("main", "INBOX", "two", 30)
    assert desk.hold_folder("main", "Other", "two", 30)
    clock.advance(seconds=20)
    assert desk.hold_folder("main", "INBOX", "one", 30)
    clock.advance(seconds=31)
    assert desk.hold_folder("main", "INBOX", "two", 30)
    assert not desk.hold_folder("main", "INBOX", "one", 30)
    desk.release_folder("main", "INBOX", "one")
    assert not desk.hold_folder("main", "INBOX", "one", 30)
    desk.release_folder("main", "INBOX", "two")
    assert desk.hold_folder("main", "INBOX", "one", 30)


def test_holding_a_folder_leaves_its_cursor_alone(desk: SqlMailDesk) -> None:
    desk.take(a_mail(3))
    desk.hold_folder("main", "INBOX", "one", 30)
    cursor = desk.cursor("main", "INBOX")
    assert cursor is not None
    assert (cursor.uidvalidity, cursor.last_uid) == (7, 3)


def test_mails_are_read_oldest_first_and_by_one_reader_at_a_time(desk: SqlMailDesk, clock: SetClock) -> None:
    first, second = desk.take(a_mail(1)), desk.take(a_mail(2))
    one, two = desk.next_to_read(60, 3), desk.next_to_read(60, 3)
    assert one is not None
    assert two is not None
    assert (one.id, two.id) == (first.mail_id, second.mail_id)
    assert desk.next_to_read(60, 3) is None
    clock.advance(seconds=61)
    again = desk.next_to_read(60, 3)
    assert again is not None
    assert (again.id, again.attempts) == (first.mail_id, 2)
    assert not desk.finish(one, MailOutcome(Disposition.ACCEPTED, ""))
    assert desk.finish(again, MailOutcome(Disposition.ACCEPTED, ""))


def test_a_mail_that_killed_three_readers_is_set_aside_and_can_be_replayed(desk: SqlMailDesk, clock: SetClock) -> None:
    taken = desk.take(a_mail(1))
    for _ in range(3):
        assert desk.next_to_read(60, 3) is not None
        clock.advance(seconds=61)
    assert desk.next_to_read(60, 3) is None
    (listed,) = desk.shunted()
    assert (listed.id, listed.state, listed.attempts) == (taken.mail_id, MailState.SHUNTED, 3)
    assert desk.replay(taken.mail_id, PRIYA).state is MailState.RECEIVED
    with pytest.raises(IllegalMove):
        desk.replay(taken.mail_id, PRIYA)
    again = desk.next_to_read(60, 3)
    assert again is not None
    assert again.attempts == 1


def test_a_mail_put_back_waits_and_its_attempt_does_not_count(desk: SqlMailDesk, clock: SetClock) -> None:
    desk.take(a_mail(1))
    mail = desk.next_to_read(60, 3)
    assert mail is not None
    desk.put_back(mail, 30)
    assert desk.next_to_read(60, 3) is None
    clock.advance(seconds=31)
    again = desk.next_to_read(60, 3)
    assert again is not None
    assert again.attempts == 1


def test_what_became_of_a_mail_is_kept_with_every_answer(desk: SqlMailDesk, store: SqlStore) -> None:
    taken = desk.take(a_mail(1))
    mail = desk.next_to_read(60, 3)
    assert mail is not None
    outcome = MailOutcome(
        Disposition.NEEDS_PERSON,
        "An attachment is protected by a password.",
        (
            RuleAnswer("loop", hit=False),
            RuleAnswer("password_protected", hit=True, why="An attachment is protected by a password."),
        ),
        (Finding(FindingKind.LOOKALIKE_SENDER, "buyer-example.test", "buyer.example"),),
        sender="ap@buyer.example",
        subject="Überweisung",
        message_id="<1@buyer.example>",
    )
    assert desk.finish(mail, outcome)
    summary, kept = desk.show(taken.mail_id)
    assert kept == outcome
    assert summary.disposition is Disposition.NEEDS_PERSON
    assert desk.has_message_id("<1@buyer.example>", "ap@buyer.example", MailId("M-9"))
    assert not desk.has_message_id("<1@buyer.example>", "ap@buyer.example", taken.mail_id)
    assert not desk.has_message_id("", "ap@buyer.example", MailId("M-9"))
    with store.read() as unit:
        names = [row.entry.name.value for row in unit.audit.rows()]
        assert names == ["mail.taken", "mail.decided"]
        assert list(verify(unit.session, AUDIT_KEY)) == []
    with pytest.raises(NotFound):
        desk.show(MailId("M-404"))


def test_a_shunted_mail_keeps_its_reason(desk: SqlMailDesk) -> None:
    desk.take(a_mail(1))
    mail = desk.next_to_read(60, 3)
    assert mail is not None
    desk.shunt(mail, "KeyError while reading")
    assert [listed.why for listed in desk.shunted()] == ["KeyError while reading"]
    desk.shunt(replace(mail, token="old"), "another reason")
    assert [listed.why for listed in desk.shunted()] == ["KeyError while reading"]


def test_replies_to_one_sender_are_counted_a_day_and_asked_for_once(
    desk: SqlMailDesk, store: SqlStore, clock: SetClock
) -> None:
    def reply(number: int) -> Effect:
        subject = Subject(SubjectKind.MAIL, f"M-{number}")
        return Effect(EffectKind.SEND_MAIL, Key(f"ack:M-{number}"), subject, "mail", {})

    assert desk.reply(reply(1), "ap@buyer.example", 2)
    assert not desk.reply(reply(1), "ap@buyer.example", 2)
    assert desk.reply(reply(2), "ap@buyer.example", 2)
    assert not desk.reply(reply(3), "ap@buyer.example", 2)
    assert desk.reply(reply(4), "other@buyer.example", 2)
    assert not desk.reply(reply(5), "third@buyer.example", 0)
    clock.advance(days=1)
    assert desk.reply(reply(3), "ap@buyer.example", 2)
    with store.read() as unit:
        assert len(unit.outbox.in_state(OutboxState.PENDING)) == 4


def test_a_look_into_a_folder_leaves_a_heartbeat(desk: SqlMailDesk, clock: SetClock) -> None:
    assert desk.last_check("main", "INBOX") is None
    desk.checked("main", "INBOX")
    assert desk.last_check("main", "INBOX") == clock.at
