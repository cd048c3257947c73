"""Help for the person serving a conversation (AIR-6): a draft, the next best step, knowledge that fits, a wrap-up to confirm.

Nothing here changes anything but the confirmed wrap-up, and everything is seen by exactly those who may read the conversation.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Literal, Protocol

import msgspec

from xinfu.conversations.contracts import Incoming, Message, Reply, Responder
from xinfu.conversations.service import Conversations
from xinfu.identity.contracts import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, to_ms
from xinfu.kit.i18n import Locale, said
from xinfu.kit.ids import Id
from xinfu.kit.text import bigrams, clip
from xinfu.knowledge.contracts import Hit
from xinfu.reception.assist_policy import OUTCOMES, Case, Step, mood_in_words, next_steps, open_promises, outcome_of
from xinfu.reception.assist_schemas import (
    DraftOut,
    KnowledgeItemOut,
    OutcomeOut,
    SourceOut,
    StepOut,
    WrappedOut,
    WrapupIn,
    WrapupOut,
)
from xinfu.reception.assist_words import words
from xinfu.reception.dialogue import Memory
from xinfu.reception.llm import Job, Llm
from xinfu.reception.llm_errors import OutcomeUnknown
from xinfu.reception.llm_wrapup import Summing
from xinfu.reception.ports import Library, OrderBook, Reader, SettingsSource
from xinfu.reception.wishes import PLANS, UNKNOWN, WIDER_TOPIC
from xinfu.reception.wording import wording
from xinfu.understanding.contracts import Language, Reading

_READ = 12  # of the customer's messages that are read anew
_TOGETHER = 5  # unanswered messages a draft answers at once
_ORDERS = 10
_HITS = 5
_SURE = 0.3
_TO_SUM_UP = 2000  # characters of the customer's words that go along


class ScriptShelf(Protocol):
    """knowledge.Scripts, as much of it as is needed here."""

    async def suggest(self, actor: Actor, shop_id: Id, said: str) -> Sequence[Any]: ...


class OperationsLog(Protocol):
    """What was done to an order; commerce.OrderOperations is one."""

    async def history(self, actor: Actor, shop_id: Id, order_no: str, *, for_customer: Id | None = None) -> list[Any]: ...


class CasesLog(Protocol):
    """After-sales requests; aftersales.Cases is one."""

    async def of_customer(self, actor: Actor, shop_id: Id, customer_id: Id, limit: int = 30) -> list[Any]: ...


class Assist:
    """`drafter` is a front desk that can do nothing: Reception without clerk and gaps, with people always at work."""

    def __init__(
        self, conversations: Conversations, reader: Reader, drafter: Responder, knowledge: Library, scripts: ScriptShelf,
        orders: OrderBook, operations: OperationsLog, requests: CasesLog, settings: SettingsSource, llm: Llm, clock: Clock,
    ) -> None:  # fmt: skip
        self._conversations = conversations
        self._reader = reader
        self._drafter = drafter
        self._knowledge = knowledge
        self._scripts = scripts
        self._orders = orders
        self._operations = operations
        self._cases = requests
        self._settings = settings
        self._llm = llm
        self._clock = clock

    async def draft(self, actor: Actor, shop_id: Id, conversation_id: Id, locale: Locale) -> DraftOut:
        """A reply to what the customer said last, by the built-in policy, whoever serves the conversation."""
        case = await self._case(actor, shop_id, conversation_id)
        return (await self._draft(case, locale))[0]

    async def draft_stream(
        self, actor: Actor, shop_id: Id, conversation_id: Id, locale: Locale
    ) -> AsyncIterator[tuple[Literal["base", "delta", "final"], Any]]:
        """The built-in draft, then the language model's sentence by sentence, then the one to use."""
        case = await self._case(actor, shop_id, conversation_id)
        base, answered = await self._draft(case, locale)
        yield "base", base
        if not base.llm:
            yield "final", base
            return
        async for kind, result in self._llm.draft(self._job(case, base, answered)):
            if kind == "delta":
                yield "delta", result.text
            elif result.text is None:
                yield "final", base.model_copy(update={"why": result.outcome})
            else:
                sources = [SourceOut(**s) for s in result.sources]
                yield "final", base.model_copy(update={"text": result.text, "origin": "llm", "why": "", "sources": sources})

    async def next(self, actor: Actor, shop_id: Id, conversation_id: Id, locale: Locale) -> list[StepOut]:
        case = await self._case(actor, shop_id, conversation_id)
        return [_step_out(step, actor, shop_id, locale) for step in next_steps(case)]

    async def knowledge(self, actor: Actor, shop_id: Id, conversation_id: Id, locale: Locale) -> list[KnowledgeItemOut]:
        """Articles and scripts that fit, each with why."""
        case = await self._case(actor, shop_id, conversation_id)
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        said = "\n".join(m.text for m in _unanswered(case) if m.text)
        if not said:
            return []
        w, items = words(locale), []
        if case.rule:
            label = wording("zh" if locale == "zh-CN" else "en").label(f"intent.{case.intent}")
            items.append(_article(case.rule, w["why.topic"].format(what=label)))
        hits = self._knowledge.search(shop_id, said, "staff", _HITS)
        for hit in hits:
            shared = _shared(said, f"{hit.title} {hit.body}")
            if shared and all(hit.article_id != item.id for item in items):
                items.append(_article(hit, w["why.words"].format(what=shared)))
        for script in await self._scripts.suggest(actor, shop_id, said):
            what = _shared(said, f"{script.title} {' '.join(script.keywords)} {script.body}") or script.title
            text = clip(script.body, 600)
            items.append(
                KnowledgeItemOut(kind="script", id=script.id, title=script.title, text=text, why=w["why.script"].format(what=what))
            )
        return items

    async def wrapup(self, actor: Actor, shop_id: Id, conversation_id: Id, locale: Locale) -> WrapupOut:
        """The summary to confirm."""
        return await self._summary(actor, shop_id, await self._case(actor, shop_id, conversation_id), locale)

    async def wrapup_words(self, actor: Actor, shop_id: Id, conversation_id: Id, locale: Locale) -> WrapupOut:
        """The summary to confirm in the language model's words; the built-in one with `why` when they may not be read."""
        case = await self._case(actor, shop_id, conversation_id)
        base = await self._summary(actor, shop_id, case, locale)
        if not base.llm:
            return base
        told = await self._llm.sum_up(_to_sum_up(case, locale), Summing(base.who, base.want, base.tried, tuple(base.promised)))
        if told.summary is None:
            return base.model_copy(update={"why": told.outcome})
        s = told.summary
        return base.model_copy(update={"who": s.who, "want": s.want, "tried": s.tried, "promised": list(s.promised), "origin": "llm"})

    async def _summary(self, actor: Actor, shop_id: Id, case: Case, locale: Locale) -> WrapupOut:
        w, staff = words(locale), wording("zh" if locale == "zh-CN" else "en")
        case.done = await self._done(actor, shop_id, case, locale)
        tried = _tried(case, w)
        promised = open_promises(case)
        suggested = outcome_of(case)
        who = clip(case.head.name, 40) + (f" VIP{case.head.vip}" if case.head.vip else "")
        return WrapupOut(
            who=who + (f"（{w['english']}）" if case.head.language == "en" else ""),
            want=_want(case, staff.label, w),
            tried=w["and"].join(tried) or w["nothing"],
            promised=promised,
            mood=mood_in_words(case.head.curve, staff, w),
            outcome=suggested,
            outcomes=[OutcomeOut(code=code, label=w[f"outcome.{code}"]) for code in OUTCOMES],
            open_promises=promised,
            confirmed=case.head.outcome,
            llm=self._llm.ready(shop_id, "draft") is not None,
        )

    async def confirm(self, actor: Actor, shop_id: Id, conversation_id: Id, given: WrapupIn, locale: Locale) -> WrappedOut:
        """Store the outcome and the summary as a note. By the one who serves or served it, or a lead. Raises OutcomeUnknown."""
        if given.outcome not in OUTCOMES:
            raise OutcomeUnknown(outcome=clip(given.outcome, 32))
        w = words("en" if self._settings.current(shop_id).locale == "en" else "zh-CN")
        text = w["note"].format(
            outcome=w[f"outcome.{given.outcome}"], who=given.who, want=given.want, tried=given.tried,
            promised=w["and"].join(given.promised) or w["nothing"], mood=given.mood,
        )  # fmt: skip
        data = {"wrapup": given.model_dump()}
        told = f"{text}\n{given.note}".strip()
        summary = await self._conversations.wrap_up(actor, shop_id, conversation_id, given.outcome, told, data)
        return WrappedOut(outcome=summary.outcome, note=summary.last_note, version=summary.version)

    # inside

    async def _case(self, actor: Actor, shop_id: Id, conversation_id: Id) -> Case:
        """Everything known, for someone who may read the conversation. Raises what reading it raises."""
        opened = await self._conversations.opened(actor, shop_id, conversation_id)
        head, messages = opened.conversation, opened.messages
        said = [m for m in messages if m.sender == "customer"][-_READ:]
        readings = self._reader.read([m.text for m in said], [_before(messages, m) for m in said]) if said else []
        stored = (await self._conversations.store.load([conversation_id])).get(conversation_id)
        orders = (await self._orders.orders_of(shop_id, [head.customer_id], _ORDERS)).get(head.customer_id, [])
        memory = stored.memory if stored else {}
        case = Case(head, messages, opened.notes, said, readings, orders, memory, self._clock.now())
        case.rule = self._rule(shop_id, case.intent)
        return case

    def _rule(self, shop_id: Id, intent: str) -> Hit | None:
        topic = PLANS.get(intent, UNKNOWN).topic
        for name in (topic, WIDER_TOPIC.get(topic, "")):
            if name and (hit := self._knowledge.by_topic(shop_id, name)):
                return hit
        return None

    async def _draft(self, case: Case, locale: Locale) -> tuple[DraftOut, list[Message]]:
        w = words(locale)
        answered = _unanswered(case)
        if not answered:
            return _no_draft(case, w["draft.nothing"]), []
        reading = _main(case, answered)
        reply = await self._asked(case, answered, reading)
        text, sources = _said(reply, reading.language)
        can = self._llm.ready(case.head.shop_id, "draft") is not None
        seqs = [m.seq for m in answered]
        unsure = Memory.load(reply.memory or {}).unsure > 0
        if not text or (unsure and not sources):
            why = w["draft.person"] if reply.handover else w["draft.none"]
            return _no_draft(case, why, reading).model_copy(update={"answers": seqs, "llm": can and not reply.handover}), answered
        out = DraftOut(
            text=text, origin="policy", why="", sources=sources, answers=seqs, intent=reading.intent,
            confidence=round(reading.intent_p, 3), emotion=reading.emotion, language=reading.language, llm=can,
        )  # fmt: skip
        return out, answered

    async def _asked(self, case: Case, answered: Sequence[Message], reading: Reading) -> Reply:
        """What the front desk would say, had it not been handed over: no task, no counting of doubts or anger carried along."""
        kept = Memory.load(case.memory)
        memory = Memory(order=kept.order, product=kept.product, intent=kept.intent, language=kept.language, sorry=kept.sorry).dump()
        head = msgspec.structs.replace(case.head, state="ai")
        calm = replace(reading, intensity=min(reading.intensity, 1), abuse=False)
        text = "\n".join(m.text for m in answered if m.text)
        last = answered[-1]
        message = msgspec.structs.replace(last, text=text) if last.kind == "text" else last
        return (await self._drafter.respond([Incoming(head, memory, message, calm, [], waited=True)]))[0]

    def _job(self, case: Case, base: DraftOut, answered: Sequence[Message]) -> Job:
        head = case.head
        hits = self._knowledge.search(head.shop_id, answered[-1].text, "customer", 2) if answered else []
        said = "\n".join(m.text for m in answered)
        language: Language = "en" if base.language == "en" else "zh"
        return Job(head.shop_id, head.id, head.customer_id, head.name, language, said, base.text, _recent(case), hits)

    async def _done(self, actor: Actor, shop_id: Id, case: Case, locale: Locale) -> list[tuple[Literal["operation", "request"], str]]:
        """What was done to the order and asked for it since the conversation began, as far as the actor may read it."""
        done: list[tuple[Literal["operation", "request"], str]] = []
        since = case.head.opened_at
        if case.order and actor.may(Permission.ORDERS_READ, shop_id):
            entries = await self._operations.history(actor, shop_id, case.order.no)
            done += [("operation", said(e.zh, e.en, locale)) for e in entries if to_ms(e.at) >= since]
        if actor.may(Permission.AFTERSALES_READ, shop_id):
            asked = await self._cases.of_customer(actor, shop_id, case.head.customer_id)
            done += [("request", r.number) for r in asked if to_ms(r.opened_at) >= since]
        return done


