"""At hand: orders (one look-up per batch, kept half a minute, forgotten at once on a change) and what the AI may do."""

from collections.abc import Iterable

import structlog

from xinfu.commerce.contracts import Order
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.ids import Id
from xinfu.reception.ports import Acting, OfCustomer, OrderBook

log = structlog.get_logger()

type Key = tuple[Id, Id]  # shop, customer

KEEP_MS = 30_000
KEEP_MOST = 20_000
ORDERS_EACH = 10
_ROLE_MS = 5_000


class OrderShelf:
    """A cache of customers' newest orders. A change announced while a look-up is under way keeps its result from being stored."""

    def __init__(self, book: OrderBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._held: dict[Key, tuple[int, list[Order]]] = {}
        self._changed: set[Key] = set()
        self._loading = 0

    def forget(self, event: OfCustomer) -> None:
        key = (event.shop_id, event.customer_id)
        self._held.pop(key, None)
        if self._loading:
            self._changed.add(key)

    async def of(self, keys: Iterable[Key]) -> dict[Key, list[Order]]:
        """The orders of all these customers, newest first. A shop whose look-up fails is missing from the answer."""
        now = self._clock.ms()
        answer: dict[Key, list[Order]] = {}
        missing: dict[Id, list[Id]] = {}
        for key in set(keys):
            held = self._held.get(key)
            if held and held[0] > now:
                answer[key] = held[1]
            else:
                missing.setdefault(key[0], []).append(key[1])
        for shop_id, customer_ids in missing.items():
            answer |= await self._load(shop_id, customer_ids, now)
        return answer

    async def _load(self, shop_id: Id, customer_ids: list[Id], now: int) -> dict[Key, list[Order]]:
        self._loading += 1
        try:
            found = await self._book.orders_of(shop_id, customer_ids, ORDERS_EACH)
        except Exception:
            log.exception("reception.orders_failed", customers=len(customer_ids))
            return {}
        finally:
            self._loading -= 1
        loaded = {(shop_id, c): found.get(c, []) for c in customer_ids}
        for key, orders in loaded.items():
            if key not in self._changed:
                self._held.pop(key, None)
                self._held[key] = (now + KEEP_MS, orders)
        if not self._loading:
            self._changed.clear()
        while len(self._held) > KEEP_MOST:
            del self._held[next(iter(self._held))]
        return loaded


class RoleShelf:
    """What the AI may do, kept some seconds per shop: it is asked for with every preview and changes once a month."""

    def __init__(self, acting: Acting, clock: Clock) -> None:
        self._acting = acting
        self._clock = clock
        self._held: dict[Id, tuple[int, Actor]] = {}
        self._turn = 0

    async def ai(self, shop_id: Id) -> Actor:
        held = self._held.get(shop_id)
        if held and self._clock.ms() - held[0] < _ROLE_MS:
            return held[1]
        turn, asked = self._turn, self._clock.ms()
        actor = await self._acting.ai(shop_id)
        if turn == self._turn:  # rights that changed meanwhile are asked for anew
            self._held[shop_id] = (asked, actor)
        return actor

    async def access_changed(self, event: object) -> None:
        """Subscribe this to identity's AccessChanged."""
        self._turn += 1
        self._held.clear()
