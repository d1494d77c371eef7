"""Runs processes of Tieout side by side, kills them with SIGKILL again and again, and then lets them run to their end.

A program of its own, because it forks: modules are loaded once, and each fork is a process that starts at once, with its own
connections. It reads its orders as a line of JSON from stdin, kills once for each further line and prints one when it has, and
lets the processes run until stdin ends. Its status is 0 if none of them ended unasked and all ended well when asked.

Time is no measure of work on a busy machine. A process says on a pipe whenever it is about to write to the database, and is
killed after a random number of such transactions and a random blink; some are killed while they still start.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import make_url

from bot.__main__ import Bot
from core.app.outbox import Relay
from core.app.services import Services
from core.app.showing import payment_view
from core.app.sync_ledger import rematch_if_wanted
from core.bootstrap import SystemClock, file_ledger
from core.clock.__main__ import daily_jobs
from core.clock.process import INBOX, ClockProcess
from core.domain.ids import PaymentId
from core.domain.keeping import EffectKind, OutboxItem, SubjectKind
from core.domain.mails import Arrival, Sighting
from core.mail_settings import MailSettings
from core.read.ledger_files import StrictTables
from core.settings import Settings
from core.signals import stopping
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore, SqlUnitOfWork
from mail.envelope import parse_json
from mail.intake import Intake
from mail.process import MailProcess
from tests.databases import AUDIT_KEY, SetClock
from tests.scenarios.mail_world import a_remittance
from tests.service import Desk, InProcess, services_on

ROOT: Final = Path(__file__).parents[2]
# How long a process may take to begin its work, and how long it may do nothing before it is killed all the same.
START_S: Final = 60.0
IDLE_S: Final = 0.7
BLINK_S: Final = 0.03


class Here(InProcess):
    """Reads in this process: a fork that lives for half a second has no time for a sandbox of its own."""

    def call(self, task: str, payload: bytes) -> object:
        assert task == "mail.envelope:parse_json"
        return parse_json(payload)


class Telling(SqlStore):
    """A store that says on a pipe, once it has one, when a transaction that may change things is about to begin."""

    pipe = -1

    def __init__(self, url: str) -> None:
        super().__init__(url, SystemClock(), AUDIT_KEY)

    def turn_to(self, url: str) -> None:
        """Connect to another database of the same kind from now on, and keep what SQLAlchemy compiled."""
        self.close()
        self.url = url
        there = self._reader.dialect.create_connect_args(make_url(url))

        def elsewhere(_dialect: object, _record: object, arguments: list[Any], named: dict[str, Any]) -> None:
            arguments[:] = there[0]
            named.update(there[1])

        event.listen(self._reader, "do_connect", elsewhere)

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        # A full pipe says enough.
        if self.pipe >= 0:
            with suppress(BlockingIOError):
                os.write(self.pipe, b".")
        with super().write() as unit:
            yield unit


def services_of(store: SqlStore, settings: Settings) -> Services:
    ledger = file_ledger(settings)
    return replace(
        services_on(store, SetClock(), settings.cards_per_import),
        clock=SystemClock(),
        reader=Here(),
        ledger=ledger,
        answers=ledger,
        tables=StrictTables(),
    )


ASKED_TO_END = {signal.SIGTERM}


def live(name: str, settings: Settings, store: Telling) -> int:
    """All that a fork does: be the process of this name in the Procfile until it is asked to end."""
    services = services_of(store, settings)
    try:
        with stopping() as stop:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_END)
            match name:
                case "clock":
                    return ClockProcess(services, settings, daily_jobs(settings, services)).run(stop)
                case "mail":
                    return MailProcess(services, SqlMailDesk(store), settings.mail).run(stop)
                case _:
                    bot = Bot(services, settings)
                    bot.start()
                    stop.wait()
                    bot.stop()
                    return 0
    finally:
        store.close()


@dataclass
class Life:
    """A running fork, and the pipe on which it says that it is busy."""

    name: str
    pid: int
    pipe: int
    begun: bool = False

    @classmethod
    def begin(cls, name: str, settings: Settings, store: Telling) -> "Life":
        ours, theirs = os.pipe()
        # Asked to end before it can listen, a process would just be gone; here it hears of it a moment later.
        signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_TO_END)
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_END)
            os.close(theirs)
            return cls(name, pid, ours)
        status = 1
        try:
            os.close(ours)
            os.set_blocking(theirs, False)
            store.pipe = theirs
            status = live(name, settings, store)
        except BaseException:  # noqa: BLE001  Nothing may get back into the program that was forked.
            traceback.print_exc()
        finally:
            os._exit(status)

    def wait_busy(self, writes: int) -> None:
        """Until it began so many transactions since we looked last, or has nothing more to do."""
        while writes > 0 and self._is_busy() and (said := os.read(self.pipe, writes)):
            writes -= len(said)
            self.begun = True

    def _is_busy(self) -> bool:
        return bool(select.select([self.pipe], [], [], IDLE_S if self.begun else START_S)[0])

    def kill(self) -> None:
        if os.waitpid(self.pid, os.WNOHANG) != (0, 0):
            raise SystemExit(f"{self.name} ended by itself")
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)

    def end(self) -> int:
        os.kill(self.pid, signal.SIGTERM)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def warm_up(store: Telling) -> None:
    """Take a mail and a bank file, and perform what that asks for, so that forks find everything loaded and compiled."""
    services = replace(services_on(store, SetClock()), reader=Here(), clock=SystemClock())
    Desk(services).bank(("D1", "1.00", "NOBODY", ""), ("D2", "2.00", "NORTHWIND LTD", "ON ACCOUNT"))
    raw, mails = a_remittance(), SqlMailDesk(store)
    mails.take(Arrival(Sighting("warm", "up", 1, 1), raw, len(raw), SystemClock().now()))
    Intake(services, mails, MailSettings()).step()

    def shown(item: OutboxItem) -> str:
        with store.read() as unit:
            unit.cards.place(item.effect.subject)
            if item.effect.subject.kind is SubjectKind.PAYMENT:
                payment_view(unit, PaymentId(item.effect.subject.id), UTC)
        return "warm"

    relay = Relay(store, SystemClock(), dict.fromkeys(EffectKind, shown), "warm")
    relay.run_once()
    relay.run_now()
    rematch_if_wanted(services, INBOX)


def main() -> int:
    orders = json.loads(sys.stdin.readline())
    settings = Settings(_env_file=None, **orders["settings"])
    # On a database of the same kind, which nobody looks at again.
    store = Telling(orders["warm"])
    warm_up(store)
    store.turn_to(settings.database)
    dice = random.Random(orders["seed"])  # noqa: S311  Repeatable on purpose.
    lives = {name: Life.begin(name, settings, store) for name in orders["names"]}
    try:
        for _ in sys.stdin:
            life = lives[dice.choice(orders["names"])]
            life.wait_busy(dice.randint(1, orders["writes"]) if dice.random() < 0.8 else 0)
            time.sleep(dice.uniform(0, BLINK_S))
            life.kill()
            lives[life.name] = Life.begin(life.name, settings, store)
            print("killed", life.name, flush=True)  # noqa: T201  The test waits for these lines.
        return max(abs(life.end()) for life in lives.values())
    except BaseException:
        # A test that gave up included: nobody is left over.
        for life in lives.values():
            with suppress(ProcessLookupError):
                os.kill(life.pid, signal.SIGKILL)
        raise


@dataclass(frozen=True)
class Killer:
    """The program above, from the side of a test."""

    program: subprocess.Popen[str]

    def kills(self, times: int) -> Iterator[int]:
        """Kill so many times. What the test does in each turn happens while the next kill comes nearer."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        for number in range(times):
            self.program.stdin.write("kill\n")
            self.program.stdin.flush()
            yield number
            assert self.program.stdout.readline().startswith("killed"), "the killer ended by itself"

    def end(self) -> int:
        """Ask all processes to end; 0 if they ended well and none did before."""
        self.program.communicate(timeout=120)
        return self.program.returncode


@contextmanager
def killing(names: Sequence[str], settings: dict[str, Any], writes: int, seed: int, warm: str) -> Iterator[Killer]:
    """The processes of these names; whom a kill hits may begin at most so many transactions before.

    `warm` is the URL of a fresh database of the same kind. What they print goes where the test's own output goes.
    """
    command = [sys.executable, "-m", "tests.scenarios.killer"]
    program = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert program.stdin is not None
        orders = {"names": list(names), "settings": settings, "writes": writes, "seed": seed, "warm": warm}
        program.stdin.write(json.dumps(orders, default=str) + "\n")
        program.stdin.flush()
        yield Killer(program)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


if __name__ == "__main__":
    sys.exit(main())
