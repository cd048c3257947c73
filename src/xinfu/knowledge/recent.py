"""What was searched a moment ago: people ask the same questions in the same words, and the answer costs less to keep than to find."""

from collections.abc import Sequence

from xinfu.kit.clock import Clock
from xinfu.kit.ids import Id
from xinfu.knowledge.contracts import Audience, Hit

type Search = tuple[Id, str, Audience, int]  # shop, folded query, audience, limit

KEEP_MS = 60_000
KEEP_MOST = 4_096


class RecentSearches:
    """A bounded memory of results, the longest unused forgotten first. Cleared whenever an article changes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[Search, tuple[int, Sequence[Hit]]] = {}

    def get(self, search: Search) -> Sequence[Hit] | None:
        held = self._held.pop(search, None)
        if held is None or held[0] <= self._clock.ms():
            return None
        self._held[search] = held  # moved to the end: used last
        return held[1]

    def put(self, search: Search, hits: Sequence[Hit], until: int | None) -> None:
        """Keep a result for a while, but not past `until`, when the next article comes into effect or goes out of it."""
        over = self._clock.ms() + KEEP_MS
        self._held[search] = (over if until is None else min(over, until), hits)
        if len(self._held) > KEEP_MOST:
            del self._held[next(iter(self._held))]

    def clear(self) -> None:
        self._held.clear()
