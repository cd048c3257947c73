"""Questions the shop had no answer to: collected as they come, similar ones grouped, each group a thing to write about.

Noting one costs the customer nothing: it is put in line and written with others a moment later.
"""

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, from_ms
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, cursor_id, cursor_number, decode_cursor, encode_cursor
from xinfu.kit.text import clean, clip
from xinfu.knowledge import repository
from xinfu.knowledge.errors import GapState
from xinfu.knowledge.grouping import WORDINGS, Groups, normalised
from xinfu.knowledge.model import KnowledgeGap

log = structlog.get_logger()

FLUSH_S = 1.0
_AT_ONCE = 100
_IN_LINE = 10_000  # a flood beyond it is dropped: what is asked that often comes again
_REMEMBERED = 20_000  # groups of a shop that a new question is compared with, the last asked ones
_LONG_NUMBER = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class _Asked:
    shop_id: Id
    question: str
    normalised: str
    intent: str
    conversation_id: Id
    at: int


class Gaps:
    """start() … stop(); `note` in between."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._line: deque[_Asked] = deque()
        self._groups: dict[Id, Groups] = {}
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="gaps")

    def stop(self) -> None:
        """What was noted in the last second may be lost; await `flush` first to keep it."""
        if self._task:
            self._task.cancel()

    def note(self, shop_id: Id, question: str, intent: str, conversation_id: Id) -> None:
        """A customer asked this and got no answer. Long numbers are left out: they belong to the customer, not to the question."""
        words = clip(_LONG_NUMBER.sub("…", clean(question)), 500)
        plain = normalised(words)
        if plain and is_id(conversation_id) and len(self._line) < _IN_LINE:
            self._line.append(_Asked(shop_id, words, plain[:500], intent[:64], conversation_id, self._clock.ms()))

    async def flush(self) -> None:
        """Write what is in line, some at a time, so that nobody else waits long for the store."""
        while self._line:
            await self._write()

    async def _write(self) -> None:
        async with self._writing:
            batch = [self._line.popleft() for _ in range(min(_AT_ONCE, len(self._line)))]
            try:
                async with self._database.unit() as unit:
                    await self._take(unit, batch)
            except Exception:
                self._groups.clear()  # may hold groups that were not stored
                self._line.extendleft(reversed(batch))
                raise

    async def page(self, actor: Actor, shop_id: Id, state: str | None, cursor: str | None, limit: int) -> Page[KnowledgeGap]:
        """The most asked first."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        after = None
        if cursor:
            times, last = decode_cursor(cursor, 2)
            after = (cursor_number(times), cursor_id(last))
        async with self._database.read() as unit:
            rows = await repository.gaps(unit, shop_id, state, after, limit + 1)
        more = encode_cursor(rows[limit - 1].times, rows[limit - 1].id) if len(rows) > limit else None
        return Page(rows[:limit], more)

    async def dismiss(self, actor: Actor, shop_id: Id, gap_id: Id) -> KnowledgeGap:
        """Nothing to write about; asked again it stays so. Raises NotFound, GapState."""
        return await self._turn(actor, shop_id, gap_id, "open", "dismissed")

    async def reopen(self, actor: Actor, shop_id: Id, gap_id: Id) -> KnowledgeGap:
        """Raises NotFound, GapState."""
        return await self._turn(actor, shop_id, gap_id, "dismissed", "open")

    async def to_draft(self, unit: Unit, shop_id: Id, gap_id: Id) -> KnowledgeGap:
        """An open one, locked, for its article to be written. Raises NotFound, GapState."""
        return await _standing(unit, shop_id, gap_id, "open")

    async def _turn(self, actor: Actor, shop_id: Id, gap_id: Id, before: str, after: str) -> KnowledgeGap:
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await _standing(unit, shop_id, gap_id, before)
            row.state = after
            audit.record(unit, actor, self._clock.now(), f"gap.{after}", shop_id, "gap", row.id, question=row.question)
        return row

    async def _take(self, unit: Unit, batch: Sequence[_Asked]) -> None:
        """Each question to those it belongs to, in the order they were asked; the rows of a batch are read at once and written at once."""
        belongs: list[tuple[_Asked, Id]] = []
        for asked in batch:
            groups = await self._known(unit, asked.shop_id)
            group = groups.closest(asked.normalised, asked.intent) or new_id()
            groups.add(group, asked.normalised, asked.intent)
            belongs.append((asked, group))
        rows = {row.id: row for row in await repository.gaps_of(unit, {asked.shop_id for asked in batch}, {group for _, group in belongs})}
        for asked, group in belongs:
            if group in rows:
                _again(rows[group], asked)
            else:
                rows[group] = _first(group, asked)
                unit.add(rows[group])

    async def _known(self, unit: Unit, shop_id: Id) -> Groups:
        groups = self._groups.get(shop_id)
        if groups is None:
            rows = await repository.known_gaps(unit, shop_id, _REMEMBERED)
            groups = self._groups[shop_id] = await asyncio.to_thread(_grouped, rows)
        return groups

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self.flush()
            except Exception:
                log.exception("gaps.flush_failed", waiting=len(self._line))


def _first(id_: Id, asked: _Asked) -> KnowledgeGap:
    at = from_ms(asked.at)
    return KnowledgeGap(
        id=id_, shop_id=asked.shop_id, question=asked.question, normalised=asked.normalised, intent=asked.intent,
        wordings=[], times=1, first_asked_at=at, last_asked_at=at, conversation_id=asked.conversation_id, state="open",
    )  # fmt: skip


def _again(row: KnowledgeGap, asked: _Asked) -> None:
    row.times, row.last_asked_at, row.conversation_id = row.times + 1, from_ms(asked.at), asked.conversation_id
    if asked.question not in (row.question, *row.wordings) and len(row.wordings) < WORDINGS:
        row.wordings = [*row.wordings, asked.question]
    if row.state == "answered":
        row.state = "open"  # there is an article, and yet it was not found


def _grouped(rows: Sequence[KnowledgeGap]) -> Groups:
    groups = Groups()
    for row in rows:
        for wording in (row.normalised, *map(normalised, row.wordings)):
            groups.add(row.id, wording, row.intent)
    return groups


async def _standing(unit: Unit, shop_id: Id, gap_id: Id, state: str) -> KnowledgeGap:
    row = await repository.gap(unit, shop_id, gap_id)
    if row is None:
        raise NotFound
    if row.state != state:
        raise GapState(state=row.state)
    return row
