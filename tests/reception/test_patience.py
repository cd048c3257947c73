"""What a demanding customer would find silly: being asked for what cannot be used, hearing the same twice, being taken for a no."""

import pytest

from tests.reception.acts import Acting, ActingDesk
from tests.reception.desk import NOW, SHOP, Desk, a_line, a_parcel, an_order, text_of
from xinfu.conversations.contracts import Reply
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.ids import new_id
from xinfu.reception.consent import answer_to
from xinfu.reception.lookups import RoleShelf

SHIPPED = an_order("XF2603080001", "shipped")
LATE = an_order("XF2603010004", "shipped", a_parcel(promised_in_days=-2), days_ago=8)
PAID = an_order("XF2603090002", "paid", lines=(a_line("极昼 RX90 显卡", "card"),), days_ago=1)
HERE = an_order("XF2603040010", "delivered")


def act(reply: Reply) -> str:
    return str((reply.say[0].data or {}).get("act", ""))


def choices(reply: Reply) -> list[str]:
    return list((reply.say[0].data or {}).get("choices", ()))


async def test_a_parcel_on_its_way_is_said_to_be_too_late_before_an_address_is_asked_for() -> None:
    desk = ActingDesk(SHIPPED)
    for text in ("能改地址吗", "我要改地址", "能改下备注吗"):
        desk.memory = {}
        reply = await desk.say(text, "order_modify")
        assert act(reply) == "too_late" and SHIPPED.no in text_of(reply)
        assert choices(reply) == ["转人工"] and not desk.deeds
    reply = await desk.say("好的", "confirm")
    assert reply.handover and reply.handover.reason == "unsure"


async def test_an_order_not_sent_yet_can_still_be_changed() -> None:
    desk = ActingDesk(PAID, SHIPPED)
    reply = await desk.say("我要改地址", "order_modify")
    assert act(reply) == "task_ask" and PAID.no in text_of(reply)


async def test_an_order_that_was_never_cancelled_is_not_restored_but_told_about() -> None:
    desk = ActingDesk(PAID)
    reply = await desk.say("帮我恢复订单", "order_restore")
    assert act(reply) == "order" and PAID.no in text_of(reply) and reply.handover is None


async def test_calling_off_the_order_is_no_answer_to_a_question_about_the_address() -> None:
    desk = ActingDesk(PAID)
    await desk.say("改下地址", "order_modify")
    reply = await desk.say("那取消吧不要了", "order_cancel")
    assert act(reply) == "preview" and "订单取消" in text_of(reply) and not desk.deeds


@pytest.mark.parametrize("text", ["你们到底管不管", "行不行啊", "能不能快点"])
def test_a_question_with_a_not_in_it_is_no_refusal(text: str) -> None:
    assert answer_to("urge_parcel", text) == "other"


async def test_the_other_one_is_the_other_of_those_shown() -> None:
    third = an_order("XF2602010009", "completed", days_ago=40)
    desk = ActingDesk(SHIPPED, LATE, third)
    shown = await desk.say("快递到哪了", "logistics_tracking")
    assert act(shown) == "orders_ask"
    await desk.say("第一个", "confirm")
    reply = await desk.say("另一个呢", "unknown", p=0.6)
    assert LATE.no in text_of(reply) and SHIPPED.no not in text_of(reply)


async def test_the_other_one_is_one_not_spoken_of_yet() -> None:
    desk = ActingDesk(SHIPPED, HERE, PAID)
    await desk.say(f"{SHIPPED.no} 到哪了", "logistics_tracking", no=SHIPPED.no)
    await desk.say(f"{HERE.no} 呢", "logistics_tracking", no=HERE.no)
    reply = await desk.say("还有另一个呢", "unknown", p=0.6)
    assert PAID.no in text_of(reply)


@pytest.mark.parametrize("text", ["这个", "那款呢", "这件怎么样"])
async def test_this_one_without_a_name_is_asked_for_with_what_was_bought_to_choose_from(text: str) -> None:
    desk = Desk(an_order("XF2603040010", "delivered"), an_order("XF2603040011", "delivered", lines=(a_line("极昼 RX90 显卡", "card"),)))
    reply = await desk.say(text, "unknown", p=0.6)
    assert act(reply) == "product_ask" and choices(reply) == ["青岚 纯棉圆领T恤", "极昼 RX90 显卡"]


