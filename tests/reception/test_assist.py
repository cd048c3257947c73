"""Help for whoever serves a conversation: drafts, next steps, knowledge and the wrap-up, on both stores, seen by nobody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.support import SERVES, SHOP, Centre, agent, lead
from tests.reception.desk import (
    ARTICLES,
    NOW,
    SHIRT,
    Books,
    Papers,
    Rules,
    Shelf,
    a_parcel,
    a_reading,
    a_scan,
    an_order,
    attribute_of,
    number,
    order_card,
)
from tests.reception.llm_server import saying, serving
from tests.reception.llm_support import Purse, Setups
from xinfu.commerce.contracts import Order
from xinfu.conversations.cards import Attachment
from xinfu.conversations.contracts import Summary
from xinfu.identity.contracts import Permission, ShopSettings
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.kit.ids import Id
from xinfu.reception import Reception
from xinfu.reception.assist import Assist
from xinfu.reception.assist_policy import OUTCOMES
from xinfu.reception.assist_schemas import WrapupIn
from xinfu.reception.assist_words import words
from xinfu.reception.llm import Llm
from xinfu.reception.llm_errors import OutcomeUnknown
from xinfu.reception.llm_settings import LlmSettings
from xinfu.understanding.contracts import Reading

SERVING = SERVES | {
    Permission.KNOWLEDGE_READ,
    Permission.ORDERS_READ,
    Permission.AFTERSALES_READ,
    Permission.ORDERS_URGE,
    Permission.AFTERSALES_REQUEST,
}
INTENTS = {
    "快递": "logistics_tracking", "退": "refund_request", "取消": "order_cancel", "坏": "transport_damage", "谢谢": "thanks_bye",
    "人工": "human_request", "洗": "product_attribute", "发货": "dispatch_time", "退换规定": "after_sales_policy", "嗯哼": "unknown",
}  # fmt: skip


class Ears:
    """Understands a few words; 气死 is anger, 去死 abuse."""

    def read(self, texts: Any, before: Any = None, shops: Any = None) -> list[Reading]:
        return [self.one(text) for text in texts]

    @staticmethod
    def one(text: str) -> Reading:
        intent = next((v for k, v in INTENTS.items() if k in text), "unknown")
        entities = (number(text, "XF2603080001"),) if "XF2603080001" in text else ()
        angry = "气死" in text
        return a_reading(intent, emotion="anger" if angry else "calm", intensity=3 if angry else 0, abuse="去死" in text, entities=entities)


@dataclass
class Script:
    id: str
    title: str
    body: str
    keywords: list[str]


class Scripts:
    async def suggest(self, actor: Actor, shop_id: Id, said: str) -> list[Script]:
        return [Script("s1", "催件安抚", "已经在催快递了，请您放心。", ["快递"])] if "快递" in said else []


@dataclass
class Entry:
    at: Any
    zh: str = "催了快递"
    en: str = "parcel urged"


class Log:
    """What was done to orders and asked for them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.readers: list[Actor] = []

    async def history(self, actor: Actor, shop_id: Id, order_no: str, *, for_customer: Id | None = None) -> list[Entry]:
        self.readers.append(actor)
        return self.entries

    async def of_customer(self, actor: Actor, shop_id: Id, customer_id: Id, limit: int = 30) -> list[Any]:
        return []


