"""Conversations as other folders and the wire see them. msgspec structs: they are decoded, encoded and copied on the hot path."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol

import msgspec

from xinfu.kit.auth import Actor
from xinfu.kit.ids import Id
from xinfu.understanding.contracts import Emotion, Reading

type State = Literal["ai", "queued", "agent", "closed"]
type Sender = Literal["customer", "agent", "ai", "system"]
type Kind = Literal["text", "image", "file", "order", "product", "orders"]
type NoteKind = Literal["note", "event", "whisper", "consult", "answer", "handover", "draft"]


class Message(msgspec.Struct, omit_defaults=True):
    """What the customer and staff both see. `seq` rises by one per message of a conversation; `at` is milliseconds since 1970."""

    conversation_id: Id
    seq: int
    sender: Sender
    sender_id: Id
    name: str
    kind: Kind
    text: str
    at: int
    data: dict[str, Any] | None = None
    client_id: str | None = None


class Note(msgspec.Struct, omit_defaults=True):
    """What only staff see: notes, whispers, consults, the hand-over note, and events (transferred, taken over, rated …)."""

    conversation_id: Id
    n: int
    after_seq: int
    kind: NoteKind
    author_id: Id
    author: str
    text: str
    at: int
    data: dict[str, Any] | None = None


class Summary(msgspec.Struct):
    """One row of a conversation list, and the whole head state of a conversation. Times are milliseconds since 1970 or None."""

    id: Id
    shop_id: Id
    customer_id: Id
    name: str
    channel: str = "widget"
    state: State = "ai"
    language: str = "zh"
    vip: int = 0
    stage: str = "any"
    intent: str = ""
    emotion: Emotion = "calm"
    intensity: int = 0
    danger: str | None = None
    last_seq: int = 0
    last_note: int = 0
    last_at: int = 0
    last_text: str = ""
    last_sender: Sender = "system"
    unread: int = 0  # customer messages the serving person has not read
    agent_read: int = 0
    customer_read: int = 0
    waiting_since: int | None = None  # first customer message no person has answered, while queued or with a person
    queued_at: int | None = None
    handed_at: int | None = None  # when a person took the conversation, for the first-response clock
    first_response_ms: int | None = None
    assignee_id: Id | None = None
    assignee: str = ""
    offered_to: Id | None = None
    offered_at: int | None = None
    offered_until: int | None = None
    skill: str = ""
    priority: int = 0
    opened_at: int = 0
    closed_at: int | None = None
    rating: int | None = None
    rating_asked: bool = False
    spared: bool = False
    consulting: Id | None = None
    curve: list[int] = []  # the last 24 customer messages as emotion index * 4 + intensity, see policy.EMOTIONS
    tags: list[str] = []
    outcome: str = ""
    callback: str = ""  # what a customer left outside hours: how to reach them
    excluded: bool = False  # left out of figures, by a lead or by policy (who and why: an event of the conversation)
    version: int = 0


# Parts of a message's data that are for staff: taken away before the customer sees it.
STAFF_ONLY = frozenset({"sources", "act", "intent", "p", "why", "did"})


class Said(msgspec.Struct, omit_defaults=True):
    """One thing a responder wants said to the customer. `data` may hold sources=[{kind,id,title}], cards, choices, and what was decided
    (STAFF_ONLY); the customer sees cards and choices."""

    text: str
    kind: Kind = "text"
    data: dict[str, Any] | None = None


class Handover(msgspec.Struct, omit_defaults=True):
    """Why and how a conversation goes to people. `note` is the hand-over note as {who, want, tried, promised, mood, next}."""

    reason: Literal["asked", "anger", "unsure", "danger", "abuse", "policy", "person_needed"]
    note: dict[str, Any]
    skill: str = ""
    priority: int = 0  # 0 normal, 1 urgent, 2 danger


class Incoming(msgspec.Struct):
    """What a responder gets per customer message: where the conversation stands, what was said, what it was understood to say."""

    conversation: Summary
    memory: dict[str, Any]
    message: Message
    reading: Reading
    recent: list[Message]  # up to the last 12 before this message, oldest first
    waited: bool = False  # the customer was given time to go on, or was left without an answer by a restart: answer now


class Reply(msgspec.Struct):
    """What the responder decided: what to say (may be empty), what to remember, whether people take over.

    `wait_s`: the message looks unfinished; ask again after so many seconds unless the customer goes on. `work`: the answer needs time (an
    order is looked at or changed, a model is asked); it is awaited outside the batch, after the message is stored, and gives the rest of
    the reply. Leave `memory` None with either of them: after a restart the same message is decided on again, so the work must be safe to
    repeat.
    """

    say: list[Said] = []
    memory: dict[str, Any] | None = None  # None: unchanged. JSON-compatible; stored with the conversation, survives a restart
    handover: Handover | None = None
    notes: list[str] = []  # lines for staff, e.g. what was looked up
    wait_s: float = 0.0
    work: "Callable[[], Awaitable[Reply]] | None" = None


class Waiting(Protocol):
    """What a customer who writes on while waiting for people is told: words and what to remember, or nothing to say. Must not wait."""

    def while_waiting(self, incoming: Incoming) -> Reply: ...


class Responder(Protocol):
    """The front desk. Called with a whole batch, only for conversations in state `ai`; one Reply per Incoming, same order."""

    async def respond(self, batch: list[Incoming]) -> list[Reply]: ...


type PresenceState = Literal["online", "busy", "break", "acw", "offline"]


class Presence(msgspec.Struct):
    """An agent's state as colleagues see it. `since` is milliseconds since 1970; load counts open conversations."""

    id: Id
    name: str
    role: str
    state: PresenceState
    reason: str
    since: int
    load: int
    capacity: int


