"""The customers calls of docs/protocol.md. Thin: the service decides, this only translates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from xinfu.customers.imports import CustomerImports
from xinfu.customers.schemas import CustomerOut, CustomersOut, EditIn, ProfileOut, UnmaskIn, UnmaskOut
from xinfu.customers.service import Customers
from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.http import provided
from xinfu.kit.ids import Id
from xinfu.kit.tabular import UPLOAD, Report, read_body

router = APIRouter(prefix="/api/v1", tags=["customers"])

Service = Annotated[Customers, Depends(provided(Customers))]
ImportService = Annotated[CustomerImports, Depends(provided(CustomerImports))]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/customers")
async def search(
    actor: CurrentActor, shop: CurrentShop, service: Service, q: Annotated[str, Query(max_length=100)] = "",
    cursor: Cursor = None, limit: Limit = 30,
) -> CustomersOut:  # fmt: skip
    """By part of the name, number, phone, or its last four digits; newest first."""
    page = await service.search(actor, shop, q, cursor, limit)
    return CustomersOut(items=list[CustomerOut](page.items), next=page.next)


@router.get("/customers/{customer_id}")
async def profile(customer_id: Id, actor: CurrentActor, shop: CurrentShop, service: Service) -> ProfileOut:
    return await service.profile(actor, shop, customer_id)


@router.patch("/customers/{customer_id}")
async def edit(customer_id: Id, body: EditIn, actor: CurrentActor, shop: CurrentShop, service: Service) -> ProfileOut:
    return await service.edit(actor, shop, customer_id, tags=body.tags, vip=body.vip, note=body.note)


@router.post("/customers/{customer_id}/unmask")
async def unmask(customer_id: Id, body: UnmaskIn, actor: CurrentActor, shop: CurrentShop, service: Service) -> UnmaskOut:
    """One whole value; who looked and why is recorded."""
    value = await service.unmask(actor, shop, customer_id, body.field, body.reason)
    return UnmaskOut(field=body.field, value=value)


@router.post("/imports/customers", openapi_extra=UPLOAD)
async def import_customers(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: ImportService, keep_good: bool = False
) -> Report:
    """CSV, JSON or JSON Lines as the body. With any problem nothing is stored, unless `keep_good`."""
    actor.require(Permission.ORDERS_IMPORT, shop)
    return await service.customers(actor, shop, await read_body(request.stream()), keep_good)
