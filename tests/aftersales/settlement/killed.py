"""A process with a settling house in it that ends itself, by a signal nothing can catch, at one point of the way."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import dbos  # noqa: F401  loaded once here, not in every life forked from here

from tests.aftersales.settlement.house import BOSS, CUSTOMER, PARCEL, House
from tests.commerce.builders import SHOP
from xinfu.aftersales.settlement import TaskDone
from xinfu.kit.bus import Bus
from xinfu.kit.database import Database, Unit
from xinfu.kit.ids import Id

STEPS = ("begun", "asking", "done", "answered", "recording", "recorded")
POINTS = ("asked", *(f"{kind}.{step}" for kind in ("refund", "book", "send") for step in STEPS))


def crash_at(point: str | None) -> Callable[[str], None]:
    def crash(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return crash


def live(url: str, folder: Path, durable: Path | str, shop_id: Id, customer_id: Id, case_no: str | None, point: str | None) -> None:
    """One life of the house: takes on a refund and an exchange of the case, and works until all is done or the point is reached."""
    assert (shop_id, customer_id) == (SHOP, CUSTOMER), "forked before the ids were made"
    asyncio.run(_live(url, folder, durable, case_no, point))
    sys.exit(3 if point else 0)


async def _live(url: str, folder: Path, durable: Path | str, case_no: str | None, point: str | None) -> None:
    bus = Bus()
    await bus.start()
    house = House(Database(url, bus), folder, durable, crash=crash_at(point))

    async def exchange(unit: Unit, done: TaskDone) -> None:
        if done.task.kind == "book":
            await house.settlement.send(
                unit, SHOP, PARCEL, case_no=done.task.case_no, customer_id=CUSTOMER, key=f"send-{done.task.case_no}", actor=BOSS,
                at=done.at, zh="换出", en="Exchange",
            )  # fmt: skip

    house.settlement.on_done.append(exchange)
    if point == "asked":  # right after the commit, when the announcement is heard
        await house.settlement.start()
    if case_no is not None:
        await house.refund(case_no, 5000, f"refund-{case_no}", case_no)
        await house.book(f"book-{case_no}", case_no)
    if point != "asked":  # found in the table, beside what former lives left
        await house.settlement.start()
    await house.settled()
    await house.stop()
    await bus.stop()
    await house.database.dispose()
