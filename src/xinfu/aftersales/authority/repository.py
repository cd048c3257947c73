"""Every query of authority; each names the shop, save for the sweep of what has waited too long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select, text

from xinfu.aftersales.authority.contracts import DISCRETION, MONEY_BACK, Ask, Used
from xinfu.aftersales.authority.model import AuthorityApproval, AuthorityRules, AuthorityUse
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


async def versions(unit: Unit, shop_id: Id) -> Sequence[AuthorityRules]:
    """Oldest first."""
    return (await unit.scalars(select(AuthorityRules).where(AuthorityRules.shop_id == shop_id).order_by(AuthorityRules.version))).all()


async def hold(unit: Unit, shop_id: Id) -> None:
    """Hold the shop's book until the unit ends: uses are judged and added one after another."""
    statement = text(
        "INSERT INTO authority_book (shop_id, uses) VALUES (:shop, 1) ON CONFLICT (shop_id) DO UPDATE SET uses = authority_book.uses + 1"
    )
    await unit.execute(statement, {"shop": shop_id})


async def used(unit: Unit, shop_id: Id, ask: Ask, by_id: str, day: str, since: datetime) -> Used:
    """What counts against this ask so far. `since`: from when a customer's sums are taken."""
    u = AuthorityUse
    same, spent = u.counts_as == ask.counts_as, u.counts_as.in_(sorted(DISCRETION))
    today, recent = u.day == day, and_(u.customer_id == ask.customer_id, u.at > since)
    of_order = u.order_no == ask.order_no
    query = select(
        _sum(and_(today, same, u.by_id == by_id)),
        _sum(and_(recent, same)),
        _sum(and_(today, spent)),
        _sum(and_(recent, spent)),
        _sum(and_(of_order, u.action.in_(sorted(MONEY_BACK)))),
        _sum(of_order),
    ).where(
        u.shop_id == shop_id, u.released_at.is_(None), u.currency == ask.amount.currency, or_(today, recent, of_order)
    )  # fmt: skip
    return Used(*(int(n) for n in (await unit.execute(query)).one()))


def _sum(what: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((what, AuthorityUse.amount_minor), else_=0)), 0)


async def use_by_key(unit: Unit, shop_id: Id, key: str) -> AuthorityUse | None:
    return await unit.scalar(select(AuthorityUse).where(AuthorityUse.shop_id == shop_id, AuthorityUse.key == key))


async def uses_of_day(unit: Unit, shop_id: Id, by_id: str, day: str) -> dict[str, int]:
    """What a person granted on a day, by the action whose limits it counted against."""
    query = (
        select(AuthorityUse.counts_as, func.sum(AuthorityUse.amount_minor))
        .where(AuthorityUse.shop_id == shop_id, AuthorityUse.by_id == by_id, AuthorityUse.day == day, AuthorityUse.released_at.is_(None))
        .group_by(AuthorityUse.counts_as)
    )
    return {action: int(amount) for action, amount in await unit.execute(query)}


async def approval(unit: Unit, shop_id: Id, approval_id: Id, *, lock: bool = False) -> AuthorityApproval | None:
    query = select(AuthorityApproval).where(AuthorityApproval.shop_id == shop_id, AuthorityApproval.id == approval_id)
    if lock:
        query = query.with_for_update()
    return await unit.scalar(query.execution_options(populate_existing=True))


async def approval_by_key(unit: Unit, shop_id: Id, key: str) -> AuthorityApproval | None:
    return await unit.scalar(select(AuthorityApproval).where(AuthorityApproval.shop_id == shop_id, AuthorityApproval.key == key))


async def approvals_of_case(unit: Unit, shop_id: Id, case_no: str) -> Sequence[AuthorityApproval]:
    """Oldest first."""
    query = select(AuthorityApproval).where(AuthorityApproval.shop_id == shop_id, AuthorityApproval.case_no == case_no)
    return (await unit.scalars(query.order_by(AuthorityApproval.asked_at, AuthorityApproval.id))).all()


async def approvals(
    unit: Unit, shop_id: Id, which: Literal["waiting", "over", "all"], asked_by: str | None, after: tuple[datetime, Id] | None, limit: int
) -> Sequence[AuthorityApproval]:
    """What waits: longest waiting first. Others: newest first."""
    a = AuthorityApproval
    query = select(a).where(a.shop_id == shop_id)
    if which != "all":
        query = query.where(a.state == "waiting" if which == "waiting" else a.state != "waiting")
    if asked_by is not None:
        query = query.where(a.asked_by_id == asked_by)
    oldest_first = which == "waiting"
    if after is not None:
        at, id_ = after
        later = or_(a.asked_at > at, and_(a.asked_at == at, a.id > id_))
        earlier = or_(a.asked_at < at, and_(a.asked_at == at, a.id < id_))
        query = query.where(later if oldest_first else earlier)
    order = (a.asked_at, a.id) if oldest_first else (a.asked_at.desc(), a.id.desc())
    return (await unit.scalars(query.order_by(*order).limit(limit))).all()


async def count_waiting(unit: Unit, shop_id: Id) -> int:
    query = select(func.count()).where(AuthorityApproval.shop_id == shop_id, AuthorityApproval.state == "waiting")
    return await unit.scalar(query) or 0


async def overdue(unit: Unit, now: datetime) -> Sequence[tuple[Id, Id]]:
    """(shop, approval) of what nobody decided in time, in every shop."""
    query = select(AuthorityApproval.shop_id, AuthorityApproval.id)
    query = query.where(AuthorityApproval.state == "waiting", AuthorityApproval.expires_at <= now).order_by(AuthorityApproval.expires_at)
    return [(shop, id_) for shop, id_ in await unit.execute(query.limit(200))]
