"""Alembic's entry: runs the migrations on the connection that ``monitor.store.migrate`` hands over."""

from alembic import context
from sqlmodel import SQLModel

from monitor.store import history_tables, outbox_tables, review_tables, story_tables

_TABLES = (
    history_tables,
    outbox_tables,
    review_tables,
    story_tables,
)  # importing them fills the metadata that --autogenerate compares with

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
