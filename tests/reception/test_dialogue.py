"""How a conversation is led: pieces, several wishes, coming back, corrections, pictures, feelings, and what the next person is told."""

import json
from typing import Any

import msgspec
import pytest

from tests.reception.acts import ActingDesk
from tests.reception.desk import CARD, SHIRT, Desk, a_line, an_order, sources, text_of
from xinfu.conversations.contracts import Message, Reply
from xinfu.reception.clauses import PATIENCE_S, clauses, unfinished
from xinfu.reception.dialogue import Memory

ONE = an_order()
PAID = an_order("XF2603090002", "paid", lines=(a_line("极昼 RX90 显卡", "card"),), days_ago=1)


def act(reply: Reply) -> str:
    assert reply.say
    found: str = (reply.say[0].data or {})["act"]
    return found


async def heard(desk: Desk, text: str, intent: str, *before: str, waited: bool = False, **more: Any) -> Reply:
    """Say `text` right after unanswered messages `before`."""
    incoming = desk.incoming(text, intent, **more)
    at = incoming.message.at
    recent = [Message(desk.conversation, i, "customer", "c", "访客", "text", t, at - 3000) for i, t in enumerate(before)]
    return (await desk.reception.respond([msgspec.structs.replace(incoming, recent=recent, waited=waited)]))[0]


# pieces


@pytest.mark.parametrize(
    "text",
    ["我那个", "你好，我想问一下", "我昨天买的鞋", "请问", "是这样的，", "就是…", "帮我看看", "hi, i want to ask", "my order", "so..."],
)
def test_a_message_that_goes_on_is_noticed(text: str) -> None:
    assert unfinished(text)


@pytest.mark.parametrize(
    "text",
    [
        "到哪了",
        "在吗",
        "你好",
        "好的",
        "我的快递到哪了",
        "退货",
        "转人工",
        "多少钱",
        "我买的衣服什么时候到",
        "165 50kg",
        "where is my order",
        "hello",
        "谢谢",
    ],
)
def test_a_complete_message_is_never_kept_waiting(text: str) -> None:
    assert not unfinished(text)


async def test_an_unfinished_message_waits_and_remembers_nothing() -> None:
    reply = await heard(ActingDesk(ONE), "我昨天买的鞋", "unknown")
    assert reply.wait_s == PATIENCE_S and not reply.say and reply.memory is None and reply.handover is None


async def test_after_the_pause_it_is_answered() -> None:
    reply = await heard(ActingDesk(ONE), "我昨天买的鞋", "unknown", waited=True)
    assert reply.say and not reply.wait_s


async def test_five_pieces_are_read_as_one_message() -> None:
    desk = ActingDesk(ONE)
    reply = await heard(desk, "到哪了", "unknown", "你好", "我想问一下", "我上周买的", "那个T恤")
    assert desk.reader.read_texts == ["你好，我想问一下，我上周买的，那个T恤，到哪了"]
    assert act(reply) == "order" and ("order", ONE.id) in sources(reply)


@pytest.mark.parametrize("more", [{"danger": "injury"}, {"abuse": True}])
async def test_danger_and_abuse_are_never_kept_waiting(more: dict[str, Any]) -> None:
    assert (await heard(ActingDesk(), "我那个", "unknown", **more)).handover is not None


async def test_an_answer_to_our_question_is_not_kept_waiting() -> None:
    desk = ActingDesk(ONE, an_order("XF2603050005"))
    await desk.say("到哪了", "logistics_tracking")
    assert not (await heard(desk, "那个", "unknown")).wait_s


# several wishes


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("到哪了，另外运费多少", ["到哪了", "运费多少"]),
        ("怎么还没到？能开发票吗", ["怎么还没到", "能开发票吗"]),
        ("where is my order? also how much is shipping", ["where is my order", "how much is shipping"]),
    ],
)
def test_a_message_is_split_where_it_wants_two_things(text: str, parts: list[str]) -> None:
    assert [p for p in clauses(text) if p in parts] == clauses(text)


