"""The database and its units of work.

SQLite: WAL, `synchronous=FULL`, foreign keys on, and every writing unit starts with BEGIN IMMEDIATE, because a deferred
transaction that reads before it writes loses updates or fails at once under contention. PostgreSQL: read committed with row
locks and compare-and-set on versions. The same Python runs on both.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from core.domain.errors import Unavailable
from core.ports.outside import Clock
from core.store import revisions
from core.store.audit import SqlAudit
from core.store.desk import SqlCards, SqlHeartbeats, SqlPeople, SqlSeen, SqlSources
from core.store.ledger_mirror import SqlLedgerMirror
from core.store.outbox import SqlOutbox
from core.store.payables_bills import SqlBills, SqlDisputes
from core.store.payables_orders import SqlOrderMirror
from core.store.payments import SqlBankLines, SqlPayments, SqlRemittances
from core.store.policies import SqlPolicies
from core.store.portal_logins import SqlPortalLogins
from core.store.portal_orders import SqlPortalOrders
from core.store.portal_submissions import SqlSubmissions
from core.store.questions import SqlQuestions

BUSY_TIMEOUT_MS: Final = 20_000
_LOCKED_PAUSE_S: Final = 0.02
_IMMEDIATE: Final = "tieout_immediate"


class StoreBusy(Unavailable):
    """The database was locked too long, or two units met; asking again is safe because nothing was kept."""

    code = "store_busy"


class SqlUnitOfWork:
    """One transaction with its repositories. `now` is the instant of the whole unit."""

    def __init__(self, session: Session, now: datetime, audit_key: bytes, *, write: bool) -> None:
        self.session = session
        self.now = now
        self.payments = SqlPayments(session, now, lock=write)
        self.bank_lines = SqlBankLines(session)
        self.remittances = SqlRemittances(session, lock=write)
        self.questions = SqlQuestions(session, lock=write)
        self.ledger = SqlLedgerMirror(session, now, lock=write)
        self.bills = SqlBills(session, now, lock=write)
        self.orders = SqlOrderMirror(session, now, lock=write)
        self.disputes = SqlDisputes(session, lock=write)
        self.policies = SqlPolicies(session, now)
        self.portal_logins = SqlPortalLogins(session, now, lock=write)
        self.portal_orders = SqlPortalOrders(session, now, lock=write)
        self.submissions = SqlSubmissions(session, now, lock=write)
        self.sources = SqlSources(session, now)
        self.people = SqlPeople(session)
        self.outbox = SqlOutbox(session, now)
        self.audit = SqlAudit(session, now, audit_key)
        self.cards = SqlCards(session)
        self.heartbeats = SqlHeartbeats(session, now)
        self.seen = SqlSeen(session, now)


class SqlStore:
    """`core.ports.store.Store` on SQLite or PostgreSQL. Safe to use from several threads; one per process."""

    def __init__(self, url: str, clock: Clock, audit_key: bytes) -> None:
        self.url = url
        self._clock = clock
        self._audit_key = audit_key
        # The same connections and the same compiled statements: only how a transaction begins differs, and on SQLite alone.
        self._reader = open_engine(url)
        self._writer = immediate(self._reader)

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        """A unit that may change things; commits on leaving, rolls back on any error."""
        try:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                unit = SqlUnitOfWork(session, self._clock.now(), self._audit_key, write=True)
                yield unit
                session.flush()
                unit.audit.flush()
        except DBAPIError as error:
            if _is_contention(error):
                raise StoreBusy("The database was busy; please try again.", cause=str(error.orig)) from error
            raise

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        """A unit that only looks."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield SqlUnitOfWork(session, self._clock.now(), self._audit_key, write=False)
            session.rollback()

    def is_current(self) -> bool:
        """Whether the database is at the schema of this version."""
        return revisions.present(self.url) == revisions.newest()

    def close(self) -> None:
        """Give all connections back."""
        self._reader.dispose()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on, once in a file's life. SQLite waits for no lock while it turns it on, so we do."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(_LOCKED_PAUSE_S)
        else:
            return


def _is_contention(error: DBAPIError) -> bool:
    """Whether trying the whole unit again can help: locked database, deadlock, serialisation, or a unique race."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in {"40001", "40P01", "55P03", "23505"}
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def immediate(engine: Engine) -> Engine:
    """The same engine for units that write: on SQLite their transactions take the lock when they begin."""
    return engine.execution_options(**{_IMMEDIATE: True}) if engine.dialect.name == "sqlite" else engine


def open_engine(url: str) -> Engine:
    """An engine with the settings above."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=15)
    timeout = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
    engine = create_engine(url, connect_args=timeout, pool_size=10, max_overflow=20)

    def on_connect(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transactions begin too late; we begin them ourselves below.
        connection.isolation_level = None
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_IMMEDIATE) else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine
