"""Order operations on both stores: shown first, done once, written with history and audit, refused without a trace."""

import asyncio
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from tests.commerce.builders import NOON, OTHER, SHOP, a_parcel, a_product, a_scan, an_order, someone
from xinfu.commerce import (
    EmbeddedShop,
    NewInvoice,
    NewLine,
    NewOrder,
    NewPayment,
    OrderChanged,
    OrderOperated,
    OrderOperations,
    Orders,
    bulk_write,
    repository,
)
from xinfu.commerce.errors import OrderNotFound
from xinfu.commerce.model import Invoice, OrderMark, OrderOperationRow, OrderRow, Payment
from xinfu.commerce.operations_contracts import Done
from xinfu.commerce.operations_errors import AlreadyDispatched, ConfirmationMissing, KeyReused, OrderCancelled, OrderOutdated, UrgedLately
from xinfu.commerce.packing import unpack
from xinfu.identity import Permission, Settings
from xinfu.identity.policy import SEEDED_ROLES
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid, NotFound, Refusal
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

ALL = someone(*Permission)
AI = Actor("ai", "ai", "小心", frozenset({SHOP}), SEEDED_ROLES["ai"])
TABLES = (OrderRow, Payment, Invoice, OrderMark, OrderOperationRow, AuditEntry)
SHANGHAI = cast("Settings", SimpleNamespace(current=lambda shop_id: SimpleNamespace(time_zone="Asia/Shanghai")))


