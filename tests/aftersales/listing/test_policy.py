"""Pure rules of listings: what is wrong, what is ticked, what collides."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.aftersales.listing.policy import MOVES, Terms, collides, findings, may_check, to_tick
from xinfu.kit.money import Money

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
TERMS = Terms("三月大促", "TEE-BK-M", Money(6900), 2, 10, NOW, NOW + timedelta(days=3))


LIST_PRICE = Money(8900)


@dataclass(frozen=True)
class Known:
    price: Money = LIST_PRICE
    stock: int = 10
    lowest: Money | None = None
    floor: Money | None = None


def codes(terms: Terms, known: Known | None = Known()) -> list[tuple[str, bool]]:
    return [(f.code, f.warning) for f in findings(terms, known, NOW)]


def test_a_plain_listing_has_nothing_wrong() -> None:
    assert codes(TERMS) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"campaign": ""}, "campaign"),
        ({"price": Money(0)}, "price"),
        ({"price": Money(-1)}, "price"),
        ({"price": Money(10**15)}, "price"),
        ({"per_customer": -1}, "per_customer"),
        ({"per_customer": 11}, "per_customer"),
        ({"quantity": -1}, "quantity"),
        ({"ends_at": NOW}, "time"),
        ({"ends_at": NOW - timedelta(days=1)}, "time"),
        ({"starts_at": NOW - timedelta(days=2), "ends_at": NOW}, "time_over"),
        ({"ends_at": NOW + timedelta(days=400)}, "time_long"),
        ({"price": Money(6900, "USD")}, "currency"),
    ],
)
def test_what_cannot_be_listed_is_no_warning(change: dict[str, object], code: str) -> None:
    assert (code, False) in codes(replace(TERMS, **change))  # type: ignore[arg-type]


def test_an_unknown_sku_cannot_be_listed() -> None:
    assert codes(TERMS, None) == [("sku_unknown", False)]


@pytest.mark.parametrize(
    ("price", "known", "code"),
    [
        (8901, Known(), "above_list"),
        (2669, Known(), "deep"),
        (6900, Known(floor=Money(6901)), "below_cost"),
        (6900, Known(lowest=Money(6800)), "not_lowest"),
        (6900, Known(stock=9), "stock"),
    ],
)
def test_what_looks_odd_asks_for_a_tick(price: int, known: Known, code: str) -> None:
    assert codes(replace(TERMS, price=Money(price)), known) == [(code, True)]
    found = findings(replace(TERMS, price=Money(price)), known, NOW)
    assert [f.code for f in to_tick(found, ())] == [code] and to_tick(found, (code,)) == []


def test_just_at_a_bound_nothing_is_asked() -> None:
    assert codes(replace(TERMS, price=Money(8900)), Known(floor=Money(8900), lowest=Money(8900))) == []
    assert codes(replace(TERMS, price=Money(2670))) == []


hours = st.integers(0, 200)


@given(hours, hours, hours, hours, st.sampled_from(["a1", "A1 ", "b2"]), st.sampled_from(["大促", "ｓａｌｅ", "SALE"]))
def test_two_collide_when_they_share_a_moment_or_a_campaign(a: int, b: int, c: int, d: int, sku: str, campaign: str) -> None:
    one = replace(TERMS, sku="A1", campaign="sale", starts_at=NOW + timedelta(hours=a), ends_at=NOW + timedelta(hours=a + b + 1))
    two = replace(TERMS, sku=sku, campaign=campaign, starts_at=NOW + timedelta(hours=c), ends_at=NOW + timedelta(hours=c + d + 1))
    shared = {*range(a, a + b + 1)} & {*range(c, c + d + 1)}
    expected = sku.strip().upper() == "A1" and (bool(shared) or campaign != "大促")
    assert collides(one, two) == collides(two, one) == expected


def test_nobody_checks_what_went_through_their_hands_and_what_is_down_stays_down() -> None:
    assert may_check(["a", "b"], "c") and not may_check(["a", "b"], "b") and not may_check([], "")
    assert MOVES["withdrawn"] == frozenset() and "verified" not in MOVES["draft"] | MOVES["rejected"]
