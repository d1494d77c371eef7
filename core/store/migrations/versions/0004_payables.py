"""Payables: suppliers, orders, receipts, units, learned codes, supplier invoices, disputes, versions of policies.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goods_receipt",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("po_number", sa.String(), nullable=False),
        sa.Column("po_line", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("received_date", sa.String(10), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("uom", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", "po_number", "po_line", "place", name=op.f("pk_goods_receipt")),
    )
    op.create_index(op.f("ix_goods_receipt_po_number"), "goods_receipt", ["po_number"], unique=False)
    op.create_table(
        "learned_code",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "key", "item_code", name=op.f("pk_learned_code")),
    )
    op.create_table(
        "own_receipt",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("po_number", sa.String(), nullable=False),
        sa.Column("po_line", sa.String(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("received_on", sa.String(10), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("replaced_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_own_receipt")),
    )
    op.create_index("ix_own_receipt_line", "own_receipt", ["po_number", "po_line"], unique=False)
    op.create_table(
        "policy_version",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("effective_from", sa.String(10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("put_by", sa.String(), nullable=False),
        sa.Column("put_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name=op.f("pk_policy_version")),
    )
    op.create_index("uq_policy_version_day", "policy_version", ["kind", "effective_from"], unique=True)
    op.create_table(
        "purchase_order",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("order_date", sa.String(10), nullable=True),
        sa.Column("entity", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_purchase_order")),
    )
    op.create_index(op.f("ix_purchase_order_supplier_id"), "purchase_order", ["supplier_id"], unique=False)
    op.create_table(
        "supplier",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    op.create_index(op.f("ix_supplier_name"), "supplier", ["name"], unique=False)
    op.create_table(
        "unit_conversion",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("from_uom", sa.String(), nullable=False),
        sa.Column("to_uom", sa.String(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "item_code", "from_uom", "to_uom", name=op.f("pk_unit_conversion")),
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("po_number", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("supplier_item_code", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=True),
        sa.Column("uom", sa.String(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("quantity_billed", sa.Text(), nullable=False),
        sa.Column("amount_billed_minor", sa.BigInteger(), nullable=True),
        sa.Column("coding", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["po_number"],
            ["purchase_order.number"],
            name=op.f("fk_purchase_order_line_po_number_purchase_order"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("po_number", "line", name=op.f("pk_purchase_order_line")),
    )
    op.create_table(
        "supplier_bill",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=True),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("invoice_date", sa.String(10), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=True),
        sa.Column("unlinked", sa.Boolean(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("posting_key", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_supplier_bill_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_bill")),
        sa.UniqueConstraint("number", name=op.f("uq_supplier_bill_number")),
        sa.UniqueConstraint("posting_key", name=op.f("uq_supplier_bill_posting_key")),
    )
    op.create_index("ix_supplier_bill_amount", "supplier_bill", ["supplier_id", "invoice_date", "total_minor"], unique=False)
    op.create_index("ix_supplier_bill_number", "supplier_bill", ["supplier_id", "number_key"], unique=False)
    op.create_index(op.f("ix_supplier_bill_source_id"), "supplier_bill", ["source_id"], unique=False)
    op.create_index(op.f("ix_supplier_bill_state"), "supplier_bill", ["state"], unique=False)
    op.create_table(
        "bill_take",
        sa.Column("bill_id", sa.String(), nullable=False),
        sa.Column("po_number", sa.String(), nullable=False),
        sa.Column("po_line", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_quantity", sa.String(), nullable=False),
        sa.Column("counted_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["supplier_bill.id"], name=op.f("fk_bill_take_bill_id_supplier_bill"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bill_id", "po_number", "po_line", name=op.f("pk_bill_take")),
    )
    op.create_index("ix_bill_take_line", "bill_take", ["po_number", "po_line"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("bill_id", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["supplier_bill.id"], name=op.f("fk_dispute_bill_id_supplier_bill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("number", name=op.f("uq_dispute_number")),
    )
    op.create_index(op.f("ix_dispute_bill_id"), "dispute", ["bill_id"], unique=False)
    op.create_index(op.f("ix_dispute_state"), "dispute", ["state"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_dispute_state"), table_name="dispute")
    op.drop_index(op.f("ix_dispute_bill_id"), table_name="dispute")
    op.drop_table("dispute")
    op.drop_index("ix_bill_take_line", table_name="bill_take")
    op.drop_table("bill_take")
    op.drop_index(op.f("ix_supplier_bill_state"), table_name="supplier_bill")
    op.drop_index(op.f("ix_supplier_bill_source_id"), table_name="supplier_bill")
    op.drop_index("ix_supplier_bill_number", table_name="supplier_bill")
    op.drop_index("ix_supplier_bill_amount", table_name="supplier_bill")
    op.drop_table("supplier_bill")
    op.drop_table("purchase_order_line")
    op.drop_table("unit_conversion")
    op.drop_index(op.f("ix_supplier_name"), table_name="supplier")
    op.drop_table("supplier")
    op.drop_index(op.f("ix_purchase_order_supplier_id"), table_name="purchase_order")
    op.drop_table("purchase_order")
    op.drop_index("uq_policy_version_day", table_name="policy_version")
    op.drop_table("policy_version")
    op.drop_index("ix_own_receipt_line", table_name="own_receipt")
    op.drop_table("own_receipt")
    op.drop_table("learned_code")
    op.drop_index(op.f("ix_goods_receipt_po_number"), table_name="goods_receipt")
    op.drop_table("goods_receipt")
