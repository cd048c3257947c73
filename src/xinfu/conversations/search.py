"""Full-text search over everything said in conversations.

The index follows the message log in the background and never holds it up: `feed` only puts into a bounded queue, and what does not fit is
read from the log later. An index that is missing or damaged is made anew from the log in the same way.
"""

import asyncio
import contextlib
import json
import time
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog

from xinfu.conversations.contracts import Message
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id
from xinfu.kit.paging import Page, decode_cursor, encode_cursor
from xinfu.kit.search import BigramIndex, Entry, Found, excerpt, query_terms

log = structlog.get_logger()

type Position = tuple[int, Id, int]  # (at, conversation, seq), the order of the log

QUEUE = 20_000  # messages waiting to be indexed before the queue gives up and the log is read instead
CHUNK = 30  # documents made in one go: about a millisecond in which the interpreter is ours
COMMIT_EVERY = 20_000
# A message may become visible a little after one that carries a later time; going back a minute finds it, and doubling is harmless.
OVERLAP_MS = 60_000
RETRY_S = 30.0
ROUNDS = 20  # of one search: a conversation that says the same thing thousands of times ends the page early
_TIE_BITS = 20
_LARGEST = 2**63 - 1


class LogReader(Protocol):
    """The message log, read in (at, conversation, seq) order. conversations.store.LogStore is one."""

    async def after_position(self, at: int, conversation_id: Id, seq: int, limit: int = 1000) -> list[tuple[Id, Message]]: ...


@dataclass(frozen=True, slots=True)
class ConversationHit:
    """A conversation that holds the words, at the newest message that does. `after` is the cursor of what follows it."""

    conversation_id: Id
    seq: int
    excerpt: str
    after: str = field(default="", compare=False)


