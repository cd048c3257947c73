"""What people do with conversations. Each use-case checks the actor, then runs one step on the conversation through intake, where it is
decided on the newest state, stored with its audit event, and pushed to everyone concerned."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec

from xinfu.conversations import policy
from xinfu.conversations.cards import Attachment
from xinfu.conversations.contracts import Changed, Handover, Kind, Message, Note, Presence, QueuePlace, Returned, State, Summary
from xinfu.conversations.errors import NobodyThere, WrongState
from xinfu.conversations.frames import TEXT_LIMIT
from xinfu.conversations.intake import Draft, Intake, hand_over
from xinfu.conversations.live import Live
from xinfu.conversations.phrases import phrase
from xinfu.conversations.store import LogStore
from xinfu.identity import Permission, ShopSettings
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import Clock
from xinfu.kit.errors import Forbidden, Invalid, NotFound, TooLarge
from xinfu.kit.ids import Id, new_id
from xinfu.kit.paging import Page
from xinfu.kit.text import clean

type Step = Callable[[Draft, int], Any]
type Wording = Callable[[str], str]
"""What is said, in the conversation's language."""

ENDED_BY_POLICY = "ended_by_policy"


class CurrentSettings(Protocol):
    """identity.Settings, as much as conversations need."""

    def current(self, shop_id: Id) -> ShopSettings: ...


class AnswerLearned(msgspec.Struct, frozen=True):
    """A lead's answer to a consult that should become knowledge; announced after the commit."""

    shop_id: Id
    question: str
    answer: str
    actor: Actor


class Opened(msgspec.Struct):
    """A conversation as the workbench opens it."""

    conversation: Summary
    messages: list[Message]
    notes: list[Note]


