"""Who works here and what they may do: staff, roles, and keys for programs. Nobody can give what they do not have themselves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from xinfu.identity import repository
from xinfu.identity.contracts import AccessChanged, Permission
from xinfu.identity.errors import BeyondOwnRights, LastOwner, LoginTaken, RoleFixed, RoleUnknown
from xinfu.identity.keys import TOKEN_PREFIX, Passwords, hashed_key, new_key, new_password
from xinfu.identity.model import ApiToken, Staff
from xinfu.identity.policy import AI, OWNER, check_login, check_password, leaves_no_owner, role_permissions
from xinfu.identity.service_sign_in import Authenticator
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import NotFound
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id, new_id


@dataclass(frozen=True, slots=True)
class StaffView:
    """A person as colleagues see them; `shops` only those the reader shares."""

    id: Id
    login: str
    name: str
    role: str
    shops: list[Id]
    disabled: bool
    locked: bool
    password_once: bool
    opening_line: str
    locale: Locale


@dataclass(frozen=True, slots=True)
class StaffChange:
    """What to change about a person; None leaves it. `unlock` ends a lock-out."""

    name: str | None = None
    role: str | None = None
    shops: frozenset[Id] | None = None
    disabled: bool | None = None
    unlock: bool = False


@dataclass(frozen=True, slots=True)
class TokenView:
    id: Id
    prefix: str
    name: str
    permissions: list[str]
    shops: list[Id]
    created_at: datetime
    expires_at: datetime | None


class StaffAdmin:
    """People: made, changed, shut out; and what each may change about themselves."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, authenticator: Authenticator) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._authenticator = authenticator

    async def of_shop(self, actor: Actor, shop_id: Id) -> list[StaffView]:
        """Everyone of the shop, longest here first."""
        actor.require(Permission.STAFF_READ, shop_id)
        async with self._database.read() as unit:
            people = await repository.staff_of_shop(unit, shop_id)
            shops = await repository.shops_of(unit, [person.id for person in people])
        return [self._view(person, shops[person.id], actor.shops) for person in people]

    async def create(
        self, actor: Actor, shop_id: Id, login: str, name: str, role: str, shops: Collection[Id] = (), password: str | None = None
    ) -> tuple[StaffView, str]:
        """A new person in `shops` (default: this one), and the password they sign in with first: generated unless given.

        Raises LoginInvalid, LoginTaken, RoleUnknown, PasswordTooWeak, BeyondOwnRights.
        """
        actor.require(Permission.STAFF_MANAGE, shop_id)
        login = check_login(login)
        member_of = frozenset(shops) or frozenset({shop_id})
        first = password or new_password()
        check_password(login, first)
        hashed = await self._passwords.hash(first)
        person = Staff(
            id=new_id(),
            login=login,
            name=name,
            password_hash=hashed,
            password_once=password is None,
            role=role,
            disabled=False,
            failed_count=0,
            opening_line="",
            locale="zh-CN",
            created_at=self._clock.now(),
        )
        async with self._database.unit() as unit:
            _within_own_rights(actor, await _role(unit, role), member_of)
            if await repository.staff_by_login(unit, login):
                raise LoginTaken(login=login)
            unit.add(person)
            try:
                await unit.flush()
            except IntegrityError as e:  # the same login a moment ago, on a store with several writers
                raise LoginTaken(login=login) from e
            await repository.replace_shops(unit, person.id, member_of)
            self._record(unit, actor, member_of, "staff.created", person.id, login=login, role=role)
        return self._view(person, member_of, actor.shops), first

    async def update(self, actor: Actor, shop_id: Id, staff_id: Id, change: StaffChange) -> StaffView:
        """Raises NotFound, RoleUnknown, BeyondOwnRights, LastOwner."""
        actor.require(Permission.STAFF_MANAGE, shop_id)
        async with self._database.unit() as unit:
            person, before = await self._held(unit, actor, shop_id, staff_id)
            after = before if change.shops is None else change.shops
            role = change.role or person.role
            disabled = person.disabled if change.disabled is None else change.disabled
            _within_own_rights(actor, await _role(unit, role), after or {shop_id})
            await self._keep_an_owner(unit, person, before if disabled or role != OWNER else before - after)
            person.role, person.disabled, person.name = role, disabled, change.name or person.name
            if change.unlock:
                person.failed_count, person.locked_until = 0, None
            if after != before:
                await repository.replace_shops(unit, person.id, after)
            if disabled:
                await repository.end_sessions_of(unit, person.id)
            changed = {"role": role, "disabled": disabled, "member_of": sorted(after), "unlock": change.unlock}
            self._record(unit, actor, before | after, "staff.changed", person.id, **changed)
            unit.announce(AccessChanged(person.id))
        self._authenticator.forget()
        return self._view(person, after, actor.shops)

    async def reset_password(self, actor: Actor, shop_id: Id, staff_id: Id) -> str:
        """A fresh one-time password; their sessions and any lock-out end. Raises NotFound, BeyondOwnRights."""
        actor.require(Permission.STAFF_MANAGE, shop_id)
        password = new_password()
        hashed = await self._passwords.hash(password)
        async with self._database.unit() as unit:
            person, shops = await self._held(unit, actor, shop_id, staff_id)
            person.password_hash, person.password_once = hashed, True
            person.failed_count, person.locked_until = 0, None
            await repository.end_sessions_of(unit, person.id)
            self._record(unit, actor, shops, "staff.password_reset", person.id)
            unit.announce(AccessChanged(person.id))
        self._authenticator.forget()
        return password

    async def me(self, actor: Actor) -> StaffView:
        """Oneself; an API token has only its name, rights and shops."""
        async with self._database.read() as unit:
            person = await repository.staff_by_id(unit, actor.id)
        if person:
            return self._view(person, actor.shops, actor.shops)
        return StaffView(actor.id, "", actor.name, actor.role, sorted(actor.shops), False, False, False, "", "zh-CN")

    async def update_me(self, actor: Actor, name: str | None, opening_line: str | None, locale: Locale | None) -> StaffView:
        """Change one's own name, opening line or language. Raises NotFound for an API token."""
        async with self._database.unit() as unit:
            person = await repository.staff_locked(unit, actor.id)
            if person is None:
                raise NotFound
            person.name = name or person.name
            person.opening_line = person.opening_line if opening_line is None else opening_line
            person.locale = locale or person.locale
            if name:
                self._record(unit, actor, actor.shops, "staff.renamed", person.id, name=name)
        self._authenticator.forget()
        return self._view(person, actor.shops, actor.shops)

    async def _held(self, unit: Unit, actor: Actor, shop_id: Id, staff_id: Id) -> tuple[Staff, frozenset[Id]]:
        """The person and their shops, locked, if the actor may manage them. The shops' rows come first: one order, no deadlock."""
        for held in sorted((await repository.shops_of(unit, [staff_id]))[staff_id]):
            await repository.shop_locked(unit, held)
        person = await repository.staff_locked(unit, staff_id)
        shops = frozenset((await repository.shops_of(unit, [staff_id]))[staff_id])
        if person is None or shop_id not in shops:
            raise NotFound
        _within_own_rights(actor, await _role(unit, person.role), shops)
        return person, shops

    async def _keep_an_owner(self, unit: Unit, person: Staff, leaving: Iterable[Id]) -> None:
        for shop_id in leaving:
            if leaves_no_owner(await repository.owners_of(unit, shop_id), person.id):
                raise LastOwner

    def _record(self, unit: Unit, actor: Actor, shops: Iterable[Id], action: str, staff_id: Id, **detail: object) -> None:
        for shop_id in shops:
            audit.record(unit, actor, self._clock.now(), action, shop_id, "staff", staff_id, **detail)

    def _view(self, person: Staff, shops: Iterable[Id], shared_with: frozenset[Id]) -> StaffView:
        locked = person.locked_until is not None and person.locked_until > self._clock.now()
        locale: Locale = "en" if person.locale == "en" else "zh-CN"
        shared = sorted(shared_with & frozenset(shops))
        return StaffView(
            person.id,
            person.login,
            person.name,
            person.role,
            shared,
            person.disabled,
            locked,
            person.password_once,
            person.opening_line,
            locale,
        )


