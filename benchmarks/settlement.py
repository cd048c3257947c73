"""Many cases settled at once: how fast money, labels and parcels leave the house through durable workflows, and whether any is lost.

    python benchmarks/settlement.py [--cases 200] [--database postgresql://…] [--latency 0.05] [--trouble 0.1] [--json]

Each case asks for a refund and a return label at the same moment; when the label is booked its replacement is sent: three workflows, one
after the other where they must be. The simulated systems outside answer after `latency` seconds, and this share of their calls gets lost,
loses its answer, or is decided later. Prints the time from a case's commit to its last outcome, and what all books say afterwards.
"""

import argparse
import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import func, select

from xinfu import identity, migrations
from xinfu.aftersales.ledger import Ledger
from xinfu.aftersales.settlement import Outside, Pace, Settlement, Shipment, TaskDone, TaskEnded, simulated
from xinfu.aftersales.settlement.model import TaskRow
from xinfu.aftersales.settlement.simulators import Mood, Simulated
from xinfu.commerce import EmbeddedShop, NewLine, NewOrder, NewPayment, bulk_write
from xinfu.config import Config
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import SystemClock
from xinfu.kit.database import Database, Unit
from xinfu.kit.durable import Durable
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

AMOUNT = Money(8900)


class Distant:
    """A simulated system some way off: each of its calls takes a while."""

    def __init__(self, system: Any, latency: float) -> None:
        self._system = system
        self._latency = latency
        self._random = random.Random(7)

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._system, name)

        async def later(*args: Any) -> Any:
            await asyncio.sleep(self._random.expovariate(1 / self._latency) if self._latency else 0)
            return await call(*args)

        return later


class Cases:
    """The cases under way: when each was asked for and when its last outcome was recorded."""

    def __init__(self, database: Database, settlement: Settlement, clock: SystemClock, shop_id: Id, count: int) -> None:
        self.database, self.settlement, self.clock, self.shop_id = database, settlement, clock, shop_id
        self.first, *self.numbers = [f"CASE{n:05}" for n in range(count + 1)]
        self.actor = Actor("staff", "bench", "Bench", frozenset({shop_id}), frozenset(Permission))
        self.asked: dict[str, float] = {}
        self.ended: dict[str, float] = {}
        self.open = dict.fromkeys((self.first, *self.numbers), 3)
        settlement.on_done.append(self.on_done)

    async def on_done(self, unit: Unit, done: TaskDone) -> None:
        task = done.task
        if task.kind == "book":
            await self.settlement.send(unit, self.shop_id, shipment(task.case_no), case_no=task.case_no, **self.why(f"send-{task.case_no}"))

    async def on_ended(self, ended: TaskEnded) -> None:
        self.open[ended.case_no] -= 1
        if not self.open[ended.case_no]:
            self.ended[ended.case_no] = time.perf_counter()

    async def all_of(self, numbers: list[str], patience: float) -> float:
        """Ask for these at once and wait until all of it is done; the CPU time it took."""
        begun, before = time.perf_counter(), time.process_time()
        await asyncio.gather(*(self.ask(number) for number in numbers))
        while not all(number in self.ended for number in numbers) and time.perf_counter() - begun < patience:
            await asyncio.sleep(0.02)
        return time.process_time() - before

    async def ask(self, number: str) -> None:
        async with self.database.unit() as unit:
            why = self.why(f"refund-{number}")
            del why["customer_id"]
            await self.settlement.refund(unit, self.shop_id, number, AMOUNT, case_no=number, **why)
            await self.settlement.book(unit, self.shop_id, shipment(number), case_no=number, **self.why(f"book-{number}"))
        self.asked[number] = time.perf_counter()

    def why(self, key: str) -> dict[str, Any]:
        return {"customer_id": "c", "key": key, "actor": self.actor, "at": self.clock.now(), "zh": "换货", "en": "Exchange"}


def shipment(number: str) -> Shipment:
    return Shipment(number, "林晓", "13800000001", "浙江省杭州市西湖区云杉路 8 号", "短袖", 600)


def mood(seed: int, trouble: float) -> Mood:
    odds: dict[Any, float] = dict.fromkeys(("lost", "done_then_silent", "pending"), trouble / 3)
    return Mood(seed, odds, decide_s=0.5)


