"""`core.ports.mail.MailDesk` on SQL. Each function is one unit of work, with its audit event in the same transaction."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, or_
from sqlmodel import col, select, update

from core.domain.actors import Actor, ActorKind, Surface
from core.domain.codec import from_json, to_json
from core.domain.errors import IllegalMove, NotFound
from core.domain.events import AuditName
from core.domain.evidence import Finding
from core.domain.ids import MailId, SourceId, content_hash
from core.domain.keeping import AuditEntry, Effect, SourceKind, Subject, SubjectKind
from core.domain.mails import (
    Arrival,
    Cursor,
    Disposition,
    MailOutcome,
    MailState,
    MailSummary,
    RuleAnswer,
    Sighting,
    StoredMail,
    mail_hash,
)
from core.ports.mail import Taken
from core.store.mail_tables import FolderRow, MailRow, ReplyCountRow, SightingRow
from core.store.sql import insert, insert_new, is_postgres, next_numbers, table_of
from core.store.unit_of_work import SqlStore, SqlUnitOfWork

_MAIL: Final = table_of(MailRow)
_FOLDER: Final = table_of(FolderRow)
_LISTENER: Final = Actor(ActorKind.SYSTEM, "mail.listener", "Mail listener", Surface.MAIL)
_READER: Final = Actor(ActorKind.AUTOMATION, "mail.intake", "Mail intake", Surface.MAIL)


class SqlMailDesk:
    """Mails in the database."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def hold_folder(self, account: str, folder: str, holder: str, for_s: float) -> bool:
        """One upsert that only changes a row that is ours or whose lease ran out."""
        with self._store.write() as unit:
            until = unit.now + timedelta(seconds=for_s)
            statement = insert(unit.session, FolderRow).values(
                account=account, folder=folder, uidvalidity=0, last_uid=0, holder=holder, held_until=until
            )
            statement = statement.on_conflict_do_update(
                index_elements=["account", "folder"],
                set_={"holder": holder, "held_until": until},
                where=or_(_FOLDER.c.holder == holder, _FOLDER.c.held_until < unit.now),
            ).returning(_FOLDER.c.holder)
            return unit.session.execute(statement).first() is not None

    def release_folder(self, account: str, folder: str, holder: str) -> None:
        """Let the lease end now."""
        with self._store.write() as unit:
            unit.session.execute(
                update(_FOLDER)
                .where(_FOLDER.c.account == account, _FOLDER.c.folder == folder, _FOLDER.c.holder == holder)
                .values(held_until=unit.now - timedelta(seconds=1))
            )

    def cursor(self, account: str, folder: str) -> Cursor | None:
        """How far this folder was taken."""
        with self._store.read() as unit:
            row = unit.session.get(FolderRow, (account, folder))
            return Cursor(account, folder, row.uidvalidity, row.last_uid) if row is not None and row.uidvalidity else None

    def take(self, arrival: Arrival) -> Taken:
        """Mail, sighting and cursor."""
        identity = mail_hash(arrival)
        with self._store.write() as unit:
            known = _mail_with_hash(unit, identity)
            mail_id, is_new = (MailId(known.id), False) if known is not None else _insert(unit, arrival, identity)
            _see(unit, arrival.sighting, mail_id, content_hash(arrival.raw))
            return Taken(mail_id, is_new)

    def take_unfetchable(self, sighting: Sighting, why: str) -> MailId:
        """A row without content, so that the message is not lost from sight."""
        identity = content_hash(f"unfetchable {sighting}".encode())
        with self._store.write() as unit:
            known = _mail_with_hash(unit, identity)
            if known is not None:
                mail_id = MailId(known.id)
            else:
                arrival = Arrival(sighting, b"", 0, unit.now, whole=False)
                mail_id, _ = _insert(unit, arrival, identity, shunted=why)
            _see(unit, sighting, mail_id, "")
            return mail_id

    def pass_over(self, sighting: Sighting) -> None:
        """The cursor alone."""
        with self._store.write() as unit:
            _advance(unit, sighting)

    def checked(self, account: str, folder: str) -> None:
        """A heartbeat."""
        with self._store.write() as unit:
            unit.heartbeats.beat(_part(account, folder))

    def last_check(self, account: str, folder: str) -> datetime | None:
        """The heartbeat's instant."""
        with self._store.read() as unit:
            return next((beat.at for beat in unit.heartbeats.all() if beat.part == _part(account, folder)), None)

    def next_to_read(self, for_s: float, most_attempts: int) -> StoredMail | None:
        """Shunt what killed too many readers, then one statement finds and takes the oldest."""
        with self._store.write() as unit:
            free = or_(col(MailRow.lease_until).is_(None), col(MailRow.lease_until) < unit.now)
            waiting = (col(MailRow.state) == MailState.RECEIVED.value, free, col(MailRow.available_at) <= unit.now)
            for row in unit.session.exec(select(MailRow).where(*waiting, col(MailRow.attempts) >= most_attempts)):
                _shunt(unit, row, f"Reading this mail ended the process {row.attempts} times.")
            unit.session.flush()
            pick = select(MailRow.id).where(*waiting).order_by(col(MailRow.number)).limit(1)
            if is_postgres(unit.session):
                pick = pick.with_for_update(skip_locked=True)
            taken = unit.session.execute(
                update(_MAIL)
                .where(_MAIL.c.id == pick.scalar_subquery())
                .values(
                    token=secrets.token_hex(8),
                    lease_until=unit.now + timedelta(seconds=for_s),
                    attempts=_MAIL.c.attempts + 1,
                )
                .returning(_MAIL.c.id)
            ).scalar_one_or_none()
            return None if taken is None else _stored(unit, taken)

    def finish(self, mail: StoredMail, outcome: MailOutcome) -> bool:
        """Fenced by the token of the lease."""
        with self._store.write() as unit:
            row = _leased(unit, mail)
            if row is None:
                return False
            row.state, row.lease_until, row.finished_at = MailState.DONE.value, None, unit.now
            row.disposition, row.why = outcome.disposition.value, outcome.why
            row.sender, row.subject, row.message_id = outcome.sender, outcome.subject, outcome.message_id
            row.answers, row.findings = json.dumps(to_json(outcome.answers)), json.dumps(to_json(outcome.findings))
            facts = {"disposition": outcome.disposition, "hits": [answer.rule for answer in outcome.answers if answer.hit]}
            _audit(unit, AuditName.MAIL_DECIDED, row, _READER, MailState.RECEIVED, facts)
            return True

    def put_back(self, mail: StoredMail, for_s: float) -> None:
        """As if it had not been leased, only later."""
        with self._store.write() as unit:
            row = _leased(unit, mail)
            if row is not None:
                row.lease_until, row.attempts = None, max(0, row.attempts - 1)
                row.available_at = unit.now + timedelta(seconds=for_s)

    def shunt(self, mail: StoredMail, why: str) -> None:
        """Set aside, unless the lease was lost."""
        with self._store.write() as unit:
            row = _leased(unit, mail)
            if row is not None:
                _shunt(unit, row, why)

    def shunted(self, most: int = 100) -> Sequence[MailSummary]:
        """Oldest first."""
        with self._store.read() as unit:
            query = select(MailRow).where(MailRow.state == MailState.SHUNTED.value).order_by(col(MailRow.number)).limit(most)
            return [_summary(row) for row in unit.session.exec(query)]

    def recent(self, most: int = 100) -> Sequence[MailSummary]:
        """Newest first."""
        with self._store.read() as unit:
            return [
                _summary(row) for row in unit.session.exec(select(MailRow).order_by(col(MailRow.number).desc()).limit(most))
            ]

    def show(self, mail_id: MailId) -> tuple[MailSummary, MailOutcome | None]:
        """With its outcome, if it has one."""
        with self._store.read() as unit:
            row = _row(unit, mail_id)
            return _summary(row), _outcome(row)

    def raw(self, mail_id: MailId) -> bytes | None:
        """From the sources."""
        with self._store.read() as unit:
            row = _row(unit, mail_id)
            return unit.sources.data(SourceId(row.source_id)) if row.source_id else None

    def replay(self, mail_id: MailId, actor: Actor) -> MailSummary:
        """Back to RECEIVED."""
        with self._store.write() as unit:
            row = _row(unit, mail_id)
            before = MailState(row.state)
            if before is MailState.RECEIVED:
                raise IllegalMove(f"Mail {mail_id} is waiting to be read already.")
            if row.source_id is None:
                raise IllegalMove(f"The server never gave the content of mail {mail_id}; open it in the mailbox.")
            row.state, row.attempts, row.available_at = MailState.RECEIVED.value, 0, unit.now
            row.lease_until, row.finished_at, row.disposition, row.why = None, None, None, ""
            _audit(unit, AuditName.MAIL_REPLAYED, row, actor, before, {})
            return _summary(row)

    def drop(self, mail_id: MailId, actor: Actor, reason: str) -> MailSummary:
        """From SHUNTED to DONE; the bytes stay."""
        with self._store.write() as unit:
            row = _row(unit, mail_id)
            if row.state != MailState.SHUNTED.value:
                raise IllegalMove(f"Mail {mail_id} is not set aside (any more).")
            row.state, row.finished_at = MailState.DONE.value, unit.now
            row.disposition, row.why = Disposition.DROPPED.value, reason
            _audit(unit, AuditName.MAIL_DECIDED, row, actor, MailState.SHUNTED, {"disposition": Disposition.DROPPED.value})
            return _summary(row)

    def has_message_id(self, message_id: str, sender: str, other_than: MailId) -> bool:
        """Among finished mails."""
        with self._store.read() as unit:
            query = select(MailRow.id).where(
                MailRow.message_id == message_id, MailRow.sender == sender, MailRow.id != other_than
            )
            return bool(message_id) and unit.session.exec(query.limit(1)).first() is not None

    def reply(self, effect: Effect, sender: str, most: int) -> bool:
        """Counted and asked for together; a reply that was asked for before is not counted again."""
        with self._store.write() as unit:
            day = unit.now.date()
            row = unit.session.get(ReplyCountRow, (sender, day), with_for_update=True)
            if row is not None and row.replies >= most:
                return False
            if most < 1 or not unit.outbox.ask(effect):
                return False
            start = insert(unit.session, ReplyCountRow).values(sender=sender, day=day, replies=1)
            raised = {"replies": table_of(ReplyCountRow).c.replies + 1}
            unit.session.execute(start.on_conflict_do_update(index_elements=["sender", "day"], set_=raised))
            return True


