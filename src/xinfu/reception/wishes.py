"""What the customer wants: one thought out of one or several messages, and what has to be looked up to answer it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from xinfu.commerce.contracts import OrderStatus
from xinfu.conversations.contracts import Incoming, Kind
from xinfu.kit.ids import is_id
from xinfu.kit.text import fold
from xinfu.reception.consent import Answer, answer_to
from xinfu.reception.dialogue import Memory
from xinfu.reception.sizes import measures
from xinfu.reception.tasks import SLOTS, tells, wants_action
from xinfu.reception.wording import wording
from xinfu.understanding.contracts import Danger, Demand, Emotion, Entity, EntityKind, Language, Reading

type Way = Literal["order", "product", "article", "action", "person", "social", "choice", "image", "unknown"]

UNPAID: frozenset[OrderStatus] = frozenset({"unpaid"})
WAITING: frozenset[OrderStatus] = frozenset({"paid", "packed"})
MOVING: frozenset[OrderStatus] = frozenset({"shipped", "out_for_delivery"})
ARRIVED: frozenset[OrderStatus] = frozenset({"delivered", "completed"})
OPEN: frozenset[OrderStatus] = UNPAID | WAITING | MOVING
ENDED: frozenset[OrderStatus] = frozenset({"cancelled", "returned"})
NOTHING: frozenset[OrderStatus] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """How an intent is served: the way, the article that states the rule, the orders usually meant, the attribute usually asked."""

    way: Way
    topic: str = ""
    prefer: frozenset[OrderStatus] = NOTHING
    attribute: str = ""


UNKNOWN = Plan("unknown")
_WRONGED = frozenset({"anger", "loss", "anxiety"})
_BEYOND_DOUBT = 0.95
_DEMANDED = 0.5  # below this a demand is not taken for one
SURE = 0.33  # below this probability an intent is not acted upon
_SURER = {"travel_ticket": 0.6, "top_up": 0.6, "credit": 0.4, "gift_card_balance": 0.5}  # rare matters a shop seldom has

PLANS: dict[str, Plan] = {
    "product_attribute": Plan("product"),
    "product_compare": Plan("product"),
    "product_search": Plan("product"),
    "product_usage": Plan("product", attribute="use"),
    "authenticity": Plan("article", "policy.authenticity"),
    "production_date": Plan("product", attribute="shelf_life"),
    "package_contents": Plan("product", attribute="package"),
    "packaging": Plan("article", "policy.packaging"),
    "price": Plan("product", attribute="price"),
    "stock": Plan("product", attribute="stock"),
    "promotion": Plan("article", "policy.promotion"),
    "coupon": Plan("article", "policy.coupon"),
    "gift_item": Plan("article", "policy.gift"),
    "delivery_area": Plan("article", "policy.delivery_area"),
    "delivery_fee": Plan("article", "policy.freight"),
    "seller_type": Plan("article", "policy.seller"),
    "purchase_process": Plan("article", "policy.purchase"),
    "payment": Plan("article", "policy.payment"),
    "credit": Plan("article", "policy.credit"),
    "gift_card_balance": Plan("article", "policy.gift_card"),
    "membership": Plan("article", "policy.membership"),
    "account": Plan("article", "policy.account"),
    "merchant_partner": Plan("article", "policy.partner"),
    "order_status": Plan("order"),
    "dispatch_time": Plan("order", "policy.shipping", WAITING),
    "logistics_tracking": Plan("order", "", MOVING),
    "delivery_schedule": Plan("order", "policy.delivery_time", MOVING),
    "delivery_method": Plan("article", "policy.pickup"),
    "logistics_exception": Plan("order", "", MOVING | ARRIVED),
    "order_modify": Plan("action", "policy.address_change", WAITING | UNPAID),
    "order_split_merge": Plan("article", "policy.order_split"),
    "order_cancel": Plan("action", "policy.cancel", UNPAID | WAITING),
    "order_restore": Plan("action", "", ENDED),
    "reject_parcel": Plan("article", "policy.reject"),
    "installation": Plan("article", "policy.installation"),
    "invoice": Plan("article", "policy.invoice"),
    "after_sales_policy": Plan("article", "policy.returns"),
    "warranty_repair": Plan("article", "policy.warranty"),
    "refund_request": Plan("action", "policy.returns", ARRIVED | MOVING),
    "refund_progress": Plan("order", "policy.refund_time", ENDED),
    "after_sales_withdraw": Plan("action", "", ARRIVED),
    "service_ticket": Plan("action", "", ARRIVED),
    "return_logistics": Plan("article", "policy.return_address"),
    "wrong_missing": Plan("action", "policy.wrong_item", ARRIVED),
    "transport_damage": Plan("action", "policy.damage", ARRIVED),
    "price_protection": Plan("article", "policy.price_protection"),
    "dispute": Plan("person"),
    "review": Plan("article", "policy.review"),
    "trade_in": Plan("article", "policy.trade_in"),
    "contact_someone": Plan("person"),
    "top_up": Plan("article", "policy.top_up"),
    "travel_ticket": Plan("article", "policy.travel"),
    "greeting": Plan("social"),
    "thanks_bye": Plan("social"),
    "confirm": Plan("social"),
    "deny": Plan("social"),
    "chitchat": Plan("social"),
    "human_request": Plan("person"),
    "complaint": Plan("person"),
    "unknown": UNKNOWN,
}

# A more general article that also answers when the shop has not written the particular one.
WIDER_TOPIC = {
    "policy.return_address": "policy.returns",
    "policy.delivery_time": "policy.shipping",
    "policy.exchange": "policy.returns",
    "policy.reject": "policy.returns",
    "policy.pickup": "policy.shipping",
}

_HOW = re.compile(
    r"怎么(?!还|又|这|回事|没|不)|怎样|如何|多久|多长时间|(?:流程|条件|规则|政策)(?:是|呢|吗|\?|$)|能不能|可不可以|可以.{0,8}[吗么嘛不]|能.{0,8}[吗么嘛]"
    r"|\bhow\b|\bcan i\b|\bpolicy\b|\bwhat if\b"
)
_DO_YOU_HAVE = re.compile(r"\bdo you (?:have|sell|carry|stock|offer)\b|\b(?:is|are) there (?:any|an?)\b|\bi'?m looking for\b")
_OPTION = re.compile(r"\bin (?!stock)[a-z]+|\bsize\b")
_FOR_ME = re.compile(r"(?:能|可以|可不可以|能不能|麻烦)你?您?们?(?:直接|现在|先)?[帮给替]我|can you|could you")  # a request, not a question
_WORDS = re.compile(r"(?<![\w#-])[^\W\d_]+(?![\w-])|[\u4e00-\u9fff]")  # a code such as XF260311 is no word
_CORRECTS = re.compile(
    r"说错了|打错了|发错了字|写错了|我是说|我说的是|不是(?:这|那)[个笔件款单]|应该是|i meant|i mean\b|not (?:this|that) one|wrong one|typo"
)
_BACK = re.compile(
    r"(?:刚才|刚刚|之前|前面|上面|回到)(?:我?说|我?问|提|讲|聊)?(?:到|过)?的?(?:那|这)?[个笔件款条]?(?P<what>订单|快递|包裹|物流|商品|衣服|鞋|问题|事)?"
    r"|(?:back to|about) (?:my|the|that) (?:first |other |earlier )?(?P<en>order|parcel|product|question)"
)
_POINTS = re.compile(  # what any of these begins with or has in it: one look for the messages that have none
    r"刚|之前|前面|上面|回到|错|我是说|我说的|不是|应该是|呢|back|about|meant|mean|not th|wrong|typo|^and"
)
_AND_THAT = re.compile(r"^.{1,12}呢[?？。]*$|^(?:and|what about|how about) .{1,30}$")
_MEASURES = re.compile(r"\d|[一二两三四五六七八九]")
_OTHER = re.compile(r"另外?一?[个单件]|别的|其他[的单]|那个呢|the other|another one")
_THIS = re.compile(r"[这那哪][个款件种双台条]|\bth(?:is|at) one\b|\bit\b")
_ONLY_THIS = re.compile(r"[这那][个款件种双台条](?:[呢吗吧啊]|怎么样|好吗|好不好|如何|行吗|可以吗)?[?？!。~ ]*")
_ASKING = re.compile(r"[吗呢么?？]|怎|什么|多|几|退|换|谢|好的|要|查|投诉|为")  # more than the name of a thing
_AHEAD = re.compile(r"(?:现在|今天|今晚|明天|这会儿|马上)(?:就)?(?:下单|下个单|拍下?|买|付款)|if i (?:order|buy)")
_EXCHANGE = re.compile(r"换|exchange")
_OPENER = re.compile(
    r"(?:[亲您你]好?|hi|hello)?[,，]?"
    r"(?:请问|问一?下|请问一下|(?:我?想)?咨询(?:一下|下)?|(?:在线|有)?客服(?:在吗|在不|在不在|呢|吗)?)[?？!！。~ ]*"
)
_NOTHING_SAID = re.compile(r"[\W\d_]{1,6}")
_WHAT_NOW = re.compile(
    r"(?:那|这|这样)?(?:我|该|要|可|我该)?(?:怎么办|咋办|咋整|怎么弄|怎么搞)[啊呀呢吧]?[?？!！。~ ]*"
    r"|(?:so )?what (?:now|can i do|should i do)\??"
)
_LASTING = re.compile(
    r"(?:这?都|已经|等了|等|过了|又|快)*(?:好?几|多少|[\d一二两三四五六七八九十半]+)个?多?"
    r"(?:天|小时|周|星期|礼拜|月|分钟)了?[啊呢吧都还!！。?？ ]*"
)
_ARRIVES = re.compile(r"到了|到没|到哪|到货|送到|收到了?[吗没]|(?:几时|什么时候|多久|哪天)(?:能|会|才)?到")
_POSTAGE = re.compile(r"运费|邮费|快递费|谁[出付承]|shipping (?:fee|cost)|postage|who pays")
_ROBOT = re.compile(r"机器人|真人|人工智能|是不是ai|是ai|活人|are you (?:a |an )?(?:bot|robot|human|person|machine|ai|real)")
_FETCH = re.compile(r"[转找换叫要让]|接")
_CARD = re.compile(r"备注|留言|卡片|贺卡")
_OTHERS = "收件|收货|对方|本人|他|她|人家|我妈|我爸|妈妈|爸爸|朋友"
_HUSH = re.compile(
    rf"(?:别|不要|勿|请不)(?:给|跟|和|让|再)?.{{0,5}}(?:打电话|联系|告诉|通知|惊动|发短信).{{0,6}}(?:{_OTHERS})"
    rf"|(?:别|不要|勿)(?:给|跟|和|让).{{0,3}}(?:{_OTHERS}).{{0,3}}(?:打电话|知道|联系)"
    r"|(?:don't|do not) (?:call|contact|tell) (?:the )?(?:receiver|recipient|her|him|them)"
)
_QUESTION = re.compile(r"[?？]|[吗呢么嘛][。~ ]*$|什么|多少|几|怎|为啥|哪|when|how|what|why|where")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_A_FEW = 3  # letters, that belong to no language (thx, ok, XL)
_URGE = re.compile(r"催|快点|尽快|urge|hurry|speed (it|this) up|chase")
_FELT = 0.45  # how sure a feeling must be to set the tone: an apology to somebody calm is as odd as none to somebody angry
_ORDINALS = ("第一", "第二", "第三", "第四", "第五"), ("first", "second", "third", "fourth", "fifth")
_CHOICES = {
    "urge": "confirm",
    "person": "human_request",
    "track": "logistics_tracking",
    "returns": "after_sales_policy",
    "product": "product_attribute",
    "price": "price",
    "stock": "stock",
    "send_back": "refund_request",
    "swap": "after_sales_policy",
}
_ORDERS_WAYS = frozenset({"order", "action"})
_BROWSING = frozenset({"product_search", "product_compare"})
_SMALL = frozenset({"greeting", "confirm", "deny", "thanks_bye", "chitchat", "unknown"})
_WEIGHT: dict[Emotion, int] = {"calm": 0, "happiness": 1, "confusion": 2, "worry": 3, "loss": 4, "anxiety": 5, "anger": 6}


@dataclass(slots=True)
class Wish:
    """One thought of one customer: what it asks for, how it sounds, and what it names."""

    incoming: Incoming
    intent: str
    p: float
    plan: Plan
    text: str
    kind: Kind
    data: dict[str, Any]
    language: Language
    emotion: Emotion
    intensity: int
    danger: Danger | None
    abuse: bool
    named: tuple[str, ...]  # order and tracking numbers as normalised by understanding
    memory: Memory
    readings: tuple[Reading, ...] = ()
    demand: Demand = "none"
    answer: Answer = "other"  # to "shall I do this?", when that was the question
    fills: bool = False  # tells what an action was waiting to be told
    corrects: bool = False  # takes back something said before
    measured: bool = False  # tells measures for a size
    returns: bool = False  # comes back to an earlier topic
    who_are_you: bool = False  # asks whether a machine answers
    others: bool = False  # asks for goods like the one talked about
    _folded: str | None = None

    @property
    def folded(self) -> str:
        """The text as compared; worked out only for the wishes whose words are looked at."""
        if self._folded is None:
            self._folded = fold(self.text)
        return self._folded

    @property
    def asks_how(self) -> bool:
        return _HOW.search(self.folded) is not None and not _FOR_ME.search(self.folded)

    @property
    def asks(self) -> bool:
        return _QUESTION.search(self.folded) is not None

    @property
    def said_before(self) -> bool:
        """Whether the customer wrote just this not long ago."""
        return any(m.sender == "customer" and fold(m.text) == self.folded for m in self.incoming.recent)

    @property
    def urges(self) -> bool:
        return _URGE.search(self.folded) is not None

    @property
    def wants_other(self) -> bool:
        return _OTHER.search(self.folded) is not None

    @property
    def points(self) -> bool:
        """Whether it speaks of this or that one without saying what it is."""
        return _THIS.search(self.folded) is not None

    @property
    def needs_orders(self) -> bool:
        plan = self.plan
        if plan.way in ("order", "action", "choice", "product") or bool(self.named) or self.kind == "order":
            return True
        return self.memory.task is not None or self.demand == "fairness" or (plan.way == "article" and self.wants_action)

    @property
    def wants_action(self) -> bool:
        """Whether an intent that is mostly a question asks for something to be done."""
        again = self.memory.intent == self.intent  # who has been told the rule and asks on wants to know about their own order
        if again and self.intent == "price_protection" and self.text and not _QUESTION.search(self.folded):
            return True  # told the rule, they name the goods
        return self.fills or (wants_action(self.intent, self.folded) and (again or not self.asks_how))

    def entities(self, kind: EntityKind) -> list[Entity]:
        return [e for reading in self.readings for e in reading.entities if e.kind == kind]

    @property
    def topic(self) -> str:
        if (
            self.plan.topic == "policy.returns"
            and _EXCHANGE.search(self.folded)
            and "退换" not in self.folded
            and "return" not in self.folded
        ):
            return "policy.exchange"
        if self.plan.topic == "policy.return_address" and _POSTAGE.search(self.folded):
            return "policy.freight"
        return self.plan.topic

    def ordinal(self) -> int | None:
        """0 for 第一个 / the first / a bare 1, and so on; None when no place in a list is named."""
        for words in _ORDINALS:
            for place, word in enumerate(words):
                if word in self.folded:
                    return place
        bare = self.folded.strip(" .。、号个")
        return int(bare) - 1 if len(bare) == 1 and bare in "12345" else None


def wish_of(fragments: Sequence[Incoming]) -> Wish:
    """Read consecutive messages of one conversation as one thought: its strongest feeling, its last real question, all it names."""
    last = fragments[-1]
    memory = Memory.load(last.memory)
    leading = last if len(fragments) == 1 else _leading(fragments)
    reading = leading.reading
    text = last.message.text if len(fragments) == 1 else "\n".join(f.message.text for f in fragments if f.message.text)
    mood = reading if len(fragments) == 1 else max((f.reading for f in fragments), key=lambda r: (r.intensity, _WEIGHT[r.emotion]))
    named: tuple[str, ...] = ()
    readings = (reading,) if len(fragments) == 1 else tuple(f.reading for f in fragments)
    for one in readings:
        for entity in one.entities:
            if entity.kind == "order_no" or entity.kind == "tracking_no":
                named = (*named, entity.value)
    wish = Wish(
        incoming=last,
        intent=reading.intent,
        p=reading.intent_p,
        plan=plan_of(reading),
        text=text,
        kind=leading.message.kind,
        data=leading.message.data or {},
        language=_language(leading, memory, text),
        emotion=mood.emotion if mood.emotion_p >= _FELT else "calm",
        intensity=mood.intensity if mood.emotion_p >= _FELT else 0,
        danger=reading.danger if len(fragments) == 1 else next((f.reading.danger for f in fragments if f.reading.danger), None),
        abuse=reading.abuse if len(fragments) == 1 else any(f.reading.abuse for f in fragments),
        named=named,
        memory=memory,
        readings=readings,
        demand=_demand(readings),
    )
    _hear(wish, fragments)
    _follow_up(wish)
    return wish


def _demand(readings: tuple[Reading, ...]) -> Demand:
    """Whether something is to be put right; what else is demanded the intent says.

    A calm 为什么 asks for information; a wrong to be put right comes with feeling, in a complaint, or beyond doubt.
    """
    for reading in readings:
        if reading.demand == "fairness" and reading.demand_p >= _DEMANDED:
            felt = reading.emotion in _WRONGED or reading.intent in ("complaint", "dispute")
            if felt or reading.demand_p >= _BEYOND_DOUBT:
                return "fairness"
    return "none"


def part_of(whole: Wish, text: str, reading: Reading) -> Wish:
    """One of several things a message wants, as a wish of its own; the feeling and the language are the whole message's."""
    part = replace(
        whole, intent=reading.intent, p=reading.intent_p, plan=plan_of(reading), text=text, readings=(reading,), demand="none", _folded=None
    )  # fmt: skip
    part.named = tuple(e.value for e in reading.entities if e.kind in ("order_no", "tracking_no")) or whole.named
    part.emotion, part.intensity = "calm", 0
    return part


