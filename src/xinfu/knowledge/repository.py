"""Every query of the knowledge base. Each names the shop, except the one that fills the search index at start."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, is_id
from xinfu.knowledge.model import Article, ArticleVersion, Script, ScriptSample, ScriptUse


async def published_everywhere(unit: Unit, among: Sequence[Id] | None = None) -> Sequence[Article]:
    """The published articles of all shops, or of those among some ids, for the search index."""
    query = select(Article).where(Article.status == "published")
    return (await unit.scalars(query if among is None else query.where(Article.id.in_(among)))).all()


async def article(unit: Unit, shop_id: Id, article_id: Id, *, lock: bool = False) -> Article | None:
    if not is_id(article_id):
        return None
    query = select(Article).where(Article.shop_id == shop_id, Article.id == article_id)
    row: Article | None = await unit.scalar(query.with_for_update() if lock else query)
    return row


async def article_named(unit: Unit, shop_id: Id, topic: str, title: str) -> Article | None:
    """The article that is not archived with this topic and title; the oldest, should there be several."""
    query = (
        select(Article)
        .where(Article.shop_id == shop_id, Article.topic == topic, Article.title == title, Article.status != "archived")
        .order_by(Article.id)
        .limit(1)
    )
    row: Article | None = await unit.scalar(query)
    return row


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
