"""The output check: every number, date, amount, promise, rule and deed the AI is about to say must come from this turn. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from xinfu.aftersales.contracts import Case
from xinfu.commerce.contracts import Order, OrderStatus, Product
from xinfu.kit.money import Money
from xinfu.reception.dialogue import Task
from xinfu.reception.tasks import Outcome

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(?:" + "|".join(_MONTHS) + ")[a-z]*"
_HAN_NUMBER = "[一二两三四五六七八九十百半]+"
_UNIT = (
    r"\s?(?:个)?\s?(?:工作日|天|日内|小时|分钟|个?月|年|周|星期)"
    r"|\s?-?(?:working days?|business days?|days?|hours?|minutes?|months?|years?|weeks?)\b"
)
_PROMISE = (
    "保证|承诺|肯定|绝对|一定会|一定能|包赔|赔偿|赔付|补偿|全额退|马上退|立刻退|免单"
    r"|guarantee|definitely|certainly will|compensat\w*|full refund|refund you"
)
# What would be a rule of the shop, or a deed: true only when an article, an order or a service said so this turn.
_RULES: tuple[tuple[str, str], ...] = (
    ("no_reason", r"无理由|no[- ]reason|no questions asked"),
    ("free", r"包邮|免邮|免运费|免费|不收费|不要钱|free (?:of charge|shipping|delivery|return)|for free|at no cost"),
    ("fake", r"假一赔|假一罚"),
    ("gift", r"赠送|送您|送你|补偿券|优惠券送|红包|返现|返您|voucher|cash ?back|we'?ll give you"),
    ("protect", r"保价|价格保护"),
    ("exchange", r"只换不修|以换代修"),
    ("lifetime", r"终身|永久|lifetime"),
    ("trial", r"试用|trial"),
)
_DEEDS: tuple[tuple[str, str], ...] = (
    ("cancelled", r"(?:已经?|成功)(?:为您|帮您|给您)?取消(?:了|成功)?|(?:has been|have|is|was) cancelled|i(?:'ve| have) cancelled"),
    (
        "refunded",
        r"(?:已经?|成功)(?:为您|帮您|给您)?退款|退款已经?(?:到账|退回|发起|成功)|(?:has been|have|was) refunded|i(?:'ve| have) refunded",
    ),
    ("sent", r"已经?(?:为您|帮您)?(?:发货|发出|寄出|补发)|(?:has been|was) (?:sent|shipped|dispatched)"),
    ("delivered", r"已经?(?:签收|送达)|(?:has been|was) delivered"),
    (
        "changed",
        r"(?:已经?|成功)(?:为您|帮您|给您)?(?:修改|改好|改成|更改|更新)|(?:has been|have) (?:changed|updated)|i(?:'ve| have) changed",
    ),
    ("urged", r"已经?(?:为您|帮您|给您)?(?:催|加急)|i(?:'ve| have) (?:urged|chased)"),
    ("opened", r"已经?(?:为您|帮您|给您)?(?:提交|申请|登记售后|开好)|i(?:'ve| have) (?:opened|submitted|filed)"),
    ("withdrawn", r"已经?(?:为您|帮您|给您)?(?:撤销|撤回)|(?:has been|is) withdrawn|i(?:'ve| have) withdrawn"),
)
_DAY = (
    r"(?:今|明|后|昨|前)[天晚早]|大后天|[下这本]周[一二三四五六日天末]?|周末|月底|马上到账|立刻到账|秒退"
    r"|\b(?:today|tonight|tomorrow|yesterday|next week|this week|this weekend)\b"
)
_CLAIM = re.compile(
    rf"(?P<amount>(?:hk\$|[¥$€£])\s?[\d,]*\d(?:\.\d{{1,2}})?|[\d,]*\d(?:\.\d{{1,2}})?\s?(?:元|块|yuan|dollars|usd|cny)|{_HAN_NUMBER}(?:元|块钱))"
    rf"|(?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})"
    rf"|(?P<date>\d{{1,2}}月\d{{1,2}}[日号]|\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}})"
    rf"|(?P<time>\d{{1,2}}:\d{{2}})"
    rf"|(?P<share>\d+(?:\.\d+)?\s?(?:%|折)|{_HAN_NUMBER}折)"
    rf"|(?P<span>(?:\d+|{_HAN_NUMBER})(?:{_UNIT}))"
    rf"|(?P<number>\d+(?:\.\d+)?)"
    rf"|(?P<promise>{_PROMISE})",
)
_FIRST = "今明后昨前大下这本周月马立秒无包免不假赠送补优红返保价只以终永试已成退tnfliwvchay"  # what any of the next pattern begins with
_STATEMENT = re.compile(
    rf"(?=[{_FIRST}])(?:(?P<day>{_DAY})"
    rf"|{'|'.join(f'(?P<rule_{name}>{words})' for name, words in _RULES)}"
    rf"|{'|'.join(f'(?P<deed_{name}>{words})' for name, words in _DEEDS)})",
)
# What an order's own state says was done.
_STATE_SAYS: dict[OrderStatus, tuple[str, ...]] = {
    "shipped": ("deed:sent",),
    "out_for_delivery": ("deed:sent",),
    "delivered": ("deed:sent", "deed:delivered"),
    "completed": ("deed:sent", "deed:delivered"),
    "cancelled": ("deed:cancelled",),
    "returned": ("deed:sent",),
}
_TASK_DOES: dict[str, tuple[str, ...]] = {
    "cancel": ("deed:cancelled",),
    "change_address": ("deed:changed",),
    "change_note": ("deed:changed",),
    "urge_parcel": ("deed:urged",),
    "withdraw": ("deed:withdrawn",),
}
_OPENS = ("deed:opened",)
_KEEP = 10_000
_claims_of: dict[tuple[int, str], tuple[Any, frozenset[str]]] = {}
_DIGIT = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = (
    ("workday", ("工作日", "working", "business")),
    ("h", ("小时", "hour")),
    ("min", ("分钟", "minute")),
    ("mo", ("月", "month")),
    ("y", ("年", "year")),
    ("w", ("周", "星期", "week")),
    ("d", ("天", "日", "day")),
)


@lru_cache(8192)
def claims_in(text: str) -> frozenset[str]:
    """Everything in a text that could be untrue: 'amount:199.00', 'date:3-12', 'time:14:30', 'span:7:d', 'n:2', 'promise:保证' …"""
    folded = unicodedata.normalize("NFKC", text).lower()
    return frozenset(_normal(str(m.lastgroup), m.group()) for m in _CLAIM.finditer(folded))


@lru_cache(8192)
def stated_in(text: str) -> frozenset[str]:
    """The rules, deeds and near days a text speaks of: 'rule:free', 'deed:cancelled', 'day:明天' …"""
    folded = unicodedata.normalize("NFKC", text).lower()
    return frozenset(_normal(str(m.lastgroup), m.group()) for m in _STATEMENT.finditer(folded))


class Facts:
    """What may be said this turn. Everything added makes its own claims sayable, in either language's way of writing."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._sayable: set[str] = set()

    def text(self, *texts: str) -> None:
        for text in texts:
            self._sayable |= claims_in(text) | stated_in(text)

    def span(self, number: int, unit: str) -> None:
        self._sayable.add(f"span:{number}:{unit}")

    def money(self, *amounts: Money) -> None:
        for amount in amounts:
            self._sayable.add(f"amount:{amount.plain()}")

    def times(self, times: Iterable[datetime | None]) -> None:
        self._sayable |= _of_times(times, self.zone)

    def order(self, order: Order, now: datetime) -> None:
        """An order's number, goods, amounts, its timeline and every scan, and for how many days nothing moved."""
        self._sayable |= _kept(order, self.zone, _of_order)
        for parcel in order.parcels:
            if parcel.scans:
                self.span((now - parcel.scans[-1].at).days, "d")

    def product(self, product: Product) -> None:
        self._sayable |= _kept(product, self.zone, _of_product)

    def outcome(self, outcome: Outcome, task: Task | None, *, done: bool) -> None:
        """What a service said it would do or refuses; after it was done, also that it was."""
        self.text(*outcome.lines, outcome.number, outcome.refused)
        if task:
            self.text(task.order)
            if done:
                self._sayable.update(_TASK_DOES.get(task.op, _OPENS))

    def request(self, request: Case) -> None:
        self._sayable.update(_OPENS)
        if request.state == "withdrawn":
            self._sayable.add("deed:withdrawn")
        self.text(request.number, request.order_no, *(line for e in request.timeline if e.public for line in (e.zh, e.en)))
        self.times(e.at for e in request.timeline if e.public)
        self.money(request.total)

    def unsupported(self, text: str) -> list[str]:
        """The numbers, dates, amounts and promises of a text that no fact of this turn holds up, sorted."""
        claims = claims_in(text)
        return sorted(claims - self._sayable) if claims else []

    def untrue(self, text: str) -> list[str]:
        """All that no fact of this turn holds up: rules, deeds and near days as well."""
        said = claims_in(text) | stated_in(text)
        return sorted(said - self._sayable) if said else []


