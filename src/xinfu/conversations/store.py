"""The message log: what may be asked of it, whichever store is behind it. The SQL is the same on both; the two drivers are in sqlite_store
and postgres_store. Only intake commits, in batches; everyone may read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from xinfu.conversations.contracts import Message, Note, Summary
from xinfu.kit.ids import Id
from xinfu.kit.paging import Page, cursor_id, cursor_number, decode_cursor, encode_cursor

type Row = Sequence[Any]

_encode = msgspec.json.Encoder().encode
_decode_summary = msgspec.json.Decoder(Summary).decode
_decode_any = msgspec.json.Decoder(dict[str, Any]).decode

MESSAGE_COLUMNS = "conversation_id, seq, shop_id, at, sender, sender_id, name, kind, text, data, client_id"
NOTE_COLUMNS = "conversation_id, n, shop_id, after_seq, at, kind, author_id, author, text, data"
HEAD_COLUMNS = "id, shop_id, customer_id, state, assignee_id, opened_at, last_at, head, memory"


@dataclass(slots=True)
class Commit:
    """What one batch makes durable, all or nothing. Heads come as (summary, its JSON, memory as JSON)."""

    messages: list[tuple[Id, Message]] = field(default_factory=list)  # with the shop
    notes: list[tuple[Id, Note]] = field(default_factory=list)
    heads: list[tuple[Summary, bytes, bytes]] = field(default_factory=list)

    def message_rows(self) -> list[Row]:
        return [
            (m.conversation_id, m.seq, shop, m.at, m.sender, m.sender_id, m.name, m.kind, m.text, _json(m.data), m.client_id)
            for shop, m in self.messages
        ]

    def note_rows(self) -> list[Row]:
        return [
            (n.conversation_id, n.n, shop, n.after_seq, n.at, n.kind, n.author_id, n.author, n.text, _json(n.data))
            for shop, n in self.notes
        ]

    def head_rows(self) -> list[Row]:
        return [
            (s.id, s.shop_id, s.customer_id, s.state, s.assignee_id, s.opened_at, s.last_at, head.decode(), memory.decode())
            for s, head, memory in self.heads
        ]


@dataclass(slots=True)
class Stored:
    """A conversation as loaded for writing: its head, memory, the client ids it has seen and its last messages (oldest first)."""

    summary: Summary
    memory: dict[str, Any]
    client_ids: dict[str, tuple[int, int]]  # client id → (seq, at)
    recent: list[Message]


class AiTurn(msgspec.Struct, frozen=True):
    """One answer of the AI with the customer's message it answered."""

    conversation_id: Id
    answer_seq: int
    at: int
    act: str
    intent: str
    p: float
    why: str
    answer: str
    seq: int | None
    text: str


class Driver(Protocol):
    """The two things a store must do. `?` marks parameters; the driver rewrites them where its database wants otherwise.

    `json` takes a field out of a column of JSON text: a format of the column and the field's name.
    """

    json: str

    async def rows(self, sql: str, *parameters: Any) -> list[Row]: ...
    async def commit(self, batch: Commit) -> None: ...
    async def close(self) -> None: ...


