"""When logins are synced: at fixed times of a named zone, each login by its own share of the jitter later.

The scheduler is a mere clock. Which slot a sync is for is computed from the time and is part of its key, so asking twice is
asking once. At the start of the process the latest slot that passed is asked for: a machine that slept over three syncs once.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from core.app.portals.logins import ask_sync
from core.app.services import Services
from core.domain.portals import LoginState, PortalLoginId

log: Final = logging.getLogger(__name__)


def triggers(times: Sequence[str], zone: str) -> list[CronTrigger]:
    """One for each time of day (`HH:MM`)."""
    parts = [time.split(":") for time in times]
    return [CronTrigger(hour=int(hour), minute=int(minute), timezone=ZoneInfo(zone)) for hour, minute in parts]


def latest_slot(times: Sequence[str], zone: str, now: datetime) -> datetime:
    """The last moment that a sync was due."""
    slots: list[datetime] = []
    for trigger in triggers(times, zone):
        upcoming = trigger.get_next_fire_time(None, now - timedelta(days=2))
        while upcoming is not None and upcoming <= now:
            slots.append(upcoming)
            upcoming = trigger.get_next_fire_time(upcoming, upcoming + timedelta(seconds=1))
    return max(slots)


def share(login_id: PortalLoginId) -> float:
    """Between 0 and 1, always the same for a login: a portal is not asked by all of them in one second."""
    return int.from_bytes(hashlib.sha256(login_id.encode()).digest()[:4], "big") / 2**32


def ask(services: Services, slot: datetime, jitter_s: float) -> list[PortalLoginId]:
    """Ask for a slot's syncs, once; those of logins that were synced since then are not needed."""
    asked = []
    with services.store.write() as unit:
        for login in unit.portal_logins.all():
            done = login.synced_at is not None and login.synced_at >= slot
            if login.state is not LoginState.ACTIVE or done:
                continue
            late = max(unit.now, slot + timedelta(seconds=share(login.id) * jitter_s))
            if ask_sync(unit, login, f"slot:{login.id}:{slot.isoformat()}", not_before=late):
                asked.append(login.id)
    return asked


def start(services: Services, times: Sequence[str], zone: str, jitter_s: float) -> BackgroundScheduler:
    """A running scheduler; the caller shuts it down."""

    def latest() -> None:
        try:
            ask(services, latest_slot(times, zone, services.clock.now()), jitter_s)
        except Exception:  # A broken slot must not end the process; the log has the trace, and the next slot comes.
            log.exception("a sync could not be asked for")

    scheduler = BackgroundScheduler(timezone="UTC")
    for place, trigger in enumerate(triggers(times, zone)):
        scheduler.add_job(latest, trigger, id=f"sync {place}", misfire_grace_time=None, coalesce=True, max_instances=1)
    scheduler.start()
    latest()
    return scheduler
