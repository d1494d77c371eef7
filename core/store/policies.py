"""Versions of the owner's rules in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.domain.errors import Refused
from core.domain.versioned import PolicyKind, PolicyVersion
from core.store.payables_tables import PolicyVersionRow
from core.store.sql import table_of


class SqlPolicies:
    """`core.ports.payables.Policies` on SQL."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def put(self, version: PolicyVersion) -> bool:
        """Insert; the same version again changes nothing, another one of that name or day is refused."""
        for known in self.all(version.kind):
            if known.version == version.version:
                same = (known.effective_from, known.body) == (version.effective_from, version.body)
                if same:
                    return False
                raise Refused(f"Version “{version.version}” is stored already and says something else; give it another name.")
            if known.effective_from == version.effective_from:
                raise Refused(f"Version “{known.version}” holds from {known.effective_from} already.")
        values = {
            "kind": version.kind.value,
            "version": version.version,
            "effective_from": version.effective_from,
            "body": version.body,
            "put_by": version.put_by,
            "put_at": version.put_at or self._now,
        }
        self._session.execute(table_of(PolicyVersionRow).insert(), values)
        return True

    def all(self, kind: PolicyKind) -> Sequence[PolicyVersion]:
        """By day."""
        query = select(PolicyVersionRow).where(PolicyVersionRow.kind == kind.value)
        return [
            PolicyVersion(PolicyKind(row.kind), row.version, row.effective_from, row.body, row.put_by, row.put_at)
            for row in self._session.exec(query.order_by(col(PolicyVersionRow.effective_from)))
        ]
