"""Generated customers and orders: the same for the same seed, and never at odds with themselves or with the clock."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinfu.commerce import NewOrder, status_text
from xinfu.demo import catalogue
from xinfu.demo.generator import DAYS, FREE_FREIGHT_FROM, FREIGHT, Generator
from xinfu.demo.people import Person, make_people
from xinfu.demo.sagas import SAGAS
from xinfu.kit.money import Money

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
moments = st.integers(1_704_067_200, 1_924_905_600).map(lambda t: datetime.fromtimestamp(t, UTC))


def generated(seed: int, now: datetime, customers: int = 60, orders: int = 120) -> tuple[list[Person], list[NewOrder]]:
    people = make_people(seed, now, customers)
    ids = {p.record.number: f"id {p.record.number}" for p in people}
    return people, Generator(seed, now, people, ids, catalogue.products()).orders(orders)


def test_the_same_seed_at_the_same_moment_gives_the_same_shop() -> None:
    assert generated(7, NOON) == generated(7, NOON)
    assert generated(7, NOON) != generated(8, NOON)


def test_later_the_same_day_people_are_the_same_and_paid_orders_have_only_come_further() -> None:
    people, before = generated(7, NOON, orders=1500)
    same, after = generated(7, NOON + timedelta(hours=5), orders=1500)
    assert people == same
    settled = NOON - timedelta(days=1, hours=12)  # the local day before yesterday and earlier
    old, new = ({o.no: o for o in orders if o.placed_at < settled} for orders in (before, after))
    assert len(old) > 1300 and old.keys() == new.keys()
    for no, was in old.items():
        now = new[no]
        assert (now.lines, now.total, now.receiver, now.invoice and now.invoice.title) == (
            was.lines, was.total, was.receiver, was.invoice and was.invoice.title,
        )  # fmt: skip
        for a, b in zip(was.parcels, now.parcels, strict=False):
            assert b.tracking_no == a.tracking_no and b.scans[: len(a.scans)] == a.scans


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), moments)
def test_times_never_run_backwards_nor_lie_ahead(seed: int, now: datetime) -> None:
    for order in generated(seed, now)[1]:
        marks = [t for t in (order.placed_at, order.paid_at, order.packed_at, order.completed_at or order.returned_at) if t]
        assert marks == sorted(marks)
        assert order.placed_at >= now - timedelta(days=DAYS + 2)
        scans = [s.at for p in order.parcels for s in p.scans]
        for parcel in order.parcels:
            assert [s.at for s in parcel.scans] == sorted(s.at for s in parcel.scans)
            assert order.packed_at is not None and all(s.at >= order.packed_at for s in parcel.scans)
            assert parcel.promised_by is not None
        payments = [p.at for p in order.payments]
        happened = [*marks, *scans, *payments, *([order.cancelled_at] if order.cancelled_at else [])]
        assert max(happened) <= now


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), moments)
def test_money_adds_up(seed: int, now: datetime) -> None:
    for order in generated(seed, now)[1]:
        goods = sum((line.price * line.quantity for line in order.lines), Money(0))
        coupon = Money.parse(order.extras["coupon"]) if "coupon" in order.extras else Money(0)
        assert order.total == goods + order.freight - coupon
        assert order.freight in (Money(0), FREIGHT) and (order.freight == Money(0) or goods < FREE_FREIGHT_FROM)
        paid = sum((p.amount for p in order.payments if p.kind == "payment"), Money(0))
        back = sum((p.amount for p in order.payments if p.kind == "refund"), Money(0))
        assert paid == (order.total if order.paid_at else Money(0))
        assert back == (paid if order.status in ("cancelled", "returned") else Money(0))
        assert all(p.amount.minor > 0 for p in order.payments)
        assert order.invoice is None or order.invoice.amount == order.total


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), moments)
def test_a_status_says_what_has_happened(seed: int, now: datetime) -> None:
    for order in generated(seed, now)[1]:
        last = [p.scans[-1].code if p.scans else "" for p in order.parcels]
        match order.status:
            case "unpaid":
                assert order.paid_at is None and order.pay_by is not None and order.pay_by > now
            case "paid":
                assert order.paid_at and not order.packed_at and not order.parcels
            case "packed":
                assert order.packed_at and set(last) <= {""}
            case "shipped" | "out_for_delivery":
                assert any(last) and not order.completed_at
            case "delivered" | "completed":
                assert last[-1] == "delivered"
            case "cancelled":
                assert order.cancelled_at and not order.packed_at
            case "returned":
                assert order.returned_at and order.paid_at
        assert (order.completed_at is not None) == (order.status == "completed")
        assert status_text(order.status, "zh-CN")


@pytest.mark.parametrize("hour", [3, 8, 20])
def test_at_any_hour_there_are_orders_in_every_state(hour: int) -> None:
    _, orders = generated(1, NOON.replace(hour=hour), customers=600, orders=5_000)
    seen = Counter(o.status for o in orders)
    assert set(seen) == {"unpaid", "paid", "packed", "shipped", "out_for_delivery", "delivered", "completed", "cancelled", "returned"}
    assert len({o.no for o in orders}) == 5_000
    assert sum(len(o.parcels) > 1 for o in orders) > 40
    assert sum(len({p.method for p in o.payments}) > 1 for o in orders) > 40
    assert sum("coupon" in o.extras for o in orders) > 200
    moving = [o for o in orders if o.status == "shipped"]
    assert any(p.scans and p.scans[-1].code == "exception" for o in moving for p in o.parcels)
    assert any(p.promised_by and p.promised_by < NOON.replace(hour=hour) for o in moving for p in o.parcels)


def test_the_crowd_has_regulars_givers_and_odd_people() -> None:
    people = make_people(1, NOON, 3000)
    records = [p.record for p in people]
    assert len({r.number for r in records}) == 3000
    assert {r.vip for r in records} == {0, 1, 2, 3, 4, 5}
    assert sum(p.friend is not None for p in people) > 100
    assert sum(not r.phone for r in records) > 10
    assert any("<script>" in r.name for r in records) and any("🍉" in r.name for r in records) and any(len(r.name) > 20 for r in records)
    assert sum(r.language == "en" for r in records) > 20
    assert sum(p.returns > 0.2 for p in people) > 10
    phones = [a.phone for r in records for a in r.addresses if a.phone]
    assert all(phone.startswith(("1990000", "1980000")) and len(phone) == 11 for phone in phones)


def test_a_giver_s_order_goes_to_somebody_else() -> None:
    people, orders = generated(1, NOON, customers=400, orders=1500)
    givers = {f"id {p.record.number}": p for p in people if p.friend}
    gifts = [o for o in orders if o.customer_id in givers and o.receiver_phone != o.buyer_phone]
    assert gifts and all(o.receiver == givers[o.customer_id].friend.address.receiver for o in gifts)  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("hour", [16, 18, 23, 4, 9, 15])
def test_each_saga_has_its_orders_in_the_state_it_tells_of_all_day(seed: int, hour: int) -> None:
    now = NOON.replace(hour=hour) - timedelta(days=hour >= 16)  # the local day begins at 16:00 UTC
    people, orders = generated(seed, now, customers=len(SAGAS) + 5, orders=100)
    of = {p.record.name: [o for o in orders if o.customer_id == f"id {p.record.number}"] for p in people[: len(SAGAS)]}
    assert {s.name: len(s.errands) for s in SAGAS} == {name: len(found) for name, found in of.items()}
    assert of["方一一"][0].status == "unpaid"
    for name in ("林小满", "周岩", "许晴川", "Emily Carter", "石磊", "高远"):
        assert {o.status for o in of[name]} == {"shipped"}, name
    for name in ("孟知瓷", "何安然", "陆北", "赵建国"):
        assert {o.status for o in of[name]} <= {"delivered", "completed"}, name
    assert of["叶秋白"][0].status == "returned"
    assert of["高远"][0].parcels[0].scans[-1].code == "exception"
    assert any(s.code == "exception" for s in of["白露"][0].parcels[0].scans)
    assert len(of["唐果"][0].parcels) == 2
    assert of["许晴川"][0].receiver_phone != of["许晴川"][0].buyer_phone


def test_prices_dropped_after_some_orders_were_placed() -> None:
    people = make_people(1, NOON, 30)
    products = catalogue.products()
    book = Generator(1, NOON, people, {p.record.number: "x" for p in people}, products).prices
    editions = book.editions(int(NOON.timestamp()) - 122 * 86400, int(NOON.timestamp()))
    assert len(editions) == 6
    assert [at for at, _ in editions] == sorted(at for at, _ in editions)
    first, newest = ({v.sku: v.price for p in edition for v in p.variants} for edition in (editions[1][1], editions[-1][1]))
    assert newest["HA-AC15-WH"] < first["HA-AC15-WH"]
    assert newest["GPU-R70-12G-WH"] < {v.sku: v.price for p in editions[2][1] for v in p.variants}["GPU-R70-12G-WH"]
