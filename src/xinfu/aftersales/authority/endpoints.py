"""The calls of approvals and limits. Thin: the services decide, this only translates."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from xinfu.aftersales.authority.contracts import Approval
from xinfu.aftersales.authority.schemas import (
    ApprovalOut,
    ApprovalsOut,
    ChangesOut,
    CountOut,
    LimitsIn,
    LimitsOut,
    MineOut,
    PreviewIn,
    VoteIn,
    approval_out,
    approvals_out,
    changes_out,
    limits_out,
    mine_out,
    rules_in,
)
from xinfu.aftersales.authority.service import Authority
from xinfu.aftersales.authority.service_limits import Limits
from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import from_ms
from xinfu.kit.http import locale_of, provided
from xinfu.kit.ids import Id

router = APIRouter(prefix="/api/v1/authority", tags=["authority"])

Guard = Annotated[Authority, Depends(provided(Authority))]
LimitsService = Annotated[Limits, Depends(provided(Limits))]


@router.get("/approvals")
async def list_approvals(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: Guard, which: Literal["waiting", "over", "all"] = "waiting",
    mine: bool = False, cursor: Annotated[str | None, Query(max_length=200)] = None, limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> ApprovalsOut:  # fmt: skip
    """What waits: longest first; the rest newest first. Those who may not approve see what they asked for themselves."""
    page = await service.search(actor, shop, which, mine=mine, cursor=cursor, limit=limit)
    return approvals_out(page, actor.id, _may(actor, shop), locale_of(request))


@router.get("/approvals/count")
async def count_approvals(actor: CurrentActor, shop: CurrentShop, service: Guard) -> CountOut:
    return CountOut(waiting=await service.count_waiting(actor, shop))


@router.get("/approvals/{approval_id}")
async def show_approval(approval_id: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Guard) -> ApprovalOut:
    return _out(await service.get(actor, shop, approval_id), actor, request)


@router.post("/approvals/{approval_id}/approve")
async def approve(
    approval_id: str, body: VoteIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Guard
) -> ApprovalOut:  # fmt: skip
    """A yes; of two people both have to give theirs."""
    return _out(await service.approve(actor, shop, approval_id, version=body.version, note=body.note), actor, request)


@router.post("/approvals/{approval_id}/decline")
async def decline(
    approval_id: str, body: VoteIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: Guard
) -> ApprovalOut:  # fmt: skip
    """A no, with its reason in `note`."""
    return _out(await service.decline(actor, shop, approval_id, version=body.version, note=body.note), actor, request)


@router.post("/approvals/{approval_id}/withdraw")
async def take_back(approval_id: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Guard) -> ApprovalOut:
    """By whoever asked."""
    return _out(await service.take_back(actor, shop, approval_id), actor, request)


@router.get("/mine")
async def my_limits(request: Request, actor: CurrentActor, shop: CurrentShop, service: Guard, limits: LimitsService) -> list[MineOut]:
    """What the reader may grant by themselves."""
    currency = (await limits.view(actor, shop)).current.rules.currency
    return mine_out(await service.mine(actor, shop), currency, locale_of(request))


@router.get("/limits")
async def show_limits(request: Request, actor: CurrentActor, shop: CurrentShop, service: LimitsService) -> LimitsOut:
    return limits_out(await service.view(actor, shop), locale_of(request))


@router.post("/limits/preview")
async def preview_limits(
    body: PreviewIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: LimitsService
) -> ChangesOut:  # fmt: skip
    """What saving it would change, line by line; nothing happens."""
    return changes_out(await service.preview(actor, shop, rules_in(body.rules)), locale_of(request))


@router.put("/limits")
async def save_limits(body: LimitsIn, request: Request, actor: CurrentActor, shop: CurrentShop, service: LimitsService) -> LimitsOut:
    """A new version, from a date on."""
    start = None if body.effective_from is None else from_ms(body.effective_from)
    rules = rules_in(body.rules)
    saved = await service.save(actor, shop, rules, base_version=body.base_version, effective_from=start, note=body.note)
    return limits_out(saved, locale_of(request))


def _out(approval: Approval, actor: Actor, request: Request) -> ApprovalOut:
    return approval_out(approval, actor.id, _may(actor, approval.shop_id), locale_of(request))


def _may(actor: Actor, shop_id: Id) -> bool:
    return actor.kind == "staff" and actor.may(Permission.AFTERSALES_APPROVE, shop_id)
