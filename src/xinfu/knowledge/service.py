"""The knowledge base: articles that answer questions, kept in the tables and searched from memory.

Published articles are held in memory beside the search index, because reception searches them for every message a customer sends.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Invalid, NotFound
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, decode_cursor, encode_cursor
from xinfu.kit.search import BigramIndex, Entry
from xinfu.kit.text import fold
from xinfu.knowledge import repository
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.model import Article, ArticleVersion
from xinfu.knowledge.policy import check_window, in_window, visible_audiences
from xinfu.knowledge.recent import RecentSearches
from xinfu.knowledge.schemas import ArticleChange, ArticleIn, ArticleStatus, as_time

log = structlog.get_logger()

WEIGHTS = {"title": 2.5, "body": 1.0}  # what a word found in each counts
_LONGEST_QUERY = 400  # characters; what is asked is said by then
_MOST_AT_ONCE = 5_000  # beyond it filling the index anew is quicker than changing it


@dataclass(frozen=True, slots=True)
class _Live:
    """A published article as searches need it."""

    shop_id: Id
    audience: str
    start: datetime | None
    end: datetime | None
    updated_at: datetime
    hit: Hit


class Knowledge:
    """Articles of all shops. `folder` holds the search index; None keeps it in memory."""

    def __init__(self, database: Database, clock: Clock, folder: Path | None = None) -> None:
        self._database = database
        self._clock = clock
        self._index = BigramIndex(folder, WEIGHTS, ("audience",))
        self._live: dict[Id, _Live] = {}
        self._topics: dict[tuple[Id, str], set[Id]] = {}
        self._recent = RecentSearches(clock)
        self._indexing = asyncio.Lock()
        self._stale = True

    async def start(self) -> None:
        """Load what is published and fill the index; call once, before the first search."""
        async with self._indexing:
            await self._reload()
            self._recent.clear()

    def stop(self) -> None:
        self._index.close()

    def search(self, shop_id: Id, query: str, audience: Audience = "customer", limit: int = 5) -> list[Hit]:
        """The published articles in effect that fit best. Fast and without I/O; staff also find what customers may see."""
        asked = (shop_id, fold(query[:_LONGEST_QUERY]), audience, limit)
        known = self._recent.get(asked)
        if known is None:
            known = self._search(shop_id, asked[1], audience, limit)
            self._recent.put(asked, known)
        return list(known)

    def _search(self, shop_id: Id, query: str, audience: Audience, limit: int) -> list[Hit]:
        facets = {"audience": visible_audiences(audience)}
        now, asked = self._clock.now(), limit * 2
        while True:
            found = self._index.search(shop_id, query, asked, facets=facets)
            hits = []
            for one in found:
                live = self._live.get(one.key)
                if live and in_window(live.start, live.end, now) and live.audience in facets["audience"]:
                    hits.append(_scored(live.hit, one.score))
            if len(hits) >= limit or len(found) < asked:
                return hits[:limit]
            asked *= 4  # many that fit are out of their window: look further

    def by_topic(self, shop_id: Id, topic: str) -> Hit | None:
        """What customers may know about a policy topic now; the most recent one in effect, or None."""
        now = self._clock.now()
        candidates = [self._live[i] for i in self._topics.get((shop_id, topic), ())]
        fitting = [c for c in candidates if c.audience == "customer" and in_window(c.start, c.end, now)]
        if not fitting:
            return None
        newest = max(fitting, key=lambda c: (c.start is not None, c.start or c.updated_at, c.updated_at, c.hit.article_id))
        return newest.hit

    def find(self, actor: Actor, shop_id: Id, query: str, audience: Audience, limit: int) -> list[Hit]:
        """`search` for a signed-in reader."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        return self.search(shop_id, query, audience, limit)

    async def articles(
        self, actor: Actor, shop_id: Id, status: ArticleStatus | None, audience: Audience | None, cursor: str | None, limit: int
    ) -> Page[Article]:
        """By title. Without a status: drafts and published ones."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        after = None
        if cursor:
            title, last = decode_cursor(cursor, 2)
            if "\x00" in title or not is_id(last):
                raise Invalid(why="cursor")
            after = (title, last)
        async with self._database.read() as unit:
            rows = await repository.articles(unit, shop_id, status, audience, after, limit + 1)
        more = encode_cursor(rows[limit - 1].title, rows[limit - 1].id) if len(rows) > limit else None
        return Page(rows[:limit], more)

    async def article(self, actor: Actor, shop_id: Id, article_id: Id) -> Article:
        """Raises NotFound."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.read() as unit:
            return await _existing(unit, shop_id, article_id)

    async def versions(self, actor: Actor, shop_id: Id, article_id: Id, limit: int = 100) -> Sequence[ArticleVersion]:
        """Every save, newest first. Raises NotFound."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.read() as unit:
            await _existing(unit, shop_id, article_id)
            return await repository.versions(unit, shop_id, article_id, limit)

    async def create(self, actor: Actor, shop_id: Id, given: ArticleIn) -> Article:
        """Raises WindowReversed."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await self._add(unit, actor, shop_id, given)
        await self._refresh([row.id])
        return row

    async def change(self, actor: Actor, shop_id: Id, article_id: Id, given: ArticleChange) -> Article:
        """Save a new version. Raises NotFound, Conflict when it was written on an older version, WindowReversed."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, article_id, lock=True)
            if row.version != given.version:
                raise Conflict
            self._save(unit, actor, row, given)
        await self._refresh([row.id])
        return row

    async def archive(self, actor: Actor, shop_id: Id, article_id: Id) -> None:
        """Take an article out of use. Its versions stay, so that old answers can still be traced to it. Raises NotFound."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, article_id, lock=True)
            if row.status == "archived":
                return
            row.status, row.version, row.updated_at = "archived", row.version + 1, self._clock.now()
            unit.add(_version_of(row, actor))
            audit.record(unit, actor, row.updated_at, "article.archived", shop_id, "article", row.id, title=row.title, version=row.version)
        await self._refresh([row.id])

    async def load_articles(self, actor: Actor, shop_id: Id, articles: Sequence[ArticleIn]) -> int:
        """Bring in many at once; one with the same topic and title is brought up to date. Returns how many changed.

        The house itself may do this at start-up; anyone else needs the permission to edit.
        """
        if actor.kind != "system" or shop_id not in actor.shops:
            actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        changed: list[Id] = []
        async with self._database.unit() as unit:
            for given in articles:
                row = await repository.article_named(unit, shop_id, given.topic, given.title)
                if row is None:
                    row = await self._add(unit, actor, shop_id, given)
                elif _differs(row, given):
                    self._save(unit, actor, row, given)
                else:
                    continue
                changed.append(row.id)
                await unit.flush()
        await self._refresh(changed)
        return len(changed)

    async def _add(self, unit: Unit, actor: Actor, shop_id: Id, given: ArticleIn) -> Article:
        now = self._clock.now()
        row = Article(id=new_id(), shop_id=shop_id, version=1, created_at=now, updated_at=now)
        _fill(row, given)
        unit.add(row)
        await unit.flush()  # the version refers to it
        unit.add(_version_of(row, actor))
        audit.record(unit, actor, now, "article.created", shop_id, "article", row.id, title=row.title, status=row.status)
        return row

    def _save(self, unit: Unit, actor: Actor, row: Article, given: ArticleIn) -> None:
        was = row.status
        _fill(row, given)
        row.version, row.updated_at = row.version + 1, self._clock.now()
        unit.add(_version_of(row, actor))
        audit.record(
            unit, actor, row.updated_at, "article.changed", row.shop_id, "article", row.id,
            title=row.title, version=row.version, status=row.status, was_status=was,
        )  # fmt: skip

    async def _refresh(self, article_ids: Sequence[Id]) -> None:
        """Bring memory and index in line with the tables. Reads the rows again, so that the order of two saves does not matter."""
        async with self._indexing:
            try:
                if self._stale or len(article_ids) > _MOST_AT_ONCE:
                    await self._reload()
                elif article_ids:
                    await self._apply(article_ids)
            except Exception:
                # The change itself is safely stored; the next one, or the next start, fills the index anew.
                self._stale = True
                log.exception("knowledge.index_failed", articles=len(article_ids))
            finally:
                self._recent.clear()

    async def _apply(self, article_ids: Sequence[Id]) -> None:
        async with self._database.read() as unit:
            rows = {row.id: row for row in await repository.published_everywhere(unit, article_ids)}
        for article_id in article_ids:
            self._forget(article_id)
        for row in rows.values():
            self._remember(row)
        await self._index.write([_entry(r) for r in rows.values()], [i for i in article_ids if i not in rows])

    async def _reload(self) -> None:
        async with self._database.read() as unit:
            rows = await repository.published_everywhere(unit)
        self._live.clear()
        self._topics.clear()
        for row in rows:
            self._remember(row)
        await asyncio.to_thread(self._index.rebuild, [_entry(row) for row in rows])
        self._stale = False

    def _remember(self, row: Article) -> None:
        hit = Hit(article_id=row.id, title=row.title, topic=row.topic, body=row.body, version=row.version, score=0.0)
        self._live[row.id] = _Live(row.shop_id, row.audience, row.effective_from, row.effective_until, row.updated_at, hit)
        if row.topic:
            self._topics.setdefault((row.shop_id, row.topic), set()).add(row.id)

    def _forget(self, article_id: Id) -> None:
        live = self._live.pop(article_id, None)
        if live:
            self._topics.get((live.shop_id, live.hit.topic), set()).discard(article_id)


