"""The published articles in memory beside their search index, because reception searches them for every message a customer sends.

What this process saves is on the shelf at once. What another one saved (an import from the command line, a second process on the same
PostgreSQL) is noticed by looking at the tables every few seconds, on either store.
"""

import asyncio
import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from xinfu.kit.clock import Clock, to_ms
from xinfu.kit.database import Database
from xinfu.kit.ids import Id
from xinfu.kit.search import BigramIndex, Entry
from xinfu.kit.text import fold
from xinfu.knowledge import repository
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.model import Article
from xinfu.knowledge.policy import in_window, visible_audiences
from xinfu.knowledge.recent import RecentSearches
from xinfu.knowledge.wording import sought

log = structlog.get_logger()

WEIGHTS = {"title": 2.5, "keywords": 2.0, "body": 1.0}  # what a word found in each counts
SINGLES = {"title": 0.6, "keywords": 0.6}  # and a lone character: 券 is all that 两张券 and 优惠券 share
LOOK_AGAIN_S = 3.0  # so long may a change made by another process go unnoticed
_OVERLAP = timedelta(minutes=10)  # a change may be seen this long after its time: slow transactions, clocks that differ
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


class Shelf:
    """Articles of all shops. `folder` holds the search index; None keeps it in memory."""

    def __init__(self, database: Database, clock: Clock, folder: Path | None) -> None:
        self._database = database
        self._clock = clock
        self._index = BigramIndex(folder, WEIGHTS, ("audience",), SINGLES)
        self._live: dict[Id, _Live] = {}
        self._topics: dict[tuple[Id, str], set[Id]] = {}
        self._turns: list[datetime] = []  # when articles come into effect or go out of it, sorted
        self._recent = RecentSearches(clock)
        self._indexing = asyncio.Lock()
        self._stale = True
        self._since: datetime | None = None
        self._seen: tuple[int, int, datetime | None] = (0, 0, None)
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load what is published, fill the index, and keep an eye on the tables; call once, before the first search."""
        async with self._indexing:
            await self._reload()
            self._recent.clear()
        self._watching = asyncio.create_task(self._watch(), name="knowledge")

    def stop(self) -> None:
        if self._watching:
            self._watching.cancel()
        self._index.close()

    def search(self, shop_id: Id, query: str, audience: Audience, limit: int) -> list[Hit]:
        asked = (shop_id, fold(query[:_LONGEST_QUERY]), audience, limit)
        known = self._recent.get(asked)
        if known is None:
            known = self._search(shop_id, asked[1], audience, limit)
            turn = bisect.bisect_right(self._turns, self._clock.now())
            self._recent.put(asked, known, to_ms(self._turns[turn]) if turn < len(self._turns) else None)
        return list(known)

    def by_topic(self, shop_id: Id, topic: str) -> Hit | None:
        now = self._clock.now()
        candidates = [self._live[i] for i in self._topics.get((shop_id, topic), ())]
        fitting = [c for c in candidates if c.audience == "customer" and in_window(c.start, c.end, now)]
        if not fitting:
            return None
        newest = max(fitting, key=lambda c: (c.start is not None, c.start or c.updated_at, c.updated_at, c.hit.article_id))
        return newest.hit

    async def refresh(self, article_ids: Sequence[Id]) -> None:
        """Bring memory and index in line with the tables. Reads the rows again, so that the order of two saves does not matter."""
        async with self._indexing:
            try:
                if self._stale or len(article_ids) > _MOST_AT_ONCE:
                    await self._reload()
                elif article_ids:
                    await self._apply(article_ids)
            except Exception:
                # The change itself is safely stored; the next look, or the next start, fills the index anew.
                self._stale = True
                log.exception("knowledge.index_failed", articles=len(article_ids))
            finally:
                self._recent.clear()

    async def look_again(self) -> None:
        """Take in what others changed in the tables. Costs one small count when nothing did."""
        if self._stale:
            await self.refresh(())
            return
        async with self._database.read() as unit:
            seen = await repository.changes(unit, self._since)
            if seen == self._seen:
                return
            rows = await repository.changed_since(unit, self._since)
        changed = []
        for article_id, version, status in rows:
            live = self._live.get(article_id)
            if (live.hit.version if live else None) != (version if status == "published" else None):
                changed.append(article_id)
        if changed:
            await self.refresh(changed)
        self._seen = seen
        self._since = seen[2] - _OVERLAP if seen[2] else self._since

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            try:
                await self.look_again()
            except Exception:
                log.exception("knowledge.look_failed")

    def _search(self, shop_id: Id, query: str, audience: Audience, limit: int) -> list[Hit]:
        facets = {"audience": visible_audiences(audience)}
        now, asked, words = self._clock.now(), limit * 2, sought(query)
        while True:
            found = self._index.search(shop_id, words, asked, facets=facets)
            hits = []
            for one in found:
                live = self._live.get(one.key)
                if live and in_window(live.start, live.end, now) and live.audience in facets["audience"]:
                    hits.append(_scored(live.hit, one.score))
            if len(hits) >= limit or len(found) < asked:
                return hits[:limit]
            asked *= 4  # many that fit are out of their window: look further

    async def _apply(self, article_ids: Sequence[Id]) -> None:
        async with self._database.read() as unit:
            rows = {row.id: row for row in await repository.published_everywhere(unit, article_ids)}
        for article_id in article_ids:
            self._forget(article_id)
        for row in rows.values():
            self._remember(row)
        await self._index.write([entry_of(r) for r in rows.values()], [i for i in article_ids if i not in rows])

    async def _reload(self) -> None:
        async with self._database.read() as unit:
            rows = await repository.published_everywhere(unit)
            seen = await repository.changes(unit, None)
        self._live.clear()
        self._topics.clear()
        self._turns.clear()
        for row in rows:
            self._remember(row)
        await asyncio.to_thread(self._index.rebuild, [entry_of(row) for row in rows])
        self._since = seen[2] - _OVERLAP if seen[2] else None
        self._stale = False

    def _remember(self, row: Article) -> None:
        hit = Hit(article_id=row.id, title=row.title, topic=row.topic, body=row.body, version=row.version, score=0.0)
        self._live[row.id] = _Live(row.shop_id, row.audience, row.effective_from, row.effective_until, row.updated_at, hit)
        for turn in (row.effective_from, row.effective_until):
            if turn is not None:
                bisect.insort(self._turns, turn)
        if row.topic:
            self._topics.setdefault((row.shop_id, row.topic), set()).add(row.id)

    def _forget(self, article_id: Id) -> None:
        live = self._live.pop(article_id, None)
        if live:
            self._topics.get((live.shop_id, live.hit.topic), set()).discard(article_id)


def entry_of(row: Article) -> Entry:
    texts = {"title": row.title, "keywords": "\n".join(row.keywords), "body": row.body}
    return Entry(row.id, row.shop_id, texts, {"audience": row.audience})


def _scored(hit: Hit, score: float) -> Hit:
    return Hit(hit.article_id, hit.title, hit.topic, hit.body, hit.version, score)
