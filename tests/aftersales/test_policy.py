"""What the pack says to each wish: windows to the minute, lawful exclusions, freight, and every cent of what goes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.aftersales import Decision, Facts, LineFacts, Packs, Wish, WishItem, eligible, errors
from xinfu.aftersales.contracts import wish_of
from xinfu.aftersales.policy import FAULT, holds_units, line_shares, window_end
from xinfu.aftersales.shares import of_units, split
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import new_id
from xinfu.kit.money import Money

ZONE = ZoneInfo("Asia/Shanghai")
SIGNED = datetime(2026, 3, 1, 15, 30, tzinfo=ZONE)
NOW = SIGNED + timedelta(days=3)
PACK = Packs.shipped().in_force("cn-default", NOW, ZONE)
PHOTO = (new_id(),)


def a_line(position: int = 0, **given: Any) -> LineFacts:
    values: dict[str, Any] = {
        "sku": f"S{position}",
        "name": f"商品{position}",
        "category": "服饰",
        "quantity": 1,
        "price": Money(10000),
        "price_now": Money(10000),
    }
    return LineFacts(position, **(values | given))


def facts(*lines: LineFacts, **given: Any) -> Facts:
    lines = lines or (a_line(),)
    total = sum(li.price.minor * li.quantity for li in lines) + 600
    values: dict[str, Any] = {
        "now": NOW, "zone": ZONE, "status": "delivered", "dispatched": True, "placed_at": SIGNED - timedelta(days=4), "paid_at": SIGNED - timedelta(days=4),
        "delivered_at": SIGNED, "total": Money(total), "freight": Money(600), "paid": Money(total), "refunded": Money(0), "reserved": 0, "lines": lines,
    }  # fmt: skip
    return Facts(**(values | given))


def ask(kind: str, reason: str, on: Facts | None = None, *items: WishItem, **given: Any) -> Decision:
    return eligible(Wish(kind=kind, reason=reason, items=items, **given), on or facts(), PACK)  # type: ignore[arg-type]


def codes(decision: Decision) -> list[str]:
    return [line.code for line in decision.lines]


# windows


@pytest.mark.parametrize(
    ("days", "hour", "minute", "verdict"),
    [(0, 16, 0, "allowed"), (7, 23, 59, "allowed"), (8, 0, 0, "refused"), (30, 0, 0, "refused")],
)
def test_seven_days_count_from_the_day_after_signing_to_the_last_midnight(days: int, hour: int, minute: int, verdict: str) -> None:
    now = datetime(2026, 3, 1 + days, hour, minute, tzinfo=ZONE).astimezone(UTC)
    decision = ask("return", "no_reason", facts(now=now))
    assert decision.verdict == verdict and decision.until == datetime(2026, 3, 9, tzinfo=ZONE)
    if verdict == "refused":
        assert not decision.allowed and decision.amounts == () and not decision.total and "window_over" in codes(decision)
        assert "3月8日" in decision.lines[0].zh


def test_midnight_is_the_shops_own() -> None:
    """15:59 and 16:00 UTC lie on two days in Shanghai, on one in London."""
    signed = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
    shanghai, london = facts(), facts(zone=ZoneInfo("Europe/London"))
    assert window_end(signed, 7, shanghai) == datetime(2026, 3, 8, 16, 0, tzinfo=UTC)
    assert window_end(signed + timedelta(minutes=1), 7, shanghai) == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    assert window_end(signed, 7, london) == window_end(signed + timedelta(minutes=1), 7, london)


def test_an_unknown_delivery_time_is_taken_in_the_customers_favour() -> None:
    decision = ask("return", "no_reason", facts(delivered_at=None))
    assert decision.verdict == "allowed" and "window_unknown" in codes(decision) and decision.until is None


@pytest.mark.parametrize(
    ("kind", "day", "verdict"),
    [
        ("return", 15, "allowed"),
        ("return", 16, "refused"),
        ("exchange", 30, "allowed"),
        ("exchange", 31, "refused"),
        ("repair", 90, "allowed"),
        ("repair", 91, "refused"),
    ],
)
def test_faults_have_their_own_windows(kind: str, day: int, verdict: str) -> None:
    assert ask(kind, "quality", facts(now=SIGNED + timedelta(days=day)), photos=PHOTO).verdict == verdict


def test_past_the_return_window_the_way_on_is_told() -> None:
    assert "exchange_open" in codes(ask("return", "quality", facts(now=SIGNED + timedelta(days=20)), photos=PHOTO))
    assert "repair_open" in codes(ask("return", "quality", facts(now=SIGNED + timedelta(days=60)), photos=PHOTO))


def test_three_guarantees_goods_are_repaired_for_a_year() -> None:
    phone = facts(a_line(category="手机"), now=SIGNED + timedelta(days=364))
    decision = ask("repair", "quality", phone, photos=PHOTO)
    assert decision.verdict == "allowed" and decision.lines[0].clause == "three.electronics" and not decision.total
    assert ask("repair", "quality", replace(phone, now=SIGNED + timedelta(days=366)), photos=PHOTO).verdict == "refused"


# the 7-day right and what the law excepts


@pytest.mark.parametrize(
    ("category", "clause"),
    [("定制家具", "consumer.25.1"), ("生鲜水产", "consumer.25.2"), ("软件", "consumer.25.3"), ("期刊", "consumer.25.4")],
)
def test_what_the_law_excepts_is_refused_with_its_clause(category: str, clause: str) -> None:
    decision = ask("return", "no_reason", facts(a_line(category=category)))
    assert decision.verdict == "refused" and [x.clause for x in decision.lines if x.against] == [clause]


def test_sealed_goods_are_excepted_only_when_the_buyer_confirmed_it_at_this_purchase() -> None:
    assert ask("return", "no_reason", facts(a_line(category="美妆与精油", no_return=True))).verdict == "refused"
    open_to = ask("return", "no_reason", facts(a_line(category="美妆与精油")))
    assert open_to.verdict == "allowed" and "not_confirmed" in codes(open_to) and open_to.disposition == "destroy"
    assert ask("return", "no_reason", facts(a_line(category="服饰", no_return=True))).verdict == "allowed"


def test_an_exclusion_never_covers_faults() -> None:
    for category in ("定制", "生鲜", "软件", "期刊", "美妆"):
        assert ask("return", "quality", facts(a_line(category=category, no_return=True)), photos=PHOTO).verdict == "allowed"


def test_a_fault_without_a_photo_goes_to_a_person_and_is_never_refused_for_it() -> None:
    assert ask("return", "quality").verdict == "person"
    assert ask("return", "adverse_reaction", photos=PHOTO).verdict == "person"


# where the order stands


@pytest.mark.parametrize(
    ("given_facts", "code"),
    [
        ({"status": "unpaid", "dispatched": False}, "not_paid"),
        ({"status": "cancelled", "dispatched": False}, "order_over"),
        ({"status": "paid", "dispatched": False}, "not_dispatched"),
        ({"status": "shipped", "delivered_at": None}, "not_delivered"),
    ],
)
def test_what_cannot_be_asked_for_yet_is_told_with_the_way_on(given_facts: dict[str, Any], code: str) -> None:
    decision = ask("return", "no_reason", facts(**given_facts))
    assert decision.verdict == "refused" and codes(decision) == [code] and decision.freight_payer == "none"


def test_a_parcel_that_never_came_is_refunded_with_its_freight_by_a_person() -> None:
    decision = ask("refund_only", "not_received", facts(status="shipped", delivered_at=None))
    assert (decision.verdict, decision.total, decision.freight_refund) == ("person", Money(10600), Money(600))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("return", "price_drop"),
        ("return", "not_received"),
        ("repair", "size"),
        ("price_protection", "quality"),
        ("exchange", "late"),
        ("refund_only", "no_reason"),
    ],
)
def test_a_reason_that_does_not_fit_is_refused(kind: str, reason: str) -> None:
    assert codes(ask(kind, reason)) == ["reason_mismatch"]


# who pays


@pytest.mark.parametrize(
    ("kind", "reason", "party", "payer"),
    [
        ("return", "no_reason", "unknown", "customer"), ("return", "size", "shop", "customer"), ("exchange", "no_reason", "unknown", "half"),
        ("return", "quality", "unknown", "shop"), ("return", "damaged", "carrier", "shop"), ("return", "quality", "customer", "customer"),
        ("repair", "quality", "shop", "shop"), ("price_protection", "price_drop", "unknown", "none"),
    ],
)  # fmt: skip
def test_freight_follows_who_is_responsible(kind: str, reason: str, party: str, payer: str) -> None:
    on = facts(a_line(price_now=Money(9000)))
    assert ask(kind, reason, on, party=party, photos=PHOTO).freight_payer == payer


def test_the_orders_own_freight_goes_back_only_when_nothing_is_kept_and_the_shop_is_at_fault() -> None:
    two = facts(a_line(0), a_line(1))
    assert ask("return", "quality", two, photos=PHOTO).freight_refund == Money(600)
    assert not ask("return", "quality", two, WishItem(line=0), photos=PHOTO).freight_refund
    assert not ask("return", "no_reason", two).freight_refund
    rest = facts(a_line(0, taken_units=1, taken_amount=10000), a_line(1), reserved=10000)
    assert ask("return", "quality", rest, photos=PHOTO).total == Money(10600)


# price protection


def test_the_difference_goes_back_for_what_was_really_paid() -> None:
    """100 + 100 with a coupon of 50: 75 was paid for each, so a price of 80 now is not lower and 70 is lower by 5."""
    lines = (a_line(0, price_now=Money(7000)), a_line(1, price_now=Money(8000)))
    on = facts(*lines, total=Money(15600), paid=Money(15600))
    decision = ask("price_protection", "price_drop", on)
    assert [(a.position, a.amount.minor) for a in decision.amounts] == [(0, 500)] and decision.total == Money(500)
    again = replace(on, lines=(replace(lines[0], taken_amount=500), lines[1]), reserved=500)
    assert ask("price_protection", "price_drop", again).verdict == "refused"


def test_price_protection_ends_after_fifteen_days_and_needs_a_lower_price() -> None:
    late = facts(a_line(price_now=Money(1)), now=SIGNED + timedelta(days=12))
    assert codes(ask("price_protection", "price_drop", late))[0] == "price_window_over"
    assert codes(ask("price_protection", "price_drop"))[-1] == "price_not_lower"
    assert ask("price_protection", "price_drop", facts(a_line(price_now=None))).verdict == "refused"
    assert ask("price_protection", "price_drop", facts(a_line(category="清仓", price_now=Money(1)))).verdict == "refused"


# what is named wrongly


def test_lines_and_units_that_are_not_there_are_refused() -> None:
    two = facts(a_line(0, quantity=3, taken_units=1, taken_amount=10000), a_line(1, open=True))
    for item, refusal in (
        (WishItem(line=7), errors.LineUnknown),
        (WishItem(line=0, quantity=3), errors.TooMany),
        (WishItem(line=1), errors.LineTaken),
    ):
        with pytest.raises(refusal):
            ask("return", "no_reason", two, item)
    with pytest.raises(errors.LineUnknown):
        ask("return", "no_reason", two, WishItem(line=0), WishItem(line=0))
    with pytest.raises(errors.TooMany):
        ask("return", "no_reason", facts(a_line(taken_units=1)))
    assert [a.quantity for a in ask("return", "no_reason", two).amounts] == [2]


@pytest.mark.parametrize(
    "given_wish",
    [
        {}, {"kind": "steal", "reason": "no_reason"}, {"kind": "return", "reason": "no_reason", "amount": 5},
        {"kind": "return", "reason": "no_reason", "items": [{"line": 0, "quantity": -1}]},
        {"kind": "return", "reason": "no_reason", "items": [{"line": 0, "quantity": 0.5}]},
        {"kind": "return", "reason": "no_reason", "items": [{"line": 0, "quantity": 10**12}]},
        {"kind": "return", "reason": "quality", "photos": ["../etc"]},
    ],
)  # fmt: skip
def test_odd_wishes_are_refused_at_the_door(given_wish: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        wish_of(given_wish)


# every cent


@given(st.integers(0, 10**10), st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
def test_shares_add_up_and_are_within_a_cent(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount and all(p >= 0 for p in parts)
    if whole := sum(weights):
        assert all(abs(p * whole - amount * w) <= whole for p, w in zip(parts, weights, strict=True))


@given(st.integers(0, 10**9), st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_units_returned_one_after_another_are_worth_the_whole_line(share: int, steps: list[int]) -> None:
    quantity, gone, worth = sum(steps), 0, 0
    for more in steps:
        worth += of_units(share, quantity, gone, more)
        gone += more
    assert worth == share


order_lines = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 50000), st.integers(0, 50000)), min_size=1, max_size=5)
wishes = st.lists(
    st.tuples(
        st.sampled_from(
            [
                ("return", "no_reason"),
                ("return", "quality"),
                ("refund_only", "damaged"),
                ("price_protection", "price_drop"),
                ("exchange", "size"),
            ]
        ),
        st.integers(0, 4),
        st.integers(1, 3),
    ),
    max_size=12,
)


@given(order_lines, st.integers(0, 100000), st.integers(0, 2000), st.integers(0, 5000), wishes)
def test_all_that_goes_back_never_exceeds_what_was_paid_in_any_order_of_requests(
    bought: list[tuple[int, int, int]], coupon: int, freight: int, refunded: int, asked: list[tuple[tuple[str, str], int, int]]
) -> None:
    lines = tuple(a_line(n, quantity=q, price=Money(p), price_now=Money(now)) for n, (q, p, now) in enumerate(bought))
    total = max(0, sum(q * p for q, p, _ in bought) + freight - coupon)
    on = facts(*lines, total=Money(total), paid=Money(total), freight=Money(freight), refunded=Money(min(refunded, total)))
    shares, _ = line_shares(on)
    for (kind, reason), line, quantity in asked:
        try:
            decision = ask(kind, reason, on, WishItem(line=line, quantity=quantity), photos=PHOTO)
        except (errors.LineUnknown, errors.TooMany):
            continue
        assert decision.total.minor == sum(a.amount.minor for a in decision.amounts) + decision.freight_refund.minor
        assert all(a.amount.minor >= 0 for a in decision.amounts)
        taken = {a.position: a for a in decision.amounts}
        on = replace(
            on,
            reserved=on.reserved + decision.total.minor,
            lines=tuple(
                replace(
                    li,
                    taken_units=li.taken_units + (taken[li.position].quantity if li.position in taken and holds_units(kind) else 0),
                    taken_amount=li.taken_amount + (taken[li.position].amount.minor if li.position in taken else 0),
                )
                for li in on.lines
            ),
        )
        assert on.refunded.minor + on.reserved <= on.paid.minor
        assert all(li.taken_amount <= share for li, share in zip(on.lines, shares, strict=True))
        assert all(li.taken_units <= li.quantity for li in on.lines)


@given(st.sampled_from(sorted(FAULT)), st.integers(0, 200), st.sampled_from(["服饰", "手机", "生鲜", "美妆", "家电", ""]))
def test_every_decision_says_why(reason: str, days: int, category: str) -> None:
    on = facts(a_line(category=category), now=SIGNED + timedelta(days=days))
    for kind in ("return", "exchange", "repair"):
        decision = ask(kind, reason, on)
        assert decision.lines and all(x.zh and x.en for x in decision.lines)
        assert any(x.against for x in decision.lines) == (decision.verdict == "refused")
        assert all(x.clause in PACK.clauses for x in decision.lines if x.clause)