class Room:
    """A conversation with an agent in it, and the assistance beside it."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.books = Books()
        self.setups = Setups(None)
        self.purse = Purse()
        self.log = Log()
        clock, rules, papers, shelf = centre.clock, Rules(ShopSettings()), Papers(*ARTICLES), Shelf(SHIRT)
        papers.search = lambda shop_id, query, audience="customer", limit=5: Papers.search(papers, shop_id, query, "customer", limit)  # type: ignore[method-assign]
        self.llm = Llm(self.setups, self.purse, self.books, shelf, papers, rules, clock)  # type: ignore[arg-type]
        drafter = Reception(self.books, shelf, papers, rules, lambda shop_id: True, order_card, attribute_of, clock)
        self.assist = Assist(
            centre.conversations,
            Ears(),
            drafter,
            papers,
            Scripts(),
            self.books,
            self.log,
            self.log,
            rules,
            self.llm,
            clock,  # type: ignore[arg-type]
        )
        centre.intake._reader = Ears()  # type: ignore[assignment]
        self.me = agent("小林", SERVING)

    async def served(self, *texts: str, orders: tuple[Order, ...] = ()) -> Summary:
        """The customer wrote these, asked for a person, and I took it."""
        c = await self.centre.opened()
        self.books.orders = [replace(o, shop_id=SHOP, customer_id=c.customer_id) for o in orders]
        for text in texts:
            await self.centre.say(c.id, text)
        await self.centre.say(c.id, "转人工")
        return await self.centre.conversations.accept(self.me, SHOP, c.id)

    async def answer(self, c: Summary, text: str) -> None:
        await self.centre.conversations.say(self.me, SHOP, c.id, text[:20], Attachment("text", text, None))

    async def state(self, c: Summary) -> tuple[Any, ...]:
        """Everything a refusal must not change."""
        head = await self.centre.store.head(c.id)
        return head, await self.centre.store.messages(c.id), await self.centre.store.notes(c.id)


@pytest.fixture
async def room(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock) -> AsyncIterator[Room]:
    centre = await Centre(data_dir, postgres_dsn, clock).start()
    yield Room(centre)
    await centre.stop()


def moving() -> Order:
    return an_order("XF2603080001", "shipped", a_parcel(a_scan(hours_ago=100), promised_in_days=-1))


async def test_a_draft_answers_the_question_before_the_wish_for_a_person_with_its_sources(room: Room) -> None:
    c = await room.served("我的快递 XF2603080001 到哪了", orders=(moving(),))
    draft = await room.assist.draft(room.me, SHOP, c.id, "zh-CN")
    assert draft.origin == "policy"
    assert "XF2603080001" in draft.text
    assert ("order", "id-XF2603080001") in {(s.kind, s.id) for s in draft.sources}
    assert draft.answers == [1]
    assert "转" not in draft.text.replace("中转", "").replace("转运", "").replace("转给同事", "")
    assert not draft.llm


async def test_a_draft_for_an_angry_customer_soothes_and_does_not_hand_over_again(room: Room) -> None:
    c = await room.served("气死我了，快递 XF2603080001 呢", orders=(moving(),))
    draft = await room.assist.draft(room.me, SHOP, c.id, "zh-CN")
    assert "XF2603080001" in draft.text
    assert draft.emotion == "anger"


async def test_several_unanswered_messages_are_answered_together_and_answered_ones_no_more(room: Room) -> None:
    c = await room.served("快递 XF2603080001 呢", orders=(moving(),))
    await room.answer(c, "我看一下")
    await room.centre.say(c.id, "洗")
    await room.centre.say(c.id, "退货规定是什么")
    draft = await room.assist.draft(room.me, SHOP, c.id, "zh-CN")
    assert len(draft.answers) == 2


async def test_where_there_is_no_answer_the_draft_says_so_instead_of_guessing(room: Room) -> None:
    c = await room.served("嗯哼哼哼")
    draft = await room.assist.draft(room.me, SHOP, c.id, "zh-CN")
    assert (draft.text, draft.origin) == ("", "none")
    assert draft.why == words("zh-CN")["draft.none"]


async def test_drafting_changes_nothing(room: Room) -> None:
    c = await room.served("取消 XF2603080001", orders=(an_order("XF2603080001", "paid"),))
    before = await room.state(c)
    for _ in range(3):
        await room.assist.draft(room.me, SHOP, c.id, "zh-CN")
        await room.assist.next(room.me, SHOP, c.id, "zh-CN")
        await room.assist.knowledge(room.me, SHOP, c.id, "zh-CN")
        await room.assist.wrapup(room.me, SHOP, c.id, "zh-CN")
    assert await room.state(c) == before


async def test_a_streamed_draft_begins_with_the_built_in_one_and_ends_with_the_checked_one(room: Room) -> None:
    c = await room.served("快递 XF2603080001 呢", orders=(moving(),))
    async with serving(saying("让您久等了。订单 [ORDER_1] 还在路上。")) as server:
        await room.llm.endpoints.warm()
        room.setups.settings = LlmSettings(SHOP, True, server.url, "m", draft=True, budget_tokens=10**6, version=1)
        pieces = [p async for p in room.assist.draft_stream(room.me, SHOP, c.id, "zh-CN")]
        await room.llm.stop()
    assert pieces[0][0] == "base"
    assert pieces[0][1].llm
    assert {kind for kind, _ in pieces[1:-1]} == {"delta"}
    assert pieces[-1][0] == "final"
    assert pieces[-1][1].origin == "llm"
    assert pieces[-1][1].text == "让您久等了。订单 XF2603080001 还在路上。"


async def test_a_streamed_draft_that_lies_ends_with_the_built_in_words_and_the_reason(room: Room) -> None:
    c = await room.served("快递 XF2603080001 呢", orders=(moving(),))
    async with serving(saying("已经给您退款 900 元。")) as server:
        await room.llm.endpoints.warm()
        room.setups.settings = LlmSettings(SHOP, True, server.url, "m", draft=True, budget_tokens=10**6, version=1)
        pieces = [p async for p in room.assist.draft_stream(room.me, SHOP, c.id, "zh-CN")]
        await room.llm.stop()
    assert [kind for kind, _ in pieces] == ["base", "final"]
    assert pieces[-1][1].text == pieces[0][1].text
    assert pieces[-1][1].origin == "policy"
    assert pieces[-1][1].why in ("unsupported", "deed")


@pytest.mark.parametrize(
    ("said", "order", "key", "do"),
    [
        ("我的快递 XF2603080001 呢", moving(), "urge_parcel", {"do": "operation", "operation": "urge_parcel", "order": "XF2603080001"}),
        ("要退 XF2603080001", an_order("XF2603080001", "delivered"), "open_request", {"do": "request", "order": "XF2603080001", "wish": {"kind": "return", "reason": "no_reason"}}),
        ("XF2603080001 收到是坏的", an_order("XF2603080001", "delivered"), "ask_photo", {"do": "say"}),
        ("退换规定是什么", an_order("XF2603080001", "shipped"), "explain", {"do": "article", "article": "a-ret"}),
    ],
)  # fmt: skip
async def test_the_next_step_fits_what_is_wanted_and_where_the_order_is(
    room: Room, said: str, order: Order, key: str, do: dict[str, Any]
) -> None:
    c = await room.served(said, orders=(order,))
    steps = {s.key: s for s in await room.assist.next(room.me, SHOP, c.id, "zh-CN")}
    assert steps[key].command == do
    assert steps[key].why


async def test_a_step_beyond_ones_rights_becomes_a_question_to_a_lead(room: Room) -> None:
    c = await room.served("取消 XF2603080001", orders=(an_order("XF2603080001", "paid"),))
    mine = {s.key: s for s in await room.assist.next(room.me, SHOP, c.id, "zh-CN")}
    assert mine["cancel"].command == {"do": "consult"}
    may = replace(room.me, permissions=room.me.permissions | {Permission.ORDERS_CANCEL})
    assert {s.key: s for s in await room.assist.next(may, SHOP, c.id, "zh-CN")}["cancel"].command["do"] == "operation"


async def test_a_fault_of_ours_and_a_heavy_heart_suggest_goodwill_by_a_leads_word(room: Room) -> None:
    c = await room.served("气死了 XF2603080001 快递呢", "气死了快递", orders=(moving(),))
    await room.centre.say(c.id, "气死了快递怎么还没到")
    keys = [s.key for s in await room.assist.next(room.me, SHOP, c.id, "zh-CN")]
    assert "goodwill" in keys
    assert "soothe" in keys


async def test_knowledge_comes_with_why_and_scripts_too(room: Room) -> None:
    c = await room.served("快递 XF2603080001 什么时候发货", orders=(an_order("XF2603080001", "paid"),))
    items = await room.assist.knowledge(room.me, SHOP, c.id, "zh-CN")
    assert {i.kind for i in items} == {"article", "script"}
    assert all(i.why and i.text for i in items)
    assert len({i.id for i in items}) == len(items)


async def test_a_wrap_up_says_who_what_done_promised_and_how_the_mood_went(room: Room) -> None:
    c = await room.served("气死我了快递 XF2603080001", "快递呢", orders=(moving(),))
    room.log.entries = [Entry(NOW + timedelta(minutes=1)), Entry(NOW - timedelta(days=3), "旧事", "old")]
    await room.answer(c, "24小时内我给您回电。")
    w = await room.assist.wrapup(room.me, SHOP, c.id, "zh-CN")
    assert "云朵" in w.who
    assert "XF2603080001" in w.want
    assert "催了快递" in w.tried
    assert "旧事" not in w.tried
    assert w.open_promises == ["24小时内我给您回电"]
    assert w.outcome == "follow_up"
    assert "生气" in w.mood
    assert [o.code for o in w.outcomes] == list(OUTCOMES)
    assert all(o.label for o in w.outcomes)


@pytest.mark.parametrize(
    ("said", "promised"),
    [
        ("明天上午我给您回电。", ["明天上午我给您回电"]),
        ("我这就去催，2小时内回复您。", ["我这就去催，2小时内回复您"]),
        ("I will call you back tomorrow.", ["I will call you back tomorrow"]),
        ("需要我给您催一下吗？", []),
        ("要不要我帮您联系快递，稍后回复您？", []),
        ("如果还没到，我给您补发。", []),
        ("您的快递在路上。", []),
    ],
)
async def test_promises_are_what_agents_said_they_would_do(room: Room, said: str, promised: list[str]) -> None:
    c = await room.served("快递 XF2603080001", orders=(moving(),))
    await room.answer(c, said)
    assert (await room.assist.wrapup(room.me, SHOP, c.id, "zh-CN")).open_promises == promised


async def test_a_kept_promise_is_open_no_more_and_thanks_mean_resolved(room: Room) -> None:
    c = await room.served("快递 XF2603080001", orders=(moving(),))
    await room.answer(c, "24小时内我给您回电。")
    await room.answer(c, "已经联系过快递了，今天送。")
    await room.centre.say(c.id, "好的谢谢")
    w = await room.assist.wrapup(room.me, SHOP, c.id, "zh-CN")
    assert w.open_promises == []
    assert w.outcome == "resolved"


async def test_the_confirmed_wrap_up_is_kept_as_outcome_and_note_and_survives_closing(room: Room) -> None:
    c = await room.served("快递 XF2603080001", orders=(moving(),))
    given = WrapupIn(outcome="follow_up", who="云朵", want="查物流", promised=["明天回电"], mood="平静", note="记得打电话")
    done = await room.assist.confirm(room.me, SHOP, c.id, given, "zh-CN")
    assert done.outcome == "follow_up"
    note = (await room.centre.store.notes(c.id))[-1]
    assert note.n == done.note
    assert note.kind == "note"
    assert "明天回电" in note.text
    assert "记得打电话" in note.text
    assert note.data
    assert note.data["wrapup"]["outcome"] == "follow_up"
    closed = await room.centre.conversations.close(room.me, SHOP, c.id, "", spare=False, reason="")
    assert closed.outcome == "follow_up"
    assert (await room.assist.wrapup(room.me, SHOP, c.id, "zh-CN")).confirmed == "follow_up"


async def test_who_may_not_read_the_conversation_gets_no_help_and_changes_nothing(room: Room) -> None:
    c = await room.served("快递 XF2603080001", orders=(moving(),))
    before = await room.state(c)
    given = WrapupIn(outcome="resolved")
    colleague, stranger = agent("小陈", SERVING), agent("外人", SERVING, shop="9" * 32)
    nobody = agent("访客", frozenset({Permission.KNOWLEDGE_READ}))
    for actor, why in ((colleague, Forbidden), (nobody, Forbidden), (stranger, NotFound)):
        for ask in (room.assist.draft, room.assist.next, room.assist.knowledge, room.assist.wrapup):
            with pytest.raises(why):
                await ask(actor, SHOP, c.id, "zh-CN")
        with pytest.raises(why):
            await room.assist.confirm(actor, SHOP, c.id, given, "zh-CN")
        with pytest.raises(why):
            await anext(room.assist.draft_stream(actor, SHOP, c.id, "zh-CN"))
    with pytest.raises(OutcomeUnknown):
        await room.assist.confirm(room.me, SHOP, c.id, WrapupIn(outcome="whatever"), "zh-CN")
    assert await room.state(c) == before


async def test_a_lead_may_wrap_up_for_another(room: Room) -> None:
    c = await room.served("快递 XF2603080001", orders=(moving(),))
    assert (await room.assist.confirm(lead(), SHOP, c.id, WrapupIn(outcome="answered"), "zh-CN")).outcome == "answered"


async def test_orders_history_is_left_out_for_who_may_not_read_orders(room: Room) -> None:
    c = await room.served("快递 XF2603080001", orders=(moving(),))
    room.log.entries = [Entry(NOW + timedelta(minutes=1))]
    blind = replace(room.me, permissions=room.me.permissions - {Permission.ORDERS_READ})
    assert "催了快递" not in (await room.assist.wrapup(blind, SHOP, c.id, "zh-CN")).tried
    assert room.log.readers == []


def test_every_word_exists_in_both_languages_with_the_same_fields() -> None:
    import re

    zh, en = words("zh-CN"), words("en")
    assert set(zh) == set(en)
    assert {k: sorted(re.findall(r"\{(\w*)\}", v)) for k, v in zh.items()} == {
        k: sorted(re.findall(r"\{(\w*)\}", v)) for k, v in en.items()
    }
