"""Tables of teaching: labelled messages, training runs, the models they made, and which one each shop uses."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class LabelledMessage(Identified, OfShop, Base):
    """A message and what people say it means. `key` tells text and context, `group_key` the text alone; both are hashes.

    A removed line keeps its hashes and its part (its words are gone), so that the same message never moves from one part to the other.
    """

    __tablename__ = "labelled_message"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_labelled_message_shop_at", "shop_id", "at"),
        Index("ix_labelled_message_shop_group", "shop_id", "group_key"),
    )

    key: Mapped[str] = mapped_column(String(64))
    group_key: Mapped[str] = mapped_column(String(64))
    part: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text, default="")
    intent: Mapped[str | None] = mapped_column(String(64))
    emotion: Mapped[str | None] = mapped_column(String(16))
    demand: Mapped[str | None] = mapped_column(String(16))
    abuse: Mapped[str | None] = mapped_column(String(8))
    danger: Mapped[str | None] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    removed: Mapped[bool] = mapped_column(default=False)


class TrainingRun(Identified, OfShop, Base):
    """One training. `active` is the shop's id while it goes on, NULL afterwards; unique, so that a shop has one at a time on any node."""

    __tablename__ = "training_run"
    __table_args__ = (UniqueConstraint("active"), Index("ix_training_run_shop_at", "shop_id", "started_at"))

    active: Mapped[Id | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))  # running, done, failed, cancelled
    step: Mapped[str] = mapped_column(String(32), default="")
    share: Mapped[float] = mapped_column(default=0.0)
    lines: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    compared_with: Mapped[str] = mapped_column(String(32))  # the version then in use
    problem: Mapped[str] = mapped_column(String(500), default="")
    version_id: Mapped[Id | None] = mapped_column(String(32))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ModelVersion(Identified, OfShop, Base):
    """A trained model: who, when, from how many lines, how good. Never changed."""

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("shop_id", "number"),)

    number: Mapped[int]
    lines: Mapped[int]
    held: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(16))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    compared_with: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]


class ModelContent(OfShop, Base):
    """The file of a version, apart from it so that lists stay light. In the database, so that every node and every backup has it."""

    __tablename__ = "model_content"

    version_id: Mapped[Id] = mapped_column(ForeignKey("model_version.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ModelInUse(Base):
    """Which version a shop's messages are read with; no row or NULL: the one that comes with Xinfu."""

    __tablename__ = "model_in_use"

    shop_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    version_id: Mapped[Id | None] = mapped_column(ForeignKey("model_version.id"))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime]
