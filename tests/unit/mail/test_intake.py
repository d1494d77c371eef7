"""Stored mails on their way to the core, on both databases, with the real document reader where it matters."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from pydantic import SecretStr

from core.app.services import Services
from core.domain.actors import Actor, ActorKind, Surface
from core.domain.errors import TooBig, Unavailable
from core.domain.ids import MailId
from core.domain.keeping import EffectKind
from core.domain.mails import Arrival, Disposition, MailOutcome, MailState, Sighting
from core.domain.payments import PaymentState
from core.domain.readings import Reading, ReadRemittance
from core.domain.remittance import RemittanceState
from core.domain.workflows import OutboxState
from core.mail_settings import MailSettings
from core.read.documents import read_document
from core.read.throw_away import SandboxedReader
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from mail import shunt
from mail.envelope import parse_json
from mail.intake import Intake, distinct
from tests.databases import SetClock
from tests.scenarios.mail_world import a_remittance
from tests.service import Desk, bank_csv, services_on

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
OPERATOR = Actor(ActorKind.SYSTEM, "test", "Test", Surface.COMMAND_LINE)
GOOD = "mx.seller.example; dmarc=pass header.from=northwind.example"


class Reader:
    """Reads here and now; `trouble` is raised first, as a broken or missing sandbox would."""

    def __init__(self, trouble: Exception | None = None, *, on_call: bool = False) -> None:
        self._trouble = trouble
        self._on_call = on_call

    def read(self, name: str, data: bytes) -> Reading:
        if self._trouble is not None and not self._on_call:
            raise self._trouble
        return read_document(name, data)

    def call(self, task: str, payload: bytes) -> object:
        assert task == "mail.envelope:parse_json"
        if self._trouble is not None and self._on_call:
            raise self._trouble
        return parse_json(payload)


@dataclass
class World:
    """A store with a small company, its desk of mails, and an intake."""

    store: SqlStore
    desk: SqlMailDesk
    services: Services
    company: Desk
    taken: int = 0

    def receive(self, raw: bytes, *, whole: bool = True, size: int | None = None) -> MailId:
        self.taken += 1
        arrival = Arrival(Sighting("main", "INBOX", 1, self.taken), raw, size or len(raw), AT, whole)
        return self.desk.take(arrival).mail_id

    def read(self, settings: MailSettings | None = None, reader: object | None = None) -> None:
        services = replace(self.services, reader=reader or Reader())  # type: ignore[arg-type]
        intake = Intake(services, self.desk, settings or MailSettings(authserv_id="mx.seller.example"))
        while intake.step():
            pass

    def outcome(self, mail_id: MailId) -> MailOutcome:
        _, outcome = self.desk.show(mail_id)
        assert outcome is not None
        return outcome

    def advices(self) -> list[RemittanceState]:
        with self.store.read() as unit:
            return [advice.state for advice in unit.remittances.in_states(tuple(RemittanceState))]

    def asked(self) -> list[str]:
        with self.store.read() as unit:
            waiting = unit.outbox.in_state(OutboxState.PENDING)
        return [item.effect.key for item in waiting if item.effect.kind is EffectKind.SEND_MAIL]


@pytest.fixture
def world(store: SqlStore, clock: SetClock) -> World:
    services = services_on(store, clock)
    return World(store, SqlMailDesk(store), services, Desk(services))


def test_an_accepted_mail_is_handed_over_with_its_findings_and_every_answer(world: World) -> None:
    mail_id = world.receive(a_remittance(Authentication_Results=GOOD))
    world.read()
    outcome = world.outcome(mail_id)
    assert outcome.disposition is Disposition.ACCEPTED
    assert outcome.sender == "ap@northwind.example"
    assert {"loop", "too_big", "no_remittance"} <= {answer.rule for answer in outcome.answers}
    assert world.advices() == [RemittanceState.WAITING]
    assert "miss  loop" in "\n".join(shunt.lines_of_one(world.desk, mail_id))


def test_reading_a_mail_again_adds_nothing(world: World) -> None:
    mail_id = world.receive(a_remittance())
    world.read()
    world.desk.replay(mail_id, OPERATOR)
    world.read()
    assert world.outcome(mail_id).disposition is Disposition.ACCEPTED
    assert len(world.advices()) == 1


def test_what_breaks_the_reader_is_set_aside_and_can_be_replayed(world: World, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = world.receive(a_remittance(1)), world.receive(a_remittance(2))
    broken = Intake(replace(world.services, reader=Reader(KeyError("secret words"))), world.desk, MailSettings())
    assert broken.step()
    (listed,) = world.desk.shunted()
    assert (listed.id, listed.state) == (bad, MailState.SHUNTED)
    assert "KeyError" in listed.why
    world.read()
    assert world.outcome(good).disposition is Disposition.ACCEPTED
    assert "KeyError" in caplog.text
    assert "secret words" not in caplog.text
    assert next(iter(shunt.lines_of_list(world.desk))).startswith(bad)
    assert shunt.replay(world.desk, bad) == f"{bad} is queued to be read again."
    world.read()
    assert world.outcome(bad).disposition is Disposition.ACCEPTED
    assert list(shunt.lines_of_list(world.desk)) == ["No mail is set aside."]


def test_what_is_only_unavailable_waits_and_is_read_later(world: World, clock: SetClock) -> None:
    mail_id = world.receive(a_remittance())
    intake = Intake(replace(world.services, reader=Reader(Unavailable("later", after_s=60))), world.desk, MailSettings())
    assert intake.step()
    assert not intake.step()
    clock.advance(seconds=61)
    world.read()
    assert world.outcome(mail_id).disposition is Disposition.ACCEPTED
    assert world.desk.show(mail_id)[0].attempts == 1


def test_a_mail_that_cannot_be_taken_apart_goes_to_a_person(world: World) -> None:
    mail_id = world.receive(b"From: x@nowhere.test\r\nMessage-ID: <1@nowhere.test>\r\n\r\n\xff\xfe")
    world.read(reader=Reader(TooBig("too much"), on_call=True))
    outcome = world.outcome(mail_id)
    assert outcome.disposition is Disposition.NEEDS_PERSON
    assert "could not be taken apart" in outcome.why
    assert world.advices() == [RemittanceState.NEEDS_PERSON]


def a_bank_mail(verdict: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "files@northwind.example", "Statement", "<b@northwind.example>"
    message["Authentication-Results"] = verdict
    message.set_content("The statement of today is attached.")
    message.add_attachment(
        bank_csv(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001")), maintype="text", subtype="csv", filename="bank.csv"
    )
    return message.as_bytes()


def test_a_bank_file_is_only_taken_from_a_named_sender_that_our_server_confirmed(world: World) -> None:
    named = MailSettings(authserv_id="mx.seller.example", bank_file_senders=("files@northwind.example",))
    forged = world.receive(a_bank_mail("mx.seller.example; dmarc=fail header.from=northwind.example"))
    world.read(named)
    assert world.outcome(forged).disposition is Disposition.NEEDS_PERSON
    assert world.company.payments() == []
    real = world.receive(b"X-Other: 1\r\n" + a_bank_mail(GOOD))
    world.read(MailSettings(authserv_id="mx.seller.example"))
    assert world.outcome(real).disposition is Disposition.NEEDS_PERSON
    assert world.company.payments() == []
    world.desk.replay(real, OPERATOR)
    world.read(named)
    assert world.outcome(real).disposition is Disposition.ACCEPTED
    (payment,) = world.company.payments()
    assert payment.state is PaymentState.APPLIED


ACKNOWLEDGING = MailSettings(
    authserv_id="mx.seller.example",
    acknowledge=True,
    smtp_host="127.0.0.1",
    from_address="remit@seller.example",
    reply_secret=SecretStr("long and random"),
    replies_per_sender=2,
)


def test_an_accepted_mail_of_a_person_is_acknowledged_up_to_the_limit_of_the_day(world: World, clock: SetClock) -> None:
    ids = [world.receive(a_remittance(number, Authentication_Results=GOOD)) for number in range(3)]
    world.read(ACKNOWLEDGING)
    assert world.asked() == [f"ack:{mail_id}" for mail_id in ids[:2]]
    world.receive(a_remittance(8, Authentication_Results=GOOD, Auto_Submitted="auto-generated"))
    world.receive(b"From: x@nowhere.test\r\nMessage-ID: <9@nowhere.test>\r\n\r\nhello\r\n")
    world.read(ACKNOWLEDGING)
    assert len(world.asked()) == 2
    clock.advance(days=1)
    world.receive(a_remittance(9, Authentication_Results=GOOD))
    world.read(ACKNOWLEDGING)
    assert len(world.asked()) == 3


def test_nothing_is_acknowledged_unless_it_is_switched_on(world: World) -> None:
    world.receive(a_remittance(Authentication_Results=GOOD))
    world.read()
    assert world.asked() == []


def test_a_remittance_from_a_doubtful_sender_is_handed_over_with_what_was_found(world: World) -> None:
    world.receive(a_remittance(sender="ap@n0rthwind.example"))
    with world.store.write() as unit:
        (northwind,) = (customer for customer in unit.ledger.customers() if customer.name == "Northwind Ltd")
        unit.ledger.put_customers([replace(northwind, email_domains=("northwind.example",))])
    world.read()
    with world.store.read() as unit:
        (advice,) = unit.remittances.in_states(tuple(RemittanceState))
    assert {finding.kind.value for finding in advice.findings} >= {"lookalike_sender", "unknown_sender"}


def test_two_advices_of_one_place_get_two_places() -> None:
    read = ReadRemittance(where="page 1", lines=(), complete=False)
    assert [advice.where for advice in distinct((read, read, read))] == ["page 1", "page 1 (2)", "page 1 (3)"]


@pytest.fixture(scope="module")
def sandboxed() -> Iterator[SandboxedReader]:
    with SandboxedReader(preload=["mail.envelope"]) as reader:
        yield reader


def test_hostile_mails_end_in_a_defined_way_in_the_real_sandbox(world: World, sandboxed: SandboxedReader) -> None:
    deep = b"From: x@nowhere.test\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(3000)
    )
    many = b"From: x@nowhere.test\nContent-Type: multipart/mixed; boundary=B\n\n" + b"--B\n\nx\n" * 20_000 + b"--B--\n"
    html = b"From: x@nowhere.test\nContent-Type: text/html\n\n" + b"<div>" * 100_000
    ids = [world.receive(raw) for raw in (deep, many, html, b"\x00" * 5000, b"\r\n\r\n", b"just words")]
    world.read(reader=sandboxed)
    assert all(world.outcome(mail_id).disposition in {Disposition.NEEDS_PERSON, Disposition.REFUSED} for mail_id in ids)
    assert world.desk.shunted() == []


def test_the_loop_reads_what_comes_and_leaves_when_told(world: World) -> None:
    stop, wake = threading.Event(), threading.Event()
    intake = Intake(replace(world.services, reader=Reader()), world.desk, MailSettings())
    mail_id = world.receive(a_remittance())
    thread = threading.Thread(target=intake.run, args=(stop, wake))
    thread.start()
    while world.desk.show(mail_id)[1] is None:
        wake.wait(0.05)
    stop.set()
    wake.set()
    thread.join(60)
    assert not thread.is_alive()
