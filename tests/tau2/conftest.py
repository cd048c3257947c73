"""A retail shop on each store in turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tau2.place import Place, place
from xinfu.config import Config
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.tau2 import Workplace


@pytest.fixture
async def retail(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Place]:
    work = Workplace(Config(data=data_dir, database=postgres_dsn), clock)
    try:
        yield await place(work, tmp_path)
    finally:
        await work.close()
