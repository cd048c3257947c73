"""The pure rules of the queue."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.conversations.contracts import Summary
from xinfu.identity import OpeningHours, ShopSettings
from xinfu.routing.policy import (
    AGING_MS,
    RETURN_MS,
    SKILL_WAIT_MS,
    eta_s,
    is_abandoned,
    is_free,
    is_open,
    light,
    pick,
    queue_key,
    running_clock,
    waits_for_skill,
)  # fmt: skip

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = 1_800_000_000_000

_waiting = st.builds(
    lambda n, priority, ago: Summary(f"{n:032x}", "s", "c", "访客", state="queued", priority=priority, queued_at=NOW - ago),
    st.integers(0, 10**6),
    st.integers(0, 2),
    st.integers(0, 4 * AGING_MS),
)


@given(st.lists(_waiting, max_size=30, unique_by=lambda c: c.id), st.integers(0, 10 * AGING_MS))
def test_the_order_of_those_waiting_never_changes_with_time(queue: list[Summary], later: int) -> None:
    assert sorted(queue, key=lambda c: queue_key(c, NOW)) == sorted(queue, key=lambda c: queue_key(c, NOW + later))


@given(_waiting, _waiting)
def test_danger_goes_first_then_urgency_within_ten_minutes_then_who_came_first(a: Summary, b: Summary) -> None:
    first = min(a, b, key=lambda c: queue_key(c, NOW))
    other = b if first is a else a
    assert a.queued_at is not None and b.queued_at is not None and first.queued_at is not None and other.queued_at is not None
    if max(a.priority, b.priority) == 2:
        assert first.priority == 2
    elif a.priority == b.priority:
        assert first.queued_at <= other.queued_at
    elif abs(a.queued_at - b.queued_at) < AGING_MS:
        assert first.priority == 1
    else:
        assert first.queued_at <= other.queued_at  # nobody starves behind fresh urgent ones


@given(st.lists(st.integers(0, 9).map(str), unique=True), st.sets(st.integers(0, 9).map(str)))
def test_the_longest_idle_is_picked_unless_they_just_let_it_lapse(ready: list[str], let_lapse: set[str]) -> None:
    chosen = pick(ready, let_lapse)
    fresh = [agent for agent in ready if agent not in let_lapse]
    assert chosen == (fresh or ready or [None])[0]


_people = st.integers(0, 9).map(str)


@given(st.lists(_people, unique=True), st.sets(_people), st.dictionaries(_people, st.integers(1, 5)))
def test_the_best_of_the_skilled_is_picked_and_of_equals_the_longest_idle(
    ready: list[str], let_lapse: set[str], levels: dict[str, int]
) -> None:
    chosen = pick(ready, let_lapse, levels)
    assert (chosen is None) == (not ready)  # as long as somebody is free, nobody is left without
    fresh = [a for a in ready if a not in let_lapse] or ready
    best = max((levels.get(a, 0) for a in fresh), default=0)
    assert chosen == next((a for a in fresh if levels.get(a, 0) == best), None)


@given(_waiting, st.lists(_people), st.sets(_people), st.integers(0, 4 * AGING_MS))
def test_nobody_is_kept_for_a_skill_beyond_its_time_or_in_danger(c: Summary, at_work: list[str], let_lapse: set[str], later: int) -> None:
    now = NOW + later
    kept = waits_for_skill(c, at_work, let_lapse, now)
    assert not (kept and (c.priority == 2 or now - (c.queued_at or 0) >= SKILL_WAIT_MS or set(at_work) <= let_lapse))
    assert not (kept and waits_for_skill(c, at_work, let_lapse, now + SKILL_WAIT_MS))


@given(st.sampled_from(["online", "busy", "break", "acw", "offline"]), st.integers(0, 6), st.integers(1, 5), st.booleans(), st.booleans())
def test_only_someone_online_there_with_room_and_no_other_offer_is_free(state, load, capacity, connected, offered) -> None:  # type: ignore[no-untyped-def]
    free = is_free(state, load, capacity, connected=connected, offered=offered)
    assert free == (state == "online" and load < capacity and connected and not offered)


@given(st.integers(1, 50), st.integers(1, 50), st.lists(st.integers(1000, 3_600_000), min_size=3, max_size=50))
def test_the_eta_rises_with_the_position_and_falls_with_hands(position: int, slots: int, handling: list[int]) -> None:
    here = eta_s(position, slots, handling)
    behind, more_hands = eta_s(position + 1, slots, handling), eta_s(position, slots + 1, handling)
    assert here is not None and behind is not None and more_hands is not None
    assert behind >= here >= more_hands >= 10
    assert here % 10 == 0


def test_an_eta_is_not_promised_without_hands_or_experience() -> None:
    assert eta_s(1, 0, [60_000] * 10) is None
    assert eta_s(1, 5, [60_000] * 2) is None
    assert eta_s(3, 2, [60_000] * 3) == 90


@pytest.mark.parametrize(
    ("hours", "local", "open_"),
    [
        (OpeningHours(start="08:00", end="24:00"), "2026-03-10T07:59", False),
        (OpeningHours(start="08:00", end="24:00"), "2026-03-10T08:00", True),
        (OpeningHours(start="08:00", end="24:00"), "2026-03-10T23:59", True),
        (OpeningHours(start="08:00", end="24:00"), "2026-03-10T00:00", False),
        (OpeningHours(start="00:00", end="00:00"), "2026-03-10T03:00", True),
        (OpeningHours(days=(1,), start="00:00", end="00:00"), "2026-03-10T03:00", False),
        (OpeningHours(days=(2,), start="20:00", end="02:00"), "2026-03-10T20:00", True),
        (OpeningHours(days=(2,), start="20:00", end="02:00"), "2026-03-11T01:59", True),
        (OpeningHours(days=(2,), start="20:00", end="02:00"), "2026-03-11T02:00", False),
        (OpeningHours(days=(2,), start="20:00", end="02:00"), "2026-03-10T01:00", False),
        (OpeningHours(days=(7,), start="20:00", end="02:00"), "2026-03-09T01:00", True),
    ],
)
def test_opening_hours_are_in_the_shops_zone_and_may_pass_midnight(hours: OpeningHours, local: str, open_: bool) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
    assert is_open(hours, SHANGHAI, at.astimezone(UTC)) is open_


_times = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))


@given(_times, _times, st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)))
def test_open_every_day_from_a_to_b_is_shut_exactly_from_b_to_a(start: str, end: str, at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    there, back = (is_open(OpeningHours(start=a, end=b), SHANGHAI, moment) for a, b in ((start, end), (end, start)))
    assert there == back if start == end else there != back


@given(st.integers(1, 3600), st.integers(0, 10_000_000))
def test_a_clock_goes_green_amber_red_and_never_back(limit_s: int, waited: int) -> None:
    order = ["green", "amber", "red"]
    now = light(NOW - waited, limit_s, NOW)
    assert order.index(light(NOW - waited - 1000, limit_s, NOW)) >= order.index(now)
    assert (now == "red") == (waited >= limit_s * 1000)
    assert (now == "green") == (waited < limit_s * 600)


def test_which_clock_runs() -> None:
    settings = ShopSettings(first_response_s=15, round_response_s=30)
    waiting = Summary("1", "s", "c", "访客", state="queued", waiting_since=5)
    assert running_clock(waiting, settings) == ("first_response", 5, 15)
    again = Summary("1", "s", "c", "访客", state="agent", waiting_since=5, first_response_ms=900)
    assert running_clock(again, settings) == ("round_response", 5, 30)
    for quiet in (Summary("1", "s", "c", "访客", state="agent"), Summary("1", "s", "c", "访客", state="ai", waiting_since=5)):
        assert running_clock(quiet, settings) is None


def test_a_customer_is_abandoned_when_their_agent_is_gone_three_minutes() -> None:
    served = Summary("1", "s", "c", "访客", state="agent", handed_at=NOW, waiting_since=NOW)
    assert is_abandoned(served, NOW - RETURN_MS, True, NOW)
    assert not is_abandoned(served, NOW - RETURN_MS + 1, True, NOW)
    content = Summary("1", "s", "c", "访客", state="agent", handed_at=NOW)
    assert not is_abandoned(content, NOW - timedelta(days=1).seconds * 1000, True, NOW)


def test_someone_signed_off_but_there_is_measured_by_their_silence() -> None:
    long_ago = NOW - timedelta(hours=1).seconds * 1000
    taken = Summary("1", "s", "c", "访客", state="agent", handed_at=NOW, waiting_since=long_ago)
    asked_again = Summary("1", "s", "c", "访客", state="agent", handed_at=long_ago, waiting_since=NOW)
    for c in (taken, asked_again):
        assert not is_abandoned(c, long_ago, False, NOW + RETURN_MS - 1)
        assert is_abandoned(c, long_ago, False, NOW + RETURN_MS)
