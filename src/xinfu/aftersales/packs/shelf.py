"""All packs in memory, and which of them each shop goes by on which day. Asked by every decision, so it never waits for anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Self
from zoneinfo import ZoneInfo

from xinfu.aftersales.packs.errors import PackUnknown
from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.reading import PackProblem, invalid, read_pack
from xinfu.kit.ids import Id

DEFAULT_PACK = "cn-default"


@dataclass(frozen=True, slots=True)
class Choice:
    """From this day on the shop goes by this pack. `n` counts a shop's choices from 1."""

    n: int
    pack: str
    effective_from: date


@dataclass(frozen=True, slots=True)
class Stored:
    """A version of a shop's own, read when it is first asked for: a centre with many does not start more slowly."""

    id: str
    version: int
    effective_from: date
    text: str


@dataclass(frozen=True, slots=True)
class _OfShop:
    packs: dict[str, list[Stored]]
    choices: tuple[Choice, ...]
    read: dict[tuple[str, int], Pack]

    def pack(self, stored: Stored) -> Pack:
        key = (stored.id, stored.version)
        if key not in self.read:
            self.read[key] = read_pack(stored.text)
        return self.read[key]


class Packs:
    """The packs that come with the product, and each shop's own with its choices (put in by packs.service as they change)."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._shipped = _by_id(packs)
        self._shops: dict[Id, _OfShop] = {}

    @classmethod
    def shipped(cls) -> Self:
        """Those that come with the product."""
        folder = resources.files("xinfu.aftersales.packs")
        files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
        return cls(read_pack(file.read_text("utf-8")) for file in files)

    @property
    def shipped_ids(self) -> list[str]:
        return list(self._shipped)

    def put(self, shop_id: Id, own: Iterable[Stored], choices: Sequence[Choice]) -> None:
        """What a shop has of its own from now on, in place of what it had."""
        packs: dict[str, list[Stored]] = {}
        for stored in sorted(own, key=lambda v: (v.effective_from, v.version)):
            packs.setdefault(stored.id, []).append(stored)
        before = self._shops.get(shop_id)
        self._shops[shop_id] = _OfShop(packs, tuple(sorted(choices, key=lambda c: (c.effective_from, c.n))), before.read if before else {})

    def in_force(self, shop_id: Id, at: datetime, zone: ZoneInfo) -> Pack:
        """What the shop goes by at this moment, by its own calendar. Raises PackUnknown."""
        return self.on(shop_id, at.astimezone(zone).date())

    def on(self, shop_id: Id, day: date) -> Pack:
        """What the shop goes by on this day: the pack chosen last, in the version that took effect last. Raises PackUnknown."""
        own = self._shops.get(shop_id)
        chosen = [c.pack for c in own.choices if c.effective_from <= day] if own else []
        for id_ in (*reversed(chosen), DEFAULT_PACK):
            if (effective := self.latest(shop_id, id_, day)) is not None:
                return effective
        raise PackUnknown(pack=DEFAULT_PACK)

    def latest(self, shop_id: Id, id_: str, day: date) -> Pack | None:
        """The version of this pack that took effect last by this day."""
        if id_ in self._shipped:
            return next((pack for pack in reversed(self._shipped[id_]) if pack.effective_from <= day), None)
        own = self._shops.get(shop_id)
        stored = next((v for v in reversed(own.packs.get(id_, [])) if v.effective_from <= day), None) if own else None
        return own.pack(stored) if own and stored else None

    def version(self, shop_id: Id, id_: str, version: int) -> Pack:
        """The very version something was judged by. Raises PackUnknown."""
        for pack in self._shipped.get(id_, ()):
            if pack.version == version:
                return pack
        own = self._shops.get(shop_id)
        for stored in own.packs.get(id_, []) if own else ():
            if own and stored.version == version:
                return own.pack(stored)
        raise PackUnknown(pack=f"{id_} {version}")

    def coming(self, shop_id: Id, after: date) -> list[date]:
        """The days after this one on which the shop chose to go by another pack."""
        own = self._shops.get(shop_id)
        return [c.effective_from for c in own.choices if c.effective_from > after] if own else []

    def shipped_versions(self) -> list[Pack]:
        """Every version that comes with the product."""
        return [pack for versions in self._shipped.values() for pack in versions]


def _by_id(packs: Iterable[Pack]) -> dict[str, list[Pack]]:
    found: dict[str, list[Pack]] = {}
    for pack in packs:
        versions = found.setdefault(pack.id, [])
        if any(known.version == pack.version for known in versions):
            told = f"{pack.id}: version {pack.version}"
            raise invalid([PackProblem(None, "version", f"{told} 重复", f"{told} twice")])
        versions.append(pack)
    for versions in found.values():
        versions.sort(key=lambda pack: (pack.effective_from, pack.version))
    return found
