"""The customer's case page over HTTP: the widget's token, the customer's own cases (docs/protocol.md section 4)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from xinfu.aftersales.contracts import Case
from xinfu.aftersales.customer_page import CustomerCases
from xinfu.aftersales.customer_schemas import (
    CustomerCaseOut,
    CustomerCasesOut,
    CustomerOpenIn,
    CustomerParcelIn,
    CustomerPhotosIn,
    CustomerPreviewIn,
    CustomerWordsIn,
    customer_case,
    receiver_case,
)
from xinfu.aftersales.photos import Photos, links_of
from xinfu.aftersales.schemas import CasePreviewOut, preview_out
from xinfu.aftersales.service import Cases
from xinfu.conversations.widget_endpoints import CurrentTicket
from xinfu.kit.http import locale_of, provided

router = APIRouter(prefix="/api/v1/widget/cases", tags=["widget"])

Mine = Annotated[CustomerCases, Depends(provided(CustomerCases))]
Service = Annotated[Cases, Depends(provided(Cases))]
Pictures = Annotated[Photos, Depends(provided(Photos))]


@router.get("")
async def my_cases(request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures) -> CustomerCasesOut:
    """Newest first, each as its own page shows it."""
    cases = await mine.all(who.actor(), who.shop_id)
    return CustomerCasesOut(items=[await _shown(case, request, who, mine, service, photos) for case in cases])


@router.get("/shared/{token}")
async def shared_case(token: str, request: Request, mine: Mine) -> dict[str, Any]:
    """A gift's case for its receiver: neither price nor buyer."""
    return receiver_case(await mine.shared(token[:200]), locale_of(request))


@router.post("/preview")
async def preview_mine(body: CustomerPreviewIn, request: Request, who: CurrentTicket, mine: Mine, service: Service) -> CasePreviewOut:
    shown = await mine.preview(who.actor(), who.shop_id, body.order_no, body.wish)
    pack = service.pack_version(who.shop_id, shown.decision.pack, shown.decision.pack_version)
    return preview_out(shown, pack, locale_of(request))


@router.post("")
async def open_mine(
    body: CustomerOpenIn, request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures
) -> CustomerCaseOut:
    opened = await mine.open(who.actor(), who.shop_id, body.order_no, body.wish, body.token, body.key)
    return await _shown(opened, request, who, mine, service, photos)


@router.get("/{number}")
async def my_case(number: str, request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures) -> CustomerCaseOut:
    case, _ = await mine.get(who.actor(), who.shop_id, number)
    return await _shown(case, request, who, mine, service, photos)


@router.post("/{number}/withdraw")
async def withdraw_mine(
    number: str, request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures
) -> CustomerCaseOut:
    return await _shown(await mine.withdraw(who.actor(), who.shop_id, number), request, who, mine, service, photos)


@router.post("/{number}/photos")
async def add_my_photos(
    number: str, body: CustomerPhotosIn, request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures
) -> CustomerCaseOut:
    done = await mine.photos(who.actor(), who.shop_id, number, body.photos, body.words)
    return await _shown(done, request, who, mine, service, photos)


@router.post("/{number}/parcel")
async def i_sent_it(
    number: str, body: CustomerParcelIn, request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures
) -> CustomerCaseOut:
    """Sent back by oneself."""
    done = await mine.parcel(who.actor(), who.shop_id, number, body.carrier, body.tracking_no, body.claimed)
    return await _shown(done, request, who, mine, service, photos)


@router.post("/{number}/appeal")
async def appeal_mine(
    number: str, body: CustomerWordsIn, request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures
) -> CustomerCaseOut:
    return await _shown(await mine.appeal(who.actor(), who.shop_id, number, body.words), request, who, mine, service, photos)


@router.post("/{number}/reopen")
async def reopen_mine(
    number: str, body: CustomerWordsIn, request: Request, who: CurrentTicket, mine: Mine, service: Service, photos: Pictures
) -> CustomerCaseOut:
    return await _shown(await mine.reopen(who.actor(), who.shop_id, number, body.words), request, who, mine, service, photos)


@router.post("/{number}/share")
async def share_mine(number: str, who: CurrentTicket, mine: Mine) -> dict[str, str]:
    """A link for the receiver of a gift."""
    return {"token": await mine.share(who.actor(), who.shop_id, number)}


async def _shown(case: Case, request: Request, who: CurrentTicket, mine: CustomerCases, service: Cases, photos: Photos) -> CustomerCaseOut:
    newest, appeal = await mine.get(who.actor(), who.shop_id, case.number)
    links = await links_of(photos, who.shop_id, newest)
    return customer_case(newest, appeal, service.pack_version(who.shop_id, newest.pack, newest.pack_version), links, locale_of(request))
