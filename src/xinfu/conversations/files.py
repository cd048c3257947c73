"""Uploaded files: taken in piece by piece, checked by content, kept outside any web root, reached by signed links.

A link carries its own permission (HMAC over the file's id and the day) and works about seven days; messages store the file's id, and
whoever sends a message out signs a fresh link with `signed`.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import structlog
from sqlalchemy import select

from xinfu.conversations.file_content import Picture, file_name, is_image, rewrite_picture, sniff
from xinfu.conversations.file_errors import NoFile
from xinfu.conversations.model_files import FileRow
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.errors import NotFound, RateLimited, StorageUnavailable, TooLarge
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.ratelimit import RateLimiter
from xinfu.kit.text import clean

log = structlog.get_logger()

MAX_BYTES = 10 * 1024 * 1024
LINK_DAYS = 7
_DAY_MS = 86_400_000
_AT_ONCE = 2  # pictures decoded at the same time: a large one takes up to 160 MB while it is open


class StoredFile(msgspec.Struct, frozen=True):
    """A file as others may see it. `width` and `height` are pixels, of pictures only."""

    id: Id
    shop_id: Id
    uploader_kind: str
    uploader_id: Id
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None
    sha256: str

    @property
    def kind(self) -> str:
        """'image' or 'file', as a message of it is called."""
        return "image" if is_image(self.mime) else "file"


class Files:
    """Stores and finds uploads. `folder` is DATA/files, `secret` signs the links."""

    def __init__(self, database: Database, folder: Path, secret: bytes, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._secret = hashlib.sha256(b"xinfu.files\x00" + secret).digest()
        self._clock = clock
        self._limiter = RateLimiter(clock, burst=20, every_s=6)
        self._decoding = asyncio.Semaphore(_AT_ONCE)
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for left_over in self._incoming.iterdir():  # of uploads cut short by a stop of the centre
            left_over.unlink(missing_ok=True)

    async def store(self, shop_id: Id, uploader: Actor, name: str, stream: AsyncIterator[bytes]) -> StoredFile:
        """Take in one file.

        Raises NotFound (not the uploader's shop), RateLimited, TooLarge, NoFile, FileKindRefused, FileDamaged, PictureTooLarge,
        StorageUnavailable. Whatever is refused leaves nothing behind.
        """
        if shop_id not in uploader.shops:
            raise NotFound
        if wait := self._limiter.take((shop_id, uploader.kind, uploader.id)):
            raise RateLimited(retry_after_s=wait)
        file_id = new_id()
        raw = self._incoming / f"{file_id}.raw"
        try:
            await self._receive(raw, stream)
            return await self._keep(file_id, shop_id, uploader, name, raw)
        except OSError as e:
            log.error("files.not_stored", reason=type(e).__name__, errno=e.errno)
            raise StorageUnavailable(retry_after_s=30) from e
        finally:
            for left_over in self._incoming.glob(f"{file_id}.*"):
                left_over.unlink(missing_ok=True)

    async def get(self, shop_id: Id, file_id: Id) -> StoredFile:
        """Raises NotFound, also for another shop's file."""
        if not is_id(file_id):
            raise NotFound
        async with self._database.read() as unit:
            row = await unit.scalar(select(FileRow).where(FileRow.shop_id == shop_id, FileRow.id == file_id))
        return _stored(row)

    async def content(self, shop_id: Id, file_id: Id) -> bytes:
        """What is in a file. Raises NotFound."""
        path = self._path((await self.get(shop_id, file_id)).id)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as e:
            raise NotFound from e

    async def own(self, actor: Actor, shop_id: Id, file_id: Id) -> StoredFile:
        """A file this actor uploaded, which is what they may send in a message. Raises NotFound for any other."""
        stored = await self.get(shop_id, file_id)
        if shop_id not in actor.shops or (stored.uploader_kind, stored.uploader_id) != (actor.kind, actor.id):
            raise NotFound
        return stored

    async def open(self, file_id: Id, signature: str, *, thumbnail: bool = False) -> tuple[StoredFile, Path]:
        """The file a signed link leads to, and where its bytes (or its thumbnail's) are. Raises NotFound for a wrong or old link."""
        if not self._is_signed(file_id, signature):
            raise NotFound
        async with self._database.read() as unit:  # the signature names the file, and with it the shop
            stored = _stored(await unit.scalar(select(FileRow).where(FileRow.id == file_id)))
        path = self._path(file_id, thumbnail=thumbnail and stored.kind == "image")
        if not path.is_file():
            raise NotFound
        return stored, path

    def link(self, file_id: Id) -> str:
        """A link that works for about LINK_DAYS days and stays the same for the rest of the day, so that browsers can cache."""
        return f"/api/v1/files/{file_id}?sig={self._signature(file_id, self._today())}"

    def reference(self, stored: StoredFile) -> dict[str, Any]:
        """The `data` of an image or file message: {"file": {...}} of docs/protocol.md section 3."""
        about: dict[str, Any] = {"id": stored.id, "name": stored.name, "size": stored.size, "mime": stored.mime}
        if stored.width is not None and stored.height is not None:
            about |= {"width": stored.width, "height": stored.height}
        return self.signed({"file": about})

    def signed(self, data: dict[str, Any]) -> dict[str, Any]:
        """The `data` of a stored message with fresh links. Data without a file is returned as it is."""
        about = data.get("file")
        if not isinstance(about, dict) or not is_id(str(about.get("id"))):
            return data
        link = self.link(about["id"])
        fresh = {**about, "url": link}
        if is_image(str(about.get("mime"))):
            fresh["thumb"] = f"{link}&thumb=1"
        return {**data, "file": fresh}

    async def _receive(self, raw: Path, stream: AsyncIterator[bytes]) -> None:
        """Write the stream to `raw`, piece by piece; stop reading at the limit. Raises TooLarge, NoFile when empty."""
        size = 0
        with raw.open("xb") as out:
            async for piece in stream:
                size += len(piece)
                if size > MAX_BYTES:
                    raise TooLarge(limit="10 MB")
                await asyncio.to_thread(out.write, piece)
        if size == 0:
            raise NoFile

    async def _keep(self, file_id: Id, shop_id: Id, uploader: Actor, name: str, raw: Path) -> StoredFile:
        async with self._decoding:
            mime, picture, digest = await asyncio.to_thread(self._settle, file_id, raw)
        path = self._path(file_id)
        stored = StoredFile(
            id=file_id,
            shop_id=shop_id,
            uploader_kind=uploader.kind,
            uploader_id=uploader.id,
            name=file_name(clean(name), mime),
            mime=mime,
            size=path.stat().st_size,
            width=picture.width if picture else None,
            height=picture.height if picture else None,
            sha256=digest,
        )
        try:
            async with self._database.unit() as unit:
                unit.add(FileRow(**msgspec.structs.asdict(stored), at=self._clock.now()))
        except BaseException:
            for orphan in (path, self._path(file_id, thumbnail=True)):
                orphan.unlink(missing_ok=True)
            raise
        return stored

    def _settle(self, file_id: Id, raw: Path) -> tuple[str, Picture | None, str]:
        """Check the content and move it to its place, flushed to disk. Runs in a thread. Returns type, picture and SHA-256."""
        mime, picture, ready = sniff(raw), None, raw
        path = self._path(file_id)
        if is_image(mime):
            ready, small = raw.with_suffix(".img"), raw.with_suffix(".thumb")
            picture = rewrite_picture(raw, mime, ready, small)
            path.parent.mkdir(parents=True, exist_ok=True)
            small.replace(self._path(file_id, thumbnail=True))
        path.parent.mkdir(parents=True, exist_ok=True)
        with ready.open("rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest()
            with contextlib.suppress(OSError):  # some network folders cannot; the row then simply outruns the bytes
                os.fsync(f.fileno())
        ready.replace(path)
        return mime, picture, digest

    def _path(self, file_id: Id, *, thumbnail: bool = False) -> Path:
        """Spread by the random end of the id; its beginning is the time and would put everything of a month into one folder."""
        return self._folder / file_id[-2:] / file_id[-4:-2] / (file_id + (".thumb" if thumbnail else ""))

    def _today(self) -> int:
        return self._clock.ms() // _DAY_MS

    def _signature(self, file_id: Id, day: int) -> str:
        return hmac.new(self._secret, f"{file_id}.{day}".encode(), hashlib.sha256).hexdigest()[:40]

    def _is_signed(self, file_id: Id, signature: str) -> bool:
        if not is_id(file_id) or not signature.isascii():
            return False
        today = self._today()
        return any(hmac.compare_digest(self._signature(file_id, today - age), signature) for age in range(LINK_DAYS + 1))


def _stored(row: FileRow | None) -> StoredFile:
    if row is None:
        raise NotFound
    return StoredFile(**{name: getattr(row, name) for name in StoredFile.__struct_fields__})
