"""The routing calls of docs/protocol.md."""

from typing import Annotated

from fastapi import APIRouter, Depends

from xinfu.identity import CurrentActor, CurrentShop, StaffAdmin
from xinfu.kit.errors import NotFound
from xinfu.kit.http import provided
from xinfu.routing.schemas import AgentPresenceOut, QueuePlaceOut, SkillsIn, SkillsOut, StateIn
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


@router.get("/agents/skills")
async def list_skills(actor: CurrentActor, shop_id: CurrentShop, routing: RoutingService) -> list[SkillsOut]:
    """Who is good at what; people without any skill are left out."""
    return [SkillsOut(staff_id=i, skills=skills) for i, skills in (await routing.skills(actor, shop_id)).items()]


@router.put("/agents/{staff_id}/skills")
async def set_skills(
    staff_id: str, body: SkillsIn, actor: CurrentActor, shop_id: CurrentShop, routing: RoutingService,
    staff: Annotated[StaffAdmin, Depends(provided(StaffAdmin))],
) -> SkillsOut:  # fmt: skip
    """A queued conversation that asks for a skill goes to the longest-idle free person who has it, the best level first."""
    if staff_id not in {person.id for person in await staff.of_shop(actor, shop_id)}:
        raise NotFound
    return SkillsOut(staff_id=staff_id, skills=await routing.set_skills(actor, shop_id, staff_id, body.skills))
