"""Daily work as data: a name, a time of day in a named zone, and the story. The scheduler is a mere clock.

It keeps nothing: which slot a job is for is computed from its time, every story does a slot once however often it is asked, and
at the start of the process the latest slot that has passed is asked for again. So a laptop that slept at 02:30, a crash and a
second clock process are all harmless.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A story a day. `at` is `HH:MM` in `zone`; the story is told its slot.

    `part` names the sign of life that the story gives when it succeeds; without one for two days the alarm rings.
    """

    name: str
    at: str
    zone: str
    story: Callable[[datetime], object]
    part: str = ""

    @property
    def trigger(self) -> CronTrigger:
        """When, for the scheduler."""
        hour, minute = self.at.split(":")
        return CronTrigger(hour=int(hour), minute=int(minute), timezone=ZoneInfo(self.zone))


def latest_slot(job: Job, now: datetime) -> datetime:
    """The last moment that the job was due, in its own zone."""
    trigger = job.trigger
    slot: datetime | None = None
    upcoming = trigger.get_next_fire_time(None, now - timedelta(days=2))
    while upcoming is not None and upcoming <= now:
        slot = upcoming
        upcoming = trigger.get_next_fire_time(upcoming, upcoming + timedelta(seconds=1))
    assert slot is not None  # noqa: S101  Two days hold at least one slot of a daily job.
    return slot


def run_latest(job: Job, now: datetime) -> bool:
    """Do the latest slot of a job; False when it broke, which is logged and tried again with the next slot."""
    slot = latest_slot(job, now)
    try:
        job.story(slot)
    except Exception:  # A broken day must not end the process; the log has the trace.
        log.exception("the daily %s for %s broke", job.name, slot.isoformat())
        return False
    return True


def start(jobs: Sequence[Job], now: Callable[[], datetime]) -> BackgroundScheduler:
    """A running scheduler; the caller shuts it down. Work starts within the process' own threads."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for job in jobs:
        scheduler.add_job(
            lambda job=job: run_latest(job, now()),
            job.trigger,
            id=job.name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    scheduler.start()
    for job in jobs:
        run_latest(job, now())
    return scheduler
