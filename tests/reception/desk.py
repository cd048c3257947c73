"""A small shop and a customer to talk with: builders for orders, products, articles and messages, and fakes for what reception asks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from xinfu.commerce.contracts import Order, OrderLine, OrderStatus, Parcel, Product, Scan, ScanCode, TimelineStep, Variant
from xinfu.conversations.contracts import Incoming, Kind, Message, Reply, Summary
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.clock import FixedClock
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money
from xinfu.kit.text import bigrams
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.reception import Reception
from xinfu.understanding.contracts import Danger, Demand, Emotion, Entity, Language, Reading

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
SHOP = "5" * 32
ME = "c" * 32
STRANGER = "d" * 32


def a_line(name: str = "青岚 纯棉圆领T恤", product_id: str = "shirt", quantity: int = 1) -> OrderLine:
    return OrderLine("QL-T-M", product_id, name, (("颜色", "白"), ("尺码", "M")), quantity, Money(8900), "")


def a_scan(code: ScanCode = "arrived", hours_ago: float = 5, place: str = "杭州转运中心", text: str = "已到达") -> Scan:
    return Scan(NOW - timedelta(hours=hours_ago), code, place, text)


def a_parcel(*scans: Scan, promised_in_days: float | None = 2, tracking: str = "ZT7700012345") -> Parcel:
    promised = None if promised_in_days is None else NOW + timedelta(days=promised_in_days)
    return Parcel("中远快运", tracking, scans or (a_scan(),), promised)


def an_order(
    no: str = "XF2603080001",
    status: OrderStatus = "shipped",
    *parcels: Parcel,
    lines: tuple[OrderLine, ...] | None = None,
    customer: Id = ME,
    gift: bool = False,
    days_ago: float = 2,
) -> Order:
    placed = NOW - timedelta(days=days_ago)
    if not parcels and status in ("shipped", "out_for_delivery", "delivered", "completed"):
        parcels = (a_parcel(a_scan("delivered" if status in ("delivered", "completed") else "arrived")),)
    steps = (
        TimelineStep("placed", "已下单", "Order placed", placed, True, ""),
        TimelineStep("paid", "已付款", "Paid", placed + timedelta(minutes=3), status != "unpaid", ""),
    )
    return Order(
        id=f"id-{no}",
        no=no,
        shop_id=SHOP,
        customer_id=customer,
        status=status,
        placed_at=placed,
        paid_at=None if status == "unpaid" else placed + timedelta(minutes=3),
        total=Money(8900),
        freight=Money(0),
        lines=lines or (a_line(),),
        receiver="文小北",
        receiver_phone="19900001111",
        address="云州市青石路 8 号",
        gift=gift,
        note="",
        parcels=parcels,
        timeline=steps,
    )


SHIRT = Product(
    "shirt",
    "青岚 纯棉圆领T恤",
    "服饰",
    "青岚",
    "日常百搭的短袖",
    "",
    {"material": "100% 新疆长绒棉", "washing": "30 度以下机洗，不可漂白", "size_chart": "M：160-168cm，50-58kg；L：168-175cm，58-68kg"},
    (
        Variant("QL-T-M", (("颜色", "白"), ("尺码", "M")), Money(8900), 12),
        Variant("QL-T-L", (("颜色", "白"), ("尺码", "L")), Money(9900), 0),
    ),
)
CARD = Product(
    "card",
    "极昼 RX90 显卡",
    "显卡",
    "极昼",
    "12GB 显存的游戏显卡",
    "",
    {"specs": "显存 12GB，整卡功耗 220W", "warranty": "整卡保修 3 年"},
    (Variant("JZ-RX90", (), Money(329900), 3),),
)
ARTICLES = [
    Hit("a-ship", "发货时间", "policy.shipping", "付款后 48 小时内发出，节假日顺延。", 1, 0.0),
    Hit("a-ret", "七天无理由退货", "policy.returns", "签收后 7 天内，不影响二次销售可以退货。", 1, 0.0),
    Hit("a-ref", "退款到账", "policy.refund_time", "收到退货后 3 个工作日内原路退回。", 1, 0.0),
    Hit("a-inv", "电子发票", "policy.invoice", "订单完成后可在订单页申请电子发票。", 1, 0.0),
    Hit("a-fee", "运费说明", "policy.freight", "满 99 元包邮，不满收 8 元。", 1, 0.0),
    Hit("a-fee-en", "Shipping fee", "policy.freight.en", "Free over $99, otherwise $8.", 1, 0.0),
    Hit("a-can", "取消订单", "policy.cancel", "未发货的订单可以取消。", 1, 0.0),
    Hit("a-park", "门店停车", "", "地下车库可停两小时。", 1, 0.0),
]


class Books:
    """Orders, counted look-ups included."""

    def __init__(self, *orders: Order) -> None:
        self.orders = list(orders)
        self.calls: list[tuple[Id, list[Id]]] = []
        self.broken = False

    async def orders_of(self, shop_id: Id, customer_ids: Sequence[Id], limit: int = 10) -> dict[Id, list[Order]]:
        self.calls.append((shop_id, list(customer_ids)))
        if self.broken:
            raise OSError("no database")
        return {c: [o for o in self.orders if o.customer_id == c and o.shop_id == shop_id][:limit] for c in customer_ids}

    async def by_no(self, shop_id: Id, no: str) -> Order | None:
        return next((o for o in self.orders if o.no == no and o.shop_id == shop_id), None)

    async def by_tracking(self, shop_id: Id, tracking_no: str) -> Order | None:
        return next((o for o in self.orders if o.shop_id == shop_id and any(p.tracking_no == tracking_no for p in o.parcels)), None)


class Shelf:
    def __init__(self, *products: Product) -> None:
        self.products = products

    async def get(self, shop_id: Id, product_id: Id) -> Product | None:
        return next((p for p in self.products if p.id == product_id), None)

    async def search(self, shop_id: Id, text: str, limit: int = 5) -> list[Product]:
        words = set(bigrams(text))
        return [p for p in self.products if words & set(bigrams(f"{p.name} {p.category} {p.brand}"))][:limit]


class Papers:
    def __init__(self, *articles: Hit) -> None:
        self.articles = articles

    def search(self, shop_id: Id, query: str, audience: Audience = "customer", limit: int = 5) -> list[Hit]:
        assert audience == "customer"
        words = set(bigrams(query))
        scored = [replace(a, score=3.0 * len(words & set(bigrams(f"{a.title} {a.body}")))) for a in self.articles]
        return sorted((a for a in scored if a.score), key=lambda a: -a.score)[:limit]

    def by_topic(self, shop_id: Id, topic: str) -> Hit | None:
        return next((a for a in self.articles if a.topic == topic), None)


class Rules:
    def __init__(self, settings: ShopSettings) -> None:
        self.settings = settings

    def current(self, shop_id: Id) -> ShopSettings:
        return self.settings


def order_card(order: Order, locale: Locale) -> dict[str, Any]:
    return {"no": order.no, "status": order.status, "gift": order.gift}


_ATTRIBUTES = {
    "material": ("材质", "面料", "什么做", "material"),
    "washing": ("洗", "wash"),
    "size_chart": ("码", "size"),
    "warranty": ("保修", "warranty"),
    "specs": ("功耗", "power"),
}


def attribute_of(text: str) -> str | None:
    return next((key for key, words in _ATTRIBUTES.items() if any(w in text.lower() for w in words)), None)


def a_reading(
    intent: str,
    *,
    p: float = 0.9,
    emotion: Emotion = "calm",
    intensity: int = 0,
    demand: Demand = "none",
    danger: Danger | None = None,
    abuse: bool = False,
    language: Language = "zh",
    entities: tuple[Entity, ...] = (),
) -> Reading:
    return Reading(intent, p, ((intent, p),), "any", emotion, 0.9, intensity, abuse, danger, entities, language, demand, 0.9)


def number(text: str, no: str) -> Entity:
    at = text.find(no)
    return Entity("order_no", no, max(at, 0), max(at, 0) + len(no))


class Desk:
    """A running front desk and one customer's conversation with it: say() one message, get the reply, memory is carried along."""

    def __init__(
        self,
        *orders: Order,
        products: Sequence[Product] = (SHIRT, CARD),
        articles: Sequence[Hit] = tuple(ARTICLES),
        staffed: bool = True,
        language: Language = "zh",
        settings: ShopSettings | None = None,
    ) -> None:
        self.books = Books(*orders)
        self.clock = FixedClock(NOW)
        self.staffed = staffed
        self.language: Language = language
        self.reception = Reception(
            self.books,
            Shelf(*products),
            Papers(*articles),
            Rules(settings or ShopSettings()),
            lambda shop_id: self.staffed,
            order_card,
            attribute_of,
            self.clock,
        )
        self.memory: dict[str, Any] = {}
        self.conversation = new_id()
        self.seq = 0
        self.replies: list[Reply] = []

    def incoming(
        self,
        text: str,
        intent: str,
        *,
        kind: Kind = "text",
        data: dict[str, Any] | None = None,
        no: str | None = None,
        customer: Id = ME,
        vip: int = 0,
        **reading: Any,
    ) -> Incoming:
        self.seq += 1
        reading.setdefault("language", self.language)
        if no is not None:
            reading["entities"] = (number(text, no),)
        summary = Summary(self.conversation, SHOP, customer, "访客 1234", vip=vip, language=self.language)
        message = Message(self.conversation, self.seq, "customer", customer, "访客 1234", kind, text, self.clock.ms(), data)
        return Incoming(summary, self.memory, message, a_reading(intent, **reading), [])

    async def say(self, text: str, intent: str, **more: Any) -> Reply:
        reply = (await self.reception.respond([self.incoming(text, intent, **more)]))[0]
        if reply.work is not None:  # as intake does: the rest of the answer comes once the message is stored
            assert reply.memory is None and not reply.say
            reply = await reply.work()
        if reply.memory is not None:
            self.memory = reply.memory
        self.replies.append(reply)
        return reply

    async def tap(self, order: Order) -> Reply:
        return await self.say("", "unknown", kind="order", data={"order": {"no": order.no}})


def sources(reply: Reply) -> set[tuple[str, str]]:
    """What an answer stands on, as (kind, id)."""
    return {(s["kind"], s["id"]) for said in reply.say for s in (said.data or {}).get("sources", ())}


def kinds(reply: Reply) -> list[str]:
    return [said.kind for said in reply.say]


def text_of(reply: Reply) -> str:
    return "\n".join(said.text for said in reply.say)