@pytest.mark.parametrize("text", ["还有货吗", "到哪了", "我昨天买的衣服，想知道什么时候能到", "有别的颜色吗"])
def test_one_wish_is_left_whole(text: str) -> None:
    assert clauses(text) == []


async def test_both_wishes_are_answered_in_one_reply() -> None:
    desk = ActingDesk(ONE)
    reply = await desk.say("我的快递到哪了？另外运费多少", "logistics_tracking")
    assert act(reply) == "order+article" and len(reply.say) == 1
    assert {("order", ONE.id), ("article", "a-fee")} <= sources(reply) and reply.notes == []


async def test_a_question_is_answered_before_what_is_to_be_done() -> None:
    desk = ActingDesk(an_order("XF2603090001", "paid"))
    reply = await desk.say("帮我取消订单。运费怎么算的？", "order_cancel")
    assert act(reply) == "article+preview" and desk.memory["k"] == "act" and desk.deeds == []
    await desk.say("好的", "confirm")
    assert desk.deeds == ["cancel"]


async def test_who_also_wants_a_person_gets_one() -> None:
    reply = await ActingDesk(ONE).say("到哪了？给我转人工", "human_request")
    assert reply.handover is not None and reply.handover.reason == "asked"


async def test_the_same_wish_twice_is_one() -> None:
    assert act(await ActingDesk(ONE).say("快递到哪了？我的包裹到哪了？", "logistics_tracking")) == "order"


async def test_two_questions_in_english() -> None:
    reply = await ActingDesk(ONE, language="en").say("Where is my order? Also how much is shipping?", "logistics_tracking")
    assert act(reply) == "order+article" and "$8" in text_of(reply)


async def test_fragments_of_one_batch_with_two_questions_are_both_answered() -> None:
    desk = ActingDesk(ONE)
    batch = [desk.incoming("到哪了", "logistics_tracking"), desk.incoming("运费多少", "delivery_fee")]
    replies = await desk.reception.respond(batch)
    assert not replies[0].say and act(replies[1]) == "order+article"


# coming back, correcting, asking on


async def test_a_topic_left_is_found_again() -> None:
    desk = Desk(ONE, PAID)
    await desk.say("T恤到哪了", "logistics_tracking")
    await desk.say("显卡发货没", "dispatch_time")
    assert desk.memory["o"] == PAID.no
    reply = await desk.say("刚才说的那个订单", "unknown", p=0.2)
    assert ("order", ONE.id) in sources(reply)


async def test_from_goods_back_to_the_order() -> None:
    desk = Desk(ONE)
    await desk.say("到哪了", "logistics_tracking")
    await desk.say("显卡功耗多少", "product_attribute")
    reply = await desk.say("回到刚才的订单", "unknown", p=0.2)
    assert ("order", ONE.id) in sources(reply)


async def test_from_the_order_back_to_the_goods() -> None:
    desk = Desk(ONE)
    await desk.say("显卡多少钱", "price")
    await desk.say("到哪了", "logistics_tracking")
    reply = await desk.say("刚才那个商品", "unknown", p=0.2)
    assert ("product", CARD.id) in sources(reply)


async def test_not_this_order_but_the_other() -> None:
    desk = Desk(ONE, an_order("XF2603050005"))
    await desk.say("XF2603080001到哪了", "logistics_tracking", no=ONE.no)
    reply = await desk.say("不是这个，是另一个", "deny")
    assert ("order", "id-XF2603050005") in sources(reply)


async def test_a_size_told_wrong_is_asked_anew() -> None:
    desk = Desk()
    await desk.say("青岚T恤M码有货吗", "stock")
    reply = await desk.say("说错了，是L码", "unknown", p=0.2)
    assert act(reply) == "stock" and ("product", SHIRT.id) in sources(reply)


async def test_what_about_the_other_size() -> None:
    desk = Desk()
    await desk.say("青岚T恤M码多少钱", "price")
    reply = await desk.say("那L码呢", "unknown", p=0.2)
    assert act(reply) == "price" and "99.00" in text_of(reply)


