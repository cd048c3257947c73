"""A shop that came in the tau2 retail form, given back in it: catalogue, people and orders as commerce and customers tell them, with the
returns and exchanges asked for since.
"""

from collections.abc import AsyncIterator
from typing import Any

from xinfu import aftersales, commerce, customers
from xinfu.kit.auth import Actor
from xinfu.kit.database import Database
from xinfu.kit.ids import Id

type Json = dict[str, Any]

_OVER = ("declined", "withdrawn")


async def export(database: Database, cases: aftersales.Cases, actor: Actor, shop_id: Id) -> Json:
    """The whole shop. Never touched, it equals what was imported."""
    async with database.read() as unit:
        out: Json = {
            "products": await commerce.tau2_products(unit, shop_id),
            "users": await customers.tau2_users(unit, shop_id),
            "orders": await commerce.tau2_orders(unit, shop_id),
        }
    async for case in _all(cases, actor, shop_id):
        if case.order_no in out["orders"] and case.state not in _OVER:
            out["orders"][case.order_no] |= _asked(case)
    return out


def difference(before: Json, after: Json) -> Json:
    """The records that are not as they were, by kind and key, whole."""
    return {
        kind: {key: record for key, record in records.items() if before.get(kind, {}).get(key) != record} for kind, records in after.items()
    }


async def _all(cases: aftersales.Cases, actor: Actor, shop_id: Id) -> AsyncIterator[aftersales.Case]:
    cursor: str | None = None
    while True:
        page = await cases.search(actor, shop_id, None, None, cursor, 100)
        for case in page.items:
            yield case
        if (cursor := page.next) is None:
            return


def _asked(case: aftersales.Case) -> Json:
    """What a return or an exchange writes on its order. Money moves when the goods are back, and shows then."""
    items = sorted(line.sku for line in case.lines for _ in range(line.quantity))
    if case.kind == "return":
        return {"status": "return requested", "return_items": items, "return_payment_method_id": case.refund_to}
    if case.kind == "exchange":
        return {
            "status": "exchange requested",
            "exchange_items": items,
            "exchange_new_items": sorted(line.to_sku for line in case.lines for _ in range(line.quantity)),
            "exchange_payment_method_id": case.refund_to,
            "exchange_price_difference": case.work.difference / 100,
        }
    return {}
