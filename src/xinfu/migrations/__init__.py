"""Bringing a centre's tables to the shape this version needs, from empty or from any earlier version, on both stores."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from xinfu.config import Config

HERE = Path(__file__).parent


async def upgrade(config: Config, revision: str = "head") -> None:
    """Migrate to `revision`. Embedded, it makes the files; on PostgreSQL, an advisory lock keeps two starting nodes apart."""
    config.data.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(config.database_url)
    try:
        async with engine.connect() as connection:
            await prepare(connection, config)
            await connection.run_sync(run, "upgrade", revision)
            await connection.commit()
    finally:
        await engine.dispose()


async def prepare(connection: Any, config: Config) -> None:
    """Make the schema `log` reachable: a second file embedded, a schema on PostgreSQL."""
    if config.database is None:
        await connection.execute(text("PRAGMA journal_mode=WAL"))
        await connection.execute(text("ATTACH :path AS log"), {"path": str(config.log_path)})
        await connection.execute(text("PRAGMA log.journal_mode=WAL"))
    else:
        await connection.execute(text("SELECT pg_advisory_xact_lock(860186018601)"))
        await connection.execute(text("CREATE SCHEMA IF NOT EXISTS log"))


def run(connection: Connection, what: str, revision: str) -> None:
    """Run an Alembic command on an open connection."""
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(HERE))
    alembic.attributes["connection"] = connection
    getattr(command, what)(alembic, revision)
