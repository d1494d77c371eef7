"""Portal logins in the database: sealed secrets, one job at a time, no more than the open sessions, each code once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select, update

from core.domain.errors import NotFound, StaleVersion
from core.domain.portals import PortalLogin, PortalLoginId
from core.store import rows
from core.store.portal_tables import PortalLoginRow, PortalSessionRow
from core.store.sql import next_numbers, table_of, upsert

_TABLE = table_of(PortalLoginRow)


class SqlPortalLogins:
    """`core.ports.portals.PortalLogins` on SQL."""

    def __init__(self, session: Session, now: datetime, *, lock: bool) -> None:
        self._session = session
        self._now = now
        self._lock = lock

    def next_id(self) -> PortalLoginId:
        """A fresh speakable id."""
        return PortalLoginId(f"PL-{next_numbers(self._session, 'portal_login', 1)[0]}")

    def add(self, login: PortalLogin, sealed: bytes) -> None:
        """Insert."""
        values = _values(login) | {"sealed": sealed, "code_step": -1, "held_by": "", "held_until": None}
        values |= {"browser_state": None, "answer": None, "answered_at": None}
        self._session.execute(_TABLE.insert(), values)

    def get(self, login_id: PortalLoginId) -> PortalLogin:
        """The login, locked in a writing unit."""
        return rows.load(PortalLogin, self._row(login_id).record)

    def _row(self, login_id: PortalLoginId) -> PortalLoginRow:
        query = select(PortalLoginRow).where(PortalLoginRow.id == login_id).execution_options(populate_existing=True)
        row = self._session.exec(query.with_for_update() if self._lock else query).first()
        if row is None:
            raise NotFound(f"There is no portal login {login_id}.")
        return row

    def all(self) -> Sequence[PortalLogin]:
        """By id."""
        query = select(PortalLoginRow).order_by(col(PortalLoginRow.number)).execution_options(populate_existing=True)
        return [rows.load(PortalLogin, row.record) for row in self._session.exec(query)]

    def save(self, login: PortalLogin, expected_version: int) -> None:
        """Compare and set on the version."""
        statement = update(_TABLE).where(_TABLE.c.id == login.id, _TABLE.c.version == expected_version)
        if self._session.execute(statement.values(**_values(login))).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"Portal login {login.id} was changed by somebody else meanwhile.")

    def sealed(self, login_id: PortalLoginId) -> bytes:
        """Its secrets, sealed."""
        return self._row(login_id).sealed

    def reseal(self, login_id: PortalLoginId, sealed: bytes) -> None:
        """Other secrets."""
        self._set(login_id, sealed=sealed)

    def _set(self, login_id: PortalLoginId, **values: object) -> None:
        self._session.execute(update(_TABLE).where(_TABLE.c.id == login_id).values(**values))

    def browser_state(self, login_id: PortalLoginId) -> bytes | None:
        """The sealed state of its browser."""
        return self._row(login_id).browser_state

    def keep_browser_state(self, login_id: PortalLoginId, sealed: bytes | None) -> None:
        """Keep or forget it."""
        self._set(login_id, browser_state=sealed)

    def claim_code(self, login_id: PortalLoginId, step: int) -> bool:
        """One statement, so that of two processes one gets it."""
        statement = update(_TABLE).where(_TABLE.c.id == login_id, _TABLE.c.code_step < step).values(code_step=step)
        return bool(self._session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]

    def hold(self, login_id: PortalLoginId, token: str, until: datetime) -> bool:
        """One statement, so that of two processes one gets it."""
        free = or_(_TABLE.c.held_by.in_(["", token]), _TABLE.c.held_until < self._now)
        statement = update(_TABLE).where(_TABLE.c.id == login_id, free).values(held_by=token, held_until=until)
        return bool(self._session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]

    def is_held_by(self, login_id: PortalLoginId, token: str) -> bool:
        """Locks the row, so that nobody else can take it before this unit is over."""
        row = self._row(login_id)
        return row.held_by == token and row.held_until is not None and row.held_until >= self._now

    def keep_answer(self, login_id: PortalLoginId, sealed: bytes) -> None:
        """Keep it until it is taken."""
        self._set(login_id, answer=sealed, answered_at=self._now)

    def take_answer(self, login_id: PortalLoginId, since: datetime) -> bytes | None:
        """Locks the row in a writing unit, so that it is taken once."""
        row = self._row(login_id)
        if row.answer is None:
            return None
        self._set(login_id, answer=None, answered_at=None)
        return row.answer if row.answered_at is not None and row.answered_at > since else None

    def let_go(self, login_id: PortalLoginId, token: str) -> None:
        """Give it back."""
        mine = (_TABLE.c.id == login_id) & (_TABLE.c.held_by == token)
        self._session.execute(update(_TABLE).where(mine).values(held_by="", held_until=None))

    def open_sessions(self, login_id: PortalLoginId, since: datetime) -> Mapping[str, datetime]:
        """Those that count; older ones have ended by themselves."""
        self._row(login_id)
        query = select(PortalSessionRow).where(PortalSessionRow.login_id == login_id, col(PortalSessionRow.began_at) > since)
        found = self._session.exec(query.execution_options(populate_existing=True))
        return {row.session: row.began_at for row in found}

    def session_began(self, login_id: PortalLoginId, session: str) -> None:
        """One more."""
        values = {"login_id": login_id, "session": session, "began_at": self._now}
        upsert(self._session, PortalSessionRow, [values], ["login_id", "session"])

    def session_ended(self, login_id: PortalLoginId, session: str) -> None:
        """One less."""
        gone = (col(PortalSessionRow.login_id) == login_id) & (col(PortalSessionRow.session) == session)
        self._session.execute(delete(PortalSessionRow).where(gone))


def _values(login: PortalLogin) -> dict[str, object]:
    return {
        "id": login.id,
        "number": int(login.id.rpartition("-")[2]),
        "version": login.version,
        "state": login.state.value,
        "record": rows.dump(login),
    }
