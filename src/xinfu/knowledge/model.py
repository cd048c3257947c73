"""Tables of the knowledge base: articles with every version they had, unanswered questions, scripts and each use of one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class Article(Identified, OfShop, Base):
    """One entry of the knowledge base in its newest version."""

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_shop_topic", "shop_id", "topic", "title"),
        Index("ix_article_shop_review", "shop_id", "review_on"),
        Index("ix_article_updated_at", "updated_at"),  # what another process changed is looked for by it
    )

    topic: Mapped[str] = mapped_column(String(64), default="")
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)  # other ways it is asked
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
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    audience: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(120), default="")
    review_on: Mapped[datetime | None]
    effective_from: Mapped[datetime | None]
    effective_until: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(120))
    saved_by_id: Mapped[str] = mapped_column(String(64), default="")
    restored_from: Mapped[int | None]


class KnowledgeGap(Identified, OfShop, Base):
    """A question the shop had no answer to, with the other ways it was asked. `article_id`: the article written for it."""

    __tablename__ = "knowledge_gap"
    __table_args__ = (Index("ix_knowledge_gap_shop_state", "shop_id", "state", "times"),)

    question: Mapped[str] = mapped_column(String(500))
    normalised: Mapped[str] = mapped_column(String(500))
    intent: Mapped[str] = mapped_column(String(64), default="")
    wordings: Mapped[list[str]] = mapped_column(JSON, default=list)
    times: Mapped[int] = mapped_column(default=1)
    first_asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]
    conversation_id: Mapped[Id] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    article_id: Mapped[Id | None] = mapped_column(ForeignKey("article.id"), index=True)


class Script(Identified, OfShop, Base):
    """Prepared words (话术). `owner_id` NULL: shared by the shop; otherwise one person's own. `author`: who wrote this version."""

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
    author_id: Mapped[str] = mapped_column(String(64), default="")
    author: Mapped[str] = mapped_column(String(120), default="")
    reviewer_id: Mapped[str] = mapped_column(String(64), default="")
    reviewer: Mapped[str] = mapped_column(String(120), default="")
    review_note: Mapped[str] = mapped_column(String(500), default="")
    reviewed_at: Mapped[datetime | None]
    uses: Mapped[int] = mapped_column(default=0)
    initials: Mapped[str] = mapped_column(Text, default="")
    pinyin: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class ScriptUse(Identified, OfShop, Base):
    """One use of a script in a conversation, and how that conversation went on. Kept when the script goes, so that what was said
    stays countable."""

    __tablename__ = "script_use"
    __table_args__ = (
        Index("ix_script_use_shop_script", "shop_id", "script_id", "at"),
        Index("ix_script_use_shop_conversation", "shop_id", "conversation_id"),
    )

    script_id: Mapped[Id] = mapped_column(String(32))
    staff_id: Mapped[Id] = mapped_column(String(64))
    conversation_id: Mapped[Id] = mapped_column(String(32))
    at: Mapped[datetime]
    resolved: Mapped[bool | None]
    rating: Mapped[int | None]
    handed_back: Mapped[bool] = mapped_column(default=False)


class ScriptSample(Identified, OfShop, Base):
    """A conversation, made up or told again, on which scripts are rehearsed: its lines and what the variables stand for in it."""

    __tablename__ = "script_sample"

    title: Mapped[str] = mapped_column(String(100))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    variables: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    author: Mapped[str] = mapped_column(String(120), default="")
    updated_at: Mapped[datetime]
