from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.support import Centre
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database


@pytest.fixture
async def centre(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock) -> AsyncIterator[Centre]:
    """A running conversation centre, on each store in turn."""
    centre = await Centre(data_dir, postgres_dsn, clock).start()
    yield centre
    await centre.stop()
