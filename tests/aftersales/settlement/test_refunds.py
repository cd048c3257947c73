"""Refunds on both stores: asked in a transaction, paid once by the way the order was paid, booked once, whatever the gateway does."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.aftersales.settlement.house import BOSS, House
from tests.commerce.builders import SHOP, someone
from xinfu.aftersales.settlement import TaskDone
from xinfu.aftersales.settlement.errors import AmountInvalid, RefundTooMuch, TaskChanged, TaskNotStuck
from xinfu.aftersales.settlement.model import TaskRow
from xinfu.commerce.errors import OrderNotFound
from xinfu.identity import Permission
from xinfu.kit.audit import AuditEntry
from xinfu.kit.database import Unit
from xinfu.kit.errors import Forbidden
from xinfu.kit.money import Money


async def test_a_refund_goes_back_by_the_ways_it_was_paid_and_stands_in_the_books_once(house: House) -> None:
    refs = await house.refund("1001", 10000, "key-00000001")
    assert [(ref.method, ref.amount.minor, ref.state) for ref in refs] == [("alipay", 9400, "refunding"), ("balance", 600, "refunding")]
    assert (await house.order("1001")).refundable == Money(8400)
    await house.settled()
    order = await house.order("1001")
    assert [(p.method, p.state) for p in order.payments if p.kind == "refund"] == [("alipay", "done"), ("balance", "done")]
    assert await house.paid_out() == 10000
    assert await house.balances() == {"sales": 10000, "refunds_due": 0, "cash": -10000}
    assert await house.entries() == 4
    assert [(d.task.state, d.failed) for d in house.ended] == [("done", 0)] * 2
    assert sorted(d.left for d in house.ended) == [0, 1]
    async with house.database.read() as unit:
        told = [e.action for e in await unit.scalars(select(AuditEntry)) if e.action.startswith("settlement")]
    assert sorted(told) == ["settlement.refund.asked"] * 2 + ["settlement.refund.done"] * 2


async def test_what_cannot_be_paid_back_is_refused_and_leaves_nothing(house: House) -> None:
    for no, minor, refusal in (
        ("1001", 18401, RefundTooMuch),
        ("1001", 0, AmountInvalid),
        ("1001", -5, AmountInvalid),
        ("9", 5, OrderNotFound),
    ):
        with pytest.raises(refusal):
            await house.refund(no, minor, "key-00000002")
    async with house.database.unit() as unit:
        with pytest.raises(AmountInvalid):
            await house.settlement.refund(
                unit, SHOP, "1001", Money(5, "USD"), case_no="", key="k", actor=BOSS, at=house.clock.now(), zh="", en=""
            )
    await house.refund("1001", 18400, "key-00000003")
    with pytest.raises(RefundTooMuch):
        await house.refund("1001", 1, "key-00000004")
    await house.settled()
    assert await house.paid_out() == 18400


async def test_the_same_key_again_is_the_same_refund_and_another_one_under_it_is_refused(house: House) -> None:
    first = await house.refund("1001", 500, "key-00000005")
    again = await asyncio.gather(*(house.refund("1001", 500, "key-00000005") for _ in range(4)))
    assert all([ref.id for ref in refs] == [ref.id for ref in first] for refs in again)
    with pytest.raises(TaskChanged):
        await house.refund("1001", 600, "key-00000005")
    with pytest.raises(TaskChanged):
        await house.refund("1002", 500, "key-00000005")
    await house.settled()
    assert await house.paid_out() == 500


async def test_a_transaction_that_fails_pays_nothing(house: House) -> None:
    with pytest.raises(RuntimeError, match="after all"):
        async with house.database.unit() as unit:
            await house.settlement.refund(
                unit, SHOP, "1001", Money(500), case_no="", key="key-00000006", actor=BOSS, at=house.clock.now(), zh="退", en="Refund"
            )
            raise RuntimeError("after all")
    await house.settlement.sweep()
    assert (await house.paid_out(), await house.entries(), (await house.order("1001")).refundable) == (0, 0, Money(18400))


async def test_a_gateway_that_is_down_forgets_its_answers_or_takes_its_time_pays_once(house: House) -> None:
    house.sim.gateway.mood.slow_s, house.sim.gateway.mood.decide_s = 0.6, 0.2  # slower than a call may take
    for n, manner in enumerate(("lost", "done_then_silent", "slow", "pending"), 1):
        house.sim.gateway.mood.script = [manner, "lost"] if manner == "lost" else [manner]
        await house.refund("1001", 100 * n, f"key-0000001{n}")
        await house.settled()
        assert await house.paid_out() == sum(100 * m for m in range(1, n + 1)), manner
    assert await house.balances() == {"sales": 1000, "refunds_due": 0, "cash": -1000}
    assert [d.task.state for d in house.ended] == ["done"] * 4


async def test_a_gateway_that_says_no_and_pays_all_the_same_is_believed_by_its_books(house: House) -> None:
    house.sim.gateway.mood.script = ["refuse_but_do"]
    await house.refund("1001", 700, "key-00000020")
    await house.settled()
    assert ([d.task.state for d in house.ended], await house.paid_out()) == (["done"], 700)
    assert await house.settlement.reconcile(SHOP, house.clock.now() - timedelta(hours=1)) == []


async def test_a_refusal_waits_for_a_person_who_tries_another_way(house: House) -> None:
    house.sim.gateway.mood.script = ["refuse"]
    await house.refund("1001", 700, "key-00000021")
    await house.settled()
    (stuck,) = await house.settlement.stuck(BOSS, SHOP)
    assert (stuck.state, stuck.words, house.ended[-1].failed) == ("failed", "simulated: the account is closed", 1)
    assert (await house.balances())["refunds_due"] == -700
    with pytest.raises(Forbidden):
        await house.settlement.retry(someone(Permission.AFTERSALES_READ), SHOP, stuck.id)
    assert len(await house.settlement.stuck(BOSS, SHOP)) == 1
    await house.settlement.retry(BOSS, SHOP, stuck.id, method="bank transfer")
    await house.settled()
    with pytest.raises(TaskNotStuck):
        await house.settlement.retry(BOSS, SHOP, stuck.id)
    refund = next(p for p in (await house.order("1001")).payments if p.kind == "refund")
    assert (refund.method, refund.state, await house.paid_out()) == ("bank transfer", "done", 700)
    assert (await house.balances())["refunds_due"] == 0


async def test_a_person_may_pay_by_hand_or_let_it_be(house: House) -> None:
    house.sim.gateway.mood.script = ["refuse", "refuse"]
    await house.refund("1001", 700, "key-00000022", "C1")
    await house.refund("1002", 300, "key-00000023", "C2")
    await house.settled()
    by_case = {task.case_no: task for task in await house.settlement.stuck(BOSS, SHOP)}
    await house.settlement.settle_by_hand(BOSS, SHOP, by_case["C1"].id, done=True, note="paid at the counter")
    await house.settlement.settle_by_hand(BOSS, SHOP, by_case["C2"].id, done=False, note="customer keeps it as credit")
    assert ((await house.order("1001")).refundable, (await house.order("1002")).refundable) == (Money(17700), Money(18400))
    assert await house.balances() == {"sales": 700, "refunds_due": 0, "cash": -700}
    assert [d.task.state for d in house.ended][-2:] == ["done", "dropped"]
    assert await house.settlement.reconcile(SHOP, house.clock.now() - timedelta(hours=1)) == []


async def test_lies_and_strange_movements_are_found_and_nothing_is_corrected(house: House) -> None:
    since = house.clock.now() - timedelta(hours=1)
    house.sim.gateway.mood.script = ["claim_but_not", "twice"]
    await house.refund("1001", 700, "key-00000024")
    await house.settled()
    await house.refund("1002", 300, "key-00000025")
    await house.settled()
    await house.sim.gateway.refund("refund:somebodyelse", "alipay", "1003", Money(55))
    before = (await house.balances(), await house.order("1001"))
    found = await house.settlement.reconcile(SHOP, since)
    assert {(d.kind, d.order_no, d.ours and d.ours.minor, d.theirs and d.theirs.minor) for d in found} == {
        ("not_in_statement", "1001", 700, None), ("twice", "1002", 300, 600), ("not_in_books", "", None, 55),
    }  # fmt: skip
    assert (await house.balances(), await house.order("1001")) == before


async def test_a_hook_that_fails_takes_the_recording_back_until_it_holds(house: House) -> None:
    failures = iter((True, True, False))

    async def fails(unit: Unit, done: TaskDone) -> None:
        if next(failures, False):
            raise RuntimeError("the case is held by someone")

    house.settlement.on_done.append(fails)
    await house.refund("1001", 700, "key-00000026")
    await house.settled()
    assert (len(house.ended), await house.entries(), await house.paid_out()) == (3, 2, 700)  # tried three times, written once


async def test_refunds_of_order_operations_are_taken_up(house: House) -> None:
    from xinfu.commerce import refund_parts

    async with house.database.unit() as unit:
        order = await house.shop.locked(unit, SHOP, "1003")
        assert order is not None
        await house.shop.pay_back(unit, order, refund_parts(order, Money(18400)), house.clock.now(), "op")
    await house.settlement.sweep()
    await house.settlement.sweep()
    await house.settled()
    assert (await house.paid_out(), await house.entries(), (await house.order("1003")).refundable) == (18400, 4, Money(0))
    async with house.database.read() as unit:
        assert len((await unit.scalars(select(TaskRow))).all()) == 2
