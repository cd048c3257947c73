"""Order operations and after-sales requests over HTTP: shapes, refusals, the reader's language."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.aftersales.desk import ALL, Desk, delivered
from tests.commerce.builders import NOON, SHOP, a_product, an_order
from xinfu import aftersales, commerce
from xinfu.identity import Permission
from xinfu.identity.http import actor as acting
from xinfu.identity.http import shop as current_shop
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import new_id

CANCEL = {"asked": {"operation": "cancel", "reason": "拍错了"}}
RETURN = {"order_no": "A1", "wish": {"kind": "return", "reason": "no_reason", "items": [{"line": 0, "quantity": 1}]}}


class Front:
    """The two routers, with a signed-in person of the test's choice."""

    def __init__(self, desk: Desk) -> None:
        self.app = FastAPI()
        self.who: Actor = ALL
        install_problem_handlers(self.app)
        self.app.include_router(commerce.operations_router)
        self.app.include_router(aftersales.router)
        self.app.include_router(aftersales.case_router)
        self.app.dependency_overrides[acting] = lambda: self.who
        self.app.dependency_overrides[current_shop] = lambda: SHOP
        services = (desk.operations, *desk.services.provided())
        self.app.state.provided = {type(service): service for service in services} | {aftersales.Photos: desk.photos}


@pytest.fixture
def front(database: Database, clock: FixedClock, tmp_path: Path) -> Front:
    return Front(Desk(database, clock, tmp_path))


