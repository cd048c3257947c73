"""Simulated customers against a small pretend centre that speaks docs/protocol.md: they answer, insist, come back after a cut, rate."""

import asyncio
import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from xinfu.demo.guests import Guest
from xinfu.demo.simulator import Simulator, Visit
from xinfu.demo.stories import Story, applies, choose, stories

GUEST = Guest("林小满", "token", english=False, has_orders=True)
SESSION = {"token": "t", "conversation_id": "c", "customer_id": "k", "visitor": "v", "shop": {}, "last_seq": 0, "state": "ai"}
STORIES = {s.key: s for s in stories()}


class PretendCentre:
    """Answers every text; asks which order on 物流 words; asks for a rating after the thanks; can cut the connection once."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.resumed: list[int] = []
        self.seq = 0
        self.cut_after = 0

    async def customer(self, socket: ServerConnection) -> None:
        async for text in socket:
            frame = json.loads(text)
            if frame["t"] == "resume":
                self.resumed.append(frame["after"])
                await socket.send(json.dumps({"t": "resumed", "seq": self.seq}))
                continue
            self.received.append(frame)
            if self.cut_after and len(self.sends) >= self.cut_after:
                self.cut_after = 0
                await socket.close(1001)
                return
            if frame["t"] == "send":
                await self._answer(socket, frame)

    @property
    def sends(self) -> list[dict[str, Any]]:
        return [f for f in self.received if f["t"] == "send"]

    async def _answer(self, socket: ServerConnection, frame: dict[str, Any]) -> None:
        self.seq += 2
        await socket.send(json.dumps({"t": "ack", "id": frame["id"], "seq": self.seq - 1, "at": "2026-01-01T00:00:00.000Z"}))
        ask = frame.get("kind") != "order" and len(self.sends) == 1
        said: dict[str, Any] = {"t": "msg", "seq": self.seq, "from": "ai", "name": "小心", "kind": "text", "text": "好的", "at": "x"}
        if ask:
            said |= {"kind": "orders", "text": "您说的是哪一单？", "data": {"orders": [{"no": "XF1"}, {"no": "XF2"}]}}
        await socket.send(json.dumps(said))
        await socket.send(json.dumps({"t": "rate"}))


@pytest.fixture
async def centre(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[PretendCentre, str]]:
    pretend = PretendCentre()
    server: Server = await serve(pretend.customer, "127.0.0.1", 0, process_request=_plain_http)
    port = next(iter(server.sockets)).getsockname()[1]
    monkeypatch.setattr("xinfu.demo.simulator._post", lambda url, body: dict(SESSION))
    yield pretend, f"http://127.0.0.1:{port}"
    server.close()
    await server.wait_closed()


def _plain_http(_: ServerConnection, request: Request) -> Response | None:
    if request.path.startswith("/ws/customer"):
        return None
    body = json.dumps({"items": [{"no": "XF9"}]}).encode()
    return Response(200, "OK", Headers({"Content-Type": "application/json", "Content-Length": str(len(body))}), body)


async def told(centre: tuple[PretendCentre, str], key: str, seed: int = 1) -> Visit:
    visit = Visit(centre[1], "demo", GUEST, STORIES[key], Random(seed), pace=0.001)
    async with asyncio.timeout(20):
        await visit.run()
    return visit


async def test_asked_which_order_they_tap_a_card(centre: tuple[PretendCentre, str]) -> None:
    visit = await told(centre, "where")
    orders = [f["order"] for f in centre[0].sends if f.get("kind") == "order"]
    assert orders == ["XF1"]
    assert visit.heard[0] == "您说的是哪一单？"
    assert visit.rated in range(1, 6)
    assert [f["score"] for f in centre[0].received if f["t"] == "rate"] == [visit.rated]


async def test_every_message_has_an_id_of_its_own(centre: tuple[PretendCentre, str]) -> None:
    await told(centre, "return")
    ids = [f["id"] for f in centre[0].sends]
    assert len(ids) >= 3
    assert len(set(ids)) == len(ids)


async def test_after_a_cut_they_come_back_resume_and_send_again_with_the_same_id(centre: tuple[PretendCentre, str]) -> None:
    centre[0].cut_after = 2
    await told(centre, "return")
    assert len(centre[0].resumed) == 2
    assert centre[0].resumed[1] == 2
    ids = [f["id"] for f in centre[0].sends]
    assert ids[1] == ids[2]


async def test_who_wants_a_person_presses_the_button(centre: tuple[PretendCentre, str]) -> None:
    visit = Visit(centre[1], "demo", GUEST, STORIES["exchange"], Random(1), pace=0.001)
    running = asyncio.create_task(visit.run())
    async with asyncio.timeout(20):
        while {"t": "human"} not in centre[0].received:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_simulator_keeps_to_its_number_of_visits_and_leaves_when_told(centre: tuple[PretendCentre, str]) -> None:
    simulator = Simulator(centre[1], "demo", _guest, at_once=2, every_s=0.01, pace=0.01)
    await simulator.start()
    async with asyncio.timeout(20):
        while len(centre[0].sends) < 3:
            assert len(simulator._visits) <= 2
            await asyncio.sleep(0.01)
    assert simulator.running
    await simulator.stop()
    assert not simulator.running
    assert not simulator._visits


async def test_a_centre_that_is_away_only_makes_it_wait() -> None:
    tries = 0

    async def counted() -> Guest:
        nonlocal tries
        tries += 1
        return GUEST

    simulator = Simulator("http://127.0.0.1:9", "demo", counted, every_s=0.01, pace=0.001)
    await simulator.start()
    async with asyncio.timeout(20):
        while tries < 3:
            await asyncio.sleep(0.01)
    assert simulator.running
    await simulator.stop()


def test_who_tells_which_story_fits_them() -> None:
    rng = Random(1)
    for _ in range(300):
        assert choose(rng, english=True, has_orders=True, quiet=False).needs == "english"
        assert choose(rng, english=False, has_orders=False, quiet=False).needs == ""
        assert not choose(rng, english=False, has_orders=True, quiet=True).calls_people


def test_a_conditional_step_is_taken_on_its_words_or_on_offered_cards() -> None:
    story: Story = STORIES["where"]
    step = story.steps[1]
    assert applies(step, "请问是哪一单？", False)
    assert applies(step, "", True)
    assert not applies(step, "已到达南屿转运中心", False)
    assert applies(story.steps[0], "", False)


async def _guest() -> Guest:
    return GUEST
