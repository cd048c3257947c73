"""What goes in and out of the sign-in, staff and shop calls. Times are milliseconds since 1970."""

from dataclasses import fields
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from xinfu.identity.contracts import Permission, ShopSettings
from xinfu.kit.text import clean


def _present(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _known_fields(value: Any) -> Any:
    """A misspelt setting must not be dropped in silence."""
    if isinstance(value, dict) and (unknown := set(value) - {field.name for field in fields(ShopSettings)}):
        raise ValueError(f"unknown settings: {', '.join(sorted(map(str, unknown)))[:200]}")
    return value


Name = Annotated[str, Field(max_length=80), AfterValidator(clean), AfterValidator(_present)]
Line = Annotated[str, Field(max_length=500), AfterValidator(clean)]
Word = Annotated[str, Field(min_length=1, max_length=256)]
AnId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
PathId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
RoleKey = Annotated[str, Field(pattern="^[a-z_]{1,32}$")]
Ms = Annotated[int, Field(ge=0, le=4_102_444_800_000)]  # up to the year 2100


class Body(BaseModel):
    """Unknown fields are refused: a typing mistake should be heard."""

    model_config = ConfigDict(extra="forbid")


class LoginIn(Body):
    login: Word
    password: Word


class PasswordIn(Body):
    current: Word
    new: Word


class MeIn(Body):
    name: Name | None = None
    opening_line: Line | None = None
    locale: Literal["zh-CN", "en"] | None = None


class ShopRef(BaseModel):
    id: str
    slug: str
    name: str


class MeOut(BaseModel):
    """`password_once`: the password was generated for this person and should be replaced."""

    id: str
    login: str
    name: str
    role: str
    permissions: list[str]
    shops: list[ShopRef]
    opening_line: str
    locale: str
    password_once: bool


class StaffIn(Body):
    login: Word
    name: Name
    role: RoleKey
    shops: list[AnId] = Field(default=[], max_length=1000)


class StaffPatch(Body):
    name: Name | None = None
    role: RoleKey | None = None
    shops: list[AnId] | None = Field(default=None, min_length=1, max_length=1000)
    disabled: bool | None = None
    unlock: bool = False


class StaffOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    login: str
    name: str
    role: str
    shops: list[str]
    disabled: bool
    locked: bool
    password_once: bool
    opening_line: str
    locale: str


class NewStaffOut(BaseModel):
    """The password is shown this once."""

    staff: StaffOut
    password: str


class PasswordOut(BaseModel):
    password: str


class RoleIn(Body):
    permissions: list[Permission] = Field(max_length=100)


class RoleOut(BaseModel):
    """`fixed`: the owner's role cannot be changed."""

    key: str
    permissions: list[str]
    fixed: bool


class TokenIn(Body):
    name: Name
    permissions: list[Permission] = Field(min_length=1, max_length=100)
    shops: list[AnId] = Field(default=[], max_length=1000)
    days: int | None = Field(default=None, ge=1, le=3650)


class TokenOut(BaseModel):
    id: str
    prefix: str
    name: str
    permissions: list[str]
    shops: list[str]
    created_at: int
    expires_at: int | None


class NewTokenOut(BaseModel):
    """The key is shown this once."""

    token: TokenOut
    key: str


class ShopIn(Body):
    slug: Word
    name: Name
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"


class ShopOut(BaseModel):
    """`widget_secret` only for who may edit settings."""

    id: str
    slug: str
    name: str
    currency: str
    widget_secret: str | None


class SettingsIn(Body):
    """`base_version` is the `version` last read; `effective_from` absent or past means at once."""

    settings: Annotated[ShopSettings, BeforeValidator(_known_fields)]
    base_version: int = Field(ge=0, le=1_000_000_000)
    effective_from: Ms | None = None


class SavedSettingsOut(BaseModel):
    version: int
    effective_from: int
    saved_at: int
    author: str
    settings: ShopSettings


class SettingsOut(BaseModel):
    """`current` and `effective_from` are what is in force; `version` is the newest saved, which the next change names as its base."""

    current: ShopSettings
    version: int
    effective_from: int
    history: list[SavedSettingsOut]


class AuditOut(BaseModel):
    id: str
    at: int
    actor_kind: str
    actor_id: str
    actor_name: str
    ip: str
    action: str
    target_kind: str
    target_id: str
    detail: dict[str, Any]


class AuditPage(BaseModel):
    items: list[AuditOut]
    next: str | None
