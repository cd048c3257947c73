"""The optional language model at work: rewrites replies in the shop's voice, talks where the built-in policy is unsure, drafts for agents.

Everything it may cost is bounded before it is asked (time, tokens, calls at once), everything it says is checked before anyone reads it,
and whatever is refused is counted by its reason and answered by the built-in words.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import structlog

from xinfu.kit.clock import Clock, zone
from xinfu.kit.ids import Id
from xinfu.knowledge.contracts import Hit
from xinfu.reception.check import Facts
from xinfu.reception.llm_budget import Budget
from xinfu.reception.llm_check import DRAFT_LIMIT, Ground, refusal, tidy, untrue
from xinfu.reception.llm_client import MAX_TOKENS, Completion, Endpoints, Failed, Talk, size_of
from xinfu.reception.llm_masking import Mask, UnknownPlaceholder, used_in
from xinfu.reception.llm_prompts import instructions, quoted, system
from xinfu.reception.llm_settings import LlmSettings, LlmSetups
from xinfu.reception.llm_tools import MAX_CALLS, TOOLS, Previews, ToolRefused, Tools, know_all
from xinfu.reception.llm_wrapup import Summing, judged
from xinfu.reception.ports import Acting, Catalogue, Library, OrderBook, SettingsSource
from xinfu.understanding.contracts import Language

log = structlog.get_logger()

type Use = Literal["rewrite", "converse", "draft"]

AT_ONCE = 64  # calls for customers under way in this process; beyond it the built-in words are said at once
REST_AFTER, REST_MS = 3, 30_000  # so many faults in a row, and the endpoint is left alone for so long
_OUTAGE = frozenset({"timeout", "unreachable", "status", "broken", "too_big"})
_ROUNDS = 3
_SENTENCE = re.compile(r"(?<=[。！？!?\n])|(?<=[.;])(?=\s)")


@dataclass(frozen=True, slots=True)
class Job:
    """One turn of one conversation, as the model gets to see it (masked)."""

    shop_id: Id
    conversation_id: Id
    customer_id: Id
    name: str
    language: Language
    said: str
    reply: str
    recent: Sequence[tuple[str, str]] = ()
    hits: Sequence[Hit] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """`text` None: say the built-in words; `outcome` says why ('used' when there is a text)."""

    text: str | None
    outcome: str
    sources: tuple[dict[str, str], ...] = ()
    summary: Summing | None = None


type Piece = tuple[Literal["delta", "final"], Result]


@dataclass(slots=True)
class _Spent:
    """What one use has set aside and used so far; `pending` for the call under way."""

    reserved: int = 0
    used: int = 0
    pending: int = 0
    asked: bool = False


type Work = Callable[[LlmSettings, Job, _Spent], Awaitable[Result]]


@dataclass(slots=True)
class _Health:
    faults: int = 0
    rests_until: int = 0
    exhausted: tuple[str, int] = ("", 0)  # month and version of the setup for which the budget is spent
    under_way: int = 0
    background: set[asyncio.Task[None]] = field(default_factory=set)


class Llm:
    """All shops' language models. Without any shop that has one switched on it holds no library and no connection."""

    def __init__(
        self, setups: LlmSetups, budget: Budget, orders: OrderBook, products: Catalogue, knowledge: Library, settings: SettingsSource,
        clock: Clock, previews: Previews | None = None, acting: Acting | None = None,
    ) -> None:  # fmt: skip
        self.setups = setups
        self.budget = budget
        self.endpoints = Endpoints()
        self._orders = orders
        self._products = products
        self._knowledge = knowledge
        self._settings = settings
        self._clock = clock
        self._previews = previews
        self._acting = acting
        self._health: dict[Id, _Health] = {}

    async def start(self) -> None:
        """Load the setups, and the library if any shop needs it: no customer should wait for an import."""
        await self.setups.start()
        if self.setups.any_on:
            await self.endpoints.warm()

    async def stop(self) -> None:
        for health in self._health.values():
            await asyncio.gather(*health.background, return_exceptions=True)
        await self.setups.stop()
        await self.endpoints.stop()

    def ready(self, shop_id: Id, use: Use) -> LlmSettings | None:
        """The setup if this use would be tried now. Costs a dictionary look-up for a shop without a model."""
        settings = self.setups.current(shop_id)
        if settings is None or not getattr(settings, use):
            return None
        health = self._health.get(shop_id)
        if health is None:
            return settings
        spent = health.exhausted == (self._month(), settings.version)
        return None if spent or health.rests_until > self._clock.ms() or health.under_way >= AT_ONCE else settings

    async def rewrite(self, job: Job) -> Result:
        """The built-in reply in the shop's voice."""
        return await self._for_customer(job, "rewrite", self._rewritten)

    async def converse(self, job: Job) -> Result:
        """An answer of the model's own, from what its tools found."""
        return await self._for_customer(job, "converse", self._conversed)

    async def draft(self, job: Job) -> AsyncIterator[Piece]:
        """A draft for an agent: sentences as they come, each checked before it is shown, then the whole or why there is none."""
        settings = self.ready(job.shop_id, "draft")
        if settings is None:
            yield "final", Result(None, "off")
            return
        pieces: asyncio.Queue[Piece] = asyncio.Queue()
        writing = asyncio.create_task(self._draft(settings, job, pieces.put_nowait), name="llm.draft")
        try:
            while True:
                piece = await pieces.get()
                yield piece
                if piece[0] == "final":
                    return
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def sum_up(self, job: Job, built_in: Summing) -> Result:
        """A wrap-up in the model's words (`summary`), for whoever may have drafts; without one the built-in words stand."""
        settings = self.ready(job.shop_id, "draft")
        if settings is None:
            return Result(None, "off")
        return await self._bounded(settings, job, "wrapup", settings.draft_limit_ms, partial(self._summed, built_in))

    async def attempt(self, settings: LlmSettings) -> str:
        """Ask the endpoint for one word, as the owner's test of a setup. 'used', or the reason it failed."""
        spent = _Spent()
        try:
            await self.endpoints.warm()
            talk = [{"role": "user", "content": "OK?"}]
            async with asyncio.timeout(settings.draft_limit_ms / 1000):
                answer = await self._ask(settings, talk, spent, max_tokens=16)
            outcome = "used" if answer.text.strip() else "empty"
        except TimeoutError:
            outcome = "timeout"
        except Failed as e:
            outcome = e.reason
        self._finish(settings.shop_id, "try", outcome, spent)
        return outcome

    # one use, from reservation to count

    async def _for_customer(self, job: Job, use: Use, work: Work) -> Result:
        settings = self.ready(job.shop_id, use)
        if settings is None:
            return Result(None, "off")
        health = self._health.setdefault(job.shop_id, _Health())
        health.under_way += 1
        try:
            return await self._bounded(settings, job, use, settings.customer_limit_ms, work)
        finally:
            health.under_way -= 1

    async def _bounded(self, settings: LlmSettings, job: Job, use: str, limit_ms: int, work: Work) -> Result:
        """The result of `work`, or within the time limit the reason there is none."""
        spent = _Spent()
        try:
            async with asyncio.timeout(limit_ms / 1000):
                result = await work(settings, job, spent)
        except TimeoutError:
            result = Result(None, "timeout")
        except Failed as e:
            result = Result(None, e.reason)
        except ToolRefused:
            result = Result(None, "tool")
        except Exception:
            log.exception("llm.failed", use=use)
            result = Result(None, "failed")
        self._finish(job.shop_id, use, result.outcome, spent)
        return result

    async def _rewritten(self, settings: LlmSettings, job: Job, spent: _Spent) -> Result:
        mask = await self._mask(job)
        reply = mask.hide(job.reply)
        talk = self._talk("rewrite", settings, job, mask, reply=reply, customer_said=mask.hide(job.said))
        answer = await self._ask(settings, talk, spent)
        facts = self._facts(job.shop_id)
        facts.text(job.reply)
        ground = self._ground("rewrite", job, facts, told=job.reply, rewriting=job.reply)
        return self._judged(answer.text, mask, ground, used_in(reply))

    async def _conversed(self, settings: LlmSettings, job: Job, spent: _Spent) -> Result:
        mask = await self._mask(job)
        said = mask.hide(job.said)
        tools = self._tools(job, mask)
        for placeholder in used_in(said):  # the customer's own words for an order may be said back
            if placeholder.startswith("[ORDER"):
                tools.facts.text(mask.value_of(placeholder))
        talk = self._talk("converse", settings, job, mask, customer_said=said, earlier=_earlier(job, mask))
        shown: set[str] = set()
        calls = 0
        for _ in range(_ROUNDS):
            answer = await self._ask(settings, talk, spent, TOOLS)
            if not answer.calls:
                ground = self._ground("converse", job, tools.facts, **tools.ground())
                return self._judged(answer.text, mask, ground, frozenset(shown), tools.sources)
            calls += len(answer.calls)
            if calls > MAX_CALLS:
                raise ToolRefused
            talk.append(dict(answer.message))
            for call in answer.calls:
                found = await tools.use(call)
                shown |= used_in(found)
                talk.append({"role": "tool", "tool_call_id": call.id, "content": found})
        raise ToolRefused

    async def _draft(self, settings: LlmSettings, job: Job, tell: Callable[[Piece], None]) -> None:
        """Tells any number of sentences and then exactly one `final`, whatever happens."""
        spent = _Spent()
        result = Result(None, "left")
        try:
            async with asyncio.timeout(settings.draft_limit_ms / 1000):
                result = await self._drafted(settings, job, spent, tell)
        except TimeoutError:
            result = Result(None, "timeout")
        except Failed as e:
            result = Result(None, e.reason)
        except Exception:
            log.exception("llm.failed", use="draft")
            result = Result(None, "failed")
        finally:
            tell(("final", result))
            self._finish(job.shop_id, "draft", result.outcome, spent)

    async def _summed(self, built_in: Summing, settings: LlmSettings, job: Job, spent: _Spent) -> Result:
        mask = await self._mask(job)
        data = {"summary": built_in.hidden(mask), "customer_said": mask.hide(job.said)}
        talk = self._talk("wrapup", settings, job, mask, earlier=_earlier(job, mask), **data)
        answer = await self._ask(settings, talk, spent)
        facts = self._facts(job.shop_id)
        facts.text(built_in.text())

        def ground(told: str, rewriting: str, limit: int) -> Ground:
            return Ground(facts, job.language, instructions("wrapup", job.language), told, rewriting=rewriting, limit=limit)

        summary, outcome = judged(answer.text, built_in, mask, used_in(str(data)), ground)
        return Result(None, outcome, summary=summary)

    async def _drafted(self, settings: LlmSettings, job: Job, spent: _Spent, tell: Callable[[Piece], None]) -> Result:
        mask = await self._mask(job)
        tools = self._tools(job, mask)
        material = [await tools.everything(), tools.articles(job.hits)]
        tools.facts.text(job.reply)
        ground = self._ground("draft", job, tools.facts, told=job.reply, limit=DRAFT_LIMIT, **tools.ground())
        data = {"reply": mask.hide(job.reply), "customer_said": mask.hide(job.said), "facts": mask.hide_all(material)}
        talk = self._talk("draft", settings, job, mask, earlier=_earlier(job, mask), **data)
        allowed = used_in(str(data))
        await self._reserve(settings, talk, spent, MAX_TOKENS)
        whole, shown = "", 0
        async with contextlib.aclosing(self.endpoints.stream(settings, talk)) as pieces:
            async for piece in pieces:
                whole += piece
                spent.pending = size_of(talk) // 4 + len(whole)
                *done, _ = _SENTENCE.split(whole[shown:])
                sentence = "".join(done)
                if sentence.strip():
                    checked = self._judged(sentence, mask, ground, allowed, short=True)
                    if checked.text is None:
                        return checked
                    shown += len(sentence)
                    tell(("delta", checked))
                if len(whole) > DRAFT_LIMIT * 2:
                    break
        return self._judged(whole, mask, ground, allowed, tools.sources)

    async def _ask(
        self, settings: LlmSettings, talk: Talk, spent: _Spent, tools: Sequence[dict[str, Any]] = (), max_tokens: int = MAX_TOKENS
    ) -> Completion:
        await self._reserve(settings, [*talk, *tools], spent, max_tokens)
        answer = await self.endpoints.complete(settings, talk, tools, max_tokens)
        spent.used, spent.pending = spent.used + answer.tokens, 0
        return answer

    async def _reserve(self, settings: LlmSettings, sent: Talk, spent: _Spent, max_tokens: int) -> None:
        """Raises Failed when the month's budget does not hold this call."""
        wanted = size_of(sent) + max_tokens
        if not await self.budget.reserve(settings.shop_id, wanted, settings.budget_tokens):
            self._health.setdefault(settings.shop_id, _Health()).exhausted = (self._month(), settings.version)
            raise Failed("budget")
        spent.reserved += wanted
        spent.asked = True
        spent.pending = size_of(sent) // 4  # what a call costs at least that was sent and never came back

    def _finish(self, shop_id: Id, use: str, outcome: str, spent: _Spent) -> None:
        """Settle and count without anyone waiting for it."""
        health = self._health.setdefault(shop_id, _Health())
        if outcome in _OUTAGE:
            health.faults += 1
            if health.faults >= REST_AFTER:
                health.faults, health.rests_until = 0, self._clock.ms() + REST_MS
        elif spent.asked:
            health.faults = 0
        task = asyncio.create_task(
            self._settle(self.budget.settle(shop_id, spent.reserved, spent.used + spent.pending, use, [outcome])), name="llm.settle"
        )
        health.background.add(task)
        task.add_done_callback(health.background.discard)

    async def _settle(self, settling: Coroutine[Any, Any, None]) -> None:
        try:
            await settling
        except Exception:
            log.exception("llm.settle_failed")

    # what goes in, what may come out

    async def _mask(self, job: Job) -> Mask:
        mask = Mask()
        mask.know("NAME", job.name)
        know_all(mask, (await self._orders.orders_of(job.shop_id, [job.customer_id], 20)).get(job.customer_id, []))
        return mask

    def _tools(self, job: Job, mask: Mask) -> Tools:
        local = zone(self._settings.current(job.shop_id).time_zone)
        return Tools(
            job.shop_id, job.customer_id, mask, job.language, local, self._orders, self._products, self._knowledge, self._clock,
            self._previews, self._acting,
        )  # fmt: skip

    def _facts(self, shop_id: Id) -> Facts:
        return Facts(zone(self._settings.current(shop_id).time_zone))

    @staticmethod
    def _talk(use: str, settings: LlmSettings, job: Job, mask: Mask, **data: Any) -> Talk:
        """`data` is masked already; the owner's words on style are not."""
        return [
            {"role": "system", "content": system(use, job.language, mask.hide(settings.voice))},
            {"role": "user", "content": quoted(**data)},
        ]

    @staticmethod
    def _ground(use: Use, job: Job, facts: Facts, **more: Any) -> Ground:
        return Ground(facts, job.language, instructions(use, job.language), **more)

    @staticmethod
    def _judged(
        raw: str, mask: Mask, ground: Ground, allowed: frozenset[str], sources: Sequence[dict[str, str]] = (), *, short: bool = False
    ) -> Result:
        """The text as it may be read, or the reason it may not. Personal data comes back only where the material itself showed it."""
        words = tidy(raw)
        if any(p not in allowed and not p.startswith(("[ORDER", "[TRACKING")) for p in used_in(words)):
            return Result(None, "personal")
        try:
            text = mask.restore(words)
        except UnknownPlaceholder:
            return Result(None, "placeholder")
        why: str | None = refusal(text, ground)
        if short and why in ("empty", "language"):  # a sentence may be a name or a pair of words; the whole is looked at in the end
            why = untrue(text, ground)
        return Result(None, why) if why else Result(text, "used", tuple(sources))

    def _month(self) -> str:
        return self._clock.now().strftime("%Y-%m")


def _earlier(job: Job, mask: Mask) -> list[dict[str, str]]:
    return [{"who": who, "said": mask.hide(text)} for who, text in job.recent[-6:]]
