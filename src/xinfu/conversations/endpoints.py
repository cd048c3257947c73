"""HTTP of the workbench's conversations. Thin: the services decide."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request

from xinfu.conversations.board import Board
from xinfu.conversations.cards import Attachments
from xinfu.conversations.frames import Send
from xinfu.conversations.schemas import (
    AnswerIn,
    CloseIn,
    ConsultIn,
    ConversationPage,
    EventPage,
    JsonBytes,
    MessageOut,
    NoteOut,
    OpenedOut,
    SendIn,
    SeqOut,
    SpareIn,
    SummaryOut,
    TagsIn,
    TextIn,
    TransferIn,
    encoded,
)
from xinfu.conversations.service import Conversations
from xinfu.customers import Customers
from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.express import often
from xinfu.kit.http import locale_of, provided
from xinfu.kit.ids import Id

router = APIRouter(prefix="/api/v1", tags=["conversations"])

Service = Annotated[Conversations, Depends(provided(Conversations))]
Boards = Annotated[Board, Depends(provided(Board))]
ConversationId = Annotated[Id, Path(pattern="^[0-9a-f]{32}$")]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200)]


def _of(model: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}}


@router.get("/conversations", responses=_of(ConversationPage), response_class=JsonBytes)
@often
async def conversations(
    actor: CurrentActor,
    shop: CurrentShop,
    service: Service,
    view: Literal["mine", "queue", "all", "closed", "served"] = "mine",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> JsonBytes:
    page = await service.page(actor, shop, view, cursor, limit)
    return encoded({"items": page.items, "next": page.next})


@router.get("/conversations/search", response_class=JsonBytes)
async def search(
    actor: CurrentActor,
    shop: CurrentShop,
    board: Boards,
    q: Annotated[str, Query(max_length=200)],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> JsonBytes:
    return encoded(await board.search(actor, shop, q, cursor, limit))


@router.get("/conversations/events", responses=_of(EventPage), response_class=JsonBytes)
@often
async def events(actor: CurrentActor, shop: CurrentShop, service: Service, cursor: Cursor = None, limit: Limit = 50) -> JsonBytes:
    page = await service.events(actor, shop, cursor, limit)
    return encoded({"items": page.items, "next": page.next})


@router.get("/conversations/today", response_class=JsonBytes)
@often
async def today(actor: CurrentActor, shop: CurrentShop, board: Boards) -> JsonBytes:
    """What I served today: {served, rated, good, first_response_ms}."""
    return encoded(await board.today(actor, shop))


@router.get("/conversations/{conversation_id}", responses=_of(OpenedOut), response_class=JsonBytes)
@often
async def opened(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId) -> JsonBytes:
    return encoded(await service.opened(actor, shop, conversation_id))


@router.get("/conversations/{conversation_id}/messages", responses=_of(list[MessageOut]), response_class=JsonBytes)  # type: ignore[valid-type]
@often
async def messages(
    actor: CurrentActor,
    shop: CurrentShop,
    service: Service,
    conversation_id: ConversationId,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Limit = 50,
) -> JsonBytes:
    return encoded(await service.earlier(actor, shop, conversation_id, before, limit))


@router.post("/conversations/{conversation_id}/messages")
async def say(
    request: Request,
    actor: CurrentActor,
    shop: CurrentShop,
    service: Service,
    attachments: Annotated[Attachments, Depends(provided(Attachments))],
    conversation_id: ConversationId,
    body: SendIn,
) -> SeqOut:
    summary = await service.head(actor, shop, conversation_id)
    sent = Send(body.id, body.kind, body.text, body.file, body.order, body.product)
    said = await attachments.complete(shop, summary.customer_id, actor, sent, locale_of(request))
    return SeqOut(seq=(await service.say(actor, shop, conversation_id, body.id, said)).seq)


@router.post("/conversations/{conversation_id}/accept", responses=_of(SummaryOut), response_class=JsonBytes)
async def accept(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId) -> JsonBytes:
    return encoded(await service.accept(actor, shop, conversation_id))


@router.post("/conversations/{conversation_id}/notes", responses=_of(NoteOut), response_class=JsonBytes)
async def note(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId, body: TextIn) -> JsonBytes:
    return encoded(await service.add_note(actor, shop, conversation_id, body.text))


@router.post("/conversations/{conversation_id}/transfer", responses=_of(SummaryOut), response_class=JsonBytes)
async def transfer(actor: CurrentActor, shop: CurrentShop, board: Boards, conversation_id: ConversationId, body: TransferIn) -> JsonBytes:
    return encoded(await board.transfer(actor, shop, conversation_id, body.to, body.skill, body.note))


@router.post("/conversations/{conversation_id}/consult", responses=_of(SummaryOut), response_class=JsonBytes)
async def consult(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId, body: ConsultIn) -> JsonBytes:
    return encoded(await service.consult(actor, shop, conversation_id, body.lead, body.question))


@router.post("/conversations/{conversation_id}/answer", responses=_of(SummaryOut), response_class=JsonBytes)
async def answer(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId, body: AnswerIn) -> JsonBytes:
    return encoded(await service.answer(actor, shop, conversation_id, body.text, to_knowledge=body.to_knowledge))


@router.post("/conversations/{conversation_id}/whisper", responses=_of(NoteOut), response_class=JsonBytes)
async def whisper(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId, body: TextIn) -> JsonBytes:
    return encoded(await service.whisper(actor, shop, conversation_id, body.text))


@router.post("/conversations/{conversation_id}/takeover", responses=_of(SummaryOut), response_class=JsonBytes)
async def takeover(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId) -> JsonBytes:
    return encoded(await service.take_over(actor, shop, conversation_id))


@router.post("/conversations/{conversation_id}/close", responses=_of(SummaryOut), response_class=JsonBytes)
async def close(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId, body: CloseIn) -> JsonBytes:
    return encoded(await service.close(actor, shop, conversation_id, body.outcome, spare=body.spare, reason=body.reason))


@router.post("/conversations/{conversation_id}/reopen", responses=_of(SummaryOut), response_class=JsonBytes)
async def reopen(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId) -> JsonBytes:
    return encoded(await service.reopen(actor, shop, conversation_id))


@router.post("/conversations/{conversation_id}/tags", responses=_of(SummaryOut), response_class=JsonBytes)
async def tags(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId, body: TagsIn) -> JsonBytes:
    return encoded(await service.tag(actor, shop, conversation_id, body.tags))


@router.post("/conversations/{conversation_id}/ask-rating", responses=_of(SummaryOut), response_class=JsonBytes)
async def ask_rating(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId) -> JsonBytes:
    return encoded(await service.ask_rating(actor, shop, conversation_id))


@router.post("/conversations/{conversation_id}/spare", responses=_of(SummaryOut), response_class=JsonBytes)
async def spare(actor: CurrentActor, shop: CurrentShop, service: Service, conversation_id: ConversationId, body: SpareIn) -> JsonBytes:
    return encoded(await service.spare(actor, shop, conversation_id, body.reason))


@router.get("/customers/{customer_id}/conversations", responses=_of(list[SummaryOut]), response_class=JsonBytes)  # type: ignore[valid-type]
@often
async def of_customer(
    actor: CurrentActor,
    shop: CurrentShop,
    service: Service,
    customers: Annotated[Customers, Depends(provided(Customers))],
    customer_id: Annotated[Id, Path(pattern="^[0-9a-f]{32}$")],
) -> JsonBytes:
    """Newest first; of another shop's customer as little as of one nobody knows."""
    found = await service.of_customer(actor, shop, customer_id)
    if not found:
        await customers.expect(shop, customer_id)
    return encoded(found)


@router.get("/wall", response_class=JsonBytes)
async def wall(actor: CurrentActor, shop: CurrentShop, board: Boards) -> JsonBytes:
    """Who is waiting, who is in trouble, who is free: {agents, waiting, troubled, live, counts}."""
    return encoded(await board.wall(actor, shop))
