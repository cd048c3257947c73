"""How often is too often: one small limiter for sign-ins, sockets and uploads. In memory, per process, bounded."""

from collections.abc import Hashable

from xinfu.kit.clock import Clock


class RateLimiter:
    """A token bucket per key: `burst` at once, then one every `every_s` seconds.

    Kept as the generic cell rate algorithm does (ITU-T I.371): one number per key, the time at which the bucket is full again.
    """

    def __init__(self, clock: Clock, burst: int, every_s: float, max_keys: int = 50_000) -> None:
        self._clock = clock
        self._every_ms = every_s * 1000
        self._room_ms = (burst - 1) * self._every_ms
        self._max_keys = max_keys
        self._full_at: dict[Hashable, float] = {}

    def take(self, key: Hashable) -> int:
        """Use one token of `key`. Returns 0 when there was one, else the whole seconds until there is (and uses none)."""
        now = self._clock.ms()
        full_at = max(self._full_at.get(key, 0.0), now)
        wait_ms = full_at - now - self._room_ms
        if wait_ms > 0:
            return int(-(-wait_ms // 1000))
        if key not in self._full_at and len(self._full_at) >= self._max_keys:
            self._prune(now)
        self._full_at[key] = full_at + self._every_ms
        return 0

    def forget(self, key: Hashable) -> None:
        """Give the key a full bucket again."""
        self._full_at.pop(key, None)

    def _prune(self, now: float) -> None:
        """Drop full buckets; if an attack fills the table with fresh keys, drop the older half, which are the fullest."""
        kept = {k: v for k, v in self._full_at.items() if v > now}
        if len(kept) >= self._max_keys:
            kept = dict(sorted(kept.items(), key=lambda item: item[1])[len(kept) // 2 :])
        self._full_at = kept
