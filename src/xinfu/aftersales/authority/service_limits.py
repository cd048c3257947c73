"""The limits themselves: what is in force, what a change would change, and saving it as a new version from a date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xinfu.aftersales.authority import repository
from xinfu.aftersales.authority.contracts import Rules, SavedRules
from xinfu.aftersales.authority.errors import RulesInvalid
from xinfu.aftersales.authority.model import AuthorityRules
from xinfu.aftersales.authority.policy import changes, check_rules, default_rules, in_force
from xinfu.aftersales.authority.views import saved_of, stored_rules
from xinfu.identity import Permission, role_keys, shop_currency
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, to_ms
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import clean

_AHEAD = timedelta(days=731)  # a date further away was mistyped


@dataclass(frozen=True, slots=True)
class LimitsView:
    """What is in force, and every saved version, newest first. The next change names `newest` as the version it is based on."""

    current: SavedRules
    newest: int
    history: tuple[SavedRules, ...]
    roles: tuple[str, ...]


class Limits:
    """A shop's limits as versions; what was saved stays."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def view(self, actor: Actor, shop_id: Id) -> LimitsView:
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            return await self._view(unit, shop_id)

    async def preview(self, actor: Actor, shop_id: Id, rules: Rules) -> list[tuple[str, str]]:
        """What saving it would change of what is in force now, line by line. Raises RulesInvalid."""
        actor.require(Permission.AFTERSALES_LIMITS, shop_id)
        async with self._database.read() as unit:
            seen = await self._view(unit, shop_id)
            check_rules(rules, await shop_currency(unit, shop_id), seen.roles)
        return changes(seen.current.rules, rules)

    async def save(
        self, actor: Actor, shop_id: Id, rules: Rules, *, base_version: int, effective_from: datetime | None = None, note: str = ""
    ) -> LimitsView:
        """Add a version that takes over at `effective_from` (None or a past time: at once). Raises RulesInvalid, Conflict."""
        actor.require(Permission.AFTERSALES_LIMITS, shop_id)
        now = self._clock.now()
        start = max(now, effective_from or now)
        if start > now + _AHEAD:
            raise RulesInvalid(why="生效日期太远", why_en="the date is too far away")
        async with self._database.unit() as unit:
            await repository.hold(unit, shop_id)  # nobody grants by the old limits while they change
            seen = await self._view(unit, shop_id)
            check_rules(rules, await shop_currency(unit, shop_id), seen.roles)
            if seen.newest != base_version:
                raise Conflict
            row = AuthorityRules(
                id=new_id(), shop_id=shop_id, version=seen.newest + 1, effective_from=start, rules=stored_rules(rules),
                note=clean(note)[:200], author_id=actor.id, author=actor.name, saved_at=now,
            )  # fmt: skip
            unit.add(row)
            told = [en for _, en in changes(seen.current.rules, rules)]
            audit.record(
                unit, actor, now, "authority.limits_saved", shop_id, "authority_rules", str(row.version), effective_from=to_ms(start),
                based_on=base_version, changes=told,
            )  # fmt: skip
            await unit.flush()
            return await self._view(unit, shop_id)

    async def _view(self, unit: Unit, shop_id: Id) -> LimitsView:
        rows = await repository.versions(unit, shop_id)
        saved = [saved_of(row) for row in rows]
        roles = tuple(await role_keys(unit))
        current = _current(saved, self._clock.now()) or SavedRules(0, None, default_rules(await shop_currency(unit, shop_id)), "", None, "")
        return LimitsView(current, saved[-1].version if saved else 0, tuple(saved[::-1]), roles)


def _current(saved: Sequence[SavedRules], now: datetime) -> SavedRules | None:
    version = in_force([(s.effective_from, s.version) for s in saved if s.effective_from], now)
    return saved[version - 1] if version else None
