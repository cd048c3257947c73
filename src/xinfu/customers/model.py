"""Tables of customers: who they are, how they pay, on which channels they come, what staff noted."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class Customer(Identified, OfShop, Base):
    """A buyer, or a visitor without account (number None)."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("uq_customer_shop_number", "shop_id", "number", unique=True),
        Index("ix_customer_shop_phone", "shop_id", "phone"),
        Index("ix_customer_shop_tail", "shop_id", "phone_tail"),
    )

    number: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(32), default="")
    phone_tail: Mapped[str] = mapped_column(String(4), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    vip: Mapped[int] = mapped_column(SmallInteger, default=0)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    addresses: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(32), default="")
    """Of the imported record, so that the same record again changes nothing; '' for customers made here."""
    extras: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class PaymentMethodRow(Identified, OfShop, Base):
    """One way a customer pays, as the shop system names it. Only a gift card holds money of ours: its balance, in minor units.

    `given_minor` is the balance the shop system told last, so that telling it again does not undo what was spent since.
    """

    __tablename__ = "payment_method"
    __table_args__ = (
        Index("uq_payment_method_reference", "customer_id", "reference", unique=True),
        CheckConstraint("balance_minor >= 0", name="ck_payment_method_balance"),
    )

    customer_id: Mapped[Id] = mapped_column(ForeignKey("customer.id"))
    reference: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    balance_minor: Mapped[int | None]
    given_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))


class ChannelIdentity(Identified, OfShop, Base):
    """One way a customer comes to us. The external id is kept as a hash only: it is as good as a key to the thread."""

    __tablename__ = "channel_identity"
    __table_args__ = (Index("uq_channel_identity_external", "shop_id", "channel", "external", unique=True),)

    customer_id: Mapped[Id] = mapped_column(ForeignKey("customer.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    external: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class CustomerNote(Identified, OfShop, Base):
    """What a member of staff wrote about a customer."""

    __tablename__ = "customer_note"

    customer_id: Mapped[Id] = mapped_column(ForeignKey("customer.id"), index=True)
    author_id: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
