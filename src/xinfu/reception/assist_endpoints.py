"""HTTP of the assistance: for the workbench, beside an open conversation."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import locale_of, provided
from xinfu.kit.ids import Id
from xinfu.reception.assist import Assist
from xinfu.reception.assist_schemas import DraftOut, KnowledgeOut, NextOut, WrappedOut, WrapupIn, WrapupOut

router = APIRouter(prefix="/api/v1/assist/conversations", tags=["assistance"])

Service = Annotated[Assist, Depends(provided(Assist))]
ConversationId = Annotated[Id, Path(pattern="^[0-9a-f]{32}$")]


@router.get("/{conversation_id}/draft")
async def draft(request: Request, actor: CurrentActor, shop: CurrentShop, assist: Service, conversation_id: ConversationId) -> DraftOut:
    return await assist.draft(actor, shop, conversation_id, locale_of(request))


@router.get("/{conversation_id}/draft/stream", response_class=StreamingResponse)
async def draft_stream(
    request: Request, actor: CurrentActor, shop: CurrentShop, assist: Service, conversation_id: ConversationId
) -> StreamingResponse:
    """Server-sent events: one `base`, any number of `delta`, one `final`."""
    pieces = assist.draft_stream(actor, shop, conversation_id, locale_of(request))
    first = await anext(pieces)  # a refusal is an ordinary answer, not an event

    async def events() -> AsyncIterator[bytes]:
        yield _event(*first)
        async for kind, what in pieces:
            yield _event(kind, what)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


@router.get("/{conversation_id}/next")
async def next_steps(request: Request, actor: CurrentActor, shop: CurrentShop, assist: Service, conversation_id: ConversationId) -> NextOut:
    return NextOut(items=await assist.next(actor, shop, conversation_id, locale_of(request)))


@router.get("/{conversation_id}/knowledge")
async def knowledge(
    request: Request, actor: CurrentActor, shop: CurrentShop, assist: Service, conversation_id: ConversationId
) -> KnowledgeOut:
    return KnowledgeOut(items=await assist.knowledge(actor, shop, conversation_id, locale_of(request)))


@router.get("/{conversation_id}/wrapup")
async def wrapup(request: Request, actor: CurrentActor, shop: CurrentShop, assist: Service, conversation_id: ConversationId) -> WrapupOut:
    return await assist.wrapup(actor, shop, conversation_id, locale_of(request))


@router.get("/{conversation_id}/wrapup/words")
async def wrapup_words(
    request: Request, actor: CurrentActor, shop: CurrentShop, assist: Service, conversation_id: ConversationId
) -> WrapupOut:
    """The same summary in the language model's words where it may be read; else as it was, with why. Takes as long as a draft may."""
    return await assist.wrapup_words(actor, shop, conversation_id, locale_of(request))


@router.post("/{conversation_id}/wrapup")
async def confirm(
    request: Request, actor: CurrentActor, shop: CurrentShop, assist: Service, conversation_id: ConversationId, body: WrapupIn
) -> WrappedOut:
    """Confirm the summary, changed or not: the outcome stays with the conversation, the words become a note."""
    return await assist.confirm(actor, shop, conversation_id, body, locale_of(request))


def _event(kind: str, what: Any) -> bytes:
    data = what.model_dump() if isinstance(what, BaseModel) else {"text": what}
    return b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"
