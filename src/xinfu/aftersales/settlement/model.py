"""Table of what leaves the house: one row for each thing to be done outside, written in the transaction that decides it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id

_OPEN = text("state = 'waiting'")
_WATCHED = text("watched_until IS NOT NULL")


WALLET = "wallet"
"""Key of a payload: the money is put on, or taken off, a gift card of the customer's; nobody outside is asked."""


class TaskRow(Identified, OfShop, Base):
    """`key` is the caller's, `part` counts the tasks of one call. `subject` is the refund's payment row, '' for other kinds.

    `attempt` counts the keys used outside: a person who tries again after a refusal begins a new one.
    """

    __tablename__ = "settlement_task"
    __table_args__ = (
        Index("uq_settlement_task_key", "shop_id", "key", "part", unique=True),
        Index("ix_settlement_task_case", "shop_id", "case_no", "kind"),
        Index("ix_settlement_task_order", "shop_id", "order_no"),
        Index("ix_settlement_task_subject", "shop_id", "subject"),
        Index("ix_settlement_task_open", "shop_id", "asked_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_settlement_task_watched", "shop_id", "watched_until", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
        Index("ix_settlement_task_state", "shop_id", "state", "settled_at"),
    )

    key: Mapped[str] = mapped_column(String(80))
    part: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(String(12))
    case_no: Mapped[str] = mapped_column(String(24))
    order_no: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[Id] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(12))
    amount_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(String(60))
    what: Mapped[str] = mapped_column(String(20))
    """A grant's kind of reward, or the ledger account a payment is charged to."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    tries: Mapped[int]
    reference: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    scans_seen: Mapped[int] = mapped_column(SmallInteger)
    watched_until: Mapped[datetime | None]
    """Until when a booked parcel is asked about; None when nothing more is to be seen."""
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime]
    """When this attempt began: patience is counted from here."""
    settled_at: Mapped[datetime | None]
