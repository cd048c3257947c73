"""A policy pack: what a shop owes and promises after the sale, as frozen values. Reading one from text is reading.py's."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from xinfu.aftersales.contracts import Disposition, Kind, Payer, Reason, Trust
from xinfu.commerce import OrderRules
from xinfu.kit.money import Money

type Days = Annotated[int, Field(ge=0, le=3650)]
type Hours = Annotated[int, Field(ge=1, le=8760)]
type Percent = Annotated[int, Field(ge=0, le=100)]
type NoReason = Literal["allowed", "excluded", "needs_confirmation"]
type DisputeStep = Literal["respond", "receive", "register", "soothe", "apologise", "remedy", "inform"]

TRUST: tuple[Trust, ...] = ("watched", "new", "known", "trusted")
"""Least first."""
DISPUTE_STEPS: tuple[DisputeStep, ...] = ("respond", "receive", "register", "soothe", "apologise", "remedy", "inform")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def _amount(value: Any, info: ValidationInfo) -> Any:
    """An amount written as "20.00" or as whole units. A float is refused: it is not exact."""
    if isinstance(value, Money):
        return value
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError("amount")
    return Money.parse(text, (info.context or {}).get("currency", "CNY"))


_NOTHING = Money(0)

type Amount = Annotated[Money, BeforeValidator(_amount)]


@dataclass(frozen=True, slots=True)
class Clause:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class NoReasonRule:
    days: Days
    exchange: bool
    clause: str


@dataclass(frozen=True, slots=True)
class QualityRule:
    return_days: Days
    exchange_days: Days
    repair_days: Days
    clause: str
    photo_reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceRule:
    """`compare` paid: what was paid after the line's share of coupons is compared with the price now; listed: the price listed then."""

    days: Days
    compare: Literal["paid", "listed"]
    clause: str
    excluded_categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundOnlyRule:
    clause: str


@dataclass(frozen=True, slots=True)
class FreightRule:
    """Who pays for moving goods, by who is responsible."""

    shop: Payer
    carrier: Payer
    customer: Payer
    no_reason: Payer
    exchange_no_reason: Payer
    clause_fault: str
    clause_no_reason: str


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What differs for products of these categories; None = as for all."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    clause: str
    no_reason: NoReason = "allowed"
    return_days: Days | None = None
    exchange_days: Days | None = None
    repair_days: Days | None = None
    price_days: Days | None = None
    three_guarantees: bool = False
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class TrustRule:
    """From how many completed orders and days as a customer on someone is known, or trusted; who returns more than `max_return_percent`
    of the orders is never trusted."""

    known_orders: Annotated[int, Field(ge=1, le=1000)] = 2
    known_days: Days = 30
    trusted_orders: Annotated[int, Field(ge=1, le=1000)] = 8
    trusted_days: Days = 180
    max_return_percent: Percent = 40


@dataclass(frozen=True, slots=True)
class EarlyLevel:
    """For customers of this level: so much of the refund (percent), never above `limit`, on the first scan of the return."""

    trust: Trust
    percent: Percent
    limit: Amount


@dataclass(frozen=True, slots=True)
class EarlyRefundRule:
    """No `level` = nobody is paid before the goods are seen. The parcel must arrive within `deadline_days` of its first scan."""

    clause: str = ""
    deadline_days: Annotated[int, Field(ge=1, le=90)] = 15
    level: tuple[EarlyLevel, ...] = ()

    def of(self, trust: Trust) -> EarlyLevel | None:
        return next((level for level in self.level if level.trust == trust), None)


@dataclass(frozen=True, slots=True)
class GoodwillRule:
    """So many days beyond a window a person may still say yes."""

    days: Days = 0
    clause: str = ""


@dataclass(frozen=True, slots=True)
class CompensationRule:
    """The most one case may bring, whoever grants it. `points_per_unit`: so many points are worth one unit of money."""

    points_per_unit: Annotated[int, Field(ge=1, le=100_000)] = 100
    points_max: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    coupon_max: Amount = _NOTHING
    cash_max: Amount = _NOTHING
    clause: str = ""