class Conversations:
    """The use-cases of staff and the house; also the Switchboard that routing works through."""

    def __init__(self, store: LogStore, intake: Intake, live: Live, settings: CurrentSettings, clock: Clock, bus: Bus) -> None:
        self.store = store
        self.intake = intake
        self.live = live
        self._settings = settings
        self._clock = clock
        self._bus = bus
        self._opening: dict[Id, asyncio.Task[Summary]] = {}  # by customer
        bus.subscribe(Changed, self._ring)

    # looking

    async def page(self, actor: Actor, shop_id: Id, view: str, cursor: str | None, limit: int) -> Page[msgspec.Raw]:
        """A page of mine, served (mine, closed), queue, all (open) or closed. The last two need conversations.read_all."""
        everyone = view in ("all", "closed")
        actor.require(Permission.CONVERSATIONS_READ_ALL if everyone else Permission.CONVERSATIONS_SERVE, shop_id)
        return await self.store.page(shop_id, view, actor.id, cursor, limit)

    async def head(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        """The newest head, if the actor may see it: their own, a waiting one, one offered to or asked of them; else read_all."""
        return await self._seen(actor, shop_id, conversation_id)

    def may_see(self, actor: Actor, shop_id: Id, summary: Summary) -> bool:
        if actor.may(Permission.CONVERSATIONS_READ_ALL, shop_id):
            return True
        concerned = summary.state == "queued" or actor.id in (summary.assignee_id, summary.offered_to, summary.consulting)
        return concerned and actor.may(Permission.CONVERSATIONS_SERVE, shop_id)

    async def opened(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Opened:
        summary = await self._seen(actor, shop_id, conversation_id)
        messages = await self.store.messages_before(conversation_id, None)
        return Opened(summary, messages, await self.store.notes(conversation_id) if summary.last_note else [])

    async def earlier(self, actor: Actor, shop_id: Id, conversation_id: Id, before: int | None, limit: int) -> list[Message]:
        await self._seen(actor, shop_id, conversation_id)
        return await self.store.messages_before(conversation_id, before, limit)

    async def of_customer(self, actor: Actor, shop_id: Id, customer_id: Id) -> list[Summary]:
        """Newest first."""
        actor.require(Permission.CUSTOMERS_READ, shop_id)
        return await self.store.of_customer(shop_id, customer_id)

    async def events(self, actor: Actor, shop_id: Id, cursor: str | None, limit: int) -> Page[Note]:
        """The audit trail of conversations."""
        actor.require(Permission.AUDIT_READ, shop_id)
        return await self.store.events(shop_id, cursor, limit)

    # answering

    async def say(self, actor: Actor, shop_id: Id, conversation_id: Id, client_id: str, said: Attachment) -> Message:
        """A person's answer; the same client id again returns the message it became. Raises NotYours, WrongState."""
        if not client_id or len(client_id) > 64:
            raise Invalid(why="id")
        marked = f"{actor.id[:12]}:{client_id}"[:64]

        def step(draft: Draft, now: int) -> Message:
            if known := draft.known(marked):
                return Message(conversation_id, known[0], "agent", actor.id, actor.name, said.kind, said.text, known[1], said.data)
            s = policy.agent_said(draft.summary, now, said.kind, said.text, actor.id)
            return draft.say(s, "agent", actor.id, actor.name, said.kind, said.text, now, said.data, marked)

        message: Message = await self._step(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)
        return message

    async def read(self, actor: Actor, shop_id: Id, conversation_id: Id, seq: int) -> None:
        def step(draft: Draft, now: int) -> None:
            if draft.summary.assignee_id == actor.id:
                draft.summary = policy.read_by_agent(draft.summary, seq)

        await self._step(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def add_note(self, actor: Actor, shop_id: Id, conversation_id: Id, text: str) -> Note:
        words = _words(text)
        await self._seen(actor, shop_id, conversation_id)
        note: Note = await self._step(
            actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, lambda draft, now: draft.note("note", actor, words, now)
        )
        return note

    async def accept(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        """Take a waiting conversation. Raises AlreadyTaken, WrongState."""
        lead = actor.may(Permission.CONVERSATIONS_LEAD, shop_id)

        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.accepted(draft.summary, now, actor.id, actor.name, lead=lead)
            draft.event("accepted", actor, now)
            draft.system(now, phrase("joined", draft.summary.language, name=actor.name))

        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def transfer(self, actor: Actor, shop_id: Id, conversation_id: Id, to: tuple[Id, str] | None, skill: str, note: str) -> Summary:
        """To a colleague (id, name) or back to the queue; the whole context goes along. Raises NotYours, NobodyThere."""
        why = clean(note)[:TEXT_LIMIT]
        if to is not None and to[0] == actor.id:
            raise NobodyThere

        def step(draft: Draft, now: int) -> None:
            self._mine_or_lead(actor, shop_id, draft.summary)
            if to is None:
                draft.summary = policy.returned_to_queue(draft.summary, now, skill)
                draft.event("returned_to_queue", actor, now, note=why, skill=skill)
                draft.system(now, phrase("requeued", draft.summary.language))
            else:
                draft.summary = policy.transferred(draft.summary, now, *to)
                draft.event("transferred", actor, now, to=to[0], to_name=to[1], note=why)
                draft.system(now, phrase("transferred", draft.summary.language, name=to[1]))
            if why:
                draft.note("note", actor, why, now)

        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def consult(self, actor: Actor, shop_id: Id, conversation_id: Id, lead: Id | None, question: str) -> Summary:
        """Ask a lead (a named one, or whoever leads) without the customer seeing."""
        words = _words(question)

        def step(draft: Draft, now: int) -> None:
            self._mine_or_lead(actor, shop_id, draft.summary)
            draft.summary = policy.consulting(draft.summary, lead or "any")
            draft.note("consult", actor, words, now, {"lead": lead} if lead else None)

        summary = await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)
        self.live.tell_alarm(shop_id, summary, "consult")
        return summary

    async def answer(self, actor: Actor, shop_id: Id, conversation_id: Id, text: str, *, to_knowledge: bool) -> Summary:
        """A lead's answer to the consult; with `to_knowledge` it also becomes a draft article."""
        words = _words(text)
        summary = await self._moved(
            actor, shop_id, conversation_id, Permission.CONVERSATIONS_LEAD, lambda draft, now: _answered(draft, actor, words, now)
        )
        if to_knowledge:
            notes = await self.store.notes(conversation_id)
            question = next((n.text for n in reversed(notes) if n.kind == "consult"), "")
            self._bus.publish(AnswerLearned(shop_id, question, words, actor))
        return summary

    async def whisper(self, actor: Actor, shop_id: Id, conversation_id: Id, text: str) -> Note:
        """A lead's words to the serving agent; never to the customer."""
        words = _words(text)
        note: Note = await self._step(
            actor, shop_id, conversation_id, Permission.CONVERSATIONS_LEAD, lambda draft, now: draft.note("whisper", actor, words, now)
        )
        return note

    async def take_over(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        """A lead becomes the one who answers, whoever served before."""

        def step(draft: Draft, now: int) -> None:
            was = draft.summary.assignee or draft.summary.state
            draft.summary = policy.taken_over(draft.summary, now, actor.id, actor.name)
            draft.event("taken_over", actor, now, was=was)
            draft.system(now, phrase("joined", draft.summary.language, name=actor.name))

        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_LEAD, step)

    async def close(self, actor: Actor, shop_id: Id, conversation_id: Id, outcome: str, *, spare: bool, reason: str) -> Summary:
        ask = self._settings.current(shop_id).ask_rating
        why = clean(reason)[:500]

        def step(draft: Draft, now: int) -> None:
            self._mine_or_lead(actor, shop_id, draft.summary)
            draft.summary = policy.closed(draft.summary, now, clean(outcome)[:64], spare=spare, ask_rating=ask)
            draft.event("closed", actor, now, outcome=outcome[:64], spared=spare, reason=why)

        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def wrap_up(self, actor: Actor, shop_id: Id, conversation_id: Id, outcome: str, text: str, data: dict[str, Any]) -> Summary:
        """The outcome and the summary of who serves or served it, as the person confirmed them. Again: the newest counts."""
        words = _words(text)

        def step(draft: Draft, now: int) -> None:
            self._mine_or_lead(actor, shop_id, draft.summary)
            draft.summary = policy.wrapped_up(draft.summary, clean(outcome)[:64])
            draft.note("note", actor, words, now, data)

        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def reopen(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.reopened(draft.summary, now, actor.id, actor.name)
            draft.event("reopened", actor, now)

        await self._seen(actor, shop_id, conversation_id)
        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def tag(self, actor: Actor, shop_id: Id, conversation_id: Id, tags: list[str]) -> Summary:
        cleaned = list(dict.fromkeys(t for t in (clean(tag)[:30] for tag in tags) if t))[:20]

        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.tagged(draft.summary, cleaned)
            draft.event("tagged", actor, now, tags=cleaned)

        await self._seen(actor, shop_id, conversation_id)
        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def ask_rating(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        def step(draft: Draft, now: int) -> None:
            self._mine_or_lead(actor, shop_id, draft.summary)
            draft.summary = policy.rating_requested(draft.summary)
            draft.event("rating_requested", actor, now)

        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    async def spare(self, actor: Actor, shop_id: Id, conversation_id: Id, reason: str) -> Summary:
        """Spare a courteous customer the rating (REC-9); recorded with its reason."""
        why = clean(reason)[:500]

        def step(draft: Draft, now: int) -> None:
            self._mine_or_lead(actor, shop_id, draft.summary)
            draft.summary = policy.spared(draft.summary)
            draft.event("spared", actor, now, reason=why)

        return await self._moved(actor, shop_id, conversation_id, Permission.CONVERSATIONS_SERVE, step)

    # protecting staff: decided, checked and recorded by risk

    async def remark(self, actor: Actor, shop_id: Id, conversation_id: Id, what: str, **data: Any) -> Summary:
        """An event for staff to see."""

        def step(draft: Draft, now: int) -> None:
            draft.event(what, actor, now, **data)

        summary: Summary = await self._house(shop_id, conversation_id, step)
        return summary

    async def caution(self, actor: Actor, shop_id: Id, conversation_id: Id, words: Wording) -> Summary:
        """The house asks the customer to keep it civil, in its own name and not the agent's. Raises WrongState when it is over."""

        def step(draft: Draft, now: int) -> None:
            if draft.summary.state == "closed":
                raise WrongState(state="closed")
            draft.system(now, words(draft.summary.language))
            draft.event("warned", actor, now)

        summary: Summary = await self._house(shop_id, conversation_id, step)
        return summary

    async def end_for_abuse(self, actor: Actor, shop_id: Id, conversation_id: Id, words: Wording, why: str) -> Summary:
        """A lead or the policy ends it, never the agent alone; no rating is asked for. Raises WrongState when it is over."""

        def step(draft: Draft, now: int) -> None:
            if draft.summary.state == "closed":
                raise WrongState(state="closed")
            draft.system(now, words(draft.summary.language))
            draft.summary = policy.closed(draft.summary, now, ENDED_BY_POLICY, spare=True, ask_rating=False)
            draft.event("ended_by_policy", actor, now, reason=why)

        summary: Summary = await self._house(shop_id, conversation_id, step)
        return summary

    async def leave_out(self, actor: Actor, shop_id: Id, conversation_id: Id, *, excluded: bool, why: str) -> Summary:
        """Figures count this conversation no more, or again."""

        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.left_out(draft.summary, excluded=excluded)
            draft.event("left_out" if excluded else "counted_again", actor, now, reason=why)

        summary: Summary = await self._house(shop_id, conversation_id, step)
        return summary

    # the house and routing (Switchboard)

    async def queued(self, shop_id: Id) -> list[Summary]:
        return await self.store.in_state("queued", shop_id)

    async def queued_everywhere(self) -> list[Summary]:
        return await self.store.in_state("queued")

    async def with_agents(self, shop_id: Id) -> list[Summary]:
        return await self.store.in_state("agent", shop_id)

    async def offer(self, actor: Actor, shop_id: Id, conversation_id: Id, staff_id: Id, staff_name: str, until: int) -> Summary:
        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.offered(draft.summary, now, staff_id, until)

        summary: Summary = await self._house(shop_id, conversation_id, step)
        return summary

    async def withdraw_offer(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.offer_withdrawn(draft.summary)

        summary: Summary = await self._house(shop_id, conversation_id, step)
        return summary

    async def return_to_queue(self, actor: Actor, shop_id: Id, conversation_id: Id, why: str) -> Summary:
        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.returned_to_queue(draft.summary, now)
            draft.event("returned_to_queue", actor, now, note=why)
            draft.system(now, phrase("requeued", draft.summary.language))

        summary: Summary = await self._house(shop_id, conversation_id, step)
        return summary

    async def close_silent(self, shop_id: Id, conversation_id: Id, state: State, last_at: int) -> None:
        """The timer's close: only if nothing happened since it looked."""
        actor = system_actor(shop_id)
        ask = self._settings.current(shop_id).ask_rating

        def step(draft: Draft, now: int) -> None:
            c = draft.summary
            if c.state == state and c.last_at == last_at:
                draft.summary = policy.closed(c, now, "idle", ask_rating=ask and state == "agent")
                draft.event("closed", actor, now, outcome="idle")

        await self._house(shop_id, conversation_id, step)

    async def wake_unanswered(self, since: int) -> int:
        """After a restart: let the AI answer every customer it was still to answer. Says how many."""
        count, place = 0, (0, "")
        while found := await self.store.with_ai_since(since, place):
            for s in found:
                if s.last_sender == "customer":
                    self.intake.nudge(s.id, s.last_seq)
                    count += 1
            place = (found[-1].last_at, found[-1].id)
        return count

    def customer_is_back(self, summary: Summary) -> None:
        """Their socket is open again; whoever keeps the queue tells them where they stand."""
        if summary.state == "queued":
            self._bus.publish(Returned(summary.shop_id, summary.id))

    def tell_queue(self, places: list[QueuePlace]) -> None:
        self.live.tell_queue(places)

    def tell_presence(self, shop_id: Id, presence: Presence) -> None:
        self.live.tell_presence(shop_id, presence)

    def tell_alarm(self, shop_id: Id, conversation: Summary, what: str) -> None:
        self.live.tell_alarm(shop_id, conversation, what)

    # customers

    async def open(
        self, shop_id: Id, customer_id: Id, name: str, vip: int, language: str, channel: str = "widget", *, fresh: bool = False
    ) -> Summary:
        """The customer's conversation to go on with: the newest that is open or closed a short while ago, else a new one.

        `fresh`: the customer was made a moment ago, there is no conversation to look for. Two calls at once get the same conversation.
        """
        under_way = self._opening.get(customer_id)
        if under_way is None:
            opening = self._open(shop_id, customer_id, name, vip, language, channel, fresh=fresh)
            under_way = self._opening[customer_id] = asyncio.create_task(opening, name="conversations.open")
            under_way.add_done_callback(lambda _: self._opening.pop(customer_id))
        return await asyncio.shield(under_way)  # shielded: one tab closed while waiting must not fail the other

    async def _open(self, shop_id: Id, customer_id: Id, name: str, vip: int, language: str, channel: str, *, fresh: bool) -> Summary:
        newest = [] if fresh else await self.store.of_customer(shop_id, customer_id, 1)
        if newest:
            reopen_ms = self._settings.current(shop_id).reopen_hours * 3_600_000
            ended = newest[0].closed_at
            if ended is None or self._clock.ms() - ended < reopen_ms:
                return newest[0]
        now = self._clock.ms()
        opening = Summary(new_id(), shop_id, customer_id, name, channel, language=language, vip=vip, opened_at=now, last_at=now)
        summary: Summary = await self.intake.act(opening.id, lambda draft, at: None, opening)
        return summary

    async def ask_for_person(self, conversation_id: Id, customer: Actor, note: dict[str, Any]) -> Summary:
        """The 转人工 button: straight to the queue, whatever the AI thinks."""

        def step(draft: Draft, now: int) -> None:
            if draft.summary.state == "closed":
                draft.summary = msgspec.structs.replace(draft.summary, state="ai", closed_at=None, rating_asked=False)
            if draft.summary.state == "ai":
                hand_over(draft, Handover("asked", note), customer, now)

        summary: Summary = await self.intake.act(conversation_id, step)
        return summary

    async def rate(self, conversation_id: Id, customer: Actor, score: int, tags: list[str], text: str) -> None:
        if not 1 <= score <= 5:
            raise Invalid(why="score 1–5")
        words = {"score": score, "tags": [clean(t)[:30] for t in tags[:10]], "text": clean(text)[:1000]}

        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.rated(draft.summary, score)
            draft.event("rated", customer, now, **words)

        await self.intake.act(conversation_id, step)

    async def leave_message(self, conversation_id: Id, customer: Actor, contact: str, text: str) -> None:
        """Outside hours: how to reach the customer and what about. They stay in the queue for whoever comes in first."""
        reach, words = clean(contact)[:120], clean(text)[:TEXT_LIMIT]
        if not reach:
            raise Invalid(why="contact")

        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.left_message(draft.summary, now, reach)
            if draft.summary.state == "ai":
                hand_over(draft, Handover("asked", {"want": words}), customer, now)
            draft.note("note", customer, f"{reach}\n{words}".strip(), now, {"callback": True})
            draft.system(now, phrase("callback", draft.summary.language, contact=reach))

        await self.intake.act(conversation_id, step)

    async def read_by_customer(self, conversation_id: Id, seq: int) -> None:
        def step(draft: Draft, now: int) -> None:
            draft.summary = policy.read_by_customer(draft.summary, seq)

        await self.intake.act(conversation_id, step)

    # inside

    async def _ring(self, changed: Changed) -> None:
        """Danger and lasting anger reach the leads the moment they reach the queue."""
        c = changed.conversation
        if c.state == "queued" and changed.was == "ai":
            if c.danger or c.priority >= 2:
                self.live.tell_alarm(c.shop_id, c, "danger")
            elif c.emotion == "anger" and c.intensity >= 2:
                self.live.tell_alarm(c.shop_id, c, "anger")

    async def _seen(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Summary:
        if shop_id not in actor.shops:
            raise NotFound
        summary = self.intake.cached(conversation_id) or await self.store.head(conversation_id, shop_id)
        if summary is None or summary.shop_id != shop_id:
            raise NotFound
        if not self.may_see(actor, shop_id, summary):
            serves = actor.may(Permission.CONVERSATIONS_SERVE, shop_id)
            raise Forbidden(permission=Permission.CONVERSATIONS_READ_ALL if serves else Permission.CONVERSATIONS_SERVE)
        return summary

    async def _step(self, actor: Actor, shop_id: Id, conversation_id: Id, permission: Permission, step: Step) -> Any:
        actor.require(permission, shop_id)
        return await self._house(shop_id, conversation_id, step)

    async def _moved(self, actor: Actor, shop_id: Id, conversation_id: Id, permission: Permission, step: Step) -> Summary:
        summary: Summary = await self._step(actor, shop_id, conversation_id, permission, step)
        return summary

    def _house(self, shop_id: Id, conversation_id: Id, step: Step) -> Awaitable[Any]:
        def guarded(draft: Draft, now: int) -> Any:
            if draft.summary.shop_id != shop_id:
                raise NotFound
            return step(draft, now)

        return self.intake.act(conversation_id, guarded)

    @staticmethod
    def _mine_or_lead(actor: Actor, shop_id: Id, c: Summary) -> None:
        if c.assignee_id != actor.id and not actor.may(Permission.CONVERSATIONS_LEAD, shop_id):
            raise Forbidden(permission=Permission.CONVERSATIONS_LEAD)


def _answered(draft: Draft, actor: Actor, words: str, now: int) -> None:
    draft.summary = policy.consulting(draft.summary, None)
    draft.note("answer", actor, words, now)


def _words(text: str) -> str:
    cleaned = clean(text)
    if not cleaned:
        raise Invalid(why="text")
    if len(cleaned) > TEXT_LIMIT:
        raise TooLarge(limit=f"{TEXT_LIMIT} 字")
    return cleaned


__all__ = ["AnswerLearned", "Conversations", "Kind", "Opened"]
