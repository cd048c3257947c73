"""The business tables' database: SQLite files in the data folder, or PostgreSQL. One place opens it, one way to write to it.

Embedded, the house keeps two files: xinfu.db (this module's tables) and log.db (conversations and messages, whose single writer must
never wait for an import). Tables of the second carry the schema name `log`, an attached file on SQLite and a schema on PostgreSQL.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, MetaData, String, TypeDecorator, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from xinfu.kit.bus import Bus
from xinfu.kit.ids import Id, new_id
from xinfu.kit.sqlite_trips import connect

_PLAIN = 2  # threads and connections of Database.run on SQLite

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, UTC in the database on both stores. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declarative base of all tables; relations never load lazily (write lazy="raise")."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, int: BigInteger}


class Identified:
    """A row with an id of ours."""

    id: Mapped[Id] = mapped_column(String(32), primary_key=True, default=new_id)


class OfShop:
    """A row that belongs to one shop; every query on it names the shop."""

    shop_id: Mapped[Id] = mapped_column(String(32), index=True)


class Unit(AsyncSession):
    """One transaction of a use-case: a session that also collects what to announce once it has committed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.announcements: list[object] = []

    def announce(self, event: object) -> None:
        """Publish `event` on the bus if, and only after, this transaction commits."""
        self.announcements.append(event)


class Database:
    """Opens units of work. `unit()` writes, `read()` only reads; both give a Unit. `run()` is for the few calls made all the time."""

    def __init__(self, url: str, bus: Bus | None = None) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.bus = bus
        self.engine = _engine(url)
        self._plain = _plain_engine(url) if self.is_sqlite else None
        self._threads = ThreadPoolExecutor(_PLAIN, "database") if self.is_sqlite else None
        self._units = async_sessionmaker(self.engine, class_=Unit, expire_on_commit=False)
        # SQLite has one writer per file: waiting in line here is fair and cheap, polling a locked file is neither.
        self._gate: contextlib.AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else _open_gate()

    @contextlib.asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """A transaction that commits at the end of the block and rolls back if it raises."""
        async with self._gate, self._units() as unit:
            if self.is_sqlite:
                await unit.connection(execution_options={"xinfu_begin": "IMMEDIATE"})
            async with _committing(unit):
                yield unit
        if self.bus:
            for announcement in unit.announcements:
                self.bus.publish(announcement)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """A consistent look without waiting for writers."""
        async with self._units() as unit:
            yield unit

    async def run[T](self, work: Callable[[Connection], T], *, write: bool = False) -> T:
        """A whole transaction as one plain function, committed if it returns and rolled back if it raises.

        On SQLite all its statements are one trip to a thread, where a Unit makes one for each, BEGIN and COMMIT included.
        """
        if self._plain is None or self._threads is None:
            async with self.engine.begin() as connection:
                return await connection.run_sync(work)
        loop = asyncio.get_running_loop()
        if not write:
            return await loop.run_in_executor(self._threads, _transaction, self._plain, "DEFERRED", work)
        async with self._gate:
            # Shielded, or the gate would open for the next writer while a cancelled caller's thread is still writing.
            return await _finished(loop.run_in_executor(self._threads, _transaction, self._plain, "IMMEDIATE", work))

    async def dispose(self) -> None:
        await self.engine.dispose()
        if self._plain is not None and self._threads is not None:
            self._threads.shutdown()
            self._plain.dispose()


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@contextlib.asynccontextmanager
async def _committing(unit: Unit) -> AsyncIterator[None]:
    try:
        yield
        await unit.commit()
    except BaseException:
        await unit.rollback()
        raise


def _open_gate() -> contextlib.AbstractAsyncContextManager[None]:
    return contextlib.nullcontext()


def _transaction[T](engine: Engine, mode: str, work: Callable[[Connection], T]) -> T:
    with engine.connect().execution_options(xinfu_begin=mode) as connection, connection.begin():
        return work(connection)


async def _finished[T](running: asyncio.Future[T]) -> T:
    """The result; if the caller is cancelled meanwhile, only after the work is done."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    engine = create_async_engine(url, pool_size=4, max_overflow=4, connect_args={"timeout": 30, "async_creator_fn": connect})
    _prepare_sqlite(engine.sync_engine)
    return engine


def _plain_engine(url: str) -> Engine:
    plain = url.replace("sqlite+aiosqlite:", "sqlite:")
    engine = create_engine(plain, pool_size=_PLAIN, max_overflow=0, connect_args={"timeout": 30, "check_same_thread": False})
    _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("xinfu_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")
