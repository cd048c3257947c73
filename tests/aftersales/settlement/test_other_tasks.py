"""Parcels, rewards and claw-backs on both stores: once outside, once in the books, told to the case."""

import asyncio
from datetime import timedelta

from tests.aftersales.settlement.house import BOSS, House
from tests.commerce.builders import SHOP
from xinfu.aftersales.settlement import ParcelMoved
from xinfu.kit.database import Unit
from xinfu.kit.money import Money


async def test_a_label_is_booked_once_and_its_scans_reach_the_case_once_each(house: House) -> None:
    moved: list[str] = []

    async def note(unit: Unit, parcel: ParcelMoved) -> None:
        moved.append(parcel.scan.code)

    house.settlement.on_scan.append(note)
    house.sim.carrier.journey = timedelta(seconds=0)
    house.sim.carrier.mood.script = ["done_then_silent"]
    first, again = await house.book("key-00000030"), await house.book("key-00000030")
    assert first.id == again.id
    await house.settled()
    (task,) = await house.settlement.tasks(BOSS, SHOP, "C1")
    assert task.booking is not None
    assert (task.state, task.booking.carrier, task.booking.freight) == ("done", "模拟快递 (demo)", Money(800))
    assert task.booking.tracking_no == task.reference != ""
    for _ in range(3):
        await house.settlement.sweep()
    assert moved == ["picked_up", "in_transit", "delivered"]
    assert await house.balances() == {"freight": 800, "cash": -800}


async def test_a_coupon_is_granted_once(house: House) -> None:
    house.sim.rewards.mood.script = ["lost", "done_then_silent"]
    await house.grant("key-00000031")
    await house.settled()
    (task,) = await house.settlement.tasks(BOSS, SHOP, "C1")
    assert (task.state, house.sim.rewards.calls(f"grant:{task.id}")) == ("done", 1)
    assert await house.balances() == {"goodwill": 500, "coupons_due": -500}


async def test_a_claw_back_is_owed_until_it_is_paid_or_written_off(house: House) -> None:
    house.sim.gateway.mood.script = ["good", "refuse"]
    await house.clawback("1001", 400, "key-00000032", "C1")
    await house.settled()
    assert (await house.balances(), await house.paid_out()) == ({"customer_owes": 0, "sales": -400, "cash": 400}, -400)
    await house.clawback("1001", 600, "key-00000033", "C2")
    await house.settled()
    (stuck,) = await house.settlement.stuck(BOSS, SHOP)
    await house.settlement.settle_by_hand(BOSS, SHOP, stuck.id, done=False, note="not worth it")
    assert await house.balances() == {"customer_owes": 0, "sales": -1000, "cash": 400, "written_off": 600}


async def test_a_task_goes_on_under_way_after_a_stop_and_a_start(house: House) -> None:
    house.sim.rewards.mood.script = ["lost"] * 5
    await house.grant("key-00000034")
    while not house.durable.running:
        await asyncio.sleep(0.01)
    await house.settlement.stop()
    assert not house.durable.awake
    await house.settlement.start()
    await house.settled()
    assert [d.task.state for d in house.ended] == ["done"]
