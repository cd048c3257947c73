"""The after-sales calls of docs/protocol.md. Thin: the service decides, this only translates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from xinfu.aftersales.contracts import Request as Asked
from xinfu.aftersales.contracts import State
from xinfu.aftersales.schemas import (
    DecideIn,
    OpenIn,
    PackOut,
    RequestOut,
    RequestPreviewOut,
    RequestsOut,
    WishIn,
    pack_out,
    preview_out,
    request_out,
    requests_out,
)
from xinfu.aftersales.service import Requests
from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.http import locale_of, provided
from xinfu.kit.ids import Id
from xinfu.kit.paging import Page

router = APIRouter(prefix="/api/v1/aftersales", tags=["after-sales"])

Service = Annotated[Requests, Depends(provided(Requests))]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/pack")
async def pack_in_force(request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> PackOut:
    """The rules the shop goes by today."""
    actor.require(Permission.AFTERSALES_READ, shop)
    return pack_out(service.pack_of(shop), locale_of(request))


@router.post("/requests/preview")
async def preview_request(body: WishIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> RequestPreviewOut:
    """What the rules say to it; nothing happens."""
    shown = await service.preview(actor, shop, body.order_no, body.wish)
    return preview_out(shown, service.pack_version(shown.decision.pack, shown.decision.pack_version), locale_of(request))


@router.post("/requests")
async def open_request(body: OpenIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> RequestOut:
    """Open what the preview with this token showed, once; the same key again gets the first one."""
    opened = await service.open(
        actor,
        shop,
        body.order_no,
        body.wish,
        token=body.token,
        key=body.key,
        confirmed_by=body.confirmed_by,
        confirmation=body.confirmation,
    )
    return _out(opened, service, request)


@router.get("/requests")
async def search_requests(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: Service,
    customer_id: Annotated[Id | None, Query(max_length=32)] = None, state: State | None = None, cursor: Cursor = None, limit: Limit = 30,
) -> RequestsOut:  # fmt: skip
    """Newest first."""
    return _page(await service.search(actor, shop, customer_id, state, cursor, limit), service, request)


@router.get("/orders/{no}/requests")
async def requests_of_order(no: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> RequestsOut:
    """Oldest first."""
    return _page(Page(await service.of_order(actor, shop, no), None), service, request)


@router.get("/requests/{number}")
async def show_request(number: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> RequestOut:
    return _out(await service.get(actor, shop, number), service, request)


@router.post("/requests/{number}/withdraw")
async def withdraw_request(number: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> RequestOut:
    return _out(await service.withdraw(actor, shop, number), service, request)


@router.post("/requests/{number}/accept")
async def accept_request(
    number: str, body: DecideIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> RequestOut:
    return _out(await service.accept(actor, shop, number, version=body.version, note=body.note), service, request)


@router.post("/requests/{number}/decline")
async def decline_request(
    number: str, body: DecideIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> RequestOut:
    """The note is the reason, and the customer reads it."""
    return _out(await service.decline(actor, shop, number, version=body.version, note=body.note), service, request)


def _out(asked: Asked, service: Requests, request: Request) -> RequestOut:
    return request_out(asked, service.pack_version(asked.pack, asked.pack_version), locale_of(request))


def _page(page: Page[Asked], service: Requests, request: Request) -> RequestsOut:
    return requests_out(page, [service.pack_version(r.pack, r.pack_version) for r in page.items], locale_of(request))
