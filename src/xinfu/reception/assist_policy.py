"""What an agent might do next, and how a conversation is summed up. Pure: everything known is in the Case."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from xinfu.commerce.contracts import Order
from xinfu.conversations.contracts import Message, Note, Summary
from xinfu.identity.contracts import Permission
from xinfu.kit.text import clip
from xinfu.knowledge.contracts import Hit
from xinfu.reception.policy import Trouble, trouble_of
from xinfu.reception.wishes import ARRIVED, MOVING, PLANS, UNKNOWN, UNPAID, WAITING
from xinfu.reception.wording import Wording
from xinfu.understanding.contracts import Reading

type Outcome = Literal[
    "answered", "resolved", "action_done", "request_opened", "follow_up", "handed_on", "left", "unresolved", "abuse", "danger"
]  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = (
    "answered", "resolved", "action_done", "request_opened", "follow_up", "handed_on", "left", "unresolved", "abuse", "danger",
)  # fmt: skip
EMOTIONS = ("calm", "happiness", "confusion", "worry", "anxiety", "loss", "anger")  # as conversations.policy numbers them in a curve
_HEAVY = frozenset({"anger", "loss", "anxiety"})
_RETURNS = frozenset({"refund_request", "after_sales_policy", "wrong_missing", "transport_damage", "warranty_repair", "return_logistics"})
_KIND = {"warranty_repair": "repair", "price_protection": "price_protection"}
_REASON = {"wrong_missing": "wrong_item", "transport_damage": "damaged"}
_PROMISE = re.compile(
    r"[^。！？!?\n]*(?:(?:我|我们|同事|这边|稍后|晚点|明天|今天|\d+\s*(?:小时|天|个?工作日|分钟)(?:内|之内|以内))[^。！？!?\n]{0,16}"
    r"(?:给您|联系您|回复您|回电|打给|告诉您|通知您|补发|退还|退款给|寄出|跟进|处理好|催)"
    r"|\b(?:i|we)(?:'ll| will)\b[^.!?\n]{3,80})[^。！？!?\n]*",
    re.IGNORECASE,
)
_KEPT = re.compile(r"已(?:经)?(?:补发|退款|退还|寄出|处理好|催过|联系|回电|通知)|\b(?:has|have) been\b|\bdone\b", re.IGNORECASE)
_OFFER = re.compile(r"吗$|能不能|要不要|需要的话|需要我|如果|要是|shall i|would you like|\bif\b", re.IGNORECASE)
_MOST = 5


@dataclass(slots=True)
class Case:
    """A conversation as the person serving it needs it. `readings` go with `said`, the customer's messages, oldest first."""

    head: Summary
    messages: Sequence[Message]
    notes: Sequence[Note]
    said: Sequence[Message]
    readings: Sequence[Reading]
    orders: Sequence[Order]
    memory: dict[str, Any]
    now: datetime
    rule: Hit | None = None  # the shop's article on what is wanted
    done: list[tuple[Literal["operation", "request"], str]] = field(default_factory=list)  # what was done since it began, in words

    @property
    def intents(self) -> list[str]:
        """What was wanted, in order, each once; small talk left out."""
        found = [r.intent for r in self.readings if PLANS.get(r.intent, UNKNOWN).way not in ("social", "unknown")]
        return list(dict.fromkeys(i for i in found if i != "human_request"))

    @property
    def intent(self) -> str:
        intents = [r.intent for r in reversed(self.readings) if r.intent in self.intents]
        return intents[0] if intents else self.head.intent

    @property
    def order(self) -> Order | None:
        """The order talked about: the one named, tapped or remembered; else the newest that fits what is wanted; else the only one."""
        named = {str(e.value).upper() for r in self.readings for e in r.entities if e.kind in ("order_no", "tracking_no")}
        named |= {str((m.data or {}).get("order", {}).get("no", "")).upper() for m in self.said if m.kind == "order"}
        for order in self.orders:
            if order.no.upper() in named or any(p.tracking_no.upper() in named for p in order.parcels):
                return order
        remembered = str(self.memory.get("o", ""))
        for order in self.orders:
            if remembered and order.no == remembered:
                return order
        prefer = PLANS.get(self.intent, UNKNOWN).prefer
        fitting = [o for o in self.orders if o.status in prefer]
        return fitting[0] if fitting else (self.orders[0] if len(self.orders) == 1 else None)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do. `key` names its words; `command` what the workbench does about it: {"do": …} with what that needs."""

    key: str
    why: str
    command: dict[str, Any]
    permission: Permission | None = None
    facts: dict[str, str] = field(default_factory=dict)


def next_steps(case: Case) -> list[Step]:
    """What to do next, most pressing first."""
    found: dict[str, Step] = {}
    for rule in _RULES:
        for step in rule(case):
            found.setdefault(step.key, step)
    return list(found.values())[:_MOST]


def _danger(case: Case) -> Iterator[Step]:
    if case.head.danger:
        yield Step("danger", "danger", {"do": "consult"}, Permission.CONVERSATIONS_SERVE)


def _promises_due(case: Case) -> Iterator[Step]:
    if open_ := open_promises(case):
        yield Step("keep_promise", "promised", {"do": "note"}, facts={"what": clip(open_[0], 60)})


def _order_trouble(case: Case) -> Iterator[Step]:
    order = case.order
    if order is None:
        return
    trouble = trouble_of(order, case.now)
    urged = any(r.intent in ("logistics_tracking", "delivery_schedule", "logistics_exception", "dispatch_time") for r in case.readings)
    if order.status in MOVING and (trouble or (urged and case.head.emotion in _HEAVY)):
        yield _operation("urge_parcel", trouble or "mood", order, Permission.ORDERS_URGE)
    if case.intent == "logistics_exception" and order.status in ARRIVED:
        yield _request("not_received", "signed", order, "refund_only", "not_received")


def _order_change(case: Case) -> Iterator[Step]:
    order, intent = case.order, case.intent
    if order is None:
        return
    early = order.status in UNPAID | WAITING
    if intent == "order_cancel":
        if early:
            yield _operation("cancel", "not_sent", order, Permission.ORDERS_CANCEL)
        elif order.status in MOVING:
            yield _operation("intercept", "under_way", order, Permission.ORDERS_REVIEW)
    if intent == "order_modify" and early:
        yield _operation("change_address", "not_sent", order, Permission.ORDERS_MODIFY)
    if intent == "invoice" and order.status not in UNPAID:
        yield _operation("invoice", "asked", order, Permission.ORDERS_INVOICE)
    if intent == "payment" and order.status in UNPAID:
        yield _operation("urge_payment", "unpaid", order, Permission.ORDERS_URGE)


def _after_sales(case: Case) -> Iterator[Step]:
    order, intent = case.order, case.intent
    if intent == "transport_damage" and not any(m.kind == "image" for m in case.said):
        yield Step("ask_photo", "proof", {"do": "say"})
    if order is None or order.status not in ARRIVED:
        return
    if intent in _RETURNS:
        yield _request("open_request", intent, order, _KIND.get(intent, "return"), _REASON.get(intent, "no_reason"))
    elif intent == "price_protection":
        yield _request("open_request", intent, order, "price_protection", "price_drop")


def _explain(case: Case) -> Iterator[Step]:
    if case.rule:
        command = {"do": "article", "article": case.rule.article_id}
        yield Step("explain", "rule", command, Permission.KNOWLEDGE_READ, {"title": clip(case.rule.title, 40)})


def _ask_order(case: Case) -> Iterator[Step]:
    if case.order is None and len(case.orders) > 1 and PLANS.get(case.intent, UNKNOWN).way in ("order", "action"):
        yield Step("ask_order", "several", {"do": "say"}, facts={"count": str(len(case.orders))})


def _goodwill(case: Case) -> Iterator[Step]:
    """For a fault of ours and a heavy heart; what it may be is a lead's word, not ours."""
    ours = case.intent in ("wrong_missing", "transport_damage") or (case.order is not None and _late(case.order, case.now))
    if ours and case.head.emotion in _HEAVY and case.head.intensity >= 2:
        yield Step("goodwill", "fault", {"do": "consult"}, Permission.CONVERSATIONS_SERVE)