def _part(account: str, folder: str) -> str:
    return f"mailbox:{account}/{folder}"


def _mail_with_hash(unit: SqlUnitOfWork, identity: str) -> MailRow | None:
    return unit.session.exec(select(MailRow).where(MailRow.content_hash == identity)).first()


def _insert(unit: SqlUnitOfWork, arrival: Arrival, identity: str, shunted: str = "") -> tuple[MailId, bool]:
    number = next_numbers(unit.session, "mail", 1)[0]
    mail_id = MailId(f"M-{number}")
    source = unit.sources.take(SourceKind.MAIL, f"{mail_id}.eml", arrival.raw)[0] if arrival.raw else None
    state = MailState.SHUNTED if shunted else MailState.RECEIVED
    values = {
        "id": mail_id,
        "number": number,
        "content_hash": identity,
        "source_id": source.id if source else None,
        "state": state.value,
        "size": arrival.size,
        "whole": arrival.whole,
        "received_at": arrival.received_at,
        "account": arrival.sighting.account,
        "folder": arrival.sighting.folder,
        "attempts": 0,
        "token": "",
        "lease_until": None,
        "available_at": unit.now,
        "finished_at": None,
        "disposition": None,
        "why": shunted,
        "sender": "",
        "subject": "",
        "message_id": "",
        "answers": "[]",
        "findings": "[]",
    }
    if not insert_new(unit.session, MailRow, values, ["content_hash"]):
        # Another ingester stored the same mail between our look and our insert (PostgreSQL only).
        return MailId(unit.session.exec(select(MailRow).where(MailRow.content_hash == identity)).one().id), False
    name = AuditName.MAIL_SHUNTED if shunted else AuditName.MAIL_TAKEN
    facts = {"size": arrival.size, "whole": arrival.whole, "seen": to_json(arrival.sighting)}
    subject = Subject(SubjectKind.MAIL, mail_id)
    unit.audit.append(AuditEntry(name, subject, _LISTENER, state_to=state.value, reason=shunted, facts=facts, cause=identity))
    return mail_id, True


