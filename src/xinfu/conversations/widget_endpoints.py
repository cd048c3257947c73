"""HTTP of the customer's side: opening a chat, earlier conversations, cards to tap, uploads. Bearer tokens are the widget's own."""

from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from xinfu.commerce import Orders, Products
from xinfu.conversations.cards import product_card
from xinfu.conversations.errors import TokenInvalid
from xinfu.conversations.file_endpoints import UPLOAD_BODY, UploadedOut, receive_upload
from xinfu.conversations.files import Files
from xinfu.conversations.frames import message_frame
from xinfu.conversations.schemas import JsonBytes, ProductCardOut, SessionIn, SessionOut, ShopOut
from xinfu.conversations.service import Conversations
from xinfu.conversations.sessions import Sessions, Ticket
from xinfu.identity import Settings, Shop, Shops
from xinfu.identity.http import address_of
from xinfu.kit.express import often
from xinfu.kit.http import locale_of, provided
from xinfu.kit.i18n import Locale, choose
from xinfu.kit.paging import cursor_number, decode_cursor, encode_cursor
from xinfu.kit.text import clean

router = APIRouter(prefix="/api/v1/widget", tags=["widget"])
_bearer = HTTPBearer(scheme_name="widget", description="Token of a widget session", auto_error=False)
HISTORY = 50


class Reachable(Protocol):
    """routing: are people at work in a shop right now?"""

    def staffed(self, shop_id: str) -> bool: ...


async def ticket(
    sessions: Annotated[Sessions, Depends(provided(Sessions))], bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Ticket:
    if bearer is None:
        raise TokenInvalid
    return sessions.check(bearer.credentials)


CurrentTicket = Annotated[Ticket, Depends(ticket)]


@router.post("/sessions")
@often
async def open_session(
    request: Request,
    body: SessionIn,
    sessions: Annotated[Sessions, Depends(provided(Sessions))],
    settings: Annotated[Settings, Depends(provided(Settings))],
    reachable: Annotated[Reachable, Depends(provided(Reachable))],
) -> SessionOut:
    """Open the chat: the token for the socket, and the thread to go on with."""
    locale = choose(body.locale)
    session = await sessions.open(clean(body.shop), clean(body.visitor), body.identity_token, locale, address_of(request))
    conversation = session.conversation
    return SessionOut(
        token=session.token,
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        visitor=session.visitor,
        shop=_shop_out(session.shop, settings, reachable, locale),
        last_seq=conversation.last_seq,
        state=conversation.state,
    )


@router.get("/config")
async def config(
    request: Request,
    shop: Annotated[str, Query(max_length=64)],
    shops: Annotated[Shops, Depends(provided(Shops))],
    settings: Annotated[Settings, Depends(provided(Settings))],
    reachable: Annotated[Reachable, Depends(provided(Reachable))],
) -> ShopOut:
    return _shop_out(await shops.by_slug(clean(shop)), settings, reachable, locale_of(request))


@router.get("/history", response_class=JsonBytes)
@often
async def history(
    who: CurrentTicket,
    conversations: Annotated[Conversations, Depends(provided(Conversations))],
    before: Annotated[str | None, Query(max_length=200)] = None,
) -> JsonBytes:
    """Messages of the customer's earlier conversations, oldest first within a page: {items:[msg frames + conversation_id], next}."""
    earlier = [s for s in await conversations.store.of_customer(who.shop_id, who.customer_id) if s.id != who.conversation_id and s.last_seq]
    position: int | None = None
    if before:
        conversation_id, seq = decode_cursor(before, 2)
        ids = [s.id for s in earlier]
        earlier = earlier[ids.index(conversation_id) :] if conversation_id in ids else []
        position = cursor_number(seq, 2**31 - 1)
    if not earlier:
        return JsonBytes(b'{"items":[],"next":null}')
    page = await conversations.store.messages_before(earlier[0].id, position, HISTORY)
    following = encode_cursor(earlier[0].id, page[0].seq) if page and page[0].seq > 1 else None
    if following is None and len(earlier) > 1:
        following = encode_cursor(earlier[1].id, 2**31 - 1)
    items = ",".join(f'{{"conversation_id":"{m.conversation_id}",{message_frame(m)[1:]}' for m in page)
    tail = f'"{following}"' if following else "null"
    return JsonBytes(f'{{"items":[{items}],"next":{tail}}}'.encode())


@router.get("/orders")
@often
async def orders(
    request: Request, who: CurrentTicket, book: Annotated[Orders, Depends(provided(Orders))]
) -> dict[str, list[dict[str, Any]]]:
    """The customer's newest orders, as cards to tap."""
    found = await book.orders_of(who.shop_id, [who.customer_id], 10)
    return {"items": [book.card(o, locale_of(request)) for o in found.get(who.customer_id, [])]}


@router.get("/products")
async def products(
    shop: Annotated[str, Query(max_length=64)],
    shops: Annotated[Shops, Depends(provided(Shops))],
    catalogue: Annotated[Products, Depends(provided(Products))],
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> dict[str, list[ProductCardOut]]:
    """The shop's products for its page: public facts only."""
    shop_id = (await shops.by_slug(clean(shop))).id
    text = clean(q)
    found = await (catalogue.search(shop_id, text, limit) if text else catalogue.shelf(shop_id, limit))
    return {"items": [ProductCardOut(**product_card(p), category=p.category) for p in found]}


@router.post("/files", status_code=201, openapi_extra=UPLOAD_BODY)
async def upload(request: Request, who: CurrentTicket, files: Annotated[Files, Depends(provided(Files))]) -> UploadedOut:
    return await receive_upload(request, files, who.shop_id, who.actor())


def _shop_out(shop: Shop, settings: Settings, reachable: Reachable, locale: Locale) -> ShopOut:
    current = settings.current(shop.id)
    english = locale == "en"
    return ShopOut(
        slug=shop.slug,
        name=(current.display_name_en if english else current.display_name) or shop.name,
        colour=current.colour,
        welcome=current.welcome_en if english else current.welcome,
        locale=current.locale,
        open=reachable.staffed(shop.id),
    )
