"""Articles: who finds what and when, versions, and that nothing changes without leave."""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.knowledge.builders import OTHER, SHOP, a_trainer, an_agent, an_article
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, NotFound
from xinfu.kit.ids import new_id
from xinfu.knowledge import Knowledge
from xinfu.knowledge.errors import WindowReversed
from xinfu.knowledge.model import Article, ArticleVersion
from xinfu.knowledge.recent import KEEP_MOST, RecentSearches
from xinfu.knowledge.schemas import ArticleChange, ArticleIn

HOUR = 3_600_000


@pytest.fixture
async def knowledge(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Knowledge]:
    knowledge = Knowledge(database, clock, tmp_path / "search")
    await knowledge.start()
    yield knowledge
    knowledge.stop()


@pytest.fixture
def trainer() -> Actor:
    return a_trainer()


def changed(given: ArticleIn, version: int, **more: object) -> ArticleChange:
    return ArticleChange(**(given.model_dump() | more), version=version)


def titles(knowledge: Knowledge, query: str, audience: str = "customer", shop: str = SHOP) -> list[str]:
    return [hit.title for hit in knowledge.search(shop, query, audience)]  # type: ignore[arg-type]


async def test_a_published_article_is_found_at_once_and_says_its_version(knowledge: Knowledge, trainer: Actor) -> None:
    row = await knowledge.create(trainer, SHOP, an_article(topic="policy.freight"))
    [hit] = knowledge.search(SHOP, "退货的运费谁来出")
    assert (hit.article_id, hit.topic, hit.body, hit.version) == (row.id, "policy.freight", "质量问题由店铺承担。", 1)
    assert hit.score > 0


async def test_drafts_and_archived_articles_are_not_found(knowledge: Knowledge, trainer: Actor) -> None:
    await knowledge.create(trainer, SHOP, an_article("发票草稿", status="draft"))
    row = await knowledge.create(trainer, SHOP, an_article("发票怎么开"))
    assert titles(knowledge, "发票") == ["发票怎么开"]
    await knowledge.archive(trainer, SHOP, row.id)
    assert titles(knowledge, "发票") == []
    assert knowledge.by_topic(SHOP, "") is None


async def test_what_is_for_staff_never_reaches_customers(knowledge: Knowledge, trainer: Actor) -> None:
    given = an_article("内部补偿尺度", topic="policy.goodwill", audience="staff")
    row = await knowledge.create(trainer, SHOP, given)
    assert titles(knowledge, "补偿尺度") == []
    assert knowledge.by_topic(SHOP, "policy.goodwill") is None
    assert titles(knowledge, "补偿尺度", "staff") == ["内部补偿尺度"]
    await knowledge.change(trainer, SHOP, row.id, changed(given, 1, audience="customer"))
    assert titles(knowledge, "补偿尺度") == ["内部补偿尺度"]
    await knowledge.change(trainer, SHOP, row.id, changed(given, 2))
    assert titles(knowledge, "补偿尺度") == []


async def test_an_article_counts_only_within_its_time(knowledge: Knowledge, trainer: Actor, clock: FixedClock) -> None:
    start = clock.ms() + HOUR
    await knowledge.create(
        trainer, SHOP, an_article("大促发货", topic="policy.shipping", effective_from=start, effective_until=start + HOUR)
    )
    await knowledge.create(trainer, SHOP, an_article("平时发货", topic="policy.shipping"))
    assert titles(knowledge, "发货") == ["平时发货"]
    clock.move(hours=1)
    assert sorted(titles(knowledge, "发货")) == ["大促发货", "平时发货"]
    assert knowledge.by_topic(SHOP, "policy.shipping").title == "大促发货"  # type: ignore[union-attr]
    clock.move(hours=1)
    assert knowledge.by_topic(SHOP, "policy.shipping").title == "平时发货"  # type: ignore[union-attr]


async def test_many_outdated_articles_do_not_hide_the_one_in_effect(knowledge: Knowledge, trainer: Actor, clock: FixedClock) -> None:
    over = [an_article(f"发货时间 {n}", effective_until=clock.ms() - HOUR) for n in range(60)]
    await knowledge.load_articles(trainer, SHOP, [*over, an_article("这里写了很多别的", body="很长的一段说明里才提到发货")])
    assert titles(knowledge, "发货时间") == ["这里写了很多别的"]


