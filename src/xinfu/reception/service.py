"""The front desk: loads what a batch of thoughts needs in as few look-ups as possible, decides, words, checks, remembers."""

from collections.abc import Iterable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
import structlog

from xinfu.commerce.contracts import Order, Product
from xinfu.conversations.contracts import Handover, Incoming, Reply, Said
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.clock import Clock, zone
from xinfu.kit.ids import Id
from xinfu.knowledge.contracts import Hit
from xinfu.reception.answers import compose
from xinfu.reception.check import Facts, claims_in, stated_in
from xinfu.reception.choosing import named_order
from xinfu.reception.clauses import PATIENCE_S, clauses, joined, unanswered, unfinished
from xinfu.reception.clerk import Clerk
from xinfu.reception.dialogue import Memory
from xinfu.reception.handover import hand_over, waiting_line
from xinfu.reception.lookups import Key, OrderShelf
from xinfu.reception.metrics import DONE, REPLACED
from xinfu.reception.policy import SERVED, Decision, Turn, decide, remember
from xinfu.reception.ports import (
    AttributeFinder,
    CardMaker,
    Catalogue,
    Gaps,
    Library,
    OfCustomer,
    OrderBook,
    Reader,
    SettingsSource,
    Staffed,
)
from xinfu.reception.relevance import GOODS_DIFFER, particular, written
from xinfu.reception.speech import Answer, combined
from xinfu.reception.wishes import WIDER_TOPIC, Wish, mood_of, several, wish_of
from xinfu.reception.wording import wording
from xinfu.understanding.contracts import Reading

log = structlog.get_logger()

_HITS = 5
_FOUND = 6
_WHOLE = frozenset({"thanks_bye", "confirm", "deny", "human_request"})  # nothing follows these
_SURELY = 0.8
_WORTH_SPLITTING = 10  # characters; nobody asks for two things in fewer


