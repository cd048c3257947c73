"""A small living shop for tests of the risk services: facts from memory in place of orders and cases, real tables for the rest."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from xinfu.customers import Customers
from xinfu.customers.model import Customer
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id
from xinfu.risk import Account, Claim, Decision, Device, Fact, Feed, Findings, Order, RiskDesk, Shelf

SHOP = "a" * 32
OTHER = "b" * 32
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
READS = frozenset({Permission.RISK_READ, Permission.CUSTOMERS_READ})
DECIDES = READS | {Permission.RISK_DECIDE}


class Memory:
    """A FactSource over lists."""

    def __init__(self) -> None:
        self.orders: dict[str, list[Fact]] = {}
        self.cases: dict[str, list[Fact]] = {}
        self.broken = False

    async def shops(self) -> Sequence[Id]:
        return [SHOP]

    async def everything(self, shop_id: Id, since: datetime) -> AsyncIterator[Sequence[Fact]]:
        for facts in self.orders.values():
            yield facts
        for facts in self.cases.values():
            yield facts

    async def order(self, shop_id: Id, no: str) -> Sequence[Fact]:
        if self.broken:
            raise OSError("gone")
        return self.orders.get(no, [])

    async def case(self, shop_id: Id, number: str) -> Sequence[Fact]:
        return self.cases.get(number, [])

    async def unsettled(self, shop_id: Id, since: datetime) -> Sequence[str]:
        return list(self.cases)

    async def currency(self, shop_id: Id) -> str:
        return "CNY"


class Living:
    """Shelf, feed, findings and desk on one store."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.source = Memory()
        self.build()

    def build(self) -> None:
        """As after a restart: nothing in memory."""
        self.shelf = Shelf(b"secret")
        self.findings = Findings(self.database, self.clock, self.source)
        self.feed = Feed(self.database, self.clock, self.shelf, self.source, self.findings)
        self.customers = Customers(self.database, self.clock)
        self.desk = RiskDesk(self.database, self.clock, self.shelf, self.feed, self.findings, self.source, self.customers)

    async def start(self) -> None:
        await self.feed.start()
        self.feed.order_changed(SHOP, "none")
        await self.feed.settled()

    async def stop(self) -> None:
        await self.feed.stop()

    async def customer(self, name: str = "王小明", phone: str = "13800000001") -> Id:
        async with self.database.unit() as unit:
            row = Customer(id=new_id(), shop_id=SHOP, number=new_id(), name=name, phone=phone, created_at=NOON)
            unit.add(row)
        return row.id

    async def bought(self, no: str, customer: Id, *facts: Fact, phone: str = "", **more: object) -> None:
        """An order, told at once."""
        order = Order(no, customer, NOON, **{"paid": 300.0, **more})  # type: ignore[arg-type]
        self.source.orders[no] = [Account(customer, None, phone), order, *facts]
        self.feed.order_changed(SHOP, no)
        await self.feed.settled()

    async def asked(self, number: str, no: str, customer: Id, *, day: int = 5, decided: bool | None = None, **more: object) -> Claim:
        """A case about an order, told at once."""
        claim = Claim(number, no, customer, NOON + timedelta(days=day), **more)  # type: ignore[arg-type]
        facts: list[Fact] = [*self.source.orders.get(no, ()), claim]
        if decided is not None:
            facts.append(Decision(number, decided))
        self.source.cases[number] = facts
        self.feed.case_changed(SHOP, number)
        await self.feed.settled()
        return claim

    async def swapped(self, number: str = "A1", customer: Id | None = None) -> Id:
        """A case with another serial number than went out: hard evidence. Returns the customer."""
        who = customer or await self.customer()
        await self.bought(f"o{number}", who, serial_out="SN12AB34CD")
        await self.asked(number, f"o{number}", who, kind="return", serial_in="SN99XY77QW", amount=300.0)
        return who


def seen(customer: Id, device: str, ip: str = "") -> Device:
    return Device(customer, device, ip)


def person(name: str = "周组长", permissions: frozenset[Permission] = DECIDES, shop: Id = SHOP) -> Actor:
    return Actor("staff", new_id(), name, frozenset({shop}), frozenset(str(p) for p in permissions), "lead")
