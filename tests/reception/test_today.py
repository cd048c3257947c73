"""What the AI did on a day, where it gave up, and putting it right: on both stores."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conversations.support import SHOP, Centre
from xinfu.conversations.contracts import Handover, Incoming, Reply, Said
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid, NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.knowledge import ArticleIn, Knowledge
from xinfu.reception import AiDays, Corrections
from xinfu.reception.model import AiCorrection
from xinfu.reception.schemas import GaveUpOut
from xinfu.reception.today import kind_of

OTHER = "b" * 32
LEAD = Actor(
    "staff", new_id(), "周组长", frozenset({SHOP}),
    frozenset({Permission.METRICS_READ, Permission.CONVERSATIONS_READ_ALL, Permission.KNOWLEDGE_EDIT, Permission.KNOWLEDGE_READ}),
)  # fmt: skip
AGENT = Actor("staff", new_id(), "小林", frozenset({SHOP}), frozenset({Permission.CONVERSATIONS_SERVE}))


class ScriptedDesk:
    """Answers 'act/why' with exactly that; anything else is answered."""

    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        return [self._one(i.message.text) for i in batch]

    @staticmethod
    def _one(text: str) -> Reply:
        act, _, why = text.partition("/")
        data: dict[str, Any] = {"act": act, "intent": "delivery_fee", "p": 0.8} | ({"why": why} if why else {})
        handover = Handover("asked", {}) if why == "asked" else None
        return Reply([Said("答：" + text, data=data)], {}, handover)


@pytest.fixture
async def centre(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock) -> AsyncIterator[Centre]:
    centre = Centre(data_dir, postgres_dsn, clock)
    centre.intake.responder = ScriptedDesk()
    await centre.start()
    yield centre
    await centre.stop()


async def talked(centre: Centre, *texts: str, shop: Id = SHOP) -> Id:
    c = await centre.opened(shop)
    for text in texts:
        await centre.say(c.id, text)
    return c.id


@pytest.mark.parametrize(
    ("act", "why", "kind"),
    [
        ("order", "", "answered"), ("order+article", "", "answered"), ("perform", "", "acted"), ("article+preview", "", "shown"),
        ("orders_ask", "", "asked_back"), ("rephrase", "unsure", "asked_back"), ("unknown_fact", "unsure", "no_answer"),
        ("article", "replaced", "no_answer"), ("hand_over", "danger", "handed_over"), ("order", "person_needed", "handed_over"),
    ],
)  # fmt: skip
def test_an_answer_is_counted_as_one_kind(act: str, why: str, kind: str) -> None:
    assert kind_of(act, why) == kind


async def test_a_day_counts_what_was_answered_done_asked_and_handed_over(centre: Centre, clock: FixedClock) -> None:
    await talked(centre, "order", "article", "perform", "preview", "orders_ask", "article/replaced", "hand_over/asked")
    await talked(centre, "order", shop=OTHER)
    days = AiDays(centre.store, centre.settings, clock)
    day = await days.day(LEAD, SHOP)
    assert day.total == 7 and day.replaced == 1 and day.by_reason == {"asked": 1}
    assert day.kinds == {"answered": 2, "acted": 1, "shown": 1, "asked_back": 1, "no_answer": 1, "handed_over": 1}
    assert day.by_intent["delivery_fee"].total() == 7
    clock.move(days=1)
    assert (await days.day(LEAD, SHOP)).total == 0


async def test_where_it_gave_up_is_listed_with_what_was_said_page_by_page(centre: Centre, clock: FixedClock) -> None:
    for i in range(3):
        await talked(centre, "order", f"unknown_fact{i}/unsure")
        clock.move(seconds=5)
    days = AiDays(centre.store, centre.settings, clock)
    first = await days.gave_up(LEAD, SHOP, None, 2)
    second = await days.gave_up(LEAD, SHOP, first.next, 2)
    assert [t.text for t in (*first.items, *second.items)] == [f"unknown_fact{i}/unsure" for i in (2, 1, 0)]
    assert second.next is None and {(t.seq, t.answer_seq, t.why, t.p) for t in first.items} == {(3, 4, "unsure", 0.8)}


async def test_only_those_who_may_look_do(centre: Centre, clock: FixedClock) -> None:
    days = AiDays(centre.store, centre.settings, clock)
    with pytest.raises(Forbidden):
        await days.day(AGENT, SHOP)
    with pytest.raises(Forbidden):
        await days.gave_up(AGENT, SHOP, None, 10)
    with pytest.raises(NotFound):
        await days.day(LEAD, OTHER)


class Taught:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str | None, str]] = []

    async def __call__(self, actor: Actor, shop_id: Id, text: str, before: str | None, intent: str) -> None:
        self.lines.append((text, before, intent))


async def test_the_right_intent_is_kept_and_taught_and_the_last_word_counts(centre: Centre, database: Database, clock: FixedClock) -> None:
    conversation = await talked(centre, "order", "运费险是啥/unsure")
    taught = Taught()
    corrections = Corrections(database, clock, centre.store, Knowledge(database, clock), taught)
    await corrections.correct(LEAD, SHOP, conversation, 3, intent="coupon")
    row = await corrections.correct(LEAD, SHOP, conversation, 4, intent="return_logistics")
    assert (row.seq, row.text, row.read_as, row.intent) == (3, "运费险是啥/unsure", "delivery_fee", "return_logistics")
    assert taught.lines == [("运费险是啥/unsure", "答：order", i) for i in ("coupon", "return_logistics")]
    async with database.read() as unit:
        assert len((await unit.scalars(select(AiCorrection))).all()) == 1


async def test_the_article_that_answers_is_found_by_the_question_from_then_on(
    centre: Centre, database: Database, clock: FixedClock
) -> None:
    conversation = await talked(centre, "买水能扛上楼吗/unsure")
    knowledge = Knowledge(database, clock)
    await knowledge.start()
    article = await knowledge.create(LEAD, SHOP, ArticleIn(title="电梯房配送", body="有电梯送到家门口。"))
    corrections = Corrections(database, clock, centre.store, knowledge)
    row = await corrections.correct(LEAD, SHOP, conversation, 1, article_id=article.id)
    assert row.article_id == article.id
    assert (await knowledge.article(LEAD, SHOP, article.id)).keywords == ["买水能扛上楼吗/unsure"]
    knowledge.stop()


async def test_what_nobody_wrote_becomes_a_draft(centre: Centre, database: Database, clock: FixedClock) -> None:
    conversation = await talked(centre, "可以开车来自提吗/unsure")
    knowledge = Knowledge(database, clock)
    row = await Corrections(database, clock, centre.store, knowledge).correct(LEAD, SHOP, conversation, 1, write=True)
    assert row.article_id
    draft = await knowledge.article(LEAD, SHOP, row.article_id)
    assert (draft.title, draft.status) == ("可以开车来自提吗/unsure", "draft")


async def test_a_correction_that_may_not_be_or_says_nothing_changes_nothing(centre: Centre, database: Database, clock: FixedClock) -> None:
    conversation = await talked(centre, "order")
    elsewhere = await talked(centre, "order", shop=OTHER)
    corrections = Corrections(database, clock, centre.store, Knowledge(database, clock))
    with pytest.raises(Forbidden):
        await corrections.correct(AGENT, SHOP, conversation, 1, intent="coupon")
    for refusal, where, given in (
        (Invalid, conversation, {"intent": "no such intent"}),
        (Invalid, conversation, {}),
        (NotFound, elsewhere, {"intent": "coupon"}),
        (NotFound, new_id(), {"intent": "coupon"}),
        (NotFound, conversation, {"article_id": new_id()}),
    ):
        with pytest.raises(refusal):
            await corrections.correct(LEAD, SHOP, where, 1, **given)  # type: ignore[arg-type]
    async with database.read() as unit:
        assert (await unit.scalars(select(AiCorrection))).all() == []
    await asyncio.sleep(0)


async def test_the_list_tells_what_was_put_right_already(centre: Centre, database: Database, clock: FixedClock) -> None:
    conversation = await talked(centre, "运费险是啥/unsure", "能自提吗/unsure")
    corrections = Corrections(database, clock, centre.store, Knowledge(database, clock))
    await corrections.correct(LEAD, SHOP, conversation, 1, intent="coupon")
    page = await AiDays(centre.store, centre.settings, clock).gave_up(LEAD, SHOP, None, 10)
    told = GaveUpOut.of(page, await corrections.of_conversations(LEAD, SHOP, {conversation}))
    assert {item.seq: item.corrected.intent if item.corrected else None for item in told.items} == {1: "coupon", 3: None}
    assert await corrections.of_conversations(Actor("staff", "x", "x", frozenset({OTHER}), LEAD.permissions), OTHER, {conversation}) == {}
    with pytest.raises(Forbidden):
        await corrections.of_conversations(Actor("staff", "x", "x", frozenset({SHOP}), frozenset()), SHOP, {conversation})
