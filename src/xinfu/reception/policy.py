"""What the front desk does about one thought: answer, ask, offer, show what it would do, or hand over. Pure: everything known is in the
Turn, everything decided in the Decision. Read `decide` from the top: danger and people first, then what is under way, then the question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xinfu.aftersales.contracts import Case
from xinfu.commerce.contracts import Order, Parcel, Product
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.knowledge.contracts import Hit
from xinfu.reception.choosing import CARDS, choose_order, choose_product, only_names
from xinfu.reception.dialogue import Asked, Memory, Task, Topic
from xinfu.reception.relevance import best_hit, passage, speaks_of
from xinfu.reception.sizes import Advice, advise, rows_of
from xinfu.reception.tasks import ON_REQUEST, SLOTS, Outcome, missing, operation_of, task_of
from xinfu.reception.wishes import ARRIVED, ENDED, MOVING, PLANS, UNKNOWN, Plan, Wish
from xinfu.reception.words import tokens

type Reason = Literal["asked", "anger", "unsure", "danger", "abuse", "policy", "person_needed"]
type Trouble = Literal["", "exception", "late", "stale"]
type Act = Literal[
    "greeting",
    "thanks",
    "acknowledge",
    "chitchat",
    "image",
    "order",
    "orders_ask",
    "order_none",
    "order_not_found",
    "action",
    "article",
    "attribute",
    "price",
    "stock",
    "product",
    "product_ask",
    "product_list",
    "unknown_fact",
    "rephrase",
    "lookup_failed",
    "hand_over",
    "size",  # advice by the size chart
    "fairness",  # why it went as it did, and a person who may put it right
    "task_ask",  # what an action still has to be told
    "variant_ask",  # what something is exchanged for
    "preview",  # what would be done, for a yes
    "perform",  # done, after a yes
    "refused",  # may not be done, and why
    "too_late",  # the order has gone too far to be changed
    "dropped",  # left undone, as the customer wished
    "requests",  # how after-sales requests stand
    "evidence",  # pictures put to the request handed in last
    "no_request",
]

_ASKED_HOW = frozenset({"order_cancel", "order_modify", "order_restore", "refund_request", "after_sales_withdraw"})
STALE_AFTER = timedelta(hours=72)
_OF_VARIANTS = frozenset({"price", "stock"})
# Decisions that need the services people work with: they are finished outside the batch.
PAID: frozenset[str] = frozenset({"paid", "packed", "shipped", "out_for_delivery"})
SERVED = frozenset({"preview", "perform", "requests", "evidence"})
_URGENT = frozenset({"anger", "anxiety", "worry"})
DONE: frozenset[str] = frozenset({"delivered", "completed", "cancelled", "returned"})


@dataclass(slots=True)
class Turn:
    """Everything known when deciding. `orders` None: they could not be looked up."""

    wish: Wish
    now: datetime
    settings: ShopSettings
    staffed: bool
    orders: Sequence[Order] | None = ()
    named: Order | None = None
    found: Sequence[Product] = ()
    focus: Product | None = None
    article: Hit | None = None
    hits: Sequence[Hit] = ()
    attribute: str | None = None
    open_task: Task | None = None  # what was about to be done when this turn began
    acts: bool = False  # orders can be changed and requests opened from here

    @property
    def shop_id(self) -> Id:
        return self.wish.incoming.conversation.shop_id

    @property
    def customer_id(self) -> Id:
        return self.wish.incoming.conversation.customer_id

    @property
    def english(self) -> bool:
        return self.wish.language == "en"


@dataclass(slots=True)
class Decision:
    """What to do, with the facts to do it with. `again` counts earlier answers to the same `question`."""

    act: Act
    handover: Reason | None = None
    order: Order | None = None
    orders: tuple[Order, ...] = ()
    product: Product | None = None
    products: tuple[Product, ...] = ()
    attribute: str = ""
    article: Hit | None = None
    trouble: Trouble = ""
    asks: Asked = ""
    question: str = ""
    again: int = 0
    unsure: bool = False
    advice: Advice | None = None
    task: Task | None = None
    outcome: Outcome | None = None
    options: tuple[str, ...] = ()
    amount: Money | None = None  # what goes back in all
    requests: tuple[Case, ...] = ()
    otherwise: "Decision | None" = None
    excerpt: str = ""  # of an article given before: what it says about this


def decide(turn: Turn) -> Decision:
    """The decision for one thought. Danger, a wish for a person, abuse and lasting anger go before any answer."""
    decision = _before_all(turn) or _under_way(turn) or _serve(turn)
    memory = turn.wish.memory
    if decision.question:
        decision.again = memory.times_answered(decision.question)
        if decision.again >= 2 and not decision.handover:
            return Decision("hand_over", "unsure", order=decision.order, product=decision.product)
    if decision.unsure and memory.unsure >= 1:
        return Decision("hand_over", "unsure", order=decision.order, product=decision.product)
    return decision


def remember(memory: Memory, wish: Wish, decision: Decision) -> None:
    """Carry the turn into memory: what is talked about, what we asked, how often we were unsure or met anger."""
    memory.language = wish.language
    memory.asked = decision.asks
    if decision.act in ("orders_ask", "order_not_found"):
        memory.shown = [o.no for o in decision.orders]
    elif decision.order is None or decision.order.no not in memory.shown:
        memory.shown = []
    memory.attribute = decision.attribute if decision.act == "product_ask" else ""
    _topic(memory, wish, decision)
    if decision.act == "perform" and decision.task and decision.task.op in ON_REQUEST:
        memory.photos = []  # they belong to that request now
        memory.case = decision.outcome.number if decision.outcome else ""
    if decision.act == "evidence":
        memory.photos = []
    memory.waiting = []
    if wish.plan.way not in ("social", "image", "unknown") and wish.intent != "human_request":
        memory.intent = wish.intent
    memory.task = _still_open(memory.task, decision)
    if decision.order:
        memory.order, memory.gift = decision.order.no, decision.order.gift
    if decision.product:
        memory.product = decision.product.id
    if clear_anger(wish):
        memory.angry += 1
    memory.unsure = memory.unsure + 1 if decision.unsure else (memory.unsure if decision.act in ("acknowledge", "greeting") else 0)
    if decision.question:
        memory.answering(decision.question)


def _topic(memory: Memory, wish: Wish, decision: Decision) -> None:
    """Put what was talked about aside when another order or product comes up, so that 刚才说的那个订单 finds it."""
    order = decision.order.no if decision.order else memory.order
    product = decision.product.id if decision.product else memory.product
    if memory.intent and (memory.order or memory.product) and ((order, product) != (memory.order, memory.product) or _turns(memory, wish)):
        memory.leave(Topic(memory.intent, memory.order, memory.product))


def _turns(memory: Memory, wish: Wish) -> bool:
    return wish.plan.way in ("order", "action", "product", "article") and PLANS.get(memory.intent, UNKNOWN).way != wish.plan.way


def _still_open(task: Task | None, decision: Decision) -> Task | None:
    """The task to go on with: the one of this turn while it is open; an older one can still be shown again, but not done."""
    if decision.act in ("preview", "task_ask", "variant_ask"):
        return decision.task
    if decision.act in ("perform", "dropped", "refused", "no_request") or decision.handover:
        return None
    return task


def clear_anger(wish: Wish) -> bool:
    return wish.emotion == "anger" and wish.intensity >= 2


def trouble_of(order: Order, now: datetime) -> Trouble:
    """Whether something is wrong with an order on its way: an exception scan, a promise passed, or no scan for three days."""
    if order.status in DONE:
        return ""
    worst: Trouble = ""
    for parcel in order.parcels:
        last = parcel.scans[-1] if parcel.scans else None
        if last and last.code == "exception":
            return "exception"
        if last and last.code == "delivered":
            continue
        if parcel.promised_by and parcel.promised_by < now:
            worst = "late"
        elif last and not worst and order.status in MOVING and now - last.at > STALE_AFTER:
            worst = "stale"
    return worst


def last_parcel(order: Order) -> Parcel | None:
    """The parcel that moved last; one without any scan only when there is no other."""
    moved = [p for p in order.parcels if p.scans]
    if moved:
        return max(moved, key=lambda p: p.scans[-1].at)
    return order.parcels[0] if order.parcels else None


def _before_all(turn: Turn) -> Decision | None:
    wish = turn.wish
    if wish.danger:
        return Decision("hand_over", "danger")
    if wish.intent == "human_request":
        return Decision("hand_over", "asked")
    if wish.abuse:
        return Decision("hand_over", "abuse")
    if wish.emotion == "anger" and (wish.intensity >= 3 or (wish.intensity == 2 and wish.memory.angry >= 1)):
        return Decision("hand_over", "anger", order=turn.named)
    if wish.demand == "fairness":
        order = choose_order(wish, turn.orders or (), turn.named)[0]
        return Decision("fairness", "policy", order=order, article=turn.article, trouble=trouble_of(order, turn.now) if order else "")
    return None


def _under_way(turn: Turn) -> Decision | None:
    """What becomes of a task: only a plain yes to the very preview just shown lets it be done; anything else does nothing."""
    wish, memory = turn.wish, turn.wish.memory
    task = memory.task
    if task is None or not turn.acts:
        return None
    if wish.answer == "no" and memory.asked in ("act", "address", "title", "reason", "words"):
        return Decision("dropped", task=task)
    if wish.kind == "image" and (task.op == "remedy" or task.op in ON_REQUEST) and (order := _of(turn, task)):
        return _with_photo(turn, task, order)
    if wish.answer != "yes" or not task.token:
        return None
    if memory.asked == "act" and turn.now.timestamp() * 1000 <= task.until:
        return Decision("perform", order=_of(turn, task), task=task)
    if turn.now.timestamp() * 1000 <= task.until or memory.asked == "act":
        return Decision("preview", order=_of(turn, task), task=task, asks="act")
    return None


def _with_photo(turn: Turn, task: Task, order: Order) -> Decision:
    """A picture sent while a request is being prepared goes with it; what was shown is shown again, for it may be judged otherwise."""
    memory = turn.wish.memory
    task.inputs["photos"] = list(memory.photos)
    asks = memory.asked if memory.asked in SLOTS else "reason" if task.op == "remedy" else ""
    return Decision("task_ask", order=order, task=task, asks=asks) if asks else Decision("preview", order=order, task=task, asks="act")


def _of(turn: Turn, task: Task) -> Order | None:
    return next((o for o in turn.orders or () if o.no == task.order), None)


def _serve(turn: Turn) -> Decision:
    wish = turn.wish
    plan = wish.plan
    way = plan.way
    if way == "social":
        return _social(turn)
    if way == "person":
        return Decision("hand_over", "person_needed", order=turn.named)
    if way == "image":
        return _image(turn)
    if way == "order":
        return _order(turn, plan)
    if way == "action":
        return _action(turn)
    if way == "product":
        return _product(turn, plan)
    if way == "article":
        return _action(turn) if turn.acts and wish.wants_action else _article(turn)
    return _unknown(turn)


def _social(turn: Turn) -> Decision:
    wish, asked = turn.wish, turn.wish.memory.asked
    if wish.intent == "confirm" and asked in ("person", "urge", "contact"):
        return Decision("hand_over", "person_needed" if asked == "urge" else "unsure")
    if wish.intent == "deny" and not asked:
        return Decision("rephrase", unsure=True)
    if wish.intent == "confirm" and asked == "order" and turn.orders:
        return Decision("orders_ask", orders=tuple(turn.orders[:CARDS]), asks="order")
    if wish.intent == "greeting":
        return Decision("greeting")
    if wish.intent == "thanks_bye":
        return Decision("thanks")
    return Decision("chitchat") if wish.intent == "chitchat" else Decision("acknowledge")


def _image(turn: Turn) -> Decision:
    memory = turn.wish.memory
    if memory.case and turn.acts:
        otherwise = Decision("image", asks="look")
        return Decision(
            "evidence", task=Task("evidence", inputs={"number": memory.case, "photos": list(memory.photos)}), otherwise=otherwise
        )
    if memory.asked == "look" or memory.intent in ("transport_damage", "wrong_missing"):
        return Decision("hand_over", "person_needed")
    return Decision("image", asks="look")


def _order(turn: Turn, plan: Plan) -> Decision:
    wish = turn.wish
    if turn.orders is None:
        return Decision("lookup_failed", asks="person")
    if wish.intent == "refund_progress" and wish.asks_how and turn.article and not any(o.status in plan.prefer for o in turn.orders):
        return _article(turn)  # nothing is being refunded, so it is the rule that is asked for
    if wish.intent == "refund_progress" and turn.acts and not any(o.status in plan.prefer for o in turn.orders):
        return Decision("requests", otherwise=_of_orders(turn, plan))
    return _of_orders(turn, plan)


def _of_orders(turn: Turn, plan: Plan) -> Decision:
    """The answer about one of the customer's orders, or which one, or that there is none."""
    wish = turn.wish
    assert turn.orders is not None
    order, candidates = choose_order(wish, turn.orders, turn.named)
    if wish.named and turn.named is None:
        return Decision("order_not_found", orders=tuple(turn.orders[:CARDS]), asks="order", question="missing:" + wish.named[0])
    if order is None:
        if candidates:
            return Decision("orders_ask", orders=candidates, asks="order", question="which_order")
        return Decision("order_none", asks="person", question="no_order")
    decision = _about(order, turn)
    if wish.intent == "logistics_exception" and order.status in ARRIVED:
        decision.handover = "person_needed"
    elif (decision.trouble and wish.intent != "refund_progress") or wish.urges:
        decision.asks = "urge"
        if turn.acts and order.status in PAID:
            decision.act, decision.asks, decision.task = "preview", "act", Task("urge_parcel", order.no)
            decision.question = "" if turn.named else f"urge:{order.no}:{_newest(order)}"
    if turn.article and (plan.topic not in ("policy.shipping", "policy.delivery_time") or order.status in ("paid", "packed")):
        decision.article = turn.article
        if wish.intent == "refund_progress" and not decision.asks:
            decision.asks = "person"
    return decision


