"""The demo's mailbox, as the demo starts it: mail goes in by SMTP and comes out of our own mailbox code."""

import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.mail_settings import Encryption, MailAccount
from mail.authentication_results import Authentication, verdict
from mail.envelope import parse
from mail.mailbox import Limits, Mailbox
from tests.sandbox.mailbox.dovecot import free_port
from tests.sandbox.mailbox.smtp_door import AUTHSERV_ID

ROOT = Path(__file__).parents[3]
LIMITS = Limits(5, 10, 30_000_000)


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    imap, smtp = free_port(), free_port()
    command = [sys.executable, "-m", "tests.sandbox.mailbox", "--imap-port", str(imap), "--smtp-port", str(smtp)]
    process = subprocess.Popen([*command, "--vouch", "northwind.example"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("IMAP 127.0.0.1")
    yield imap, smtp
    process.terminate()
    assert process.wait(60) == 0
    process.stdout.close()


def an_account(port: int) -> MailAccount:
    return MailAccount(
        imap_host="127.0.0.1",
        imap_port=port,
        imap_encryption=Encryption.NONE,
        imap_user="remit",
        imap_password=SecretStr("sandbox"),
    )


def send(port: int, sender: str, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=120) as smtp:
        smtp.sendmail(sender, ["remit@ar.seller.example"], raw)


def test_a_mail_sent_by_smtp_is_heard_of_in_idle_and_fetched_as_sent(ports: tuple[int, int]) -> None:
    imap, smtp = ports
    raw = b"From: ap@northwind.example\r\nSubject: Remittance\r\n\r\n" + b"INV-1 100.00\r\n" * 200_000
    with Mailbox.connect(an_account(imap), LIMITS) as box:
        box.open("INBOX")
        before = max(box.new_uids(0), default=0)
        assert box.has_idle
        stop = threading.Event()
        sender = threading.Timer(0.3, send, (smtp, "ap@northwind.example", raw))
        sender.start()
        while not box.new_uids(before):
            box.wait(10, stop)
        sender.join()
        (uid,) = box.new_uids(before)
        fetched = box.fetch(uid)
    assert fetched is not None
    assert fetched.whole
    assert fetched.raw.endswith(raw)
    assert fetched.size == len(fetched.raw) > 2_000_000


def test_the_door_vouches_for_some_and_not_for_others(ports: tuple[int, int]) -> None:
    imap, smtp = ports
    with Mailbox.connect(an_account(imap), LIMITS) as box:
        box.open("INBOX")
        before = max(box.new_uids(0), default=0)
        send(smtp, "ap@northwind.example", b"From: ap@northwind.example\r\n\r\ngood\r\n")
        send(smtp, "x@evil.example", b"From: ap@northwind.example\r\n\r\nvouched for by its author\r\n")
        send(smtp, "x@evil.example", b"From: x@evil.example\r\n\r\nbad\r\n")
        found = []
        for uid in box.new_uids(before):
            fetched = box.fetch(uid)
            assert fetched is not None
            found.append(verdict(parse(fetched.raw), AUTHSERV_ID).authentication)
    assert found == [Authentication.PASS, Authentication.PASS, Authentication.FAIL]
