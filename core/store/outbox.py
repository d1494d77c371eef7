"""The outbox in the database: one item a lane on its way at a time, fenced by a token, never dropped by itself."""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, Update, and_, bindparam, exists, func, or_
from sqlmodel import Session, col, select, update

from core.domain.codec import to_json
from core.domain.errors import IllegalMove, NotFound
from core.domain.ids import Key, OutboxId
from core.domain.keeping import Effect, EffectKind, OutboxItem
from core.domain.workflows import OutboxState
from core.store import rows
from core.store.sql import insert_new, is_postgres, table_of
from core.store.tables import OutboxRow

_TABLE = table_of(OutboxRow)


# Relays ask for work many times a second: the statements are made once for each set of kinds.


@cache
def _picking(kinds: frozenset[str]) -> Select[tuple[int]]:
    """The oldest item that is due `at`, or whose lease ran out by then, in a lane that nothing else is on its way in."""
    other = _TABLE.alias()
    busy = exists().where(other.c.lane == _TABLE.c.lane, other.c.state == OutboxState.SENDING.value, other.c.id != _TABLE.c.id)
    at = bindparam("at", type_=_TABLE.c.available_at.type)
    due = and_(_TABLE.c.state == OutboxState.PENDING.value, _TABLE.c.available_at <= at, ~busy)
    lost = and_(_TABLE.c.state == OutboxState.SENDING.value, _TABLE.c.lease_until < at)
    wanted = and_(_TABLE.c.kind.in_(sorted(kinds)), or_(due, lost))
    return select(_TABLE.c.id).where(wanted).order_by(_TABLE.c.available_at, _TABLE.c.id).limit(1)


@cache
def _claiming(kinds: frozenset[str], postgres: bool) -> Update:
    """Take what `_picking` finds: with `at`, `new_token` and `new_lease`."""
    pick = _picking(kinds)
    if postgres:
        pick = pick.with_for_update(skip_locked=True)
    return (
        update(_TABLE)
        .where(_TABLE.c.id == pick.scalar_subquery())
        .values(
            state=OutboxState.SENDING.value,
            token=bindparam("new_token"),
            lease_until=bindparam("new_lease"),
            attempts=_TABLE.c.attempts + 1,
        )
        .returning(_TABLE.c.id)
    )


