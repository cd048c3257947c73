"""The table of what people put right about the AI's answers."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class AiCorrection(Identified, OfShop, Base):
    """One customer message the AI understood or answered wrongly; what is said about it last counts.

    `intent`: what it really asked for, '' when not said. `article_id`: the article that answers it, found or newly drafted.
    """

    __tablename__ = "ai_correction"
    __table_args__ = (
        UniqueConstraint("shop_id", "conversation_id", "seq"),
        Index("ix_ai_correction_shop_at", "shop_id", "at"),
    )

    conversation_id: Mapped[Id] = mapped_column(String(32))
    seq: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text, default="")
    read_as: Mapped[str] = mapped_column(String(64))
    intent: Mapped[str] = mapped_column(String(64), default="")
    article_id: Mapped[Id | None] = mapped_column(String(32))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
