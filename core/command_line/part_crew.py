"""Who does the work of the parts: processes of this machine, or workers of a Dask cluster on as many machines as it has.

The same `PartHost` runs in both; it needs the store's file, which on several machines has to be in a folder that all can read.
"""

import gc
import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Protocol

from core.command_line.helpers import ENDED, Helpers, helped
from core.command_line.ledger_look_ups import LedgerReader
from core.command_line.part_work import Part
from core.domain.errors import Misconfigured, ProjectError, Unavailable
from core.domain.policy import MatchPolicy

_PATIENCE_S: Final = 10.0
_INSTALL: Final = "python -m pip install 'tieout[cluster]'"


class Crew(Protocol):
    """Calls a method of every part, each with arguments of its own; answers come in the order of the parts."""

    def call(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """See above."""


class PartHost:
    """The parts that one process works on, with one reader of the store."""

    def __init__(self, store: str, policy: MatchPolicy, memory: str) -> None:
        self._reader = LedgerReader(Path(store), threads=1, memory=memory)
        self._policy = policy
        self._parts: dict[int, Part] = {}

    def call(self, part: int, method: str, arguments: tuple[Any, ...]) -> Any:
        """One call of one part."""
        if part not in self._parts:
            self._parts[part] = Part(self._reader, self._policy)
        return getattr(self._parts[part], method)(*arguments)

    def close(self) -> None:
        """Nothing more is asked."""
        self._parts.clear()
        self._reader.close()


class Processes:
    """Parts spread over processes of this machine."""

    def __init__(self, helpers: Helpers) -> None:
        self._ends = helpers.ends
        self.processes = [process.pid for process in helpers.processes]

    def call(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """See `Crew`."""
        answers: list[Any] = [None] * len(arguments)

        def work(place: int) -> None:
            end = self._ends[place]
            for part in range(place, len(arguments), len(self._ends)):
                end.send((part, method, arguments[part]))
                answer = end.recv()
                if isinstance(answer, Exception):
                    raise answer
                answers[part] = answer

        with ThreadPoolExecutor(len(self._ends)) as pool:
            for done in [pool.submit(work, place) for place in range(len(self._ends))]:
                done.result()
        return answers


@contextmanager
def processes(count: int, store: Path, policy: MatchPolicy, memory: str) -> Iterator[Processes]:
    """So many processes, ended when this one is done with them, however that was."""
    with helped(multiprocessing.get_context("spawn")) as helpers:
        for _ in range(count):
            helpers.start(_host, lambda end: (end, str(store), policy, memory))
        yield Processes(helpers)


def _host(end: Connection, store: str, policy: MatchPolicy, memory: str) -> None:
    """What a process does, from its beginning to its end."""
    # Whoever interrupts the command means the first process, which ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    host = PartHost(store, policy, memory)
    try:
        while True:
            part, method, arguments = end.recv()
            gc.unfreeze()
            try:
                answer = host.call(part, method, arguments)
            except ProjectError as error:
                answer = error
            # Records that stay for a while: looking for garbage among them again and again finds nothing.
            gc.freeze()
            end.send(answer)
    except (EOFError, ConnectionError):
        # The first process is done, or gone.
        gc.unfreeze()
        host.close()


class _Actors:
    """Parts spread over the workers of a cluster."""

    def __init__(self, actors: Sequence[Any]) -> None:
        self._actors = actors

    def call(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """See `Crew`."""
        actors = self._actors
        try:
            asked = [actors[part % len(actors)].call(part, method, given) for part, given in enumerate(arguments)]
            return [each.result() for each in asked]
        except (RuntimeError, OSError) as error:
            # What Dask says when a worker, or the way to it, is lost.
            raise Unavailable(ENDED) from error


@contextmanager
def cluster(address: str, store: Path, policy: MatchPolicy, memory: str) -> Iterator[Crew]:
    """All workers of the cluster whose scheduler is at this address; `Misconfigured` where there is none, or no Dask."""
    try:
        from distributed import Client
    except ImportError as error:
        raise Misconfigured(f"A cluster needs Dask, which is not installed: {_INSTALL}", setting="--cluster") from error
    try:
        client = Client(address, timeout=_PATIENCE_S)
    except OSError as error:
        raise Misconfigured(f"No scheduler of Dask answers at {address}.", setting="--cluster") from error
    with client:
        workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise Misconfigured(f"The cluster at {address} has no workers.", setting="--cluster")
        made = [
            client.submit(PartHost, str(store.resolve()), policy, memory, actor=True, workers=[worker], pure=False)
            for worker in workers
        ]
        yield _Actors([each.result() for each in made])
