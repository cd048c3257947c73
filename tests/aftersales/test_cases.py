"""Cases on both stores: shown first, opened once, one open per line, withdrawn and decided, refused without a trace."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.aftersales.desk import AI, ALL, RETURN, Desk, delivered
from tests.commerce.builders import NOON, OTHER, SHOP, a_product, an_order, someone
from xinfu.aftersales import Case, CaseChanged, errors
from xinfu.commerce import NewLine, NewPayment, NewVariant, bulk_write
from xinfu.commerce.errors import OrderNotFound
from xinfu.commerce.operations_errors import ConfirmationMissing, KeyReused
from xinfu.identity import Permission
from xinfu.kit.audit import AuditEntry
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from xinfu.kit.ids import new_id
from xinfu.kit.money import Money


@pytest.fixture
def desk(database: Database, clock: FixedClock, tmp_path: Path) -> Desk:
    return Desk(database, clock, tmp_path)


async def test_a_preview_tells_money_window_and_clause_and_changes_nothing(desk: Desk) -> None:
    await desk.given(delivered())
    shown = await desk.cases.preview(ALL, SHOP, "a1", RETURN)
    d = shown.decision
    assert (d.verdict, d.total, d.freight_payer, d.amounts[0].amount, d.amounts[0].quantity) == (
        "allowed",
        Money(17800),
        "customer",
        Money(17800),
        2,
    )
    assert d.until and d.until.isoformat() == "2026-03-18T00:00:00+08:00" and "consumer.25" in [x.clause for x in d.lines]
    assert await desk.rows() == [0, 0, 0, 0, 0, 1, 0]


async def test_an_opened_request_keeps_its_decision_and_tells_everyone(desk: Desk, database: Database) -> None:
    customer = new_id()
    await desk.given(delivered("A1", customer))
    told: list[CaseChanged] = []

    async def listen(event: CaseChanged) -> None:
        told.append(event)

    assert database.bus
    database.bus.subscribe(CaseChanged, listen)
    photo = new_id()
    opened = await desk.open(
        "A1", kind="return", reason="quality", items=[{"line": 0, "quantity": 1}], words="开线了", party="shop", photos=[photo]
    )
    await database.bus.drain()
    assert opened.number == "AS260310-0001" and (opened.state, opened.version, opened.total, opened.photos) == (
        "open",
        1,
        Money(8900),
        (photo,),
    )
    assert [(e.code, e.zh) for e in opened.timeline] == [("opened", "已提交退货申请")] and opened.freight_payer == "shop"
    assert told == [
        CaseChanged(SHOP, customer, opened.number, "open", "return", "A1", "opened", 1, "已提交退货申请", "Asked for: return", True)
    ]
    assert await desk.cases.get(ALL, SHOP, opened.number.lower()) == opened
    assert await desk.cases.of_order(ALL, SHOP, "A1") == [opened] and await desk.cases.of_customer(ALL, SHOP, customer) == [opened]
    async with database.read() as unit:
        audited = (await unit.scalars(select(AuditEntry))).one()
    assert (audited.action, audited.detail["number"], audited.detail["amount"]) == ("aftersales.opened", opened.number, "8900")


async def test_numbers_count_by_the_shops_day(desk: Desk) -> None:
    await desk.given(delivered("A1"), delivered("A2"), delivered("A3"))
    first = [(await desk.open(no)).number for no in ("A1", "A2")]
    desk.clock.move(hours=14)  # midnight in Shanghai
    assert [*first, (await desk.open("A3")).number] == ["AS260310-0001", "AS260310-0002", "AS260311-0001"]


async def test_requests_opened_at_once_get_numbers_of_their_own(desk: Desk) -> None:
    await desk.given(*(delivered(f"N{n}") for n in range(6)))
    opened = await asyncio.gather(*(desk.open(f"N{n}") for n in range(6)))
    assert sorted(r.number for r in opened) == [f"AS260310-{n:04d}" for n in range(1, 7)]


async def test_the_same_key_again_opens_one(desk: Desk) -> None:
    await desk.given(delivered(), delivered("A2"))
    shown = await desk.cases.preview(ALL, SHOP, "A1", RETURN)

    def click(no: str = "A1") -> Any:
        return desk.cases.open(ALL, SHOP, no, RETURN, token=shown.token, key="click-0001", confirmed_by="customer")

    both = await asyncio.gather(click(), click(), click())
    assert len({r.number for r in both}) == 1 and [r.repeated for r in both].count(False) == 1
    before = await desk.rows()
    with pytest.raises(KeyReused):
        await click("A2")
    with pytest.raises(Invalid):
        await desk.open("A2", key="short")
    assert await desk.rows() == before and before[0] == 1


async def test_a_line_has_one_open_request(desk: Desk) -> None:
    lines = (NewLine("TEE-BK-M", "短袖", 2, Money(8900)), NewLine("TEE-BK-L", "长袖", 1, Money(9900)))
    await desk.given(delivered(lines=lines, payments=(NewPayment(Money(28300), "alipay", NOON),)))
    first = await desk.open("A1", kind="return", reason="no_reason", items=[{"line": 0}])
    with pytest.raises(errors.LineTaken):
        await desk.open("A1", kind="exchange", reason="size", items=[{"line": 0}])
    other = await desk.open("A1")  # everything else
    assert [li.position for li in other.lines] == [1]
    await desk.cases.withdraw(ALL, SHOP, first.number)
    assert (await desk.open("A1", kind="exchange", reason="size", items=[{"line": 0}])).kind == "exchange"


async def test_two_agents_asking_for_the_same_line_at_once_open_one(desk: Desk) -> None:
    await desk.given(delivered())
    shown = await desk.cases.preview(ALL, SHOP, "A1", RETURN)
    results = await asyncio.gather(
        *(desk.cases.open(ALL, SHOP, "A1", RETURN, token=shown.token, key=f"agent-{n:04d}", confirmed_by="customer") for n in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Case) for r in results) == 1 and sum(isinstance(r, errors.LineTaken) for r in results) == 2


async def test_what_was_shown_yesterday_is_not_opened_after_the_window(desk: Desk) -> None:
    await desk.given(delivered())
    shown = await desk.cases.preview(ALL, SHOP, "A1", RETURN)
    desk.clock.move(days=8)
    with pytest.raises(errors.NotEligible) as refused:
        await desk.cases.open(ALL, SHOP, "A1", RETURN, token=shown.token, key="k-0000001", confirmed_by="customer")
    assert "期限已于3月17日结束" in refused.value.detail("zh-CN") and "ended on Mar 17" in refused.value.detail("en")
    assert await desk.rows() == [0, 0, 0, 0, 0, 1, 0]


async def test_an_order_changed_in_between_makes_the_preview_old(desk: Desk) -> None:
    customer = new_id()
    await desk.given(delivered("A1", customer))
    shown = await desk.cases.preview(ALL, SHOP, "A1", RETURN)
    await desk.given(delivered("A1", customer, note="改过"))
    with pytest.raises(errors.CaseOutdated):
        await desk.cases.open(ALL, SHOP, "A1", RETURN, token=shown.token, key="k-0000001", confirmed_by="customer")
    with pytest.raises(errors.CaseOutdated):
        await desk.cases.open(ALL, SHOP, "A1", {**RETURN, "words": "别的"}, token=shown.token, key="k-0000001", confirmed_by="customer")


async def test_the_ai_reaches_its_customers_things_only_and_needs_their_yes(desk: Desk) -> None:
    mine = new_id()
    await desk.given(delivered("A1", mine), delivered("A2"))
    theirs = await desk.open("A2")
    before = await desk.rows()
    for no, whom in (("A2", mine), ("A1", None), ("A1", new_id())):
        with pytest.raises(OrderNotFound):
            await desk.cases.preview(AI, SHOP, no, RETURN, for_customer=whom)
        with pytest.raises(OrderNotFound):
            await desk.cases.of_order(AI, SHOP, no, for_customer=whom)
    for whom in (mine, None):
        with pytest.raises(errors.CaseNotFound):
            await desk.cases.get(AI, SHOP, theirs.number, for_customer=whom)
        with pytest.raises(errors.CaseNotFound):
            await desk.cases.withdraw(AI, SHOP, theirs.number, for_customer=whom)
    assert list((await desk.cases.search(AI, SHOP, None, None, None)).items) == []
    shown = await desk.cases.preview(AI, SHOP, "A1", RETURN, for_customer=mine)
    with pytest.raises(ConfirmationMissing):
        await desk.cases.open(AI, SHOP, "A1", RETURN, token=shown.token, key="k-0000001", confirmed_by="staff", for_customer=mine)
    with pytest.raises(Forbidden):
        await desk.cases.accept(AI, SHOP, theirs.number, version=1)
    assert await desk.rows() == before
    opened = await desk.open("A1", AI, for_customer=mine)
    assert opened.opened_by_kind == "ai" and (await desk.cases.withdraw(AI, SHOP, opened.number, for_customer=mine)).state == "withdrawn"


@pytest.mark.parametrize("call", ["preview", "open", "withdraw", "accept", "decline", "get", "of_order", "of_customer"])
async def test_without_its_permission_nothing_happens(desk: Desk, call: str) -> None:
    await desk.given(delivered())
    number = (await desk.open("A1")).number
    before = await desk.rows()
    calls: dict[str, Any] = {
        "preview": lambda who: desk.cases.preview(who, SHOP, "A1", RETURN),
        "open": lambda who: desk.cases.open(who, SHOP, "A1", RETURN, token="", key="k-0000001", confirmed_by="staff"),
        "withdraw": lambda who: desk.cases.withdraw(who, SHOP, number),
        "accept": lambda who: desk.cases.accept(who, SHOP, number, version=1),
        "decline": lambda who: desk.cases.decline(who, SHOP, number, version=1, note="不行"),
        "get": lambda who: desk.cases.get(who, SHOP, number),
        "of_order": lambda who: desk.cases.of_order(who, SHOP, "A1"),
        "of_customer": lambda who: desk.cases.of_customer(who, SHOP, new_id()),
    }
    with pytest.raises(Forbidden):
        await calls[call](someone(Permission.ORDERS_READ))
    with pytest.raises(NotFound):
        await calls[call](someone(*Permission, shop=OTHER))
    assert await desk.rows() == before and (await desk.cases.get(ALL, SHOP, number)).state == "open"


async def test_a_request_is_decided_once_by_someone_who_saw_its_newest_state(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1")
    with pytest.raises(Conflict):
        await desk.cases.accept(ALL, SHOP, opened.number, version=0)
    with pytest.raises(Invalid):
        await desk.cases.decline(ALL, SHOP, opened.number, version=1, note=" ")
    accepted = await desk.cases.accept(ALL, SHOP, opened.number, version=1, note="请寄回")
    assert (accepted.state, accepted.decided_by, accepted.version, accepted.timeline[-1].zh) == (
        "awaiting_goods",
        "测试员",
        2,
        "店铺已同意：请寄回",
    )
    again = await desk.cases.accept(ALL, SHOP, opened.number, version=1)
    assert again.repeated and again.version == 2
    with pytest.raises(errors.StateForbids):
        await desk.cases.decline(ALL, SHOP, opened.number, version=2, note="不行")
    withdrawn = await desk.cases.withdraw(ALL, SHOP, opened.number)
    assert withdrawn.state == "withdrawn" and withdrawn.closed_at and (await desk.cases.withdraw(ALL, SHOP, opened.number)).repeated


async def test_what_is_being_exchanged_is_not_returned_as_well(desk: Desk) -> None:
    await desk.given(delivered())
    asked = await desk.open("A1", kind="exchange", reason="quality", items=[{"line": 0, "quantity": 1}], photos=[new_id()])
    await desk.cases.accept(ALL, SHOP, asked.number, version=1)
    with pytest.raises(errors.TooMany):
        await desk.open("A1", kind="return", reason="quality", items=[{"line": 0, "quantity": 2}])
    other = await desk.open("A1", kind="return", reason="quality", photos=[new_id()])
    assert [li.quantity for li in other.lines] == [1] and not other.freight_refund


async def test_a_declined_request_tells_why_and_frees_its_line(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1")
    declined = await desk.cases.decline(ALL, SHOP, opened.number, version=1, note="吊牌已剪")
    assert declined.timeline[-1].zh == "店铺未同意：吊牌已剪" and declined.closed_at
    assert (await desk.open("A1")).number != opened.number


async def test_two_deciding_at_once_only_one_counts(desk: Desk) -> None:
    await desk.given(delivered())
    number = (await desk.open("A1")).number
    results = await asyncio.gather(
        desk.cases.accept(ALL, SHOP, number, version=1),
        desk.cases.decline(ALL, SHOP, number, version=1, note="不行"),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Case) for r in results) == 1 and sum(isinstance(r, Conflict) for r in results) == 1


async def test_money_that_went_another_way_meanwhile_is_not_granted_again(desk: Desk) -> None:
    """Price protection asked for before dispatch, then the order was cancelled: all of it went back already."""
    await desk.given(an_order("P1", new_id(), "paid", parcels=()))
    async with desk.database.unit() as unit:
        cheaper = a_product(variants=(NewVariant("TEE-BK-M", (), Money(8000), 10),))
        await bulk_write(unit, SHOP, products=[cheaper], at=NOON)
    asked = await desk.open("P1", kind="price_protection", reason="price_drop")
    assert asked.total == Money(1800)
    shown = await desk.operations.preview(ALL, SHOP, "P1", "cancel", {})
    await desk.operations.perform(ALL, SHOP, "P1", "cancel", {}, token=shown.token, key=new_id(), confirmed_by="customer")
    with pytest.raises(errors.NothingLeft):
        await desk.cases.accept(ALL, SHOP, asked.number, version=1)
    assert (await desk.cases.get(ALL, SHOP, asked.number)).state == "open"


async def test_an_exchange_goes_to_a_variant_of_the_same_product_in_stock(desk: Desk) -> None:
    await desk.given(delivered())
    dearer = await desk.open("A1", kind="exchange", reason="size", items=[{"line": 0, "to_sku": "tee-bk-l"}])
    assert dearer.verdict == "person" and dearer.lines[0].to_sku == "tee-bk-l" and not dearer.total and dearer.freight_payer == "half"
    for sku in ("NONE", "MUG"):
        with pytest.raises((errors.ExchangeUnknown, errors.LineTaken)):
            await desk.open("A1", kind="exchange", reason="size", items=[{"line": 0, "to_sku": sku}])


async def test_confirmation_at_the_purchase_is_read_from_the_order(desk: Desk) -> None:
    async with desk.database.unit() as unit:
        await bulk_write(unit, SHOP, products=[a_product(category="美妆")], at=NOON)
    line = NewLine("TEE-BK-M", "面霜", 1, Money(8900), extras={"no_return_confirmed": True})
    for no, lines, allowed in (("A1", (line,), False), ("A2", (NewLine("TEE-BK-M", "面霜", 1, Money(8900)),), True)):
        async with desk.database.unit() as unit:
            await bulk_write(unit, SHOP, orders=[delivered(no, lines=lines, payments=(NewPayment(Money(9500), "alipay", NOON),))], at=NOON)
        assert (await desk.cases.preview(ALL, SHOP, no, RETURN)).decision.allowed is allowed


async def test_a_gift_is_told_with_every_preview(desk: Desk) -> None:
    await desk.given(delivered(buyer_phone="13900000009"))
    assert [w.code for w in (await desk.cases.preview(ALL, SHOP, "A1", RETURN)).warnings] == ["gift"]


async def test_lists_go_page_by_page_newest_first(desk: Desk) -> None:
    customer = new_id()
    await desk.given(*(delivered(f"L{n}", customer) for n in range(5)), delivered("X1"))
    for n in range(5):
        await desk.open(f"L{n}")
        desk.clock.move(minutes=1)
    await desk.open("X1")
    seen, cursor = [], None
    while True:
        page = await desk.cases.search(ALL, SHOP, customer, "open", cursor, 2)
        seen += [r.order_no for r in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["L4", "L3", "L2", "L1", "L0"]
    assert len((await desk.cases.search(ALL, SHOP, None, None, None)).items) == 6
    assert list((await desk.cases.search(ALL, SHOP, "odd", None, None)).items) == []
    with pytest.raises(Invalid):
        await desk.cases.search(ALL, SHOP, None, None, "odd")


steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                ("return", "no_reason"),
                ("return", "quality"),
                ("refund_only", "damaged"),
                ("price_protection", "price_drop"),
                ("exchange", "size"),
            ]
        ),
        st.integers(0, 1),
        st.integers(1, 2),
        st.sampled_from(["accept", "decline", "withdraw", "leave", "accept", "accept"]),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(steps=steps, coupon=st.integers(0, 30000))
async def test_in_any_order_of_requests_and_decisions_no_more_is_promised_than_was_paid(
    desk: Desk, steps: list[tuple[tuple[str, str], int, int, str]], coupon: int
) -> None:
    no, paid = f"H{new_id()}", Money(max(0, 2 * 8900 + 9900 + 600 - coupon))
    lines = (NewLine("TEE-BK-M", "短袖", 2, Money(8900)), NewLine("TEE-BK-L", "长袖", 1, Money(9900)))
    await desk.given(
        delivered(no, lines=lines, total=paid, payments=(NewPayment(paid, "alipay", NOON),), placed_at=NOON - timedelta(days=1))
    )
    for (kind, reason), line, quantity, then in steps:
        try:
            opened = await desk.open(no, kind=kind, reason=reason, items=[{"line": line, "quantity": quantity}], photos=[new_id()])
            if then == "accept":
                await desk.cases.accept(ALL, SHOP, opened.number, version=1)
            elif then == "decline":
                await desk.cases.decline(ALL, SHOP, opened.number, version=1, note="不行")
            elif then == "withdraw":
                await desk.cases.withdraw(ALL, SHOP, opened.number)
        except Refusal:
            pass
        counted = [r for r in await desk.cases.of_order(ALL, SHOP, no) if r.state not in ("declined", "withdrawn")]
        assert sum(r.total.minor for r in counted) <= paid.minor
        for position, bought in ((0, 2), (1, 1)):
            gone = [li.quantity for r in counted if r.kind in ("return", "refund_only") for li in r.lines if li.position == position]
            assert sum(gone) <= bought
            assert sum(1 for r in counted if r.state == "open" for li in r.lines if li.position == position) <= 1
