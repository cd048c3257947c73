"""Tables of the listing check: what is to be sold in which campaign at what price, who entered it and who checked it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class ListingRow(Identified, OfShop, Base):
    """One thing in one campaign. `campaign_key` and `sku_key` are what is compared; `accepted` names the warnings both people ticked."""

    __tablename__ = "listing_check"
    __table_args__ = (
        Index("ix_listing_check_sku", "shop_id", "sku_key", "state"),
        Index("ix_listing_check_state", "shop_id", "state", "entered_at"),
    )

    campaign: Mapped[str] = mapped_column(String(80))
    campaign_key: Mapped[str] = mapped_column(String(80))
    sku: Mapped[str] = mapped_column(String(80))
    sku_key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    """The product's name as it was entered."""
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    per_customer: Mapped[int]
    """0 = as many as anyone likes; so for `quantity`."""
    quantity: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    accepted: Mapped[list[str]] = mapped_column(JSON)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[str] = mapped_column(String(64))
    entered_by: Mapped[str] = mapped_column(String(120))
    hands: Mapped[list[str]] = mapped_column(JSON)
    """Everyone who entered or changed it: none of them checks it."""
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[str] = mapped_column(String(64), default="")
    checked_by: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    seen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The catalogue's facts when it was checked."""
    version: Mapped[int] = mapped_column(default=1)


class ListingBook(Base):
    """One row for each shop: whoever writes listings holds it, so that two cannot enter the same thing at the same moment."""

    __tablename__ = "listing_book"

    shop_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    n: Mapped[int]
