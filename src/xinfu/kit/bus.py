"""In-process announcements: subscribe by event class; handlers run after the commit, in order, one event at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

log = structlog.get_logger()

type Handler[E] = Callable[[E], Awaitable[None]]


class Bus:
    """Delivers each published event to every handler of its class. A failing handler is logged and does not stop the others."""

    def __init__(self, limit: int = 100_000) -> None:
        self._handlers: dict[type, list[Handler[Any]]] = defaultdict(list)
        self._queue: asyncio.Queue[object] = asyncio.Queue(limit)
        self._task: asyncio.Task[None] | None = None

    def subscribe[E](self, kind: type[E], handler: Handler[E]) -> None:
        self._handlers[kind].append(handler)

    def publish(self, event: object) -> None:
        """Queue an event. Dropped only when 100,000 wait, which is logged; subscribers rebuild from the store at start."""
        if type(event) not in self._handlers:
            return
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            log.error("bus.full", event_kind=type(event).__name__)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="bus")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def drain(self) -> None:
        """Wait until everything published so far was handled."""
        await self._queue.join()

    async def _run(self) -> None:
        while True:
            event = await self._queue.get()
            for handler in self._handlers[type(event)]:
                try:
                    await handler(event)
                except Exception:
                    log.exception("bus.handler_failed", event_kind=type(event).__name__)
            self._queue.task_done()