_MOST = 3
_SURE_PART = 0.45
_LATER = frozenset({"action", "person"})  # parts that end in a question or a hand-over are answered last


def several(whole: Wish, parts: Sequence[tuple[str, Reading]]) -> list[Wish]:
    """The different things a message wants, questions before actions; [whole] when it wants one, or one that goes before all others."""
    memory = whole.memory
    calm = not (whole.danger or whole.abuse or whole.demand == "fairness" or (whole.emotion == "anger" and whole.intensity >= 2))
    if not calm or whole.fills or whole.answer != "other" or whole.corrects or whole.returns or memory.asked in SLOTS:
        return [whole]
    chosen: dict[str, Wish] = {}
    for text, reading in parts:
        if reading.intent == "human_request":
            return [whole]
        plan = plan_of(reading)
        if reading.intent_p >= _SURE_PART and plan.way not in ("social", "unknown", "person"):
            chosen.setdefault(reading.intent, part_of(whole, text, reading))
    if len(chosen) < 2:
        return [whole]
    wishes = sorted(list(chosen.values())[:_MOST], key=lambda w: w.plan.way in _LATER)
    wishes[0].emotion, wishes[0].intensity = whole.emotion, whole.intensity
    return wishes


def mood_of(reading: Reading, fragments: Sequence[Incoming]) -> Reading:
    """A reading of the joined words, with the strongest feeling and any danger or abuse of the pieces."""
    strongest = max((reading, *(f.reading for f in fragments)), key=lambda r: (r.intensity, _WEIGHT[r.emotion]))
    return replace(
        reading,
        emotion=strongest.emotion,
        emotion_p=strongest.emotion_p,
        intensity=strongest.intensity,
        danger=reading.danger or next((f.reading.danger for f in fragments if f.reading.danger), None),
        abuse=reading.abuse or any(f.reading.abuse for f in fragments),
    )


