"""Put a backup in place of the database: checked before, and nothing changed unless all of it holds.

SQLite: the copy is proved beside the database and then taken over page by page under the database's own lock. PostgreSQL:
schema, rows and proofs are one transaction. Whoever else is connected sees the old database or the new one.
"""

import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from core.domain.errors import Malformed, Misconfigured, Refused
from core.store import audit, migrate
from core.store.backup import (
    REVISIONS,
    SQLITE_MEMBER,
    Manifest,
    driver_of,
    member_of,
    opened,
    path_of,
    quoted,
    reflected,
    scratch,
)
from core.store.tables import METADATA

_FEW: Final = 3
_PIECE: Final = 1 << 20


def restore(url: str, file: Path, key: bytes | None, *, replace: bool, now: datetime) -> Manifest:
    """Restore and bring to the newest schema. `key` proves the audit chain; None gives that proof up knowingly."""
    with opened(file) as (archive, manifest):
        kind = "sqlite" if url.startswith("sqlite") else "postgresql"
        if manifest.database != kind:
            raise Refused(f"This is a backup of {manifest.database}, and the settings name a {kind} database.")
        if not migrate.is_known(manifest.revision):
            raise Refused(f"This backup has the schema {manifest.revision}, which this version does not know. Update first.")
        if not replace and not is_empty(url):
            raise Refused("There is data in the database already. Say --replace to put the backup in its place.")
        (_into_sqlite if kind == "sqlite" else _into_postgres)(url, archive, manifest, key, now)
    migrate.upgrade(url)
    return manifest


def is_empty(url: str) -> bool:
    """Whether no table of ours holds a row. A file that is no database is not empty: somebody should look at it."""
    if url.startswith("sqlite") and not path_of(url).exists():
        return True
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return not any(_rows(connection).values())
    except DatabaseError:
        return False
    finally:
        engine.dispose()


def _ours(connection: Connection) -> list[str]:
    return [name for name in inspect(connection).get_table_names() if name in METADATA.tables]


def _rows(connection: Connection) -> dict[str, int]:
    return {
        name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())  # noqa: S608  Our own names.
        for name in _ours(connection)
    }


def _prove(connection: Connection, manifest: Manifest, key: bytes | None) -> None:
    """Counts and audit chain of what was restored; `Malformed` says what does not hold."""
    found = _rows(connection)
    wrong = [name for name, count in manifest.rows.items() if found.get(name) != count]
    if wrong:
        raise Malformed(f"The backup is damaged: {wrong[0]} does not hold the rows that it should.", where=wrong[0])
    if key is None:
        return
    with Session(connection, join_transaction_mode="rollback_only") as session:
        problems = list(islice(audit.verify(session, key), _FEW))
    if problems:
        raise Malformed(
            f"The audit log in the backup does not hold: {' '.join(problems)} If this installation has another audit key than "
            "the one that the backup was made under, put that key in place first.",
            where="audit_event",
        )


def _into_sqlite(url: str, archive: zipfile.ZipFile, manifest: Manifest, key: bytes | None, now: datetime) -> None:
    target = path_of(url)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scratch(target.parent) as folder:
        copy = folder / SQLITE_MEMBER
        with archive.open(SQLITE_MEMBER) as data, copy.open("wb") as out:
            shutil.copyfileobj(data, out, _PIECE)
        engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
        try:
            with engine.connect() as connection:
                if connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() != "ok":
                    raise Malformed("The backup is damaged: SQLite finds broken pages in it.", where=SQLITE_MEMBER)
                _prove(connection, manifest, key)
        finally:
            engine.dispose()
        if not target.exists():
            target.touch(mode=0o600)
        try:
            _take_over(copy, target)
        except sqlite3.DatabaseError:
            # What is there is no database any more. It is kept for whoever wants to look at it.
            for leftover in _files_of(target):
                leftover.rename(leftover.with_name(f"{leftover.name}.broken-{now:%Y%m%dT%H%M%SZ}"))
            target.touch(mode=0o600)
            _take_over(copy, target)


def _take_over(copy: Path, target: Path) -> None:
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(target, timeout=20)) as database:
        source.backup(database)


def _files_of(database: Path) -> Iterator[Path]:
    for suffix in ("", "-wal", "-shm"):
        file = database.with_name(database.name + suffix)
        if file.exists():
            yield file


def _into_postgres(url: str, archive: zipfile.ZipFile, manifest: Manifest, key: bytes | None, _now: datetime) -> None:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection, connection.begin():
            found = reflected(connection)
            named = {*METADATA.tables, *manifest.rows, REVISIONS}
            found.drop_all(connection, tables=[table for table in found.sorted_tables if table.name in named])
            connection.exec_driver_sql("DROP FUNCTION IF EXISTS audit_event_append_only")
            migrate.build(connection, manifest.revision)
            for table in reflected(connection).sorted_tables:
                if table.name in manifest.columns:
                    _fill(connection, table.name, manifest.columns[table.name], archive)
            _count_on(connection)
            _prove(connection, manifest, key)
    except DatabaseError as error:
        raise Misconfigured(
            f"The database refused the backup, and nothing was changed: {str(error.orig).splitlines()[0]}.",
            setting="database_url",
        ) from error
    finally:
        engine.dispose()


def _fill(connection: Connection, table: str, columns: list[str], archive: zipfile.ZipFile) -> None:
    command = f"COPY {quoted(table, columns)} FROM STDIN"
    with archive.open(member_of(table)) as data, driver_of(connection).cursor() as cursor, cursor.copy(command) as copy:
        while piece := data.read(_PIECE):
            copy.write(piece)


def _count_on(connection: Connection) -> None:
    """Sequences go on after the highest number that was restored."""
    numbered = connection.exec_driver_sql(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%%'"
    ).fetchall()
    for table, column in numbered:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "  # noqa: S608  Names of our own tables.
            f'(SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}"), false)'
        )
