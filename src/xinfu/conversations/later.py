"""What the front desk does a little later, outside the writer's batch: look again when a customer who seemed to go on did not, or finish an
answer that needs time (an order is looked at or changed). Nothing here is the only copy of anything: after a restart the keeper wakes every
conversation whose customer was left without an answer, and the front desk decides again on what was stored.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from xinfu.conversations.contracts import Reply
from xinfu.kit.ids import Id

log = structlog.get_logger()

LIMIT_S = 20.0  # longer than any look-up or model may take; after it a person takes over
_AGAIN_S = 1.0


@dataclass(slots=True)
class Nudge:
    """Let the front desk look again at the customer's message `seq`, if it is still their last and the AI's to answer."""

    conversation_id: Id
    seq: int


@dataclass(slots=True)
class FollowUp:
    """The rest of the answer to the customer's message `seq`; `reply` None: it could not be made."""

    conversation_id: Id
    seq: int
    reply: Reply | None


class Later:
    """Timers and unfinished answers of one intake. `queue` takes what is ready and says whether there was room."""

    def __init__(self, queue: Callable[[Nudge | FollowUp], bool]) -> None:
        self._queue = queue
        self._tasks: set[asyncio.Task[None]] = set()
        self.at_work: dict[Id, int] = {}  # conversation → the message whose answer is being made

    def nudge(self, conversation_id: Id, seq: int, after_s: float) -> None:
        asyncio.get_running_loop().call_later(after_s, self._put, Nudge(conversation_id, seq))

    def work(self, conversation_id: Id, seq: int, make: Callable[[], Awaitable[Reply]]) -> None:
        """Begin to make an answer; until it is there the conversation's further messages wait for it."""
        self.at_work[conversation_id] = seq
        task = asyncio.create_task(self._make(conversation_id, seq, make), name="intake.later")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self, limit_s: float) -> None:
        """Let what is under way finish, as far as there is time; the rest is decided again after the restart."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=limit_s)
            for task in late:
                task.cancel()

    async def _make(self, conversation_id: Id, seq: int, make: Callable[[], Awaitable[Reply]]) -> None:
        try:
            async with asyncio.timeout(LIMIT_S):
                reply = await make()
        except Exception:
            log.exception("intake.later_failed")
            reply = None
        self._put(FollowUp(conversation_id, seq, reply))

    def _put(self, what: Nudge | FollowUp) -> None:
        if not self._queue(what):  # a full queue: the customer is not forgotten for it
            asyncio.get_running_loop().call_later(_AGAIN_S, self._put, what)
