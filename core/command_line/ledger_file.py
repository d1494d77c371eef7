"""The file of DuckDB that holds a ledger: opened, signed with what it was made of, and known again."""

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.domain.errors import Misconfigured

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FORM: Final = 1
_NOT_OURS: Final = "{} is no ledger that --store kept, or cannot be read."
_INSTALL: Final = "python -m pip install 'tieout[partitions]'"


def connect(path: Path, *, threads: int, memory: str, read_only: bool) -> "DuckDBPyConnection":
    """Open the file; `Misconfigured` with the command that installs the engine where it is not there."""
    try:
        import duckdb
    except ImportError as error:
        raise Misconfigured(f"Partitions need DuckDB, which is not installed: {_INSTALL}", setting="--partitions") from error
    try:
        found = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        raise Misconfigured(_NOT_OURS.format(path), setting="--store") from error
    found.execute(f"SET threads = {threads}")
    found.execute(f"SET memory_limit = '{memory}'")
    found.execute("SET preserve_insertion_order = false")
    found.execute("SET enable_progress_bar = false")
    return found


def fingerprint(options: argparse.Namespace) -> str:
    """What the files of a ledger hold, and how they are read."""
    found = hashlib.sha256(b"partial" if options.partial else b"whole")
    for path in (options.customers, options.invoices, options.history):
        if path is not None:
            try:
                with path.open("rb") as file:
                    found.update(hashlib.file_digest(file, "sha256").digest())
            except OSError as error:
                raise Misconfigured(f"{path} cannot be read: {error.strerror}.", setting=str(path)) from error
    return f"{_FORM} {found.hexdigest()}"


def sign(path: Path, made_of: str, *, memory: str) -> None:
    """Say in the store which files it was made of."""
    con = connect(path, threads=1, memory=memory, read_only=False)
    con.execute("CREATE TABLE made_of AS SELECT ? AS fingerprint", [made_of])
    con.close()


def is_made_of(path: Path, made_of: str, *, memory: str) -> bool:
    """Whether there is a store of exactly these files; `Misconfigured` where something else is there, which we leave alone."""
    if not path.exists():
        return False
    con = connect(path, threads=1, memory=memory, read_only=True)
    try:
        tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if not {"documents", "keys", "whole"} <= tables:
            raise Misconfigured(_NOT_OURS.format(path), setting="--store")
        return "made_of" in tables and con.execute("SELECT fingerprint FROM made_of").fetchone() == (made_of,)
    finally:
        con.close()
