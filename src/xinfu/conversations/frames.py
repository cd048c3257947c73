"""The frames of both sockets (docs/protocol.md), decoded with msgspec into one small struct per kind."""

from typing import Any, Literal

import msgspec

from xinfu.conversations.contracts import STAFF_ONLY, Message
from xinfu.conversations.errors import Malformed, UnknownKind
from xinfu.kit.clock import iso_ms
from xinfu.kit.errors import Refusal, TooLarge
from xinfu.kit.i18n import Locale

FRAME_LIMIT = 64 * 1024
TEXT_LIMIT = 4_000

type SendKind = Literal["text", "image", "file", "order", "product"]


class Send(msgspec.Struct, tag_field="t", tag="send"):
    id: str
    kind: SendKind = "text"
    text: str = ""
    file: str = ""
    order: str = ""
    product: str = ""
    conversation_id: str = ""


class Resume(msgspec.Struct, tag_field="t", tag="resume"):
    after: int = 0


class ResumeStream(msgspec.Struct, tag_field="t", tag="resume"):
    after: str = ""


class Typing(msgspec.Struct, tag_field="t", tag="typing"):
    conversation_id: str = ""
    text: str = ""


class Read(msgspec.Struct, tag_field="t", tag="read"):
    seq: int
    conversation_id: str = ""


class Human(msgspec.Struct, tag_field="t", tag="human"):
    pass


class Rate(msgspec.Struct, tag_field="t", tag="rate"):
    score: int
    tags: list[str] = []
    text: str = ""


class Callback(msgspec.Struct, tag_field="t", tag="callback"):
    contact: str
    text: str = ""


class Ping(msgspec.Struct, tag_field="t", tag="ping"):
    pass


class Watch(msgspec.Struct, tag_field="t", tag="watch"):
    conversation_id: str


class Unwatch(msgspec.Struct, tag_field="t", tag="unwatch"):
    conversation_id: str


class Wall(msgspec.Struct, tag_field="t", tag="wall"):
    on: bool


class Accept(msgspec.Struct, tag_field="t", tag="accept"):
    conversation_id: str


class SetState(msgspec.Struct, tag_field="t", tag="state"):
    state: Literal["online", "busy", "break", "acw", "offline"]
    reason: str = ""


type CustomerFrame = Send | Resume | Typing | Read | Human | Rate | Callback | Ping
type StaffFrame = Send | ResumeStream | Typing | Read | Watch | Unwatch | Wall | Accept | SetState | Ping

_customer = msgspec.json.Decoder(Send | Resume | Typing | Read | Human | Rate | Callback | Ping)
_staff = msgspec.json.Decoder(Send | ResumeStream | Typing | Read | Watch | Unwatch | Wall | Accept | SetState | Ping)
_any = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode


def decode_customer(text: str | bytes) -> CustomerFrame:
    """Raises TooLarge, UnknownKind, Malformed."""
    try:
        _check_size(text)
        found: CustomerFrame = _customer.decode(text)
        return found
    except msgspec.MsgspecError as e:
        raise _why(text, e) from e


def decode_staff(text: str | bytes) -> StaffFrame:
    """Raises TooLarge, UnknownKind, Malformed."""
    try:
        _check_size(text)
        found: StaffFrame = _staff.decode(text)
        return found
    except msgspec.MsgspecError as e:
        raise _why(text, e) from e


class _Shown(msgspec.Struct, tag_field="t", tag="msg", rename={"sender": "from"}, omit_defaults=True):
    seq: int
    sender: str
    name: str
    kind: str
    text: str
    at: str
    data: dict[str, Any] | None = None
    id: str | None = None


def message_frame(m: Message) -> str:
    """A message as the customer sees it: without the sources and reasons of an AI answer and without our ids."""
    data = m.data
    if data is not None and m.sender != "customer":
        data = {k: v for k, v in data.items() if k not in STAFF_ONLY} or None
    own = m.client_id if m.sender == "customer" else None
    return _encode(_Shown(m.seq, m.sender, m.name, m.kind, m.text, iso_ms(m.at), data, own)).decode()


def ack_frame(client_id: str, seq: int, at: int) -> str:
    return _encode({"t": "ack", "id": client_id, "seq": seq, "at": iso_ms(at)}).decode()


def error_frame(refusal: Refusal, locale: Locale, client_id: str | None = None) -> str:
    frame: dict[str, Any] = {"t": "error", "code": refusal.code, "detail": refusal.detail(locale)}
    if client_id:
        frame["id"] = client_id[:64]
    if refusal.retry_after_s is not None:
        frame["retry_after_s"] = refusal.retry_after_s
    return _encode(frame).decode()


def frame(**fields: Any) -> str:
    return _encode(fields).decode()


def _check_size(text: str | bytes) -> None:
    if len(text) > FRAME_LIMIT:
        raise TooLarge(limit="64 KB")


def _why(text: str | bytes, error: msgspec.MsgspecError) -> Refusal:
    """Tell an unknown kind from a broken frame, so that a client's author knows what to mend."""
    try:
        kind = _any.decode(text).get("t")
    except msgspec.MsgspecError:
        return Malformed()
    if isinstance(kind, str) and "Invalid value" in str(error) and "$.t" in str(error):
        return UnknownKind()
    return Malformed()
