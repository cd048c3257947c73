"""People put the AI right: what a message really asked for becomes a labelled message to train on, what should have answered it is found
next time, and what nobody has written yet becomes a draft."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import select

from xinfu.conversations.contracts import Message
from xinfu.identity import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, maybe_ms
from xinfu.kit.database import Database
from xinfu.kit.errors import Invalid, NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import clip
from xinfu.knowledge import ArticleIn, Knowledge
from xinfu.knowledge.policy import TO_WRITE
from xinfu.knowledge.schemas import ArticleChange
from xinfu.reception.model import AiCorrection
from xinfu.reception.wishes import PLANS

_KEYWORDS = 50
_KEYWORD = 200


class Teach(Protocol):
    """Keeps a labelled message for training; teaching.Lines.add does it."""

    async def __call__(self, actor: Actor, shop_id: Id, text: str, before: str | None, intent: str) -> None: ...


class Log(Protocol):
    """conversations.LogStore, as much of it as is needed."""

    async def messages(self, conversation_id: Id, after: int = 0, limit: int = 200) -> list[Message]: ...
    async def shop_of(self, conversation_id: Id) -> Id | None: ...


class Corrections:
    """Use-cases: correct, of_conversations."""

    def __init__(self, database: Database, clock: Clock, log: Log, knowledge: Knowledge, teach: Teach | None = None) -> None:
        self._database = database
        self._clock = clock
        self._log = log
        self._knowledge = knowledge
        self._teach = teach

    async def correct(
        self, actor: Actor, shop_id: Id, conversation_id: Id, seq: int, *, intent: str = "", article_id: str = "", write: bool = False
    ) -> AiCorrection:
        """What the customer's message `seq` (or the one that the AI's message `seq` answered) really asked for, and what answers it.

        Raises NotFound, Invalid, Forbidden.
        """
        actor.require(Permission.KNOWLEDGE_EDIT, shop_id)
        if intent and intent not in PLANS:
            raise Invalid(why=f"intent: {intent[:40]}")
        if not (intent or article_id or write) or (article_id and write):
            raise Invalid(why="intent, article_id or write")
        said, before, read_as = await self._said(shop_id, conversation_id, seq)
        article = await self._answered_by(actor, shop_id, said.text, article_id) if article_id else None
        if write:
            draft = ArticleIn(title=clip(said.text, _KEYWORD), body=TO_WRITE, status="draft", owner=actor.name)
            article = (await self._knowledge.create(actor, shop_id, draft)).id
        if intent and self._teach:
            await self._teach(actor, shop_id, said.text, before or None, intent)
        return await self._store(actor, shop_id, said, before, read_as, intent, article)

    async def of_conversations(self, actor: Actor, shop_id: Id, conversations: Collection[Id]) -> dict[tuple[Id, int], AiCorrection]:
        """What was put right in these conversations, by conversation and number of the customer's message. Raises Forbidden."""
        actor.require(Permission.CONVERSATIONS_READ_ALL, shop_id)
        if not conversations:
            return {}
        query = select(AiCorrection).where(AiCorrection.shop_id == shop_id, AiCorrection.conversation_id.in_(conversations))
        async with self._database.read() as unit:
            return {(row.conversation_id, row.seq): row for row in await unit.scalars(query)}

    async def _said(self, shop_id: Id, conversation_id: Id, seq: int) -> tuple[Message, str, str]:
        """The customer's message, what was said before it, and what the AI took it for."""
        if await self._log.shop_of(conversation_id) != shop_id:
            raise NotFound
        around = await self._log.messages(conversation_id, max(0, seq - 12), 24)
        said = next((m for m in reversed(around) if m.seq <= seq and m.sender == "customer" and m.text.strip()), None)
        if said is None:
            raise NotFound
        before = next((m.text for m in reversed(around) if m.seq < said.seq and m.sender in ("ai", "agent")), "")
        answer = next((m for m in around if m.seq > said.seq and m.sender == "ai"), None)
        return said, before, str((answer.data or {}).get("intent", "")) if answer else ""

    async def _answered_by(self, actor: Actor, shop_id: Id, question: str, article_id: Id) -> Id:
        """Let the article be found by these words from now on. Raises NotFound."""
        article = await self._knowledge.article(actor, shop_id, article_id)
        words = clip(question, _KEYWORD)
        if words not in article.keywords and len(article.keywords) < _KEYWORDS:
            given = ArticleChange.model_validate(
                {name: getattr(article, name) for name in ("topic", "title", "body", "audience", "status", "owner", "version")}
                | {"keywords": [*article.keywords, words]}
                | {name: maybe_ms(getattr(article, name)) for name in ("review_on", "effective_from", "effective_until")}
            )
            await self._knowledge.change(actor, shop_id, article_id, given)
        return article.id

    async def _store(
        self, actor: Actor, shop_id: Id, said: Message, before: str, read_as: str, intent: str, article_id: Id | None
    ) -> AiCorrection:
        async with self._database.unit() as unit:
            query = select(AiCorrection).where(
                AiCorrection.shop_id == shop_id, AiCorrection.conversation_id == said.conversation_id, AiCorrection.seq == said.seq
            )
            row = (await unit.scalars(query)).one_or_none()
            if row is None:
                row = AiCorrection(
                    id=new_id(), shop_id=shop_id, conversation_id=said.conversation_id, seq=said.seq, text=said.text, before=before,
                    read_as=read_as[:64], intent="", article_id=None,
                )  # fmt: skip
                unit.add(row)
            row.intent, row.article_id = intent or row.intent, article_id or row.article_id
            row.actor_id, row.actor, row.at = actor.id, actor.name, self._clock.now()
            audit.record(unit, actor, row.at, "ai.corrected", shop_id, "conversation", said.conversation_id, seq=said.seq, intent=intent)
        return row
