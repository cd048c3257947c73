"""What a language model may look up while it talks with one customer: that customer's orders, the catalogue, the knowledge for customers,
and what an order operation would mean. Look-ups only; nothing here changes anything.

The customer is fixed on our side when the tools are made. No tool takes a customer, and any argument beyond the declared ones is refused.
"""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from xinfu.commerce import status_text
from xinfu.commerce.contracts import Order, Product
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import Id
from xinfu.kit.text import clip, fold
from xinfu.knowledge.contracts import Hit
from xinfu.reception.check import Facts
from xinfu.reception.llm_client import Call
from xinfu.reception.llm_masking import Mask, UnknownPlaceholder
from xinfu.reception.ports import Acting, Catalogue, Library, OrderBook
from xinfu.reception.speech import clip_body, moment
from xinfu.understanding.contracts import Language

MAX_CALLS = 4  # of one turn
_ORDERS = 5
_FOUND = 3
_MONEY = re.compile(r"[¥$€£]\s?[\d,.]+|[\d,.]+\s?(?:元|块|yuan|dollars)|全额")
# What an order's own record says was done.
_DEEDS = {
    "shipped": "dispatch", "out_for_delivery": "dispatch", "delivered": "dispatch", "completed": "dispatch",
    "cancelled": "cancel", "returned": "refund",
}  # fmt: skip
_PREVIEWED = ("cancel", "urge_parcel")  # operations that need no further words of the customer


class Previews(Protocol):
    """What an operation would mean, without it happening; commerce.OrderOperations is one."""

    async def preview(
        self, actor: Actor, shop_id: Id, order_no: str, operation: Any, inputs: Any, *, for_customer: Id | None = None
    ) -> Any: ...


class ToolRefused(Exception):
    """The model asked for something it has no business with: another tool, another argument, an unknown code."""


def _tool(name: str, what: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "function", "function": {"name": name, "description": what, "parameters": schema}}


_TEXT = {"type": "string", "maxLength": 120}
TOOLS: tuple[dict[str, Any], ...] = (
    _tool("my_orders", "The customer's own latest orders: number, status, goods, amounts, parcel scans."),
    _tool("order", "One of the customer's own orders by its code.", no=_TEXT),
    _tool("products", "Facts of products of the shop that fit the words.", words=_TEXT),
    _tool("knowledge", "Rules and explanations the shop wrote for customers that fit the words.", words=_TEXT),
    _tool(
        "preview", "What cancelling the order or urging its parcel would mean. Nothing happens; the customer is asked elsewhere.",
        no=_TEXT, operation={"type": "string", "enum": list(_PREVIEWED)},
    ),
)  # fmt: skip
_ARGUMENTS = {t["function"]["name"]: frozenset(t["function"]["parameters"]["properties"]) for t in TOOLS}


