"""The published tasks and shop, where they are at hand: every task ends as the rules have it, every forbidden variant is refused.

Played on the published shop cut down to the people the tasks are about, with all their orders and the whole catalogue.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.tau2.place import Place, place
from tests.tau2.rules import Rules
from xinfu.config import Config
from xinfu.kit.clock import FixedClock
from xinfu.tau2 import Copies, Workplace, difference, play, read_tasks, report
from xinfu.tau2.commands import apply_command, export_command

FOLDER = Path(os.environ.get("XINFU_SHARED", Path(__file__).parents[2].parent / "shared")) / "data/tau2_retail"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not here")]

type Json = dict[str, Any]


def published(*people: str) -> Json:
    """The published shop, of these people only (of nobody named: whole)."""
    whole: Json = json.loads((FOLDER / "db.json").read_text("utf-8"))
    if people:
        whole["users"] = {key: user for key, user in whole["users"].items() if key in people}
        whole["orders"] = {key: order for key, order in whole["orders"].items() if order["user_id"] in people}
    return whole


async def prepared(folder: Path, state: Json) -> Copies:
    copies = Copies(folder)
    await copies.prepare(state, "tau2-retail")
    return copies


CHOSEN = ("0", "3", "10", "16", "20", "22", "41", "58", "72", "80", "103", "105", "109", "110", "112")
"""Every kind of action, several on one order, gift cards that pay, one that does not hold enough. `xinfu tau2 apply` plays all."""


async def test_tasks_end_as_the_published_rules_have_it(tmp_path: Path) -> None:
    tasks = [task for task in read_tasks(FOLDER / "dev_tasks.json", published()) if task.id in CHOSEN]
    state = published(*{task.customer for task in tasks})
    played = []
    copies = await prepared(tmp_path, state)
    for task in tasks:
        rules = Rules(state)
        agreed = [rules.act(write.name, dict(write.arguments)) for write in task.writes]
        one = await play(*await copies.fresh(), task, state)
        assert one.shop == rules.state, task.id
        # Saying again what is so already is refused here and changes nothing either way.
        assert [done.outcome.done or done.outcome.code == "nothing_changes" for done in one.actions] == agreed, task.id
        played.append(one)
    await copies.close()
    told = report(played)
    assert told["summary"]["tasks"] == len(CHOSEN)
    assert all(action["confirmation"]["by"] == "customer" for task in told["tasks"] for action in task["actions"])


def variants(state: Json, other: Json) -> list[tuple[str, str, Json, str]]:
    """Forbidden and impossible actions on published orders, with the code each is refused by, made from what the shop holds."""
    out: list[tuple[str, str, Json, str]] = []
    catalogue = {key: (product, variant) for product in state["products"].values() for key, variant in product["variants"].items()}
    foreign_method = next(iter(next(iter(other["users"].values()))["payment_methods"]))
    foreign_order = next(iter(other["orders"]))
    for no, order in state["orders"].items():
        methods = state["users"][order["user_id"]]["payment_methods"]
        paid_by, item = order["payment_history"][0]["payment_method_id"], order["items"][0]
        product = catalogue[item["item_id"]][0]
        siblings = [v for v in product["variants"].values() if v["item_id"] != item["item_id"]]
        available = next((v["item_id"] for v in siblings if v["available"]), None)
        gone = next((v["item_id"] for v in siblings if not v["available"]), None)
        alien = next(key for key, (of, variant) in catalogue.items() if of is not product and variant["available"])
        who, status = order["user_id"], order["status"]

        def add(name: str, code: str, customer: str = who, number: str = no, **given: Any) -> None:
            out.append((name, customer, {"order_id": number, **given}, code))

        def change(code: str, to: str | None, method: str = paid_by, old: str = item["item_id"], **given: Any) -> None:
            if to is not None:
                name = "modify_pending_order_items" if given.pop("pending", True) else "exchange_delivered_order_items"
                add(name, code, item_ids=[old], new_item_ids=[to], payment_method_id=method, **given)

        if status == "pending":
            add("cancel_pending_order", "reason_not_accepted", reason="too slow")
            add("modify_pending_order_payment", "payment_method_same", payment_method_id=paid_by)
            add("modify_pending_order_payment", "payment_method_unknown", payment_method_id=foreign_method)
            add("return_delivered_order_items", "not_eligible", item_ids=[item["item_id"]], payment_method_id=paid_by)
            change("other_product", alien)
            change("out_of_stock", gone)
            change("nothing_changes", item["item_id"])
            change("payment_method_unknown", available, foreign_method)
            change("not_eligible", available, pending=False)
            total = order["payment_history"][0]["amount"]
            for method in methods.values():
                if "balance" in method and method["balance"] < total and method["id"] != paid_by:
                    add("modify_pending_order_payment", "balance_too_low", payment_method_id=method["id"])
        else:
            code = "order_cancelled" if status == "cancelled" else "already_dispatched"
            add("cancel_pending_order", code, reason="no longer needed")
            add("modify_pending_order_payment", code, payment_method_id=foreign_method)
            change(code, available)
        if status == "delivered":
            change("exchange_unknown", alien, pending=False)
            change("exchange_unknown", gone, pending=False)
            add("return_delivered_order_items", "line_unknown", item_ids=[alien], payment_method_id=paid_by)
            add("return_delivered_order_items", "payment_method_unknown", item_ids=[item["item_id"]], payment_method_id=foreign_method)
            for method in methods.values():
                if "balance" not in method and method["id"] != paid_by:
                    add("return_delivered_order_items", "not_eligible", item_ids=[item["item_id"]], payment_method_id=method["id"])
        elif status != "pending":
            add("return_delivered_order_items", "not_eligible", item_ids=[item["item_id"]], payment_method_id=paid_by)
        add("cancel_pending_order", "order_not_found", number=foreign_order, reason="no longer needed")
    return out


async def test_forbidden_variants_of_published_orders_are_refused_and_change_nothing(tmp_path: Path) -> None:
    tasks = read_tasks(FOLDER / "dev_tasks.json", published())
    people = sorted({task.customer for task in tasks})
    state = published(*people[:6])
    wrong = variants(state, published(people[-1]))
    assert len(wrong) >= 60
    assert len({code for *_, code in wrong}) >= 10
    copies = await prepared(tmp_path, state)
    shop = Place(*await copies.fresh())
    before = await shop.held()
    got = [(name, who, given, (await shop.act(name, who, **given)).code) for name, who, given, _ in wrong]
    assert got == wrong
    assert await shop.held() == before
    await copies.close()


async def test_the_shop_as_published_goes_out_as_it_came(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "centre").mkdir()
    work = Workplace(Config(data=tmp_path / "centre"), clock)
    try:
        await work.open()
        shop = await place(work, tmp_path, published())
        assert json.dumps(await shop.export(), indent=4) == (FOLDER / "db.json").read_text("utf-8")
    finally:
        await work.close()


def test_the_commands_leave_the_shop_alone_and_tell_what_every_task_did(tmp_path: Path) -> None:
    async def prepare() -> Path:
        copies = await prepared(tmp_path / "made", published("yusuf_rossi_9620"))
        await copies.close()
        return copies.centre

    centre = asyncio.run(prepare())
    given = [t for t in json.loads((FOLDER / "dev_tasks.json").read_text("utf-8")) if t["id"] in ("0", "2", "3")]
    (tmp_path / "tasks.json").write_text(json.dumps(given))
    apply_command(tmp_path / "tasks.json", tmp_path / "out", centre)
    export_command(tmp_path / "after.json", centre)
    assert json.loads((tmp_path / "after.json").read_text()) == published("yusuf_rossi_9620")
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [(t["id"], [a["result"] for a in t["actions"]]) for t in told["tasks"]] == [("0", ["done"]), ("2", ["done"]), ("3", ["done"])]
    changed = json.loads((tmp_path / "out" / "task-3.json").read_text())
    assert [order["status"] for order in changed["orders"].values()] == ["pending (item modified)"]


def test_what_differs_is_told_whole() -> None:
    before: Json = {"users": {"a": {"x": 1}, "b": {"x": 2}}, "orders": {}}
    assert difference(before, {"users": {"a": {"x": 1}, "b": {"x": 3}}, "orders": {"c": {}}}) == {
        "users": {"b": {"x": 3}},
        "orders": {"c": {}},
    }
