"""The output check: what the facts hold up may be said, anything invented is caught."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reception.desk import NOW, SHIRT, Desk, an_order, text_of
from xinfu.kit.money import Money
from xinfu.knowledge.contracts import Hit
from xinfu.reception.check import Facts, claims_in, stated_in
from xinfu.reception.wording import wording

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def some_facts() -> Facts:
    facts = Facts(SHANGHAI)
    facts.order(an_order(), NOW)
    facts.product(SHIRT)
    facts.text("收到退货后 3 个工作日内原路退回，满 99 元包邮。")
    return facts


@pytest.mark.parametrize(
    "said",
    [
        "订单 XF2603080001 预计 3月12日 前送到。",
        "It should arrive by 12 Mar.",
        "最新一站：3月10日 05:00",
        "三个工作日内退回",
        "within 3 working days",
        "现在卖 ¥89.00",
        "89元",
        "30 度以下机洗",
        "满99元包邮",
        "没有数字的一句话。",
    ],
)
def test_what_the_facts_say_may_be_said(said: str) -> None:
    assert some_facts().unsupported(said) == []


@pytest.mark.parametrize(
    "said",
    [
        "预计 3月13日 前送到。",
        "It should arrive by 13 Mar.",
        "05:01 到的",
        "五个工作日内退回",
        "24小时内退",
        "现在卖 ¥88.00",
        "八十八块钱",
        "给您打8折",
        "优惠 15%",
        "保证明天送到",
        "we guarantee it",
        "you will get a full refund",
        "订单 XF2603080002",
        "运单 ZT7700012346",
    ],
)
def test_what_no_fact_holds_up_is_caught(said: str) -> None:
    assert some_facts().unsupported(said)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_an_amount_is_sayable_exactly_when_it_is_among_the_facts(known: int, said: int) -> None:
    facts = Facts(SHANGHAI)
    facts.money(Money(known))
    assert (facts.unsupported(f"一共 {Money(said)}。") == []) == (known == said)


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_day_is_sayable_exactly_when_it_is_among_the_facts(known: int, said: int) -> None:
    facts = Facts(SHANGHAI)
    facts.times([NOW + timedelta(days=known)])
    one, other = ((NOW + timedelta(days=d)).astimezone(SHANGHAI) for d in (known, said))
    same = (one.month, one.day) == (other.month, other.day)
    assert (facts.unsupported(f"{other.month}月{other.day}日前到") == []) == same
    assert (facts.unsupported(f"by {other.day} {MONTHS[other.month - 1]}.") == []) == same


@given(st.text(max_size=200))
def test_reading_claims_never_fails(text: str) -> None:
    assert all(":" in claim for claim in claims_in(text))


@given(st.text(max_size=200))
def test_a_text_is_always_held_up_by_itself(text: str) -> None:
    facts = Facts(SHANGHAI)
    facts.text(text)
    assert facts.unsupported(text) == []


async def test_an_invented_number_never_reaches_the_customer_and_staff_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that claims more than its facts is replaced; here the wording itself is made to lie."""
    lying = "{body} 另外保证 24 小时到账。"
    desk = Desk(articles=(Hit("a", "退货", "policy.returns", "签收后 7 天内可以退。", 1, 0.0),))
    monkeypatch.setitem(wording("zh").phrases, "article.say", (lying,))
    reply = await desk.say("能退吗", "after_sales_policy")
    assert "24" not in text_of(reply) and "保证" not in text_of(reply)
    assert len(reply.notes) == 1 and "24" in reply.notes[0]
    assert desk.memory["k"] == "person"


# What is said must come from this turn, however it is written


@given(st.integers(100, 10**7), st.integers(1, 10**5), st.sampled_from(["¥{a}", "{a}元", "{a} 块", "{a} yuan", "¥ {a}", "${a}"]))
def test_an_amount_that_was_altered_never_passes(known: int, by: int, form: str) -> None:
    facts = Facts(SHANGHAI)
    facts.money(Money(known))
    altered = Money(known + by)
    assert facts.untrue(f"一共退您 {form.format(a=altered.plain())}")
    assert facts.untrue(f"you get {form.format(a=altered.plain())} back")


