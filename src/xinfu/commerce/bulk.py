"""The plain records that imports and generated shops hand to commerce.writing.bulk_write."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from xinfu.commerce.contracts import OrderStatus, ScanCode
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NewVariant:
    """One thing that can be bought; `sku` is unique in the shop."""

    sku: str
    options: Options
    price: Money
    stock: int = 0
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product of the shop system. `number` is the key; `attributes` has the keys of commerce.policy.ATTRIBUTES."""

    number: str
    name: str
    category: str = ""
    brand: str = ""
    summary: str = ""
    image: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    variants: tuple[NewVariant, ...] = ()
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line of an order. `name` and `price` are as bought; the product is found by `sku` when it is written."""

    sku: str
    name: str
    quantity: int
    price: Money
    options: Options = ()
    image: str = ""
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money in (`payment`) or back (`refund`)."""

    amount: Money
    method: str
    at: datetime
    kind: Literal["payment", "refund"] = "payment"
    reference: str = ""
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewScan:
    at: datetime
    code: ScanCode
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class NewParcel:
    """A parcel with its carrier's scans, oldest first."""

    carrier: str
    tracking_no: str
    scans: tuple[NewScan, ...] = ()
    promised_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """An invoice asked for (`issued_at` None) or issued."""

    title: str
    tax_no: str
    amount: Money
    number: str = ""
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order of the shop system. `no` is the key.

    `total` None = lines + freight. `buyer_phone` is the account's phone: a different receiver_phone makes the order a possible gift.
    `pay_by` None = placed_at + 24 h. Times a status implies but the source does not know stay None; the timeline then shows the step
    without a time.
    """

    no: str
    customer_id: Id
    status: OrderStatus
    placed_at: datetime
    lines: tuple[NewLine, ...]
    freight: Money
    total: Money | None = None
    receiver: str = ""
    receiver_phone: str = ""
    address: str = ""
    buyer_phone: str = ""
    note: str = ""
    pay_by: datetime | None = None
    paid_at: datetime | None = None
    packed_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    returned_at: datetime | None = None
    payments: tuple[NewPayment, ...] = ()
    parcels: tuple[NewParcel, ...] = ()
    invoice: NewInvoice | None = None
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of one kind were created, updated, and found equal."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    products: Tally
    orders: Tally