def plan_of(reading: Reading) -> Plan:
    """How a reading is served: by its intent when that is sure enough to act upon."""
    return PLANS.get(reading.intent, UNKNOWN) if reading.intent_p >= _SURER.get(reading.intent, SURE) else UNKNOWN


def _hear(wish: Wish, fragments: Sequence[Incoming]) -> None:
    """Keep what may be needed later: pictures, and the measures of who asks for a size."""
    memory = wish.memory
    if wish.plan.way == "social" and not memory.asked and len(fragments) == 1:
        return
    for fragment in fragments:
        if fragment.message.kind == "image" and is_id(file := str(((fragment.message.data or {}).get("file") or {}).get("id", ""))):
            memory.photo(file)
    if wish.text and (memory.asked == "body" or wish.plan.way == "product" or memory.body) and _MEASURES.search(wish.text):
        told = measures(wish.text, wish.entities("height_cm"), wish.entities("weight_kg"))
        wish.measured = bool(told)
        memory.body.update(told)


def _leading(fragments: Sequence[Incoming]) -> Incoming:
    """The fragment that carries the question: a card or a wish for a person first, then the last real intent, then the last one."""
    for fragment in fragments:
        if fragment.reading.intent == "human_request":
            return fragment
    for fragment in reversed(fragments):
        if fragment.reading.intent not in _SMALL or fragment.message.kind in ("order", "product"):
            return fragment
    return fragments[-1]


