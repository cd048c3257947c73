"""Loads a retail shop in the tau2 JSON form (users, products with variants, orders) as an English shop priced in USD.

What our tables have no place for (address parts, payment methods, payment history, fulfilments) is kept in `extras` exactly as given, so
the same form can be given back. The form knows no dates: orders count as placed a day apart up to the import, in the order their
customer lists them, and a later import of the same file leaves those dates as they are.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from xinfu.commerce import repository
from xinfu.commerce.bulk import NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewVariant, Written
from xinfu.commerce.contracts import OrderStatus
from xinfu.commerce.embedded import ASKED_BACK, ITEMS_CHANGED
from xinfu.commerce.policy import attribute_asked, order_key
from xinfu.commerce.writing import bulk_write
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

TAU2_CURRENCY = "USD"
_IN_STOCK = 100  # the form says only whether there is any
_ADDRESS = ("address1", "address2", "city", "state", "zip", "country")
AS_CHANGED = "pending (item modified)"
AS_ASKED_BACK = ("return requested", "exchange requested")
_STATUS: dict[str, OrderStatus] = {
    "pending": "paid", AS_CHANGED: "paid", "processed": "shipped", "delivered": "delivered", "cancelled": "cancelled",
    **dict.fromkeys(AS_ASKED_BACK, "delivered"),
}  # fmt: skip

type Json = dict[str, Any]
type WriteUsers = Callable[[Unit, Id, Mapping[str, Json], datetime], Awaitable[dict[str, Id]]]
"""Writes the users and returns customer ids by user id; customers.write_tau2_users is one."""


@dataclass(frozen=True, slots=True)
class Tau2Report:
    """What the file held, and what of it was new."""

    users: int
    products: int
    orders: int
    written: Written


async def import_tau2(database: Database, path: Path, shop_id: Id, write_users: WriteUsers, at: datetime) -> Tau2Report:
    """All of the file in one transaction. Raises Invalid for a file of another form."""
    exact, given = _read(path)
    try:
        products = [_product(p, given["products"][key]) for key, p in exact["products"].items()]
        async with database.unit() as unit:
            ids = await write_users(unit, shop_id, given["users"], at)
            placed = await _dates(unit, shop_id, given["users"], at)
            orders = [
                _order(o, given["orders"][key], ids[o["user_id"]], given["users"][o["user_id"]], placed.get(order_key(key), at))
                for key, o in exact["orders"].items()
            ]
            written = await bulk_write(unit, shop_id, products=products, orders=orders, at=at)
    except (KeyError, TypeError, AttributeError, ValueError) as e:
        raise Invalid(why=f"{path.name}: {e!r}") from e
    return Tau2Report(len(ids), len(products), len(orders), written)


def _read(path: Path) -> tuple[Json, Json]:
    """The file twice: with amounts as the digits written, for exact money, and as plain JSON values, to be kept."""
    try:
        text = path.read_text("utf-8")
        exact, given = json.loads(text, parse_float=str), json.loads(text, parse_constant=_no_number)
    except (OSError, ValueError) as e:
        raise Invalid(why=f"{path.name}: {e}") from e
    if not isinstance(given, dict) or not {"users", "products", "orders"} <= given.keys():
        raise Invalid(why=f"{path.name}: users, products, orders")
    return exact, given


def _no_number(name: str) -> None:
    """NaN and the infinities are no JSON and no amounts."""
    raise ValueError(name)


async def _dates(unit: Unit, shop_id: Id, users: Mapping[str, Json], at: datetime) -> dict[str, datetime]:
    """When each order counts as placed: as stored, or a day apart up to `at`."""
    numbers = [number for user in users.values() for number in user["orders"]]
    stored = await repository.placed(unit, shop_id, numbers)
    day = at.replace(microsecond=0)
    fresh = {
        order_key(number): day - timedelta(days=len(user["orders"]) - n)
        for user in users.values()
        for n, number in enumerate(user["orders"])
    }
    return fresh | stored


def _product(exact: Json, given: Json) -> NewProduct:
    variants = tuple(
        NewVariant(
            v["item_id"],
            _options(v["options"]),
            _money(v["price"]),
            _IN_STOCK if v["available"] else 0,
            {"tau2": given["variants"][key]},
        )
        for key, v in exact["variants"].items()
    )
    head = {name: value for name, value in given.items() if name != "variants"}
    return NewProduct(exact["product_id"], exact["name"], attributes=_attributes(variants), variants=variants, extras={"tau2": head})


def _attributes(variants: tuple[NewVariant, ...]) -> dict[str, str]:
    """What the options of the variants tell about the product, under the attribute their name asks for."""
    values: dict[str, dict[str, None]] = {}
    for variant in variants:
        for name, value in variant.options:
            values.setdefault(name, {})[value] = None
    out: dict[str, str] = {}
    for name, seen in values.items():
        key = attribute_asked(name) or "specs"
        text = f"{name}: {', '.join(seen)}"
        out[key] = f"{out[key]}; {text}" if key in out else text
    return out


def _order(exact: Json, given: Json, customer_id: Id, user: Json, placed_at: datetime) -> NewOrder:
    """Parcels have no scans in this form, so the timeline names the steps without times."""
    name = user["name"]
    return NewOrder(
        exact["order_id"],
        customer_id,
        _STATUS[exact["status"]],
        placed_at,
        tuple(NewLine(i["item_id"], i["name"], 1, _money(i["price"]), _options(i["options"])) for i in exact["items"]),
        Money(0, TAU2_CURRENCY),
        receiver=f"{name['first_name']} {name['last_name']}",
        address=", ".join(str(part) for key in _ADDRESS if (part := exact["address"].get(key))),
        paid_at=placed_at,
        payments=tuple(
            NewPayment(_money(p["amount"]), p["payment_method_id"], placed_at, "refund" if p["transaction_type"] == "refund" else "payment")
            for p in exact["payment_history"]
        ),
        parcels=tuple(NewParcel("", number) for f in exact["fulfillments"] for number in f["tracking_id"]),
        extras={"tau2": given} | _known(given["status"]),
    )


def _known(status: str) -> dict[str, bool]:
    """What an order that was changed, or asked back, before it came here tells by its status."""
    return {ITEMS_CHANGED: True} if status == AS_CHANGED else {ASKED_BACK: True} if status in AS_ASKED_BACK else {}


def _money(digits: str | int) -> Money:
    return Money.parse(str(digits), TAU2_CURRENCY)


def _options(options: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in options.items())
