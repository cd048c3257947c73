"""Alembic's entry: always on a connection that xinfu.migrations opened."""

from alembic import context

from xinfu import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    include_schemas=True,
    include_name=lambda name, kind, parents: kind != "schema" or name in (None, "log"),
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
