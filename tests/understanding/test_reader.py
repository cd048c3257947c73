"""One front door: texts in, readings out, the same alone as in a batch, on any text at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinfu.kit.clock import FixedClock
from xinfu.understanding import EMOTIONS, INTENT_KEYS, STAGE_OF, Reading, Understanding

CLOCK = FixedClock(datetime(2026, 11, 20, 17, 30, tzinfo=UTC))  # already Saturday the 21st in Shanghai


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding.load(CLOCK)


def one(understanding: Understanding, text: str, before: str | None = None) -> Reading:
    return understanding.read([text], [before])[0]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("这件毛衣是什么材质的", "product_attribute"),
        ("这两款有什么区别", "product_compare"),
        ("有没有适合老人用的手机推荐", "product_search"),
        ("耳机连不上手机怎么办", "product_usage"),
        ("是正品吗", "authenticity"),
        ("生产日期是什么时候", "production_date"),
        ("里面都有什么配件", "package_contents"),
        ("能便宜点吗", "price"),
        ("双十一有什么活动", "promotion"),
        ("优惠券怎么用不了", "coupon"),
        ("赠品怎么没有", "gift_item"),
        ("什么时候有货", "stock"),
        ("新疆能送到吗", "delivery_area"),
        ("包邮吗", "delivery_fee"),
        ("你们是自营的吗", "seller_type"),
        ("支持货到付款吗", "payment"),
        ("白条怎么还款", "credit"),
        ("礼品卡怎么用", "gift_card_balance"),
        ("会员怎么取消自动续费", "membership"),
        ("收不到验证码", "account"),
        ("我想入驻你们平台", "merchant_partner"),
        ("订单显示等待审核是什么意思", "order_status"),
        ("什么时候发货", "dispatch_time"),
        ("我的快递到哪了", "logistics_tracking"),
        ("可以周末送货吗", "delivery_schedule"),
        ("放门口就行", "delivery_method"),
        ("显示已签收但是我没收到", "logistics_exception"),
        ("帮我改一下收货地址", "order_modify"),
        ("两个订单可以合并发货吗", "order_split_merge"),
        ("我要取消订单", "order_cancel"),
        ("取消的订单能恢复吗", "order_restore"),
        ("可以拒收吗", "reject_parcel"),
        ("什么时候上门安装", "installation"),
        ("可以开发票吗", "invoice"),
        ("支持七天无理由退货吗", "after_sales_policy"),
        ("保修多久", "warranty_repair"),
        ("我要退款", "refund_request"),
        ("退款什么时候到账", "refund_progress"),
        ("怎么撤销退货申请", "after_sales_withdraw"),
        ("服务单审核要多久", "service_ticket"),
        ("退货寄到哪里", "return_logistics"),
        ("你们发错货了", "wrong_missing"),
        ("收到的时候杯子已经碎了", "transport_damage"),
        ("刚买就降价了能退差价吗", "price_protection"),
        ("怎么申请纠纷单", "dispute"),
        ("怎么修改评价", "review"),
        ("有以旧换新吗", "trade_in"),
        ("快递员电话多少", "contact_someone"),
        ("话费充值没到账", "top_up"),
        ("机票怎么改签", "travel_ticket"),
        ("在吗", "greeting"),
        ("好的谢谢", "thanks_bye"),
        ("是的", "confirm"),
        ("不是这个", "deny"),
        ("转人工", "human_request"),
        ("我要投诉你们客服", "complaint"),
        ("where is my order", "logistics_tracking"),
        ("i want to return this", "after_sales_policy"),
        ("when will i get my refund", "refund_progress"),
        ("can i change my shipping address", "order_modify"),
        ("how do i cancel my order", "order_cancel"),
        ("it arrived broken", "transport_damage"),
    ],
)
def test_plain_wishes_are_understood(understanding: Understanding, text: str, intent: str) -> None:
    assert one(understanding, text).intent == intent


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("你们就是骗子，太过分了", "anger"),
        ("急死了，怎么还不发货", "anxiety"),
        ("不会被骗了吧，好担心", "worry"),
        ("太失望了，再也不来了", "loss"),
        ("看不懂，到底什么意思", "confusion"),
        ("太好了，非常满意", "happiness"),
        ("这个多少钱", "calm"),
        ("this is unacceptable, worst service ever", "anger"),
    ],
)
def test_plain_feelings_are_felt(understanding: Understanding, text: str, emotion: str) -> None:
    reading = one(understanding, text)
    assert reading.emotion == emotion
    assert (reading.intensity == 0) == (emotion == "calm")


def test_abuse_is_anger_at_its_strongest(understanding: Understanding) -> None:
    reading = one(understanding, "你们这群废物")
    assert (reading.abuse, reading.emotion, reading.intensity) == (True, "anger", 3)


def test_danger_and_things_named_are_part_of_the_reading(understanding: Understanding) -> None:
    reading = one(understanding, "订单XF2026112100012的充电宝昨天爆炸了")
    assert reading.danger == "injury"
    assert [(e.kind, e.value) for e in reading.entities] == [("order_no", "XF2026112100012"), ("date", "2026-11-20")]


def test_yesterday_is_counted_in_the_shops_zone_or_from_the_day_given(understanding: Understanding) -> None:
    assert one(understanding, "昨天").entities[0].value == "2026-11-20"
    assert understanding.read(["昨天"], today=date(2026, 1, 1))[0].entities[0].value == "2025-12-31"


def test_an_elliptic_question_is_read_with_what_was_said_before(understanding: Understanding) -> None:
    assert one(understanding, "那运动鞋呢", "退款什么时候到账您可以在订单里查退款进度").intent == "refund_progress"


def test_languages_are_told_apart(understanding: Understanding) -> None:
    texts = ["你好", "hello there", "iphone 15 有货吗", "12345", "can i use 支付宝 to pay for my order"]
    assert [r.language for r in understanding.read(texts)] == ["zh", "en", "zh", "zh", "en"]


def test_nothing_in_nothing_out(understanding: Understanding) -> None:
    assert understanding.read([]) == []


def test_each_text_needs_its_before(understanding: Understanding) -> None:
    with pytest.raises(ValueError, match="before"):
        understanding.read(["你好"], [None, None])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.text(max_size=120), st.none() | st.text(max_size=30)), max_size=8))
def test_any_text_is_read_and_a_batch_reads_as_one_by_one(understanding: Understanding, asked: list[tuple[str, str | None]]) -> None:
    texts, before = [text for text, _ in asked], [said for _, said in asked]
    together = understanding.read(texts, before)
    assert len(together) == len(texts)
    for (text, said), reading in zip(asked, together, strict=True):
        alone = one(understanding, text, said)
        assert (alone.emotion, alone.intensity, alone.abuse, alone.danger) == (
            reading.emotion, reading.intensity, reading.abuse, reading.danger,
        )  # fmt: skip
        assert alone.entities == reading.entities
        assert alone.intent_p == pytest.approx(reading.intent_p, abs=1e-4)
        assert reading.intent in INTENT_KEYS
        assert reading.emotion in EMOTIONS
        assert STAGE_OF[reading.intent] in (reading.stage, "any")
        assert reading.top[0] == (reading.intent, reading.intent_p)
        assert [p for _, p in reading.top] == sorted((p for _, p in reading.top), reverse=True)
        assert sum(p for _, p in reading.top) <= 1 + 1e-5
        assert 0 <= reading.emotion_p <= 1 + 1e-6


@pytest.mark.parametrize(
    "text", ["\ud800", "\x00\x02\x02", "😀" * 300, "啊" * 5000, " \n\t ", "a" * 4000, "1" * 4000, "一" * 4000, "省市区路" * 900]
)
def test_strange_and_long_texts_do_no_harm(understanding: Understanding, text: str) -> None:
    assert one(understanding, text).intent in INTENT_KEYS


def test_many_threads_may_read_at_once(understanding: Understanding) -> None:
    texts = ["什么时候发货", "转人工", "太失望了", "where is my order"] * 8
    expected = understanding.read(texts)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(understanding.read, [texts] * 12))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我先拆了试试", "confirm"),
        ("那我回去看看", "confirm"),
        ("行，那我等着", "confirm"),
        ("好的，我再等等看", "confirm"),
        ("I'll wait", "confirm"),
        ("好，麻烦了", "thanks_bye"),
        ("那就麻烦你们了", "thanks_bye"),
        ("显卡能退吗", "after_sales_policy"),
    ],
)
def test_what_people_say_when_they_take_our_word_is_no_question(understanding: Understanding, text: str, intent: str) -> None:
    assert one(understanding, text).intent == intent


@pytest.mark.parametrize("text", ["我先看看物流到哪了", "我先试试能不能退", "等了三天了", "我再问一下什么时候发货", "我等着用呢"])
def test_a_question_that_begins_the_same_way_is_still_a_question(understanding: Understanding, text: str) -> None:
    assert one(understanding, text).intent != "confirm"


@pytest.mark.parametrize("text", ["XF260311000123", "#W2611340", "🙂", "123", "!!", "ok", "XL", ""])
def test_what_has_no_words_is_in_the_language_spoken_before(understanding: Understanding, text: str) -> None:
    assert one(understanding, text, "您说的是哪个订单？").language == "zh"
    assert one(understanding, text, "Which order do you mean?").language == "en"


def test_words_decide_their_language_whatever_was_spoken_before(understanding: Understanding) -> None:
    assert one(understanding, "where is it", "您说的是哪个订单？").language == "en"
    assert one(understanding, "到哪了", "Which order do you mean?").language == "zh"


@pytest.mark.parametrize(
    "text",
    [
        "客服",
        "客服呢",
        "找客服",
        "叫你们客服来",
        "请问",
        "你是谁",
        "你叫什么",
        "你是机器人吗",
        "确认办理",
        "不错",
        "太贴心了❤",
        "你们家质量太好了",
    ],
)
def test_short_plain_words_insult_nobody_and_threaten_nobody(understanding: Understanding, text: str) -> None:
    reading = one(understanding, text)
    assert (reading.abuse, reading.danger) == (False, None)
    assert reading.emotion in ("calm", "happiness")


@pytest.mark.parametrize("text", ["你妈的", "滚", "滚蛋", "去你妈的"])
def test_a_curse_is_abuse_but_no_threat(understanding: Understanding, text: str) -> None:
    reading = one(understanding, text)
    assert (reading.abuse, reading.danger) == (True, None)


def test_the_chance_told_is_how_often_such_a_chance_is_right_and_never_below_the_next(understanding: Understanding) -> None:
    for reading in understanding.read(["快递", "那个怎么弄", "能便宜点吗我想买两件", "什么时候全到"]):
        chances = [p for _, p in reading.top]
        assert chances == sorted(chances, reverse=True) and reading.intent_p == chances[0]