def _recent(case: Case) -> list[tuple[str, str]]:
    return [("customer" if m.sender == "customer" else "shop", m.text) for m in case.messages[-8:] if m.text]


def _to_sum_up(case: Case, locale: Locale) -> Job:
    head = case.head
    said = clip("\n".join(m.text for m in case.said if m.text), _TO_SUM_UP)
    language: Language = "zh" if locale == "zh-CN" else "en"
    return Job(head.shop_id, head.id, head.customer_id, head.name, language, said, "", _recent(case))


def _tried(case: Case, w: dict[str, str]) -> list[str]:
    done = [str(step) for step in case.memory.get("t", ())]
    done += [w[kind].format(what=what) for kind, what in case.done]
    for sender, key in (("ai", "ai_said"), ("agent", "agent_said")):
        if count := sum(1 for m in case.messages if m.sender == sender):
            done.append(w[key].format(n=count))
    return done


def _before(messages: Sequence[Message], message: Message) -> str | None:
    """What the shop's side had said last."""
    earlier = [m.text for m in messages if m.seq < message.seq and m.sender in ("ai", "agent")]
    return earlier[-1] if earlier else None


def _unanswered(case: Case) -> list[Message]:
    """What waits for an answer: the customer's words since anyone's last one. When those want nothing but a person, the question before."""
    answered = max((m.seq for m in case.messages if m.sender in ("agent", "ai")), default=0)
    heard = list(zip(case.said, case.readings, strict=True))
    asking = [m for m, r in heard if m.seq > answered and r.intent not in ("human_request", "greeting")]
    if asking:
        return asking[-_TOGETHER:]
    earlier = [m for m, r in heard if r.intent != "human_request" and PLANS.get(r.intent, UNKNOWN).way != "social"]
    return (earlier or list(case.said))[-1:]


