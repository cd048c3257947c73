"""What goes in and out of the API about scripts: writing, review, rehearsal, outcomes."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from xinfu.kit.clock import maybe_ms, to_ms
from xinfu.kit.ids import Id
from xinfu.knowledge.model import Script, ScriptSample
from xinfu.knowledge.policy import variables
from xinfu.knowledge.schemas import Line, Milliseconds, SomeId

type Keywords = Annotated[list[Annotated[Line, Field(min_length=1, max_length=30)]], Field(max_length=20)]
type Version = Annotated[int, Field(ge=1, le=2**31)]


class ScriptIn(BaseModel):
    """Prepared words as their writer writes them. `shared` False: one's own, which need no review; shared ones begin as drafts."""

    shared: bool = False
    group: Annotated[Line, Field(max_length=60)] = ""
    title: Annotated[Line, Field(min_length=1, max_length=100)]
    body: Annotated[Line, Field(min_length=1, max_length=2_000)]
    keywords: Keywords = []
    active_from: Milliseconds | None = None
    active_until: Milliseconds | None = None


class ScriptChange(ScriptIn):
    """The whole script again, with the version it was written on. `shared` cannot change."""

    version: Version


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
    author_id: str
    author: str
    reviewer: str
    review_note: str
    reviewed_at: int | None
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
            active_from=maybe_ms(row.active_from),
            active_until=maybe_ms(row.active_until),
            active=active,
            status=row.status,
            author_id=row.author_id,
            author=row.author,
            reviewer=row.reviewer,
            review_note=row.review_note,
            reviewed_at=maybe_ms(row.reviewed_at),
            uses=row.uses,
            initials=row.initials,
            pinyin=row.pinyin,
            version=row.version,
            updated_at=to_ms(row.updated_at),
        )


class ScriptUsed(BaseModel):
    conversation_id: SomeId


class Submitted(BaseModel):
    """The version that was read: what changed since is not submitted or approved unseen."""

    version: Version


class SentBack(Submitted):
    note: Annotated[Line, Field(min_length=1, max_length=500)]


class ScriptOutcomeOut(BaseModel):
    """What became of conversations a script was used in; `rating` is the mean of those rated."""

    script_id: Id
    title: str
    uses: int
    conversations: int
    resolved: int
    handed_back: int
    rated: int
    rating: float | None


class SampleLine(BaseModel):
    sender: Literal["customer", "agent"]
    text: Annotated[Line, Field(min_length=1, max_length=500)]


class SampleIn(BaseModel):
    """A conversation to rehearse on. `variables`: what {客户} and the others stand for in it."""

    title: Annotated[Line, Field(min_length=1, max_length=100)]
    lines: Annotated[list[SampleLine], Field(min_length=1, max_length=50)]
    variables: Annotated[dict[str, Annotated[Line, Field(max_length=200)]], Field(max_length=20)] = {}


class SampleOut(SampleIn):
    id: Id
    author: str
    updated_at: int

    @classmethod
    def of(cls, row: ScriptSample) -> Self:
        return cls(
            id=row.id,
            title=row.title,
            lines=[SampleLine.model_validate(line) for line in row.lines],
            variables=row.variables,
            author=row.author,
            updated_at=to_ms(row.updated_at),
        )


class RehearseIn(BaseModel):
    """Words to try, stored or not yet. `script_id`: the stored script they would replace."""

    title: Annotated[Line, Field(min_length=1, max_length=100)]
    body: Annotated[Line, Field(min_length=1, max_length=2_000)]
    keywords: Keywords = []
    script_id: SomeId | None = None


class SuggestedAt(BaseModel):
    """A customer's line (from 0) after which the script would be offered, and at which place (1 is first)."""

    line: int
    text: str
    place: int


class RehearsedOut(BaseModel):
    """How a script does on one sample. `rendered` is None when a variable is `missing` there: that is an error to mend."""

    sample_id: Id
    title: str
    suggested: list[SuggestedAt]
    rendered: str | None
    missing: list[str]


class RehearsalOut(BaseModel):
    samples: list[RehearsedOut]
    suggested_in: int
    errors: int
