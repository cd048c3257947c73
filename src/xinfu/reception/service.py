"""The front desk: loads what a batch of thoughts needs in as few look-ups as possible, decides, words, checks, remembers."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import structlog

from xinfu.commerce.contracts import Order, Product
from xinfu.conversations.contracts import Handover, Incoming, Reply, Said
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.clock import Clock, zone
from xinfu.kit.ids import Id
from xinfu.knowledge.contracts import Hit
from xinfu.reception.answers import compose
from xinfu.reception.check import Facts
from xinfu.reception.choosing import named_order
from xinfu.reception.handover import hand_over
from xinfu.reception.lookups import Key, OrderShelf
from xinfu.reception.policy import Decision, Turn, decide, remember
from xinfu.reception.ports import AttributeFinder, CardMaker, Catalogue, Library, OfCustomer, OrderBook, SettingsSource, Staffed
from xinfu.reception.relevance import GOODS_DIFFER, particular, written
from xinfu.reception.wishes import WIDER_TOPIC, Wish, wish_of
from xinfu.reception.wording import wording

log = structlog.get_logger()

_HITS = 5
_FOUND = 6


class Reception:
    """Answers customers of all shops; conversations calls respond() with whole batches (contracts.Responder)."""

    def __init__(
        self,
        orders: OrderBook,
        products: Catalogue,
        knowledge: Library,
        settings: SettingsSource,
        staffed: Staffed,
        card: CardMaker,
        attribute_of: AttributeFinder,
        clock: Clock,
    ) -> None:
        self._book = orders
        self._products = products
        self._knowledge = knowledge
        self._settings = settings
        self._staffed = staffed
        self._card = card
        self._attribute_of = attribute_of
        self._clock = clock
        self._shelf = OrderShelf(orders, clock)
        self._zones: dict[str, ZoneInfo] = {}

    async def order_changed(self, event: OfCustomer) -> None:
        """Forget the customer's orders; subscribe this to commerce's OrderChanged."""
        self._shelf.forget(event)

    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        """One reply per message, same order. Messages of one conversation in a batch are one thought, answered at the last of them."""
        thoughts: dict[Id, list[int]] = {}
        for place, incoming in enumerate(batch):
            thoughts.setdefault(incoming.conversation.id, []).append(place)
        replies = [Reply() for _ in batch]
        wishes: list[tuple[int, Wish]] = []
        for places in thoughts.values():
            last = places[-1]
            try:
                wishes.append((last, wish_of([batch[i] for i in places])))
            except Exception:
                replies[last] = _fallen(batch[last])
        held = await self._shelf.of(_key(w) for _, w in wishes if w.needs_orders)
        for place, wish in wishes:
            try:
                replies[place] = await self._reply(wish, held.get(_key(wish)))
            except Exception:
                replies[place] = _fallen(wish.incoming)
        return replies

    async def _reply(self, wish: Wish, orders: Sequence[Order] | None) -> Reply:
        shop_id = wish.incoming.conversation.shop_id
        settings = self._settings.current(shop_id)
        turn = await self._turn(wish, settings, orders)
        decision = decide(turn)
        remember(wish.memory, wish, decision)
        local = self._zone(settings.time_zone)
        said = compose(turn, decision, local, self._card)
        notes: list[str] = []
        if said and (untrue := _facts(turn, decision, local).unsupported(said[0].text)):
            said = _safe(turn, decision)
            staff = wording("en" if settings.locale == "en" else "zh")
            notes.append(staff.label("note.checked").format(", ".join(untrue)))
            log.warning("reception.unsupported", act=decision.act, claims=len(untrue))
        handover = hand_over(turn, decision) if decision.handover else None
        return Reply(said, wish.memory.dump(), handover, notes)

    async def _turn(self, wish: Wish, settings: ShopSettings, orders: Sequence[Order] | None) -> Turn:
        turn = Turn(wish, self._clock.now(), settings, True, orders if wish.needs_orders else ())
        shop_id = wish.incoming.conversation.shop_id
        way = wish.plan.way
        turn.staffed = self._staffed(shop_id)
        if wish.kind == "order" or wish.named:
            turn.named = await self._named(wish, orders or ())
        if wish.plan.topic:
            turn.article = self._by_topic(wish, wish.topic)
        if way in ("product", "unknown", "article") and wish.text:
            turn.attribute = self._attribute_of(wish.text)
        if way == "product" or (wish.memory.product and way in ("article", "unknown")):
            await self._load_products(turn)
        if wish.text and (turn.article is None or wish.topic in GOODS_DIFFER) and way in ("product", "article", "unknown"):
            turn.hits = self._knowledge.search(shop_id, written(wish.text), "customer", _HITS)
            turn.article = particular(turn.hits, turn.article, wish.text)
        return turn

    async def _named(self, wish: Wish, orders: Sequence[Order]) -> Order | None:
        """The order a card or number names, only if it is this customer's own."""
        numbers: Iterable[str] = wish.named
        if wish.kind == "order":
            numbers = (str((wish.data.get("order") or {}).get("no", "")), *wish.named)
        numbers = [n for n in numbers if n]
        found = named_order(numbers, orders)
        if found:
            return found
        shop_id = wish.incoming.conversation.shop_id
        for number in numbers[:2]:
            order = await self._book.by_no(shop_id, number) or await self._book.by_tracking(shop_id, number)
            if order and order.customer_id == wish.incoming.conversation.customer_id:
                return order
        return None

    async def _load_products(self, turn: Turn) -> None:
        wish = turn.wish
        shop_id = wish.incoming.conversation.shop_id
        focus = str((wish.data.get("product") or {}).get("id", "")) if wish.kind == "product" else _focus_of(turn)
        if focus:
            turn.focus = await self._products.get(shop_id, focus)
        if wish.kind != "product" and wish.text and wish.plan.way == "product":
            turn.found = await self._products.search(shop_id, wish.text, _FOUND)

    def _by_topic(self, wish: Wish, topic: str) -> Hit | None:
        """The article on a topic: in the customer's language first, a wider one when the particular one is not written."""
        shop_id = wish.incoming.conversation.shop_id
        for name in (topic, WIDER_TOPIC.get(topic, "")):
            if not name:
                continue
            if wish.language == "en" and (hit := self._knowledge.by_topic(shop_id, f"{name}.en")):
                return hit
            if hit := self._knowledge.by_topic(shop_id, name):
                return hit
        return None

    def _zone(self, name: str) -> ZoneInfo:
        known = self._zones.get(name)
        if known is None:
            known = self._zones[name] = zone(name)
        return known


