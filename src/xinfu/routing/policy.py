"""Pure rules of the queue: who is next, who gets them, how long it will take, when the shop is open, when waiting is too long.

Times are milliseconds since 1970 unless a datetime.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from xinfu.conversations.contracts import PresenceState, Summary
from xinfu.identity import OpeningHours, ShopSettings
from xinfu.kit.ids import Id

type Light = Literal["green", "amber", "red"]
type Limit = Literal["first_response", "round_response"]

GRACE_MS = 60_000  # a lost connection within this is nobody's business
RETURN_MS = 180_000  # offline this long with a customer waiting: the customer goes back to the queue
MAX_LAPSES = 2
AMBER = 0.6
AGING_MS = 600_000  # ten minutes of waiting weigh as much as one step of priority, so nobody waits for ever
SKILL_WAIT_MS = 20_000  # one offer's time: a specialist may finish a sentence, and the first answer is seldom late by it
_DANGER = 2
_ETA_STEP_S = 10
_ETA_LEAST = 3  # handling times known before we dare to promise anything


def queue_key(c: Summary, now: int) -> tuple[int, float, Id]:
    """Sorts the queue, next one first: danger before all else, then urgency and time waited, ids to break ties.

    A step of priority counts as AGING_MS of waiting. The order of two waiting customers therefore never changes with `now`, and a normal
    one is overtaken only by urgent ones who came within AGING_MS of them: nobody starves.
    """
    since = c.queued_at if c.queued_at is not None else now
    return (0 if c.priority >= _DANGER else 1, since - min(c.priority, _DANGER) * AGING_MS, c.id)


def is_free(state: PresenceState, load: int, capacity: int, *, connected: bool, offered: bool) -> bool:
    """Whether an agent may be offered a conversation: online and there, room for one more, and no other offer on the screen."""
    return state == "online" and connected and load < capacity and not offered


def pick(longest_idle_first: Iterable[Id], let_lapse: Collection[Id], levels: Mapping[Id, int] | None = None) -> Id | None:
    """Who is offered a conversation: the longest idle of the free agents, those who just let it lapse only when there is no other.

    `levels`: who has the skill the conversation asks for, and how well. They come before anyone else, the best of them first.
    """
    if not levels:
        fallback = None
        for agent_id in longest_idle_first:
            if agent_id not in let_lapse:
                return agent_id
            fallback = fallback or agent_id
        return fallback
    return min(longest_idle_first, key=lambda a: (a in let_lapse, -levels.get(a, 0)), default=None)  # of equals the first


def waits_for_skill(c: Summary, at_work: Iterable[Id], let_lapse: Collection[Id], now: int) -> bool:
    """Whether a customer is better kept a little for one of the skilled who are `at_work` but not free, than given to anyone.

    Never in danger, never for someone who just did not take them, and never beyond SKILL_WAIT_MS in the queue.
    """
    if c.priority >= _DANGER or now - (c.queued_at or 0) >= SKILL_WAIT_MS:
        return False
    return any(agent_id not in let_lapse for agent_id in at_work)


def eta_s(position: int, slots: int, handling_ms: Sequence[int]) -> int | None:
    """Seconds until the customer at `position` is served, in steps of ten: the median of recent handling times, shared by all slots.

    `slots` is how many conversations those at work serve at once. None when there is too little to go by.
    """
    if slots <= 0 or len(handling_ms) < _ETA_LEAST:
        return None
    seconds = position * median(handling_ms) / slots / 1000
    return max(1, -int(-seconds // _ETA_STEP_S)) * _ETA_STEP_S


def is_open(hours: OpeningHours, zone: ZoneInfo, at: datetime) -> bool:
    """Whether people answer at `at`. A span past midnight (20:00–02:00) belongs to the day it begins on."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    today, yesterday = local.isoweekday(), (local.date() - timedelta(days=1)).isoweekday()
    start, end = _minutes(hours.start), _minutes(hours.end)
    if start == end:
        return today in hours.days
    if start < end:
        return today in hours.days and start <= minute < end
    return (today in hours.days and minute >= start) or (yesterday in hours.days and minute < end)


def light(since: int, limit_s: int, now: int) -> Light:
    """Green until 60 % of the limit, amber until it, red from it on."""
    waited = max(0, now - since)  # a clock set back over a restart must not show a wait below nothing
    if waited >= limit_s * 1000:
        return "red"
    return "amber" if waited >= limit_s * 1000 * AMBER else "green"


def is_abandoned(c: Summary, offline_since: int, gone: bool, now: int) -> bool:
    """Whether a served customer waits for someone who is not at work.

    `offline_since`: when the agent went, or since when we would have seen one who was never at work. `gone`: their last socket closed, so
    nobody reads what the customer writes; someone signed off but still there (or answering without a socket) is measured by their silence.
    """
    if c.state != "agent" or c.waiting_since is None:
        return False
    since = offline_since if gone else max(offline_since, c.handed_at or 0, c.waiting_since)
    return now - since >= RETURN_MS


def running_clock(c: Summary, settings: ShopSettings) -> tuple[Limit, int, int] | None:
    """The clock that runs for a waiting customer: (which limit, since when, limit in seconds). None when nobody owes an answer."""
    if c.state not in ("queued", "agent") or c.waiting_since is None:
        return None
    if c.first_response_ms is None:
        return "first_response", c.waiting_since, settings.first_response_s
    return "round_response", c.waiting_since, settings.round_response_s


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
