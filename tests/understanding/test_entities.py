"""What is named in a message is found where it stands and written one way."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.understanding.entities import entities_in, number

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("text", "kind", "written", "value"),
    [
        ("我的订单XF2026112100012什么时候到", "order_no", "XF2026112100012", "XF2026112100012"),
        ("where is #W1234567", "order_no", "#W1234567", "#W1234567"),
        ("20261120000123 到哪了", "order_no", "20261120000123", "20261120000123"),
        ("订单号：12345678 帮我查", "order_no", "12345678", "12345678"),
        ("YC260311000123 怎么还没到", "tracking_no", "YC260311000123", "YC260311000123"),
        ("帮我查qn260311000123", "tracking_no", "qn260311000123", "QN260311000123"),
        ("SH260311000123", "tracking_no", "SH260311000123", "SH260311000123"),
        ("XF260311000123 到哪了", "order_no", "XF260311000123", "XF260311000123"),
        ("快递单号XF260311000123", "order_no", "XF260311000123", "XF260311000123"),
        ("快递单号SF1234567890123", "tracking_no", "SF1234567890123", "SF1234567890123"),
        ("运单号 12345678901234 不动了", "tracking_no", "12345678901234", "12345678901234"),
        ("电话13800001234", "phone", "13800001234", "13800001234"),
        ("打138****1234这个", "phone", "138****1234", "138****1234"),
        ("１３８００００１２３４", "phone", "１３８００００１２３４", "13800001234"),
        ("138 0000 1234", "phone", "138 0000 1234", "13800001234"),
        ("能便宜50块吗", "amount", "50块", "50.00"),
        ("¥1,299.5", "amount", "¥1,299.5", "1299.50"),
        ("3块5一个", "amount", "3块5", "3.50"),
        ("一百九十九块钱", "amount", "一百九十九块钱", "199.00"),
        ("三百二块钱", "amount", "三百二块钱", "320.00"),
        ("两万元", "amount", "两万元", "20000.00"),
        ("it was $49.99", "amount", "$49.99", "49.99"),
        ("今天能到吗", "date", "今天", "2026-11-21"),
        ("昨晚下的单", "date", "昨晚", "2026-11-20"),
        ("大后天再送", "date", "大后天", "2026-11-24"),
        ("下周三送", "date", "下周三", "2026-11-25"),
        ("周日送可以吗", "date", "周日", "2026-11-22"),
        ("上周五买的", "date", "上周五", "2026-11-13"),
        ("11月5号买的", "date", "11月5号", "2026-11-05"),
        ("十二月三号", "date", "十二月三号", "2026-12-03"),
        ("2026年10月1日", "date", "2026年10月1日", "2026-10-01"),
        ("双十一买的", "date", "双十一", "2026-11-11"),
        ("元旦送货吗", "date", "元旦", "2027-01-01"),
        ("三天后送", "date", "三天后", "2026-11-24"),
        ("see you tomorrow", "date", "tomorrow", "2026-11-22"),
        ("next Friday please", "date", "next Friday", "2026-11-27"),
        ("on December 5th", "date", "December 5th", "2026-12-05"),
        ("我要XL码", "size", "XL码", "XL"),
        ("要40码的", "size", "40码", "40"),
        ("170/88A有吗", "size", "170/88A", "170/88A"),
        ("身高一米六五", "height_cm", "一米六五", "165"),
        ("我1.72米", "height_cm", "1.72米", "172"),
        ("165cm穿多大", "height_cm", "165cm", "165"),
        ("体重120斤", "weight_kg", "120斤", "60"),
        ("60公斤", "weight_kg", "60公斤", "60"),
        ("一百三十斤", "weight_kg", "一百三十斤", "65"),
        ("我要两件", "quantity", "两件", "2"),
        ("买了３箱", "quantity", "３箱", "3"),
        ("拍一台", "quantity", "一台", "1"),
        ("货号AB-1234", "sku", "AB-1234", "AB-1234"),
        ("发到 Someone@Example.com", "email", "Someone@Example.com", "someone@example.com"),
        ("号码1380000xxxx", "phone", "1380000xxxx", "1380000****"),
        ("手机 139 **** 0000", "phone", "139 **** 0000", "139****0000"),
        ("韵达4300000012345 没动静", "tracking_no", "4300000012345", "4300000012345"),
        ("快递 13800001234 打这个", "phone", "13800001234", "13800001234"),
        ("商品ID 88213", "sku", "88213", "88213"),
        ("订单号 SO-202603", "order_no", "SO-202603", "SO-202603"),
        ("一共三百块没退", "amount", "三百块", "300.00"),
        ("十块左右的", "amount", "十块", "10.00"),
        ("八十块五毛", "amount", "八十块五毛", "80.50"),
        ("娃穿110码", "size", "110码", "110"),
        ("要245码的鞋", "size", "245码", "245"),
        ("我高175", "height_cm", "高175", "175"),
        ("体重115", "weight_kg", "115", "57.5"),
        ("体重58", "weight_kg", "58", "58"),
        ("漏了一件", "quantity", "一件", "1"),
        ("XL*2", "quantity", "*2", "2"),
        ("新风路8号，15号再送", "date", "15号", "2026-11-15"),
        ("寄到成都市花溪区桃源路12号", "address", "成都市花溪区桃源路12号", "成都市花溪区桃源路12号"),
        ("填成了假想市枫叶区红叶街21号", "address", "假想市枫叶区红叶街21号", "假想市枫叶区红叶街21号"),
        ("云水市南山区童话小区6号楼3单元", "address", "云水市南山区童话小区6号楼3单元", "云水市南山区童话小区6号楼3单元"),
        (
            "改到江南省云水市东湖区青石路100号3栋201室",
            "address",
            "江南省云水市东湖区青石路100号3栋201室",
            "江南省云水市东湖区青石路100号3栋201室",
        ),
    ],
)
def test_a_thing_is_found_and_normalised(text: str, kind: str, written: str, value: str) -> None:
    found = [e for e in entities_in(text, TODAY) if e.kind == kind]
    assert [(text[e.start : e.end], e.value) for e in found] == [(written, value)]


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "一块买便宜吗",
        "怎么一直没人",
        "五号电池有吗",
        "三块面包",
        "五块都碎了",
        "IPX8防水",
        "30*40的相框",
        "沙发180cm",
        "书架高200厘米",
        "椅子承重150公斤吗",
        "给我一个交代",
        "一个都没收到",
        "什么区别",
        "这个订单怎么样",
        "我在3号线",
        "两个月了",
        "usb口",
        "一起发吧",
        "第二个",
        "hello there",
    ],
)
def test_plain_words_name_nothing(text: str) -> None:
    assert [e for e in entities_in(text, TODAY) if e.kind not in ("size",)] == []


def test_sizes_named_together_are_all_found() -> None:
    found = {text: [e.value for e in entities_in(text, TODAY) if e.kind == "size"] for text in ("穿M还是L", "XL or L?", "M/L有货吗")}
    assert found == {"穿M还是L": ["M", "L"], "XL or L?": ["XL", "L"], "M/L有货吗": ["M", "L"]}


def test_a_house_number_is_no_day_of_the_month() -> None:
    assert [e.kind for e in entities_in("云水市南山区红叶街21号，应该是12号", TODAY)] == ["address"]


def test_several_things_in_one_message_keep_their_order() -> None:
    text = "身高165cm体重120斤，要两件L码，明天发到杭州，电话13800001234"
    assert [e.kind for e in entities_in(text, TODAY)] == ["height_cm", "weight_kg", "quantity", "size", "date", "phone"]


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert [e for e in entities_in("13月45号", TODAY) if e.kind == "date"] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十二", 12),
        ("两千零五", 2005),
        ("三百二", 320),
        ("三百零二", 302),
        ("一万二", 12000),
        ("二〇二六", 2026),
        ("1,299.5", 1299.5),
        ("百", 100),
    ],
)
def test_numbers_in_words_are_numbers(text: str, value: float) -> None:
    assert number(text) == value  # halves are exact in both


@pytest.mark.parametrize("text", ["", "abc", "块", "1.2.3"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None


_PIECES = st.sampled_from(
    [
        "订单",
        "12345678",
        "13800001234",
        "¥",
        "9",
        "块",
        "明天",
        "３",
        "周",
        "三",
        "路",
        "号",
        "省",
        "市",
        "SF",
        "-",
        ".",
        "/",
        "斤",
        "cm",
        "L码",
        " ",
        "😀",
        "@",
        "a",
        "月",
        "1",
        "万",
        "x",
    ]
)


@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=25).map("".join)), st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_spans_lie_inside_the_text_and_never_overlap(text: str, today: date) -> None:
    found = entities_in(text, today)
    end = 0
    for entity in found:
        assert end <= entity.start < entity.end <= len(text)
        assert entity.value
        end = entity.end
