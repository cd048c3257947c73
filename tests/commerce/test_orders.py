"""Orders are written once, looked up by their shop only, and read the same from the packed form and from the tables."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.commerce.builders import NOON, OTHER, SHOP, a_parcel, a_product, a_scan, an_order, someone
from xinfu.commerce import NewInvoice, NewOrder, NewProduct, OrderChanged, Orders, Written, bulk_write, repository
from xinfu.commerce.errors import OrderNotFound
from xinfu.commerce.model import Invoice, OrderLineRow, OrderRow, ParcelRow, ParcelScan, Payment
from xinfu.commerce.packing import unpack
from xinfu.identity.contracts import Permission
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

READ = Permission.ORDERS_READ


async def write(database: Database, *orders: NewOrder, products: tuple[NewProduct, ...] = (), shop: Id = SHOP) -> Written:
    async with database.unit() as unit:
        return await bulk_write(unit, shop, products=products, orders=orders, at=NOON)


async def count(database: Database, *tables: type) -> list[int]:
    async with database.read() as unit:
        return [(await unit.scalar(select(func.count()).select_from(table))) or 0 for table in tables]


async def test_a_customers_orders_come_newest_first_with_everything_in_view(database: Database, clock: FixedClock) -> None:
    customer, stranger = new_id(), new_id()
    older = an_order("A1", customer, placed_at=NOON - timedelta(days=3))
    await write(database, older, an_order("A2", customer), products=(a_product(),))
    found = await Orders(database, clock).orders_of(SHOP, [customer, stranger])
    assert [o.no for o in found[customer]] == ["A2", "A1"] and found[stranger] == []
    order = found[customer][0]
    assert order.total == Money(2 * 8900 + 600) and order.lines[0].product_id
    assert [s.code for s in order.parcels[0].scans] == ["collected", "arrived"]
    assert order.receiver_phone == "13800000001" and order.shop_id == SHOP


async def test_the_limit_is_per_customer(database: Database, clock: FixedClock) -> None:
    customers = [new_id() for _ in range(3)]
    orders = [an_order(f"{c[-6:]}-{n}", c, placed_at=NOON + timedelta(hours=n)) for c in customers for n in range(5)]
    await write(database, *orders)
    found = await Orders(database, clock).orders_of(SHOP, customers, limit=2)
    assert all([o.no[-1] for o in found[c]] == ["4", "3"] for c in customers)


async def test_more_customers_than_one_statement_takes(database: Database, clock: FixedClock) -> None:
    customers = [new_id() for _ in range(512)]
    await write(database, *(an_order(f"M{n}", c) for n, c in enumerate(customers)))
    found = await Orders(database, clock).orders_of(SHOP, customers)
    assert [found[c][0].no for c in customers] == [f"M{n}" for n in range(512)]


@pytest.mark.parametrize("written_as", ["W-100", "#w-100", " W-100 ", "ｗ-100"])
async def test_an_order_number_is_found_however_it_is_typed(database: Database, clock: FixedClock, written_as: str) -> None:
    await write(database, an_order("#W-100", new_id()))
    order = await Orders(database, clock).by_no(SHOP, written_as)
    assert order is not None and order.no == "#W-100"


async def test_another_shops_order_is_not_found(database: Database, clock: FixedClock) -> None:
    customer = new_id()
    await write(database, an_order("X1", customer), shop=OTHER)
    orders = Orders(database, clock)
    assert await orders.by_no(SHOP, "X1") is None
    assert await orders.by_tracking(SHOP, "SF100") is None
    assert await orders.orders_of(SHOP, [customer]) == {customer: []}
    with pytest.raises(OrderNotFound):
        await orders.show(someone(READ), SHOP, "X1", "zh-CN")
    with pytest.raises(NotFound):
        await orders.show(someone(READ), OTHER, "X1", "zh-CN")
    assert (await orders.search(someone(READ), SHOP, "X1", None, None, "zh-CN")).items == []


async def test_a_parcel_is_found_by_its_tracking_number(database: Database, clock: FixedClock) -> None:
    await write(database, an_order("T1", new_id(), parcels=(a_parcel("sf 200"), a_parcel("SF201"))))
    orders = Orders(database, clock)
    assert [o.no for no in ("SF200", "sf 201") if (o := await orders.by_tracking(SHOP, no))] == ["T1", "T1"]


async def test_writing_the_same_again_changes_nothing_and_announces_nothing(database: Database) -> None:
    customer = new_id()
    told: list[OrderChanged] = []

    async def listen(event: OrderChanged) -> None:
        told.append(event)

    assert database.bus
    database.bus.subscribe(OrderChanged, listen)
    given = [an_order("S1", customer), an_order("S2", customer, invoice=NewInvoice("某某公司", "9100TEST", Money(100)))]
    first = await write(database, *given, products=(a_product(),))
    again = await write(database, *given, products=(a_product(),))
    await database.bus.drain()
    assert (first.orders.created, first.products.created) == (2, 1)
    assert (again.orders.unchanged, again.orders.created, again.orders.updated, again.products.unchanged) == (2, 0, 0, 1)
    assert told == [OrderChanged(SHOP, customer, "S1"), OrderChanged(SHOP, customer, "S2")]
    assert await count(database, OrderRow, OrderLineRow, Payment, ParcelRow, ParcelScan, Invoice) == [2, 2, 2, 2, 4, 1]


async def test_a_changed_order_is_replaced_whole_under_its_id(database: Database, clock: FixedClock) -> None:
    customer, orders = new_id(), Orders(database, clock)
    await write(database, an_order("C1", customer))
    before = await orders.by_no(SHOP, "C1")
    parcels = (a_parcel("SF100", a_scan(5, "collected"), a_scan(9), a_scan(20, "delivered")),)
    written = await write(database, an_order("C1", customer, "delivered", parcels=parcels))
    after = await orders.by_no(SHOP, "C1")
    assert before and after and before.id == after.id
    assert written.orders.updated == 1 and after.status == "delivered" and len(after.parcels[0].scans) == 3
    assert await count(database, OrderRow, OrderLineRow, ParcelRow, ParcelScan) == [1, 1, 1, 3]


async def test_the_packed_form_says_what_the_tables_say(database: Database) -> None:
    parcels = (a_parcel("SF1", a_scan(5, "collected"), promised_h=50), a_parcel("SF2"))
    await write(database, an_order("P1", new_id(), parcels=parcels, buyer_phone="13900000002"), products=(a_product(),))
    async with database.read() as unit:
        row = (await unit.scalars(select(OrderRow))).one()
        assert unpack(row.view) == await repository.packed_from_tables(unit, SHOP, row.id)


async def test_an_order_packed_by_another_version_is_read_from_the_tables(database: Database, clock: FixedClock) -> None:
    customer, orders = new_id(), Orders(database, clock)
    await write(database, an_order("V1", customer))
    now = await orders.by_no(SHOP, "V1")
    async with database.unit() as unit:
        await unit.execute(update(OrderRow).where(OrderRow.shop_id == SHOP).values(view=b"\x00older"))
    assert await orders.by_no(SHOP, "V1") == now


async def test_a_mixed_currency_order_is_refused_and_nothing_stored(database: Database) -> None:
    with pytest.raises(ValueError, match="do not mix"):
        await write(database, an_order("U1", new_id(), freight=Money(500, "USD")))
    assert await count(database, OrderRow) == [0]


async def test_a_countdown_goes_on_without_the_order_changing(database: Database, clock: FixedClock) -> None:
    customer, orders = new_id(), Orders(database, clock)
    await write(database, an_order("N1", customer, "unpaid", pay_by=clock.now() + timedelta(minutes=30), parcels=(), payments=()))
    texts = []
    for _ in range(2):
        texts.append((await orders.orders_of(SHOP, [customer]))[customer][0].timeline[1].zh)
        clock.move(minutes=10)
    assert texts == ["待付款，还剩 30 分钟，到时自动取消", "待付款，还剩 20 分钟，到时自动取消"]


async def test_staff_find_orders_by_number_receiver_tail_and_status_page_by_page(database: Database, clock: FixedClock) -> None:
    orders, staff = Orders(database, clock), someone(READ)
    await write(database, *(an_order(f"Q-{n}", new_id(), "paid" if n % 2 else "shipped", placed_at=NOON) for n in range(7)))
    await write(database, an_order("Z-1", new_id(), receiver="周舟", receiver_phone="13800007777", placed_at=NOON - timedelta(days=1)))
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        page = await orders.search(staff, SHOP, "q-", None, cursor, "zh-CN", limit=3)
        seen += [o.no for o in page.items]
        if (cursor := page.next) is None:
            break
    assert sorted(seen) == [f"Q-{n}" for n in range(7)] and len(seen) == 7
    for text in ("7777", "周舟", "z-1"):
        assert [o.no for o in (await orders.search(staff, SHOP, text, None, None, "zh-CN")).items] == ["Z-1"]
    assert len((await orders.search(staff, SHOP, "", "paid", None, "zh-CN")).items) == 3


async def test_staff_see_the_receiver_masked(database: Database, clock: FixedClock) -> None:
    await write(database, an_order("K1", new_id(), buyer_phone="13900000002"))
    order = await Orders(database, clock).show(someone(READ), SHOP, "K1", "en")
    assert (order.receiver, order.receiver_phone, order.address) == ("林*", "138****0001", "浙江省杭州市西湖区****")
    assert order.gift and order.total == "184.00" and order.status_text == "On the way"


async def test_without_the_permission_no_order_is_shown(database: Database, clock: FixedClock) -> None:
    customer, orders = new_id(), Orders(database, clock)
    await write(database, an_order("D1", customer))
    nobody = someone(Permission.KNOWLEDGE_READ)
    with pytest.raises(Forbidden):
        await orders.show(nobody, SHOP, "D1", "zh-CN")
    with pytest.raises(Forbidden):
        await orders.search(nobody, SHOP, "", None, None, "zh-CN")
    with pytest.raises(Forbidden):
        await orders.show_of(nobody, SHOP, customer, "zh-CN")
