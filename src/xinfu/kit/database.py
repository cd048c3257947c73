"""The business tables' database: SQLite files in the data folder, or PostgreSQL. One place opens it, one way to write to it.

Embedded, the house keeps two files: xinfu.db (this module's tables) and log.db (conversations and messages, whose single writer must
never wait for an import). Tables of the second carry the schema name `log`, an attached file on SQLite and a schema on PostgreSQL.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, String, TypeDecorator, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from xinfu.kit.bus import Bus
from xinfu.kit.ids import Id, new_id

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
    """Opens units of work. `unit()` writes, `read()` only reads; both give a Unit."""

    def __init__(self, url: str, bus: Bus | None = None) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.bus = bus
        self.engine = _engine(url)
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

    async def dispose(self) -> None:
        await self.engine.dispose()


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


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    engine = create_async_engine(url, pool_size=4, max_overflow=4, connect_args={"timeout": 30})

    @event.listens_for(engine.sync_engine, "connect")
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

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("xinfu_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine
