"""Customers who take cXML, codes that people hand to the robot, and lists of submissions that the database can count.

Revision 0008, after 0007.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: SQLite would make the tables anew and lose what refers to them.
    op.add_column("portal_setting", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("portal_login", sa.Column("answer", sa.LargeBinary(), nullable=True))
    op.add_column("portal_login", sa.Column("answered_at", sa.String(length=27), nullable=True))
    op.add_column("portal_submission", sa.Column("entity", sa.String(), nullable=False, server_default=""))
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """The legal entity of the submissions that are there already, from their records."""
    table = sa.table("portal_submission", sa.column("id"), sa.column("record"), sa.column("entity"))
    for submission_id, record in connection.execute(sa.select(table.c.id, table.c.record)).all():
        entity = json.loads(record)["entity"]
        connection.execute(table.update().where(table.c.id == submission_id).values(entity=entity))


def downgrade() -> None:
    op.drop_column("portal_submission", "entity")
    op.drop_column("portal_login", "answered_at")
    op.drop_column("portal_login", "answer")
    op.drop_column("portal_setting", "sealed")
