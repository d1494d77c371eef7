"""The way into the mailbox: an SMTP server (aiosmtpd) that puts what it accepts into the IMAP server by APPEND.

It imitates a receiving mail server as far as our reader looks at one: `Return-Path`, `Received` and an
`Authentication-Results` header on top. The verdict is a pass for the domains that the sandbox vouches for, else a fail.
"""

import asyncio
import email
from collections.abc import Collection
from contextlib import suppress
from email.policy import compat32
from email.utils import formatdate, parseaddr
from typing import Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from imapclient import IMAPClient, SocketTimeout

AUTHSERV_ID: Final = "mx.sandbox.example"


class Door:
    """The SMTP handler. Each mail is appended over a fresh connection, as another program would."""

    def __init__(self, imap_port: int, user: str, password: str, vouched: Collection[str] = ()) -> None:
        self._imap_port = imap_port
        self._user = user
        self._password = password
        self._vouched = frozenset(domain.lower() for domain in vouched)
        self.delivered = 0

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name.
        """Store, then say so: a mail that was accepted is in the mailbox."""
        content = envelope.content
        assert isinstance(content, bytes)
        raw = self._stamped(session, envelope, content) + content
        await asyncio.get_running_loop().run_in_executor(None, self.append, raw)
        self.delivered += 1
        return "250 Delivered"

    def _stamped(self, session: Session, envelope: Envelope, content: bytes) -> bytes:
        sender = envelope.mail_from or ""
        bounces_to = sender.rpartition("@")[2].lower()
        author = parseaddr(str(email.message_from_bytes(content, policy=compat32)["From"] or ""))[1].rpartition("@")[2].lower()
        spf, dmarc = ("pass" if domain in self._vouched else "fail" for domain in (bounces_to, author))
        lines = (
            f"Return-Path: <{sender}>",
            f"Authentication-Results: {AUTHSERV_ID}; spf={spf} smtp.mailfrom={bounces_to};",
            f"\tdmarc={dmarc} header.from={author}",
            f"Received: from {session.host_name or 'unknown'} ([127.0.0.1]) by {AUTHSERV_ID} with ESMTP; {formatdate()}",
        )
        return "".join(f"{line}\r\n" for line in lines).encode()

    def append(self, raw: bytes) -> None:
        """Into INBOX."""
        client = IMAPClient("127.0.0.1", port=self._imap_port, ssl=False, timeout=SocketTimeout(5, 20))
        try:
            client.login(self._user, self._password)
            client.append("INBOX", raw)
            client.logout()
        finally:
            with suppress(OSError):
                client.shutdown()


def open_door(door: Door, port: int) -> Controller:
    """Start listening; `stop()` the result."""
    controller = Controller(door, hostname="127.0.0.1", port=port, data_size_limit=60_000_000)
    controller.start()
    return controller
