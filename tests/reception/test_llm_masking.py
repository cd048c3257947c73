"""Nothing personal leaves the house, whoever's it is and wherever it stands; everything comes back."""

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reception.desk import SHIRT, a_line, a_parcel, a_scan, an_order
from tests.reception.llm_server import saying, using
from tests.reception.llm_support import bench, job
from xinfu.knowledge.contracts import Hit
from xinfu.reception.llm_masking import Mask, UnknownPlaceholder, used_in

NAMES = st.sampled_from(["文小北", "欧阳云朵", "林甲", "Nora Testman", "Ada Example", "高一诺", "江舟"])
PHONES = st.builds(lambda a, b: f"1{a}0000{b:04d}", st.sampled_from(["38", "99", "77"]), st.integers(0, 9999))
EMAILS = st.builds(lambda n: f"visitor{n}@mail.example.com", st.integers(0, 9999))
ORDERS = st.builds(lambda n: f"XF2603{n:06d}", st.integers(0, 999999))
TRACKS = st.builds(lambda n: f"ZT77{n:08d}", st.integers(0, 99999999))
CARDS = st.builds(lambda n: f"11010119900101{n:03d}X", st.integers(0, 999))
ADDRESSES = st.builds(
    lambda road, n, room: f"云州市东湖区{road}{n}号{room}室",
    st.sampled_from(["青石路", "望月街", "北大道"]),
    st.integers(1, 99),
    st.integers(101, 999),
)
STREETS = st.builds(lambda n: f"{n} Maple Grove Street, Springvale, CA 94000", st.integers(1, 999))
FRAMES = ["我的信息是{}，帮我查", "{}", "收到没？{}！", "please check {} thanks", "【{}】", "a:{};b"]


def wide(text: str) -> str:
    """Full-width digits and letters, as some keyboards write them."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


def spaced(text: str) -> str:
    return f"{text[:3]} {text[3:7]}-{text[7:]}"


def bare(text: str) -> str:
    """What someone reading the request could find, however it is written."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).lower()


@given(secret=st.one_of(PHONES, EMAILS, ORDERS, TRACKS, CARDS, ADDRESSES, STREETS), frame=st.sampled_from(FRAMES), broad=st.booleans())
def test_the_shape_alone_gives_strangers_data_away(secret: str, frame: str, broad: bool) -> None:
    mask = Mask()
    text = frame.format(wide(secret) if broad and "Street" not in secret else secret)
    hidden = mask.hide(text)
    assert bare(secret) not in bare(hidden)
    assert not any(run in bare(hidden) for run in re.findall(r"\d{5,}", bare(secret)))
    assert bare(mask.restore(hidden)) == bare(text)


@given(name=NAMES, phone=PHONES, address=ADDRESSES, how=st.sampled_from([str, wide, spaced, str.lower]))
def test_what_is_known_of_the_customer_is_found_however_it_is_written(name: str, phone: str, address: str, how: object) -> None:
    mask = Mask()
    mask.know("NAME", name)
    mask.know("PHONE", phone)
    mask.know("ADDRESS", address)
    assert callable(how)
    for value in (name, phone, address):
        written = how(value) if how is not spaced or value == phone else value
        hidden = mask.hide(f"请问{written}是这样吗")
        assert bare(value) not in bare(hidden)
        assert bare(mask.restore(hidden)) == bare(f"请问{written}是这样吗")


@given(st.text(max_size=120))
def test_hiding_and_restoring_any_text_loses_nothing(text: str) -> None:
    mask = Mask()
    hidden = mask.hide(text)
    if "_" not in text:
        assert bare(mask.restore(hidden)) == bare(Mask().restore(Mask().hide("")) + mask.restore(hidden))
    assert mask.hide(text) == hidden, "the same text is hidden the same way"


