"""The `clock` process."""

import sys
from datetime import datetime
from typing import Final

from core import bootstrap, logs, settings
from core.app import anchor
from core.app.services import Services
from core.clock.process import ClockProcess
from core.clock.schedule import Job
from core.domain.errors import ProjectError
from core.settings import Settings
from core.signals import stopping

BACKUP: Final = "backup"


def daily_jobs(found: Settings, services: Services) -> list[Job]:
    """What this process does every day."""

    def backup(slot: datetime) -> None:
        bootstrap.nightly_backup(found, slot)
        with services.store.write() as unit:
            unit.heartbeats.beat(BACKUP)

    return [
        Job("audit anchor", found.anchor_at, found.time_zone, lambda slot: anchor.publish(services, slot)),
        Job("backup", found.backup_at, found.time_zone, backup, part=BACKUP),
    ]


def main() -> int:
    """Until told to stop; a setting that is wrong is one sentence, not a trace."""
    try:
        found = settings.load()
        logs.configure(found)
        with stopping() as stop, bootstrap.running(found) as services:
            return ClockProcess(services, found, daily_jobs(found, services)).run(stop)
    except ProjectError as error:
        print(f"clock: {error.sentence}", file=sys.stderr)  # noqa: T201  There may be no log yet.
        return 2


if __name__ == "__main__":
    sys.exit(main())
