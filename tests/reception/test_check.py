"""The output check: what the facts hold up may be said, anything invented is caught."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reception.desk import NOW, SHIRT, Desk, an_order, text_of
from xinfu.kit.money import Money
from xinfu.knowledge.contracts import Hit
from xinfu.reception.check import Facts, claims_in
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
