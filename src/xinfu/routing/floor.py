"""What routing knows of one shop at this moment: its agents, who waits, who is served. Memory only; decisions are in policy.py.

Agents ready for an offer stand in `ready`, longest idle first: whoever was busy just now goes to its end. Picking one therefore costs the
same however many stand there.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from xinfu.conversations.contracts import Presence, PresenceState, Summary
from xinfu.kit.ids import Id
from xinfu.kit.text import fold
from xinfu.routing.policy import is_free, pick, waits_for_skill

_HANDLINGS = 50
_VERSIONS = 50_000


@dataclass(slots=True)
class Agent:
    """`left_at`: when their last socket went away, None while connected. `state_before`: what to return to when they come back late."""

    id: Id
    name: str
    role: str
    state: PresenceState = "offline"
    reason: str = ""
    since: int = 0
    left_at: int | None = None
    state_before: PresenceState | None = None
    offered: Id | None = None
    lapses: int = 0


@dataclass(slots=True)
class Floor:
    """One shop. `let_lapse` holds, per waiting conversation, the agents who did not take it; `rung` the alarms already given;
    `skilled`, per skill, who has it and how well."""

    shop_id: Id
    capacity: int
    agents: dict[Id, Agent] = field(default_factory=dict)
    ready: dict[Id, None] = field(default_factory=dict)
    away: dict[Id, None] = field(default_factory=dict)
    waiting: dict[Id, Summary] = field(default_factory=dict)
    serving: dict[Id, Summary] = field(default_factory=dict)
    loads: Counter[Id] = field(default_factory=Counter)
    let_lapse: dict[Id, set[Id]] = field(default_factory=dict)
    handling_ms: deque[int] = field(default_factory=lambda: deque(maxlen=_HANDLINGS))
    rung: set[tuple[Id, str, int]] = field(default_factory=set)
    told: dict[Id, tuple[int, int | None]] = field(default_factory=dict)
    changed_agents: set[Id] = field(default_factory=set)
    versions: dict[Id, int] = field(default_factory=dict)
    skilled: dict[str, dict[Id, int]] = field(default_factory=dict)

    # conversations

    def apply(self, c: Summary) -> None:
        """Take in a conversation's newest state; an older one than known is ignored, so that events may come late or twice."""
        if c.version <= self.versions.get(c.id, -1):
            return
        self._remember(c)
        before = self.serving.pop(c.id, None)
        waited = self.waiting.pop(c.id, None)
        if waited and waited.offered_to and waited.offered_to != c.offered_to:
            self._offer_over(waited, accepted=c.state == "agent" and c.assignee_id == waited.offered_to)
        if c.state == "queued":
            self.waiting[c.id] = c
            if c.offered_to and (agent := self.agents.get(c.offered_to)):
                agent.offered = c.id
                self.settle(agent)
        else:
            self.forget_waiting(c.id)
        if c.state == "agent":
            self.serving[c.id] = c
        if before and c.state == "closed" and before.handed_at is not None and c.closed_at is not None:
            self.handling_ms.append(max(0, c.closed_at - before.handed_at))
        self._move_load(before, c)

    def vanish(self, conversation_id: Id) -> None:
        """The store knows of no such waiting or served conversation: what we were told has been overtaken."""
        if waited := self.waiting.pop(conversation_id, None):
            if waited.offered_to:
                self._offer_over(waited, accepted=False)
            self.forget_waiting(conversation_id)
        if before := self.serving.pop(conversation_id, None):
            self._move_load(before, None)

    def forget_waiting(self, conversation_id: Id) -> None:
        self.let_lapse.pop(conversation_id, None)
        self.told.pop(conversation_id, None)

    # agents

    def choose(self, c: Summary, now: int) -> Id | None:
        """Which of those who stand ready is offered a waiting conversation. None: nobody is ready, or it waits for someone skilled."""
        let_lapse = self.let_lapse.get(c.id, ())
        levels = self.skilled.get(fold(c.skill)) if c.skill else None
        chosen = pick(self.ready, let_lapse, levels)
        if not levels or (chosen in levels and chosen not in let_lapse):
            return chosen
        at_work = (i for i in levels if (agent := self.agents.get(i)) and agent.state in ("online", "busy", "acw"))
        return None if waits_for_skill(c, at_work, let_lapse, now) else chosen

    def set_skills(self, agent_id: Id, skills: Mapping[str, int]) -> None:
        """What a person is good at, in place of what was known."""
        for holders in self.skilled.values():
            holders.pop(agent_id, None)
        for skill, level in skills.items():
            self.skilled.setdefault(fold(skill), {})[agent_id] = level

    def set_state(self, agent: Agent, state: PresenceState, reason: str, now: int) -> None:
        if state == "online":
            agent.lapses = 0
            for lapsed in self.let_lapse.values():
                lapsed.discard(agent.id)
        agent.state, agent.reason, agent.since = state, reason, now
        self.requeue(agent)

    def requeue(self, agent: Agent) -> None:
        """They were busy just now: if free, they stand last."""
        self.ready.pop(agent.id, None)
        self.settle(agent)

    def settle(self, agent: Agent) -> None:
        """Let `ready` agree with what the agent is; one who already stands there keeps the place."""
        there, asked = agent.left_at is None, agent.offered is not None
        if is_free(agent.state, self.loads[agent.id], self.capacity, connected=there, offered=asked):
            self.ready.setdefault(agent.id)
        else:
            self.ready.pop(agent.id, None)
        self.changed_agents.add(agent.id)

    def set_capacity(self, capacity: int) -> None:
        if capacity != self.capacity:
            self.capacity = capacity
            for agent in self.agents.values():
                self.settle(agent)

    def presence(self, agent: Agent) -> Presence:
        return Presence(agent.id, agent.name, agent.role, agent.state, agent.reason, agent.since, self.loads[agent.id], self.capacity)

    @property
    def staffed(self) -> bool:
        """Somebody is at work, even if on a break."""
        return any(agent.state != "offline" for agent in self.agents.values())

    @property
    def slots(self) -> int:
        """How many conversations those at work serve at once."""
        return self.capacity * sum(agent.state in ("online", "busy") for agent in self.agents.values())

    # inside

    def _offer_over(self, c: Summary, *, accepted: bool) -> None:
        agent = self.agents.get(c.offered_to or "")
        if agent is None:
            return
        if agent.offered == c.id:
            agent.offered = None
        if accepted:
            agent.lapses = 0
        self.requeue(agent)

    def _move_load(self, before: Summary | None, after: Summary | None) -> None:
        old = before.assignee_id if before else None
        new = after.assignee_id if after and after.state == "agent" else None
        if old == new:
            return
        if old:
            self.loads[old] -= 1
        if new:
            self.loads[new] += 1
        for agent_id in (old, new):
            if agent_id and (agent := self.agents.get(agent_id)):
                self.requeue(agent)

    def _remember(self, c: Summary) -> None:
        self.versions.pop(c.id, None)
        self.versions[c.id] = c.version
        while len(self.versions) > _VERSIONS:
            oldest = next(iter(self.versions))
            if oldest in self.waiting or oldest in self.serving:
                self.versions[oldest] = self.versions.pop(oldest)
            else:
                del self.versions[oldest]
        if c.state not in ("queued", "agent"):
            self.rung = {alarm for alarm in self.rung if alarm[0] != c.id}
