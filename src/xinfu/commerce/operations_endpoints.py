"""The order operation calls of docs/protocol.md. Thin: the service decides, this only translates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from xinfu.commerce.operations import OrderOperations
from xinfu.commerce.operations_schemas import (
    DoneOut,
    HistoriesOut,
    OperationPreviewIn,
    PerformIn,
    PreviewOut,
    done_out,
    histories_out,
    preview_out,
)
from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import locale_of, provided

router = APIRouter(prefix="/api/v1", tags=["order operations"])

Service = Annotated[OrderOperations, Depends(provided(OrderOperations))]


@router.post("/orders/{no}/operations/preview")
async def preview_operation(
    no: str, body: OperationPreviewIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> PreviewOut:
    """What would happen; nothing happens."""
    return preview_out(await service.preview(actor, shop, no, body.asked.operation, body.asked), locale_of(request))


@router.post("/orders/{no}/operations")
async def perform_operation(
    no: str, body: PerformIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> DoneOut:
    """Do what the preview with this token said, once; the same key again gets the first answer."""
    done = await service.perform(
        actor, shop, no, body.asked.operation, body.asked, token=body.token, key=body.key, confirmed_by=body.confirmed_by,
        confirmation=body.confirmation,
    )  # fmt: skip
    return done_out(done, locale_of(request))


@router.get("/orders/{no}/operations")
async def operations_of_order(no: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> HistoriesOut:
    """What was done to the order, oldest first, and how it stands."""
    return histories_out(await service.state(actor, shop, no), await service.history(actor, shop, no), locale_of(request))
