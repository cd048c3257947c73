"""The limiter: a burst, then a steady drip, per key, in bounded memory."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from xinfu.kit.clock import FixedClock
from xinfu.kit.ratelimit import RateLimiter


def _clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 10, tzinfo=UTC))


def test_a_burst_passes_and_the_next_one_is_told_how_long_to_wait() -> None:
    clock = _clock()
    limiter = RateLimiter(clock, burst=3, every_s=10)
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 10]
    assert limiter.take("b") == 0
    clock.move(seconds=10)
    assert [limiter.take("a"), limiter.take("a")] == [0, 10]


def test_forgetting_a_key_fills_its_bucket() -> None:
    limiter = RateLimiter(_clock(), burst=1, every_s=60)
    assert [limiter.take("a"), limiter.take("a")] == [0, 60]
    limiter.forget("a")
    assert limiter.take("a") == 0


def test_a_flood_of_keys_does_not_grow_the_table_nor_free_the_worst() -> None:
    limiter = RateLimiter(_clock(), burst=5, every_s=60, max_keys=100)
    for _ in range(6):
        limiter.take("guesser")
    for n in range(1000):
        limiter.take(n)
    assert limiter.take("guesser") > 0
    assert len(limiter._full_at) <= 100


@given(st.integers(1, 20), st.floats(0.1, 60), st.lists(st.floats(0, 30), max_size=60))
def test_no_span_of_time_lets_more_through_than_burst_and_drip_allow(burst: int, every_s: float, pauses: list[float]) -> None:
    clock = _clock()
    limiter = RateLimiter(clock, burst, every_s)
    start, passed = clock.ms(), 0
    for pause in pauses:
        clock.move(seconds=pause)
        passed += limiter.take("a") == 0
        assert passed <= burst + (clock.ms() - start) / 1000 / every_s + 1e-6