@dataclass(frozen=True, slots=True)
class FreightZone:
    """The contract price for one zone: up to `first_g` grams `first`, then `more` for every `step_g` begun. `places`: names in an
    address that put it into this zone; the zone with none is for all others."""

    zone: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,19}$")]
    zh: str
    en: str
    first: Amount
    more: Amount
    first_g: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    step_g: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    places: tuple[str, ...] = ()

    def price(self, grams: int) -> Money:
        """Raises ValueError for less than nothing."""
        if grams < 0:
            raise ValueError("negative weight")
        return self.first + self.more * max(0, -(-(grams - self.first_g) // self.step_g))


@dataclass(frozen=True, slots=True)
class FreightContract:
    """What the house's own carrier asks: what a customer paid another one is made good up to this. `default_g`: of goods whose weight
    nobody knows."""

    zone: tuple[FreightZone, ...]
    clause: str = ""
    default_g: Annotated[int, Field(ge=1, le=1_000_000)] = 1000

    def zone_of(self, address: str) -> FreightZone:
        """The zone one of whose places is named in the address; else the one for all others."""
        return next((z for z in self.zone if any(p in address for p in z.places)), self.elsewhere)

    @property
    def elsewhere(self) -> FreightZone:
        return next(z for z in self.zone if not z.places)

    def cap(self, claimed: Money, grams: int | None, address: str) -> Money:
        """What is made good of a freight claim: as claimed, but never above the contract price. Raises ValueError."""
        if claimed.minor < 0:
            raise ValueError("negative claim")
        price = self.zone_of(address).price(self.default_g if grams is None else grams)
        return claimed if claimed <= price else price


@dataclass(frozen=True, slots=True)
class AutoRule:
    """What the system itself may grant without a person: these kinds, up to `limit`, for customers of at least this trust."""

    kinds: tuple[Kind, ...] = ()
    limit: Amount = _NOTHING
    trust: Trust = "known"
    per_30_days: Annotated[int, Field(ge=0, le=1000)] = 3
    clause: str = ""

    def covers(self, kind: str, amount: Money, trust: Trust, before: int) -> bool:
        """`before`: granted so in the last 30 days to this customer."""
        enough = TRUST.index(trust) >= TRUST.index(self.trust)
        small = amount.currency == self.limit.currency and amount <= self.limit
        return kind in self.kinds and enough and before < self.per_30_days and small


@dataclass(frozen=True, slots=True)
class DisputeRule:
    """Within how many hours of its opening each of the seven steps has to be done; how long a closed one may be opened again."""

    respond: Hours = 1
    receive: Hours = 1
    register: Hours = 4
    soothe: Hours = 4
    apologise: Hours = 8
    remedy: Hours = 24
    inform: Hours = 72
    reopen_days: Days = 7
    lead_review: bool = True

    def hours(self, step: DisputeStep) -> int:
        return int(getattr(self, step))


@dataclass(frozen=True, slots=True)
class AppealRule:
    """How long a refusal can be appealed against, and within how many hours another person answers."""

    days: Annotated[int, Field(ge=1, le=365)] = 7
    answer_hours: Hours = 48


@dataclass(frozen=True, slots=True)
class DueRule:
    """Within how many hours each waiting case has to move on. `refund` counts from the goods' arrival."""

    decide: Hours = 24
    approve: Hours = 24
    send_back: Hours = 168
    inspect: Hours = 48
    refund: Hours = 72
    send: Hours = 48
    repair: Hours = 720
    adverse_follow_up: Hours = 24


@dataclass(frozen=True, slots=True)
class RequestRule:
    """How cases are asked for. `kinds`: the only ones this shop offers (none named = all). `once`: one return or exchange for an order, all
    its items at once. `own_method`: a return names the customer's payment method the money goes to (one it was paid by, or a gift card), an
    exchange the one that settles the difference. `other_variant`: an exchange is for another variant, never the same again."""

    kinds: tuple[Kind, ...] = ()
    once: bool = False
    own_method: bool = False
    other_variant: bool = False
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of one pack. `lawful_floor` False: not under Chinese consumer law, whose least windows are then not asked for."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    effective_from: date
    zh: Annotated[str, Field(min_length=1, max_length=80)]
    en: Annotated[str, Field(min_length=1, max_length=80)]
    no_reason: NoReasonRule
    quality: QualityRule
    price_protection: PriceRule
    refund_only: RefundOnlyRule
    freight: FreightRule
    dispositions: dict[Reason, Disposition]
    clauses: dict[str, Clause]
    category: tuple[CategoryRule, ...] = ()
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    trust: TrustRule = field(default_factory=TrustRule)
    early_refund: EarlyRefundRule = field(default_factory=EarlyRefundRule)
    goodwill: GoodwillRule = field(default_factory=GoodwillRule)
    compensation: CompensationRule = field(default_factory=CompensationRule)
    freight_contract: FreightContract | None = None
    auto: AutoRule = field(default_factory=AutoRule)
    dispute: DisputeRule = field(default_factory=DisputeRule)
    appeal: AppealRule = field(default_factory=AppealRule)
    due: DueRule = field(default_factory=DueRule)
    orders: OrderRules = field(default_factory=OrderRules)
    requests: RequestRule = field(default_factory=RequestRule)
    lawful_floor: bool = True

    def rules_for(self, category: str) -> "Rules":
        """What holds for a product of this category: the first category rule one of whose names is in it, over the pack's own."""
        own = next((rule for rule in self.category if any(name in category for name in rule.names)), None)
        quality, price = self.quality, self.price_protection
        if own is None:
            return Rules("allowed", quality.return_days, quality.exchange_days, quality.repair_days, price.days, quality.clause, None)
        return Rules(
            own.no_reason,
            _or(own.return_days, quality.return_days),
            _or(own.exchange_days, quality.exchange_days),
            _or(own.repair_days, quality.repair_days),
            _or(own.price_days, price.days),
            own.clause,
            own.disposition,
        )


def _or(own: int | None, general: int) -> int:
    return general if own is None else own


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one category."""

    no_reason: NoReason
    return_days: int
    exchange_days: int
    repair_days: int
    price_days: int
    clause: str
    disposition: Disposition | None
