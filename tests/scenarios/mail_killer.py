"""Runs the mail process again and again and kills it with SIGKILL at random moments; then lets it run to the end.

A program of its own, because it forks: the modules are loaded once, and each fork is a mail process that starts at once, with
its own connections. `python -m tests.scenarios.mail_killer` reads its orders as JSON from stdin and runs until stdin ends.
"""

import json
import os
import random
import select
import signal
import sys
import tempfile
import threading
import time
from dataclasses import replace

from core.bootstrap import SystemClock
from core.domain.mails import Arrival, Sighting
from core.domain.readings import Reading
from core.mail_settings import MailSettings
from core.ports.mail import Taken
from core.read.documents import read_document
from core.store import migrate
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from mail.envelope import parse_json
from mail.intake import Intake
from mail.process import MailProcess
from tests.databases import AUDIT_KEY, SetClock
from tests.scenarios.mail_world import a_remittance
from tests.service import Desk, services_on


class Here:
    """Reads in this process: a fork that lives for half a second has no time for a sandbox of its own."""

    def read(self, name: str, data: bytes) -> Reading:
        return read_document(name, data)

    def call(self, task: str, payload: bytes) -> object:
        assert task == "mail.envelope:parse_json"
        return parse_json(payload)


class Reporting(SqlMailDesk):
    """A desk that says on a pipe when the first mail is about to be stored: the killer aims at busy processes."""

    def __init__(self, store: SqlStore, pipe: int) -> None:
        super().__init__(store)
        self._pipe = pipe

    def take(self, arrival: Arrival) -> Taken:
        os.write(self._pipe, b".")
        return super().take(arrival)


def serve(url: str, settings: MailSettings, stop: threading.Event, pipe: int) -> int:
    """The mail process itself."""
    store = SqlStore(url, SystemClock(), AUDIT_KEY)
    services = replace(services_on(store, SetClock()), reader=Here(), clock=SystemClock())
    try:
        return MailProcess(services, Reporting(store, pipe), settings).run(stop)
    finally:
        store.close()


def fork(url: str, settings: MailSettings) -> tuple[int, int]:
    """A mail process: its pid, and a pipe that has something to read once it is busy."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    os.close(ours)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    os._exit(serve(url, settings, stop, theirs))


def drain(pipe: int) -> None:
    """Read what the last process says, or it would stop when the pipe is full."""
    while os.read(pipe, 4096):
        pass


def warm_up() -> None:
    """Do one mail's work on a database that is thrown away, so that the forks find everything loaded."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/warm.db"
        migrate.upgrade(url)
        store = SqlStore(url, SystemClock(), AUDIT_KEY)
        desk = SqlMailDesk(store)
        raw = a_remittance()
        desk.take(Arrival(Sighting("warm", "up", 1, 1), raw, len(raw), SystemClock().now()))
        services = replace(services_on(store, SetClock()), reader=Here(), clock=SystemClock())
        Desk(services)
        Intake(services, desk, MailSettings()).step()
        store.close()


def main() -> None:
    """Kill `kills` times, then run the last one until told to stop."""
    orders = json.loads(sys.stdin.readline())
    settings = MailSettings.model_validate(orders["settings"])
    warm_up()
    dice = random.Random(orders["seed"])  # noqa: S311  Repeatable on purpose.
    for _ in range(orders["kills"]):
        pid, pipe = fork(orders["url"], settings)
        # Most are killed in the middle of their work, some while they still start.
        select.select([pipe], [], [], 10 if dice.random() < 0.8 else dice.uniform(0, 0.5))
        time.sleep(dice.uniform(0, orders["busy_s"]))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(pipe)
    print("killed", flush=True)  # noqa: T201  The test waits for this line.
    pid, pipe = fork(orders["url"], settings)
    threading.Thread(target=drain, args=(pipe,), daemon=True).start()
    sys.stdin.readline()
    os.kill(pid, signal.SIGTERM)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
