"""What goes in and out of the knowledge API. Times are milliseconds since 1970, as everywhere in the staff API."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from xinfu.kit.clock import from_ms, maybe_ms, to_ms
from xinfu.kit.ids import Id, is_id
from xinfu.kit.text import clean
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.model import Article, ArticleVersion, KnowledgeGap
from xinfu.knowledge.policy import changed_names

type ArticleStatus = Literal["draft", "published", "archived"]
type GapStateName = Literal["open", "drafted", "answered", "dismissed"]

_LATEST = 4_102_444_800_000  # 2100-01-01, beyond any date a person means


def _tidy(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _an_id(value: str) -> str:
    if not is_id(value):
        raise ValueError("not an id")
    return value


type Line = Annotated[str, BeforeValidator(_tidy)]
type Milliseconds = Annotated[int, Field(ge=0, le=_LATEST)]
type SomeId = Annotated[str, AfterValidator(_an_id)]


class ArticleIn(BaseModel):
    """An article as its editor writes it."""

    topic: Annotated[Line, Field(max_length=64, pattern=r"^[a-z0-9_.\-]*$")] = ""
    title: Annotated[Line, Field(min_length=1, max_length=200)]
    body: Annotated[Line, Field(min_length=1, max_length=20_000)]
    keywords: Annotated[list[Annotated[Line, Field(min_length=1, max_length=200)]], Field(max_length=50)] = []
    audience: Audience = "customer"
    status: ArticleStatus = "published"
    owner: Annotated[Line, Field(max_length=120)] = ""
    review_on: Milliseconds | None = None
    effective_from: Milliseconds | None = None
    effective_until: Milliseconds | None = None


class ArticleChange(ArticleIn):
    """The whole article again, with the version it was written on."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class ArticleOut(BaseModel):
    id: Id
    topic: str
    title: str
    body: str
    keywords: list[str]
    audience: str
    status: str
    owner: str
    review_on: int | None
    effective_from: int | None
    effective_until: int | None
    version: int
    created_at: int
    updated_at: int

    @classmethod
    def of(cls, row: Article) -> Self:
        return cls(
            id=row.id,
            topic=row.topic,
            title=row.title,
            body=row.body,
            keywords=row.keywords,
            audience=row.audience,
            status=row.status,
            owner=row.owner,
            review_on=maybe_ms(row.review_on),
            effective_from=maybe_ms(row.effective_from),
            effective_until=maybe_ms(row.effective_until),
            version=row.version,
            created_at=to_ms(row.created_at),
            updated_at=to_ms(row.updated_at),
        )


class ArticlePage(BaseModel):
    items: list[ArticleOut]
    next: str | None


class ArticleVersionOut(BaseModel):
    """An article after one save. `changed` names the fields that differ from the save before; `restored_from` the version brought back."""

    version: int
    topic: str
    title: str
    body: str
    keywords: list[str]
    audience: str
    status: str
    owner: str
    review_on: int | None
    effective_from: int | None
    effective_until: int | None
    saved_at: int
    saved_by: str
    saved_by_id: str
    restored_from: int | None
    changed: list[str]

    @classmethod
    def of(cls, row: ArticleVersion, before: ArticleVersion | None = None) -> Self:
        return cls(
            version=row.version,
            topic=row.topic,
            title=row.title,
            body=row.body,
            keywords=row.keywords,
            audience=row.audience,
            status=row.status,
            owner=row.owner,
            review_on=maybe_ms(row.review_on),
            effective_from=maybe_ms(row.effective_from),
            effective_until=maybe_ms(row.effective_until),
            saved_at=to_ms(row.saved_at),
            saved_by=row.saved_by,
            saved_by_id=row.saved_by_id,
            restored_from=row.restored_from,
            changed=changed_names(row, before, list(ArticleIn.model_fields)),
        )


class Restore(BaseModel):
    """The version the article stands at now, as it was read."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class GapOut(BaseModel):
    """A question the shop had no answer to. `also_asked`: the other wordings; `conversation_id`: where it was asked last."""

    id: Id
    question: str
    also_asked: list[str]
    intent: str
    times: int
    first_asked_at: int
    last_asked_at: int
    conversation_id: Id
    state: str
    article_id: Id | None

    @classmethod
    def of(cls, row: KnowledgeGap) -> Self:
        return cls(
            id=row.id,
            question=row.question,
            also_asked=row.wordings,
            intent=row.intent,
            times=row.times,
            first_asked_at=to_ms(row.first_asked_at),
            last_asked_at=to_ms(row.last_asked_at),
            conversation_id=row.conversation_id,
            state=row.state,
            article_id=row.article_id,
        )


class GapPage(BaseModel):
    items: list[GapOut]
    next: str | None


class HitOut(BaseModel):
    article_id: Id
    title: str
    topic: str
    body: str
    version: int
    score: float

    @classmethod
    def of(cls, hit: Hit) -> Self:
        return cls(
            article_id=hit.article_id, title=hit.title, topic=hit.topic, body=hit.body, version=hit.version, score=round(hit.score, 4)
        )


def as_time(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