def _language(incoming: Incoming, memory: Memory, text: str) -> Language:
    """The language of the words; without words of their own (a card, a number, a picture) the one spoken before."""
    if memory.language and (incoming.message.kind != "text" or not _WORDS.search(text)):
        return memory.language
    if memory.language == "en" and not _HAN.search(text) and sum(c.isalpha() for c in text) <= _A_FEW:
        return "en"
    return incoming.reading.language


@cache
def _tapped() -> dict[str, str]:
    """What our own tappable words mean: whoever taps one is understood for certain."""
    return {wording(language).label(f"choice.{choice}"): intent for language in ("zh", "en") for choice, intent in _CHOICES.items()}


def _follow_up(wish: Wish) -> None:
    """Complete a wish that only makes sense with what was said before: a tapped word or card, a bare number, yes, no, the other one."""
    memory = wish.memory
    if tapped := _tapped().get(wish.text):
        _become(wish, tapped, PLANS[tapped])
        wish.fills = memory.task is not None and memory.asked == "reason"
        return
    if memory.task and _about_the_task(wish):
        return
    carried = memory.intent if memory.intent and memory.intent not in _SMALL else ""
    if wish.kind == "text" and _said_otherwise(wish, carried):
        return
    if wish.kind in ("image", "file") and not wish.text.strip():
        _become(wish, "unknown", Plan("image"))
    elif wish.kind == "order":
        intent = carried if PLANS.get(carried, UNKNOWN).way in ("order", "action") else "order_status"
        _become(wish, intent, PLANS[intent])
    elif wish.kind == "product":
        intent = carried if PLANS.get(carried, UNKNOWN).way == "product" and carried not in _BROWSING else "product_attribute"
        _become(wish, intent, PLANS[intent])
    elif memory.asked == "order" and not _BACK.search(wish.folded) and _chooses_order(wish):
        _become(wish, carried or "order_status", PLANS.get(carried, PLANS["order_status"]))
    elif (
        wish.language == "en"
        and _DO_YOU_HAVE.search(wish.folded)
        and (wish.plan.way in ("product", "unknown") or (wish.plan.way == "article" and _OPTION.search(wish.folded)))
    ):
        intent = "stock" if _OPTION.search(wish.folded) else "product_search"
        _become(wish, intent, PLANS[intent])
    elif memory.asked == "product" and (
        wish.intent in ("unknown", "confirm", "product_attribute", "product_search") or _only_names_a_thing(wish)
    ):
        intent = carried if PLANS.get(carried, UNKNOWN).way == "product" and carried not in _BROWSING else "product_attribute"
        _become(wish, intent, PLANS[intent])
    elif wish.named and wish.intent in _SMALL:
        _become(wish, "order_status", PLANS["order_status"])
    elif wish.plan.way == "order" and _AHEAD.search(wish.folded):
        _become(wish, "delivery_schedule", Plan("article", "policy.delivery_time"))
    elif wish.wants_other and wish.intent in _SMALL and PLANS.get(carried, UNKNOWN).way in _ORDERS_WAYS:
        _become(wish, carried, PLANS[carried])
    elif wish.wants_other and memory.product and wish.plan.way in ("product", "unknown", "social"):
        wish.others = True
        _become(wish, "product_search", PLANS["product_search"])
    elif memory.asked == "body" and memory.body and (wish.plan.way in ("unknown", "social", "product")):
        _become(wish, "product_attribute", PLANS["product_attribute"])
    elif _points_back(wish, carried):
        return
    elif memory.asked in ("person", "urge") and wish.urges and wish.plan.way in ("social", "unknown", "order"):
        _become(wish, "confirm", PLANS["confirm"])
    elif wish.urges and memory.order and wish.plan.way in ("social", "unknown"):
        _become(wish, "logistics_tracking", PLANS["logistics_tracking"])
    elif not carried and wish.plan.way in ("social", "unknown") and _ONLY_THIS.fullmatch(wish.folded):
        _become(wish, "product_attribute", PLANS["product_attribute"])


