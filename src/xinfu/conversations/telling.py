"""Tells a customer something in their chat on behalf of another part of the house, once: the same key again says nothing more."""

from typing import Any

from xinfu.conversations import policy
from xinfu.conversations.intake import Draft, Intake
from xinfu.conversations.store import LogStore
from xinfu.kit.ids import Id


class Telling:
    """System messages in a customer's newest conversation."""

    def __init__(self, store: LogStore, intake: Intake) -> None:
        self._store = store
        self._intake = intake

    async def tell(self, shop_id: Id, customer_id: Id, key: str, zh: str, en: str, data: dict[str, Any]) -> bool:
        """False when the customer has no conversation to be told in; nothing is opened for it."""
        newest = await self._store.of_customer(shop_id, customer_id, 1)
        if not newest:
            return False

        def step(draft: Draft, now: int) -> None:
            if draft.known(key):
                return
            text = en if draft.summary.language == "en" else zh
            draft.say(policy.system_said(draft.summary, now, text), "system", "system", "", "text", text, now, data, client_id=key)

        await self._intake.act(newest[0].id, step)
        return True