def _main(case: Case, answered: Sequence[Message]) -> Reading:
    """The reading that carries the question among those to be answered: the last one that wants something."""
    seqs = {m.seq for m in answered}
    own = [r for m, r in zip(case.said, case.readings, strict=True) if m.seq in seqs]
    wanting = [r for r in own if PLANS.get(r.intent, UNKNOWN).way not in ("social", "unknown") and r.intent_p >= _SURE]
    entities = tuple(e for r in own for e in r.entities)
    return replace((wanting or own)[-1], entities=entities)


def _said(reply: Reply, language: str) -> tuple[str, list[SourceOut]]:
    """The words without the sentence that hands over: a person is there already."""
    text = "\n".join(said.text for said in reply.say if said.text)
    phrases = wording("en" if language == "en" else "zh").phrases
    if reply.handover:
        for said in phrases.get(f"hand.{reply.handover.reason}", ()):
            text = text.replace(said, "")
    sources = [SourceOut(**s) for said in reply.say for s in (said.data or {}).get("sources", ())]
    return text.strip(), sources


def _no_draft(case: Case, why: str, reading: Reading | None = None) -> DraftOut:
    return DraftOut(
        text="", origin="none", why=why, sources=[], answers=[], intent=reading.intent if reading else case.head.intent,
        confidence=round(reading.intent_p, 3) if reading else 0.0, emotion=reading.emotion if reading else case.head.emotion,
        language=case.head.language, llm=False,
    )  # fmt: skip


