"""Sending to a real SMTP server on loopback (aiosmtpd)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.domain.errors import MailboxDown, Refused
from core.domain.ids import Key, MailId, OutboxId
from core.domain.keeping import OutboxItem
from core.domain.workflows import OutboxState
from core.mail_settings import Encryption, MailSettings
from mail import outgoing, replies
from mail.outgoing import Outgoing
from tests.databases import SetClock
from tests.sandbox.mailbox.dovecot import free_port
from tests.unit.mail.cases import an_envelope


class Inbox:
    """What arrived; `answer` is what the server says to a recipient."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.arrived: list[bytes] = []
        self.answer = answer

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name.
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  As above.
        assert isinstance(envelope.content, bytes)
        self.arrived.append(envelope.content)
        return "250 OK"


@contextmanager
def a_server(inbox: Inbox) -> Iterator[MailSettings]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield MailSettings(
            smtp_host="127.0.0.1",
            smtp_port=controller.port,
            smtp_encryption=Encryption.NONE,
            from_address="remit@seller.example",
            connect_timeout_s=5,
        )
    finally:
        controller.stop()


def an_item(settings: MailSettings, *, attempts: int = 1, last_error: str = "") -> OutboxItem:
    effect = replies.acknowledgement(MailId("M-1"), an_envelope(), settings)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return OutboxItem(OutboxId(1), effect, OutboxState.SENDING, attempts, at, "t", last_error, "", at)


def test_a_mail_goes_out_and_the_receipt_is_its_message_id(clock: SetClock) -> None:
    inbox = Inbox()
    with a_server(inbox) as settings:
        receipt = outgoing.performer(Outgoing(settings), clock)(an_item(settings))
    (arrived,) = inbox.arrived
    assert receipt.encode() in arrived
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in arrived


def test_a_mail_whose_sender_died_is_not_sent_twice_and_one_that_failed_is_tried_again(clock: SetClock) -> None:
    inbox = Inbox()
    with a_server(inbox) as settings:
        send = outgoing.performer(Outgoing(settings), clock)
        assert "not sent twice" in send(an_item(settings, attempts=2))
        assert inbox.arrived == []
        send(an_item(settings, attempts=2, last_error="The server did not answer in time."))
        assert len(inbox.arrived) == 1


def test_a_refusal_for_good_is_final_and_one_for_now_is_not(clock: SetClock) -> None:
    with a_server(Inbox("550 no such user")) as settings, pytest.raises(Refused):
        outgoing.performer(Outgoing(settings), clock)(an_item(settings))
    with a_server(Inbox("451 greylisted")) as settings, pytest.raises(MailboxDown):
        outgoing.performer(Outgoing(settings), clock)(an_item(settings))


def test_a_server_that_is_not_there_is_tried_again_later(clock: SetClock) -> None:
    with a_server(Inbox()) as settings:
        pass
    with pytest.raises(MailboxDown):
        outgoing.performer(Outgoing(settings), clock)(an_item(settings))


def test_nothing_is_sent_in_clear_to_another_machine(clock: SetClock) -> None:
    with a_server(Inbox()) as settings:
        named = settings.model_copy(update={"smtp_host": "127.0.0.2"})
        with pytest.raises((Refused, MailboxDown)):
            outgoing.performer(Outgoing(named), clock)(an_item(named))


def test_one_mail_has_one_key() -> None:
    assert replies.acknowledgement(MailId("M-1"), an_envelope(), MailSettings(from_address="a@b.example")).key == Key("ack:M-1")
