"""Visitors are taken in once, cheaply, and an account's data opens to a verified identity only."""

import asyncio

import pytest
from sqlalchemy import func, select

from xinfu.customers import Customers, NewCustomer, Visit, bulk_write
from xinfu.customers.model import ChannelIdentity, Customer
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.ids import new_id

SHOP, OTHER = new_id(), new_id()


async def _count(database: Database, table: type) -> int:
    async with database.read() as unit:
        return (await unit.scalar(select(func.count()).select_from(table))) or 0


async def test_the_same_visitor_is_the_same_customer_again(database: Database, clock: FixedClock) -> None:
    customers = Customers(database, clock)
    first = await customers.resolve_visitor(SHOP, "v-1", None, None, "zh-CN")
    again = await customers.resolve_visitor(SHOP, "v-1", None, None, "zh-CN")
    assert first == again
    assert first.name.startswith("访客 ") and not first.known and first.language == "zh"


async def test_an_english_visitor_gets_an_english_name(database: Database, clock: FixedClock) -> None:
    brief = await Customers(database, clock).resolve_visitor(SHOP, "v-2", None, None, "en")
    assert brief.name.startswith("Visitor ") and brief.language == "en"


async def test_the_same_visitor_string_in_another_shop_is_someone_else(database: Database, clock: FixedClock) -> None:
    customers = Customers(database, clock)
    here = await customers.resolve_visitor(SHOP, "v-3", None, None, "zh-CN")
    there = await customers.resolve_visitor(OTHER, "v-3", None, None, "zh-CN")
    assert here.id != there.id and there.shop_id == OTHER


async def test_a_verified_number_is_the_known_customer_and_an_unverified_visit_is_not(database: Database, clock: FixedClock) -> None:
    customers = Customers(database, clock)
    async with database.unit() as unit:
        written = await bulk_write(unit, SHOP, [NewCustomer("C-1", "林晓", vip=3)], clock.now())
    anonymous = await customers.resolve_visitor(SHOP, "shared-pc", None, None, "zh-CN")
    known = await customers.resolve_visitor(SHOP, "shared-pc", "C-1", "林晓", "zh-CN")
    assert known.id == written.ids["C-1"] and known.known and known.vip == 3
    assert await customers.resolve_visitor(SHOP, "shared-pc", None, None, "zh-CN") == anonymous


async def test_a_verified_number_the_shop_has_not_sent_yet_makes_a_known_customer(database: Database, clock: FixedClock) -> None:
    customers = Customers(database, clock)
    brief = await customers.resolve_visitor(SHOP, "v-4", "C-9", "周舟", "zh-CN")
    assert (brief.number, brief.name, brief.known) == ("C-9", "周舟", True)
    other_browser = await customers.resolve_visitor(SHOP, "v-5", "C-9", None, "zh-CN")
    assert other_browser.id == brief.id


async def test_a_storm_of_visitors_makes_each_of_them_once(database: Database, clock: FixedClock) -> None:
    customers = Customers(database, clock)
    visits = [(SHOP, f"storm-{n % 700}", f"C-{n % 50}" if n % 3 == 0 else None) for n in range(2000)]
    briefs = await asyncio.gather(*(customers.resolve_visitor(shop, v, number, None, "zh-CN") for shop, v, number in visits))
    by_key: dict[tuple[str, str | None], set[str]] = {}
    for (_, visitor, number), brief in zip(visits, briefs, strict=True):
        by_key.setdefault((visitor, None) if number is None else ("", number), set()).add(brief.id)
    assert all(len(ids) == 1 for ids in by_key.values())
    assert await _count(database, Customer) == len(by_key)


async def test_two_doors_at_once_do_not_make_a_visitor_twice(database: Database, clock: FixedClock) -> None:
    doors = [Customers(database, clock), Customers(database, clock)]
    visits = [Visit(SHOP, f"twin-{n}", None, None, "zh-CN") for n in range(200)]
    one, two = await asyncio.gather(*(door.resolve_visitors(visits) for door in doors))
    assert one == two
    assert await _count(database, Customer) == await _count(database, ChannelIdentity) == 200


async def test_only_the_visit_that_made_a_customer_is_fresh(database: Database, clock: FixedClock) -> None:
    customers = Customers(database, clock)
    visits = [
        Visit(SHOP, "two-tabs", None, None, "zh-CN"),
        Visit(SHOP, "two-tabs", None, None, "zh-CN"),
        Visit(SHOP, "n", "C-1", None, "en"),
    ]
    first = await customers.resolve_visitors(visits)
    if database.is_sqlite:  # PostgreSQL's driver does not count, so there nobody is called fresh
        assert [b.fresh for b in first] == [True, False, True]
    again = await customers.resolve_visitors([*visits, Visit(SHOP, "other-browser", "C-1", None, "en")])
    assert [b.fresh for b in again] == [False, False, False, False]
    assert again[:3] == first and again[3].id == first[2].id


async def test_a_failing_store_fails_the_visits_that_waited_and_not_the_next(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = Customers(database, clock)
    with monkeypatch.context() as patch:
        patch.setattr(customers, "_database", None)
        lost = await asyncio.gather(
            *(customers.resolve_visitor(SHOP, f"x-{n}", None, None, "zh-CN") for n in range(3)), return_exceptions=True
        )
    assert all(isinstance(e, AttributeError) for e in lost) and len(lost) == 3
    assert not (await customers.resolve_visitor(SHOP, "x-0", None, None, "zh-CN")).known


async def test_a_number_no_customer_can_have_is_no_number(database: Database, clock: FixedClock) -> None:
    customers = Customers(database, clock)
    assert not (await customers.resolve_visitor(SHOP, "v-6", "9" * 81, None, "zh-CN")).known
    assert (await customers.resolve_visitor(SHOP, "v-6", "C\x007", None, "zh-CN")).number == "C7"


async def test_the_visitor_string_itself_is_not_stored(database: Database, clock: FixedClock) -> None:
    await Customers(database, clock).resolve_visitor(SHOP, "secret-of-a-browser", None, None, "zh-CN")
    async with database.read() as unit:
        rows = (await unit.scalars(select(ChannelIdentity))).all()
    assert [len(row.external) for row in rows] == [64]
    assert "secret-of-a-browser" not in str([vars(row) for row in rows])