def _see(unit: SqlUnitOfWork, sighting: Sighting, mail_id: MailId, raw_sha256: str) -> None:
    values = {
        "account": sighting.account,
        "folder": sighting.folder,
        "uidvalidity": sighting.uidvalidity,
        "uid": sighting.uid,
        "mail_id": mail_id,
        "raw_sha256": raw_sha256,
        "seen_at": unit.now,
    }
    insert_new(unit.session, SightingRow, values, ["account", "folder", "uidvalidity", "uid"])
    _advance(unit, sighting)


def _advance(unit: SqlUnitOfWork, sighting: Sighting) -> None:
    """The cursor never goes back under one UIDVALIDITY, and starts anew under another."""
    statement = insert(unit.session, FolderRow).values(
        account=sighting.account,
        folder=sighting.folder,
        uidvalidity=sighting.uidvalidity,
        last_uid=sighting.uid,
        holder="",
        held_until=unit.now,
    )
    same = _FOLDER.c.uidvalidity == sighting.uidvalidity
    last = case((same & (_FOLDER.c.last_uid > sighting.uid), _FOLDER.c.last_uid), else_=sighting.uid)
    changes = {"uidvalidity": sighting.uidvalidity, "last_uid": last}
    unit.session.execute(statement.on_conflict_do_update(index_elements=["account", "folder"], set_=changes))