def _about(order: Order, turn: Turn) -> Decision:
    question = f"order:{order.no}:{order.status}:{_newest(order)}"
    if turn.named:  # who names an order wants to hear about it, however often
        question = ""
    return Decision("order", order=order, trouble=trouble_of(order, turn.now), question=question)


def _newest(order: Order) -> str:
    """Changes whenever there is something new to tell about the order."""
    parcel = last_parcel(order)
    return str(int(parcel.scans[-1].at.timestamp())) if parcel and parcel.scans else ""


def _action(turn: Turn) -> Decision:
    """A wish to have something done: say the rule when only the rule was asked, else find the order and show what would be done.

    What the front desk cannot do goes to a person with the order that is meant.
    """
    wish = turn.wish
    if late := _too_late(turn):
        return late
    if turn.acts and wish.intent == "service_ticket":
        return Decision("requests", otherwise=Decision("action", "person_needed", order=turn.named))
    if wish.intent in _ASKED_HOW and wish.asks_how and turn.article:
        return Decision("article", article=turn.article, asks="person", question=f"article:{turn.article.article_id}")
    if turn.orders:
        order, candidates = choose_order(wish, turn.orders, turn.named)
        if order and wish.intent == "wrong_missing" and _still_coming(order):
            return _about(order, turn)
        if order and wish.intent == "refund_request" and order.status == "returned" and turn.acts:
            return Decision("requests", otherwise=_about(order, turn))
        if order is None and candidates and (wish.memory.asked != "order" or (turn.acts and wish.intent != "after_sales_withdraw")):
            return Decision("orders_ask", orders=candidates, asks="order", question="which_order")
        return _task(turn, order) if turn.acts and order else Decision("action", "person_needed", order=order)
    return Decision("action", "person_needed")


