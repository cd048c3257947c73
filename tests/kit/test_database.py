"""Units of work on both stores."""

import pytest
from sqlalchemy import select

from xinfu.kit.audit import AuditEntry, record
from xinfu.kit.auth import system_actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database

SHOP = "a" * 32


async def test_a_unit_commits_at_its_end(database: Database, clock: FixedClock) -> None:
    async with database.unit() as unit:
        record(unit, system_actor(SHOP), clock.now(), "test.done", SHOP, "thing", "1", count=3)
    async with database.read() as unit:
        [entry] = (await unit.scalars(select(AuditEntry))).all()
    assert (entry.at, entry.detail) == (clock.now(), {"count": 3})


async def test_a_failing_unit_leaves_nothing_and_announces_nothing(database: Database, clock: FixedClock) -> None:
    heard: list[str] = []

    async def hear(event: str) -> None:
        heard.append(event)

    assert database.bus
    database.bus.subscribe(str, hear)
    with pytest.raises(RuntimeError):
        async with database.unit() as unit:
            record(unit, system_actor(SHOP), clock.now(), "test.done", SHOP, "thing", "1")
            unit.announce("never")
            raise RuntimeError
    async with database.unit() as unit:
        unit.announce("heard")
    await database.bus.drain()
    async with database.read() as unit:
        assert (await unit.scalars(select(AuditEntry))).all() == []
    assert heard == ["heard"]
