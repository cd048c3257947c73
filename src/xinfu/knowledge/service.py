"""The knowledge base: articles that answer questions, kept in the tables with every version they had, searched from memory."""

from collections.abc import Sequence
from datetime import timedelta, tzinfo
from pathlib import Path

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Invalid, NotFound
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, decode_cursor, encode_cursor
from xinfu.kit.tabular import Problems, Report, nothing_stored
from xinfu.knowledge import repository
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.errors import NotWritten
from xinfu.knowledge.gaps import Gaps
from xinfu.knowledge.imports import FileKind, read_articles
from xinfu.knowledge.model import Article, ArticleVersion
from xinfu.knowledge.policy import TO_WRITE, check_window
from xinfu.knowledge.schemas import ArticleChange, ArticleIn, ArticleStatus, as_time
from xinfu.knowledge.shelf import Shelf

_CONTENT = ("topic", "title", "body", "keywords", "audience", "status", "owner", "review_on", "effective_from", "effective_until")
_MOST_DUE = 200


class Knowledge:
    """Articles of all shops. `folder` holds the search index; None keeps it in memory."""

    def __init__(self, database: Database, clock: Clock, folder: Path | None = None) -> None:
        self._database = database
        self._clock = clock
        self._shelf = Shelf(database, clock, folder)
        self.gaps = Gaps(database, clock)

    async def start(self) -> None:
        """Load what is published and fill the index; call once, before the first search."""
        await self._shelf.start()
        self.gaps.start()

    def stop(self) -> None:
        self._shelf.stop()
        self.gaps.stop()

    def search(self, shop_id: Id, query: str, audience: Audience = "customer", limit: int = 5) -> list[Hit]:
        """The published articles in effect that fit best. Fast and without I/O; staff also find what customers may see."""
        return self._shelf.search(shop_id, query, audience, limit)

    def by_topic(self, shop_id: Id, topic: str) -> Hit | None:
        """What customers may know about a policy topic now; the most recent one in effect, or None."""
        return self._shelf.by_topic(shop_id, topic)

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

    async def version(self, actor: Actor, shop_id: Id, article_id: Id, number: int) -> ArticleVersion:
        """The article as it stood after one save. Raises NotFound."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.read() as unit:
            await _existing(unit, shop_id, article_id)
            return await _version(unit, shop_id, article_id, number)

    async def due(self, actor: Actor, shop_id: Id, days: int) -> Sequence[Article]:
        """Those to be looked through within `days`, the longest overdue first."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.read() as unit:
            return await repository.due_for_review(unit, shop_id, self._clock.now() + timedelta(days=days), _MOST_DUE)

    async def create(self, actor: Actor, shop_id: Id, given: ArticleIn) -> Article:
        """Raises WindowReversed."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await self._add(unit, actor, shop_id, given)
        await self._shelf.refresh([row.id])
        return row

    async def change(self, actor: Actor, shop_id: Id, article_id: Id, given: ArticleChange) -> Article:
        """Save a new version. Raises NotFound, Conflict when it was written on an older version, WindowReversed."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, article_id, lock=True)
            if row.version != given.version:
                raise Conflict
            _fill(row, given)
            await self._keep(unit, actor, row, "article.changed")
        await self._shelf.refresh([row.id])
        return row

    async def restore(self, actor: Actor, shop_id: Id, article_id: Id, number: int, version: int) -> Article:
        """Make an old version the newest again, with everything as it stood then. Raises NotFound, Conflict as `change` does."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, article_id, lock=True)
            if row.version != version:
                raise Conflict
            old = await _version(unit, shop_id, article_id, number)
            for name in _CONTENT:
                setattr(row, name, getattr(old, name))
            await self._keep(unit, actor, row, "article.restored", restored_from=number)
        await self._shelf.refresh([row.id])
        return row

    async def archive(self, actor: Actor, shop_id: Id, article_id: Id) -> None:
        """Take an article out of use. Its versions stay, so that old answers can still be traced to it. Raises NotFound."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, article_id, lock=True)
            if row.status == "archived":
                return
            row.status = "archived"
            await self._keep(unit, actor, row, "article.archived")
        await self._shelf.refresh([row.id])

    async def load_articles(self, actor: Actor, shop_id: Id, articles: Sequence[ArticleIn]) -> int:
        """Bring in many at once; one with the same topic and title is brought up to date. Returns how many changed.

        The house itself may do this at start-up; anyone else needs the permission to edit.
        """
        if actor.kind != "system" or shop_id not in actor.shops:
            actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        created, updated = await self._load(actor, shop_id, articles)
        return created + updated

    async def import_file(self, actor: Actor, shop_id: Id, data: bytes, kind: FileKind, zone: tzinfo) -> Report:
        """The articles of a CSV, JSON or Markdown file (docs/import.md). With any problem nothing is stored; times are in `zone`."""
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        problems = Problems()
        articles = read_articles(data, kind, zone, problems)
        if problems.total:
            return nothing_stored(problems)
        created, updated = await self._load(actor, shop_id, articles)
        return Report(True, created, updated, len(articles) - created - updated, 0, 0, ())

    async def draft_for_gap(self, actor: Actor, shop_id: Id, gap_id: Id) -> Article:
        """A draft with a question nobody could answer as its title and the other ways it was asked as keywords, for someone to write.

        Raises NotFound, GapState.
        """
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        async with self._database.unit() as unit:
            gap = await self.gaps.to_draft(unit, shop_id, gap_id)
            given = ArticleIn(title=gap.question[:200], body=TO_WRITE, keywords=gap.wordings, status="draft", owner=actor.name)
            row = await self._add(unit, actor, shop_id, given)
            gap.state, gap.article_id = "drafted", row.id
        return row

    async def _load(self, actor: Actor, shop_id: Id, articles: Sequence[ArticleIn]) -> tuple[int, int]:
        """(created, updated); what is equal already is left alone."""
        created: list[Id] = []
        updated: list[Id] = []
        async with self._database.unit() as unit:
            known = await repository.articles_by_name(unit, shop_id)
            for given in articles:
                row = known.get((given.topic, given.title))
                if row is None:
                    row = known[given.topic, given.title] = await self._add(unit, actor, shop_id, given)
                    created.append(row.id)
                elif _differs(row, given):
                    _fill(row, given)
                    await self._keep(unit, actor, row, "article.changed")
                    updated.append(row.id)
        await self._shelf.refresh(created + updated)
        return len(created), len(updated)

    async def _add(self, unit: Unit, actor: Actor, shop_id: Id, given: ArticleIn) -> Article:
        now = self._clock.now()
        row = Article(id=new_id(), shop_id=shop_id, version=1, created_at=now, updated_at=now)
        _fill(row, given)
        unit.add(row)
        await unit.flush()  # the version refers to it
        unit.add(_version_of(row, actor))
        audit.record(unit, actor, now, "article.created", shop_id, "article", row.id, title=row.title, status=row.status)
        return row

    async def _keep(self, unit: Unit, actor: Actor, row: Article, action: str, restored_from: int | None = None) -> None:
        """What was changed about an article becomes its next version."""
        row.version, row.updated_at = row.version + 1, self._clock.now()
        unit.add(_version_of(row, actor, restored_from))
        await repository.settle_gaps(unit, row)
        told = {"title": row.title, "version": row.version, "status": row.status}
        if restored_from is not None:
            told["restored_from"] = restored_from
        audit.record(unit, actor, row.updated_at, action, row.shop_id, "article", row.id, **told)


