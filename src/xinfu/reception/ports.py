"""What the front desk needs of others, each as the few methods it calls. app.py passes the real ones, tests pass fakes."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from xinfu.aftersales.contracts import Case, CasePreview
from xinfu.commerce.contracts import Order, Product
from xinfu.commerce.operations_contracts import ConfirmedBy, Done, Operation, Preview
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.auth import Actor
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.understanding.contracts import Reading


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


class Reader(Protocol):
    """Understands words; understanding.Understanding is one. Asked again only when a message says several things or came in pieces."""

    def read(self, texts: Sequence[str], before: Sequence[str | None] | None = None) -> list[Reading]: ...


class Gaps(Protocol):
    """Where questions without an answer are noted; knowledge.Gaps is one. It only puts them in line."""

    def note(self, shop_id: Id, question: str, intent: str, conversation_id: Id) -> None: ...


class Acting(Protocol):
    """The AI as services meet it, with what its role holds now; identity.Roles is one."""

    async def ai(self, shop_id: Id) -> Actor: ...


class OrderActs(Protocol):
    """What may be done to an order: shown first, then done once; commerce.OrderOperations is one. Both raise kit.errors.Refusal."""

    async def preview(
        self,
        actor: Actor,
        shop_id: Id,
        order_no: str,
        operation: Operation,
        inputs: Mapping[str, Any],
        *,
        for_customer: Id | None = None,
    ) -> Preview: ...

    async def perform(
        self,
        actor: Actor,
        shop_id: Id,
        order_no: str,
        operation: Operation,
        inputs: Mapping[str, Any],
        *,
        token: str,
        key: str,
        confirmed_by: ConfirmedBy | None = None,
        confirmation: str = "",
        for_customer: Id | None = None,
    ) -> Done: ...


class CaseActs(Protocol):
    """After-sales requests; aftersales.Cases is one. All raise kit.errors.Refusal."""

    async def preview(
        self, actor: Actor, shop_id: Id, order_no: str, wish: Mapping[str, Any], *, for_customer: Id | None = None
    ) -> CasePreview: ...

    async def open(
        self,
        actor: Actor,
        shop_id: Id,
        order_no: str,
        wish: Mapping[str, Any],
        *,
        token: str,
        key: str,
        confirmed_by: ConfirmedBy | None = None,
        confirmation: str = "",
        for_customer: Id | None = None,
    ) -> Case: ...

    async def withdraw(self, actor: Actor, shop_id: Id, number: str, *, for_customer: Id | None = None) -> Case: ...

    async def of_customer(self, actor: Actor, shop_id: Id, customer_id: Id, limit: int = 30) -> list[Case]: ...


class Evidence(Protocol):
    """Pictures for a request handed in before; the returns desk is one. Raises kit.errors.Refusal."""

    async def add_photos(
        self,
        actor: Actor,
        shop_id: Id,
        number: str,
        photos: Sequence[Id],
        words: str,
        *,
        for_customer: Id | None = None,
    ) -> Case: ...
