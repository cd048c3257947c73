"""Routing: brings waiting customers and free agents together, and loses neither.

Events and agents' own wishes alter the floor's memory at once; `turn`, one at a time, is the only place that offers and withdraws. So no
conversation is offered twice, whatever arrives together.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from typing import Protocol

import structlog

from xinfu.conversations.contracts import Changed, Presence, PresenceState, QueuePlace, Returned, Summary, Switchboard
from xinfu.identity import Permission, ShopSettings
from xinfu.kit import audit
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import Clock, to_ms, zone
from xinfu.kit.database import Database
from xinfu.kit.errors import NotFound, Refusal
from xinfu.kit.ids import Id, is_id
from xinfu.kit.text import clean, fold
from xinfu.routing import policy, repository
from xinfu.routing.floor import Agent, Floor
from xinfu.routing.model import AgentPresence

log = structlog.get_logger()

NO_ANSWER = "no_answer"
DISCONNECTED = "disconnected"
SYNC_MS = 3_000
_FEW = 100
_RETELL_MS = 15_000  # everyone waiting hears their place again this often, should an earlier word have been lost
_STORE_LIMIT = 5_000  # the store lists no more; what is not in a longer list may still be there
_TICK_S = 1.0
_BREATH_S = 0.05  # between turns, so that a rush of events is planned together


class CurrentSettings(Protocol):
    """identity.Settings, as much as routing needs."""

    def current(self, shop_id: Id) -> ShopSettings: ...


class Routing:
    """start() … stop(). Implements conversations.contracts.Desk over a Switchboard."""

    def __init__(self, database: Database, clock: Clock, settings: CurrentSettings, switchboard: Switchboard, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._switchboard = switchboard
        self._floors: dict[Id, Floor] = {}
        self._dirty: set[Id] = set()
        self._wake = asyncio.Event()
        self._turns = asyncio.Lock()
        self._presence_writes = asyncio.Lock()
        self._synced = 0
        self._started = 0
        self._retold = 0
        self._task: asyncio.Task[None] | None = None
        bus.subscribe(Changed, self._changed)
        bus.subscribe(Returned, self._returned)

    async def start(self) -> None:
        """Rebuild from the store: who was at work gets the grace of a lost connection, who waited waits on."""
        self._started = self._clock.ms()
        async with self._database.read() as unit:
            rows = await repository.present(unit)
            skills = await repository.skills_everywhere(unit)
        for skill in skills:
            self._floor(skill.shop_id).skilled.setdefault(fold(skill.skill), {})[skill.staff_id] = skill.level
        for row in rows:
            floor = self._floor(row.shop_id)
            agent = floor.agents[row.staff_id] = Agent(row.staff_id, row.name, row.role)
            agent.state, agent.reason, agent.since = _state(row.state), row.reason, to_ms(row.from_at)
            agent.left_at = self._started
            floor.away[agent.id] = None
            floor.settle(agent)
        await self.turn()
        self._task = asyncio.create_task(self._run(), name="routing")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # the desk

    async def connected(self, actor: Actor, shop_id: Id) -> None:
        """A socket opened. Who was away for a moment goes on as before; anyone else says themself when they are ready."""
        floor = self._floor(shop_id)
        agent = self._agent(floor, actor)
        agent.left_at = None
        floor.away.pop(agent.id, None)
        floor.settle(agent)
        back_to, agent.state_before = agent.state_before, None
        if back_to and agent.state == "offline":
            await self._enter(floor, agent, back_to, "")
        self._poke(shop_id)

    async def disconnected(self, actor: Actor, shop_id: Id) -> None:
        """The last socket closed: their state stands for a minute of grace."""
        floor = self._floor(shop_id)
        agent = self._agent(floor, actor)
        agent.left_at = self._clock.ms()
        floor.away[agent.id] = None
        floor.settle(agent)

    async def set_state(self, actor: Actor, shop_id: Id, state: PresenceState, reason: str) -> Presence:
        """An agent says what they are doing; kept as history for adherence."""
        actor.require(Permission.CONVERSATIONS_SERVE, shop_id)
        floor = self._floor(shop_id)
        agent = self._agent(floor, actor)
        agent.state_before = None
        await self._enter(floor, agent, state, clean(reason)[:60])
        self._poke(shop_id)
        return floor.presence(agent)

    def presence(self, shop_id: Id) -> list[Presence]:
        floor = self._floors.get(shop_id)
        return [floor.presence(agent) for agent in floor.agents.values()] if floor else []

    # looking

    def agents(self, actor: Actor, shop_id: Id) -> list[Presence]:
        actor.require(Permission.STAFF_READ, shop_id)
        return self.presence(shop_id)

    def queue(self, actor: Actor, shop_id: Id) -> list[QueuePlace]:
        actor.require(Permission.CONVERSATIONS_SERVE, shop_id)
        floor = self._floors.get(shop_id)
        return self._places(floor) if floor else []

    async def skills(self, actor: Actor, shop_id: Id) -> dict[Id, dict[str, int]]:
        """Who is good at what: per person, skill and level."""
        actor.require(Permission.STAFF_READ, shop_id)
        async with self._database.read() as unit:
            rows = await repository.skills(unit, shop_id)
        found: dict[Id, dict[str, int]] = {}
        for row in rows:
            found.setdefault(row.staff_id, {})[row.skill] = row.level
        return found

    async def set_skills(self, actor: Actor, shop_id: Id, staff_id: Id, skills: Mapping[str, int]) -> dict[str, int]:
        """Say what a person is good at, in place of what was said before. Raises NotFound for what cannot be a person's id."""
        actor.require(Permission.STAFF_MANAGE, shop_id)
        if not is_id(staff_id):
            raise NotFound
        named = {name: level for skill, level in skills.items() if (name := clean(skill)[:64])}
        async with self._database.unit() as unit:
            await repository.replace_skills(unit, shop_id, staff_id, named)
            audit.record(unit, actor, self._clock.now(), "staff.skills", shop_id, "staff", staff_id, skills=named)
        self._floor(shop_id).set_skills(staff_id, named)
        self._poke(shop_id)
        return named

    def staffed(self, shop_id: Id) -> bool:
        """Whether somebody of the shop is at work right now, which opening hours only promise."""
        floor = self._floors.get(shop_id)
        return floor is not None and floor.staffed

    # turns

    async def turn(self) -> None:
        """One round over every shop that has something to do: what the ticker does each second, and at once after an event."""
        async with self._turns:
            if self._clock.ms() - self._synced >= self._sync_every():
                await self._sync()
            due = [f for f in self._floors.values() if f.shop_id in self._dirty or f.waiting or f.away or f.changed_agents]
            self._dirty.clear()
            for floor in due:
                floor.set_capacity(self._settings.current(floor.shop_id).capacity)
                await self._sign_off_lost(floor)
                await self._end_offers(floor)
                await self._offer(floor)
                self._tell(floor)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _TICK_S)
            self._wake.clear()
            try:
                await self.turn()
            except Exception:
                log.exception("routing.turn_failed")
            await asyncio.sleep(_BREATH_S)

    async def _changed(self, event: Changed) -> None:
        c = event.conversation
        self._floor(c.shop_id).apply(c)
        self._poke(c.shop_id)

    async def _returned(self, event: Returned) -> None:
        """A waiting customer is back: what they were told before the line went is not what they see now."""
        if floor := self._floors.get(event.shop_id):
            floor.told.pop(event.conversation_id, None)
            self._poke(event.shop_id)

    def _sync_every(self) -> int:
        """The comparing reads everyone who waits, so the rarer the more they are: beyond a hundred each adds a millisecond."""
        return SYNC_MS + max(0, sum(len(floor.waiting) for floor in self._floors.values()) - _FEW)

    async def _sync(self) -> None:
        """Compare with the store: messages move the clocks without an event, and an event may have been dropped."""
        first, now = self._synced == 0, self._clock.ms()
        busy = [floor for floor in self._floors.values() if first or floor.waiting or floor.serving or floor.staffed]
        known = {floor.shop_id: dict(floor.versions) for floor in busy}
        found = await self._switchboard.queued_everywhere()
        complete = len(found) < _STORE_LIMIT
        for shop_id in {*known, *(c.shop_id for c in found)}:
            found += await self._switchboard.with_agents(shop_id)
        self._synced = now
        for c in found:
            self._floor(c.shop_id).apply(c)
        there = {c.id for c in found}
        for floor in busy:
            for c in [*floor.waiting.values(), *floor.serving.values()] if complete else ():
                if c.id not in there and known[floor.shop_id].get(c.id) == c.version:
                    floor.vanish(c.id)
            await self._return_abandoned(floor, now)
            self._ring(floor, now)
        if now // _RETELL_MS != self._retold:
            self._retold = now // _RETELL_MS
            for floor in busy:
                floor.told.clear()

    async def _sign_off_lost(self, floor: Floor) -> None:
        now = self._clock.ms()
        for agent in [floor.agents[agent_id] for agent_id in floor.away]:
            if agent.left_at is not None and now - agent.left_at >= policy.GRACE_MS:
                del floor.away[agent.id]
                if agent.state != "offline":
                    agent.state_before = agent.state
                    await self._enter(floor, agent, "offline", DISCONNECTED)

    async def _end_offers(self, floor: Floor) -> None:
        """Take back offers whose time is over, and those of agents who are no longer online."""
        now = self._clock.ms()
        for c in [c for c in floor.waiting.values() if c.offered_to]:
            agent = floor.agents.get(c.offered_to or "")
            lapsed = now >= (c.offered_until or 0)
            if not lapsed and agent and agent.state == "online":
                continue
            if not await self._withdraw(floor, c) or agent is None:
                continue
            if lapsed and agent.state == "online" and agent.left_at is None:
                floor.let_lapse.setdefault(c.id, set()).add(agent.id)
                agent.lapses += 1
                if agent.lapses >= policy.MAX_LAPSES:
                    await self._enter(floor, agent, "break", NO_ANSWER)

    async def _offer(self, floor: Floor) -> None:
        if not floor.ready or not floor.waiting:
            return
        now = self._clock.ms()
        for c in sorted((c for c in floor.waiting.values() if not c.offered_to), key=lambda c: policy.queue_key(c, now)):
            if not floor.ready:
                return
            if floor.waiting.get(c.id) is not c:
                continue  # moved on while another was being offered
            chosen = floor.choose(c, now)
            if chosen is None:
                continue  # kept a little for someone with the skill
            agent = floor.agents[chosen]
            until = now + self._settings.current(floor.shop_id).offer_timeout_s * 1000
            house = system_actor(floor.shop_id)
            try:
                floor.apply(await self._switchboard.offer(house, floor.shop_id, c.id, agent.id, agent.name, until))
            except Refusal as refusal:  # taken or closed a moment ago; its own event, or the next look at the store, tells
                log.info("routing.offer_refused", code=refusal.code)

    async def _withdraw(self, floor: Floor, c: Summary) -> bool:
        try:
            floor.apply(await self._switchboard.withdraw_offer(system_actor(floor.shop_id), floor.shop_id, c.id))
        except Refusal as refusal:
            log.info("routing.withdraw_refused", code=refusal.code)
            return False
        return c.id in floor.waiting

    async def _return_abandoned(self, floor: Floor, now: int) -> None:
        """Customers waiting on someone who has been gone too long go back to the queue, with the time already waited."""
        for c in list(floor.serving.values()):
            agent = floor.agents.get(c.assignee_id or "")
            if agent is not None and agent.state != "offline":
                continue
            left = agent.left_at if agent else None
            since = max(agent.since, left or 0) if agent else self._started
            if policy.is_abandoned(c, since, left is not None, now):
                await self._return(floor, c)

    async def _return(self, floor: Floor, c: Summary) -> None:
        try:
            floor.apply(await self._switchboard.return_to_queue(system_actor(floor.shop_id), floor.shop_id, c.id, "agent_gone"))
        except Refusal as refusal:
            log.info("routing.return_refused", code=refusal.code)

    def _ring(self, floor: Floor, now: int) -> None:
        """Tell the leads, once per wait, whose limit has passed; outside hours with nobody at work there is nobody to blame."""
        settings = self._settings.current(floor.shop_id)
        if not floor.staffed and not policy.is_open(settings.hours, zone(settings.time_zone), self._clock.now()):
            return
        for c in [*floor.waiting.values(), *floor.serving.values()]:
            clock = policy.running_clock(c, settings)
            if clock is None:
                continue
            what, since, limit_s = clock
            if policy.light(since, limit_s, now) == "red" and (c.id, what, since) not in floor.rung:
                floor.rung.add((c.id, what, since))
                self._switchboard.tell_alarm(floor.shop_id, c, what)

    def _tell(self, floor: Floor) -> None:
        """Customers whose place changed, colleagues whose state or load changed."""
        changed, floor.changed_agents = floor.changed_agents, set()
        for agent_id in changed:
            if agent := floor.agents.get(agent_id):
                self._switchboard.tell_presence(floor.shop_id, floor.presence(agent))
        if not floor.staffed:
            floor.told.clear()
            return
        news = []
        for place in self._places(floor):
            if floor.told.get(place.conversation_id) != (place.position, place.eta_s):
                floor.told[place.conversation_id] = (place.position, place.eta_s)
                news.append(place)
        if news:
            self._switchboard.tell_queue(news)

    def _places(self, floor: Floor) -> list[QueuePlace]:
        now, slots, handling = self._clock.ms(), floor.slots, list(floor.handling_ms)
        ordered: Iterable[Summary] = sorted(floor.waiting.values(), key=lambda c: policy.queue_key(c, now))
        return [QueuePlace(c.id, n, policy.eta_s(n, slots, handling)) for n, c in enumerate(ordered, 1)]

    # presence

    async def _enter(self, floor: Floor, agent: Agent, state: PresenceState, reason: str) -> None:
        """Into a state: at once in memory, then in the history, in the order it happened."""
        if (agent.state, agent.reason) == (state, reason):
            return
        floor.set_state(agent, state, reason, self._clock.ms())
        now = self._clock.now()
        async with self._presence_writes, self._database.unit() as unit:
            await repository.end_present(unit, floor.shop_id, agent.id, now)
            unit.add(
                AgentPresence(
                    shop_id=floor.shop_id,
                    staff_id=agent.id,
                    name=agent.name,
                    role=agent.role,
                    state=state,
                    reason=reason,
                    from_at=now,
                    to_at=None,
                )
            )

    def _agent(self, floor: Floor, actor: Actor) -> Agent:
        agent = floor.agents.get(actor.id)
        if agent is None:
            agent = floor.agents[actor.id] = Agent(actor.id, actor.name, actor.role, since=self._clock.ms())
        agent.name, agent.role = actor.name, actor.role
        return agent

    def _floor(self, shop_id: Id) -> Floor:
        floor = self._floors.get(shop_id)
        if floor is None:
            floor = self._floors[shop_id] = Floor(shop_id, self._settings.current(shop_id).capacity)
        return floor

    def _poke(self, shop_id: Id) -> None:
        self._dirty.add(shop_id)
        self._wake.set()


def _state(stored: str) -> PresenceState:
    states: tuple[PresenceState, ...] = ("online", "busy", "break", "acw", "offline")
    return next((state for state in states if state == stored), "offline")
