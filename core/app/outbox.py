"""The relay: takes effects out of the outbox and has them performed, with leases, fencing, back-off and a place for what broke.

One relay loop runs in each process for the kinds that process can perform. Between claiming and finishing nothing is locked. An
item that was tried before may have reached its receiver, which is then asked by key first: that is the performer's duty.
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.domain.actors import Actor, ActorKind, Surface
from core.domain.errors import Misconfigured, NeedsPerson, Refused, Unavailable, Unreadable
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, EffectKind, OutboxItem, Subject, SubjectKind
from core.ports.outside import Clock
from core.ports.store import Store

log = logging.getLogger(__name__)
Performer = Callable[[OutboxItem], str]
RELAY: Final = Actor(ActorKind.SYSTEM, "relay", "Tieout", Surface.CLOCK)
_FINAL = (Refused, Unreadable, NeedsPerson, Misconfigured)


@dataclass(frozen=True, slots=True)
class RelayLimits:
    """Patience. Back-off doubles from `first_retry_s` up to `longest_retry_s`; after `attempts` the item is set aside."""

    lease_s: float = 60.0
    attempts: int = 12
    first_retry_s: float = 1.0
    longest_retry_s: float = 900.0
    idle_s: float = 0.2


_DEFAULT_LIMITS: Final = RelayLimits()


class Relay:
    """Performs effects of the given kinds until told to stop. A performer returns the receiver's receipt or raises."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        performers: Mapping[EffectKind, Performer],
        name: str,
        limits: RelayLimits = _DEFAULT_LIMITS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._performers = performers
        self._name = name
        self._limits = limits
        self._woken = threading.Event()

    def wake(self) -> None:
        """Look at once instead of after the idle time."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. An unexpected error is logged and the loop goes on: nothing may end the relay but its process."""
        last_beat = self._clock.now() - timedelta(days=1)
        while not stop.is_set():
            try:
                if (self._clock.now() - last_beat).total_seconds() >= 10:  # noqa: PLR2004  Seconds between signs of life.
                    with self._store.write() as unit:
                        unit.heartbeats.beat(f"relay {self._name}")
                    last_beat = self._clock.now()
                busy = self.run_once()
            except Unavailable:
                busy = False
            except Exception:
                log.exception("the relay %s stumbled", self._name)
                busy = False
            if not busy:
                self._woken.wait(self._limits.idle_s)
                self._woken.clear()

    def run_once(self) -> bool:
        """Perform one due item; False when there is none."""
        with self._store.write() as unit:
            item = unit.outbox.claim(list(self._performers), self._limits.lease_s)
        if item is None:
            return False
        self._perform(item)
        return True

    def _perform(self, item: OutboxItem) -> None:
        try:
            receipt = self._performers[item.effect.kind](item)
        except Unavailable as error:
            self._failed(item, error.sentence, self._retry_s(item, error.after_s))
        except _FINAL as error:
            self._failed(item, error.sentence, None)
        except Exception as error:
            log.exception("performing %s broke", item.effect.key)
            self._failed(item, f"{type(error).__name__}: see the log", self._retry_s(item, None))
        else:
            with self._store.write() as unit:
                unit.outbox.done(item, receipt)

    def _retry_s(self, item: OutboxItem, asked_s: float | None) -> float | None:
        """Seconds until the next attempt; None when there were enough. A receiver's own wish for time is no failure."""
        if asked_s is not None:
            return asked_s
        if item.attempts >= self._limits.attempts:
            return None
        wait = min(self._limits.longest_retry_s, self._limits.first_retry_s * 2.0 ** (item.attempts - 1))
        return wait * random.uniform(0.75, 1.25)  # noqa: S311  Spreading retries needs no secrecy.

    def _failed(self, item: OutboxItem, sentence: str, retry_s: float | None) -> None:
        with self._store.write() as unit:
            retry_at = None if retry_s is None else unit.now + timedelta(seconds=retry_s)
            kept = unit.outbox.failed(item, sentence, retry_at)
            if kept and retry_at is None:
                unit.audit.append(
                    AuditEntry(
                        name=AuditName.OUTBOX_SHUNTED,
                        subject=Subject(SubjectKind.OUTBOX, str(item.id)),
                        actor=RELAY,
                        facts={"key": item.effect.key, "why": sentence, "attempts": item.attempts},
                    )
                )
        if kept and retry_at is None:
            log.warning("set aside: %s (%s)", item.effect.key, sentence)
