"""Size advice: by the chart and the measures told, with its reasons; silent where the chart is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reception.desk import SHIRT, Desk, sources, text_of
from xinfu.reception.sizes import advise, measures, rows_of

CHART = (
    "S：身高 155–162 cm，体重 43–52 kg；M：身高 160–168 cm，体重 50–60 kg；L：身高 166–175 cm，体重 58–70 kg；"
    "XL：身高 172–180 cm，体重 68–80 kg。版型宽松，喜欢合身的可以小一码。"
)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("165 50kg", {"height": 165, "weight": 50}),
        ("身高170体重130斤穿多大", {"height": 170, "weight": 65}),
        ("我1米65 102斤", {"height": 165, "weight": 51}),
        ("1.7m 60公斤", {"height": 170, "weight": 60}),
        ("腰围72 穿几码", {"waist": 72}),
        ("height 168cm weight 55kg", {"height": 168, "weight": 55}),
        ("脚长245mm", {"foot": 24.5}),
        ("多大码", {}),
        ("买了165元的", {}),
    ],
)
def test_measures_are_read_as_people_write_them(text: str, body: dict[str, float]) -> None:
    assert measures(text) == body


def test_one_row_holds_both_measures() -> None:
    advice = advise(CHART, {"height": 165, "weight": 55})
    assert advice is not None and (advice.fit, advice.size) == ("fits", "M")


def test_measures_of_two_rows_take_the_larger_and_say_both() -> None:
    advice = advise(CHART, {"height": 161, "weight": 66})
    assert advice is not None and (advice.fit, advice.size) == ("between", "L")
    assert [(d, size) for d, _, size, _ in advice.because] == [("height", "S"), ("weight", "L")]


@pytest.mark.parametrize("body", [{"height": 195}, {"weight": 30}, {"height": 165, "weight": 120}])
def test_beyond_the_chart_nothing_is_advised(body: dict[str, float]) -> None:
    advice = advise(CHART, body)
    assert advice is not None and (advice.fit, advice.size) == ("beyond", "")


@pytest.mark.parametrize("chart", ["均码，90 cm × 90 cm。", "", "36–39 码脚选 36–39", "偏大，建议选小一码"])
def test_a_chart_without_rows_says_nothing(chart: str) -> None:
    assert advise(chart, {"height": 165, "weight": 55}) is None


@given(st.integers(40, 220), st.integers(20, 150))
def test_whatever_is_advised_the_chart_holds_up(height: int, weight: int) -> None:
    advice = advise(CHART, {"height": height, "weight": weight})
    rows = {row.label: row.ranges for row in rows_of(CHART)}
    assert advice is not None
    if advice.fit == "fits":
        assert rows[advice.size]["height"][0] <= height <= rows[advice.size]["height"][1]
        assert rows[advice.size]["weight"][0] <= weight <= rows[advice.size]["weight"][1]
    elif advice.fit == "between":
        assert 155 <= height <= 180 and 43 <= weight <= 80
    else:
        assert not (155 <= height <= 180 and 43 <= weight <= 80)


@given(st.text(max_size=200), st.text(max_size=60))
def test_charts_and_words_of_any_kind_are_survived(chart: str, words: str) -> None:
    advise(chart, measures(words))


async def test_advice_names_the_reason_and_its_source() -> None:
    desk = Desk()
    reply = await desk.say("青岚T恤165 52kg穿多大码", "product_attribute")
    assert (reply.say[0].data or {})["act"] == "size" and "160-168" in text_of(reply) and "52" in text_of(reply)
    assert ("product", SHIRT.id) in sources(reply) and reply.notes == []


async def test_measures_are_asked_for_and_remembered() -> None:
    desk = Desk()
    first = await desk.say("青岚T恤选什么码", "product_attribute")
    assert desk.memory["k"] == "body" and "160-168" in text_of(first)
    second = await desk.say("165 52kg", "unknown", p=0.2)
    assert (second.say[0].data or {})["act"] == "size" and desk.memory["z"] == {"weight": 52.0, "height": 165.0}


async def test_a_measure_told_wrong_is_put_right() -> None:
    desk = Desk()
    await desk.say("青岚T恤165 52kg穿多大码", "product_attribute")
    reply = await desk.say("说错了，身高是172，60kg", "unknown", p=0.2)
    assert (reply.say[0].data or {})["act"] == "size" and "168-175" in text_of(reply) and reply.notes == []


async def test_beyond_the_chart_a_person_is_offered() -> None:
    desk = Desk()
    reply = await desk.say("青岚T恤195 95kg穿多大码", "product_attribute")
    assert desk.memory["k"] == "person" and "没有" in text_of(reply) and reply.notes == []
