"""The AI reception calls of docs/protocol.md. Thin: the services decide, this only translates."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import provided
from xinfu.reception.corrections import Corrections
from xinfu.reception.schemas import CorrectionIn, CorrectionOut, DayOut, GaveUpOut
from xinfu.reception.today import AiDays

router = APIRouter(prefix="/api/v1/ai", tags=["AI reception"])

Days = Annotated[AiDays, Depends(provided(AiDays))]
Correcting = Annotated[Corrections, Depends(provided(Corrections))]


@router.get("/today")
async def ai_today(actor: CurrentActor, shop: CurrentShop, days: Days, day: date | None = None) -> DayOut:
    """What the AI did on a day of the shop, today by default."""
    return DayOut.of(await days.day(actor, shop, day))


@router.get("/gave-up")
async def ai_gave_up(
    actor: CurrentActor,
    shop: CurrentShop,
    days: Days,
    corrections: Correcting,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> GaveUpOut:
    """Answers in which the AI handed over, did not know or had words replaced, newest first; `corrected` where somebody put it right."""
    page = await days.gave_up(actor, shop, cursor, limit)
    return GaveUpOut.of(page, await corrections.of_conversations(actor, shop, {turn.conversation_id for turn in page.items}))


@router.post("/corrections", status_code=201)
async def correct_ai(body: CorrectionIn, actor: CurrentActor, shop: CurrentShop, corrections: Correcting) -> CorrectionOut:
    """Say what a message really asked for, which article answers it, or that one is to be written."""
    row = await corrections.correct(
        actor, shop, body.conversation_id, body.seq, intent=body.intent, article_id=body.article_id, write=body.write
    )
    return CorrectionOut.model_validate(row, from_attributes=True)
