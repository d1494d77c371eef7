"""The database, the audit log, and what has to be in it before work can begin."""

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session, select

from core import bootstrap
from core.app.sync_ledger import LEDGER_FILES
from core.command_line.checks.finding import Finding, note, ok, wrong
from core.command_line.saying import plural
from core.decide.permissions import permissions_of
from core.domain.actors import Permission, Role
from core.logs import masked
from core.settings import Settings
from core.store import audit, revisions
from core.store.backup import path_of
from core.store.tables import AuditEventRow, AuditHeadRow
from core.store.unit_of_work import SqlUnitOfWork, open_engine

_SQLITE: Final[Mapping[str, object]] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
_POSTGRES: Final[Mapping[str, str]] = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_MEND_POSTGRES: Final = "set it to on: money that a crash forgets is posted twice or never"


def database(settings: Settings) -> Iterator[Finding]:
    """Outside first: reachable, of this version's schema, safe; then what is in it."""
    url = settings.database
    if url.startswith("sqlite") and not path_of(url).exists():
        yield wrong(f"There is no database at {path_of(url)}", "run “tieout migrate”")
        return
    try:
        revision = revisions.present(url)
    except (DBAPIError, ArgumentError, ModuleNotFoundError) as error:
        words = (str(error.orig if isinstance(error, DBAPIError) else error).splitlines() or ["no reason given"])[0]
        yield wrong(f"The database cannot be opened: {masked(words)}", "correct TIEOUT_DATABASE_URL or start the server")
        return
    if revision != revisions.newest():
        yield wrong(f"The database is at schema {revision or 'none'}, not {revisions.newest()}", "run “tieout migrate”")
        return
    yield ok(f"The database answers and is at schema {revision}")
    yield from _safety(url)
    yield from _key(settings)


def _safety(url: str) -> Iterator[Finding]:
    """What the processes rely on after a crash."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            yield from _sqlite(connection) if url.startswith("sqlite") else _postgres(connection)
    finally:
        engine.dispose()


def _sqlite(connection: Connection) -> Iterator[Finding]:
    found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in _SQLITE}
    bad = [f"{name}={value}" for name, value in found.items() if value != _SQLITE[name]]
    if bad:
        yield wrong(
            f"SQLite runs with {', '.join(bad)}", "keep the database on a local disk: WAL does not work on a network share"
        )
    else:
        yield ok("SQLite writes ahead (WAL), flushes every commit (FULL) and enforces foreign keys")


def _postgres(connection: Connection) -> Iterator[Finding]:
    found = {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in _POSTGRES}
    bad = [
        f"{name} = {value}" for name, value in found.items() if value not in {_POSTGRES[name], "remote_apply", "remote_write"}
    ]
    if bad:
        yield wrong(f"PostgreSQL runs with {', '.join(bad)}", _MEND_POSTGRES)
    else:
        yield ok("PostgreSQL flushes every commit")


def _key(settings: Settings) -> Iterator[Finding]:
    """The key is looked for and never made here: a fresh key beside an old log would hide that the old one is lost."""
    file = settings.data_dir / "audit.key"
    given = bool(settings.audit_key.get_secret_value())
    if not given and not file.exists():
        yield wrong(
            "The audit key is not there", "put audit.key back into the data folder; a new installation: “tieout migrate”"
        )
        return
    if not given and file.stat().st_mode & 0o077:
        yield wrong(f"The audit key {file} may be read by others", f"chmod 600 {file}")
    with bootstrap.store(settings) as store, store.read() as unit:
        yield from _chain(unit.session, bootstrap.audit_key(settings))
        yield from _people(unit, settings)
        yield from _ledger(unit, settings)


def _chain(session: Session, key: bytes) -> Iterator[Finding]:
    """The last event only; “tieout audit verify” reads all of them."""
    head = session.exec(select(AuditHeadRow)).first()
    if head is None or head.number == 0:
        yield ok("The audit key is there and the audit log is empty")
        return
    last = session.get(AuditEventRow, head.number)
    if last is None or last.hash != head.hash:
        yield wrong("The audit log does not end where its head says", "run “tieout audit verify” and restore a backup")
    elif audit.link(key, last.previous_hash, last.number, last.at, last.entry) != last.hash:
        yield wrong("The audit key is not the one that the log was written with", "put the old key back (TIEOUT_AUDIT_KEY)")
    else:
        yield ok(f"The audit key fits the last of {plural(head.number, 'audit event')}")


def _people(unit: SqlUnitOfWork, settings: Settings) -> Iterator[Finding]:
    active = [person for person in unit.people.everybody() if person.active]
    posters = [person for person in active if Permission.POST_PAYMENTS in permissions_of(person.roles)]
    if posters:
        yield ok(f"{plural(len(active), 'active person').replace('persons', 'people')}, {len(posters)} of them may post")
    else:
        yield wrong("Nobody may post payments", f"tieout people add ada@example.com --role {Role.CASH_POSTER.value}")
    known = {person.email.lower() for person in active}
    for email in settings.administrator_emails:
        if email.lower() not in known:
            yield wrong(f"The administrator {email} is not known yet", "run “tieout migrate”")


def _ledger(unit: SqlUnitOfWork, settings: Settings) -> Iterator[Finding]:
    beat = next((beat for beat in unit.heartbeats.all() if beat.part == LEDGER_FILES), None)
    customers, documents = len(unit.ledger.customers()), len(unit.ledger.open_documents())
    if beat is None and not customers:
        yield note("No customers and open invoices yet", f"drop customers.csv and invoices.csv into {settings.inbox_dir}")
        return
    age_s = (unit.now - beat.at).total_seconds() if beat else 0.0
    text = f"{plural(customers, 'customer')} and {plural(documents, 'open document')}, {age_s / 3600:.0f} hours old"
    if age_s > settings.ledger_silent_after_s:
        yield note(text, "bring a fresh export; matching against old open documents suggests what is paid already")
    else:
        yield ok(text)
