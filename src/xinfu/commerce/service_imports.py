"""Use-cases of importing: a file of products or orders, all or nothing unless told to keep what is good."""

from collections.abc import Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from xinfu.commerce.bulk import NewOrder, NewProduct, Tally
from xinfu.commerce.imports import Account, customer_numbers, order_records, read_orders, read_products
from xinfu.commerce.writing import bulk_write
from xinfu.identity import Permission, Settings, Shops
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id
from xinfu.kit.tabular import Problems, Report, nothing_stored


class Accounts(Protocol):
    """Who the customers of an orders file are; customers.Customers is one."""

    async def accounts(self, shop_id: Id, numbers: Sequence[str]) -> dict[str, tuple[Id, str]]:
        """Customer id and account phone by number; unknown numbers are left out."""
        ...


class Imports:
    """Files of products and orders."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, shops: Shops, accounts: Accounts) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._shops = shops
        self._accounts = accounts

    async def products(self, actor: Actor, shop_id: Id, data: bytes, keep_good: bool = False) -> Report:
        """Insert or update by product number. With any problem nothing is stored, unless `keep_good`.

        Raises Invalid, TooLarge, SkuTaken.
        """
        actor.require(Permission.ORDERS_IMPORT, shop_id)
        problems = Problems()
        good = read_products(data, (await self._shops.by_id(shop_id)).currency, problems)
        return await self._store(actor, shop_id, "products", problems, keep_good, products=good)

    async def orders(self, actor: Actor, shop_id: Id, data: bytes, keep_good: bool = False) -> Report:
        """Insert or update by order number; their customers must be known. With any problem nothing is stored, unless `keep_good`.

        Raises Invalid, TooLarge.
        """
        actor.require(Permission.ORDERS_IMPORT, shop_id)
        problems = Problems()
        records = order_records(data, problems)
        known = await self._accounts.accounts(shop_id, sorted(customer_numbers(records)))
        accounts = {number: Account(id_, phone) for number, (id_, phone) in known.items()}
        zone = ZoneInfo(self._settings.current(shop_id).time_zone)
        good = read_orders(records, zone, (await self._shops.by_id(shop_id)).currency, accounts, problems)
        return await self._store(actor, shop_id, "orders", problems, keep_good, orders=good)

    async def _store(
        self,
        actor: Actor,
        shop_id: Id,
        what: str,
        problems: Problems,
        keep_good: bool,
        products: Sequence[NewProduct] = (),
        orders: Sequence[NewOrder] = (),
    ) -> Report:
        if problems.total and not keep_good:
            return nothing_stored(problems)
        now = self._clock.now()
        async with self._database.unit() as unit:
            written = await bulk_write(unit, shop_id, products=products, orders=orders, at=now)
            done = Tally(
                written.products.created + written.orders.created,
                written.products.updated + written.orders.updated,
                written.products.unchanged + written.orders.unchanged,
            )
            counts = {"created": done.created, "updated": done.updated, "refused": len(problems.rows)}
            audit.record(unit, actor, now, f"{what}.imported", shop_id, "shop", shop_id, **counts)
        return Report(True, done.created, done.updated, done.unchanged, len(problems.rows), problems.total, tuple(problems.found))
