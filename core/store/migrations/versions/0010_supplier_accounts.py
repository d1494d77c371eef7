"""The bank accounts of suppliers, so that whose an account is can be looked up.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Suppliers that are there already came without accounts.
    op.create_table(
        "supplier_account",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_account_supplier_id_supplier"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account", "supplier_id", name=op.f("pk_supplier_account")),
    )
    op.create_index(op.f("ix_supplier_account_supplier_id"), "supplier_account", ["supplier_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_supplier_account_supplier_id"), table_name="supplier_account")
    op.drop_table("supplier_account")
