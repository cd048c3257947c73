"""The assistance and the model's setup over HTTP: what is refused, what is streamed, what is never told."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header

from tests.conversations.support import SHOP
from tests.reception.llm_server import saying, serving
from tests.reception.test_assist import SERVING, Room, moving, room
from xinfu.identity import Permission
from xinfu.identity.http import actor as current_actor
from xinfu.identity.http import shop as current_shop
from xinfu.kit.auth import Actor
from xinfu.kit.database import Database
from xinfu.kit.http import install_problem_handlers
from xinfu.reception import assist_endpoints, llm_endpoints
from xinfu.reception.assist import Assist
from xinfu.reception.llm import Llm
from xinfu.reception.llm_budget import Budget
from xinfu.reception.llm_settings import LlmSetups

__all__ = ["room"]
KEY = "sk-never-told"
OWNER = Actor("staff", "0" * 32, "店主", frozenset({SHOP}), frozenset(map(str, Permission)), "owner")


class Door:
    """The two routers on an app of their own; `who` acts."""

    def __init__(self, room: Room, database: Database) -> None:
        self.room = room
        self.who: Actor = room.me
        setups = LlmSetups(database, room.centre.clock, b"x" * 32)
        room.llm.setups = setups
        room.llm.budget = Budget(database, room.centre.clock)
        self.app = FastAPI()
        self.app.state.provided = {Llm: room.llm, Assist: room.assist}
        install_problem_handlers(self.app)
        self.app.include_router(llm_endpoints.router)
        self.app.include_router(assist_endpoints.router)
        self.app.dependency_overrides[current_actor] = lambda: self.who
        self.app.dependency_overrides[current_shop] = _shop
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://x")


def _shop(x_shop: Annotated[str, Header()] = SHOP) -> str:
    return x_shop


@pytest.fixture
async def door(room: Room, database: Database) -> AsyncIterator[Door]:
    door = Door(room, database)
    yield door
    await door.http.aclose()
    await room.llm.stop()


async def test_everything_an_open_conversation_is_helped_with_answers(door: Door) -> None:
    c = await door.room.served("快递 XF2603080001 呢", orders=(moving(),))
    base = f"/api/v1/assist/conversations/{c.id}"
    draft = (await door.http.get(f"{base}/draft")).json()
    assert draft["origin"] == "policy"
    assert {s["command"]["do"] for s in (await door.http.get(f"{base}/next")).json()["items"]}
    assert (await door.http.get(f"{base}/knowledge")).json()["items"]
    suggested = (await door.http.get(f"{base}/wrapup")).json()
    fields = ("who", "want", "tried", "promised", "mood", "outcome")
    confirmed = await door.http.post(f"{base}/wrapup", json={k: suggested[k] for k in fields})
    assert confirmed.status_code == 200
    assert confirmed.json()["outcome"] == suggested["outcome"]
    english = (await door.http.get(f"{base}/next", headers={"Accept-Language": "en"})).json()
    assert "Urge" in english["items"][0]["label"]


async def test_refusals_are_problems_with_codes_and_a_stream_is_refused_before_it_begins(door: Door) -> None:
    c = await door.room.served("快递呢")
    door.who = Actor("staff", "1" * 32, "别人", frozenset({SHOP}), frozenset(map(str, SERVING)), "agent")
    for path in ("draft", "draft/stream", "next", "knowledge", "wrapup"):
        answer = await door.http.get(f"/api/v1/assist/conversations/{c.id}/{path}")
        assert answer.status_code == 403
        assert answer.json()["code"] == "forbidden"
    door.who = door.room.me
    bad = await door.http.post(f"/api/v1/assist/conversations/{c.id}/wrapup", json={"outcome": "nonsense"})
    assert (bad.status_code, bad.json()["code"]) == (422, "outcome_unknown")
    assert (await door.http.get(f"/api/v1/assist/conversations/{'e' * 32}/draft")).status_code == 404


async def test_a_draft_is_streamed_as_events(door: Door) -> None:
    c = await door.room.served("快递 XF2603080001 呢", orders=(moving(),))
    async with serving(saying("让您久等了。订单 [ORDER_1] 还在路上。")) as server:
        door.who = OWNER
        saved = await door.http.put("/api/v1/assist/llm", json=setup(server.url, draft=True))
        assert saved.status_code == 200
        door.who = door.room.me
        answer = await door.http.get(f"/api/v1/assist/conversations/{c.id}/draft/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in block.split("\n")) for block in answer.text.strip().split("\n\n")]
    assert [e["event"] for e in events] == ["base", *["delta"] * (len(events) - 2), "final"]
    final = json.loads(events[-1]["data"])
    assert final["text"] == "让您久等了。订单 XF2603080001 还在路上。"
    assert final["origin"] == "llm"


def setup(url: str, **more: Any) -> dict[str, Any]:
    return {"enabled": True, "url": url, "model": "m", "key": KEY, "budget_tokens": 100_000, "version": 0, **more}


async def test_the_setup_is_saved_tried_and_shown_without_its_key(door: Door) -> None:
    door.who = OWNER
    async with serving(saying("OK")) as server:
        saved = await door.http.put("/api/v1/assist/llm", json=setup(server.url, rewrite=True))
        tried = await door.http.post("/api/v1/assist/llm/try")
        shown = await door.http.get("/api/v1/assist/llm")
    assert saved.json()["key_set"] is True
    assert tried.json() == {"ok": True, "outcome": "used"}
    assert shown.json()["rewrite"] is True
    assert all(KEY not in answer.text for answer in (saved, tried, shown))


@pytest.mark.parametrize(
    "wrong", [{"key": "has space"}, {"customer_limit_ms": 5000}, {"temperature": 9}, {"surprise": 1}, {"url": "http://models.example/v1"}, {"budget_tokens": -1}]
)  # fmt: skip
async def test_a_wrong_setup_changes_nothing_and_never_repeats_the_key(door: Door, wrong: dict[str, Any]) -> None:
    door.who = OWNER
    answer = await door.http.put("/api/v1/assist/llm", json=setup("http://127.0.0.1:1/v1") | wrong)
    assert answer.status_code == 422
    assert KEY not in answer.text
    assert door.room.llm.setups.current(SHOP) is None


async def test_an_agent_sees_no_way_to_change_or_try_the_setup(door: Door) -> None:
    assert (await door.http.put("/api/v1/assist/llm", json=setup("http://127.0.0.1:1/v1"))).status_code == 403
    assert (await door.http.post("/api/v1/assist/llm/try")).status_code == 403
    assert (await door.http.get("/api/v1/assist/llm")).status_code == 403
    door.who = OWNER
    assert (await door.http.post("/api/v1/assist/llm/try")).json()["code"] == "llm_off"
    assert (await door.http.get("/api/v1/assist/llm")).json()["key_set"] is False