class ConversationSearch:
    """`folder` is DATA/search/conversations, None keeps the index in memory. `gather_s` is how long messages collect before a commit.

    `leisure`: how much longer than it works the indexing rests. With 2 a third of the time is its own, the rest is for those being served.
    """

    def __init__(self, folder: Path | None, gather_s: float = 1.0, leisure: float = 2.0) -> None:
        self._index = BigramIndex(folder, {"text": 1.0}, ("conversation",))
        self._mark = folder / "position.json" if folder else None
        self._position = (0, "", 0) if self._index.fresh else _read_position(self._mark)
        self._gather_s = gather_s
        self._leisure = leisure
        self._chunk = CHUNK if leisure else CHUNK * 100
        self._queue: deque[tuple[Id, Message]] = deque()
        self._behind = True
        self._wake = asyncio.Event()
        self._current = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self, reader: LogReader) -> None:
        """Follow the log from where the index stands, in the background."""
        self._task = asyncio.create_task(self._follow(reader), name="conversation-search")

    async def stop(self) -> None:
        """What was not yet indexed is read from the log at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._index.close)

    def feed(self, messages: Sequence[tuple[Id, Message]]) -> None:
        """Hand over (shop, message) pairs after their commit. Returns at once and never fails."""
        if self._behind:
            return
        self._current.clear()
        if len(self._queue) + len(messages) > QUEUE:
            self._behind = True
            self._queue.clear()
            log.warning("search.behind", waiting=QUEUE)
        else:
            self._queue.extend(messages)
        self._wake.set()

    async def settled(self) -> None:
        """Wait until everything fed so far can be found."""
        await self._current.wait()

    async def find(self, shop_id: Id, query: str, limit: int = 20, cursor: str | None = None) -> Page[ConversationHit]:
        """Conversations of the shop holding all the words (three quarters of a long query), the one with the newest match first.

        Raises Invalid for a cursor that is not ours.
        """
        return await asyncio.to_thread(self._find, shop_id, query, limit, _rank_of_cursor(cursor))

    async def forget(self, conversation_ids: Sequence[Id]) -> None:
        """Take conversations out of the index (their messages were erased from the log)."""
        await asyncio.to_thread(self._forget, conversation_ids)

    def _forget(self, conversation_ids: Sequence[Id]) -> None:
        for conversation_id in conversation_ids:
            self._index.delete_by("conversation", conversation_id)
        self._index.commit()

    def _find(self, shop_id: Id, query: str, limit: int, start: int | None) -> Page[ConversationHit]:
        need = 1.0 if len(query_terms(query)) <= 4 else 0.75
        hits: dict[Id, ConversationHit] = {}
        before, shown_earlier = start, set[Id]()
        for _ in range(ROUNDS):
            found = self._index.search(shop_id, query, limit * 5, need=need, newest=True, before=before)
            for one in found:
                hit = _hit(one, query)
                if hit.conversation_id in hits or hit.conversation_id in shown_earlier:
                    continue
                if start is not None and self._matches_since(shop_id, query, need, hit.conversation_id, start):
                    shown_earlier.add(hit.conversation_id)
                    continue
                if len(hits) == limit:
                    return Page(list(hits.values()), encode_cursor(one.rank + 1))
                hits[hit.conversation_id] = hit
            if len(found) < limit * 5:
                return Page(list(hits.values()), None)
            before = found[-1].rank
        return Page(list(hits.values()), encode_cursor(before or 0))

    def _matches_since(self, shop_id: Id, query: str, need: float, conversation_id: Id, rank: int) -> bool:
        """Whether the conversation was on an earlier page: it also matches at or after that page's end."""
        facets = {"conversation": conversation_id}
        return bool(self._index.search(shop_id, query, 1, need=need, newest=True, since=rank, facets=facets))

    async def _follow(self, reader: LogReader) -> None:
        while True:
            try:
                if self._behind:
                    await self._catch_up(reader)
                if not self._queue and not self._behind:
                    self._current.set()
                    self._wake.clear()
                    await self._wake.wait()
                    await asyncio.sleep(self._gather_s)
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), COMMIT_EVERY))]
                if batch:
                    await self._add(batch)
                    await self._commit(max(self._position, *(_position_of(m) for _, m in batch)))
            except Exception as e:
                self._behind = True
                log.error("search.indexing_failed", reason=type(e).__name__, retry_s=RETRY_S)
                await asyncio.sleep(RETRY_S)

    async def _catch_up(self, reader: LogReader) -> None:
        """Index the log from the last known position to its end. What is fed meanwhile is queued again, so nothing falls in between."""
        self._queue.clear()
        self._behind = False
        reached: Position = (max(0, self._position[0] - OVERLAP_MS), "", 0)
        since_commit = 0
        while batch := await reader.after_position(*reached):
            await self._add(batch)
            reached = _position_of(batch[-1][1])
            since_commit += len(batch)
            if since_commit >= COMMIT_EVERY:
                await self._commit(reached)
                since_commit = 0
        if since_commit:
            await self._commit(max(reached, self._position))

    async def _add(self, batch: Sequence[tuple[Id, Message]]) -> None:
        for start in range(0, len(batch), self._chunk):
            began = time.monotonic()
            await asyncio.to_thread(self._index.upsert, _entries(batch[start : start + self._chunk]))
            await asyncio.sleep(self._leisure * (time.monotonic() - began))

    async def _commit(self, position: Position) -> None:
        await asyncio.to_thread(self._index.commit)
        self._position = position
        if self._mark:
            await asyncio.to_thread(_write_position, self._mark, position)


def _entries(batch: Sequence[tuple[Id, Message]]) -> Iterator[Entry]:
    return (_entry(shop, message) for shop, message in batch if message.text)


def _entry(shop_id: Id, message: Message) -> Entry:
    key = f"{message.conversation_id}.{message.seq}"
    # Two messages of one millisecond still get an order of their own, so that a page can end between them.
    tie = zlib.crc32(key.encode()) & ((1 << _TIE_BITS) - 1)
    rank = (message.at << _TIE_BITS) | tie
    return Entry(key, shop_id, {"text": message.text}, {"conversation": message.conversation_id}, rank, message.text)


def _hit(found: Found, query: str) -> ConversationHit:
    conversation_id, _, seq = found.key.partition(".")
    return ConversationHit(conversation_id, int(seq), excerpt(found.keep, query), encode_cursor(found.rank))


def _position_of(message: Message) -> Position:
    return (message.at, message.conversation_id, message.seq)


def _rank_of_cursor(cursor: str | None) -> int | None:
    if not cursor:
        return None
    [text] = decode_cursor(cursor, 1)
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > _LARGEST:
        raise Invalid(why="cursor")
    return int(text)


def _read_position(mark: Path | None) -> Position:
    """Where the index stands; the beginning when that is not known, as indexing twice does no harm."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        at, conversation_id, seq = json.loads(mark.read_text("utf-8")) if mark else (0, "", 0)
        return (int(at), str(conversation_id), int(seq))
    return (0, "", 0)


def _write_position(mark: Path, position: Position) -> None:
    fresh = mark.with_suffix(".new")
    fresh.write_text(json.dumps(position), "utf-8")
    fresh.replace(mark)
