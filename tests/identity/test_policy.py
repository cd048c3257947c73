"""The pure rules: which settings a shop may have, what a login or password may be, which version applies."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from xinfu.identity.contracts import OpeningHours, Permission, ShopSettings
from xinfu.identity.errors import (
    ColourInvalid,
    HoursInvalid,
    LoginInvalid,
    OriginInvalid,
    OutOfRange,
    PasswordTooWeak,
    TextTooLong,
    ZoneUnknown,
)
from xinfu.identity.policy import RANGES, SEEDED_ROLES, TEXT_LIMITS, check_login, check_password, check_settings, in_force, role_permissions
from xinfu.kit.errors import Refusal

_times = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
_hours = st.builds(
    OpeningHours,
    days=st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days))),
    start=_times,
    end=_times | st.just("24:00"),
)
_valid = st.builds(
    ShopSettings,
    colour=st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True),
    welcome=st.text(max_size=500),
    welcome_en=st.text(max_size=500),
    display_name=st.text(max_size=80),
    time_zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "UTC", "America/New_York"]),
    hours=_hours,
    allowed_origins=st.lists(st.sampled_from(["https://shop.example", "http://127.0.0.1:8000", "https://*.shop.example"])).map(tuple),
    **{field: st.integers(low, high) for field, (low, high) in RANGES.items()},
)


@given(_valid)
def test_settings_within_bounds_are_accepted_and_survive_storage(settings: ShopSettings) -> None:
    check_settings(settings)
    adapter = TypeAdapter(ShopSettings)
    assert adapter.validate_python(adapter.dump_python(settings, mode="json")) == settings


@given(_valid, st.sampled_from(sorted(RANGES)), st.booleans(), st.integers(1, 10**20))
def test_a_number_out_of_its_range_is_refused_by_name(settings: ShopSettings, field: str, above: bool, by: int) -> None:
    low, high = RANGES[field]
    wrong = dataclasses.replace(settings, **{field: high + by if above else low - by})
    with pytest.raises(OutOfRange) as refused:
        check_settings(wrong)
    assert refused.value.params["field"] == field


@given(_valid, st.text())
def test_any_colour_or_zone_is_either_fine_or_refused_never_a_crash(settings: ShopSettings, text: str) -> None:
    for wrong in (dataclasses.replace(settings, colour=text), dataclasses.replace(settings, time_zone=text)):
        try:
            check_settings(wrong)
        except Refusal as refusal:
            assert isinstance(refusal, ColourInvalid | ZoneUnknown)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (ShopSettings(colour="red"), ColourInvalid),
        (ShopSettings(colour="#C5412B\n"), ColourInvalid),
        (ShopSettings(time_zone="Asia/Nowhere"), ZoneUnknown),
        (ShopSettings(time_zone="../etc/passwd"), ZoneUnknown),
        (ShopSettings(time_zone="Asia"), ZoneUnknown),
        (ShopSettings(time_zone=""), ZoneUnknown),
        (ShopSettings(hours=OpeningHours(days=())), HoursInvalid),
        (ShopSettings(hours=OpeningHours(days=(1, 1))), HoursInvalid),
        (ShopSettings(hours=OpeningHours(days=(0,))), HoursInvalid),
        (ShopSettings(hours=OpeningHours(start="8:00")), HoursInvalid),
        (ShopSettings(hours=OpeningHours(start="24:00")), HoursInvalid),
        (ShopSettings(hours=OpeningHours(end="24:01")), HoursInvalid),
        (ShopSettings(hours=OpeningHours(end="٠٩:٠٠")), HoursInvalid),
        (ShopSettings(allowed_origins=("shop.example",)), OriginInvalid),
        (ShopSettings(allowed_origins=("https://shop.example/path",)), OriginInvalid),
        (ShopSettings(allowed_origins=("https://shop.example",) * 51), OriginInvalid),
        *((ShopSettings(**{field: "字" * (limit + 1)}), TextTooLong) for field, limit in TEXT_LIMITS.items()),
    ],
)
def test_a_wrong_setting_is_refused_for_what_it_is(wrong: ShopSettings, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        check_settings(wrong)
    assert refused.value.detail("zh-CN") and refused.value.detail("en")


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=12), st.integers(0, 60))
def test_the_version_in_force_is_the_last_to_have_started(starts: list[int], later: int) -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    versions = [(now + timedelta(days=days), number) for number, days in enumerate([-60, *starts], 1)]
    at = now + timedelta(days=later)
    chosen = versions[in_force(versions, at) - 1]
    assert chosen[0] <= at
    assert not [v for v in versions if v[0] <= at and v > chosen]


@pytest.mark.parametrize("login", ["", "a", "a b", "<script>", "x" * 65, "a\x00\u202e"])
def test_an_odd_login_is_refused(login: str) -> None:
    with pytest.raises(LoginInvalid):
        check_login(login)


def test_a_login_is_the_same_in_any_case_and_width() -> None:
    assert check_login(" Ｌｉ.Ming ") == check_login("li.ming") == "li.ming"


@pytest.mark.parametrize("password", ["", "123456789", "owner.person", "Owner.Person", "x" * 257])
def test_a_short_endless_or_obvious_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_password("owner.person", password)


def test_the_owner_holds_everything_and_only_the_owner_reads_the_audit_log() -> None:
    assert role_permissions("owner", []) == frozenset(Permission)
    assert [role for role, held in SEEDED_ROLES.items() if Permission.AUDIT_READ in held] == ["owner"]
    assert role_permissions("agent", ["orders.read", "no.longer.known"]) == {Permission.ORDERS_READ}
