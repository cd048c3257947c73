"""Tells the customer of each step in their chat, once, with a card that leads to the case page."""

from typing import Any, Protocol

from xinfu.aftersales.contracts import CaseChanged, State
from xinfu.aftersales.lifecycle import STATES
from xinfu.aftersales.service import KINDS
from xinfu.kit.ids import Id

# What the chat shows anyway: whoever opened it there was just told so.
_SAID_ALREADY = frozenset({"opened"})


class Chat(Protocol):
    """Where a customer is told something; conversations.telling.Telling is one. The same key again says nothing more."""

    async def tell(self, shop_id: Id, customer_id: Id, key: str, zh: str, en: str, data: dict[str, Any]) -> bool: ...


class CaseChat:
    """Listens to cases. It speaks to who bought, never to the receiver of a gift."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def changed(self, event: CaseChanged) -> None:
        if not event.public or event.code in _SAID_ALREADY:
            return
        state: State = "open" if event.state == "approval" else event.state
        card = {
            "number": event.number, "kind": event.kind, "kind_text": KINDS[event.kind][0], "state": state,
            "state_text": STATES[state][0], "order_no": event.order_no,
        }  # fmt: skip
        zh, en = f"售后单 {event.number}：{event.zh}", f"Case {event.number}: {event.en}"
        await self._chat.tell(event.shop_id, event.customer_id, f"case:{event.number}:{event.n}", zh, en, {"case": card})
