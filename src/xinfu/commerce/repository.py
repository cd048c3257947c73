"""Every query that reads commerce; each names the shop.

The message path is Core: newest_of reads one small index, views the packed orders not seen before.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, func, or_, select

from xinfu.commerce.contracts import OrderLine, OrderStatus, Parcel, Product, Scan, Variant
from xinfu.commerce.digest import chunks
from xinfu.commerce.model import OrderLineRow, OrderRow, ParcelRow, ParcelScan, PriceChange, ProductRow, VariantRow
from xinfu.commerce.packing import Packed
from xinfu.commerce.policy import order_key, tracking_key
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

order: Table = OrderRow.__table__  # type: ignore[assignment]
_KEY = (order.c.id, order.c.customer_id, order.c.stamp)

type Key = tuple[Id, Id, int]
"""Id, customer and stamp of one order."""


async def newest_of(unit: Unit, shop_id: Id, customer_ids: Sequence[Id], limit: int) -> list[Key]:
    """The `limit` newest orders of each customer, newest first."""
    found: list[Key] = []
    newest = (order.c.placed_at.desc(), order.c.id.desc())
    for chunk in chunks(customer_ids):
        mine = (order.c.shop_id == shop_id, order.c.customer_id.in_(chunk))
        # Few have more than `limit`: reading all of them straight off the index is cheapest, as long as it stays within bounds.
        bound = len(chunk) * limit
        rows = (await unit.execute(select(*_KEY).where(*mine).order_by(order.c.customer_id.desc(), *newest).limit(bound + 1))).all()
        if len(rows) > bound:
            nth = func.row_number().over(partition_by=order.c.customer_id, order_by=newest).label("nth")
            ranked = select(*_KEY, nth).where(*mine).subquery()
            wanted = select(ranked.c.id, ranked.c.customer_id, ranked.c.stamp).where(ranked.c.nth <= limit)
            rows = (await unit.execute(wanted.order_by(ranked.c.customer_id, ranked.c.nth))).all()
        found.extend(_first(rows, limit))
    return found


async def views(unit: Unit, shop_id: Id, ids: Sequence[Id]) -> dict[Id, bytes]:
    """The packed forms of these orders."""
    found: dict[Id, bytes] = {}
    for chunk in chunks(ids):
        query = select(order.c.id, order.c.view).where(order.c.shop_id == shop_id, order.c.id.in_(chunk))
        found.update((row.id, row.view) for row in await unit.execute(query))
    return found


async def by_no(unit: Unit, shop_id: Id, no: str) -> Key | None:
    return await _one(unit, and_(order.c.shop_id == shop_id, order.c.no_key == order_key(no)))


async def by_tracking(unit: Unit, shop_id: Id, tracking_no: str) -> Key | None:
    """The newest order with such a parcel: carriers use a number again after some years."""
    return await _one(unit, and_(order.c.shop_id == shop_id, order.c.id.in_(_with_tracking(shop_id, tracking_no))))


async def placed(unit: Unit, shop_id: Id, numbers: Sequence[str]) -> dict[str, datetime]:
    """When the stored ones of these orders were placed, by order key."""
    found: dict[str, datetime] = {}
    for chunk in chunks([order_key(no) for no in numbers]):
        query = select(order.c.no_key, order.c.placed_at).where(order.c.shop_id == shop_id, order.c.no_key.in_(chunk))
        found.update({row.no_key: row.placed_at for row in await unit.execute(query)})
    return found


async def search(
    unit: Unit, shop_id: Id, text: str, status: OrderStatus | None, after: tuple[datetime, Id] | None, limit: int
) -> Sequence[Row[Id, Id, int, datetime]]:
    """By order number or its beginning, tracking number, receiver's name or last four digits of the phone; newest first."""
    query = select(*_KEY, order.c.placed_at).where(order.c.shop_id == shop_id)
    if text := text.strip():
        ways: list[ColumnElement[bool]] = [order.c.id.in_(_with_tracking(shop_id, text)), order.c.receiver == text]
        if key := order_key(text):
            ways.append(order.c.no_key.startswith(key, autoescape=True))
        if len(text) == 4 and text.isdigit():
            ways.append(order.c.receiver_tail == text)
        query = query.where(or_(*ways))
    if status is not None:
        query = query.where(order.c.status == status)
    if after is not None:
        at, id_ = after
        query = query.where(or_(order.c.placed_at < at, and_(order.c.placed_at == at, order.c.id < id_)))
    return (await unit.execute(query.order_by(order.c.placed_at.desc(), order.c.id.desc()).limit(limit))).all()