class Reception:
    """Answers customers of all shops; conversations calls respond() with whole batches (contracts.Responder).

    Without a `clerk` nothing can be done to orders from here and people do it; without a `reader` a message is one wish.
    """

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
        *,
        reader: Reader | None = None,
        clerk: Clerk | None = None,
        gaps: Gaps | None = None,
    ) -> None:
        self._book = orders
        self._products = products
        self._knowledge = knowledge
        self._settings = settings
        self._staffed = staffed
        self._card = card
        self._attribute_of = attribute_of
        self._clock = clock
        self._reader = reader
        self._clerk = clerk
        self._gaps = gaps
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
        heard: list[tuple[int, list[Incoming], list[Wish]]] = []
        for places in thoughts.values():
            last = places[-1]
            try:
                fragments = self._together([batch[i] for i in places])
                if _waits(fragments):
                    replies[last] = Reply(wait_s=PATIENCE_S)
                else:
                    heard.append((last, fragments, self._wishes(fragments)))
            except Exception:
                replies[last] = _fallen(batch[last])
        held = await self._shelf.of(_key(w) for _, _, wishes in heard for w in wishes if w.needs_orders)
        for place, fragments, wishes in heard:
            try:
                replies[place] = await self._reply(fragments, wishes, held.get(_key(wishes[0])))
            except Exception:
                replies[place] = _fallen(batch[place])
        return replies

    def while_waiting(self, incoming: Incoming) -> Reply:
        """One honest line, once each, to a customer in line who writes on: when nobody is at work, in danger at any time."""
        memory, reading = Memory.load(incoming.memory), incoming.reading
        staffed = self._staffed(incoming.conversation.shop_id)
        key = waiting_line(reading, incoming.conversation.danger, staffed=staffed, said=memory.waiting)
        if not key:
            return Reply()
        memory.waiting = [*memory.waiting, key]
        words = wording(incoming.conversation.language if incoming.message.kind != "text" else reading.language)
        return Reply([Said(words.label(key))], memory.dump())

    def _together(self, fragments: list[Incoming]) -> list[Incoming]:
        """What the customer wrote in pieces, as one message read anew; nearly always that is the messages as they are."""
        first, last = fragments[0], fragments[-1]
        if not first.recent or first.recent[-1].sender != "customer" or last.message.kind != "text" or not last.message.text:
            return fragments
        pieces = unanswered(first)
        if not pieces:
            return fragments
        text = joined([*(m.text for m in pieces), *(f.message.text for f in fragments if f.message.text)])
        reading = self._reader.read([text])[0] if self._reader else last.reading
        return [
            msgspec.structs.replace(last, message=msgspec.structs.replace(last.message, text=text), reading=mood_of(reading, fragments))
        ]

    def _wishes(self, fragments: list[Incoming]) -> list[Wish]:
        """The one thing wanted, or each of several."""
        whole = wish_of(fragments)
        parts: list[tuple[str, Reading]] = []
        if len(fragments) > 1:
            parts = [(f.message.text, f.reading) for f in fragments if f.message.kind == "text"]
        elif self._reader and len(whole.text) >= _WORTH_SPLITTING and whole.kind == "text" and (texts := clauses(whole.text)):
            parts = list(zip(texts, self._reader.read(texts), strict=True))
        return several(whole, parts) if len(parts) > 1 else [whole]

    async def _finish(self, fragments: list[Incoming]) -> Reply:
        """The same thought once more, outside the batch, where services may be asked to show or do something."""
        try:
            wishes = self._wishes(fragments)
            held = await self._shelf.of(_key(w) for w in wishes if w.needs_orders)
            return await self._reply(fragments, wishes, held.get(_key(wishes[0])), serving=True)
        except Exception:
            return _fallen(fragments[-1])

    async def _reply(
        self, fragments: list[Incoming], wishes: list[Wish], orders: Sequence[Order] | None, *, serving: bool = False
    ) -> Reply:
        shop_id = wishes[0].incoming.conversation.shop_id
        settings = self._settings.current(shop_id)
        answers: list[Answer] = []
        notes: list[str] = []
        handover: Handover | None = None
        for wish in wishes:
            turn = await self._turn(wish, settings, orders)
            decision = decide(turn)
            if decision.act == "orders_ask" and any(answer.decision.act == "orders_ask" for answer in answers):
                continue  # one tap answers both
            if self._clerk and decision.act in SERVED:
                if not serving:
                    return Reply(work=partial(self._finish, fragments))
                decision = await self._clerk.serve(turn, decision)
            asked = wish.memory.asked
            remember(wish.memory, wish, decision)
            if answers and asked and not wish.memory.asked:
                wish.memory.asked = asked  # the question of the part before still stands
            answers.append(self._checked(turn, decision, notes))
            self._note(wish, decision)
            if decision.handover:
                handover = hand_over(turn, decision)
                break
        return Reply(combined(answers), wishes[0].memory.dump(), handover, notes)

    def _checked(self, turn: Turn, decision: Decision, notes: list[str]) -> Answer:
        """The words for a decision; what no fact of the turn holds up is replaced before anyone sees it, and staff are told."""
        local = self._zone(turn.settings.time_zone)
        answer = compose(turn, decision, local, self._card)
        text = answer.text()
        if (claims_in(text) or stated_in(text)) and (untrue := _facts(turn, decision, local).untrue(text)):
            _safe(answer)
            notes.append(answer.staff_words.label("note.checked").format(", ".join(untrue)))
            REPLACED.inc()
            log.warning("reception.unsupported", act=decision.act, claims=len(untrue))
        return answer

    def _note(self, wish: Wish, decision: Decision) -> None:
        """What the shop could not answer is put in line for whoever writes its knowledge; what was done is counted."""
        conversation = wish.incoming.conversation
        if self._gaps and wish.text and (decision.unsure or decision.act == "unknown_fact"):
            self._gaps.note(conversation.shop_id, wish.text, wish.intent, conversation.id)
        if decision.act == "perform" and decision.task:
            DONE.labels(decision.task.op).inc()

    async def _turn(self, wish: Wish, settings: ShopSettings, orders: Sequence[Order] | None) -> Turn:
        turn = Turn(wish, self._clock.now(), settings, True, orders if wish.needs_orders else ())
        shop_id = wish.incoming.conversation.shop_id
        way = wish.plan.way
        turn.staffed = self._staffed(shop_id)
        turn.acts = self._clerk is not None
        turn.open_task = wish.memory.task
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
        if wish.others and turn.focus:
            alike = await self._products.search(shop_id, turn.focus.category or turn.focus.name, _FOUND)
            turn.found = [p for p in alike if p.id != turn.focus.id]
        elif wish.kind != "product" and wish.text and wish.plan.way == "product":
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


def _waits(fragments: Sequence[Incoming]) -> bool:
    """Whether the customer seems to be still writing and nothing speaks against giving them a moment."""
    last = fragments[-1]
    if last.reading.intent in _WHOLE and last.reading.intent_p >= _SURELY:
        return False
    if last.waited or last.message.kind != "text" or last.memory.get("k") or last.memory.get("w") or not unfinished(last.message.text):
        return False
    return not any(f.reading.danger or f.reading.abuse or f.reading.intent == "human_request" for f in fragments)


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
    if decision.advice:
        facts.text(*(f"{value:g}" for _, value, _, _ in decision.advice.because))
    if decision.outcome:
        facts.outcome(decision.outcome, decision.task, done=decision.act == "perform")
        if decision.amount:
            facts.money(decision.amount)
    for request in decision.requests:
        facts.request(request)
    return facts


def _safe(answer: Answer) -> None:
    """What is said in place of a text that did not pass the check."""
    handover, wish = answer.decision.handover, answer.turn.wish
    answer.parts.clear()
    answer.choices.clear()
    answer.cards.clear()
    answer.replaced = True
    if handover:
        answer.parts.append(answer.words.label(f"danger.{wish.danger}" if handover == "danger" else f"hand.{handover}"))
        return
    wish.memory.asked, wish.memory.task = "person", None
    answer.say("unsure.safe")
    answer.choice("person")


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
    data = {"act": "hand_over", "intent": incoming.reading.intent, "p": round(incoming.reading.intent_p, 2), "why": "failed"}
    return Reply([Said(words.label("hand.unsure"), data=data)], None, Handover("unsure", note))
