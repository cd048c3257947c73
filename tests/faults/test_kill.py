"""kill -9 under load, again and again: every acked message is there after the restart, none twice, and customers go on by themselves."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.customers import Customer
from tests.server import RunningCentre

KILLS = {"sqlite": 20, "postgres": 4}
CUSTOMERS = 12


@pytest.mark.slow
async def test_a_killed_centre_loses_nothing_it_acked(store: str, tmp_path: Path, postgres_dsn_empty: str | None) -> None:
    centre = RunningCentre(tmp_path / "data", postgres_dsn_empty).start()
    chance = random.Random(7)
    try:
        customers = [Customer(centre, centre.session(f"patient-{n}")["token"]) for n in range(CUSTOMERS)]
        enough = asyncio.Event()
        talking = [asyncio.create_task(c.talk(enough)) for c in customers]
        for _ in range(KILLS[store]):
            await asyncio.sleep(chance.uniform(0.2, 1.2))
            await asyncio.to_thread(centre.kill)
            await asyncio.to_thread(centre.start)
        await asyncio.sleep(1)
        enough.set()
        await asyncio.wait_for(asyncio.gather(*talking), 60)
        for customer in customers:
            await customer.nothing_lost_nothing_doubled()
        assert sum(len(c.acks) for c in customers) > KILLS[store] * CUSTOMERS
        assert all(c.resumed > 1 for c in customers)
    finally:
        centre.stop()
