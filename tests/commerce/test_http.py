"""The commerce and customers calls over HTTP: shapes, refusals, uploads."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from tests.commerce.builders import NOON, OTHER, SHOP, a_product, an_order, someone
from xinfu import commerce, customers
from xinfu.commerce.endpoints import CustomerBook
from xinfu.identity import Authenticator, Permission, Settings, Shops, console_actor
from xinfu.identity.http import actor as acting
from xinfu.identity.http import shop as current_shop
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import Id, new_id

ALL = someone(*Permission)


class Front:
    """The two routers, with a signed-in person of the test's choice."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.app = FastAPI()
        self.who: Actor = ALL
        install_problem_handlers(self.app)
        self.app.include_router(customers.router)
        self.app.include_router(commerce.router)
        self.app.dependency_overrides[acting] = lambda: self.who
        self.app.dependency_overrides[current_shop] = lambda: SHOP
        self.settings = Settings(database, clock)
        self.shops = Shops(database, clock, self.settings, Authenticator(database, clock))
        book = customers.Customers(database, clock)
        services = (
            book,
            customers.CustomerImports(database, clock, self.settings),
            commerce.Orders(database, clock),
            commerce.Products(database, clock),
            commerce.Imports(database, clock, self.settings, self.shops, book),
        )
        self.app.state.provided = {type(service): service for service in services} | {CustomerBook: book}


@pytest.fixture
def front(database: Database, clock: FixedClock) -> Front:
    return Front(database, clock)


@pytest.fixture
async def client(front: Front) -> AsyncIterator[httpx.AsyncClient]:
    await front.shops.create(console_actor([SHOP]), "test", "测试店", shop_id=SHOP)
    transport = httpx.ASGITransport(app=front.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1/") as client:
        yield client


async def a_shop(database: Database) -> Id:
    async with database.unit() as unit:
        written = await customers.bulk_write(unit, SHOP, [customers.NewCustomer("C-1", "林晓", "13800000001")], NOON)
        await commerce.bulk_write(unit, SHOP, products=[a_product()], orders=[an_order("#A-1", written.ids["C-1"])], at=NOON)
    return written.ids["C-1"]


async def test_the_desk_gets_customer_orders_and_product(client: httpx.AsyncClient, database: Database) -> None:
    customer = await a_shop(database)
    found = (await client.get("customers", params={"q": "林"})).json()
    assert [c["id"] for c in found["items"]] == [customer] and found["next"] is None
    profile = (await client.get(f"customers/{customer}")).json()
    assert profile["phone"] == "138****0001" and profile["notes"] == []
    [order] = (await client.get(f"customers/{customer}/orders", headers={"Accept-Language": "en"})).json()["items"]
    assert (order["no"], order["status_text"], order["total"], order["receiver_phone"]) == ("#A-1", "On the way", "184.00", "138****0001")
    assert order["timeline"][0]["text"] == "Order placed" and order["lines"][0]["options"][0] == {"name": "颜色", "value": "黑"}
    assert (await client.get("orders/%23A-1")).json()["id"] == order["id"]
    product = (await client.get(f"products/{order['lines'][0]['product_id']}")).json()
    assert product["price"] == "89.00" and product["attributes"][0] == {"key": "material", "label": "材质", "text": "100% 棉"}


async def test_edit_and_unmask(client: httpx.AsyncClient, database: Database) -> None:
    customer = await a_shop(database)
    edited = await client.patch(f"customers/{customer}", json={"tags": ["熟客"], "vip": 3, "note": "喜欢下午联系"})
    assert edited.json()["vip"] == 3 and edited.json()["notes"][0]["text"] == "喜欢下午联系"
    assert (await client.patch(f"customers/{customer}", json={"vip": 6})).status_code == 422
    whole = await client.post(f"customers/{customer}/unmask", json={"field": "phone", "reason": "快递要联系"})
    assert whole.json() == {"field": "phone", "value": "13800000001"}
    assert (await client.post(f"customers/{customer}/unmask", json={"field": "digest", "reason": "快递要联系"})).status_code == 422


async def test_uploads_answer_row_by_row(client: httpx.AsyncClient) -> None:
    bad = await client.post("imports/products", content="number,name,sku,price\nP,杯,S,1.999\n".encode())
    assert bad.json()["stored"] is False and bad.json()["problems"][0]["row"] == 2
    for kind, content, created in (
        ("products", '[{"number": "P", "name": "杯", "sku": "S", "price": 1.99}]', 1),
        ("customers", "客户号,姓名\nC-9,周舟\n", 1),
        ("orders", "订单号,客户号,状态,下单时间,货号,单价\nO-1,C-9,paid,2026-03-01,S,1.99\n", 1),
    ):
        answer = await client.post(f"imports/{kind}", content=content.encode())
        assert (answer.status_code, answer.json()["created"]) == (200, created), answer.text
    assert (await client.get("orders/O-1")).json()["total"] == "1.99"


async def test_the_orders_of_a_customer_nobody_knows_or_of_another_shop_are_not_an_empty_list(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.unit() as unit:
        here = await customers.bulk_write(unit, SHOP, [customers.NewCustomer("C-1", "林晓")], NOON)
        there = await customers.bulk_write(unit, OTHER, [customers.NewCustomer("C-1", "林晓")], NOON)
    without_orders = await client.get(f"customers/{here.ids['C-1']}/orders")
    assert (without_orders.status_code, without_orders.json()["items"]) == (200, [])
    for unknown in (there.ids["C-1"], new_id()):
        answer = await client.get(f"customers/{unknown}/orders")
        assert (answer.status_code, answer.json()["code"]) == (404, "customer_not_found")


@pytest.mark.parametrize("path", ["customers", "orders", "products"])
async def test_odd_input_is_answered_and_never_a_crash(client: httpx.AsyncClient, path: str) -> None:
    for odd in ("\x00", "%", "'; --", "#", "🙂" * 25):
        assert (await client.get(path, params={"q": odd})).status_code == 200
        for cursor in (odd, "AAAA", "eHh4"):
            assert (await client.get(path, params={"cursor": cursor})).status_code in (200, 422)
        assert (await client.get(f"{path}/{quote(odd, safe='')}")).status_code == 404
    assert (await client.get(f"{path}/{new_id()}")).status_code == 404
    assert (await client.get("customers/%00/orders")).status_code == 404
    assert (await client.get("orders/%00")).status_code == 404


@pytest.mark.parametrize("call", [("get", "customers"), ("get", "orders"), ("get", "products"), ("post", "imports/orders")])
async def test_without_the_permission_each_call_is_forbidden(front: Front, client: httpx.AsyncClient, call: Sequence[str]) -> None:
    front.who = replace(ALL, permissions=frozenset({Permission.KNOWLEDGE_READ}))
    answer = await client.request(call[0].upper(), call[1])
    assert answer.status_code == 403 and answer.json()["code"] == "forbidden"