async def _existing(unit: Unit, shop_id: Id, article_id: Id, *, lock: bool = False) -> Article:
    row = await repository.article(unit, shop_id, article_id, lock=lock)
    if row is None:
        raise NotFound
    return row


def _fill(row: Article, given: ArticleIn) -> None:
    start, end = as_time(given.effective_from), as_time(given.effective_until)
    check_window(start, end)
    row.topic, row.title, row.body = given.topic, given.title, given.body
    row.audience, row.status, row.owner = given.audience, given.status, given.owner
    row.review_on, row.effective_from, row.effective_until = as_time(given.review_on), start, end


def _differs(row: Article, given: ArticleIn) -> bool:
    wanted = Article()
    _fill(wanted, given)
    names = ("body", "audience", "status", "owner", "review_on", "effective_from", "effective_until")
    return any(getattr(row, n) != getattr(wanted, n) for n in names)


def _version_of(row: Article, actor: Actor) -> ArticleVersion:
    return ArticleVersion(
        id=new_id(),
        shop_id=row.shop_id,
        article_id=row.id,
        version=row.version,
        topic=row.topic,
        title=row.title,
        body=row.body,
        audience=row.audience,
        status=row.status,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        saved_at=row.updated_at,
        saved_by=actor.name,
    )


def _entry(row: Article) -> Entry:
    return Entry(row.id, row.shop_id, {"title": row.title, "body": row.body}, {"audience": row.audience})


def _scored(hit: Hit, score: float) -> Hit:
    return Hit(hit.article_id, hit.title, hit.topic, hit.body, hit.version, score)
