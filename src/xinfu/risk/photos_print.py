"""What is kept of a photo, and what is said of two: plain data, without the eyes that made it (see `photos_eye`)."""

import json
import struct
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Pixels = NDArray[np.uint8]
type Floats = NDArray[np.float32]


class Why(StrEnum):
    SAME_FILE = "same file"
    SAME_PICTURE = "same picture"
    SAME_THING = "same thing"


WHY_WORDS: dict[Why, tuple[str, str]] = {
    Why.SAME_FILE: ("同一个文件", "the very same file"),
    Why.SAME_PICTURE: ("同一张照片改过的", "the same picture, edited"),
    Why.SAME_THING: ("同一件东西，裁剪、旋转或换个角度拍的", "the same thing, cropped, turned or seen from another place"),
}


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of one picture: about 40 kB."""

    sha256: str
    taken_at: datetime | None
    size: tuple[int, int]
    hashes: Pixels
    quality: int
    points: Floats
    descriptors: Pixels
    view: bytes

    @property
    def plain(self) -> bool:
        """So little can be seen in it that only the same file is the same picture."""
        return self.quality < 10 and len(self.points) < 30

    def pack(self) -> bytes:
        """For a column of bytes; `unpack` gives it back."""
        head = {"sha256": self.sha256, "size": self.size, "quality": self.quality, "points": len(self.points), "view": len(self.view)}
        head["taken_at"] = self.taken_at.isoformat() if self.taken_at else None
        text = json.dumps(head).encode()
        points = np.round(self.points * 16).astype("<i2")
        return b"".join(
            (struct.pack("<H", len(text)), text, self.hashes.tobytes(), points.tobytes(), self.descriptors.tobytes(), self.view)
        )

    @classmethod
    def unpack(cls, data: bytes) -> "Print":
        length = struct.unpack_from("<H", data)[0]
        head: dict[str, Any] = json.loads(data[2 : 2 + length])
        count, at = int(head["points"]), 2 + length
        hashes = np.frombuffer(data, np.uint8, 256, at).reshape(8, 32)
        points = (np.frombuffer(data, "<i2", count * 3, at + 256).reshape(count, 3) / np.float32(16)).astype(np.float32)
        descriptors = np.frombuffer(data, np.uint8, count * 32, at + 256 + count * 6).reshape(count, 32)
        taken = datetime.fromisoformat(head["taken_at"]) if head["taken_at"] else None
        size = (int(head["size"][0]), int(head["size"][1]))
        return cls(head["sha256"], taken, size, hashes, int(head["quality"]), points, descriptors, data[-int(head["view"]) :])


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture being asked about: its print, and its features seen in a mirror."""

    print: Print
    mirror_points: Floats
    mirror_descriptors: Pixels


@dataclass(frozen=True, slots=True)
class Overlay:
    """One picture laid over another: the share of its pieces that agree, the same with the middle weighing most, the same of what stands
    out from the table, the largest patch that does not agree, how much lies over the other, and how many pieces could be compared; then how
    much of what stands out in the wider picture lies over the other at all."""

    agree: float
    middle: float
    goods: float
    blob: float
    overlap: float
    cells: int
    covered: float = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier photo that shows the same as the one asked about."""

    photo_id: str
    score: float
    why: Why
    inliers: int = 0
    overlay: Overlay | None = None


type Candidate = tuple[str, Print]
"""An earlier photo by its id, the likeliest first."""
