"""What goes in and out of the conversation API. What travels as msgspec structs is described to OpenAPI from the structs."""

from typing import Any, Literal

import msgspec
from fastapi import Response
from pydantic import BaseModel, Field, create_model

from xinfu.conversations.contracts import Message, Note, Presence, Summary


def model_of(struct: type[msgspec.Struct]) -> type[BaseModel]:
    """A pydantic model with the fields of a struct, so that /openapi.json describes what the hot path encodes without pydantic."""
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        default: Any = ...
        if field.default is not msgspec.NODEFAULT:
            default = field.default
        elif field.default_factory is not msgspec.NODEFAULT:
            default = Field(default_factory=field.default_factory)
        fields[field.encode_name] = (field.type, default)
    return create_model(struct.__name__, **fields)


SummaryOut = model_of(Summary)
MessageOut = model_of(Message)
NoteOut = model_of(Note)
PresenceOut = model_of(Presence)

ConversationPage = create_model("ConversationPage", items=(list[SummaryOut], ...), next=(str | None, None))  # type: ignore[valid-type]
OpenedOut = create_model(
    "Opened",
    conversation=(SummaryOut, ...),
    messages=(list[MessageOut], ...),  # type: ignore[valid-type]
    notes=(list[NoteOut], ...),  # type: ignore[valid-type]
)
EventPage = create_model("EventPage", items=(list[NoteOut], ...), next=(str | None, None))  # type: ignore[valid-type]


class JsonBytes(Response):
    """A body msgspec has already encoded."""

    media_type = "application/json"


def encoded(value: Any) -> JsonBytes:
    return JsonBytes(msgspec.json.encode(value))


class SendIn(BaseModel):
    id: str = Field(min_length=1, max_length=64)
    kind: Literal["text", "image", "file", "order", "product"] = "text"
    text: str = Field("", max_length=8000)
    file: str = ""
    order: str = ""
    product: str = ""


class SeqOut(BaseModel):
    seq: int


class TextIn(BaseModel):
    text: str = Field(min_length=1, max_length=4000)


class TransferIn(BaseModel):
    to: str | None = Field(None, max_length=32)
    skill: str = Field("", max_length=64)
    note: str = Field("", max_length=4000)


class ConsultIn(BaseModel):
    lead: str | None = Field(None, max_length=32)
    question: str = Field(min_length=1, max_length=4000)


class AnswerIn(BaseModel):
    text: str = Field(min_length=1, max_length=4000)
    to_knowledge: bool = False


class CloseIn(BaseModel):
    outcome: str = Field("", max_length=64)
    spare: bool = False
    reason: str = Field("", max_length=500)


class SpareIn(BaseModel):
    reason: str = Field("", max_length=500)


class TagsIn(BaseModel):
    tags: list[str] = Field(max_length=50)


class FoundOut(BaseModel):
    """One conversation in which the words were found."""

    conversation: Any
    seq: int
    excerpt: str


class SessionIn(BaseModel):
    shop: str = Field("", max_length=64, description="Slug of the shop; empty means the centre's first one")
    visitor: str = Field("", max_length=64)
    identity_token: str | None = Field(None, max_length=4096)
    locale: str = Field("zh-CN", max_length=16)
    page: str = Field("", max_length=2048)


class ShopOut(BaseModel):
    slug: str
    name: str
    colour: str
    welcome: str
    locale: str
    open: bool


class SessionOut(BaseModel):
    token: str
    conversation_id: str
    customer_id: str
    visitor: str
    shop: ShopOut
    last_seq: int
    state: str


class ProductCardOut(BaseModel):
    id: str
    name: str
    image: str
    price: str
    currency: str
    summary: str
    category: str
