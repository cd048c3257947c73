"""Tables of identity: shops and their settings, staff and their roles, sessions and API tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class ShopRow(Identified, Base):
    __tablename__ = "shop"

    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    widget_secret: Mapped[str] = mapped_column(String(64))  # signs identity tokens, so it cannot be hashed
    created_at: Mapped[datetime]


class SettingsVersion(Identified, OfShop, Base):
    """One saved state of a shop's settings; never changed, never deleted."""

    __tablename__ = "settings_version"
    __table_args__ = (UniqueConstraint("shop_id", "version"),)

    version: Mapped[int]
    effective_from: Mapped[datetime]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_id: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(120))
    saved_at: Mapped[datetime]


class Role(Base):
    """A named set of permissions, the same in every shop."""

    __tablename__ = "role"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    permissions: Mapped[list[str]] = mapped_column(JSON)


class Staff(Identified, Base):
    """Anyone who signs in. `login` is stored folded (lower case)."""

    __tablename__ = "staff"

    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(255))
    password_once: Mapped[bool]  # the password was generated for them and should be replaced
    role: Mapped[str] = mapped_column(ForeignKey("role.key"))
    disabled: Mapped[bool] = mapped_column(default=False)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    opening_line: Mapped[str] = mapped_column(String(500), default="")
    locale: Mapped[str] = mapped_column(String(8), default="zh-CN")
    created_at: Mapped[datetime]


class StaffShop(Base):
    __tablename__ = "staff_shop"

    staff_id: Mapped[Id] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    shop_id: Mapped[Id] = mapped_column(ForeignKey("shop.id"), primary_key=True, index=True)


class StaffSession(Base):
    """A signed-in browser. The cookie itself is never stored, only its SHA-256."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_staff_id", "staff_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[Id] = mapped_column(ForeignKey("staff.id"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class ApiToken(Identified, Base):
    """A key for programs: its own permissions in its own shops, never more than its maker had."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(12))  # enough to recognise it in a list
    name: Mapped[str] = mapped_column(String(80))
    permissions: Mapped[list[str]] = mapped_column(JSON)
    shops: Mapped[list[str]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
