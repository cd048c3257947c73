"""Routing over the real conversations: from 转人工 to a person, on each store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.support import SHOP, Centre, agent
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.routing import Routing


class Desk:
    """A running conversation centre with routing on top, moved by hand."""

    def __init__(self, database: Database, centre: Centre) -> None:
        self.centre = centre
        self.routing = Routing(database, centre.clock, centre.settings, centre.conversations, centre.bus)

    async def settle(self, **moved: float) -> None:
        self.centre.clock.move(**moved)
        for _ in range(2):
            await self.centre.bus.drain()
            await self.routing.turn()

    async def comes_online(self, name: str) -> Actor:
        actor = agent(name)
        await self.routing.connected(actor, SHOP)
        await self.routing.set_state(actor, SHOP, "online", "")
        await self.settle()
        return actor

    async def offered_to(self, conversation_id: str) -> str | None:
        head = await self.centre.store.head(conversation_id)
        assert head
        return head.offered_to


@pytest.fixture
async def desk(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock) -> AsyncIterator[Desk]:
    centre = await Centre(data_dir, postgres_dsn, clock).start()
    yield Desk(database, centre)
    await centre.stop()


async def test_a_customer_who_asks_for_a_person_gets_one_even_if_the_first_does_not_answer(desk: Desk) -> None:
    centre, conversations = desk.centre, desk.centre.conversations
    lin, zhou = await desk.comes_online("小林"), await desk.comes_online("小周")
    waiting = await centre.waiting()
    await desk.settle()
    assert await desk.offered_to(waiting.id) == lin.id
    await desk.settle(seconds=20)
    assert await desk.offered_to(waiting.id) == zhou.id
    await conversations.accept(zhou, SHOP, waiting.id)
    await desk.settle()
    assert {p.id: p.load for p in desk.routing.presence(SHOP)} == {lin.id: 0, zhou.id: 1}
    assert desk.routing.queue(zhou, SHOP) == []
    await conversations.close(zhou, SHOP, waiting.id, "solved", spare=False, reason="")
    await desk.settle()
    assert {p.load for p in desk.routing.presence(SHOP)} == {0}


async def test_a_customer_left_by_their_agent_is_back_in_the_queue_and_offered_again(desk: Desk) -> None:
    lin = await desk.comes_online("小林")
    waiting = await desk.centre.waiting()
    await desk.settle()
    await desk.centre.conversations.accept(lin, SHOP, waiting.id)
    await desk.routing.disconnected(lin, SHOP)
    await desk.settle(seconds=60)
    await desk.settle(seconds=180)
    head = await desk.centre.store.head(waiting.id)
    assert head and (head.state, head.queued_at) == ("queued", waiting.waiting_since)
    zhou = await desk.comes_online("小周")
    assert await desk.offered_to(waiting.id) == zhou.id


async def test_the_whole_queue_is_known_again_after_a_restart(desk: Desk, database: Database) -> None:
    first, second = await desk.centre.waiting(), await desk.centre.waiting()
    again = Routing(database, desk.centre.clock, desk.centre.settings, desk.centre.conversations, desk.centre.bus)
    await again.start()
    try:
        assert {place.conversation_id for place in again.queue(agent("小林"), SHOP)} == {first.id, second.id}
    finally:
        await again.stop()


async def test_a_waiting_customer_whose_line_is_back_hears_their_place_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lin = await desk.comes_online("小林")
    await desk.routing.set_state(lin, SHOP, "busy", "")
    waiting = await desk.centre.waiting()
    await desk.settle()
    told: list[str] = []
    monkeypatch.setattr(desk.centre.live, "tell_customer", lambda conversation_id, frame: told.append(frame))
    await desk.settle()
    assert told == []
    head = await desk.centre.store.head(waiting.id)
    assert head
    desk.centre.conversations.customer_is_back(head)
    await desk.settle()
    assert [frame for frame in told if '"t":"queue"' in frame and '"position":1' in frame] == told != []
