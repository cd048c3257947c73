"""How each shop set up its language model: kept with the key sealed, in memory for the hot path, changed by those who may.

The key is encrypted with a key derived from the centre's own secret. It goes out of this module only inside LlmSettings, whose printed
form hides it, to the client that calls the shop's endpoint; no call of the API returns it.
"""

import asyncio
import base64
import ipaddress
import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict
from xinfu.kit.ids import Id
from xinfu.reception.llm_errors import LlmIncomplete, LlmKeyNeeded, LlmUrlInvalid
from xinfu.reception.llm_model import LlmSetup

log = structlog.get_logger()

LOOK_AGAIN_S = 5.0  # so long may a change made by another process go unnoticed
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_LOCAL_NAMES = (".local", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """One shop's setup. Limits in milliseconds: the customer's is for everything from their message on, a draft's for one draft."""

    shop_id: Id
    enabled: bool = False
    url: str = ""
    model: str = ""
    key: str = field(default="", repr=False)
    rewrite: bool = False
    converse: bool = False
    draft: bool = False
    voice: str = ""
    temperature: float = 0.3
    customer_limit_ms: int = 2000
    draft_limit_ms: int = 8000
    budget_tokens: int = 0
    version: int = 0


class Seal:
    """Encrypts keys with the centre's secret, so that a copy of the tables alone gives none away."""

    def __init__(self, secret: bytes) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"xinfu llm key").derive(secret)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, key: str) -> str:
        return self._fernet.encrypt(key.encode()).decode() if key else ""

    def open(self, sealed: str) -> str:
        """'' when there is none, or when it was sealed with another secret (a restored copy without its secret.key)."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken:
            log.warning("llm.key_unreadable")
            return ""


class LlmSetups:
    """The setups of all shops. `current` is for the hot path: no query, no await."""

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._seal = Seal(secret)
        self._on: dict[Id, LlmSettings] = {}
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.look_again()
        self._watching = asyncio.create_task(self._watch(), name="llm.setups")

    async def stop(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def current(self, shop_id: Id) -> LlmSettings | None:
        """The setup of a shop that has it switched on; None for every other."""
        return self._on.get(shop_id)

    @property
    def any_on(self) -> bool:
        return bool(self._on)

    async def look_again(self) -> None:
        """Take in what was changed, here or by another process."""
        async with self._database.read() as unit:
            rows = await unit.scalars(select(LlmSetup).where(LlmSetup.enabled))
            found = {row.shop_id: row for row in rows}
        for shop_id in [s for s in self._on if s not in found]:
            del self._on[shop_id]
        for shop_id, row in found.items():
            known = self._on.get(shop_id)
            if known is None or known.version != row.version:
                self._on[shop_id] = self._settings(row)

    async def view(self, actor: Actor, shop_id: Id) -> tuple[LlmSettings, bool]:
        """The setup without its key, and whether there is a key."""
        actor.require(Permission.SETTINGS_READ, shop_id)
        row = await self._row(shop_id)
        return (replace(self._settings(row), key=""), bool(row.sealed_key)) if row else (LlmSettings(shop_id), False)

    async def save(self, actor: Actor, shop_id: Id, given: LlmSettings, key: str | None) -> tuple[LlmSettings, bool]:
        """`key` None keeps the stored one, '' forgets it. `given.version` is the version the change is based on.

        A stored key belongs to the address it was given for: with a new address it has to be given again, or whoever may change
        settings could have it sent to a machine of their own. Raises Conflict, LlmUrlInvalid, LlmIncomplete, LlmKeyNeeded.
        """
        actor.require(Permission.SETTINGS_EDIT, shop_id)
        if given.url:
            check_url(given.url)
        if given.enabled and not (given.url and given.model and given.budget_tokens > 0):
            raise LlmIncomplete
        now = self._clock.now()
        async with self._database.unit() as unit:
            row = (await unit.scalars(select(LlmSetup).where(LlmSetup.shop_id == shop_id).with_for_update())).one_or_none()
            if (row.version if row else 0) != given.version:
                raise Conflict
            if row is None:
                row = LlmSetup(shop_id=shop_id, url=given.url, sealed_key="", version=0, updated_at=now)
                unit.add(row)
            if key is None and row.sealed_key and _origin(row.url) != _origin(given.url):
                raise LlmKeyNeeded
            for name in _FIELDS:
                setattr(row, name, getattr(given, name))
            if key is not None:
                row.sealed_key = self._seal.close(key)
            row.version, row.updated_at, row.updated_by = row.version + 1, now, actor.name
            told = {name: getattr(given, name) for name in _FIELDS if name != "voice"}
            audit.record(unit, actor, now, "llm.changed", shop_id, "llm", shop_id, **told, key_changed=key is not None)
        await self.look_again()
        return replace(self._settings(row), key=""), bool(row.sealed_key)

    async def _row(self, shop_id: Id) -> LlmSetup | None:
        async with self._database.read() as unit:
            return (await unit.scalars(select(LlmSetup).where(LlmSetup.shop_id == shop_id))).one_or_none()

    def _settings(self, row: LlmSetup) -> LlmSettings:
        fields = {name: getattr(row, name) for name in _FIELDS}
        return LlmSettings(row.shop_id, key=self._seal.open(row.sealed_key), version=row.version, **fields)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            try:
                await self.look_again()
            except Exception:
                log.exception("llm.look_failed")


_FIELDS = (
    "enabled", "url", "model", "rewrite", "converse", "draft", "voice", "temperature", "customer_limit_ms", "draft_limit_ms",
    "budget_tokens",
)  # fmt: skip


def check_url(url: str) -> None:
    """https anywhere, http only where the key does not cross a public network. Raises LlmUrlInvalid."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as e:
        raise LlmUrlInvalid from e
    plain = parts.scheme in ("http", "https") and not (parts.username or parts.password or parts.query or parts.fragment)
    if not plain or not _HOST.fullmatch(host) or (parts.scheme == "http" and not _is_local(host)):
        raise LlmUrlInvalid


def _is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_NAMES)
    return (address.is_private or address.is_loopback) and not address.is_link_local


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
