"""Looking after a customer until it is right: the checklist of a dispute or an adverse reaction, remedies within it, closing, reopening."""

from dataclasses import replace
from datetime import timedelta

from xinfu.aftersales import errors, lifecycle
from xinfu.aftersales.authority import Ask, Authority
from xinfu.aftersales.casebook import said
from xinfu.aftersales.checklists import next_due, renewed, ticked, undone
from xinfu.aftersales.contracts import Case, Grant, GrantKind
from xinfu.aftersales.desk import role_of
from xinfu.aftersales.grants import grant_of, words, worth
from xinfu.aftersales.life import case_key, standing_of
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.service import Cases
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderState
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.database import Unit
from xinfu.kit.errors import Conflict, Invalid
from xinfu.kit.ids import Id
from xinfu.kit.text import clean


class CaseCare:
    """Steps of disputes and adverse reactions."""

    def __init__(self, cases: Cases, authority: Authority) -> None:
        self._cases = cases
        self._book = cases.book
        self._authority = authority

    async def check(self, actor: Actor, shop_id: Id, number: str, *, version: int, step: str, said_to: str) -> Case:
        """One step of the list is done, in these words. Raises CaseNotFound, Conflict, StateForbids, StepUnknown, Invalid."""
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        told = clean(said_to)[:500]
        if not told:
            raise Invalid(why="words")
        now = self._book.clock.now()
        async with self._book.database.unit() as unit:
            row, _ = await self._book.hold(unit, actor, shop_id, number)
            work = work_of(row)
            done = next((c for c in work.checklist if c.key == step and c.done_at), None)
            if done is not None and done.done_by == actor.name:
                return await self._book.view(unit, row, repeated=True)
            if version != row.version:
                raise Conflict
            if row.state not in lifecycle.LIVE:
                raise lifecycle.forbids(row.state)  # type: ignore[arg-type]
            steps = ticked(work.checklist, step, now, actor.name, told)
            keep_work(row, replace(work, checklist=steps))
            row.due_at = next_due(steps) or row.due_at
            named = next(c for c in steps if c.key == step)
            # The customer follows that it goes on; the words are the colleague's own notes.
            await self._book.tell(unit, actor, row, now, "checked", f"{named.zh}：已完成", f"{named.en}: done")
            await self._book.tell(unit, actor, row, now, "check_note", told, told, public=False)
            return await self._book.view(unit, row)

    async def remedy(self, actor: Actor, shop_id: Id, number: str, *, version: int, what: GrantKind, amount: str, note: str) -> Case:
        """Points, a coupon or cash within the same case, within the person's authority; beyond it a lead has to do it.

        Raises CaseNotFound, Conflict, StateForbids, AmountMissing, AmountInvalid, AmountTooHigh, BeyondAuthority, Invalid.
        """
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), "remedied")
            grant = await self._grant(unit, actor, row, order, what, amount)
            zh, en = words(grant, row.currency)
            told = said(f"给您 {zh}", f"For you: {en}", note)
            await self._cases.life.take(unit, actor, row, order, "remedied", told)
            return await self._book.view(unit, row)

    async def close(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str) -> Case:
        """A lead looks it over and closes it, every step done. Raises CaseNotFound, Conflict, StateForbids, StepsOpen, Invalid."""
        actor.require(Permission.AFTERSALES_APPROVE, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), "closed")
            if left := undone(work_of(row).checklist):
                raise errors.StepsOpen(left="、".join(c.zh for c in left), left_en=", ".join(c.en for c in left))
            told = said("组长复核后结案", "Closed after review by a lead", note)
            await self._cases.life.take(unit, actor, row, order, "closed", told)
            return await self._book.view(unit, row)

    async def reopen(
        self, actor: Actor, shop_id: Id, number: str, *, note: str, version: int | None = None, for_customer: Id | None = None
    ) -> Case:
        """Not settled after all: the steps begin again. Raises CaseNotFound, Conflict, StateForbids, ReopenTooLate, Invalid."""
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        now = self._book.clock.now()
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version, for_customer)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), "reopened")
            pack = self._book.pack_of(row)
            if row.closed_at is not None and now >= row.closed_at + timedelta(days=pack.dispute.reopen_days):
                raise errors.ReopenTooLate
            work = work_of(row)
            steps = renewed(work.checklist, row.kind, now, pack)  # type: ignore[arg-type]
            keep_work(row, replace(work, checklist=steps, reopened=work.reopened + 1))
            told = said("重新打开，继续跟进", "Opened again and looked after", note)
            await self._cases.life.take(unit, actor, row, order, "reopened", told)
            return await self._book.view(unit, row)

    async def _grant(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, what: GrantKind, amount: str) -> Grant:
        """Held against the pack's caps for the whole case, the order's money and the person's authority, and written into the case."""
        rule, work = self._book.pack_of(row).compensation, work_of(row)
        left = await self._cases.deciding.left(unit, order, row)
        grant = grant_of(what, amount, row.currency, rule, left)
        given = sum(g.amount for g in work.paid_grants if g.what == what) + (row.amount_minor if what == "cash" else 0)
        caps = {"points": rule.points_max, "coupon": rule.coupon_max.minor, "cash": rule.cash_max.minor}
        if given + grant.amount > caps[what]:
            raise errors.AmountTooHigh(most=words(Grant(what, max(0, caps[what] - given)), row.currency)[0])
        ask = Ask(
            action=f"compensation_{what}", amount=worth(grant, row.currency, rule), customer_id=row.customer_id, order_no=order.no,  # type: ignore[arg-type]
            case_no=row.number, order_paid=order.paid, by_policy=False,
        )  # fmt: skip
        await self._authority.use(unit, actor, row.shop_id, ask, key=case_key(row.number, row.version, "remedy"))
        if what == "cash":
            row.amount_minor += grant.amount
            keep_work(row, replace(work, paid_grants=(*work.paid_grants, grant)))
        else:
            keep_work(row, replace(work, grant=grant))
        return grant
