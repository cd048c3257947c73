"""Doing a task outside: a durable workflow that asks what became of it before it ever repeats, and stays at it until that is known."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import Row

from xinfu.aftersales.settlement import repository
from xinfu.aftersales.settlement.contracts import TaskAsked
from xinfu.aftersales.settlement.outcomes import Outcomes
from xinfu.aftersales.settlement.policy import Pace, keys_so_far, outside_key
from xinfu.aftersales.settlement.ports import Answer, Booking, Outside, Shipment, Unreachable
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.durable import Durable
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

log = structlog.get_logger()

_WORKFLOW = "settlement"
_AT_MOST = 2000  # workflows of this kind under way in one process; what is more waits in the table
_NOBODY = "一直没有人应答 / no answer for too long"

type _Reply = Answer | Booking
type _Said = dict[str, Any]


class Runner:
    """One workflow for each task and attempt. Its steps: ask outside, wait, ask again …, record."""

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
        durable.workflow(_WORKFLOW, self._work)

    async def begin(self, asked: TaskAsked) -> None:
        """See to it that a waiting task is worked on. Once it returns, it will be, whatever happens to this process."""
        if len(self._durable.running) >= _AT_MOST:
            return
        key, run = outside_key(asked.kind, asked.subject, asked.attempt), 0
        # A workflow that ended while its task waits belongs to a table put back from a backup: it runs anew.
        while await self._durable.begin(_WORKFLOW, f"{key}.{run}" if run else key, asked.shop_id, asked.task_id, asked.attempt) == "ended":
            run += 1
        self._crash(f"{asked.kind}.begun")

    async def _work(self, shop_id: Id, task_id: Id, attempt: int) -> None:
        """The workflow. After a crash its lines run again, its steps only where they had not ended."""
        said = await self._until(lambda said: said["is"] != "open", "ask", self._ask, shop_id, task_id, attempt)
        if said["is"] == "answer":
            await self._until(lambda _: True, "record", self._record, shop_id, task_id, attempt, said)

    async def _until(
        self, enough: Callable[[_Said], bool], name: str, work: Callable[..., Coroutine[Any, Any, _Said]], *args: Any
    ) -> _Said:
        """Take a step again, ever more slowly, until it says enough. One that fails on something of ours is logged and taken again too."""

        async def guarded() -> _Said | None:
            try:
                return await work(*args)
            except Exception:
                log.exception("settlement.step_failed", step=name, task_id=args[1])
                return None

        tries = 0
        while True:
            said = await self._durable.step(name, guarded)
            if said is not None and enough(said):
                return said
            tries += 1
            await self._durable.sleep(self._pace.wait(tries))

    async def _ask(self, shop_id: Id, task_id: Id, attempt: int) -> _Said:
        row = await self._database.run(lambda connection: repository.plain(connection, shop_id, task_id))
        if row is None or row.state != "waiting" or row.attempt != attempt:
            return {"is": "over"}
        reply, words = await self._reply(row)
        self._crash(f"{row.kind}.answered")
        if reply is None and self._clock.now() - row.begun_at > timedelta(seconds=self._pace.give_up):
            reply = Answer("refused", "", f"{_NOBODY}: {words}")
        if reply is None or reply.outcome == "pending":
            await self._outcomes.tried(shop_id, task_id, reply.words if reply else words)
            return {"is": "open"}
        return {"is": "answer", "booking": isinstance(reply, Booking), "reply": msgspec.to_builtins(reply)}

    async def _record(self, shop_id: Id, task_id: Id, attempt: int, said: _Said) -> _Said:
        reply = msgspec.convert(said["reply"], Booking) if said["booking"] else msgspec.convert(said["reply"], Answer)
        await self._outcomes.record(shop_id, task_id, attempt, reply)
        return {"is": "recorded"}

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
        if row.kind in ("refund", "clawback"):
            return self._outside.gateway.find
        return self._outside.rewards.find if row.kind == "grant" else self._outside.carrier.find

    async def _do(self, row: Row[Any], key: str) -> _Reply:
        amount = Money(row.amount_minor or 0, row.currency)
        match row.kind:
            case "refund":
                return await self._outside.gateway.refund(key, row.method, row.order_no, amount)
            case "clawback":
                return await self._outside.gateway.charge(key, row.method, row.order_no, amount)
            case "grant":
                return await self._outside.rewards.grant(key, row.customer_id, row.what, row.payload["value"])
            case "book":
                return await self._outside.carrier.book_return(key, msgspec.convert(row.payload["shipment"], Shipment))
            case _:
                return await self._outside.carrier.send(key, msgspec.convert(row.payload["shipment"], Shipment))
