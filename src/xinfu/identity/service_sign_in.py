"""Signing in and being known: passwords, sessions, and who a cookie or a key belongs to."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import structlog

from xinfu.identity import repository
from xinfu.identity.contracts import AccessChanged
from xinfu.identity.errors import CsrfMissing, Locked, OtherOrigin, WrongPassword
from xinfu.identity.keys import TOKEN_PREFIX, Passwords, hashed_key, new_key
from xinfu.identity.model import Staff, StaffSession
from xinfu.identity.policy import LOCK_MINUTES, MAX_FAILURES, check_password, role_permissions
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import NotSignedIn, RateLimited
from xinfu.kit.ids import Id
from xinfu.kit.ratelimit import RateLimiter
from xinfu.kit.text import clean, fold

log = structlog.get_logger()

SESSION_COOKIE = "xinfu_session"
CSRF_COOKIE = "xinfu_csrf"
SESSION_DAYS = 7
IDLE_HOURS = 14  # longer than the longest shift
_SEEN_EVERY = timedelta(minutes=5)
_CACHE_MS = 5_000
_CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """Who a request comes from. `csrf` and `session` are None for an API key."""

    actor: Actor
    csrf: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the cookie's value, the CSRF value, and whose it is."""

    token: str
    csrf: str
    actor: Actor