def _said_otherwise(wish: Wish, carried: str) -> bool:
    """Short words that mean something else here than they look like alone."""
    memory, soft = wish.memory, wish.intent in _SMALL or wish.plan.way in ("unknown", "social")
    if not memory.asked and (
        (_OPENER.fullmatch(wish.folded) and "greeting" not in memory.variants) or (soft and _NOTHING_SAID.fullmatch(wish.text))
    ):
        _become(wish, "greeting", PLANS["greeting"])
    elif memory.asked in ("person", "urge") and _WHAT_NOW.fullmatch(wish.folded):
        _become(wish, "confirm", PLANS["confirm"])
    elif PLANS.get(carried, UNKNOWN).way in _ORDERS_WAYS and (_LASTING.fullmatch(wish.folded) or _WHAT_NOW.fullmatch(wish.folded)):
        _become(wish, carried, PLANS[carried])
    elif _ROBOT.search(wish.folded) and len(wish.text) <= 20 and not _FETCH.search(wish.folded):
        _become(wish, "chitchat", PLANS["chitchat"])
        wish.who_are_you = True
    elif wish.intent == "gift_item" and _ARRIVES.search(wish.folded):
        _become(wish, "logistics_tracking", PLANS["logistics_tracking"])
    elif _HUSH.search(wish.folded):
        _become(wish, "contact_someone", PLANS["contact_someone"])
    elif soft and _CARD.search(wish.folded):
        _become(wish, "order_modify", PLANS["order_modify"])
    else:
        return False
    return True


