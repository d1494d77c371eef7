"""Backups: one file that holds everything in the database, and says by hash and count what it holds.

SQLite is copied with its own backup call, PostgreSQL by COPY in one snapshot; both while Tieout runs. The file is a ZIP archive
with a manifest, readable by its owner only. The key of the audit chain is not in it: a stolen backup alone forges no log.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.engine import make_url

from core.domain.errors import Malformed, Misconfigured, NotFound, Refused
from core.store import revisions

SUFFIX: Final = ".tieout-backup"
MANIFEST: Final = "manifest.json"
SQLITE_MEMBER: Final = "tieout.db"
REVISIONS: Final = "alembic_version"
_FORMAT: Final = 1
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: `rows` by table, `sha256` by member of the archive, `columns` of each copied table."""

    database: str
    revision: str
    made_at: str
    rows: Mapping[str, int]
    sha256: Mapping[str, str]
    columns: Mapping[str, list[str]] = field(default_factory=dict)
    format: int = _FORMAT

    @property
    def total(self) -> int:
        """Rows altogether."""
        return sum(self.rows.values())


def back_up(url: str, file: Path, now: datetime) -> Manifest:
    """Write a backup; `file` appears whole or not at all. `Refused` when it exists."""
    if file.exists():
        raise Refused(f"{file} exists already; a backup never overwrites anything.")
    if (_is_sqlite(url) and not path_of(url).exists()) or not revisions.present(url):
        raise Misconfigured("There is no database to back up. Run “tieout migrate” first.", setting="database_url")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f".{file.name}.part")
    try:
        with _private(part) as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = (_from_sqlite if _is_sqlite(url) else _from_postgres)(url, archive, now)
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def name_of(now: datetime) -> str:
    """The name of a backup that was given none; names sort by time."""
    return f"tieout-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups that were named by us; the ones that are gone."""
    ours = sorted(folder.glob(f"tieout-*{SUFFIX}"))
    gone = ours[: max(0, len(ours) - keep)] if keep > 0 else []
    for file in gone:
        file.unlink()
    return gone


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup whose every byte was checked against its manifest; `Malformed` with what is wrong."""
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            manifest = Manifest(**json.loads(archive.read(MANIFEST)))
            for member, expected in manifest.sha256.items():
                with archive.open(member) as data:
                    if _digest(data) != expected:
                        raise Malformed(f"The backup is damaged: {member} is not what its manifest says.", where=member)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
            raise Malformed(f"{file} is not a whole backup of Tieout.", where=str(file)) from error
        yield archive, manifest


def path_of(url: str) -> Path:
    """The file of an SQLite database."""
    return Path(make_url(url).database or "")


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A folder that only we may enter, on the same disk, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".tieout-") as folder:
        yield Path(folder)


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner may read, from its first byte on."""
    with suppress(FileNotFoundError):
        path.unlink()
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        yield out


def _digest(data: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := data.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _from_sqlite(url: str, archive: zipfile.ZipFile, now: datetime) -> Manifest:
    with scratch(Path(archive.filename or ".").parent) as folder:
        copy = folder / SQLITE_MEMBER
        with closing(sqlite3.connect(path_of(url), timeout=20)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            rows = {
                name: target.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  Names of our own tables.
                for (name,) in target.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                )
            }
        revision = revisions.present(f"sqlite:///{copy}")
        with copy.open("rb") as data:
            sha256 = _digest(data)
        archive.write(copy, SQLITE_MEMBER)
    rows.pop(REVISIONS, None)
    return Manifest("sqlite", revision, now.isoformat(), rows, {SQLITE_MEMBER: sha256})


def _from_postgres(url: str, archive: zipfile.ZipFile, now: datetime) -> Manifest:
    """All tables as they were at one moment: a snapshot that nobody's later commit can enter."""
    rows: dict[str, int] = {}
    sha256: dict[str, str] = {}
    columns: dict[str, list[str]] = {}
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            revision = str(connection.exec_driver_sql(f"SELECT version_num FROM {REVISIONS}").scalar_one())  # noqa: S608
            for table in reflected(connection).sorted_tables:
                if table.name == REVISIONS:
                    continue
                columns[table.name] = [column.name for column in table.columns]
                member = member_of(table.name)
                with archive.open(member, "w", force_zip64=True) as out:
                    rows[table.name], sha256[member] = _copied(connection, table.name, columns[table.name], out)
    finally:
        engine.dispose()
    return Manifest("postgresql", revision, now.isoformat(), rows, sha256, columns)


def _copied(connection: Connection, table: str, columns: list[str], out: IO[bytes]) -> tuple[int, str]:
    digest = hashlib.sha256()
    with driver_of(connection).cursor() as cursor:
        with cursor.copy(f"COPY {quoted(table, columns)} TO STDOUT") as copy:
            for piece in copy:
                out.write(piece)
                digest.update(piece)
        return cursor.rowcount, digest.hexdigest()


def member_of(table: str) -> str:
    """Where a table is in the archive."""
    return f"tables/{table}.copy"


def quoted(table: str, columns: list[str]) -> str:
    """`"table" ("column", …)`; the names are those of our own schema."""
    names = ", ".join(f'"{name}"' for name in columns)
    return f'"{table}" ({names})'


def reflected(connection: Connection) -> MetaData:
    """The tables that are there, parents before children."""
    found = MetaData()
    found.reflect(connection)
    return found


def driver_of(connection: Connection) -> Any:
    """The driver's own connection, for COPY; it shares the transaction."""
    return connection.connection.driver_connection
