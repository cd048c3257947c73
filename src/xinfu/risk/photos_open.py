"""The door for pictures from outside: whatever the bytes are, either plain pixels of a bearable size come out or a refusal.

Nothing is trusted: the size is read before anything is unpacked, only common formats are tried, and large JPEGs are unpacked small.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from xinfu.kit.errors import Invalid

type Pixels = NDArray[np.uint8]

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_SIDE = 20_000
LONG_SIDE = 512
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")

_TAKEN, _CHANGED, _EXIF = 36867, 306, 0x8769
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error, zlib.error)


class NotAPicture(Invalid):
    code = "risk.not_a_picture"
    zh, en = "这张照片打不开（格式不支持或文件已损坏）。", "This photo cannot be opened: unknown format or damaged file."


class PictureTooLarge(Invalid):
    code = "risk.picture_too_large"
    zh, en = "这张照片太大，无法比对。", "This photo is too large to be compared."


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture brought down to `LONG_SIDE`: colours for the hash, and what the file says of itself."""

    sha256: str
    rgb: Pixels
    taken_at: datetime | None


def open_picture(data: bytes) -> Opened:
    if len(data) > MOST_BYTES:
        raise PictureTooLarge()
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            wide, high = picture.size
            if wide * high > MOST_PIXELS or max(wide, high) > MOST_SIDE:
                raise PictureTooLarge()
            if min(wide, high) < 16:
                raise NotAPicture()
            taken = _taken(picture)
            picture.draft("RGB", (LONG_SIDE * 2, LONG_SIDE * 2))
            return Opened(hashlib.sha256(data).hexdigest(), _small(picture), taken)
    except Image.DecompressionBombError:
        raise PictureTooLarge() from None
    except (*_BROKEN, MemoryError):
        raise NotAPicture() from None


def _small(picture: Image.Image) -> Pixels:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        clear.thumbnail((LONG_SIDE * 2, LONG_SIDE * 2))
        flat = Image.new("RGB", clear.size, "white")
        flat.paste(clear, mask=clear.getchannel("A"))
    else:
        flat = picture.convert("RGB")
    factor = LONG_SIDE / max(flat.size)
    size = (max(16, round(flat.width * factor)), max(16, round(flat.height * factor)))
    resized = flat.resize(size, Image.Resampling.BOX if factor < 0.5 else Image.Resampling.BICUBIC, reducing_gap=2.0)
    resized.getexif().update(picture.getexif())
    return np.ascontiguousarray(np.asarray(ImageOps.exif_transpose(resized), dtype=np.uint8))


def _taken(picture: Image.Image) -> datetime | None:
    """The camera's own clock, as far as it can be believed: it knows no zone and can be set to anything."""
    try:
        exif = picture.getexif()
        for text in (exif.get_ifd(_EXIF).get(_TAKEN), exif.get(_CHANGED)):
            if moment := _moment(text):
                return moment
    except _BROKEN:
        return None
    return None


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.strptime(str(text).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - cameras know no zone
    except ValueError:
        return None
