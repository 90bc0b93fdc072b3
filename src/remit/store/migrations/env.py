"""What Alembic runs: the migrations on the connection that ``upgrade`` holds."""

from alembic import context

from remit.store.migrations import VERSION_TABLE
from remit.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
