"""Every query of the knowledge base. Each names the shop, except those that keep the search index in line with the tables."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, is_id
from xinfu.knowledge.model import Article, ArticleVersion, KnowledgeGap, Script, ScriptSample, ScriptUse


async def published_everywhere(unit: Unit, among: Sequence[Id] | None = None) -> Sequence[Article]:
    """The published articles of all shops, or of those among some ids, for the search index."""
    query = select(Article).where(Article.status == "published")
    return (await unit.scalars(query if among is None else query.where(Article.id.in_(among)))).all()


async def changes(unit: Unit, since: datetime | None) -> tuple[int, int, datetime | None]:
    """(how many, sum of versions, latest time) of the articles of all shops changed since: differs when one of them changed again."""
    query = select(func.count(), func.coalesce(func.sum(Article.version), 0), func.max(Article.updated_at))
    count, versions, latest = (await unit.execute(query if since is None else query.where(Article.updated_at >= since))).one()
    return int(count), int(versions), latest


async def changed_since(unit: Unit, since: datetime | None) -> list[tuple[Id, int, str]]:
    """(id, version, status) of the articles of all shops changed since."""
    query = select(Article.id, Article.version, Article.status)
    found = await unit.execute(query if since is None else query.where(Article.updated_at >= since))
    return [(article_id, number, status) for article_id, number, status in found]


async def article(unit: Unit, shop_id: Id, article_id: Id, *, lock: bool = False) -> Article | None:
    if not is_id(article_id):
        return None
    query = select(Article).where(Article.shop_id == shop_id, Article.id == article_id)
    row: Article | None = await unit.scalar(query.with_for_update() if lock else query)
    return row


async def articles_by_name(unit: Unit, shop_id: Id) -> dict[tuple[str, str], Article]:
    """The articles that are not archived by topic and title; the oldest, should there be several."""
    query = select(Article).where(Article.shop_id == shop_id, Article.status != "archived").order_by(Article.id.desc())
    return {(row.topic, row.title): row for row in await unit.scalars(query)}


async def due_for_review(unit: Unit, shop_id: Id, by: datetime, limit: int) -> Sequence[Article]:
    """Those whose review date has come, the longest overdue first."""
    query = select(Article).where(Article.shop_id == shop_id, Article.status != "archived", Article.review_on <= by)
    return (await unit.scalars(query.order_by(Article.review_on, Article.id).limit(limit))).all()


async def articles(
    unit: Unit, shop_id: Id, status: str | None, audience: str | None, after: tuple[str, Id] | None, limit: int
) -> Sequence[Article]:
    """By title, `limit` at most, after (title, id). Without a status: all that are not archived."""
    query = select(Article).where(Article.shop_id == shop_id)
    query = query.where(Article.status == status if status else Article.status != "archived")
    if audience:
        query = query.where(Article.audience == audience)
    if after:
        title, last = after
        query = query.where(or_(Article.title > title, (Article.title == title) & (Article.id > last)))
    return (await unit.scalars(query.order_by(Article.title, Article.id).limit(limit))).all()


async def versions(unit: Unit, shop_id: Id, article_id: Id, limit: int) -> Sequence[ArticleVersion]:
    """Newest first."""
    query = (
        select(ArticleVersion)
        .where(ArticleVersion.shop_id == shop_id, ArticleVersion.article_id == article_id)
        .order_by(ArticleVersion.version.desc())
        .limit(limit)
    )
    return (await unit.scalars(query)).all()


async def version(unit: Unit, shop_id: Id, article_id: Id, number: int) -> ArticleVersion | None:
    query = select(ArticleVersion).where(
        ArticleVersion.shop_id == shop_id, ArticleVersion.article_id == article_id, ArticleVersion.version == number
    )
    row: ArticleVersion | None = await unit.scalar(query)
    return row


async def settle_gaps(unit: Unit, article: Article) -> None:
    """The questions an article was drafted for are answered once it is out, and open again when it is gone."""
    query = update(KnowledgeGap).where(KnowledgeGap.shop_id == article.shop_id, KnowledgeGap.article_id == article.id)
    if article.status == "published":
        await unit.execute(query.where(KnowledgeGap.state == "drafted").values(state="answered"))
    elif article.status == "archived":
        await unit.execute(query.where(KnowledgeGap.state.in_(("drafted", "answered"))).values(state="open", article_id=None))


async def gap(unit: Unit, shop_id: Id, gap_id: Id) -> KnowledgeGap | None:
    """The row, locked."""
    if not is_id(gap_id):
        return None
    query = select(KnowledgeGap).where(KnowledgeGap.shop_id == shop_id, KnowledgeGap.id == gap_id)
    row: KnowledgeGap | None = await unit.scalar(query.with_for_update())
    return row


async def gaps_of(unit: Unit, shop_ids: Collection[Id], ids: Collection[Id]) -> Sequence[KnowledgeGap]:
    """The rows of these, locked, in the order of their ids."""
    query = select(KnowledgeGap).where(KnowledgeGap.shop_id.in_(shop_ids), KnowledgeGap.id.in_(ids)).order_by(KnowledgeGap.id)
    return (await unit.scalars(query.with_for_update())).all()


async def gaps(unit: Unit, shop_id: Id, state: str | None, after: tuple[int, Id] | None, limit: int) -> Sequence[KnowledgeGap]:
    """The most asked first, after (times, id)."""
    query = select(KnowledgeGap).where(KnowledgeGap.shop_id == shop_id)
    if state:
        query = query.where(KnowledgeGap.state == state)
    if after:
        times, last = after
        query = query.where(or_(KnowledgeGap.times < times, (KnowledgeGap.times == times) & (KnowledgeGap.id < last)))
    return (await unit.scalars(query.order_by(KnowledgeGap.times.desc(), KnowledgeGap.id.desc()).limit(limit))).all()


async def known_gaps(unit: Unit, shop_id: Id, limit: int) -> Sequence[KnowledgeGap]:
    """The last asked ones, for grouping."""
    query = select(KnowledgeGap).where(KnowledgeGap.shop_id == shop_id)
    return (await unit.scalars(query.order_by(KnowledgeGap.last_asked_at.desc()).limit(limit))).all()


async def script(unit: Unit, shop_id: Id, script_id: Id, staff_id: Id, *, lock: bool = False) -> Script | None:
    """A shared script or one of this person's own."""
    if not is_id(script_id):
        return None
    query = select(Script).where(Script.shop_id == shop_id, Script.id == script_id, _seen_by(staff_id))
    row: Script | None = await unit.scalar(query.with_for_update() if lock else query)
    return row


