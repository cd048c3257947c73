"""HTTP of the knowledge base."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from xinfu.identity import CurrentActor, CurrentShop, Permission, Settings
from xinfu.kit.clock import zone
from xinfu.kit.http import provided
from xinfu.kit.tabular import Report, read_body
from xinfu.knowledge.contracts import Audience
from xinfu.knowledge.imports import FileKind
from xinfu.knowledge.schemas import (
    ArticleChange,
    ArticleIn,
    ArticleOut,
    ArticlePage,
    ArticleStatus,
    ArticleVersionOut,
    GapOut,
    GapPage,
    GapStateName,
    HitOut,
    Restore,
)
from xinfu.knowledge.service import Knowledge

router = APIRouter(prefix="/api/v1", tags=["knowledge"])

type Articles = Annotated[Knowledge, Depends(provided(Knowledge))]
type ShopWords = Annotated[Settings, Depends(provided(Settings))]
type Number = Annotated[int, Path(ge=1, le=2**31)]
type Limit = Annotated[int, Query(ge=1, le=100)]

_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/json", "application/x-ndjson", "text/markdown")
        },
    }
}


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
async def versions(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, article_id: str) -> list[ArticleVersionOut]:
    """Every save, newest first, 100 at most."""
    rows = await knowledge.versions(actor, shop, article_id)
    return [ArticleVersionOut.of(row, before) for row, before in zip(rows, [*rows[1:], None], strict=True)]


@router.get("/knowledge/articles/{article_id}/versions/{number}")
async def version(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, article_id: str, number: Number) -> ArticleVersionOut:
    """The article as it stood after one save."""
    row = await knowledge.version(actor, shop, article_id, number)
    before = await knowledge.version(actor, shop, article_id, number - 1) if number > 1 else None
    return ArticleVersionOut.of(row, before)


@router.post("/knowledge/articles/{article_id}/versions/{number}/restore")
async def restore_version(
    actor: CurrentActor, shop: CurrentShop, knowledge: Articles, article_id: str, number: Number, given: Restore
) -> ArticleOut:
    """The old version becomes the newest again, with everything as it stood then. Conflict (409) when someone saved since."""
    return ArticleOut.of(await knowledge.restore(actor, shop, article_id, number, given.version))


@router.get("/knowledge/reviews")
async def due_for_review(
    actor: CurrentActor, shop: CurrentShop, knowledge: Articles, days: Annotated[int, Query(ge=0, le=366)] = 0
) -> list[ArticleOut]:
    """Articles whose review date has come or comes within `days`, the longest overdue first, 200 at most."""
    return [ArticleOut.of(row) for row in await knowledge.due(actor, shop, days)]


@router.post("/knowledge/import", openapi_extra=_FILE)
async def import_articles(
    request: Request, actor: CurrentActor, shop: CurrentShop, knowledge: Articles, settings: ShopWords, format: FileKind = "table"
) -> Report:
    """CSV, JSON, JSON Lines (`table`) or Markdown as the body. With any problem nothing is stored."""
    actor.require(Permission.KNOWLEDGE_EDIT, shop)
    data = await read_body(request.stream())
    return await knowledge.import_file(actor, shop, data, format, zone(settings.current(shop).time_zone))


@router.get("/knowledge/gaps")
async def gaps(
    actor: CurrentActor,
    shop: CurrentShop,
    knowledge: Articles,
    state: GapStateName | None = "open",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Limit = 50,
) -> GapPage:
    """Questions nobody could answer, the most asked first."""
    page = await knowledge.gaps.page(actor, shop, state, cursor, limit)
    return GapPage(items=[GapOut.of(row) for row in page.items], next=page.next)


@router.post("/knowledge/gaps/{gap_id}/draft", status_code=201)
async def draft_for_gap(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, gap_id: str) -> ArticleOut:
    """A draft with the question as title and its other wordings as keywords; publishing it marks the question answered."""
    return ArticleOut.of(await knowledge.draft_for_gap(actor, shop, gap_id))


@router.post("/knowledge/gaps/{gap_id}/dismiss")
async def dismiss_gap(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, gap_id: str) -> GapOut:
    """open → dismissed: nothing to write about."""
    return GapOut.of(await knowledge.gaps.dismiss(actor, shop, gap_id))


@router.post("/knowledge/gaps/{gap_id}/reopen")
async def reopen_gap(actor: CurrentActor, shop: CurrentShop, knowledge: Articles, gap_id: str) -> GapOut:
    """dismissed → open."""
    return GapOut.of(await knowledge.gaps.reopen(actor, shop, gap_id))
