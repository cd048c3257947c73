"""Units of work on both stores."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, insert, select

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


def _add(connection: Connection, entry: str, clock: FixedClock) -> str:
    values = {"id": entry, "at": clock.now(), "actor_kind": "system", "actor_id": "", "actor_name": "", "ip": "", "action": "test.done"}
    connection.execute(insert(AuditEntry).values(**values, shop_id=SHOP, target_kind="thing", target_id="1", detail={}))
    return entry


async def _stored(database: Database) -> list[str]:
    return sorted(await database.run(lambda connection: connection.scalars(select(AuditEntry.id)).all()))


async def test_a_plain_function_is_a_transaction_of_its_own(database: Database, clock: FixedClock) -> None:
    assert await database.run(lambda connection: _add(connection, "1", clock), write=True) == "1"

    def failing(connection: Connection) -> None:
        _add(connection, "2", clock)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.run(failing, write=True)
    assert await _stored(database) == ["1"]


async def test_plain_functions_and_units_write_in_turn(database: Database, clock: FixedClock) -> None:
    async def unit(n: int) -> None:
        async with database.unit() as unit:
            record(unit, system_actor(SHOP), clock.now(), "test.done", SHOP, "thing", str(n))

    plain = [database.run(lambda connection, n=n: _add(connection, f"p{n}", clock), write=True) for n in range(20)]
    await asyncio.gather(*plain, *(unit(n) for n in range(20)))
    assert len(await _stored(database)) == 40


async def test_a_writer_nobody_waits_for_any_more_still_keeps_the_next_one_out(database: Database, clock: FixedClock) -> None:
    if not database.is_sqlite:
        return  # there, a cancelled transaction is rolled back by the driver
    inside, go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        inside.set()
        go_on.wait(10)
        _add(connection, "slow", clock)

    abandoned = asyncio.create_task(database.run(slow, write=True))
    while not inside.is_set():
        await asyncio.sleep(0.001)
    abandoned.cancel()
    following = asyncio.create_task(database.run(lambda connection: _add(connection, "next", clock), write=True))
    await asyncio.sleep(0.01)
    assert not following.done()
    go_on.set()
    await following
    assert await _stored(database) == ["next", "slow"]
