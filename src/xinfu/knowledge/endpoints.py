"""HTTP of the knowledge base."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import provided
from xinfu.knowledge.contracts import Audience
from xinfu.knowledge.schemas import (
    ArticleChange,
    ArticleIn,
    ArticleOut,
    ArticlePage,
    ArticleStatus,
    HitOut,
    VersionOut,
)
from xinfu.knowledge.service import Knowledge

router = APIRouter(prefix="/api/v1", tags=["knowledge"])

type Articles = Annotated[Knowledge, Depends(provided(Knowledge))]
type Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/knowledge/search")
async def search(
    actor: CurrentActor,
    shop: CurrentShop,
    knowledge: Articles,
    q: Annotated[str, Query(max_length=500)],
    audience: Audience = "staff",
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[HitOut]:
    """What is published and in effect, best first. `audience=customer` leaves out what is for staff."""
    return [HitOut.of(hit) for hit in knowledge.find(actor, shop, q, audience, limit)]


@router.get("/knowledge/articles")
async def articles(
    actor: CurrentActor,
    shop: CurrentShop,
    knowledge: Articles,
    status: ArticleStatus | None = None,
    audience: Audience | None = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Limit = 50,
) -> ArticlePage:
    """By title; archived ones only when asked for by status."""
    page = await knowledge.articles(actor, shop, status, audience, cursor, limit)
    return ArticlePage(items=[ArticleOut.of(row) for row in page.items], next=page.next)


@router.post("/knowledge/articles", status_code=201)
async def create_article(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, given: ArticleIn) -> ArticleOut:
    return ArticleOut.of(await knowledge.create(actor, shop, given))


@router.get("/knowledge/articles/{article_id}")
async def article(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, article_id: str) -> ArticleOut:
    return ArticleOut.of(await knowledge.article(actor, shop, article_id))


@router.put("/knowledge/articles/{article_id}")
async def change_article(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, article_id: str, given: ArticleChange) -> ArticleOut:
    """Conflict (409) when someone saved since the version this one was written on."""
    return ArticleOut.of(await knowledge.change(actor, shop, article_id, given))


@router.delete("/knowledge/articles/{article_id}", status_code=204)
async def archive_article(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, article_id: str) -> None:
    """Archives: nobody finds it any more, its versions stay."""
    await knowledge.archive(actor, shop, article_id)


@router.get("/knowledge/articles/{article_id}/versions")
async def versions(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, article_id: str) -> list[VersionOut]:
    """Every save, newest first, 100 at most."""
    return [VersionOut.of(row) for row in await knowledge.versions(actor, shop, article_id)]