def _too_late(turn: Turn) -> Decision | None:
    """Said before anything is asked for: a parcel that has left cannot be changed, and an order never cancelled not be restored."""
    wish = turn.wish
    if wish.intent not in ("order_modify", "order_restore") or not turn.orders:
        return None
    order, _ = choose_order(wish, turn.orders, turn.named)
    if order is None:
        return None
    if wish.intent == "order_restore":
        return _about(order, turn) if order.status not in ENDED else None
    if order.status in MOVING or (not wish.asks_how and order.status in DONE):
        return Decision("too_late", order=order, asks="person", question=f"late:{order.no}:{order.status}")
    return None


def _still_coming(order: Order) -> bool:
    """Whether what seems to be missing is in another parcel that has not come yet."""
    there = [bool(p.scans) and p.scans[-1].code == "delivered" for p in order.parcels]
    return any(there) and not all(there)


def _task(turn: Turn, order: Order) -> Decision:
    """Show what would be done for this order, or ask for what is still missing."""
    wish, memory = turn.wish, turn.wish.memory
    known = memory.task
    op = known.op if known and wish.fills and known.op != "remedy" else operation_of(wish.intent, wish.folded, order.status)
    if not op:
        return Decision("action", "person_needed", order=order)
    task = task_of(op, wish, order, known)
    if asks := missing(task, wish):
        return Decision("task_ask", order=order, task=task, asks=asks)
    return Decision("preview", order=order, task=task, asks="act")


