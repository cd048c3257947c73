"""One answer while it is being written: sentences, sources, tappable words and cards; and how times and goods are said. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from xinfu.commerce.contracts import Order
from xinfu.conversations.contracts import Said
from xinfu.kit.text import clip
from xinfu.reception.policy import Decision, Turn
from xinfu.reception.wording import Wording, wording

BODY = 600
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Answer:
    """One answer being written: sentences, sources, tappable words and cards, in the customer's language."""

    def __init__(self, turn: Turn, decision: Decision, zone: ZoneInfo) -> None:
        self.turn = turn
        self.decision = decision
        self.zone = zone
        self.memory = turn.wish.memory
        self.english = turn.wish.language == "en"
        self.words: Wording = wording(turn.wish.language)
        self.staff_words: Wording = wording("en" if turn.settings.locale == "en" else "zh")
        self.parts: list[str] = []
        self.sources: list[dict[str, str]] = []
        self.choices: list[str] = []
        self.cards: list[dict[str, Any]] = []
        self.replaced = False

    def say(self, key: str, **facts: str) -> None:
        self.parts.append(self.words.say(key, self.memory, **facts))

    def say_new(self, key: str, **facts: str) -> bool:
        """Say a phrase only in words this conversation has not heard; says whether there were any."""
        words = self.words.unheard(key, self.memory, **facts)
        if words:
            self.parts.append(words)
        return bool(words)

    def choice(self, *keys: str) -> None:
        self.choices.extend(self.words.label(f"choice.{key}") for key in keys)

    def source(self, kind: str, id: str, title: str) -> None:
        self.sources.append({"kind": kind, "id": id, "title": title})

    def did(self, key: str, what: str = "") -> None:
        """Remember for the hand-over note, in the shop's language, what was done."""
        self.memory.did(self.staff_words.label(f"note.did_{key}").format(what))

    def text(self) -> str:
        return (" " if self.english else "").join([p for p in self.parts if p])


def combined(answers: Sequence[Answer]) -> list[Said]:
    """One message out of the answers to everything a customer wanted, with what it stands on and what was decided."""
    if len(answers) == 1:
        return _single(answers[0])
    text = "\n".join(said for answer in answers if (said := answer.text()))
    if not text and not any(answer.cards for answer in answers):
        return []
    data: dict[str, Any] = {}
    for answer in answers:
        for name, found in (("sources", answer.sources), ("choices", answer.choices), ("orders", answer.cards)):
            if found:
                data[name] = [*data.get(name, ()), *(thing for thing in found if thing not in data.get(name, ()))]
    data["act"] = "+".join(answer.decision.act for answer in answers)
    data["intent"] = "+".join(answer.turn.wish.intent for answer in answers)
    data["p"] = round(min(answer.turn.wish.p for answer in answers), 2)
    if why := next((w for answer in answers if (w := _why(answer))), ""):
        data["why"] = why
    return [Said(text, "orders" if "orders" in data else "text", data)]


def _single(answer: Answer) -> list[Said]:
    text, cards = answer.text(), answer.cards
    if not text and not cards:
        return []
    wish = answer.turn.wish
    data: dict[str, Any] = {"act": answer.decision.act, "intent": wish.intent, "p": round(wish.p, 2)}
    if answer.sources:
        data["sources"] = answer.sources
    if answer.choices:
        data["choices"] = answer.choices
    if why := _why(answer):
        data["why"] = why
    if cards:
        data["orders"] = cards
        return [Said(text, "orders", data)]
    return [Said(text, "text", data)]


def _why(answer: Answer) -> str:
    """Where the AI gave up, why: the reason of a hand-over, no certain answer, or words that did not pass the check."""
    if answer.replaced:
        return "replaced"
    return answer.decision.handover or ("unsure" if answer.decision.unsure else "")


def items_of(answer: Answer, order: Order) -> str:
    """The goods of an order in a few words."""
    if not order.lines:
        return order.no
    name = clip(order.lines[0].name, 24)
    if len(order.lines) == 1:
        return answer.words.label("items.one").format(name=name)
    return answer.words.label("items.many").format(name=name, count=sum(line.quantity for line in order.lines))


def clip_body(body: str) -> str:
    """An article as one message: whole when it fits, else up to the last full sentence that does."""
    body = body.strip()
    if len(body) <= BODY:
        return body
    end = max(body.rfind(mark, 0, BODY) for mark in "。！？.!?\n")
    return body[: end + 1] if end > BODY // 3 else body[: BODY - 1] + "…"


def moment(at: datetime, zone: ZoneInfo, english: bool) -> str:
    """3月12日 14:30, or 12 Mar 14:30, in the shop's zone."""
    local = at.astimezone(zone)
    date = f"{local.day} {_MONTHS[local.month - 1]}" if english else f"{local.month}月{local.day}日"
    return f"{date} {local.hour:02d}:{local.minute:02d}"


def day(at: datetime, zone: ZoneInfo, english: bool) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]}" if english else f"{local.month}月{local.day}日"


def is_foreign(answer: Answer, body: str) -> bool:
    return answer.english and any("\u4e00" <= c <= "\u9fff" for c in body[:80])
