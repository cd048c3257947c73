"""The workbench under a full house: a log of millions of messages, fifty agents who list, open and answer, customers who see the answers.

    python benchmarks/desk.py [--keep DIR] [--database URL] --messages 2000000 --agents 50 --seconds 30 [--json]

Loads a store (with its search index), starts `xinfu serve` on it, loads that from its own process over HTTP and sockets, and prints medians
and percentiles, what failed, and what the server used. `--keep DIR` keeps the loaded store there and takes it again next time.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from rich.console import Console
from wire import Wire, spread

from xinfu import identity, migrations
from xinfu.config import Config
from xinfu.conversations.contracts import Summary
from xinfu.conversations.postgres_store import PostgresDriver
from xinfu.conversations.search import ConversationSearch
from xinfu.conversations.sqlite_store import SqliteDriver
from xinfu.conversations.store import HEAD_COLUMNS, MESSAGE_COLUMNS, LogStore, Row
from xinfu.identity import Permission
from xinfu.kit.clock import SystemClock
from xinfu.kit.database import Database
from xinfu.kit.ids import new_id

type Rows = tuple[list[Row], list[Row]]  # messages, heads

console = Console(stderr=True)
WORDS = ("我的快递到哪了", "怎么退货", "谢谢", "已经帮您查到,包裹今天派送", "稍等我看一下", "尺码偏大吗", "好的", "可以开发票吗")
PER_CONVERSATION = 20
PART = 2500  # conversations to a transaction while loading
RIGHTS = (Permission.CONVERSATIONS_SERVE, Permission.CONVERSATIONS_READ_ALL, Permission.CUSTOMERS_READ, Permission.ORDERS_READ)


async def fill(config: Config, messages: int, agents: int) -> list[str]:
    """Conversations of 20 messages up to `messages`, most of them closed, all searchable; returns an API key per agent."""
    await migrations.upgrade(config)
    clock = SystemClock()
    database = Database(config.database_url)
    made = await identity.bootstrap(database, clock, identity.Passwords())
    tokens = identity.Tokens(database, clock, identity.Authenticator(database, clock))
    console_actor = identity.console_actor([made.shop_id])
    keys = [(await tokens.create(console_actor, made.shop_id, f"客服{n}", RIGHTS))[1] for n in range(agents)]
    await database.dispose()
    chance, now, count = random.Random(1), clock.ms(), messages // PER_CONVERSATION
    parts = (_rows(chance, made.shop_id, now, start, min(PART, count - start), count) for start in range(0, count, PART))
    with console.status("filling") as status:
        loading = load_sqlite(config.log_path, parts) if config.postgres_dsn is None else load_postgres(config.postgres_dsn, parts)
        done = 0
        async for size in loading:
            done += size
            status.update(f"filling: {done:,} messages")
        status.update("making them searchable")
        await make_searchable(config)
    return keys


async def load_sqlite(path: Path, parts: Iterable[Rows]) -> AsyncIterator[int]:
    """Without waiting for the disk, and with the indexes made at the end."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-262144")
        named = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        mine = [(name, sql) for name, sql in named if name.startswith(("ix_conversation_", "ix_message_"))]
        for name, _ in mine:
            connection.execute(f"DROP INDEX {name}")
        for messages, heads in parts:
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO message ({MESSAGE_COLUMNS}) VALUES ({','.join('?' * 11)})", messages)
            connection.executemany(f"INSERT INTO conversation ({HEAD_COLUMNS}) VALUES ({','.join('?' * 9)})", heads)
            connection.execute("COMMIT")
            yield len(messages)
        for _, sql in mine:
            connection.execute(sql)
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def load_postgres(dsn: str, parts: Iterable[Rows]) -> AsyncIterator[int]:
    connection = await asyncpg.connect(dsn)
    try:
        for messages, heads in parts:
            async with connection.transaction():
                for table, columns, rows in (("message", MESSAGE_COLUMNS, messages), ("conversation", HEAD_COLUMNS, heads)):
                    await connection.copy_records_to_table(table, schema_name="log", columns=columns.split(", "), records=rows)
            yield len(messages)
        await connection.execute("VACUUM ANALYZE log.message")
        await connection.execute("VACUUM ANALYZE log.conversation")
    finally:
        await connection.close()


