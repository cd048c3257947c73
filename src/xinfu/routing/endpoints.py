"""The routing calls of docs/protocol.md."""

from typing import Annotated

from fastapi import APIRouter, Depends

from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import provided
from xinfu.routing.schemas import AgentPresenceOut, QueuePlaceOut, StateIn
from xinfu.routing.service import Routing

router = APIRouter(prefix="/api/v1", tags=["routing"])

RoutingService = Annotated[Routing, Depends(provided(Routing))]


@router.get("/agents")
async def list_agents(actor: CurrentActor, shop_id: CurrentShop, routing: RoutingService) -> list[AgentPresenceOut]:
    return [AgentPresenceOut.model_validate(presence) for presence in routing.agents(actor, shop_id)]


@router.put("/agents/me")
async def set_my_state(body: StateIn, actor: CurrentActor, shop_id: CurrentShop, routing: RoutingService) -> AgentPresenceOut:
    return AgentPresenceOut.model_validate(await routing.set_state(actor, shop_id, body.state, body.reason))


@router.get("/queue")
async def read_queue(actor: CurrentActor, shop_id: CurrentShop, routing: RoutingService) -> list[QueuePlaceOut]:
    return [QueuePlaceOut.model_validate(place) for place in routing.queue(actor, shop_id)]
