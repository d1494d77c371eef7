"""Remittances by mail, from a real mailbox (Dovecot) to the core, on both databases."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.app.services import Services
from core.bootstrap import SystemClock
from core.domain.evidence import FindingKind
from core.domain.mails import Disposition
from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.read.throw_away import SandboxedReader
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock
from tests.sandbox.mailbox import dovecot
from tests.scenarios.mail_world import a_remittance, eventually, listening, settings_for
from tests.service import Desk, services_on

pytestmark = pytest.mark.dovecot


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxedReader]:
    with SandboxedReader(preload=["mail.envelope"]) as shared:
        yield shared


@pytest.fixture
def mailbox() -> Iterator[dovecot.Dovecot]:
    with dovecot.running() as server:
        yield server


@pytest.fixture
def live_store(database_url: str) -> Iterator[SqlStore]:
    store = SqlStore(database_url, SystemClock(), AUDIT_KEY)
    yield store
    store.close()


@pytest.fixture
def services(live_store: SqlStore, reader: SandboxedReader) -> Services:
    company = services_on(live_store, SetClock())
    Desk(company)
    return replace(company, reader=reader, clock=SystemClock())


def advices(store: SqlStore) -> list[RemittanceAdvice]:
    with store.read() as unit:
        return list(unit.remittances.in_states(tuple(RemittanceState)))


def decided(desk: SqlMailDesk, count: int) -> bool:
    return sum(mail.disposition is not None for mail in desk.recent()) == count


def test_a_remittance_that_arrives_by_mail_becomes_an_expected_payment(
    mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore
) -> None:
    with listening(services, live_store, settings_for(mailbox)) as desk:
        mailbox.deliver(a_remittance(1))
        eventually(lambda: decided(desk, 1), "the mail is decided")
    (mail,) = desk.recent()
    _, outcome = desk.show(mail.id)
    assert outcome is not None
    assert outcome.disposition is Disposition.ACCEPTED, outcome
    (advice,) = advices(live_store)
    assert [(line.reference, str(line.paid)) for line in advice.lines] == [
        ("INV-1001", "100.00 USD"),
        ("INV-5001", "250.00 USD"),
    ]
    assert (advice.mail_id, advice.sender, advice.state) == (mail.id, "ap@northwind.example", RemittanceState.WAITING)
    assert FindingKind.AUTHENTICATION_UNKNOWN in {finding.kind for finding in advice.findings}


def test_one_mail_delivered_twice_is_read_once(mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore) -> None:
    with listening(services, live_store, settings_for(mailbox)) as desk:
        mailbox.deliver(b"Received: from a by b; Fri, 27 Feb 2026 10:00:01 +0000\r\n" + a_remittance(1))
        mailbox.deliver(b"Received: from c by b; Fri, 27 Feb 2026 10:00:09 +0000\r\n" + a_remittance(1))
        mailbox.deliver(a_remittance(2))
        eventually(lambda: decided(desk, 2), "both mails are decided")
    assert len(advices(live_store)) == 2


def test_mails_that_waited_before_the_start_are_taken_too(
    mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore
) -> None:
    for number in range(5):
        mailbox.deliver(a_remittance(number))
    with listening(services, live_store, settings_for(mailbox)) as desk:
        eventually(lambda: decided(desk, 5), "all five are decided")
    with listening(services, live_store, settings_for(mailbox)) as desk:
        mailbox.deliver(a_remittance(9))
        eventually(lambda: decided(desk, 6), "the sixth is decided")
    assert len(advices(live_store)) == 6


def test_a_mailbox_that_is_numbered_anew_gives_nothing_twice(
    mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore
) -> None:
    settings = settings_for(mailbox)
    for number in range(3):
        mailbox.deliver(a_remittance(number))
    with listening(services, live_store, settings) as desk:
        eventually(lambda: decided(desk, 3), "three are decided")
        before = desk.cursor("main", "INBOX")
        mailbox.stop()
        mailbox.forget_uids()
        mailbox.start()
        mailbox.deliver(a_remittance(7))
        eventually(lambda: decided(desk, 4), "the new one is decided")
        after = desk.cursor("main", "INBOX")
    assert before is not None
    assert after is not None
    assert before.uidvalidity != after.uidvalidity
    assert len(advices(live_store)) == 4


def test_what_cannot_be_read_goes_to_a_person_with_the_reason(
    mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore
) -> None:
    raw = (
        b"From: ap@northwind.example\r\nMessage-ID: <7@northwind.example>\r\nSubject: Remittance\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/pdf; name=remittance.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    )
    big = a_remittance(3) + b"x" * 3000
    with listening(services, live_store, settings_for(mailbox, size_cap_bytes=2048)) as desk:
        mailbox.deliver(raw)
        mailbox.deliver(big)
        eventually(lambda: decided(desk, 2), "both are decided")
    assert {mail.disposition for mail in desk.recent()} == {Disposition.NEEDS_PERSON}
    found = {advice.why for advice in advices(live_store)}
    assert len(found) == 2
    assert {advice.state for advice in advices(live_store)} == {RemittanceState.NEEDS_PERSON}
    assert any("limit" in why for why in found)
    assert any("remittance.pdf" in why for why in found)


def test_our_own_mail_and_bounces_end_quietly_and_a_stranger_is_refused(
    mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore
) -> None:
    settings = settings_for(mailbox, own_addresses=("remit@ar.seller.example",))
    bounce = (
        b"From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
        b"--B\r\n\r\nUndelivered\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n--B--\r\n"
    )
    with listening(services, live_store, settings) as desk:
        mailbox.deliver(a_remittance(1, sender="remit@ar.seller.example"))
        mailbox.deliver(bounce)
        mailbox.deliver(b"From: news@letters.test\r\nMessage-ID: <1@letters.test>\r\nSubject: Hello\r\n\r\nBuy our things.\r\n")
        eventually(lambda: decided(desk, 3), "all are decided")
    ends = sorted(str(mail.disposition) for mail in desk.recent())
    assert ends == ["dropped", "dropped", "refused"]
    assert advices(live_store) == []


def test_a_stored_mail_can_be_moved_out_of_the_way(mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore) -> None:
    with mailbox.client() as client:
        client.create_folder("Taken")
    with listening(services, live_store, settings_for(mailbox, move_to="Taken", flag_stored=True)) as desk:
        mailbox.deliver(a_remittance(1))
        eventually(lambda: decided(desk, 1), "it is decided")
    with mailbox.client() as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 0
        assert client.select_folder("Taken")[b"EXISTS"] == 1
        assert b"\\Flagged" in client.get_flags([1])[1]


def test_two_processes_on_one_folder_do_not_get_into_each_others_way(
    mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore
) -> None:
    settings = settings_for(mailbox)
    with listening(services, live_store, settings) as desk, listening(services, live_store, settings):
        for number in range(10):
            mailbox.deliver(a_remittance(number))
        eventually(lambda: decided(desk, 10), "all are decided")
    assert len(advices(live_store)) == 10


def test_the_last_look_into_the_mailbox_is_on_record(
    mailbox: dovecot.Dovecot, services: Services, live_store: SqlStore
) -> None:
    with listening(services, live_store, settings_for(mailbox)) as desk:
        eventually(lambda: desk.last_check("main", "INBOX") is not None, "a look is recorded")
