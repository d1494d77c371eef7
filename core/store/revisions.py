"""Which schema a database is at, and which one this version of the code wants: what every process asks before it begins.

Alembic, which brings a database from one to the other, takes longer to load than this takes to answer, and so do its
revisions; they are named by number, which `tests/unit/store` holds against what Alembic makes of them.
"""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, inspect

from core.domain.errors import Misconfigured

VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
_TABLE: Final = "alembic_version"


@cache
def newest() -> str:
    """The revision that this version of the code wants."""
    return max((file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*_*.py")), default="")


def present(url: str) -> str:
    """The revision that the database is at; empty for a new one."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(_TABLE):
                return ""
            return connection.exec_driver_sql(f"SELECT version_num FROM {_TABLE}").scalar() or ""  # noqa: S608  Our own table.
    finally:
        engine.dispose()


def require_present(url: str) -> None:
    """`Misconfigured` with the command to run when the database is not at the revision that the code wants."""
    if present(url) != newest():
        raise Misconfigured(
            "The database is not at the schema of this version. Run “tieout migrate” first.", setting="database_url"
        )