def _product(turn: Turn, plan: Plan) -> Decision:
    wish = turn.wish
    if wish.intent in ("product_search", "product_compare"):
        return _browse(turn)
    product, candidates = (turn.focus, ()) if wish.kind == "product" else choose_product(wish, turn.found, turn.focus)
    attribute = plan.attribute if plan.attribute in _OF_VARIANTS else turn.attribute or wish.memory.attribute or plan.attribute
    if not attribute and wish.measured:
        attribute = "size_chart"
    if product is None:
        if wish.points and not candidates:
            return _which_product(turn, attribute)
        if turn.article or (not candidates and best_hit(turn.hits, wish.text)):
            return _article(turn)
        if wish.memory.asked == "product" and not candidates:
            return _dont_know(turn)
        return _which_product(turn, attribute, candidates)
    if attribute in _OF_VARIANTS:
        return Decision("price" if attribute == "price" else "stock", product=product, question=f"{attribute}:{product.id}")
    if attribute == "size_chart" and (sized := _size(turn, product)):
        return sized
    if not attribute and (wish.kind == "product" or only_names(wish.text, product)):
        return Decision("product", product=product, asks="look", question=f"product:{product.id}")
    key = attribute if attribute in product.attributes else ("" if attribute else _closest_attribute(wish.text, product))
    if key:
        return Decision("attribute", product=product, attribute=key, question=f"attribute:{product.id}:{key}")
    if best_hit(turn.hits, wish.text):
        return _article(turn)
    return Decision("unknown_fact", product=product, attribute=attribute, asks="person", unsure=True)


