"""What customers are told about their orders: steps, statuses, gifts, cards, and which attribute they ask about."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.commerce import policy
from xinfu.commerce.contracts import Order, OrderLine, Parcel, Scan
from xinfu.commerce.policy import ATTRIBUTES, OrderFacts, attribute_asked, holds_until, is_gift, order_key, status_text, timeline
from xinfu.kit.money import Money

NOON = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)
STATUSES = list(policy.STATUS)
CODES = ["collected", "departed", "arrived", "out_for_delivery", "delivered", "exception", "returned"]

moments = st.integers(-200, 200).map(lambda h: NOON + timedelta(hours=h))
maybe = st.none() | moments
scans = st.builds(Scan, moments, st.sampled_from(CODES), st.just("杭州"), st.just("到达转运中心"))
parcels = st.builds(
    Parcel, st.just("顺丰"), st.just("SF1"), st.lists(scans, max_size=6).map(lambda s: tuple(sorted(s, key=lambda x: x.at))), maybe
)
facts = st.builds(
    OrderFacts,
    status=st.sampled_from(STATUSES),
    placed_at=moments,
    pay_by=moments,
    paid_at=maybe,
    packed_at=maybe,
    completed_at=maybe,
    cancelled_at=maybe,
    returned_at=maybe,
    parcels=st.lists(parcels, max_size=3).map(tuple),
)


def some_facts(
    status: str = "shipped", *scanned: Scan, promised: datetime | None = None, pay_by: datetime = NOON, **times: datetime
) -> OrderFacts:
    known = {name: times.get(name) for name in ("paid_at", "packed_at", "completed_at", "cancelled_at", "returned_at")}
    sent = (Parcel("顺丰", "SF1", scanned, promised),) if scanned or promised else ()
    return OrderFacts(status, NOON, pay_by, parcels=sent, **known)  # type: ignore[arg-type]


def scan(hours: float, code: str, text: str = "到达转运中心") -> Scan:
    return Scan(NOON + timedelta(hours=hours), code, "杭州", text)  # type: ignore[arg-type]


@given(facts, moments)
def test_done_steps_come_first_and_never_run_backwards(order: OrderFacts, now: datetime) -> None:
    steps = timeline(order, now)
    assert [s.done for s in steps] == sorted((s.done for s in steps), reverse=True)
    times = [s.at for s in steps if s.at]
    assert all(a <= b for a, b in pairwise(times))
    assert steps[0].key == "placed" and steps[0].done
    assert all(s.at is None for s in steps if not s.done)
    assert len({s.key for s in steps}) == len(steps)
    assert all(s.zh and s.en for s in steps)


@given(facts, moments)
def test_an_ended_order_promises_nothing_more(order: OrderFacts, now: datetime) -> None:
    steps = timeline(order, now)
    if order.status in ("cancelled", "returned"):
        assert steps[-1].key == order.status and all(s.done for s in steps)
    else:
        assert not {"cancelled", "returned"} & {s.key for s in steps}


@given(facts, moments, st.floats(0, 1))
def test_a_timeline_stays_the_same_for_as_long_as_it_is_said_to_hold(order: OrderFacts, now: datetime, part: float) -> None:
    until = holds_until(order, now)
    assert until > now or until == now + timedelta(0)
    later = now + (min(until, now + timedelta(days=400)) - now) * part
    if later < until:
        assert timeline(order, later) == timeline(order, now)


def test_a_parcel_on_its_way_says_where_it_was_last() -> None:
    steps = timeline(some_facts("shipped", scan(2, "collected"), scan(5, "departed"), scan(9, "arrived"), paid_at=NOON), NOON)
    assert [(s.key, s.done) for s in steps] == [
        ("placed", True), ("paid", True), ("packed", True), ("handed_over", True), ("in_transit", True),
        ("out_for_delivery", False), ("signed", False), ("completed", False),
    ]  # fmt: skip
    told = steps[4]
    assert (told.detail, told.at) == ("杭州 到达转运中心", NOON + timedelta(hours=9))


@pytest.mark.parametrize(
    ("last", "zh", "en"),
    [
        ("exception", "运输中:有异常", "On the way: something went wrong"),
        ("returned", "运输中:包裹退回中", "On the way: the parcel is going back"),
    ],
)
def test_an_exception_is_named(last: str, zh: str, en: str) -> None:
    step = timeline(some_facts("shipped", scan(2, "collected"), scan(5, last, "地址不详")), NOON)[4]
    assert (step.zh, step.en, step.detail) == (zh, en, "杭州 地址不详")


def test_a_late_parcel_is_called_late_only_after_the_promise() -> None:
    promised = NOON + timedelta(hours=10)
    late = some_facts("shipped", scan(2, "collected"), scan(5, "departed"), promised=promised)
    assert timeline(late, promised)[4].zh == "运输中"
    assert timeline(late, promised + timedelta(seconds=1))[4].zh == "运输中，比预计的晚"
    arrived = some_facts("delivered", scan(2, "collected"), scan(30, "delivered"), promised=promised)
    assert timeline(arrived, NOON + timedelta(days=9))[6].zh == "已签收"


def test_of_two_parcels_the_slower_one_is_told() -> None:
    fast = Parcel("顺丰", "SF1", (scan(2, "collected"), scan(20, "delivered")), None)
    slow = Parcel("顺丰", "SF2", (scan(3, "collected"),), None)
    order = OrderFacts("shipped", NOON, NOON, NOON, None, None, None, None, (fast, slow))
    assert [s.key for s in timeline(order, NOON) if s.done][-1] == "handed_over"


@pytest.mark.parametrize(
    ("left", "zh", "en"),
    [
        ({"minutes": 25}, "待付款，还剩 25 分钟，到时自动取消", "Waiting for payment; cancels itself in 25 min"),
        ({"hours": 2}, "待付款，还剩 2 小时，到时自动取消", "Waiting for payment; cancels itself in 2 h"),
        ({"hours": 2, "minutes": 5}, "待付款，还剩 2 小时 5 分钟，到时自动取消", "Waiting for payment; cancels itself in 2 h 5 min"),
        ({"minutes": -1}, "待付款，已到时限，马上会自动取消", "Waiting for payment; the time is up and it will cancel itself"),
    ],
)
def test_an_unpaid_order_says_how_long_is_left(left: dict[str, float], zh: str, en: str) -> None:
    step = timeline(some_facts("unpaid", pay_by=NOON + timedelta(**left)), NOON)[1]
    assert (step.zh, step.en, step.done) == (zh, en, False)


@pytest.mark.parametrize(
    ("receiver", "buyer", "gift"),
    [
        ("13800000001", "13800000001", False),
        ("+86 138-0000-0001", "13800000001", False),
        ("13800000002", "13800000001", True),
        ("", "13800000001", False),
        ("13800000002", "", False),
    ],
)
def test_an_order_is_a_gift_when_both_phones_are_known_and_differ(receiver: str, buyer: str, gift: bool) -> None:
    assert is_gift(receiver, buyer) is gift


@given(st.text(st.characters(codec="ascii") | st.sampled_from("单号ＡｂＣ-1２３　#"), max_size=20))
def test_an_order_number_means_the_same_however_often_it_is_normalised(no: str) -> None:
    assert order_key(order_key(no)) == order_key(no)
    assert order_key(f" #{no} ") == order_key(no)


def an_order() -> Order:
    line = OrderLine("S", "", "短袖", (("颜色", "黑"), ("尺码", "M")), 1, Money(8900), "/a.png")
    return Order(
        "1", "A1", "s", "c", "shipped", NOON, NOON, Money(129900), Money(0), (line,), "林晓", "13800000001", "某路", True, "", (), ()
    )  # fmt: skip


def test_a_card_has_what_the_protocol_says() -> None:
    assert policy.card(an_order(), "zh-CN") == {
        "no": "A1",
        "status": "shipped",
        "status_text": "运输中",
        "placed_at": "2026-03-09T04:00:00.000Z",
        "total": "1299.00",
        "currency": "CNY",
        "lines": [{"name": "短袖", "options": "黑 · M", "quantity": 1, "image": "/a.png"}],
        "gift": True,
    }


def test_a_recipient_sees_neither_price_nor_that_it_is_a_present() -> None:
    card = policy.card(an_order(), "en", for_recipient=True)
    assert card["total"] == "" and card["gift"] is False
    assert "1299" not in str(card) and "林晓" not in str(card)


def test_every_status_has_words_in_both_languages() -> None:
    assert all(status_text(s, "zh-CN") and status_text(s, "en").isascii() for s in STATUSES)


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("这件衣服是什么面料的", "material"),
        ("身高165穿多大码合适", "size_chart"),
        ("可以机洗吗?", "washing"),
        ("孕妇可以用吗", "cautions"),
        ("包安装吗,要不要打孔", "installation"),
        ("保修多久", "warranty"),
        ("这个显卡功率多少", "specs"),
        ("开封后能放多久", "shelf_life"),
        ("What is it made of?", "material"),
        ("Does it come with a warranty", "warranty"),
        ("is it COMPATIBLE with my phone", "compatibility"),
        ("what color is it", "colour_notes"),
        ("你好", None),
        ("", None),
    ],
)
def test_a_question_is_mapped_to_its_attribute(question: str, key: str | None) -> None:
    assert attribute_asked(question) == key


def test_every_attribute_is_found_by_each_of_its_words() -> None:
    assert all(attribute_asked(word) for a in ATTRIBUTES.values() for word in a.words)
    assert all(attribute_asked(a.zh) == key for key, a in ATTRIBUTES.items())


@given(st.text(max_size=60))
def test_any_text_is_either_an_attribute_or_none(text: str) -> None:
    assert attribute_asked(text) in {None, *ATTRIBUTES}
