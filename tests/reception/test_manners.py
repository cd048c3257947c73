"""What a customer would find silly, rude or tiring, as conversations: what is decided and done, never the wording."""

from typing import Any

import msgspec
import pytest

from tests.reception.acts import ActingDesk, a_request
from tests.reception.desk import ARTICLES, ME, Desk, a_parcel, a_scan, an_order, sources, text_of
from tests.reception.test_patience import act, choices
from xinfu.conversations.contracts import Reply
from xinfu.kit.auth import Actor
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.knowledge.contracts import Hit
from xinfu.reception.dialogue import Memory
from xinfu.understanding.contracts import Entity

SHIPPED = an_order("XF2603080001", "shipped")
LATE = an_order("XF2603010004", "shipped", a_parcel(promised_in_days=-2), days_ago=8)
HERE = an_order("XF2603040010", "delivered")
SPLIT = an_order(
    "XF2603060007", "out_for_delivery", a_parcel(a_scan("delivered", 9), tracking="ZT1"), a_parcel(a_scan("arrived", 1), tracking="ZT2")
)
INSTALL = Hit(
    "a-inst", "安装与送货入户", "policy.installation",
    "空调和洗衣机送货后三天内上门安装。基本安装免费一次，支架等材料由师傅先报价。师傅穿鞋套，装好试机。", 1, 0.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("请问", "unknown"),
        ("客服", "human_request"),
        ("客服在吗", "human_request"),
        ("？", "unknown"),
        ("1", "unknown"),
        ("你好，请问", "unknown"),
    ],
)
async def test_who_only_opens_is_greeted_and_neither_misunderstood_nor_sent_away(text: str, intent: str) -> None:
    desk = Desk(SHIPPED)
    incoming = desk.incoming(text, intent)
    incoming.waited = True  # 请问 is given a moment to go on
    reply = (await desk.reception.respond([incoming]))[0]
    assert act(reply) == "greeting" and reply.handover is None
    assert ("转人工" in choices(reply)) == ("客服" in text)


async def test_who_calls_for_service_again_gets_a_person() -> None:
    desk = Desk(SHIPPED)
    await desk.say("客服", "human_request")
    reply = await desk.say("客服", "human_request")
    assert reply.handover and reply.handover.reason == "asked"


@pytest.mark.parametrize("text", ["那怎么办", "怎么办啊？", "咋办", "what now?"])
async def test_what_now_takes_the_person_just_offered(text: str) -> None:
    desk = ActingDesk(SHIPPED)
    assert act(await desk.say("我要改地址", "order_modify")) == "too_late"
    reply = await desk.say(text, "order_modify")
    assert reply.handover and not desk.deeds


@pytest.mark.parametrize("text", ["都三天了", "已经一周了", "好几天了！", "等了半个月了"])
async def test_how_long_it_has_lasted_goes_on_with_what_was_asked_and_is_no_question_of_price(text: str) -> None:
    desk = ActingDesk(LATE)
    await desk.say("我的快递到哪了", "logistics_tracking")
    reply = await desk.say(text, "price")
    assert LATE.no in text_of(reply)
    assert ("order", f"id-{LATE.no}") in sources(reply)


async def test_whether_the_gift_has_come_is_a_question_about_the_parcel() -> None:
    desk = Desk(SHIPPED)
    assert SHIPPED.no in text_of(await desk.say("礼物到了吗", "gift_item"))


@pytest.mark.parametrize("text", ["别打电话给收件人", "不要联系她", "别让对方知道", "please don't call the recipient"])
async def test_not_to_call_the_receiver_is_for_a_person_to_see_to(text: str) -> None:
    desk = Desk(SHIPPED)
    reply = await desk.say(text, "logistics_exception", p=0.4)
    assert reply.handover and reply.handover.reason == "person_needed"


async def test_a_card_to_be_written_is_a_note_on_the_order_and_no_small_talk() -> None:
    early = an_order("XF2603090002", "paid")
    desk = ActingDesk(early)
    reply = await desk.say("加个卡片 写生日快乐", "chitchat")
    assert act(reply) in ("preview", "task_ask") and early.no in text_of(reply)
    late = ActingDesk(SHIPPED)
    assert act(await late.say("加个卡片 写生日快乐", "chitchat")) == "too_late"


async def test_the_second_parcel_of_an_order_is_not_missing_but_on_its_way() -> None:
    desk = ActingDesk(SPLIT)
    reply = await desk.say("怎么只收到一个", "wrong_missing")
    assert act(reply) == "order" and reply.handover is None
    assert "ZT2" in text_of(reply)


