"""What another pack would have said to last month: refusals that turn into a yes, money, bounds, and nothing stored or shown beyond it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from tests.aftersales.desk import SHANGHAI, Desk, delivered
from tests.aftersales.packs.shop import BODY, OTHER, OWNER, READER, SHOP, TODAY, _by_id
from xinfu.aftersales.packs import endpoints, looking
from xinfu.aftersales.packs import errors as wrong
from xinfu.aftersales.packs.contracts import Draft
from xinfu.aftersales.packs.looking import LastMonth
from xinfu.aftersales.packs.model import PackVersionRow, PastWishRow
from xinfu.aftersales.packs.service import PackDesk
from xinfu.identity import Shops
from xinfu.identity.http import actor as acting
from xinfu.identity.http import shop as current_shop
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.kit.http import install_problem_handlers

KINDER = Draft("own", TODAY, BODY.replace("days = 7\n", "days = 30\n", 1).replace('no_reason = "customer"', 'no_reason = "shop"', 1))
RETURN = {"kind": "return", "reason": "no_reason"}


class Month:
    """A desk whose judged wishes are kept, and the owner's look at them."""

    def __init__(self, database: Database, clock: FixedClock, folder: Path) -> None:
        self.database = database
        self.clock = clock
        self.desk = Desk(database, clock, folder)
        shops = cast("Shops", SimpleNamespace(by_id=_by_id))
        self.packs = PackDesk(database, clock, SHANGHAI, shops, self.desk.packs)
        self.looks = LastMonth(database, clock, self.packs)

    async def asked(self, days: float = 0) -> None:
        """One order is given back in time, another is asked for too late, twice."""
        await self.desk.given(delivered("A1"), delivered("A2"))
        self.clock.move(days=days)
        await self.desk.open("A1")
        self.clock.move(days=20)
        for _ in range(2):
            refused = await self.desk.cases.preview(OWNER, SHOP, "A2", RETURN)
            assert not refused.decision.allowed
        assert self.database.bus
        await self.database.bus.drain()


@pytest.fixture
def month(database: Database, clock: FixedClock, tmp_path: Path) -> Month:
    return Month(database, clock, tmp_path)


async def kept(database: Database) -> list[PastWishRow]:
    async with database.read() as unit:
        return list((await unit.scalars(select(PastWishRow).order_by(PastWishRow.at))).all())


async def test_what_was_judged_is_kept_once_without_the_customers_words(month: Month, database: Database) -> None:
    await month.desk.given(delivered("A1"))
    await month.desk.open("A1", kind="return", reason="no_reason", words="我姓林，电话 13800000001")
    assert database.bus
    await database.bus.drain()
    rows = await kept(database)
    assert [(r.order_no, r.case_number, r.pack, r.wish["words"]) for r in rows] == [("A1", "AS260310-0001", "cn-default", "")]
    assert "13800000001" not in str([(r.wish, r.facts) for r in rows])


async def test_a_kinder_pack_turns_a_refusal_into_a_yes_and_says_what_it_costs(month: Month, database: Database) -> None:
    await month.asked()
    look = await month.looks.start(OWNER, SHOP, KINDER)
    tally = look.tally
    assert (look.finished, look.total, tally.judged, tally.lost) == (True, 2, 2, 0)
    assert {k: n for k, n in tally.verdicts.items() if k[0] != k[1]} == {("refused", "allowed"): 1}
    assert (tally.was_minor, tally.now_minor) == (17800, 35600)
    first, second = tally.shown()
    assert (first.order_no, first.case_number, first.was.verdict, first.now.verdict, first.more) == ("A2", "", "refused", "allowed", 17800)
    assert "结束" in "".join(line.zh for line in first.was.why) and "30 天" in "".join(line.zh for line in first.now.why)
    assert (second.order_no, second.was.payer, second.now.payer, second.more) == ("A1", "customer", "shop", 0)
    async with database.read() as unit:
        assert (await unit.scalars(select(func.count()).select_from(PackVersionRow))).one() == 0


async def test_the_pack_in_force_changes_nothing(month: Month) -> None:
    await month.asked()
    look = await month.looks.start(OWNER, SHOP, Draft("own", TODAY, BODY))
    assert look.tally.differing == [] and look.tally.was_minor == look.tally.now_minor


