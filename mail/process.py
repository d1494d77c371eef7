"""The mail process: a listener for each folder, readers for what they stored, and the relay for what we send.

All of them are threads that may be killed at any point: nothing is remembered outside the database. If one of them ends by an
error that nobody expected, the whole process ends with status 1, and the supervisor starts a fresh one.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from core.app.outbox import Relay
from core.app.services import Services
from core.domain.errors import Misconfigured, ProjectError
from core.domain.keeping import EffectKind
from core.mail_settings import MailAccount, MailSettings
from core.ports.mail import MailDesk
from mail.intake import Intake
from mail.listener import Listener
from mail.mailbox import Limits, Mailbox
from mail.outgoing import Outgoing, performer
from mail.tokens import RefreshTokenFile, TokenSource

_LOG: Final = logging.getLogger(__name__)
_LOOK_S: Final = 0.5
_LEAVE_S: Final = 10.0


def check_settings(settings: MailSettings) -> None:
    """`Misconfigured` names the first setting that does not go with the others."""
    for _ in settings.accounts:
        pass
    if settings.acknowledge and not settings.may_send:
        raise Misconfigured("Acknowledgements need a server and an address to send from.", setting="mail.smtp_host")
    if settings.acknowledge and not settings.reply_secret.get_secret_value():
        raise Misconfigured("Acknowledgements need a secret, by which our own mails are known.", setting="mail.reply_secret")


def token_of(account: MailAccount) -> TokenSource | None:
    """Where the account's access tokens come from; None for a password."""
    if account.oauth_flow is None:
        return None
    keep = RefreshTokenFile(account.oauth_token_file, account.oauth_refresh_token.get_secret_value())
    return TokenSource(account, keep)


class MailProcess:
    """Everything that `python -m mail` runs."""

    def __init__(self, services: Services, desk: MailDesk, settings: MailSettings) -> None:
        check_settings(settings)
        self._services = services
        self._desk = desk
        self._settings = settings
        self._wake = threading.Event()
        self._failed = False

    def run(self, stop: threading.Event) -> int:
        """Until `stop` is set; the exit status."""
        threads = [
            threading.Thread(target=self._guarded, args=(name, work, stop), name=name, daemon=True)
            for name, work in self._work(stop)
        ]
        for thread in threads:
            thread.start()
        _LOG.info("mail process: %s", ", ".join(thread.name for thread in threads) or "nothing to do; no mailbox is set")
        while not stop.wait(_LOOK_S):
            pass
        self._wake.set()
        for thread in threads:
            thread.join(_LEAVE_S)
        return 1 if self._failed else 0

    def _guarded(self, name: str, work: Callable[[], None], stop: threading.Event) -> None:
        ended_well = False
        try:
            work()
            ended_well = True
        finally:
            if not ended_well:
                _LOG.error("mail process: %s ended by an error; the process ends", name)
                self._failed = True
                stop.set()

    def _work(self, stop: threading.Event) -> Iterator[tuple[str, Callable[[], None]]]:
        settings = self._settings
        for account in settings.accounts:
            token = token_of(account)
            for folder in account.folders:
                listener = Listener(account, folder, settings, self._desk, token, self._wake.set)
                yield f"listener {account.name}/{folder}", partial(listener.run, stop)
        for number in range(settings.readers):
            intake = Intake(self._services, self._desk, settings)
            yield f"reader {number + 1}", partial(intake.run, stop, self._wake)
        if settings.may_send:
            send = performer(Outgoing(settings), self._services.clock)
            relay = Relay(self._services.store, self._services.clock, {EffectKind.SEND_MAIL: send}, "mail")
            yield "relay", partial(relay.run, stop)


@dataclass(frozen=True, slots=True)
class MailCheck:
    """What was tried, what is wrong with it (empty when it works), and what is good to know."""

    name: str
    trouble: str
    notes: str


def check_connections(settings: MailSettings) -> Iterator[MailCheck]:
    """Try each folder of each account once, and the server that takes our mail. Nothing is sent or changed."""
    limits = Limits(settings.connect_timeout_s, settings.read_timeout_s, settings.size_cap_bytes)
    for account in settings.accounts:
        for folder in account.folders:
            notes, trouble = _tried(partial(_look, account, folder, limits))
            yield MailCheck(f"mailbox {account.name}/{folder}", trouble, notes)
    if settings.smtp_host:
        notes, trouble = _tried(Outgoing(settings).check)
        yield MailCheck(f"sending by {settings.smtp_host}", trouble, notes)


def _tried(look: Callable[[], str]) -> tuple[str, str]:
    """What a look says, and the sentence with the setting where it failed."""
    try:
        return look(), ""
    except ProjectError as trouble:
        setting = f" (setting {trouble.setting})" if isinstance(trouble, Misconfigured) else ""
        return "", f"{trouble.sentence}{setting}"


def _look(account: MailAccount, folder: str, limits: Limits) -> str:
    """Log in, open the folder as the listener will, and the folder that mails move to; what the server cannot do."""
    with Mailbox.connect(account, limits, token_of(account)) as box:
        box.open(folder, writable=bool(account.move_to or account.flag_stored))
        notes = "" if box.has_idle else "the server does not tell of new mail by itself (IDLE) and is asked regularly"
        if account.flag_stored and not box.keeps_flags:
            notes = f"{notes}; " if notes else ""
            notes += "the server keeps no flags here, so stored mails will not be flagged"
        if account.move_to:
            box.open(account.move_to)
        return notes
