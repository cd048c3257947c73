"""What can be done for a customer: which action words ask for, what it is told by them, and what is still missing. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xinfu.commerce.contracts import Order, OrderStatus, Product
from xinfu.kit.text import clean, fold
from xinfu.reception.dialogue import Asked, Task
from xinfu.reception.words import tokens

if TYPE_CHECKING:
    from xinfu.reception.wishes import Wish

VALID_MS = 10 * 60_000  # how long a yes to a preview counts
ON_ORDER = frozenset({"cancel", "change_address", "change_note", "urge_parcel", "invoice"})
ON_REQUEST = frozenset({"return", "exchange", "repair", "refund_only", "price_protection"})
SLOTS = frozenset({"address", "title", "reason", "words"})  # what an action may still have to be told

_ARRIVED: frozenset[OrderStatus] = frozenset({"delivered", "completed"})
_EXCHANGE = re.compile(r"换(?!新)|exchange|swap")
_ONLY_MONEY = re.compile(r"仅退款|只退款|不退货|refund only|keep (?:it|the)")
_MONEY = re.compile(r"退款|退钱|退货|退了|要退|refund|money back")
_NOTE = re.compile(r"备注|留言|卡片|贺卡|\bnote\b")
_ITEMS = re.compile(r"[换改]成?.{0,6}(?:码|号|色|款|尺寸)|(?:size|colou?r) to")
_MISSING = re.compile(r"少[了发寄一两几]|漏|缺|没[有发]?(?:配件|说明书)|missing")
_WISHES: dict[str, re.Pattern[str]] = {  # intents that are mostly questions, and the words that make them a wish to have it done
    "invoice": re.compile(
        r"(?:开|补|要|申请|给我|来).{0,4}(?:发票|专票|普票|电子票)|(?:发票|专票).{0,3}(?:开一?下|开一张|补一?下|补开)|抬头[:：是]"
        r"|(?:need|want|like|send|issue|give|get) .{0,12}invoice"
    ),
    "price_protection": re.compile(
        r"申请|帮我|给我|降价|降了|便宜了|跌|差价|退差|补差|保价一下|price (?:drop|dropped|adjust|protect)|difference|cheaper"
    ),
    "warranty_repair": re.compile(r"报修|申请维修|要修|送修|修一下|修修|帮我修|想修|repair it|get it (?:fixed|repaired)|have it repaired"),
    "after_sales_policy": re.compile(
        r"(?:想|要|我|帮我|给我|申请)(?:把|将)?.{0,8}(?:换|退)(?:货|一?个|一?件|成|大|小|掉|了)?|i (?:want|need|'d like|would like) to "
        r"(?:return|exchange)"
    ),
}
_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("damaged", re.compile(r"(?:路上|运输|快递|寄).{0,6}(?:坏|碎|破|压|摔)|碎了|压坏|摔坏|破损|damaged|smashed|arrived broken")),
    ("wrong_item", re.compile(r"发错|错发|寄错|不是我[买要订]的|wrong (?:item|one|thing|size|colou?r)")),
    ("missing", re.compile(r"少发|漏发|少了|缺了|missing")),
    ("not_as_described", re.compile(r"描述不符|不符合描述|色差|和(?:图|描述|详情)|与描述|货不对板|not as described|different from")),
    (
        "size",
        re.compile(r"尺码|尺寸|大小|太大|太小|偏大|偏小|大了|小了|紧|不合身|不合适|穿不下|\bsize\b|too (?:big|small|tight|loose)|fit"),
    ),
    (
        "quality",
        re.compile(r"质量|开线|脱线|起球|掉色|瑕疵|故障|不能用|坏了|坏的|裂|有问题|次品|defect|faulty|broken|quality|doesn'?t work"),
    ),
    ("adverse_reaction", re.compile(r"不舒服|刺激|泛红|起痘")),
    ("no_reason", re.compile(r"不想要|不喜欢|无理由|拍错|买错|不要了|用不上|后悔|changed my mind|don'?t (?:want|like|need)|no longer")),
)
_RECEIVER = re.compile(
    r"(?:收件人|收货人|收件|姓名|名字|联系人|receiver|name)\s*"
    r"(?:改成|改为|换成|是|为|is|[:：])?\s*([\u4e00-\u9fff·]{2,4}|[A-Za-z][A-Za-z .]{1,30})"
)
_NAME_FIRST = re.compile(r"(?:^|[,，、\s])([\u4e00-\u9fff·]{2,3})[,，、\s]+(?=1\d{2}|199)")
_TO = re.compile(
    r"(?:地址)?(?:改成|改到|改为|换成|换到|寄到|送到|发到|ship (?:it )?to|send (?:it )?to|address (?:is|to))\s*[:：]?\s*(.{5,120})",
    re.IGNORECASE,
)
_AT = re.compile(r"(?:地址|address)\s*[:：是]\s*(.{5,120})", re.IGNORECASE)
_PLACE = re.compile(r"[省市区县镇乡村路街道巷号栋幢楼室]|\d+\s+\w+|street|road|avenue|\bst\b|\brd\b", re.IGNORECASE)
_NOTE_WORDS = re.compile(
    r"(?:备注|留言|卡片|贺卡|note)(?:上|里)?(?:一下|改成|改为|写上|写|加上|加|说|[:：]|\s)*[“\"]?\s*(.{2,200}?)[”\"]?$", re.IGNORECASE
)
_TITLE = re.compile(
    r"(?:抬头|公司名?称?|单位|名称|title|made out to|company)\s*(?:是|为|写|开|is|[:：])?\s*([\u4e00-\u9fffA-Za-z0-9()（）·&. -]{2,60})"
)
_COMPANY = re.compile(r"([\u4e00-\u9fff()（）]{2,40}(?:有限公司|公司|工作室|事务所|医院|学校|大学|中心|厂|店))")
_TAX = re.compile(r"(?<![0-9A-Za-z])([0-9A-Z]{15,20})(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,3}")
_PERSONAL = re.compile(r"个人|私人|本人|personal|private|myself")
_PHONE = re.compile(r"(?<!\d)(1\d{10}|199-0000-\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What services said to a task. `lines` in the customer's language; `number`: the request's, `refused`: in plain words, else ''."""

    lines: tuple[str, ...] = ()
    number: str = ""
    refused: str = ""
    by_person: bool = False  # a person has to look at it once it is handed in
    again: bool = False  # something changed since it was shown


