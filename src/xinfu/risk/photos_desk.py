"""Photos shown in cases, looked at in the background: a customer never waits for it, and what is found is for a person to judge.

Each photo is compared with those of earlier cases; one that shows the same goes into the shop's book, which makes it a finding, and is
kept beside the other so that people can see both.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import clean
from xinfu.risk import repository_photos as repository
from xinfu.risk.contracts import Order
from xinfu.risk.feed import Feed, matched
from xinfu.risk.findings import Findings
from xinfu.risk.model import PhotoMatchRow, PhotoRow
from xinfu.risk.photos import REMEMBERED
from xinfu.risk.photos_open import NotAPicture, PictureTooLarge
from xinfu.risk.photos_print import WHY_WORDS, Print, Seen, Why
from xinfu.risk.photos_worker import PhotosBusy, PhotoWorker
from xinfu.risk.policy import FOUND
from xinfu.risk.ports import FactSource, PhotoSource, ShownCase, ShownPhoto
from xinfu.risk.schemas import CasePhotosOut, PhotoPairOut, PictureOut, UnreadOut
from xinfu.risk.shelf import Shelf

log = structlog.get_logger()

CANDIDATES = 120
TRIES = 2
GONE = "risk.photo_gone"
_UNREAD = {
    **{kind.code: (kind.zh, kind.en) for kind in (NotAPicture, PictureTooLarge)},
    PhotosBusy.code: ("这张照片比对失败，请人工查看。", "This photo could not be compared; please look at it yourself."),
    GONE: ("这张照片已经不在了。", "This photo is gone."),
}


def _unread(code: str) -> tuple[str, str]:
    return _UNREAD.get(code, _UNREAD[PhotosBusy.code])


class PhotoDesk:
    """start() … stop(). `case_changed` only notes what is to be looked at. Closes its worker at the end."""

    def __init__(
        self, database: Database, clock: Clock, shelf: Shelf, feed: Feed, findings: Findings, facts: FactSource, photos: PhotoSource,
        worker: PhotoWorker,
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._shelf = shelf
        self._feed = feed
        self._findings = findings
        self._facts = facts
        self._photos = photos
        self._worker = worker
        self._todo: dict[tuple[Id, str], None] = {}
        self._wake, self._idle = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="risk.photos")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._worker.close()

    def case_changed(self, shop_id: Id, number: str) -> None:
        self._todo[shop_id, number] = None
        self._idle.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Until everything noted so far was looked at."""
        await self._idle.wait()

    async def of_case(self, actor: Actor, shop_id: Id, number: str) -> CasePhotosOut:
        """Photos of a case beside those of other cases that show the same, and those nobody could look at."""
        if not actor.may(Permission.RISK_READ, shop_id):
            actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        asked = clean(number)[:64]
        async with self._database.read() as unit:
            rows = [row for row in await repository.matches(unit, shop_id, asked) if row.score >= FOUND]
            refused = await repository.refused(unit, shop_id, asked)
        wanted = [id_ for row in rows for id_ in (row.photo_id, row.other_photo)] + [row.photo_id for row in refused]
        links = await self._photos.links(shop_id, list(dict.fromkeys(wanted)))

        def picture(case: str, photo: Id) -> PictureOut:
            url, thumb = links.get(photo, ("", ""))
            return PictureOut(case=case, url=url, thumb=thumb)

        pairs = [
            PhotoPairOut(
                later=picture(row.case_number, row.photo_id), earlier=picture(row.other_case, row.other_photo), score=row.score,
                why=WHY_WORDS[Why(row.why)],
            )
            for row in rows
        ]  # fmt: skip
        unread = [
            UnreadOut(picture=picture(asked, row.photo_id), why=_UNREAD.get(row.refused, _UNREAD[PhotosBusy.code])) for row in refused
        ]
        return CasePhotosOut(pairs=pairs, unread=unread)

    # in the background

    async def _run(self) -> None:
        try:
            await self._left_over()
        except Exception:
            log.exception("risk.photos_left_over_failed")
        while True:
            while self._todo:
                shop_id, number = key = next(iter(self._todo))
                del self._todo[key]
                try:
                    await self._look_at(shop_id, number)
                except Exception:
                    log.exception("risk.photos_failed")
            self._idle.set()
            await self._wake.wait()
            self._wake.clear()

    async def _left_over(self) -> None:
        """Photos nobody looked at before the house was last closed, the oldest first."""
        since = self._clock.now() - REMEMBERED
        for shop_id in await self._facts.shops():
            async with self._database.unit() as unit:
                await repository.forget(unit, shop_id, since - timedelta(days=1))
            async for numbers in self._photos.numbers(shop_id, since):
                for number in numbers:
                    self._todo[shop_id, number] = None

    async def _look_at(self, shop_id: Id, number: str) -> None:
        case = await self._photos.shown(shop_id, number)
        if case is None:
            return
        async with self._database.read() as unit:
            done = await repository.looked_at(unit, shop_id, number)
        new = [photo for photo in case.photos if photo.id not in done]
        if not new:
            return
        order = next((fact for fact in await self._facts.order(shop_id, case.order_no) if isinstance(fact, Order)), None)
        found: list[PhotoMatchRow] = []
        for photo in new:
            found += await self._one(shop_id, case, photo, order)
        if found:
            await self._tell(shop_id, number, found)

    async def _one(self, shop_id: Id, case: ShownCase, photo: ShownPhoto, order: Order | None) -> list[PhotoMatchRow]:
        """Look at one photo and keep what was seen."""
        row = PhotoRow(
            id=new_id(), shop_id=shop_id, case_number=case.number, order_no=case.order_no, customer_id=case.customer_id, photo_id=photo.id,
            sha256=photo.sha256, sku=(order.sku if order else "")[:120], category=(order.category.partition(" ")[0] if order else "")[:120],
            shown_at=photo.at, print=None, refused="",
        )  # fmt: skip
        seen: list[Seen] = []
        data = await self._photos.read(shop_id, photo.id)
        people = self._shelf.of(shop_id).members(case.customer_id)
        async with self._database.read() as unit:
            earlier = await repository.candidates(unit, row, people, photo.at - REMEMBERED, CANDIDATES)
        if data is None:
            row.refused = GONE
        else:
            try:
                seen = await self._compared(row, data, earlier)
            except Refusal as refusal:
                row.refused = refusal.code
                log.info("risk.photo_refused", code=refusal.code)
        rows = self._matches(row, seen, {e.id: e for e in earlier})
        async with self._database.unit() as unit:
            unit.add_all([row, *rows])
        return rows

    async def _compared(self, row: PhotoRow, data: bytes, earlier: Sequence[PhotoRow]) -> list[Seen]:
        """Fills in the print. A picture that ends the worker twice is refused."""
        tried = 1
        while True:
            try:
                looked = await self._worker.look(data)
                row.print = looked.print.pack()
                known = [(e.id, Print.unpack(e.print)) for e in earlier if e.print]
                return await self._worker.match(looked, known) if known else []
            except PhotosBusy:
                if tried == TRIES:
                    raise
                tried += 1

    def _matches(self, row: PhotoRow, seen: Sequence[Seen], earlier: dict[Id, PhotoRow]) -> list[PhotoMatchRow]:
        """Files that are byte for byte the same need no eyes."""
        told = {e.id: (1.0, Why.SAME_FILE) for e in earlier.values() if e.sha256 == row.sha256}
        told |= {s.photo_id: (s.score, s.why) for s in seen if s.photo_id not in told and s.score >= FOUND}
        return [
            PhotoMatchRow(
                id=new_id(), shop_id=row.shop_id, case_number=row.case_number, photo_id=row.photo_id, sha=row.sha256[:32],
                other_case=earlier[id_].case_number, other_photo=earlier[id_].photo_id, other_sha=earlier[id_].sha256[:32],
                score=score, why=why.value, found_at=self._clock.now(),
            )
            for id_, (score, why) in told.items()
        ]  # fmt: skip

    async def _tell(self, shop_id: Id, number: str, found: Sequence[PhotoMatchRow]) -> None:
        """Into the book, as soon as it has read the case itself; from there it is a finding like any other."""
        await self._feed.settled()
        book = self._shelf.of(shop_id)
        claim = book.claim(number)
        if claim is not None:
            await self._findings.of_claim(shop_id, book, book.photos_matched(claim, tuple(matched(row) for row in found)))
