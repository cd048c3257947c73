"""Shared fixtures. `database` runs a test once per store: SQLite files and a real PostgreSQL server started for the run."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import PostgresServer
from xinfu import schema
from xinfu.kit.bus import Bus
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database, sqlite_url
from xinfu.kit.ids import new_id

# Time is measured by benchmarks, not by tests; a busy machine must not make one fail.
settings.register_profile("xinfu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("xinfu")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: whoever is done early then takes the small ones, and the workers end together."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    browser = {item.path for item in items if item.get_closest_marker("e2e")}
    items.sort(key=lambda item: 0 if item.path in slow else 1 if item.path in browser else 2)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty xinfu.db and log.db, copied for every test."""
    folder = tmp_path_factory.mktemp("template")
    engine = create_engine(f"sqlite:///{folder / 'xinfu.db'}")
    with engine.begin() as connection:
        connection.execute(text(f"ATTACH '{folder / 'log.db'}' AS log"))
        schema.metadata.create_all(connection)
    engine.dispose()
    return folder


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    async def create() -> None:
        engine = create_async_engine(f"postgresql+asyncpg://xinfu@127.0.0.1:{postgres_server.port}/template_xinfu")
        async with engine.begin() as connection:
            await connection.execute(text("CREATE SCHEMA IF NOT EXISTS log"))
            await connection.run_sync(schema.metadata.create_all)
        await engine.dispose()

    postgres_server.sql("CREATE DATABASE template_xinfu")
    with ThreadPoolExecutor(1) as thread:  # a loop of its own, whatever loop the test runner is in
        thread.submit(asyncio.run, create()).result()
    return "template_xinfu"


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> str:
    """Which of the two stores this run of the test is on."""
    return str(request.param)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def postgres_database(postgres_server: PostgresServer, postgres_template: str) -> str:
    """One migrated database for all tests of a run, emptied after each: making one costs twenty times as much."""
    postgres_server.sql(f"CREATE DATABASE tests TEMPLATE {postgres_template}")
    return f"{postgres_server.dsn}/tests"


_EMPTY = """
SET session_replication_role = replica;
DO $$ DECLARE t record; BEGIN
  FOR t IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'log') LOOP
    EXECUTE format('DELETE FROM %I.%I', t.schemaname, t.tablename);
  END LOOP;
END $$
"""


@pytest.fixture
def postgres_dsn(store: str, request: pytest.FixtureRequest) -> str | None:
    """The address of a migrated PostgreSQL database with empty tables; None on SQLite."""
    if store == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    dsn: str = request.getfixturevalue("postgres_database")
    request.addfinalizer(lambda: server.sql(_EMPTY, "tests"))
    return dsn


@pytest.fixture
def postgres_dsn_empty(store: str, request: pytest.FixtureRequest) -> str | None:
    """The address of a PostgreSQL database with nothing in it, for a centre that migrates by itself; None on SQLite."""
    if store == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"t_{new_id()}"
    server.sql(f"CREATE DATABASE {name}")
    request.addfinalizer(lambda: server.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    return f"{server.dsn}/{name}"


@pytest.fixture
async def database(store: str, data_dir: Path, postgres_dsn: str | None, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An empty database with every table, on each store in turn; data_dir also holds log.db when embedded."""
    if postgres_dsn is None:
        template: Path = request.getfixturevalue("sqlite_template")
        for file in template.iterdir():
            shutil.copy(file, data_dir / file.name)
        url = sqlite_url(data_dir / "xinfu.db")
    else:
        url = postgres_dsn.replace("postgresql://", "postgresql+asyncpg://")
    bus = Bus()
    await bus.start()
    database = Database(url, bus)
    yield database
    await bus.stop()
    await database.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """A Tuesday morning in Shanghai."""
    return FixedClock(datetime(2026, 3, 10, 2, 0, tzinfo=UTC))
