"""The tables of the optional language model: how a shop set it up, what it used, and how its answers fared."""

from datetime import datetime

from sqlalchemy import Boolean, Float, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop


class LlmSetup(Identified, OfShop, Base):
    """One per shop. `sealed_key` is the API key encrypted with the centre's own secret; the plain key is in no table and no log."""

    __tablename__ = "llm_setup"
    __table_args__ = (UniqueConstraint("shop_id"),)

    enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    url: Mapped[str] = mapped_column(String(300), default="")
    model: Mapped[str] = mapped_column(String(120), default="")
    sealed_key: Mapped[str] = mapped_column(Text, default="")
    rewrite: Mapped[bool] = mapped_column(Boolean, default=False)
    converse: Mapped[bool] = mapped_column(Boolean, default=False)
    draft: Mapped[bool] = mapped_column(Boolean, default=False)
    voice: Mapped[str] = mapped_column(String(500), default="")
    temperature: Mapped[float] = mapped_column(Float, default=0.3)
    customer_limit_ms: Mapped[int] = mapped_column(default=2000)
    draft_limit_ms: Mapped[int] = mapped_column(default=8000)
    budget_tokens: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class LlmUsage(Identified, OfShop, Base):
    """Tokens of one shop in one month (UTC, 2026-03): those used and those set aside for calls under way."""

    __tablename__ = "llm_usage"
    __table_args__ = (UniqueConstraint("shop_id", "month"),)

    month: Mapped[str] = mapped_column(String(7))
    tokens: Mapped[int] = mapped_column(default=0)


class LlmCount(Identified, OfShop, Base):
    """How often, on one day (UTC), a use ended in an outcome: `used`, or the reason why the built-in words were said instead."""

    __tablename__ = "llm_count"
    __table_args__ = (UniqueConstraint("shop_id", "day", "use", "outcome"),)

    day: Mapped[str] = mapped_column(String(10))
    use: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(24))
    times: Mapped[int] = mapped_column(default=0)
