"""A whole installation as child processes, against stand-ins and a real database: for end-to-end stories, kills and benches.

Each process starts as `Procfile` says, with settings from its environment only; what it prints goes to a file beside its data.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from core.bootstrap import SystemClock
from core.domain.actors import Person, Role
from core.domain.ids import PersonId
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY
from tests.sandbox.slack.model import TEAM_ID
from tests.sandbox.slack.testing import SlackDriver

ROOT = Path(__file__).parents[1]
CHANNEL = "C0CASHAPP1"
COMMANDS = {
    "web": ("-m", "bot.http"),
    "bot": ("-m", "bot"),
    "mail": ("-m", "mail"),
    "clock": ("-m", "core.clock"),
    "portal": ("-m", "portal"),
}
INES = Person(
    PersonId("U-1"), "Ines (receivables)", "ines@sandbox.example", frozenset({Role.CASH_POSTER}), "U0INES0001", TEAM_ID
)
Found = TypeVar("Found")


@dataclass
class Installation:
    """Where everything is; `start` and `kill` work on one process by its name in the Procfile."""

    folder: Path
    database_url: str
    slack: SlackDriver
    more: dict[str, str] = field(default_factory=dict)
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.store = SqlStore(self.database_url, SystemClock(), AUDIT_KEY)
        with self.store.write() as unit:
            unit.people.put(INES)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def outgoing(self) -> Path:
        return self.folder / "erp" / "outgoing"

    def environment(self) -> dict[str, str]:
        config = self.slack.config
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")},
            "TIEOUT_DATA_DIR": str(self.folder),
            "TIEOUT_DATABASE_URL": self.database_url,
            "TIEOUT_AUDIT_KEY": AUDIT_KEY.decode(),
            "TIEOUT_INBOX_DIR": str(self.inbox),
            "TIEOUT_ERP_DIR": str(self.folder / "erp"),
            "TIEOUT_SLACK_BASE_URL": self.slack.api_url,
            "TIEOUT_SLACK_BOT_TOKEN": config.bot_token,
            "TIEOUT_SLACK_APP_TOKEN": config.app_token,
            "TIEOUT_SLACK_SIGNING_SECRET": config.signing_secret,
            "TIEOUT_SLACK_PAYMENTS_CHANNEL": CHANNEL,
            "TIEOUT_LOG_LEVEL": "WARNING",
            "TIEOUT_WEB_PORT": "0",
            **self.more,
        }

    def begin(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """The command, as an operator starts it; `more` are settings of this one run."""
        command = [sys.executable, "-c", "import sys; from core.cli import main; sys.exit(main())", *words]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**self.environment(), **more},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, typed: str = "") -> tuple[int, str]:
        """The command to its end: its status and what it said. What would be typed comes from a pipe."""
        running = self.begin(*words)
        said, _ = running.communicate(typed, timeout=300)
        return running.returncode, said

    def start(self, *names: str) -> None:
        """Start processes that are not running."""
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.children[name] = subprocess.Popen(
                    [sys.executable, *COMMANDS[name]],
                    cwd=ROOT,
                    env=self.environment(),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )

    def kill(self, name: str) -> None:
        """SIGKILL, to the process and whatever it started."""
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def stop(self) -> None:
        """Ask all to end; who does not is killed."""
        for child in self.children.values():
            child.send_signal(signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.children.clear()
        self.store.close()

    def drop(self, name: str, data: bytes) -> None:
        """A file in the inbox, whole at once."""
        hidden = self.inbox / f".{name}.part"
        hidden.write_bytes(data)
        hidden.rename(self.inbox / name)

    def wait_taken(self, name: str) -> None:
        """Until a dropped file has left the inbox."""
        self.wait_for(lambda: not (self.inbox / name).exists(), f"{name} to be taken")

    def log(self, name: str) -> str:
        """What a process printed."""
        file = self.folder / f"{name}.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def wait_for(self, condition: Callable[[], Found], what: str, seconds: float = 60.0) -> Found:
        """Until the condition is true; the logs of all processes when it does not become so."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = condition()
            if found:
                return found
            dead = [name for name, child in self.children.items() if child.poll() is not None]
            if dead:
                raise AssertionError(f"{dead[0]} ended while waiting for {what}:\n{self.log(dead[0])[-4000:]}")
            time.sleep(0.05)
        logs = "\n".join(f"--- {name}\n{self.log(name)[-1500:]}" for name in self.children)
        raise AssertionError(f"{what} did not come within {seconds:.0f} s\n{logs}")


@contextmanager
def installed(folder: Path, database_url: str, slack: SlackDriver, **more: str) -> Iterator[Installation]:
    """An installation whose processes are gone afterwards, however the test ends."""
    installation = Installation(folder, database_url, slack, more)
    try:
        yield installation
    finally:
        installation.stop()
