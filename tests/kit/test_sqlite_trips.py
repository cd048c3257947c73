"""Statements on SQLite in one trip: long answers come whole, streamed ones piece by piece, failures as such."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from xinfu.kit.database import Database, sqlite_url

_MANY = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :most) SELECT x FROM n"


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(sqlite_url(tmp_path / "trips.db"))
    yield database
    await database.dispose()


@pytest.mark.parametrize("most", [1, 499, 500, 501, 3000])
async def test_answers_of_any_length_come_whole(file: Database, most: int) -> None:
    async with file.read() as unit:
        assert list(await unit.scalars(text(_MANY), {"most": most})) == list(range(1, most + 1))


@pytest.mark.parametrize("piece", [7, 500, 1200])
async def test_a_stream_gives_every_row_once_in_pieces(file: Database, piece: int) -> None:
    async with file.read() as unit:
        rows = await unit.stream(text(_MANY), {"most": 2500})
        got = [list(part) async for part in rows.scalars().partitions(piece)]
    assert [x for part in got for x in part] == list(range(1, 2501))
    assert max(len(part) for part in got) <= piece


async def test_a_long_answer_left_halfway_holds_nobody_up(file: Database) -> None:
    async with file.unit() as unit:
        await unit.execute(text("CREATE TABLE t (x INTEGER PRIMARY KEY)"))
    async with file.read() as unit:
        rows = await unit.stream(text(_MANY), {"most": 5000})
        assert (await rows.fetchone()) == (1,)
        await rows.close()
    async with file.unit() as unit:
        await unit.execute(text("INSERT INTO t VALUES (:x)"), [{"x": 1}, {"x": 2}])
        assert (await unit.execute(text("UPDATE t SET x = x + 10"))).rowcount == 2  # type: ignore[attr-defined]
        assert (await unit.execute(text("DELETE FROM t WHERE x > 11 RETURNING x"))).all() == [(12,)]


async def test_what_sqlite_refuses_is_raised_and_the_connection_stays_good(file: Database) -> None:
    async with file.unit() as unit:
        await unit.execute(text("CREATE TABLE t (x INTEGER PRIMARY KEY)"))
        await unit.execute(text("INSERT INTO t VALUES (1)"))
    with pytest.raises(IntegrityError):
        async with file.unit() as unit:
            await unit.execute(text("INSERT INTO t VALUES (1)"))
    with pytest.raises(OperationalError):
        async with file.read() as unit:
            await unit.execute(text("SELECT nothing FROM nowhere"))
    async with file.read() as unit:
        assert (await unit.scalars(text("SELECT x FROM t"))).all() == [1]