@given(st.integers(1, 27), st.integers(1, 12), st.integers(1, 27), st.integers(1, 12))
def test_a_date_that_was_altered_never_passes(day: int, month: int, other_day: int, other_month: int) -> None:
    facts = Facts(SHANGHAI)
    facts.times([NOW.replace(month=month, day=day)])
    passes = (day, month) == (other_day, other_month)
    for said in (f"{other_month}月{other_day}日送到", f"{other_month}月{other_day}号送到", f"by {other_day} {MONTHS[other_month - 1]}"):
        assert (facts.untrue(said) == []) == passes


@pytest.mark.parametrize(
    "said",
    [
        "保证给您处理好", "肯定能到", "一定会退", "承诺补偿", "给您免单", "全额退款", "we guarantee it", "definitely tomorrow", "full refund",
        "已经为您取消了", "已经帮您退款", "已退款成功", "已为您修改地址", "已经催了快递", "已经提交退货申请", "成功取消", "已发货", "显示已签收",
        "I've cancelled it", "your order has been cancelled", "it has been refunded", "I have changed the address", "it was delivered",
        "七天无理由退货", "包邮的", "免运费", "免费上门取件", "假一赔十", "赠送您一张券", "送您一个红包", "终身质保", "支持试用", "可以保价",
        "free shipping", "no-reason returns", "lifetime warranty", "we'll give you a voucher", "at no cost",
        "明天就到", "今晚送达", "下周发货", "月底补货", "arrives tomorrow", "by next week", "马上到账",
        "24小时内", "三个工作日", "within 2 days", "八折", "5%", "XF1234", "运单 998877",
    ],
)  # fmt: skip
def test_rules_deeds_promises_and_days_nobody_told_never_pass(said: str) -> None:
    facts = Facts(SHANGHAI)
    facts.product(SHIRT)
    facts.order(an_order(status="paid"), NOW)
    assert facts.untrue(said), said


@given(
    st.sampled_from(["保证", "全额退款", "已经为您取消", "包邮", "明天", "48小时", "¥1.00", "guarantee", "已退款"]),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_a_promise_hidden_in_other_words_is_found(promise: str, before: str, after: str) -> None:
    assert Facts(SHANGHAI).untrue(f"{before}，{promise}，{after}")


@pytest.mark.parametrize(
    ("status", "said", "passes"),
    [
        ("cancelled", "订单已经取消。", True), ("paid", "订单已经取消。", False), ("delivered", "显示已签收。", True),
        ("shipped", "已签收。", False), ("shipped", "已经发出。", True), ("paid", "已经发出。", False),
    ],
)  # fmt: skip
def test_a_state_is_told_only_of_an_order_in_it(status: Any, said: str, passes: bool) -> None:
    facts = Facts(SHANGHAI)
    facts.order(an_order(status=status), NOW)
    assert (facts.untrue(said) == []) == passes


@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_phrases_claim_nothing_but_an_order_s_or_a_request_s_state(language: Any) -> None:
    """Whatever else is in them comes from facts that are filled in."""
    of_state = ("order.", "action.shipped", "task.opened", "task.withdrawn", "request.")
    staff = ("note.", "next.", "intent.", "op.", "emotion.", "attribute.")
    for key, variants in wording(language).phrases.items():
        if key.startswith(staff):
            continue
        for variant in variants:
            bare = re.sub(r"\{.*?\}", "", variant)
            claims = claims_in(bare) | stated_in(bare)
            assert all(c.startswith("deed:") for c in claims) and (not claims or key.startswith(of_state)), (key, claims)


async def test_what_was_not_done_is_not_said_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(articles=(Hit("a", "退货", "policy.returns", "签收后 7 天内可以退。", 1, 0.0),))
    monkeypatch.setitem(wording("zh").phrases, "article.say", ("{body} 已经帮您退款了。",))
    reply = await desk.say("能退吗", "after_sales_policy")
    assert "已经帮您退款" not in text_of(reply) and (reply.say[0].data or {})["why"] == "replaced"
