"""What Alembic runs before the scripts: they share the transaction of whoever upgrades (state.upgrade)."""

from alembic import context

from indexer.state.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