# pictures


async def test_a_picture_is_kept_and_asked_about() -> None:
    desk = Desk(ONE)
    reply = await desk.say("", "unknown", kind="image", data={"file": {"id": "a" * 32}})
    assert act(reply) == "image" and desk.memory["f"] == ["a" * 32] and desk.memory["k"] == "look"


# feelings


async def test_fairness_gets_the_facts_and_a_person_with_power_and_no_gift() -> None:
    desk = Desk(ONE)
    reply = await desk.say("凭什么别人的都到了，给我个说法", "complaint", demand="fairness", emotion="anger", intensity=1)
    assert act(reply) == "fairness" and ("order", ONE.id) in sources(reply)
    assert reply.handover is not None and (reply.handover.reason, reply.handover.skill, reply.handover.priority) == ("policy", "lead", 1)
    assert not any(word in text_of(reply) for word in ("券", "红包", "优惠", "赔"))
    assert reply.notes == []


async def test_fairness_without_an_order_still_gets_a_person() -> None:
    reply = await Desk().say("这不公平", "complaint", demand="fairness")
    assert act(reply) == "fairness" and reply.handover is not None


async def test_a_calm_why_is_a_question_and_no_grievance() -> None:
    reply = await Desk(ONE).say("为什么还没到", "logistics_tracking", demand="fairness")
    assert act(reply) == "order" and reply.handover is None


@pytest.mark.parametrize("more", [{"danger": "threat"}, {"abuse": True}])
async def test_danger_and_abuse_reach_a_lead(more: dict[str, Any]) -> None:
    reply = await Desk().say("……", "unknown", **more)
    assert reply.handover is not None and reply.handover.skill == "lead"


async def test_no_soothing_phrase_is_said_twice_however_long_it_lasts() -> None:
    desk = Desk(ONE)
    said = []
    for i in range(8):
        reply = await desk.say(f"担心第{i}回", ("logistics_tracking", "delivery_fee", "invoice")[i % 3], emotion="worry", intensity=2)
        said.append(text_of(reply))
    phrases = ("别担心", "先别担心", "您的担心", "我理解，您先放心")
    assert all(sum(phrase in text for text in said) <= 2 for phrase in phrases)
    assert len({text[:12] for text in said if text[:2] in ("您先", "您的", "别担", "我理")}) == len(
        [t for t in said if t[:2] in ("您先", "您的", "别担", "我理")]
    )


# what staff see, what is noted


async def test_every_answer_says_what_was_decided_and_why() -> None:
    desk = ActingDesk(ONE)
    data = (await desk.say("到哪了", "logistics_tracking")).say[0].data
    assert data and (data["act"], data["intent"], data["p"]) == ("order", "logistics_tracking", 0.9) and "why" not in data
    data = (await desk.say("转人工", "human_request")).say[0].data
    assert data and data["why"] == "asked"


async def test_a_question_without_an_answer_is_noted_for_those_who_write() -> None:
    desk = ActingDesk()
    await desk.say("花呗能用吗", "credit")
    await desk.say("运费多少", "delivery_fee")
    assert desk.noted == [("花呗能用吗", "credit")]


def test_memory_comes_back_as_it_was() -> None:
    desk_memory = {
        "o": "A", "p": "x", "i": "price", "k": "act", "w": ["cancel", "A", {"reason": "x"}, "t", 5], "h": [["price", "A", "x"]],
        "z": {"height": 170.0}, "f": ["a" * 32],
    }  # fmt: skip
    assert Memory.load(desk_memory).dump() == desk_memory
    assert Memory.load(json.loads(json.dumps(Memory.load(desk_memory).dump()))).dump() == desk_memory


@pytest.mark.parametrize("broken", [{"w": [1]}, {"h": [["a"]]}, {"z": 3}, {"w": "x"}])
def test_a_broken_memory_is_forgotten(broken: dict[str, Any]) -> None:
    assert Memory.load(broken).dump() == {}
