"""The audit log: append-only, each row chained to the one before by an HMAC.

An entry gets its number and hash at the end of its unit of work, under a lock on the head of the chain, so that the lock is
held briefly and the order of the log is the order of the commits. Without the key nobody can rewrite a row and the rest of the
chain after it; without an anchor kept elsewhere, who has the key and the database can rewrite everything: `tieout audit head`
prints the anchor.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import String, type_coerce
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select, update

from core.domain.codec import to_json
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, AuditRow, Subject
from core.store import rows
from core.store.columns import instant
from core.store.sql import insert_new, table_of
from core.store.tables import AuditEventRow, AuditHeadRow

GENESIS: Final = "0" * 64
_HEAD: Final = 1


def link(key: bytes, previous: str, number: int, at: datetime, entry: str) -> str:
    """The hash of one row: HMAC-SHA256 over the previous hash and the row's own content."""
    said = json.dumps([previous, number, at.isoformat(), entry], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


class SqlAudit:
    """`core.ports.store.Audit` on SQL."""

    def __init__(self, session: Session, now: datetime, key: bytes) -> None:
        self._session = session
        self._now = now
        self._key = key
        self._waiting: list[AuditEntry] = []

    def append(self, entry: AuditEntry) -> None:
        """Keep the entry until the unit ends."""
        self._waiting.append(entry)

    def flush(self) -> None:
        """Chain and insert what waits. Called once, last, by the unit of work."""
        if not self._waiting:
            return
        insert_new(self._session, AuditHeadRow, {"id": _HEAD, "number": 0, "hash": GENESIS}, ["id"])
        head = self._session.exec(select(AuditHeadRow).where(AuditHeadRow.id == _HEAD).with_for_update()).one()
        number, previous = head.number, head.hash
        values = []
        for entry in self._waiting:
            number += 1
            text = json.dumps(to_json(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest = link(self._key, previous, number, self._now, text)
            values.append(
                {
                    "number": number,
                    "at": self._now,
                    "name": entry.name.value,
                    "subject_kind": entry.subject.kind.value,
                    "subject_id": entry.subject.id,
                    "entry": text,
                    "previous_hash": previous,
                    "hash": digest,
                }
            )
            previous = digest
        self._session.execute(table_of(AuditEventRow).insert(), values)
        heads = table_of(AuditHeadRow)
        self._session.execute(update(heads).where(heads.c.id == _HEAD).values(number=number, hash=previous))
        self._waiting.clear()

    def of(self, subject: Subject, limit: int = 50) -> Sequence[AuditRow]:
        """What happened to a subject, oldest first."""
        query = (
            select(AuditEventRow)
            .where(AuditEventRow.subject_kind == subject.kind.value, AuditEventRow.subject_id == subject.id)
            .order_by(col(AuditEventRow.number).desc())
            .limit(limit)
        )
        return [_row(row) for row in reversed(self._session.exec(query).all())]

    def rows(self, after: int = 0, limit: int = 1000) -> Sequence[AuditRow]:
        """The log in order."""
        query = select(AuditEventRow).where(AuditEventRow.number > after).order_by(col(AuditEventRow.number)).limit(limit)
        return [_row(row) for row in self._session.exec(query)]

    def recent(self, names: Collection[AuditName], limit: int = 50) -> Sequence[AuditRow]:
        """The newest events of these names, newest first."""
        wanted = col(AuditEventRow.name).in_([name.value for name in names])
        query = select(AuditEventRow).where(wanted).order_by(col(AuditEventRow.number).desc()).limit(limit)
        return [_row(row) for row in self._session.exec(query)]

    def head(self) -> tuple[int, str]:
        """How many events there are, and the hash of the last."""
        head = self._session.exec(select(AuditHeadRow).where(AuditHeadRow.id == _HEAD)).first()
        return (head.number, head.hash) if head else (0, GENESIS)


def _row(row: AuditEventRow) -> AuditRow:
    entry = rows.load(AuditEntry, row.entry)
    return AuditRow(number=row.number, at=row.at, entry=entry, previous_hash=row.previous_hash, hash=row.hash)


def _raw(session: Session) -> Iterator[Any]:
    """The rows as they lie there: whoever tampered with them did not care whether they can be read."""
    table = table_of(AuditEventRow)
    columns = [type_coerce(column, String).label(column.name) if column.name == "at" else column for column in table.columns]
    yield from session.execute(sql_select(*columns).order_by(table.c.number).execution_options(yield_per=1000))


def _instant(text: str) -> datetime | None:
    try:
        return instant(text)
    except (ValueError, TypeError):
        return None


def hash_at(session: Session, number: int) -> str:
    """The hash of one event, readable or not; empty where there is none of this number."""
    return session.exec(select(AuditEventRow.hash).where(AuditEventRow.number == number)).first() or ""


def _said(text: str) -> tuple[str, str, str] | None:
    """Name, kind and id of the subject that an entry says; None for what is no entry of ours."""
    try:
        entry = rows.load(AuditEntry, text)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None
    return entry.name.value, entry.subject.kind.value, entry.subject.id


def verify(session: Session, key: bytes) -> Iterator[str]:
    """A sentence for each place where the log is not what was written; none means that the chain holds, head included."""
    previous, number = GENESIS, 0
    for row in _raw(session):
        number += 1
        if row.number != number:
            yield f"Event {number} is missing: the log goes on with event {row.number}."
            number = row.number
        if row.previous_hash != previous:
            yield f"Event {row.number} does not follow the event before it."
        at = _instant(row.at)
        if at is None or link(key, row.previous_hash, row.number, at, row.entry) != row.hash:
            yield f"Event {row.number} ({row.name} of {row.subject_kind} {row.subject_id}) was changed after it was written."
        said = _said(row.entry)
        if said is None:
            yield f"Event {row.number} cannot be read: it is no event that Tieout writes."
        elif said != (row.name, row.subject_kind, row.subject_id):
            yield f"The search columns of event {row.number} say something else than the event."
        previous = row.hash
    head = session.exec(select(AuditHeadRow)).first()
    if (head.number, head.hash) != (number, previous) if head else number:
        yield f"The log ends at event {number}, but its head says {head.number if head else 0}: events were cut off."
