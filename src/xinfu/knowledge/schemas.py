"""What goes in and out of the knowledge API. Times are milliseconds since 1970, as everywhere in the staff API."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from xinfu.kit.clock import from_ms, to_ms
from xinfu.kit.ids import Id, is_id
from xinfu.kit.text import clean
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.model import Article, ArticleVersion, Script
from xinfu.knowledge.policy import variables

type ArticleStatus = Literal["draft", "published", "archived"]
type ScriptStatus = Literal["draft", "reviewed"]

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


class ScriptIn(BaseModel):
    """Prepared words as their writer writes them. `shared` False: one's own. Personal scripts need no review."""

    shared: bool = False
    group: Annotated[Line, Field(max_length=60)] = ""
    title: Annotated[Line, Field(min_length=1, max_length=100)]
    body: Annotated[Line, Field(min_length=1, max_length=2_000)]
    keywords: Annotated[list[Annotated[Line, Field(min_length=1, max_length=30)]], Field(max_length=20)] = []
    active_from: Milliseconds | None = None
    active_until: Milliseconds | None = None
    status: ScriptStatus = "draft"


class ScriptChange(ScriptIn):
    """The whole script again, with the version it was written on. `shared` cannot change."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class ScriptOut(BaseModel):
    """`initials` and `pinyin` serve the search behind "/" (退款 is found by tk and tuikuan); `active` says it may be used now."""

    id: Id
    shared: bool
    group: str
    title: str
    body: str
    variables: list[str]
    keywords: list[str]
    active_from: int | None
    active_until: int | None
    active: bool
    status: str
    uses: int
    initials: str
    pinyin: str
    version: int
    updated_at: int

    @classmethod
    def of(cls, row: Script, active: bool) -> Self:
        return cls(
            id=row.id,
            shared=row.owner_id is None,
            group=row.group,
            title=row.title,
            body=row.body,
            variables=list(variables(row.body)),
            keywords=row.keywords,
            active_from=as_ms(row.active_from),
            active_until=as_ms(row.active_until),
            active=active,
            status=row.status,
            uses=row.uses,
            initials=row.initials,
            pinyin=row.pinyin,
            version=row.version,
            updated_at=to_ms(row.updated_at),
        )


class ScriptUsed(BaseModel):
    conversation_id: SomeId


def as_ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def as_time(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
