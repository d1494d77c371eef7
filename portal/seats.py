"""Seats and used codes for one process: good for one worker and for tests. Several workers need those of a database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from core.domain.errors import PortalBusy, PortalSessionsFull
from core.ports.outside import Clock

MOST_SESSIONS: Final = 3
"""The vendor's own limit: a fourth login ends one of the others, perhaps a person's."""


class ProcessSeats:
    """`PortalSeats` in memory. A session that nobody ended is forgotten after `expiry`, as the portal does by itself."""

    def __init__(self, clock: Clock, expiry: timedelta = timedelta(hours=12)) -> None:
        self._clock = clock
        self._expiry = expiry
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._open: dict[str, dict[str, datetime]] = {}

    @contextmanager
    def hold(self, credential: str) -> Iterator[None]:
        """The credential for one job alone."""
        with self._lock:
            if credential in self._held:
                raise PortalBusy("Other work of Tieout uses this portal login now.", credential=credential)
            self._held.add(credential)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(credential)

    def began(self, credential: str, session: str) -> None:
        """Count a login that is about to be made."""
        with self._lock:
            now = self._clock.now()
            kept = {name: at for name, at in self._open.get(credential, {}).items() if now - at < self._expiry}
            if session not in kept and len(kept) >= MOST_SESSIONS:
                oldest = min(kept.values()) + self._expiry - now
                raise PortalSessionsFull(
                    "Three sessions of this portal login did not end properly; one of them has to expire first.",
                    after_s=oldest.total_seconds(),
                    credential=credential,
                )
            kept[session] = now
            self._open[credential] = kept

    def ended(self, credential: str, session: str) -> None:
        """Count it no more."""
        with self._lock:
            self._open.get(credential, {}).pop(session, None)

    def open_sessions(self, credential: str) -> int:
        """How many count now."""
        with self._lock:
            return len(self._open.get(credential, {}))


class ProcessCodes:
    """`UsedCodes` in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, int] = {}

    def claim(self, credential: str, step: int) -> bool:
        """Claim a time step; True once."""
        with self._lock:
            if step <= self._last.get(credential, -1):
                return False
            self._last[credential] = step
            return True


class ProcessSessions:
    """`SessionKeeper` in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load(self, credential: str) -> bytes | None:
        """The state of the last run."""
        return self._kept.get(credential)

    def save(self, credential: str, state: bytes) -> None:
        """Keep it."""
        self._kept[credential] = state

    def forget(self, credential: str) -> None:
        """Delete it."""
        self._kept.pop(credential, None)
