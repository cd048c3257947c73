"""Storage and time that fail for real: a file that cannot grow, a database that goes away, a clock that jumps.

What was acked stays, what cannot be stored is refused with a time to try again, and the centre goes on by itself once it can.
"""

import asyncio
import json
import resource
import sqlite3
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.faults.customers import Customer
from tests.postgres import PostgresServer
from tests.server import RunningCentre
from xinfu.identity.contracts import ShopSettings
from xinfu.kit import clock as kit_clock
from xinfu.kit.clock import SystemClock
from xinfu.routing.policy import light

pytestmark = pytest.mark.slow

CUSTOMERS = 8
READY = "/readyz"


async def until(happened, within_s: float = 60) -> None:  # type: ignore[no-untyped-def]
    """Wait for a condition. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not happened():
            await asyncio.sleep(0.1)


def refusals(customers: list[Customer]) -> list[dict[str, object]]:
    return [e for c in customers for e in c.errors]


def answers(customers: list[Customer]) -> int:
    return sum(len(c.acks) for c in customers)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limit of a running process can be set on Linux only")
async def test_a_full_disk_refuses_what_it_cannot_store_and_loses_nothing(tmp_path: Path) -> None:
    centre = RunningCentre(tmp_path / "data").start()
    try:
        customers = [Customer(centre, centre.session(f"full-{n}")["token"]) for n in range(CUSTOMERS)]
        enough = asyncio.Event()
        talking = [asyncio.create_task(c.talk(enough)) for c in customers]
        await until(lambda: answers(customers) >= CUSTOMERS * 2)

        size = max(f.stat().st_size for f in centre.data.glob("log.db*"))
        assert centre.process
        resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        await until(lambda: len(refusals(customers)) >= CUSTOMERS)
        assert {e["code"] for e in refusals(customers)} == {"storage_unavailable"}
        assert all(int(str(e["retry_after_s"])) >= 1 and e["id"] for e in refusals(customers))
        acked = dict(customers[0].acks)
        stored = {m["id"]: m["seq"] for m in await customers[0].stored() if m["from"] == "customer"}
        assert acked.items() <= stored.items()  # reading goes on

        centre.kill()  # with the disk still full; the next start has room again
        await asyncio.to_thread(centre.start)
        before = answers(customers)
        await until(lambda: answers(customers) >= before + CUSTOMERS)
        enough.set()
        await asyncio.wait_for(asyncio.gather(*talking), 60)
        for customer in customers:
            await customer.nothing_lost_nothing_doubled()
    finally:
        centre.stop()


async def test_a_disk_that_has_room_again_needs_no_restart(tmp_path: Path) -> None:
    centre = RunningCentre(tmp_path / "data").start()
    try:
        customer = Customer(centre, centre.session("room")["token"])
        enough = asyncio.Event()
        talking = asyncio.create_task(customer.talk(enough))
        await until(lambda: len(customer.acks) >= 2)
        assert centre.process
        size = max(f.stat().st_size for f in centre.data.glob("log.db*"))
        resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        await until(lambda: len(customer.errors) >= 2)
        resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        before = len(customer.acks)
        await until(lambda: len(customer.acks) >= before + 3)
        enough.set()
        await asyncio.wait_for(talking, 60)
        await customer.nothing_lost_nothing_doubled()
    finally:
        centre.stop()


async def test_postgresql_may_stop_and_start_again_under_load(tmp_path: Path) -> None:
    server = PostgresServer()
    server.start()
    centre = None
    try:
        server.sql("CREATE DATABASE centre")
        centre = RunningCentre(tmp_path / "data", f"{server.dsn}/centre").start()
        customers = [Customer(centre, centre.session(f"pg-{n}")["token"]) for n in range(CUSTOMERS)]
        enough = asyncio.Event()
        talking = [asyncio.create_task(c.talk(enough)) for c in customers]
        for _ in range(2):
            before = answers(customers)
            await until(lambda before=before: answers(customers) >= before + CUSTOMERS * 2)  # type: ignore[misc]
            for customer in customers:
                customer.errors.clear()
            server.interrupt()
            await until(lambda: len(refusals(customers)) >= CUSTOMERS)
            assert {e["code"] for e in refusals(customers)} == {"storage_unavailable"}
            assert all(int(str(e["retry_after_s"])) >= 1 for e in refusals(customers))
            assert (await asyncio.to_thread(centre.call, "GET", READY))[0] == 503
            status, body, _ = await asyncio.to_thread(centre.call, "POST", "/api/v1/widget/sessions", {"shop": "", "visitor": "late"})
            assert (status, body["code"]) == (503, "storage_unavailable") and body["retry_after_s"] >= 1
            await asyncio.to_thread(server.resume)
        before = answers(customers)
        await until(lambda: answers(customers) >= before + CUSTOMERS * 2)
        enough.set()
        await asyncio.wait_for(asyncio.gather(*talking), 60)
        assert (await asyncio.to_thread(centre.call, "GET", READY))[0] == 200
        for customer in customers:
            await customer.nothing_lost_nothing_doubled()
    finally:
        if centre:
            centre.stop()
        server.stop()


def test_the_centre_s_clock_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([1_000_000, 5_000_000, 2_000_000, 4_999_999, 9_000_000])
    monkeypatch.setattr(kit_clock.time, "time_ns", lambda: next(readings) * 1_000_000)
    clock = SystemClock()
    assert [clock.ms() for _ in range(5)] == [1_000_000, 5_000_000, 5_000_000, 5_000_000, 9_000_000]


def test_a_wait_that_began_in_the_future_is_no_wait_yet() -> None:
    """After a restart with the clock set back, stored times may lie ahead."""
    limit = ShopSettings().first_response_s
    assert light(since=10_000_000, limit_s=limit, now=0) == "green"


async def test_a_conversation_keeps_its_order_when_the_clock_is_set_back_over_a_restart(tmp_path: Path) -> None:
    centre = RunningCentre(tmp_path / "data").start()
    try:
        customer = Customer(centre, centre.session("clock")["token"])
        await say(customer, "第一句", "one")
        centre.stop()
        ahead = 3_600_000  # what was stored an hour from now is what a clock an hour behind finds
        with sqlite3.connect(centre.data / "log.db") as log:
            log.execute("UPDATE message SET at = at + ?", (ahead,))
            [[head]] = log.execute("SELECT head FROM conversation").fetchall()
            moved = {
                k: v + ahead if k in ("opened_at", "last_at", "closed_at", "waiting_since") and v else v
                for k, v in json.loads(head).items()
            }
            log.execute("UPDATE conversation SET head = ?, last_at = last_at + ?", (json.dumps(moved), ahead))
        await asyncio.to_thread(centre.start)
        await say(customer, "第二句", "two")
        own = [m["text"] for m in await customer.stored() if m["from"] == "customer"]
        assert own == ["第一句", "第二句"]
        await customer.nothing_lost_nothing_doubled()
    finally:
        centre.stop()


async def say(customer: Customer, text: str, client_id: str) -> None:
    """One message on a socket of its own, until it is acked."""
    async with connect(f"{customer.centre.ws}/ws/customer?token={customer.token}", compression=None) as socket:
        await socket.send(json.dumps({"t": "resume", "after": customer.cursor}))
        await socket.send(json.dumps({"t": "send", "id": client_id, "text": text}))
        async with asyncio.timeout(20):
            while client_id not in customer.acks:
                customer.hear(json.loads(await socket.recv()))
