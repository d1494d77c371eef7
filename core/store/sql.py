"""The few statements that SQLModel has no word for: upsert on both databases, counters, row locks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from core.store.tables import CounterRow

# SQLite takes at most 32,766 parameters a statement; twenty columns a row leave room.
CHUNK: Final = 1000


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def is_postgres(session: Session) -> bool:
    """Whether this session talks to PostgreSQL (else SQLite)."""
    return session.get_bind().dialect.name == "postgresql"


def insert(session: Session, model: type[SQLModel]) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the session."""
    return postgresql.insert(table_of(model)) if is_postgres(session) else sqlite.insert(table_of(model))


def upsert(
    session: Session,
    model: type[SQLModel],
    values: Sequence[Mapping[str, object]],
    keys: Collection[str],
    keep: Collection[str] = (),
    unless_same: Collection[str] = (),
) -> None:
    """Insert or replace by `keys`; columns in `keep` are only set on insert.

    With `unless_same` a row is left alone where nothing but these columns would change.
    """
    for start in range(0, len(values), CHUNK):
        statement = insert(session, model).values([dict(row) for row in values[start : start + CHUNK]])
        fixed = {*keys, *keep}
        changes = {name: statement.excluded[name] for name in values[0] if name not in fixed}
        if changes:
            told = [name for name in changes if name not in unless_same]
            present = table_of(model).c
            differs = or_(*(present[name].is_distinct_from(changes[name]) for name in told)) if unless_same else None
            statement = statement.on_conflict_do_update(index_elements=list(keys), set_=changes, where=differs)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=list(keys))
        session.execute(statement)


def insert_new(session: Session, model: type[SQLModel], values: Mapping[str, object], keys: Collection[str]) -> bool:
    """Insert a row unless its key is there; True if it was inserted. Two transactions that race agree on one True."""
    key = table_of(model).c[next(iter(keys))]
    statement = insert(session, model).values(dict(values)).on_conflict_do_nothing(index_elements=list(keys)).returning(key)
    return session.execute(statement).first() is not None


def advance(session: Session, name: str, count: int = 1, start: int = 0) -> int:
    """Raise a counter by `count`; its new value."""
    statement = insert(session, CounterRow).values(name=name, value=start + count)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": table_of(CounterRow).c.value + count}
    ).returning(table_of(CounterRow).c.value)
    return int(session.execute(statement).scalar_one())


def next_numbers(session: Session, noun: str, count: int) -> range:
    """`count` fresh numbers for the ids of a noun, from 1001 on."""
    last = advance(session, f"id:{noun}", count, start=1000)
    return range(last - count + 1, last + 1)
