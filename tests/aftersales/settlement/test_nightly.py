"""The nightly look at the gateway's statement on both stores: told once a night, asked for by those who may read the books."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.aftersales.settlement.house import BOSS, House
from tests.commerce.builders import SHOP, someone
from xinfu.aftersales.settlement.nightly import FOUND, Nightly
from xinfu.aftersales.settlement.policy import last_night
from xinfu.identity import Permission
from xinfu.kit.audit import AuditEntry
from xinfu.kit.clock import FixedClock
from xinfu.kit.errors import Forbidden
from xinfu.kit.money import Money


async def _told(house: House) -> list[dict[str, object]]:
    async with house.database.read() as unit:
        entries = await unit.scalars(select(AuditEntry).where(AuditEntry.shop_id == SHOP, AuditEntry.action == FOUND))
        return [entry.detail for entry in entries]


async def test_what_differs_is_told_once_a_night_and_again_the_next(house: House) -> None:
    house.sim.gateway.mood.script = ["claim_but_not"]
    await house.refund("1001", 700, "key-00000070")
    await house.settled()
    clock = FixedClock(house.clock.now() + timedelta(days=1))
    nightly = Nightly(house.database, clock, house.settlement.reconcile)
    for _ in range(3):
        await nightly.look(SHOP)
    await Nightly(house.database, clock, house.settlement.reconcile).look(SHOP)  # after a restart
    assert await _told(house) == [{"differences": 1, "orders": ["1001"]}]
    clock.move(days=1)
    await nightly.look(SHOP)
    assert len(await _told(house)) == 2


async def test_a_night_without_differences_is_quiet(house: House) -> None:
    await house.refund("1001", 700, "key-00000071")
    await house.settled()
    await Nightly(house.database, FixedClock(house.clock.now() + timedelta(days=1)), house.settlement.reconcile).look(SHOP)
    assert await _told(house) == []


async def test_differences_and_tasks_are_for_those_who_may_read_them(house: House) -> None:
    await house.sim.gateway.refund("refund:somebodyelse", "alipay", "1003", Money(55))
    _, found = await house.settlement.differences(BOSS, SHOP)
    assert [(d.kind, d.theirs) for d in found] == [("not_in_books", Money(55))]
    nobody = someone(Permission.ORDERS_READ)
    for asked in (
        house.settlement.differences(nobody, SHOP), house.settlement.stuck(nobody, SHOP), house.settlement.tasks(nobody, SHOP, "C1"),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            await asked


def test_the_last_night_is_the_one_that_began_last() -> None:
    assert last_night(datetime(2026, 3, 2, 17, 59, tzinfo=UTC)) == datetime(2026, 3, 1, 18, tzinfo=UTC)
    assert last_night(datetime(2026, 3, 2, 18, 0, tzinfo=UTC)) == datetime(2026, 3, 2, 18, tzinfo=UTC)
