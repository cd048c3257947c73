"""The calls of the listing check of docs/protocol.md. Thin: the service decides, this only translates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from xinfu.aftersales.listing.policy import ListingState
from xinfu.aftersales.listing.schemas import (
    EditIn,
    EnterIn,
    ListingOut,
    ListingsOut,
    LookedOut,
    LookIn,
    ManyIn,
    OutcomeOut,
    StepIn,
    facts_out,
    finding_out,
    listing_out,
    listings_out,
    outcome_out,
)
from xinfu.aftersales.listing.service import Listings
from xinfu.identity import CurrentActor, CurrentShop, Shops
from xinfu.kit.http import locale_of, provided
from xinfu.kit.tabular import UPLOAD, Report, read_body

router = APIRouter(prefix="/api/v1/listings", tags=["listing check"])

Service = Annotated[Listings, Depends(provided(Listings))]
ShopBook = Annotated[Shops, Depends(provided(Shops))]
ListingId = Annotated[str, Path(max_length=32)]


@router.get("")
async def search_listings(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, state: ListingState | None = None,
    q: Annotated[str, Query(max_length=80)] = "", cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> ListingsOut:  # fmt: skip
    """Newest first, each beside what the catalogue says today; and how many there are in each state."""
    page = await service.search(actor, shop, state, q, cursor, limit)
    return listings_out(page, await service.counts(actor, shop), locale_of(request))


@router.post("")
async def enter_listing(
    body: EnterIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, shops: ShopBook
) -> ListingOut:
    currency = (await shops.by_id(shop)).currency
    entered = await service.enter(actor, shop, body.terms(currency), accept=body.accept, submit=body.submit)
    return listing_out(entered, locale_of(request))


@router.post("/look")
async def look_at_listing(
    body: LookIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, shops: ShopBook
) -> LookedOut:
    """What would be wrong with it; nothing happens."""
    found, facts = await service.look(actor, shop, body.terms((await shops.by_id(shop)).currency), but=body.but)
    return LookedOut(findings=[finding_out(f, locale_of(request)) for f in found], facts=facts_out(facts))


@router.post("/verify-many")
async def verify_many(body: ManyIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> list[OutcomeOut]:
    """Each by itself, with what became of it."""
    wanted = [(one.id, one.version, one.accept) for one in body.listings]
    return [outcome_out(o, locale_of(request)) for o in await service.verify_many(actor, shop, wanted)]


@router.post("/import", openapi_extra=UPLOAD)
async def import_listings(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, keep_good: bool = False, submit: bool = False
) -> Report:
    """A CSV or JSON file of listings; every problem at its row."""
    return await service.import_file(actor, shop, await read_body(request.stream()), keep_good=keep_good, submit=submit)


@router.get("/{listing_id}")
async def show_listing(listing_id: ListingId, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> ListingOut:
    return listing_out(await service.get(actor, shop, listing_id), locale_of(request))


@router.put("/{listing_id}")
async def edit_listing(
    listing_id: ListingId, body: EditIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, shops: ShopBook
) -> ListingOut:
    """Change one that is not verified; it is a draft again."""
    terms = body.terms((await shops.by_id(shop)).currency)
    return listing_out(await service.edit(actor, shop, listing_id, terms, version=body.version, accept=body.accept), locale_of(request))


@router.post("/{listing_id}/submit")
async def submit_listing(
    listing_id: ListingId, body: StepIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> ListingOut:
    """Ask for a second person's look."""
    return listing_out(await service.submit(actor, shop, listing_id, version=body.version, accept=body.accept), locale_of(request))


@router.post("/{listing_id}/verify")
async def verify_listing(
    listing_id: ListingId, body: StepIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> ListingOut:
    """The second person's yes; `accept` names every warning they saw."""
    done = await service.verify(actor, shop, listing_id, version=body.version, accept=body.accept, note=body.note)
    return listing_out(done, locale_of(request))


@router.post("/{listing_id}/reject")
async def reject_listing(
    listing_id: ListingId, body: StepIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> ListingOut:
    """The second person's no; the note is the reason."""
    return listing_out(await service.reject(actor, shop, listing_id, version=body.version, note=body.note), locale_of(request))


@router.post("/{listing_id}/withdraw")
async def withdraw_listing(
    listing_id: ListingId, body: StepIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service
) -> ListingOut:
    return listing_out(await service.withdraw(actor, shop, listing_id, version=body.version), locale_of(request))