class Authenticator:
    """Turns a session cookie or an API key into an Actor. Remembers the answer for at most five seconds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._cache: dict[str, tuple[Known, int]] = {}
        self._changes = 0

    def forget(self) -> None:
        """Something about staff, roles, sessions or keys has changed: look everyone up again."""
        self._changes += 1
        self._cache.clear()

    async def by_session(self, token: str) -> Known:
        """Raises NotSignedIn."""
        return await self._known(hashed_key(token), False)

    async def by_key(self, key: str) -> Known:
        """Raises NotSignedIn."""
        return await self._known(hashed_key(key), True)

    async def request(self, method: str, cookies: Mapping[str, str], headers: Mapping[str, str]) -> Known:
        """Who sent an HTTP request. A changing request with a cookie must repeat the CSRF value in a header.

        Raises NotSignedIn, CsrfMissing.
        """
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key.startswith(TOKEN_PREFIX):
            return await self.by_key(key)
        if not (cookie := cookies.get(SESSION_COOKIE)):
            raise NotSignedIn
        known = await self.by_session(cookie)
        if method not in ("GET", "HEAD", "OPTIONS"):
            given = headers.get("x-csrf-token", "")
            if not secrets.compare_digest(given.encode(), (known.csrf or "").encode()):
                raise CsrfMissing
        return known

    async def authenticate_socket(self, headers: Mapping[bytes, bytes] | Iterable[tuple[bytes, bytes]], query: Mapping[str, str]) -> Actor:
        """Who opens a staff socket: `?token=xf_…`, or the session cookie from a page of our own origin.

        Header names are lower case, as ASGI has them. Raises NotSignedIn, OtherOrigin.
        """
        if key := query.get("token"):
            return (await self.by_key(key)).actor
        found = dict(headers)
        token = _session_cookie(found.get(b"cookie", b"").decode("latin-1"))
        if not token:
            raise NotSignedIn
        origin = urlsplit(found.get(b"origin", b"").decode("latin-1"))
        if not origin.netloc or origin.netloc != found.get(b"host", b"").decode("latin-1"):
            raise OtherOrigin
        return (await self.by_session(token)).actor

    async def _known(self, token_hash: str, is_key: bool) -> Known:
        cached = self._cache.get(token_hash)
        if cached and self._clock.ms() < cached[1]:
            return cached[0]
        changes = self._changes
        known = await (self._look_up_key(token_hash) if is_key else self._look_up_session(token_hash))
        if changes == self._changes:  # else the answer may already be out of date
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[token_hash] = (known, self._clock.ms() + _CACHE_MS)
        return known

    async def _look_up_session(self, token_hash: str) -> Known:
        now = self._clock.now()
        async with self._database.read() as unit:
            bearer = await repository.bearer_of_session(unit, token_hash)
            if bearer is None or bearer.staff.disabled:
                raise NotSignedIn
            session = bearer.session
            if session.expires_at <= now or session.last_seen_at + timedelta(hours=IDLE_HOURS) <= now:
                raise NotSignedIn
            actor = await actor_of(unit, bearer.staff, bearer.permissions)
        if session.last_seen_at + _SEEN_EVERY <= now:
            async with self._database.unit() as unit:
                await repository.touch_session(unit, token_hash, now)
        return Known(actor, session.csrf, token_hash)

    async def _look_up_key(self, token_hash: str) -> Known:
        async with self._database.read() as unit:
            token = await repository.token_by_hash(unit, token_hash)
        if token is None or token.revoked_at or (token.expires_at and token.expires_at <= self._clock.now()):
            raise NotSignedIn
        return Known(Actor("token", token.id, token.name, frozenset(token.shops), frozenset(token.permissions), "token"))


class SignIn:
    """Passwords in, sessions out."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, authenticator: Authenticator) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._authenticator = authenticator
        self._per_address = RateLimiter(clock, burst=30, every_s=10)
        self._per_login = RateLimiter(clock, burst=10, every_s=6)
        # Unknown logins lock like known ones, so that being locked tells nobody which logins exist.
        self._unknown = RateLimiter(clock, burst=MAX_FAILURES, every_s=LOCK_MINUTES * 60)

    async def login(self, login: str, password: str, ip: str, replaces: str | None = None) -> SignedIn:
        """Start a session and end the one in the browser's old cookie (`replaces`), so that a planted cookie is worth nothing.

        Raises RateLimited, Locked, WrongPassword.
        """
        login = fold(clean(login))[:64]
        wait = self._per_address.take(ip) or self._per_login.take(login)
        if wait:
            raise RateLimited(retry_after_s=wait)
        async with self._database.read() as unit:
            staff = await repository.staff_by_login(unit, login)
        fits = await self._passwords.fits(password, staff.password_hash if staff else None)
        if staff is None:
            await self._refuse_unknown(login, ip)
            raise WrongPassword
        signed_in = await self._judge(staff, fits, ip, replaces)
        self._authenticator.forget()
        if signed_in is None:
            raise WrongPassword
        self._per_login.forget(login)
        return signed_in

    async def logout(self, actor: Actor, session: str) -> None:
        """End the session whose hash is `session`."""
        async with self._database.unit() as unit:
            await repository.end_session(unit, session)
            for shop_id in actor.shops:
                audit.record(unit, actor, self._clock.now(), "sign_in.ended", shop_id, "staff", actor.id)
            unit.announce(AccessChanged(actor.id))
        self._authenticator.forget()

    async def change_password(self, actor: Actor, current: str, new: str) -> SignedIn:
        """Set one's own password. Every session of the person ends; a new one begins.

        Raises WrongPassword, PasswordTooWeak, RateLimited, NotSignedIn (for a key, which has no password).
        """
        if actor.kind != "staff":
            raise NotSignedIn
        if wait := self._per_login.take(actor.id):
            raise RateLimited(retry_after_s=wait)
        async with self._database.read() as unit:
            staff = await repository.staff_by_id(unit, actor.id)
        if staff is None or not await self._passwords.fits(current, staff.password_hash):
            raise WrongPassword
        check_password(staff.login, new)
        hashed = await self._passwords.hash(new)
        now = self._clock.now()
        async with self._database.unit() as unit:
            held = await repository.staff_locked(unit, actor.id)
            if held is None or held.password_hash != staff.password_hash:
                raise WrongPassword
            held.password_hash, held.password_once = hashed, False
            await repository.end_sessions_of(unit, actor.id)
            for shop_id in actor.shops:
                audit.record(unit, actor, now, "staff.password_changed", shop_id, "staff", actor.id)
            signed_in = self._open(unit, held, actor)
            unit.announce(AccessChanged(actor.id))
        self._authenticator.forget()
        return signed_in

    async def _judge(self, seen: Staff, fits: bool, ip: str, replaces: str | None) -> SignedIn | None:
        """Count the attempt and open the session in one transaction. None: wrong. Raises Locked."""
        now = self._clock.now()
        async with self._database.unit() as unit:
            staff = await repository.staff_locked(unit, seen.id)
            role = await repository.role(unit, seen.role)
            if staff is None or role is None:
                return None
            actor = await actor_of(unit, staff, role.permissions, ip)
            if staff.locked_until and staff.locked_until > now:
                raise Locked(retry_after_s=int((staff.locked_until - now).total_seconds()) + 1)
            if not fits or staff.disabled or staff.password_hash != seen.password_hash:
                staff.failed_count += 1
                locked = staff.failed_count >= MAX_FAILURES
                if locked:
                    staff.failed_count, staff.locked_until = 0, now + timedelta(minutes=LOCK_MINUTES)
                for shop_id in actor.shops:
                    audit.record(unit, actor, now, "sign_in.failed", shop_id, "staff", staff.id, locked=locked)
                return None
            staff.failed_count, staff.locked_until = 0, None
            if replaces:
                await repository.end_session(unit, hashed_key(replaces))
            await repository.end_expired_sessions(unit, now, now - timedelta(hours=IDLE_HOURS))
            for shop_id in actor.shops:
                audit.record(unit, actor, now, "sign_in.ok", shop_id, "staff", staff.id)
            return self._open(unit, staff, actor)

    def _open(self, unit: Unit, staff: Staff, actor: Actor) -> SignedIn:
        now = self._clock.now()
        token, csrf = new_key(), new_key()
        unit.add(
            StaffSession(
                token_hash=hashed_key(token),
                staff_id=staff.id,
                csrf=csrf,
                created_at=now,
                expires_at=now + timedelta(days=SESSION_DAYS),
                last_seen_at=now,
            )
        )
        return SignedIn(token, csrf, actor)

    async def _refuse_unknown(self, login: str, ip: str) -> None:
        """Tell the centre's first shop, without the words typed: people type passwords into the login field."""
        log.warning("sign_in.unknown_login")
        if wait := self._unknown.take(login):
            raise Locked(retry_after_s=wait)
        async with self._database.unit() as unit:
            if shops := await repository.shops(unit):
                stranger = Actor("system", "unknown", "?", ip=ip)
                audit.record(unit, stranger, self._clock.now(), "sign_in.failed", shops[0].id, "staff", "unknown")


async def actor_of(unit: Unit, staff: Staff, permissions: list[str], ip: str = "") -> Actor:
    """The person as every service meets them; `permissions` are those stored with their role."""
    shops = (await repository.shops_of(unit, [staff.id]))[staff.id]
    return Actor("staff", staff.id, staff.name, frozenset(shops), role_permissions(staff.role, permissions), staff.role, ip)


def first_shop(actor: Actor) -> Id | None:
    """The shop a person gets when they name none: their oldest, as ids sort by age."""
    return min(actor.shops, default=None)


def _session_cookie(header: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(SESSION_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None
