"""The after-sales calls of docs/protocol.md. Thin: the service decides, this only translates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from xinfu.aftersales.contracts import Case, State
from xinfu.aftersales.schemas import (
    CaseOut,
    CasePreviewOut,
    CasesOut,
    DecideIn,
    OpenIn,
    PackOut,
    WishIn,
    case_out,
    cases_out,
    pack_out,
    preview_out,
)
from xinfu.aftersales.service import Cases
from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.http import locale_of, provided
from xinfu.kit.ids import Id
from xinfu.kit.paging import Page

router = APIRouter(prefix="/api/v1/aftersales", tags=["after-sales"])

Service = Annotated[Cases, Depends(provided(Cases))]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/pack")
async def pack_in_force(request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> PackOut:
    """The rules the shop goes by today."""
    actor.require(Permission.AFTERSALES_READ, shop)
    return pack_out(service.pack_of(shop), locale_of(request))


@router.post("/cases/preview")
async def preview_case(body: WishIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> CasePreviewOut:
    """What the rules say to it; nothing happens."""
    shown = await service.preview(actor, shop, body.order_no, body.wish)
    return preview_out(shown, service.pack_version(shop, shown.decision.pack, shown.decision.pack_version), locale_of(request))


@router.post("/cases")
async def open_case(body: OpenIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> CaseOut:
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


@router.get("/cases")
async def search_cases(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: Service,
    customer_id: Annotated[Id | None, Query(max_length=32)] = None, state: State | None = None, cursor: Cursor = None, limit: Limit = 30,
) -> CasesOut:  # fmt: skip
    """Newest first."""
    return _page(await service.search(actor, shop, customer_id, state, cursor, limit), service, request)


@router.get("/orders/{no}/cases")
async def cases_of_order(no: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> CasesOut:
    """Oldest first."""
    return _page(Page(await service.of_order(actor, shop, no), None), service, request)


@router.get("/cases/{number}")
async def show_case(number: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> CaseOut:
    return _out(await service.get(actor, shop, number), service, request)


@router.post("/cases/{number}/withdraw")
async def withdraw_case(number: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> CaseOut:
    return _out(await service.withdraw(actor, shop, number), service, request)


@router.post("/cases/{number}/accept")
async def accept_case(number: str, body: DecideIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> CaseOut:
    return _out(await service.accept(actor, shop, number, version=body.version, note=body.note), service, request)


@router.post("/cases/{number}/decline")
async def decline_case(number: str, body: DecideIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> CaseOut:
    """The note is the reason, and the customer reads it."""
    return _out(await service.decline(actor, shop, number, version=body.version, note=body.note), service, request)


def _out(case: Case, service: Cases, request: Request) -> CaseOut:
    return case_out(case, service.pack_version(case.shop_id, case.pack, case.pack_version), locale_of(request))


def _page(page: Page[Case], service: Cases, request: Request) -> CasesOut:
    return cases_out(page, [service.pack_version(r.shop_id, r.pack, r.pack_version) for r in page.items], locale_of(request))
