"""Sends what the outbox asks for, by SMTP.

SMTP has no key by which to ask whether a mail went out. A mail whose sender died in the middle is therefore not sent a second
time: one acknowledgement too few is better than two.
"""

import email.message
import email.policy
import email.utils
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from core.app.outbox import Performer
from core.domain.errors import Refused
from core.domain.keeping import OutboxItem
from core.mail_settings import LOOPBACK, Encryption, MailSettings
from core.ports.outside import Clock
from mail.trouble import in_our_words

_PERMANENT: Final = range(500, 600)


def message_of(payload: Mapping[str, object], clock: Clock) -> email.message.EmailMessage:
    """The mail that a payload describes. A header with a line break in it is an error, never two headers."""
    headers, text = payload.get("headers"), payload.get("text")
    if not isinstance(headers, Mapping) or not isinstance(text, str):
        raise Refused("The asked-for mail has no headers or no text.")
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    for name, value in headers.items():
        message[str(name)] = " ".join(str(value).split())
    message["Date"] = email.utils.format_datetime(clock.now())
    message.set_content(text)
    return message


class Outgoing:
    """The way out through one SMTP server."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, message: email.message.EmailMessage) -> str:
        """Send; the receipt is our Message-ID. `Refused` where trying again is pointless, `Unavailable` where it is not."""
        with in_our_words(), self._connection() as smtp:
            try:
                smtp.send_message(message, from_addr=self._settings.from_address)
            except smtplib.SMTPRecipientsRefused as error:
                codes = [code for code, _ in error.recipients.values()]
                if all(code in _PERMANENT for code in codes):
                    raise Refused("The server refused the recipient for good.", codes=codes) from error
                raise
            except smtplib.SMTPResponseException as error:
                if error.smtp_code in _PERMANENT:
                    raise Refused("The server refused the mail for good.", code=error.smtp_code) from error
                raise
        return str(message["Message-ID"])

    def check(self) -> str:
        """Connect and log in, and send nothing; the server's way of saying that it is there was enough."""
        with in_our_words(), self._connection() as smtp:
            smtp.noop()
        return "" if self._settings.from_address else "nothing is sent without an address to send from (mail.from_address)"

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.smtp_ca_file or None)
        timeout = settings.connect_timeout_s
        if settings.smtp_encryption is Encryption.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=timeout, context=context)
        else:
            smtp = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=timeout)
        try:
            if settings.smtp_encryption is Encryption.STARTTLS:
                smtp.starttls(context=context)
            elif settings.smtp_encryption is Encryption.NONE and settings.smtp_host not in LOOPBACK:
                raise Refused("Mail is only sent without encryption on this machine itself.")
            if settings.smtp_user:
                smtp.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            yield smtp
        finally:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()


def performer(outgoing: Outgoing, clock: Clock) -> Performer:
    """What the relay of the mail process calls for each mail that the outbox asks for."""

    def send(item: OutboxItem) -> str:
        if item.tried_before and not item.last_error:
            # The sender before us left no word: it died, perhaps after the server had taken the mail.
            return "outcome unknown, not sent twice"
        return outgoing.send(message_of(item.effect.payload, clock))

    return send
