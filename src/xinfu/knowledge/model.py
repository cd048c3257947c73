"""Tables of the knowledge base: articles with every version they had, scripts, and each use of a script."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class Article(Identified, OfShop, Base):
    """One entry of the knowledge base in its newest version."""

    __tablename__ = "article"
    __table_args__ = (Index("ix_article_shop_topic", "shop_id", "topic", "title"),)

    topic: Mapped[str] = mapped_column(String(64), default="")
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(120), default="")
    review_on: Mapped[datetime | None]
    effective_from: Mapped[datetime | None]
    effective_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ArticleVersion(Identified, OfShop, Base):
    """An article as it stood after one save; never changed."""

    __tablename__ = "article_version"
    __table_args__ = (UniqueConstraint("article_id", "version"),)

    article_id: Mapped[Id] = mapped_column(ForeignKey("article.id"))
    version: Mapped[int]
    topic: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    effective_from: Mapped[datetime | None]
    effective_until: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(120))


class Script(Identified, OfShop, Base):
    """Prepared words (话术). `owner_id` NULL: shared by the shop; otherwise one person's own."""

    __tablename__ = "script"
    __table_args__ = (Index("ix_script_shop_owner", "shop_id", "owner_id"),)

    owner_id: Mapped[Id | None] = mapped_column(String(32))
    group: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    active_from: Mapped[datetime | None]
    active_until: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16))
    uses: Mapped[int] = mapped_column(default=0)
    initials: Mapped[str] = mapped_column(Text, default="")
    pinyin: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class ScriptUse(Identified, OfShop, Base):
    """One use of a script in a conversation. Kept when the script goes, so that what was said stays countable."""

    __tablename__ = "script_use"
    __table_args__ = (Index("ix_script_use_shop_script", "shop_id", "script_id", "at"),)

    script_id: Mapped[Id] = mapped_column(String(32))
    staff_id: Mapped[Id] = mapped_column(String(64))
    conversation_id: Mapped[Id] = mapped_column(String(32))
    at: Mapped[datetime]
