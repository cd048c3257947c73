"""Who was at work when (one row per state an agent was in, the open one, with no `to_at`, being the present), and who can do what."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class AgentPresence(Identified, OfShop, Base):
    __tablename__ = "agent_presence"
    __table_args__ = (Index("ix_agent_presence_shop_staff_to", "shop_id", "staff_id", "to_at"),)

    staff_id: Mapped[Id] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(60))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]


class AgentSkill(Identified, OfShop, Base):
    """One thing a person is good at in a shop; level 1 can do it, 5 knows it best."""

    __tablename__ = "agent_skill"
    __table_args__ = (UniqueConstraint("shop_id", "staff_id", "skill"),)

    staff_id: Mapped[Id] = mapped_column(String(32))
    skill: Mapped[str] = mapped_column(String(64))
    level: Mapped[int]
