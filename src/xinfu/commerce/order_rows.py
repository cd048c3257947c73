"""Writing orders with their lines, payments, parcels, scans and invoice: by order number, a changed order replaced whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, select

from xinfu.commerce.bulk import NewOrder, NewParcel, Tally
from xinfu.commerce.contracts import OrderLine, Parcel, Scan
from xinfu.commerce.digest import chunks, digest
from xinfu.commerce.model import Invoice, OrderLineRow, OrderRow, ParcelRow, ParcelScan, Payment, VariantRow
from xinfu.commerce.packing import Packed, pack, stamp_of
from xinfu.commerce.policy import PAY_WITHIN, is_gift, order_key, phone_tail, tracking_key
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

order: Table = OrderRow.__table__  # type: ignore[assignment]
line: Table = OrderLineRow.__table__  # type: ignore[assignment]
payment: Table = Payment.__table__  # type: ignore[assignment]
parcel: Table = ParcelRow.__table__  # type: ignore[assignment]
scan: Table = ParcelScan.__table__  # type: ignore[assignment]
invoice: Table = Invoice.__table__  # type: ignore[assignment]
variant: Table = VariantRow.__table__  # type: ignore[assignment]

_SLICE = 500

type Values = dict[str, Any]


@dataclass(slots=True)
class _Rows:
    """What will be inserted, parents before children."""

    orders: list[Values] = field(default_factory=list)
    lines: list[Values] = field(default_factory=list)
    payments: list[Values] = field(default_factory=list)
    parcels: list[Values] = field(default_factory=list)
    scans: list[Values] = field(default_factory=list)
    invoices: list[Values] = field(default_factory=list)


async def write(unit: Unit, shop_id: Id, orders: Sequence[NewOrder]) -> tuple[Tally, list[tuple[Id, str]]]:
    """Insert new orders, replace those that differ. Also returns (customer, order number) of each written one.

    Goes in slices, so that others in this process get their turn while a whole shop comes in.
    """
    latest = list({order_key(o.no): o for o in orders}.items())
    created = updated = 0
    written: list[tuple[Id, str]] = []
    for start in range(0, len(latest), _SLICE):
        new, changed = await _write_slice(unit, shop_id, dict(latest[start : start + _SLICE]), written)
        created, updated = created + new, updated + changed
    return Tally(created, updated, len(latest) - created - updated), written


async def _write_slice(unit: Unit, shop_id: Id, orders: Mapping[str, NewOrder], written: list[tuple[Id, str]]) -> tuple[int, int]:
    """How many were new and how many changed; who is concerned goes to `written`."""
    known = await _known(unit, shop_id, list(orders))
    products = await _products(unit, shop_id, {li.sku for o in orders.values() for li in o.lines})
    rows = _Rows()
    replaced: list[Id] = []
    for key, given in orders.items():
        fingerprint = digest(given)
        found = known.get(key)
        if found is not None and found.digest == fingerprint:
            continue
        if found is not None:
            replaced.append(found.id)
            if found.customer_id != given.customer_id:
                written.append((found.customer_id, given.no))
        written.append((given.customer_id, given.no))
        _add(rows, shop_id, found.id if found else new_id(), given, key, fingerprint, products)
    rows.payments.extend(await _under_way(unit, shop_id, replaced, rows.payments))
    await _remove(unit, shop_id, replaced)
    connection = await unit.connection()
    for table, values in (
        (order, rows.orders), (line, rows.lines), (payment, rows.payments),
        (parcel, rows.parcels), (scan, rows.scans), (invoice, rows.invoices),
    ):  # fmt: skip
        if values:
            await connection.execute(table.insert(), values)
    return len(rows.orders) - len(replaced), len(replaced)


async def _known(unit: Unit, shop_id: Id, keys: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for chunk in chunks(keys):
        query = select(order.c.no_key, order.c.id, order.c.digest, order.c.customer_id)
        for row in await unit.execute(query.where(order.c.shop_id == shop_id, order.c.no_key.in_(chunk))):
            found[row.no_key] = row
    return found


async def _products(unit: Unit, shop_id: Id, skus: set[str]) -> dict[str, Id]:
    found: dict[str, Id] = {}
    for chunk in chunks(sorted(skus)):
        query = select(variant.c.sku, variant.c.product_id).where(variant.c.shop_id == shop_id, variant.c.sku.in_(chunk))
        found.update({row.sku: row.product_id for row in await unit.execute(query)})
    return found


async def _under_way(unit: Unit, shop_id: Id, ids: Sequence[Id], told: Sequence[Values]) -> list[Values]:
    """Refunds of the house, under way or paid, and differences yet to be paid: kept when their order is replaced, money is not forgotten.

    Left out for an order whose new record tells of refunds itself: then the shop system accounts for them.
    """
    accounted = {row["order_id"] for row in told if row["kind"] == "refund"}
    kept: list[Values] = []
    for chunk in chunks([id_ for id_ in ids if id_ not in accounted]):
        query = select(payment).where(payment.c.shop_id == shop_id, payment.c.order_id.in_(chunk))
        kept.extend(
            dict(row._mapping)
            for row in await unit.execute(query.where(payment.c.state.in_(("refunding", "due")) | payment.c.settled_at.is_not(None)))
        )
    return kept


async def _remove(unit: Unit, shop_id: Id, ids: Sequence[Id]) -> None:
    for chunk in chunks(ids):
        parcels = select(parcel.c.id).where(parcel.c.shop_id == shop_id, parcel.c.order_id.in_(chunk))
        await unit.execute(delete(scan).where(scan.c.parcel_id.in_(parcels)))
        for table in (line, payment, parcel, invoice):
            await unit.execute(delete(table).where(table.c.shop_id == shop_id, table.c.order_id.in_(chunk)))
        await unit.execute(delete(order).where(order.c.shop_id == shop_id, order.c.id.in_(chunk)))


def _add(rows: _Rows, shop_id: Id, id_: Id, given: NewOrder, key: str, fingerprint: str, products: Mapping[str, Id]) -> None:
    packed = _packed(given, products)
    rows.orders.append(_order_values(shop_id, id_, given, packed, key, fingerprint))
    own = {"shop_id": shop_id, "order_id": id_}
    for position, (li, seen) in enumerate(zip(given.lines, packed.lines, strict=True)):
        rows.lines.append(
            own
            | {"id": new_id(), "position": position, "sku": li.sku, "product_id": seen.product_id, "name": li.name}
            | {"options": [list(pair) for pair in li.options], "quantity": li.quantity, "price_minor": li.price.minor}
            | {"image": li.image, "extras": li.extras}
        )
    for position, paid in enumerate(given.payments):
        rows.payments.append(
            own
            | {"id": new_id(), "position": position, "kind": paid.kind, "method": paid.method, "amount_minor": paid.amount.minor}
            | {"currency": paid.amount.currency, "at": paid.at, "reference": paid.reference, "extras": paid.extras, "state": "done"}
            | {"settled_at": None}
        )
    for position, sent in enumerate(given.parcels):
        _add_parcel(rows, own, position, sent)
    if asked := given.invoice:
        rows.invoices.append(
            own
            | {"id": new_id(), "title": asked.title, "tax_no": asked.tax_no, "amount_minor": asked.amount.minor}
            | {"currency": asked.amount.currency, "number": asked.number, "issued_at": asked.issued_at}
        )


def _add_parcel(rows: _Rows, own: Values, position: int, sent: NewParcel) -> None:
    parcel_id = new_id()
    rows.parcels.append(
        own
        | {"id": parcel_id, "position": position, "carrier": sent.carrier, "tracking_no": tracking_key(sent.tracking_no)}
        | {"promised_by": sent.promised_by}
    )
    shop_id = own["shop_id"]
    rows.scans.extend(
        {"parcel_id": parcel_id, "position": n, "shop_id": shop_id, "at": s.at, "code": s.code, "place": s.place, "text": s.text}
        for n, s in enumerate(sent.scans)
    )


def _packed(given: NewOrder, products: Mapping[str, Id]) -> Packed:
    """The order as it will be read. Raises ValueError when its amounts are in different currencies."""
    total = given.total or sum((li.price * li.quantity for li in given.lines), given.freight)
    return Packed(
        no=given.no,
        status=given.status,
        placed_at=given.placed_at,
        pay_by=given.pay_by or given.placed_at + PAY_WITHIN,
        paid_at=given.paid_at,
        packed_at=given.packed_at,
        completed_at=given.completed_at,
        cancelled_at=given.cancelled_at,
        returned_at=given.returned_at,
        total=total.minor,
        freight=(total.zero() + given.freight).minor,
        currency=total.currency,
        lines=tuple(
            OrderLine(li.sku, products.get(li.sku, ""), li.name, li.options, li.quantity, _same(li.price, total), li.image)
            for li in given.lines
        ),
        receiver=given.receiver,
        receiver_phone=given.receiver_phone,
        address=given.address,
        gift=is_gift(given.receiver_phone, given.buyer_phone),
        note=given.note,
        parcels=tuple(
            Parcel(p.carrier, tracking_key(p.tracking_no), tuple(Scan(s.at, s.code, s.place, s.text) for s in p.scans), p.promised_by)
            for p in given.parcels
        ),
    )


def _same(amount: Money, total: Money) -> Money:
    return total.zero() + amount


def _order_values(shop_id: Id, id_: Id, given: NewOrder, packed: Packed, key: str, fingerprint: str) -> Values:
    view = pack(packed)
    return {
        "id": id_,
        "shop_id": shop_id,
        "no": packed.no,
        "no_key": key,
        "customer_id": given.customer_id,
        "status": packed.status,
        "placed_at": packed.placed_at,
        "pay_by": packed.pay_by,
        "paid_at": packed.paid_at,
        "packed_at": packed.packed_at,
        "completed_at": packed.completed_at,
        "cancelled_at": packed.cancelled_at,
        "returned_at": packed.returned_at,
        "total_minor": packed.total,
        "freight_minor": packed.freight,
        "currency": packed.currency,
        "receiver": packed.receiver,
        "receiver_phone": packed.receiver_phone,
        "receiver_tail": phone_tail(packed.receiver_phone),
        "address": packed.address,
        "gift": packed.gift,
        "note": packed.note,
        "stamp": stamp_of(view),
        "view": view,
        "extras": given.extras,
        "digest": fingerprint,
    }
