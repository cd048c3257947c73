"""The one writer of conversations. Everything that changes one is a command in a bounded queue; commands are taken in micro-batches,
decided on copies, committed together, and only then acknowledged and announced.

    queue ─▶ load ─▶ decide (customer words are read and, with the AI, answered) ─▶ ONE commit ─▶ caches, acks, pushes, bus

A batch that cannot be stored is refused as a whole and leaves no trace: the caches still hold the state before it.
"""

import asyncio
import contextlib
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import msgspec
import structlog

from xinfu.conversations import policy
from xinfu.conversations.contracts import (
    Changed,
    Handover,
    Incoming,
    Kind,
    Message,
    Note,
    NoteKind,
    Reply,
    Responder,
    Said,
    Sender,
    Summary,
    Waiting,
)
from xinfu.conversations.later import FollowUp, Later, Nudge
from xinfu.conversations.metrics import BATCH_SIZE, COMMIT_SECONDS, MESSAGES, QUEUE_DEPTH, REFUSED
from xinfu.conversations.phrases import phrase
from xinfu.conversations.store import Commit, LogStore, Stored
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import Clock
from xinfu.kit.errors import NotFound, Overloaded, Refusal, StorageUnavailable
from xinfu.kit.ids import Id
from xinfu.understanding.contracts import Reading

log = structlog.get_logger()

BATCH = 512
QUEUE = 20_000
GATHER_S = 0.003  # how long the first command of a batch waits for company
CACHED = 30_000  # conversations kept in memory
RECENT = 12
RESPONDER_LIMIT_S = 2.0

_encode = msgspec.json.Encoder().encode


class Reader(Protocol):
    """understanding.Understanding, as much of it as intake needs."""

    def read(
        self, texts: Sequence[str], before: Sequence[str | None] | None = None, *, shops: Sequence[Id] | None = None
    ) -> list[Reading]: ...


class Origin(Protocol):
    """Where a customer's words came from and where the answer to the sending goes: a socket, or a waiting request."""

    def stored(self, client_id: str, seq: int, at: int) -> None: ...
    def refused(self, client_id: str, refusal: Refusal) -> None: ...


@dataclass(slots=True)
class CustomerSays:
    """A customer's message on its way in."""

    conversation_id: Id
    client_id: str
    kind: Kind
    text: str
    data: dict[str, Any] | None
    origin: Origin


@dataclass(slots=True)
class Act:
    """Any other change: `step` moves the Draft, or raises a Refusal; the result (or the refusal) goes to `done`."""

    conversation_id: Id
    step: "Callable[[Draft, int], Any]"
    done: asyncio.Future[Any]
    opening: Summary | None = None


type Command = CustomerSays | Act | Nudge | FollowUp


@dataclass(slots=True)
class Draft:
    """A conversation within one batch: the state it will have, and what is to be stored. `say` and `note` keep numbering right."""

    before: Summary
    summary: Summary
    memory: dict[str, Any]
    client_ids: dict[str, tuple[int, int]]  # those stored before this batch; shared with the cache, so never written here
    recent: list[Message]
    new_ids: dict[str, tuple[int, int]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)  # further frames for the customer's sockets
    work: Callable[[], Awaitable[Reply]] | None = None  # the rest of the answer, begun once this batch is stored

    def say(
        self,
        summary: Summary,
        sender: Sender,
        sender_id: Id,
        name: str,
        kind: Kind,
        text: str,
        at: int,
        data: dict[str, Any] | None = None,
        client_id: str | None = None,
    ) -> Message:
        """Take `summary` (already moved by a policy function that raised last_seq) and the message it tells of."""
        self.summary = summary
        message = Message(summary.id, summary.last_seq, sender, sender_id, name, kind, text, at, data, client_id)
        self.messages.append(message)
        if client_id is not None:
            self.new_ids[client_id] = (message.seq, at)
        return message

    def system(self, at: int, text: str) -> None:
        self.say(policy.system_said(self.summary, at, text), "system", "system", "", "text", text, at)

    def note(self, kind: NoteKind, actor: Actor, text: str, at: int, data: dict[str, Any] | None = None) -> Note:
        self.summary = policy.noted(self.summary)
        note = Note(self.summary.id, self.summary.last_note, self.summary.last_seq, kind, actor.id, actor.name, text, at, data)
        self.notes.append(note)
        return note

    def event(self, what: str, actor: Actor, at: int, **data: Any) -> Note:
        """The audit entry of a change: a note of kind event, in the same commit as the change."""
        return self.note("event", actor, what, at, {**data, "actor_kind": actor.kind} if data else {"actor_kind": actor.kind})

    def known(self, client_id: str) -> tuple[int, int] | None:
        """(seq, at) of a message that came with this id before, also earlier in the same batch."""
        return self.client_ids.get(client_id) or self.new_ids.get(client_id)

    @property
    def changed(self) -> bool:
        return self.summary is not self.before


