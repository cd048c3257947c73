"""Whoever says something without words is answered in the language spoken so far; order and parcel numbers are both understood."""

import re

import pytest

from tests.reception.desk import ME, STRANGER, Desk, a_parcel, an_order, sources, text_of
from xinfu.commerce.contracts import Product, Variant
from xinfu.kit.money import Money

_HAN = re.compile("[\u4e00-\u9fff]")
MINE = an_order("XF260308000001", "shipped", a_parcel(tracking="YC260308000001"))
OTHER = an_order("XF260301000002", "delivered", a_parcel(tracking="QN260301000002"), days_ago=9)


@pytest.mark.parametrize("said", ["XF260308000001", "#XF260308000001", "1", "🙂🙂", "2603"])
async def test_numbers_codes_and_signs_keep_a_chinese_conversation_chinese(said: str) -> None:
    desk = Desk(MINE, OTHER)
    await desk.say("我的快递到哪了", "logistics_tracking")
    no = said.strip("#") if "XF" in said else None
    assert _HAN.search(text_of(await desk.say(said, "unknown", no=no, language="en")))


async def test_a_tapped_order_card_keeps_the_language_whatever_its_text_looks_like() -> None:
    for language, chinese in (("zh", True), ("en", False)):
        desk = Desk(MINE, OTHER, language=language)  # type: ignore[arg-type]
        await desk.say("我的快递到哪了" if chinese else "where is my parcel", "logistics_tracking")
        other = "en" if chinese else "zh"
        answer = await desk.say(MINE.no, "unknown", kind="order", data={"order": {"no": MINE.no}}, language=other)
        assert ("order", MINE.id) in sources(answer)
        assert ("way" in text_of(answer)) is not chinese


async def test_a_parcel_number_finds_the_order_it_belongs_to() -> None:
    desk = Desk(MINE, OTHER)
    assert ("order", MINE.id) in sources(await desk.say("YC260308000001 到哪了", "logistics_tracking", no="YC260308000001"))


async def test_an_order_beyond_the_newest_is_found_by_its_parcel_number_only_by_its_owner() -> None:
    newer = [an_order(f"XF2603090{n:05}", "completed") for n in range(10)]
    for owner, found in ((ME, True), (STRANGER, False)):
        old = an_order("XF250101000001", "completed", a_parcel(tracking="SH250101000001"), customer=owner, days_ago=400)
        desk = Desk(*newer, old)
        answer = await desk.say("SH250101000001", "logistics_tracking", no="SH250101000001")
        assert (("order", old.id) in sources(answer)) is found
        assert ("XF250101000001" in text_of(answer)) is found


async def test_who_names_an_order_hears_about_it_however_often() -> None:
    desk = Desk(MINE, OTHER)
    for _ in range(4):
        answer = await desk.say(f"{MINE.no} 到哪了", "logistics_tracking", no=MINE.no)
        assert answer.handover is None
        assert ("order", MINE.id) in sources(answer)


async def test_how_long_refunds_take_is_a_rule_when_nothing_is_being_refunded() -> None:
    desk = Desk(MINE)
    assert sources(await desk.say("退款多久到账", "refund_progress")) == {("article", "a-ref")}


async def test_a_parcel_without_a_named_carrier_is_told_without_a_gap() -> None:
    parcel = a_parcel(tracking="909090909090")
    bare = an_order("#W100200300", "shipped", type(parcel)("", parcel.tracking_no, (), None))
    text = text_of(await Desk(bare, language="en").say("where is my order", "logistics_tracking"))
    assert "909090909090" in text
    assert " ," not in text


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("do you have a t-shirt in blue size M", "stock:t"), ("do you sell t-shirts", "list:t"), ("I'm looking for a t-shirt", "list:t")],
)
async def test_do_you_have_asks_what_there_is(asked: str, answered: str) -> None:
    options = (("color", "blue"), ("size", "M"))
    shirt = Product("t", "T-Shirt", "", "", "", "", {"size_chart": "size: M"}, (Variant("1", options, Money(5000, "USD"), 4),))
    desk = Desk(products=(shirt,), language="en")
    for intent in ("product_attribute", "unknown"):
        answer = await desk.say(asked, intent)
        assert answered in desk.memory["q"]
        assert ("product", "t") in sources(answer)
