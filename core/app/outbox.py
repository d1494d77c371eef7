"""The relay: takes effects out of the outbox and has them performed, with leases, fencing, back-off and a place for what broke.

One relay loop runs in each process for the kinds that process can perform. Between claiming and finishing nothing is locked. An
item that was tried before may have reached its receiver, which is then asked by key first: that is the performer's duty.

Some receivers want what was asked for together in one piece: forty payments that a person posts at once shall be one posting
file. A *burst* performer gets all due items of its kind together, once no more of them are coming.
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.domain.actors import Actor, ActorKind, Surface
from core.domain.errors import Misconfigured, NeedsPerson, Refused, Unavailable, Unreadable
from core.domain.events import AuditName
from core.domain.ids import OutboxId
from core.domain.keeping import AuditEntry, EffectKind, OutboxItem, Subject, SubjectKind
from core.ports.outside import Clock
from core.ports.store import Store

log = logging.getLogger(__name__)
Performer = Callable[[OutboxItem], str]
BurstPerformer = Callable[[Sequence[OutboxItem]], Mapping[OutboxId, str]]
RELAY: Final = Actor(ActorKind.SYSTEM, "relay", "Tieout", Surface.CLOCK)
AT_ONCE: Final = 20
"""How many items one transaction handles: clicks wait while it lasts, because SQLite has one writer."""
_FINAL = (Refused, Unreadable, NeedsPerson, Misconfigured)


@dataclass(frozen=True, slots=True)
class RelayLimits:
    """Patience. Back-off doubles from `first_retry_s` up to `longest_retry_s`; after `attempts` the item is set aside.

    A burst starts when its kind has been quiet for `gather_s`, or its oldest item has waited for `longest_gather_s`.
    """

    lease_s: float = 60.0
    attempts: int = 12
    first_retry_s: float = 1.0
    longest_retry_s: float = 900.0
    idle_s: float = 0.2
    gather_s: float = 0.8
    longest_gather_s: float = 5.0
    most_in_burst: int = 200


_DEFAULT_LIMITS: Final = RelayLimits()


def _chunks(most: int) -> list[int]:
    """`most` in parts that a transaction may have."""
    return [min(AT_ONCE, most - start) for start in range(0, most, AT_ONCE)]


@dataclass
class _Gathering:
    """How many items of a kind wait, and since when that number has stood."""

    count: int
    since: datetime


class Relay:
    """Performs effects of the given kinds until told to stop. A performer returns the receiver's receipt or raises.

    Kinds that are also in `bursts` are handed over together; a burst that is refused falls back to one item at a time, so that
    one bad item cannot hold up the others.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        performers: Mapping[EffectKind, Performer],
        name: str,
        limits: RelayLimits = _DEFAULT_LIMITS,
        *,
        bursts: Mapping[EffectKind, BurstPerformer] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._performers = performers
        self._name = name
        self._limits = limits
        self._woken = threading.Event()
        self._bursts = dict(bursts or {})
        self._gathering: dict[EffectKind, _Gathering] = {}
        self._had_work = False

    def wake(self) -> None:
        """Look at once instead of after the idle time."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. An unexpected error is logged and the loop goes on: only its process ends the relay."""
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
        """Perform one due item, or one burst; False when there is nothing to do now."""
        single = [kind for kind in self._performers if kind not in self._bursts]
        items = self._claim(single, 1) if single and (self._had_work or self._anything_due(single)) else []
        self._had_work = bool(items)
        for item in items:
            self._perform(item)
        return any([bool(items), *(self._run_burst(*waiting) for waiting in self._waiting_bursts())])

    def run_now(self) -> int:
        """Perform everything that is due without waiting for more of it; how many items."""
        done = 0
        while items := self._claim(list(self._performers), self._limits.most_in_burst):
            done += len(items)
            for kind in dict.fromkeys(item.effect.kind for item in items):
                self._perform_together(kind, [item for item in items if item.effect.kind is kind])
        return done

    def _anything_due(self, kinds: list[EffectKind]) -> bool:
        """Asked before a claim, which on SQLite keeps everybody else from writing even where it finds nothing."""
        with self._store.read() as unit:
            return unit.outbox.anything_due(kinds)

    def _claim(self, kinds: list[EffectKind], most: int) -> list[OutboxItem]:
        items: list[OutboxItem] = []
        for size in _chunks(most):
            wanted = len(items) + size
            with self._store.write() as unit:
                while len(items) < wanted and (item := unit.outbox.claim(kinds, self._limits.lease_s)):
                    items.append(item)
            if len(items) < wanted:
                break
        return items

    def _waiting_bursts(self) -> list[tuple[EffectKind, int, float, datetime]]:
        """Bursts of which anything waits: how many items, seconds since the oldest, and when that was asked."""
        if not self._bursts:
            return []
        with self._store.read() as unit:
            ages, now = unit.outbox.ages(), unit.now
        waiting = [(kind, *ages[kind], now) for kind in self._bursts if kind in ages]
        self._gathering = {kind: self._gathering[kind] for kind, *_ in waiting if kind in self._gathering}
        return waiting

    def _run_burst(self, kind: EffectKind, count: int, oldest_s: float, now: datetime) -> bool:
        gathering = self._gathering.get(kind)
        if gathering is None or gathering.count != count:
            self._gathering[kind] = gathering = _Gathering(count, now)
        quiet = (now - gathering.since).total_seconds() >= self._limits.gather_s
        if not quiet and oldest_s < self._limits.longest_gather_s and count < self._limits.most_in_burst:
            return False
        items = self._claim([kind], self._limits.most_in_burst)
        if items:
            self._perform_together(kind, items)
        return bool(items)

    def _perform_together(self, kind: EffectKind, items: Sequence[OutboxItem]) -> None:
        burst = self._bursts.get(kind)
        if burst is None or len(items) == 1:
            for item in items:
                self._perform(item)
            return
        try:
            receipts = burst(items)
        except Unavailable as error:
            for item in items:
                self._failed(item, error.sentence, self._retry_s(item, error.after_s))
        except Exception as error:
            if not isinstance(error, _FINAL):
                log.exception("performing %d items of %s together broke; each is tried alone", len(items), kind)
            for item in items:
                self._perform(item)
        else:
            self._all_done(items, receipts)

    def _all_done(self, items: Sequence[OutboxItem], receipts: Mapping[OutboxId, str]) -> None:
        for start in range(0, len(items), AT_ONCE):
            with self._store.write() as unit:
                for item in items[start : start + AT_ONCE]:
                    unit.outbox.done(item, receipts[item.id])

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
