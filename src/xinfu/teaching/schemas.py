"""What goes in and out of the API of teaching."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from xinfu.kit.clock import to_ms
from xinfu.teaching.asking import Asked
from xinfu.teaching.contracts import BUILT_IN, Labels
from xinfu.teaching.model import LabelledMessage, ModelInUse, ModelVersion, TrainingRun

type Label = Annotated[str, Field(min_length=1, max_length=64)]


class LabelsIn(BaseModel):
    intent: Label | None = None
    emotion: Label | None = None
    demand: Label | None = None
    abuse: Label | None = None
    danger: Label | None = None

    def labels(self) -> Labels:
        return Labels(self.intent, self.emotion, self.demand, self.abuse, self.danger)


class LineIn(LabelsIn):
    """`source`: where the label was given."""

    text: Annotated[str, Field(max_length=4000)]
    before: Annotated[str, Field(max_length=4000)] = ""
    source: Literal["page", "correction"] = "page"


class LineOut(LabelsIn):
    id: str
    text: str
    before: str
    part: str
    source: str
    actor: str
    at: int

    @classmethod
    def of(cls, row: LabelledMessage) -> Self:
        return cls(
            id=row.id, text=row.text, before=row.before, part=row.part, source=row.source, actor=row.actor, at=to_ms(row.at),
            intent=row.intent, emotion=row.emotion, demand=row.demand, abuse=row.abuse, danger=row.danger,
        )  # fmt: skip


class LinePage(BaseModel):
    items: list[LineOut]
    next: str | None


class AskedOut(BaseModel):
    """A message to label, and what the model makes of it."""

    text: str
    before: str
    conversation_id: str
    intent: str
    intent_p: float
    top: list[tuple[str, float]]
    emotion: str
    emotion_p: float
    abuse: bool
    danger: str | None

    @classmethod
    def of(cls, asked: Asked) -> Self:
        r = asked.reading
        return cls(
            text=asked.text, before=asked.before, conversation_id=asked.conversation_id, intent=r.intent, intent_p=r.intent_p,
            top=list(r.top), emotion=r.emotion, emotion_p=r.emotion_p, abuse=r.abuse, danger=r.danger,
        )  # fmt: skip


class RunOut(BaseModel):
    id: str
    state: str
    step: str
    share: float
    lines: int
    held: int
    compared_with: str
    problem: str
    version_id: str | None
    actor: str
    started_at: int
    finished_at: int | None

    @classmethod
    def of(cls, row: TrainingRun) -> Self:
        return cls(
            id=row.id, state=row.state, step=row.step, share=row.share, lines=row.lines, held=row.held, compared_with=row.compared_with,
            problem=row.problem, version_id=row.version_id, actor=row.actor, started_at=to_ms(row.started_at),
            finished_at=to_ms(row.finished_at) if row.finished_at else None,
        )  # fmt: skip


class VersionOut(BaseModel):
    """`figures` as measuring.compare gives them; docs/protocol.md tells their shape."""

    id: str
    number: int
    lines: int
    held: int
    verdict: str
    compared_with: str
    size: int
    actor: str
    made_at: int
    figures: dict[str, Any]

    @classmethod
    def of(cls, row: ModelVersion) -> Self:
        return cls(
            id=row.id, number=row.number, lines=row.lines, held=row.held, verdict=row.verdict, compared_with=row.compared_with,
            size=row.size, actor=row.actor, made_at=to_ms(row.made_at), figures=row.figures,
        )  # fmt: skip


class InUseOut(BaseModel):
    """`version_id` None: the model that comes with Xinfu. `actor` and `since` are empty where nobody ever chose."""

    version_id: str | None = None
    actor: str = ""
    since: int | None = None

    @classmethod
    def of(cls, row: ModelInUse | None) -> Self:
        return cls() if row is None else cls(version_id=row.version_id, actor=row.actor, since=to_ms(row.since))


class Use(BaseModel):
    version_id: Annotated[str, Field(max_length=32)] | None
    even_if_worse: bool = False


class Overview(BaseModel):
    """Everything the page begins with. `counts`: head → label → lines to learn from and held out."""

    train: int
    held: int
    least: int
    counts: dict[str, dict[str, dict[str, int]]]
    labels: dict[str, list[str]]
    in_use: InUseOut
    runs: list[RunOut]
    built_in: str = BUILT_IN
