"""Tables of commerce: the catalogue, and orders with what was paid, sent and scanned. Amounts are minor units of the row's currency."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id

type Pairs = list[list[str]]


class ProductRow(Identified, OfShop, Base):
    """A product of the shop system; `attributes` has the keys of policy.ATTRIBUTES."""

    __tablename__ = "product"
    __table_args__ = (Index("uq_product_shop_number", "shop_id", "number", unique=True),)

    number: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(80))
    brand: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(Text)
    image: Mapped[str] = mapped_column(String(500))
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)
    extras: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(32))
    changed_at: Mapped[datetime]


class VariantRow(Identified, OfShop, Base):
    """One thing that can be bought."""

    __tablename__ = "variant"
    __table_args__ = (Index("uq_variant_shop_sku", "shop_id", "sku", unique=True),)

    product_id: Mapped[Id] = mapped_column(ForeignKey("product.id"), index=True)
    sku: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(SmallInteger)
    options: Mapped[Pairs] = mapped_column(JSON)
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    stock: Mapped[int]
    extras: Mapped[dict[str, Any]] = mapped_column(JSON)


class PriceChange(Identified, OfShop, Base):
    """A variant's price from a moment on."""

    __tablename__ = "price_history"

    variant_id: Mapped[Id] = mapped_column(ForeignKey("variant.id"), index=True)
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime]


class OrderRow(Identified, OfShop, Base):
    """An order. `view` holds it packed for the message path, written with its lines and parcels (see packing.py).

    `stamp` tells one packed form from another.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        Index("uq_purchase_order_shop_no", "shop_id", "no_key", unique=True),
        # Holds all the message path asks first, so that an order seen before is not read again.
        Index("ix_purchase_order_customer", "shop_id", "customer_id", "placed_at", "id", "stamp"),
        Index("ix_purchase_order_newest", "shop_id", "placed_at", "id"),
        Index("ix_purchase_order_phone", "shop_id", "receiver_tail"),
    )

    no: Mapped[str] = mapped_column(String(64))
    no_key: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[Id] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(20))
    placed_at: Mapped[datetime]
    pay_by: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    packed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    total_minor: Mapped[int]
    freight_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    receiver: Mapped[str] = mapped_column(String(120))
    receiver_phone: Mapped[str] = mapped_column(String(32))
    receiver_tail: Mapped[str] = mapped_column(String(4))
    address: Mapped[str] = mapped_column(Text)
    gift: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(Text)
    stamp: Mapped[int]
    view: Mapped[bytes] = mapped_column(LargeBinary)
    extras: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(32))


class OrderLineRow(Identified, OfShop, Base):
    __tablename__ = "order_line"

    order_id: Mapped[Id] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    sku: Mapped[str] = mapped_column(String(80))
    product_id: Mapped[str] = mapped_column(String(32))
    """'' when the sku is not in the catalogue."""
    name: Mapped[str] = mapped_column(String(200))
    options: Mapped[Pairs] = mapped_column(JSON)
    quantity: Mapped[int]
    price_minor: Mapped[int]
    image: Mapped[str] = mapped_column(String(500))
    extras: Mapped[dict[str, Any]] = mapped_column(JSON)


class Payment(Identified, OfShop, Base):
    """Money in (kind payment) or back (refund). `state`: done, due (yet to be paid), refunding (yet to go back) or void."""

    __tablename__ = "payment"
    __table_args__ = (
        Index(
            "ix_payment_refunding", "shop_id", "at", sqlite_where=text("state = 'refunding'"), postgresql_where=text("state = 'refunding'")
        ),
    )

    order_id: Mapped[Id] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(60))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime]
    reference: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12), default="done", server_default="done")
    settled_at: Mapped[datetime | None]
    """When the house itself brought a refund to its end; such a row outlives an import that replaces the order."""
    extras: Mapped[dict[str, Any]] = mapped_column(JSON)


class ParcelRow(Identified, OfShop, Base):
    __tablename__ = "parcel"
    __table_args__ = (Index("ix_parcel_tracking", "shop_id", "tracking_no"),)

    order_id: Mapped[Id] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    carrier: Mapped[str] = mapped_column(String(60))
    tracking_no: Mapped[str] = mapped_column(String(64))
    promised_by: Mapped[datetime | None]


class ParcelScan(Base):
    """What a carrier reported. Numbered within its parcel: there are more of these than of anything else here."""

    __tablename__ = "parcel_scan"

    parcel_id: Mapped[Id] = mapped_column(ForeignKey("parcel.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    shop_id: Mapped[Id] = mapped_column(String(32))
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)


class Invoice(Identified, OfShop, Base):
    """An invoice asked for (issued_at None) or issued."""

    __tablename__ = "invoice"

    order_id: Mapped[Id] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    tax_no: Mapped[str] = mapped_column(String(40))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(60))
    issued_at: Mapped[datetime | None]
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")
    electronic: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    replaces: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """The number of the issued invoice this one takes the place of."""


class OrderMark(OfShop, Base):
    """What the house set on an order beside what the shop system says. Outlives an import that replaces the order.

    `revision` rises with every operation.
    """

    __tablename__ = "order_mark"

    order_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    reviewed_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    hold_reason: Mapped[str] = mapped_column(String(200), default="")
    intercept_at: Mapped[datetime | None]
    pay_method: Mapped[str] = mapped_column(String(60), default="")


class OrderOperationRow(Identified, OfShop, Base):
    """One thing done to an order: its history, and what a repeated request is answered from. Never changed. `key` is the caller's."""

    __tablename__ = "order_operation"
    __table_args__ = (
        Index("uq_order_operation_key", "shop_id", "key", unique=True),
        Index("ix_order_operation_order", "shop_id", "order_id", "at"),
        Index("ix_order_operation_customer", "shop_id", "customer_id", "operation", "at"),
    )

    order_id: Mapped[Id] = mapped_column(String(32))
    order_no: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[Id] = mapped_column(String(32))
    operation: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    token: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(120))
    confirmed_by: Mapped[str] = mapped_column(String(16))
    confirmation: Mapped[str] = mapped_column(String(200))
    """What the confirmation was: a message id, a word."""
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    answer_by: Mapped[datetime | None]
    again: Mapped[list[list[int]]] = mapped_column(JSON)
    """Line positions and quantities sent again."""
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
