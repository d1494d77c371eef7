"""Bring a database to the present schema, safely.

On SQLite a changed table is copied and the old one dropped; with foreign keys enforced that would delete the children too, so
migrations run with them off and are checked afterwards. A copy of the database file is made first.
"""

import sqlite3
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url

from core.domain.errors import Misconfigured
from core.store.revisions import VERSIONS, newest, present

_HERE: Final = VERSIONS.parent


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config


def upgrade(url: str) -> bool:
    """Migrate to the newest revision; True if anything was done. Running it twice, or in two processes, is harmless."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    if present(url) == newest():
        return False
    if parsed.get_backend_name() == "sqlite" and parsed.database and present(url):
        _copy_aside(Path(parsed.database))
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.commit()
            else:
                # Two processes that start together must not migrate at the same time.
                connection.exec_driver_sql("SELECT pg_advisory_lock(7466)")
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise Misconfigured("The migration left rows without their parents; restore the copy.", setting="database_url")
    finally:
        engine.dispose()
    return True


def revisions_known() -> list[str]:
    """Every revision of this version of the code, the newest first, as Alembic orders them."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def is_known(revision: str) -> bool:
    """Whether this version of the code has that revision."""
    return revision in revisions_known()


def build(connection: Connection, revision: str) -> None:
    """Make an empty database of some revision, in the transaction that the connection is in."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _copy_aside(database: Path) -> None:
    """A consistent copy beside the database, made with SQLite's own backup call."""
    target = database.with_suffix(f".before-{newest()}{database.suffix}")
    with sqlite3.connect(database) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()
