"""The tables come out right from nothing and from every earlier version, with the rows that were there, on both stores."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from xinfu import migrations, schema
from xinfu.config import Config


def revisions() -> list[str]:
    """Oldest first."""
    return [s.revision for s in ScriptDirectory(str(migrations.HERE)).walk_revisions()][::-1]


async def differences(config: Config) -> list[object]:
    """What the migrated tables lack of the models, or have too much."""

    def compare(connection: Connection) -> list[object]:
        options = {"include_schemas": True, "include_name": lambda name, kind, parents: kind != "schema" or name in (None, "log")}
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata)
        return [d for d in found if not (isinstance(d, tuple) and "alembic_version" in str(d))]

    engine = create_async_engine(config.database_url)
    try:
        async with engine.connect() as connection:
            await migrations.prepare(connection, config)
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


async def test_from_nothing_the_tables_equal_the_models(data_dir: Path, postgres_dsn_empty: str | None) -> None:
    config = Config(data=data_dir, database=postgres_dsn_empty)
    await migrations.upgrade(config)
    assert await differences(config) == []


async def test_from_every_earlier_version_the_rows_stay(data_dir: Path, postgres_dsn_empty: str | None, tmp_path: Path) -> None:
    config = Config(data=data_dir, database=postgres_dsn_empty)
    shop = {
        "id": "a" * 32,
        "slug": "old",
        "name": "老店",
        "currency": "CNY",
        "widget_secret": "s",
        "created_at": "2026-01-01 00:00:00.000000",
    }
    await migrations.upgrade(config, revisions()[0])
    engine = create_async_engine(config.database_url)
    async with engine.begin() as connection:
        columns = ", ".join(shop)
        values = ", ".join(f"'{v}'" for v in shop.values())
        await connection.execute(text(f"INSERT INTO shop ({columns}) VALUES ({values})"))
    for revision in revisions()[1:]:
        await migrations.upgrade(config, revision)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT slug, name FROM shop"))).all()
    await engine.dispose()
    assert [tuple(r) for r in rows] == [("old", "老店")]
    assert await differences(config) == []


async def test_migrating_twice_changes_nothing(data_dir: Path, postgres_dsn_empty: str | None) -> None:
    config = Config(data=data_dir, database=postgres_dsn_empty)
    await migrations.upgrade(config)
    await migrations.upgrade(config)
    assert await differences(config) == []


def test_there_is_an_earlier_version_to_come_from() -> None:
    assert len(revisions()) >= 2