class Desk:
    """Operations over one store, with short ways to ask for them."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        self.operations = OrderOperations(database, clock, SHANGHAI, EmbeddedShop())
        self.orders = Orders(database, clock)

    async def given(self, *orders: NewOrder, shop: Id = SHOP) -> None:
        async with self.database.unit() as unit:
            await bulk_write(unit, shop, products=[a_product()], orders=orders, at=NOON)

    async def do(
        self, no: str, operation: Any, actor: Actor = ALL, key: str | None = None, for_customer: Id | None = None, **inputs: Any
    ) -> Done:
        shown = await self.operations.preview(actor, SHOP, no, operation, inputs, for_customer=for_customer)
        return await self.operations.perform(
            actor, SHOP, no, operation, inputs, token=shown.token, key=key or new_id(), confirmed_by="customer", for_customer=for_customer
        )

    async def rows(self) -> list[int]:
        async with self.database.read() as unit:
            return [(await unit.scalar(select(func.count()).select_from(table))) or 0 for table in TABLES]

    async def everything(self) -> list[Any]:
        """All that an operation could have touched, to compare."""
        async with self.database.read() as unit:
            return [
                sorted(tuple(r) for r in await unit.execute(select(OrderRow.no, OrderRow.status, OrderRow.stamp, OrderRow.address))),
                sorted(tuple(r) for r in await unit.execute(select(Payment.id, Payment.amount_minor, Payment.state))),
                await self.rows(),
            ]

    async def payments(self, no: str) -> list[tuple[str, str, int, str]]:
        async with self.database.read() as unit:
            query = select(Payment.kind, Payment.method, Payment.amount_minor, Payment.state).join(
                OrderRow, OrderRow.id == Payment.order_id
            )
            return [tuple(r) for r in await unit.execute(query.where(OrderRow.no == no).order_by(Payment.position))]  # type: ignore[misc]

    async def consistent(self) -> None:
        """The packed form says what the tables say."""
        async with self.database.read() as unit:
            for row in (await unit.scalars(select(OrderRow))).all():
                assert unpack(row.view) == await repository.packed_from_tables(unit, SHOP, row.id)


@pytest.fixture
def desk(database: Database, clock: FixedClock) -> Desk:
    return Desk(database, clock)


def paid(no: str = "A1", customer: Id | None = None, **given: Any) -> NewOrder:
    return an_order(no, customer or new_id(), "paid", **({"parcels": ()} | given))


def unpaid(no: str = "U1", customer: Id | None = None, **given: Any) -> NewOrder:
    values: dict[str, Any] = {"parcels": (), "payments": (), "placed_at": datetime.fromisoformat("2026-03-10T01:30:00Z")}
    return an_order(no, customer or new_id(), "unpaid", **(values | given))


async def test_a_preview_changes_nothing(desk: Desk) -> None:
    await desk.given(paid())
    before = await desk.everything()
    shown = await desk.operations.preview(ALL, SHOP, "a1", "cancel", {"reason": "拍错了"})
    assert shown.money.refund == Money(18400) and shown.money.parts[0].method == "alipay" and shown.status == "paid"
    assert await desk.everything() == before


async def test_cancelling_a_paid_order_marks_the_refund_and_tells_everyone(desk: Desk, database: Database) -> None:
    customer = new_id()
    await desk.given(paid("A1", customer))
    told: list[object] = []

    async def listen(event: object) -> None:
        told.append(event)

    assert database.bus
    database.bus.subscribe(OrderChanged, listen)
    database.bus.subscribe(OrderOperated, listen)
    done = await desk.do("A1", "cancel", reason="拍错了")
    await database.bus.drain()
    assert (done.status, done.repeated, done.at) == ("cancelled", False, desk.clock.now())
    assert await desk.payments("A1") == [("payment", "alipay", 18400, "done"), ("refund", "alipay", 18400, "refunding")]
    order = await desk.orders.by_no(SHOP, "A1")
    assert order and order.status == "cancelled" and order.timeline[-1].key == "cancelled"
    assert told == [OrderChanged(SHOP, customer, "A1"), OrderOperated(SHOP, customer, "A1", "cancel")]
    [entry] = await desk.operations.history(ALL, SHOP, "A1")
    assert (entry.zh, entry.confirmed_by, entry.actor_name) == ("订单已取消：拍错了", "customer", "测试员")
    async with database.read() as unit:
        audited = (await unit.scalars(select(AuditEntry))).one()
    assert (audited.action, audited.target_id, audited.detail["refund"]) == ("order.cancel", order.id, "184.00 CNY")
    await desk.consistent()


async def test_the_same_key_again_acts_once_and_gets_the_first_answer(desk: Desk) -> None:
    await desk.given(paid())
    shown = await desk.operations.preview(ALL, SHOP, "A1", "cancel", {})
    ask = {"token": shown.token, "key": "click-0001", "confirmed_by": "customer"}
    first = await desk.operations.perform(ALL, SHOP, "A1", "cancel", {}, **ask)  # type: ignore[arg-type]
    after = await desk.everything()
    again = await desk.operations.perform(ALL, SHOP, "A1", "cancel", {}, **ask)  # type: ignore[arg-type]
    assert again.repeated and (again.id, again.lines, again.money, again.at) == (first.id, first.lines, first.money, first.at)
    assert await desk.everything() == after
    with pytest.raises(OrderCancelled):
        await desk.operations.perform(ALL, SHOP, "A1", "cancel", {}, token=shown.token, key="click-0002", confirmed_by="customer")


async def test_two_clicks_at_once_act_once(desk: Desk) -> None:
    await desk.given(paid())
    shown = await desk.operations.preview(ALL, SHOP, "A1", "cancel", {})

    def click(key: str) -> Any:
        return desk.operations.perform(ALL, SHOP, "A1", "cancel", {}, token=shown.token, key=key, confirmed_by="customer")

    same = await asyncio.gather(*(click("same-key-1") for _ in range(4)))
    assert [d.repeated for d in same].count(False) == 1 and len({d.id for d in same}) == 1
    assert len(await desk.payments("A1")) == 2


async def test_two_agents_at_once_only_one_wins(desk: Desk) -> None:
    await desk.given(paid())
    note = await desk.operations.preview(ALL, SHOP, "A1", "change_note", {"note": "轻放"})
    cancel = await desk.operations.preview(ALL, SHOP, "A1", "cancel", {})
    results = await asyncio.gather(
        desk.operations.perform(ALL, SHOP, "A1", "change_note", {"note": "轻放"}, token=note.token, key="agent-one", confirmed_by="staff"),
        desk.operations.perform(ALL, SHOP, "A1", "cancel", {}, token=cancel.token, key="agent-two", confirmed_by="staff"),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Done) for r in results) == 1 and sum(isinstance(r, Refusal) for r in results) == 1
    await desk.consistent()


async def test_what_was_not_shown_is_not_done(desk: Desk) -> None:
    await desk.given(paid(), paid("A2"))
    shown = await desk.operations.preview(ALL, SHOP, "A1", "change_items", {"changes": [{"line": 0, "to_sku": "TEE-BK-L"}]})
    before = await desk.everything()
    with pytest.raises(OrderOutdated):
        other = {"changes": [{"line": 0, "to_sku": "tee-bk-l"}]}
        await desk.operations.perform(ALL, SHOP, "A1", "change_items", other, token=shown.token, key="k-0000001", confirmed_by="staff")
    with pytest.raises(OrderOutdated):
        await desk.operations.perform(
            ALL,
            SHOP,
            "A2",
            "change_items",
            {"changes": [{"line": 0, "to_sku": "TEE-BK-L"}]},
            token=shown.token,
            key="k-0000002",
            confirmed_by="staff",
        )
    assert await desk.everything() == before


async def test_a_price_that_moved_after_the_preview_is_not_charged(desk: Desk, database: Database) -> None:
    await desk.given(paid())
    inputs = {"changes": [{"line": 0, "to_sku": "TEE-BK-L"}]}
    shown = await desk.operations.preview(ALL, SHOP, "A1", "change_items", inputs)
    async with database.unit() as unit:
        product = a_product(variants=(*a_product().variants[:1], type(a_product().variants[1])("TEE-BK-L", (), Money(19900), 3)))
        await bulk_write(unit, SHOP, products=[product], at=NOON)
    with pytest.raises(OrderOutdated):
        await desk.operations.perform(ALL, SHOP, "A1", "change_items", inputs, token=shown.token, key="k-0000001", confirmed_by="staff")
    assert len(await desk.payments("A1")) == 1


async def test_an_import_in_between_makes_the_preview_old(desk: Desk) -> None:
    customer = new_id()
    await desk.given(paid("A1", customer))
    shown = await desk.operations.preview(ALL, SHOP, "A1", "cancel", {})
    await desk.given(paid("A1", customer, note="新备注"))
    with pytest.raises(OrderOutdated):
        await desk.operations.perform(ALL, SHOP, "A1", "cancel", {}, token=shown.token, key="k-0000001", confirmed_by="staff")


async def test_a_key_serves_one_operation(desk: Desk) -> None:
    await desk.given(paid(), paid("A2"))
    await desk.do("A1", "cancel", key="same-key-9")
    before = await desk.everything()
    with pytest.raises(KeyReused):
        await desk.do("A2", "cancel", key="same-key-9")
    with pytest.raises(Invalid):
        await desk.do("A2", "cancel", key="short")
    assert await desk.everything() == before


async def test_one_key_for_two_orders_at_once_serves_one(desk: Desk) -> None:
    await desk.given(paid(), paid("A2"))
    results = await asyncio.gather(
        desk.do("A1", "cancel", key="same-key-9"), desk.do("A2", "cancel", key="same-key-9"), return_exceptions=True
    )
    assert sum(isinstance(r, Done) for r in results) == 1 and sum(isinstance(r, KeyReused) for r in results) == 1
    assert len([p for no in ("A1", "A2") for p in await desk.payments(no) if p[0] == "refund"]) == 1


@pytest.mark.parametrize(
    "operation", ["cancel", "change_address", "change_note", "change_items", "review", "hold", "urge_parcel", "invoice", "reissue"]
)
async def test_without_its_permission_nothing_happens(desk: Desk, operation: Any) -> None:
    await desk.given(paid())
    before = await desk.everything()
    with pytest.raises(Forbidden):
        await desk.operations.preview(someone(Permission.ORDERS_READ), SHOP, "A1", operation, {})
    with pytest.raises(Forbidden):
        await desk.operations.perform(
            someone(Permission.ORDERS_READ), SHOP, "A1", operation, {}, token="", key="k-0000001", confirmed_by="staff"
        )
    with pytest.raises(NotFound):
        await desk.operations.preview(someone(*Permission, shop=OTHER), SHOP, "A1", operation, {})
    assert await desk.everything() == before


async def test_another_shops_order_is_not_found(desk: Desk) -> None:
    await desk.given(paid(), shop=OTHER)
    with pytest.raises(OrderNotFound):
        await desk.operations.preview(ALL, SHOP, "A1", "cancel", {})


async def test_the_ai_acts_for_its_customer_only_and_on_their_yes(desk: Desk) -> None:
    mine = new_id()
    await desk.given(paid("A1", mine), paid("A2"))
    before = await desk.everything()
    for no, whom in (("A2", mine), ("A1", new_id()), ("A1", None)):
        with pytest.raises(OrderNotFound):
            await desk.operations.preview(AI, SHOP, no, "cancel", {}, for_customer=whom)
        with pytest.raises(OrderNotFound):
            await desk.operations.history(AI, SHOP, no, for_customer=whom)
    shown = await desk.operations.preview(AI, SHOP, "A1", "cancel", {}, for_customer=mine)
    for confirmed_by in (None, "staff"):
        with pytest.raises(ConfirmationMissing):
            await desk.operations.perform(
                AI, SHOP, "A1", "cancel", {}, token=shown.token, key="k-0000001", confirmed_by=confirmed_by, for_customer=mine  # type: ignore[arg-type]
            )  # fmt: skip
    for operation in ("change_items", "hold", "reissue", "change_payment", "intercept"):
        with pytest.raises(Forbidden):
            await desk.operations.preview(AI, SHOP, "A1", operation, {}, for_customer=mine)  # type: ignore[arg-type]
    assert await desk.everything() == before
    done = await desk.operations.perform(
        AI,
        SHOP,
        "A1",
        "cancel",
        {},
        token=shown.token,
        key="k-0000001",
        confirmed_by="customer",
        confirmation="好的，取消吧",
        for_customer=mine,
    )
    assert done.status == "cancelled"


async def test_address_note_and_items_change_in_tables_and_view(desk: Desk) -> None:
    await desk.given(paid())
    await desk.do("A1", "change_address", phone="13800000099", address="浙江省杭州市余杭区柳岸路 99 号")
    await desk.do("A1", "change_note", note="放门口")
    done = await desk.do("A1", "change_items", changes=[{"line": 0, "to_sku": "TEE-BK-L"}])
    order = await desk.orders.by_no(SHOP, "A1")
    assert order and (order.receiver, order.receiver_phone, order.note, order.gift) == ("林晓", "13800000099", "放门口", True)
    assert (order.lines[0].sku, order.lines[0].price, order.total) == ("TEE-BK-L", Money(9900), Money(20400))
    assert done.money.charge == Money(2000) and (await desk.payments("A1"))[-1] == ("payment", "", 2000, "due")
    assert [e.operation for e in await desk.operations.history(ALL, SHOP, "A1")] == ["change_address", "change_note", "change_items"]
    back = await desk.do("A1", "change_items", changes=[{"line": 0, "to_sku": "TEE-BK-M"}])
    assert not back.money.refund and not back.money.charge
    assert (await desk.payments("A1"))[-1] == ("payment", "", 2000, "void")
    cancelled = await desk.do("A1", "cancel")
    assert cancelled.money.refund == Money(18400)
    await desk.consistent()


async def test_no_address_or_phone_gets_into_history_or_audit(desk: Desk, database: Database) -> None:
    await desk.given(paid())
    await desk.do("A1", "change_address", receiver="周小舟", phone="13800000099", address="浙江省杭州市余杭区柳岸路 99 号")
    async with database.read() as unit:
        audited = str([r.detail for r in await unit.scalars(select(AuditEntry))])
        history = str([(r.zh, r.en, r.result) for r in await unit.scalars(select(OrderOperationRow))])
    for secret in ("13800000099", "柳岸", "小舟"):
        assert secret not in audited and secret not in history


async def test_review_hold_and_release_are_kept_over_an_import(desk: Desk) -> None:
    customer = new_id()
    await desk.given(paid("A1", customer))
    await desk.do("A1", "review", note="地址核对过")
    await desk.do("A1", "hold", reason="等补货")
    await desk.given(paid("A1", customer, note="新备注"))
    state = await desk.operations.state(ALL, SHOP, "A1")
    assert state.reviewed_at and state.held_at and state.hold_reason == "等补货"
    await desk.do("A1", "release")
    assert (await desk.operations.state(ALL, SHOP, "A1")).held_at is None


async def test_a_refund_under_way_is_not_forgotten_when_the_order_is_imported_again(desk: Desk) -> None:
    customer = new_id()
    await desk.given(paid("A1", customer))
    await desk.do("A1", "cancel")
    await desk.given(paid("A1", customer, note="新备注"))
    assert (await desk.payments("A1")).count(("refund", "alipay", 18400, "refunding")) == 1
    assert not (await desk.do("A1", "cancel")).money.refund
    accounted = (NewPayment(Money(18400), "alipay", NOON), NewPayment(Money(18400), "alipay", NOON, "refund"))
    await desk.given(paid("A1", customer, payments=accounted))
    assert await desk.payments("A1") == [("payment", "alipay", 18400, "done"), ("refund", "alipay", 18400, "done")]


async def test_a_parcel_is_urged_and_called_back_once(desk: Desk) -> None:
    await desk.given(an_order("S1", new_id(), parcels=(a_parcel("SF1", a_scan(5, "collected")),)))
    urged = await desk.do("S1", "urge_parcel")
    assert urged.answer_by and (urged.answer_by - desk.clock.now()).total_seconds() == 24 * 3600
    with pytest.raises(UrgedLately):
        await desk.do("S1", "urge_parcel")
    desk.clock.move(hours=25)
    assert (await desk.do("S1", "urge_parcel")).answer_by
    called = await desk.do("S1", "intercept", reason="地址写错")
    assert called.status == "shipped" and not called.money.refund
    with pytest.raises(AlreadyDispatched):
        await desk.do("S1", "cancel")


async def test_a_buyer_is_reminded_once_a_day_over_all_orders(desk: Desk) -> None:
    customer = new_id()
    await desk.given(unpaid("U1", customer), unpaid("U2", customer), unpaid("U3"))
    await desk.do("U1", "urge_payment")
    with pytest.raises(UrgedLately):
        await desk.do("U2", "urge_payment")
    await desk.do("U3", "urge_payment")
    await desk.do("U2", "change_payment", method="wechat")
    assert (await desk.operations.state(ALL, SHOP, "U2")).pay_method == "wechat"


async def test_goods_are_sent_again_free_and_never_more_than_bought(desk: Desk) -> None:
    customer = new_id()
    await desk.given(an_order("S1", customer, "delivered", parcels=(a_parcel("SF1", a_scan(5, "delivered")),), buyer_phone="13900000009"))
    first = await desk.do("S1", "reissue", items=[{"line": 0, "quantity": 1}], reason="少发")
    second = await desk.do("S1", "reissue", items=[{"line": 0, "quantity": 1}])
    assert (first.new_order_no, second.new_order_no) == ("S1-R1", "S1-R2")
    with pytest.raises(Refusal):
        await desk.do("S1", "reissue", items=[{"line": 0, "quantity": 1}])
    again = await desk.orders.by_no(SHOP, "S1-R1")
    assert again and again.total == Money(0) and again.customer_id == customer and again.gift and again.status == "paid"
    assert not (await desk.do("S1-R1", "cancel")).money.refund
    assert [p for p in await desk.payments("S1-R1") if p[0] == "refund"] == []


async def test_an_invoice_is_asked_for_changed_and_issued_again(desk: Desk, database: Database) -> None:
    await desk.given(paid(), paid("A2", invoice=NewInvoice("旧公司", "91000000000000000X", Money(18400), "FP-7", NOON)))
    await desk.do("A1", "invoice", title="某某公司", tax_no="91000000000000000x", email="a@example.com")
    await desk.do("A1", "change_invoice", title="另一公司")
    await desk.do("A2", "change_invoice", title="新公司", electronic=False)
    async with database.read() as unit:
        query = select(Invoice.title, Invoice.tax_no, Invoice.amount_minor, Invoice.number, Invoice.electronic, Invoice.replaces)
        found = sorted(tuple(r) for r in await unit.execute(query))
    assert found == [
        ("另一公司", "", 18400, "", True, ""),
        ("新公司", "", 18400, "", False, "FP-7"),
        ("旧公司", "91000000000000000X", 18400, "FP-7", True, ""),
    ]


async def test_an_order_whose_shop_system_names_no_payments_is_refunded_its_total_once(desk: Desk) -> None:
    await desk.given(paid("A1", payments=()))
    done = await desk.do("A1", "cancel")
    assert done.money.refund == Money(18400)
    assert await desk.payments("A1") == [("payment", "", 18400, "done"), ("refund", "", 18400, "refunding")]
    assert (await desk.operations.state(ALL, SHOP, "A1")).refundable == Money(0)


OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("review", {}),
    ("hold", {}),
    ("release", {}),
    ("intercept", {}),
    ("cancel", {}),
    ("change_address", {"address": "浙江省杭州市别处 1 号"}),
    ("change_note", {"note": "轻放"}),
    ("change_note", {"note": "快点"}),
    ("change_items", {"changes": [{"line": 0, "to_sku": "TEE-BK-L"}]}),
    ("change_items", {"changes": [{"line": 0, "to_sku": "TEE-BK-M"}]}),
    ("change_items", {"changes": [{"line": 1, "to_sku": "TEE-BK-L"}, {"line": 0, "to_sku": "TEE-BK-M"}]}),
    ("urge_parcel", {}),
    ("reissue", {"items": [{"line": 0}]}),
    ("invoice", {"title": "某某"}),
    ("change_invoice", {"title": "另一"}),
]
steps = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.booleans()), min_size=3, max_size=10)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(steps=steps, coupon=st.integers(0, 27000), status=st.sampled_from(["paid", "unpaid"]))
async def test_any_order_of_operations_keeps_order_and_money_consistent(
    desk: Desk, steps: list[tuple[tuple[str, dict[str, Any]], bool]], coupon: int, status: str
) -> None:
    no = f"H{new_id()}"
    lines = (NewLine("TEE-BK-M", "短袖", 2, Money(8900)), NewLine("TEE-BK-M", "短袖", 1, Money(8900)))
    total = Money(27300 - coupon)
    payments = () if status == "unpaid" else (NewPayment(total, "alipay", NOON),)
    await desk.given(an_order(no, new_id(), status, lines=lines, total=total, payments=payments, parcels=()))
    done = 0
    for (operation, inputs), twice in steps:
        try:
            shown = await desk.operations.preview(ALL, SHOP, no, operation, inputs)  # type: ignore[arg-type]
        except Refusal:
            continue
        key = new_id()
        for repeated in (False, True) if twice else (False,):
            result = await desk.operations.perform(ALL, SHOP, no, operation, inputs, token=shown.token, key=key, confirmed_by="staff")  # type: ignore[arg-type]
            assert result.repeated is repeated and result.money == shown.money
        done += 1
        state = await desk.operations.state(ALL, SHOP, no)
        assert Money(0) <= state.refunded <= state.paid and Money(0) <= state.total
        if state.status == "cancelled":
            assert state.refunded == state.paid
        else:
            due = sum(p.amount.minor for p in state.payments if p.state == "due")
            assert status == "unpaid" or (state.refundable.minor + due == state.total.minor)
    assert len(await desk.operations.history(ALL, SHOP, no)) == done
    await desk.consistent()


async def test_the_history_is_never_changed(desk: Desk, database: Database) -> None:
    await desk.given(paid())
    await desk.do("A1", "change_note", note="一")
    [first] = await desk.operations.history(ALL, SHOP, "A1")
    async with database.unit() as unit:
        await unit.execute(update(OrderRow).values(note="别处改的"))
    await desk.do("A1", "cancel")
    assert (await desk.operations.history(ALL, SHOP, "A1"))[0] == first