async def test_shops_do_not_see_each_other(knowledge: Knowledge, trainer: Actor) -> None:
    row = await knowledge.create(trainer, SHOP, an_article(topic="policy.freight"))
    stranger = a_trainer(OTHER)
    assert titles(knowledge, "退货运费", shop=OTHER) == []
    assert knowledge.by_topic(OTHER, "policy.freight") is None
    for shop in (SHOP, OTHER):
        with pytest.raises(NotFound):
            await knowledge.article(stranger, shop, row.id)
        with pytest.raises(NotFound):
            await knowledge.change(stranger, shop, row.id, changed(an_article(), 1))
        with pytest.raises(NotFound):
            await knowledge.archive(stranger, shop, row.id)
    assert (await knowledge.article(trainer, SHOP, row.id)).version == 1


async def test_every_save_is_kept_and_told_to_the_audit(knowledge: Knowledge, trainer: Actor, database: Database) -> None:
    row = await knowledge.create(trainer, SHOP, an_article(body="第一版"))
    await knowledge.change(trainer, SHOP, row.id, changed(an_article(), 1, body="第二版"))
    await knowledge.archive(trainer, SHOP, row.id)
    await knowledge.archive(trainer, SHOP, row.id)
    versions = await knowledge.versions(trainer, SHOP, row.id)
    assert [(v.version, v.body, v.status, v.saved_by) for v in versions] == [
        (3, "第二版", "archived", "试用员"),
        (2, "第二版", "published", "试用员"),
        (1, "第一版", "published", "试用员"),
    ]
    async with database.read() as unit:
        actions = (await unit.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all()
    assert actions == ["article.created", "article.changed", "article.archived"]


async def test_a_save_on_an_old_version_changes_nothing(knowledge: Knowledge, trainer: Actor) -> None:
    row = await knowledge.create(trainer, SHOP, an_article())
    await knowledge.change(trainer, SHOP, row.id, changed(an_article(), 1, title="退货运费说明"))
    with pytest.raises(Conflict):
        await knowledge.change(trainer, SHOP, row.id, changed(an_article(), 1, title="别人的退货运费"))
    assert titles(knowledge, "退货运费") == ["退货运费说明"]
    assert len(await knowledge.versions(trainer, SHOP, row.id)) == 2


async def test_a_window_that_ends_before_it_starts_is_refused(knowledge: Knowledge, trainer: Actor, database: Database) -> None:
    with pytest.raises(WindowReversed):
        await knowledge.create(trainer, SHOP, an_article(effective_from=2 * HOUR, effective_until=HOUR))
    assert await _rows(database) == (0, 0, 0)


async def test_without_the_permission_nothing_changes(knowledge: Knowledge, trainer: Actor, database: Database) -> None:
    row = await knowledge.create(trainer, SHOP, an_article())
    before = await _rows(database)
    agent = an_agent()
    for refused in (
        knowledge.create(agent, SHOP, an_article("新的")),
        knowledge.change(agent, SHOP, row.id, changed(an_article("改过的"), 1)),
        knowledge.archive(agent, SHOP, row.id),
        knowledge.restore(agent, SHOP, row.id, 1, 1),
        knowledge.draft_for_gap(agent, SHOP, new_id()),
        knowledge.gaps.dismiss(agent, SHOP, new_id()),
        knowledge.gaps.reopen(agent, SHOP, new_id()),
        knowledge.import_file(agent, SHOP, b"title,body\na,b", "table", UTC),
        knowledge.load_articles(agent, SHOP, [an_article("批量")]),
    ):
        with pytest.raises(Forbidden):
            await refused
    with pytest.raises(NotFound):
        await knowledge.load_articles(system_actor(OTHER), SHOP, [an_article("批量")])
    assert await _rows(database) == before
    assert (await knowledge.article(agent, SHOP, row.id)).title == "退货运费谁出"


async def test_reading_needs_its_permission_too(knowledge: Knowledge) -> None:
    nobody = Actor("staff", new_id(), "无权", frozenset({SHOP}))
    with pytest.raises(Forbidden):
        knowledge.find(nobody, SHOP, "退货", "staff", 5)
    with pytest.raises(Forbidden):
        await knowledge.articles(nobody, SHOP, None, None, None, 10)


async def test_loading_again_changes_only_what_differs(knowledge: Knowledge, database: Database) -> None:
    house = system_actor(SHOP)
    three = [an_article(f"第{n}条", topic="policy.test") for n in range(3)]
    assert await knowledge.load_articles(house, SHOP, three) == 3
    assert await knowledge.load_articles(house, SHOP, three) == 0
    three[1] = an_article("第1条", "新的说法", topic="policy.test")
    assert await knowledge.load_articles(house, SHOP, three) == 1
    assert (await _rows(database))[:2] == (3, 4)
    assert "新的说法" in [hit.body for hit in knowledge.search(SHOP, "第1条")]


async def test_a_list_is_read_page_by_page_without_gaps(knowledge: Knowledge, trainer: Actor) -> None:
    await knowledge.load_articles(trainer, SHOP, [an_article("同名", topic=f"t{n}") for n in range(7)])
    await knowledge.create(trainer, SHOP, an_article("草稿", status="draft"))
    seen, cursor = [], None
    while True:
        page = await knowledge.articles(trainer, SHOP, "published", None, cursor, 3)
        seen += [row.topic for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == [f"t{n}" for n in range(7)]
    assert len((await knowledge.articles(trainer, SHOP, None, None, None, 50)).items) == 8


async def test_a_restart_finds_the_same_whatever_the_index_folder_held(
    database: Database, clock: FixedClock, tmp_path: Path, trainer: Actor
) -> None:
    folder = tmp_path / "index"
    first = Knowledge(database, clock, folder)
    await first.start()
    await first.create(trainer, SHOP, an_article(topic="policy.freight"))
    first.stop()
    for path in folder.iterdir():
        path.write_bytes(b"broken")
    second = Knowledge(database, clock, folder)
    await second.start()
    assert titles(second, "退货运费") == ["退货运费谁出"]
    assert second.by_topic(SHOP, "policy.freight") is not None
    second.stop()


async def test_when_the_index_fails_the_save_stands_and_the_next_one_heals_it(
    knowledge: Knowledge, trainer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError(28, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(knowledge._shelf._index, "write", fail)
        row = await knowledge.create(trainer, SHOP, an_article("发票怎么开"))
    assert (await knowledge.article(trainer, SHOP, row.id)).title == "发票怎么开"
    await knowledge.create(trainer, SHOP, an_article("积分怎么用"))
    assert titles(knowledge, "发票") == ["发票怎么开"]


async def _rows(database: Database) -> tuple[int, int, int]:
    async with database.read() as unit:
        counts = [await unit.scalar(select(func.count()).select_from(table)) for table in (Article, ArticleVersion, AuditEntry)]
    return (counts[0] or 0, counts[1] or 0, counts[2] or 0)


async def test_a_repeated_search_is_answered_from_memory_until_an_article_changes(knowledge: Knowledge, trainer: Actor) -> None:
    await knowledge.create(trainer, SHOP, an_article("退货运费谁出"))
    first = knowledge.search(SHOP, "退货运费")
    first.clear()  # what one caller does with its list is not the next one's business
    assert titles(knowledge, "退货运费") == titles(knowledge, " 退货运费 ") == ["退货运费谁出"]
    await knowledge.create(trainer, SHOP, an_article("退货运费险怎么用", "退货运费险自动赔付。"))
    assert set(titles(knowledge, "退货运费")) == {"退货运费谁出", "退货运费险怎么用"}
    assert titles(knowledge, "退货运费", shop=OTHER) == []
    for hit in knowledge.search(SHOP, "退货运费"):
        await knowledge.archive(trainer, SHOP, hit.article_id)
    assert titles(knowledge, "退货运费") == []


async def test_an_article_that_goes_out_of_effect_is_soon_forgotten_though_searched_before(
    knowledge: Knowledge, trainer: Actor, clock: FixedClock
) -> None:
    await knowledge.create(trainer, SHOP, an_article("退货运费谁出", effective_until=clock.ms() + HOUR))
    assert titles(knowledge, "退货运费") == ["退货运费谁出"]
    clock.move(hours=2)
    assert titles(knowledge, "退货运费") == []


async def test_staff_searches_are_kept_apart_from_those_of_customers(knowledge: Knowledge, trainer: Actor) -> None:
    await knowledge.create(trainer, SHOP, an_article("退货运费内部口径", audience="staff"))
    assert titles(knowledge, "退货运费", "staff") == ["退货运费内部口径"]
    assert titles(knowledge, "退货运费", "customer") == []


def test_no_more_searches_are_remembered_than_fit(clock: FixedClock) -> None:
    recent = RecentSearches(clock)
    for n in range(KEEP_MOST + 1):
        recent.put((SHOP, str(n), "customer", 5), [], None)
        recent.get((SHOP, "0", "customer", 5))
    assert recent.get((SHOP, "0", "customer", 5)) == []
    assert recent.get((SHOP, "1", "customer", 5)) is None


async def test_an_article_is_found_from_the_moment_it_comes_into_effect_though_searched_just_before(
    knowledge: Knowledge, trainer: Actor, clock: FixedClock
) -> None:
    start = clock.ms() + 2_000
    await knowledge.create(trainer, SHOP, an_article("大促发货", effective_from=start, effective_until=start + 2_000))
    seen = []
    for _ in range(5):
        seen.append(titles(knowledge, "发货"))
        clock.move(seconds=1)
    assert seen == [[], [], ["大促发货"], ["大促发货"], []]


async def test_what_another_process_changes_is_noticed_by_looking_again(
    knowledge: Knowledge, trainer: Actor, database: Database, clock: FixedClock
) -> None:
    mine = await knowledge.create(trainer, SHOP, an_article("发票怎么开", topic="policy.invoice"))
    other = Knowledge(database, clock)
    theirs = await other.create(trainer, SHOP, an_article("发票抬头怎么改"))
    assert titles(knowledge, "发票") == ["发票怎么开"]
    await knowledge._shelf.look_again()
    assert set(titles(knowledge, "发票")) == {"发票怎么开", "发票抬头怎么改"}

    await other.change(trainer, SHOP, mine.id, changed(an_article("发票在哪里开", topic="policy.bill"), 1))
    await other.archive(trainer, SHOP, theirs.id)
    await knowledge._shelf.look_again()
    assert titles(knowledge, "发票") == ["发票在哪里开"]
    assert knowledge.by_topic(SHOP, "policy.invoice") is None
    assert knowledge.by_topic(SHOP, "policy.bill").version == 2  # type: ignore[union-attr]

    clock.move(hours=1)
    await other.archive(trainer, SHOP, mine.id)
    await knowledge._shelf.look_again()
    assert titles(knowledge, "发票") == []


async def test_looking_again_reads_nothing_more_when_nothing_changed(
    knowledge: Knowledge, trainer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await knowledge.create(trainer, SHOP, an_article())
    for _ in range(3):
        await knowledge._shelf.look_again()

    async def never(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("xinfu.knowledge.repository.changed_since", never)
    await knowledge._shelf.look_again()
    monkeypatch.undo()
    await knowledge.create(trainer, SHOP, an_article("发票"))
    await knowledge._shelf.look_again()
    assert titles(knowledge, "发票") == ["发票"]


async def test_an_index_that_failed_is_healed_by_looking_again(
    knowledge: Knowledge, trainer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError(28, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(knowledge._shelf._index, "write", fail)
        await knowledge.create(trainer, SHOP, an_article("发票怎么开"))
    await knowledge._shelf.look_again()
    assert titles(knowledge, "发票") == ["发票怎么开"]


async def test_an_old_version_can_be_read_and_brought_back_as_it_stood(knowledge: Knowledge, trainer: Actor, clock: FixedClock) -> None:
    first = an_article("旧标题", "旧正文", owner="小林", keywords=["邮费"], review_on=clock.ms(), effective_until=clock.ms() + HOUR)
    row = await knowledge.create(trainer, SHOP, first)
    await knowledge.change(trainer, SHOP, row.id, changed(an_article("新标题", "新正文"), 1))
    old = await knowledge.version(trainer, SHOP, row.id, 1)
    assert (old.title, old.owner, old.keywords, old.saved_by_id) == ("旧标题", "小林", ["邮费"], trainer.id)
    with pytest.raises(Conflict):
        await knowledge.restore(trainer, SHOP, row.id, 1, 1)
    with pytest.raises(NotFound):
        await knowledge.restore(trainer, SHOP, row.id, 9, 2)
    await knowledge.restore(trainer, SHOP, row.id, 1, 2)
    assert titles(knowledge, "邮费") == ["旧标题"]
    newest, *_ = await knowledge.versions(trainer, SHOP, row.id)
    back = await knowledge.article(trainer, SHOP, row.id)
    assert (newest.version, newest.restored_from, back.owner, back.body) == (3, 1, "小林", "旧正文")
    assert back.effective_until == old.effective_until
    assert back.review_on == old.review_on


async def test_an_archived_article_comes_back_by_restoring(knowledge: Knowledge, trainer: Actor) -> None:
    row = await knowledge.create(trainer, SHOP, an_article())
    await knowledge.archive(trainer, SHOP, row.id)
    await knowledge.restore(trainer, SHOP, row.id, 1, 2)
    assert titles(knowledge, "退货运费") == ["退货运费谁出"]


async def test_those_due_for_review_are_listed_longest_overdue_first(knowledge: Knowledge, trainer: Actor, clock: FixedClock) -> None:
    day = 24 * HOUR
    for title, on in (("明天", day), ("昨天", -day), ("前天", -2 * day), ("今天", 0)):
        await knowledge.create(trainer, SHOP, an_article(title, review_on=clock.ms() + on))
    await knowledge.create(trainer, SHOP, an_article("不用看"))
    gone = await knowledge.create(trainer, SHOP, an_article("已归档", review_on=clock.ms() - day))
    await knowledge.archive(trainer, SHOP, gone.id)
    assert [row.title for row in await knowledge.due(an_agent(), SHOP, 0)] == ["前天", "昨天", "今天"]
    assert [row.title for row in await knowledge.due(an_agent(), SHOP, 1)][-1] == "明天"
    assert await knowledge.due(a_trainer(OTHER), OTHER, 1) == []
