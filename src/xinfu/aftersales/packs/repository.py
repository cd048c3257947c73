"""Every query of packs; each names the shop, but for the one read at the start of the centre."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from xinfu.aftersales.packs.model import PackChoiceRow, PackVersionRow, PastWishRow
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, new_id


async def shops_with_packs(unit: Unit) -> Sequence[Id]:
    """Of the whole centre."""
    versions = await unit.scalars(select(PackVersionRow.shop_id).distinct())
    choices = await unit.scalars(select(PackChoiceRow.shop_id).distinct())
    return sorted({*versions, *choices})


async def versions(unit: Unit, shop_id: Id, pack: str | None = None) -> Sequence[PackVersionRow]:
    """Oldest first, those taken back included."""
    query = select(PackVersionRow).where(PackVersionRow.shop_id == shop_id)
    if pack is not None:
        query = query.where(PackVersionRow.pack == pack)
    return (await unit.scalars(query.order_by(PackVersionRow.saved_at, PackVersionRow.pack, PackVersionRow.version))).all()


async def version(unit: Unit, shop_id: Id, pack: str, number: int) -> PackVersionRow | None:
    found = select(PackVersionRow).where(PackVersionRow.shop_id == shop_id, PackVersionRow.pack == pack, PackVersionRow.version == number)
    return (await unit.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def choices(unit: Unit, shop_id: Id) -> Sequence[PackChoiceRow]:
    return (await unit.scalars(select(PackChoiceRow).where(PackChoiceRow.shop_id == shop_id).order_by(PackChoiceRow.n))).all()


async def remember(unit: Unit, row: dict[str, Any]) -> None:
    """Keep one judged wish; one with the same key stays as it is."""
    into = sqlite.insert if unit.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = into(PastWishRow).values(id=new_id(), **row)
    await unit.execute(statement.on_conflict_do_nothing(index_elements=["shop_id", "key"]))


async def forget_before(unit: Unit, shop_id: Id, at: datetime) -> None:
    await unit.execute(delete(PastWishRow).where(PastWishRow.shop_id == shop_id, PastWishRow.at < at))


async def past(unit: Unit, shop_id: Id, since: datetime, limit: int) -> Sequence[PastWishRow]:
    """Newest first."""
    query = select(PastWishRow).where(PastWishRow.shop_id == shop_id, PastWishRow.at >= since)
    return (await unit.scalars(query.order_by(PastWishRow.at.desc(), PastWishRow.id).limit(limit))).all()


async def count_past(unit: Unit, shop_id: Id, since: datetime) -> int:
    query = select(func.count()).select_from(PastWishRow).where(PastWishRow.shop_id == shop_id, PastWishRow.at >= since)
    return int((await unit.scalars(query)).one())
