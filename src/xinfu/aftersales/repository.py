"""Every query of after-sales; each names the shop."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, text

from xinfu.aftersales.desk_contracts import QUEUES, Filter
from xinfu.aftersales.lifecycle import LIVE
from xinfu.aftersales.model import AppealRow, CaseEventRow, CaseLineRow, CaseRow
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


async def by_number(unit: Unit, shop_id: Id, number: str) -> CaseRow | None:
    query = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.number == number)
    return (await unit.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def by_id(unit: Unit, shop_id: Id, case_id: Id) -> CaseRow | None:
    return (await unit.scalars(select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.id == case_id))).one_or_none()


async def by_key(unit: Unit, shop_id: Id, key: str) -> CaseRow | None:
    return (await unit.scalars(select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.key == key))).one_or_none()


async def of_order(unit: Unit, shop_id: Id, order_id: Id) -> Sequence[CaseRow]:
    """Oldest first."""
    query = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.order_id == order_id)
    return (await unit.scalars(query.order_by(CaseRow.opened_at, CaseRow.id))).all()


async def newest(
    unit: Unit, shop_id: Id, wanted: Filter, mine: Id, now: datetime, after: tuple[datetime, Id] | None, limit: int
) -> Sequence[CaseRow]:
    """Newest first. `mine`: who is asking."""
    query = _wanted(shop_id, wanted, mine, now)
    if after is not None:
        at, id_ = after
        query = query.where(or_(CaseRow.opened_at < at, and_(CaseRow.opened_at == at, CaseRow.id < id_)))
    return (await unit.scalars(query.order_by(CaseRow.opened_at.desc(), CaseRow.id.desc()).limit(limit))).all()


async def by_due(
    unit: Unit, shop_id: Id, wanted: Filter, mine: Id, now: datetime, after: tuple[datetime, Id] | None, limit: int
) -> Sequence[CaseRow]:
    """Whose next step is due soonest first; those without a date are over and not here."""
    query = _wanted(shop_id, wanted, mine, now).where(CaseRow.due_at.is_not(None))
    if after is not None:
        at, id_ = after
        query = query.where(or_(CaseRow.due_at > at, and_(CaseRow.due_at == at, CaseRow.id > id_)))
    return (await unit.scalars(query.order_by(CaseRow.due_at, CaseRow.id).limit(limit))).all()


async def count(unit: Unit, shop_id: Id, wanted: Filter, mine: Id, now: datetime) -> int:
    query = _wanted(shop_id, wanted, mine, now).with_only_columns(func.count(), maintain_column_froms=True)
    return int(await unit.scalar(query) or 0)


async def by_state(unit: Unit, shop_id: Id) -> dict[str, int]:
    query = select(CaseRow.state, func.count()).where(CaseRow.shop_id == shop_id).group_by(CaseRow.state)
    return {row[0]: row[1] for row in await unit.execute(query)}


async def of_customer(unit: Unit, shop_id: Id, customer_id: Id, limit: int) -> Sequence[CaseRow]:
    """Newest first."""
    query = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.customer_id == customer_id)
    return (await unit.scalars(query.order_by(CaseRow.opened_at.desc(), CaseRow.id.desc()).limit(limit))).all()


async def by_tracking(unit: Unit, shop_id: Id, tracking_no: str) -> CaseRow | None:
    query = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.return_tracking == tracking_no)
    return (await unit.scalars(query.order_by(CaseRow.opened_at.desc()).limit(1))).one_or_none()


async def in_states(unit: Unit, shop_id: Id, states: Collection[str], limit: int) -> Sequence[CaseRow]:
    """Oldest first."""
    query = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.state.in_(list(states)))
    return (await unit.scalars(query.order_by(CaseRow.opened_at, CaseRow.id).limit(limit))).all()


async def number_of(unit: Unit, shop_id: Id, case_id: Id) -> str:
    query = select(CaseRow.number).where(CaseRow.shop_id == shop_id, CaseRow.id == case_id)
    return (await unit.scalars(query)).one()


async def appeals(unit: Unit, shop_id: Id, case_id: Id) -> Sequence[AppealRow]:
    """Oldest first."""
    query = select(AppealRow).where(AppealRow.shop_id == shop_id, AppealRow.case_id == case_id)
    return (await unit.scalars(query.order_by(AppealRow.at, AppealRow.id))).all()


async def appeal(unit: Unit, shop_id: Id, appeal_id: Id) -> AppealRow | None:
    query = select(AppealRow).where(AppealRow.shop_id == shop_id, AppealRow.id == appeal_id)
    return (await unit.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def appeals_in(unit: Unit, shop_id: Id, state: str, after: tuple[datetime, Id] | None, limit: int) -> Sequence[tuple[AppealRow, str]]:
    """Longest waiting first, each with its case's number."""
    query = select(AppealRow, CaseRow.number).join(CaseRow, CaseRow.id == AppealRow.case_id)
    query = query.where(AppealRow.shop_id == shop_id, AppealRow.state == state)
    if after is not None:
        at, id_ = after
        query = query.where(or_(AppealRow.at > at, and_(AppealRow.at == at, AppealRow.id > id_)))
    found = await unit.execute(query.order_by(AppealRow.at, AppealRow.id).limit(limit))
    return [(row, number) for row, number in found]


