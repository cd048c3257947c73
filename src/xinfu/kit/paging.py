"""Keyset pages: a page and the cursor of the next one. Offsets are never used, so a page costs the same everywhere in a list."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from xinfu.kit.errors import Invalid


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some items, newest or neediest first, and where to go on (None at the end)."""

    items: Sequence[T]
    next: str | None


def encode_cursor(*parts: str | int) -> str:
    return base64.urlsafe_b64encode("\x1f".join(str(p) for p in parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """The parts put in by encode_cursor. Raises Invalid for anything else."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as e:
        raise Invalid(why="cursor") from e
    found = text.split("\x1f")
    if len(found) != parts:
        raise Invalid(why="cursor")
    return found
