"""What Alembic runs: the migrations, on the connection that `service.db.migrate` opened."""

from alembic import context

from service.db.tables import Row

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Row.metadata)
with context.begin_transaction():
    context.run_migrations()
