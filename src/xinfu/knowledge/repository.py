"""Every query of the knowledge base. Each names the shop, except the one that fills the search index at start."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, update

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, is_id
from xinfu.knowledge.model import Article, ArticleVersion, Script, ScriptUse


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


def _seen_by(staff_id: Id) -> ColumnElement[bool]:
    return or_(Script.owner_id.is_(None), Script.owner_id == staff_id)
