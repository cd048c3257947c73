"""The workbench under a full house: a log of millions of messages, fifty agents who list, open and answer, customers who see the answers.

    python benchmarks/desk.py --data DIR [--database URL] --messages 2000000 --agents 50 --seconds 30 [--json]

Fills an empty DIR, starts `xinfu serve` on it, loads it from its own process over HTTP and sockets, and prints medians and percentiles.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import httpx
import uvloop
from rich.console import Console
from websockets.asyncio.client import connect

from xinfu import identity, migrations
from xinfu.config import Config
from xinfu.conversations.contracts import Message, Summary
from xinfu.conversations.postgres_store import PostgresDriver
from xinfu.conversations.sqlite_store import SqliteDriver
from xinfu.conversations.store import Commit, LogStore
from xinfu.identity import Permission
from xinfu.kit.clock import SystemClock
from xinfu.kit.database import Database
from xinfu.kit.ids import new_id

console = Console(stderr=True)
WORDS = ("我的快递到哪了", "怎么退货", "谢谢", "已经帮您查到,包裹今天派送", "稍等我看一下", "尺码偏大吗", "好的", "可以开发票吗")
PER_CONVERSATION = 20
RIGHTS = (Permission.CONVERSATIONS_SERVE, Permission.CONVERSATIONS_READ_ALL, Permission.CUSTOMERS_READ, Permission.ORDERS_READ)


async def fill(config: Config, messages: int, agents: int) -> list[str]:
    """Conversations of 20 messages up to `messages`, most of them closed; returns an API key per agent."""
    await migrations.upgrade(config)
    clock = SystemClock()
    database = Database(config.database_url)
    made = await identity.bootstrap(database, clock, identity.Passwords())
    tokens = identity.Tokens(database, clock, identity.Authenticator(database, clock))
    console_actor = identity.console_actor([made.shop_id])
    keys = [(await tokens.create(console_actor, made.shop_id, f"客服{n}", RIGHTS))[1] for n in range(agents)]
    await database.dispose()
    driver: Any = SqliteDriver(config.log_path) if config.postgres_dsn is None else await PostgresDriver(config.postgres_dsn).open()
    store = LogStore(driver)
    chance, now = random.Random(1), clock.ms()
    count = messages // PER_CONVERSATION
    with console.status("filling") as status:
        for start in range(0, count, 500):
            await store.commit(_some(chance, made.shop_id, now, start, min(500, count - start), count))
            status.update(f"filling: {start * PER_CONVERSATION:,} messages")
    await store.close()
    return keys


def _some(chance: random.Random, shop: str, now: int, start: int, size: int, count: int) -> Commit:
    commit = Commit()
    for n in range(start, start + size):
        begun = now - 120 * 86_400_000 + int((n / count) * 119 * 86_400_000)
        c = Summary(new_id(), shop, new_id(), f"顾客{n}", opened_at=begun, state="closed" if n % 50 else "ai")
        for seq in range(1, PER_CONVERSATION + 1):
            text = chance.choice(WORDS)
            c.last_seq, c.last_at, c.last_text = seq, begun + seq * 20_000, text
            sender = "customer" if seq % 2 else "ai"
            c.last_sender = sender  # type: ignore[assignment]
            commit.messages.append((shop, Message(c.id, seq, sender, c.customer_id, c.name, "text", text, c.last_at)))  # type: ignore[arg-type]
        c.version = PER_CONVERSATION
        commit.heads.append((c, json.dumps(_plain(c), ensure_ascii=False).encode(), b"{}"))
    return commit


def _plain(c: Summary) -> dict[str, Any]:
    return {f: getattr(c, f) for f in c.__struct_fields__}


class Agent:
    """Lists, opens and answers, one thing a second, and counts how long each took."""

    def __init__(self, url: str, key: str, took: dict[str, list[float]]) -> None:
        self.url, self.key, self.took = url, key, took
        self.sent: dict[str, float] = {}

    async def work(self, client: httpx.AsyncClient, until: float, chance: random.Random) -> None:
        session = (await client.post("/api/v1/widget/sessions", json={})).json()
        headers = {"Authorization": f"Bearer {self.key}"}
        ws = self.url.replace("http", "ws")
        async with connect(f"{ws}/ws/customer?token={session['token']}") as customer, connect(f"{ws}/ws/agent?token={self.key}") as mine:
            await customer.send('{"t":"resume","after":0}')
            await customer.send('{"t":"human"}')
            conversation = session["conversation_id"]
            while (await client.post(f"/api/v1/conversations/{conversation}/accept", headers=headers)).status_code != 200:
                await asyncio.sleep(0.2)
            seen = asyncio.create_task(self._see(customer))
            drained = asyncio.create_task(self._drain(mine))
            await asyncio.sleep(chance.random())
            n = 0
            while time.perf_counter() < until:
                n += 1
                self.sent[f"回复{n}"] = time.perf_counter()
                await mine.send(json.dumps({"t": "send", "id": f"a{n}", "conversation_id": conversation, "text": f"回复{n}"}))
                page = await self._timed(client, "list", "/api/v1/conversations?view=all&limit=20", headers)
                await self._timed(client, "list_closed", "/api/v1/conversations?view=closed&limit=20", headers)
                await self._timed(client, "open", f"/api/v1/conversations/{chance.choice(page['items'])['id']}", headers)
                await asyncio.sleep(chance.uniform(0.5, 1.5))
            await asyncio.sleep(1)
            for task in (seen, drained):
                task.cancel()
            await asyncio.gather(seen, drained, return_exceptions=True)

    async def _see(self, customer: Any) -> None:
        async for raw in customer:
            frame = json.loads(raw)
            if frame["t"] == "msg" and frame["text"] in self.sent:
                self.took["seen"].append(time.perf_counter() - self.sent.pop(frame["text"]))

    async def _drain(self, mine: Any) -> None:
        async for _ in mine:
            pass

    async def _timed(self, client: httpx.AsyncClient, what: str, path: str, headers: dict[str, str]) -> Any:
        begin = time.perf_counter()
        answer = await client.get(path, headers=headers)
        self.took[what].append(time.perf_counter() - begin)
        answer.raise_for_status()
        return answer.json()


async def load(url: str, keys: list[str], seconds: float) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"list": [], "list_closed": [], "open": [], "seen": []}
    chance = random.Random(2)
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(Agent(url, key, took).work(client, until, chance) for key in keys))
    return took


async def alone(url: str, key: str, times: int = 300) -> list[float]:
    """The list of 20 asked for by nobody else at the same moment."""
    took = []
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(times):
            begin = time.perf_counter()
            (await client.get("/api/v1/conversations?view=all&limit=20", headers={"Authorization": f"Bearer {key}"})).raise_for_status()
            took.append(time.perf_counter() - begin)
    return took


def serve(config: Config, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from xinfu.cli import main; main()", "serve", "--data", str(config.data), "--port", str(port)]
    if config.database:
        command += ["--database", config.database]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    for _ in range(1200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
            return process
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the centre did not start")


def resident_mb(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database")
    parser.add_argument("--messages", type=int, default=2_000_000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    config = Config(data=given.data, database=given.database)
    begin = time.perf_counter()
    keys = uvloop.run(fill(config, given.messages, given.agents))
    filled = time.perf_counter() - begin
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = serve(config, port)
    try:
        time.sleep(3)
        idle = resident_mb(process)
        quiet = uvloop.run(alone(f"http://127.0.0.1:{port}", keys[0]))
        took = {"list_alone": quiet, **uvloop.run(load(f"http://127.0.0.1:{port}", keys, given.seconds))}
        report: dict[str, Any] = {
            "store": "postgresql" if given.database else "sqlite",
            "messages": given.messages,
            "conversations": given.messages // PER_CONVERSATION,
            "agents": given.agents,
            "fill_s": round(filled, 1),
            "rss_after_start_mb": round(idle, 1),
            "rss_after_load_mb": round(resident_mb(process), 1),
        }
        for what, values in took.items():
            ordered = sorted(values)
            report[what] = {
                "n": len(ordered),
                "p50_ms": round(ordered[len(ordered) // 2] * 1000, 1),
                "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
            }
    finally:
        process.terminate()
        process.wait(20)
    if given.json:
        print(json.dumps(report))
    else:
        console.print(report)


if __name__ == "__main__":
    main()