async def packed_from_tables(unit: Unit, shop_id: Id, order_id: Id) -> Packed:
    """An order as its tables tell it; what `view` is a copy of."""
    row = (await unit.scalars(select(OrderRow).where(OrderRow.shop_id == shop_id, OrderRow.id == order_id))).one()
    lines = select(OrderLineRow).where(OrderLineRow.shop_id == shop_id, OrderLineRow.order_id == order_id)
    return Packed(
        no=row.no,
        status=row.status,  # type: ignore[arg-type]  # only OrderStatus is ever written
        placed_at=row.placed_at,
        pay_by=row.pay_by,
        paid_at=row.paid_at,
        packed_at=row.packed_at,
        completed_at=row.completed_at,
        cancelled_at=row.cancelled_at,
        returned_at=row.returned_at,
        total=row.total_minor,
        freight=row.freight_minor,
        currency=row.currency,
        lines=tuple([_line(li, row.currency) for li in await unit.scalars(lines.order_by(OrderLineRow.position))]),
        receiver=row.receiver,
        receiver_phone=row.receiver_phone,
        address=row.address,
        gift=row.gift,
        note=row.note,
        parcels=await _parcels(unit, shop_id, order_id),
    )


async def products(unit: Unit, shop_id: Id) -> list[Product]:
    """The whole catalogue, in the order it was made."""
    variants: dict[Id, list[Variant]] = {}
    listed = select(VariantRow).where(VariantRow.shop_id == shop_id).order_by(VariantRow.position)
    for v in await unit.scalars(listed):
        options = tuple((k, value) for k, value in v.options)
        variants.setdefault(v.product_id, []).append(Variant(v.sku, options, Money(v.price_minor, v.currency), v.stock))
    rows = await unit.scalars(select(ProductRow).where(ProductRow.shop_id == shop_id).order_by(ProductRow.id))
    return [
        Product(p.id, p.name, p.category, p.brand, p.summary, p.image, p.attributes, tuple(variants.get(p.id, ())))
        for p in rows
    ]  # fmt: skip


async def catalogue_state(unit: Unit, shop_id: Id) -> tuple[int, datetime | None]:
    """Changes whenever a product is written, by whatever process."""
    query = select(func.count(), func.max(ProductRow.changed_at)).where(ProductRow.shop_id == shop_id)
    count, latest = (await unit.execute(query)).one()
    return count, latest


async def price_history(unit: Unit, shop_id: Id, product_id: Id) -> Sequence[Row[str, int, str, datetime]]:
    """Sku, price in minor units, currency and since when; oldest first."""
    query = select(VariantRow.sku, PriceChange.price_minor, PriceChange.currency, PriceChange.at).join(
        PriceChange, PriceChange.variant_id == VariantRow.id
    )
    query = query.where(VariantRow.shop_id == shop_id, PriceChange.shop_id == shop_id, VariantRow.product_id == product_id)
    return (await unit.execute(query.order_by(PriceChange.at, VariantRow.position))).all()


def _first(rows: Sequence[Row[Id, Id, int]], limit: int) -> Iterator[Key]:
    """At most `limit` of each customer's rows, which stand together."""
    customer, count = "", 0
    for id_, customer_id, stamp in rows:
        customer, count = customer_id, count + 1 if customer_id == customer else 1
        if count <= limit:
            yield id_, customer_id, stamp


async def _one(unit: Unit, condition: ColumnElement[bool]) -> Key | None:
    row = (await unit.execute(select(*_KEY).where(condition).order_by(order.c.placed_at.desc()).limit(1))).first()
    return (row[0], row[1], row[2]) if row else None


def _with_tracking(shop_id: Id, tracking_no: str) -> Any:
    return select(ParcelRow.order_id).where(ParcelRow.shop_id == shop_id, ParcelRow.tracking_no == tracking_key(tracking_no))


def _line(row: OrderLineRow, currency: str) -> OrderLine:
    options = tuple((k, v) for k, v in row.options)
    return OrderLine(row.sku, row.product_id, row.name, options, row.quantity, Money(row.price_minor, currency), row.image)


async def _parcels(unit: Unit, shop_id: Id, order_id: Id) -> tuple[Parcel, ...]:
    rows = select(ParcelRow).where(ParcelRow.shop_id == shop_id, ParcelRow.order_id == order_id)
    parcels = (await unit.scalars(rows.order_by(ParcelRow.position))).all()
    scans: dict[Id, list[Scan]] = {}
    listed = select(ParcelScan).where(ParcelScan.shop_id == shop_id, ParcelScan.parcel_id.in_([p.id for p in parcels]))
    for s in await unit.scalars(listed.order_by(ParcelScan.position)):
        scans.setdefault(s.parcel_id, []).append(Scan(s.at, s.code, s.place, s.text))  # type: ignore[arg-type]
    return tuple([Parcel(p.carrier, p.tracking_no, tuple(scans.get(p.id, ())), p.promised_by) for p in parcels])
