"""Shops, their settings, and the audit log: what the owner sees and sets."""

import dataclasses
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError

from xinfu.identity import repository
from xinfu.identity.contracts import Permission, Shop, ShopSettings
from xinfu.identity.errors import IdentityTokenInvalid, SlugTaken
from xinfu.identity.model import SettingsVersion, ShopRow, StaffShop
from xinfu.identity.policy import TEXT_LIMITS, check_settings, check_slug, in_force, is_slug
from xinfu.identity.service_sign_in import Authenticator
from xinfu.kit import audit
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, to_ms
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Forbidden, NotFound
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean

_SETTINGS = TypeAdapter(ShopSettings)
_FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class SavedSettings:
    """One version. `effective_from` and `saved_at` are aware times."""

    version: int
    effective_from: datetime
    settings: ShopSettings
    author: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class SettingsView:
    """What is in force, and every version, newest first. The next change names `newest` as the version it is based on."""

    current: SavedSettings
    newest: int
    history: list[SavedSettings]


@dataclass(slots=True)
class _Hot:
    """The settings in force until `until` (milliseconds), when the next version takes over."""

    versions: list[SavedSettings]
    settings: ShopSettings
    until: int


class Settings:
    """Versioned shop settings. `current` is for the hot path: no query, no await."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._hot: dict[Id, _Hot] = {}

    async def start(self) -> None:
        async with self._database.read() as unit:
            for shop in await repository.shops(unit):
                await self._load(unit, shop.id)

    def current(self, shop_id: Id) -> ShopSettings:
        """What is in force now; the defaults for a shop not loaded (Shops loads a shop the first time it meets it)."""
        hot = self._hot.get(shop_id)
        if hot is None:
            return _DEFAULTS
        if self._clock.ms() >= hot.until:
            hot = self._hot[shop_id] = self._heat(hot.versions)
        return hot.settings

    async def view(self, actor: Actor, shop_id: Id) -> SettingsView:
        actor.require(Permission.SETTINGS_READ, shop_id)
        return await self._view(shop_id)

    async def save(
        self, actor: Actor, shop_id: Id, settings: ShopSettings, base_version: int, effective_from: datetime | None = None
    ) -> SettingsView:
        """Add a version that takes over at `effective_from` (None or a past time: at once).

        Raises Conflict when `base_version` is not the newest, and the refusals of policy.check_settings.
        """
        actor.require(Permission.SETTINGS_EDIT, shop_id)
        settings = _cleaned(settings)
        check_settings(settings)
        now = self._clock.now()
        start = max(now, effective_from or now)
        async with self._database.unit() as unit:
            await repository.shop_locked(unit, shop_id)
            newest = await repository.newest_settings_version(unit, shop_id)
            if newest != base_version:
                raise Conflict
            unit.add(_version_row(actor, shop_id, newest + 1, start, settings, now))
            audit.record(
                unit, actor, now, "settings.saved", shop_id, "settings", str(newest + 1), effective_from=to_ms(start), based_on=base_version
            )
        await self.load(shop_id)
        return await self._view(shop_id)

    async def load(self, shop_id: Id) -> None:
        """Read the shop's versions anew."""
        async with self._database.read() as unit:
            await self._load(unit, shop_id)

    async def _load(self, unit: Unit, shop_id: Id) -> None:
        versions = [_saved(row) for row in await repository.settings_versions(unit, shop_id)]
        known = self._hot.get(shop_id)
        # Versions only ever grow in number: a slower, older read must not undo a newer one.
        if versions and (known is None or len(versions) >= len(known.versions)):
            self._hot[shop_id] = self._heat(versions)

    def _heat(self, versions: list[SavedSettings]) -> _Hot:
        now = self._clock.now()
        later = [to_ms(v.effective_from) for v in versions if v.effective_from > now]
        return _Hot(versions, _current(versions, now).settings, min(later, default=_FOREVER))

    async def _view(self, shop_id: Id) -> SettingsView:
        async with self._database.read() as unit:
            versions = [_saved(row) for row in await repository.settings_versions(unit, shop_id)]
        if not versions:
            raise NotFound
        return SettingsView(_current(versions, self._clock.now()), versions[-1].version, versions[::-1])