class Tools:
    """The look-ups of one turn. What they returned may be spoken of: `facts` grows, `given` holds the words, `sources` says from where."""

    def __init__(
        self, shop_id: Id, customer_id: Id, mask: Mask, language: Language, zone: ZoneInfo, orders: OrderBook, products: Catalogue,
        knowledge: Library, clock: Clock, previews: Previews | None = None, acting: Acting | None = None,
    ) -> None:  # fmt: skip
        self._shop_id = shop_id
        self._customer_id = customer_id
        self._mask = mask
        self._language = language
        self._zone = zone
        self._orders = orders
        self._products = products
        self._knowledge = knowledge
        self._clock = clock
        self._previews = previews
        self._acting = acting
        self._own: list[Order] | None = None
        self.facts = Facts(zone)
        self.given: list[str] = []
        self.wares: list[str] = []
        self.deeds: set[str] = set()
        self.sources: list[dict[str, str]] = []

    def ground(self) -> dict[str, Any]:
        """What was found, as llm_check.Ground takes it."""
        return {"given": "\n".join(self.given), "wares": "\n".join(self.wares), "deeds": frozenset(self.deeds)}

    async def own_orders(self) -> list[Order]:
        if self._own is None:
            self._own = (await self._orders.orders_of(self._shop_id, [self._customer_id], _ORDERS)).get(self._customer_id, [])
            for order in self._own:
                know_order(self._mask, order)
        return self._own

    async def use(self, call: Call) -> str:
        """The result as masked JSON. Raises ToolRefused."""
        wanted = _ARGUMENTS.get(call.name)
        given = call.arguments
        if wanted is None or given is None or set(given) != wanted or not all(isinstance(v, str) and len(v) <= 120 for v in given.values()):
            raise ToolRefused
        try:
            asked = {name: self._mask.restore(value) for name, value in given.items()}
        except UnknownPlaceholder as e:
            raise ToolRefused from e
        look_ups: dict[str, Callable[..., Awaitable[Any]]] = {
            "my_orders": self._my_orders, "order": self._order, "products": self._goods, "knowledge": self._rules, "preview": self._preview,
        }  # fmt: skip
        result = await look_ups[call.name](**asked)
        return json.dumps(self._mask.hide_all(result), ensure_ascii=False)

    async def everything(self) -> Any:
        """All a draft may speak of without asking."""
        return await self._my_orders()

    def articles(self, hits: Sequence[Hit]) -> Any:
        for hit in hits:
            self._source("article", hit.article_id, hit.title)
        return [{"title": self._say(hit.title), "text": self._say(clip_body(hit.body))} for hit in hits]

    async def _my_orders(self) -> Any:
        return [self._order_facts(order) for order in await self.own_orders()]

    async def _order(self, no: str) -> Any:
        """Only among this customer's own: of another's order the model learns what it would of one that does not exist."""
        order = await self._find(no)
        return self._order_facts(order) if order else {"found": False}

    async def _goods(self, words: str) -> Any:
        return [self._product_facts(p) for p in await self._products.search(self._shop_id, words, _FOUND)]

    async def _rules(self, words: str) -> Any:
        return self.articles(self._knowledge.search(self._shop_id, words, "customer", _FOUND))

    async def _preview(self, no: str, operation: str) -> Any:
        order = await self._find(no)
        if order is None or self._previews is None or self._acting is None or operation not in _PREVIEWED:
            return {"found": False}
        try:
            ai = await self._acting.ai(self._shop_id)
            seen = await self._previews.preview(ai, self._shop_id, order.no, operation, {}, for_customer=self._customer_id)
        except Refusal as refusal:
            said = refusal.detail("en" if self._language == "en" else "zh-CN")
            return {"possible": False, "why": self._say(said)}
        lines = [self._say(line.en if self._language == "en" else line.zh) for line in seen.lines]
        return {"possible": True, "would_mean": lines}

    async def _find(self, no: str) -> Order | None:
        return next((o for o in await self.own_orders() if fold(o.no) == fold(no)), None)

    def _order_facts(self, order: Order) -> dict[str, Any]:
        """What may be told to the buyer. No receiver, phone or address: nobody needs them to be answered."""
        self.facts.order(order, self._clock.now())
        if order.status in _DEEDS:
            self.deeds.add(_DEEDS[order.status])
        self._source("order", order.id, order.no)
        english = self._language == "en"
        steps = [
            self._say((s.en if english else s.zh) + (f" {moment(s.at, self._zone, english)}" if s.at else ""))
            for s in order.timeline
            if s.done
        ]
        scans = [
            self._say(f"{moment(scan.at, self._zone, english)} {scan.place} {scan.text}") for p in order.parcels for scan in p.scans[-2:]
        ]
        goods = [self._describe(clip(f"{line.name} x{line.quantity}", 60)) for line in order.lines[:5]]
        return {
            "found": True,
            "no": order.no,
            "status": self._say(status_text(order.status, "en" if english else "zh-CN")),
            "total": str(order.total),
            "goods": goods,
            "steps": steps,
            "scans": scans,
            "tracking": [p.tracking_no for p in order.parcels],
        }

    def _product_facts(self, product: Product) -> dict[str, Any]:
        self.facts.money(*(v.price for v in product.variants))
        self._source("product", product.id, product.name)
        return {
            "name": self._describe(product.name),
            "summary": self._describe(product.summary),
            "facts": {key: self._describe(clip(value, 300)) for key, value in product.attributes.items()},
            "prices": [str(v.price) for v in product.variants[:6]],
        }

    def _say(self, text: str) -> str:
        """Words the model may lean on."""
        self.facts.text(text)
        self.given.append(text)
        return text

    def _describe(self, text: str) -> str:
        """Words of the catalogue. What money is given for is not theirs to say: amounts come from the price list."""
        self.facts.text(_MONEY.sub(" ", text))
        self.wares.append(text)
        return text

    def _source(self, kind: str, id_: str, title: str) -> None:
        entry = {"kind": kind, "id": id_, "title": title}
        if entry not in self.sources:
            self.sources.append(entry)


def know_order(mask: Mask, order: Order) -> None:
    """Teach a mask the personal data of an order."""
    mask.know("ORDER", order.no)
    mask.know("TRACKING", *(p.tracking_no for p in order.parcels))
    mask.know("NAME", order.receiver)
    mask.know("PHONE", order.receiver_phone)
    mask.know("ADDRESS", order.address)


def know_all(mask: Mask, orders: Sequence[Order]) -> None:
    for order in orders:
        know_order(mask, order)