def _only_names_a_thing(wish: Wish) -> bool:
    """A word or two after "which product?": a name, whatever intent it looks like alone (手机 is no question about an account)."""
    return wish.kind == "text" and len(wish.text) <= 8 and wish.intent != "human_request" and not _ASKING.search(wish.folded)


def _about_the_task(wish: Wish) -> bool:
    """Whether a message answers what was asked about a task: shall it be done, or what it still has to be told."""
    memory = wish.memory
    task = memory.task
    assert task is not None
    if wish.kind == "order" or (wish.named and task.order not in wish.named):
        return False
    wish.corrects = wish.text != "" and _CORRECTS.search(wish.folded) is not None
    told = memory.asked in SLOTS and wish.text != "" and tells(memory.asked, wish.folded)
    wish.answer = "other" if wish.corrects or told else answer_to(task.op, wish.text)
    if wish.intent == "human_request" or memory.asked not in SLOTS:
        return wish.answer != "other"
    if wish.answer == "no":
        return True
    photo = wish.kind == "image" and task.op == "remedy"
    soft = wish.intent in _SMALL or wish.plan.way == "unknown" or wish.intent == memory.intent
    if photo or (wish.text and (soft or told) and not wish.text.endswith(("?", "？", "吗"))):
        _become(wish, memory.intent, PLANS.get(memory.intent, UNKNOWN))
        wish.fills = not photo
        return True
    return False


