"""What the AI did on a day and where it gave up, counted from the log by one query over the day's messages."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from xinfu.conversations.store import AiTurn
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, to_ms, zone
from xinfu.kit.ids import Id
from xinfu.kit.paging import Page, cursor_id, cursor_number, decode_cursor, encode_cursor
from xinfu.reception.ports import SettingsSource

type Kind = Literal["answered", "acted", "shown", "asked_back", "no_answer", "handed_over"]

KINDS: tuple[Kind, ...] = ("answered", "acted", "shown", "asked_back", "no_answer", "handed_over")
_ASKS = frozenset({"orders_ask", "order_not_found", "product_ask", "rephrase", "image", "task_ask", "variant_ask"})
_NO_ANSWER = frozenset({"unknown_fact", "lookup_failed", "order_none", "refused", "no_request"})
_NO_GIVING_UP = frozenset({"", "replaced", "unsure"})


class Log(Protocol):
    """conversations.LogStore, as much of it as is needed."""

    async def ai_counts(self, shop_id: Id, since: int, until: int) -> list[tuple[str, str, str, int]]: ...
    async def ai_gave_up(self, shop_id: Id, before: tuple[int, Id, int] | None, limit: int) -> list[AiTurn]: ...


@dataclass(slots=True)
class Day:
    """One day of a shop. `by_reason`: why people took over; `by_intent`: what was asked, each with its kinds."""

    day: date
    total: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    by_reason: Counter[str] = field(default_factory=Counter)
    by_intent: dict[str, Counter[Kind]] = field(default_factory=dict)
    replaced: int = 0


def kind_of(act: str, why: str) -> Kind:
    """What one answer was: handing over before doing, doing before asking, asking before answering."""
    acts = set(act.split("+"))
    if why not in _NO_GIVING_UP:
        return "handed_over"
    if "perform" in acts:
        return "acted"
    if "preview" in acts:
        return "shown"
    if why == "replaced" or acts & _NO_ANSWER:
        return "no_answer"
    return "asked_back" if acts & _ASKS else "answered"


def counted(day: date, rows: list[tuple[str, str, str, int]]) -> Day:
    found = Day(day)
    for act, intent, why, count in rows:
        kind = kind_of(act, why)
        found.total += count
        found.kinds[kind] += count
        found.by_intent.setdefault(intent.partition("+")[0] or "unknown", Counter())[kind] += count
        if kind == "handed_over":
            found.by_reason[why] += count
        if why == "replaced":
            found.replaced += count
    return found


class AiDays:
    """What leads and owners look at on the AI page."""

    def __init__(self, log: Log, settings: SettingsSource, clock: Clock) -> None:
        self._log = log
        self._settings = settings
        self._clock = clock

    async def day(self, actor: Actor, shop_id: Id, day: date | None = None) -> Day:
        """A day in the shop's own zone, today when none is named."""
        actor.require(Permission.METRICS_READ, shop_id)
        local = zone(self._settings.current(shop_id).time_zone)
        chosen = day or self._clock.now().astimezone(local).date()
        since, until = (to_ms(datetime.combine(d, time(), local)) for d in (chosen, chosen + timedelta(days=1)))
        return counted(chosen, await self._log.ai_counts(shop_id, since, until))

    async def gave_up(self, actor: Actor, shop_id: Id, cursor: str | None, limit: int) -> Page[AiTurn]:
        """Answers in which it handed over, did not know or had its words replaced, newest first, with what the customer had said."""
        actor.require(Permission.CONVERSATIONS_READ_ALL, shop_id)
        before = None
        if cursor:
            at, conversation_id, seq = decode_cursor(cursor, 3)
            before = (cursor_number(at), cursor_id(conversation_id), cursor_number(seq, 2**31 - 1))
        rows = await self._log.ai_gave_up(shop_id, before, limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(rows[:limit], encode_cursor(last.at, last.conversation_id, last.answer_seq) if last else None)
