"""Alembic's entry: runs the migrations on the connection that `core.store.migrate` hands over."""

from alembic import context

from core.store import tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=tables.METADATA, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
