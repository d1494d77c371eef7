"""Alembic's entry: runs the migrations on the connection that `core.store.migrate` hands over."""

from alembic import context

from core.store import mail_tables, payables_tables, portal_tables, tables

# Imported for its tables, which join the same metadata.
assert mail_tables.MailRow is not None  # noqa: S101
assert payables_tables.BillRow is not None  # noqa: S101
assert portal_tables.PortalLoginRow is not None  # noqa: S101

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=tables.METADATA, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
