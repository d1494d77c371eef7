"""Column types that are the same integers and texts on SQLite and PostgreSQL.

SQLite would keep a decimal as a binary float, and the two databases disagree about time zones, so neither is used: instants are
text of one width in UTC (they sort as they happened), days are ISO text, exact decimals are text.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


def instant(text: str) -> datetime:
    """The instant that a column holds as text; `ValueError` for text that is none."""
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """A UTC instant as `2026-01-31T09:30:00.000000Z`."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's form.
        """To text; an instant without a zone is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        return value.astimezone(UTC).strftime(_INSTANT)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From text."""
        return None if value is None else instant(value)


class Day(TypeDecorator[date]):
    """A calendar date as ISO text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """From text."""
        return None if value is None else date.fromisoformat(value)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal as text, digit for digit."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """From text."""
        return None if value is None else Decimal(value)
