"""Every query on photos that were shown and which of them match; each names the shop."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.risk.model import PhotoMatchRow, PhotoRow


async def looked_at(unit: Unit, shop_id: Id, number: str) -> set[str]:
    """Photos of a case that were looked at, or refused, before."""
    query = select(PhotoRow.photo_id).where(PhotoRow.shop_id == shop_id, PhotoRow.case_number == number)
    return set(await unit.scalars(query))


async def refused(unit: Unit, shop_id: Id, number: str) -> Sequence[PhotoRow]:
    query = select(PhotoRow).where(PhotoRow.shop_id == shop_id, PhotoRow.case_number == number, PhotoRow.refused != "")
    return (await unit.scalars(query.order_by(PhotoRow.shown_at, PhotoRow.id))).all()


async def candidates(unit: Unit, photo: PhotoRow, people: Iterable[Id], since: datetime, most: int) -> list[PhotoRow]:
    """Earlier photos it may be one of, the likeliest first: the very same file whenever it came; then of the same people, of the same
    goods, of the same kind, newest first. Never of the same order."""
    recent = PhotoRow.shown_at >= since
    kinds: list[ColumnElement[bool]] = [PhotoRow.sha256 == photo.sha256, recent & PhotoRow.customer_id.in_(list(people))]
    if photo.sku:
        kinds.append(recent & (PhotoRow.sku == photo.sku))
    if photo.category:
        kinds.append(recent & (PhotoRow.category == photo.category))
    found: dict[Id, PhotoRow] = {}
    for kind in kinds:
        query = select(PhotoRow).where(
            PhotoRow.shop_id == photo.shop_id, PhotoRow.order_no != photo.order_no, PhotoRow.shown_at <= photo.shown_at,
            PhotoRow.refused == "", kind,
        )  # fmt: skip
        for row in await unit.scalars(query.order_by(PhotoRow.shown_at.desc(), PhotoRow.id.desc()).limit(most)):
            found.setdefault(row.id, row)
        if len(found) >= most:
            break
    return list(found.values())[:most]


async def matches(unit: Unit, shop_id: Id, number: str) -> Sequence[PhotoMatchRow]:
    """Of a case, as the later and as the earlier one; the surest first."""
    query = select(PhotoMatchRow).where(
        PhotoMatchRow.shop_id == shop_id, or_(PhotoMatchRow.case_number == number, PhotoMatchRow.other_case == number)
    )
    return (await unit.scalars(query.order_by(PhotoMatchRow.score.desc(), PhotoMatchRow.id))).all()


async def all_matches(unit: Unit, shop_id: Id, since: datetime) -> Sequence[PhotoMatchRow]:
    query = select(PhotoMatchRow).where(PhotoMatchRow.shop_id == shop_id, PhotoMatchRow.found_at >= since)
    return (await unit.scalars(query.order_by(PhotoMatchRow.found_at, PhotoMatchRow.id))).all()


async def forget(unit: Unit, shop_id: Id, before: datetime) -> None:
    """What was kept of older photos goes; that they were shown, and matched, stays."""
    old = update(PhotoRow).where(PhotoRow.shop_id == shop_id, PhotoRow.shown_at < before, PhotoRow.print.is_not(None))
    await unit.execute(old.values(print=None))