def wants_action(intent: str, folded: str) -> bool:
    """Whether words of an intent that is mostly a question ask for something to be done: 帮我开张发票."""
    pattern = _WISHES.get(intent)
    return pattern is not None and pattern.search(folded) is not None


def operation_of(intent: str, folded: str, status: OrderStatus | None) -> str:
    """The action an intent asks for, for an order in this state; '' when only people can do it."""
    match intent:
        case "order_cancel":
            return "cancel"
        case "refund_request" | "after_sales_policy" | "transport_damage" | "wrong_missing":
            return _back(intent, folded, status)
        case "order_modify":
            return "change_note" if _NOTE.search(folded) else "" if _ITEMS.search(folded) else "change_address"
        case "invoice" | "price_protection":
            return intent
        case "warranty_repair":
            return "repair"
        case "after_sales_withdraw":
            return "withdraw"
        case _:
            return ""


def _back(intent: str, folded: str, status: OrderStatus | None) -> str:
    """Goods or money back: before they have left that is cancelling, after that a request."""
    if intent == "wrong_missing" and _MISSING.search(folded) and not _MONEY.search(folded):
        return ""  # goods to be sent again: for people
    if status not in _ARRIVED:
        return "cancel" if intent not in ("wrong_missing", "transport_damage") else ""
    if _ONLY_MONEY.search(folded):
        return "refund_only"
    if _EXCHANGE.search(folded) and "退换" not in folded:
        return "exchange"
    if intent in ("transport_damage", "wrong_missing") and not _MONEY.search(folded):
        return "remedy"
    return "return"


def tells(asked: Asked, folded: str) -> bool:
    """Whether words plainly answer what an action was waiting to be told."""
    if asked == "address":
        return _PHONE.search(folded) is not None or (_PLACE.search(folded) is not None and len(folded) >= 6)
    if asked == "title":
        return any(p.search(folded) for p in (_COMPANY, _TITLE, _PERSONAL)) or _TAX.search(folded.upper()) is not None
    if asked == "reason":
        return bool(reason_in(folded)) or _EXCHANGE.search(folded) is not None or _MONEY.search(folded) is not None
    return False


def reason_in(folded: str) -> str:
    return next((reason for reason, pattern in _REASONS if pattern.search(folded)), "")


def task_of(op: str, wish: "Wish", order: Order, known: Task | None) -> Task:
    """The task with everything the words (and an earlier part of the same talk) tell about it."""
    before = dict(known.inputs) if known and known.order == order.no and known.op in (op, "remedy") else {}
    told: dict[str, Any] = {}
    if op == "change_address":
        told = _address(wish)
    elif op == "change_note":
        found = _NOTE_WORDS.search(clean(wish.text))
        told = {"note": found.group(1)} if found else {"note": clean(wish.text)} if wish.fills else {}
    elif op == "invoice":
        told = _invoice(wish)
    elif op in ON_REQUEST or op == "remedy":
        told = _request(op, wish, order)
    return Task(op, order.no, before | told)


