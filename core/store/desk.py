"""Smaller repositories: raw documents, people, places of cards, signs of life, events handled before."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from core.domain.actors import Person
from core.domain.errors import NotFound
from core.domain.ids import PersonId, SourceId, content_hash
from core.domain.keeping import CardPlace, Heartbeat, Source, SourceKind, Subject
from core.store import rows
from core.store.sql import insert_new, next_numbers, table_of, upsert
from core.store.tables import CardRow, HeartbeatRow, PersonRow, SeenRow, SourceRow


class SqlSources:
    """`core.ports.store.Sources` on SQL."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def take(self, kind: SourceKind, name: str, data: bytes) -> tuple[Source, bool]:
        """Keep the bytes under their hash."""
        sha256 = content_hash(data)
        source = Source(SourceId(f"S-{sha256[:16]}"), sha256, kind, name, len(data), self._now)
        values = {
            "id": source.id,
            "sha256": sha256,
            "kind": kind.value,
            "name": name,
            "size": source.size,
            "taken_at": self._now,
            "data": data,
        }
        if insert_new(self._session, SourceRow, values, ["sha256"]):
            return source, True
        return rows.source(self._session.exec(select(SourceRow).where(SourceRow.sha256 == sha256)).one()), False

    def recognised(self, source_id: SourceId, kind: SourceKind) -> None:
        """Note what an unknown document turned out to be."""
        table = table_of(SourceRow)
        unknown = (table.c.id == source_id) & (table.c.kind == SourceKind.UNKNOWN.value)
        self._session.execute(update(table).where(unknown).values(kind=kind.value))
        self._session.expire_all()

    def _row(self, source_id: SourceId) -> SourceRow:
        row = self._session.get(SourceRow, source_id)
        if row is None:
            raise NotFound(f"There is no document {source_id}.")
        return row

    def get(self, source_id: SourceId) -> Source:
        """The source."""
        return rows.source(self._row(source_id))

    def data(self, source_id: SourceId) -> bytes:
        """The bytes, exactly as given."""
        return self._row(source_id).data


class SqlPeople:
    """`core.ports.store.People` on SQL."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, person_id: PersonId) -> Person | None:
        """By id."""
        row = self._session.get(PersonRow, person_id)
        return None if row is None else rows.person(row)

    def by_slack(self, team: str, user: str) -> Person | None:
        """By Slack identity."""
        row = self._session.exec(select(PersonRow).where(PersonRow.slack_team == team, PersonRow.slack_user == user)).first()
        return None if row is None else rows.person(row)

    def by_email(self, email: str) -> Person | None:
        """By address, whatever its case."""
        row = self._session.exec(select(PersonRow).where(func.lower(PersonRow.email) == email.lower())).first()
        return None if row is None else rows.person(row)

    def put(self, person: Person) -> None:
        """Insert or replace."""
        values = {
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "roles": " ".join(sorted(role.value for role in person.roles)),
            "entities": " ".join(sorted(person.entities)),
            "slack_team": person.slack_team or None,
            "slack_user": person.slack_user or None,
            "active": person.active,
        }
        upsert(self._session, PersonRow, [values], ["id"])
        self._session.expire_all()

    def everybody(self) -> Sequence[Person]:
        """By name."""
        query = select(PersonRow).order_by(col(PersonRow.name), col(PersonRow.id))
        return [rows.person(row) for row in self._session.exec(query)]

    def next_id(self) -> PersonId:
        """A fresh id."""
        return PersonId(f"U-{next_numbers(self._session, 'person', 1)[0]}")


class SqlCards:
    """`core.ports.store.Cards` on SQL."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def place(self, subject: Subject) -> CardPlace | None:
        """Where a subject's card is."""
        row = self._session.get(CardRow, (subject.kind.value, subject.id), populate_existing=True)
        return None if row is None else rows.card(row)

    def put(self, place: CardPlace) -> None:
        """Remember it."""
        values = {
            "subject_kind": place.subject.kind.value,
            "subject_id": place.subject.id,
            "channel": place.channel,
            "ts": place.ts,
            "version": place.version,
            "content_hash": place.content_hash,
        }
        upsert(self._session, CardRow, [values], ["subject_kind", "subject_id"])

    def at(self, channel: str, ts: str) -> CardPlace | None:
        """Whose card stands there."""
        row = self._session.exec(select(CardRow).where(CardRow.channel == channel, CardRow.ts == ts)).first()
        return None if row is None else rows.card(row)


class SqlHeartbeats:
    """`core.ports.store.Heartbeats` on SQL."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def beat(self, part: str, detail: str = "") -> None:
        """Did its work just now."""
        upsert(self._session, HeartbeatRow, [{"part": part, "at": self._now, "detail": detail}], ["part"])

    def all(self) -> Sequence[Heartbeat]:
        """The latest beats."""
        query = select(HeartbeatRow).order_by(col(HeartbeatRow.part)).execution_options(populate_existing=True)
        return [Heartbeat(row.part, row.at, row.detail) for row in self._session.exec(query)]


class SqlSeen:
    """`core.ports.store.Seen` on SQL."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def first_time(self, kind: str, key: str) -> bool:
        """True exactly once."""
        return insert_new(self._session, SeenRow, {"kind": kind, "key": key, "at": self._now}, ["kind", "key"])

    def known(self, kind: str, key: str) -> bool:
        """By primary key."""
        return self._session.get(SeenRow, (kind, key)) is not None

    def unfinished(self, begun: str, ended: str, since: datetime) -> Sequence[str]:
        """Oldest first."""
        over = select(SeenRow.key).where(SeenRow.kind == ended)
        query = select(SeenRow.key).where(SeenRow.kind == begun, col(SeenRow.at) < since, col(SeenRow.key).not_in(over))
        return list(self._session.exec(query.order_by(col(SeenRow.at))))
