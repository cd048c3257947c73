"""The house's own timer for conversations: those a restart left without the AI's answer are woken, those silent too long are closed."""

import asyncio

import structlog

from xinfu.conversations.contracts import State
from xinfu.conversations.service import Conversations, CurrentSettings
from xinfu.kit.clock import Clock

log = structlog.get_logger()

EVERY_S = 20.0
LOOK_BACK_MS = 24 * 3_600_000
SHORTEST_MIN = 1  # no shop may close sooner; the first cut of the query


class Keeper:
    """start() … stop(); `sweep` is one round."""

    def __init__(self, conversations: Conversations, settings: CurrentSettings, clock: Clock) -> None:
        self._conversations = conversations
        self._settings = settings
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="keeper")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> int:
        """Close what has been silent longer than its shop allows. A customer still waiting for a person is never closed."""
        now, count = self._clock.ms(), 0
        states: tuple[State, ...] = ("ai", "agent")
        for state in states:
            for s in await self._conversations.store.silent_since(state, now - SHORTEST_MIN * 60_000):
                limit = self._settings.current(s.shop_id).idle_close_min * 60_000
                if now - s.last_at >= limit and s.waiting_since is None:
                    await self._conversations.close_silent(s.shop_id, s.id, s.state, s.last_at)
                    count += 1
        return count

    async def recover(self) -> int:
        """What the AI was about to say when the process ended: messages that seemed unfinished, answers that took time."""
        return await self._conversations.wake_unanswered(self._clock.ms() - LOOK_BACK_MS)

    async def _run(self) -> None:
        try:
            await self.recover()
        except Exception:
            log.exception("keeper.recover_failed")
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.sweep()
            except Exception:
                log.exception("keeper.failed")
