"""What an uploaded file really is, told from its bytes alone, and pictures made safe: decoded, turned upright, written anew.

Names and declared types are never trusted. Whatever is not recognised is refused; so are archives, HTML and SVG. Writing a picture anew
drops EXIF with its GPS position, comments, and anything hidden behind the picture; only a colour profile is kept.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from xinfu.conversations.file_errors import FileDamaged, FileKindRefused, PictureTooLarge

MAX_PIXELS = 40_000_000  # of one picture, or of all frames of a moving one
THUMBNAIL = 480  # pixels of the longer side
HEAD = 4096  # bytes needed to tell what a file is

_IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "text/plain": ".txt",
}
_MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6"}
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|\?xml|iframe|object|embed|style|xsl|math)", re.IGNORECASE)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written anew: its size in bytes and in pixels as it is seen."""

    size: int
    width: int
    height: int


def sniff(path: Path) -> str:
    """The MIME type told from the content. Raises FileKindRefused for everything not on the list."""
    with path.open("rb") as f:
        head = f.read(HEAD)
    found = _by_signature(head) or ("text/plain" if _is_plain_text(path, head) else None)
    if found is None:
        raise FileKindRefused
    return found


def is_image(mime: str) -> bool:
    return mime in _IMAGES


def file_name(given: str, mime: str) -> str:
    """A name fit to be shown and saved: the last part of the given path, without special characters, ending as its content demands."""
    last = re.split(r"[\\/]", given)[-1]
    stem = re.sub(r'[\x00-\x1f\x7f"*:<>?|;%]', "", last).strip(" .")
    ending = _ENDINGS[mime]
    if stem.lower().endswith(ending) or (ending == ".jpg" and stem.lower().endswith(".jpeg")):
        stem = stem[: stem.rindex(".")]
    else:
        stem = re.sub(r"\.\w{1,8}$", "", stem)
    return (stem.strip(" .")[:100] or "file") + ending


def rewrite_picture(source: Path, mime: str, target: Path, thumbnail: Path) -> Picture:
    """Decode `source`, write it upright and without metadata to `target`, and a small WebP to `thumbnail`.

    Raises PictureTooLarge before decoding more than MAX_PIXELS, FileDamaged when it cannot be decoded to the end.
    """
    try:
        with Image.open(source, formats=[_IMAGES[mime]]) as probe:
            _check_size(probe.size, 1)
            probe.verify()
        with Image.open(source, formats=[_IMAGES[mime]]) as picture:
            frames = _frames(picture)
            _save(frames, picture, mime, target)
            width, height = frames[0].size
            _save_thumbnail(frames[0], thumbnail)
    except PictureTooLarge:
        raise
    except Image.DecompressionBombError as e:
        raise PictureTooLarge(limit=MAX_PIXELS // 1_000_000) from e
    except Exception as e:  # a decoder fed with hostile bytes may raise nearly anything; all of it means the same
        raise FileDamaged from e
    return Picture(target.stat().st_size, width, height)


def _by_signature(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return "video/webm"
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xf3", b"\xf2")):
        return "audio/mpeg"
    return None


def _by_brand(brand: bytes) -> str | None:
    if brand in _MP4_BRANDS:
        return "video/mp4"
    return {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4"}.get(brand)


def _is_plain_text(path: Path, head: bytes) -> bool:
    """UTF-8 to the last byte, no control characters, nothing a browser might take for markup."""
    if not head or b"\x00" in head:
        return False
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not _NOT_TEXT.search(text) and not _MARKUP.search(content)


def _check_size(size: tuple[int, int], frames: int) -> None:
    if size[0] * size[1] * frames > MAX_PIXELS:
        raise PictureTooLarge(limit=MAX_PIXELS // 1_000_000)


def _frames(picture: Image.Image) -> list[Image.Image]:
    """The decoded frames, upright. Only GIF and WebP stay moving."""
    count = getattr(picture, "n_frames", 1) if picture.format in ("GIF", "WEBP") else 1
    _check_size(picture.size, count)
    if count == 1:
        picture.load()
        return [ImageOps.exif_transpose(picture)]
    return [frame.copy() for frame in ImageSequence.Iterator(picture)]


def _save(frames: list[Image.Image], picture: Image.Image, mime: str, target: Path) -> None:
    first, options = frames[0], dict[str, Any]()
    profile = picture.info.get("icc_profile")
    if mime == "image/jpeg":
        if first.mode not in ("L", "RGB"):
            first, profile = first.convert("RGB"), None
        options = {"quality": 88, "optimize": True}
    elif mime == "image/webp":
        options = {"quality": 88, "method": 2}
    if len(frames) > 1:
        delays = [int(frame.info.get("duration", 100)) for frame in frames]
        options |= {"save_all": True, "append_images": frames[1:], "duration": delays, "loop": int(picture.info.get("loop", 0))}
    if profile and mime != "image/gif":
        options["icc_profile"] = profile
    _forget_metadata(frames)
    first.save(target, _IMAGES[mime], **options)


def _forget_metadata(frames: list[Image.Image]) -> None:
    """Pillow writes some of what it read back by itself (comments, EXIF, XMP); leave only what the pixels need."""
    for frame in frames:
        frame.info = {k: v for k, v in frame.info.items() if k in ("transparency", "background", "duration", "loop", "disposal")}
        frame.getexif().clear()


def _save_thumbnail(first: Image.Image, target: Path) -> None:
    small = first.convert("RGBA" if "A" in first.getbands() or "transparency" in first.info else "RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    small.info = {}
    small.save(target, "WEBP", quality=80, method=2)