@dataclass(slots=True)
class Outcome:
    """One conversation's share of a stored batch, for whoever pushes it on."""

    draft: Draft
    head: bytes
    origins: dict[int, CustomerSays]


# A customer's message with what it was understood to say; without a command when it was stored earlier and waits for its answer.
type Spoken = tuple[CustomerSays | None, Draft, Message, Reading]
type Heard = tuple[Summary, Message, Reading]


class Audience(Protocol):
    """Where stored things are pushed: conversations.live.Live."""

    def push(self, outcomes: list[Outcome]) -> None: ...


AI = Actor("ai", "ai", "AI")


class Intake:
    """submit() from anywhere; start() runs the writer until stop()."""

    def __init__(self, store: LogStore, reader: Reader, clock: Clock, bus: Bus, audience: Audience) -> None:
        self._store = store
        self._reader = reader
        self._clock = clock
        self._bus = bus
        self._audience = audience
        self.responder: Responder | None = None  # wired by app.py; without one every customer goes to people
        self.waiting: Waiting | None = None  # wired by app.py; without one nothing is said to those who wait for people
        self.ai_name = "小心"
        self.hearers: list[Callable[[list[Heard]], None]] = []  # told of stored customers' words as they were read; must not wait
        self.listeners: list[Callable[[list[tuple[Id, Message]]], None]] = []  # told of stored messages with their shop; must not wait
        self._queue: asyncio.Queue[Command] = asyncio.Queue(QUEUE)
        self._hot: OrderedDict[Id, Stored] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._later = Later(self._room)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="intake")

    async def stop(self) -> None:
        """Finish what is queued, then end."""
        if self._task:
            await self._later.settle(5)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._queue.join(), 10)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def say(self, command: CustomerSays) -> None:
        """Queue a customer's message. Its origin hears back exactly once. Raises Overloaded when the queue is full."""
        try:
            self._queue.put_nowait(command)
        except asyncio.QueueFull:
            REFUSED.labels("overloaded").inc()
            raise Overloaded(retry_after_s=2) from None

    async def act(self, conversation_id: Id, step: Callable[[Draft, int], Any], opening: Summary | None = None) -> Any:
        """Run `step(draft, now)` in the next batch and wait until it is stored. Raises what it raised, or Overloaded."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(Act(conversation_id, step, done, opening))
        except asyncio.QueueFull:
            raise Overloaded(retry_after_s=2) from None
        return await done

    def nudge(self, conversation_id: Id, seq: int) -> None:
        """Let the front desk answer the customer's message `seq` if nothing came after it."""
        self._later.nudge(conversation_id, seq, 0)

    def _room(self, what: Nudge | FollowUp) -> bool:
        try:
            self._queue.put_nowait(what)
        except asyncio.QueueFull:
            return False
        return True

    def cached(self, conversation_id: Id) -> Summary | None:
        """The newest stored head if it is in memory."""
        found = self._hot.get(conversation_id)
        return found.summary if found else None

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            if self._queue.qsize() < BATCH // 4:
                await asyncio.sleep(GATHER_S)
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            QUEUE_DEPTH.set(self._queue.qsize())
            BATCH_SIZE.observe(len(batch))
            try:
                await self._handle(batch)
            except asyncio.CancelledError:
                raise
            except Exception as crash:
                log.exception("intake.batch_failed", size=len(batch))
                self._refuse(batch, crash)
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _handle(self, batch: list[Command]) -> None:
        drafts = await self._drafts(batch)
        now = self._clock.ms()
        settled: list[Callable[[], None]] = []
        spoken = self._apply(batch, drafts, now, settled)
        answered = await self._answer(spoken, drafts, self._clock.ms())
        outcomes = [
            Outcome(d, _encode(d.summary), answered.get(d.summary.id, {}))
            for d in drafts.values()
            if d.changed or d.messages or d.notes or d.work
        ]
        if outcomes:
            with COMMIT_SECONDS.time():
                commit = _commit_of(outcomes)
                await self._store.commit(commit)
            _count(commit.messages)
            for listener in self.listeners:
                listener(commit.messages)
            heard = [(draft.summary, message, reading) for command, draft, message, reading in spoken if command is not None]
            for hearer in self.hearers if heard else ():
                hearer(heard)
        self._keep(outcomes)
        for settle in settled:
            settle()
        self._audience.push(outcomes)
        self._announce(outcomes)

    async def _drafts(self, batch: list[Command]) -> dict[Id, Draft]:
        """A draft per conversation of the batch, loading those not in memory and opening new ones."""
        hot = self._hot
        wanted = {c.conversation_id for c in batch}
        missing = [i for i in wanted if i not in hot]
        if missing:
            opening = {c.conversation_id: c.opening for c in batch if isinstance(c, Act) and c.opening}
            unknown = [i for i in missing if i not in opening]
            loaded = await self._store.load(unknown) if unknown else {}
            for conversation_id in missing:
                if stored := loaded.get(conversation_id):
                    hot[conversation_id] = stored
        drafts: dict[Id, Draft] = {}
        for conversation_id in wanted:
            if stored := hot.get(conversation_id):
                hot.move_to_end(conversation_id)
                drafts[conversation_id] = Draft(stored.summary, stored.summary, stored.memory, stored.client_ids, stored.recent)
        for c in batch:
            if isinstance(c, Act) and c.opening and c.conversation_id not in drafts:
                drafts[c.conversation_id] = Draft(c.opening, msgspec.structs.replace(c.opening, version=1), {}, {}, [])
        return drafts

    def _apply(self, batch: list[Command], drafts: dict[Id, Draft], now: int, settled: list[Callable[[], None]]) -> list[Spoken]:
        """Run every command on its draft, in order. Returns the customer messages among them; collects what to say after the commit."""
        says = [c for c in batch if isinstance(c, CustomerSays)]
        before = [_last_of_shop(drafts.get(c.conversation_id)) for c in says]
        shops = [drafts[c.conversation_id].summary.shop_id if c.conversation_id in drafts else "" for c in says]
        readings = iter(self._reader.read([c.text for c in says], before, shops=shops)) if says else iter(())
        spoken: list[Spoken] = []
        for command in batch:
            draft = drafts.get(command.conversation_id)
            if isinstance(command, CustomerSays):
                reading = next(readings)
                if draft is None:
                    settled.append(_refusal(command, NotFound()))
                elif known := draft.known(command.client_id):
                    settled.append(_ack(command, *known))
                else:
                    s = policy.customer_said(draft.summary, now, command.kind, command.text, reading)
                    message = draft.say(
                        s, "customer", s.customer_id, s.name, command.kind, command.text, now, command.data, command.client_id
                    )
                    spoken.append((command, draft, message, reading))
            elif isinstance(command, Act):
                self._act(command, draft, now, settled)
            else:
                self._look_again(command, draft, now, spoken)
        return spoken

    def _look_again(self, command: Nudge | FollowUp, draft: Draft | None, now: int, spoken: list[Spoken]) -> None:
        """A customer who did not go on, or the rest of an answer and what was said while it was made."""
        if isinstance(command, FollowUp):
            self._later.at_work.pop(command.conversation_id, None)
        if draft is None:
            return
        said = [m for m in draft.recent if m.sender == "customer"]
        if isinstance(command, Nudge):
            waits = bool(said) and said[-1].seq == command.seq and not any(m.sender == "customer" for m in draft.messages)
            left = said[-1:] if waits and draft.summary.state == "ai" else []
        else:
            reply = command.reply or _to_people("unsure", phrase("failed", draft.summary.language))
            if draft.summary.state == "ai":
                self._take_reply(draft, reply, now)
            else:  # people took over meanwhile: they are told what was done, the customer hears it from them
                for line in (*(s.text for s in reply.say), *reply.notes):
                    draft.note("note", AI, line, now)
            left = [m for m in said if m.seq > command.seq] if draft.summary.state == "ai" else []
        if left:
            readings = self._reader.read([m.text for m in left], shops=[draft.summary.shop_id] * len(left))
            for message, reading in zip(left, readings, strict=True):
                spoken.append((None, draft, message, reading))

    @staticmethod
    def _act(command: Act, draft: Draft | None, now: int, settled: list[Callable[[], None]]) -> None:
        if draft is None:
            settled.append(lambda: _fail(command.done, NotFound()))
            return
        kept = (draft.summary, len(draft.messages), len(draft.notes), len(draft.told), draft.memory, draft.new_ids.copy())
        try:
            result = command.step(draft, now)
        except Exception as refusal:
            draft.summary, messages, notes, told, draft.memory, draft.new_ids = kept
            del draft.messages[messages:], draft.notes[notes:], draft.told[told:]
            _fail(command.done, refusal)
        else:
            settled.append(lambda: _finish(command.done, draft.summary if result is None else result))

    async def _answer(self, spoken: list[Spoken], drafts: dict[Id, Draft], now: int) -> dict[Id, dict[int, CustomerSays]]:
        """Let the front desk answer those who are with it. Returns, per conversation, which seq came from which origin."""
        origins: dict[Id, dict[int, CustomerSays]] = {}
        desk: list[tuple[Draft, Incoming]] = []
        for command, draft, message, reading in spoken:
            if command is not None:
                origins.setdefault(draft.summary.id, {})[message.seq] = command
            if draft.summary.state == "ai" and draft.summary.id not in self._later.at_work:
                recent = [*draft.recent, *(m for m in draft.messages if m.seq < message.seq)][-RECENT:]
                if command is None:
                    recent = [m for m in recent if m.seq < message.seq]
                desk.append((draft, Incoming(draft.summary, draft.memory, message, reading, recent, command is None)))
            elif draft.summary.state == "queued" and command is not None and self.waiting:
                self._still_waiting(self.waiting, draft, Incoming(draft.summary, draft.memory, message, reading, []), now)
        if desk:
            for (draft, incoming), reply in zip(desk, await self._replies([i for _, i in desk]), strict=True):
                self._take_reply(draft, reply, now)
                if reply.wait_s:
                    self._later.nudge(draft.summary.id, incoming.message.seq, reply.wait_s)
        return origins

    @staticmethod
    def _still_waiting(waiting: Waiting, draft: Draft, incoming: Incoming, now: int) -> None:
        """A word to somebody in line. It is no answer: the reply clock runs on and the place is kept."""
        try:
            reply = waiting.while_waiting(incoming)
        except Exception:
            log.exception("intake.waiting_failed")
            return
        if reply.memory is not None:
            draft.memory = reply.memory
        for said in reply.say:
            draft.system(now, said.text)

    async def _replies(self, batch: list[Incoming]) -> list[Reply]:
        """The responder's answers; if it fails or takes too long, every customer of the batch goes to a person instead of waiting."""
        if self.responder is None:
            return [_to_people("person_needed", "") for _ in batch]
        try:
            return await asyncio.wait_for(self.responder.respond(batch), RESPONDER_LIMIT_S)
        except Exception:
            log.exception("intake.responder_failed", size=len(batch))
            return [_to_people("unsure", phrase("failed", i.conversation.language)) for i in batch]

    def _take_reply(self, draft: Draft, reply: Reply, now: int) -> None:
        if reply.memory is not None:
            draft.memory = reply.memory
        if draft.summary.state != "ai":  # an earlier fragment of this batch already handed over
            return
        for said in reply.say:
            s = policy.ai_said(draft.summary, now, said.kind, said.text)
            draft.say(s, "ai", "ai", self.ai_name, said.kind, said.text, now, said.data)
        for line in reply.notes:
            draft.note("note", AI, line, now)
        if reply.work is not None:
            draft.work = reply.work
            draft.told.append({"t": "typing"})
        if reply.handover:
            hand_over(draft, reply.handover, AI, now)

    def _keep(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            d = outcome.draft
            recent = [*d.recent, *d.messages][-RECENT:] if d.messages else d.recent
            d.client_ids.update(d.new_ids)
            self._hot[d.summary.id] = Stored(d.summary, d.memory, d.client_ids, recent)
            self._hot.move_to_end(d.summary.id)
            if d.work is not None:
                self._later.work(d.summary.id, d.summary.last_seq, d.work)
        while len(self._hot) > CACHED:
            self._hot.popitem(last=False)

    def _announce(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            was, now = outcome.draft.before, outcome.draft.summary
            if (was.state, was.assignee_id, was.offered_to, was.rating) != (now.state, now.assignee_id, now.offered_to, now.rating):
                self._bus.publish(Changed(now, was.state, was.assignee_id))

    def _refuse(self, batch: list[Command], crash: Exception) -> None:
        """Nothing of this batch was acknowledged: say so to everyone in it who does not know yet.

        A lost connection may hide a commit that did happen, so what is in memory of these conversations is read anew before the next
        one: a message sent again is then known by its id, and the numbering goes on where the store has it.
        """
        refusal = crash if isinstance(crash, Refusal) else StorageUnavailable(retry_after_s=3)
        REFUSED.labels(refusal.code).inc(len(batch))
        for command in batch:
            self._hot.pop(command.conversation_id, None)
        for command in batch:
            if isinstance(command, CustomerSays):
                command.origin.refused(command.client_id, refusal)
            elif isinstance(command, Act):
                _fail(command.done, refusal)
            else:
                self._later.at_work.pop(command.conversation_id, None)
                self._later.nudge(command.conversation_id, command.seq, 1.0)


def hand_over(draft: Draft, handover: Handover, actor: Actor, now: int) -> None:
    """Put a conversation into the queue of people with its note; used by the AI's decision and by the customer's button."""
    draft.summary = policy.handed_over(draft.summary, now, handover)
    draft.note("handover", actor, handover.reason, now, handover.note)


def _to_people(reason: Literal["unsure", "person_needed"], words: str) -> Reply:
    return Reply(say=[Said(words)] if words else [], handover=Handover(reason, {}))


def _commit_of(outcomes: list[Outcome]) -> Commit:
    commit = Commit()
    for outcome in outcomes:
        d = outcome.draft
        shop = d.summary.shop_id
        commit.messages.extend((shop, m) for m in d.messages)
        commit.notes.extend((shop, n) for n in d.notes)
        commit.heads.append((d.summary, outcome.head, _encode(d.memory)))
    return commit


def _count(messages: list[tuple[Id, Message]]) -> None:
    """The counters, once a batch: a labelled increment per message costs as much as deciding about it."""
    for sender, count in Counter(m.sender for _, m in messages).items():
        MESSAGES.labels(sender).inc(count)


def _last_of_shop(draft: Draft | None) -> str | None:
    """What the shop's side said last, for follow-ups such as 是的 and 那个呢."""
    if draft is None:
        return None
    for message in reversed(draft.recent):
        if message.sender in ("ai", "agent"):
            return message.text
    return None


def _ack(command: CustomerSays, seq: int, at: int) -> Callable[[], None]:
    return lambda: command.origin.stored(command.client_id, seq, at)


def _refusal(command: CustomerSays, refusal: Refusal) -> Callable[[], None]:
    return lambda: command.origin.refused(command.client_id, refusal)


def _finish(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[Any], refusal: Exception) -> None:
    if not done.done():
        done.set_exception(refusal)
