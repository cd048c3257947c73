"""Scripts (话术): the shop's shared ones and each person's own, their review by a second person, and what became of their use."""

from collections.abc import Sequence
from datetime import timedelta

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Invalid, NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import bigrams
from xinfu.knowledge import repository
from xinfu.knowledge.errors import NotInReview, OwnWords
from xinfu.knowledge.model import Script, ScriptUse
from xinfu.knowledge.policy import FITS, SUGGESTED, check_window, fits, in_window, latin_forms, phrases, variables
from xinfu.knowledge.rehearsal import Rehearsals
from xinfu.knowledge.schemas import as_time
from xinfu.knowledge.schemas_scripts import ScriptChange, ScriptIn, ScriptOutcomeOut


class Scripts:
    """Shared scripts are written by those who may and used once a second person approved them.

    A personal one is nobody's business but its owner's.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.rehearsals = Rehearsals(database, clock)

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
        """Approved and inside its campaign window."""
        return row.status == "approved" and in_window(row.active_from, row.active_until, self._clock.now())

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

    async def in_review(self, actor: Actor, shop_id: Id) -> Sequence[Script]:
        """What waits for a second pair of eyes, the longest waiting first."""
        actor.require(Permission.SCRIPTS_SHARED_EDIT, shop_id)
        async with self._database.read() as unit:
            return await repository.in_review(unit, shop_id)

    async def submit(self, actor: Actor, shop_id: Id, script_id: Id, version: int) -> Script:
        """Ask for review. Raises NotFound, Conflict, NotInReview."""
        return await self._step(actor, shop_id, script_id, version, ("draft", "returned"), "in_review", "")

    async def approve(self, actor: Actor, shop_id: Id, script_id: Id, version: int) -> Script:
        """Let it be used. Raises NotFound, Conflict, NotInReview, OwnWords."""
        return await self._step(actor, shop_id, script_id, version, ("in_review",), "approved", "")

    async def send_back(self, actor: Actor, shop_id: Id, script_id: Id, version: int, note: str) -> Script:
        """Return it to its author with the reason. Raises NotFound, Conflict, NotInReview, OwnWords."""
        return await self._step(actor, shop_id, script_id, version, ("in_review",), "returned", note)

    async def _step(self, actor: Actor, shop_id: Id, script_id: Id, version: int, before: tuple[str, ...], after: str, note: str) -> Script:
        actor.require(Permission.SCRIPTS_SHARED_EDIT, shop_id)
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, script_id, actor, lock=True)
            if row.version != version:
                raise Conflict
            if row.owner_id is not None or row.status not in before:
                raise NotInReview(state=row.status)
            now = self._clock.now()
            if after != "in_review":
                if row.author_id == actor.id:
                    raise OwnWords
                row.reviewer_id, row.reviewer, row.review_note, row.reviewed_at = actor.id, actor.name, note, now
            row.status, row.version, row.updated_at = after, row.version + 1, now
            audit.record(
                unit, actor, now, f"script.{after}", shop_id, "script", row.id, title=row.title, version=row.version, author=row.author_id
            )
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

    async def note_outcome(
        self, shop_id: Id, conversation_id: Id, *, resolved: bool | None = None, rating: int | None = None, handed_back: bool = False
    ) -> None:
        """The house tells how a conversation went on: its end, its rating, or that it went back to the queue. Without scripts in it
        nothing happens."""
        said: dict[str, bool | int] = {}
        if resolved is not None:
            said["resolved"] = resolved
        if rating is not None:
            said["rating"] = rating
        if handed_back:
            said["handed_back"] = True
        if said:
            async with self._database.unit() as unit:
                await repository.note_outcome(unit, shop_id, conversation_id, said)

    async def outcomes(self, actor: Actor, shop_id: Id, days: int) -> list[ScriptOutcomeOut]:
        """What became of the conversations scripts were used in during the last `days`; shared and one's own, most used first."""
        actor.require(Permission.KNOWLEDGE_READ, shop_id)
        async with self._database.read() as unit:
            names = {row.id: row.title for row in await repository.scripts(unit, shop_id, actor.id)}
            found = await repository.outcomes(unit, shop_id, self._clock.now() - timedelta(days=days))
        return [
            ScriptOutcomeOut(
                script_id=script_id, title=names[script_id], uses=uses, conversations=conversations,
                resolved=resolved, handed_back=handed_back, rated=rated, rating=None if rating is None else round(float(rating), 2),
            )
            for script_id, uses, conversations, resolved, handed_back, rated, rating in found
            if script_id in names
        ]  # fmt: skip

    async def suggest(self, actor: Actor, shop_id: Id, said: str) -> list[Script]:
        """The usable scripts that answer what a customer said, best first, SUGGESTED at most."""
        usable = [row for row, _ in await self.scripts(actor, shop_id)]
        heard = frozenset(bigrams(said))
        ranked = sorted(
            ((fits(heard, phrases(row.title, row.keywords)), row) for row in usable), key=lambda r: (-r[0], -r[1].uses, r[1].id)
        )
        return [row for fit, row in ranked[:SUGGESTED] if fit >= FITS]

    async def load_scripts(self, actor: Actor, shop_id: Id, scripts: Sequence[ScriptIn]) -> int:
        """Bring in many shared scripts at once; one with the same group and title is brought up to date. Returns how many changed.

        The house itself may do this at start-up, and its scripts come approved; anyone else needs the permission to edit shared
        scripts, and theirs go through review.
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
        _begin_review(row, actor)
        unit.add(row)
        audit.record(unit, actor, now, "script.created", shop_id, "script", row.id, title=row.title, shared=given.shared, status=row.status)
        return row

    def _save(self, unit: Unit, actor: Actor, row: Script, given: ScriptIn) -> None:
        _fill(row, given)
        _begin_review(row, actor)
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
    row.initials, row.pinyin = latin_forms(given.title, given.keywords)


def _begin_review(row: Script, actor: Actor) -> None:
    """New words are a draft of whoever wrote them. One's own need no review, and what comes with the house had it."""
    row.author_id, row.author = actor.id, actor.name
    row.status = "draft" if row.owner_id is None and actor.kind != "system" else "approved"
    row.reviewer_id, row.reviewer, row.review_note, row.reviewed_at = "", "", "", None


def _differs(row: Script, given: ScriptIn) -> bool:
    wanted = Script()
    _fill(wanted, given)
    return any(getattr(row, n) != getattr(wanted, n) for n in ("body", "keywords", "active_from", "active_until"))