def _mood(case: Case) -> Iterator[Step]:
    if case.head.emotion == "anger" and case.head.intensity >= 2:
        yield Step("soothe", "anger", {"do": "say"})
        if case.head.curve[-3:].count(EMOTIONS.index("anger") * 4 + 3) >= 2:
            yield Step("ask_lead", "lasting", {"do": "consult"}, Permission.CONVERSATIONS_SERVE)


def _finish(case: Case) -> Iterator[Step]:
    if case.readings and case.readings[-1].intent == "thanks_bye" and case.head.state == "agent":
        yield Step("wrap_up", "thanked", {"do": "wrapup"}, Permission.CONVERSATIONS_SERVE)


_RULES: tuple[Callable[[Case], Iterator[Step]], ...] = (
    _danger, _mood, _finish, _promises_due, _order_trouble, _order_change, _after_sales, _goodwill, _ask_order, _explain,
)  # fmt: skip


def _late(order: Order, now: datetime) -> bool:
    trouble: Trouble = trouble_of(order, now)
    return trouble in ("late", "exception", "stale")


def _operation(name: str, why: str, order: Order, permission: Permission) -> Step:
    return Step(name, why, {"do": "operation", "operation": name, "order": order.no}, permission, {"no": order.no})


def _request(key: str, why: str, order: Order, kind: str, reason: str) -> Step:
    command = {"do": "request", "order": order.no, "wish": {"kind": kind, "reason": reason}}
    return Step(key, why, command, Permission.AFTERSALES_REQUEST, {"no": order.no})


