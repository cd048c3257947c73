"""SQLite for asyncio: one trip to the connection's thread for a statement, where aiosqlite makes four (open, execute, fetch, close)."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite

_FIRST = 500  # rows that come home at once; the rest of a long answer is fetched when it is asked for


class OneTrip:
    """A cursor that brings the answer home with the question: rows, description and counts are there when execute returns."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self._more: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        return await self._ask(sqlite3.Connection.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        return await self._ask(sqlite3.Connection.executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        if self._more is not None:
            rows.extend(await self._connection.trip(self._more.fetchall))
            await self.close()
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or self.arraysize
        if len(self._rows) < wanted and self._more is not None:
            self._rows.extend(await self._connection.trip(self._more.fetchmany, wanted - len(self._rows)))
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return rows

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        self._rows = []
        if self._more is not None:
            more, self._more = self._more, None
            await self._connection.trip(more.close)

    async def _ask(self, how: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> Self:
        await self.close()
        told = await self._connection.ask(how, sql, parameters)
        self._rows, self._more, self.description, self.rowcount, self.lastrowid = told
        return self


class Connection(aiosqlite.Connection):
    """A connection of aiosqlite whose cursors are of that kind."""

    def cursor(self, *_: Any, **__: Any) -> Any:
        return OneTrip(self)

    async def ask(self, how: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> Any:
        return await self.trip(partial(_told, self._conn, how, sql, parameters))

    async def trip(self, work: Callable[..., Any], *args: Any) -> Any:
        return await self._execute(work, *args)  # type: ignore[no-untyped-call]


async def connect(database: str | Path, **options: Any) -> Connection:
    """What SQLAlchemy calls for a new connection (its async_creator_fn)."""
    connection = Connection(lambda: sqlite3.connect(database, **options), _FIRST)
    connection._thread.daemon = True  # nobody waits for it at the end of the process
    await connection
    return connection


def _told(
    connection: sqlite3.Connection, how: Callable[..., sqlite3.Cursor], sql: str, parameters: Any
) -> tuple[list[Any], sqlite3.Cursor | None, Any, int, int | None]:
    cursor = how(connection, sql, parameters)
    rows = cursor.fetchmany(_FIRST) if cursor.description else []
    told = cursor.description, cursor.rowcount, cursor.lastrowid
    if len(rows) == _FIRST:
        return rows, cursor, *told
    cursor.close()
    return rows, None, *told
