"""From what a client refers to (an uploaded file, an order number, a product) to what is stored in the message: checked, and complete."""

from dataclasses import dataclass
from typing import Any, Protocol

from xinfu.commerce.contracts import Order, Product
from xinfu.commerce.policy import card as order_card
from xinfu.conversations.contracts import Kind
from xinfu.conversations.files import Files
from xinfu.conversations.frames import TEXT_LIMIT, Send
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Invalid, NotFound, TooLarge
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id
from xinfu.kit.text import clean


@dataclass(frozen=True, slots=True)
class Attachment:
    """A message's content, ready to be stored."""

    kind: Kind
    text: str
    data: dict[str, Any] | None = None


class OrderBook(Protocol):
    async def by_no(self, shop_id: Id, no: str) -> Order | None: ...


class Catalogue(Protocol):
    async def get(self, shop_id: Id, product_id: Id) -> Product | None: ...


class Attachments:
    """Checks and completes what was sent. `customer_id` is the customer of the conversation, whoever sends."""

    def __init__(self, orders: OrderBook, products: Catalogue, files: Files) -> None:
        self._orders = orders
        self._products = products
        self._files = files

    async def complete(self, shop_id: Id, customer_id: Id, sender: Actor, sent: Send, locale: Locale = "zh-CN") -> Attachment:
        """Raises Invalid (empty), TooLarge, NotFound (a file, order or product that is not theirs to show)."""
        text = clean(sent.text)
        if len(text) > TEXT_LIMIT:
            raise TooLarge(limit=f"{TEXT_LIMIT} 字")
        match sent.kind:
            case "text":
                if not text:
                    raise Invalid(why="text")
                return Attachment("text", text)
            case "image" | "file":
                return await self._file(shop_id, sender, sent.file, text)
            case "order":
                order = await self._orders.by_no(shop_id, sent.order[:64])
                if order is None or order.customer_id != customer_id:
                    raise NotFound
                return Attachment("order", text or order.no, {"order": order_card(order, locale)})
            case "product":
                product = await self._products.get(shop_id, sent.product[:32])
                if product is None:
                    raise NotFound
                return Attachment("product", text or product.name, {"product": product_card(product)})

    async def _file(self, shop_id: Id, sender: Actor, file_id: Id, text: str) -> Attachment:
        stored = await self._files.own(sender, shop_id, file_id)
        kind: Kind = "image" if stored.kind == "image" else "file"
        return Attachment(kind, text, self._files.reference(stored))


def product_card(product: Product) -> dict[str, Any]:
    """The product card of docs/protocol.md section 3; the lowest price of its variants."""
    price = min((v.price for v in product.variants), key=lambda m: m.minor, default=None)
    return {
        "id": product.id,
        "name": product.name,
        "image": product.image,
        "price": price.plain() if price else "",
        "currency": price.currency if price else "CNY",
        "summary": product.summary,
    }
