"""Every query on the tables of risk; each names the shop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.risk.model import ContactRow, ExclusionRow, FindingRow, RulesRow, SightingRow, TrustRow

# findings


async def finding(unit: Unit, shop_id: Id, finding_id: Id) -> FindingRow | None:
    """Read anew and, where the store can, locked: two people at once decide one after the other."""
    query = select(FindingRow).where(FindingRow.shop_id == shop_id, FindingRow.id == finding_id)
    return (await unit.scalars(query.with_for_update().execution_options(populate_existing=True))).one_or_none()


async def findings_of(unit: Unit, shop_id: Id, kind: str, subject: str) -> Sequence[FindingRow]:
    query = select(FindingRow).where(FindingRow.shop_id == shop_id, FindingRow.subject_kind == kind, FindingRow.subject == subject)
    return (await unit.scalars(query.order_by(FindingRow.score.desc(), FindingRow.id))).all()


async def findings_of_customers(unit: Unit, shop_id: Id, customers: Sequence[Id], limit: int = 100) -> Sequence[FindingRow]:
    query = select(FindingRow).where(FindingRow.shop_id == shop_id, FindingRow.customer_id.in_(customers))
    return (await unit.scalars(query.order_by(FindingRow.found_at.desc(), FindingRow.id.desc()).limit(limit))).all()


async def page(
    unit: Unit, shop_id: Id, *, state: str | None, pattern: str | None, after: tuple[int, Id] | None, limit: int
) -> Sequence[FindingRow]:
    """The most money at risk first."""
    query = select(FindingRow).where(FindingRow.shop_id == shop_id)
    if state is not None:
        query = query.where(FindingRow.state == state)
    if pattern is not None:
        query = query.where(FindingRow.pattern == pattern)
    if after is not None:
        money, id_ = after
        query = query.where(or_(FindingRow.money_minor < money, and_(FindingRow.money_minor == money, FindingRow.id < id_)))
    return (await unit.scalars(query.order_by(FindingRow.money_minor.desc(), FindingRow.id.desc()).limit(limit))).all()


async def tally(unit: Unit, shop_id: Id, since: datetime) -> list[tuple[str, str, int, int]]:
    """(pattern, state, how many, money) of what was found since then."""
    query = select(FindingRow.pattern, FindingRow.state, func.count(), func.sum(FindingRow.money_minor))
    query = query.where(FindingRow.shop_id == shop_id, FindingRow.found_at >= since).group_by(FindingRow.pattern, FindingRow.state)
    return [(pattern, state, count, int(money or 0)) for pattern, state, count, money in await unit.execute(query)]


async def dismissed(unit: Unit, shop_id: Id) -> Sequence[FindingRow]:
    query = select(FindingRow).where(FindingRow.shop_id == shop_id, FindingRow.state == "dismissed")
    return (await unit.scalars(query)).all()


# trust


async def trusted(unit: Unit, shop_id: Id) -> Sequence[TrustRow]:
    return (await unit.scalars(select(TrustRow).where(TrustRow.shop_id == shop_id, TrustRow.active).order_by(TrustRow.at.desc()))).all()


async def trust(unit: Unit, shop_id: Id, kind: str, value: str) -> TrustRow | None:
    query = select(TrustRow).where(TrustRow.shop_id == shop_id, TrustRow.kind == kind, TrustRow.value == value)
    return (await unit.scalars(query.with_for_update())).one_or_none()


# sightings


async def add_sightings(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    """Those already known are left as they are."""
    insert = postgres_insert if unit.get_bind().dialect.name == "postgresql" else sqlite_insert
    await unit.execute(insert(SightingRow).on_conflict_do_nothing(), rows)


async def sightings(unit: Unit, shop_id: Id, customers: Sequence[Id] | None = None) -> Sequence[SightingRow]:
    query = select(SightingRow).where(SightingRow.shop_id == shop_id)
    if customers is not None:
        query = query.where(SightingRow.customer_id.in_(customers))
    return (await unit.scalars(query.order_by(SightingRow.id))).all()


# contacts


async def contact(unit: Unit, shop_id: Id, contact_id: Id) -> ContactRow | None:
    query = select(ContactRow).where(ContactRow.shop_id == shop_id, ContactRow.id == contact_id)
    return (await unit.scalars(query.with_for_update().execution_options(populate_existing=True))).one_or_none()


async def contact_at(unit: Unit, shop_id: Id, conversation_id: Id, started_at: datetime) -> ContactRow | None:
    query = select(ContactRow).where(ContactRow.shop_id == shop_id, ContactRow.conversation_id == conversation_id)
    return (await unit.scalars(query.where(ContactRow.started_at == started_at).with_for_update())).one_or_none()


async def contacts_open(unit: Unit) -> Sequence[ContactRow]:
    """Pressing contacts under way in every shop, for the start of the house."""
    return (await unit.scalars(select(ContactRow).where(ContactRow.ended_at.is_(None), ContactRow.pressing_at.is_not(None)))).all()


async def contacts_since(unit: Unit, shop_id: Id, since: datetime) -> Sequence[ContactRow]:
    query = select(ContactRow).where(ContactRow.shop_id == shop_id, ContactRow.started_at >= since, ContactRow.ended_at.is_not(None))
    return (await unit.scalars(query.order_by(ContactRow.started_at, ContactRow.id))).all()


async def pressing(unit: Unit, shop_id: Id, after: tuple[datetime, Id] | None, limit: int) -> Sequence[ContactRow]:
    """Contacts found pressing, newest first."""
    query = select(ContactRow).where(ContactRow.shop_id == shop_id, ContactRow.pressing_at.is_not(None))
    if after is not None:
        at, id_ = after
        query = query.where(or_(ContactRow.pressing_at < at, and_(ContactRow.pressing_at == at, ContactRow.id < id_)))
    return (await unit.scalars(query.order_by(ContactRow.pressing_at.desc(), ContactRow.id.desc()).limit(limit))).all()


# exclusions


async def exclusion(unit: Unit, shop_id: Id, exclusion_id: Id) -> ExclusionRow | None:
    query = select(ExclusionRow).where(ExclusionRow.shop_id == shop_id, ExclusionRow.id == exclusion_id)
    return (await unit.scalars(query.with_for_update())).one_or_none()


async def excluded(unit: Unit, shop_id: Id, kind: str, subjects: Sequence[str]) -> dict[str, ExclusionRow]:
    """Those of these subjects that are left out now."""
    query = select(ExclusionRow).where(ExclusionRow.shop_id == shop_id, ExclusionRow.kind == kind, ExclusionRow.subject.in_(subjects))
    return {row.subject: row for row in await unit.scalars(query.where(ExclusionRow.reverted_at.is_(None)))}


async def exclusions(unit: Unit, shop_id: Id, after: tuple[datetime, Id] | None, limit: int) -> Sequence[ExclusionRow]:
    """Newest first, those taken back too."""
    query = select(ExclusionRow).where(ExclusionRow.shop_id == shop_id)
    if after is not None:
        at, id_ = after
        query = query.where(or_(ExclusionRow.at < at, and_(ExclusionRow.at == at, ExclusionRow.id < id_)))
    return (await unit.scalars(query.order_by(ExclusionRow.at.desc(), ExclusionRow.id.desc()).limit(limit))).all()


# rules


async def rules(unit: Unit, shop_id: Id) -> RulesRow | None:
    """The version that counts."""
    query = select(RulesRow).where(RulesRow.shop_id == shop_id).order_by(RulesRow.version.desc()).limit(1)
    return (await unit.scalars(query)).one_or_none()
