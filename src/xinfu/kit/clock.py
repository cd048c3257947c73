"""Time. Inside: aware UTC datetimes, or whole milliseconds since 1970 on the hot path. At the edges: the shop's zone."""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Asked for the time wherever a decision depends on it, so that a test can choose the hour."""

    def now(self) -> datetime: ...
    def ms(self) -> int: ...


class SystemClock:
    """The machine's clock, never going back: a wall clock set back by an operator or NTP must not reorder a conversation."""

    def __init__(self) -> None:
        self._last = 0

    def ms(self) -> int:
        self._last = max(self._last, time.time_ns() // 1_000_000)
        return self._last

    def now(self) -> datetime:
        return from_ms(self.ms())


class FixedClock:
    """A clock for tests: stands still until moved."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at

    def ms(self) -> int:
        return to_ms(self.at)

    def move(self, **delta: float) -> None:
        self.at += timedelta(**delta)


def to_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def maybe_ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@lru_cache(maxsize=4096)
def iso_ms(ms: int) -> str:
    """Milliseconds as the wire shows them: 2026-01-02T03:04:05.678Z."""
    whole, part = divmod(ms, 1000)
    at = time.gmtime(whole)
    return f"{at.tm_year:04d}-{at.tm_mon:02d}-{at.tm_mday:02d}T{at.tm_hour:02d}:{at.tm_min:02d}:{at.tm_sec:02d}.{part:03d}Z"


def zone(name: str) -> ZoneInfo:
    """The shop's zone. Raises ZoneInfoNotFoundError for a name that does not exist."""
    return ZoneInfo(name)