async def run(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    config = Config(folder, args.database)
    await migrations.upgrade(config)
    clock, bus = SystemClock(), Bus()
    await bus.start()
    database = Database(config.database_url, bus)
    shop_id = (await identity.bootstrap(database, clock, identity.Passwords())).shop_id
    outside = simulated(folder / "outside.db", clock)
    for n, system in enumerate((outside.gateway, outside.carrier, outside.rewards)):
        system.mood = mood(n, args.trouble)
    far = Outside(*(Distant(system, args.latency) for system in (outside.gateway, outside.carrier, outside.rewards)))
    durable = Durable(config.durable_store)

    async def shops() -> list[Id]:
        return [shop_id]

    settlement = Settlement(database, clock, bus, shops, EmbeddedShop(), Ledger(database), far, durable, Pace(timeout=5, first=0.2, most=5))
    cases = Cases(database, settlement, clock, shop_id, args.cases)
    bus.subscribe(TaskEnded, cases.on_ended)
    await fill(database, shop_id, list(cases.open), clock)
    await settlement.start()
    first = await cases.all_of([cases.first], args.patience)
    begun = time.perf_counter()
    cpu = await cases.all_of(cases.numbers, args.patience)
    figures = measured(cases, time.perf_counter() - begun) | {
        "cpu_ms_per_case": round(1000 * cpu / len(cases.numbers), 1),
        "first_case_cpu_ms": round(1000 * first),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    figures |= await checked(cases, outside)
    await settlement.stop()
    outside.books.close()
    await bus.stop()
    await database.dispose()
    return figures


async def fill(database: Database, shop_id: Id, numbers: list[str], clock: SystemClock) -> None:
    now = clock.now()
    line = NewLine("TEE-BK-M", "短袖", 1, AMOUNT)
    paid = (NewPayment(AMOUNT, "alipay", now),)
    customer = new_id()
    orders = [
        NewOrder(
            no, customer, "delivered", now, (line,), AMOUNT.zero(), AMOUNT.zero(), "林晓", "13800000001", "杭州", paid_at=now, payments=paid
        )
        for no in numbers
    ]
    async with database.unit() as unit:
        await bulk_write(unit, shop_id, orders=orders, at=now)


def measured(cases: Cases, seconds: float) -> dict[str, Any]:
    took = sorted(cases.ended[number] - cases.asked[number] for number in cases.numbers if number in cases.ended)

    def at(share: float) -> float | None:
        return round(took[min(len(took) - 1, int(len(took) * share))], 2) if took else None

    return {
        "cases": len(cases.numbers),
        "settled": len(took),
        "seconds": round(seconds, 2),
        "workflows_per_s": round(3 * len(took) / seconds, 1),
        "case_p50_s": at(0.5),
        "case_p99_s": at(0.99),
    }


async def checked(cases: Cases, outside: Simulated) -> dict[str, Any]:
    """Everything once, and everyone's books the same."""
    async with cases.database.read() as unit:
        found = await unit.execute(select(TaskRow.state, func.count()).group_by(TaskRow.state))
        states = dict(found.all())
    since = cases.clock.now().replace(year=2020)
    lines = await outside.gateway.statement(since)
    calls = outside.books.open().execute("SELECT kind, COUNT(*), SUM(calls) FROM command GROUP BY kind ORDER BY kind").fetchall()
    return {
        "tasks": states,
        "paid_once": sorted(line.amount.minor for line in lines) == [AMOUNT.minor] * len(cases.open),
        "commands": {kind: {"keys": keys, "calls": times} for kind, keys, times in calls},
        "differences": len(await cases.settlement.reconcile(cases.shop_id, since)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--database", help="an empty PostgreSQL database instead of SQLite files")
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--trouble", type=float, default=0.1)
    parser.add_argument("--patience", type=float, default=300, help="seconds after which it is given up")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = uvloop.run(run(args, Path(folder)))
    print(json.dumps(figures, ensure_ascii=False) if args.json else "\n".join(f"{name:16} {value}" for name, value in figures.items()))
    sys.exit(0 if figures["settled"] == args.cases and figures["paid_once"] and not figures["differences"] else 1)


if __name__ == "__main__":
    main()
