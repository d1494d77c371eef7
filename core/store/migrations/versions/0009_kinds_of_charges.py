"""What a charge on a supplier invoice is: freight, tax, a discount or another one. Before, it was only known that it is one.

Revision 0009, after 0008.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """The kind of the charges that are there already: by what they are called where no document named them otherwise."""
    _rewrite(connection, lambda charge, line: kind(line.get("description") or "") if charge else None)


def kind(description: str) -> str:
    """`Freight`, `Tax` and `Discount` are the names of charges that had no words of their own."""
    word = description.strip().lower()
    return word if word in {"freight", "tax", "discount"} else "other"


def downgrade() -> None:
    _rewrite(op.get_bind(), lambda charge, _: bool(charge))


def _rewrite(connection: sa.Connection, said) -> None:
    table = sa.table("supplier_bill", sa.column("id"), sa.column("record"))
    for bill_id, text in connection.execute(sa.select(table.c.id, table.c.record)).all():
        record = json.loads(text)
        for line in record["lines"]:
            line["charge"] = said(line.get("charge"), line)
        connection.execute(table.update().where(table.c.id == bill_id).values(record=json.dumps(record, ensure_ascii=False, separators=(",", ":"))))
