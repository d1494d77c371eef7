"""Seats, used codes and browser states in the database: several processes and machines share a login without harm.

Who has a login has it for a lease that a thread keeps alive; a process that was killed, or that stood still for longer, has
lost it, and is told so before it does the next thing that matters.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from core.app.portals import answering
from core.app.services import Services
from core.domain.errors import OneTimeCodeMissing, PortalBusy, PortalSessionsFull, Unavailable
from core.domain.portals import PortalLoginId
from core.ports.store import Store
from portal.seats import MOST_SESSIONS

_LOG: Final = logging.getLogger(__name__)
_BUSY_AGAIN_S: Final = 30.0
_LOOK_S: Final = 0.5


class StoredSeats:
    """`PortalSeats` for every process that shares the database. Sessions count until they must have expired."""

    def __init__(self, store: Store, lease_s: float = 60.0, expiry: timedelta = timedelta(hours=12)) -> None:
        self._store = store
        self._lease_s = lease_s
        self._expiry = expiry
        self._tokens: dict[str, str] = {}

    @contextmanager
    def hold(self, credential: str) -> Iterator[None]:
        """The login for one job alone, kept as long as it lasts."""
        login_id, token = PortalLoginId(credential), uuid.uuid4().hex
        if not self._take(login_id, token):
            raise PortalBusy("Other work of Tieout uses this portal login now.", after_s=_BUSY_AGAIN_S, credential=credential)
        self._tokens[credential] = token
        over = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(login_id, token, over), name=f"keeper {credential}", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()
            self._tokens.pop(credential, None)
            with self._store.write() as unit:
                unit.portal_logins.let_go(login_id, token)

    def token(self, credential: str) -> str:
        """The token that this process holds the login with; a word that holds nothing where it does not."""
        return self._tokens.get(credential, "nobody")

    def still_held(self, credential: str) -> bool:
        """Whether this process has the login still."""
        with self._store.read() as unit:
            return unit.portal_logins.is_held_by(PortalLoginId(credential), self.token(credential))

    def _take(self, login_id: PortalLoginId, token: str) -> bool:
        with self._store.write() as unit:
            return unit.portal_logins.hold(login_id, token, unit.now + timedelta(seconds=self._lease_s))

    def _keep(self, login_id: PortalLoginId, token: str, over: threading.Event) -> None:
        """Until the job is over, or the login is lost."""
        while not over.wait(self._lease_s / 3):
            try:
                if not self._take(login_id, token):
                    _LOG.warning("the portal login %s was taken over by another process", login_id)
                    return
            except Unavailable:
                continue

    def began(self, credential: str, session: str) -> None:
        """Count a login that is about to be made."""
        login_id = PortalLoginId(credential)
        with self._store.write() as unit:
            counted = unit.portal_logins.open_sessions(login_id, unit.now - self._expiry)
            if session not in counted and len(counted) >= MOST_SESSIONS:
                oldest = min(counted.values()) + self._expiry - unit.now
                raise PortalSessionsFull(
                    "Three sessions of this portal login did not end properly; one of them has to expire first.",
                    after_s=oldest.total_seconds(),
                    credential=credential,
                )
            unit.portal_logins.session_began(login_id, session)

    def ended(self, credential: str, session: str) -> None:
        """Count it no more."""
        with self._store.write() as unit:
            unit.portal_logins.session_ended(PortalLoginId(credential), session)

    def open_sessions(self, credential: str) -> int:
        """How many count now."""
        with self._store.read() as unit:
            return len(unit.portal_logins.open_sessions(PortalLoginId(credential), unit.now - self._expiry))


class StoredCodes:
    """`UsedCodes` for every process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, credential: str, step: int) -> bool:
        """Claim a time step; True once."""
        with self._store.write() as unit:
            return unit.portal_logins.claim_code(PortalLoginId(credential), step)


class PersonAtHand:
    """`PersonsCodes`: somebody who said that they are there, and types the code on another surface.

    `waiting` is called while they are waited for, so that who watches this process knows that it moves.
    """

    def __init__(self, services: Services, wait_s: float, waiting: Callable[[], None]) -> None:
        self._services = services
        self._wait_s = wait_s
        self._waiting = waiting
        self._since: dict[str, datetime] = {}

    @contextmanager
    def there(self, login_id: PortalLoginId, since: datetime) -> Iterator[None]:
        """While inside, a person is there; what they typed before `since` does not count."""
        self._since[login_id] = since
        try:
            yield
        finally:
            self._since.pop(login_id, None)

    def code(self, credential: str, /) -> str | None:
        """Wait for it."""
        since = self._since.get(credential)
        if since is None:
            return None
        until = time.monotonic() + self._wait_s
        while time.monotonic() < until:
            found = answering.taken(self._services, PortalLoginId(credential), since)
            if found is not None:
                return found
            self._waiting()
            time.sleep(_LOOK_S)
        raise OneTimeCodeMissing("The portal asked for a code, and nobody entered it in time.", credential=credential)


class StoredSessions:
    """`SessionKeeper` of sealed states: give it to `SealedSessions` and to nobody else."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, credential: str) -> bytes | None:
        """The state of the last run."""
        with self._store.read() as unit:
            return unit.portal_logins.browser_state(PortalLoginId(credential))

    def save(self, credential: str, state: bytes) -> None:
        """Keep it."""
        with self._store.write() as unit:
            unit.portal_logins.keep_browser_state(PortalLoginId(credential), state)

    def forget(self, credential: str) -> None:
        """Delete it."""
        with self._store.write() as unit:
            unit.portal_logins.keep_browser_state(PortalLoginId(credential), None)
