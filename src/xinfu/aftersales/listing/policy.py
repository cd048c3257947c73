"""Pure rules of the listing check: what is wrong with a listing, what somebody has to tick, what it collides with, who may check it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.text import fold

type ListingState = Literal["draft", "waiting", "verified", "rejected", "withdrawn"]

LIVE: frozenset[ListingState] = frozenset({"draft", "waiting", "verified"})
"""States in which a listing holds its place in time."""
MOVES: Mapping[ListingState, frozenset[ListingState]] = {
    "draft": frozenset({"waiting", "withdrawn"}),
    "waiting": frozenset({"draft", "verified", "rejected", "withdrawn"}),
    "verified": frozenset({"withdrawn"}),
    "rejected": frozenset({"draft", "withdrawn"}),
    "withdrawn": frozenset(),
}
STATE_WORDS: Mapping[ListingState, tuple[str, str]] = {
    "draft": ("草稿", "a draft"),
    "waiting": ("待核对", "waiting to be checked"),
    "verified": ("已核对", "verified"),
    "rejected": ("已退回", "rejected"),
    "withdrawn": ("已撤下", "withdrawn"),
}
DEEP_PERCENT = 70
LONGEST = timedelta(days=366)
MOST_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be sold at what price in which time. 0 = no limit."""

    campaign: str
    sku: str
    price: Money
    per_customer: int
    quantity: int
    starts_at: datetime
    ends_at: datetime


class Known(Protocol):
    """What the catalogue says of the sku; commerce.sale_facts.SaleFacts is one."""

    @property
    def price(self) -> Money: ...
    @property
    def stock(self) -> int: ...
    @property
    def lowest(self) -> Money | None: ...
    @property
    def floor(self) -> Money | None: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """`field` '' = of the whole. `warning`: it may be ticked; otherwise it cannot be listed so."""

    code: str
    field: str
    zh: str
    en: str
    warning: bool = False


def findings(terms: Terms, known: Known | None, now: datetime) -> list[Finding]:
    """Everything wrong with a listing, and what needs a tick."""
    return [*_form(terms, now), *(_unknown() if known is None else _prices(terms, known))]


def _form(terms: Terms, now: datetime) -> Iterable[Finding]:
    if not terms.campaign:
        yield Finding("campaign", "campaign", "活动名不能为空", "the campaign needs a name")
    if not 0 < terms.price.minor < 10**12:
        yield Finding("price", "price", "价格要大于 0", "the price must be above nothing")
    for name, value in (("per_customer", terms.per_customer), ("quantity", terms.quantity)):
        if not 0 <= value <= MOST_UNITS:
            yield Finding(name, name, f"应在 0 到 {MOST_UNITS} 之间", f"must be between 0 and {MOST_UNITS}")
    if terms.quantity and terms.per_customer > terms.quantity:
        yield Finding("per_customer", "per_customer", "每人限购超过活动总量", "the limit for one customer is above the quantity")
    if terms.ends_at <= terms.starts_at:
        yield Finding("time", "ends_at", "结束时间要晚于开始时间", "it must end after it starts")
    elif terms.ends_at <= now:
        yield Finding("time_over", "ends_at", "活动时间已经过去", "its time is over")
    elif terms.ends_at - terms.starts_at > LONGEST:
        yield Finding("time_long", "ends_at", "最长一年", "a year at most")


def _unknown() -> Iterable[Finding]:
    yield Finding("sku_unknown", "sku", "商品库里没有这个货号", "the catalogue has no such sku")


def _prices(terms: Terms, known: Known) -> Iterable[Finding]:
    price = terms.price
    if price.currency != known.price.currency:
        yield Finding("currency", "price", f"商品库用 {known.price.currency}", f"the catalogue counts in {known.price.currency}")
        return
    if known.price < price:
        yield Finding("above_list", "price", f"高于标价 {known.price}", f"above the list price {known.price}", True)
    if known.floor is not None and known.floor.currency == price.currency and price < known.floor:
        yield Finding("below_cost", "price", f"低于成本 {known.floor}", f"below cost {known.floor}", True)
    if price.minor * 100 < known.price.minor * (100 - DEEP_PERCENT):
        off = 100 - price.minor * 100 // known.price.minor
        yield Finding("deep", "price", f"比标价低了 {off}%", f"{off} % below the list price", True)
    if known.lowest is not None and known.lowest < price < known.price:
        told = f"30 天内卖过更低的 {known.lowest}", f"it sold for {known.lowest} within 30 days"
        yield Finding("not_lowest", "price", *told, True)
    if known.stock < terms.quantity:
        yield Finding("stock", "quantity", f"库存只有 {known.stock}", f"only {known.stock} in stock", True)


def to_tick(found: Iterable[Finding], ticked: Iterable[str]) -> list[Finding]:
    """The warnings nobody ticked yet."""
    done = set(ticked)
    return [f for f in found if f.warning and f.code not in done]


def collides(one: Terms, other: Terms) -> bool:
    """The same thing at the same time, or twice in one campaign."""
    if sku_key(one.sku) != sku_key(other.sku):
        return False
    overlap = one.starts_at < other.ends_at and other.starts_at < one.ends_at
    return overlap or campaign_key(one.campaign) == campaign_key(other.campaign)


def may_check(hands: Iterable[Id], checker: Id) -> bool:
    """Four eyes: never one who entered or changed it."""
    return bool(checker) and checker not in set(hands)


def sku_key(sku: str) -> str:
    return sku.strip().upper()


def campaign_key(campaign: str) -> str:
    return fold(campaign)
