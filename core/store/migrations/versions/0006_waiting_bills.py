"""What the lists of work ask about a supplier invoice, in columns of its own, so that the database can count it.

Revision 0006, after 0005.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BLOCKING = {"REJECTED", "AWAITING_RECEIPT", "DISPUTED"}
RESOLVED = {"CLEAR", "ACCEPTED", "NEW"}


COLUMNS = (
    ("open_verdicts", sa.Text(), ""),
    ("asked", sa.Boolean(), sa.false()),
    ("blocked", sa.Boolean(), sa.false()),
    ("resolved", sa.Boolean(), sa.false()),
    ("approvers", sa.Text(), ""),
)


def upgrade() -> None:
    # Not in a batch: SQLite would make the table anew and lose what refers to it.
    for name, of, default in COLUMNS:
        op.add_column("supplier_bill", sa.Column(name, of, nullable=False, server_default=default))
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """The columns of the invoices that are there already, from their records."""
    table = sa.table(
        "supplier_bill",
        *(sa.column(name) for name in ("id", "record", *(name for name, _, _ in COLUMNS))),
    )
    for bill_id, record in connection.execute(sa.select(table.c.id, table.c.record)).all():
        connection.execute(table.update().where(table.c.id == bill_id).values(**waits(json.loads(record))))


def waits(bill: dict) -> dict[str, object]:
    compared = bill["kind"] == "po_invoice"
    lines = bill["lines"]
    open_verdicts: set[str] = set()
    for line in lines:
        if compared and line["resolution"] == "OPEN":
            verdicts = line["comparison"]["verdicts"] if line["comparison"] else ["UNLINKED"]
            open_verdicts |= set(verdicts) - {"PERFECT_MATCH"} - set(line["accepted"])
    return {
        "open_verdicts": listed(open_verdicts),
        "asked": any(each["kind"] != "notice" and each["answered_by"] is None for each in bill["questions"]),
        "blocked": compared and any(line["resolution"] in BLOCKING for line in lines),
        "resolved": not compared or all(line["resolution"] in RESOLVED for line in lines),
        "approvers": listed(bill["approvers"]),
    }


def listed(names) -> str:
    return f",{','.join(sorted(names))}," if names else ""


def downgrade() -> None:
    for name, _, _ in reversed(COLUMNS):
        op.drop_column("supplier_bill", name)