async def test_the_price_of_this_one_is_no_matter_for_an_article() -> None:
    desk = Desk()
    assert act(await desk.say("那款多少钱", "price")) == "product_ask"
    reply = await desk.say("显卡", "account")
    assert act(reply) == "price" and "3299" in text_of(reply).replace(",", "")


async def test_asking_for_others_brings_others() -> None:
    from dataclasses import replace

    from tests.reception.desk import CARD

    desk = Desk(products=(CARD, replace(CARD, id="card2", name="极昼 RX70 显卡")))
    await desk.say("极昼 RX90 显卡多少钱", "price")
    reply = await desk.say("还有别的吗", "product_compare", p=0.4)
    assert act(reply) == "product_list" and "RX70" in text_of(reply) and "RX90" not in text_of(reply)


async def test_urging_twice_is_not_answered_with_the_same_story() -> None:
    desk = ActingDesk(LATE)
    first = text_of(await desk.say("怎么还没到", "logistics_tracking"))
    again = await desk.say("都三天没动了", "logistics_tracking")
    assert act(again) == "preview" and "ZT7700012345" in first and "ZT7700012345" not in text_of(again)
    third = await desk.say("快点啊", "logistics_tracking")
    assert third.handover and not desk.deeds


async def test_hurry_after_an_answer_is_about_that_order() -> None:
    desk = ActingDesk(SHIPPED)
    await desk.say("到哪了", "logistics_tracking")
    reply = await desk.say("能不能快点啊", "unknown", p=0.2, emotion="anxiety", intensity=2)
    assert act(reply) == "preview" and "催" in text_of(reply)


async def test_when_an_order_placed_now_would_come_is_not_a_question_about_an_old_one() -> None:
    desk = Desk(SHIPPED, LATE)
    reply = await desk.say("今天下单什么时候到", "logistics_tracking")
    assert act(reply) == "article" and "48 小时" in text_of(reply)


async def test_damage_in_a_parcel_still_on_its_way_is_no_wish_to_cancel() -> None:
    desk = ActingDesk(SHIPPED)
    reply = await desk.say("到的那件碎了", "transport_damage")
    assert act(reply) == "action" and reply.handover and reply.handover.reason == "person_needed"


async def test_asking_for_the_difference_after_the_rule_is_checked_for_the_own_order() -> None:
    desk = ActingDesk(HERE)
    await desk.say("降价了怎么办", "price_protection")
    reply = await desk.say("能退差价吗", "price_protection")
    assert act(reply) == "preview" and HERE.no in text_of(reply) and not desk.deeds


async def test_a_photo_sent_after_the_preview_goes_with_the_case() -> None:
    photo = new_id()
    desk = ActingDesk(HERE)
    await desk.say("质量有问题，我要退货", "refund_request")
    reply = await desk.say("", "unknown", kind="image", data={"file": {"id": photo}})
    assert act(reply) == "preview" and not desk.deeds
    assert act(await desk.say("确认办理", "confirm")) == "perform"
    assert desk.requests.opened[0][1]["photos"] == [photo]


async def test_a_photo_of_an_earlier_case_is_not_part_of_the_next() -> None:
    photo = new_id()
    desk = ActingDesk(HERE)
    await desk.say("质量有问题，我要退货", "refund_request")
    await desk.say("", "unknown", kind="image", data={"file": {"id": photo}})
    await desk.say("确认办理", "confirm")
    assert "f" not in desk.memory
    shown = await desk.say("降价了，申请价保", "price_protection")
    assert act(shown) == "preview" and photo not in str(desk.memory)


async def test_two_wishes_for_which_one_tap_is_needed_ask_once() -> None:
    desk = ActingDesk(SHIPPED, LATE)
    reply = await desk.say("快递到哪了，帮我把订单取消", "logistics_tracking")
    assert act(reply).count("orders_ask") <= 1


async def test_what_the_ai_may_do_is_asked_for_once_in_a_while_and_anew_when_rights_change() -> None:
    asked: list[str] = []

    class Counted(Acting):
        async def ai(self, shop_id: str) -> Actor:
            asked.append(shop_id)
            return await super().ai(shop_id)

    clock = FixedClock(NOW)
    roles = RoleShelf(Counted(), clock)
    await roles.ai(SHOP)
    await roles.ai(SHOP)
    assert asked == [SHOP]
    await roles.access_changed(None)
    await roles.ai(SHOP)
    clock.move(seconds=6)
    await roles.ai(SHOP)
    assert asked == [SHOP] * 3