async def scripts(unit: Unit, shop_id: Id, staff_id: Id) -> Sequence[Script]:
    """All shared ones and this person's own, by group and title."""
    query = select(Script).where(Script.shop_id == shop_id, _seen_by(staff_id)).order_by(Script.group, Script.title, Script.id)
    return (await unit.scalars(query)).all()


async def shared_script_named(unit: Unit, shop_id: Id, group: str, title: str) -> Script | None:
    query = select(Script).where(Script.shop_id == shop_id, Script.owner_id.is_(None), Script.group == group, Script.title == title)
    row: Script | None = await unit.scalar(query.order_by(Script.id).limit(1))
    return row


async def count_use(unit: Unit, use: ScriptUse) -> None:
    """Add the use and raise the script's count, whoever else does the same at the moment."""
    unit.add(use)
    await unit.execute(update(Script).where(Script.shop_id == use.shop_id, Script.id == use.script_id).values(uses=Script.uses + 1))


async def in_review(unit: Unit, shop_id: Id) -> Sequence[Script]:
    """Longest waiting first."""
    query = select(Script).where(Script.shop_id == shop_id, Script.status == "in_review").order_by(Script.updated_at, Script.id)
    return (await unit.scalars(query)).all()


async def note_outcome(unit: Unit, shop_id: Id, conversation_id: Id, values: Mapping[str, Any]) -> None:
    query = update(ScriptUse).where(ScriptUse.shop_id == shop_id, ScriptUse.conversation_id == conversation_id)
    await unit.execute(query.values(**values))


async def outcomes(unit: Unit, shop_id: Id, since: datetime) -> list[tuple[Any, ...]]:
    """(script id, uses, conversations, resolved, handed back, rated, mean rating) of every script used since, most used first.

    A conversation counts once however often the script was used in it.
    """
    once = (
        select(
            ScriptUse.script_id,
            func.count().label("uses"),
            func.max(case((ScriptUse.resolved.is_(True), 1), else_=0)).label("resolved"),
            func.max(case((ScriptUse.handed_back.is_(True), 1), else_=0)).label("handed_back"),
            func.max(ScriptUse.rating).label("rating"),
        )
        .where(ScriptUse.shop_id == shop_id, ScriptUse.at >= since)
        .group_by(ScriptUse.script_id, ScriptUse.conversation_id)
        .subquery()
    )
    uses = func.sum(once.c.uses)
    query = select(
        once.c.script_id,
        uses,
        func.count(),
        func.sum(once.c.resolved),
        func.sum(once.c.handed_back),
        func.count(once.c.rating),
        func.avg(once.c.rating),
    ).group_by(once.c.script_id)
    return [tuple(row) for row in await unit.execute(query.order_by(uses.desc(), once.c.script_id))]


async def samples(unit: Unit, shop_id: Id) -> Sequence[ScriptSample]:
    query = select(ScriptSample).where(ScriptSample.shop_id == shop_id).order_by(ScriptSample.title, ScriptSample.id)
    return (await unit.scalars(query)).all()


async def sample(unit: Unit, shop_id: Id, sample_id: Id) -> ScriptSample | None:
    if not is_id(sample_id):
        return None
    query = select(ScriptSample).where(ScriptSample.shop_id == shop_id, ScriptSample.id == sample_id).with_for_update()
    row: ScriptSample | None = await unit.scalar(query)
    return row


def _seen_by(staff_id: Id) -> ColumnElement[bool]:
    return or_(Script.owner_id.is_(None), Script.owner_id == staff_id)
