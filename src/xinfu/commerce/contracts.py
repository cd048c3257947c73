"""Products, orders and parcels as other folders may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type OrderStatus = Literal["unpaid", "paid", "packed", "shipped", "out_for_delivery", "delivered", "completed", "cancelled", "returned"]
type ScanCode = Literal["collected", "departed", "arrived", "out_for_delivery", "delivered", "exception", "returned"]
type StepKey = Literal[
    "placed", "paid", "packed", "handed_over", "in_transit", "out_for_delivery", "signed", "completed", "cancelled", "returned"
]


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be bought. `options` like (("颜色","黑"),("尺码","M"))."""

    sku: str
    options: tuple[tuple[str, str], ...]
    price: Money
    stock: int


@dataclass(frozen=True, slots=True)
class Product:
    """`attributes` answer questions; keys are the attribute keys of commerce.policy.ATTRIBUTES (material, size_chart, care …)."""

    id: Id
    name: str
    category: str
    brand: str
    summary: str
    image: str
    attributes: dict[str, str]
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    sku: str
    product_id: Id
    name: str
    options: tuple[tuple[str, str], ...]
    quantity: int
    price: Money
    image: str


@dataclass(frozen=True, slots=True)
class Scan:
    at: datetime
    code: ScanCode
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    carrier: str
    tracking_no: str
    scans: tuple[Scan, ...]
    promised_by: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step a person understands. `done` False = still to come; `at` is set only when done."""

    key: StepKey
    zh: str
    en: str
    at: datetime | None
    done: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Order:
    """One order as seen by the shop. Receiver fields are whole here; mask them (customers.policy.mask_*) before showing them.

    `gift` is True when the receiver's phone differs from the buyer's account phone (CUS-3).
    """

    id: Id
    no: str
    shop_id: Id
    customer_id: Id
    status: OrderStatus
    placed_at: datetime
    paid_at: datetime | None
    total: Money
    freight: Money
    lines: tuple[OrderLine, ...]
    receiver: str
    receiver_phone: str
    address: str
    gift: bool
    note: str
    parcels: tuple[Parcel, ...]
    timeline: tuple[TimelineStep, ...]


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """Announced after the commit when an order was created or changed."""

    shop_id: Id
    customer_id: Id
    order_no: str


@dataclass(frozen=True, slots=True)
class CatalogueChanged:
    """Announced after the commit when products of the shop were created or changed."""

    shop_id: Id


class ShopConnector(Protocol):
    """Where orders are looked up. The embedded shop (commerce.service.Orders) is one; a real shop system's adapter is another.

    Look-ups only; each names the shop, and another shop's order is simply not found.
    """

    async def orders_of(self, shop_id: Id, customer_ids: Sequence[Id], limit: int = 10) -> dict[Id, list[Order]]: ...
    async def by_no(self, shop_id: Id, no: str) -> Order | None: ...
    async def by_tracking(self, shop_id: Id, tracking_no: str) -> Order | None: ...
