"""Batches, look-ups and their cache, fragments, faults; and what must hold for any message whatever."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reception.desk import ME, SHOP, STRANGER, Books, Desk, a_line, a_reading, an_order, kinds, number, sources, text_of
from xinfu.conversations.contracts import Incoming, Message, Reply, Summary
from xinfu.kit.ids import new_id
from xinfu.reception.wishes import PLANS
from xinfu.reception.wording import wording
from xinfu.understanding.contracts import Danger, Emotion

MINE = an_order("XF2603080001")
SECRET = an_order("XF9999990001", lines=(a_line("秘密礼盒", "secret"),), customer=STRANGER)


@dataclass(frozen=True)
class Changed:
    shop_id: str
    customer_id: str


def from_customers(count: int) -> list[Incoming]:
    desk = Desk()
    batch = []
    for i in range(count):
        desk.conversation = new_id()
        batch.append(desk.incoming("到哪了", "logistics_tracking", customer=f"{i:032x}"))
    return batch


async def test_one_batch_asks_for_orders_once() -> None:
    desk = Desk()
    replies = await desk.reception.respond(from_customers(200))
    assert len(replies) == 200
    assert [len(ids) for _, ids in desk.books.calls] == [200]


async def test_nothing_is_looked_up_for_a_greeting() -> None:
    desk = Desk(MINE)
    await desk.say("你好", "greeting")
    assert desk.books.calls == []


async def test_orders_are_kept_for_half_a_minute_and_then_asked_for_again() -> None:
    desk = Desk(MINE)
    await desk.say("到哪了", "logistics_tracking")
    desk.clock.move(seconds=29)
    await desk.say("到哪了", "logistics_tracking")
    assert len(desk.books.calls) == 1
    desk.clock.move(seconds=2)
    await desk.say("订单呢", "order_status")
    assert len(desk.books.calls) == 2


async def test_a_changed_order_is_seen_at_once() -> None:
    desk = Desk(MINE)
    await desk.say("到哪了", "logistics_tracking")
    desk.books.orders = [an_order("XF2603080001", "delivered")]
    await desk.reception.order_changed(Changed(SHOP, ME))
    reply = await desk.say("到哪了", "logistics_tracking")
    assert desk.memory["q"] and "order:XF2603080001:delivered" in "".join(desk.memory["q"])
    assert len(desk.books.calls) == 2 and text_of(reply)


async def test_a_change_during_the_look_up_is_not_covered_by_what_was_read_before_it() -> None:
    desk = Desk(MINE)
    reached, go = asyncio.Event(), asyncio.Event()

    class Slow(Books):
        async def orders_of(self, *args: Any, **more: Any) -> Any:
            found = await super().orders_of(*args, **more)
            reached.set()
            await go.wait()
            return found

    slow = Slow(MINE)
    desk.reception._shelf._book = slow  # the same desk with a slower book
    answering = asyncio.create_task(desk.say("到哪了", "logistics_tracking"))
    await reached.wait()
    await desk.reception.order_changed(Changed(SHOP, ME))
    go.set()
    await answering
    await desk.say("到哪了", "logistics_tracking")
    assert len(slow.calls) == 2


async def test_quick_fragments_are_one_thought_answered_once() -> None:
    desk = Desk(MINE)
    batch = [desk.incoming("你好", "greeting"), desk.incoming("我的快递", "unknown"), desk.incoming("到哪了", "logistics_tracking")]
    first, second, third = await desk.reception.respond(batch)
    assert first.say == second.say == [] and first.memory is None and second.handover is None
    assert ("order", MINE.id) in sources(third)


async def test_a_danger_in_any_fragment_counts() -> None:
    desk = Desk(MINE)
    batch = [desk.incoming("喘不上气", "unknown", danger="allergy"), desk.incoming("在吗", "greeting")]
    replies = await desk.reception.respond(batch)
    assert replies[1].handover is not None and replies[1].handover.priority == 2


async def test_a_wish_for_a_person_in_any_fragment_counts() -> None:
    desk = Desk(MINE)
    batch = [desk.incoming("转人工", "human_request"), desk.incoming("到哪了", "logistics_tracking")]
    replies = await desk.reception.respond(batch)
    assert replies[1].handover is not None and replies[1].handover.reason == "asked"


async def test_conversations_of_one_batch_do_not_mix() -> None:
    desk = Desk(MINE)
    mine = desk.incoming("到哪了", "logistics_tracking")
    desk.conversation = new_id()
    other = desk.incoming("到哪了", "logistics_tracking", customer=STRANGER)
    desk.books.orders.append(SECRET)
    replies = await desk.reception.respond([mine, other])
    assert ("order", MINE.id) in sources(replies[0]) and ("order", SECRET.id) in sources(replies[1])


async def test_a_fault_of_ours_hands_the_customer_to_a_person() -> None:
    desk = Desk(MINE)

    def broken(shop_id: str) -> Any:
        raise RuntimeError("settings are gone")

    desk.reception._settings.current = broken  # type: ignore[method-assign]
    reply = await desk.say("到哪了", "logistics_tracking")
    assert reply.handover is not None and reply.handover.reason == "unsure" and text_of(reply)


async def test_a_memory_nobody_understands_is_forgotten() -> None:
    desk = Desk(MINE)
    desk.memory = {"q": 7, "u": "x", "s": None}
    assert ("order", MINE.id) in sources(await desk.say("到哪了", "logistics_tracking"))


async def test_cards_never_number_more_than_five() -> None:
    desk = Desk(*(an_order(f"XF26030800{i:02d}") for i in range(9)))
    reply = await desk.say("到哪了", "logistics_tracking")
    assert kinds(reply) == ["orders"] and len((reply.say[0].data or {})["orders"]) == 5


def test_both_languages_have_the_same_phrases_with_the_same_facts() -> None:
    def facts(phrase: str) -> set[str]:
        return {part.split("}")[0] for part in phrase.split("{")[1:]}

    zh, en = wording("zh").phrases, wording("en").phrases
    assert set(zh) == set(en)
    for key in zh:
        assert {frozenset(facts(p)) for p in zh[key]} == {frozenset(facts(p)) for p in en[key]}, key
    assert all(f"intent.{intent}" in zh for intent, plan in PLANS.items() if plan.way not in ("social", "unknown"))


messages = st.tuples(
    st.text(max_size=60),
    st.sampled_from([*PLANS, "an intent of tomorrow"]),
    st.floats(0, 1),
    st.sampled_from(get_args(Emotion.__value__)),
    st.integers(0, 3),
    st.sampled_from([None, None, None, None, None, *get_args(Danger.__value__)]),
    st.booleans(),
    st.sampled_from(["zh", "en"]),
    st.sampled_from(["text", "text", "text", "image", "order", "product", "file"]),
    st.sampled_from(["", MINE.no, SECRET.no, "shirt", "card"]),
)


def incoming_of(drawn: Any, conversation: str, memory: dict[str, Any]) -> Incoming:
    text, intent, p, emotion, intensity, danger, abuse, language, kind, thing = drawn
    named = (number(text, thing),) if thing.startswith("XF") else ()
    reading = a_reading(
        intent, p=p, emotion=emotion, intensity=intensity, danger=danger, abuse=abuse and p < 0.1, language=language, entities=named
    )
    data = {"order": {"no": thing}, "product": {"id": thing}} if kind in ("order", "product") else None
    message = Message(conversation, 1, "customer", ME, "访客", kind, text, 0, data)
    return Incoming(Summary(conversation, SHOP, ME, "访客"), memory, message, reading, [])


async def answered(desk: Desk, batch: list[Incoming]) -> list[Reply]:
    """The replies; what seemed unfinished is asked again as after the pause."""
    replies = await desk.reception.respond(batch)
    if any(reply.wait_s for reply in replies):
        assert all(not reply.say and reply.memory is None for reply in replies if reply.wait_s)
        replies = await desk.reception.respond([msgspec.structs.replace(incoming, waited=True) for incoming in batch])
        assert not any(reply.wait_s for reply in replies)
    return replies


@settings(max_examples=150, deadline=None)
@given(st.lists(messages, min_size=1, max_size=6), st.booleans(), st.booleans())
def test_whatever_is_said_every_message_gets_a_reply_and_no_stranger_s_order_is_shown(
    said: list[Any], staffed: bool, together: bool
) -> None:
    desk = Desk(MINE, SECRET, an_order("XF2603080002", "paid"), staffed=staffed)

    async def talk() -> None:
        if together:
            batch = [incoming_of(drawn, f"c{i % 2}", {}) for i, drawn in enumerate(said)]
            replies = await answered(desk, batch)
            assert len(replies) == len(batch)
            for conversation in {b.conversation.id for b in batch}:
                last = max(i for i, b in enumerate(batch) if b.conversation.id == conversation)
                assert text_of(replies[last]).strip()
            _proper(replies)
            return
        memory: dict[str, Any] = {}
        for drawn in said:
            replies = await answered(desk, [incoming_of(drawn, "c", memory)])
            assert text_of(replies[0]).strip()
            _proper(replies)
            memory = json.loads(json.dumps(replies[0].memory or {}))
            assert len(json.dumps(memory)) < 3000

    def _proper(replies: list[Any]) -> None:
        for reply in replies:
            shown = json.dumps([[s.text, s.data] for s in reply.say], ensure_ascii=False)
            assert "秘密礼盒" not in shown and SECRET.id not in shown
            assert reply.notes == []
            assert not reply.handover or "error" not in reply.handover.note["tried"]
            assert not reply.handover or wording("zh").label("note.failed") != reply.handover.note["tried"]

    asyncio.run(talk())


@pytest.mark.parametrize("drop", ["memory", "recent"])
async def test_the_first_message_needs_no_past(drop: str) -> None:
    desk = Desk(MINE)
    incoming = desk.incoming("到哪了", "logistics_tracking")
    setattr(incoming, drop, {} if drop == "memory" else [])
    assert ("order", MINE.id) in sources((await desk.reception.respond([incoming]))[0])
