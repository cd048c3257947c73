"""Files of products and orders: exact, row by row, all or nothing unless told otherwise, the same twice changes nothing."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.commerce.builders import OTHER, SHOP, someone
from xinfu.commerce import Imports, Orders, Products
from xinfu.commerce.imports import Account, order_records, read_orders, read_products
from xinfu.commerce.model import OrderRow, ProductRow
from xinfu.identity import Authenticator, Permission, Settings, Shops, console_actor
from xinfu.kit.audit import AuditEntry
from xinfu.kit.clock import FixedClock, zone
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid, NotFound, TooLarge
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money
from xinfu.kit.tabular import Fields, Problems, Record

SHANGHAI = zone("Asia/Shanghai")
LIN = new_id()
IMPORTER = someone(Permission.ORDERS_IMPORT, Permission.ORDERS_READ)
PRODUCTS_CSV = """商品号,商品名称,类目,品牌,货号,规格,价格,库存,材质
P-1,重磅短袖,服饰,素野,TEE-BK-M,颜色=黑;尺码=M,89.00,12,100% 棉
P-1,重磅短袖,服饰,素野,TEE-BK-L,颜色=黑;尺码=L,"1,089.50",3,
P-2,保温杯,家居,某某,CUP,,49,7,304 不锈钢
"""
ORDERS_CSV = """订单号,客户号,状态,下单时间,付款时间,收件人,收件电话,地址,运费,货号,商品名,规格,数量,单价,快递公司,快递单号
A-1,C-1,已发货,2026/3/1 9:05,2026-03-01 09:06,周舟,13800000009,浙江省杭州市西湖区某路 1 号,6.00,TEE-BK-M,重磅短袖,颜色=黑,2,89.00,顺丰,SF1
A-1,C-1,已发货,2026/3/1 9:05,,,,,,CUP,保温杯,,1,49,顺丰,SF2
A-2,C-1,unpaid,2026-03-02T01:00:00Z,,,,,,CUP,保温杯,,1,49,,
"""


class TwoCustomers:
    async def accounts(self, shop_id: Id, numbers: Sequence[str]) -> dict[str, tuple[Id, str]]:
        return {"C-1": (LIN, "13800000001")} if shop_id == SHOP and "C-1" in numbers else {}


async def an_importer(database: Database, clock: FixedClock) -> Imports:
    settings = Settings(database, clock)
    shops = Shops(database, clock, settings, Authenticator(database, clock))
    await shops.create(console_actor([SHOP]), f"s{SHOP[-6:]}", "测试店", shop_id=SHOP)
    return Imports(database, clock, settings, shops, TwoCustomers())


async def count(database: Database, table: type) -> int:
    async with database.read() as unit:
        return (await unit.scalar(select(func.count()).select_from(table))) or 0


async def test_products_and_orders_come_in_from_csv_and_again_change_nothing(database: Database, clock: FixedClock) -> None:
    imports = await an_importer(database, clock)
    first = await imports.products(IMPORTER, SHOP, PRODUCTS_CSV.encode("gb18030"))
    orders = await imports.orders(IMPORTER, SHOP, ORDERS_CSV.encode("utf-8-sig"))
    assert (first.stored, first.created, orders.created, orders.problems) == (True, 2, 2, ())
    for again in (await imports.products(IMPORTER, SHOP, PRODUCTS_CSV.encode()), await imports.orders(IMPORTER, SHOP, ORDERS_CSV.encode())):
        assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    order = await Orders(database, clock).by_no(SHOP, "a-1")
    assert order is not None and order.customer_id == LIN
    assert order.total == Money(2 * 8900 + 4900 + 600) and order.gift and order.status == "shipped"
    assert order.placed_at == datetime(2026, 3, 1, 1, 5, tzinfo=UTC)
    assert [p.tracking_no for p in order.parcels] == ["SF1", "SF2"]
    [tee] = await Products(database, clock).search(SHOP, "短袖")
    assert tee.attributes == {"material": "100% 棉"} and [v.price for v in tee.variants] == [Money(8900), Money(108950)]


async def test_one_bad_row_keeps_the_whole_file_out(database: Database, clock: FixedClock) -> None:
    imports = await an_importer(database, clock)
    bad = PRODUCTS_CSV.replace("49,7", "49.999,7.5")
    report = await imports.products(IMPORTER, SHOP, bad.encode())
    assert not report.stored and report.refused == 1
    assert [(p.row, p.field) for p in report.problems] == [(4, "variants[1].price"), (4, "variants[1].stock")]
    assert await count(database, ProductRow) == 0 == await count(database, AuditEntry) - 1  # the shop's own opening


async def test_told_to_keep_the_good_the_rest_comes_in(database: Database, clock: FixedClock) -> None:
    imports = await an_importer(database, clock)
    report = await imports.products(IMPORTER, SHOP, PRODUCTS_CSV.replace("49,7", "x,7").encode(), keep_good=True)
    assert (report.stored, report.created, report.refused) == (True, 1, 1)
    assert await count(database, ProductRow) == 1


async def test_nested_json_brings_payments_scans_and_an_invoice(database: Database, clock: FixedClock) -> None:
    imports = await an_importer(database, clock)
    record = {
        "no": "J-1", "customer": "C-1", "status": "delivered", "placed_at": "2026-03-01 08:00", "total": 49.5,
        "lines": [{"name": "保温杯", "quantity": 1, "price": "49.50"}],
        "payments": [{"amount": 49.5, "method": "wechat", "at": "2026-03-01 08:01"}],
        "parcels": [
            {"carrier": "顺丰", "tracking_no": "SF9", "scans": [
                {"at": "2026-03-03 10:00", "code": "已签收", "place": "杭州", "text": "本人签收"},
                {"at": "2026-03-01 18:00", "code": "collected", "place": "上海", "text": "已揽收"},
            ]}
        ],
        "invoice": {"title": "示例公司", "amount": "49.50"},
    }  # fmt: skip
    for data in (json.dumps([record]), json.dumps(record, ensure_ascii=False)):
        report = await imports.orders(IMPORTER, SHOP, data.encode())
        assert report.problems == ()
    order = await Orders(database, clock).by_no(SHOP, "J-1")
    assert order is not None and [s.code for s in order.parcels[0].scans] == ["collected", "delivered"]
    assert order.total == Money(4950)


async def test_an_order_of_an_unknown_customer_is_named_and_left_out(database: Database, clock: FixedClock) -> None:
    imports = await an_importer(database, clock)
    report = await imports.orders(IMPORTER, SHOP, ORDERS_CSV.replace("A-2,C-1", "A-2,C-404").encode(), keep_good=True)
    assert (report.created, report.refused) == (1, 1)
    assert [(p.row, p.field, p.en) for p in report.problems] == [(4, "customer", "there is no such customer; import customers first")]


async def test_without_the_permission_nothing_comes_in(database: Database, clock: FixedClock) -> None:
    imports = await an_importer(database, clock)
    reader = someone(Permission.ORDERS_READ)
    with pytest.raises(Forbidden):
        await imports.products(reader, SHOP, PRODUCTS_CSV.encode())
    with pytest.raises(Forbidden):
        await imports.orders(reader, SHOP, ORDERS_CSV.encode())
    with pytest.raises(NotFound):
        await imports.products(IMPORTER, OTHER, PRODUCTS_CSV.encode())
    assert await count(database, ProductRow) == await count(database, OrderRow) == 0


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x"])
def test_a_cell_a_spreadsheet_would_run_is_refused(cell: str) -> None:
    problems = Problems()
    row = json.dumps([{"number": "P", "name": cell, "sku": "S", "price": "1"}])
    assert read_products(row.encode(), "CNY", problems) == []
    assert [p.field for p in problems.found] == ["name"]


@pytest.mark.parametrize("written", ["颜色=黑;尺码=M", "颜色＝黑；尺码：M", "颜色：黑；尺码=M"])
def test_options_may_be_written_with_marks_of_either_width(written: str) -> None:
    problems = Problems()
    fields = Fields(Record(1, {"options": written, "tags": "新客；常客，大客户,老客"}), problems, SHANGHAI, "CNY")
    assert fields.pairs("options") == (("颜色", "黑"), ("尺码", "M"))
    assert fields.words("tags") == ("新客", "常客", "大客户", "老客")
    assert problems.found == []


def test_a_phone_with_a_plus_is_no_formula() -> None:
    problems = Problems()
    record = {"no": "A", "customer": "C-1", "status": "paid", "placed_at": "2026-03-01", "sku": "S", "price": "1"}
    data = json.dumps([record | {"receiver_phone": "+86 138-0000-0001"}]).encode()
    [order] = read_orders(order_records(data, problems), SHANGHAI, "CNY", {"C-1": Account(LIN, "13800000001")}, problems)
    assert problems.total == 0 and order.receiver_phone == "+86 138-0000-0001"


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"[1]", b'[{"number": NaN}]', b"[" * 100_000, b"number,name", b"\xff\xfe\xff\xff\x80"], ids=range(7)
)
def test_a_file_that_is_none_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_products(data, "CNY", Problems())


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinfu.kit.tabular.MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        read_products(PRODUCTS_CSV.encode(), "CNY", Problems())


def test_a_broken_line_among_json_lines_is_named_by_its_number() -> None:
    problems = Problems()
    good = json.dumps({"number": "P", "name": "杯", "sku": "S", "price": 1.1})
    assert len(read_products(f"{good}\n{{broken\n".encode(), "CNY", problems)) == 1
    assert [p.row for p in problems.found] == [2]


@given(st.integers(0, 10**11))
def test_an_amount_is_read_to_the_cent_from_csv_and_json(cents: int) -> None:
    written = f"{cents // 100}.{cents % 100:02d}"
    for data in (f"number,name,sku,price\nP,杯,S,{written}\n", f'[{{"number": "P", "name": "杯", "sku": "S", "price": {written}}}]'):
        problems = Problems()
        [product] = read_products(data.encode(), "CNY", problems)
        assert product.variants[0].price.minor == cents and problems.total == 0


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_either_read_or_refused_with_a_reason(data: bytes) -> None:
    problems = Problems()
    try:
        good = read_products(data, "CNY", problems)
    except Invalid:
        return
    assert problems.total or good


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ORDER_FIELDS = ["no", "customer", "status", "placed_at", "lines", "parcels", "payments", "invoice", "total", "freight", "extras", "sku"]


@given(st.lists(st.dictionaries(st.sampled_from(ORDER_FIELDS), json_values), min_size=1, max_size=4))
def test_any_json_order_is_either_good_or_told_what_is_wrong(records: list[dict[str, object]]) -> None:
    problems = Problems()
    data = json.dumps(records).encode("utf-8", "surrogatepass")
    try:
        found = order_records(data, problems)
    except Invalid:
        return
    good = read_orders(found, SHANGHAI, "CNY", {"C-1": Account(LIN, "")}, problems)
    assert len(good) + len(problems.rows) >= 1 and len(good) <= len(records)
