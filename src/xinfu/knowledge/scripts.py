"""Scripts (话术): the shop's shared ones and each person's own, and how often they are used."""

from collections.abc import Sequence

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Invalid, NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.knowledge import repository
from xinfu.knowledge.model import Script, ScriptUse
from xinfu.knowledge.policy import check_window, in_window, latin_forms, variables
from xinfu.knowledge.schemas import ScriptChange, ScriptIn, as_time


class Scripts:
    """Shared scripts are written by those who may and used once reviewed; a personal one is nobody's business but its owner's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def scripts(self, actor: Actor, shop_id: Id, *, everything: bool = False) -> list[tuple[Script, bool]]:
        """(script, may be used now) of the shared and one's own scripts.

        Only usable ones, or with `everything` also one's own outside their window and, for editors, shared drafts.
        """
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        editor = actor.may(Permission.SCRIPTS_SHARED_EDIT, shop_id)
        async with self._database.read() as unit:
            rows = await repository.scripts(unit, shop_id, actor.id)
        judged = [(row, self.usable(row)) for row in rows]
        return [(row, active) for row, active in judged if active or (everything and (editor or row.owner_id is not None))]

    def usable(self, row: Script) -> bool:
        """Reviewed and inside its campaign window."""
        return row.status == "reviewed" and in_window(row.active_from, row.active_until, self._clock.now())

    async def create(self, actor: Actor, shop_id: Id, given: ScriptIn) -> Script:
        """Raises UnknownVariable, WindowReversed."""
        _may_write(actor, shop_id, given.shared)
        async with self._database.unit() as unit:
            return self._add(unit, actor, shop_id, given)

    async def change(self, actor: Actor, shop_id: Id, script_id: Id, given: ScriptChange) -> Script:
        """Raises NotFound (also for another person's own), Conflict when written on an older version, UnknownVariable, WindowReversed."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, script_id, actor, lock=True)
            _may_write(actor, shop_id, row.owner_id is None)
            if given.shared != (row.owner_id is None):
                raise Invalid(why="shared")
            if row.version != given.version:
                raise Conflict
            self._save(unit, actor, row, given)
        return row

    async def delete(self, actor: Actor, shop_id: Id, script_id: Id) -> None:
        """Raises NotFound (also for another person's own)."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, script_id, actor, lock=True)
            _may_write(actor, shop_id, row.owner_id is None)
            audit.record(
                unit, actor, self._clock.now(), "script.deleted", shop_id, "script", row.id, title=row.title, shared=row.owner_id is None
            )
            await unit.delete(row)

    async def used(self, actor: Actor, shop_id: Id, script_id: Id, conversation_id: Id) -> None:
        """Count one use by this person. Raises NotFound."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, script_id, actor)
            use = ScriptUse(shop_id=shop_id, script_id=row.id, staff_id=actor.id, conversation_id=conversation_id, at=self._clock.now())
            await repository.count_use(unit, use)

    async def load_scripts(self, actor: Actor, shop_id: Id, scripts: Sequence[ScriptIn]) -> int:
        """Bring in many shared scripts at once; one with the same group and title is brought up to date. Returns how many changed.

        The house itself may do this at start-up; anyone else needs the permission to edit shared scripts.
        """
        if actor.kind != "system" or shop_id not in actor.shops:
            actor.require(Permission.SCRIPTS_SHARED_EDIT, shop_id)
        changed = 0
        async with self._database.unit() as unit:
            for given in scripts:
                shared = given.model_copy(update={"shared": True})
                row = await repository.shared_script_named(unit, shop_id, given.group, given.title)
                if row is None:
                    self._add(unit, actor, shop_id, shared)
                elif _differs(row, shared):
                    self._save(unit, actor, row, shared)
                else:
                    continue
                changed += 1
                await unit.flush()
        return changed

    def _add(self, unit: Unit, actor: Actor, shop_id: Id, given: ScriptIn) -> Script:
        now = self._clock.now()
        row = Script(id=new_id(), shop_id=shop_id, owner_id=None if given.shared else actor.id, uses=0, version=1, updated_at=now)
        _fill(row, given)
        unit.add(row)
        audit.record(unit, actor, now, "script.created", shop_id, "script", row.id, title=row.title, shared=given.shared, status=row.status)
        return row

    def _save(self, unit: Unit, actor: Actor, row: Script, given: ScriptIn) -> None:
        _fill(row, given)
        row.version, row.updated_at = row.version + 1, self._clock.now()
        audit.record(
            unit, actor, row.updated_at, "script.changed", row.shop_id, "script", row.id,
            title=row.title, shared=given.shared, status=row.status, version=row.version,
        )  # fmt: skip


def _may_write(actor: Actor, shop_id: Id, shared: bool) -> None:
    actor.require(Permission.SCRIPTS_SHARED_EDIT if shared else Permission.KNOWLEDGE_READ, shop_id)


async def _existing(unit: Unit, shop_id: Id, script_id: Id, actor: Actor, *, lock: bool = False) -> Script:
    row = await repository.script(unit, shop_id, script_id, actor.id, lock=lock)
    if row is None:
        raise NotFound
    return row


def _fill(row: Script, given: ScriptIn) -> None:
    start, end = as_time(given.active_from), as_time(given.active_until)
    check_window(start, end)
    variables(given.body)
    row.group, row.title, row.body, row.keywords = given.group, given.title, given.body, given.keywords
    row.active_from, row.active_until = start, end
    row.status = given.status if given.shared else "reviewed"
    row.initials, row.pinyin = latin_forms(given.title, given.keywords)


def _differs(row: Script, given: ScriptIn) -> bool:
    wanted = Script()
    _fill(wanted, given)
    return any(getattr(row, n) != getattr(wanted, n) for n in ("body", "keywords", "active_from", "active_until", "status"))
