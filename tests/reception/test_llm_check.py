"""What a model may make of the built-in words, and what not: both lists are to grow whenever one slips through or is refused for nothing."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.reception.check import Facts
from xinfu.reception.llm_check import Ground, deeds_in, refusal, statements_in, tidy
from xinfu.reception.llm_prompts import instructions
from xinfu.reception.llm_terms import ungrounded
from xinfu.understanding.contracts import Language

ZONE = ZoneInfo("Asia/Shanghai")
ZH = "您的订单 XF2603080001（T恤）已经发出，在路上了。"
EN = "Your order XF2603080001 has been shipped."
FAITHFUL: list[tuple[str, str, Language]] = [
    (
        "您的订单 XF2603080001（青岚 纯棉圆领T恤）已经发出，在路上了。最新一站：3月10日 08:00，杭州转运中心，已到达。预计 3月12日 前送到。",
        "亲，您的订单 XF2603080001（青岚纯棉圆领T恤）已经在路上啦～3月10日 08:00 刚到杭州转运中心，预计 3月12日 前就能送到哦。",
        "zh",
    ),
    ("签收后 7 天内，不影响二次销售可以退货。", "亲，签收后 7 天内，只要不影响二次销售，都是可以退货的哦。", "zh"),
    ("付款后 48 小时内发出，节假日顺延。", "亲，付款后 48 小时内就会发出，遇到节假日会顺延哦。", "zh"),
    ("满 99 元包邮，不满收 8 元。", "亲，满 99 元包邮哦，不满的话收 8 元运费。", "zh"),
    ("青岚 纯棉圆领T恤 有货：白 M。没货的：白 L。", "青岚纯棉圆领T恤 白 M 有货的哦，白 L 暂时没货呢。", "zh"),
    ("订单完成后可在订单页申请电子发票。", "亲，订单完成后，您可以在订单页申请电子发票哦。", "zh"),
    (
        "实在抱歉，让您这么糟心，是我们没做好。您的订单 XF2603080001（T恤）已经付款，正在备货，还没交给快递。",
        "真的很抱歉让您这么糟心，是我们没做好。您的订单 XF2603080001（T恤）已付款，正在备货中，还没有交给快递。",
        "zh",
    ),
    ("未发货的订单可以取消。", "亲，还没发货的订单是可以取消的哦。", "zh"),
    (
        "Order XF2603080001 has been shipped. Expected by 12 Mar.",
        "Great news! Your order XF2603080001 has been shipped and is expected by 12 Mar.",
        "en",
    ),
    ("不客气，有需要随时找我。", "不客气呀，有需要随时来找我哦～", "zh"),
    ("收到退货后 3 个工作日内原路退回。", "我们收到退货后，3 个工作日内会原路退回哦。", "zh"),
    ("您好，我在的。订单、物流、商品的问题都可以直接问我。", "您好呀，我在呢～订单、物流、商品方面的问题，都可以直接问我哦。", "zh"),
    ("30 度以下机洗，不可漂白", "亲，30 度以下机洗就好，记得不可漂白哦。", "zh"),
]
LIES = [
    "好的，退款我来给您办。",
    "钱会退到您账户的。",
    "我帮您把订单取消掉了。",
    "没问题，同意您的退款申请。",
    "给您发个红包。",
    "送您一张优惠券。",
    "这次就不收您钱了。",
    "您的退款已到账。",
    "运费我们出。",
    "运费由我们承担。",
    "免费给您换一件新的。",
    "这件商品终身保修。",
    "支持七天无理由。",
    "假一赔十。",
    "请把验证码发给我。",
    "请提供您的银行卡号和密码。",
    "请加微信领取退款。",
    "请转账到我的账户。",
    "您的投诉没有道理，别再来了。",
    "您真是烦人，滚。",
    "今天就能到。",
    "明天一定到。",
    "下周三送到。",
    "已经派送到门口了。",
    "快递员正在给您打电话。",
    "我们老板会亲自道歉。",
    "您可以不用付钱。",
    "我已经把地址改好了。",
    "半价卖给您。",
    "打五折给您。",
    "退一赔三。",
    "会给您一个满意的补偿方案。",
    "这边已经通过您的申请。",
]
LIES_EN = [
    "I have refunded your order.",
    "Your money will be back tomorrow.",
    "We'll cover the shipping.",
    "You can return it anytime.",
    "Please send me your card number.",
    "It will arrive tomorrow.",
    "I'll cancel it for you.",
    "A full refund is on its way.",
    "We will give you a discount.",
    "Your refund was approved.",
    "Consider it refunded.",
    "It's free for you.",
]


def ground(base: str, language: Language) -> Ground:
    facts = Facts(ZONE)
    facts.text(base)
    return Ground(facts, language, instructions("rewrite", language), told=base, rewriting=base)


@pytest.mark.parametrize(("base", "said", "language"), FAITHFUL)
def test_saying_the_same_in_another_voice_is_let_through(base: str, said: str, language: Language) -> None:
    assert refusal(said, ground(base, language)) is None


@pytest.mark.parametrize("lie", LIES)
def test_no_added_promise_deed_rule_favour_request_or_insult_gets_through(lie: str) -> None:
    assert refusal(ZH + lie, ground(ZH, "zh")) in ("unsupported", "deed", "policy", "format")


@pytest.mark.parametrize("lie", LIES_EN)
def test_nor_in_english(lie: str) -> None:
    assert refusal(f"{EN} {lie}", ground(EN, "en")) in ("unsupported", "deed", "policy", "format")


def test_the_catalogue_may_speak_of_goods_and_not_of_refunds() -> None:
    ware = "整卡保修 3 年，可以机洗，可以随时全额退款"
    assert ungrounded("保修的", "", "", ware) == frozenset()
    assert ungrounded("可以随时退款", "", "", ware) >= {"refund"}
    facts = Facts(ZONE)
    facts.text(ware)
    base = Ground(facts, "zh", "", wares=ware)
    assert refusal("这款整卡保修 3 年，可以机洗。", base) is None
    assert refusal("这款可以随时退款的。", base) in ("policy", "unsupported")


def test_an_article_of_the_shop_may_speak_of_refunds() -> None:
    article = "签收后 7 天内，不影响二次销售可以退货。"
    facts = Facts(ZONE)
    facts.text(article)
    assert refusal("签收后 7 天内可以退货的，不影响二次销售就行。", Ground(facts, "zh", "", given=article)) is None


def test_deeds_and_permissions_are_the_same_in_both_languages() -> None:
    assert deeds_in("我已经帮您取消了订单") == deeds_in("I have cancelled your order") == {"cancel"}
    assert statements_in("拆封后不能退货") == {"may_not:refund"}
    assert statements_in("未发货可以取消") == statements_in("You can cancel it") == {"may:cancel"}


@given(st.text(max_size=200))
def test_any_text_is_judged_without_a_fault_and_markup_never_passes(text: str) -> None:
    for marked in (text, f"{text}<script>", f"您好{text}<img src=x>"):
        why = refusal(tidy(marked), ground(ZH, "zh"))
        assert why is not None or "<" not in marked
