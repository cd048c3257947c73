"""Turns a decision into words: soothing first where it is needed, then the facts with their sources, then an offer. Pure."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from xinfu.commerce.contracts import Product
from xinfu.kit.i18n import Locale
from xinfu.kit.text import clip
from xinfu.knowledge.contracts import Hit
from xinfu.reception import doing
from xinfu.reception.goods import attribute_text, price_text, sentence, stock_text
from xinfu.reception.handover import waiting_words
from xinfu.reception.parcels import order_text
from xinfu.reception.policy import Decision, Turn
from xinfu.reception.ports import CardMaker
from xinfu.reception.speech import Answer, clip_body, is_foreign, items_of
from xinfu.reception.wishes import ENDED, MOVING

_NAMES = 5
_SOOTHED = frozenset({"anger", "anxiety", "worry", "loss", "confusion"})
_UNMOVED = frozenset({"greeting", "thanks", "acknowledge", "image"})
_ACTIONS = frozenset(
    {
        "order_cancel",
        "order_modify",
        "order_restore",
        "refund_request",
        "after_sales_withdraw",
        "service_ticket",
        "wrong_missing",
        "transport_damage",
    }
)


def compose(turn: Turn, decision: Decision, zone: ZoneInfo, card: CardMaker) -> Answer:
    """What to say for a decision. Rotates phrase variants and notes apologies and promises in the turn's memory."""
    answer = Answer(turn, decision, zone)
    if decision.handover == "danger":
        answer.parts.append(answer.words.label(f"danger.{turn.wish.danger}"))
    else:
        _soothe(answer)
        _ACTS[decision.act](answer, card)
    if decision.handover:
        _handing(answer)
    return answer


def _soothe(answer: Answer) -> None:
    """Feeling before facts; the apology itself is made once per conversation, later turns show that we understood."""
    wish, memory = answer.turn.wish, answer.memory
    if wish.emotion not in _SOOTHED or answer.decision.act in _UNMOVED or (answer.decision.handover == "asked" and wish.intensity < 2):
        return
    if wish.emotion == "confusion":
        if answer.decision.act in ("order", "article", "attribute"):
            answer.say("soothe.confusion_again" if "soothe.confusion" in memory.variants else "soothe.confusion")
        return
    if answer.decision.act == "fairness":
        return  # its own words say it
    if not answer.say_new(f"soothe.{wish.emotion}_again" if memory.sorry else f"soothe.{wish.emotion}"):
        return  # all of it was said already: empty words would be worse than none
    if wish.emotion != "worry":
        memory.sorry = True
    answer.did("soothe")


def _handing(answer: Answer) -> None:
    """Say that a person takes over; when nobody is at work say that instead, with the callback the shop promises."""
    turn, reason = answer.turn, answer.decision.handover
    if turn.staffed:
        answer.say(f"hand.{reason}")
        return
    if reason == "danger":
        answer.say("hand.danger_offline")
        return
    hours = turn.settings.callback_promise_hours
    answer.say("hand.offline", hours=str(hours))
    answer.source("settings", turn.wish.incoming.conversation.shop_id, "callback_promise_hours")
    waiting_words(answer.memory, hours, answer.staff_words)
    answer.memory.asked = "contact"


def _simple(key: str) -> Callable[[Answer, CardMaker], None]:
    def act(answer: Answer, card: CardMaker) -> None:
        answer.say(key)

    return act


def _worded(say: Callable[[Answer], None]) -> Callable[[Answer, CardMaker], None]:
    def act(answer: Answer, card: CardMaker) -> None:
        say(answer)

    return act


def _greeting(answer: Answer, card: CardMaker) -> None:
    answer.say("greeting")
    answer.choice("track", "returns", "product")
    if "客服" in answer.turn.wish.folded:
        answer.choice("person")


def _chitchat(answer: Answer, card: CardMaker) -> None:
    if answer.turn.wish.who_are_you:
        answer.say("robot")
        answer.choice("person")
        return
    answer.say("chitchat" if answer.turn.wish.emotion in ("calm", "happiness") else "chitchat_plain")


def _nothing(answer: Answer, card: CardMaker) -> None:
    """Only the hand-over sentence is said."""


def _order(answer: Answer, card: CardMaker) -> None:
    decision = answer.decision
    order = decision.order
    assert order is not None
    order_text(answer, order)
    answer.source("order", order.id, order.no)
    answer.did("order", order.no)
    if decision.article and not decision.again:
        answer.say(
            "article.foreign" if is_foreign(answer, decision.article.body) else "article.with_order", body=clip_body(decision.article.body)
        )
        answer.source("article", decision.article.article_id, decision.article.title)
    if decision.handover:
        answer.say("order.not_received")
    elif decision.asks == "urge":
        answer.say("order.offer_urge")
        answer.choice("urge", "person")
    elif decision.asks == "person":
        answer.say("offer")
        answer.choice("person")
    elif decision.again:
        answer.choice("person")


def _article_too(answer: Answer, hit: Hit) -> None:
    """The rule that goes with an answer about an order or a product."""
    answer.say("article.foreign" if is_foreign(answer, hit.body) else "article.with_order", body=clip_body(hit.body))
    answer.source("article", hit.article_id, hit.title)