class Desk(Protocol):
    """Who is at work. Implemented by routing, called by the staff socket; app.py wires it."""

    async def connected(self, actor: Actor, shop_id: Id) -> None: ...
    async def disconnected(self, actor: Actor, shop_id: Id) -> None: ...
    async def set_state(self, actor: Actor, shop_id: Id, state: PresenceState, reason: str) -> Presence: ...
    def presence(self, shop_id: Id) -> list[Presence]: ...


class Changed(msgspec.Struct, frozen=True):
    """Announced on the bus after the commit when a conversation's state, assignee, offer or rating changed (not for every message)."""

    conversation: Summary
    was: State
    was_assignee: Id | None


# Outcome codes of a closed conversation that mean the customer got what they came for.
SOLVED = frozenset(("solved", "answered", "resolved", "action_done", "request_opened"))


class Returned(msgspec.Struct, frozen=True):
    """Announced on the bus when a waiting customer's socket is back: they are to hear their place at once."""

    shop_id: Id
    conversation_id: Id


class QueuePlace(msgspec.Struct, frozen=True):
    """Where a waiting customer stands; position 1 is next. `eta_s` None: not known."""

    conversation_id: Id
    position: int
    eta_s: int | None


class Switchboard(Protocol):
    """What routing may do to conversations; conversations.service.Conversations is one."""

    async def queued(self, shop_id: Id) -> list[Summary]: ...
    async def queued_everywhere(self) -> list[Summary]: ...
    async def with_agents(self, shop_id: Id) -> list[Summary]: ...
    async def offer(self, actor: Actor, shop_id: Id, conversation_id: Id, staff_id: Id, staff_name: str, until: int) -> Summary: ...
    async def withdraw_offer(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary: ...
    async def return_to_queue(self, actor: Actor, shop_id: Id, conversation_id: Id, why: str) -> Summary: ...
    def tell_queue(self, places: list[QueuePlace]) -> None: ...
    def tell_presence(self, shop_id: Id, presence: Presence) -> None: ...
    def tell_alarm(self, shop_id: Id, conversation: Summary, what: str) -> None: ...
