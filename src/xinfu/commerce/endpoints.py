"""The commerce calls of docs/protocol.md, and a customer's orders. Thin: the services decide, this only translates."""

from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query, Request

from xinfu.commerce.contracts import OrderStatus
from xinfu.commerce.schemas import OrderOut, OrdersOut, ProductDetailOut, ProductsOut
from xinfu.commerce.service import Orders, Products
from xinfu.commerce.service_imports import Imports
from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.http import locale_of, provided
from xinfu.kit.ids import Id
from xinfu.kit.tabular import UPLOAD, Report, read_body

router = APIRouter(prefix="/api/v1", tags=["commerce"])

OrderService = Annotated[Orders, Depends(provided(Orders))]
ProductService = Annotated[Products, Depends(provided(Products))]
ImportService = Annotated[Imports, Depends(provided(Imports))]
Words = Annotated[str, Query(max_length=100)]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


class CustomerBook(Protocol):
    """customers: does the shop have this customer?"""

    async def expect(self, shop_id: Id, customer_id: Id) -> None:
        """Raises NotFound."""


@router.get("/orders")
async def search_orders(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: OrderService,
    q: Words = "", status: OrderStatus | None = None, cursor: Cursor = None, limit: Limit = 30,
) -> OrdersOut:  # fmt: skip
    """By order number or its beginning, tracking number, receiver, or last four digits of the phone; newest first."""
    return await service.search(actor, shop, q, status, cursor, locale_of(request), limit)


@router.get("/orders/{no}")
async def show_order(no: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: OrderService) -> OrderOut:
    return await service.show(actor, shop, no, locale_of(request))


@router.get("/customers/{customer_id}/orders")
async def orders_of_customer(
    customer_id: Id, request: Request, actor: CurrentActor, shop: CurrentShop, service: OrderService,
    customers: Annotated[CustomerBook, Depends(provided(CustomerBook))], limit: Limit = 30,
) -> OrdersOut:  # fmt: skip
    """Newest first; of another shop's customer as little as of one nobody knows."""
    found = await service.show_of(actor, shop, customer_id, locale_of(request), limit)
    if not found.items:
        await customers.expect(shop, customer_id)
    return found


@router.get("/products")
async def search_products(
    actor: CurrentActor, shop: CurrentShop, service: ProductService,
    q: Words = "", category: Words = "", cursor: Cursor = None, limit: Limit = 30,
) -> ProductsOut:  # fmt: skip
    return await service.browse(actor, shop, q, category, cursor, limit)


@router.get("/products/{product_id}")
async def show_product(
    product_id: Id, request: Request, actor: CurrentActor, shop: CurrentShop, service: ProductService
) -> ProductDetailOut:
    return await service.show(actor, shop, product_id, locale_of(request))


@router.post("/imports/products", openapi_extra=UPLOAD)
async def import_products(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: ImportService, keep_good: bool = False
) -> Report:
    """CSV, JSON or JSON Lines as the body. With any problem nothing is stored, unless `keep_good`."""
    actor.require(Permission.ORDERS_IMPORT, shop)
    return await service.products(actor, shop, await read_body(request.stream()), keep_good)


@router.post("/imports/orders", openapi_extra=UPLOAD)
async def import_orders(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: ImportService, keep_good: bool = False
) -> Report:
    """CSV, JSON or JSON Lines as the body; the orders' customers must be known. With any problem nothing is stored, unless `keep_good`."""
    actor.require(Permission.ORDERS_IMPORT, shop)
    return await service.orders(actor, shop, await read_body(request.stream()), keep_good)
