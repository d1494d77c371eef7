"""Runs the mail process again and again and kills it with SIGKILL at random moments; then lets it run to the end.

A program of its own, because it forks: the modules are loaded once, and each fork is a mail process that starts at once, with
its own connections. `python -m tests.scenarios.mail_killer` reads its orders as JSON from stdin and runs until stdin ends.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from dataclasses import replace

from core.bootstrap import SystemClock
from core.domain.readings import Reading
from core.mail_settings import MailSettings
from core.read.documents import read_document
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from mail.envelope import parse_json
from mail.process import MailProcess
from tests.databases import AUDIT_KEY, SetClock
from tests.service import services_on


class Here:
    """Reads in this process: a fork that lives for half a second has no time for a sandbox of its own."""

    def read(self, name: str, data: bytes) -> Reading:
        return read_document(name, data)

    def call(self, task: str, payload: bytes) -> object:
        assert task == "mail.envelope:parse_json"
        return parse_json(payload)


def serve(url: str, settings: MailSettings, stop: threading.Event) -> int:
    """The mail process itself."""
    store = SqlStore(url, SystemClock(), AUDIT_KEY)
    services = replace(services_on(store, SetClock()), reader=Here(), clock=SystemClock())
    try:
        return MailProcess(services, SqlMailDesk(store), settings).run(stop)
    finally:
        store.close()


def fork(url: str, settings: MailSettings) -> int:
    """A mail process; its pid."""
    pid = os.fork()
    if pid:
        return pid
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    os._exit(serve(url, settings, stop))


def main() -> None:
    """Kill `kills` times, then run the last one until told to stop."""
    orders = json.loads(sys.stdin.readline())
    settings = MailSettings.model_validate(orders["settings"])
    dice = random.Random(orders["seed"])  # noqa: S311  Repeatable on purpose.
    for _ in range(orders["kills"]):
        pid = fork(orders["url"], settings)
        time.sleep(dice.uniform(*orders["between_s"]))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    print("killed", flush=True)  # noqa: T201  The test waits for this line.
    pid = fork(orders["url"], settings)
    sys.stdin.readline()
    os.kill(pid, signal.SIGTERM)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