@pytest.fixture
async def client(front: Front, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with database.unit() as unit:
        orders = [delivered("A1"), an_order("P1", new_id(), "paid", parcels=())]
        await commerce.bulk_write(unit, SHOP, products=[a_product()], orders=orders, at=NOON)
    transport = httpx.ASGITransport(app=front.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1/") as client:
        yield client


async def test_an_operation_is_shown_then_done_then_told(client: httpx.AsyncClient) -> None:
    shown = (await client.post("orders/P1/operations/preview", json=CANCEL)).json()
    assert (shown["money"]["refund"], shown["money"]["parts"], shown["status"]) == (
        "184.00",
        [{"method": "alipay", "amount": "184.00"}],
        "paid",
    )
    assert [line["text"] for line in shown["lines"]] == ["订单取消，不再发货。", "退款 ¥184.00，原路退回。"]
    act = {**CANCEL, "token": shown["token"], "key": "click-0001", "confirmed_by": "customer", "confirmation": "好"}
    done = await client.post("orders/P1/operations", json=act, headers={"Accept-Language": "en"})
    assert (done.status_code, done.json()["status"], done.json()["repeated"]) == (200, "cancelled", False)
    assert done.json()["lines"][0]["text"] == "The order is cancelled and will not be sent."
    assert (await client.post("orders/P1/operations", json=act)).json()["repeated"] is True
    told = (await client.get("orders/P1/operations")).json()
    marks, [entry] = told["marks"], told["items"]
    assert (marks["version"], marks["paid"], marks["refunded"], marks["refundable"]) == (done.json()["version"], "184.00", "184.00", "0.00")
    assert (entry["operation"], entry["text"], entry["confirmed_by"]) == ("cancel", "订单已取消：拍错了", "customer")
    again = await client.post("orders/P1/operations/preview", json=CANCEL)
    assert (again.status_code, again.json()["code"]) == (409, "order_cancelled")


async def test_a_request_is_shown_opened_looked_up_and_decided(client: httpx.AsyncClient) -> None:
    shown = (await client.post("aftersales/cases/preview", json=RETURN)).json()
    decision = shown["decision"]
    assert (decision["verdict"], decision["total"], decision["freight_payer"]) == ("allowed", "89.00", "customer")
    assert "第二十五条" in decision["explanation"][0]["clause_text"]
    act = {**RETURN, "token": shown["token"], "key": "click-0001", "confirmed_by": "customer"}
    opened = (await client.post("aftersales/cases", json=act)).json()
    assert (await client.post("aftersales/cases", json=act)).json()["repeated"] is True
    for found in (
        (await client.get(f"aftersales/cases/{opened['number']}")).json(),
        (await client.get("aftersales/orders/A1/cases")).json()["items"][0],
        (await client.get("aftersales/cases", params={"state": "open", "customer_id": opened["customer_id"]})).json()["items"][0],
    ):
        assert found == found | opened
    accepted = await client.post(f"aftersales/cases/{opened['number']}/accept", json={"version": 1, "note": "请寄回"})
    assert (accepted.json()["state"], accepted.json()["timeline"][-1]["text"]) == ("awaiting_goods", "店铺已同意：请寄回")
    declined = await client.post(f"aftersales/cases/{opened['number']}/decline", json={"version": 2, "note": "不行"})
    assert (declined.status_code, declined.json()["code"]) == (409, "state_forbids")
    assert (await client.post(f"aftersales/cases/{opened['number']}/withdraw")).json()["state"] == "withdrawn"


async def test_what_the_rules_refuse_says_why(client: httpx.AsyncClient, clock: FixedClock) -> None:
    clock.move(days=20)
    shown = (await client.post("aftersales/cases/preview", json=RETURN, headers={"Accept-Language": "en"})).json()
    assert shown["decision"]["verdict"] == "refused" and [x["code"] for x in shown["decision"]["explanation"] if x["against"]] == [
        "window_over"
    ]
    act = {**RETURN, "token": shown["token"], "key": "click-0001", "confirmed_by": "customer"}
    refused = await client.post("aftersales/cases", json=act)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_eligible") and "3月17日" in refused.json()["detail"]


async def test_the_rules_in_force_can_be_read(client: httpx.AsyncClient) -> None:
    pack = (await client.get("aftersales/pack")).json()
    assert (pack["id"], pack["version"], pack["no_reason_days"], pack["price_protection_days"]) == ("cn-default", 1, 7, 15)
    assert any(clause["id"] == "consumer.25" for clause in pack["clauses"])


@pytest.mark.parametrize(
    "body",
    [
        {}, {"asked": {}}, {"asked": {"operation": "fly"}}, {"asked": {"operation": "change_items", "changes": []}},
        {"asked": {"operation": "change_address", "phone": "\ud800"}}, {"asked": {"operation": "reissue", "items": [{"line": 0, "quantity": 1e300}]}},
        {"asked": {"operation": "invoice", "title": "\x00"}}, {"asked": None}, [],
    ],
)  # fmt: skip
async def test_odd_bodies_are_refused(client: httpx.AsyncClient, body: Any) -> None:
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    assert (await client.post("orders/P1/operations/preview", content=content, headers=headers)).status_code == 422
    assert (await client.post("orders/P1/operations", content=content, headers=headers)).status_code == 422
    assert (await client.post("aftersales/cases/preview", content=content, headers=headers)).status_code == 422


async def test_things_that_do_not_exist_are_not_found(client: httpx.AsyncClient) -> None:
    for odd in ("X9", "%00", "%F0%9F%99%82", "a" * 300):
        assert (await client.post(f"orders/{odd}/operations/preview", json=CANCEL)).status_code == 404
        assert (await client.get(f"orders/{odd}/operations")).status_code == 404
        assert (await client.get(f"aftersales/cases/{odd}")).status_code == 404
        assert (await client.get(f"aftersales/orders/{odd}/cases")).status_code == 404
    assert (await client.get("aftersales/cases", params={"cursor": "odd"})).status_code == 422
    assert (await client.get("aftersales/cases", params={"customer_id": "\x00"})).json() == {"items": [], "next": None}


async def test_without_permissions_each_call_is_forbidden(front: Front, client: httpx.AsyncClient) -> None:
    front.who = replace(ALL, permissions=frozenset({Permission.KNOWLEDGE_READ}))
    act = {"token": "", "key": "click-0001", "confirmed_by": "staff"}
    for method, path, body in (
        ("POST", "orders/P1/operations/preview", CANCEL), ("POST", "orders/P1/operations", {**CANCEL, **act}), ("GET", "orders/P1/operations", None),
        ("POST", "aftersales/cases/preview", RETURN), ("POST", "aftersales/cases", {**RETURN, **act}), ("GET", "aftersales/cases", None),
        ("GET", "aftersales/cases/AS1", None), ("GET", "aftersales/pack", None), ("GET", "aftersales/orders/A1/cases", None),
        ("POST", "aftersales/cases/AS1/withdraw", None), ("POST", "aftersales/cases/AS1/accept", {"version": 1}),
        ("POST", "aftersales/cases/AS1/decline", {"version": 1, "note": "不行"}),
    ):  # fmt: skip
        answer = await client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
