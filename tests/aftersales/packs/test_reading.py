"""Packs are data: read strictly, dated, never below what the law asks."""

from datetime import UTC, datetime
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from xinfu.aftersales import Packs, read_pack
from xinfu.aftersales.packs.errors import PackInvalid, PackUnknown

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEXT = resources.files("xinfu.aftersales.packs").joinpath("cn-default.toml").read_text("utf-8")


def test_the_shipped_pack_is_sound() -> None:
    pack = read_pack(TEXT)
    assert (pack.id, pack.no_reason.days, pack.quality.return_days, pack.quality.exchange_days, pack.price_protection.days) == (
        "cn-default",
        7,
        15,
        30,
        15,
    )


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[no_reason]", "[no_reason", "line"),
        ("days = 7\n", "days = 6\n", "no_reason.days"),
        ("days = 7\n", "days = -1\n", "no_reason.days"),
        ("days = 7\n", "days = 7.5\n", "no_reason.days"),
        ("days = 7\n", "days = 7\nnights = 3\n", "nights"),
        ("return_days = 15", "return_days = 5", "at least 7"),
        ('shop = "shop"', 'shop = "customer"', "freight"),
        ('shop = "shop"', 'shop = "moon"', "freight.shop"),
        ('clause = "consumer.25"\n', 'clause = "consumer.99"\n', "consumer.99"),
        ('names = ["定制", "定做"]', 'names = ["定制", "报纸"]', "twice"),
        ('names = ["定制", "定做"]', 'names = [""]', "empty"),
        ('names = ["定制", "定做"]', "names = []", "names"),
        ('clause = "three.electronics"', 'clause = "three.electronics"\nexchange_days = 10', "at least 15"),
        ('quality = "repair"', 'quality = "eat"', "dispositions"),
        ("version = 1", "version = 0", "version"),
        ('id = "cn-default"', 'id = "../x"', "id"),
        ("effective_from = 2024-07-01", 'effective_from = "soon"', "effective_from"),
    ],
)  # fmt: skip
def test_a_pack_with_a_mistake_is_refused_by_name(old: str, new: str, named: str) -> None:
    assert old in TEXT
    with pytest.raises(PackInvalid) as refused:
        read_pack(TEXT.replace(old, new, 1))
    assert named in refused.value.detail("en")


def test_the_version_that_took_effect_last_is_in_force_by_the_shops_calendar() -> None:
    later = TEXT.replace("version = 1", "version = 2").replace("2024-07-01", "2026-06-18")
    packs = Packs([read_pack(later), read_pack(TEXT)])
    before, after = datetime(2026, 6, 17, 15, 59, tzinfo=UTC), datetime(2026, 6, 17, 16, 0, tzinfo=UTC)
    assert [packs.in_force("any shop", at, SHANGHAI).version for at in (before, after)] == [1, 2]
    assert packs.version("any shop", "cn-default", 1).version == 1
    for unknown in (
        lambda: packs.in_force("any shop", datetime(2020, 1, 1, tzinfo=UTC), SHANGHAI),
        lambda: packs.version("any shop", "cn-default", 3),
    ):
        with pytest.raises(PackUnknown):
            unknown()
    with pytest.raises(PackInvalid):
        Packs([read_pack(TEXT), read_pack(TEXT)])


def test_a_pack_of_another_country_need_not_keep_this_law() -> None:
    assert not read_pack(
        TEXT.replace('id = "cn-default"', 'id = "other"\nlawful_floor = false').replace("days = 7\n", "days = 0\n", 1)
    ).lawful_floor
