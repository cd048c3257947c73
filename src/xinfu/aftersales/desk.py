"""The returns desk: queues by due time, who looks after what, notes and evidence, many simple cases at once, stuck ones set going again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from xinfu.aftersales import errors, lifecycle, repository
from xinfu.aftersales.appeals import appeal_of
from xinfu.aftersales.benefit import reorder_benefit
from xinfu.aftersales.casebook import said
from xinfu.aftersales.contracts import Case, Evidence
from xinfu.aftersales.desk_contracts import QUEUES, Appeal, Benefit, Bulked, Counts, Filter, Option, Stake, Terms
from xinfu.aftersales.judging import wish_again
from xinfu.aftersales.life import standing_of
from xinfu.aftersales.lifecycle import Role
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.photos import Photos
from xinfu.aftersales.service import Cases
from xinfu.aftersales.settlement import Settlement
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderState
from xinfu.identity import Permission, holders
from xinfu.kit.auth import Actor
from xinfu.kit.database import Unit
from xinfu.kit.errors import Invalid, NotFound, Refusal
from xinfu.kit.ids import Id, is_id
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean

type Order = Literal["due", "newest"]

MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with what the person looking at it can do about it."""

    case: Case
    options: tuple[Option, ...]
    stake: Stake | None
    appeals: tuple[Appeal, ...]
    benefit: Benefit | None


