"""The front desk with a language model: the batch never waits, every customer gets exactly one answer, whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.support import SHOP, Centre
from tests.reception.desk import Books, Papers, Rules, Shelf
from tests.reception.llm_server import Behaviour, Server, raw, saying, serving, silent
from tests.reception.llm_support import Purse, Setups
from xinfu.conversations.contracts import Handover, Incoming, Message, Reply, Said
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id
from xinfu.reception.dialogue import Memory, Task
from xinfu.reception.llm import Llm
from xinfu.reception.llm_desk import LlmDesk
from xinfu.reception.llm_settings import LlmSettings

BUILT_IN = "您的快递在路上，请放心。"
BETTER = "亲，您的快递在路上啦，请放心哦。"


class PlainDesk:
    """Says one thing; unsure of 怪, hands over on 人工, awaits a yes on 取消, sends cards on 订单."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        return [self._one(i) for i in batch]

    def _one(self, i: Incoming) -> Reply:
        self.seen.append(i.memory)
        memory, text = Memory.load(i.memory), i.message.text
        memory.tried = [*memory.tried, text]
        if "人工" in text:
            return Reply([Said("转给同事")], memory.dump(), Handover("asked", {}))
        if "怪" in text:
            memory.unsure += 1
            return Reply([Said("没听懂", "text", {"choices": ["转人工"]})], memory.dump())
        if "取消" in text:
            memory.task, memory.asked = Task("cancel", "XF1", {}, "t", 1), "act"
            return Reply([Said("要取消吗？")], memory.dump())
        if "订单" in text:
            return Reply([Said("哪一笔？", "orders", {"orders": []})], memory.dump())
        return Reply([Said(BUILT_IN, "text", {"sources": [{"kind": "order", "id": "1", "title": "XF1"}]})], memory.dump())


class Talk:
    """A centre with a model behind its desk."""

    def __init__(self, centre: Centre, llm: Llm, desk: LlmDesk, plain: PlainDesk, purse: Purse, setups: Setups, server: Server) -> None:
        self.centre, self.llm, self.desk, self.plain = centre, llm, desk, plain
        self.purse, self.setups, self.server = purse, setups, server

    async def answers(self, conversation_id: Id, count: int = 1) -> list[Message]:
        """The AI's messages once there are so many; never more a moment later."""
        for _ in range(1000):
            found = [m for m in await self.centre.store.messages(conversation_id) if m.sender == "ai"]
            if len(found) >= count:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)
        return [m for m in await self.centre.store.messages(conversation_id) if m.sender == "ai"]

    async def memory(self, conversation_id: Id) -> dict[str, Any]:
        return (await self.centre.store.load([conversation_id]))[conversation_id].memory


class TalkMaker:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.closing: list[Any] = []

    async def __call__(self, behaviour: Behaviour, **fields: Any) -> Talk:
        serve = serving(behaviour)
        server = await serve.__aenter__()
        base = {"enabled": True, "url": server.url, "model": "m", "rewrite": True, "converse": True, "budget_tokens": 10**6, "version": 1}
        setups, purse = Setups(LlmSettings(SHOP, **{**base, **fields})), Purse()
        llm = Llm(setups, purse, Books(), Shelf(), Papers(), Rules(ShopSettings()), self.centre.clock)  # type: ignore[arg-type]
        plain = PlainDesk()
        desk = LlmDesk(plain, llm)
        await llm.start()
        self.centre.intake.responder = desk
        self.closing += [llm.stop, lambda: serve.__aexit__(None, None, None)]
        return Talk(self.centre, llm, desk, plain, purse, setups, server)


@pytest.fixture
async def talk(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock) -> AsyncIterator[TalkMaker]:
    centre = await Centre(data_dir, postgres_dsn, clock).start()
    maker = TalkMaker(centre)
    yield maker
    await centre.stop()
    for close in maker.closing:
        await close()


async def test_the_models_words_come_later_and_once_with_their_sources(talk: TalkMaker) -> None:
    t = await talk(saying(BETTER))
    c = await t.centre.opened()
    await t.centre.say(c.id, "快递呢")
    (answer,) = await t.answers(c.id)
    assert answer.text == BETTER
    assert answer.data
    assert [s["kind"] for s in answer.data["sources"]] == ["order", "llm"]
    assert Memory.load(await t.memory(c.id)).tried == ["快递呢"]


