"""Every writing action of the retail form leaves the shop as the published rules have it, to the cent, with the customer's yes kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.tau2.fiction import AWAY, CARD, GIFT, HOME, OTHER_CARD, PAYPAL, SMALL_GIFT, shop
from tests.tau2.place import Place, place
from tests.tau2.rules import Rules
from xinfu.aftersales.model import CaseRow
from xinfu.commerce.model import OrderOperationRow, VariantRow
from xinfu.kit.audit import AuditEntry
from xinfu.tau2 import Yes

type Action = tuple[str, Mapping[str, Any]]


def cancel(order: str, reason: str = "no longer needed") -> Action:
    return "cancel_pending_order", {"order_id": order, "reason": reason}


def items(order: str, old: list[str], new: list[str], method: str) -> Action:
    return "modify_pending_order_items", {"order_id": order, "item_ids": old, "new_item_ids": new, "payment_method_id": method}


def pay(order: str, method: str) -> Action:
    return "modify_pending_order_payment", {"order_id": order, "payment_method_id": method}


def send_to(order: str, address: Mapping[str, str]) -> Action:
    return "modify_pending_order_address", {"order_id": order, **address}


def back(order: str, old: list[str], method: str) -> Action:
    return "return_delivered_order_items", {"order_id": order, "item_ids": old, "payment_method_id": method}


def swap(order: str, old: list[str], new: list[str], method: str) -> Action:
    return "exchange_delivered_order_items", {"order_id": order, "item_ids": old, "new_item_ids": new, "payment_method_id": method}


def live(address: Mapping[str, str]) -> Action:
    return "modify_user_address", {"user_id": "ann_1", **address}


DAYS: dict[str, list[Action]] = {
    "cancelling": [cancel("#W100"), cancel("#W101", "ordered by mistake")],
    "dearer and cheaper items": [items("#W100", ["101"], ["102"], OTHER_CARD), items("#W106", ["101"], ["105"], GIFT)],
    "a gift card pays a difference to the cent": [items("#W101", ["101"], ["102"], GIFT), items("#W100", ["201"], ["202"], GIFT)],
    "an item of the same price moves no money": [items("#W100", ["101"], ["106"], PAYPAL)],
    "several items at once": [items("#W100", ["201", "101"], ["202", "105"], CARD)],
    "paid another way": [pay("#W100", PAYPAL), pay("#W101", OTHER_CARD), pay("#W106", GIFT)],
    "paid another way, then cancelled": [pay("#W107", GIFT), cancel("#W107")],
    "paid by gift card, then cancelled": [pay("#W106", GIFT), cancel("#W106"), items("#W101", ["101"], ["105"], GIFT)],
    "paid another way, then other items": [pay("#W107", GIFT), pay("#W100", OTHER_CARD), items("#W100", ["101"], ["102"], PAYPAL)],
    "addresses, an order's and the customer's": [send_to("#W100", AWAY), live(AWAY), send_to("#W100", HOME), send_to("#W101", AWAY)],
    "an address, then other items": [send_to("#W100", AWAY), items("#W100", ["101"], ["102"], CARD)],
    "returns to the card and to gift cards": [back("#W103", ["101", "201"], CARD), back("#W105", ["301"], GIFT), back("#W109", ["101"], SMALL_GIFT)],
    "the same item twice": [back("#W103", ["101", "101"], CARD)],
    "exchanges": [swap("#W103", ["101", "101"], ["102", "105"], PAYPAL), swap("#W109", ["101"], ["105"], GIFT)],
    "a dearer exchange that a gift card covers": [swap("#W105", ["102"], ["101"], SMALL_GIFT), swap("#W108", ["201"], ["202"], GIFT)],
    "one customer's whole day": [
        cancel("#W110", "ordered by mistake"), items("#W100", ["101", "201"], ["106", "202"], GIFT), send_to("#W101", AWAY),
        live(AWAY), swap("#W103", ["201"], ["202"], CARD), back("#W105", ["102", "301"], PAYPAL), pay("#W107", SMALL_GIFT),
    ],
}  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
async def test_the_shop_ends_as_the_published_rules_have_it(retail: Place, day: str) -> None:
    rules = Rules(shop())
    for name, given in DAYS[day]:
        outcome = await retail.act(name, **given)
        assert outcome.done == rules.act(name, dict(given)), (name, given, outcome)
    assert await retail.export() == rules.state


async def test_a_shop_never_touched_goes_out_as_it_came(retail: Place) -> None:
    assert await retail.export() == shop()


async def test_the_stock_is_left_to_whoever_counts_it(retail: Place) -> None:
    async with retail.work.database.read() as unit:
        before = dict((await unit.execute(select(VariantRow.sku, VariantRow.stock))).tuples().all())
    name, given = items("#W100", ["101"], ["102"], CARD)
    assert (await retail.act(name, **given)).done
    async with retail.work.database.read() as unit:
        assert dict((await unit.execute(select(VariantRow.sku, VariantRow.stock))).tuples().all()) == before


async def test_every_write_keeps_the_yes_it_was_done_by(retail: Place) -> None:
    for n, (name, given) in enumerate([cancel("#W100"), send_to("#W101", AWAY), back("#W103", ["201"], CARD), live(AWAY)]):
        assert (await retail.act(name, yes=Yes(f"yes, please ({n})", f"yes:{n:05}"), **given)).done
    async with retail.work.database.read() as unit:
        operations = (await unit.scalars(select(OrderOperationRow).order_by(OrderOperationRow.id))).all()
        [case] = (await unit.scalars(select(CaseRow))).all()
        [moved] = (await unit.scalars(select(AuditEntry).where(AuditEntry.action == "customer.address_changed"))).all()
    assert [(o.confirmed_by, o.confirmation) for o in operations] == [("customer", "yes, please (0)"), ("customer", "yes, please (1)")]
    assert (case.confirmed_by, case.confirmation) == ("customer", "yes, please (2)")
    assert moved.detail == {"confirmed_by": "customer", "confirmation": "yes, please (3)"}
    assert "Fiction Road" not in str(moved.detail)


async def test_a_repeated_yes_acts_once(retail: Place) -> None:
    name, given = pay("#W107", GIFT)
    shown = await retail.work.operations.preview(retail.actor, retail.shop_id, "#W107", "change_payment", {"method": GIFT})
    again = {"token": shown.token, "key": "double-click", "confirmed_by": "customer"}
    inputs = {"method": GIFT}
    one = await retail.work.operations.perform(retail.actor, retail.shop_id, "#W107", "change_payment", inputs, **again)
    two = await retail.work.operations.perform(retail.actor, retail.shop_id, "#W107", "change_payment", inputs, **again)
    assert (one.repeated, two.repeated, one.id) == (False, True, two.id)
    rules = Rules(shop())
    assert rules.act(name, dict(given))
    assert await retail.export() == rules.state


async def test_a_shop_that_was_worked_in_comes_back_as_it_is(retail: Place, tmp_path: Path) -> None:
    """Exported, imported elsewhere and exported again: nothing is lost, and what was used up stays so."""
    for name, given in DAYS["one customer's whole day"]:
        await retail.act(name, **given)
    went = await retail.export()
    second = await place(retail.work, tmp_path, went, slug="second")
    assert await second.export() == went
    name, given = items("#W100", ["106"], ["101"], CARD)
    assert (await second.act(name, **given)).code == "changed_already"
    name, given = back("#W103", ["101"], CARD)
    assert (await second.act(name, **given)).against == ("asked_before",)
    assert await second.export() == went
