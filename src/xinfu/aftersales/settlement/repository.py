"""Every query on settlement's table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select, tuple_

from xinfu.aftersales.settlement.contracts import MONEY
from xinfu.aftersales.settlement.model import TaskRow
from xinfu.kit.audit import AuditEntry
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


async def by_key(unit: Unit, shop_id: Id, key: str) -> Sequence[TaskRow]:
    return (await unit.scalars(select(TaskRow).where(TaskRow.shop_id == shop_id, TaskRow.key == key).order_by(TaskRow.part))).all()


async def by_id(unit: Unit, shop_id: Id, task_id: Id) -> TaskRow | None:
    return (await unit.scalars(select(TaskRow).where(TaskRow.shop_id == shop_id, TaskRow.id == task_id))).one_or_none()


async def held(unit: Unit, shop_id: Id, task_id: Id) -> tuple[TaskRow, Sequence[TaskRow]] | None:
    """A task and all of the same case and kind, itself included, kept from changing until the unit ends.

    Together, or two that end at the same moment would each see the other still waiting, and nobody would be the last.
    """
    seen = select(TaskRow.kind, TaskRow.case_no).where(TaskRow.shop_id == shop_id, TaskRow.id == task_id, TaskRow.case_no != "")
    together = or_(TaskRow.id == task_id, tuple_(TaskRow.kind, TaskRow.case_no).in_(seen))
    query = select(TaskRow).where(TaskRow.shop_id == shop_id, together).order_by(TaskRow.id)
    rows = (await unit.scalars(query.with_for_update().execution_options(populate_existing=True))).all()
    row = next((row for row in rows if row.id == task_id), None)
    return None if row is None else (row, rows)


def plain(connection: Connection, those: Sequence[tuple[Id, Id]]) -> dict[Id, Row[Any]]:
    """Tasks by shop and id with the columns of TaskRow, by id, for one trip to the database."""
    table = TaskRow.__table__
    query = select(table).where(tuple_(table.c.shop_id, table.c.id).in_(those))
    return {row.id: row for row in connection.execute(query)} if those else {}


async def of_case(unit: Unit, shop_id: Id, case_no: str) -> Sequence[TaskRow]:
    query = select(TaskRow).where(TaskRow.shop_id == shop_id, TaskRow.case_no == case_no)
    return (await unit.scalars(query.order_by(TaskRow.asked_at, TaskRow.id))).all()


async def failed(unit: Unit, shop_id: Id) -> Sequence[TaskRow]:
    query = select(TaskRow).where(TaskRow.shop_id == shop_id, TaskRow.state == "failed")
    return (await unit.scalars(query.order_by(TaskRow.settled_at, TaskRow.id).limit(200))).all()


async def waiting(unit: Unit, shop_id: Id) -> Sequence[TaskRow]:
    query = select(TaskRow).where(TaskRow.shop_id == shop_id, TaskRow.state == "waiting")
    return (await unit.scalars(query.order_by(TaskRow.asked_at, TaskRow.id))).all()


async def watched(unit: Unit, shop_id: Id) -> Sequence[TaskRow]:
    query = select(TaskRow).where(TaskRow.shop_id == shop_id, TaskRow.watched_until.is_not(None))
    return (await unit.scalars(query.order_by(TaskRow.watched_until, TaskRow.id))).all()


async def with_subject(unit: Unit, shop_id: Id, subjects: Sequence[Id]) -> set[Id]:
    """Which of these payment rows have a task."""
    if not subjects:
        return set()
    query = select(TaskRow.subject).where(TaskRow.shop_id == shop_id, TaskRow.subject.in_(subjects))
    return set(await unit.scalars(query))


async def money_since(unit: Unit, shop_id: Id, since: datetime) -> Sequence[TaskRow]:
    """Money tasks settled since then, and those still open or ended without being done."""
    query = select(TaskRow).where(TaskRow.shop_id == shop_id, TaskRow.kind.in_(MONEY))
    return (await unit.scalars(query.where(TaskRow.settled_at.is_(None) | (TaskRow.settled_at >= since)).order_by(TaskRow.id))).all()


async def told_since(unit: Unit, shop_id: Id, action: str, since: datetime) -> bool:
    """Does the audit list have such an entry since then?"""
    query = select(AuditEntry.id).where(AuditEntry.shop_id == shop_id, AuditEntry.at >= since, AuditEntry.action == action).limit(1)
    return await unit.scalar(query) is not None


async def about(unit: Unit, shop_id: Id, subjects: Sequence[str]) -> Sequence[TaskRow]:
    """Tasks of these payment rows, or with these ids."""
    if not subjects:
        return []
    query = select(TaskRow).where(TaskRow.shop_id == shop_id, or_(TaskRow.subject.in_(subjects), TaskRow.id.in_(subjects)))
    return (await unit.scalars(query)).all()