async def _existing(unit: Unit, shop_id: Id, article_id: Id, *, lock: bool = False) -> Article:
    row = await repository.article(unit, shop_id, article_id, lock=lock)
    if row is None:
        raise NotFound
    return row


async def _version(unit: Unit, shop_id: Id, article_id: Id, number: int) -> ArticleVersion:
    found = await repository.version(unit, shop_id, article_id, number)
    if found is None:
        raise NotFound
    return found


def _fill(row: Article, given: ArticleIn) -> None:
    start, end = as_time(given.effective_from), as_time(given.effective_until)
    check_window(start, end)
    if given.status == "published" and given.body == TO_WRITE:
        raise NotWritten
    row.topic, row.title, row.body, row.keywords = given.topic, given.title, given.body, given.keywords
    row.audience, row.status, row.owner = given.audience, given.status, given.owner
    row.review_on, row.effective_from, row.effective_until = as_time(given.review_on), start, end


def _differs(row: Article, given: ArticleIn) -> bool:
    wanted = Article()
    _fill(wanted, given)
    return any(getattr(row, n) != getattr(wanted, n) for n in _CONTENT)


def _version_of(row: Article, actor: Actor, restored_from: int | None = None) -> ArticleVersion:
    content = {name: getattr(row, name) for name in _CONTENT}
    return ArticleVersion(
        id=new_id(),
        shop_id=row.shop_id,
        article_id=row.id,
        version=row.version,
        saved_at=row.updated_at,
        saved_by=actor.name,
        saved_by_id=actor.id,
        restored_from=restored_from,
        **content,
    )