class SqlOutbox:
    """`core.ports.store.Outbox` on SQL."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def ask(self, effect: Effect, not_before: datetime | None = None) -> bool:
        """Insert by key; asking twice is asking once."""
        values = {
            "key": effect.key,
            "kind": effect.kind.value,
            "subject_kind": effect.subject.kind.value,
            "subject_id": effect.subject.id,
            "lane": effect.lane,
            "payload": json.dumps(to_json(dict(effect.payload)), ensure_ascii=False),
            "state": OutboxState.PENDING.value,
            "attempts": 0,
            "available_at": not_before or self._now,
            "lease_until": None,
            "token": "",
            "last_error": "",
            "receipt": "",
            "created_at": self._now,
            "finished_at": None,
        }
        return insert_new(self._session, OutboxRow, values, ["key"])

    def asked_any(self, keys: Collection[Key]) -> bool:
        """Whether any of these keys is known."""
        return self._session.exec(select(OutboxRow.id).where(col(OutboxRow.key).in_(list(keys))).limit(1)).first() is not None

    def anything_due(self, kinds: Collection[EffectKind]) -> bool:
        """Whether there is something to claim, by reading alone."""
        statement = _picking(frozenset(kind.value for kind in kinds))
        return self._session.execute(statement, {"at": self._now}).first() is not None

    def claim(self, kinds: Collection[EffectKind], lease_s: float) -> OutboxItem | None:
        """Lease the oldest item that is due, or whose lease ran out, in a lane that nothing else is on its way in.

        One statement finds and takes it. Two PostgreSQL relays that race for one lane meet in the unique index on lanes
        being sent; the loser's unit fails and it asks again.
        """
        statement = _claiming(frozenset(kind.value for kind in kinds), is_postgres(self._session))
        values = {"at": self._now, "new_token": secrets.token_hex(8), "new_lease": self._now + timedelta(seconds=lease_s)}
        taken = self._session.execute(statement, values).scalar_one_or_none()
        return None if taken is None else self.get(OutboxId(taken))

    def _finish(self, item: OutboxItem, **values: object) -> bool:
        statement = (
            update(_TABLE)
            .where(_TABLE.c.id == item.id, _TABLE.c.token == item.token, _TABLE.c.state == OutboxState.SENDING.value)
            .values(lease_until=None, **values)
        )
        return bool(self._session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]

    def extend(self, item: OutboxItem, lease_s: float) -> bool:
        """Keep the lease, if it still holds."""
        statement = (
            update(_TABLE)
            .where(_TABLE.c.id == item.id, _TABLE.c.token == item.token, _TABLE.c.state == OutboxState.SENDING.value)
            .values(lease_until=self._now + timedelta(seconds=lease_s))
        )
        return bool(self._session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]

    def done(self, item: OutboxItem, receipt: str) -> bool:
        """Finish, if the lease still holds."""
        return self._finish(item, state=OutboxState.SENT.value, receipt=receipt, finished_at=self._now, last_error="")

    def failed(self, item: OutboxItem, error: str, retry_at: datetime | None) -> bool:
        """Back to pending, or shunted, if the lease still holds."""
        if retry_at is None:
            return self._finish(item, state=OutboxState.SHUNTED.value, last_error=error)
        return self._finish(item, state=OutboxState.PENDING.value, available_at=retry_at, last_error=error)

    def supersede(self, lane: str, kind: EffectKind, up_to: OutboxId) -> int:
        """Finish older pending items of a lane."""
        statement = (
            update(_TABLE)
            .where(
                _TABLE.c.lane == lane,
                _TABLE.c.kind == kind.value,
                _TABLE.c.state == OutboxState.PENDING.value,
                _TABLE.c.id <= up_to,
            )
            .values(state=OutboxState.SENT.value, receipt="superseded", finished_at=self._now)
        )
        return int(self._session.execute(statement).rowcount)  # type: ignore[attr-defined]

    def _from_shunt(self, item_id: OutboxId, **values: object) -> OutboxItem:
        statement = update(_TABLE).where(_TABLE.c.id == item_id, _TABLE.c.state == OutboxState.SHUNTED.value).values(**values)
        if self._session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
            raise IllegalMove(f"Outbox item {item_id} is not set aside (any more).")
        return self.get(item_id)

    def replay(self, item_id: OutboxId) -> OutboxItem:
        """A shunted item back to pending. Attempts stay counted, so that the receiver is asked by key first."""
        return self._from_shunt(item_id, state=OutboxState.PENDING.value, available_at=self._now, attempts=1)

    def give_up(self, item_id: OutboxId) -> OutboxItem:
        """Drop a shunted item."""
        return self._from_shunt(item_id, state=OutboxState.DROPPED.value, finished_at=self._now)

    def get(self, item_id: OutboxId) -> OutboxItem:
        """The item."""
        row = self._session.get(OutboxRow, item_id, populate_existing=True)
        if row is None:
            raise NotFound(f"There is no outbox item {item_id}.")
        return rows.outbox_item(row)

    def in_state(self, state: OutboxState, limit: int = 100) -> Sequence[OutboxItem]:
        """Oldest first."""
        query = select(OutboxRow).where(OutboxRow.state == state.value).order_by(col(OutboxRow.id)).limit(limit)
        return [rows.outbox_item(row) for row in self._session.exec(query.execution_options(populate_existing=True))]

    def ages(self) -> Mapping[EffectKind, tuple[int, float]]:
        """How many wait, and how long the oldest due one has waited."""
        query = (
            select(OutboxRow.kind, func.count(), func.min(OutboxRow.available_at))
            .where(col(OutboxRow.state).in_([OutboxState.PENDING.value, OutboxState.SENDING.value]))
            .group_by(col(OutboxRow.kind))
        )
        waits: dict[EffectKind, tuple[int, float]] = {}
        for kind, count, oldest in self._session.exec(query):
            waits[EffectKind(kind)] = (count, max(0.0, (self._now - oldest).total_seconds()))
        return waits
