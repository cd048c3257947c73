"""HTTP of the scripts: writing, review by a second person, rehearsal, use and what became of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import provided
from xinfu.knowledge.model import Script
from xinfu.knowledge.schemas_scripts import (
    RehearsalOut,
    RehearseIn,
    SampleIn,
    SampleOut,
    ScriptChange,
    ScriptIn,
    ScriptOut,
    ScriptOutcomeOut,
    ScriptUsed,
    SentBack,
    Submitted,
)
from xinfu.knowledge.scripts import Scripts

router = APIRouter(prefix="/api/v1", tags=["scripts"])

type Words = Annotated[Scripts, Depends(provided(Scripts))]


@router.get("/scripts")
async def scripts(
    actor: CurrentActor, shop: CurrentShop, words: Words, everything: Annotated[bool, Query(alias="all")] = False
) -> list[ScriptOut]:
    """The shared and one's own that may be used now; `all=true` also one's own outside their window and, for editors, drafts."""
    return [ScriptOut.of(row, active) for row, active in await words.scripts(actor, shop, everything=everything)]


@router.post("/scripts", status_code=201)
async def create_script(actor: CurrentActor, shop: CurrentShop, words: Words, given: ScriptIn) -> ScriptOut:
    """One's own may be used at once; a shared one is a draft until a second person approved it."""
    return _out(words, await words.create(actor, shop, given))


@router.get("/scripts/suggest")
async def suggest_scripts(
    actor: CurrentActor, shop: CurrentShop, words: Words, q: Annotated[str, Query(max_length=500)]
) -> list[ScriptOut]:
    """Scripts that answer what a customer said, best first, three at most."""
    return [_out(words, row) for row in await words.suggest(actor, shop, q)]


@router.get("/scripts/reviews")
async def scripts_in_review(actor: CurrentActor, shop: CurrentShop, words: Words) -> list[ScriptOut]:
    """What waits for a second pair of eyes, longest waiting first."""
    return [_out(words, row) for row in await words.in_review(actor, shop)]


@router.get("/scripts/outcomes")
async def script_outcomes(
    actor: CurrentActor, shop: CurrentShop, words: Words, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> list[ScriptOutcomeOut]:
    """What became of the conversations scripts were used in, most used script first."""
    return await words.outcomes(actor, shop, days)


@router.get("/scripts/samples")
async def samples(actor: CurrentActor, shop: CurrentShop, words: Words) -> list[SampleOut]:
    """The conversations scripts are rehearsed on."""
    return [SampleOut.of(row) for row in await words.rehearsals.samples(actor, shop)]


@router.post("/scripts/samples", status_code=201)
async def create_sample(actor: CurrentActor, shop: CurrentShop, words: Words, given: SampleIn) -> SampleOut:
    return SampleOut.of(await words.rehearsals.create(actor, shop, given))


@router.put("/scripts/samples/{sample_id}")
async def change_sample(actor: CurrentActor, shop: CurrentShop, words: Words, sample_id: str, given: SampleIn) -> SampleOut:
    return SampleOut.of(await words.rehearsals.change(actor, shop, sample_id, given))


@router.delete("/scripts/samples/{sample_id}", status_code=204)
async def delete_sample(actor: CurrentActor, shop: CurrentShop, words: Words, sample_id: str) -> None:
    await words.rehearsals.delete(actor, shop, sample_id)


@router.post("/scripts/rehearse")
async def rehearse(actor: CurrentActor, shop: CurrentShop, words: Words, given: RehearseIn) -> RehearsalOut:
    """Try words on every sample, stored or not yet; changes nothing. A missing variable is an error of that sample."""
    tried = await words.rehearsals.rehearse(actor, shop, given)
    return RehearsalOut(samples=tried, suggested_in=sum(bool(t.suggested) for t in tried), errors=sum(bool(t.missing) for t in tried))


@router.put("/scripts/{script_id}")
async def change_script(actor: CurrentActor, shop: CurrentShop, words: Words, script_id: str, given: ScriptChange) -> ScriptOut:
    """A shared script becomes a draft again: changed words are new words. Conflict (409) when someone saved since."""
    return _out(words, await words.change(actor, shop, script_id, given))


@router.delete("/scripts/{script_id}", status_code=204)
async def delete_script(actor: CurrentActor, shop: CurrentShop, words: Words, script_id: str) -> None:
    await words.delete(actor, shop, script_id)


@router.post("/scripts/{script_id}/submit")
async def submit_script(actor: CurrentActor, shop: CurrentShop, words: Words, script_id: str, given: Submitted) -> ScriptOut:
    """draft or returned → in_review."""
    return _out(words, await words.submit(actor, shop, script_id, given.version))


@router.post("/scripts/{script_id}/approve")
async def approve_script(actor: CurrentActor, shop: CurrentShop, words: Words, script_id: str, given: Submitted) -> ScriptOut:
    """in_review → approved, by someone other than the author (409 `review_own_words`)."""
    return _out(words, await words.approve(actor, shop, script_id, given.version))


@router.post("/scripts/{script_id}/return")
async def return_script(actor: CurrentActor, shop: CurrentShop, words: Words, script_id: str, given: SentBack) -> ScriptOut:
    """in_review → returned with the reason, by someone other than the author."""
    return _out(words, await words.send_back(actor, shop, script_id, given.version, given.note))


@router.post("/scripts/{script_id}/used", status_code=204)
async def used_script(actor: CurrentActor, shop: CurrentShop, words: Words, script_id: str, given: ScriptUsed) -> None:
    await words.used(actor, shop, script_id, given.conversation_id)


def _out(words: Scripts, row: Script) -> ScriptOut:
    return ScriptOut.of(row, words.usable(row))
