"""Asking for something after the sale: the rules, what they would say, and opening a case. Thin: the service decides."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from xinfu.aftersales.case_schemas import CaseOut, case_out
from xinfu.aftersales.schemas import CasePreviewOut, OpenIn, PackOut, WishIn, pack_out, preview_out
from xinfu.aftersales.service import Cases
from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.http import locale_of, provided

router = APIRouter(prefix="/api/v1/aftersales", tags=["after-sales"])

Service = Annotated[Cases, Depends(provided(Cases))]


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
    pack = service.pack_version(opened.shop_id, opened.pack, opened.pack_version)
    return case_out(opened, pack, locale_of(request), service.book.clock.now())
