"""Unanswered questions: noted without waiting, grouped by what they ask, drafted in one step, answered when the article is out."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.knowledge.builders import OTHER, SHOP, a_trainer, an_agent
from tests.knowledge.test_articles import changed
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid, NotFound
from xinfu.kit.ids import new_id
from xinfu.knowledge import ArticleIn, Knowledge
from xinfu.knowledge.errors import GapState, NotWritten
from xinfu.knowledge.grouping import WORDINGS, Groups, alike, grams, normalised
from xinfu.knowledge.model import Article, KnowledgeGap


@pytest.fixture
async def knowledge(database: Database, clock: FixedClock) -> AsyncIterator[Knowledge]:
    knowledge = Knowledge(database, clock)
    await knowledge.start()
    yield knowledge
    knowledge.stop()


async def noted(knowledge: Knowledge, *questions: str, shop: str = SHOP, intent: str = "other") -> list[KnowledgeGap]:
    for question in questions:
        knowledge.gaps.note(shop, question, intent, new_id())
    await knowledge.gaps.flush()
    return list((await knowledge.gaps.page(a_trainer(shop), shop, None, None, 100)).items)


async def test_the_same_question_in_other_words_is_one_gap(knowledge: Knowledge, clock: FixedClock) -> None:
    [first] = await noted(knowledge, "耳机能不能刻字")
    clock.move(hours=1)
    [one] = await noted(knowledge, "你好,请问耳机可以刻字吗?", "耳机刻字")
    assert (one.id, one.question, one.times) == (first.id, "耳机能不能刻字", 3)
    assert one.wordings == ["你好,请问耳机可以刻字吗?", "耳机刻字"]
    assert (one.first_asked_at, one.last_asked_at) == (first.first_asked_at, clock.now())
    most, other = await noted(knowledge, "充电宝能带上飞机吗")
    assert (most.times, other.times) == (3, 1)


async def test_groups_are_known_again_after_a_restart(knowledge: Knowledge, database: Database, clock: FixedClock) -> None:
    await noted(knowledge, "有没有学生优惠", "我是学生,可以优惠吗")
    again = Knowledge(database, clock)
    [one] = await noted(again, "学生优惠怎么弄", "我是学生 可以优惠么")
    assert one.times == 4


async def test_shops_have_their_own_questions(knowledge: Knowledge) -> None:
    await noted(knowledge, "有实体店吗")
    [theirs] = await noted(knowledge, "有实体店吗", shop=OTHER)
    assert (theirs.times, theirs.shop_id) == (1, OTHER)
    for refused in (
        knowledge.draft_for_gap(a_trainer(), SHOP, theirs.id),
        knowledge.gaps.dismiss(a_trainer(), SHOP, theirs.id),
        knowledge.gaps.page(a_trainer(OTHER), SHOP, None, None, 5),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_what_says_nothing_or_belongs_to_nobody_is_not_kept_and_numbers_are_left_out(knowledge: Knowledge) -> None:
    knowledge.gaps.note(SHOP, "有实体店吗", "other", "not an id")
    [one] = await noted(knowledge, " ", "??", "\x00", "订单 202601010001 可以刻字吗,电话 13800001234")
    assert one.question == "订单 … 可以刻字吗,电话 …"


async def test_a_gap_becomes_a_draft_and_is_answered_once_that_is_out(knowledge: Knowledge, clock: FixedClock) -> None:
    trainer = a_trainer()
    [gap] = await noted(knowledge, "耳机能不能刻字", "耳机可以刻字吗")
    draft = await knowledge.draft_for_gap(trainer, SHOP, gap.id)
    assert (draft.title, draft.keywords, draft.status) == ("耳机能不能刻字", ["耳机可以刻字吗"], "draft")
    [gap] = await noted(knowledge, "耳机刻字吗")
    assert (gap.state, gap.article_id, gap.times) == ("drafted", draft.id, 3)
    with pytest.raises(GapState):
        await knowledge.draft_for_gap(trainer, SHOP, gap.id)
    same = ArticleIn(title=draft.title, body=draft.body, keywords=draft.keywords)
    with pytest.raises(NotWritten):
        await knowledge.change(trainer, SHOP, draft.id, changed(same, 1))
    await knowledge.change(trainer, SHOP, draft.id, changed(same, 1, body="可以,下单时备注。"))
    assert [row.state for row in await noted(knowledge)] == ["answered"]
    assert knowledge.search(SHOP, "耳机可以刻字吗")[0].article_id == draft.id

    [again] = await noted(knowledge, "耳机怎么刻字")
    assert (again.state, again.article_id) == ("open", draft.id)  # there is an article, and it was not found


async def test_a_draft_thrown_away_leaves_its_question_open(knowledge: Knowledge) -> None:
    trainer = a_trainer()
    [gap] = await noted(knowledge, "耳机能不能刻字")
    draft = await knowledge.draft_for_gap(trainer, SHOP, gap.id)
    await knowledge.archive(trainer, SHOP, draft.id)
    [gap] = await noted(knowledge)
    assert (gap.state, gap.article_id) == ("open", None)


async def test_a_dismissed_question_stays_so_when_asked_again_until_reopened(knowledge: Knowledge) -> None:
    trainer = a_trainer()
    [gap] = await noted(knowledge, "今天天气好吗")
    await knowledge.gaps.dismiss(trainer, SHOP, gap.id)
    [gap] = await noted(knowledge, "今天天气好吗")
    assert (gap.state, gap.times) == ("dismissed", 2)
    with pytest.raises(GapState):
        await knowledge.gaps.dismiss(trainer, SHOP, gap.id)
    assert (await knowledge.gaps.reopen(trainer, SHOP, gap.id)).state == "open"


async def test_without_the_permission_a_question_stays_as_it_is(knowledge: Knowledge, database: Database) -> None:
    [gap] = await noted(knowledge, "耳机能不能刻字")
    agent = an_agent()
    for refused in (
        knowledge.draft_for_gap(agent, SHOP, gap.id),
        knowledge.gaps.dismiss(agent, SHOP, gap.id),
        knowledge.gaps.reopen(agent, SHOP, gap.id),
    ):
        with pytest.raises(Forbidden):
            await refused
    async with database.read() as unit:
        assert (await unit.scalars(select(KnowledgeGap.state))).all() == ["open"]
        assert (await unit.scalars(select(Article.id))).all() == []


async def test_the_list_is_read_page_by_page_most_asked_first(knowledge: Knowledge) -> None:
    questions = ("耳机刻字", "充电宝上飞机", "学生优惠", "实体店在哪", "专票抬头")
    await noted(knowledge, *(q for n, q in enumerate(questions) for _ in range(n // 2 + 1)))
    seen, cursor = [], None
    while True:
        page = await knowledge.gaps.page(an_agent(), SHOP, "open", cursor, 2)
        seen += [row.times for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [3, 2, 2, 1, 1]
    with pytest.raises(Invalid):
        await knowledge.gaps.page(an_agent(), SHOP, "open", "nonsense", 2)


async def test_what_could_not_be_written_is_written_later(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    await noted(knowledge, "有实体店吗")

    async def fail(*_: object) -> None:
        raise OSError(28, "no space")

    knowledge.gaps.note(SHOP, "耳机刻字", "other", new_id())
    knowledge.gaps.note(SHOP, "有没有实体店", "other", new_id())
    with monkeypatch.context() as patched:
        patched.setattr("xinfu.knowledge.repository.gaps_of", fail)
        with pytest.raises(OSError, match="no space"):
            await knowledge.gaps.flush()
    assert sorted(row.times for row in await noted(knowledge)) == [1, 2]


ALIKE = (
    ("可以开专票吗", "能不能开专票"), ("支持花呗吗", "请问你们支持花呗付款吗"), ("有没有实体店", "你们有实体店吗?"),
    ("怎么注销账号", "我想注销账号怎么操作"), ("能寄到香港吗", "可以寄香港吗"), ("这个充电宝能带上飞机吗", "充电宝可以带上飞机不"),
    ("显卡支持以旧换新吗", "显卡可以以旧换新么"), ("可以代写贺卡吗", "能帮忙代写贺卡吗"), ("会员生日有礼物吗", "会员生日送礼物吗"),
    ("Do you have a showroom?", "is there a showroom"),
)  # fmt: skip
APART = (
    ("怎么退货", "怎么换货"), ("退货运费谁出", "换货运费谁出"), ("支持花呗吗", "支持分期吗"), ("能寄到香港吗", "能寄到新疆吗"),
    ("会员生日有礼物吗", "会员积分有效期"), ("显卡保修多久", "手机保修多久"), ("洗衣机怎么清洁", "空调怎么清洁"),
    ("几点上班", "几点发货"), ("有蓝色的吗", "有红色的吗"), ("do you sell gift cards", "do you sell laptops"),
)  # fmt: skip


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_alike_questions_meet(first: str, second: str) -> None:
    groups = Groups()
    groups.add("g", normalised(first), "other")
    assert groups.closest(normalised(second), "other") == "g"


@pytest.mark.parametrize(("first", "second"), APART)
def test_different_questions_stay_apart(first: str, second: str) -> None:
    groups = Groups()
    groups.add("g", normalised(first), "other")
    assert groups.closest(normalised(second), "other") is None


_words = st.text("退换耳机刻字能吗显卡保修 ab", max_size=12)


@given(_words, _words)
def test_being_alike_is_mutual_and_whole_with_oneself(a: str, b: str) -> None:
    one, other = grams(normalised(a)), grams(normalised(b))
    assert 0 <= alike(one, other) == alike(other, one) <= 1
    assert alike(one, one) == (1.0 if one else 0.0)


@given(st.lists(_words, max_size=40))
def test_a_question_is_always_found_again_word_for_word(questions: list[str]) -> None:
    groups, known = Groups(), {}
    for n, plain in enumerate(filter(None, map(normalised, questions))):
        group = groups.closest(plain, "other") or str(n)
        groups.add(group, plain, "other")
        assert known.setdefault(plain, group) == group


def test_a_group_is_known_by_a_limited_number_of_wordings() -> None:
    groups = Groups()
    for n in range(WORDINGS * 2):
        groups.add("g", f"耳机刻字{chr(0x4E00 + n)}", "other")
    assert len(groups._wordings) == WORDINGS
