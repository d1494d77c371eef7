"""Rows of the ledger mirror remember the revision at which they changed last.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("customer", "customer_invoice", "alias")


def upgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("changed", sa.BigInteger(), nullable=False, server_default="0"))
            batch_op.create_index(batch_op.f(f"ix_{table}_changed"), ["changed"], unique=False)


def downgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_changed"))
            batch_op.drop_column("changed")
