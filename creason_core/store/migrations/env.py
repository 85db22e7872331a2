"""Alembic's environment: runs revisions on the connection that ``store.migrate`` hands over, in its transaction."""

from alembic import context

from creason_core.store.schema.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
