"""Tables of after-sales: what customers asked for, line by line, and what happened to it. Amounts are minor units of the row's currency."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, SmallInteger, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class CaseRow(Identified, OfShop, Base):
    """One case of a customer about one order. What was decided when it was opened is kept as it was decided then.

    `version` rises with every change; `key` is the caller's own, so that asking twice opens one.
    """

    __tablename__ = "aftersales_case"
    __table_args__ = (
        Index("uq_aftersales_case_number", "shop_id", "number", unique=True),
        Index("uq_aftersales_case_key", "shop_id", "key", unique=True),
        Index("ix_aftersales_case_order", "shop_id", "order_id", "opened_at"),
        Index("ix_aftersales_case_customer", "shop_id", "customer_id", "opened_at"),
        Index("ix_aftersales_case_state", "shop_id", "state", "opened_at"),
        Index("ix_aftersales_case_due", "shop_id", "state", "due_at"),
        Index("ix_aftersales_case_parcel", "shop_id", "return_tracking"),
    )

    number: Mapped[str] = mapped_column(String(24))
    order_id: Mapped[Id] = mapped_column(String(32))
    order_no: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[Id] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(24))
    party: Mapped[str] = mapped_column(String(12))
    """Who is responsible, as claimed."""
    words: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(String(200))
    photos: Mapped[list[str]] = mapped_column(JSON)
    pack: Mapped[str] = mapped_column(String(40))
    pack_version: Mapped[int]
    basis: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[str] = mapped_column(String(12))
    freight_payer: Mapped[str] = mapped_column(String(12))
    freight_minor: Mapped[int]
    """Of the order's own freight, what goes back with it."""
    amount_minor: Mapped[int]
    """What goes back in all, freight included."""
    currency: Mapped[str] = mapped_column(String(3))
    disposition: Mapped[str] = mapped_column(String(16))
    explanation: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(80))
    token: Mapped[str] = mapped_column(String(32))
    confirmed_by: Mapped[str] = mapped_column(String(16))
    confirmation: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    opened_by_kind: Mapped[str] = mapped_column(String(16))
    opened_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    decided_by_id: Mapped[str] = mapped_column(String(64), default="", server_default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    repaid_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of amount_minor, what was ordered to be paid back: from then on the order's payments know of it."""
    due_at: Mapped[datetime | None]
    assignee_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    assignee: Mapped[str] = mapped_column(String(120), default="", server_default="")
    risk_action: Mapped[str] = mapped_column(String(12), default="", server_default="")
    appealed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    gift: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The receiver is perhaps not the buyer."""
    refund_to: Mapped[str] = mapped_column(String(80), default="", server_default="")
    return_tracking: Mapped[str] = mapped_column(String(64), default="", server_default="")
    work: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    """contracts.Work: parcel, inspection, checklist, trust, risk and what else was done on it."""


class CaseLineRow(Identified, OfShop, Base):
    """So many units of one order line. `to_sku`: what they are exchanged for."""

    __tablename__ = "aftersales_case_line"
    __table_args__ = (Index("ix_aftersales_case_line_order", "shop_id", "order_id"),)

    case_id: Mapped[Id] = mapped_column(ForeignKey("aftersales_case.id"), index=True)
    order_id: Mapped[Id] = mapped_column(String(32))
    position: Mapped[int] = mapped_column(SmallInteger)
    sku: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    amount_minor: Mapped[int]
    to_sku: Mapped[str] = mapped_column(String(80))


class CaseEventRow(Identified, OfShop, Base):
    """One step of a case, as a person reads it. `public`: the customer sees it too."""

    __tablename__ = "aftersales_event"

    case_id: Mapped[Id] = mapped_column(ForeignKey("aftersales_case.id"), index=True)
    n: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(24))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_name: Mapped[str] = mapped_column(String(120))
    public: Mapped[bool] = mapped_column(Boolean)


class AppealRow(Identified, OfShop, Base):
    """Someone does not accept a refusal; another person than the one who refused decides again."""

    __tablename__ = "aftersales_appeal"
    __table_args__ = (Index("ix_aftersales_appeal_state", "shop_id", "state", "at"),)

    case_id: Mapped[Id] = mapped_column(ForeignKey("aftersales_case.id"), index=True)
    at: Mapped[datetime]
    by_kind: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    against_id: Mapped[str] = mapped_column(String(64))
    """Who refused."""
    against: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[str] = mapped_column(String(64), default="")
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(500), default="")


class CaseCounter(Base):
    """How many cases a shop has had on a day: the tail of their numbers."""

    __tablename__ = "aftersales_counter"

    shop_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    n: Mapped[int]
