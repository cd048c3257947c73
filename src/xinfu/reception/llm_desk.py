"""The front desk with a language model behind it. Conversations call it as their Responder in place of Reception.

For a shop without a model (or while its model rests) the reply is Reception's, unchanged and at once. With one, the model is asked outside
the batch (Reply.work): its words are said if they pass the checks, the built-in ones when it failed, was late or was refused.
"""

from functools import partial

import msgspec

from xinfu.conversations.contracts import Incoming, Message, Reply, Responder, Said
from xinfu.reception.dialogue import Memory
from xinfu.reception.llm import Job, Llm, Use
from xinfu.understanding.contracts import Language


class LlmDesk:
    """Wraps Reception."""

    def __init__(self, desk: Responder, llm: Llm) -> None:
        self._desk = desk
        self._llm = llm

    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        """Reception's replies; those the model may better are finished later."""
        replies = await self._desk.respond(batch)
        if not self._llm.setups.any_on:
            return replies
        return [self._later(incoming, reply) for incoming, reply in zip(batch, replies, strict=True)]

    def _later(self, incoming: Incoming, reply: Reply) -> Reply:
        use = self._use(incoming, reply) if reply.say else None
        return Reply(work=partial(self._better, incoming, reply, use)) if use else reply

    def _use(self, incoming: Incoming, reply: Reply) -> Use | None:
        """Which use of the model fits this reply. Hand-overs and cards are said as they are."""
        shop_id = incoming.conversation.shop_id
        if self._llm.setups.current(shop_id) is None or reply.handover or reply.memory is None or len(reply.say) != 1:
            return None
        before, after, first = Memory.load(incoming.memory), Memory.load(reply.memory), reply.say[0]
        if first.kind != "text" or not first.text or before.task or after.task:
            return None  # what is shown before a yes, asked for it, or reported after it is the built-in policy's alone to word
        use: Use = "converse" if after.unsure > before.unsure else "rewrite"
        return use if self._llm.ready(shop_id, use) else None

    async def _better(self, incoming: Incoming, reply: Reply, use: Use) -> Reply:
        """The model's answer, or the reply as it was."""
        job = _job(incoming, reply)
        result = await (self._llm.converse(job) if use == "converse" else self._llm.rewrite(job))
        if result.text is None:
            return reply
        first = reply.say[0]
        data = dict(first.data or {})
        memory = Memory.load(reply.memory or {})
        if use == "converse":
            memory.unsure, memory.asked = 0, ""
        data["sources"] = [*data.get("sources", ()), *result.sources, {"kind": "llm", "id": use, "title": "LLM"}]
        return msgspec.structs.replace(reply, say=[Said(result.text, first.kind, data)], memory=memory.dump())


def _job(incoming: Incoming, reply: Reply) -> Job:
    conversation = incoming.conversation
    language: Language = Memory.load(reply.memory or {}).language or incoming.reading.language
    recent = [(_who(m), m.text) for m in incoming.recent if m.text]
    return Job(
        conversation.shop_id, conversation.id, conversation.customer_id, conversation.name, language, incoming.message.text,
        reply.say[0].text, recent,
    )  # fmt: skip


def _who(message: Message) -> str:
    return "customer" if message.sender == "customer" else "shop"
