"""Writes products and orders of a shop that came in the tau2 JSON form back in that form, with everything done to them since.

What was never touched comes out exactly as it was given. Orders made here (goods sent again) have no place in the form and are left out.
"""

from typing import Any

from sqlalchemy import select

from xinfu.commerce.embedded import ADDRESS_PARTS, CANCEL_REASON, ITEMS_CHANGED
from xinfu.commerce.model import OrderLineRow, OrderRow, Payment, ProductRow, VariantRow
from xinfu.commerce.tau2 import AS_ASKED_BACK, AS_CHANGED, Json
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id

_STATUS = {
    "unpaid": "pending", "paid": "pending", "packed": "processed", "shipped": "processed", "out_for_delivery": "processed",
    "delivered": "delivered", "completed": "delivered", "returned": "delivered", "cancelled": "cancelled",
}  # fmt: skip


async def tau2_products(unit: Unit, shop_id: Id) -> dict[str, Json]:
    """By product id, in the order they came."""
    variants: dict[Id, Json] = {}
    listed = select(VariantRow).where(VariantRow.shop_id == shop_id).order_by(VariantRow.product_id, VariantRow.position)
    for v in await unit.scalars(listed):
        if given := v.extras.get("tau2"):
            variants.setdefault(v.product_id, {})[v.sku] = given
    query = select(ProductRow).where(ProductRow.shop_id == shop_id).order_by(ProductRow.id)
    return {
        given["product_id"]: {**given, "variants": variants.get(p.id, {})}
        for p in await unit.scalars(query)
        if (given := p.extras.get("tau2"))
    }


async def tau2_orders(unit: Unit, shop_id: Id) -> dict[str, Json]:
    """By order number, in the order they came. What after-sales did is not commerce's to tell: requests are added by who knows them."""
    lines: dict[Id, list[OrderLineRow]] = {}
    for li in await unit.scalars(select(OrderLineRow).where(OrderLineRow.shop_id == shop_id).order_by(OrderLineRow.position)):
        lines.setdefault(li.order_id, []).append(li)
    payments: dict[Id, list[Payment]] = {}
    for p in await unit.scalars(select(Payment).where(Payment.shop_id == shop_id).order_by(Payment.position)):
        payments.setdefault(p.order_id, []).append(p)
    query = select(OrderRow).where(OrderRow.shop_id == shop_id).order_by(OrderRow.id)
    return {
        given["order_id"]: _order(row, given, lines.get(row.id, []), payments.get(row.id, []))
        for row in await unit.scalars(query)
        if (given := row.extras.get("tau2"))
    }


def _order(row: OrderRow, given: Json, lines: list[OrderLineRow], payments: list[Payment]) -> Json:
    out = given | {
        "address": _address(row, given),
        "items": [_item(li, was) for li, was in zip(lines, given["items"], strict=True)],
        "status": _status(row, given),
        "payment_history": [*_payments(payments, given["payment_history"])],
    }
    if reason := row.extras.get(CANCEL_REASON):
        out["cancel_reason"] = reason
    return out


def _status(row: OrderRow, given: Json) -> Any:
    status = _STATUS[row.status]
    if status == "delivered" and given["status"] in AS_ASKED_BACK:
        return given["status"]
    return AS_CHANGED if status == "pending" and row.extras.get(ITEMS_CHANGED) else status


def _address(row: OrderRow, given: Json) -> Any:
    parts = row.extras.get(ADDRESS_PARTS)
    if parts is None:
        return given["address"]
    # One line is all that is known of an address that was not given in parts.
    return parts or {name: row.address if name == "address1" else "" for name in given["address"]}


def _item(line: OrderLineRow, was: Json) -> Json:
    if line.sku == was["item_id"]:
        return was
    return was | {"item_id": line.sku, "price": line.price_minor / 100, "options": dict(line.options)}


def _payments(rows: list[Payment], given: list[Json]) -> list[Json]:
    """As given, then what came since; what is void or yet to be paid is no payment."""
    counted = [p for p in rows if p.state in ("done", "refunding")]
    since = [
        {"transaction_type": p.kind, "amount": p.amount_minor / 100, "payment_method_id": p.method} for p in counted[len(given) :]
    ]  # fmt: skip
    return [*given, *since]
