"""What goes in and out of the risk API. Times are milliseconds since 1970, money in minor units; reasons are (Chinese, English) pairs."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from xinfu.kit.clock import to_ms
from xinfu.kit.ids import Id
from xinfu.risk.entity import label_of
from xinfu.risk.guard_policy import GuardRules
from xinfu.risk.model import ContactRow, ExclusionRow, FindingRow, TrustRow

type State = Literal["open", "confirmed", "dismissed", "appealed", "lapsed"]
type Relation = Literal["household", "office", "dormitory", "pickup", "other"]
type Sentence = tuple[str, str]
type Said = Annotated[str, Field(max_length=2000)]


class RiskFindingOut(BaseModel):
    id: str
    subject_kind: str
    subject: str
    customer_id: str
    customer: str
    entity_id: str
    order_no: str
    pattern: str
    score: float
    action: str
    hard: bool
    money_minor: int
    currency: str
    reasons: list[Sentence]
    evidence: list[str]
    state: str
    found_at: int
    decided_at: int | None
    decided_by: str
    words: str
    appealed_at: int | None
    appealed_by: str
    appeal_words: str
    version: int


class RiskFindingsOut(BaseModel):
    items: list[RiskFindingOut]
    next: str | None


class PictureOut(BaseModel):
    """`url` empty: the photo is gone."""

    case: str
    url: str
    thumb: str


class PhotoPairOut(BaseModel):
    """Two photos that show the same, the later one first. It is for a person to look at, and decides nothing."""

    later: PictureOut
    earlier: PictureOut
    score: float
    why: Sentence


class UnreadOut(BaseModel):
    """A photo that could not be looked at."""

    picture: PictureOut
    why: Sentence


class CasePhotosOut(BaseModel):
    pairs: list[PhotoPairOut]
    unread: list[UnreadOut]


class FigureOut(BaseModel):
    pattern: str
    open: int = 0
    confirmed: int = 0
    dismissed: int = 0
    appealed: int = 0
    lapsed: int = 0
    money_minor: int = 0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def found(self) -> int:
        return self.open + self.confirmed + self.dismissed + self.appealed + self.lapsed

    @computed_field  # type: ignore[prop-decorator]
    @property
    def confirmed_share(self) -> float | None:
        """Of those people judged; None while nobody has."""
        judged = self.confirmed + self.dismissed + self.appealed
        return (self.confirmed + self.appealed) / judged if judged else None


class FiguresOut(BaseModel):
    days: int
    currency: str
    total: FigureOut
    patterns: list[FigureOut]
    ready: bool


class MemberOut(BaseModel):
    customer_id: str
    name: str
    score: float
    patterns: list[str]
    reasons: list[Sentence]
    cases: int
    level: int


class ValueOut(BaseModel):
    """Something shared. `joins` False: a busy or trusted place that says nothing about who belongs together."""

    key: str
    kind: str
    label: str
    holders: int
    joins: bool
    relation: str


class EntityOut(BaseModel):
    entity_id: str
    customer_id: str
    size: int
    members: list[MemberOut]
    values: list[ValueOut]
    edges: list[tuple[int, int]]
    findings: list[RiskFindingOut]
    ready: bool


class TrustedOut(BaseModel):
    key: str
    kind: str
    label: str
    relation: str
    words: str
    by: str
    at: int


class DecisionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=0, le=2**31)
    words: Said


class TrustIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=16)
    key: str = Field(max_length=64)
    relation: Relation
    words: Said


class DistrustIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=16)
    key: str = Field(max_length=64)
    words: Said


class ContactOut(BaseModel):
    """A contact found pressing. `live`: still under way."""

    id: str
    conversation_id: str
    customer_id: str
    name: str
    started_at: int
    ended_at: int | None
    active_s: int
    messages: int
    abusive: int
    pressing_at: int | None
    reasons: list[Sentence]
    warned_at: int | None
    warned_by: str
    stopped_at: int | None
    stopped_by: str
    excluded: bool
    exclusion_id: str
    live: bool
    version: int


class ContactsOut(BaseModel):
    items: list[ContactOut]
    next: str | None


class StopIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: Said


class ExcludeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["contact", "case"]
    subject: str = Field(min_length=1, max_length=64)
    words: Said


class ExclusionOut(BaseModel):
    id: str
    kind: str
    subject: str
    customer_id: str
    customer: str
    why: str
    by_kind: str
    by: str
    at: int
    reverted_at: int | None
    reverted_by: str
    reverted_why: str


class ExclusionsOut(BaseModel):
    items: list[ExclusionOut]
    next: str | None


class RulesBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    warning_zh: str = Field(max_length=1000)
    warning_en: str = Field(max_length=1000)
    ending_zh: str = Field(max_length=1000)
    ending_en: str = Field(max_length=1000)
    abusive_messages: int
    after_warning: int
    warn_by: Literal["lead", "policy"]
    end_by: Literal["lead", "policy"]
    exclude_ended: bool


class RulesIn(RulesBody):
    version: int = Field(ge=0, le=2**31)

    def rules(self) -> GuardRules:
        return GuardRules(**self.model_dump(exclude={"version"}))


class RulesOut(RulesBody):
    version: int
    saved_at: int | None
    saved_by: str


def finding_out(row: FindingRow, names: Mapping[Id, str]) -> RiskFindingOut:
    return RiskFindingOut(
        id=row.id,
        subject_kind=row.subject_kind,
        subject=row.subject,
        customer_id=row.customer_id,
        customer=names.get(row.customer_id, ""),
        entity_id=row.entity_id,
        order_no=row.order_no,
        pattern=row.pattern,
        score=round(row.score, 4),
        action=row.action,
        hard=row.hard,
        money_minor=row.money_minor,
        currency=row.currency,
        reasons=[(zh, en) for zh, en in row.reasons],
        evidence=row.evidence,
        state=row.state,
        found_at=to_ms(row.found_at),
        decided_at=to_ms(row.decided_at) if row.decided_at else None,
        decided_by=row.decided_by,
        words=row.words,
        appealed_at=to_ms(row.appealed_at) if row.appealed_at else None,
        appealed_by=row.appealed_by,
        appeal_words=row.appeal_words,
        version=row.version,
    )


def trusted_out(row: TrustRow, key: str) -> TrustedOut:
    label = label_of(row.kind, row.value)
    return TrustedOut(key=key, kind=row.kind, label=label, relation=row.relation, words=row.words, by=row.by_name, at=to_ms(row.at))


def contact_out(row: ContactRow, excluded: ExclusionRow | None) -> ContactOut:
    return ContactOut(
        id=row.id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        name=row.name,
        started_at=to_ms(row.started_at),
        ended_at=to_ms(row.ended_at) if row.ended_at else None,
        active_s=row.active_s,
        messages=row.messages,
        abusive=row.abusive,
        pressing_at=to_ms(row.pressing_at) if row.pressing_at else None,
        reasons=[(zh, en) for zh, en in row.reasons],
        warned_at=to_ms(row.warned_at) if row.warned_at else None,
        warned_by=row.warned_by,
        stopped_at=to_ms(row.stopped_at) if row.stopped_at else None,
        stopped_by=row.stopped_by,
        excluded=excluded is not None,
        exclusion_id=excluded.id if excluded else "",
        live=row.ended_at is None,
        version=row.version,
    )


def exclusion_out(row: ExclusionRow, names: Mapping[Id, str]) -> ExclusionOut:
    return ExclusionOut(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        customer_id=row.customer_id,
        customer=names.get(row.customer_id, ""),
        why=row.why,
        by_kind=row.by_kind,
        by=row.by_name,
        at=to_ms(row.at),
        reverted_at=to_ms(row.reverted_at) if row.reverted_at else None,
        reverted_by=row.reverted_by,
        reverted_why=row.reverted_why,
    )