def _kept[T](thing: T, zone: ZoneInfo, claims_of: Callable[[T, ZoneInfo], frozenset[str]]) -> frozenset[str]:
    """The claims of a frozen order or product, worked out once per object: caches hand out the same object to many turns.

    The object is kept beside its claims, so that its id cannot be given to another one meanwhile.
    """
    key = (id(thing), zone.key)
    kept = _claims_of.get(key)
    if kept is None:
        kept = _claims_of[key] = (thing, claims_of(thing, zone))
        if len(_claims_of) > _KEEP:
            del _claims_of[next(iter(_claims_of))]
    return kept[1]


def _of_order(order: Order, zone: ZoneInfo) -> frozenset[str]:
    texts = [order.no, *(line.name for line in order.lines)]
    times = [order.placed_at, order.paid_at]
    for step in order.timeline:
        texts += (step.detail, step.zh, step.en)
        times.append(step.at)
    for parcel in order.parcels:
        texts += (parcel.tracking_no, parcel.carrier)
        times.append(parcel.promised_by)
        for scan in parcel.scans:
            texts += (scan.place, scan.text)
            times.append(scan.at)
    counts = (len(order.lines), sum(line.quantity for line in order.lines), len(order.parcels))
    amounts = (f"amount:{order.total.plain()}", f"amount:{order.freight.plain()}")
    states = _STATE_SAYS.get(order.status, ())
    return _of_times(times, zone).union(states, *map(claims_in, texts), *map(stated_in, texts), amounts, (f"n:{count}" for count in counts))