class Roles:
    """The named sets of permissions, the same in every shop of the centre."""

    def __init__(self, database: Database, clock: Clock, authenticator: Authenticator) -> None:
        self._database = database
        self._clock = clock
        self._authenticator = authenticator

    async def all(self, actor: Actor, shop_id: Id) -> dict[str, list[str]]:
        """Role key → what it holds."""
        actor.require(Permission.STAFF_READ, shop_id)
        async with self._database.read() as unit:
            return {role.key: sorted(role_permissions(role.key, role.permissions)) for role in await repository.roles(unit)}

    async def ai(self, shop_id: Id) -> Actor:
        """The AI at the front desk as every service meets it: with what its role holds now, in this shop only."""
        async with self._database.read() as unit:
            role = await repository.role(unit, AI)
        held = role_permissions(role.key, role.permissions) if role else frozenset()
        return Actor("ai", AI, "AI", frozenset({shop_id}), held, AI)

    async def put(self, actor: Actor, shop_id: Id, key: str, permissions: Collection[Permission]) -> list[str]:
        """Give a role exactly these permissions. It holds in every shop, so only someone of every shop may.

        Raises NotFound, RoleFixed, BeyondOwnRights.
        """
        actor.require(Permission.ROLES_MANAGE, shop_id)
        async with self._database.unit() as unit:
            role = await repository.role(unit, key)
            if role is None:
                raise NotFound
            if key == OWNER:
                raise RoleFixed
            everywhere = await repository.all_shop_ids(unit)
            _within_own_rights(actor, {*permissions, *role_permissions(key, role.permissions)}, everywhere)
            before, role.permissions = role.permissions, sorted(permissions)
            for each in everywhere:
                audit.record(
                    unit, actor, self._clock.now(), "role.changed", each, "role", key, before=sorted(before), after=role.permissions
                )
            unit.announce(AccessChanged(None))
        self._authenticator.forget()
        return role.permissions


