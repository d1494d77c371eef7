"""Crashes on purpose: the power goes off before the k-th thing that reaches the disk or the database.

`PowerCut` is no `Exception`, so that no handler of ours can catch it, as none could catch the real one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

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


class FaultyDisk(Disk):
    """A real disk that loses its power."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def step(self, operation: str, path: Path) -> None:
        self._fault.step(f"{operation} {path.name}")


class Watch:
    """Counts every statement and every commit of a store into `fault`, which may be changed between two runs."""

    def __init__(self, store: SqlStore) -> None:
        self.fault = Fault(0)
        for engine in {id(engine): engine for engine in (store._writer, store._reader)}.values():
            event.listen(engine, "before_cursor_execute", self._before_statement)
            event.listen(engine, "commit", self._before_commit)

    def _before_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.fault.step(statement.split("(", maxsplit=1)[0][:60])

    def _before_commit(self, _connection: Any) -> None:
        self.fault.step("COMMIT")
