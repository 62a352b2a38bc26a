"""What alembic runs for each command: our migrations, on the connection it was handed."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