def _which_product(turn: Turn, attribute: str, candidates: tuple[Product, ...] = ()) -> Decision:
    """Which one is meant: those that fit, else what the customer bought lately."""
    bought = () if candidates else tuple(turn.orders or ())[:CARDS]
    question = ":".join(("which_product", *(p.id for p in candidates)))
    return Decision("product_ask", products=candidates, orders=bought, asks="product", attribute=attribute, question=question)


def _size(turn: Turn, product: Product) -> Decision | None:
    """Advice by the chart when the customer told their measures; the chart with a question for them when it could be given."""
    chart = product.attributes.get("size_chart", "")
    if not rows_of(chart):
        return None
    body = turn.wish.memory.body
    advice = advise(chart, body)
    if advice is None:
        return Decision("attribute", product=product, attribute="size_chart", asks="body", question=f"attribute:{product.id}:size_chart")
    told = ",".join(f"{k}{v:g}" for k, v in sorted(body.items()))
    beyond = advice.fit == "beyond"
    return Decision("size", product=product, advice=advice, asks="person" if beyond else "", question=f"size:{product.id}:{told}")


def _closest_attribute(text: str, product: Product) -> str:
    """The attribute whose text shares most with the question beyond the product's own name; '' when none shares enough."""
    words = tokens(text) - tokens(product.name)
    best, most = "", 1
    for key, value in product.attributes.items():
        shared = len(words & tokens(value))
        if shared > most:
            best, most = key, shared
    return best


def _browse(turn: Turn) -> Decision:
    wish = turn.wish
    words = tokens(wish.text)
    named = (p for p in turn.found if wish.others or words & tokens(f"{p.name} {p.category} {p.brand} {p.summary}"))
    fitting = tuple(named)[:3]
    if fitting:
        only = fitting[0] if len(fitting) == 1 else None
        return Decision("product_list", products=fitting, product=only, asks="product", question=f"list:{fitting[0].id}")
    if best_hit(turn.hits, wish.text):
        return _article(turn)
    return _dont_know(turn)


def _article(turn: Turn) -> Decision:
    hit = turn.article or best_hit(turn.hits, turn.wish.text)
    product = turn.focus
    attribute = turn.wish.plan.attribute or {"installation": "installation", "warranty_repair": "warranty"}.get(turn.wish.intent, "")
    if product and attribute in product.attributes:
        return Decision("attribute", product=product, attribute=attribute, article=hit, question=f"attribute:{product.id}:{attribute}")
    if hit:
        return _told_again(turn, hit) or Decision("article", article=hit, question=f"article:{hit.article_id}")
    return _dont_know(turn)


def _told_again(turn: Turn, hit: Hit) -> Decision | None:
    """Another question that leads to the article given before: what it says about that, or that it says nothing; not the same once more."""
    wish, question = turn.wish, f"article:{hit.article_id}"
    if wish.memory.times_answered(question) != 1 or wish.said_before or wish.answer != "other":
        return None
    if excerpt := passage(hit.body, wish.text):
        return Decision("article", article=hit, asks="person", question=question, excerpt=excerpt)
    return _dont_know(turn) if wish.asks and not speaks_of(hit, wish.text) else None


def _unknown(turn: Turn) -> Decision:
    wish = turn.wish
    if wish.memory.asked == "order" and turn.orders:
        order, _ = choose_order(wish, turn.orders, turn.named)
        if order:
            return _about(order, turn)
    if wish.memory.asked == "look" and turn.attribute and turn.focus:
        return _product(turn, Plan("product"))
    if best_hit(turn.hits, wish.text):
        return _article(turn)
    return Decision("rephrase", unsure=True)


def _dont_know(turn: Turn) -> Decision:
    return Decision("unknown_fact", asks="person", unsure=True)
