"""The demo shop's orders: planned whole from a seed, then cut at the present moment.

Every order gets its complete life first (paid, packed, handed over, each scan, signed, completed or sent back), in times relative to the
local day. What lies in the past at `now` has happened, the rest has not. So the same seed on the same day gives the same orders, and later
that day they have merely come further.
"""

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from random import Random
from typing import NamedTuple

from xinfu.commerce import NewInvoice, NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewScan, NewVariant
from xinfu.commerce.contracts import OrderStatus
from xinfu.demo import names
from xinfu.demo.carriage import Journey, plan
from xinfu.demo.daytime import DAY, HOUR, as_datetime, hour_of, midnight, next_at
from xinfu.demo.people import Home, Person
from xinfu.demo.pricing import PriceBook
from xinfu.demo.sagas import CAST, Errand, Fate
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

DAYS = 120
PAY_WITHIN = DAY
FREE_FREIGHT_FROM = Money(9900)
FREIGHT = Money(800)
HEAVY = frozenset({"家电", "桶装水与粮油"})
COUPONS = ((Money(9900), Money(500)), (Money(19900), Money(2000)), (Money(59900), Money(6000)))
METHODS = ("微信支付", "支付宝", "银行卡", "云闪付")
FATES: tuple[tuple[Fate, float], ...] = (
    ("unpaid", 0.045), ("abandoned", 0.01), ("cancelled", 0.03), ("delayed", 0.03), ("exception", 0.02),
    ("lost", 0.002), ("reissued", 0.004), ("split", 0.05), ("refused", 0.008), ("second_try", 0.03),
)  # fmt: skip
_FATE_BOUNDS = list(accumulate(p for _, p in FATES))
# Of every hundred orders, how many are placed in each hour of the local day.
_BY_HOUR = (2, 1, 1, 0.5, 0.5, 1, 2, 3, 4, 5, 6, 5, 5, 4, 4, 4, 4, 4, 5, 6, 9, 10, 8, 5)
_HOUR_BOUNDS = list(accumulate(_BY_HOUR))


class Good(NamedTuple):
    product: NewProduct
    variant: NewVariant


@dataclass(slots=True)
class Plan:
    """An order's whole life in seconds; None = never happens."""

    placed: int
    fate: Fate
    paid: int | None = None
    packed: int | None = None
    cancelled: int | None = None
    returned: int | None = None
    completed: int | None = None
    journeys: tuple[Journey, ...] = ()


