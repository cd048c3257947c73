"""Every query of after-sales; each names the shop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select, text

from xinfu.aftersales.contracts import State
from xinfu.aftersales.model import CaseEventRow, CaseLineRow, CaseRow
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


async def by_number(unit: Unit, shop_id: Id, number: str) -> CaseRow | None:
    query = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.number == number)
    return (await unit.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def by_key(unit: Unit, shop_id: Id, key: str) -> CaseRow | None:
    return (await unit.scalars(select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.key == key))).one_or_none()


async def of_order(unit: Unit, shop_id: Id, order_id: Id) -> Sequence[CaseRow]:
    """Oldest first."""
    query = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.order_id == order_id)
    return (await unit.scalars(query.order_by(CaseRow.opened_at, CaseRow.id))).all()


async def search(
    unit: Unit, shop_id: Id, *, customer_id: Id | None, state: State | None, after: tuple[datetime, Id] | None, limit: int
) -> Sequence[CaseRow]:
    """Newest first."""
    query = select(CaseRow).where(CaseRow.shop_id == shop_id)
    if customer_id is not None:
        query = query.where(CaseRow.customer_id == customer_id)
    if state is not None:
        query = query.where(CaseRow.state == state)
    if after is not None:
        at, id_ = after
        query = query.where(or_(CaseRow.opened_at < at, and_(CaseRow.opened_at == at, CaseRow.id < id_)))
    return (await unit.scalars(query.order_by(CaseRow.opened_at.desc(), CaseRow.id.desc()).limit(limit))).all()


async def lines(unit: Unit, shop_id: Id, request_ids: Sequence[Id]) -> dict[Id, list[CaseLineRow]]:
    return await _by_request(unit, select(CaseLineRow).order_by(CaseLineRow.position), CaseLineRow, shop_id, request_ids)


async def events(unit: Unit, shop_id: Id, request_ids: Sequence[Id]) -> dict[Id, list[CaseEventRow]]:
    return await _by_request(unit, select(CaseEventRow).order_by(CaseEventRow.n), CaseEventRow, shop_id, request_ids)


async def next_number(unit: Unit, shop_id: Id, day: str) -> int:
    """How many requests this makes today. The counter's row is kept until the unit ends, so no two get the same."""
    statement = text(
        "INSERT INTO aftersales_counter (shop_id, day, n) VALUES (:shop, :day, 1) "
        "ON CONFLICT (shop_id, day) DO UPDATE SET n = aftersales_counter.n + 1 RETURNING n"
    )
    return int((await unit.execute(statement, {"shop": shop_id, "day": day})).scalar_one())


async def _by_request(unit: Unit, query: Select[Any], table: Any, shop_id: Id, request_ids: Sequence[Id]) -> dict[Id, list[Any]]:
    found: dict[Id, list[Any]] = {id_: [] for id_ in request_ids}
    if found:
        for row in await unit.scalars(query.where(table.shop_id == shop_id, table.case_id.in_(list(found)))):
            found[row.case_id].append(row)
    return found
