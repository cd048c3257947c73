"""Workflows that outlive the process: begun under an id, carried on where they stood after a crash. The only place that knows DBOS.

A workflow is a coroutine function whose every effect is a `step` (its result is kept, a step that ended is not run again) and whose every
wait is a `sleep` (its end is kept). Steps run on the home loop, where databases and services live; DBOS and the workflows between their
steps live in a thread with a loop of its own, so that nothing of it ever holds up a message. A process that has no durable work pays
nothing: DBOS is loaded when the first workflow begins or is to be carried on, and put away again by `rest`.
"""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import structlog
from sqlalchemy import Engine, create_engine, event

from xinfu.kit.ids import new_id

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

log = structlog.get_logger()

type Begun = Literal["begun", "under_way", "ended"]
type Plain = str | int | float | bool | list[Plain] | dict[str, Plain] | None
"""What workflows take and steps give: kept as JSON, so that a later release can read it."""

# Workflows are carried on by whatever release runs next: its steps must stay in order, or this must change.
_VERSION = "1"
_THREADS = 6
_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class Durable:
    """Runs workflows. `store` is a file (SQLite) or a postgresql:// address, where they get a schema `dbos` of their own.

    One per process may be awake at a time: DBOS is one per process.
    """

    _awake: ClassVar["Durable | None"] = None

    def __init__(self, store: Path | str) -> None:
        self._store = store
        self._workflows: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {}
        self._registered: dict[str, Any] = {}
        self._running: set[str] = set()
        self._waking = asyncio.Lock()
        self._home: asyncio.AbstractEventLoop | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._engine: Engine | None = None

    def workflow(self, name: str, work: Callable[..., Coroutine[Any, Any, None]]) -> None:
        """Make a workflow known, before the first one begins. It takes Plain arguments and never raises."""
        self._workflows[name] = work

    @property
    def awake(self) -> bool:
        return self._loop is not None

    @property
    def running(self) -> frozenset[str]:
        """Ids of the workflows under way in this process."""
        return frozenset(self._running)

    async def begin(self, name: str, id_: str, *args: Plain) -> Begun:
        """Begin a workflow under this id, once in the life of the store: says whether it began now, is under way, or ended before.

        Returns once it is kept: from then on it comes to its end, whatever happens to this process.
        """
        await self.wake()
        if id_ in self._running:
            return "under_way"
        return await self._over_there(self._begin(name, id_, args))

    async def start(self, name: str, *args: Plain) -> None:
        """Begin a workflow nobody has to find again. As begin, but its id is new: nothing has to be asked first."""
        await self.wake()
        await self._over_there(self._start(name, new_id(), args))

    async def forget(self, before: datetime, at_most: int = 1000) -> int:
        """Throw away what is kept of workflows that ended before then. Returns how many; more may be left when it is `at_most`."""
        await self.wake()
        return await self._over_there(self._forget(before, at_most))

    async def step[T](self, name: str, work: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        """Inside a workflow: run `work` on the home loop and keep what it gives (Plain); carried on later, that is given again."""
        from dbos import DBOS

        async def at_home() -> T:
            assert self._home is not None
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(*args), self._home))

        return await DBOS.run_step_async({"name": name}, at_home)

    async def sleep(self, seconds: float) -> None:
        """Inside a workflow: wait, across restarts if need be."""
        from dbos import DBOS

        await DBOS.sleep_async(seconds)

    async def wake(self) -> None:
        """Load DBOS, if it is not, and carry on what was under way."""
        async with self._waking:
            if self._loop is not None:
                return
            if Durable._awake is not None:
                raise RuntimeError("another Durable is awake in this process")
            Durable._awake = self
            self._home = asyncio.get_running_loop()
            try:
                await asyncio.to_thread(self._wake)
            except BaseException:
                Durable._awake = None
                raise

    async def rest(self) -> None:
        """Put DBOS away if nothing is under way."""
        if not self._running:
            await self.stop()

    async def stop(self) -> None:
        """Put DBOS away. What is under way stops where it stands and is carried on by the next process."""
        async with self._waking:
            if self._loop is None:
                return
            await asyncio.to_thread(self._put_away)
            self._running.clear()
            Durable._awake = None

    def _wake(self) -> None:
        self._engine = _engine(self._store)
        loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_run, args=(loop,), name="durable", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._launch(), loop).result()
        except BaseException:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            raise
        self._loop = loop

    async def _launch(self) -> None:
        # On its own loop, which DBOS then takes for the workflows it carries on. That the loop stands still meanwhile hurts nobody.
        from dbos import DBOS, DBOSConfig

        assert self._engine is not None
        logging.getLogger("dbos").setLevel(logging.ERROR)
        config = DBOSConfig(
            name="xinfu",
            application_version=_VERSION,
            executor_id="xinfu",
            system_database_engine=self._engine,
            system_database_url=self._engine.url.render_as_string(hide_password=False),
            serializer=_serializer(),
            use_listen_notify=False,
            enable_otlp=False,
            log_level="ERROR",
            max_executor_threads=_THREADS,
        )
        DBOS(config=config)
        self._registered = {name: self._register(name, work) for name, work in self._workflows.items()}
        DBOS.launch()

    def _register(self, name: str, work: Callable[..., Coroutine[Any, Any, None]]) -> Any:
        from dbos import DBOS

        async def carried(*args: Plain) -> None:
            id_ = DBOS.workflow_id or ""
            self._running.add(id_)
            try:
                await work(*args)
            finally:
                self._running.discard(id_)

        carried.__qualname__ = name
        return DBOS.workflow(name=name, max_recovery_attempts=None)(carried)

    async def _begin(self, name: str, id_: str, args: tuple[Plain, ...]) -> Begun:
        from dbos import DBOS

        if before := await DBOS.get_workflow_status_async(id_):
            return "ended" if before.status in _ENDED else "under_way"
        await self._start(name, id_, args)
        return "begun"

    async def _start(self, name: str, id_: str, args: tuple[Plain, ...]) -> None:
        from dbos import DBOS, SetWorkflowID

        self._running.add(id_)  # at once, not when its first line runs
        try:
            with SetWorkflowID(id_):
                await DBOS.start_workflow_async(self._registered[name], *args)
        except BaseException:
            self._running.discard(id_)
            raise

    async def _forget(self, before: datetime, at_most: int) -> int:
        from dbos import DBOS

        ended = await DBOS.list_workflows_async(
            status=list(_ENDED), completed_before=before.isoformat(), limit=at_most, load_input=False, load_output=False
        )
        if ended:
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])
        return len(ended)

    async def _over_there[T](self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            work.close()
            raise RuntimeError("not awake")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def _put_away(self) -> None:
        from dbos import DBOS

        loop, thread, engine = self._loop, self._thread, self._engine
        assert loop is not None and thread is not None and engine is not None
        self._loop = None
        # Cancelled, a workflow is neither done nor failed for DBOS: it stays under way.
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        DBOS.destroy(destroy_registry=True)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        engine.dispose()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _engine(store: Path | str) -> Engine:
    if isinstance(store, str):
        return create_engine(f"postgresql+psycopg://{store.partition('://')[2]}", pool_size=4, max_overflow=4, pool_pre_ping=True)
    store.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{store}", module=_sqlite(), connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: "DBAPIConnection", _: "ConnectionPoolEntry") -> None:
        connection.isolation_level = "IMMEDIATE"
        cursor = connection.cursor()
        # NORMAL: a power cut may take the last steps back, never tear the file. A step run again asks first what became of it.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _sqlite() -> Any:
    """The newer SQLite where it is installed: DBOS uses more of SQL than old ones know."""
    with contextlib.suppress(ImportError):
        from pysqlite3 import dbapi2  # type: ignore[import-untyped]

        return dbapi2
    import sqlite3

    return sqlite3


def _serializer() -> Any:
    from dbos import Serializer

    class Json(Serializer):
        """JSON instead of pickles: readable, and nothing in a file of data is ever run."""

        def serialize(self, data: Any) -> str:
            return json.dumps({"error": repr(data)} if isinstance(data, BaseException) else {"value": data})

        def deserialize(cls, serialized_data: str) -> Any:
            kept = json.loads(serialized_data)
            return RuntimeError(kept["error"]) if "error" in kept else kept["value"]

        def name(self) -> str:
            return "json"

    return Json()
