"""A house that settles: orders, books, simulated systems outside and a fast pace, over any store. Used by tests and by the processes
they kill."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from tests.commerce.builders import NOON, SHOP, an_order, someone
from xinfu.aftersales.ledger import Ledger
from xinfu.aftersales.ledger.model import LedgerEntry
from xinfu.aftersales.settlement import Pace, Settlement, Shipment, Task, TaskDone, simulated
from xinfu.aftersales.settlement.model import TaskRow
from xinfu.commerce import EmbeddedShop, NewPayment, OrderState, PaymentRef, bulk_write
from xinfu.customers import NewCustomer, NewMethod, Wallet, write_methods
from xinfu.customers import bulk_write as write_customers
from xinfu.customers.model import Customer
from xinfu.identity import Permission
from xinfu.kit.clock import Clock, SystemClock
from xinfu.kit.database import Database, Unit
from xinfu.kit.durable import Durable
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

BOSS = someone(*Permission)
CUSTOMER = new_id()
FAST = Pace(timeout=0.4, first=0.02, factor=1.5, most=0.1, give_up=600)
PARCEL = Shipment("1001", "林晓", "13800000001", "浙江省杭州市西湖区云杉路 8 号", "重磅短袖", 600)


class House:
    """One settlement with all it needs. `crash` is called at each point of the way."""

    def __init__(
        self, database: Database, folder: Path, durable: Path | str, clock: Clock | None = None, pace: Pace = FAST,
        crash: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        assert database.bus is not None
        self.database = database
        self.clock = clock or SystemClock()
        self.shop = EmbeddedShop()
        self.ledger = Ledger(database)
        self.wallet = Wallet()
        self.sim = simulated(folder / "outside.db", self.clock)
        self.durable = Durable(durable)
        self.settlement = Settlement(
            database,
            self.clock,
            database.bus,
            self._shops,
            self.shop,
            self.ledger,
            self.sim.outside,
            self.durable,
            pace,
            crash,
            self.wallet,
        )
        self.ended: list[TaskDone] = []
        self.settlement.on_done.append(self._note)

    async def _shops(self) -> list[Id]:
        return [SHOP]

    async def _note(self, unit: Unit, done: TaskDone) -> None:
        self.ended.append(done)

    async def given(self, *numbers: str, **values: Any) -> None:
        """Paid orders of 184.00, half by each of two ways."""
        paid = (NewPayment(Money(9400), "alipay", NOON), NewPayment(Money(9000), "balance", NOON + timedelta(minutes=1)))
        async with self.database.unit() as unit:
            orders = [an_order(no, CUSTOMER, payments=paid, **values) for no in numbers]
            await bulk_write(unit, SHOP, orders=orders, at=NOON)

    async def refund(self, no: str, minor: int, key: str, case_no: str = "C1", **more: Any) -> tuple[PaymentRef, ...]:
        async with self.database.unit() as unit:
            return await self.settlement.refund(
                unit, SHOP, no, Money(minor), case_no=case_no, key=key, actor=BOSS, at=self.clock.now(), zh="退款", en="Refund", **more
            )

    async def book(self, key: str, case_no: str = "C1") -> Task:
        async with self.database.unit() as unit:
            return await self.settlement.book(
                unit, SHOP, PARCEL, case_no=case_no, customer_id=CUSTOMER, key=key, actor=BOSS, at=self.clock.now(), zh="寄回", en="Return"
            )

    async def grant(self, key: str, case_no: str = "C1", value: int = 500) -> Task:
        async with self.database.unit() as unit:
            return await self.settlement.grant(
                unit, SHOP, CUSTOMER, "coupon", value, Money(value), case_no=case_no, order_no="1001", key=key, actor=BOSS,
                at=self.clock.now(), zh="补偿", en="Goodwill",
            )  # fmt: skip

    async def charge(self, no: str, minor: int, key: str, method: str, case_no: str = "C1") -> Task:
        async with self.database.unit() as unit:
            return await self.settlement.charge(
                unit, SHOP, no, Money(minor), method=method, case_no=case_no, key=key, actor=BOSS, at=self.clock.now(), zh="差价",
                en="Difference",
            )  # fmt: skip

    async def card(self, reference: str, minor: int) -> None:
        """Give the customer a gift card that holds this much."""
        async with self.database.unit() as unit:
            if await unit.get(Customer, CUSTOMER) is None:
                ids = (await write_customers(unit, SHOP, [NewCustomer("buyer", "林晓")], self.clock.now())).ids
                await unit.execute(update(Customer).where(Customer.id == ids["buyer"]).values(id=CUSTOMER))
            await write_methods(unit, SHOP, {CUSTOMER: [NewMethod(reference, "gift_card", "CNY", Money(minor))]})

    async def on_card(self, reference: str) -> int:
        async with self.database.read() as unit:
            balance = (await self.wallet.methods(unit, SHOP, CUSTOMER))[reference].balance
        assert balance is not None
        return balance.minor

    async def clawback(self, no: str, minor: int, key: str, case_no: str = "C1") -> Task:
        async with self.database.unit() as unit:
            return await self.settlement.clawback(
                unit, SHOP, no, Money(minor), case_no=case_no, key=key, actor=BOSS, at=self.clock.now(), zh="追回", en="Claw back"
            )

    async def order(self, no: str) -> OrderState:
        async with self.database.read() as unit:
            found = await self.shop.state(unit, SHOP, no)
            assert found is not None
            return found

    async def settled(self, tries: int = 3000) -> None:
        """Wait until nothing waits any more."""
        for _ in range(tries):
            async with self.database.read() as unit:
                left = await unit.scalar(select(func.count()).select_from(TaskRow).where(TaskRow.state == "waiting"))
            if not left:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("tasks still wait")

    async def balances(self) -> dict[str, int]:
        return {b.account: b.closing.minor for b in await self.ledger.balances(BOSS, SHOP)}

    async def entries(self) -> int:
        async with self.database.read() as unit:
            return await unit.scalar(select(func.count()).select_from(LedgerEntry)) or 0

    async def paid_out(self) -> int:
        """What the gateway's own books say went back."""
        return sum(line.amount.minor for line in await self.sim.gateway.statement(datetime(2020, 1, 1, tzinfo=UTC)))

    async def stop(self) -> None:
        await self.settlement.stop()
        self.sim.books.close()
