"""Listings on both stores: entered by one, verified by another, nothing twice, files row by row, refusals without a trace."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from tests.aftersales.desk import AGENT, AI, LEAD, SHANGHAI
from tests.commerce.builders import NOON, OTHER, SHOP, a_product, someone
from xinfu.aftersales import listing
from xinfu.aftersales.listing import ListingChanged, Listings, Terms, errors
from xinfu.aftersales.listing.model import ListingRow
from xinfu.commerce import bulk_write
from xinfu.commerce.sale_facts import sale_facts
from xinfu.identity import Permission, Shops
from xinfu.identity.http import actor as acting
from xinfu.identity.http import shop as current_shop
from xinfu.identity.model import ShopRow
from xinfu.identity.policy import SEEDED_ROLES
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

START = datetime(2026, 3, 12, tzinfo=UTC)
TERMS = Terms("三月大促", "TEE-BK-M", Money(6900), 2, 5, START, START + timedelta(days=3))
OTHER_LEAD = replace(LEAD, id="c" * 32, name="老赵")


async def _by_id(shop_id: Id) -> Any:
    return SimpleNamespace(currency="CNY")


SHOPS = cast("Shops", SimpleNamespace(by_id=_by_id))


@pytest.fixture
async def listings(database: Database, clock: FixedClock) -> Listings:
    async with database.unit() as unit:
        unit.add(ShopRow(id=SHOP, slug="s", name="店", currency="CNY", widget_secret="s", created_at=NOON))
        cost = {"cost": {"TEE-BK-L": "70.00"}}
        await bulk_write(unit, SHOP, products=[a_product(extras=cost)], at=NOON)
    return Listings(database, clock, SHANGHAI, SHOPS)


async def traces(database: Database) -> list[Any]:
    """Everything a refusal must leave as it is."""
    async with database.read() as unit:
        rows = (await unit.execute(select(ListingRow.id, ListingRow.state, ListingRow.version).order_by(ListingRow.id))).all()
        return [*map(tuple, rows), (await unit.scalars(select(func.count()).select_from(AuditEntry))).one()]


async def test_one_enters_another_verifies_and_both_names_stay(listings: Listings, database: Database) -> None:
    told: list[ListingChanged] = []

    async def listen(event: ListingChanged) -> None:
        told.append(event)

    assert database.bus
    database.bus.subscribe(ListingChanged, listen)
    entered = await listings.enter(AGENT, SHOP, TERMS, submit=True)
    assert (entered.state, entered.name, entered.mine, entered.findings) == ("waiting", "重磅纯棉短袖", True, ())
    seen = (await listings.search(LEAD, SHOP, "waiting", "", None)).items[0]
    assert not seen.mine and seen.facts and (seen.facts.price, seen.facts.stock) == (Money(8900), 10)
    done = await listings.verify(LEAD, SHOP, entered.id, version=entered.version, note="对过了")
    assert (done.state, done.entered_by, done.checked_by, done.note) == ("verified", AGENT.name, LEAD.name, "对过了")
    await database.bus.drain()
    assert [e.state for e in told] == ["waiting", "verified"]
    async with database.read() as unit:
        entries = (await unit.scalars(select(AuditEntry).where(AuditEntry.target_kind == "listing").order_by(AuditEntry.id))).all()
    assert [(e.action, e.actor_id, e.detail["price"]) for e in entries] == [
        ("listing.entered", AGENT.id, "69.00"),
        ("listing.verified", LEAD.id, "69.00"),
    ]
    assert await listings.counts(LEAD, SHOP) == {"verified": 1}


async def test_nobody_verifies_what_went_through_their_hands(listings: Listings, database: Database) -> None:
    entered = await listings.enter(AGENT, SHOP, TERMS, submit=True)
    edited = await listings.edit(LEAD, SHOP, entered.id, replace(TERMS, price=Money(7000)), version=entered.version)
    waiting = await listings.submit(AGENT, SHOP, entered.id, version=edited.version)
    both = replace(AGENT, permissions=SEEDED_ROLES["lead"])
    before = await traces(database)
    for who in (both, LEAD):
        with pytest.raises(errors.SameChecker):
            await listings.verify(who, SHOP, entered.id, version=waiting.version)
        with pytest.raises(errors.SameChecker):
            await listings.reject(who, SHOP, entered.id, version=waiting.version, note="不对")
    assert await traces(database) == before
    assert (await listings.verify(OTHER_LEAD, SHOP, entered.id, version=waiting.version)).state == "verified"


async def test_no_machine_and_no_token_checks(listings: Listings, database: Database) -> None:
    entered = await listings.enter(AGENT, SHOP, TERMS, submit=True)
    token = Actor("token", new_id(), "脚本", frozenset({SHOP}), frozenset(Permission))
    ai = replace(AI, permissions=frozenset(Permission))
    before = await traces(database)
    for who in (token, ai):
        with pytest.raises(Forbidden):
            await listings.verify(who, SHOP, entered.id, version=entered.version)
    assert await traces(database) == before


@pytest.mark.parametrize(
    ("change", "clash"),
    [
        ({}, True),
        ({"sku": "tee-bk-m ", "campaign": "别的活动"}, True),
        ({"campaign": "别的活动", "starts_at": START + timedelta(days=3), "ends_at": START + timedelta(days=5)}, False),
        ({"starts_at": START + timedelta(days=10), "ends_at": START + timedelta(days=11)}, True),
        ({"sku": "TEE-BK-L", "price": Money(7500), "quantity": 1, "per_customer": 0}, False),
    ],
)
async def test_the_same_thing_twice_is_refused_and_the_other_is_named(
    listings: Listings, database: Database, change: dict[str, Any], clash: bool
) -> None:
    first = await listings.enter(AGENT, SHOP, TERMS)
    before = await traces(database)
    if not clash:
        await listings.enter(AGENT, SHOP, replace(TERMS, **change))
        return
    with pytest.raises(errors.ListingTwice) as refused:
        await listings.enter(LEAD, SHOP, replace(TERMS, **change))
    assert refused.value.params["listing_id"] == first.id and "三月大促" in refused.value.detail() and "小周" in refused.value.detail("en")
    assert await traces(database) == before
    withdrawn = await listings.withdraw(AGENT, SHOP, first.id, version=first.version)
    assert (await listings.withdraw(AGENT, SHOP, first.id, version=first.version)).version == withdrawn.version
    assert (await listings.enter(LEAD, SHOP, replace(TERMS, **change))).state == "draft"


async def test_two_at_the_same_moment_enter_it_once_and_verify_it_once(listings: Listings, database: Database) -> None:
    entering = [listings.enter(who, SHOP, TERMS, submit=True) for who in (AGENT, LEAD, AGENT)]
    done = await asyncio.gather(*entering, return_exceptions=True)
    kept = [d for d in done if not isinstance(d, BaseException)]
    assert len(kept) == 1 and all(isinstance(d, errors.ListingTwice) for d in done if isinstance(d, BaseException))
    third = replace(LEAD, id="d" * 32, name="老孙")
    checking = [listings.verify(who, SHOP, kept[0].id, version=kept[0].version) for who in (OTHER_LEAD, third)]
    looked = await asyncio.gather(*checking, return_exceptions=True)
    assert [type(x) for x in looked if isinstance(x, BaseException)] == [Conflict]
    assert (await listings.get(LEAD, SHOP, kept[0].id)).state == "verified"


async def test_odd_prices_are_ticked_by_both(listings: Listings, database: Database) -> None:
    cheap = replace(TERMS, sku="TEE-BK-L", price=Money(2000), quantity=9, per_customer=0)
    found, facts = await listings.look(AGENT, SHOP, cheap)
    assert [f.code for f in found] == ["below_cost", "deep", "stock"] and facts and facts.floor == Money(7000)
    before = await traces(database)
    with pytest.raises(errors.NeedsTick) as refused:
        await listings.enter(AGENT, SHOP, cheap, accept=["deep"], submit=True)
    assert refused.value.params["codes"] == ["below_cost", "stock"] and await traces(database) == before
    ticks = ["below_cost", "deep", "stock"]
    entered = await listings.enter(AGENT, SHOP, cheap, accept=ticks, submit=True)
    with pytest.raises(errors.NeedsTick):
        await listings.verify(LEAD, SHOP, entered.id, version=entered.version)
    assert (await listings.verify(LEAD, SHOP, entered.id, version=entered.version, accept=ticks)).state == "verified"


async def test_verified_facts_that_drift_are_shown(listings: Listings, database: Database) -> None:
    entered = await listings.enter(AGENT, SHOP, TERMS, submit=True)
    await listings.verify(LEAD, SHOP, entered.id, version=entered.version)
    async with database.unit() as unit:
        product = a_product(variants=tuple(replace(v, price=Money(6000)) for v in a_product().variants))
        await bulk_write(unit, SHOP, products=[product], at=NOON + timedelta(days=1))
    seen = await listings.get(LEAD, SHOP, entered.id)
    assert seen.drifted and [f.code for f in seen.findings] == ["above_list"]


async def test_the_lowest_price_of_a_month_counts_the_one_it_began_with(listings: Listings, database: Database) -> None:
    for days, price in ((1, 6000), (2, 9900)):
        async with database.unit() as unit:
            product = a_product(variants=tuple(replace(v, price=Money(price)) for v in a_product().variants))
            await bulk_write(unit, SHOP, products=[product], at=NOON + timedelta(days=days))
    for day, lowest in ((NOON + timedelta(days=1, hours=1), 6000), (NOON + timedelta(days=3), 9900)):
        async with database.read() as unit:
            assert (await sale_facts(unit, SHOP, ["tee-bk-m"], day))["TEE-BK-M"].lowest == Money(lowest)
    found, _ = await listings.look(AGENT, SHOP, TERMS)
    assert [f.code for f in found] == ["not_lowest"]


async def test_sent_back_it_is_mended_and_checked_again(listings: Listings, database: Database) -> None:
    entered = await listings.enter(AGENT, SHOP, TERMS, submit=True)
    with pytest.raises(Invalid):
        await listings.reject(LEAD, SHOP, entered.id, version=entered.version, note="  ")
    back = await listings.reject(LEAD, SHOP, entered.id, version=entered.version, note="价格不对")
    assert (back.state, back.note) == ("rejected", "价格不对")
    with pytest.raises(errors.ListingState):
        await listings.verify(LEAD, SHOP, entered.id, version=back.version)
    mended = await listings.edit(AGENT, SHOP, entered.id, replace(TERMS, price=Money(7900)), version=back.version)
    sent = await listings.submit(AGENT, SHOP, entered.id, version=mended.version)
    assert (await listings.verify(LEAD, SHOP, entered.id, version=sent.version)).terms.price == Money(7900)


async def test_many_are_verified_each_by_itself(listings: Listings) -> None:
    good = await listings.enter(AGENT, SHOP, TERMS, submit=True)
    own = await listings.enter(LEAD, SHOP, replace(TERMS, sku="TEE-BK-L", price=Money(8000), quantity=2), submit=True)
    found = await listings.verify_many(LEAD, SHOP, [(good.id, good.version, ()), (own.id, own.version, ()), (new_id(), 1, ())])
    assert [o.code for o in found] == ["", "same_checker", "listing_not_found"]
    assert await listings.counts(LEAD, SHOP) == {"verified": 1, "waiting": 1}


async def test_bad_input_leaves_nothing(listings: Listings, database: Database) -> None:
    entered = await listings.enter(AGENT, SHOP, TERMS)
    before = await traces(database)
    bad = [
        replace(TERMS, sku="nothing"),
        replace(TERMS, sku="TEE-BK-L", price=Money(-1)),
        replace(TERMS, sku="TEE-BK-L", price=Money(10**14)),
        replace(TERMS, sku="TEE-BK-L", price=Money(6900, "USD")),
        replace(TERMS, sku="TEE-BK-L", quantity=-5),
        replace(TERMS, sku="TEE-BK-L", ends_at=START),
        replace(TERMS, sku="TEE-BK-L", starts_at=START - timedelta(days=30), ends_at=START - timedelta(days=20)),
    ]
    for terms in bad:
        with pytest.raises(errors.ListingInvalid):
            await listings.enter(AGENT, SHOP, terms)
    for call in (
        listings.submit(AGENT, SHOP, entered.id, version=99),
        listings.edit(AGENT, SHOP, entered.id, TERMS, version=0),
        listings.withdraw(AGENT, SHOP, new_id(), version=1),
        listings.get(replace(LEAD, shops=frozenset({OTHER})), OTHER, entered.id),
        listings.search(LEAD, SHOP, None, "", "nonsense"),
        listings.verify(LEAD, SHOP, entered.id, version=entered.version),
    ):
        with pytest.raises(Refusal):
            await call
    assert await traces(database) == before


async def test_whoever_may_not_changes_nothing(listings: Listings, database: Database) -> None:
    entered = await listings.enter(AGENT, SHOP, TERMS, submit=True)
    reader = someone(Permission.ORDERS_READ)
    before = await traces(database)
    for who, refusal in ((reader, Forbidden), (replace(LEAD, shops=frozenset({OTHER})), NotFound)):
        for call in (
            listings.enter(who, SHOP, TERMS),
            listings.look(who, SHOP, TERMS),
            listings.edit(who, SHOP, entered.id, TERMS, version=entered.version),
            listings.submit(who, SHOP, entered.id, version=entered.version),
            listings.verify(who, SHOP, entered.id, version=entered.version),
            listings.verify_many(who, SHOP, [(entered.id, entered.version, ())]),
            listings.reject(who, SHOP, entered.id, version=entered.version, note="x"),
            listings.withdraw(who, SHOP, entered.id, version=entered.version),
            listings.import_file(who, SHOP, b"x"),
        ):
            with pytest.raises(refusal):
                await call
    assert await traces(database) == before


FILE = """活动,货号,活动价,每人限购,数量,开始时间,结束时间
三月大促,TEE-BK-M,69,2,5,2026-03-12 00:00,2026-03-15 00:00
三月大促,tee-bk-m,59,2,5,2026-03-20 00:00,2026-03-21 00:00
三月大促,NOPE,59,2,5,2026-03-20 00:00,2026-03-21 00:00
三月大促,TEE-BK-L,-1,2,5,2026-03-20 00:00,2026-03-21 00:00
三月大促,TEE-BK-L,80.00,0,0,2026/3/20 9:00,2026/3/21 9:00
"""


async def test_a_file_is_told_row_by_row_and_stored_whole_or_not_at_all(listings: Listings, database: Database) -> None:
    report = await listings.import_file(AGENT, SHOP, FILE.encode())
    assert (report.stored, [(p.row, p.field) for p in report.problems]) == (False, [(5, "price"), (3, "sku"), (4, "sku")])
    assert "第 2 行" in report.problems[1].zh and await traces(database) == [0]
    kept = await listings.import_file(AGENT, SHOP, FILE.encode("gb18030"), keep_good=True, submit=True)
    assert (kept.stored, kept.created, kept.refused) == (True, 2, 3)
    rows = {x.terms.sku: x for x in (await listings.search(LEAD, SHOP, None, "", None)).items}
    assert (rows["TEE-BK-L"].terms.starts_at, rows["TEE-BK-L"].state) == (datetime(2026, 3, 20, 1, tzinfo=UTC), "waiting")
    again = await listings.import_file(LEAD, SHOP, FILE.encode(), keep_good=True)
    assert again.created == 0 and {p.row for p in again.problems} == {2, 3, 4, 5, 6}


async def test_what_needs_a_tick_stays_a_draft_in_a_file(listings: Listings) -> None:
    data = FILE.splitlines()[0] + "\n大促,TEE-BK-M,9.90,,,2026-03-12,2026-03-15\n"
    assert (await listings.import_file(AGENT, SHOP, data.encode(), submit=True)).created == 1
    assert (await listings.search(LEAD, SHOP, "draft", "大促", None)).items[0].findings[0].code == "deep"
    for bad in (b"", b"\xff\xfe\xff", b"[1]"):
        with pytest.raises(Invalid):
            await listings.import_file(AGENT, SHOP, bad)


async def test_pages_and_words(listings: Listings, clock: FixedClock) -> None:
    for n in range(3):
        clock.move(seconds=1)
        terms = replace(TERMS, campaign=f"活动{n}", starts_at=START + timedelta(days=9 * n), ends_at=START + timedelta(days=9 * n + 1))
        await listings.enter(AGENT, SHOP, terms)
    first = await listings.search(LEAD, SHOP, None, "", None, 2)
    second = await listings.search(LEAD, SHOP, None, "", first.next, 2)
    assert [x.terms.campaign for x in (*first.items, *second.items)] == ["活动2", "活动1", "活动0"] and second.next is None
    assert [x.terms.campaign for x in (await listings.search(LEAD, SHOP, None, "活动１", None)).items] == ["活动1"]
    assert (await listings.search(LEAD, SHOP, None, "%", None)).items == []


async def test_over_http(listings: Listings) -> None:
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(listing.router)
    who = [AGENT]
    app.dependency_overrides[acting] = lambda: who[0]
    app.dependency_overrides[current_shop] = lambda: SHOP
    app.state.provided = {Listings: listings, Shops: SHOPS}
    body = {
        "campaign": "三月大促", "sku": "TEE-BK-M", "price": "19.90", "per_customer": 1, "quantity": 3,
        "starts_at": int(START.timestamp() * 1000), "ends_at": int(START.timestamp() * 1000) + 86_400_000,
    }  # fmt: skip
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers={"Accept-Language": "en"}) as client:
        looked = (await client.post("/listings/look", json=body)).json()
        assert [(f["code"], f["warning"]) for f in looked["findings"]] == [("deep", True)] and looked["facts"]["price"] == "89.00"
        refused = await client.post("/listings", json={**body, "submit": True})
        assert (refused.status_code, refused.json()["params"]["codes"]) == (409, ["deep"])
        made = (await client.post("/listings", json={**body, "submit": True, "accept": ["deep"]})).json()
        assert (made["state"], made["price"], made["mine"]) == ("waiting", "19.90", True)
        for wrong in ({"price": "1.999"}, {"price": "x"}, {"price": "1e3"}, {"quantity": -1}, {"starts_at": -5}, {"campaign": " "}):
            assert (await client.post("/listings", json={**body, **wrong})).status_code == 422
        who[0] = LEAD
        many = [{"id": made["id"], "version": made["version"]}]
        assert (await client.post("/listings/verify-many", json={"listings": many})).json()[0]["code"] == "needs_tick"
        done = (await client.post(f"/listings/{made['id']}/verify", json={"version": made["version"], "accept": ["deep"]})).json()
        assert (done["state"], done["checked_by"]) == ("verified", LEAD.name)
        page = (await client.get("/listings", params={"state": "verified"})).json()
        assert (len(page["items"]), page["counts"]) == (1, {"verified": 1})
        assert (await client.get(f"/listings/{made['id']}")).json()["facts"]["stock"] == 10
        assert (await client.post(f"/listings/{made['id']}/withdraw", json={"version": done["version"]})).json()["state"] == "withdrawn"
        report = (await client.post("/listings/import", content=FILE.encode())).json()
        assert (report["stored"], report["problems_total"]) == (False, 3)
        assert (await client.get("/listings/" + "0" * 32)).status_code == 404
