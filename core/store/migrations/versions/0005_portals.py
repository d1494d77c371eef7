"""Customers' portals: logins and sessions, customers, orders, invoices there, syncs, switches, submissions.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_login",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("browser_state", sa.LargeBinary(), nullable=True),
        sa.Column("code_step", sa.BigInteger(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("held_until", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_login")),
        sa.UniqueConstraint("number", name=op.f("uq_portal_login_number")),
    )
    op.create_table(
        "portal_order_line",
        sa.Column("portal_customer_id", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("price", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("invoiced_minor", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("portal_customer_id", "order_number", "line", name=op.f("pk_portal_order_line")),
    )
    op.create_table(
        "portal_setting",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_portal_setting")),
    )
    op.create_table(
        "portal_submission",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("invoice_number", sa.String(), nullable=False),
        sa.Column("live_key", sa.String(), nullable=True),
        sa.Column("portal_customer_id", sa.String(), nullable=True),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("run_token", sa.String(), nullable=False),
        sa.Column("run_step", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_submission")),
        sa.UniqueConstraint("live_key", name=op.f("uq_portal_submission_live_key")),
        sa.UniqueConstraint("number", name=op.f("uq_portal_submission_number")),
    )
    op.create_index(op.f("ix_portal_submission_invoice_number"), "portal_submission", ["invoice_number"], unique=False)
    op.create_index("ix_portal_submission_order", "portal_submission", ["portal_customer_id", "order_number"], unique=False)
    op.create_index(op.f("ix_portal_submission_state"), "portal_submission", ["state"], unique=False)
    op.create_table(
        "portal_switch",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_portal_switch")),
    )
    op.create_table(
        "portal_customer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("login_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["portal_login.id"], name=op.f("fk_portal_customer_login_id_portal_login")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_customer")),
        sa.UniqueConstraint("number", name=op.f("uq_portal_customer_number")),
    )
    op.create_index(op.f("ix_portal_customer_customer_id"), "portal_customer", ["customer_id"], unique=False)
    op.create_index("uq_portal_customer_name", "portal_customer", ["login_id", "name"], unique=True)
    op.create_table(
        "portal_session",
        sa.Column("login_id", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("began_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["login_id"], ["portal_login.id"], name=op.f("fk_portal_session_login_id_portal_login"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("login_id", "session", name=op.f("pk_portal_session")),
    )
    op.create_table(
        "portal_sync",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("login_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["portal_login.id"], name=op.f("fk_portal_sync_login_id_portal_login")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_sync")),
        sa.UniqueConstraint("key", name=op.f("uq_portal_sync_key")),
        sa.UniqueConstraint("number", name=op.f("uq_portal_sync_number")),
    )
    op.create_index(op.f("ix_portal_sync_login_id"), "portal_sync", ["login_id"], unique=False)
    op.create_table(
        "portal_invoice",
        sa.Column("portal_customer_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portal_customer_id"], ["portal_customer.id"], name=op.f("fk_portal_invoice_portal_customer_id_portal_customer")
        ),
        sa.PrimaryKeyConstraint("portal_customer_id", "reference", name=op.f("pk_portal_invoice")),
    )
    op.create_index(op.f("ix_portal_invoice_number_key"), "portal_invoice", ["number_key"], unique=False)
    op.create_index(op.f("ix_portal_invoice_order_number"), "portal_invoice", ["order_number"], unique=False)
    op.create_table(
        "portal_order",
        sa.Column("portal_customer_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_text", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("invoiced_minor", sa.BigInteger(), nullable=True),
        sa.Column("may_be_invoiced", sa.Boolean(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portal_customer_id"], ["portal_customer.id"], name=op.f("fk_portal_order_portal_customer_id_portal_customer")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_portal_order_source_id_source")),
        sa.PrimaryKeyConstraint("portal_customer_id", "number", name=op.f("pk_portal_order")),
    )


def downgrade() -> None:
    op.drop_table("portal_order")
    op.drop_index(op.f("ix_portal_invoice_order_number"), table_name="portal_invoice")
    op.drop_index(op.f("ix_portal_invoice_number_key"), table_name="portal_invoice")

    op.drop_table("portal_invoice")
    op.drop_index(op.f("ix_portal_sync_login_id"), table_name="portal_sync")

    op.drop_table("portal_sync")
    op.drop_table("portal_session")
    op.drop_index("uq_portal_customer_name", table_name="portal_customer")
    op.drop_index(op.f("ix_portal_customer_customer_id"), table_name="portal_customer")

    op.drop_table("portal_customer")
    op.drop_table("portal_switch")
    op.drop_index(op.f("ix_portal_submission_state"), table_name="portal_submission")
    op.drop_index("ix_portal_submission_order", table_name="portal_submission")
    op.drop_index(op.f("ix_portal_submission_invoice_number"), table_name="portal_submission")

    op.drop_table("portal_submission")
    op.drop_table("portal_setting")
    op.drop_table("portal_order_line")
    op.drop_table("portal_login")
