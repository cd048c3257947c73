"""Keyset pages: a page and the cursor of the next one. Offsets are never used, so a page costs the same everywhere in a list."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id, is_id


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


def cursor_number(part: str, largest: int = 2**63 - 1) -> int:
    """A part that was a number. Raises Invalid for anything else, or one no column of ours can hold."""
    if not (part.isascii() and part.isdigit() and len(part) <= 19) or int(part) > largest:
        raise Invalid(why="cursor")
    return int(part)


def cursor_id(part: str) -> Id:
    """A part that was an id. Raises Invalid for anything else."""
    if not is_id(part):
        raise Invalid(why="cursor")
    return part


def cursor_time(part: str) -> datetime:
    """A part that was an aware time. Raises Invalid for anything else."""
    try:
        at = datetime.fromisoformat(part)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):  # the second: a zone that leads out of the calendar
        pass
    raise Invalid(why="cursor")
