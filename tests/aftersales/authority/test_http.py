"""Approvals, limits and the books over HTTP: shapes, refusals, the reader's language."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.aftersales.authority.reference import an_ask
from tests.aftersales.authority.test_service import BOSS, LIN, SHOP, ZHOU, House
from xinfu.aftersales import authority, ledger
from xinfu.identity.http import actor as acting
from xinfu.identity.http import shop as current_shop
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.money import Money

ENGLISH = {"Accept-Language": "en"}


class Front:
    def __init__(self, house: House) -> None:
        self.house = house
        self.app = FastAPI()
        self.who: Actor = BOSS
        self.ledger = ledger.Ledger(house.database)
        install_problem_handlers(self.app)
        self.app.include_router(authority.router)
        self.app.include_router(ledger.router)
        self.app.dependency_overrides[acting] = lambda: self.who
        self.app.dependency_overrides[current_shop] = lambda: SHOP
        self.app.state.provided = {type(s): s for s in (house.guard, house.limits, self.ledger)}

    async def post(self, order: str = "A1", amount: int = 500) -> None:
        lines = (("sales", Money(amount)), ("refunds_due", Money(-amount)))
        said = ledger.Posting(key=f"r:{order}", kind="refund", lines=lines, zh="=退款", en="Refund", order_no=order)  # type: ignore[arg-type]
        async with self.house.database.unit() as unit:
            await self.ledger.post(unit, SHOP, said, BOSS, self.house.clock.now())


@pytest.fixture
async def front(database: Database, clock: FixedClock) -> Front:
    return Front(await House(database, clock).open())


@pytest.fixture
async def client(front: Front) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=front.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1/") as client:
        yield client


async def test_an_approval_is_listed_and_decided(front: Front, client: httpx.AsyncClient) -> None:
    asked = await front.house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00), words="老客户")
    front.who = ZHOU
    [seen] = (await client.get("authority/approvals")).json()["items"]
    assert (seen["id"], seen["amount"], seen["action_text"], seen["may"], seen["mine"]) == (asked.id, "30.00", "人情通融", True, False)
    assert [line["against"] for line in seen["lines"]].count(True) == 1 and (await client.get("authority/approvals/count")).json() == {
        "waiting": 1
    }
    answer = await client.post(f"authority/approvals/{asked.id}/approve", json={"version": 1, "note": "好"}, headers=ENGLISH)
    assert (answer.status_code, answer.json()["state_text"], answer.json()["may"]) == (200, "Approved", False)
    again = await client.post(f"authority/approvals/{asked.id}/decline", json={"version": 2, "note": "不"})
    assert (again.status_code, again.json()["code"]) == (409, "approval_over")
    assert (await client.get("authority/approvals?which=over")).json()["items"][0]["votes"][0]["note"] == "好"


async def test_whoever_asked_sees_and_takes_back_their_own(front: Front, client: httpx.AsyncClient) -> None:
    asked = await front.house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    front.who = LIN
    [seen] = (await client.get("authority/approvals")).json()["items"]
    assert seen["mine"] and not seen["may"]
    assert (await client.post(f"authority/approvals/{asked.id}/approve", json={"version": 1})).json()["code"] == "forbidden"
    assert (await client.post(f"authority/approvals/{asked.id}/withdraw")).json()["state"] == "withdrawn"
    assert (await client.get("authority/approvals/nonsense")).status_code == 404


async def test_limits_are_read_previewed_and_saved_as_amounts_in_words(front: Front, client: httpx.AsyncClient) -> None:
    seen = (await client.get("authority/limits")).json()
    rules: dict[str, Any] = seen["current"]["rules"]
    assert (seen["newest"], rules["limits"]["agent"]["goodwill"]["each"], rules["limits"]["owner"]["refund"]["each"]) == (0, "20.00", None)
    assert [a["name"] for a in seen["actions"] if not a["discretion"]] == ["退款", "补发", "价保", "运费"]
    rules["limits"]["agent"]["goodwill"]["each"] = "30"
    changed = (await client.post("authority/limits/preview", json={"rules": rules}, headers=ENGLISH)).json()["changes"]
    assert changed == ["agent · goodwill · each: ¥20.00 → ¥30.00"]
    saved = await client.put("authority/limits", json={"rules": rules, "base_version": 0, "note": "旺季"})
    assert (saved.status_code, saved.json()["newest"], saved.json()["history"][0]["note"]) == (200, 1, "旺季")
    stale = await client.put("authority/limits", json={"rules": rules, "base_version": 0})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    front.who = LIN
    mine = {one["action"]: one for one in (await client.get("authority/mine")).json()}
    assert (mine["goodwill"]["each"], mine["goodwill"]["used_today"]) == ("30.00", "0.00")


@pytest.mark.parametrize("wrong", ["-1", "1.005", "1e3", "NaN", "9" * 20, "二十"])
async def test_an_amount_that_is_none_is_refused(front: Front, client: httpx.AsyncClient, wrong: str) -> None:
    rules = (await client.get("authority/limits")).json()["current"]["rules"]
    rules["limits"]["agent"]["goodwill"]["each"] = wrong
    for call in (
        client.post("authority/limits/preview", json={"rules": rules}),
        client.put("authority/limits", json={"rules": rules, "base_version": 0}),
    ):
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == (422, "authority_rules_invalid")
    assert (await client.get("authority/limits")).json()["newest"] == 0


async def test_the_books_are_read_added_up_verified_and_taken_home(front: Front, client: httpx.AsyncClient) -> None:
    await front.post()
    await front.post("A2", 250)
    [entry] = (await client.get("ledger/entries?order_no=A2", headers=ENGLISH)).json()["items"]
    assert entry["text"] == "Refund" and [(x["name"], x["debit"], x["credit"]) for x in entry["lines"]] == [
        ("Sales", "2.50", ""),
        ("Refunds due", "", "2.50"),
    ]
    balances = {b["account"]: b["closing"] for b in (await client.get("ledger/balances")).json()["items"]}
    assert balances == {"sales": "7.50", "refunds_due": "-7.50"}
    assert (await client.get("ledger/verify")).json()["text"] == "2 笔记录完整，没有改动。"
    file = await client.get("ledger/entries.csv")
    lines = file.text.lstrip("\ufeff").splitlines()
    assert file.headers["content-type"].startswith("text/csv") and len(lines) == 5 and lines[0].startswith("序号,") and "'=退款" in lines[1]


async def test_the_books_need_their_right_and_good_questions(front: Front, client: httpx.AsyncClient) -> None:
    front.who = LIN
    for call in ("entries", "entries.csv", "balances", "verify"):
        assert (await client.get(f"ledger/{call}")).status_code == 403
    front.who = BOSS
    assert (await client.get("ledger/entries?account=pocket")).status_code == 422
    assert (await client.get("ledger/entries?cursor=x")).status_code == 422