class Generator:
    """Makes the orders of `people`, whose ids in the customer table are `ids` (by number)."""

    def __init__(self, seed: int, now: datetime, people: Sequence[Person], ids: Mapping[str, Id], products: Sequence[NewProduct]) -> None:
        self._rng = Random(f"orders {seed}")  # noqa: S311 - a believable shop, not a secret
        self._now = int(now.timestamp())
        self._today = midnight(self._now)
        self._people, self._ids = people, ids
        self._goods = [Good(p, v) for p in products for v in p.variants]
        self._by_sku = {g.variant.sku: g for g in self._goods}
        # Cheap things sell more often; a graphics card for nine thousand does not go out every hour.
        self._weights = list(
            accumulate(1 / (20 + (g.variant.price.minor / 100) ** 0.8) / len(g.product.variants) ** 0.5 for g in self._goods)
        )
        self.prices = PriceBook(products, self._today)
        self._count = 0

    def orders(self, count: int) -> list[NewOrder]:
        """The orders of the sagas, then others up to `count`, in no particular order of time."""
        out = [order for person, errand in self._errands() if (order := self._saga_order(person, errand))]
        crowd = [p for p in self._people if p.habit > 0]
        bounds = list(accumulate(p.habit for p in crowd))
        while len(out) < count:
            person = crowd[min(bisect(bounds, self._rng.random() * bounds[-1]), len(crowd) - 1)]
            out.append(self._order(person, self._placed(), self._basket(), self._fate(person)))
        return out

    def _errands(self) -> Iterator[tuple[Person, Errand]]:
        for person, saga in zip(self._people, CAST, strict=False):
            for errand in saga.errands:
                yield person, errand

    def _saga_order(self, person: Person, errand: Errand) -> NewOrder:
        placed = self._now - HOUR if errand.days == 0 else self._today + 12 * HOUR - int(errand.days * DAY)
        return self._order(person, placed, [(self._by_sku[sku], 1) for sku in errand.skus], errand.fate)

    def _order(self, person: Person, placed: int, basket: list[tuple[Good, int]], fate: Fate) -> NewOrder:
        rng = self._rng
        gift = rng.random() < 0.5 or person.habit == 0
        home = person.friend if gift and person.friend else person.home
        heavy = any(g.product.category in HEAVY for g, _ in basket)
        life = self._life(placed, fate, home, heavy, len(basket))
        lines = tuple(_line(g, n, self.prices.price(g.product, g.variant.price, placed)) for g, n in basket)
        goods = sum((line.price * line.quantity for line in lines), Money(0))
        freight = Money(0) if heavy or goods >= FREE_FREIGHT_FROM else FREIGHT
        coupon = _coupon(goods) if rng.random() < 0.18 else None
        total = goods + freight - coupon if coupon else goods + freight
        self._count += 1
        note = names.GIFT_NOTES[self._count % 5] if home is person.friend else names.NOTES[self._count % 6] if rng.random() < 0.06 else ""
        no = f"XF{as_datetime(placed + 8 * HOUR):%y%m%d}{(self._count * 7919 + 104729) % 1_000_000:06d}"
        paid, packed = self._past(life.paid), self._past(life.packed)
        cancelled, returned, completed = self._past(life.cancelled), self._past(life.returned), self._past(life.completed)
        parcels = tuple(self._parcel(j) for j in life.journeys if packed and j.scans[0][0] - 4 * HOUR <= self._now)
        # Drawn whether needed yet or not: what is drawn must not depend on the hour, or later orders would be others.
        payments = self._payments(total, life.paid or placed, cancelled or returned)
        invoice = self._invoice(total, life.paid or placed) if rng.random() < 0.12 else None
        return NewOrder(
            no=no,
            customer_id=self._ids[person.record.number],
            status=self._status(life, parcels),
            placed_at=as_datetime(placed),
            lines=lines,
            freight=freight,
            total=total,
            receiver=home.address.receiver,
            receiver_phone=home.address.phone,
            address=home.address.address,
            buyer_phone=person.record.phone,
            note=note,
            pay_by=as_datetime(placed + PAY_WITHIN),
            paid_at=as_datetime(paid) if paid else None,
            packed_at=as_datetime(packed) if packed else None,
            completed_at=as_datetime(completed) if completed else None,
            cancelled_at=as_datetime(cancelled) if cancelled else None,
            returned_at=as_datetime(returned) if returned else None,
            payments=payments if paid else (),
            parcels=parcels,
            invoice=invoice if paid and not cancelled else None,
            extras={"coupon": coupon.plain()} if coupon else {},
        )

    def _life(self, placed: int, fate: Fate, home: Home, heavy: bool, different: int) -> Plan:
        rng = self._rng
        life = Plan(placed, fate)
        if fate in ("unpaid", "abandoned"):
            life.cancelled = placed + PAY_WITHIN if fate == "unpaid" else placed + int((0.2 + rng.random() * 8) * HOUR)
            return life
        slow = rng.random() < 0.08 and fate != "on_the_way"
        life.paid = placed + (int(rng.random() * 20 * HOUR) if slow else int(20 + rng.expovariate(1 / 240)))
        packed = life.paid + int((0.5 + rng.random() * 2) * HOUR)
        if not 8.5 <= hour_of(life.paid) < 16:  # paid before four goes out today, later ones next morning
            packed = next_at(life.paid, 8.5) + int(rng.random() * 2.5 * HOUR)
        if fate == "cancelled":
            life.cancelled = life.paid + int((packed - life.paid) * (0.2 + rng.random() * 0.7))
            return life
        life.packed = packed
        handed = packed + int((1 + rng.random() * 2.5) * HOUR)
        if fate != "on_the_way" and rng.random() < 0.25:  # what misses the carrier's last round goes with the first one next morning
            handed = next_at(packed + 5 * HOUR, 9) + int(rng.random() * HOUR)
        journeys = [plan(rng, handed, home.region, home.district, heavy, fate)]
        if fate == "split" and different > 1:
            journeys.append(plan(rng, handed + int((20 + rng.random() * 12) * HOUR), home.region, home.district, heavy, fate, second=True))
        if fate == "reissued":  # lost on its way; a second parcel is sent six days later
            again = next_at(handed + 6 * DAY, 10)
            journeys.append(plan(rng, again, home.region, home.district, heavy, "normal", second=True))
        life.journeys = tuple(journeys)
        ends = [j.ended_at for j in journeys if j.ended_at is not None]
        if not ends:
            return life
        if journeys[0].refused:
            life.returned = max(ends) + DAY
        elif fate == "returned":
            life.returned = max(ends) + int((4 + rng.random() * 4) * DAY)
        else:
            life.completed = max(ends) + int((1 + rng.random() * 6) * DAY if rng.random() < 0.4 else 10 * DAY)
        return life

    def _past(self, t: int | None) -> int | None:
        return t if t is not None and t <= self._now else None

    def _status(self, life: Plan, parcels: Sequence[NewParcel]) -> OrderStatus:
        """The least advanced parcel speaks for the order; a reissued one stands in for the lost one."""
        if self._past(life.cancelled):
            return "cancelled"
        if self._past(life.returned):
            return "returned"
        if self._past(life.completed):
            return "completed"
        if not self._past(life.packed):
            return "paid" if self._past(life.paid) else "unpaid"
        if not any(p.scans for p in parcels):
            return "packed"
        journeys = life.journeys[-1:] if life.fate == "reissued" else life.journeys
        still = [j for j in journeys if j.refused or not self._past(j.ended_at)]
        if not still:
            return "delivered"
        out = all(any(code == "out_for_delivery" and at <= self._now for at, code, _, _ in j.scans) for j in still)
        return "out_for_delivery" if out and not any(j.refused for j in still) else "shipped"

    def _parcel(self, j: Journey) -> NewParcel:
        scans = tuple(NewScan(as_datetime(at), code, place, text) for at, code, place, text in j.scans if at <= self._now)
        return NewParcel(j.carrier, j.tracking_no, scans, as_datetime(j.promised_by))

    def _payments(self, total: Money, paid: int, refunded: int | None) -> tuple[NewPayment, ...]:
        """One payment, or for one order in twenty a gift card first and the rest by phone; they add up to the total, and all go back."""
        rng, at = self._rng, as_datetime(paid)
        reference = f"P{int(rng.random() * 9e15) + 10**15}"
        method = METHODS[int(rng.random() ** 2 * len(METHODS))]
        parts = [(total, method, reference)]
        if total.minor > 10_000 and rng.random() < 0.05:
            card = Money(5000)
            parts = [(card, "礼品卡", f"{reference}A"), (total - card, method, f"{reference}B")]
        payments = [NewPayment(amount, how, at, reference=ref) for amount, how, ref in parts]
        if refunded:
            back = as_datetime(refunded)
            payments += [NewPayment(amount, how, back, "refund", f"R{ref}") for amount, how, ref in parts]
        return tuple(payments)

    def _invoice(self, total: Money, paid: int) -> NewInvoice:
        rng = self._rng
        company = rng.random() < 0.4
        title = names.COMPANIES[int(rng.random() * len(names.COMPANIES))] if company else "个人"
        issued = paid + int((1 + rng.random() * 20) * HOUR)
        done = issued <= self._now
        return NewInvoice(
            title=title,
            tax_no=f"91330000MA0{int(rng.random() * 9e6) + 10**6}" if company else "",
            amount=total,
            number=f"{int(rng.random() * 9e7) + 10**7}" if done else "",
            issued_at=as_datetime(issued) if done else None,
        )

    def _placed(self) -> int:
        """Somewhere in the last DAYS days, more of it lately and in the evening; what would lie ahead was placed a day earlier."""
        rng = self._rng
        back = int(DAYS * (1 - (1 - rng.random()) ** 0.85))
        hour = bisect(_HOUR_BOUNDS, rng.random() * _HOUR_BOUNDS[-1])
        t = self._today - back * DAY + hour * HOUR + int(rng.random() * HOUR)
        return t if t <= self._now else t - DAY

    def _basket(self) -> list[tuple[Good, int]]:
        rng = self._rng
        basket: dict[str, tuple[Good, int]] = {}
        for _ in range(1 + (rng.random() < 0.3) + (rng.random() < 0.08)):
            good = self._goods[min(bisect(self._weights, rng.random() * self._weights[-1]), len(self._goods) - 1)]
            basket[good.variant.sku] = (good, 1 if good.variant.price.minor > 50_000 or rng.random() < 0.8 else 2)
        return list(basket.values())

    def _fate(self, person: Person) -> Fate:
        if self._rng.random() < person.returns:
            return "returned"
        found = bisect(_FATE_BOUNDS, self._rng.random())
        return FATES[found][0] if found < len(FATES) else "normal"


def _line(good: Good, quantity: int, price: Money) -> NewLine:
    product, variant = good
    return NewLine(variant.sku, product.name, quantity, price, variant.options, product.image)


def _coupon(goods: Money) -> Money | None:
    """What the best coupon takes off."""
    return max((off for least, off in COUPONS if least <= goods), key=lambda off: off.minor, default=None)