async def test_who_was_told_the_rule_of_price_protection_and_names_the_goods_sees_what_would_come_back() -> None:
    rule = Hit("a-pp", "价保", "policy.price_protection", "签收后 7 天内降价可以补差价。", 1, 0.0)
    desk = ActingDesk(HERE, articles=[*ARTICLES, rule])
    assert act(await desk.say("降价了能退差价吗", "price_protection")) == "article"
    reply = await desk.say("就刚买的T恤", "price_protection")
    assert act(reply) == "preview" and "¥10.00" in text_of(reply) and not desk.deeds


async def test_another_question_on_the_same_rule_is_answered_by_what_the_rule_says_about_it() -> None:
    desk = Desk(articles=[*ARTICLES, INSTALL])
    assert "试机" in text_of(await desk.say("空调怎么安装", "installation"))
    reply = await desk.say("安装要钱吗", "installation")
    assert "免费一次" in text_of(reply) and "鞋套" not in text_of(reply)
    assert ("article", "a-inst") in sources(reply) and choices(reply) == ["转人工"]


async def test_also_where_every_sentence_of_the_rule_speaks_of_money() -> None:
    rule = Hit("a-inst", "上门", "policy.installation", "空调免费安装一次。超出部分由师傅先报价。师傅不能私下收费。", 1, 0.0)
    desk = Desk(articles=[rule])
    await desk.say("空调怎么装", "installation")
    reply = await desk.say("安装要钱吗", "installation")
    assert "免费安装一次" in text_of(reply) and "私下" not in text_of(reply)


async def test_what_now_while_urging_is_offered_stays_with_the_parcel() -> None:
    desk = ActingDesk(LATE)
    assert act(await desk.say("快递到哪了", "logistics_tracking")) == "preview"
    reply = await desk.say("怎么办", "after_sales_policy")
    assert LATE.no in text_of(reply) and not desk.deeds


async def test_what_the_rule_says_nothing_about_is_not_answered_by_the_same_rule_again() -> None:
    desk = Desk(articles=[*ARTICLES, INSTALL])
    await desk.say("空调怎么安装", "installation")
    reply = await desk.say("旧机能拆走吗", "installation")
    assert act(reply) == "unknown_fact" and choices(reply) == ["转人工"]
    assert INSTALL.title not in text_of(reply)


async def test_a_refund_asked_after_while_nothing_is_refunded_is_answered_about_the_order_and_urges_nobody() -> None:
    desk = ActingDesk(LATE)
    reply = await desk.say("为什么这么久还没退到啊", "refund_progress")
    assert reply.handover is None and LATE.no in text_of(reply)
    assert act(reply) == "order" and not desk.deeds


async def test_the_same_while_urging_shows_the_urging() -> None:
    desk = ActingDesk(LATE)
    reply = await desk.say("怎么还没退款，催一下", "refund_progress")
    assert act(reply) == "preview" and not desk.deeds


async def test_three_letters_after_english_stay_english() -> None:
    desk = Desk(SHIPPED, language="en")
    await desk.say("where is my parcel", "logistics_tracking")
    reply = await desk.say("thx", "thanks_bye", language="zh")
    assert text_of(reply).isascii()


@pytest.mark.parametrize(("text", "intent"), [("你是机器人吗", "chitchat"), ("是真人吗？", "human_request"), ("are you a bot", "unknown")])
async def test_who_asks_whether_a_machine_answers_is_told_the_truth(text: str, intent: str) -> None:
    desk = Desk(language="en" if text.isascii() else "zh")
    reply = await desk.say(text, intent)
    assert reply.handover is None and len(choices(reply)) == 1
    assert ("AI" if text.isascii() else "智能客服") in text_of(reply)
    assert (await desk.say("转真人", "human_request")).handover


async def test_who_pays_for_sending_it_back_is_answered_by_the_rule_on_freight() -> None:
    back = Hit("a-back", "寄回地址", "policy.return_address", "申请后在订单里看寄回地址。", 1, 0.0)
    desk = Desk(articles=[*ARTICLES, back])
    assert ("article", "a-fee") in sources(await desk.say("退货运费谁出", "return_logistics"))
    assert ("article", "a-back") in sources(await desk.say("寄到哪里", "return_logistics"))


async def test_a_refund_wanted_for_goods_already_back_is_answered_with_how_it_stands() -> None:
    desk = ActingDesk(an_order("XF2603010011", "returned"))
    reply = await desk.say("退款", "refund_request")
    assert act(reply) == "order" and reply.handover is None and not desk.deeds


async def test_naming_a_kind_of_goods_after_which_one_is_not_given_up_on() -> None:
    desk = Desk()
    for text in ("这个怎么样", "这款有黑色吗"):
        assert act(await desk.say(text, "product_attribute")) == "product_ask"
    reply = await desk.say("显卡", "unknown")
    assert reply.handover is None and ("product", "card") in sources(reply)