def _points_back(wish: Wish, carried: str) -> bool:
    """Words that only mean something beside what was said before: a correction, an earlier topic, 那L码呢."""
    memory = wish.memory
    if not wish.text or len(wish.text) > 60 or not (memory.intent or memory.topics) or not _POINTS.search(wish.folded):
        return False
    soft = wish.intent in _SMALL or wish.plan.way in ("unknown", "social")
    if back := _BACK.search(wish.folded):
        return _go_back(wish, back.group("what") or back.group("en") or "", soft)
    if carried and _CORRECTS.search(wish.folded):
        wish.corrects = True
        if soft or wish.plan.way == PLANS.get(carried, UNKNOWN).way:
            _become(wish, carried, PLANS.get(carried, UNKNOWN))
        return True
    if carried and soft and _AND_THAT.match(wish.folded):
        _become(wish, carried, PLANS.get(carried, UNKNOWN))
        return True
    return False


def _go_back(wish: Wish, what: str, soft: bool) -> bool:
    """Take up the newest earlier topic of that kind again; a question of its own is then asked about it."""
    memory = wish.memory
    thing = what in ("订单", "快递", "包裹", "物流", "order", "parcel")
    goods = what in ("商品", "衣服", "鞋", "product")
    fits = [
        t for t in reversed(memory.topics)
        if (not thing or (t.order and PLANS.get(t.intent, UNKNOWN).way in _ORDERS_WAYS)) and (not goods or t.product)
    ]  # fmt: skip
    if not fits:
        if thing and soft and memory.order:
            _become(wish, "order_status", PLANS["order_status"])
            return True
        return False
    topic = fits[0]
    wish.returns = True
    if topic.order and not goods:
        memory.order = topic.order
    if topic.product and not thing:
        memory.product = topic.product
    if soft:
        _become(wish, topic.intent, PLANS.get(topic.intent, UNKNOWN))
    return True


def _chooses_order(wish: Wish) -> bool:
    """Whether words after "which order?" choose one: a number, a place in the list, or words that mean nothing else."""
    small = wish.intent in _SMALL or wish.plan.way == "unknown"
    return bool(wish.named) or (small and (wish.ordinal() is not None or wish.plan.way == "unknown"))


def _become(wish: Wish, intent: str, plan: Plan) -> None:
    wish.intent, wish.plan = intent, plan