async def make_searchable(config: Config) -> None:
    """The index that a running centre would make in the background, at its leisure, for an hour."""
    driver: Any = SqliteDriver(config.log_path) if config.postgres_dsn is None else await PostgresDriver(config.postgres_dsn).open()
    store, search = LogStore(driver), ConversationSearch(config.data / "search" / "conversations", leisure=0)
    await search.start(store)
    await search.settled()
    await search.stop()
    await store.close()


def _rows(chance: random.Random, shop: str, now: int, start: int, size: int, count: int) -> Rows:
    messages: list[Row] = []
    heads: list[Row] = []
    for n in range(start, start + size):
        begun = now - 120 * 86_400_000 + int((n / count) * 119 * 86_400_000)
        customer, name, state = new_id(), f"顾客{n}", "closed" if n % 50 else "ai"
        c = Summary(new_id(), shop, customer, name, opened_at=begun, state=state, version=PER_CONVERSATION)  # type: ignore[arg-type]
        for seq in range(1, PER_CONVERSATION + 1):
            sender = "customer" if seq % 2 else "ai"
            text, at = chance.choice(WORDS), begun + seq * 20_000
            messages.append((c.id, seq, shop, at, sender, customer, name, "text", text, None, None))
        c.last_seq, c.last_at, c.last_text, c.last_sender = seq, at, text, sender  # type: ignore[assignment]
        heads.append((c.id, shop, customer, state, None, begun, at, msgspec.json.encode(c).decode(), "{}"))
    return messages, heads


class Customer(WSListener):
    """The customer whom an agent answers: when they saw which answer."""

    def __init__(self, took: list[float]) -> None:
        self.took = took
        self.sent: dict[str, float] = {}

    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.send(WSMsgType.TEXT, b'{"t":"resume","after":0}')
        transport.send(WSMsgType.TEXT, b'{"t":"human"}')

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            got = msgspec.json.decode(frame.get_payload_as_bytes())
            if got["t"] == "msg" and (begun := self.sent.pop(got["text"], None)) is not None:
                self.took.append(time.perf_counter() - begun)


class Agent:
    """Lists, opens and answers, one thing a second, and counts how long each took."""

    def __init__(self, url: str, key: str, took: dict[str, list[float]], failed: Counter[str]) -> None:
        self.url, self.key, self.took, self.failed = url, key, took, failed
        self.wire = Wire(url, {"Authorization": f"Bearer {key}"})

    async def work(self, until: float, chance: random.Random) -> None:
        session = json.loads((await self.wire.call("POST", "/api/v1/widget/sessions", {}))[1])
        ws, conversation = self.url.replace("http", "ws"), session["conversation_id"]
        customer = Customer(self.took["seen"])
        theirs, _ = await ws_connect(lambda: customer, f"{ws}/ws/customer?token={session['token']}", websocket_handshake_timeout=30)
        mine, _ = await ws_connect(WSListener, f"{ws}/ws/agent?token={self.key}", websocket_handshake_timeout=30)
        while (await self.wire.call("POST", f"/api/v1/conversations/{conversation}/accept"))[0] != 200:
            await asyncio.sleep(0.2)
        await asyncio.sleep(chance.random())
        n = 0
        while time.perf_counter() < until:
            n += 1
            customer.sent[f"回复{n}"] = time.perf_counter()
            frame = {"t": "send", "id": f"a{n}", "conversation_id": conversation, "text": f"回复{n}"}
            mine.send(WSMsgType.TEXT, msgspec.json.encode(frame))
            page = await self._timed("list", "/api/v1/conversations?view=all&limit=20")
            await self._timed("list_closed", "/api/v1/conversations?view=closed&limit=20")
            await self._timed("open", f"/api/v1/conversations/{chance.choice(page['items'])['id']}")
            await asyncio.sleep(chance.uniform(0.5, 1.5))
        await asyncio.sleep(2)
        self.failed["seen"] += len(customer.sent)
        theirs.disconnect()
        mine.disconnect()
        await self.wire.close()

    async def _timed(self, what: str, path: str) -> Any:
        begin = time.perf_counter()
        status, body = await self.wire.call("GET", path)
        self.took[what].append(time.perf_counter() - begin)
        self.failed[what] += status != 200
        return msgspec.json.decode(body)


