"""A conversation centre without HTTP: real store, real intake, scripted understanding and front desk."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xinfu.conversations.contracts import Handover, Incoming, Reply, Said, Summary
from xinfu.conversations.intake import CustomerSays, Intake
from xinfu.conversations.live import Live
from xinfu.conversations.outbox import Outbox
from xinfu.conversations.postgres_store import PostgresDriver
from xinfu.conversations.service import Conversations
from xinfu.conversations.sqlite_store import SqliteDriver
from xinfu.conversations.store import LogStore
from xinfu.identity import Permission, ShopSettings
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import FixedClock
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import Id, new_id
from xinfu.understanding.contracts import Reading

SHOP = "a" * 32
OTHER_SHOP = "b" * 32


class PlainReader:
    """Understands two words: 生气 is anger, 人工 asks for a person."""

    def read(
        self, texts: Sequence[str], before: Sequence[str | None] | None = None, *, shops: Sequence[str] | None = None
    ) -> list[Reading]:
        return [_reading(text) for text in texts]


def _reading(text: str) -> Reading:
    angry = "生气" in text
    intent = "human_request" if "人工" in text else "logistics_tracking"
    return Reading(intent, 0.9, ((intent, 0.9),), "mid", "anger" if angry else "calm", 0.9, 3 if angry else 0, False, None, (), "zh")


class EchoDesk:
    """Repeats what was said; hands over on request; counts in its memory."""

    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        return [self._one(incoming) for incoming in batch]

    @staticmethod
    def _one(incoming: Incoming) -> Reply:
        memory = {"count": incoming.memory.get("count", 0) + 1}
        if incoming.reading.intent == "human_request":
            return Reply([Said("这就为您转接")], memory, Handover("asked", {"want": "人工"}))
        return Reply([Said("收到:" + incoming.message.text, data={"sources": [{"kind": "order", "id": "1"}]})], memory)


class Origin:
    """Stands for a socket: remembers what it was told."""

    def __init__(self) -> None:
        self.acks: dict[str, int] = {}
        self.ack_count = 0
        self.refusals: list[tuple[str, Refusal]] = []
        self._changed = asyncio.Event()

    def stored(self, client_id: str, seq: int, at: int) -> None:
        self.acks[client_id] = seq
        self.ack_count += 1
        self._changed.set()

    def refused(self, client_id: str, refusal: Refusal) -> None:
        self.refusals.append((client_id, refusal))
        self._changed.set()

    async def heard(self, count: int) -> None:
        while self.ack_count + len(self.refusals) < count:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 10)


class CustomerEnd:
    """A customer socket that is live from the start."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.seqs: list[int] = []

    def deliver(self, seq: int, frame: str) -> None:
        self.seqs.append(seq)

    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(f) for f in self.outbox._frames]


class FixedSettings:
    def __init__(self) -> None:
        self.settings = ShopSettings()

    def current(self, shop_id: Id) -> ShopSettings:
        return self.settings


class Centre:
    """Everything below HTTP, on one store."""

    def __init__(self, data: Path, dsn: str | None, clock: FixedClock) -> None:
        self.clock = clock
        self.bus = Bus()
        self.live = Live()
        self.driver = SqliteDriver(data / "log.db") if dsn is None else PostgresDriver(dsn)
        self.store = LogStore(self.driver)
        self.intake = Intake(self.store, PlainReader(), clock, self.bus, self.live)
        self.intake.responder = EchoDesk()
        self.settings = FixedSettings()
        self.conversations = Conversations(self.store, self.intake, self.live, self.settings, clock, self.bus)

    async def start(self) -> "Centre":
        if isinstance(self.driver, PostgresDriver):
            await self.driver.open()
        await self.bus.start()
        await self.intake.start()
        return self

    async def stop(self) -> None:
        await self.intake.stop()
        await self.bus.stop()
        await self.store.close()

    async def opened(self, shop_id: Id = SHOP) -> Summary:
        return await self.conversations.open(shop_id, new_id(), "云朵", 0, "zh")

    async def say(self, conversation_id: Id, text: str, client_id: str | None = None) -> Origin:
        origin = Origin()
        self.intake.say(CustomerSays(conversation_id, client_id or new_id(), "text", text, None, origin))
        await origin.heard(1)
        return origin

    async def waiting(self) -> Summary:
        """A conversation whose customer asked for a person."""
        c = await self.opened()
        await self.say(c.id, "转人工")
        head = await self.store.head(c.id)
        assert head and head.state == "queued"
        return head


SERVES = frozenset({Permission.CONVERSATIONS_SERVE, Permission.CUSTOMERS_READ})
LEADS = SERVES | {Permission.CONVERSATIONS_LEAD, Permission.CONVERSATIONS_READ_ALL, Permission.AUDIT_READ}


def agent(name: str = "小林", permissions: frozenset[Permission] = SERVES, shop: Id = SHOP) -> Actor:
    return Actor("staff", new_id(), name, frozenset({shop}), frozenset(str(p) for p in permissions), "agent")


def lead(name: str = "周组长") -> Actor:
    return agent(name, LEADS)
