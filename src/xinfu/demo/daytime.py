"""The shop's local clock in whole seconds since 1970, cheap enough for a hundred thousand scans.

The shop lives at UTC+8, where there is no summer time.
"""

from datetime import UTC, datetime

HOUR = 3600
DAY = 24 * HOUR
_AHEAD = 8 * HOUR


def midnight(t: int) -> int:
    """The start of the local day that `t` lies in."""
    return t - (t + _AHEAD) % DAY


def hour_of(t: int) -> float:
    return ((t + _AHEAD) % DAY) / HOUR


def next_at(t: int, hour: float) -> int:
    """The next time at or after `t` when the local clock shows `hour`."""
    at = midnight(t) + int(hour * HOUR)
    return at if at >= t else at + DAY


def as_datetime(t: int) -> datetime:
    return datetime.fromtimestamp(t, UTC)
