"""A tau2 retail file becomes an English shop in USD, and everything of it can be had again."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.commerce.builders import SHOP
from xinfu.commerce import Orders, Products, import_tau2
from xinfu.commerce.model import OrderRow, ProductRow, VariantRow
from xinfu.customers import Customers, write_tau2_users
from xinfu.customers.model import Customer
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Invalid
from xinfu.kit.money import Money

SHARED = Path(os.environ.get("XINFU_SHARED", Path(__file__).parents[2].parent / "shared")) / "data/tau2_retail/db.json"


def small() -> dict[str, Any]:
    """Two orders of one made-up person, in the same form."""
    address = {"address1": "1 Example Lane", "address2": "", "city": "Sampleton", "country": "USA", "state": "XX", "zip": "00000"}
    item = {"name": "Kettle", "product_id": "10", "item_id": "100", "price": 19.9, "options": {"color": "red", "capacity": "1L"}}
    common = {"user_id": "u_1", "address": address, "items": [item]}
    paid = [{"transaction_type": "payment", "amount": 19.9, "payment_method_id": "card_1"}]
    back = [*paid, {"transaction_type": "refund", "amount": 19.9, "payment_method_id": "card_1"}]
    sent = [{"tracking_id": ["555"], "item_ids": ["100"]}]
    return {
        "products": {
            "10": {
                "name": "Kettle",
                "product_id": "10",
                "variants": {
                    "100": {"item_id": "100", "options": item["options"], "available": True, "price": 19.9},
                    "101": {"item_id": "101", "options": {"color": "blue", "capacity": "2L"}, "available": False, "price": 25},
                },
            }
        },
        "users": {
            "u_1": {
                "user_id": "u_1",
                "name": {"first_name": "Ann", "last_name": "Example"},
                "address": address,
                "email": "ann@example.com",
                "payment_methods": {"card_1": {"source": "credit_card", "id": "card_1", "brand": "visa", "last_four": "0000"}},
                "orders": ["#W1", "#W2"],
            }
        },
        "orders": {
            "#W1": {"order_id": "#W1", **common, "status": "delivered", "fulfillments": sent, "payment_history": paid},
            "#W2": {"order_id": "#W2", **common, "status": "cancelled", "fulfillments": [], "payment_history": back},
        },
    }


async def given_back(database: Database) -> dict[str, Any]:
    """The file's form, from what is stored."""
    async with database.read() as unit:
        users = [c.extras["tau2"] for c in await unit.scalars(select(Customer).where(Customer.shop_id == SHOP))]
        orders = [o.extras["tau2"] for o in await unit.scalars(select(OrderRow).where(OrderRow.shop_id == SHOP))]
        variants = list(await unit.scalars(select(VariantRow).where(VariantRow.shop_id == SHOP)))
        products = [
            p.extras["tau2"] | {"variants": {v.sku: v.extras["tau2"] for v in variants if v.product_id == p.id}}
            for p in await unit.scalars(select(ProductRow).where(ProductRow.shop_id == SHOP))
        ]
    return {
        "users": {u["user_id"]: u for u in users},
        "orders": {o["order_id"]: o for o in orders},
        "products": {p["product_id"]: p for p in products},
    }


async def test_a_file_becomes_a_shop_and_again_changes_nothing(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    path = tmp_path / "db.json"
    path.write_text(json.dumps(small()))
    first = await import_tau2(database, path, SHOP, write_tau2_users, clock.now())
    clock.move(days=3)
    again = await import_tau2(database, path, SHOP, write_tau2_users, clock.now())
    assert (first.users, first.written.products.created, first.written.orders.created) == (1, 1, 2)
    assert (again.written.products.unchanged, again.written.orders.unchanged) == (1, 2)
    assert await given_back(database) == small()

    ann = (await Customers(database, clock).accounts(SHOP, ["u_1"]))["u_1"][0]
    orders = (await Orders(database, clock).orders_of(SHOP, [ann]))[ann]
    assert [(o.no, o.status, o.total) for o in orders] == [
        ("#W2", "cancelled", Money(1990, "USD")),
        ("#W1", "delivered", Money(1990, "USD")),
    ]
    assert [s.key for s in orders[1].timeline if s.done][-1] == "signed"
    products = Products(database, clock)
    [kettle] = await products.search(SHOP, "kettle")
    assert kettle.attributes == {"colour_notes": "color: red, blue", "specs": "capacity: 1L, 2L"}
    assert orders[0].lines[0].product_id == kettle.id


@pytest.mark.parametrize("text", ["[]", "{", '{"users": {}}', '{"users": {"a": {}}, "products": {}, "orders": {}}'])
async def test_a_file_of_another_form_is_refused_and_nothing_stored(
    database: Database, clock: FixedClock, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "db.json"
    path.write_text(text)
    with pytest.raises(Invalid):
        await import_tau2(database, path, SHOP, write_tau2_users, clock.now())
    assert await given_back(database) == {"users": {}, "orders": {}, "products": {}}


@pytest.mark.skipif(not SHARED.exists(), reason="the published file is not here")
async def test_the_published_file_is_loaded_whole(database: Database, clock: FixedClock) -> None:
    report = await import_tau2(database, SHARED, SHOP, write_tau2_users, clock.now())
    assert (report.users, report.products, report.orders) == (500, 50, 1000)
    assert report.written.orders.created == 1000
    assert await given_back(database) == json.loads(SHARED.read_text("utf-8"))