class CaseDesk:
    """What staff do with cases beside deciding them."""

    def __init__(self, cases: Cases, settlement: Settlement, photos: Photos) -> None:
        self._cases = cases
        self._book = cases.book
        self._settlement = settlement
        self._photos = photos

    # Looking

    async def page(self, actor: Actor, shop_id: Id, wanted: Filter, order: Order, cursor: str | None, limit: int) -> Page[Case]:
        """Cases that fit, by when their next step is due or newest first. Raises Invalid for a cursor of another form."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        if actor.kind in ("ai", "customer") or (wanted.customer_id is not None and not is_id(wanted.customer_id)):
            return Page([], None)
        find = repository.by_due if order == "due" else repository.newest
        async with self._book.database.read() as unit:
            rows = await find(unit, shop_id, wanted, actor.id, self._book.clock.now(), _after(cursor), limit + 1)
            items = await self._book.views(unit, shop_id, rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(items, _next(last, order) if last else None)

    async def counts(self, actor: Actor, shop_id: Id) -> Counts:
        actor.require(Permission.AFTERSALES_READ, shop_id)
        now = self._book.clock.now()
        kinds = (
            Filter(mine=True, live=True), Filter(overdue=True, live=True), Filter(risky=True, live=True), Filter(appealed=True),
            Filter(simple=True),
        )  # fmt: skip
        async with self._book.database.read() as unit:
            states = await repository.by_state(unit, shop_id)
            mine, overdue, risky, appealed, simple = [await repository.count(unit, shop_id, f, actor.id, now) for f in kinds]
        queues = {queue: sum(states.get(state, 0) for state in held) for queue, held in QUEUES.items()}
        return Counts(queues, mine, overdue, risky, appealed, simple)

    async def look(self, actor: Actor, shop_id: Id, number: str) -> CasePage:
        """The case, the steps this person could take, what a yes would put at stake, appeals, and what serves the customer better.

        Raises CaseNotFound.
        """
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._book.database.read() as unit:
            row = await self._book.find(unit, actor, shop_id, number)
            order = await self._book.shop.state(unit, shop_id, row.order_no)
            decides = actor.may(Permission.AFTERSALES_DECIDE, shop_id)
            return CasePage(
                await self._book.view(unit, row),
                _options(actor, row) if decides else (),
                await self._cases.deciding.stake(unit, actor, row, order) if order and decides else None,
                tuple(appeal_of(a, row.number) for a in await repository.appeals(unit, shop_id, row.id)),
                await self._benefit(unit, row, order) if order else None,
            )

    # Looking after

    async def assign(self, actor: Actor, shop_id: Id, number: str, *, version: int, staff_id: Id | None) -> Case:
        """Give it to someone who may decide, or to nobody. Raises CaseNotFound, Conflict, AssigneeUnknown."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        async with self._book.database.unit() as unit:
            row, _ = await self._book.hold(unit, actor, shop_id, number, version)
            able = {c.id: c.name for c in await holders(unit, shop_id, Permission.AFTERSALES_DECIDE)} if staff_id else {}
            if staff_id and staff_id not in able and staff_id != actor.id:
                raise errors.AssigneeUnknown
            row.assignee_id = staff_id or ""
            row.assignee = able.get(staff_id, actor.name) if staff_id else ""
            told = (
                (f"交给 {row.assignee} 跟进", f"Looked after by {row.assignee}")
                if staff_id
                else ("不再指定跟进人", "Looked after by nobody")
            )
            await self._book.tell(unit, actor, row, self._book.clock.now(), "assigned", *told, public=False)
            return await self._book.view(unit, row)

    async def note(self, actor: Actor, shop_id: Id, number: str, text: str) -> Case:
        """A line for staff only. Raises CaseNotFound, Invalid."""
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        words = clean(text)[:2000]
        if not words:
            raise Invalid(why="text")
        async with self._book.database.unit() as unit:
            row, _ = await self._book.hold(unit, actor, shop_id, number)
            await self._book.tell(unit, actor, row, self._book.clock.now(), "note", words, words, public=False)
            return await self._book.view(unit, row)

    async def add_photos(
        self, actor: Actor, shop_id: Id, number: str, photos: Sequence[Id], words: str, *, version: int | None = None,
        for_customer: Id | None = None,
    ) -> Case:  # fmt: skip
        """Evidence, from the customer or from staff. Raises CaseNotFound, Conflict, PhotoUnknown, StateForbids, Invalid."""
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        await self.check_photos(shop_id, photos)
        now, told = self._book.clock.now(), clean(words)[:500]
        async with self._book.database.unit() as unit:
            row, _ = await self._book.hold(unit, actor, shop_id, number, version, for_customer)
            if row.state in lifecycle.OVER:
                raise lifecycle.forbids(row.state)
            work = work_of(row)
            known = {*row.photos, *(e.photo for e in work.evidence)}
            new = [Evidence(photo, now, actor.name, told) for photo in dict.fromkeys(photos) if photo not in known]
            if len(work.evidence) + len(new) > 30:
                raise Invalid(why="photos: ≤ 30")
            if not new:
                return await self._book.view(unit, row, repeated=True)
            keep_work(row, replace(work, evidence=(*work.evidence, *new)))
            zh, en = said(f"补充了 {len(new)} 张照片", f"{len(new)} photos were added", told)
            await self._book.tell(unit, actor, row, now, "evidence", zh, en)
            return await self._book.view(unit, row)

    async def check_photos(self, shop_id: Id, photos: Sequence[Id]) -> None:
        """Raises PhotoUnknown, Invalid."""
        if not photos or len(photos) > 9:
            raise Invalid(why="photos: 1…9")
        for photo in photos:
            try:
                if not is_id(photo):
                    raise errors.PhotoUnknown
                await self._photos.get(shop_id, photo)
            except NotFound as e:
                raise errors.PhotoUnknown from e

    # Many at once

    async def bulk(self, actor: Actor, shop_id: Id, items: Sequence[tuple[str, int]], note: str = "") -> list[Bulked]:
        """Accept simple cases, each judged again by itself; one that is not simple any more says why and stays as it is."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        if not 0 < len(items) <= MOST_AT_ONCE:
            raise Invalid(why=f"items: 1…{MOST_AT_ONCE}")
        out = []
        for number, version in dict(items).items():
            try:
                accepted = await self._accept_simple(actor, shop_id, number, version, note)
                out.append(Bulked(accepted.number, "", "", "", accepted))
            except Refusal as refusal:
                out.append(Bulked(number, refusal.code, refusal.detail("zh-CN"), refusal.detail("en"), None))
        return out

    async def _accept_simple(self, actor: Actor, shop_id: Id, number: str, version: int, note: str) -> Case:
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version)
            await check_simple(self._cases, unit, row, order)
            await self._cases.deciding.grant(unit, actor, row, order, note, Terms())
            return await self._book.view(unit, row)

    # Stuck

    async def retry(self, actor: Actor, shop_id: Id, number: str, *, version: int) -> Case:
        """What failed outside is tried again. Raises CaseNotFound, Conflict, StateForbids."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        await self._check(actor, shop_id, number, version, "retry")
        for task in await self._settlement.tasks(actor, shop_id, number):
            if task.state == "failed" and task.kind != "clawback":
                await self._settlement.retry(actor, shop_id, task.id)
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number)
            if row.state == "stuck":  # else it went through already
                await self._cases.life.take(unit, actor, row, order, "retry", ("重新处理", "Tried again"))
            return await self._book.view(unit, row)

    async def settle(self, actor: Actor, shop_id: Id, number: str, *, version: int, by_hand: bool, note: str) -> Case:
        """A lead ends what is stuck: what failed was done by hand, or will not be done. Raises as retry, and Invalid without a note."""
        actor.require(Permission.AFTERSALES_APPROVE, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        await self._check(actor, shop_id, number, version, "settled")
        for task in await self._settlement.tasks(actor, shop_id, number):
            if task.state == "failed" and task.kind != "clawback":
                await self._settlement.settle_by_hand(actor, shop_id, task.id, done=by_hand, note=note)
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number)
            if row.state == "stuck":
                row.amount_minor = min(row.amount_minor, max(row.repaid_minor, 0))
                told = said("由组长结案", "Ended by a lead", note)
                await self._cases.life.take(unit, actor, row, order, "settled", told)
            return await self._book.view(unit, row)

    # Inside

    async def _check(self, actor: Actor, shop_id: Id, number: str, version: int, taken: lifecycle.Step) -> None:
        async with self._book.database.unit() as unit:
            row, _ = await self._book.hold(unit, actor, shop_id, number, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), taken)

    async def _benefit(self, unit: Unit, row: CaseRow, order: OrderState) -> Benefit | None:
        if row.kind != "exchange" or row.state not in lifecycle.UNDECIDED:
            return None
        lines = (await repository.lines(unit, row.shop_id, [row.id]))[row.id]
        try:
            wish = wish_again(row, lines)
            facts, decision = await self._cases.judge.weigh(unit, order, wish, self._book.clock.now(), besides=row.id)
        except Refusal:
            return None
        return reorder_benefit(wish, facts, decision)


