"""Every query of listings; each names the shop."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select, text

from xinfu.aftersales.listing.model import ListingRow
from xinfu.aftersales.listing.policy import LIVE, ListingState
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


async def hold(unit: Unit, shop_id: Id) -> None:
    """Keep the shop's book until the unit ends: nobody else enters or checks meanwhile."""
    statement = text(
        "INSERT INTO listing_book (shop_id, n) VALUES (:shop, 1) ON CONFLICT (shop_id) DO UPDATE SET n = listing_book.n + 1 RETURNING n"
    )
    (await unit.execute(statement, {"shop": shop_id})).scalar_one()


async def by_id(unit: Unit, shop_id: Id, id_: Id) -> ListingRow | None:
    query = select(ListingRow).where(ListingRow.shop_id == shop_id, ListingRow.id == id_)
    return (await unit.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def live(unit: Unit, shop_id: Id, sku_keys: Sequence[str]) -> Sequence[ListingRow]:
    """Those of these skus that hold their place, oldest first."""
    query = select(ListingRow).where(ListingRow.shop_id == shop_id, ListingRow.sku_key.in_(sku_keys), ListingRow.state.in_(sorted(LIVE)))
    return (await unit.scalars(query.order_by(ListingRow.entered_at, ListingRow.id))).all()


async def search(
    unit: Unit, shop_id: Id, *, state: ListingState | None, words: str, after: tuple[datetime, Id] | None, limit: int
) -> Sequence[ListingRow]:
    """Newest first; `words` in campaign, sku or name."""
    query = select(ListingRow).where(ListingRow.shop_id == shop_id)
    if state is not None:
        query = query.where(ListingRow.state == state)
    if words:
        like = words.lower()
        columns = (ListingRow.campaign_key, func.lower(ListingRow.sku_key), func.lower(ListingRow.name))
        query = query.where(or_(*(column.contains(like, autoescape=True) for column in columns)))
    if after is not None:
        at, id_ = after
        query = query.where(or_(ListingRow.entered_at < at, and_(ListingRow.entered_at == at, ListingRow.id < id_)))
    return (await unit.scalars(query.order_by(ListingRow.entered_at.desc(), ListingRow.id.desc()).limit(limit))).all()


async def counts(unit: Unit, shop_id: Id) -> dict[str, int]:
    """How many in each state."""
    query = select(ListingRow.state, func.count()).where(ListingRow.shop_id == shop_id).group_by(ListingRow.state)
    return {state: int(n) for state, n in (await unit.execute(query)).all()}
