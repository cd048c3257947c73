"""The front desk in front of the real services and the embedded shop, on both stores: shown, agreed to, done once, in the tables."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from tests.aftersales.desk import Desk
from tests.commerce.builders import SHOP, a_parcel, a_product, a_scan
from tests.commerce.builders import an_order as stored
from tests.reception.acts import Acting, PlainReader
from tests.reception.desk import Papers, a_reading, attribute_of
from xinfu.commerce import NewOrder, Orders, Products, bulk_write
from xinfu.commerce.model import OrderOperationRow, OrderRow
from xinfu.conversations.contracts import Incoming, Message, Reply, Summary
from xinfu.identity import Settings, ShopSettings
from xinfu.kit.audit import AuditEntry
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id
from xinfu.reception import Clerk, Reception

SETTINGS = cast("Settings", SimpleNamespace(current=lambda shop_id: ShopSettings()))


class Front:
    """A customer's conversation with the whole front desk."""

    def __init__(self, database: Database, clock: FixedClock, folder: Path) -> None:
        self.database, self.clock = database, clock
        orders, products = Orders(database, clock), Products(database, clock)
        desk = Desk(database, clock, folder)
        self.requests = desk.cases
        clerk = Clerk(Acting(), desk.operations, self.requests, products, clock)
        self.reception = Reception(
            orders, products, Papers(), SETTINGS, lambda shop_id: True, orders.card, attribute_of, clock, reader=PlainReader(), clerk=clerk
        )
        self.customer, self.conversation, self.memory, self.seq = new_id(), new_id(), cast("dict[str, Any]", {}), 0

    async def given(self, *orders: NewOrder) -> None:
        async with self.database.unit() as unit:
            await bulk_write(unit, SHOP, products=[a_product()], orders=orders, at=self.clock.now())

    async def say(self, text: str, intent: str, customer: Id = "") -> str:
        self.seq += 1
        who = customer or self.customer
        message = Message(self.conversation, self.seq, "customer", who, "访客", "text", text, self.clock.ms())
        incoming = Incoming(Summary(self.conversation, SHOP, who, "访客"), self.memory, message, a_reading(intent), [])
        reply = (await self.reception.respond([incoming]))[0]
        if reply.work:
            reply = await reply.work()
        self.memory = reply.memory or self.memory
        return self._act(reply)

    @staticmethod
    def _act(reply: Reply) -> str:
        assert reply.say and not reply.notes, (reply.say, reply.notes)
        return str((reply.say[0].data or {})["act"])

    async def count(self, table: Any) -> int:
        async with self.database.read() as unit:
            return (await unit.scalar(select(func.count()).select_from(table))) or 0

    async def status(self, no: str) -> str:
        async with self.database.read() as unit:
            return str((await unit.scalars(select(OrderRow.status).where(OrderRow.no == no))).one())


@pytest.fixture
def front(database: Database, clock: FixedClock, tmp_path: Path) -> Front:
    return Front(database, clock, tmp_path)


def paid(front: Front, no: str = "XF1", customer: Id = "") -> NewOrder:
    return stored(no, customer or front.customer, "paid", parcels=())


def delivered(front: Front, no: str = "XF2") -> NewOrder:
    return stored(no, front.customer, "delivered", parcels=(a_parcel("SF1", a_scan(5, "collected"), a_scan(9, "delivered")),))


async def test_an_order_is_cancelled_once_after_a_yes(front: Front) -> None:
    await front.given(paid(front))
    assert await front.say("取消订单", "order_cancel") == "preview"
    assert await front.status("XF1") == "paid" and await front.count(OrderOperationRow) == 0
    before = dict(front.memory)
    assert await front.say("好的", "confirm") == "perform"
    assert await front.status("XF1") == "cancelled"
    front.memory = before  # what a restart in between would leave
    assert await front.say("好的", "confirm") == "perform"
    assert await front.count(OrderOperationRow) == 1
    async with front.database.read() as unit:
        (await unit.scalars(select(AuditEntry).where(AuditEntry.action == "order.cancel"))).one()
        row = (await unit.scalars(select(OrderOperationRow))).one()
    assert row.actor_kind == "ai" and row.confirmed_by == "customer" and "好的" in row.confirmation


