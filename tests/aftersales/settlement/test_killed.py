"""Processes killed at every step of a refund and of an exchange, on both stores: paid and sent exactly once, nothing forgotten."""

import asyncio
import multiprocessing
import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.aftersales.settlement.house import BOSS, CUSTOMER, House
from tests.aftersales.settlement.killed import POINTS, live
from tests.commerce.builders import SHOP
from xinfu.aftersales.settlement.model import TaskRow
from xinfu.kit.database import Database
from xinfu.kit.money import Money

_forks = multiprocessing.get_context("fork")


async def _life(database: Database, folder: Path, durable: Path | str, case_no: str | None, point: str | None) -> int | None:
    process = _forks.Process(target=live, args=(database.url, folder, durable, SHOP, CUSTOMER, case_no, point))
    process.start()
    await asyncio.to_thread(process.join)
    return process.exitcode


@pytest.mark.slow
async def test_killed_at_every_step_everything_is_done_exactly_once(database: Database, data_dir: Path, durable_store: Path | str) -> None:
    house = House(database, data_dir, durable_store)
    cases = [f"20{n:02}" for n in range(len(POINTS))]
    await house.given(*cases)
    await database.engine.dispose()
    for case_no, point in zip(cases, POINTS, strict=True):
        assert await _life(database, data_dir, durable_store, case_no, point) == -signal.SIGKILL, point
    assert await _life(database, data_dir, durable_store, None, None) == 0
    async with database.read() as unit:
        tasks = (await unit.scalars(select(TaskRow))).all()
    # The one killed right after its refund was asked may not have come to asking for the exchange.
    asked = {kind: sorted(t.case_no for t in tasks if t.kind == kind) for kind in ("refund", "book", "send")}
    assert asked["refund"] == cases
    assert asked["book"] == asked["send"]
    assert set(cases[1:]) <= set(asked["book"])
    assert {task.state for task in tasks} == {"done"}
    assert await house.paid_out() == 5000 * len(cases)
    sent = house.sim.books.open().execute("SELECT kind, COUNT(*) FROM command GROUP BY kind ORDER BY kind").fetchall()
    assert sent == [("book", len(asked["book"])), ("refund", len(cases)), ("send", len(asked["send"]))]
    for case_no in cases:
        order = await house.order(case_no)
        assert (order.refundable, {p.state for p in order.payments if p.kind == "refund"}) == (Money(13400), {"done"})
    freight = 800 * (len(asked["book"]) + len(asked["send"]))
    refunds = 5000 * len(cases)
    assert await house.balances() == {"sales": refunds, "refunds_due": 0, "freight": freight, "cash": -refunds - freight}
    assert (await house.ledger.verify(BOSS, SHOP)).ok
    house.sim.books.close()