# pictures after a request was handed in


class Folder:
    """The returns desk as far as pictures go."""

    def __init__(self, over: bool = False) -> None:
        self.over = over
        self.taken: list[tuple[Actor, str, tuple[str, ...], Id | None]] = []

    async def add_photos(self, actor: Actor, shop_id: Id, number: str, photos: Any, words: str, *, for_customer: Id | None = None) -> Any:
        actor.require("aftersales.request", shop_id)
        if self.over:
            raise NotFound
        self.taken.append((actor, number, tuple(photos), for_customer))
        return a_request(HERE.no, customer=ME)


async def with_a_case(folder: Folder | None) -> ActingDesk:
    desk = ActingDesk(HERE)
    desk.reception._clerk._evidence = folder  # type: ignore[union-attr]
    await desk.say("开线了要退货退款", "refund_request")
    assert act(await desk.say("好的", "confirm")) == "perform" and desk.deeds == ["return"]
    return desk


async def picture(desk: ActingDesk) -> tuple[str, Reply]:
    file = new_id()
    return file, await desk.say("", "unknown", kind="image", data={"file": {"id": file}})


async def test_a_picture_sent_after_the_request_joins_it_in_the_customers_name_each_once() -> None:
    folder = Folder()
    desk = await with_a_case(folder)
    first, reply = await picture(desk)
    assert act(reply) == "evidence" and "AS260310-0001" in text_of(reply)
    second, _ = await picture(desk)
    assert [(number, photos, whose) for _, number, photos, whose in folder.taken] == [
        ("AS260310-0001", (first,), ME), ("AS260310-0001", (second,), ME)
    ]  # fmt: skip
    actor = folder.taken[0][0]
    assert (actor.kind, actor.id) == ("customer", ME)
    assert set(actor.permissions) <= {"aftersales.read", "aftersales.request"}


@pytest.mark.parametrize("folder", [Folder(over=True), None])
async def test_a_request_that_takes_no_pictures_leaves_them_to_be_asked_about(folder: Folder | None) -> None:
    desk = await with_a_case(folder)
    _, reply = await picture(desk)
    assert act(reply) == "image" and reply.handover is None


async def test_without_the_right_to_open_requests_the_ai_adds_no_pictures_either() -> None:
    folder = Folder()
    desk = ActingDesk(HERE, without=("aftersales.request",))
    desk.reception._clerk._evidence = folder  # type: ignore[union-attr]
    desk.memory = Memory(case="AS260310-0001").dump()
    _, reply = await picture(desk)
    assert act(reply) != "evidence" and not folder.taken


# writing on while waiting for people


def waits(desk: Desk, text: str, **reading: Any) -> list[str]:
    incoming = desk.incoming(text, "unknown", **reading)
    incoming.memory = desk.memory
    incoming.conversation = msgspec.structs.replace(incoming.conversation, state="queued")
    reply = desk.reception.while_waiting(incoming)
    assert reply.handover is None and reply.work is None
    desk.memory = reply.memory if reply.memory is not None else desk.memory
    return [said.text for said in reply.say]


async def test_who_writes_on_while_nobody_is_at_work_is_told_so_once() -> None:
    desk = Desk(staffed=False)
    await desk.say("转人工", "human_request")
    told = [waits(desk, text) for text in ("人呢", "在吗", "？？", "有人吗")]
    assert [len(lines) for lines in told] == [1, 0, 0, 0]


async def test_a_way_to_be_reached_is_acknowledged_once() -> None:
    desk = Desk(staffed=False)
    await desk.say("转人工", "human_request")
    phone = (Entity("phone", "19900001234", 0, 11),)
    assert len(waits(desk, "19900001234", entities=phone)) == 1
    assert waits(desk, "19900001234 下午", entities=phone) == []
    assert waits(desk, "好的") == []


async def test_with_people_at_work_the_line_is_quiet_but_danger_is_answered() -> None:
    desk = Desk(staffed=True)
    await desk.say("转人工", "human_request")
    assert waits(desk, "在吗") == []
    assert len(waits(desk, "我不想活了", danger="self_harm")) == 1
    assert waits(desk, "我不想活了", danger="self_harm") == []


async def test_after_the_ai_serves_again_a_new_wait_is_told_anew() -> None:
    desk = Desk(SHIPPED, staffed=False)
    await desk.say("转人工", "human_request")
    assert len(waits(desk, "人呢")) == 1
    await desk.say("你好", "greeting")
    await desk.say("转人工", "human_request")
    assert len(waits(desk, "人呢")) == 1