class LogStore:
    """Reads of the log over either driver. Every question from outside names its shop, or an id only the caller's token can hold."""

    def __init__(self, driver: Driver, signed: Callable[[dict[str, Any]], dict[str, Any]] = lambda data: data) -> None:
        self._driver = driver
        self._signed = signed  # gives the data of an image or file message fresh links
        self.commit = driver.commit
        self.close = driver.close

    async def load(self, ids: Sequence[Id], recent: int = 12) -> dict[Id, Stored]:
        """Conversations for writing; unknown ids are missing from the result."""
        marks = ",".join("?" * len(ids))
        heads = await self._driver.rows(f"SELECT head, memory FROM log.conversation WHERE id IN ({marks})", *ids)
        found = [Stored(_decode_summary(head), _decode_any(memory), {}, []) for head, memory in heads]
        by_id = {s.summary.id: s for s in found}
        known = list(by_id)
        if known:
            marks = ",".join("?" * len(known))
            seen = await self._driver.rows(
                f"SELECT conversation_id, client_id, seq, at FROM log.message WHERE conversation_id IN ({marks}) AND client_id IS NOT NULL",
                *known,
            )
            for conversation_id, client_id, seq, at in seen:
                by_id[conversation_id].client_ids[client_id] = (seq, at)
        for stored in found:
            if stored.summary.last_seq:
                stored.recent = await self.messages(stored.summary.id, after=max(0, stored.summary.last_seq - recent), limit=recent)
        return by_id

    async def head(self, conversation_id: Id, shop_id: Id | None = None) -> Summary | None:
        """One head; with a shop, only if it is that shop's."""
        rows = await self._driver.rows("SELECT head FROM log.conversation WHERE id = ?", conversation_id)
        summary = _decode_summary(rows[0][0]) if rows else None
        return summary if summary and shop_id in (None, summary.shop_id) else None

    async def messages(self, conversation_id: Id, after: int = 0, limit: int = 200) -> list[Message]:
        """Messages with seq > after, oldest first."""
        rows = await self._driver.rows(
            f"SELECT {MESSAGE_COLUMNS} FROM log.message WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?",
            conversation_id, after, limit,
        )  # fmt: skip
        return [self._message(r) for r in rows]

    async def messages_before(self, conversation_id: Id, before: int | None, limit: int = 50) -> list[Message]:
        """The last `limit` messages with seq < before (None: from the end), oldest first."""
        rows = await self._driver.rows(
            f"SELECT {MESSAGE_COLUMNS} FROM log.message WHERE conversation_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
            conversation_id, before if before is not None else 2**31 - 1, limit,
        )  # fmt: skip
        return [self._message(r) for r in reversed(rows)]

    async def notes(self, conversation_id: Id, limit: int = 200) -> list[Note]:
        rows = await self._driver.rows(
            f"SELECT {NOTE_COLUMNS} FROM log.note WHERE conversation_id = ? ORDER BY n DESC LIMIT ?", conversation_id, limit
        )
        return [_note(r) for r in reversed(rows)]

    async def of_customer(self, shop_id: Id, customer_id: Id, limit: int = 50) -> list[Summary]:
        """A customer's conversations, newest first."""
        rows = await self._driver.rows(
            "SELECT head FROM log.conversation WHERE customer_id = ? AND shop_id = ? ORDER BY opened_at DESC LIMIT ?",
            customer_id, shop_id, limit,
        )  # fmt: skip
        return [_decode_summary(r[0]) for r in rows]

    async def in_state(self, state: str, shop_id: Id | None = None, limit: int = 5000, *, newest: bool = False) -> list[Summary]:
        """Conversations in a state (of one shop, or of every shop for the house's own timers), longest silent first, or newest."""
        order = "DESC" if newest else "ASC"
        where, parameters = ("shop_id = ? AND ", [shop_id]) if shop_id else ("", [])
        rows = await self._driver.rows(
            f"SELECT head FROM log.conversation WHERE {where}state = ? ORDER BY last_at {order} LIMIT ?", *parameters, state, limit
        )
        return [_decode_summary(r[0]) for r in rows]

    async def silent_since(self, state: str, before: int, limit: int = 500) -> list[Summary]:
        rows = await self._driver.rows(
            "SELECT head FROM log.conversation WHERE state = ? AND last_at < ? ORDER BY last_at LIMIT ?", state, before, limit
        )
        return [_decode_summary(r[0]) for r in rows]

    async def with_ai_since(self, since: int, after: tuple[int, Id] = (0, ""), limit: int = 500) -> list[Summary]:
        """Conversations with the AI that moved since then, in (last_at, id) order from a position on; for the house after a restart."""
        rows = await self._driver.rows(
            "SELECT head FROM log.conversation WHERE state = 'ai' AND last_at >= ? AND (last_at, id) > (?, ?) "
            "ORDER BY last_at, id LIMIT ?",
            since, *after, limit,
        )  # fmt: skip
        return [_decode_summary(r[0]) for r in rows]

    async def page(self, shop_id: Id, view: str, staff_id: Id, cursor: str | None, limit: int) -> Page[msgspec.Raw]:
        """One page of a list as ready-made JSON heads, newest first. Views: mine, queue, all (open), closed, served (mine, closed)."""
        where: str
        parameters: list[Any]
        match view:
            case "mine":
                where, parameters = "shop_id = ? AND assignee_id = ? AND state = 'agent'", [shop_id, staff_id]
            case "served":
                where, parameters = "shop_id = ? AND assignee_id = ? AND state = 'closed'", [shop_id, staff_id]
            case "queue":
                where, parameters = "shop_id = ? AND state = 'queued'", [shop_id]
            case "closed":
                where, parameters = "shop_id = ? AND state = 'closed'", [shop_id]
            case _:
                where, parameters = "shop_id = ? AND state <> 'closed'", [shop_id]
        if cursor:
            last_at, last_id = decode_cursor(cursor, 2)
            where += " AND (last_at, id) < (?, ?)"
            parameters += [cursor_number(last_at), cursor_id(last_id)]
        rows = await self._driver.rows(
            f"SELECT head, last_at, id FROM log.conversation WHERE {where} ORDER BY last_at DESC, id DESC LIMIT ?", *parameters, limit + 1
        )
        more = len(rows) > limit
        rows = rows[:limit]
        return Page([msgspec.Raw(r[0].encode()) for r in rows], encode_cursor(rows[-1][1], rows[-1][2]) if more else None)

    async def events(self, shop_id: Id, before: str | None, limit: int) -> Page[Note]:
        """Who did what in conversations, newest first: the audit trail of the log."""
        where, parameters = "", []
        if before:
            at, conversation_id, n = decode_cursor(before, 3)
            where, parameters = (
                " AND (at, conversation_id, n) < (?, ?, ?)",
                [cursor_number(at), cursor_id(conversation_id), cursor_number(n, 2**31 - 1)],
            )
        rows = await self._driver.rows(
            f"SELECT {NOTE_COLUMNS} FROM log.note WHERE shop_id = ? AND kind = 'event'{where} "
            "ORDER BY at DESC, conversation_id DESC, n DESC LIMIT ?",
            shop_id, *parameters, limit + 1,
        )  # fmt: skip
        notes = [_note(r) for r in rows[:limit]]
        last = notes[-1] if len(rows) > limit else None
        return Page(notes, encode_cursor(last.at, last.conversation_id, last.n) if last else None)

    async def after_position(self, at: int, conversation_id: Id, seq: int, limit: int = 1000) -> list[tuple[Id, Message]]:
        """(shop, message) after a position in (at, conversation, seq) order, for indexers that catch up."""
        rows = await self._driver.rows(
            f"SELECT {MESSAGE_COLUMNS} FROM log.message WHERE at >= ? AND (at, conversation_id, seq) > (?, ?, ?) "
            "ORDER BY at, conversation_id, seq LIMIT ?",
            at, at, conversation_id, seq, limit,
        )  # fmt: skip
        return [(r[2], self._message(r)) for r in rows]

    async def shop_of(self, conversation_id: Id) -> Id | None:
        rows = await self._driver.rows("SELECT shop_id FROM log.conversation WHERE id = ?", conversation_id)
        return rows[0][0] if rows else None

    async def ai_counts(self, shop_id: Id, since: int, until: int) -> list[tuple[str, str, str, int]]:
        """(act, intent, why, how many) of the AI's answers in a span of time; counted by the database over the index on the time."""
        act, intent, why = (f"coalesce({self._field('data', name)}, '')" for name in ("act", "intent", "why"))
        rows = await self._driver.rows(
            f"SELECT {act}, {intent}, {why}, count(*) FROM log.message "
            "WHERE at >= ? AND at < ? AND shop_id = ? AND sender = 'ai' GROUP BY 1, 2, 3",
            since, until, shop_id,
        )  # fmt: skip
        return [(r[0], r[1], r[2], r[3]) for r in rows]

    async def ai_gave_up(self, shop_id: Id, before: tuple[int, Id, int] | None, limit: int) -> list[AiTurn]:
        """Answers that tell why the AI gave up, newest first, each with the customer's message before it."""
        place, parameters = ("AND a.at <= ? AND (a.at, a.conversation_id, a.seq) < (?, ?, ?)", [before[0], *before]) if before else ("", [])
        asked = "FROM log.message c WHERE c.conversation_id = a.conversation_id AND c.seq < a.seq AND c.sender = 'customer'"
        rows = await self._driver.rows(
            f"SELECT a.conversation_id, a.seq, a.at, a.text, a.data, (SELECT max(c.seq) {asked}), "
            f"(SELECT c.text {asked} ORDER BY c.seq DESC LIMIT 1) FROM log.message a "
            f"WHERE a.shop_id = ? AND a.sender = 'ai' {place} AND {self._field('a.data', 'why')} IS NOT NULL "
            "ORDER BY a.at DESC, a.conversation_id DESC, a.seq DESC LIMIT ?",
            shop_id, *parameters, limit,
        )  # fmt: skip
        return [_turn(r) for r in rows]

    def _field(self, column: str, name: str) -> str:
        return self._driver.json.format(column=column, name=name)

    async def closed_by(self, shop_id: Id, staff_id: Id, since: int) -> list[Summary]:
        rows = await self._driver.rows(
            "SELECT head FROM log.conversation WHERE assignee_id = ? AND state = 'closed' AND shop_id = ? AND last_at >= ?",
            staff_id, shop_id, since,
        )  # fmt: skip
        return [_decode_summary(r[0]) for r in rows]

    def _message(self, r: Row) -> Message:
        data = _decode_any(r[9]) if r[9] else None
        if data is not None and "file" in data:
            data = self._signed(data)
        return Message(r[0], r[1], r[4], r[5], r[6], r[7], r[8], r[3], data, r[10])


def _note(r: Row) -> Note:
    return Note(r[0], r[1], r[3], r[5], r[6], r[7], r[8], r[4], _decode_any(r[9]) if r[9] else None)


def _turn(r: Row) -> AiTurn:
    data = _decode_any(r[4])
    act, intent, why = (str(data.get(name, "")) for name in ("act", "intent", "why"))
    return AiTurn(r[0], r[1], r[2], act, intent, float(data.get("p", 0.0)), why, r[3], r[5], r[6] or "")


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else _encode(value).decode()