def _step_out(step: Step, actor: Actor, shop_id: Id, locale: Locale) -> StepOut:
    """What the actor may not do becomes a question to a lead."""
    w = words(locale)
    facts = {"no": "", "what": "", "title": "", "count": "", **step.facts}
    allowed = step.permission is None or actor.may(step.permission, shop_id)
    why = w[f"why.{step.why}"].format(**facts)
    return StepOut(
        key=step.key,
        label=w[f"step.{step.key}"].format(**facts),
        why=why if allowed else f"{why}{w['and']}{w['why.not_allowed']}",
        command=step.command if allowed else {"do": "consult"},
    )


def _article(hit: Hit, why: str) -> KnowledgeItemOut:
    return KnowledgeItemOut(kind="article", id=hit.article_id, title=hit.title, text=clip(hit.body, 600), why=why)


def _shared(said: str, text: str) -> str:
    """The words both have, a few of them; function words that everyone uses do not count."""
    have = set(bigrams(text))
    found = [g for g in dict.fromkeys(bigrams(said)) if g in have and len(g) > 1 and g not in _COMMON]
    return "、".join(found[:4])


_COMMON = frozenset(
    [
        *("我的", "你们", "你好", "您好", "请问", "怎么", "什么", "可以", "一下", "没有", "是不", "不是", "这个", "那个"),
        *("the", "is", "my", "to", "of", "and", "for", "it", "in", "do", "you", "can"),
    ]
)


def _want(case: Case, label: Any, w: dict[str, str]) -> str:
    wants = [label(f"intent.{intent}") for intent in case.intents[-4:]]
    order = case.order
    return w["and"].join([x for x in wants if x] + ([order.no] if order else [])) or w["nothing"]
