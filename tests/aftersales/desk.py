"""Cases with everything behind them over one store: authority, ledger, settlement with its simulators, and a way to let the outside act."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import func, select

from tests.commerce.builders import NOON, SHOP, a_parcel, a_product, a_scan, an_order, someone
from xinfu.aftersales import Case, Cases, Packs, case_services
from xinfu.aftersales.authority import Authority
from xinfu.aftersales.contracts import RiskWord
from xinfu.aftersales.ledger import Ledger
from xinfu.aftersales.model import AppealRow, CaseCounter, CaseEventRow, CaseLineRow, CaseRow
from xinfu.aftersales.settlement import Pace, Settlement, simulated
from xinfu.aftersales.settlement import repository as tasks
from xinfu.aftersales.settlement.outcomes import Outcomes
from xinfu.aftersales.settlement.parcels import Parcels
from xinfu.aftersales.settlement.ports import Booking, Shipment
from xinfu.commerce import EmbeddedShop, NewOrder, NewPayment, NoWallet, OrderOperations, Orders, bulk_write
from xinfu.commerce.model import Payment
from xinfu.identity import Permission, Settings
from xinfu.identity.model import ShopRow
from xinfu.identity.policy import SEEDED_ROLES
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.durable import Durable
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

OWNER = replace(someone(*Permission), role="owner")
ALL = OWNER
AI = Actor("ai", "ai", "小心", frozenset({SHOP}), SEEDED_ROLES["ai"], "ai")
AGENT = Actor("staff", "a" * 32, "小周", frozenset({SHOP}), SEEDED_ROLES["specialist"], "specialist")
LEAD = Actor("staff", "b" * 32, "老李", frozenset({SHOP}), SEEDED_ROLES["lead"], "lead")
RETURN = {"kind": "return", "reason": "no_reason"}
TABLES = (CaseRow, CaseLineRow, CaseEventRow, CaseCounter, AppealRow, Payment, AuditEntry)
SHANGHAI = cast("Settings", SimpleNamespace(current=lambda shop_id: SimpleNamespace(time_zone="Asia/Shanghai")))
__all__ = ["NOON", "SHOP", "a_product", "someone"]


async def no_shops() -> list[Id]:
    return []


class AnyPhoto:
    """Uploaded files as a test has them: all of them, but those named gone."""

    def __init__(self) -> None:
        self.gone: set[Id] = set()

    async def get(self, shop_id: Id, file_id: Id) -> Any:
        if file_id in self.gone or shop_id != SHOP:
            raise NotFound
        return file_id

    def reference(self, stored: Any) -> dict[str, Any]:
        return {"file": {"url": f"/files/{stored}"}}


class Oracle:
    """What risk says to every case; `fails` makes it break down."""

    def __init__(self) -> None:
        self.word: RiskWord | None = None
        self.fails = False

    async def look(self, shop_id: Id, case: Case) -> RiskWord | None:
        if self.fails:
            raise ValueError("broken")
        return self.word


class Desk:
    """Cases over one store, with a short way to open one and to let gateway, carrier and rewards do their part."""

    def __init__(self, database: Database, clock: FixedClock, folder: Path) -> None:
        self.database = database
        self.clock = clock
        self.shop = EmbeddedShop()
        self.packs = Packs.shipped()
        self.ledger = Ledger(database)
        self.authority = Authority(database, clock, SHANGHAI)
        self.simulated = simulated(folder / "outside.db", clock)
        self.settlement = Settlement(
            database, clock, database.bus or Bus(), no_shops, self.shop, self.ledger, self.simulated.outside, Durable(folder / "durable.db"),
            Pace(),
        )  # fmt: skip
        self.operations = OrderOperations(database, clock, SHANGHAI, self.shop)
        self.cases = Cases(database, clock, SHANGHAI, self.shop, self.packs, self.authority, self.settlement, self.operations)
        self.photos = AnyPhoto()
        self.risk = Oracle()
        self.services = case_services(
            self.cases, self.authority, self.settlement, self.photos, Orders(database, clock), self, self.risk,
            self.simulated.carrier, no_shops, b"secret",
        )  # fmt: skip
        self._outcomes = Outcomes(database, clock, self.shop, self.ledger, NoWallet(), self.settlement.on_done, lambda _: None)
        self._parcels = Parcels(database, clock, self.simulated.carrier, self.settlement.on_scan)

    async def ai(self, shop_id: Id) -> Actor:
        """The AI, as identity.Roles has it."""
        return AI

    async def given(self, *orders: NewOrder, shop: Id = SHOP) -> None:
        async with self.database.unit() as unit:
            if await unit.get(ShopRow, shop) is None:
                unit.add(ShopRow(id=shop, slug=shop[:8], name="测试店", currency="CNY", widget_secret="s", created_at=NOON))
            await bulk_write(unit, shop, products=[a_product()], orders=orders, at=NOON)

    async def open(self, no: str, actor: Actor = ALL, key: str | None = None, for_customer: Id | None = None, **wish: Any) -> Case:
        shown = await self.cases.preview(actor, SHOP, no, wish or RETURN, for_customer=for_customer)
        return await self.cases.open(
            actor, SHOP, no, wish or RETURN, token=shown.token, key=key or new_id(), confirmed_by="customer", for_customer=for_customer
        )

    async def accepted(self, no: str, actor: Actor = ALL, **wish: Any) -> Case:
        opened = await self.open(no, **wish)
        return await self.cases.accept(actor, SHOP, opened.number, version=opened.version)

    async def case(self, number: str) -> Case:
        return await self.cases.get(ALL, SHOP, number)

    async def outside(self) -> None:
        """Everything asked for so far is carried out, by the simulators' moods, and recorded."""
        async with self.database.read() as unit:
            rows = await tasks.waiting(unit, SHOP)
        for row in rows:
            await self._outcomes.record(SHOP, row.id, row.attempt, await self._answer(row))

    async def _answer(self, row: Any) -> Any:
        key, out = f"{row.key}:{row.part}:{row.attempt}", self.simulated
        if row.kind in ("book", "send"):
            made = out.carrier.book_return if row.kind == "book" else out.carrier.send
            booking: Booking = await made(key, Shipment(**row.payload["shipment"]))
            return booking
        if row.kind == "grant":
            return await out.rewards.grant(key, row.customer_id, row.what, row.payload["value"])
        pay = out.gateway.refund if row.kind == "refund" else out.gateway.charge
        return await pay(key, row.method, row.order_no, Money(row.amount_minor, row.currency))

    async def scans(self) -> None:
        await self._parcels.look(SHOP)

    async def travelled(self, hours: float) -> None:
        """Time passes and the carrier is asked."""
        self.clock.move(hours=hours)
        await self.scans()

    async def paid_back(self, no: str) -> int:
        """What the gateway really paid for an order, by its own books."""
        async with self.database.read() as unit:
            order = await self.shop.state(unit, SHOP, no)
        assert order is not None
        return sum(p.amount.minor for p in order.payments if p.kind == "refund" and p.state == "done")

    async def rows(self) -> list[int]:
        async with self.database.read() as unit:
            return [(await unit.scalar(select(func.count()).select_from(table))) or 0 for table in TABLES]


def delivered(no: str = "A1", customer: Id | None = None, **given: Any) -> NewOrder:
    """Signed for 20 hours after NOON, so the last day of seven is March 17."""
    values: dict[str, Any] = {"parcels": (a_parcel("SF1", a_scan(5, "collected"), a_scan(20, "delivered")),)}
    return an_order(no, customer or new_id(), "delivered", **(values | given))


def paid_with(*amounts: int) -> dict[str, Any]:
    """Payments of an order, one per amount, each another way."""
    ways = ("alipay", "wechat", "礼品卡")
    return {"payments": tuple(NewPayment(Money(a), ways[n % 3], NOON) for n, a in enumerate(amounts)), "total": Money(sum(amounts))}
