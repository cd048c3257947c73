"""Use-cases of a shop's packs: look, check a draft, publish it from a day on, take it back before that day, choose, go back."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from xinfu.aftersales.packs import errors, repository
from xinfu.aftersales.packs.comparing import Change, changes
from xinfu.aftersales.packs.contracts import Checked, Draft, PacksChanged, PacksView, SavedPack, WishJudged
from xinfu.aftersales.packs.model import PackChoiceRow, PackVersionRow
from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.past import row_of
from xinfu.aftersales.packs.reading import build_pack, parse
from xinfu.aftersales.packs.shelf import Choice, Packs, Stored
from xinfu.aftersales.packs.writing import toml_of, with_head, without_head
from xinfu.identity import Permission, Settings, Shops
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict
from xinfu.kit.ids import Id
from xinfu.kit.text import clean

MAX_PACKS = 20
MAX_VERSIONS = 500
FURTHEST = timedelta(days=366)
KEPT = timedelta(days=62)
"""How long what was judged is kept to be judged again."""


class PackDesk:
    """The owner's side of packs. Decisions ask `Packs`, which this keeps up to date."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, shops: Shops, packs: Packs) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._shops = shops
        self.packs = packs
        if database.bus:
            database.bus.subscribe(PacksChanged, self._changed)
            database.bus.subscribe(WishJudged, self._judged)

    async def start(self) -> None:
        """Read every shop's packs."""
        async with self._database.read() as unit:
            for shop_id in await repository.shops_with_packs(unit):
                await self._load(unit, shop_id)

    async def view(self, actor: Actor, shop_id: Id) -> PacksView:
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            return await self._view(unit, shop_id)

    async def show(self, actor: Actor, shop_id: Id, pack: str, version: int) -> tuple[Pack, str]:
        """One version with its TOML, without what the house sets. Raises PackUnknown."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            row = await repository.version(unit, shop_id, pack, version)
        if row is None:
            found = self.packs.version(shop_id, pack, version)
            return found, without_head(toml_of(found))
        return build_pack(parse(row.text), row.text), without_head(row.text)

    async def differences(self, actor: Actor, shop_id: Id, old: tuple[str, int], new: tuple[str, int]) -> list[Change]:
        """What differs between two versions. Raises PackUnknown."""
        before, after = await self.show(actor, shop_id, *old), await self.show(actor, shop_id, *new)
        return changes(before[0], after[0])

    async def check(self, actor: Actor, shop_id: Id, draft: Draft) -> Checked:
        """What the draft is and changes against the pack in force on its day, or everything that is wrong with it. Nothing is stored."""
        actor.require(Permission.PACKS_EDIT, shop_id)
        async with self._database.read() as unit:
            newest = max((r.version for r in await repository.versions(unit, shop_id, draft.pack)), default=0)
        try:
            pack, text = self._read(draft, newest + 1)
        except errors.PackInvalid as e:
            return Checked(e.problems, None, "", (), "", "", newest)
        old = self.packs.on(shop_id, draft.effective_from)
        told = tuple(changes(old, pack))
        return Checked((), pack, without_head(text), told, f"{old.id} {old.version}", _token(pack), newest)

    async def publish(
        self, actor: Actor, shop_id: Id, draft: Draft, *, token: str, newest: int, note: str = "", adopt: bool = True
    ) -> SavedPack:
        """Store the draft that was checked as the next version and, with `adopt`, go by it from its day on. A repeated call gets the first.

        Raises PackInvalid, PackReserved, PackForeign, CurrencyDiffers, DateWrong, DraftOutdated, Conflict, TooManyPacks.
        """
        actor.require(Permission.PACKS_EDIT, shop_id)
        if draft.pack in self.packs.shipped_ids:
            raise errors.PackReserved(pack=draft.pack)
        self._check_day(shop_id, draft.effective_from)
        try:
            async with self._database.unit() as unit:
                rows = await repository.versions(unit, shop_id)
                mine = [r for r in rows if r.pack == draft.pack]
                if mine and mine[-1].token == token and mine[-1].version == newest + 1:
                    return self._saved(shop_id, mine[-1])
                if max((r.version for r in mine), default=0) != newest:
                    raise Conflict
                if len({r.pack for r in rows} | {draft.pack}) > MAX_PACKS or len(mine) >= MAX_VERSIONS:
                    raise errors.TooManyPacks(most=MAX_PACKS, versions=MAX_VERSIONS)
                pack, text = self._read(draft, newest + 1)
                if _token(pack) != token:
                    raise errors.DraftOutdated
                await self._check_shop(shop_id, pack)
                row = self._row(actor, shop_id, pack, text, token, note)
                unit.add(row)
                if adopt:
                    await self._adopt(unit, actor, shop_id, pack.id, pack.effective_from)
                detail = {"pack": pack.id, "version": pack.version, "effective_from": pack.effective_from.isoformat(), "adopted": adopt}
                audit.record(unit, actor, row.saved_at, "packs.published", shop_id, "policy_pack", pack.id, **detail)
                unit.announce(PacksChanged(shop_id))
                await unit.flush()
        except IntegrityError as e:  # two at the same moment
            raise Conflict from e
        await self.load(shop_id)
        return self._saved(shop_id, row)

    async def revert(self, actor: Actor, shop_id: Id, pack: str, version: int, effective_from: date, *, newest: int) -> SavedPack:
        """An earlier version as the next one. Raises PackUnknown and what publish raises."""
        actor.require(Permission.PACKS_EDIT, shop_id)
        _, text = await self.show(actor, shop_id, pack, version)
        draft = Draft(pack, effective_from, text)
        checked = await self.check(actor, shop_id, draft)
        note = f"回到第 {version} 版 / back to version {version}"
        return await self.publish(actor, shop_id, draft, token=checked.token, newest=newest, note=note)

    async def withdraw(self, actor: Actor, shop_id: Id, pack: str, version: int) -> PacksView:
        """Take back a version that has not taken effect yet; once more changes nothing. Raises PackUnknown, InForce."""
        actor.require(Permission.PACKS_EDIT, shop_id)
        now = self._clock.now()
        async with self._database.unit() as unit:
            row = await repository.version(unit, shop_id, pack, version)
            if row is None:
                raise errors.PackUnknown(pack=f"{clean(pack)[:40]} {version}")
            if row.withdrawn_at is None:
                if row.effective_from <= self._today(shop_id):
                    raise errors.InForce
                row.withdrawn_at = now
                audit.record(unit, actor, now, "packs.withdrawn", shop_id, "policy_pack", pack, version=version)
                unit.announce(PacksChanged(shop_id))
        await self.load(shop_id)
        return await self.view(actor, shop_id)

    async def choose(self, actor: Actor, shop_id: Id, pack: str, effective_from: date | None = None) -> PacksView:
        """Go by this pack from a day on (None: today). Raises PackUnknown, PackForeign, CurrencyDiffers, DateWrong, Conflict."""
        actor.require(Permission.PACKS_EDIT, shop_id)
        day = effective_from or self._today(shop_id)
        self._check_day(shop_id, day)
        if (latest := self.packs.latest(shop_id, pack, day)) is None:
            raise errors.PackUnknown(pack=clean(pack)[:40])
        await self._check_shop(shop_id, latest)
        try:
            async with self._database.unit() as unit:
                if await self._adopt(unit, actor, shop_id, pack, day):
                    now = self._clock.now()
                    audit.record(
                        unit, actor, now, "packs.chosen", shop_id, "policy_pack", pack, effective_from=day.isoformat()
                    )  # fmt: skip
                    unit.announce(PacksChanged(shop_id))
                await unit.flush()
        except IntegrityError as e:
            raise Conflict from e
        await self.load(shop_id)
        return await self.view(actor, shop_id)

    async def load(self, shop_id: Id) -> None:
        """Read the shop's packs anew."""
        async with self._database.read() as unit:
            await self._load(unit, shop_id)

    def today(self, shop_id: Id) -> date:
        """The shop's day."""
        return self._today(shop_id)

    def read(self, draft: Draft) -> Pack:
        """A draft as a pack, to be tried. Raises PackInvalid."""
        return self._read(draft, 1)[0]

    def _read(self, draft: Draft, version: int) -> tuple[Pack, str]:
        """The draft under the head it gets, and as the TOML that is stored."""
        values = dict(draft.values) if draft.values is not None else parse(draft.text)
        values |= {"id": draft.pack, "version": version, "effective_from": draft.effective_from}
        pack = build_pack(values, "" if draft.values is not None else draft.text)
        return pack, toml_of(pack) if draft.values is not None else with_head(draft.text, pack)

    def _row(self, actor: Actor, shop_id: Id, pack: Pack, text: str, token: str, note: str) -> PackVersionRow:
        return PackVersionRow(
            shop_id=shop_id, pack=pack.id, version=pack.version, effective_from=pack.effective_from, zh=pack.zh, en=pack.en,
            text=text, token=token, note=clean(note)[:200], author_id=actor.id, author=actor.name, saved_at=self._clock.now(),
            withdrawn_at=None,
        )  # fmt: skip

    async def _adopt(self, unit: Unit, actor: Actor, shop_id: Id, pack: str, day: date) -> bool:
        """Choose the pack from this day on, unless it is what the last choice by then says already and no later one differs."""
        rows = await repository.choices(unit, shop_id)
        by_day = sorted((r for r in rows if r.effective_from <= day), key=lambda r: (r.effective_from, r.n))
        last = by_day[-1].pack if by_day else ""
        if last == pack:
            return False
        n = rows[-1].n + 1 if rows else 1
        unit.add(PackChoiceRow(shop_id=shop_id, n=n, pack=pack, effective_from=day, author=actor.name, at=self._clock.now()))
        return True

    async def _check_shop(self, shop_id: Id, pack: Pack) -> None:
        """Raises CurrencyDiffers, PackForeign."""
        currency = (await self._shops.by_id(shop_id)).currency
        if pack.currency != currency:
            raise errors.CurrencyDiffers(pack=pack.currency, shop=currency)
        if currency == "CNY" and not pack.lawful_floor:
            raise errors.PackForeign(pack=pack.id)

    def _check_day(self, shop_id: Id, day: date) -> None:
        """Raises DateWrong: what was judged yesterday was judged by yesterday's rules."""
        first = self._today(shop_id)
        if not first <= day <= first + FURTHEST:
            raise errors.DateWrong(first=first.isoformat(), last=(first + FURTHEST).isoformat())

    def _today(self, shop_id: Id) -> date:
        return self._clock.now().astimezone(ZoneInfo(self._settings.current(shop_id).time_zone)).date()

    async def _load(self, unit: Unit, shop_id: Id) -> None:
        rows = await repository.versions(unit, shop_id)
        own = [Stored(r.pack, r.version, r.effective_from, r.text) for r in rows if r.withdrawn_at is None]
        chosen = [Choice(r.n, r.pack, r.effective_from) for r in await repository.choices(unit, shop_id)]
        self.packs.put(shop_id, own, chosen)

    async def _view(self, unit: Unit, shop_id: Id) -> PacksView:
        today = self._today(shop_id)
        rows = await repository.versions(unit, shop_id)
        own = [self._saved(shop_id, row) for row in reversed(rows)]
        shipped = [self._shipped(shop_id, pack) for pack in reversed(self.packs.shipped_versions())]
        now = self.packs.on(shop_id, today)
        every: Sequence[SavedPack] = [*own, *shipped]
        current = next(v for v in every if (v.pack, v.version) == (now.id, now.version))
        return PacksView(today, current, self._next(shop_id, today, every), tuple(every))

    def _next(self, shop_id: Id, today: date, every: Sequence[SavedPack]) -> SavedPack | None:
        """What the shop will go by after what it goes by today."""
        now = self.packs.on(shop_id, today)
        days = {v.effective_from for v in every if v.effective_from > today} | set(self.packs.coming(shop_id, today))
        for day in sorted(days):
            then = self.packs.on(shop_id, day)
            if then is not now:
                found = next(v for v in every if (v.pack, v.version) == (then.id, then.version))
                return replace(found, effective_from=day)
        return None

    def _saved(self, shop_id: Id, row: PackVersionRow) -> SavedPack:
        state = "withdrawn" if row.withdrawn_at else self._state(shop_id, row.pack, row.version, row.effective_from)
        return SavedPack(
            row.pack, row.version, row.zh, row.en, row.effective_from, state, False, row.note, row.author, row.saved_at
        )  # fmt: skip

    def _shipped(self, shop_id: Id, pack: Pack) -> SavedPack:
        state = self._state(shop_id, pack.id, pack.version, pack.effective_from)
        return SavedPack(pack.id, pack.version, pack.zh, pack.en, pack.effective_from, state, True)

    def _state(self, shop_id: Id, pack: str, version: int, effective_from: date) -> str:
        today = self._today(shop_id)
        now = self.packs.on(shop_id, today)
        if (pack, version) == (now.id, now.version):
            return "in_force"
        if effective_from > today:
            return "coming"
        return "past" if pack == now.id else "idle"

    async def _changed(self, changed: PacksChanged) -> None:
        await self.load(changed.shop_id)

    async def _judged(self, judged: WishJudged) -> None:
        """Keep what was judged, for the owner who asks what another pack would have said."""
        now = self._clock.now()
        async with self._database.unit() as unit:
            await repository.remember(unit, row_of(judged))
            await repository.forget_before(unit, judged.shop_id, now - KEPT)


def _token(pack: Pack) -> str:
    """Stands for exactly this pack, its day included."""
    return hashlib.blake2b(json.dumps(toml_of(pack)).encode(), digest_size=16).hexdigest()
