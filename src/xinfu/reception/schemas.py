"""What goes in and out of the AI reception calls."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from xinfu.conversations.store import AiTurn
from xinfu.kit.ids import Id
from xinfu.kit.paging import Page
from xinfu.reception.model import AiCorrection
from xinfu.reception.today import KINDS, Day, Kind


class IntentOut(BaseModel):
    intent: str
    total: int
    kinds: dict[Kind, int]


class DayOut(BaseModel):
    """`kinds` adds up to `total`; `by_reason` says why people took over."""

    day: date
    total: int
    kinds: dict[Kind, int]
    by_reason: dict[str, int]
    by_intent: list[IntentOut]
    replaced: int

    @classmethod
    def of(cls, day: Day) -> "DayOut":
        by_intent = [
            IntentOut(intent=intent, total=kinds.total(), kinds={kind: kinds[kind] for kind in KINDS if kinds[kind]})
            for intent, kinds in sorted(day.by_intent.items(), key=lambda item: (-item[1].total(), item[0]))
        ]
        kinds = {kind: day.kinds[kind] for kind in KINDS}
        reasons = dict(day.by_reason.most_common())
        return cls(day=day.day, total=day.total, kinds=kinds, by_reason=reasons, by_intent=by_intent, replaced=day.replaced)


class CorrectionOut(BaseModel):
    id: Id
    conversation_id: Id
    seq: int
    text: str
    read_as: str
    intent: str
    article_id: Id | None


class TurnOut(BaseModel):
    """`seq` and `text` are the customer's message, `answer_seq` and `answer` what the AI said to it."""

    conversation_id: Id
    seq: int | None
    text: str
    answer_seq: int
    answer: str
    at: int
    act: str
    intent: str
    p: float
    why: str
    corrected: CorrectionOut | None = None


class GaveUpOut(BaseModel):
    items: list[TurnOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[AiTurn], corrected: Mapping[tuple[Id, int], AiCorrection]) -> "GaveUpOut":
        return cls(items=[_turn(turn, corrected.get((turn.conversation_id, turn.seq or 0))) for turn in page.items], next=page.next)


def _turn(turn: AiTurn, corrected: AiCorrection | None) -> TurnOut:
    out = TurnOut.model_validate(turn, from_attributes=True)
    out.corrected = CorrectionOut.model_validate(corrected, from_attributes=True) if corrected else None
    return out


class CorrectionIn(BaseModel):
    """`seq`: the customer's message, or the AI's answer to it. One or more of: the right intent; the article that answers; write one."""

    conversation_id: Annotated[str, Field(min_length=32, max_length=32)]
    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    intent: Annotated[str, Field(max_length=64)] = ""
    article_id: Annotated[str, Field(max_length=32)] = ""
    write: bool = False