async def test_the_customers_message_is_stored_and_acknowledged_while_the_model_still_thinks(talk: TalkMaker) -> None:
    t = await talk(silent())
    c = await t.centre.opened()
    origin = await t.centre.say(c.id, "快递呢")
    assert origin.ack_count == 1
    assert [m.sender for m in await t.centre.store.messages(c.id)] == ["customer"]
    other = await t.centre.conversations.open("b" * 32, new_id(), "云朵", 0, "zh")
    await t.centre.say(other.id, "快递呢")
    assert [m.text for m in await t.centre.store.messages(other.id)] == ["快递呢", BUILT_IN], "nobody waits for another's model"


@pytest.mark.parametrize("behaviour", [silent(), raw(b"{}", status="500 Oops"), saying("<b>包赔 900 元</b>")])
async def test_a_late_broken_or_lying_model_leaves_the_built_in_words(talk: TalkMaker, behaviour: Behaviour) -> None:
    t = await talk(behaviour, customer_limit_ms=300)
    c = await t.centre.opened()
    await t.centre.say(c.id, "快递呢")
    (answer,) = await t.answers(c.id)
    assert answer.text == BUILT_IN
    assert answer.data == {"sources": [{"kind": "order", "id": "1", "title": "XF1"}]}


async def test_hand_overs_cards_and_questions_for_a_yes_are_said_at_once_as_they_are(talk: TalkMaker) -> None:
    t = await talk(saying(BETTER))
    for text, said in (("查订单", "哪一笔？"), ("取消", "要取消吗？"), ("转人工", "转给同事")):
        c = await t.centre.opened()
        await t.centre.say(c.id, text)
        assert [m.text for m in await t.answers(c.id)] == [said]
    c = await t.centre.opened()
    await t.centre.say(c.id, "取消")
    await t.centre.say(c.id, "好的")
    assert [m.text for m in await t.answers(c.id, 2)] == ["要取消吗？", BUILT_IN], "what is reported after a yes is not reworded either"
    assert t.server.bodies == []


async def test_where_the_desk_is_unsure_the_model_talks_and_the_doubt_is_gone(talk: TalkMaker) -> None:
    t = await talk(saying("您可以说说想问订单、物流还是商品。"))
    c = await t.centre.opened()
    await t.centre.say(c.id, "怪怪的")
    (answer,) = await t.answers(c.id)
    assert answer.text.startswith("您可以说说")
    assert answer.data
    assert answer.data["choices"] == ["转人工"], "a person stays one tap away"
    assert Memory.load(await t.memory(c.id)).unsure == 0


async def test_uses_are_switched_on_one_by_one(talk: TalkMaker) -> None:
    t = await talk(saying(BETTER), converse=False)
    c = await t.centre.opened()
    await t.centre.say(c.id, "怪怪的")
    assert [m.text for m in await t.answers(c.id)] == ["没听懂"]
    assert t.server.bodies == []


async def test_what_is_said_while_the_model_thinks_is_answered_after_it(talk: TalkMaker) -> None:
    async def first_slow(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if len(server.bodies) == 1:
            await asyncio.sleep(0.6)
        await saying(BETTER)(server, asked, writer)

    t = await talk(first_slow, customer_limit_ms=500)
    c = await t.centre.opened()
    await t.centre.say(c.id, "快递呢")
    await t.centre.say(c.id, "在吗")
    assert [m.text for m in await t.answers(c.id, 2)] == [BUILT_IN, BETTER]


async def test_while_the_model_thinks_nothing_is_remembered_so_that_a_restart_decides_again(talk: TalkMaker) -> None:
    """The keeper wakes a conversation left without an answer; see tests of conversations."""
    t = await talk(silent())
    c = await t.centre.opened()
    await t.centre.say(c.id, "快递呢")
    assert await t.memory(c.id) == {}


async def test_a_shop_without_a_model_is_answered_in_the_batch_by_the_very_same_reply(talk: TalkMaker) -> None:
    t = await talk(saying(BETTER))
    t.setups.settings = None
    c = await t.centre.opened()
    await t.centre.say(c.id, "快递呢")
    assert [m.text for m in await t.centre.store.messages(c.id)] == ["快递呢", BUILT_IN]
    assert t.server.bodies == []