def _wanted(shop_id: Id, wanted: Filter, mine: Id, now: datetime) -> Select[CaseRow]:
    query = select(CaseRow).where(CaseRow.shop_id == shop_id)
    if wanted.customer_id is not None:
        query = query.where(CaseRow.customer_id == wanted.customer_id)
    if wanted.state is not None:
        query = query.where(CaseRow.state == wanted.state)
    if wanted.queue is not None:
        query = query.where(CaseRow.state.in_(list(QUEUES[wanted.queue])))
    if wanted.kind is not None:
        query = query.where(CaseRow.kind == wanted.kind)
    if wanted.mine:
        query = query.where(CaseRow.assignee_id == mine)
    if wanted.overdue:
        query = query.where(CaseRow.due_at < now)
    if wanted.risky:
        query = query.where(CaseRow.risk_action.in_(["review", "evidence"]))
    if wanted.appealed:
        query = query.where(CaseRow.appealed.is_(True))
    if wanted.simple:
        query = query.where(*_SIMPLE)
    if wanted.live:
        query = query.where(CaseRow.state.in_(list(LIVE)))
    return query


# What may be reviewed in bulk: the rules allow it as it is, and nothing speaks against it. Each is judged again when it comes to it.
_SIMPLE = (CaseRow.state == "open", CaseRow.verdict == "allowed", CaseRow.risk_action.not_in(["review", "evidence"]))


async def lines(unit: Unit, shop_id: Id, case_ids: Sequence[Id]) -> dict[Id, list[CaseLineRow]]:
    return await _by_case(unit, select(CaseLineRow).order_by(CaseLineRow.position), CaseLineRow, shop_id, case_ids)


async def events(unit: Unit, shop_id: Id, case_ids: Sequence[Id]) -> dict[Id, list[CaseEventRow]]:
    return await _by_case(unit, select(CaseEventRow).order_by(CaseEventRow.n), CaseEventRow, shop_id, case_ids)


async def next_number(unit: Unit, shop_id: Id, day: str) -> int:
    """How many cases this makes today. The counter's row is kept until the unit ends, so no two get the same."""
    statement = text(
        "INSERT INTO aftersales_counter (shop_id, day, n) VALUES (:shop, :day, 1) "
        "ON CONFLICT (shop_id, day) DO UPDATE SET n = aftersales_counter.n + 1 RETURNING n"
    )
    return int((await unit.execute(statement, {"shop": shop_id, "day": day})).scalar_one())


async def _by_case(unit: Unit, query: Select[Any], table: Any, shop_id: Id, case_ids: Sequence[Id]) -> dict[Id, list[Any]]:
    found: dict[Id, list[Any]] = {id_: [] for id_ in case_ids}
    if found:
        for row in await unit.scalars(query.where(table.shop_id == shop_id, table.case_id.in_(list(found)))):
            found[row.case_id].append(row)
    return found
