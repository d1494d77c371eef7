"""What `python -m portal` runs: workers that take jobs from the outbox, the scheduler of syncs, and a sign of life.

Without a login no browser is ever started; the process waits for one. A sign of life is given while every worker moves: one
that hangs is as silent as a process that is gone.
"""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Final

from core.app.outbox import Relay, RelayLimits
from core.app.services import Services
from core.domain.errors import Unavailable
from core.domain.keeping import EffectKind
from core.settings import Settings
from portal import schedule
from portal.drivers import Maker
from portal.work import Habits, OpenLogins, PortalWorker

log: Final = logging.getLogger(__name__)
RELAY: Final = "portal"
PART: Final = f"relay {RELAY}"
_BEAT_S: Final = 10.0
_HANGS_AFTER_S: Final = 900.0
_LEAVE_S: Final = 12.0


def habits(settings: Settings) -> Habits:
    """How workers of these settings work."""
    return Habits(settings.chromium, settings.portal.lease_s, settings.portal.linger_s)


class PortalProcess:
    """The workers have a thread each, the scheduler its own; this thread gives signs of life."""

    def __init__(self, services: Services, settings: Settings, makers: Mapping[str, Maker]) -> None:
        self._services = services
        self._settings = settings
        self._makers = makers

    def run(self, stop: threading.Event) -> int:
        """Until `stop` is set; the exit status."""
        shared = OpenLogins()
        workers = [
            PortalWorker(self._services, self._makers, habits(self._settings), stop, logins_open=shared)
            for _ in range(self._settings.portal.workers)
        ]
        # A login that a person helps with may wait for them: it has a worker of its own, so that all other work goes on.
        workers.append(PortalWorker(self._services, self._makers, habits(self._settings), stop, logins_open=shared))
        threads = [
            threading.Thread(
                target=self._work, args=(worker, stop, worker is workers[-1]), name=f"worker {number}", daemon=True
            )
            for number, worker in enumerate(workers, 1)
        ]
        for thread in threads:
            thread.start()
        portal = self._settings.portal
        scheduler = schedule.start(self._services, portal.times, portal.time_zone, portal.jitter_s)
        try:
            while not stop.is_set():
                self._beat(workers, threads)
                if not all(thread.is_alive() for thread in threads):
                    log.error("a worker ended by itself; the process ends")
                    return 1
                stop.wait(_BEAT_S)
        finally:
            stop.set()
            scheduler.shutdown()
            # Whoever is in the middle of a page then is killed, which is no harm: the portal is searched first.
            until = time.monotonic() + _LEAVE_S
            for thread in threads:
                thread.join(max(0.0, until - time.monotonic()))
        return 0

    def _beat(self, workers: list[PortalWorker], threads: list[threading.Thread]) -> None:
        moving = all(time.monotonic() - worker.last_sign < _HANGS_AFTER_S for worker in workers)
        if not moving or not all(thread.is_alive() for thread in threads):
            return
        try:
            with self._services.store.write() as unit:
                unit.heartbeats.beat(PART)
        except Unavailable as trouble:
            log.warning("no sign of life could be given: %s", trouble.sentence)

    def _work(self, worker: PortalWorker, stop: threading.Event, at_the_door: bool) -> None:
        limits = RelayLimits(
            lease_s=self._settings.portal.lease_s,
            attempts=self._settings.outbox_attempts,
            first_retry_s=30.0,
            idle_s=self._settings.outbox_idle_s,
        )
        mine = {
            kind: perform for kind, perform in worker.performers().items() if (kind is EffectKind.TEST_LOGIN) is at_the_door
        }
        relay = Relay(self._services.store, self._services.clock, mine, RELAY, limits)
        try:
            while not stop.is_set():
                try:
                    busy = relay.run_once()
                except Unavailable:
                    busy = False
                except Exception:  # One of the loops that go on: the log has the trace.
                    log.exception("a portal worker stumbled")
                    busy = False
                worker.last_sign = time.monotonic()
                if not busy:
                    worker.close_if_idle()
                    stop.wait(self._settings.outbox_idle_s)
        finally:
            worker.close()
