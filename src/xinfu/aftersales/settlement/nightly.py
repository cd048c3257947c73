"""Once a night the books of each shop are compared with the gateway's statement; what differs is told in the audit list."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from xinfu.aftersales.settlement import repository
from xinfu.aftersales.settlement.contracts import Difference
from xinfu.aftersales.settlement.policy import last_night
from xinfu.kit import audit
from xinfu.kit.auth import system_actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id

log = structlog.get_logger()

LOOK_BACK = timedelta(days=30)
FOUND = "settlement.differences_found"
_NAMED = 20  # orders named in the entry; the ledger page has them all

type Reconcile = Callable[[Id, datetime], Awaitable[Sequence[Difference]]]


class Nightly:
    """Asked every minute, it compares once a night, also when the house was closed at that hour."""

    def __init__(self, database: Database, clock: Clock, reconcile: Reconcile) -> None:
        self._database = database
        self._clock = clock
        self._reconcile = reconcile
        self._done: dict[Id, datetime] = {}

    async def look(self, shop_id: Id) -> None:
        now = self._clock.now()
        night = last_night(now)
        if self._done.get(shop_id) == night:
            return
        try:
            found = await self._reconcile(shop_id, now - LOOK_BACK)
        except Exception as e:  # a gateway without a statement is asked again in a minute
            log.warning("settlement.no_statement", shop_id=shop_id, reason=type(e).__name__)
            return
        async with self._database.unit() as unit:
            if found and not await repository.told_since(unit, shop_id, FOUND, night):
                orders = list(dict.fromkeys(d.order_no for d in found if d.order_no))[:_NAMED]
                audit.record(unit, system_actor(shop_id), now, FOUND, shop_id, "shop", shop_id, differences=len(found), orders=orders)
        self._done[shop_id] = night
