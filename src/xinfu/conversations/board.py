"""The lead's wall, today's figures, search and transfers: what needs more than one conversation, or the list of people, to answer."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xinfu.conversations.contracts import Desk, Summary
from xinfu.conversations.errors import NobodyThere
from xinfu.conversations.search import ConversationHit, ConversationSearch
from xinfu.conversations.service import Conversations, CurrentSettings
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, to_ms, zone
from xinfu.kit.ids import Id

LIVE = 200
REFILL, ROUNDS = 100, 10  # of one search: what is looked through to fill a page for someone who may see little of what was found
TROUBLED = ("anger", "anxiety", "loss")


class Board:
    """Reads across conversations for those who lead, and for one's own day."""

    def __init__(
        self, conversations: Conversations, search: ConversationSearch, settings: CurrentSettings, desk: Desk, clock: Clock
    ) -> None:
        self._conversations = conversations
        self._search = search
        self._settings = settings
        self._desk = desk
        self._clock = clock

    async def wall(self, actor: Actor, shop_id: Id) -> dict[str, Any]:
        actor.require(Permission.CONVERSATIONS_READ_ALL, shop_id)
        store = self._conversations.store
        waiting = await store.in_state("queued", shop_id, LIVE)
        with_agents = await store.in_state("agent", shop_id, LIVE)
        with_ai = await store.in_state("ai", shop_id, LIVE, newest=True)
        live = sorted([*with_agents, *with_ai], key=lambda s: -s.last_at)
        troubled = sorted((s for s in [*waiting, *live] if _in_trouble(s)), key=lambda s: (-bool(s.danger), -s.intensity, s.last_at))
        counts = {"waiting": len(waiting), "agent": len(with_agents), "ai": len(with_ai), "troubled": len(troubled)}
        return {
            "agents": self._desk.presence(shop_id),
            "waiting": waiting,
            "troubled": troubled[:50],
            "live": live[:LIVE],
            "counts": counts,
        }

    async def today(self, actor: Actor, shop_id: Id) -> dict[str, Any]:
        """The acting person's day in the shop's zone: contacts closed, ratings, good ones (4–5), median first response in ms.

        `excluded` were closed too, but a lead or the policy left them out of figures.
        """
        actor.require(Permission.CONVERSATIONS_SERVE, shop_id)
        closed = await self._conversations.store.closed_by(shop_id, actor.id, self._midnight(shop_id))
        mine = [s for s in closed if not s.excluded]
        rated = [s.rating for s in mine if s.rating is not None]
        first = sorted(s.first_response_ms for s in mine if s.first_response_ms is not None)
        return {
            "served": len(mine),
            "rated": len(rated),
            "good": sum(1 for r in rated if r >= 4),
            "excluded": len(closed) - len(mine),
            "first_response_ms": first[len(first) // 2] if first else None,
        }

    async def search(self, actor: Actor, shop_id: Id, words: str, cursor: str | None, limit: int) -> dict[str, Any]:
        """Conversations in which something like `words` was said, of those the actor may read."""
        actor.require(Permission.CONVERSATIONS_SERVE, shop_id)
        items: list[dict[str, Any]] = []
        size = limit
        for _ in range(ROUNDS):
            page = await self._search.find(shop_id, words, size, cursor)
            for found, head in zip(page.items, await self._heads(shop_id, page.items), strict=True):
                if head and self._conversations.may_see(actor, shop_id, head):
                    items.append({"conversation": head, "seq": found.seq, "excerpt": found.excerpt})
                    if len(items) == limit:
                        return {"items": items, "next": found.after if page.next or found is not page.items[-1] else None}
            cursor, size = page.next, REFILL  # much of it was others'
            if cursor is None:
                break
        return {"items": items, "next": cursor}

    async def _heads(self, shop_id: Id, hits: Sequence[ConversationHit]) -> list[Summary | None]:
        return await asyncio.gather(*(self._conversations.store.head(hit.conversation_id, shop_id) for hit in hits))

    async def transfer(self, actor: Actor, shop_id: Id, conversation_id: Id, to: Id | None, skill: str, note: str) -> Summary:
        """Raises NobodyThere when the named colleague is not at work in this shop."""
        actor.require(Permission.CONVERSATIONS_SERVE, shop_id)
        target = None
        if to is not None:
            name = next((p.name for p in self._desk.presence(shop_id) if p.id == to and p.state != "offline"), None)
            if name is None:
                raise NobodyThere
            target = (to, name)
        return await self._conversations.transfer(actor, shop_id, conversation_id, target, skill, note)

    def _midnight(self, shop_id: Id) -> int:
        local: datetime = self._clock.now().astimezone(zone(self._settings.current(shop_id).time_zone))
        return to_ms(local.replace(hour=0, minute=0, second=0, microsecond=0))


def _in_trouble(s: Summary) -> bool:
    return s.danger is not None or (s.emotion in TROUBLED and s.intensity >= 2)
