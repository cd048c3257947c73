"""A switchboard of its own: conversations in memory that refuse, announce and count as the real ones do, and remember what was told."""

import asyncio
import copy
from collections.abc import Callable
from typing import Any

from xinfu.conversations.contracts import Changed, Presence, QueuePlace, Summary
from xinfu.conversations.errors import AlreadyTaken, WrongState
from xinfu.identity import Permission, ShopSettings
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id
from xinfu.routing import Routing

SHOP = "a" * 32
OTHER_SHOP = "b" * 32


def agent_actor(name: str, shop_id: Id = SHOP) -> Actor:
    held = frozenset({Permission.CONVERSATIONS_SERVE, Permission.STAFF_READ})
    return Actor("staff", name.encode().hex().ljust(32, "0"), name, frozenset({shop_id}), held, "agent")


class FakeSettings:
    def __init__(self) -> None:
        self.value = ShopSettings(capacity=2)

    def current(self, shop_id: Id) -> ShopSettings:
        return self.value


class FakeSwitchboard:
    """`offers` lists every offer made; an offer on top of a standing one is an error no test may cause."""

    def __init__(self, clock: FixedClock, bus: Bus) -> None:
        self.clock = clock
        self.bus = bus
        self.all: dict[Id, Summary] = {}
        self.offers: list[tuple[Id, str]] = []
        self.doubled = 0
        self.places: dict[Id, QueuePlace] = {}
        self.presences: dict[Id, Presence] = {}
        self.alarms: list[tuple[Id, str]] = []
        self.pause: Callable[[], float] = lambda: 0.0

    # what customers and agents do

    def arrives(self, priority: int = 0, shop_id: Id = SHOP, *, announced: bool = True, skill: str = "") -> Id:
        now = self.clock.ms()
        c = Summary(new_id(), shop_id, new_id(), "访客", state="queued", priority=priority, queued_at=now, waiting_since=now, version=1)
        c.skill = skill
        self.all[c.id] = c
        if announced:
            self.bus.publish(Changed(c, "ai", None))
        return c.id

    def accept(self, conversation_id: Id, actor: Actor) -> None:
        c = self.all[conversation_id]
        if c.state == "agent" or c.offered_to not in (None, actor.id):
            raise AlreadyTaken(assignee=c.assignee)
        self._move(
            c,
            state="agent",
            assignee_id=actor.id,
            assignee=actor.name,
            handed_at=self.clock.ms(),
            offered_to=None,
            offered_until=None,
            queued_at=None,
        )

    def answer(self, conversation_id: Id) -> None:
        self._move(self.all[conversation_id], announce=False, waiting_since=None, first_response_ms=1)

    def writes(self, conversation_id: Id) -> None:
        self._move(self.all[conversation_id], announce=False, waiting_since=self.clock.ms())

    def close(self, conversation_id: Id) -> None:
        c = self.all[conversation_id]
        self._move(c, state="closed", closed_at=self.clock.ms(), offered_to=None, offered_until=None, queued_at=None, waiting_since=None)

    # the Switchboard

    async def queued(self, shop_id: Id) -> list[Summary]:
        return [c for c in await self.queued_everywhere() if c.shop_id == shop_id]

    async def queued_everywhere(self) -> list[Summary]:
        await self._wait()
        return [c for c in self.all.values() if c.state == "queued"]

    async def with_agents(self, shop_id: Id) -> list[Summary]:
        await self._wait()
        return [c for c in self.all.values() if c.state == "agent" and c.shop_id == shop_id]

    async def offer(self, actor: Actor, shop_id: Id, conversation_id: Id, staff_id: Id, staff_name: str, until: int) -> Summary:
        await self._wait()
        c = self.all[conversation_id]
        if c.state != "queued":
            raise WrongState(state=c.state)
        self.doubled += c.offered_to is not None
        self.offers.append((conversation_id, staff_name))
        return self._move(c, offered_to=staff_id, offered_at=self.clock.ms(), offered_until=until)

    async def withdraw_offer(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        await self._wait()
        c = self.all[conversation_id]
        return c if c.offered_to is None else self._move(c, offered_to=None, offered_at=None, offered_until=None)

    async def return_to_queue(self, actor: Actor, shop_id: Id, conversation_id: Id, why: str) -> Summary:
        c = self.all[conversation_id]
        if c.state != "agent":
            raise WrongState(state=c.state)
        return self._move(c, state="queued", assignee_id=None, assignee="", handed_at=None, queued_at=c.waiting_since)

    def tell_queue(self, places: list[QueuePlace]) -> None:
        self.places |= {place.conversation_id: place for place in places}

    def tell_presence(self, shop_id: Id, presence: Presence) -> None:
        self.presences[presence.id] = presence

    def tell_alarm(self, shop_id: Id, conversation: Summary, what: str) -> None:
        self.alarms.append((conversation.id, what))

    async def _wait(self) -> None:
        await asyncio.sleep(self.pause())

    def _move(self, c: Summary, *, announce: bool = True, **changes: Any) -> Summary:
        new = copy.copy(c)
        for field, value in changes.items():
            setattr(new, field, value)
        new.version += 1
        self.all[c.id] = new
        if announce:
            self.bus.publish(Changed(new, c.state, c.assignee_id))
        return new


class House:
    """Routing over a fake switchboard, moved by hand: `settle` handles every event and makes one turn."""

    def __init__(self, database: Database, clock: FixedClock, switchboard: FakeSwitchboard | None = None) -> None:
        assert database.bus
        self.database = database
        self.clock = clock
        self.bus = database.bus
        self.settings = FakeSettings()
        self.board = switchboard or FakeSwitchboard(clock, self.bus)
        self.routing = Routing(database, clock, self.settings, self.board, self.bus)

    async def settle(self, **moved: float) -> None:
        self.clock.move(**moved)
        await self.bus.drain()
        await self.routing.turn()
        await self.bus.drain()
        await self.routing.turn()

    async def comes_online(self, name: str, shop_id: Id = SHOP) -> Actor:
        actor = agent_actor(name, shop_id)
        await self.routing.connected(actor, shop_id)
        await self.routing.set_state(actor, shop_id, "online", "")
        await self.settle()
        return actor

    def offered_to(self, conversation_id: Id) -> str | None:
        offered = self.board.all[conversation_id].offered_to
        return bytes.fromhex(offered).decode().rstrip("\0") if offered else None

    def state_of(self, actor: Actor) -> tuple[str, str]:
        presence = next(p for p in self.routing.presence(SHOP) if p.id == actor.id)
        return presence.state, presence.reason
