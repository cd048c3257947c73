"""Settlement: everything that leaves the house, asked for inside a transaction, done outside exactly once, told of when it ended."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from xinfu.aftersales.ledger import Account, Ledger
from xinfu.aftersales.settlement import repository
from xinfu.aftersales.settlement.asking import Asking, Reason
from xinfu.aftersales.settlement.contracts import MONEY, Difference, Task, TaskAsked
from xinfu.aftersales.settlement.errors import TaskNotFound, TaskNotStuck
from xinfu.aftersales.settlement.model import WALLET, TaskRow
from xinfu.aftersales.settlement.nightly import LOOK_BACK, Nightly
from xinfu.aftersales.settlement.outcomes import OnDone, OnScan, Outcomes
from xinfu.aftersales.settlement.parcels import Parcels
from xinfu.aftersales.settlement.policy import Pace, subject_of
from xinfu.aftersales.settlement.ports import Outside, Reward, Shipment
from xinfu.aftersales.settlement.reconciling import compare
from xinfu.aftersales.settlement.runner import Runner
from xinfu.aftersales.settlement.views import asked_of, task_of
from xinfu.commerce import NoWallet, OrderConnector, OrderOperated, PaymentRef, Wallet
from xinfu.identity import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.durable import Durable
from xinfu.kit.ids import Id, is_id
from xinfu.kit.money import Money
from xinfu.kit.text import clean

log = structlog.get_logger()

_SWEEP_S = 60.0
_GATHER_S = 0.01  # how long a task waits for others to go with
_KEPT_DAYS = 30  # of workflows that ended
_CLOCKS_DIFFER = timedelta(days=1)  # a movement of the last minute before `since` may be ours of the first one after it
_REST_AFTER = 5  # sweeps without work before the engine is put away

type ShopIds = Callable[[], Awaitable[Sequence[Id]]]
type CrashPoint = Callable[[str], None]


def _no_crash(_: str) -> None:
    """Where tests end the process."""


class Settlement:
    """What is to be done outside. Callers ask inside their own unit; after its commit a durable workflow does it and says how it ended.

    `on_done` and `on_scan` are called inside the unit that records the outcome, so that a case moves in the same transaction; one that
    raises takes the recording back, which is tried again until it holds.
    """

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, shops: ShopIds, shop_system: OrderConnector, ledger: Ledger, outside: Outside,
        durable: Durable, pace: Pace | None = None, crash: CrashPoint = _no_crash, wallet: Wallet | None = None,
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._shops = shops
        self._shop = shop_system
        self._outside = outside
        self._durable = durable
        self._crash = crash
        self.on_done: list[OnDone] = []
        self.on_scan: list[OnScan] = []
        self._asking = Asking(shop_system, ledger, wallet or NoWallet())
        self._outcomes = Outcomes(database, clock, shop_system, ledger, wallet or NoWallet(), self.on_done, crash)
        self._parcels = Parcels(database, clock, outside.carrier, self.on_scan)
        self._runner = Runner(database, clock, outside, durable, self._outcomes, pace or Pace(), crash)
        self._nightly = Nightly(database, clock, self.reconcile)
        self._sweeper: asyncio.Task[None] | None = None
        self._new: list[TaskAsked] = []
        self._beginning: asyncio.Task[None] | None = None
        self._idle = 0
        bus.subscribe(TaskAsked, self._asked)
        bus.subscribe(OrderOperated, self._operated)

    # Asking, in the caller's unit

    async def refund(
        self, unit: Unit, shop_id: Id, order_no: str, amount: Money, *, case_no: str, key: str, actor: Actor, at: datetime, zh: str,
        en: str, account: Account = "sales", to: str = "",
    ) -> tuple[PaymentRef, ...]:  # fmt: skip
        """Pay back, split over the ways the order was paid; `account` is what it is booked against (goodwill, freight, …).

        `to` names another way: a gift card of the customer's, or one of the ways the order was paid as far as that went. What goes
        to a gift card is put on it here, without the gateway.

        The order stays locked until the unit ends. The same key again gives the same rows. Raises OrderNotFound, RefundTooMuch,
        AmountInvalid, TaskChanged.
        """
        return await self._asking.refund(unit, shop_id, order_no, amount, Reason(actor, at, key, case_no, zh, en), account, to)

    async def clawback(
        self, unit: Unit, shop_id: Id, order_no: str, amount: Money, *, case_no: str, key: str, actor: Actor, at: datetime, zh: str,
        en: str, method: str | None = None,
    ) -> Task:  # fmt: skip
        """Take back what was refunded too early; by `method`, or the way the order was paid.

        Raises OrderNotFound, AmountInvalid, TaskChanged.
        """
        why = Reason(actor, at, key, case_no, zh, en)
        return task_of(await self._asking.take(unit, shop_id, "clawback", order_no, amount, why, method))

    async def charge(
        self, unit: Unit, shop_id: Id, order_no: str, amount: Money, *, method: str, case_no: str, key: str, actor: Actor, at: datetime,
        zh: str, en: str,
    ) -> Task:  # fmt: skip
        """Take what an exchange costs more, by the way the customer named. Raises OrderNotFound, AmountInvalid, TaskChanged."""
        why = Reason(actor, at, key, case_no, zh, en)
        return task_of(await self._asking.take(unit, shop_id, "charge", order_no, amount, why, method))

    async def book(
        self, unit: Unit, shop_id: Id, shipment: Shipment, *, case_no: str, customer_id: Id, key: str, actor: Actor, at: datetime, zh: str,
        en: str, at_our_cost: bool = True,
    ) -> Task:  # fmt: skip
        """A label for a parcel that comes back. With `at_our_cost` its freight goes into the books. Raises TaskChanged."""
        why = Reason(actor, at, key, case_no, zh, en)
        return task_of(await self._asking.ship(unit, shop_id, "book", shipment, customer_id, why, at_our_cost))

    async def send(
        self, unit: Unit, shop_id: Id, shipment: Shipment, *, case_no: str, customer_id: Id, key: str, actor: Actor, at: datetime, zh: str,
        en: str, at_our_cost: bool = True,
    ) -> Task:  # fmt: skip
        """A parcel that goes out. Raises TaskChanged."""
        why = Reason(actor, at, key, case_no, zh, en)
        return task_of(await self._asking.ship(unit, shop_id, "send", shipment, customer_id, why, at_our_cost))

    async def grant(
        self, unit: Unit, shop_id: Id, customer_id: Id, what: Reward, value: int, worth: Money, *, case_no: str, order_no: str, key: str,
        actor: Actor, at: datetime, zh: str, en: str,
    ) -> Task:  # fmt: skip
        """Points or a coupon; `worth` is what it costs the house, for the books. Raises AmountInvalid, TaskChanged."""
        why = Reason(actor, at, key, case_no, zh, en)
        return task_of(await self._asking.grant(unit, shop_id, order_no, customer_id, what, value, worth, why))

    # A person decides about what failed

    async def retry(self, actor: Actor, shop_id: Id, task_id: Id, *, method: str | None = None) -> Task:
        """Try a failed task once more, under a key of its own; a refund by another `method` if one is named.

        What became of the earlier keys is asked first, so that it is never done twice. Raises TaskNotFound, TaskNotStuck.
        """
        async with self._database.unit() as unit:
            (row, _), now = await self._stuck(unit, actor, shop_id, task_id), self._clock.now()
            row.state, row.settled_at, row.begun_at, row.attempt = "waiting", None, now, row.attempt + 1
            if method is not None and row.kind in MONEY:
                row.method = clean(method)[:60]
                card = row.method in await self._asking.cards(unit, shop_id, row.customer_id)
                row.payload = {WALLET: True} if card else {}
            audit.record(unit, actor, now, f"settlement.{row.kind}.retried", shop_id, "task", row.id, attempt=row.attempt, case=row.case_no)
            unit.announce(asked_of(row))
            return task_of(row)

    async def settle_by_hand(self, actor: Actor, shop_id: Id, task_id: Id, *, done: bool, note: str) -> Task:
        """A person did a failed task themselves (done), or it will not be done (then held money is free again).

        Raises TaskNotFound, TaskNotStuck.
        """
        async with self._database.unit() as unit:
            row, together = await self._stuck(unit, actor, shop_id, task_id)
            row.answer = {"by_hand": actor.name}
            await self._outcomes.end(unit, row, together, "done" if done else "dropped", clean(note)[:500], actor, self._clock.now())
            return task_of(row)

    # Looking

    async def tasks(self, actor: Actor, shop_id: Id, case_no: str) -> list[Task]:
        """What was asked for a case, oldest first."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            return [task_of(row) for row in await repository.of_case(unit, shop_id, case_no)]

    async def stuck(self, actor: Actor, shop_id: Id) -> list[Task]:
        """What waits for a person, oldest first."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            return [task_of(row) for row in await repository.failed(unit, shop_id)]

    async def differences(self, actor: Actor, shop_id: Id) -> tuple[datetime, list[Difference]]:
        """What reconcile finds as of now, and from when on it looked."""
        actor.require(Permission.LEDGER_READ, shop_id)
        since = self._clock.now() - LOOK_BACK
        return since, await self.reconcile(shop_id, since)

    async def reconcile(self, shop_id: Id, since: datetime) -> list[Difference]:
        """Where the gateway's statement and our books disagree, from `since` on. Nothing is corrected: a person looks into it."""
        lines = await self._outside.gateway.statement(since - _CLOCKS_DIFFER)
        subjects = list({subject_of(line.key) for line in lines})
        async with self._database.read() as unit:
            rows = {row.id: row for row in await repository.money_since(unit, shop_id, since)}
            rows |= {row.id: row for row in await repository.about(unit, shop_id, subjects)}
            # One account may serve all shops of the house: what belongs to another is not this one's affair.
            others = [s for s in await self._shops() if s != shop_id]
            elsewhere = {row.subject or row.id for other in others for row in await repository.about(unit, other, subjects)}
        return compare(list(rows.values()), [line for line in lines if subject_of(line.key) not in elsewhere], since)

    # Running

    async def start(self) -> None:
        """Carry on what was under way, then look for work every minute."""
        self._sweeper = asyncio.create_task(self._sweeping(), name="settlement")

    async def stop(self) -> None:
        """What is under way stops where it stands; the next start carries it on."""
        tasks = [task for task in (self._beginning, self._sweeper) if task]
        self._sweeper = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._durable.stop()
        self._runner.forget()

    async def sweep(self) -> None:
        """Take up refunds that order operations wrote, begin what waits, look after parcels; rest when there is nothing."""
        waiting = 0
        for shop_id in await self._shops():
            await self._adopt(shop_id)
            async with self._database.read() as unit:
                tasks = [asked_of(row) for row in await repository.waiting(unit, shop_id)]
            waiting += len(tasks)
            if tasks:
                await self._runner.begin(tasks)
            await self._parcels.look(shop_id)
            await self._nightly.look(shop_id)
        self._idle = 0 if waiting else self._idle + 1
        if self._durable.awake and self._idle >= _REST_AFTER:
            await self._durable.forget(self._clock.now() - timedelta(days=_KEPT_DAYS))
            await self._durable.rest()
            if not self._durable.awake:
                self._runner.forget()

    async def _sweeping(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("settlement.sweep_failed")
            await asyncio.sleep(_SWEEP_S)

    async def _adopt(self, shop_id: Id) -> None:
        """Refunds written by order operations become tasks like any other."""
        async with self._database.read() as unit:
            refs = await self._shop.refunding(unit, shop_id)
            known = await repository.with_subject(unit, shop_id, [ref.id for ref in refs])
        for ref in refs:
            if ref.id not in known:
                async with self._database.unit() as unit:
                    await self._asking.adopt(unit, ref, self._clock.now())

    async def _asked(self, asked: TaskAsked) -> None:
        if self._sweeper is None:  # not yet or no longer running: the next start finds it in the table
            return
        self._crash("asked")
        self._idle = 0
        self._new.append(asked)
        if self._beginning is None:
            self._beginning = asyncio.create_task(self._begin(), name="settlement begins")

    async def _begin(self) -> None:
        """What is asked for while the tasks before are handed over goes together next."""
        try:
            while self._new:
                await asyncio.sleep(_GATHER_S)
                asked, self._new = self._new, []
                await self._runner.begin(asked)
        except Exception:  # the next sweep begins it
            log.exception("settlement.not_begun")
        finally:
            self._beginning = None

    async def _operated(self, operated: OrderOperated) -> None:
        await self._adopt(operated.shop_id)

    async def _stuck(self, unit: Unit, actor: Actor, shop_id: Id, task_id: Id) -> tuple[TaskRow, Sequence[TaskRow]]:
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        held = await repository.held(unit, shop_id, task_id) if is_id(task_id) else None
        if held is None:
            raise TaskNotFound
        if held[0].state != "failed":
            raise TaskNotStuck
        return held