def _row(unit: SqlUnitOfWork, mail_id: str) -> MailRow:
    row = unit.session.get(MailRow, mail_id, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no mail {mail_id}.")
    return row


def _leased(unit: SqlUnitOfWork, mail: StoredMail) -> MailRow | None:
    """The row, locked, while the lease is still this reader's."""
    query = select(MailRow).where(MailRow.id == mail.id, MailRow.token == mail.token, MailRow.state == MailState.RECEIVED.value)
    return unit.session.exec(query.with_for_update()).first()


def _stored(unit: SqlUnitOfWork, mail_id: str) -> StoredMail:
    row = _row(unit, mail_id)
    return StoredMail(
        id=MailId(row.id),
        token=row.token,
        attempts=row.attempts,
        raw=unit.sources.data(SourceId(row.source_id)) if row.source_id else b"",
        size=row.size,
        whole=row.whole,
        received_at=row.received_at,
        account=row.account,
        folder=row.folder,
        source_id=SourceId(row.source_id) if row.source_id else None,
    )


def _shunt(unit: SqlUnitOfWork, row: MailRow, why: str) -> None:
    row.state, row.why, row.lease_until, row.token = MailState.SHUNTED.value, why, None, ""
    _audit(unit, AuditName.MAIL_SHUNTED, row, _READER, MailState.RECEIVED, {"attempts": row.attempts})


def _audit(
    unit: SqlUnitOfWork, name: AuditName, row: MailRow, actor: Actor, before: MailState, facts: Mapping[str, object]
) -> None:
    entry = AuditEntry(
        name,
        Subject(SubjectKind.MAIL, row.id),
        actor,
        state_from=before.value,
        state_to=row.state,
        reason=row.why,
        facts=facts,
        cause=row.content_hash,
    )
    unit.audit.append(entry)


def _summary(row: MailRow) -> MailSummary:
    return MailSummary(
        id=MailId(row.id),
        state=MailState(row.state),
        received_at=row.received_at,
        size=row.size,
        attempts=row.attempts,
        why=row.why,
        sender=row.sender,
        subject=row.subject,
        disposition=Disposition(row.disposition) if row.disposition else None,
    )


def _outcome(row: MailRow) -> MailOutcome | None:
    if row.disposition is None:
        return None
    return MailOutcome(
        disposition=Disposition(row.disposition),
        why=row.why,
        answers=tuple(from_json(RuleAnswer, answer) for answer in json.loads(row.answers)),
        findings=tuple(from_json(Finding, finding) for finding in json.loads(row.findings)),
        sender=row.sender,
        subject=row.subject,
        message_id=row.message_id,
    )
