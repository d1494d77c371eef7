"""Questions of the bank, reversals, and what a list of the ledger counts already.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("bank_line_id", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("like_line_id", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bank_line_id"], ["bank_line.id"], name=op.f("fk_bank_question_bank_line_id_bank_line")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_bank_question_payment_id_payment")),
        sa.ForeignKeyConstraint(["like_line_id"], ["bank_line.id"], name=op.f("fk_bank_question_like_line_id_bank_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_question")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_question_number")),
        sa.UniqueConstraint("bank_line_id", name=op.f("uq_bank_question_bank_line_id")),
    )
    with op.batch_alter_table("bank_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_question_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_question_payment_id"), ["payment_id"], unique=False)
    op.create_table(
        "counted_settlement",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("invoice_number", sa.String(), nullable=False),
        sa.Column("counted_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("key", "invoice_number", name=op.f("pk_counted_settlement")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reversal_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reversal_id", sa.String(), nullable=False, server_default=""))
        batch_op.create_unique_constraint(batch_op.f("uq_payment_reversal_key"), ["reversal_key"])


def downgrade() -> None:
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_payment_reversal_key"), type_="unique")
        batch_op.drop_column("reversal_id")
        batch_op.drop_column("reversal_key")
    op.drop_table("counted_settlement")
    op.drop_table("bank_question")
