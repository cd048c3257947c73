"""The front desk with a language model behind it. Conversations call it as their Responder in place of Reception.

For a shop without a model (or while its model rests) the reply is Reception's, unchanged and at once. With one, the built-in words are put
off: kept in the conversation's memory, in the same commit as the customer's message, while the model is asked outside the batch. A later
act of intake says the model's words, or the built-in ones when the model failed, was late or was refused. A process that dies in between
loses nothing: the next start, or the customer's next message, says the words that were kept.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import structlog

from xinfu.conversations.contracts import Incoming, Message, Reply, Responder, Said, Summary
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import Id
from xinfu.reception.dialogue import Memory
from xinfu.reception.llm import Job, Llm, Result, Use
from xinfu.understanding.contracts import Language

log = structlog.get_logger()

KEPT = "llm"  # the key of put-off replies in a conversation's memory: [{"seq": n, "say": [Said]}]
_TRIES = (0.0, 0.2, 1.0, 3.0)
_BUSY = '{"t":"typing"}'
_SWEPT_MS = 3_600_000  # who wrote longer ago than this is not answered out of the blue


class Completing(Protocol):
    """conversations.intake.Intake, as much of it as is needed here."""

    async def complete(self, conversation_id: Id, finish: Callable[[dict[str, Any]], Reply | None]) -> None: ...


class Heads(Protocol):
    """conversations.store.LogStore, as much of it as is needed here."""

    async def in_state(self, state: str, shop_id: Id | None = None, limit: int = 5000, *, newest: bool = False) -> list[Summary]: ...


class Ends(Protocol):
    """conversations.live.Live: the customer's open windows."""

    def tell_customer(self, conversation_id: Id, frame: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class _PutOff:
    """One reply on hold. `unsure` is true when the model answered what the built-in policy could not."""

    seq: int
    say: list[Said]
    use: Use


class LlmDesk:
    """Wraps Reception. start() after intake started, stop() before intake stops."""

    def __init__(self, desk: Responder, llm: Llm, intake: Completing, ends: Ends) -> None:
        self._desk = desk
        self._llm = llm
        self._intake = intake
        self._ends = ends
        self._under_way: dict[Id, asyncio.Task[None]] = {}  # the newest task of each conversation

    async def start(self, heads: Heads, now_ms: int) -> None:
        """Say what an earlier process had put off and never said."""
        for head in await heads.in_state("ai", limit=1000, newest=True):
            if head.last_sender == "customer" and now_ms - head.last_at < _SWEPT_MS:
                await self._complete(head.id, _say_all)

    async def stop(self) -> None:
        """Every customer whose answer is under way gets it first."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        """Reception's replies; those the model may better are put off."""
        held = [incoming.memory.get(KEPT) for incoming in batch]
        if any(held):
            batch = [msgspec.structs.replace(i, memory=_without(i.memory)) if kept else i for i, kept in zip(batch, held, strict=True)]
        replies = await self._desk.respond(batch)
        for incoming, reply, kept in zip(batch, replies, held, strict=True):
            if kept:
                self._carry(incoming, reply, kept)
            if reply.say and (use := self._use(incoming, reply)):
                self._put_off(incoming, reply, use)
        return replies

    def _use(self, incoming: Incoming, reply: Reply) -> Use | None:
        """Which use of the model fits this reply. Hand-overs, cards and anything that asks for a yes are said as they are."""
        shop_id = incoming.conversation.shop_id
        first = reply.say[0]
        if self._llm.setups.current(shop_id) is None or reply.handover or reply.memory is None or len(reply.say) != 1:
            return None
        before, after = Memory.load(incoming.memory), Memory.load(reply.memory)
        if first.kind != "text" or not first.text or before.task or after.task:
            return None  # what is shown before a yes, asked for it, or reported after it is the built-in policy's alone to word
        if after.unsure > before.unsure:
            return "converse" if self._llm.ready(shop_id, "converse") else None
        return "rewrite" if self._llm.ready(shop_id, "rewrite") else None

    def _carry(self, incoming: Incoming, reply: Reply, kept: list[dict[str, Any]]) -> None:
        """Earlier replies on hold stay there while their task lives; without one (another process died) they are said now."""
        if incoming.conversation.id in self._under_way:
            reply.memory = {**(reply.memory if reply.memory is not None else incoming.memory), KEPT: kept}
        else:
            reply.say = [*_said(kept), *reply.say]
            reply.memory = reply.memory if reply.memory is not None else incoming.memory

    def _put_off(self, incoming: Incoming, reply: Reply, use: Use) -> None:
        conversation, seq = incoming.conversation, incoming.message.seq
        memory = reply.memory or {}
        on_hold = _PutOff(seq, reply.say, use)
        reply.memory = {**memory, KEPT: [*memory.get(KEPT, ()), {"seq": seq, "say": msgspec.to_builtins(reply.say)}]}
        reply.say = []
        previous = self._under_way.get(conversation.id)
        task = asyncio.create_task(self._finish(_job(incoming, on_hold, memory), on_hold, previous), name="llm.reply")
        self._under_way[conversation.id] = task
        task.add_done_callback(lambda done: self._done(conversation.id, done))

    async def _finish(self, job: Job, on_hold: _PutOff, previous: asyncio.Task[None] | None) -> None:
        self._ends.tell_customer(job.conversation_id, _BUSY)
        result = await (self._llm.converse(job) if on_hold.use == "converse" else self._llm.rewrite(job))
        if previous is not None:  # answers come in the order of the questions
            await asyncio.wait([previous])
        await self._complete(job.conversation_id, lambda memory: _finished(memory, on_hold, result))

    async def _complete(self, conversation_id: Id, finish: Callable[[dict[str, Any]], Reply | None]) -> None:
        """Through a full queue or a store that is away for a moment. What fails for good is said with the customer's next message."""
        for wait in _TRIES:
            await asyncio.sleep(wait)
            try:
                await self._intake.complete(conversation_id, finish)
            except Refusal as refusal:
                log.warning("llm.reply_not_stored", code=refusal.code)
            else:
                return

    def _done(self, conversation_id: Id, task: asyncio.Task[None]) -> None:
        if self._under_way.get(conversation_id) is task:
            del self._under_way[conversation_id]
        if not task.cancelled() and (error := task.exception()):
            log.error("llm.reply_failed", exc_info=error)


def _finished(memory: dict[str, Any], on_hold: _PutOff, result: Result) -> Reply | None:
    """The answer and the memory after it. None when it was said already."""
    kept = memory.get(KEPT) or []
    if all(entry["seq"] != on_hold.seq for entry in kept):
        return None
    rest = [entry for entry in kept if entry["seq"] != on_hold.seq]
    after = {**_without(memory), KEPT: rest} if rest else _without(memory)
    if result.text is None:
        return Reply(on_hold.say, after)
    first = on_hold.say[0]
    data = dict(first.data or {})
    if on_hold.use == "converse":
        data.pop("choices", None)
        loaded = Memory.load(after)
        loaded.unsure, loaded.asked = 0, ""
        after = {**loaded.dump(), **({KEPT: rest} if rest else {})}
    sources = [*data.get("sources", ()), *result.sources, {"kind": "llm", "id": on_hold.use, "title": "LLM"}]
    return Reply([Said(result.text, first.kind, {**data, "sources": sources})], after)


def _say_all(memory: dict[str, Any]) -> Reply | None:
    kept = memory.get(KEPT)
    return Reply(_said(kept), _without(memory)) if kept else None


def _said(kept: Iterable[dict[str, Any]]) -> list[Said]:
    return [msgspec.convert(said, Said) for entry in kept for said in entry["say"]]


def _without(memory: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in memory.items() if key != KEPT}


def _job(incoming: Incoming, on_hold: _PutOff, memory: dict[str, Any]) -> Job:
    conversation = incoming.conversation
    language: Language = Memory.load(memory).language or incoming.reading.language
    recent = [(_who(m), m.text) for m in incoming.recent if m.text]
    return Job(
        conversation.shop_id, conversation.id, conversation.customer_id, conversation.name, language, incoming.message.text,
        on_hold.say[0].text, recent,
    )  # fmt: skip


def _who(message: Message) -> str:
    return "customer" if message.sender == "customer" else "shop"
