"""A house on each store, started, and its workflows forgotten afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.aftersales.settlement.house import House
from tests.postgres import PostgresServer
from xinfu.kit.database import Database

_FORGET = "DO $$ BEGIN IF to_regclass('dbos.workflow_status') IS NOT NULL THEN TRUNCATE dbos.workflow_status CASCADE; END IF; END $$"


@pytest.fixture
def durable_store(data_dir: Path, postgres_dsn: str | None, request: pytest.FixtureRequest) -> Path | str:
    """Where workflows are kept: a file, or the PostgreSQL database."""
    if postgres_dsn is None:
        return data_dir / "durable.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    request.addfinalizer(lambda: server.sql(_FORGET, "tests"))
    return postgres_dsn


@pytest.fixture
async def house(database: Database, data_dir: Path, durable_store: Path | str) -> AsyncIterator[House]:
    house = House(database, data_dir, durable_store)
    await house.given("1001", "1002", "1003")
    await house.settlement.start()
    yield house
    await house.stop()
