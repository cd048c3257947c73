"""The message log in log.db: one writer thread with durable commits (WAL, synchronous=FULL), two reader threads."""

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from xinfu.conversations.store import HEAD_COLUMNS, MESSAGE_COLUMNS, NOTE_COLUMNS, Commit, Row

_INSERT_MESSAGE = f"INSERT INTO log.message ({MESSAGE_COLUMNS}) VALUES ({','.join('?' * 11)})"
_INSERT_NOTE = f"INSERT INTO log.note ({NOTE_COLUMNS}) VALUES ({','.join('?' * 10)})"
_UPSERT_HEAD = (
    f"INSERT INTO log.conversation ({HEAD_COLUMNS}) VALUES ({','.join('?' * 9)}) ON CONFLICT (id) DO UPDATE SET "
    "state = excluded.state, assignee_id = excluded.assignee_id, last_at = excluded.last_at, head = excluded.head, memory = excluded.memory"
)


class SqliteDriver:
    """Driver over the file at `path`, which the migrations have made."""

    json = "json_extract({column}, '$.{name}')"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = ThreadPoolExecutor(1, "log-writer")
        self._readers = ThreadPoolExecutor(2, "log-reader")
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []

    async def rows(self, sql: str, *parameters: Any) -> list[Row]:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, sql, parameters)

    async def commit(self, batch: Commit) -> None:
        """Durable when it returns. Raises sqlite3.Error with nothing stored."""
        await asyncio.get_running_loop().run_in_executor(self._writer, self._write, batch)

    async def close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        for connection in self._open:
            connection.close()

    def _read(self, sql: str, parameters: tuple[Any, ...]) -> list[Row]:
        return self._connection().execute(sql, parameters).fetchall()

    def _write(self, batch: Commit) -> None:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            if batch.messages:
                connection.executemany(_INSERT_MESSAGE, batch.message_rows())
            if batch.notes:
                connection.executemany(_INSERT_NOTE, batch.note_rows())
            connection.executemany(_UPSERT_HEAD, batch.head_rows())
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            # An attached file gives the tables the same name, log.*, as the schema on PostgreSQL.
            found = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=256)
            found.execute("ATTACH ? AS log", (str(self._path),))
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "mmap_size=268435456"):
                found.execute(f"PRAGMA log.{pragma}")
            found.execute("PRAGMA busy_timeout=30000")
            self._local.connection = found
            self._open.append(found)
        return found
