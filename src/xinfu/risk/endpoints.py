"""The risk calls of docs/protocol.md."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import provided
from xinfu.kit.ids import Id
from xinfu.risk.contracts import Pattern
from xinfu.risk.guard import Guard
from xinfu.risk.photos_desk import PhotoDesk
from xinfu.risk.schemas import (
    CasePhotosOut,
    ContactOut,
    ContactsOut,
    DecisionIn,
    DistrustIn,
    EntityOut,
    ExcludeIn,
    ExclusionOut,
    ExclusionsOut,
    FiguresOut,
    RiskFindingOut,
    RiskFindingsOut,
    RulesIn,
    RulesOut,
    State,
    StopIn,
    TrustedOut,
    TrustIn,
)
from xinfu.risk.service import RiskDesk

router = APIRouter(prefix="/api/v1/risk", tags=["risk"])

Desk = Annotated[RiskDesk, Depends(provided(RiskDesk))]
Guarding = Annotated[Guard, Depends(provided(Guard))]
Photographs = Annotated[PhotoDesk, Depends(provided(PhotoDesk))]
AnId = Annotated[Id, Path(pattern="^[0-9a-f]{32}$")]
Cursor = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/findings")
async def list_findings(
    actor: CurrentActor, shop: CurrentShop, desk: Desk,
    state: State | None = None, pattern: Pattern | None = None, cursor: Cursor = None, limit: Limit = 30,
) -> RiskFindingsOut:  # fmt: skip
    """The most money at risk first."""
    page = await desk.page(actor, shop, state=state, pattern=pattern, cursor=cursor, limit=limit)
    return RiskFindingsOut(items=list(page.items), next=page.next)


@router.get("/figures")
async def figures(actor: CurrentActor, shop: CurrentShop, desk: Desk) -> FiguresOut:
    return await desk.figures(actor, shop)


@router.get("/cases/{number}/findings")
async def findings_of_case(
    number: Annotated[str, Path(max_length=64)], actor: CurrentActor, shop: CurrentShop, desk: Desk
) -> list[RiskFindingOut]:
    return await desk.of_case(actor, shop, number)


@router.get("/cases/{number}/photos")
async def photos_of_case(
    number: Annotated[str, Path(max_length=64)], actor: CurrentActor, shop: CurrentShop, desk: Photographs
) -> CasePhotosOut:
    """Photos of a case beside those of other cases that show the same."""
    return await desk.of_case(actor, shop, number)


@router.post("/findings/{finding_id}/confirm")
async def confirm(finding_id: AnId, body: DecisionIn, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> RiskFindingOut:
    return await desk.confirm(actor, shop, finding_id, version=body.version, words=body.words)


@router.post("/findings/{finding_id}/dismiss")
async def dismiss(finding_id: AnId, body: DecisionIn, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> RiskFindingOut:
    """The evidence counts no more for anyone it was held against."""
    return await desk.dismiss(actor, shop, finding_id, version=body.version, words=body.words)


@router.post("/findings/{finding_id}/appeal")
async def appeal(finding_id: AnId, body: DecisionIn, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> RiskFindingOut:
    """Judged again by someone other than who confirmed it."""
    return await desk.appeal(actor, shop, finding_id, version=body.version, words=body.words)


@router.get("/entities/{customer_id}")
async def entity(customer_id: AnId, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> EntityOut:
    """Who seems to belong together with this customer, by what, and what was found about them."""
    return await desk.entity(actor, shop, customer_id)


@router.post("/entities/{customer_id}/trust")
async def trust(customer_id: AnId, body: TrustIn, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> EntityOut:
    """A shared value people can explain joins nobody any more."""
    return await desk.trust(actor, shop, customer_id, kind=body.kind, key=body.key, relation=body.relation, words=body.words)


@router.get("/trusted")
async def trusted(actor: CurrentActor, shop: CurrentShop, desk: Desk) -> list[TrustedOut]:
    return await desk.trusted(actor, shop)


@router.post("/trusted/revoke", status_code=204)
async def distrust(body: DistrustIn, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> None:
    await desk.distrust(actor, shop, kind=body.kind, key=body.key, words=body.words)


@router.get("/contacts")
async def contacts(actor: CurrentActor, shop: CurrentShop, guard: Guarding, cursor: Cursor = None, limit: Limit = 30) -> ContactsOut:
    """Contacts found harassing or abusive, newest first."""
    page = await guard.contacts(actor, shop, cursor, limit)
    return ContactsOut(items=list(page.items), next=page.next)


@router.post("/conversations/{conversation_id}/warn")
async def warn(conversation_id: AnId, actor: CurrentActor, shop: CurrentShop, guard: Guarding) -> ContactOut:
    """The customer reads the shop's own warning."""
    return await guard.warn(actor, shop, conversation_id)


@router.post("/conversations/{conversation_id}/end")
async def end(conversation_id: AnId, body: StopIn, actor: CurrentActor, shop: CurrentShop, guard: Guarding) -> ContactOut:
    """After a warning only."""
    return await guard.end(actor, shop, conversation_id, body.words)


@router.get("/exclusions")
async def exclusions(actor: CurrentActor, shop: CurrentShop, guard: Guarding, cursor: Cursor = None, limit: Limit = 30) -> ExclusionsOut:
    """What figures leave out, with who and why."""
    page = await guard.exclusions(actor, shop, cursor, limit)
    return ExclusionsOut(items=list(page.items), next=page.next)


@router.post("/exclusions", status_code=201)
async def leave_out(body: ExcludeIn, actor: CurrentActor, shop: CurrentShop, guard: Guarding) -> ExclusionOut:
    return await guard.leave_out(actor, shop, body.kind, body.subject, body.words)


@router.post("/exclusions/{exclusion_id}/revert")
async def count_again(exclusion_id: AnId, body: StopIn, actor: CurrentActor, shop: CurrentShop, guard: Guarding) -> ExclusionOut:
    return await guard.count_again(actor, shop, exclusion_id, body.words)


@router.get("/rules")
async def rules(actor: CurrentActor, shop: CurrentShop, guard: Guarding) -> RulesOut:
    return await guard.rules(actor, shop)


@router.put("/rules")
async def save_rules(body: RulesIn, actor: CurrentActor, shop: CurrentShop, guard: Guarding) -> RulesOut:
    return await guard.save_rules(actor, shop, body.rules(), body.version)
