"""Doing tasks outside: a durable workflow asks what became of each before it ever repeats, and stays at them until that is known."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from itertools import batched
from typing import Any

import msgspec
import structlog
from sqlalchemy import Row

from xinfu.aftersales.settlement import repository
from xinfu.aftersales.settlement.contracts import MONEY, TaskAsked
from xinfu.aftersales.settlement.model import WALLET
from xinfu.aftersales.settlement.outcomes import Outcomes
from xinfu.aftersales.settlement.policy import Pace, keys_so_far
from xinfu.aftersales.settlement.ports import Answer, Booking, Outside, Shipment, Unreachable
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.durable import Durable, Plain
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

log = structlog.get_logger()

_WORKFLOW = "settlement"
_AT_MOST = 2000  # tasks under way in one process; what is more waits in the table
_NOBODY = "一直没有人应答 / no answer for too long"

type _Reply = Answer | Booking


class Runner:
    """Works on tasks in batches: those asked for at the same moment go together, each on its own to the world outside, and one durable
    workflow sees to it that all of them come to their end. A batch goes round until nothing of it is left.

    That a task is done once does not hang on its workflow: it hangs on its row and on its key outside, both asked before anything is done.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        outside: Outside,
        durable: Durable,
        outcomes: Outcomes,
        pace: Pace,
        crash: Callable[[str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._outside = outside
        self._durable = durable
        self._outcomes = outcomes
        self._pace = pace
        self._crash = crash
        self._calls = asyncio.Semaphore(pace.at_once)
        self._taken: dict[tuple[Id, int], str] = {}
        """Tasks and attempts this process works on, and in which batch."""
        durable.workflow(_WORKFLOW, self._work)

    async def begin(self, asked: Sequence[TaskAsked]) -> None:
        """See to it that waiting tasks are worked on. Once it returns, they will be, whatever happens to this process."""
        await self._durable.wake()
        new = [task for task in asked if (task.task_id, task.attempt) not in self._taken][: _AT_MOST - len(self._taken)]
        for batch in batched(new, self._pace.batch):
            name = new_id()
            given: list[Plain] = [[task.shop_id, task.task_id, task.attempt] for task in batch]
            self._taken.update(((task.task_id, task.attempt), name) for task in batch)
            try:
                await self._durable.start(_WORKFLOW, name, given)
            except BaseException:
                for task in batch:
                    self._taken.pop((task.task_id, task.attempt), None)
                raise
            for task in batch:
                self._crash(f"{task.kind}.begun")

    def forget(self) -> None:
        """The engine was put away: what is under way is carried on by the next one."""
        self._taken.clear()

    async def _work(self, name: str, given: list[list[Any]]) -> None:
        """The workflow. After a crash its lines run again, its steps only where they had not ended."""
        left, tries = await self._durable.step("settle", self._settle, name, given), 1
        while left:
            await self._durable.sleep(self._pace.wait(tries))
            left, tries = await self._durable.step("settle", self._settle, name, left), tries + 1

    async def _settle(self, name: str, given: list[list[Any]]) -> list[list[Any]]:
        """Once over what is left of a batch, all together. Gives those that go round again, now or never known."""
        for _, task_id, attempt in given:
            self._taken.setdefault((task_id, attempt), name)  # carried on after a crash
        mine = [one for one in given if self._taken[one[1], one[2]] == name]
        try:
            rows = await self._database.run(lambda connection: repository.plain(connection, [(one[0], one[1]) for one in mine]))
        except Exception:
            log.exception("settlement.not_read", tasks=len(mine))
            return mine
        open_ = await asyncio.gather(*(self._one(rows.get(one[1]), one[2]) for one in mine))
        for one, still in zip(mine, open_, strict=True):
            if not still:
                self._taken.pop((one[1], one[2]), None)
        return [one for one, still in zip(mine, open_, strict=True) if still]

    async def _one(self, row: Row[Any] | None, attempt: int) -> bool:
        """Whether this task is still open. One that fails on something of ours is logged and goes round again too."""
        if row is None or row.state != "waiting" or row.attempt != attempt:
            return False
        try:
            return await self._ask(row)
        except Exception:
            log.exception("settlement.step_failed", task_id=row.id)
            return True

    async def _ask(self, row: Row[Any]) -> bool:
        # A gift card is the house's own: nobody is asked, it is moved where the outcome is recorded.
        reply, words = (Answer("done"), "") if row.payload.get(WALLET) else await self._reply(row)
        self._crash(f"{row.kind}.answered")
        if reply is None and self._clock.now() - row.begun_at > timedelta(seconds=self._pace.give_up):
            reply = Answer("refused", "", f"{_NOBODY}: {words}")
        if reply is None or reply.outcome == "pending":
            await self._outcomes.tried(row.shop_id, row.id, reply.words if reply else words)
            return True
        await self._outcomes.record(row.shop_id, row.id, row.attempt, reply)
        return False

    async def _reply(self, row: Row[Any]) -> tuple[_Reply | None, str]:
        """What the other side says, or None and why nobody knows."""
        async with self._calls:
            self._crash(f"{row.kind}.asking")
            try:
                async with asyncio.timeout(self._pace.timeout):
                    return await self._find_or_do(row), ""
            except TimeoutError:
                return None, "超时 / timed out"
            except (Unreachable, OSError) as e:
                return None, str(e) or type(e).__name__
            except Exception as e:  # an adapter's own fault tells no more of what happened outside than silence does
                log.exception("settlement.adapter_failed", kind=row.kind, task_id=row.id)
                return None, type(e).__name__

    async def _find_or_do(self, row: Row[Any]) -> _Reply:
        """Ask about every key there ever was, oldest first. Done or undecided: that is the answer. Never arrived: that key it is, it may
        still be on its way. Only where all before were refused is a new one used.
        """
        find, known = self._find(row), None
        for key in keys_so_far(row.kind, row.subject or row.id, row.attempt):
            known = await find(key)
            if known is None:
                reply = await self._do(row, key)
                self._crash(f"{row.kind}.done")
                # One that says no may have done it all the same. Its books know, and a person who tries again must not pay twice.
                return (await find(key) if reply.outcome == "refused" else None) or reply
            if known.outcome != "refused":
                return known
        assert known is not None  # there is always a first key
        return known

    def _find(self, row: Row[Any]) -> Callable[[str], Coroutine[Any, Any, _Reply | None]]:
        if row.kind in MONEY:
            return self._outside.gateway.find
        return self._outside.rewards.find if row.kind == "grant" else self._outside.carrier.find

    async def _do(self, row: Row[Any], key: str) -> _Reply:
        amount = Money(row.amount_minor or 0, row.currency)
        match row.kind:
            case "refund":
                return await self._outside.gateway.refund(key, row.method, row.order_no, amount)
            case "clawback" | "charge":
                return await self._outside.gateway.charge(key, row.method, row.order_no, amount)
            case "grant":
                return await self._outside.rewards.grant(key, row.customer_id, row.what, row.payload["value"])
            case "book":
                return await self._outside.carrier.book_return(key, msgspec.convert(row.payload["shipment"], Shipment))
            case _:
                return await self._outside.carrier.send(key, msgspec.convert(row.payload["shipment"], Shipment))
