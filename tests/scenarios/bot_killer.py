"""Runs the bot process again and again and kills it with SIGKILL at random moments; then lets it run to the end.

A program of its own, because it forks: the modules are loaded once, and each fork is a bot that starts at once, with its own
connections. `python -m tests.scenarios.bot_killer` reads its orders as a line of JSON from stdin and runs until stdin ends.
"""

import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bot.__main__ import Bot
from core.bootstrap import SystemClock
from core.settings import Settings
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock
from tests.service import services_on


def serve(url: str, values: dict[str, Any]) -> int:
    """The bot itself."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = SqlStore(url, SystemClock(), AUDIT_KEY)
    settings = Settings(_env_file=None, data_dir=Path(tempfile.mkdtemp()), **values)
    bot = Bot(services_on(store, SetClock()), settings)
    bot.start()
    stop.wait()
    bot.stop()
    store.close()
    return 0


def fork(url: str, values: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        os._exit(serve(url, values))
    return child


def main() -> int:
    orders = json.loads(sys.stdin.readline())
    dice = random.Random(orders["seed"])  # noqa: S311
    for _ in range(orders["kills"]):
        child = fork(orders["url"], orders["settings"])
        time.sleep(dice.uniform(0.3, orders["busy_s"]))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    sys.stdout.write("killed\n")
    sys.stdout.flush()
    child = fork(orders["url"], orders["settings"])
    sys.stdin.readline()
    os.kill(child, signal.SIGTERM)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
