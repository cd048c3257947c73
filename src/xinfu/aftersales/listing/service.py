"""Use-cases of the listing check: enter, send to be checked, verify by a second person, send back, take down; one by one or many."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from xinfu.aftersales.listing import errors, repository
from xinfu.aftersales.listing.contracts import Listing, ListingChanged, Outcome
from xinfu.aftersales.listing.imports import read_listings
from xinfu.aftersales.listing.model import ListingRow
from xinfu.aftersales.listing.policy import (
    MOVES,
    STATE_WORDS,
    Finding,
    ListingState,
    Terms,
    campaign_key,
    collides,
    findings,
    may_check,
    sku_key,
    to_tick,
)
from xinfu.commerce.sale_facts import SaleFacts, sale_facts
from xinfu.identity import Permission, Settings, Shops
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Forbidden, Invalid, Refusal
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.tabular import Problems, Report, nothing_stored
from xinfu.kit.text import clean, fold

HISTORY = timedelta(days=30)


class Listings:
    """What is to be sold in campaigns. Everyone may look; who entered or changed a listing never checks it, and no machine does."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, shops: Shops) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._shops = shops

    async def search(
        self, actor: Actor, shop_id: Id, state: ListingState | None, words: str, cursor: str | None, limit: int = 30
    ) -> Page[Listing]:
        """Newest first. Raises Invalid for a cursor of another form."""
        actor.require(Permission.ORDERS_READ, shop_id)
        async with self._database.read() as unit:
            rows = await repository.search(
                unit, shop_id, state=state, words=fold(clean(words))[:80], after=_after(cursor), limit=limit + 1
            )  # fmt: skip
            items = await self._views(unit, actor, shop_id, rows[:limit])
        more = encode_cursor(rows[limit - 1].entered_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
        return Page(items, more)

    async def counts(self, actor: Actor, shop_id: Id) -> dict[str, int]:
        """How many in each state."""
        actor.require(Permission.ORDERS_READ, shop_id)
        async with self._database.read() as unit:
            return await repository.counts(unit, shop_id)

    async def get(self, actor: Actor, shop_id: Id, listing_id: Id) -> Listing:
        """Raises ListingNotFound."""
        actor.require(Permission.ORDERS_READ, shop_id)
        async with self._database.read() as unit:
            return (await self._views(unit, actor, shop_id, [_there(await repository.by_id(unit, shop_id, listing_id))]))[0]

    async def look(self, actor: Actor, shop_id: Id, terms: Terms, *, but: Id | None = None) -> tuple[list[Finding], SaleFacts | None]:
        """What would be wrong with it, and what the catalogue knows; nothing happens."""
        actor.require(Permission.LISTING_EDIT, shop_id)
        async with self._database.read() as unit:
            facts = (await self._facts(unit, shop_id, [terms.sku])).get(sku_key(terms.sku))
            found = findings(terms, facts, self._clock.now())
            if other := await self._collision(unit, shop_id, terms, but):
                twice = errors.ListingTwice(**self._named(other))
                found.append(Finding("twice", "sku", twice.detail("zh-CN"), twice.detail("en")))
            return found, facts

    async def enter(self, actor: Actor, shop_id: Id, terms: Terms, *, accept: Sequence[str] = (), submit: bool = False) -> Listing:
        """A new draft or, with `submit`, one that waits to be checked. Raises ListingInvalid, ListingTwice, NeedsTick."""
        actor.require(Permission.LISTING_EDIT, shop_id)
        async with self._database.unit() as unit:
            await repository.hold(unit, shop_id)
            row = await self._enter(unit, actor, shop_id, terms, accept, submit)
            return (await self._views(unit, actor, shop_id, [row]))[0]

    async def edit(self, actor: Actor, shop_id: Id, listing_id: Id, terms: Terms, *, version: int, accept: Sequence[str] = ()) -> Listing:
        """Change one that is not verified; it is a draft again. Raises ListingNotFound, Conflict, ListingState and what enter raises."""
        actor.require(Permission.LISTING_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await self._held(unit, shop_id, listing_id, version)
            if row.state not in ("draft", "waiting", "rejected"):
                raise _state(row)
            await self._sound(unit, shop_id, terms, row.id)
            _write(row, terms)
            row.accepted, row.hands = list(accept), [*row.hands, *({actor.id} - set(row.hands))]
            row.checked_at, row.checked_by, row.checked_by_id, row.seen = None, "", "", {}
            self._move(unit, actor, row, "draft", "edited")
            return (await self._views(unit, actor, shop_id, [row]))[0]

    async def submit(self, actor: Actor, shop_id: Id, listing_id: Id, *, version: int, accept: Sequence[str] = ()) -> Listing:
        """Ask for a second person's look. Raises NeedsTick and what edit raises."""
        actor.require(Permission.LISTING_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await self._held(unit, shop_id, listing_id, version)
            _check_move(row, "waiting")
            _check_ticks(await self._sound(unit, shop_id, _terms(row), row.id), accept)
            row.accepted = list(accept)
            self._move(unit, actor, row, "waiting", "submitted")
            return (await self._views(unit, actor, shop_id, [row]))[0]

    async def verify(
        self, actor: Actor, shop_id: Id, listing_id: Id, *, version: int, accept: Sequence[str] = (), note: str = ""
    ) -> Listing:
        """The second person's yes, on today's facts. Raises SameChecker, NeedsTick, ListingTwice, ListingInvalid and what edit raises."""
        self._checker(actor, shop_id)
        async with self._database.unit() as unit:
            row = await self._held(unit, shop_id, listing_id, version)
            _check_move(row, "verified")
            if not may_check(row.hands, actor.id):
                raise errors.SameChecker
            terms = _terms(row)
            _check_ticks(await self._sound(unit, shop_id, terms, row.id), accept)
            facts = (await self._facts(unit, shop_id, [terms.sku]))[row.sku_key]
            row.seen = {"price": facts.price.minor, "stock": facts.stock, "ticked": sorted(set(accept))}
            self._checked(actor, row, note)
            self._move(unit, actor, row, "verified", "verified")
            return (await self._views(unit, actor, shop_id, [row]))[0]

    async def verify_many(self, actor: Actor, shop_id: Id, wanted: Sequence[tuple[Id, int, Sequence[str]]]) -> list[Outcome]:
        """Each by itself: one that is refused keeps no other from being verified."""
        self._checker(actor, shop_id)
        out: list[Outcome] = []
        for listing_id, version, accept in wanted:
            try:
                await self.verify(actor, shop_id, listing_id, version=version, accept=accept)
                out.append(Outcome(listing_id, "", "已核对", "Verified"))
            except Refusal as e:
                out.append(Outcome(listing_id, e.code, e.detail("zh-CN"), e.detail("en")))
        return out

    async def reject(self, actor: Actor, shop_id: Id, listing_id: Id, *, version: int, note: str) -> Listing:
        """The second person's no, with the reason. Raises SameChecker, Invalid and what edit raises."""
        self._checker(actor, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        async with self._database.unit() as unit:
            row = await self._held(unit, shop_id, listing_id, version)
            _check_move(row, "rejected")
            if not may_check(row.hands, actor.id):
                raise errors.SameChecker
            self._checked(actor, row, note)
            self._move(unit, actor, row, "rejected", "rejected")
            return (await self._views(unit, actor, shop_id, [row]))[0]

    async def withdraw(self, actor: Actor, shop_id: Id, listing_id: Id, *, version: int) -> Listing:
        """Take it down; once more changes nothing. Raises ListingNotFound, Conflict."""
        actor.require(Permission.LISTING_EDIT, shop_id)
        async with self._database.unit() as unit:
            await repository.hold(unit, shop_id)
            row = _there(await repository.by_id(unit, shop_id, listing_id))
            if row.state != "withdrawn":
                if row.version != version:
                    raise Conflict
                self._move(unit, actor, row, "withdrawn", "withdrawn")
            return (await self._views(unit, actor, shop_id, [row]))[0]

    async def import_file(self, actor: Actor, shop_id: Id, data: bytes, *, keep_good: bool = False, submit: bool = False) -> Report:
        """A file of listings, every problem at its row. With any nothing is stored, unless `keep_good`. What needs a tick stays a draft.

        Raises Invalid, TooLarge.
        """
        actor.require(Permission.LISTING_EDIT, shop_id)
        problems = Problems()
        currency = (await self._shops.by_id(shop_id)).currency
        rows = read_listings(data, self._zone(shop_id), currency, problems)
        async with self._database.unit() as unit:
            await repository.hold(unit, shop_id)
            good = await self._good(unit, shop_id, rows, problems)
            if problems.total and not keep_good:
                return nothing_stored(problems)
            facts = await self._facts(unit, shop_id, [terms.sku for terms in good])
            now = self._clock.now()
            for terms in good:
                ticks = to_tick(findings(terms, facts[sku_key(terms.sku)], now), ())
                self._add(unit, actor, shop_id, terms, facts[sku_key(terms.sku)].name, (), "waiting" if submit and not ticks else "draft")
            await unit.flush()
        return Report(True, len(good), 0, 0, len(problems.rows), problems.total, tuple(problems.found))

    async def _good(self, unit: Unit, shop_id: Id, rows: Sequence[tuple[int, Terms]], problems: Problems) -> list[Terms]:
        """Those with nothing wrong, that collide with nothing stored and with none before them in the file."""
        keys = sorted({sku_key(terms.sku) for _, terms in rows})
        facts = await self._facts(unit, shop_id, keys)
        there: dict[str, list[tuple[Terms, ListingRow | int]]] = {key: [] for key in keys}
        for stored in await self._live(unit, shop_id, keys):
            there[stored.sku_key].append((_terms(stored), stored))
        good: list[Terms] = []
        for row, terms in rows:
            key = sku_key(terms.sku)
            wrong = [f for f in findings(terms, facts.get(key), self._clock.now()) if not f.warning]
            for f in wrong:
                problems.add(row, f.field, f.zh, f.en)
            other = next((whose for known, whose in there[key] if collides(terms, known)), None)
            if isinstance(other, int):
                problems.add(row, "sku", f"和第 {other} 行重复", f"collides with row {other}")
            elif other is not None:
                twice = errors.ListingTwice(**self._named(other))
                problems.add(row, "sku", twice.detail("zh-CN"), twice.detail("en"))
            elif not wrong:
                there[key].append((terms, row))
                good.append(terms)
        return good

    async def _enter(self, unit: Unit, actor: Actor, shop_id: Id, terms: Terms, accept: Sequence[str], submit: bool) -> ListingRow:
        found = await self._sound(unit, shop_id, terms, None)
        if submit:
            _check_ticks(found, accept)
        name = (await self._facts(unit, shop_id, [terms.sku]))[sku_key(terms.sku)].name
        row = self._add(unit, actor, shop_id, terms, name, accept, "waiting" if submit else "draft")
        await unit.flush()
        return row

    def _add(
        self, unit: Unit, actor: Actor, shop_id: Id, terms: Terms, name: str, accept: Sequence[str], state: ListingState
    ) -> ListingRow:
        row = ListingRow(
            id=new_id(), shop_id=shop_id, name=name[:200], state="draft", accepted=list(accept), entered_at=self._clock.now(),
            entered_by_id=actor.id, entered_by=actor.name, hands=[actor.id], checked_at=None, checked_by_id="", checked_by="", note="",
            seen={}, version=0,
        )  # fmt: skip
        _write(row, terms)
        unit.add(row)
        self._move(unit, actor, row, state, "entered")
        return row

    async def _sound(self, unit: Unit, shop_id: Id, terms: Terms, but: Id | None) -> list[Finding]:
        """The warnings of terms that can be listed. Raises ListingInvalid, ListingTwice."""
        facts = (await self._facts(unit, shop_id, [terms.sku])).get(sku_key(terms.sku))
        found = findings(terms, facts, self._clock.now())
        if wrong := [f for f in found if not f.warning]:
            raise errors.ListingInvalid(why="；".join(f.zh for f in wrong), why_en="; ".join(f.en for f in wrong))
        if other := await self._collision(unit, shop_id, terms, but):
            raise errors.ListingTwice(**self._named(other))
        return found

    async def _collision(self, unit: Unit, shop_id: Id, terms: Terms, but: Id | None) -> ListingRow | None:
        rows = await self._live(unit, shop_id, [sku_key(terms.sku)])
        return next((row for row in rows if row.id != but and collides(terms, _terms(row))), None)

    async def _live(self, unit: Unit, shop_id: Id, keys: Sequence[str]) -> Sequence[ListingRow]:
        """What holds its place in time: nothing that is over does."""
        now = self._clock.now()
        return [row for row in await repository.live(unit, shop_id, keys) if row.ends_at > now]

    def _named(self, row: ListingRow) -> dict[str, Any]:
        zone = self._zone(row.shop_id)
        when = " – ".join(f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (row.starts_at, row.ends_at))
        return {"sku": row.sku, "campaign": row.campaign, "when": when, "by": row.entered_by, "listing_id": row.id}

    async def _held(self, unit: Unit, shop_id: Id, listing_id: Id, version: int) -> ListingRow:
        await repository.hold(unit, shop_id)
        row = _there(await repository.by_id(unit, shop_id, listing_id))
        if row.version != version:
            raise Conflict
        return row

    def _move(self, unit: Unit, actor: Actor, row: ListingRow, to: ListingState, code: str) -> None:
        """Its new state, with the audit entry and the announcement in the same transaction."""
        row.state, row.version = to, row.version + 1
        detail = {
            "campaign": row.campaign, "sku": row.sku, "price": Money(row.price_minor, row.currency).plain(), "currency": row.currency,
            "ticked": sorted(set(row.accepted) | set(row.seen.get("ticked", ()))), "note": row.note,
        }  # fmt: skip
        audit.record(unit, actor, self._clock.now(), f"listing.{code}", row.shop_id, "listing", row.id, **detail)
        unit.announce(ListingChanged(row.shop_id, row.id, to))

    def _checked(self, actor: Actor, row: ListingRow, note: str) -> None:
        row.checked_at, row.checked_by_id, row.checked_by, row.note = self._clock.now(), actor.id, actor.name, clean(note)[:300]

    def _checker(self, actor: Actor, shop_id: Id) -> None:
        """A person with the right; a token could be the very person who entered it. Raises NotFound, Forbidden."""
        actor.require(Permission.LISTING_CHECK, shop_id)
        if actor.kind != "staff":
            raise Forbidden(permission=Permission.LISTING_CHECK.value)

    async def _views(self, unit: Unit, actor: Actor, shop_id: Id, rows: Sequence[ListingRow]) -> list[Listing]:
        facts = await self._facts(unit, shop_id, [row.sku for row in rows])
        now = self._clock.now()
        return [_view(row, facts.get(row.sku_key), actor, now) for row in rows]

    async def _facts(self, unit: Unit, shop_id: Id, skus: Iterable[str]) -> dict[str, SaleFacts]:
        wanted = sorted(set(skus))
        return await sale_facts(unit, shop_id, wanted, self._clock.now() - HISTORY) if wanted else {}

    def _zone(self, shop_id: Id) -> ZoneInfo:
        return ZoneInfo(self._settings.current(shop_id).time_zone)


def _view(row: ListingRow, facts: SaleFacts | None, actor: Actor, now: datetime) -> Listing:
    terms = _terms(row)
    over = row.state not in ("draft", "waiting", "verified") or row.ends_at <= now
    drifted = bool(row.seen) and facts is not None and row.seen.get("price") != facts.price.minor
    return Listing(
        row.id, terms, row.name, row.state, tuple(row.accepted), row.entered_at, row.entered_by, actor.id in row.hands,  # type: ignore[arg-type]
        row.checked_at, row.checked_by, row.note, row.version, facts, () if over else tuple(findings(terms, facts, now)), drifted,
    )  # fmt: skip


def _terms(row: ListingRow) -> Terms:
    return Terms(
        row.campaign, row.sku, Money(row.price_minor, row.currency), row.per_customer, row.quantity, row.starts_at, row.ends_at
    )  # fmt: skip


def _write(row: ListingRow, terms: Terms) -> None:
    terms = dataclasses.replace(terms, campaign=clean(terms.campaign)[:80], sku=clean(terms.sku)[:80])
    row.campaign, row.campaign_key, row.sku, row.sku_key = terms.campaign, campaign_key(terms.campaign)[:80], terms.sku, sku_key(terms.sku)
    row.price_minor, row.currency = terms.price.minor, terms.price.currency
    row.per_customer, row.quantity, row.starts_at, row.ends_at = terms.per_customer, terms.quantity, terms.starts_at, terms.ends_at


def _check_move(row: ListingRow, to: ListingState) -> None:
    """Raises ListingState."""
    if to not in MOVES[row.state]:  # type: ignore[index]
        raise _state(row)


def _state(row: ListingRow) -> errors.ListingState:
    zh, en = STATE_WORDS[row.state]  # type: ignore[index]
    return errors.ListingState(state=zh, state_en=en)


def _check_ticks(found: Sequence[Finding], accept: Sequence[str]) -> None:
    """Raises NeedsTick."""
    if left := to_tick(found, accept):
        raise errors.NeedsTick(why="；".join(f.zh for f in left), why_en="; ".join(f.en for f in left), codes=[f.code for f in left])


def _there(row: ListingRow | None) -> ListingRow:
    """Raises ListingNotFound."""
    if row is None:
        raise errors.ListingNotFound
    return row


def _after(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, id_ = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(id_)
