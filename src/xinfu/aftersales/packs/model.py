"""Tables of policy packs: a shop's own versions, which pack it goes by from when, and what was judged in the last weeks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop


class PackVersionRow(Identified, OfShop, Base):
    """One version of one pack of a shop, as its owner wrote it. Never changed but for being taken back before it took effect."""

    __tablename__ = "policy_pack_version"
    __table_args__ = (UniqueConstraint("shop_id", "pack", "version"),)

    pack: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    effective_from: Mapped[date] = mapped_column(Date)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    """TOML."""
    token: Mapped[str] = mapped_column(String(32))
    """What was checked before it was published."""
    note: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(120))
    saved_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class PackChoiceRow(Identified, OfShop, Base):
    """From this day on the shop goes by this pack."""

    __tablename__ = "policy_pack_choice"
    __table_args__ = (UniqueConstraint("shop_id", "n"),)

    n: Mapped[int]
    pack: Mapped[str] = mapped_column(String(40))
    effective_from: Mapped[date] = mapped_column(Date)
    author: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]


class PastWishRow(Identified, OfShop, Base):
    """What a customer asked for and the facts it was judged on, so that another pack can judge it again. No words of the customer's.

    `case_number` '' = it was refused and no case came of it.
    """

    __tablename__ = "policy_past_wish"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_policy_past_wish_shop_at", "shop_id", "at"),
    )

    key: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime]
    order_no: Mapped[str] = mapped_column(String(64))
    case_number: Mapped[str] = mapped_column(String(24))
    pack: Mapped[str] = mapped_column(String(40))
    pack_version: Mapped[int]
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
