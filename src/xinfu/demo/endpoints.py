"""HTTP of the demo; mounted in demo mode only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from xinfu.demo.service import Showroom
from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import locale_of, provided

router = APIRouter(prefix="/api/v1/demo", tags=["demo"])

TheShowroom = Annotated[Showroom, Depends(provided(Showroom))]


class SimulatorState(BaseModel):
    on: bool


class Identity(BaseModel):
    """A customer to sign in as; `note` says what is interesting about them, in the reader's language."""

    name: str
    note: str
    identity_token: str


@router.get("/simulator")
async def simulator(actor: CurrentActor, shop_id: CurrentShop, showroom: TheShowroom) -> SimulatorState:
    return SimulatorState(on=await showroom.simulating(actor, shop_id))


@router.put("/simulator")
async def switch_simulator(actor: CurrentActor, shop_id: CurrentShop, showroom: TheShowroom, wanted: SimulatorState) -> SimulatorState:
    return SimulatorState(on=await showroom.switch(actor, shop_id, wanted.on))


@router.get("/identities")
async def identities(request: Request, showroom: TheShowroom) -> list[Identity]:
    chinese = locale_of(request) == "zh-CN"
    return [
        Identity(name=guest.name, note=saga.zh if chinese else saga.en, identity_token=guest.token)
        for saga, guest in await showroom.identities()
    ]
