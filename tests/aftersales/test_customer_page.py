"""The customer's case page over HTTP: their own cases only, nothing of the house's affairs; a gift's receiver sees neither price nor buyer."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.aftersales.desk import ALL, Desk, delivered
from tests.commerce.builders import SHOP
from xinfu import aftersales
from xinfu.conversations.sessions import Ticket
from xinfu.conversations.widget_endpoints import ticket
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import new_id

ME, OTHER = new_id(), new_id()
WISH = {"order_no": "A1", "wish": {"kind": "return", "reason": "no_reason", "words": "不合适"}}


class Page:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.app, self.who = desk, FastAPI(), ME
        install_problem_handlers(self.app)
        self.app.include_router(aftersales.customer_router)
        self.app.dependency_overrides[ticket] = lambda: Ticket(SHOP, self.who, new_id(), "访客")
        self.app.state.provided = {type(s): s for s in desk.services.provided()} | {aftersales.Photos: desk.photos}


@pytest.fixture
async def page(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[tuple[Page, httpx.AsyncClient]]:
    page = Page(Desk(database, clock, tmp_path))
    await page.desk.given(delivered("A1", ME, buyer_phone="13900000009"), delivered("A2", OTHER))
    transport = httpx.ASGITransport(app=page.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1/widget/") as client:
        yield page, client


async def test_a_customer_opens_follows_and_takes_back_their_case(page: tuple[Page, httpx.AsyncClient]) -> None:
    _, client = page
    shown = (await client.post("cases/preview", json=WISH)).json()
    case = (await client.post("cases", json={**WISH, "token": shown["token"], "key": "page-00001"})).json()
    assert (case["state_text"], case["kind_text"], case["state_hint"]) == ("待处理", "退货", "正在核实，有结果马上告诉您。")
    assert [s["state"] for s in case["path"]][:2] == ["open", "awaiting_goods"] and case["can"] == ["withdraw", "photos"]
    assert not {"work", "trust", "risk", "assignee", "decided_by", "customer_id"} & case.keys()
    assert (await client.get("cases")).json()["items"][0]["number"] == case["number"]
    assert (await client.post(f"cases/{case['number']}/withdraw")).json()["state"] == "withdrawn"


async def test_anothers_case_is_not_there(page: tuple[Page, httpx.AsyncClient]) -> None:
    front, client = page
    number = (await front.desk.open("A2")).number
    assert (await client.get(f"cases/{number}")).status_code == 404
    for call, body in (
        ("withdraw", None),
        ("appeal", {"words": "x"}),
        ("parcel", {"carrier": "顺丰", "tracking_no": "SF1234567"}),
        ("share", None),
    ):
        assert (await client.post(f"cases/{number}/{call}", json=body)).status_code == 404
    foreign = {**WISH, "order_no": "A2"}
    assert (await client.post("cases/preview", json=foreign)).status_code == 404
    goodwill = {"order_no": "A1", "wish": {"kind": "goodwill", "reason": "other"}}
    assert (await client.post("cases/preview", json=goodwill)).status_code == 403


async def test_a_refusal_is_read_and_appealed_against(page: tuple[Page, httpx.AsyncClient]) -> None:
    front, client = page
    opened = await front.desk.open("A1")
    await front.desk.cases.decline(ALL, SHOP, opened.number, version=opened.version, note="吊牌已剪")
    case = (await client.get(f"cases/{opened.number}")).json()
    assert case["can"] == ["appeal"] and case["timeline"][-1]["text"] == "店铺未同意：吊牌已剪" and case["timeline"][-1]["actor"] == "shop"
    appealed = (await client.post(f"cases/{opened.number}/appeal", json={"words": "吊牌还在"})).json()
    assert appealed["appeal"] == {"state": "open", "words": "吊牌还在", "note": ""} and appealed["can"] == []


async def test_the_receiver_of_a_gift_sees_neither_price_nor_buyer(page: tuple[Page, httpx.AsyncClient]) -> None:
    front, client = page
    opened = await front.desk.open("A1")
    token = (await client.post(f"cases/{opened.number}/share")).json()["token"]
    seen = await client.get(f"cases/shared/{token}")
    assert seen.json()["lines"] == [{"name": opened.lines[0].name, "quantity": opened.lines[0].quantity}]
    for secret in ("178", "total", 'A1"', ME, "测试员"):
        assert secret not in seen.text
    assert (await client.get(f"cases/shared/{token[:-1]}x")).status_code == 404