async def check_simple(cases: Cases, unit: Unit, row: CaseRow, order: OrderState) -> None:
    """Judged again, is it still what the rules allow as it is, for the same money, nothing against it? Raises NotSimple, StateForbids."""
    if row.state != "open":
        raise lifecycle.forbids(row.state)  # type: ignore[arg-type]
    if row.verdict != "allowed" or row.risk_action in ("review", "evidence"):
        raise errors.NotSimple(why="要有人看一眼", why_en="someone has to look at it")
    lines = (await repository.lines(unit, row.shop_id, [row.id]))[row.id]
    decision = await cases.judge.judge(unit, order, wish_again(row, lines), row.opened_at, besides=row.id)
    if decision.verdict != "allowed" or decision.total.minor != row.amount_minor:
        raise errors.NotSimple(why="情况和提交时不同了", why_en="things changed since it was asked for")


def role_of(actor: Actor, shop_id: Id) -> Role:
    """As whom the life cycle meets them."""
    if actor.kind in ("customer", "ai"):
        return "customer"
    if actor.kind == "system":
        return "house"
    return "lead" if actor.may(Permission.AFTERSALES_APPROVE, shop_id) else "agent"


def _options(actor: Actor, row: CaseRow) -> tuple[Option, ...]:
    standing, role = standing_of(row), role_of(actor, row.shop_id)
    hidden = {"escalate", "approved", "unapproved", "again"}
    if work_of(row).remedy_asked:
        hidden |= {"remedied", "closed"}
    shown = [taken for taken in lifecycle.offered(role, standing) if taken not in hidden]
    return tuple(Option(taken, lifecycle.NEEDS.get(taken, ())) for taken in shown)


def _next(last: CaseRow, order: Order) -> str:
    at: datetime | None = last.due_at if order == "due" else last.opened_at
    return encode_cursor(at.isoformat() if at else "", last.id)


def _after(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, id_ = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(id_)