async def test_only_the_last_thirty_days_are_judged_and_only_so_many(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    await month.asked()
    month.clock.move(days=11)
    assert (await month.looks.start(OWNER, SHOP, KINDER)).total == 1
    month.clock.move(days=-11)
    monkeypatch.setattr(looking, "MOST", 1)
    look = await month.looks.start(OWNER, SHOP, KINDER)
    assert (look.total, look.left_out) == (1, 1)


async def test_what_cannot_be_judged_again_is_counted_not_guessed(month: Month, database: Database) -> None:
    await month.asked()
    async with database.unit() as unit:
        rows = (await unit.scalars(select(PastWishRow).order_by(PastWishRow.at))).all()
        rows[0].facts = {"of": "another time"}
        rows[1].pack_version = 77
    look = await month.looks.start(OWNER, SHOP, KINDER)
    assert (look.tally.judged, look.tally.lost, look.done) == (0, 2, 2)


async def test_what_is_old_is_forgotten(month: Month, database: Database) -> None:
    await month.asked()
    month.clock.move(days=60)
    await month.desk.cases.preview(OWNER, SHOP, "A2", RETURN)
    assert database.bus
    await database.bus.drain()
    assert len(await kept(database)) == 2


async def test_a_long_look_is_asked_for_again_can_be_stopped_and_runs_alone(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    await month.asked()
    go = asyncio.Event()
    real = month.looks._rows

    async def slow(look: looking.Look) -> list[PastWishRow]:
        await go.wait()
        return await real(look)

    monkeypatch.setattr(looking, "PATIENCE_S", 0.01)
    monkeypatch.setattr(month.looks, "_rows", slow)
    look = await month.looks.start(OWNER, SHOP, KINDER)
    assert not look.finished
    with pytest.raises(wrong.LookBusy):
        await month.looks.start(OWNER, SHOP, KINDER)
    await month.looks.cancel(OWNER, SHOP, look.id)
    with pytest.raises(wrong.LookNotFound):
        month.looks.get(OWNER, SHOP, look.id)
    go.set()
    again = await month.looks.start(OWNER, SHOP, KINDER)
    while not again.finished:
        await asyncio.sleep(0.01)
    assert month.looks.get(OWNER, SHOP, again.id).done == 2
    await month.looks.stop()


async def test_only_the_owner_looks_and_only_at_their_own(month: Month) -> None:
    await month.asked()
    look = await month.looks.start(OWNER, SHOP, KINDER)
    with pytest.raises(Forbidden):
        await month.looks.start(READER, SHOP, KINDER)
    elsewhere = replace(OWNER, shops=frozenset({OTHER}))
    with pytest.raises(NotFound):
        month.looks.get(elsewhere, SHOP, look.id)
    with pytest.raises(wrong.LookNotFound):
        month.looks.get(elsewhere, OTHER, look.id)
    assert (await month.looks.start(elsewhere, OTHER, KINDER)).total == 0
    with pytest.raises(wrong.PackInvalid):
        await month.looks.start(OWNER, SHOP, Draft("own", TODAY, "id = 3"))


async def test_over_http_a_draft_is_checked_looked_at_published_and_told_in_the_readers_language(month: Month) -> None:
    await month.asked()
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(endpoints.router)
    app.dependency_overrides[acting] = lambda: OWNER
    app.dependency_overrides[current_shop] = lambda: SHOP
    app.state.provided = {PackDesk: month.packs, LastMonth: month.looks}
    day = (TODAY + timedelta(days=21)).isoformat()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test/api/v1/aftersales/packs", headers={"Accept-Language": "en"}
    ) as client:
        bad = (await client.post("/check", json={"pack": "own", "effective_from": day, "text": "zh = 3"})).json()
        assert bad["token"] == "" and {"line": 1, "key": "zh", "text": "must be text"} in bad["problems"]
        draft = {"pack": "own", "effective_from": day, "text": KINDER.text}
        look = (await client.post("/last-month", json=draft)).json()
        assert (look["finished"], look["changed"], look["amount_was"], look["amount_now"]) == (True, 2, "178.00", "356.00")
        assert look["directions"] == [{"was": "refused", "now": "allowed", "count": 1}] and look["verdicts_was"]["refused"] == 1
        assert (await client.get(f"/last-month/{look['id']}")).json()["judged"] == 2
        assert (await client.delete(f"/last-month/{look['id']}")).status_code == 204
        checked = (await client.post("/check", json=draft)).json()
        assert {"key": "no_reason.days", "was": "7", "now": "30"} in checked["changes"]
        refused = await client.post("/publish", json={**draft, "token": "x", "newest": 0})
        assert (refused.status_code, refused.json()["code"]) == (409, "draft_outdated")
        saved = (await client.post("/publish", json={**draft, "token": checked["token"], "newest": 0, "note": "kinder"})).json()
        assert (saved["version"], saved["state"], saved["note"]) == (1, "coming", "kinder")
        view = (await client.get("http://test/api/v1/aftersales/packs")).json()
        assert (view["next"]["pack"], view["in_force"]["name"]) == ("own", "Default rules for online retail in mainland China")
        shown = (await client.get("/own/versions/1")).json()
        assert shown["values"]["no_reason"]["days"] == 30
        differences = (await client.get("/own/versions/1/differences", params={"other": "cn-default", "other_version": 1})).json()
        assert {"key": "no_reason.days", "was": "7", "now": "30"} in differences
        again = await client.post("/own/versions/1/revert", json={"effective_from": day, "newest": 1})
        assert again.json()["version"] == 2
        assert (await client.post("/own/versions/2/withdraw")).json()["next"]["version"] == 1
        assert (await client.post("/choose", json={"pack": "../x"})).status_code == 422
