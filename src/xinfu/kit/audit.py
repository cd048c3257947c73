"""Who did what to what, when. Written in the same transaction as the change it tells of; never edited, never deleted."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.auth import Actor
from xinfu.kit.database import Base, Identified, OfShop, Unit
from xinfu.kit.ids import Id


class AuditEntry(Identified, OfShop, Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_shop_at", "shop_id", "at"),)

    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(120))
    ip: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(64))
    target_kind: Mapped[str] = mapped_column(String(32))
    target_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(unit: Unit, actor: Actor, at: datetime, action: str, shop_id: Id, target_kind: str, target_id: str, **detail: Any) -> None:
    """Add one entry to the unit. `action` is dotted and stable ('staff.created'); `detail` never holds a secret."""
    unit.add(
        AuditEntry(
            shop_id=shop_id,
            at=at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            ip=actor.ip,
            action=action,
            target_kind=target_kind,
            target_id=target_id,
            detail=detail,
        )
    )
