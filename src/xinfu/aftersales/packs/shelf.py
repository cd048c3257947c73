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
class _OfShop:
    packs: dict[str, list[Pack]]
    choices: tuple[Choice, ...]


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

    def put(self, shop_id: Id, own: Iterable[Pack], choices: Sequence[Choice]) -> None:
        """What a shop has of its own from now on, in place of what it had."""
        self._shops[shop_id] = _OfShop(_by_id(own), tuple(sorted(choices, key=lambda c: (c.effective_from, c.n))))

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
        return next((pack for pack in reversed(self.versions(shop_id, id_)) if pack.effective_from <= day), None)

    def version(self, shop_id: Id, id_: str, version: int) -> Pack:
        """The very version something was judged by. Raises PackUnknown."""
        for pack in self.versions(shop_id, id_):
            if pack.version == version:
                return pack
        raise PackUnknown(pack=f"{id_} {version}")

    def versions(self, shop_id: Id, id_: str) -> Sequence[Pack]:
        """In the order they take effect; none of a pack the shop does not know."""
        if id_ in self._shipped:
            return self._shipped[id_]
        own = self._shops.get(shop_id)
        return own.packs.get(id_, []) if own else []

    def ids(self, shop_id: Id) -> list[str]:
        """Of every pack the shop may go by: those of the product first."""
        own = self._shops.get(shop_id)
        return [*self._shipped, *(own.packs if own else ())]


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