# summing up


def open_promises(case: Case) -> list[str]:
    """What was said would be done, without a later word that it was: by people in so many words, by the AI as it noted down itself."""
    found: list[tuple[int, str]] = []
    for message in case.messages:
        if message.sender == "agent" and message.kind == "text":
            found += [(message.seq, clip(m.group().strip(" ，,."), 80)) for m in _PROMISE.finditer(message.text) if not _asks(m)]
    done = max((m.seq for m in case.messages if m.sender == "agent" and _KEPT.search(m.text)), default=0)
    spoken = [text for seq, text in found if seq >= done]
    remembered = [str(p) for p in case.memory.get("m", ())]
    return list(dict.fromkeys([*remembered, *spoken]))[:_MOST]


def _asks(promise: re.Match[str]) -> bool:
    """要我给您催一下吗 is an offer, 如果… is a condition."""
    return promise.string[promise.end() : promise.end() + 1] in ("？", "?") or _OFFER.search(promise.group()) is not None


def outcome_of(case: Case) -> Outcome:
    """The code that fits best, for the agent to confirm."""
    head = case.head
    events = [n.text for n in case.notes if n.kind == "event"]
    if head.danger:
        return "danger"
    if any(r.abuse for r in case.readings):
        return "abuse"
    if open_promises(case):
        return "follow_up"
    done = {kind for kind, _ in case.done}
    if "request" in done:
        return "request_opened"
    if "operation" in done:
        return "action_done"
    if "returned_to_queue" in events[-1:]:
        return "handed_on"
    last = case.messages[-1] if case.messages else None
    if case.readings and case.readings[-1].intent == "thanks_bye":
        return "resolved"
    if last and last.sender == "customer":
        return "unresolved"
    answered = any(m.sender in ("agent", "ai") for m in case.messages)
    if head.emotion in _HEAVY and head.intensity >= 2:
        return "unresolved" if not answered else "left"
    return "answered" if answered else "left"


def mood_in_words(curve: Sequence[int], words: Wording, labels: dict[str, str]) -> str:
    """How the mood went: where it began, its worst, where it ended."""
    points = [(EMOTIONS[c // 4], c % 4) for c in curve if 0 <= c < 4 * len(EMOTIONS)]
    if not points:
        return labels["mood_unknown"]
    first, last = points[0], points[-1]
    worst = max(points, key=lambda p: (p[0] in _HEAVY, p[1], EMOTIONS.index(p[0])))
    name = {p: words.label(f"emotion.{p[0]}") + (f" {p[1]}/3" if p[1] else "") for p in (first, last, worst)}
    if len({first, last, worst}) == 1:
        return labels["mood_same"].format(name[last])
    key = "mood_up" if worst not in (first, last) or first == worst else "mood_down"
    return labels[key].format(first=name[first], worst=name[worst], last=name[last])