class Shops:
    """The shops of this centre. Few and rarely changed, so what was found is kept in memory."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, authenticator: Authenticator) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._authenticator = authenticator
        self._by_slug: dict[str, ShopRow] = {}
        self._first: Shop | None = None

    async def create(
        self, actor: Actor, slug: str, name: str, currency: str = "CNY", settings: ShopSettings | None = None, shop_id: Id | None = None
    ) -> Shop:
        """Open a shop. It belongs to the person who made it or, made from the command line, to the owners of the centre.

        Raises SlugInvalid, SlugTaken and the refusals of policy.check_settings.
        """
        if Permission.SETTINGS_EDIT not in actor.permissions:
            raise Forbidden(permission=Permission.SETTINGS_EDIT.value)
        settings = settings or dataclasses.replace(_DEFAULTS, display_name=name)
        async with self._database.unit() as unit:
            row = await new_shop(unit, actor, shop_id or new_id(), slug, name, currency, settings, self._clock.now())
            members = [actor.id] if actor.kind == "staff" else await repository.all_owners(unit)
            unit.add_all(StaffShop(staff_id=staff_id, shop_id=row.id) for staff_id in members)
        self._authenticator.forget()
        await self._met(row)
        return _shop(row)

    async def by_slug(self, slug: str) -> Shop:
        """Raises NotFound."""
        return _shop(await self._row(slug))

    async def by_id(self, shop_id: Id) -> Shop:
        """Raises NotFound."""
        for row in self._by_slug.values():
            if row.id == shop_id:
                return _shop(row)
        if not is_id(shop_id):
            raise NotFound
        async with self._database.read() as unit:
            found = await repository.shop_by_id(unit, shop_id)
        if found is None:
            raise NotFound
        await self._met(found)
        return _shop(found)

    async def first(self) -> Shop:
        """The centre's oldest shop, from memory once seen. Raises NotFound in a centre without shops."""
        if self._first is None:
            known = await self.all()
            if not known:
                raise NotFound
            self._first = known[0]
        return self._first

    async def all(self) -> list[Shop]:
        """Every shop, oldest first."""
        async with self._database.read() as unit:
            return [_shop(row) for row in await repository.shops(unit)]

    async def of(self, actor: Actor) -> list[Shop]:
        """The actor's own shops, oldest first."""
        return [await self.by_id(shop_id) for shop_id in sorted(actor.shops)]

    async def widget_secret(self, actor: Actor, shop_id: Id) -> str:
        """What the shop's own system signs identity tokens with."""
        actor.require(Permission.SETTINGS_EDIT, shop_id)
        return (await self._row((await self.by_id(shop_id)).slug)).widget_secret

    async def verify_identity_token(self, slug: str, token: str) -> dict[str, Any]:
        """The claims of a customer's identity token: HS256, signed with the shop's widget secret. Raises IdentityTokenInvalid, NotFound."""
        row = await self._row(slug)
        try:
            claims = jwt.decode(token, OctKey.import_key(row.widget_secret), algorithms=["HS256"]).claims
            rules = jwt.JWTClaimsRegistry(now=int(self._clock.ms() // 1000), sub={"essential": True}, exp={"essential": True})
            rules.validate(claims)
        except (JoseError, ValueError, TypeError) as e:
            raise IdentityTokenInvalid from e
        sub = claims["sub"]
        if not isinstance(sub, str) or not 0 < len(sub) <= 128:
            raise IdentityTokenInvalid
        return dict(claims)

    async def sign_identity(self, shop_id: Id, sub: str, name: str, seconds: int = 3600) -> str:
        """An identity token as the shop's own system would make it; for the demo shop's page."""
        row = await self._row((await self.by_id(shop_id)).slug)
        claims = {"sub": sub, "name": name, "exp": self._clock.ms() // 1000 + seconds}
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(row.widget_secret))

    async def _row(self, slug: str) -> ShopRow:
        if slug in self._by_slug:
            return self._by_slug[slug]
        if not is_slug(slug):
            raise NotFound
        async with self._database.read() as unit:
            found = await repository.shop_by_slug(unit, slug)
        if found is None:
            raise NotFound
        await self._met(found)
        return found

    async def _met(self, row: ShopRow) -> None:
        await self._settings.load(row.id)
        self._by_slug[row.slug] = row


class AuditLog:
    """Who did what, newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, actor: Actor, shop_id: Id, cursor: str | None = None, action: str | None = None, by: str | None = None, limit: int = 50
    ) -> Page[AuditEntry]:
        actor.require(Permission.AUDIT_READ, shop_id)
        before = None
        if cursor:
            before = _audit_place(cursor)
        async with self._database.read() as unit:
            found = await repository.audit_entries(unit, shop_id, limit + 1, before, action, by)
        items = found[:limit]
        more = len(found) > limit
        return Page(items, encode_cursor(items[-1].at.isoformat(), items[-1].id) if more else None)


async def new_shop(
    unit: Unit, actor: Actor, shop_id: Id, slug: str, name: str, currency: str, settings: ShopSettings, now: datetime
) -> ShopRow:
    """The shop with the first version of its settings. Raises SlugInvalid, SlugTaken and the refusals of policy.check_settings."""
    check_slug(slug)
    settings = _cleaned(settings)
    check_settings(settings)
    if await repository.shop_by_slug(unit, slug):
        raise SlugTaken(slug=slug)
    row = ShopRow(id=shop_id, slug=slug, name=clean(name), currency=currency, widget_secret=secrets.token_urlsafe(32), created_at=now)
    unit.add(row)
    try:
        await unit.flush()
    except IntegrityError as e:  # the same slug a moment ago, on a store with several writers
        raise SlugTaken(slug=slug) from e
    unit.add(_version_row(actor, shop_id, 1, now, settings, now))
    audit.record(unit, actor, now, "shop.created", shop_id, "shop", shop_id, slug=slug)
    return row


def _version_row(actor: Actor, shop_id: Id, version: int, start: datetime, settings: ShopSettings, now: datetime) -> SettingsVersion:
    return SettingsVersion(
        shop_id=shop_id,
        version=version,
        effective_from=start,
        settings=_SETTINGS.dump_python(settings, mode="json"),
        author_id=actor.id,
        author=actor.name,
        saved_at=now,
    )


def _saved(row: SettingsVersion) -> SavedSettings:
    return SavedSettings(row.version, row.effective_from, _SETTINGS.validate_python(row.settings), row.author, row.saved_at)


def _current(versions: list[SavedSettings], now: datetime) -> SavedSettings:
    """`versions` are oldest first and numbered from 1; the first is in force from the moment the shop was opened."""
    return versions[in_force([(v.effective_from, v.version) for v in versions], max(now, versions[0].effective_from)) - 1]


def _cleaned(settings: ShopSettings) -> ShopSettings:
    texts: dict[str, Any] = {field: clean(getattr(settings, field)) for field in TEXT_LIMITS}
    return dataclasses.replace(settings, **texts)


def _shop(row: ShopRow) -> Shop:
    return Shop(row.id, row.slug, row.name, row.currency)


def _audit_place(cursor: str) -> tuple[datetime, Id]:
    at, entry_id = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(entry_id)


_DEFAULTS = ShopSettings()
