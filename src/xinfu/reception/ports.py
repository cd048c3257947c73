"""What the front desk needs of others, each as the few methods it calls. app.py passes the real ones, tests pass fakes."""

from collections.abc import Sequence
from typing import Any, Protocol

from xinfu.commerce.contracts import Order, Product
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id
from xinfu.knowledge.contracts import Audience, Hit


class OrderBook(Protocol):
    """Orders of a shop; commerce.Orders is one."""

    async def orders_of(self, shop_id: Id, customer_ids: Sequence[Id], limit: int = 10) -> dict[Id, list[Order]]: ...
    async def by_no(self, shop_id: Id, no: str) -> Order | None: ...
    async def by_tracking(self, shop_id: Id, tracking_no: str) -> Order | None: ...


class CardMaker(Protocol):
    """An order as a card to tap (docs/protocol.md section 3); commerce.policy.card is one."""

    def __call__(self, order: Order, locale: Locale) -> dict[str, Any]: ...


class Catalogue(Protocol):
    """Products of a shop; commerce.Products is one."""

    async def get(self, shop_id: Id, product_id: Id) -> Product | None: ...
    async def search(self, shop_id: Id, text: str, limit: int = 5) -> list[Product]: ...


class Library(Protocol):
    """Written knowledge; knowledge.Knowledge is one. Both calls answer from memory."""

    def search(self, shop_id: Id, query: str, audience: Audience, limit: int) -> list[Hit]: ...
    def by_topic(self, shop_id: Id, topic: str) -> Hit | None: ...


class SettingsSource(Protocol):
    """The shop's settings in force; identity.Settings is one."""

    def current(self, shop_id: Id) -> ShopSettings: ...


class Staffed(Protocol):
    """Whether people are at work in a shop right now."""

    def __call__(self, shop_id: Id) -> bool: ...


class AttributeFinder(Protocol):
    """Which product attribute a question is about (a key of commerce.policy.ATTRIBUTES), or None."""

    def __call__(self, text: str) -> str | None: ...


class OfCustomer(Protocol):
    """Any announcement about one customer's orders; commerce.OrderChanged is one."""

    @property
    def shop_id(self) -> Id: ...
    @property
    def customer_id(self) -> Id: ...
