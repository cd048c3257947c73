"""Addresses, serial numbers and words as people and warehouses write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.risk import serials, words
from xinfu.risk.address import place


@pytest.mark.parametrize(
    "written",
    [
        "云溪市南浦区松风路88号晴川苑3号楼2单元501室",
        "云溪市南浦区松风路88号晴川苑三号楼二单元501",
        "松风路88号晴川苑3栋2单元501房（放门口）",
        "云溪市 南浦区 松风路88号 晴川苑3-2-501",
        "云溪市南浦区松风路８８号晴川苑3幢2单元501户",
    ],
)
def test_one_door_is_one_door_however_it_is_written(written):
    assert place(written).door == place("云溪市南浦区松风路88号晴川苑3号楼2单元501室").door != ""


def test_another_room_is_another_door_in_the_same_building():
    one, other = place("松风路88号晴川苑3号楼501室"), place("松风路88号晴川苑3号楼502室")
    assert one.door != other.door
    assert one.building == other.building


def test_a_yard_without_a_district_keeps_its_name():
    assert place("云溪市阳光小区3栋501").door != place("云溪市春风小区3栋501").door


@given(st.text(max_size=60))
def test_any_text_can_stand_where_an_address_should(text):
    place(text)


def test_one_misread_character_is_forgiven_and_another_unit_is_not():
    assert serials.distance("SN12AB34CD", "sn12ab34cd") == 0
    assert serials.distance("SN12AB34CD", "SN12?B34CD") == 0
    assert serials.distance("SN12AB34CD", "SN12AB84CD") == 1
    assert serials.distance("SN12AB34CD", "SN12A34CD") == 1
    assert serials.distance("SN12AB34CD", "SN99XY77QW") >= 2


@given(st.text("0123456789ABCDEF", min_size=6, max_size=16), st.text("0123456789ABCDEF", min_size=6, max_size=16))
def test_the_distance_of_serials_is_symmetric_and_zero_only_for_the_same(a, b):
    assert serials.distance(a, b) == serials.distance(b, a)
    assert (serials.distance(a, b) == 0) == (a == b)


@pytest.mark.parametrize(
    ("condition", "use"),
    [("未拆封", 0), ("拆封完好", 0), ("完好", 0), ("无使用痕迹", 0), ("有使用痕迹", 1), ("使用痕迹明显", 2), ("通电超百小时", 2), ("", 0)],
)
def test_the_warehouse_says_how_much_it_was_used(condition, use):
    assert words.use(condition) == use


def test_a_loss_of_peace_is_not_a_broken_bowl():
    assert words.damage("收到就碎了")
    assert not words.damage("误工费精神损失费")
    assert words.demand("误工费精神损失费")
