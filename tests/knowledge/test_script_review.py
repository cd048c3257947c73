"""Shared scripts: a second person reviews them, they are rehearsed on samples, and what became of their use is counted."""

import pytest
from hypothesis import given as any_given
from hypothesis import strategies as st

from tests.knowledge.builders import SHOP, a_sample, a_script, a_trainer, an_agent
from tests.knowledge.test_scripts import approved, changed, titles
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, NotFound
from xinfu.kit.ids import new_id
from xinfu.knowledge import Scripts
from xinfu.knowledge.errors import NotInReview, OwnWords, UnknownVariable
from xinfu.knowledge.policy import VARIABLES, fits, phrases, render, variables
from xinfu.knowledge.schemas_scripts import RehearseIn


@pytest.fixture
def scripts(database: Database, clock: FixedClock) -> Scripts:
    return Scripts(database, clock)


async def test_nobody_approves_or_returns_their_own_words(scripts: Scripts) -> None:
    author, second = a_trainer(), a_trainer()
    row = await scripts.create(author, SHOP, a_script(shared=True))
    await scripts.submit(author, SHOP, row.id, 1)
    for refused in (scripts.approve(author, SHOP, row.id, 2), scripts.send_back(author, SHOP, row.id, 2, "再想想")):
        with pytest.raises(OwnWords):
            await refused
    returned = await scripts.send_back(second, SHOP, row.id, 2, "少一句道歉")
    assert (returned.status, returned.review_note, returned.reviewer_id) == ("returned", "少一句道歉", second.id)
    assert await scripts.in_review(second, SHOP) == []
    await scripts.submit(author, SHOP, row.id, 3)
    assert (await scripts.approve(second, SHOP, row.id, 4)).status == "approved"


async def test_whoever_changes_words_is_their_author_and_they_need_review_again(scripts: Scripts) -> None:
    second = a_trainer()
    row = await approved(scripts, a_script(shared=True))
    await scripts.change(second, SHOP, row.id, changed(a_script(shared=True), 3, body="改过的话"))
    assert await titles(scripts, an_agent()) == []
    await scripts.submit(a_trainer(), SHOP, row.id, 4)
    with pytest.raises(OwnWords):
        await scripts.approve(second, SHOP, row.id, 5)


async def test_only_what_was_read_and_stands_in_review_is_approved(scripts: Scripts) -> None:
    author, second = a_trainer(), a_trainer()
    row = await scripts.create(author, SHOP, a_script(shared=True))
    with pytest.raises(NotInReview):
        await scripts.approve(second, SHOP, row.id, 1)
    await scripts.submit(author, SHOP, row.id, 1)
    with pytest.raises(NotInReview):
        await scripts.submit(author, SHOP, row.id, 2)
    with pytest.raises(Conflict):
        await scripts.approve(second, SHOP, row.id, 1)
    own = await scripts.create(author, SHOP, a_script("我的"))
    with pytest.raises(NotInReview):
        await scripts.submit(author, SHOP, own.id, 1)
    with pytest.raises(NotFound):
        await scripts.approve(second, SHOP, own.id, 1)
    assert [r.id for r in await scripts.in_review(second, SHOP)] == [row.id]


async def test_what_comes_with_the_house_is_approved_and_what_a_person_loads_is_not(scripts: Scripts) -> None:
    await scripts.load_scripts(a_trainer(), SHOP, [a_script("店里的")])
    assert await titles(scripts, an_agent()) == []
    assert await titles(scripts, a_trainer(), everything=True) == ["店里的"]


async def test_scripts_are_suggested_for_what_was_said(scripts: Scripts) -> None:
    await approved(scripts, a_script("退款到账", shared=True))
    await approved(scripts, a_script("开票", keywords=["电子发票"], shared=True))
    await scripts.create(a_trainer(), SHOP, a_script("退款说明", shared=True))
    agent = an_agent()
    assert [s.title for s in await scripts.suggest(agent, SHOP, "退款怎么还没到账呢")] == ["退款到账"]
    assert [s.title for s in await scripts.suggest(agent, SHOP, "能开电子发票吗")] == ["开票"]
    assert await scripts.suggest(agent, SHOP, "今天天气不错") == await scripts.suggest(agent, SHOP, "") == []


