"""The calls about packs of docs/protocol.md. Thin: the service decides, this only translates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from xinfu.aftersales.packs.looking import DAYS, LastMonth
from xinfu.aftersales.packs.schemas import (
    ChangeOut,
    CheckedOut,
    ChooseIn,
    DraftIn,
    LookOut,
    PacksOut,
    PackTextOut,
    PublishIn,
    RevertIn,
    SavedPackOut,
    change_out,
    checked_out,
    look_out,
    packs_out,
    saved_out,
    text_out,
)
from xinfu.aftersales.packs.service import PackDesk
from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import locale_of, provided

router = APIRouter(prefix="/api/v1/aftersales/packs", tags=["policy packs"])

Desk = Annotated[PackDesk, Depends(provided(PackDesk))]
Looks = Annotated[LastMonth, Depends(provided(LastMonth))]
PackId = Annotated[str, Path(max_length=40)]
Version = Annotated[int, Path(ge=1, le=1_000_000)]
LookId = Annotated[str, Path(max_length=32)]


@router.get("")
async def show_packs(request: Request, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> PacksOut:
    """What the shop goes by, what comes next, and every version it has, newest first."""
    return packs_out(await desk.view(actor, shop), locale_of(request))


@router.post("/check")
async def check_draft(body: DraftIn, request: Request, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> CheckedOut:
    """Everything wrong with a draft at its place, or what it changes and the token to publish it with. Nothing is stored."""
    return checked_out(await desk.check(actor, shop, body.draft()), locale_of(request))


@router.post("/publish")
async def publish_draft(body: PublishIn, request: Request, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> SavedPackOut:
    """Store what was checked as the next version. A repeated call gets the first."""
    saved = await desk.publish(
        actor, shop, body.draft(), token=body.token, newest=body.newest, note=body.note, adopt=body.adopt
    )  # fmt: skip
    return saved_out(saved, locale_of(request))


@router.post("/choose")
async def choose_pack(body: ChooseIn, request: Request, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> PacksOut:
    """Go by another pack from a day on."""
    return packs_out(await desk.choose(actor, shop, body.pack, body.effective_from), locale_of(request))


@router.post("/last-month")
async def look_at_last_month(body: DraftIn, request: Request, actor: CurrentActor, shop: CurrentShop, looks: Looks) -> LookOut:
    """What the draft would have said to the last 30 days; ask again by its id until it is finished."""
    return look_out(await looks.start(actor, shop, body.draft()), DAYS, locale_of(request))


@router.get("/last-month/{look_id}")
async def look_on(look_id: LookId, request: Request, actor: CurrentActor, shop: CurrentShop, looks: Looks) -> LookOut:
    return look_out(looks.get(actor, shop, look_id), DAYS, locale_of(request))


@router.delete("/last-month/{look_id}", status_code=204)
async def stop_looking(look_id: LookId, actor: CurrentActor, shop: CurrentShop, looks: Looks) -> Response:
    await looks.cancel(actor, shop, look_id)
    return Response(status_code=204)


@router.get("/{pack}/versions/{version}")
async def show_version(pack: PackId, version: Version, actor: CurrentActor, shop: CurrentShop, desk: Desk) -> PackTextOut:
    return text_out(*await desk.show(actor, shop, pack, version))


@router.get("/{pack}/versions/{version}/differences")
async def differences(
    pack: PackId, version: Version, actor: CurrentActor, shop: CurrentShop, desk: Desk,
    other: Annotated[str, Query(max_length=40)], other_version: Annotated[int, Query(ge=1, le=1_000_000)],
) -> list[ChangeOut]:  # fmt: skip
    """What this version changes against the other one."""
    return [change_out(c) for c in await desk.differences(actor, shop, (other, other_version), (pack, version))]


@router.post("/{pack}/versions/{version}/revert")
async def revert_to(
    pack: PackId, version: Version, body: RevertIn, request: Request, actor: CurrentActor, shop: CurrentShop, desk: Desk
) -> SavedPackOut:
    """This version again, as the next one."""
    saved = await desk.revert(actor, shop, pack, version, body.effective_from, newest=body.newest)
    return saved_out(saved, locale_of(request))


@router.post("/{pack}/versions/{version}/withdraw")
async def withdraw_version(
    pack: PackId, version: Version, request: Request, actor: CurrentActor, shop: CurrentShop, desk: Desk
) -> PacksOut:
    """Take back a version that has not taken effect yet."""
    return packs_out(await desk.withdraw(actor, shop, pack, version), locale_of(request))
