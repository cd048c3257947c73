"""Facts of the living product on their way into the books: everything stored once at the start, in the background, then each change.

One task takes what changed, one thing after the other, and gives way every few milliseconds, so that a message never waits for it. Who was
seen where is collected and stored some at a time.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog

from xinfu.kit.clock import Clock, to_ms
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id
from xinfu.risk import repository, repository_photos
from xinfu.risk.contracts import Account, Arrival, Claim, ClaimRisk, Contact, Device, Fact, Order, PhotoMatch, Reason
from xinfu.risk.findings import Findings, dismiss
from xinfu.risk.model import ContactRow, PhotoMatchRow
from xinfu.risk.photos_print import WHY_WORDS, Why
from xinfu.risk.ports import FactSource
from xinfu.risk.shelf import Shelf, ShopBook

log = structlog.get_logger()

REMEMBERED = timedelta(days=400)
AT_ONCE_S = 0.004
SEEN_BATCH = 200
SEEN_EVERY_S = 2.0
_KNOWN_SIGHTINGS = 100_000


class Feed:
    """start() … stop(). The calls `order_changed`, `case_changed`, `seen` only note what is to be looked at."""

    def __init__(self, database: Database, clock: Clock, shelf: Shelf, source: FactSource, findings: Findings) -> None:
        self._database = database
        self._clock = clock
        self._shelf = shelf
        self._source = source
        self._findings = findings
        self._todo: dict[tuple[str, Id, str], None] = {}  # a set that keeps its order: the same thing twice is looked at once
        self._seen: dict[tuple[Id, Id, str, str], None] = {}
        self._known: dict[tuple[Id, Id, str, str], None] = {}
        self._late: list[tuple[Id, Contact]] = []  # contacts that ended while their shop's book was being read in
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(), name="risk.feed"), asyncio.create_task(self._keep_seen(), name="risk.seen")]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store_seen()

    async def settled(self) -> None:
        """Until everything noted so far was looked at."""
        await self._idle.wait()

    # what changed

    def order_changed(self, shop_id: Id, no: str) -> None:
        self._note("order", shop_id, no)

    def case_changed(self, shop_id: Id, number: str) -> None:
        self._note("case", shop_id, number)

    def contact_ended(self, shop_id: Id, contact: Contact) -> None:
        book = self._shelf.of(shop_id)
        if book.ready:
            book.add(contact)
        else:
            self._late.append((shop_id, contact))

    def seen(self, shop_id: Id, customer_id: Id, visitor: str, address: str) -> None:
        """A customer opened the chat from this browser and network. Neither is kept as it is."""
        device = self._shelf.name(shop_id, "device", visitor) if visitor else ""
        network = self._shelf.name(shop_id, "ip", address) if address else ""
        key = (shop_id, customer_id, device, network)
        if key not in self._known and (device or network):
            if len(self._known) >= _KNOWN_SIGHTINGS:
                self._known.clear()
            self._known[key] = self._seen[key] = None

    def _note(self, what: str, shop_id: Id, name: str) -> None:
        self._todo[what, shop_id, name] = None
        self._idle.clear()
        self._wake.set()

    # the task

    async def _run(self) -> None:
        try:
            for shop_id in await self._source.shops():
                await self.read_in(shop_id)
        except Exception:
            log.exception("risk.read_in_failed")
        while True:
            while self._todo:
                what, shop_id, name = key = next(iter(self._todo))
                del self._todo[key]
                try:
                    await self._look_at(what, shop_id, name)
                except Exception:
                    log.exception("risk.fact_failed", what=what)
            self._idle.set()
            await self._wake.wait()
            self._wake.clear()

    async def read_in(self, shop_id: Id) -> None:
        """A shop's book from nothing: what people said first, then everything that happened, claims in the order of time."""
        fresh = ShopBook()
        async with self._database.read() as unit:
            for trust in await repository.trusted(unit, shop_id):
                fresh.trust(trust.kind, trust.value, trusted=True)
            for row in await repository.dismissed(unit, shop_id):
                dismiss(fresh, row)
            contacts = await repository.contacts_since(unit, shop_id, self._clock.now() - REMEMBERED)
            matches = await repository_photos.all_matches(unit, shop_id, self._clock.now() - REMEMBERED)
        breath = _Breath()
        async for facts in self._source.everything(shop_id, self._clock.now() - REMEMBERED):
            for fact in facts:
                if isinstance(fact, Claim):
                    fresh.score(fact)
                else:
                    fresh.add(fact)
                await breath.take()
        for contact in contacts:
            if not contact.cleared:
                fresh.add(_stored(contact))
                await breath.take()
        for match in matches:
            if (claim := fresh.claim(match.case_number)) is not None:
                fresh.photos_matched(claim, (matched(match),))
                await breath.take()
        await self._add_sightings(shop_id, fresh, None)
        for late_shop, late in self._late:
            if late_shop == shop_id:
                fresh.add(late)
        self._late = [(other, late) for other, late in self._late if other != shop_id]
        fresh.ready = True
        self._shelf.renew(shop_id, fresh)
        # What came by another way, or in the moment before a power cut, has told nobody yet.
        for number in await self._source.unsettled(shop_id, self._clock.now() - REMEMBERED):
            self._note("case", shop_id, number)

    async def _look_at(self, what: str, shop_id: Id, name: str) -> None:
        book = self._shelf.of(shop_id)
        if not book.ready:
            await self.read_in(shop_id)  # a shop made since the start
            book = self._shelf.of(shop_id)
        facts = await (self._source.case if what == "case" else self._source.order)(shop_id, name)
        scored = await self._take(shop_id, book, facts)
        if what == "case":  # what was asked before the case was decided has read it already; findings are of what is stored
            scored += [book.score(fact) for fact in facts if isinstance(fact, Claim) and all(s.claim_id != fact.id for s in scored)]
        for risk in scored:
            await self._findings.of_claim(shop_id, book, risk)
        for fact in facts:
            if isinstance(fact, Arrival) and fact.outcome == "refused" and not fact.returning:
                await self._findings.of_refused_order(shop_id, book, fact.order_id)

    async def _take(self, shop_id: Id, book: ShopBook, facts: Iterable[Fact]) -> list[ClaimRisk]:
        """Into the book; the claims among them are scored. A customer who is new to the book brings where they were seen."""
        breath, scored, new = _Breath(), [], []
        for fact in facts:
            if isinstance(fact, Account) and fact.id not in book.book.facts.accounts:
                new.append(fact.id)
            if isinstance(fact, Claim):
                if book.claim(fact.id) != fact:
                    scored.append(book.score(fact))
            else:
                book.add(fact)
            await breath.take()
        if new:
            await self._add_sightings(shop_id, book, new)
        return scored

    async def learn(self, shop_id: Id, no: str) -> None:
        """An order asked about before its own news came."""
        book = self._shelf.of(shop_id)
        if book.ready and not book.knows_order(no):
            await self._take(shop_id, book, [f for f in await self._source.order(shop_id, no) if isinstance(f, Account | Order | Device)])

    # sightings

    async def _add_sightings(self, shop_id: Id, book: ShopBook, customers: Sequence[Id] | None) -> None:
        """Where those with orders or cases were seen; visitors who never bought are nobody's concern."""
        async with self._database.read() as unit:
            rows = await repository.sightings(unit, shop_id, customers)
        breath = _Breath()
        for row in rows:
            if row.customer_id in book.book.facts.accounts:
                book.add(Device(row.customer_id, row.device, row.network))
                await breath.take()

    async def _keep_seen(self) -> None:
        while True:
            await asyncio.sleep(SEEN_EVERY_S)
            try:
                await self._store_seen()
            except Exception:
                log.exception("risk.seen_failed")

    async def _store_seen(self) -> None:
        while self._seen:
            batch = list(self._seen)[:SEEN_BATCH]
            now = self._clock.now()
            rows = [
                {"id": new_id(), "shop_id": shop, "customer_id": customer, "device": device, "network": network, "seen_at": now}
                for shop, customer, device, network in batch
            ]
            async with self._database.unit() as unit:
                await repository.add_sightings(unit, rows)
            for key in batch:
                with contextlib.suppress(KeyError):
                    del self._seen[key]
                shop_id, customer_id, device, network = key
                book = self._shelf.of(shop_id)
                if book.ready and customer_id in book.book.facts.accounts:
                    book.add(Device(customer_id, device, network))


def _stored(row: ContactRow) -> Contact:
    id_ = f"{row.conversation_id}@{to_ms(row.started_at)}"
    return Contact(id_, row.customer_id, row.started_at, "chat", float(row.active_s), abusive=row.abusive > 0)


def matched(row: PhotoMatchRow) -> PhotoMatch:
    return PhotoMatch(row.sha, row.other_sha, row.score, (Reason(*WHY_WORDS[Why(row.why)]),))


class _Breath:
    """Lets others run after each few milliseconds of work."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    async def take(self) -> None:
        if time.perf_counter() - self._began >= AT_ONCE_S:
            await asyncio.sleep(0)
            self._began = time.perf_counter()