async def load(url: str, keys: list[str], seconds: float) -> tuple[dict[str, list[float]], Counter[str]]:
    took: dict[str, list[float]] = {"list": [], "list_closed": [], "open": [], "seen": []}
    chance, failed = random.Random(2), Counter[str]()
    until = time.perf_counter() + seconds
    await asyncio.gather(*(Agent(url, key, took, failed).work(until, chance) for key in keys))
    return took, failed


async def alone(url: str, key: str, times: int = 300) -> list[float]:
    """The list of 20 asked for by nobody else at the same moment."""
    took, wire = [], Wire(url, {"Authorization": f"Bearer {key}"})
    for _ in range(times):
        begin = time.perf_counter()
        status, _ = await wire.call("GET", "/api/v1/conversations?view=all&limit=20")
        took.append(time.perf_counter() - begin)
        assert status == 200, status
    await wire.close()
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


def used(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Resident megabytes and CPU seconds of the server."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    resident = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1000
    ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return round(resident, 1), sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def prepared(config: Config, messages: int, agents: int) -> tuple[list[str], float]:
    """The keys of a store that is as asked for, and how long loading it took: 0 when it was there already."""
    note, wanted = config.data / "desk.json", {"messages": messages, "agents": agents, "database": config.database}
    if note.exists():
        known = json.loads(note.read_text())
        if known["wanted"] != wanted:
            raise SystemExit(f"{config.data} holds another store: {known['wanted']}")
        return known["keys"], 0.0
    begin = time.perf_counter()
    keys = uvloop.run(fill(config, messages, agents))
    note.write_text(json.dumps({"wanted": wanted, "keys": keys}))
    return keys, round(time.perf_counter() - begin, 1)


def measure(config: Config, keys: list[str], seconds: float) -> dict[str, Any]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process, url = serve(config, port), f"http://127.0.0.1:{port}"
    try:
        time.sleep(3)
        idle, _ = used(process)
        quiet = uvloop.run(alone(url, keys[0]))
        _, before = used(process)
        took, failed = uvloop.run(load(url, keys, seconds))
        loaded, after = used(process)
    finally:
        process.terminate()
        process.wait(20)
    report: dict[str, Any] = {"rss_after_start_mb": idle, "rss_after_load_mb": loaded, "server_cpu_s": round(after - before, 1)}
    report["failed"] = sum(failed.values())
    return report | {what: spread(values) for what, values in {"list_alone": quiet, **took}.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="folder of the loaded store, to be used again; without it the store is thrown away")
    parser.add_argument("--database")
    parser.add_argument("--messages", type=int, default=2_000_000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        config = Config(data=given.keep or Path(passing), database=given.database)
        config.data.mkdir(parents=True, exist_ok=True)
        keys, filled = prepared(config, given.messages, given.agents)
        report = {
            "store": "postgresql" if given.database else "sqlite",
            "messages": given.messages,
            "conversations": given.messages // PER_CONVERSATION,
            "agents": given.agents,
            "fill_s": filled,
            **measure(config, keys, given.seconds),
        }
    if given.json:
        print(json.dumps(report))
    else:
        console.print(report)
    sys.exit(1 if report["failed"] else 0)


if __name__ == "__main__":
    main()
