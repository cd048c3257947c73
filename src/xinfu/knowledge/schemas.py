"""What goes in and out of the knowledge API. Times are milliseconds since 1970, as everywhere in the staff API."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from xinfu.kit.clock import from_ms, to_ms
from xinfu.kit.ids import Id, is_id
from xinfu.kit.text import clean
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.model import Article, ArticleVersion

type ArticleStatus = Literal["draft", "published", "archived"]

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
            audience=row.audience,
            status=row.status,
            owner=row.owner,
            review_on=as_ms(row.review_on),
            effective_from=as_ms(row.effective_from),
            effective_until=as_ms(row.effective_until),
            version=row.version,
            created_at=to_ms(row.created_at),
            updated_at=to_ms(row.updated_at),
        )


class ArticlePage(BaseModel):
    items: list[ArticleOut]
    next: str | None


class VersionOut(BaseModel):
    version: int
    topic: str
    title: str
    body: str
    audience: str
    status: str
    effective_from: int | None
    effective_until: int | None
    saved_at: int
    saved_by: str

    @classmethod
    def of(cls, row: ArticleVersion) -> Self:
        return cls(
            version=row.version,
            topic=row.topic,
            title=row.title,
            body=row.body,
            audience=row.audience,
            status=row.status,
            effective_from=as_ms(row.effective_from),
            effective_until=as_ms(row.effective_until),
            saved_at=to_ms(row.saved_at),
            saved_by=row.saved_by,
        )


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


def as_ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def as_time(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
