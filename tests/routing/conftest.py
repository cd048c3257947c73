"""A house with nobody in it yet."""

import pytest

from tests.routing.support import House
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database


@pytest.fixture
async def house(database: Database, clock: FixedClock) -> House:
    return House(database, clock)