class Tokens:
    """Keys for programs. The key itself is shown once, when made; only its hash is kept."""

    def __init__(self, database: Database, clock: Clock, authenticator: Authenticator) -> None:
        self._database = database
        self._clock = clock
        self._authenticator = authenticator

    async def of_shop(self, actor: Actor, shop_id: Id) -> list[TokenView]:
        """Keys in use that open this shop, newest first."""
        actor.require(Permission.TOKENS_MANAGE, shop_id)
        async with self._database.read() as unit:
            return [_token_view(token, actor.shops) for token in await repository.tokens_of_shop(unit, shop_id)]

    async def create(
        self,
        actor: Actor,
        shop_id: Id,
        name: str,
        permissions: Collection[Permission],
        shops: Collection[Id] = (),
        valid_for: timedelta | None = None,
    ) -> tuple[TokenView, str]:
        """A key with at most the maker's own rights, for `shops` (default: this one). Raises BeyondOwnRights."""
        actor.require(Permission.TOKENS_MANAGE, shop_id)
        opens = frozenset(shops) or frozenset({shop_id})
        _within_own_rights(actor, permissions, opens)
        key = TOKEN_PREFIX + new_key()
        now = self._clock.now()
        token = ApiToken(
            id=new_id(),
            token_hash=hashed_key(key),
            prefix=key[:8],
            name=name,
            permissions=sorted(permissions),
            shops=sorted(opens),
            made_by=actor.id,
            created_at=now,
            expires_at=now + valid_for if valid_for else None,
        )
        async with self._database.unit() as unit:
            unit.add(token)
            for each in opens:
                audit.record(unit, actor, now, "token.created", each, "token", token.id, name=name, permissions=token.permissions)
        return _token_view(token, actor.shops), key

    async def revoke(self, actor: Actor, shop_id: Id, token_id: Id) -> None:
        """The key opens nothing any more. Raises NotFound."""
        actor.require(Permission.TOKENS_MANAGE, shop_id)
        now = self._clock.now()
        async with self._database.unit() as unit:
            token = await repository.token_by_id(unit, token_id)
            if token is None or token.revoked_at or shop_id not in token.shops:
                raise NotFound
            token.revoked_at = now
            for each in token.shops:
                audit.record(unit, actor, now, "token.revoked", each, "token", token.id, name=token.name)
            unit.announce(AccessChanged(token.id))
        self._authenticator.forget()


async def _role(unit: Unit, key: str) -> frozenset[Permission]:
    """What the role holds. Raises RoleUnknown."""
    role = await repository.role(unit, key)
    if role is None:
        raise RoleUnknown(role=key)
    return role_permissions(key, role.permissions)


def _within_own_rights(actor: Actor, permissions: Iterable[Permission], shops: Iterable[Id]) -> None:
    """Raises BeyondOwnRights unless the actor holds all of it."""
    if not actor.permissions.issuperset(permissions) or not actor.shops.issuperset(shops):
        raise BeyondOwnRights


def _token_view(token: ApiToken, shared_with: frozenset[Id]) -> TokenView:
    shops = sorted(shared_with & frozenset(token.shops))
    return TokenView(token.id, token.prefix, token.name, token.permissions, shops, token.created_at, token.expires_at)
