"""Looking after a customer until it is right: the checklist of a dispute or an adverse reaction, remedies within it, closing, reopening."""

from dataclasses import replace
from datetime import timedelta

from xinfu.aftersales import errors, lifecycle, repository
from xinfu.aftersales.authority import Approval, Ask, Authority
from xinfu.aftersales.casebook import said
from xinfu.aftersales.checklists import next_due, renewed, ticked, undone
from xinfu.aftersales.contracts import Case, Grant, GrantKind
from xinfu.aftersales.deciding import decider
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
        authority.on_decided.append(self._on_decided)

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
        """Points, a coupon or cash within the same case, within the person's authority; beyond it those who may approve are asked.

        Raises CaseNotFound, Conflict, StateForbids, RemedyWaits, AmountMissing, AmountInvalid, AmountTooHigh, NotGrantable, Invalid.
        """
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), "remedied")
            if work_of(row).remedy_asked:
                raise errors.RemedyWaits
            rule, left = self._book.pack_of(row).compensation, await self._cases.deciding.left(unit, order, row)
            grant = grant_of(what, amount, row.currency, rule, left)
            self._within_caps(row, grant)
            ask = Ask(
                action=f"compensation_{what}", amount=worth(grant, row.currency, rule), customer_id=row.customer_id, order_no=order.no,  # type: ignore[arg-type]
                case_no=row.number, order_paid=order.paid, by_policy=False,
            )  # fmt: skip
            key = case_key(row.number, row.version, "remedy")
            if (await self._authority.check(unit, actor, shop_id, ask)).outcome == "approval":
                await self._escalate(unit, actor, row, grant, ask, key, note)
            else:
                await self._authority.use(unit, actor, shop_id, ask, key=key)
                await self._give(unit, actor, row, order, grant, note)
            return await self._book.view(unit, row)

    async def close(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str) -> Case:
        """A lead looks it over and closes it, every step done.

        Raises CaseNotFound, Conflict, StateForbids, StepsOpen, RemedyWaits, Invalid.
        """
        actor.require(Permission.AFTERSALES_APPROVE, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), "closed")
            if work_of(row).remedy_asked:
                raise errors.RemedyWaits
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

    # Inside

    def _within_caps(self, row: CaseRow, grant: Grant) -> None:
        """All remedies of a case together stay within what the pack allows. Raises AmountTooHigh."""
        rule, work = self._book.pack_of(row).compensation, work_of(row)
        given = sum(g.amount for g in work.paid_grants if g.what == grant.what) + (row.amount_minor if grant.what == "cash" else 0)
        cap = {"points": rule.points_max, "coupon": rule.coupon_max.minor, "cash": rule.cash_max.minor}[grant.what]
        if given + grant.amount > cap:
            raise errors.AmountTooHigh(most=words(Grant(grant.what, max(0, cap - given)), row.currency)[0])

    async def _give(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, grant: Grant, note: str) -> None:
        work = work_of(row)
        if grant.what == "cash":
            row.amount_minor += grant.amount
            keep_work(row, replace(work, paid_grants=(*work.paid_grants, grant)))
        else:
            keep_work(row, replace(work, grant=grant))
        zh, en = words(grant, row.currency)
        await self._cases.life.take(unit, actor, row, order, "remedied", said(f"给您 {zh}", f"For you: {en}", note))

    async def _escalate(self, unit: Unit, actor: Actor, row: CaseRow, grant: Grant, ask: Ask, key: str, note: str) -> None:
        approval = await self._authority.request(unit, actor, row.shop_id, ask, key=key, words=note)
        keep_work(row, replace(work_of(row), approval_id=approval.id, remedy_asked=grant))
        zh, en = words(grant, row.currency)
        told = f"{actor.name} 请求审批补救：{zh}", f"{actor.name} asked for approval of a remedy: {en}"
        await self._book.tell(unit, actor, row, self._book.clock.now(), "escalated", *told, public=False)

    async def _on_decided(self, unit: Unit, approval: Approval) -> None:
        """What was asked for is given in the transaction that approves it. Raises NothingLeft, AmountTooHigh: then it is not approved."""
        row = await repository.by_number(unit, approval.shop_id, approval.case_no) if approval.case_no else None
        if row is None or work_of(row).approval_id != approval.id or (grant := work_of(row).remedy_asked) is None:
            return
        order = await self._book.shop.locked(unit, approval.shop_id, row.order_no)
        assert order is not None  # the case is about it
        by = decider(approval)
        keep_work(row, replace(work_of(row), approval_id="", remedy_asked=None))
        if not approval.approved or row.state != "handling":
            told = said("补救没有批，请另想办法", "The remedy was not approved; find another way", approval.note)
            await self._book.tell(unit, by, row, self._book.clock.now(), "unapproved", *told, public=False)
            return
        self._within_caps(row, grant)
        if grant.what == "cash" and grant.amount > (await self._cases.deciding.left(unit, order, row)).minor:
            raise errors.NothingLeft
        await self._give(unit, by, row, order, grant, approval.words)
