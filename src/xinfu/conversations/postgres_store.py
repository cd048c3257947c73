"""The message log in PostgreSQL: one transaction per batch, arrays unnested on the server, asyncpg without an ORM."""

import re
from typing import Any

import asyncpg

from xinfu.conversations.store import HEAD_COLUMNS, MESSAGE_COLUMNS, NOTE_COLUMNS, Commit, Row

_INSERT_MESSAGE = (
    f"INSERT INTO log.message ({MESSAGE_COLUMNS}) SELECT * FROM unnest("
    "$1::text[],$2::int[],$3::text[],$4::bigint[],$5::text[],$6::text[],$7::text[],$8::text[],$9::text[],$10::text[],$11::text[])"
)
_INSERT_NOTE = (
    f"INSERT INTO log.note ({NOTE_COLUMNS}) SELECT * FROM unnest("
    "$1::text[],$2::int[],$3::text[],$4::int[],$5::bigint[],$6::text[],$7::text[],$8::text[],$9::text[],$10::text[])"
)
_UPSERT_HEAD = (
    f"INSERT INTO log.conversation ({HEAD_COLUMNS}) SELECT * FROM unnest("
    "$1::text[],$2::text[],$3::text[],$4::text[],$5::text[],$6::bigint[],$7::bigint[],$8::text[],$9::text[]) "
    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, assignee_id = excluded.assignee_id, last_at = excluded.last_at, "
    "head = excluded.head, memory = excluded.memory"
)
_MARK = re.compile(r"\?")


class PostgresDriver:
    """Driver over a pool. `open()` before use."""

    json = "({column}::json ->> '{name}')"

    def __init__(self, dsn: str, readers: int = 6) -> None:
        self._dsn = dsn
        self._size = readers + 1
        self._pool: asyncpg.Pool | None = None
        self._numbered: dict[str, str] = {}

    async def open(self) -> "PostgresDriver":
        self._pool = await asyncpg.create_pool(self._dsn, min_size=1, max_size=self._size, command_timeout=30)
        return self

    async def rows(self, sql: str, *parameters: Any) -> list[Row]:
        assert self._pool
        found: list[Row] = await self._pool.fetch(self._number(sql), *parameters)
        return found

    async def commit(self, batch: Commit) -> None:
        """Durable when it returns. Raises asyncpg or connection errors with nothing stored."""
        assert self._pool
        async with self._pool.acquire() as connection, connection.transaction():
            if batch.messages:
                await connection.execute(_INSERT_MESSAGE, *_columns(batch.message_rows()))
            if batch.notes:
                await connection.execute(_INSERT_NOTE, *_columns(batch.note_rows()))
            await connection.execute(_UPSERT_HEAD, *_columns(batch.head_rows()))

    async def close(self) -> None:
        if self._pool:
            await self._pool.close()

    def _number(self, sql: str) -> str:
        numbered = self._numbered.get(sql)
        if numbered is None:
            count = iter(range(1, 10_000))
            numbered = self._numbered[sql] = _MARK.sub(lambda _: f"${next(count)}", sql)
            if len(self._numbered) > 2000:
                self._numbered.clear()
        return numbered


def _columns(rows: list[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
