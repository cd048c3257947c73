"""Readers: the right model for every shop. A drop-in for Understanding that reads one batch of several shops, grouped by model.

Which version a shop uses is decided in the database; the file in DATA/models/<shop>/ is this node's copy and is made anew when missing.
"""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog

from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id
from xinfu.teaching import repository
from xinfu.teaching.errors import ModelOutdated
from xinfu.understanding import Reading, Understanding
from xinfu.understanding.heads import Heads

log = structlog.get_logger()

LOOK_EVERY_S = 5.0  # for versions published on another node or from the command line


@dataclass(frozen=True, slots=True)
class _Own:
    version_id: Id
    model: Understanding


class Readers:
    """`read` is for the hot path: no query, no await. A shop without a model of its own is read with the built-in one."""

    def __init__(self, database: Database, clock: Clock, folder: Path, built_in: Understanding | None = None) -> None:
        self._database = database
        self._clock = clock
        self._folder = folder
        self._built_in = built_in or Understanding.load(clock)
        self._own: dict[Id, _Own] = {}
        self._broken: set[Id] = set()
        self._refreshing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.refresh()
        self._task = asyncio.create_task(self._follow(), name="readers")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def of(self, shop_id: Id) -> Understanding:
        own = self._own.get(shop_id)
        return own.model if own else self._built_in

    def version_of(self, shop_id: Id) -> Id | None:
        """The version this node reads the shop with; None: the built-in one."""
        own = self._own.get(shop_id)
        return own.version_id if own else None

    def read(
        self,
        texts: Sequence[str],
        before: Sequence[str | None] | None = None,
        today: date | None = None,
        shops: Sequence[Id] | None = None,
    ) -> list[Reading]:
        """One reading per text, as Understanding.read. `shops`: whose message each is; without it the built-in model reads them all."""
        if shops is None or not self._own:
            return self._built_in.read(texts, before, today)
        if len(shops) != len(texts):
            raise ValueError("one shop for each text")
        groups: dict[Id | None, list[int]] = {}
        for at, shop in enumerate(shops):
            groups.setdefault(shop if shop in self._own else None, []).append(at)
        if len(groups) == 1:
            return self.of(shops[0]).read(texts, before, today)
        found: list[Reading | None] = [None] * len(texts)
        for rows in groups.values():
            earlier = None if before is None else [before[at] for at in rows]
            readings = self.of(shops[rows[0]]).read([texts[at] for at in rows], earlier, today)
            for at, reading in zip(rows, readings, strict=True):
                found[at] = reading
        return [reading for reading in found if reading is not None]

    async def refresh(self) -> None:
        """Take up what is published. A model that cannot be loaded leaves its shop with the built-in one, which is logged once."""
        async with self._refreshing:
            async with self._database.read() as unit:
                rows = await repository.in_use_everywhere(unit)
            wanted = {shop: (version, number, digest) for shop, version, number, digest in rows}
            for shop in [shop for shop in self._own if shop not in wanted]:
                del self._own[shop]
            for shop, (version, number, digest) in wanted.items():
                own = self._own.get(shop)
                if (own and own.version_id == version) or version in self._broken:
                    continue
                try:
                    self._own[shop] = _Own(version, await self._loaded(shop, version, number, digest))
                except ModelOutdated:
                    self._own.pop(shop, None)
                    self._broken.add(version)
                    log.exception("readers.model_not_loaded", shop_id=shop, version_id=version)
                except OSError as error:  # a full disk: the model read with so far goes on, and the next look tries again
                    log.warning("readers.model_not_placed", shop_id=shop, version_id=version, reason=type(error).__name__)

    async def content(self, shop_id: Id, version_id: Id, number: int, digest: str) -> bytes:
        """The file of a version: this node's copy, else from the database, whence the copy is made. Raises ModelOutdated if it is gone."""
        path = model_path(self._folder, shop_id, number)
        content = await asyncio.to_thread(_read_if_same, path, digest)
        if content is None:
            async with self._database.read() as unit:
                content = await repository.content(unit, shop_id, version_id)
            if content is None or hashlib.sha256(content).hexdigest() != digest:
                raise ModelOutdated
            await asyncio.to_thread(place, path, content)
        return content

    async def _loaded(self, shop_id: Id, version_id: Id, number: int, digest: str) -> Understanding:
        await self.content(shop_id, version_id, number, digest)
        return await asyncio.to_thread(load_model, model_path(self._folder, shop_id, number), self._clock)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.refresh()
            except Exception as error:  # the database may be away for a while; what is loaded goes on
                log.warning("readers.not_refreshed", reason=type(error).__name__)


def model_path(folder: Path, shop_id: Id, number: int) -> Path:
    return folder / shop_id / f"{number}.npz"


def place(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def load_model(path: Path, clock: Clock) -> Understanding:
    """Raises ModelOutdated for a file of another version of Xinfu."""
    try:
        return Understanding(Heads.load(path), clock)
    except (ValueError, KeyError, IndexError) as error:
        raise ModelOutdated from error


def _read_if_same(path: Path, digest: str) -> bytes | None:
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == digest:
            return content
    return None