def _of_product(product: Product, _: ZoneInfo) -> frozenset[str]:
    texts = [product.name, product.brand, product.category, product.summary, *product.attributes.values()]
    for variant in product.variants:
        texts += (variant.sku, *(value for _, value in variant.options))
    return frozenset(f"amount:{v.price.plain()}" for v in product.variants).union(*map(claims_in, texts), *map(stated_in, texts))


def _of_times(times: Iterable[datetime | None], zone: ZoneInfo) -> frozenset[str]:
    local = [at.astimezone(zone) for at in times if at is not None]
    return frozenset([f"date:{at.month}-{at.day}" for at in local] + [f"time:{at.hour}:{at.minute:02d}" for at in local])


def _normal(kind: str, said: str) -> str:
    if kind == "amount":
        digits = "".join(c for c in said if c.isdigit() or c == ".").strip(".")
        if not digits:
            return f"amount:{_han(said)}.00"
        whole, _, part = digits.partition(".")
        return f"amount:{int(whole or 0)}.{part:0<2}"
    if kind == "iso":
        _, month, day = said.split("-")
        return f"date:{int(month)}-{int(day)}"
    if kind == "date":
        return _date(said)
    if kind == "time":
        hour, minute = said.split(":")
        return f"time:{int(hour)}:{minute}"
    if kind == "span":
        number = re.match(r"\d+", said)
        unit = next(key for key, words in _UNITS if any(word in said for word in words))
        return f"span:{int(number.group()) if number else _han(said)}:{unit}"
    if kind.startswith(("rule_", "deed_")):
        return kind.replace("_", ":", 1)
    if kind == "share":
        return "share:" + said.replace(" ", "")
    return f"{'n' if kind == 'number' else kind}:{said}"


def _date(said: str) -> str:
    numbers = re.findall(r"\d+", said)
    if len(numbers) == 2:
        return f"date:{int(numbers[0])}-{int(numbers[1])}"
    month = next(i for i, name in enumerate(_MONTHS, 1) if name in said)
    return f"date:{month}-{int(numbers[0])}"


def _han(said: str) -> str:
    """A small Chinese number as digits (三 → 3, 十五 → 15, 两百 → 200); 半 stays a word of its own."""
    if "半" in said:
        return "half"
    total, digit = 0, 0
    for c in said:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif c == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif c == "百":
            total, digit = total + (digit or 1) * 100, 0
    return str(total + digit)