async def test_a_rehearsal_shows_where_words_would_be_offered_and_how_they_read(scripts: Scripts) -> None:
    trainer = a_trainer()
    await scripts.rehearsals.create(trainer, SHOP, a_sample("一、催退款", "你好", "退款到账要几天", 客户="王女士"))
    await scripts.rehearsals.create(trainer, SHOP, a_sample("二、问尺码", "这件衣服偏大吗"))
    for n in range(3):
        await approved(scripts, a_script(f"退款到账要几天{'呢' * n}", keywords=["退款到账要几天"], shared=True))
    first, second = await scripts.rehearsals.rehearse(trainer, SHOP, RehearseIn(title="退款到账", body="{客户}您好。"))
    assert [(s.line, s.text, s.place) for s in first.suggested] == [(1, "退款到账要几天", 1)]
    assert (first.rendered, first.missing) == ("王女士您好。", [])
    assert (second.suggested, second.rendered, second.missing) == ([], None, ["{客户}"])
    [behind, _] = await scripts.rehearsals.rehearse(trainer, SHOP, RehearseIn(title="退款到账在哪里", keywords=["退款查询到账"], body="好"))
    assert behind.suggested == []  # three others fit better: nobody would see it
    with pytest.raises(UnknownVariable):
        await scripts.rehearsals.rehearse(trainer, SHOP, RehearseIn(title="退款", body="{密码}"))
    with pytest.raises(UnknownVariable):
        await scripts.rehearsals.create(trainer, SHOP, a_sample("三", 密码="1"))


async def test_another_shops_samples_are_out_of_reach(scripts: Scripts) -> None:
    row = await scripts.rehearsals.create(a_trainer(), SHOP, a_sample())
    stranger = a_trainer("b" * 32)
    assert await scripts.rehearsals.samples(stranger, "b" * 32) == []
    for refused in (
        scripts.rehearsals.change(stranger, "b" * 32, row.id, a_sample("改")),
        scripts.rehearsals.delete(stranger, "b" * 32, row.id),
        scripts.rehearsals.samples(stranger, SHOP),
    ):
        with pytest.raises(NotFound):
            await refused
    [kept] = await scripts.rehearsals.samples(a_trainer(), SHOP)
    assert kept.title == "催退款"
    await scripts.rehearsals.delete(a_trainer(), SHOP, row.id)
    assert await scripts.rehearsals.samples(a_trainer(), SHOP) == []


async def test_what_became_of_each_use_is_counted_once_a_conversation(scripts: Scripts, clock: FixedClock) -> None:
    agent, row = an_agent(), await approved(scripts, a_script(shared=True))
    mine = await scripts.create(an_agent(), SHOP, a_script("别人的"))
    ended, rated, back = new_id(), new_id(), new_id()
    for conversation in (ended, ended, rated, back):
        await scripts.used(agent, SHOP, row.id, conversation)
    await scripts.note_outcome(SHOP, ended, resolved=True)
    await scripts.note_outcome(SHOP, rated, resolved=False, rating=4)
    await scripts.note_outcome(SHOP, ended, rating=5)
    await scripts.note_outcome(SHOP, back, handed_back=True)
    await scripts.note_outcome("b" * 32, back, resolved=True, rating=1)
    [counted] = await scripts.outcomes(agent, SHOP, 30)
    assert (counted.script_id, counted.uses, counted.conversations) == (row.id, 4, 3)
    assert (counted.resolved, counted.handed_back, counted.rated, counted.rating) == (1, 1, 2, 4.5)
    assert mine.id not in [o.script_id for o in await scripts.outcomes(agent, SHOP, 30)]
    clock.move(days=31)
    assert await scripts.outcomes(agent, SHOP, 30) == []


_filled = st.lists(st.sampled_from([*VARIABLES, "您好", ",", "1"]), max_size=12).map("".join)


@any_given(_filled, st.dictionaries(st.sampled_from(VARIABLES), st.sampled_from(["王女士", "A{1", "$1\\1"])))
def test_what_is_rendered_has_every_known_variable_filled_and_names_the_rest(body: str, values: dict[str, str]) -> None:
    text, missing = render(body, values)
    assert missing == tuple(name for name in variables(body) if name not in values)
    expected = body
    for name in VARIABLES:
        expected = expected.replace(name, values.get(name, name))
    assert text == expected


@any_given(st.text("退款到账多久", max_size=8), st.text("退款到账多久", min_size=2, max_size=6))
def test_a_script_fits_wholly_when_its_title_was_said(around: str, title: str) -> None:
    said = phrases(around + title, ())[0]
    assert fits(said, phrases(title, ["别的词"])) == 1.0
    assert 0 <= fits(said, phrases("发票抬头", [])) < 0.5
