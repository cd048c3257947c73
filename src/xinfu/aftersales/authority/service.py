"""Use-cases of authority: may it be granted, record that it was, ask others, decide what was asked.

`check`, `use`, `request` and `withdraw` run inside the caller's transaction. The caller holds the order; the book of the shop's uses is
held after it, always in this order, so that two never wait for each other.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
import structlog

from xinfu.aftersales.authority import repository
from xinfu.aftersales.authority.contracts import (
    Action,
    Approval,
    ApprovalAsked,
    ApprovalDecided,
    ApprovalState,
    Ask,
    Limit,
    Person,
    Reason,
    Rules,
    Ruling,
    Used,
    Vote,
)
from xinfu.aftersales.authority.errors import (
    ApprovalNotFound,
    ApprovalOver,
    ApproverTooSmall,
    AuthorityKeyReused,
    BeyondAuthority,
    NotGrantable,
    OwnApproval,
)
from xinfu.aftersales.authority.model import AuthorityApproval, AuthorityUse
from xinfu.aftersales.authority.policy import (
    CUSTOMER_DAYS,
    Who,
    complete,
    covers,
    decide,
    default_rules,
    in_force,
    may_vote,
    needs_two,
    people_who,
    who_covers,
)
from xinfu.aftersales.authority.views import approval_of, ask_of, rules_of, stored_vote, vote_of
from xinfu.aftersales.authority.words import STATE_WORDS, listed
from xinfu.commerce import check_key
from xinfu.identity import Permission, Settings, holders, shop_currency
from xinfu.kit import audit
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Forbidden, Invalid, NotFound
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.money import Money
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean

log = structlog.get_logger()

type Hook = Callable[[Unit, Approval], Awaitable[None]]

_SWEEP_S = 60


class Authority:
    """The guard of money. `on_deciding` run before an approval is judged (to hold the order), `on_decided` once it came to its end."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._sweeping: asyncio.Task[None] | None = None
        self.on_deciding: list[Hook] = []
        self.on_decided: list[Hook] = []

    async def start(self) -> None:
        """Begin to end what nobody decides in time."""
        self._sweeping = asyncio.create_task(self._sweep_on(), name="authority")

    async def stop(self) -> None:
        if self._sweeping:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)

    # Granting

    async def check(self, unit: Unit, actor: Actor, shop_id: Id, ask: Ask) -> Ruling:
        """May they grant it? Nothing is written."""
        _at_home(actor, shop_id)
        version, rules = await self._rules(unit, shop_id)
        ruling = decide(ask, Who(actor.kind, actor.role), rules, await self._used(unit, shop_id, ask, actor.id))
        if ruling.outcome == "approval":
            able = await self._able(unit, shop_id, {actor.id}, ruling)
            return replace(ruling, people=able, rules_version=version, lines=(*ruling.lines, _who_may(ruling, able)))
        return replace(ruling, rules_version=version)

    async def use(self, unit: Unit, actor: Actor, shop_id: Id, ask: Ask, *, key: str) -> Ruling:
        """Record that they grant it, once per key. An approval given under this key counts as the use of it.

        Raises BeyondAuthority, NotGrantable, AuthorityKeyReused, Invalid for a key of another form.
        """
        _at_home(actor, shop_id)
        check_key(key)
        await repository.hold(unit, shop_id)
        if before := await repository.use_by_key(unit, shop_id, key):
            if not _same_use(before, ask) or before.released_at:
                raise AuthorityKeyReused
            return Ruling("allowed", ask, (), rules_version=before.rules_version, repeated=True)
        ruling = await self.check(unit, actor, shop_id, ask)
        if ruling.outcome != "allowed":
            raise _refusal(ruling)
        await self._record(unit, actor, shop_id, ask, key, ruling.rules_version, None)
        return ruling

    async def release(self, unit: Unit, actor: Actor, shop_id: Id, key: str) -> bool:
        """What was granted under this key will not happen: it counts no longer. False when there was nothing to take back."""
        _at_home(actor, shop_id)
        await repository.hold(unit, shop_id)
        row = await repository.use_by_key(unit, shop_id, key)
        if row is None or row.released_at:
            return False
        now = self._clock.now()
        row.released_at = now
        told = {"granted": row.action, "amount": Money(row.amount_minor).plain(), "order": row.order_no, "case": row.case_no}
        audit.record(unit, actor, now, "authority.released", shop_id, "authority_use", row.id, **told)
        return True

    async def mine(self, actor: Actor, shop_id: Id) -> list[tuple[Action, Limit, int]]:
        """What the actor may grant, and how much of each they granted today, in minor units."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            _, rules = await self._rules(unit, shop_id)
            given = await repository.uses_of_day(unit, shop_id, actor.id, self._day(shop_id))
        limits = rules.limits.get(Who(actor.kind, actor.role).authority_role, {})
        return [(action, limit, given.get(action, 0)) for action, limit in limits.items()]

    # Asking others

    async def request(self, unit: Unit, actor: Actor, shop_id: Id, ask: Ask, *, key: str, words: str = "") -> Approval:
        """Ask those who may approve; the same key again gives what it led to. Raises NotGrantable, AuthorityKeyReused, Invalid."""
        check_key(key)
        await repository.hold(unit, shop_id)  # the same key twice at once: the second finds the first
        if before := await repository.approval_by_key(unit, shop_id, key):
            if ask_of(before) != replace(ask, order_paid=ask_of(before).order_paid):
                raise AuthorityKeyReused
            return approval_of(before, repeated=True)
        if await repository.use_by_key(unit, shop_id, key):
            raise AuthorityKeyReused
        ruling = await self.check(unit, actor, shop_id, ask)
        if ruling.outcome == "refused":
            raise _refusal(ruling)
        now = self._clock.now()
        version, rules = await self._rules(unit, shop_id)
        if ruling.outcome == "allowed":  # they would rather ask
            fresh = await self._used(unit, shop_id, ask, "")
            ruling = replace(ruling, roles=who_covers(ask, rules, fresh))
            ruling = replace(ruling, people=await self._able(unit, shop_id, {actor.id}, ruling))
        row = AuthorityApproval(
            id=new_id(), shop_id=shop_id, key=key, state="waiting", action=ask.action, amount_minor=ask.amount.minor,
            paid_minor=ask.order_paid.minor, currency=ask.amount.currency, customer_id=ask.customer_id, order_no=ask.order_no,
            case_no=ask.case_no, by_policy=ask.by_policy, words=clean(words)[:500], two_person=ruling.two_person, roles=list(ruling.roles),
            people=msgspec.to_builtins(ruling.people), explanation=msgspec.to_builtins(ruling.lines), votes=[], rules_version=version,
            asked_at=now, asked_by_kind=actor.kind, asked_by_id=actor.id, asked_by=actor.name,
            expires_at=now + timedelta(hours=rules.approval_hours), decided_at=None, version=1,
        )  # fmt: skip
        unit.add(row)
        audit.record(unit, actor, now, "authority.asked", shop_id, "authority_approval", row.id, **_told(ask))
        unit.announce(ApprovalAsked(shop_id, row.id, ask.case_no, actor.name, ask.amount, tuple(p.id for p in ruling.people)))
        await unit.flush()
        return approval_of(row)

    async def approve(self, actor: Actor, shop_id: Id, approval_id: Id, *, version: int, note: str = "") -> Approval:
        """Say yes; it is given once everyone it takes has. Twice is once.

        Raises ApprovalNotFound, ApprovalOver, OwnApproval, ApproverTooSmall, NotGrantable, Conflict.
        """
        _may_decide(actor, shop_id)
        async with self._database.unit() as unit:
            row = await self._held(unit, shop_id, approval_id)
            mine = [v for v in row.votes if v["person"]["id"] == actor.id]
            if mine and mine[0]["agreed"] and row.state in ("waiting", "approved"):
                return approval_of(row, repeated=True)
            self._open(row, actor, version)
            ask = ask_of(row)
            rules_version, rules = await self._rules(unit, shop_id)
            await self._still_possible(unit, shop_id, ask, rules)
            row.two_person = row.two_person or needs_two(ask, rules)
            before = await self._covering(unit, shop_id, row, ask, rules)
            covers_it = covers(ask, actor.role, rules, await self._used(unit, shop_id, ask, actor.id))
            if not may_vote(row.two_person, covers_it, list(before.values())):
                fresh = await self._used(unit, shop_id, ask, "")
                roles = listed(who_covers(ask, rules, fresh))
                raise ApproverTooSmall(roles=roles[0], roles_en=roles[1])
            self._vote(row, actor, True, note, covers_it)
            votes = {**before, actor.id: covers_it}
            if complete(row.two_person, list(votes.values())):
                carrier = next(v.person for v in map(vote_of, reversed(row.votes)) if votes[v.person.id])
                by = Actor("staff", carrier.id, carrier.name, frozenset({shop_id}), role=carrier.role)
                if await repository.use_by_key(unit, shop_id, row.key) is None:  # else its asker may grant it by now, and has
                    await self._record(unit, by, shop_id, ask, row.key, rules_version, row.id)
                return await self._end(unit, actor, row, "approved")
            audit.record(unit, actor, self._clock.now(), "authority.agreed", shop_id, "authority_approval", row.id, **_told(ask))
            await unit.flush()
            return approval_of(row)

    async def decline(self, actor: Actor, shop_id: Id, approval_id: Id, *, version: int, note: str) -> Approval:
        """Say no, with a reason for whoever asked. One no is enough.

        Raises ApprovalNotFound, ApprovalOver, OwnApproval, Conflict, Invalid.
        """
        _may_decide(actor, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        async with self._database.unit() as unit:
            row = await self._held(unit, shop_id, approval_id)
            if row.state == "declined" and row.votes[-1]["person"]["id"] == actor.id:
                return approval_of(row, repeated=True)
            self._open(row, actor, version)
            self._vote(row, actor, False, note, False)
            return await self._end(unit, actor, row, "declined")

    async def take_back(self, actor: Actor, shop_id: Id, approval_id: Id) -> Approval:
        """Whoever asked needs it no more. Raises ApprovalNotFound, ApprovalOver."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.unit() as unit:
            row = await self._held(unit, shop_id, approval_id)
            if row.asked_by_id != actor.id:
                raise ApprovalNotFound
            if row.state == "withdrawn":
                return approval_of(row, repeated=True)
            _waiting(row)
            return await self._end(unit, actor, row, "withdrawn")

    async def withdraw_of_case(self, unit: Unit, actor: Actor, shop_id: Id, case_no: str) -> int:
        """The case asks for nothing any more: what waits for it is taken back, without calling the hooks. How many there were."""
        _at_home(actor, shop_id)
        waiting = [row for row in await repository.approvals_of_case(unit, shop_id, case_no) if row.state == "waiting"]
        for row in waiting:
            await self._end(unit, actor, row, "withdrawn", hooks=False)
        return len(waiting)

    async def expire(self) -> int:
        """End everything nobody decided in time. How many there were."""
        async with self._database.read() as unit:
            due = await repository.overdue(unit, self._clock.now())
        for shop_id, approval_id in due:
            async with self._database.unit() as unit:
                row = await self._held(unit, shop_id, approval_id)
                if row.state == "waiting" and row.expires_at <= self._clock.now():
                    await self._end(unit, system_actor(shop_id), row, "expired")
        return len(due)

    # Looking

    async def get(self, actor: Actor, shop_id: Id, approval_id: Id) -> Approval:
        """Raises ApprovalNotFound; also for someone else's, to those who may not approve."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            row = await repository.approval(unit, shop_id, approval_id) if is_id(approval_id) else None
        if row is None or (row.asked_by_id != actor.id and not actor.may(Permission.AFTERSALES_APPROVE, shop_id)):
            raise ApprovalNotFound
        return approval_of(row)

    async def of_case(self, unit: Unit, shop_id: Id, case_no: str) -> list[Approval]:
        """Oldest first."""
        return [approval_of(row) for row in await repository.approvals_of_case(unit, shop_id, case_no)]

    async def search(
        self, actor: Actor, shop_id: Id, which: Literal["waiting", "over", "all"], *, mine: bool = False, cursor: str | None = None,
        limit: int = 30,
    ) -> Page[Approval]:  # fmt: skip
        """What waits: longest first; the rest newest first. Those who may not approve see what they asked for themselves."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        own = mine or not actor.may(Permission.AFTERSALES_APPROVE, shop_id)
        async with self._database.read() as unit:
            rows = await repository.approvals(unit, shop_id, which, actor.id if own else None, _after(cursor), limit + 1)
        more = encode_cursor(rows[limit - 1].asked_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
        return Page([approval_of(row) for row in rows[:limit]], more)

    async def count_waiting(self, actor: Actor, shop_id: Id) -> int:
        actor.require(Permission.AFTERSALES_APPROVE, shop_id)
        async with self._database.read() as unit:
            return await repository.count_waiting(unit, shop_id)

    # Inside

    async def _rules(self, unit: Unit, shop_id: Id) -> tuple[int, Rules]:
        rows = await repository.versions(unit, shop_id)
        version = in_force([(row.effective_from, row.version) for row in rows], self._clock.now())
        if version:
            return version, rules_of(next(row.rules for row in rows if row.version == version))
        return 0, default_rules(await shop_currency(unit, shop_id))

    async def _used(self, unit: Unit, shop_id: Id, ask: Ask, by_id: str) -> Used:
        since = self._clock.now() - timedelta(days=CUSTOMER_DAYS)
        return await repository.used(unit, shop_id, ask, by_id, self._day(shop_id), since)

    def _day(self, shop_id: Id) -> str:
        return self._clock.now().astimezone(ZoneInfo(self._settings.current(shop_id).time_zone)).date().isoformat()

    async def _able(self, unit: Unit, shop_id: Id, besides: set[str], ruling: Ruling) -> tuple[Person, ...]:
        people = [Person(c.id, c.name, c.role) for c in await holders(unit, shop_id, Permission.AFTERSALES_APPROVE)]
        return people_who(people, ruling.roles, ruling.two_person, besides)

    async def _record(self, unit: Unit, by: Actor, shop_id: Id, ask: Ask, key: str, rules_version: int, approval_id: Id | None) -> None:
        now = self._clock.now()
        row = AuthorityUse(
            id=new_id(), shop_id=shop_id, key=key, action=ask.action, counts_as=ask.counts_as, amount_minor=ask.amount.minor,
            currency=ask.amount.currency, customer_id=ask.customer_id, order_no=ask.order_no, case_no=ask.case_no, day=self._day(shop_id),
            at=now, by_kind=by.kind, by_id=by.id, by_name=by.name, by_role=Who(by.kind, by.role).authority_role, approval_id=approval_id,
            rules_version=rules_version, released_at=None,
        )  # fmt: skip
        unit.add(row)
        audit.record(unit, by, now, "authority.used", shop_id, "authority_use", row.id, approval=approval_id or "", **_told(ask))
        await unit.flush()

    async def _held(self, unit: Unit, shop_id: Id, approval_id: Id) -> AuthorityApproval:
        """The approval, with its order (by the hooks), the shop's book and its own row held, in this order. Raises ApprovalNotFound."""
        seen = await repository.approval(unit, shop_id, approval_id) if is_id(approval_id) else None
        if seen is None:
            raise ApprovalNotFound
        for hook in self.on_deciding:
            await hook(unit, approval_of(seen))
        await repository.hold(unit, shop_id)
        row = await repository.approval(unit, shop_id, approval_id, lock=True)
        if row is None:
            raise ApprovalNotFound
        return row

    def _open(self, row: AuthorityApproval, actor: Actor, version: int) -> None:
        """Raises ApprovalOver, OwnApproval, Conflict."""
        _waiting(row)
        if row.expires_at <= self._clock.now():
            raise _over("expired")
        if row.asked_by_id == actor.id:
            raise OwnApproval
        if version != row.version:
            raise Conflict

    async def _still_possible(self, unit: Unit, shop_id: Id, ask: Ask, rules: Rules) -> None:
        """More of the order may have gone back since it was asked. Raises NotGrantable."""
        ruling = decide(ask, Who("system", ""), rules, await self._used(unit, shop_id, ask, ""))
        if ruling.outcome == "refused":
            raise _refusal(ruling)

    async def _covering(self, unit: Unit, shop_id: Id, row: AuthorityApproval, ask: Ask, rules: Rules) -> dict[Id, bool]:
        """For each who agreed so far: does their authority reach as far now? Their day has gone on since."""
        out: dict[Id, bool] = {}
        for vote in map(vote_of, row.votes):
            out[vote.person.id] = covers(ask, vote.person.role, rules, await self._used(unit, shop_id, ask, vote.person.id))
        return out

    def _vote(self, row: AuthorityApproval, actor: Actor, agreed: bool, note: str, covers_it: bool) -> None:
        vote = Vote(self._clock.now(), Person(actor.id, actor.name, actor.role), agreed, clean(note)[:500], covers_it)
        row.votes = [*row.votes, stored_vote(vote)]
        row.version += 1

    async def _end(self, unit: Unit, actor: Actor, row: AuthorityApproval, state: ApprovalState, *, hooks: bool = True) -> Approval:
        now = self._clock.now()
        row.state, row.decided_at = state, now
        row.version += state in ("expired", "withdrawn")
        approval = approval_of(row)
        audit.record(unit, actor, now, f"authority.{state}", row.shop_id, "authority_approval", row.id, **_told(approval.ask))
        unit.announce(
            ApprovalDecided(
                row.shop_id, row.id, row.case_no, state, state == "approved", actor.kind, actor.id, actor.name, row.asked_by_id,
                tuple(p.id for p in approval.people),
            )
        )  # fmt: skip
        await unit.flush()
        for hook in self.on_decided if hooks else ():
            await hook(unit, approval)
        return approval

    async def _sweep_on(self) -> None:
        while True:
            try:
                await self.expire()
            except Exception:
                log.exception("authority.sweep_failed")
            await asyncio.sleep(_SWEEP_S)


def _at_home(actor: Actor, shop_id: Id) -> None:
    """Raises NotFound for another shop's."""
    if shop_id not in actor.shops:
        raise NotFound


def _may_decide(actor: Actor, shop_id: Id) -> None:
    """Only a person approves. Raises NotFound, Forbidden."""
    actor.require(Permission.AFTERSALES_APPROVE, shop_id)
    if actor.kind != "staff":
        raise Forbidden(permission=Permission.AFTERSALES_APPROVE.value)


def _waiting(row: AuthorityApproval) -> None:
    if row.state != "waiting":
        raise _over(row.state)  # type: ignore[arg-type]


def _over(state: ApprovalState) -> ApprovalOver:
    zh, en = STATE_WORDS[state]
    return ApprovalOver(state=zh, state_en=en)


def _refusal(ruling: Ruling) -> BeyondAuthority | NotGrantable:
    against = [line for line in ruling.lines if line.against]
    kind = NotGrantable if ruling.outcome == "refused" else BeyondAuthority
    return kind(why="".join(x.zh for x in against), why_en=" ".join(x.en for x in against))


def _who_may(ruling: Ruling, people: tuple[Person, ...]) -> Reason:
    two = "任意两人" if ruling.two_person else ""
    if not people:
        zh, en = listed(ruling.roles)
        return Reason("nobody", f"现在店里没有人能批，需要的角色：{zh}。", f"Nobody here can approve it now; it takes: {en}.", True)
    names = "、".join(p.name for p in people[:6])
    how = "two of them approve" if ruling.two_person else "one of them approves"
    return Reason("who", f"可以审批的人：{names}{'，要其中' + two if two else ''}。", f"May approve: {names.replace('、', ', ')}; {how}.")


def _same_use(row: AuthorityUse, ask: Ask) -> bool:
    return (row.action, row.counts_as, row.amount_minor, row.currency, row.customer_id, row.order_no, row.case_no) == (
        ask.action, ask.counts_as, ask.amount.minor, ask.amount.currency, ask.customer_id, ask.order_no, ask.case_no,
    )  # fmt: skip


def _told(ask: Ask) -> dict[str, str]:
    return {
        "granted": ask.action, "amount": ask.amount.plain(), "currency": ask.amount.currency, "order": ask.order_no, "case": ask.case_no,
    }  # fmt: skip


def _after(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, id_ = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(id_)
