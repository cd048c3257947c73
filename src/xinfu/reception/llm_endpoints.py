"""HTTP of the language model's setup, for those who may see and edit the shop's settings."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends

from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.http import provided
from xinfu.kit.ids import Id
from xinfu.reception.llm import Llm
from xinfu.reception.llm_errors import LlmOff
from xinfu.reception.llm_schemas import LlmIn, LlmOut, TriedOut
from xinfu.reception.llm_settings import LlmSettings

router = APIRouter(prefix="/api/v1/assist", tags=["assistance"])

Service = Annotated[Llm, Depends(provided(Llm))]


@router.get("/llm")
async def setup(actor: CurrentActor, shop: CurrentShop, llm: Service) -> LlmOut:
    return await _out(llm, shop, *await llm.setups.view(actor, shop))


@router.put("/llm")
async def save_setup(actor: CurrentActor, shop: CurrentShop, llm: Service, body: LlmIn) -> LlmOut:
    given = LlmSettings(shop, **body.model_dump(exclude={"key"}))
    saved = await llm.setups.save(actor, shop, given, body.key)
    if given.enabled:
        await llm.endpoints.warm()
    return await _out(llm, shop, *saved)


@router.post("/llm/try")
async def try_setup(actor: CurrentActor, shop: CurrentShop, llm: Service) -> TriedOut:
    """Ask the endpoint for one word. Counts against the budget."""
    actor.require(Permission.SETTINGS_EDIT, shop)
    settings = llm.setups.current(shop)
    if settings is None:
        raise LlmOff
    outcome = await llm.attempt(settings)
    return TriedOut(ok=outcome == "used", outcome=outcome)


async def _out(llm: Llm, shop: Id, settings: LlmSettings, key_set: bool) -> LlmOut:
    told = {name: value for name, value in asdict(settings).items() if name not in ("shop_id", "key")}
    return LlmOut(**told, key_set=key_set, used_tokens=await llm.budget.used(shop), outcomes=await llm.budget.counts(shop))
