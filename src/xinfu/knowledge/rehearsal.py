"""Rehearsal: a script is tried on the shop's sample conversations before anyone says it to a customer."""

from collections.abc import Sequence

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import bigrams
from xinfu.knowledge import repository
from xinfu.knowledge.errors import UnknownVariable
from xinfu.knowledge.model import Script, ScriptSample
from xinfu.knowledge.policy import FITS, SUGGESTED, VARIABLES, fits, in_window, phrases, render, variables
from xinfu.knowledge.schemas_scripts import RehearsedOut, RehearseIn, SampleIn, SuggestedAt


class Rehearsals:
    """Sample conversations, and how a script does on each of them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def samples(self, actor: Actor, shop_id: Id) -> Sequence[ScriptSample]:
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.read() as unit:
            return await repository.samples(unit, shop_id)

    async def create(self, actor: Actor, shop_id: Id, given: SampleIn) -> ScriptSample:
        """Raises UnknownVariable."""
        actor.require(Permission.SCRIPTS_SHARED_EDIT, shop_id)
        row = ScriptSample(id=new_id(), shop_id=shop_id)
        async with self._database.unit() as unit:
            self._fill(row, actor, given)
            unit.add(row)
            audit.record(unit, actor, row.updated_at, "script_sample.created", shop_id, "script_sample", row.id, title=row.title)
        return row

    async def change(self, actor: Actor, shop_id: Id, sample_id: Id, given: SampleIn) -> ScriptSample:
        """Raises NotFound, UnknownVariable."""
        actor.require(Permission.SCRIPTS_SHARED_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await repository.sample(unit, shop_id, sample_id)
            if row is None:
                raise NotFound
            self._fill(row, actor, given)
            audit.record(unit, actor, row.updated_at, "script_sample.changed", shop_id, "script_sample", row.id, title=row.title)
        return row

    async def delete(self, actor: Actor, shop_id: Id, sample_id: Id) -> None:
        """Raises NotFound."""
        actor.require(Permission.SCRIPTS_SHARED_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await repository.sample(unit, shop_id, sample_id)
            if row is None:
                raise NotFound
            audit.record(unit, actor, self._clock.now(), "script_sample.deleted", shop_id, "script_sample", row.id, title=row.title)
            await unit.delete(row)

    async def rehearse(self, actor: Actor, shop_id: Id, given: RehearseIn) -> list[RehearsedOut]:
        """On each sample: where these words would be suggested among the scripts in use, and how they read. Raises UnknownVariable."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        variables(given.body)
        async with self._database.read() as unit:
            samples = await repository.samples(unit, shop_id)
            scripts = await repository.scripts(unit, shop_id, actor.id)
        rivals = [phrases(row.title, row.keywords) for row in scripts if row.id != given.script_id and self._in_use(row)]
        about = phrases(given.title, given.keywords)
        return [_tried(sample, given.body, about, rivals) for sample in samples]

    def _in_use(self, row: Script) -> bool:
        return row.status == "approved" and in_window(row.active_from, row.active_until, self._clock.now())

    def _fill(self, row: ScriptSample, actor: Actor, given: SampleIn) -> None:
        for name in given.variables:
            if name not in VARIABLES:
                raise UnknownVariable(variable=name[:40], known=" ".join(VARIABLES))
        row.title, row.lines = given.title, [line.model_dump() for line in given.lines]
        row.variables = {name: value for name, value in given.variables.items() if value}
        row.author, row.updated_at = actor.name, self._clock.now()


def _tried(sample: ScriptSample, body: str, about: Sequence[frozenset[str]], rivals: Sequence[Sequence[frozenset[str]]]) -> RehearsedOut:
    suggested = []
    for number, line in enumerate(sample.lines):
        if line["sender"] != "customer":
            continue
        heard = frozenset(bigrams(line["text"]))
        fit = fits(heard, about)
        place = 1 + sum(fits(heard, rival) > fit for rival in rivals)
        if fit >= FITS and place <= SUGGESTED:
            suggested.append(SuggestedAt(line=number, text=line["text"], place=place))
    text, missing = render(body, sample.variables)
    return RehearsedOut(
        sample_id=sample.id, title=sample.title, suggested=suggested, rendered=None if missing else text, missing=list(missing)
    )
