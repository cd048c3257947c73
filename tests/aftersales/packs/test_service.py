"""A shop's own packs on both stores: checked, published from a day on, taken back, gone back to, and never seen by another shop."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from tests.aftersales.packs.shop import BODY, OTHER, OWNER, READER, SHOP, TEXT, TODAY, PackShop
from xinfu.aftersales.packs import Packs, read_pack
from xinfu.aftersales.packs import errors as wrong
from xinfu.aftersales.packs.contracts import Draft
from xinfu.aftersales.packs.model import PackChoiceRow, PackVersionRow
from xinfu.aftersales.packs.writing import values_of
from xinfu.kit.audit import AuditEntry
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, NotFound

ZONE = ZoneInfo("Asia/Shanghai")
KINDER = BODY.replace("days = 7\n", "days = 10\n", 1)


@pytest.fixture
def shop(database: Database, clock: FixedClock) -> PackShop:
    return PackShop(database, clock)


async def rows(database: Database) -> list[int]:
    async with database.read() as unit:
        tables = (PackVersionRow, PackChoiceRow, AuditEntry)
        return [int((await unit.scalars(select(func.count()).select_from(t))).one()) for t in tables]


async def test_without_packs_of_its_own_a_shop_goes_by_the_one_that_comes_along(shop: PackShop) -> None:
    view = await shop.desk.view(READER, SHOP)
    assert (view.in_force.pack, view.in_force.shipped, view.in_force.state, view.next) == ("cn-default", True, "in_force", None)


async def test_a_published_pack_is_in_force_from_its_day_on_by_the_shops_calendar(shop: PackShop, clock: FixedClock) -> None:
    saved = await shop.publish(KINDER, TODAY + timedelta(days=3))
    assert (saved.version, saved.state, saved.author) == (1, "coming", OWNER.name)
    before, after = datetime(2026, 3, 12, 15, 59, tzinfo=UTC), datetime(2026, 3, 12, 16, 0, tzinfo=UTC)
    assert [shop.packs.in_force(SHOP, at, ZONE).no_reason.days for at in (before, after)] == [7, 10]
    assert shop.packs.in_force(OTHER, after, ZONE).no_reason.days == 7
    view = await shop.desk.view(READER, SHOP)
    assert view.next and (view.next.pack, view.next.effective_from) == ("own", date(2026, 3, 13))
    clock.move(days=3)
    assert (await shop.desk.view(READER, SHOP)).in_force.pack == "own"


async def test_a_later_version_follows_and_the_earlier_can_still_be_read(shop: PackShop, database: Database) -> None:
    await shop.publish(KINDER)
    await shop.publish(KINDER.replace("days = 10\n", "days = 14\n", 1))
    assert shop.packs.on(SHOP, TODAY).no_reason.days == 14
    assert shop.packs.version(SHOP, "own", 1).no_reason.days == 10
    changed = await shop.desk.differences(READER, SHOP, ("own", 1), ("own", 2))
    assert [(c.key, c.was, c.now) for c in changed] == [("no_reason.days", "10", "14")]
    assert await rows(database) == [2, 1, 2]


async def test_another_process_reads_the_same_packs_at_its_start(shop: PackShop, database: Database, clock: FixedClock) -> None:
    await shop.publish(KINDER)
    again = PackShop(database, clock)
    await again.desk.start()
    assert again.packs.on(SHOP, TODAY).no_reason.days == 10


async def test_the_owners_own_words_and_comments_are_kept(shop: PackShop) -> None:
    await shop.publish("# 我们店更大方\n" + KINDER)
    pack, text = await shop.desk.show(READER, SHOP, "own", 1)
    assert text.startswith("# 我们店更大方") and "version =" not in text.split("[")[0] and pack.no_reason.days == 10


async def test_going_back_makes_a_new_version(shop: PackShop) -> None:
    await shop.publish(KINDER)
    await shop.publish(BODY)
    saved = await shop.desk.revert(OWNER, SHOP, "own", 1, TODAY, newest=2)
    assert (saved.version, shop.packs.on(SHOP, TODAY).no_reason.days) == (3, 10) and "1" in saved.note


async def test_a_version_is_taken_back_only_before_its_day(shop: PackShop, database: Database) -> None:
    await shop.publish(BODY)
    await shop.publish(KINDER, TODAY + timedelta(days=1))
    view = await shop.desk.withdraw(OWNER, SHOP, "own", 2)
    assert view.next is None and shop.packs.on(SHOP, TODAY + timedelta(days=1)).no_reason.days == 7
    assert (await shop.desk.withdraw(OWNER, SHOP, "own", 2)).next is None
    before = await rows(database)
    with pytest.raises(wrong.InForce):
        await shop.desk.withdraw(OWNER, SHOP, "own", 1)
    with pytest.raises(wrong.PackUnknown):
        await shop.desk.withdraw(OWNER, SHOP, "own", 9)
    assert await rows(database) == before
    assert (await shop.publish(KINDER)).version == 3


async def test_a_shop_chooses_its_pack_and_goes_back_to_it(shop: PackShop) -> None:
    await shop.publish(KINDER, adopt=False)
    assert shop.packs.on(SHOP, TODAY).id == "cn-default"
    await shop.desk.choose(OWNER, SHOP, "own", TODAY + timedelta(days=2))
    await shop.desk.choose(OWNER, SHOP, "cn-default", TODAY + timedelta(days=4))
    assert [shop.packs.on(SHOP, TODAY + timedelta(days=n)).id for n in range(5)] == ["cn-default", "cn-default", "own", "own", "cn-default"]
    with pytest.raises(wrong.PackUnknown):
        await shop.desk.choose(OWNER, SHOP, "nobody")


async def test_a_double_click_publishes_once_and_two_owners_do_not_overwrite_each_other(shop: PackShop, database: Database) -> None:
    draft = Draft("own", TODAY, KINDER)
    checked = await shop.desk.check(OWNER, SHOP, draft)
    calls = [shop.desk.publish(OWNER, SHOP, draft, token=checked.token, newest=0) for _ in range(3)]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(d, Conflict) or (not isinstance(d, BaseException) and d.version == 1) for d in done)
    assert (await rows(database))[0] == 1
    other = Draft("own", TODAY, BODY)
    theirs = await shop.desk.check(OWNER, SHOP, other)
    with pytest.raises(Conflict):
        await shop.desk.publish(OWNER, SHOP, other, token=theirs.token, newest=0)
    assert (await rows(database))[0] == 1


async def test_what_is_published_is_what_was_checked(shop: PackShop, database: Database) -> None:
    checked = await shop.desk.check(OWNER, SHOP, Draft("own", TODAY, KINDER))
    for draft in (Draft("own", TODAY, BODY), Draft("own", TODAY + timedelta(days=1), KINDER)):
        with pytest.raises(wrong.DraftOutdated):
            await shop.desk.publish(OWNER, SHOP, draft, token=checked.token, newest=0)
    assert await rows(database) == [0, 0, 0]


@pytest.mark.parametrize("days", [-1, 367, 40_000])
async def test_a_day_that_is_gone_or_far_away_is_refused(shop: PackShop, database: Database, days: int) -> None:
    draft = Draft("own", TODAY + timedelta(days=days), KINDER)
    checked = await shop.desk.check(OWNER, SHOP, draft)
    with pytest.raises(wrong.DateWrong):
        await shop.desk.publish(OWNER, SHOP, draft, token=checked.token, newest=0)
    with pytest.raises(wrong.DateWrong):
        await shop.desk.choose(OWNER, SHOP, "cn-default", draft.effective_from)
    assert await rows(database) == [0, 0, 0]


@pytest.mark.parametrize(
    ("pack", "old", "new", "refusal"),
    [
        ("cn-default", "", "", wrong.PackReserved),
        ("own", 'zh = "中国', 'currency = "USD"\nzh = "中国', wrong.CurrencyDiffers),
        ("own", 'zh = "中国', 'lawful_floor = false\nzh = "中国', wrong.PackForeign),
    ],
)
async def test_a_pack_that_is_not_for_this_shop_is_refused(
    shop: PackShop, database: Database, pack: str, old: str, new: str, refusal: type[Exception]
) -> None:
    draft = Draft(pack, TODAY, BODY.replace(old, new, 1))
    checked = await shop.desk.check(OWNER, SHOP, draft)
    with pytest.raises(refusal):
        await shop.desk.publish(OWNER, SHOP, draft, token=checked.token, newest=checked.newest)
    assert await rows(database) == [0, 0, 0]


async def test_a_bad_draft_tells_every_fault_at_its_line_and_changes_nothing(shop: PackShop, database: Database) -> None:
    text = BODY.replace("days = 7\n", "days = 3\n", 1).replace("return_days = 15", "return_days = 2", 1)
    text = text.replace('names = ["定制", "定做"]', 'names = ["定制", "报纸"]', 1)
    checked = await shop.desk.check(OWNER, SHOP, Draft("own", TODAY, text))
    lines = text.splitlines()
    assert [(p.key, lines[(p.line or 0) - 1].split(" =")[0]) for p in checked.problems] == [
        ("category[3].names", "names"),
        ("no_reason.days", "days"),
        ("quality.return_days", "return_days"),
    ]
    assert checked.token == "" and all(p.zh and p.en for p in checked.problems)
    with pytest.raises(wrong.PackInvalid):
        await shop.desk.publish(OWNER, SHOP, Draft("own", TODAY, text), token="", newest=0)
    assert await rows(database) == [0, 0, 0]


async def test_the_form_and_json_make_the_same_pack_as_the_text(shop: PackShop) -> None:
    values = values_of(read_pack(TEXT))
    tokens = [
        (await shop.desk.check(OWNER, SHOP, draft)).token
        for draft in (Draft("own", TODAY, BODY), Draft("own", TODAY, values=values), Draft("own", TODAY, json.dumps(values)))
    ]
    assert len(set(tokens)) == 1 and tokens[0]


async def test_whoever_may_not_edit_changes_nothing_and_another_shop_is_not_there(shop: PackShop, database: Database) -> None:
    draft = Draft("own", TODAY, KINDER)
    for actor, refusal in ((READER, Forbidden), (replace(OWNER, shops=frozenset({OTHER})), NotFound)):
        for call in (
            shop.desk.check(actor, SHOP, draft),
            shop.desk.publish(actor, SHOP, draft, token="", newest=0),
            shop.desk.revert(actor, SHOP, "cn-default", 1, TODAY, newest=0),
            shop.desk.withdraw(actor, SHOP, "own", 1),
            shop.desk.choose(actor, SHOP, "cn-default"),
        ):
            with pytest.raises(refusal):
                await call
    assert await rows(database) == [0, 0, 0]


async def test_one_shops_pack_is_unknown_to_another(shop: PackShop) -> None:
    await shop.publish(KINDER)
    elsewhere = replace(OWNER, shops=frozenset({OTHER}))
    with pytest.raises(wrong.PackUnknown):
        await shop.desk.show(elsewhere, OTHER, "own", 1)
    assert isinstance(shop.packs, Packs) and [v.pack for v in (await shop.desk.view(elsewhere, OTHER)).versions if not v.shipped] == []
