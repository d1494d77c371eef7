"""Listens to one folder: search, fetch, store, and only then wait for more.

One listener a folder has the lease; a second process waits for it to end. Whatever breaks the connection leads to a new one
after a pause that grows to minutes, for ever: a mailbox that is silent for too long is the dead-man alert's business, which
looks at the last successful search.
"""

import contextlib
import logging
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from core.domain.errors import Misconfigured, ProjectError, Unavailable
from core.domain.mails import Arrival, Sighting
from core.mail_settings import MailAccount, MailSettings
from core.ports.mail import MailDesk
from mail.mailbox import Limits, Mailbox
from mail.tokens import TokenSource

_LOG: Final = logging.getLogger(__name__)
_FIRST_PAUSE_S: Final = 1.0
_FAILED_AT_ONCE_S: Final = 5.0
_MOST_IDLE_FAILURES: Final = 3
_POLL_ONLY_S: Final = 3600.0
_NO_CONTENT: Final = "The mail server lists this message and gave no content for it."


@dataclass(slots=True)
class Pause:
    """A pause that doubles with each failure in a row, with jitter so that many processes do not come back together."""

    longest_s: float
    failures: int = 0

    def next_s(self) -> float:
        """How long to wait before the next try."""
        self.failures += 1
        full = min(self.longest_s, _FIRST_PAUSE_S * 2.0 ** min(self.failures - 1, 20))
        return full * random.uniform(0.5, 1.0)  # noqa: S311  Not a secret.

    def reset(self) -> None:
        """It worked."""
        self.failures = 0


class Listener:
    """The ingester of one folder. `on_new` is called after each mail that was stored for the first time."""

    def __init__(
        self,
        account: MailAccount,
        folder: str,
        settings: MailSettings,
        desk: MailDesk,
        token: TokenSource | None = None,
        on_new: Callable[[], None] = lambda: None,
    ) -> None:
        self._account = account
        self._folder = folder
        self._settings = settings
        self._desk = desk
        self._token = token
        self._on_new = on_new
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._held_at = 0.0
        self._idle_failures = 0
        self._poll_until = 0.0

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set."""
        pause = Pause(self._settings.backoff_s)
        try:
            while not stop.is_set():
                try:
                    if not self._hold():
                        stop.wait(min(5.0, self._settings.folder_lease_s / 3))
                        continue
                    self._connected(stop, pause)
                except Unavailable as trouble:
                    self._wait_out(trouble, pause, stop)
                except Misconfigured as trouble:
                    # A password may be changed on either side while we run: say it loudly, and look again later.
                    pause.failures += 4
                    self._wait_out(trouble, pause, stop)
        finally:
            with contextlib.suppress(Unavailable):
                self._desk.release_folder(self._account.name, self._folder, self._holder)

    def _wait_out(self, trouble: ProjectError, pause: Pause, stop: threading.Event) -> None:
        seconds = pause.next_s()
        # Servers drop connections every day; only what does not mend itself at the first try is worth an operator's eye.
        passing = logging.INFO if pause.failures <= 1 else logging.WARNING
        level = logging.ERROR if isinstance(trouble, Misconfigured) else passing
        where = f"{self._account.name}/{self._folder}"
        _LOG.log(level, "mailbox %s: %s Next try in %.0f s. %s", where, trouble.sentence, seconds, dict(trouble.details))
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and not stop.wait(min(left, self._settings.folder_lease_s / 3)):
            # A database that is busy now is no reason to end: the lease runs out, and whoever is first has the folder.
            with contextlib.suppress(Unavailable):
                self._hold()

    def _hold(self) -> bool:
        """Have the lease, renewing it when a third of it has passed."""
        now = time.monotonic()
        if self._held_at and now - self._held_at < self._settings.folder_lease_s / 3:
            return True
        held = self._desk.hold_folder(self._account.name, self._folder, self._holder, self._settings.folder_lease_s)
        self._held_at = now if held else 0.0
        return held

    def _limits(self) -> Limits:
        settings = self._settings
        limits = Limits(settings.connect_timeout_s, settings.read_timeout_s, settings.size_cap_bytes, settings.poll_s)
        return replace(limits, may_idle=time.monotonic() >= self._poll_until)

    def _connected(self, stop: threading.Event, pause: Pause) -> None:
        """One connection, until something breaks, the lease is lost or `stop` is set."""
        with Mailbox.connect(self._account, self._limits(), self._token) as box:
            validity, opened = self._open(box), time.monotonic()
            while not stop.is_set() and self._hold():
                found = self._take_new(box, validity, stop)
                self._desk.checked(self._account.name, self._folder)
                pause.reset()
                if found:
                    # What came while we fetched was announced in between and not told again: search until nothing is new.
                    continue
                self._wait(box, stop)
                if time.monotonic() - opened >= self._settings.idle_s:
                    validity, opened = self._open(box), time.monotonic()

    def _open(self, box: Mailbox) -> int:
        return box.open(self._folder, writable=bool(self._account.move_to or self._account.flag_stored))

    def _wait(self, box: Mailbox, stop: threading.Event) -> None:
        """Wait for a hint. A server that fails in IDLE again and again is polled for an hour instead."""
        began = time.monotonic()
        try:
            box.wait(self._settings.idle_s, stop, self._hold)
        except Unavailable:
            self._idle_failures = self._idle_failures + 1 if time.monotonic() - began < _FAILED_AT_ONCE_S else 0
            if self._idle_failures >= _MOST_IDLE_FAILURES:
                self._poll_until, self._idle_failures = time.monotonic() + _POLL_ONLY_S, 0
            raise

    def _take_new(self, box: Mailbox, validity: int, stop: threading.Event) -> bool:
        """Store everything above the cursor; True if there was anything."""
        cursor = self._desk.cursor(self._account.name, self._folder)
        # Under another UIDVALIDITY all numbers mean other messages: start over, the content hash makes it harmless.
        after = cursor.last_uid if cursor is not None and cursor.uidvalidity == validity else 0
        uids = box.new_uids(after, self._account.since)
        for uid in uids:
            if stop.is_set() or not self._hold():
                break
            self._take(box, Sighting(self._account.name, self._folder, validity, uid))
        return bool(uids)

    def _take(self, box: Mailbox, sighting: Sighting) -> None:
        """Store one message, then let people see in the mailbox that it was stored."""
        fetched = box.fetch(sighting.uid)
        if fetched is None:
            if sighting.uid not in box.new_uids(sighting.uid - 1):
                _LOG.info("message %s was gone before it could be fetched", sighting)
                self._desk.pass_over(sighting)
                return
            fetched = box.fetch(sighting.uid)
        if fetched is None:
            mail_id = self._desk.take_unfetchable(sighting, _NO_CONTENT)
            _LOG.warning("mail %s: %s", mail_id, _NO_CONTENT)
            return
        taken = self._desk.take(Arrival(sighting, fetched.raw, fetched.size, fetched.received_at, fetched.whole))
        if taken.is_new:
            self._on_new()
        box.tidy(sighting.uid, move_to=self._account.move_to, flag=self._account.flag_stored)
