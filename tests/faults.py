"""Crashes on purpose: the power goes off before the k-th thing that reaches the disk or the database.

`PowerCut` is no `Exception`, so that no handler of ours can catch it, as none could catch the real one. `Keeping` lets the
story go on and keeps what would be left instead: the worlds after a hundred crashes, from one run.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, delete, event, insert, select

from core.erp.files.disk import Disk
from core.store.unit_of_work import SqlStore


class PowerCut(BaseException):
    """The process is gone."""


class Fault:
    """Counts operations; the one with number `at` does not happen any more. With 0 nothing ever fails."""

    def __init__(self, at: int, cut: Callable[[str], None] | None = None) -> None:
        self.at = at
        self.seen: list[str] = []
        self.fired = False
        self._cut = cut

    def step(self, what: str) -> None:
        if self.fired:
            # What still runs while the stack unwinds would not run in a dead process; it changes nothing that lasts.
            return
        self.seen.append(what)
        if len(self.seen) == self.at:
            self.fired = True
            if self._cut is not None:
                self._cut(what)
            raise PowerCut(what)


COMMIT = "COMMIT"
Rows = tuple[tuple[tuple[Any, ...], ...], ...]
Files = tuple[tuple[str, bytes | None], ...]
World = tuple[Rows, Files]
"""What lasts: the committed rows of each table, and the files with their content (None: a folder)."""


class Keeping(Fault):
    """Nothing fails; before each operation, what would be left without it is kept."""

    def __init__(self, lasting: "Lasting") -> None:
        super().__init__(0)
        self.left: list[World] = []
        self._lasting = lasting

    def step(self, what: str) -> None:
        # Only a commit changes what others see of the database, so it is read again after each, and at the beginning.
        anew = not self.left or self.seen[-1] == COMMIT
        super().step(what)
        self.left.append((self._lasting.rows() if anew else self.left[-1][0], self._lasting.files()))


class Lasting:
    """A database and a folder, looked at and put back from outside."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._metadata = MetaData()
        self._metadata.reflect(engine)

    def rows(self) -> Rows:
        with self._engine.connect() as connection:
            return tuple(tuple(sorted(map(tuple, connection.execute(select(each))), key=repr)) for each in self._tables())

    def files(self) -> Files:
        paths = sorted(self._folder.rglob("*"))
        return tuple((str(path.relative_to(self._folder)), None if path.is_dir() else path.read_bytes()) for path in paths)

    def put_back(self, world: World) -> None:
        """Make it as it was."""
        tables, files = world
        now = self.rows()
        changed = [place for place in zip(self._tables(), tables, now, strict=True) if place[1] != place[2]]
        with self._engine.begin() as connection, _unguarded(connection):
            for table, _, present in reversed(changed):
                if present:
                    connection.execute(delete(table))
            for table, rows, _ in changed:
                if rows:
                    connection.execute(insert(table), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])
        shutil.rmtree(self._folder, ignore_errors=True)
        for name, data in files:
            if data is None:
                (self._folder / name).mkdir(parents=True)
            else:
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / name).write_bytes(data)

    def _tables(self) -> list[Table]:
        return self._metadata.sorted_tables


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Without the triggers that keep the audit log append-only, for the length of a transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield
        return
    triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


@contextmanager
def lasting(url: str, folder: Path) -> Iterator[Lasting]:
    """A connection of its own to look through, which sees what is committed and nothing else."""
    engine = create_engine(url)
    try:
        yield Lasting(engine, folder)
    finally:
        engine.dispose()


class FaultyDisk(Disk):
    """A real disk that loses its power."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def step(self, operation: str, path: Path) -> None:
        self._fault.step(f"{operation} {path.name}")


class Watch:
    """Counts every statement and every commit of a store into `fault`, which may be changed between two runs."""

    def __init__(self) -> None:
        self.fault = Fault(0)

    def before_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.fault.step(statement.split("(", maxsplit=1)[0][:60])

    def before_commit(self, _connection: Any) -> None:
        self.fault.step(COMMIT)


@contextmanager
def watched(store: SqlStore) -> Iterator[Watch]:
    """The watch over a store; other tests use its engines too, so it ends."""
    watch = Watch()
    engine = store._reader  # That of units that write is the same with an option, and tells its listeners.
    listeners = (("before_cursor_execute", watch.before_statement), ("commit", watch.before_commit))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield watch
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


@dataclass(frozen=True)
class Swept:
    """What a story did, step by step, and the different worlds that a power cut before one of them would have left."""

    seen: list[str]
    places: dict[World, list[str]]
    lasting: Lasting

    def worlds(self, times: int = 1) -> Iterator[tuple[int, str]]:
        """Put each world back so many times; yields which time it is, and the steps before which the power went off."""
        for world, before in self.places.items():
            for time in range(times):
                self.lasting.put_back(world)
                yield time, f"stopped before {', '.join(before)}"


@contextmanager
def swept(store: SqlStore, folder: Path, story: Callable[[Fault], object]) -> Iterator[Swept]:
    """Tell a story once, to its end, and keep what would be left before each of its steps."""
    with lasting(store.url, folder) as what_lasts:
        kept = Keeping(what_lasts)
        with watched(store) as power:
            power.fault = kept
            story(kept)
        places: dict[World, list[str]] = {}
        for at, (step, world) in enumerate(zip(kept.seen, kept.left, strict=True), 1):
            places.setdefault(world, []).append(f"step {at}: {step}")
        yield Swept(kept.seen, places, what_lasts)