def missing(task: Task, wish: "Wish") -> Asked:
    """What an action still has to be told, '' when nothing."""
    if task.op == "change_address" and not task.inputs:
        return "address"
    if task.op == "change_note" and not task.inputs.get("note"):
        return "words"
    if task.op == "invoice" and not task.inputs.get("title"):
        return "title"
    if task.op == "remedy":
        return "reason"
    if task.op in ("return", "refund_only", "exchange") and not task.inputs.get("reason"):
        if wish.fills:
            task.inputs["reason"] = "no_reason"  # asked once is enough
            return ""
        return "reason"
    return ""


def variant_named(text: str, product: Product, but: str) -> str:
    """The sku of the variant whose options the words name best, other than `but`; '' when none is named or several are as well."""
    folded = fold(text)
    scored = [(sum(1 for _, value in v.options if _says(folded, fold(value))), v.sku) for v in product.variants if v.sku != but]
    best = max((score for score, _ in scored), default=0)
    named = [sku for score, sku in scored if score == best]
    return named[0] if best and len(named) == 1 else ""


def _says(folded: str, value: str) -> bool:
    if not value:
        return False
    if value[0].isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(value)}(?![a-z0-9])", folded) is not None
    return value in folded


def _address(wish: "Wish") -> dict[str, Any]:
    text = clean(wish.text)
    told: dict[str, Any] = {}
    if phone := next((e.value for e in wish.entities("phone") if "*" not in e.value), "") or _first(_PHONE, text):
        told["phone"] = phone
    if receiver := _first(_RECEIVER, text) or (_first(_NAME_FIRST, text) if phone else ""):
        told["receiver"] = receiver.strip()
    address = next((e.value for e in wish.entities("address")), "") or _first(_AT, text) or _first(_TO, text)
    if not address and wish.fills and _PLACE.search(text):
        address = text
        for part in (phone, told.get("receiver", "")):
            address = address.replace(part, " ") if part else address
    if address and _PLACE.search(address):
        told["address"] = " ".join(address.strip(" ,，。、;；:：").split())
    return told


def _invoice(wish: "Wish") -> dict[str, Any]:
    text = clean(wish.text)
    told: dict[str, Any] = {}
    if title := _first(_COMPANY, text) or _first(_TITLE, text):
        told["title"] = re.sub(r"^(?:抬头|公司|开|写|是)[:： ]*", "", title).strip()
    elif _PERSONAL.search(fold(text)):
        told["title"] = "Personal" if wish.language == "en" else "个人"
    elif wish.fills and 1 < len(text) <= 60:
        told["title"] = text
    if told.get("title") not in (None, "个人", "Personal") and (tax := _first(_TAX, text.upper())):
        told["tax_no"] = tax
    if email := _EMAIL.search(text):
        told["email"] = email.group()
    return told


def _request(op: str, wish: "Wish", order: Order) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if op == "price_protection":
        told["reason"] = "price_drop"
    elif reason := reason_in(wish.folded) or {
        "transport_damage": "damaged",
        "wrong_missing": "wrong_item",
        "warranty_repair": "quality",
    }.get(wish.intent, ""):
        told["reason"] = reason
    position = line_meant(wish.text, order)
    if position is not None:
        told["line"] = position
    if wish.memory.photos:
        told["photos"] = list(wish.memory.photos)
    return told


def line_meant(text: str, order: Order) -> int | None:
    """The one line of several that the words name."""
    if len(order.lines) < 2:
        return None
    words = tokens(text)
    scores = [len(words & tokens(line.name)) for line in order.lines]
    best = max(scores)
    return scores.index(best) if best and scores.count(best) == 1 else None


def request_wish(task: Task, order: Order, words: str, to_sku: str) -> dict[str, Any]:
    """A task as the wish that after-sales takes."""
    lines: Sequence[int] = [task.inputs["line"]] if "line" in task.inputs else range(len(order.lines)) if to_sku else ()
    items = [{"line": i, "quantity": order.lines[i].quantity, **({"to_sku": to_sku} if to_sku else {})} for i in lines]
    return {
        "kind": task.op,
        "reason": task.inputs.get("reason", "no_reason"),
        "items": items,
        "words": words,
        "photos": task.inputs.get("photos", []),
    }


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
