"""Tokens: set aside before a call and settled after it, so that a month's budget is a hard stop also for calls made at the same time.

And the count of what became of each call, by reason."""

from collections.abc import Sequence
from datetime import timedelta

from prometheus_client import Counter
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.ids import Id
from xinfu.reception.llm_model import LlmCount, LlmUsage

CALLS = Counter("xinfu_llm_calls_total", "Uses of the language model by outcome", ["use", "outcome"])


class Budget:
    """Of all shops. A process that dies in the middle of a call leaves its share set aside: the budget errs on the shop's side."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def reserve(self, shop_id: Id, tokens: int, budget: int) -> bool:
        """Set `tokens` aside in this month; False when the budget does not hold them any more."""
        if tokens > budget:
            return False
        for _ in range(2):
            try:
                async with self._database.unit() as unit:
                    if await self._add(unit, shop_id, tokens, budget - tokens):
                        return True
                    if await self._known(unit, shop_id):
                        return False
                    unit.add(LlmUsage(shop_id=shop_id, month=self._month(), tokens=tokens))
                return True
            except IntegrityError:  # another process made the month's row at the same moment
                continue
        return False

    async def settle(self, shop_id: Id, reserved: int, used: int, use: str, outcomes: Sequence[str]) -> None:
        """What was set aside becomes what was used; the outcomes of the use are counted."""
        async with self._database.unit() as unit:
            if reserved != used:
                await self._add(unit, shop_id, used - reserved, None)
            for outcome in outcomes:
                await self._count(unit, shop_id, use, outcome)
        for outcome in outcomes:
            CALLS.labels(use, outcome).inc()

    async def used(self, shop_id: Id) -> int:
        """This month's tokens."""
        async with self._database.read() as unit:
            found = await unit.scalar(select(LlmUsage.tokens).where(LlmUsage.shop_id == shop_id, LlmUsage.month == self._month()))
        return found or 0

    async def counts(self, shop_id: Id, days: int = 30) -> dict[str, dict[str, int]]:
        """use → outcome → times, of the last days."""
        since = (self._clock.now() - timedelta(days=days)).strftime("%Y-%m-%d")
        query = (
            select(LlmCount.use, LlmCount.outcome, func.sum(LlmCount.times))
            .where(LlmCount.shop_id == shop_id, LlmCount.day > since)
            .group_by(LlmCount.use, LlmCount.outcome)
        )
        found: dict[str, dict[str, int]] = {}
        async with self._database.read() as unit:
            for use, outcome, times in await unit.execute(query):
                found.setdefault(use, {})[outcome] = int(times)
        return found

    async def _add(self, unit: Unit, shop_id: Id, tokens: int, at_most: int | None) -> bool:
        change = update(LlmUsage).where(LlmUsage.shop_id == shop_id, LlmUsage.month == self._month())
        if at_most is not None:
            change = change.where(LlmUsage.tokens <= at_most)
        result = await unit.execute(change.values(tokens=LlmUsage.tokens + tokens))
        return bool(result.rowcount)  # type: ignore[attr-defined]

    async def _known(self, unit: Unit, shop_id: Id) -> bool:
        query = select(LlmUsage.id).where(LlmUsage.shop_id == shop_id, LlmUsage.month == self._month())
        return (await unit.scalar(query)) is not None

    async def _count(self, unit: Unit, shop_id: Id, use: str, outcome: str) -> None:
        day = self._clock.now().strftime("%Y-%m-%d")
        where = (LlmCount.shop_id == shop_id, LlmCount.day == day, LlmCount.use == use, LlmCount.outcome == outcome)
        result = await unit.execute(update(LlmCount).where(*where).values(times=LlmCount.times + 1))
        if result.rowcount:  # type: ignore[attr-defined]
            return
        try:
            async with unit.begin_nested():
                unit.add(LlmCount(shop_id=shop_id, day=day, use=use, outcome=outcome, times=1))
        except IntegrityError:
            await unit.execute(update(LlmCount).where(*where).values(times=LlmCount.times + 1))

    def _month(self) -> str:
        return self._clock.now().strftime("%Y-%m")