def _key(wish: Wish) -> Key:
    conversation = wish.incoming.conversation
    return conversation.shop_id, conversation.customer_id


def _focus_of(turn: Turn) -> str:
    """The product talked about: remembered, else the only product of the order talked about or of all recent orders."""
    memory, orders = turn.wish.memory, turn.orders or ()
    if memory.product:
        return memory.product
    talked = [o for o in orders if o.no == memory.order] or orders
    ids = {line.product_id for order in talked for line in order.lines}
    return next(iter(ids)) if len(ids) == 1 else ""


def _facts(turn: Turn, decision: Decision, local: ZoneInfo) -> Facts:
    """Everything this turn may speak of."""
    facts = Facts(local)
    facts.text(*turn.wish.named)
    facts.span(turn.settings.callback_promise_hours, "h")
    if decision.order:
        facts.order(decision.order, turn.now)
    products: list[Product] = [*decision.products, *((decision.product,) if decision.product else ())]
    for product in products:
        facts.product(product)
    if decision.article:
        facts.text(decision.article.title, decision.article.body)
    return facts


def _safe(turn: Turn, decision: Decision) -> list[Said]:
    """What is said in place of a text that did not pass the check."""
    words = wording(turn.wish.language)
    if decision.handover == "danger":
        return [Said(words.label(f"danger.{turn.wish.danger}"))]
    if decision.handover:
        return [Said(words.label(f"hand.{decision.handover}"))]
    turn.wish.memory.asked = "person"
    return [Said(words.say("unsure.safe", turn.wish.memory), "text", {"choices": [words.label("choice.person")]})]


def _fallen(incoming: Incoming) -> Reply:
    """A fault of ours must not leave the customer without an answer: a person takes over."""
    log.exception("reception.failed", intent=incoming.reading.intent)
    language = incoming.reading.language
    words, staff = wording(language), wording("zh")
    note = {
        "who": incoming.conversation.name,
        "want": incoming.message.text[:120],
        "tried": staff.label("note.failed"),
        "promised": staff.label("note.nothing"),
        "mood": staff.label(f"emotion.{incoming.reading.emotion}"),
        "next": staff.label("next.unsure"),
    }
    return Reply([Said(words.label("hand.unsure"))], None, Handover("unsure", note))
