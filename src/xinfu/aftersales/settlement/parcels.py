"""Parcels on their way: what carriers report about booked ones reaches the case once, scan by scan."""

from collections.abc import Sequence

import structlog

from xinfu.aftersales.settlement import repository
from xinfu.aftersales.settlement.contracts import ParcelMoved
from xinfu.aftersales.settlement.outcomes import OnScan
from xinfu.aftersales.settlement.ports import CarrierDesk, Scan
from xinfu.aftersales.settlement.views import booking_of, task_of
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id

log = structlog.get_logger()


class Parcels:
    """Asks carriers about parcels that were booked, until they arrived or nothing was heard for long."""

    def __init__(self, database: Database, clock: Clock, carrier: CarrierDesk, hooks: list[OnScan]) -> None:
        self._database = database
        self._clock = clock
        self._carrier = carrier
        self._hooks = hooks

    async def look(self, shop_id: Id) -> None:
        """Once over all parcels of the shop that are on their way. A carrier that does not answer is asked again next time."""
        async with self._database.read() as unit:
            booked = [
                (row.id, booking.tracking_no)
                for row in await repository.watched(unit, shop_id)
                if (booking := booking_of(row.answer)) is not None
            ]
        for task_id, tracking_no in booked:
            try:
                await self._tell(shop_id, task_id, await self._carrier.scans(tracking_no))
            except Exception as e:
                log.warning("settlement.parcel_unknown", task_id=task_id, reason=type(e).__name__)

    async def _tell(self, shop_id: Id, task_id: Id, scans: Sequence[Scan]) -> None:
        now = self._clock.now()
        async with self._database.unit() as unit:
            held = await repository.held(unit, shop_id, task_id)
            if held is None or (until := held[0].watched_until) is None:
                return
            row = held[0]
            new = scans[row.scans_seen :]
            row.scans_seen = max(row.scans_seen, len(scans))
            if now > until or any(scan.code == "delivered" for scan in scans):
                row.watched_until = None
            task = task_of(row)
            for scan in new:
                for hook in self._hooks:
                    await hook(unit, ParcelMoved(task, scan))