def test_the_same_value_is_the_same_placeholder_and_another_is_another() -> None:
    mask = Mask()
    first = mask.hide("电话 13800001111，还是 13800001111，不是 13800002222")
    assert first == "电话 [PHONE_1]，还是 [PHONE_1]，不是 [PHONE_2]"
    assert mask.hide("13800002222") == "[PHONE_2]"


def test_times_prices_sizes_and_dates_stay_readable() -> None:
    text = "2026-03-12 14:30 前，¥1299.00 减 50 元，M 码 160-168cm，满 99 包邮，7 天内"
    assert used_in(Mask().hide(text)) == frozenset()


def test_a_number_hiding_behind_a_date_is_found() -> None:
    hidden = Mask().hide("2026-03-12 13800001111")
    assert "13800001111" not in hidden.replace(" ", "")
    assert "2026-03-12" in hidden


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("我叫李四喜，帮我查", "李四喜"),
        ("收件人：王甲乙", "王甲乙"),
        ("我是张三。", "张三"),
        ("找一下周女士", "周"),
        ("my name is John Example", "John Example"),
        ("手机尾号 4321", "4321"),
        ("微信号 abc_12345", "abc_12345"),
        ("号码一三八零零零零一二三四", "一三八零零零零一二三四"),
        ("3栋2单元501室", "501"),
        ("139.0000.1234", "0000.1234"),
    ],
)
def test_people_introduce_themselves_in_many_ways(text: str, secret: str) -> None:
    assert secret not in Mask().hide(text)


def test_made_up_and_bent_placeholders_are_refused() -> None:
    mask = Mask()
    mask.hide("13800001111")
    for text in ("[PHONE_2]", "[ORDER_1]", "phone_1", "【PHONE_1】"):
        with pytest.raises(UnknownPlaceholder):
            mask.restore(text)


def test_a_customer_who_types_placeholders_gets_nothing_for_it() -> None:
    mask = Mask()
    mask.know("PHONE", "13800001111")
    mask.hide("我的电话 13800001111")
    assert "[PHONE_1]" not in mask.hide("告诉我 [PHONE_1] 是什么")


SECRETS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "phone": PHONES,
        "address": ADDRESSES,
        "no": ORDERS,
        "track": TRACKS,
        "other_phone": PHONES,
        "mail": EMAILS,
        "street": STREETS,
    }
)


@settings(max_examples=12)
@given(s=SECRETS)
async def test_no_request_ever_carries_anything_personal_from_any_text(s: dict[str, str]) -> None:
    """Messages, history, goods, articles, parcels, notes and the shop's own words on style: all full of personal data."""
    noise = f"联系 {s['other_phone']} 或 {s['mail']}，{s['street']}，收件人 {s['name']} {s['phone']} {s['address']} 单号{s['no']} 运单{s['track']}"
    order = replace(
        an_order(s["no"], "shipped", a_parcel(a_scan(text=noise), tracking=s["track"]), lines=(a_line(noise),)),
        receiver=s["name"], receiver_phone=s["phone"], address=s["address"], note=noise,
    )  # fmt: skip
    product = replace(SHIRT, summary=noise, attributes={"care": noise})
    article = Hit("a", "联系我们", "", noise, 1, 0.0)
    rounds = using([("my_orders", {}), ("products", {"words": "青岚"}), ("knowledge", {"words": "联系"})], "好的。")
    j = job(noise, noise, recent=[("customer", noise), ("shop", noise)], hits=[article])
    async with bench(rounds, order, products=[product], articles=[article], voice=noise) as b:
        await b.llm.converse(replace(j, name=s["name"]))
        await b.llm.rewrite(replace(j, name=s["name"]))
        b.server.behaviour = saying("好的。")
        async for _ in b.llm.draft(replace(j, name=s["name"])):
            pass
        sent = bare("".join(str(part) for part in b.server.asked))
    assert len(b.server.bodies) >= 4
    for what, value in s.items():
        assert bare(value) not in sent, what
        for run in re.findall(r"\d{5,}", bare(value)):
            assert run not in sent, what
