"""What would have happened last month: a draft judges the last 30 days again, in small steps beside everything else the centre does."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xinfu.aftersales.packs import errors, repository
from xinfu.aftersales.packs.again import Tally, judged_again
from xinfu.aftersales.packs.contracts import Draft
from xinfu.aftersales.packs.model import PastWishRow
from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.past import past_of
from xinfu.aftersales.packs.service import PackDesk
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id

DAYS = 30
MOST = 5000
_STEP = 10
_KEPT = 20
PATIENCE_S = 1.0


@dataclass(slots=True)
class Look:
    """One look under way or done. `left_out`: older ones beyond the bound."""

    id: Id
    shop_id: Id
    pack: Pack
    started_at: datetime
    total: int = 0
    done: int = 0
    left_out: int = 0
    tally: Tally = field(default_factory=Tally)
    finished: bool = False
    failed: bool = False


class LastMonth:
    """At most one look runs for each shop; the newest few are kept to be asked for."""

    def __init__(self, database: Database, clock: Clock, desk: PackDesk) -> None:
        self._database = database
        self._clock = clock
        self._desk = desk
        self._looks: dict[Id, Look] = {}
        self._tasks: dict[Id, asyncio.Task[None]] = {}

    async def start(self, actor: Actor, shop_id: Id, draft: Draft) -> Look:
        """Begin a look; one that is done within a second comes back finished. Raises PackInvalid, LookBusy."""
        actor.require(Permission.PACKS_EDIT, shop_id)
        pack = self._desk.read(draft)
        if any(look.shop_id == shop_id and not look.finished for look in self._looks.values()):
            raise errors.LookBusy
        look = Look(new_id(), shop_id, pack, self._clock.now())
        self._looks[look.id] = look
        for old in [id_ for id_, known in self._looks.items() if known.finished][: max(0, len(self._looks) - _KEPT)]:
            del self._looks[old]
        task = self._tasks[look.id] = asyncio.create_task(self._run(look), name="packs.last_month")
        await asyncio.wait([task], timeout=PATIENCE_S)
        return look

    def get(self, actor: Actor, shop_id: Id, look_id: Id) -> Look:
        """Raises LookNotFound."""
        actor.require(Permission.PACKS_EDIT, shop_id)
        look = self._looks.get(look_id)
        if look is None or look.shop_id != shop_id:
            raise errors.LookNotFound
        return look

    async def cancel(self, actor: Actor, shop_id: Id, look_id: Id) -> None:
        """Stop one that is under way; raises LookNotFound."""
        look = self.get(actor, shop_id, look_id)
        if task := self._tasks.get(look.id):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._looks.pop(look.id, None)

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, look: Look) -> None:
        try:
            rows = await self._rows(look)
            for n in range(0, len(rows), _STEP):
                for row in rows[n : n + _STEP]:
                    self._one(look, row)
                await asyncio.sleep(0)  # nobody waits for an owner's curiosity
        except Exception:
            look.failed = True
            raise
        finally:
            look.finished = True
            with contextlib.suppress(KeyError):
                del self._tasks[look.id]

    async def _rows(self, look: Look) -> list[PastWishRow]:
        since = look.started_at - timedelta(days=DAYS)
        async with self._database.read() as unit:
            every = await repository.count_past(unit, look.shop_id, since)
            rows = list(await repository.past(unit, look.shop_id, since, MOST))
        look.total, look.left_out = len(rows), max(0, every - len(rows))
        return rows

    def _one(self, look: Look, row: PastWishRow) -> None:
        look.done += 1
        past = past_of(row)
        try:
            before = self._desk.packs.version(look.shop_id, row.pack, row.pack_version)
        except errors.PackUnknown:
            past = None
        look.tally.add(judged_again(past, before, look.pack) if past is not None else None)
