"""Use-cases of commerce: look-ups of orders and products for the house, and the staff's masked view of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xinfu.commerce import policy, repository
from xinfu.commerce.catalogue import Catalogue
from xinfu.commerce.contracts import CatalogueChanged, Order, OrderStatus, Product
from xinfu.commerce.errors import OrderNotFound, ProductNotFound
from xinfu.commerce.packing import Memory, facts_of, order_of, unpack
from xinfu.commerce.repository import Key
from xinfu.commerce.schemas import OrderOut, OrdersOut, ProductDetailOut, ProductsOut
from xinfu.commerce.views import detail_out, order_out, product_out
from xinfu.identity.contracts import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Invalid
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id, is_id
from xinfu.kit.paging import cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean


class Orders:
    """Orders of the embedded shop; a ShopConnector. Look-ups by the house take a shop, staff's calls an actor too."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._memory = Memory()

    async def orders_of(self, shop_id: Id, customer_ids: Sequence[Id], limit: int = 10) -> dict[Id, list[Order]]:
        """The `limit` newest orders of each customer, newest first; every asked customer has an entry."""
        found: dict[Id, list[Order]] = {customer_id: [] for customer_id in customer_ids}
        async with self._database.read() as unit:
            for order in await self._orders(unit, shop_id, await repository.newest_of(unit, shop_id, list(found), limit)):
                found[order.customer_id].append(order)
        return found

    async def by_no(self, shop_id: Id, no: str) -> Order | None:
        async with self._database.read() as unit:
            key = await repository.by_no(unit, shop_id, no)
            return (await self._orders(unit, shop_id, [key]))[0] if key else None

    async def by_tracking(self, shop_id: Id, tracking_no: str) -> Order | None:
        async with self._database.read() as unit:
            key = await repository.by_tracking(unit, shop_id, tracking_no)
            return (await self._orders(unit, shop_id, [key]))[0] if key else None

    def card(self, order: Order, locale: Locale, for_recipient: bool = False) -> dict[str, Any]:
        """The OrderCard of docs/protocol.md."""
        return policy.card(order, locale, for_recipient)

    async def search(
        self, actor: Actor, shop_id: Id, text: str, status: OrderStatus | None, cursor: str | None, locale: Locale, limit: int = 30
    ) -> OrdersOut:
        """By order number or its beginning, tracking number, receiver, or last four digits of the phone; newest first."""
        actor.require(Permission.ORDERS_READ, shop_id)
        async with self._database.read() as unit:
            rows = await repository.search(unit, shop_id, clean(text), status, _after(cursor), limit + 1)
            orders = await self._orders(unit, shop_id, [(row.id, row.customer_id, row.stamp) for row in rows[:limit]])
        more = encode_cursor(rows[limit - 1].placed_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
        return OrdersOut(items=[order_out(order, locale) for order in orders], next=more)

    async def show(self, actor: Actor, shop_id: Id, no: str, locale: Locale) -> OrderOut:
        """One order with personal data masked. Raises OrderNotFound."""
        actor.require(Permission.ORDERS_READ, shop_id)
        if (order := await self.by_no(shop_id, no)) is None:
            raise OrderNotFound
        return order_out(order, locale)

    async def show_of(self, actor: Actor, shop_id: Id, customer_id: Id, locale: Locale, limit: int = 30) -> OrdersOut:
        """A customer's orders, newest first; none for a customer nobody knows."""
        actor.require(Permission.ORDERS_READ, shop_id)
        orders = (await self.orders_of(shop_id, [customer_id], limit))[customer_id] if is_id(customer_id) else []
        return OrdersOut(items=[order_out(order, locale) for order in orders], next=None)

    async def _orders(self, unit: Unit, shop_id: Id, keys: Sequence[Key]) -> list[Order]:
        """The orders with these keys, in the same order; only those not remembered are read."""
        now = self._clock.now()
        found = [self._memory.get(id_, stamp, now) for id_, _, stamp in keys]
        if None not in found:
            return found  # type: ignore[return-value]
        views = await repository.views(unit, shop_id, [key[0] for key, order in zip(keys, found, strict=True) if order is None])
        return [order or await self._made(unit, shop_id, key, views[key[0]], now) for key, order in zip(keys, found, strict=True)]

    async def _made(self, unit: Unit, shop_id: Id, key: Key, view: bytes, now: datetime) -> Order:
        id_, customer_id, stamp = key
        packed = unpack(view) or await repository.packed_from_tables(unit, shop_id, id_)
        order = order_of(id_, shop_id, customer_id, packed, now)
        self._memory.keep(order, stamp, policy.holds_until(facts_of(packed), now))
        return order


class Products:
    """Products of the embedded shop, answered from memory; fresh on CatalogueChanged, and within 5 s of another process's import."""

    RECHECK_MS = 5000

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._shops: dict[Id, tuple[int, tuple[int, datetime | None], Catalogue]] = {}
        if database.bus:
            database.bus.subscribe(CatalogueChanged, self._forget)

    async def get(self, shop_id: Id, product_id: Id) -> Product | None:
        return (await self._catalogue(shop_id)).by_id.get(product_id)

    async def by_sku(self, shop_id: Id, sku: str) -> Product | None:
        return (await self._catalogue(shop_id)).by_sku.get(sku.strip().upper())

    async def search(self, shop_id: Id, text: str, limit: int = 5) -> list[Product]:
        """Best first, [] when nothing of the text is in a product."""
        return (await self._catalogue(shop_id)).search(clean(text), limit)

    async def shelf(self, shop_id: Id, limit: int) -> list[Product]:
        """What the shop's own page shows before anything was searched for, in the order the products were made."""
        return (await self._catalogue(shop_id)).products[:limit]

    async def browse(self, actor: Actor, shop_id: Id, text: str, category: str, cursor: str | None, limit: int = 30) -> ProductsOut:
        """Products for staff: found ones best first, or all in the order they were made."""
        actor.require(Permission.ORDERS_READ, shop_id)
        catalogue = await self._catalogue(shop_id)
        text = clean(text)
        found = catalogue.search(text, len(catalogue.products)) if text else catalogue.products
        if category:
            found = [p for p in found if p.category == category]
        start = 0
        if cursor:
            if not is_id(last := decode_cursor(cursor, 1)[0]):
                raise Invalid(why="cursor")
            start = next((n + 1 for n, p in enumerate(found) if p.id == last), len(found))
        page = found[start : start + limit]
        more = encode_cursor(page[-1].id) if start + limit < len(found) else None
        return ProductsOut(items=[product_out(p) for p in page], next=more, categories=catalogue.categories)

    async def show(self, actor: Actor, shop_id: Id, product_id: Id, locale: Locale) -> ProductDetailOut:
        """One product with its attributes and price history. Raises ProductNotFound."""
        actor.require(Permission.ORDERS_READ, shop_id)
        if (product := await self.get(shop_id, product_id)) is None:
            raise ProductNotFound
        async with self._database.read() as unit:
            history = await repository.price_history(unit, shop_id, product_id)
        return detail_out(product, history, locale)

    async def _catalogue(self, shop_id: Id) -> Catalogue:
        known = self._shops.get(shop_id)
        now = self._clock.ms()
        if known and now - known[0] < self.RECHECK_MS:
            return known[2]
        async with self._database.read() as unit:
            state = await repository.catalogue_state(unit, shop_id)
            fresh = known[2] if known and known[1] == state else Catalogue(await repository.products(unit, shop_id))
        self._shops[shop_id] = (now, state, fresh)
        return fresh

    async def _forget(self, changed: CatalogueChanged) -> None:
        self._shops.pop(changed.shop_id, None)


def _after(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    text, id_ = decode_cursor(cursor, 2)
    return cursor_time(text), cursor_id(id_)