async def test_nothing_happens_without_a_yes(front: Front) -> None:
    await front.given(paid(front))
    for text, intent in (("取消订单", "order_cancel"), ("可以吗？", "confirm"), ("先不办", "deny"), ("好的", "confirm")):
        await front.say(text, intent)
    assert await front.status("XF1") == "paid" and await front.count(OrderOperationRow) == 0


async def test_an_address_is_changed(front: Front) -> None:
    await front.given(paid(front))
    assert await front.say("改地址", "order_modify") == "task_ask"
    assert await front.say("云州市白石路9号", "unknown") == "preview"
    assert await front.say("确认", "confirm") == "perform"
    async with front.database.read() as unit:
        assert (await unit.scalars(select(OrderRow.address))).one() == "云州市白石路9号"


async def test_a_change_in_between_is_shown_anew(front: Front) -> None:
    await front.given(paid(front))
    await front.say("取消订单", "order_cancel")
    async with front.database.unit() as unit:
        await bulk_write(unit, SHOP, products=[], orders=[stored("XF1", front.customer, "packed", parcels=())], at=front.clock.now())
    assert await front.say("好的", "confirm") == "preview"
    assert await front.count(OrderOperationRow) == 0


async def test_a_parcel_is_chased_and_not_twice(front: Front) -> None:
    await front.given(stored("XF3", front.customer, "shipped"))
    assert await front.say("帮我催一下", "logistics_tracking") == "preview"
    assert await front.say("好", "confirm") == "perform"
    assert await front.say("再催一下快递", "logistics_tracking") == "refused"
    assert await front.count(OrderOperationRow) == 1


async def test_a_return_is_asked_for_and_taken_back(front: Front) -> None:
    await front.given(delivered(front))
    assert await front.say("我要退货，尺码小了", "refund_request") == "preview"
    assert await front.say("确认办理", "confirm") == "perform"
    [request] = await front.requests.of_customer(await Acting().ai(SHOP), SHOP, front.customer)
    assert (request.kind, request.reason, request.state, request.opened_by_kind) == ("return", "size", "open", "ai")
    assert await front.say("售后进度", "service_ticket") == "requests"
    assert await front.say("撤销售后", "after_sales_withdraw") == "preview"
    assert await front.say("好的", "confirm") == "perform"
    [request] = await front.requests.of_customer(await Acting().ai(SHOP), SHOP, front.customer)
    assert request.state == "withdrawn"


async def test_an_exchange_for_another_size(front: Front) -> None:
    await front.given(delivered(front))
    assert await front.say("我想换L码，小了", "after_sales_policy") == "preview"
    assert await front.say("好的", "confirm") == "perform"
    [request] = await front.requests.of_customer(await Acting().ai(SHOP), SHOP, front.customer)
    assert (request.kind, request.lines[0].to_sku) == ("exchange", "TEE-BK-L")


async def test_an_invoice_is_made_out(front: Front) -> None:
    await front.given(delivered(front))
    assert await front.say("帮我开发票", "invoice") == "task_ask"
    assert await front.say("个人", "unknown") == "preview"
    assert await front.say("好", "confirm") == "perform"
    assert await front.say("再给我开张发票，抬头个人", "invoice") == "refused"


async def test_another_customer_s_order_stays_out_of_reach(front: Front) -> None:
    await front.given(paid(front, "XF9", new_id()))
    front.memory = {"o": "XF9", "k": "act", "w": ["cancel", "XF9", {}, "a" * 32, front.clock.ms() + 60_000]}
    await front.say("好的", "confirm")
    assert await front.status("XF9") == "paid" and await front.count(OrderOperationRow) == 0
