"""Tables of authority: the rules' versions, every use, and what was asked of those who may approve. Amounts are minor units."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class AuthorityRules(Identified, OfShop, Base):
    """One saved state of a shop's limits; never changed, never deleted."""

    __tablename__ = "authority_rules"
    __table_args__ = (UniqueConstraint("shop_id", "version"),)

    version: Mapped[int]
    effective_from: Mapped[datetime]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(120))
    saved_at: Mapped[datetime]


class AuthorityUse(Identified, OfShop, Base):
    """Something granted. `counts_as`: whose limits it was held against; `day`: the shop's calendar day.

    `by_id` is whose authority carried it: whoever granted it alone, or the approver. `released_at`: it never came to be after all.
    """

    __tablename__ = "authority_use"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_authority_use_person", "shop_id", "by_id", "day"),
        Index("ix_authority_use_day", "shop_id", "day"),
        Index("ix_authority_use_customer", "shop_id", "customer_id", "at"),
        Index("ix_authority_use_order", "shop_id", "order_no"),
    )

    key: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(24))
    counts_as: Mapped[str] = mapped_column(String(24))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    customer_id: Mapped[str] = mapped_column(String(32))
    order_no: Mapped[str] = mapped_column(String(64))
    case_no: Mapped[str] = mapped_column(String(24))
    day: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    by_kind: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(120))
    by_role: Mapped[str] = mapped_column(String(32))
    approval_id: Mapped[Id | None] = mapped_column(String(32))
    rules_version: Mapped[int]
    released_at: Mapped[datetime | None]


class AuthorityApproval(Identified, OfShop, Base):
    """What someone asked others to approve, with what it was judged by when it was asked. `version` rises with every change."""

    __tablename__ = "authority_approval"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_authority_approval_state", "shop_id", "state", "asked_at"),
        Index("ix_authority_approval_case", "shop_id", "case_no"),
        Index("ix_authority_approval_expiry", "state", "expires_at"),
    )

    key: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    action: Mapped[str] = mapped_column(String(24))
    amount_minor: Mapped[int]
    paid_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    customer_id: Mapped[str] = mapped_column(String(32))
    order_no: Mapped[str] = mapped_column(String(64))
    case_no: Mapped[str] = mapped_column(String(24))
    by_policy: Mapped[bool] = mapped_column(Boolean)
    words: Mapped[str] = mapped_column(Text)
    two_person: Mapped[bool] = mapped_column(Boolean)
    roles: Mapped[list[str]] = mapped_column(JSON)
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    explanation: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    votes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    rules_version: Mapped[int]
    asked_at: Mapped[datetime]
    asked_by_kind: Mapped[str] = mapped_column(String(16))
    asked_by_id: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int]


class AuthorityBook(Base):
    """How many uses a shop has had. Whoever adds one holds this row until the end, so that no two are judged on the same sums."""

    __tablename__ = "authority_book"

    shop_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    uses: Mapped[int]