def _too_late(answer: Answer, card: CardMaker) -> None:
    order = answer.decision.order
    assert order is not None
    key = "moving" if order.status in MOVING else "ended" if order.status in ENDED else "arrived"
    answer.say(f"order.late_{key}", no=order.no, items=items_of(answer, order))
    answer.choice("person")
    answer.source("order", order.id, order.no)
    answer.did("order", order.no)


def _orders_ask(answer: Answer, card: CardMaker) -> None:
    answer.say("order.which")
    _cards(answer, card)
    answer.did("which")


def _order_not_found(answer: Answer, card: CardMaker) -> None:
    answer.say("order.not_found", no=clip(answer.turn.wish.named[0], 32))
    _cards(answer, card)
    if not answer.cards:
        answer.choice("person")


def _cards(answer: Answer, card: CardMaker) -> None:
    locale: Locale = "en" if answer.english else "zh-CN"
    answer.cards = [card(order, locale) for order in answer.decision.orders]


def _offering(key: str) -> Callable[[Answer, CardMaker], None]:
    def act(answer: Answer, card: CardMaker) -> None:
        answer.say(key)
        answer.choice("person")

    return act


def _action(answer: Answer, card: CardMaker) -> None:
    intent, order = answer.turn.wish.intent, answer.decision.order
    answer.say(f"action.{intent}" if intent in _ACTIONS else "action.other")
    if order:
        answer.say("action.about", no=order.no, items=items_of(answer, order))
        answer.source("order", order.id, order.no)
        if intent in ("order_cancel", "order_modify") and order.status in MOVING:
            answer.say("action.shipped")


def _article(answer: Answer, card: CardMaker) -> None:
    hit = answer.decision.article
    assert hit is not None
    if answer.decision.excerpt:
        answer.say("article.part", body=answer.decision.excerpt)
        answer.say("offer")
        answer.choice("person")
    elif answer.decision.again:
        answer.say("article.again", title=hit.title)
        answer.choice("person")
        answer.memory.asked = "person"
    else:
        answer.say("article.foreign" if is_foreign(answer, hit.body) else "article.say", body=clip_body(hit.body))
        if answer.decision.asks == "person":
            answer.say("offer")
            answer.choice("person")
    answer.source("article", hit.article_id, hit.title)
    answer.did("article", hit.title)


def _attribute(answer: Answer, card: CardMaker) -> None:
    attribute_text(answer)
    if answer.decision.asks == "body":
        answer.say("size.ask")
    hit = answer.decision.article
    if hit and not answer.decision.again:
        _article_too(answer, hit)


def _price(answer: Answer, card: CardMaker) -> None:
    price_text(answer)


def _stock(answer: Answer, card: CardMaker) -> None:
    stock_text(answer)


def _product(answer: Answer, card: CardMaker) -> None:
    product = answer.decision.product
    assert product is not None
    answer.say("product.look", name=product.name, summary=sentence(product.summary, answer))
    answer.source("product", product.id, product.name)
    answer.choice("price", "stock")


def _product_ask(answer: Answer, card: CardMaker) -> None:
    candidates = answer.decision.products
    answer.say("product.which_of" if candidates else "product.which")
    bought = (line.name for order in answer.decision.orders for line in order.lines)
    names = [p.name for p in candidates] or list(dict.fromkeys(bought))[:_NAMES]
    answer.choices.extend(clip(name, 40) for name in names)


def _product_list(answer: Answer, card: CardMaker) -> None:
    products = answer.decision.products
    answer.say("product.list", list=answer.words.label("product.join").join(_in_short(p) for p in products))
    answer.choices.extend(clip(p.name, 40) for p in products)
    for product in products:
        answer.source("product", product.id, product.name)


def _unknown_fact(answer: Answer, card: CardMaker) -> None:
    product = answer.decision.product
    if product:
        answer.say("unsure.product", name=product.name)
    else:
        answer.say("unsure.fact")
    answer.choice("person")
    answer.did("dont_know")


def _rephrase(answer: Answer, card: CardMaker) -> None:
    answer.say("unsure.rephrase")
    answer.choice("track", "returns", "product", "person")


_ACTS: dict[str, Callable[[Answer, CardMaker], None]] = {
    "greeting": _greeting,
    "thanks": _simple("thanks"),
    "acknowledge": _simple("acknowledge"),
    "chitchat": _chitchat,
    "image": _simple("image.ask"),
    "order": _order,
    "too_late": _too_late,
    "orders_ask": _orders_ask,
    "order_none": _offering("order.none"),
    "order_not_found": _order_not_found,
    "action": _action,
    "article": _article,
    "attribute": _attribute,
    "price": _price,
    "stock": _stock,
    "product": _product,
    "product_ask": _product_ask,
    "product_list": _product_list,
    "unknown_fact": _unknown_fact,
    "rephrase": _rephrase,
    "lookup_failed": _offering("order.failed"),
    "hand_over": _nothing,
    "size": _worded(doing.size),
    "fairness": _worded(doing.fairness),
    "task_ask": _worded(doing.task_ask),
    "variant_ask": _worded(doing.variant_ask),
    "preview": _worded(doing.preview),
    "perform": _worded(doing.performed),
    "refused": _worded(doing.refused),
    "dropped": _worded(doing.dropped),
    "requests": _worded(doing.requests),
    "no_request": _worded(doing.no_request),
    "evidence": _worded(doing.evidence),
}


def _in_short(product: Product) -> str:
    if not product.variants:
        return product.name
    return f"{product.name} {min((v.price for v in product.variants), key=lambda m: m.minor)}"
