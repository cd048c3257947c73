"""Once a minute: cases nobody looked at yet, parcels customers sent by themselves, and early refunds whose parcel never came."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from xinfu.aftersales import repository
from xinfu.aftersales.happenings import Happenings
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.service import Cases
from xinfu.aftersales.settlement import CarrierDesk
from xinfu.aftersales.triage import Triage
from xinfu.aftersales.views import work_of
from xinfu.kit.auth import system_actor
from xinfu.kit.ids import Id

log = structlog.get_logger()

_EVERY_S = 60
_AT_ONCE = 500

type ShopIds = Callable[[], Awaitable[Sequence[Id]]]


class CaseKeeper:
    """Carries on what no person and no hook does."""

    def __init__(self, cases: Cases, happenings: Happenings, triage: Triage, carrier: CarrierDesk, shops: ShopIds) -> None:
        self._cases = cases
        self._book = cases.book
        self._happenings = happenings
        self._triage = triage
        self._carrier = carrier
        self._shops = shops
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="cases")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self, shop_id: Id) -> None:
        """Once over the shop's cases that wait for the world outside."""
        async with self._book.database.read() as unit:
            rows = await repository.in_states(unit, shop_id, ("open", "awaiting_goods", "returning"), _AT_ONCE)
            new = await self._book.views(unit, shop_id, [r for r in rows if r.state == "open" and not work_of(r).triaged])
        for case in new:
            await self._triage.look(case)
        for row in rows:
            await self._look_for(row)

    async def _look_for(self, row: CaseRow) -> None:
        work, now = work_of(row), self._book.clock.now()
        late = row.state == "returning" and work.clawback_by is not None and now >= work.clawback_by
        own = row.state != "open" and work.parcel is not None and work.parcel.by == "customer"
        scans = []
        if own and work.parcel is not None:
            try:
                scans = list(await self._carrier.scans(work.parcel.tracking_no))
            except Exception as e:  # a carrier that does not answer is asked again next time
                log.warning("case.parcel_unknown", case_no=row.number, reason=type(e).__name__)
        if not scans and not late:
            return
        house = system_actor(row.shop_id)
        async with self._book.database.unit() as unit:
            held, order = await self._book.hold(unit, house, row.shop_id, row.number)
            for scan in scans:
                await self._happenings.scanned(unit, held, order, scan)
            deadline = work_of(held).clawback_by
            if held.state == "returning" and deadline is not None and now >= deadline:
                await self._happenings.lost(unit, held, order, now)

    async def _run(self) -> None:
        while True:
            for shop_id in await self._shops():
                try:
                    await self.sweep(shop_id)
                except Exception:
                    log.exception("case.sweep_failed", shop_id=shop_id)
            await asyncio.sleep(_EVERY_S)
