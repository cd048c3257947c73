"""What the published rules forbid is refused by its code, and nothing of the shop is another afterwards: no record, no row."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.commerce.builders import someone
from tests.tau2.fiction import AWAY, CARD, GIFT, PAYPAL, shop
from tests.tau2.forbidden import SETUP, WRONG
from tests.tau2.place import Place, place
from tests.tau2.test_actions import cancel, items, live, pay, send_to, swap
from xinfu import commerce, customers
from xinfu.commerce.errors import OrderNotFound
from xinfu.commerce.operations_errors import BalanceTooLow, KeyReused, OrderOutdated
from xinfu.customers import Wallet
from xinfu.customers.errors import AddressNotAgreed, AddressOutdated, CustomerNotFound
from xinfu.customers.errors import BalanceTooLow as WalletTooLow
from xinfu.identity import Permission
from xinfu.kit.errors import Forbidden, Invalid, NotFound
from xinfu.kit.money import Money
from xinfu.tau2 import Yes

pytestmark = pytest.mark.slow


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len(WRONG) >= 60
    assert max(Counter(name for name, *_ in WRONG).values()) == 1


async def test_each_is_refused_by_its_code_and_nothing_changes(retail: Place) -> None:
    for name, given in SETUP:
        assert (await retail.act(name, **given)).done, name
    before = await retail.held()
    got: dict[str, str] = {}
    for what, (name, given), who, _ in WRONG:
        outcome = await retail.act(name, who, **given)
        got[what] = "done" if outcome.done else ":".join((outcome.code, *outcome.against))
        assert await retail.held() == before, what
    assert got == {what: code for what, _, _, code in WRONG}


async def test_without_the_customers_yes_nothing_is_done(retail: Place) -> None:
    before = await retail.held()
    for name, given in (cancel("#W100"), items("#W100", ["101"], ["102"], CARD), pay("#W100", PAYPAL), send_to("#W100", AWAY), live(AWAY)):
        assert (await retail.act(name, yes=Yes("", "no-yes-at-all", None), **given)).code == "confirmation_missing", name
    name, given = swap("#W103", ["101"], ["102"], CARD)
    assert (await retail.act(name, yes=Yes("", "no-yes-at-all", None), **given)).code == "confirmation_missing"
    robot = replace(retail.actor, kind="ai")
    for name, given in (cancel("#W100"), live(AWAY)):
        assert (
            await retail.act(name, actor=robot, yes=Yes("the staff said so", "staff-said-so", "staff"), **given)
        ).code == "confirmation_missing"
    assert await retail.held() == before


async def test_a_yes_to_something_else_is_no_yes_to_this(retail: Place) -> None:
    """Tokens of another order, other items, another moment; a key used for something else; an address that changed since."""
    desk, actor, shop_id = retail.work.operations, retail.actor, retail.shop_id
    shown = await desk.preview(actor, shop_id, "#W100", "change_payment", {"method": PAYPAL})
    agreed: dict[str, Any] = {"token": shown.token, "confirmed_by": "customer"}
    with pytest.raises(OrderOutdated):
        await desk.perform(actor, shop_id, "#W107", "change_payment", {"method": PAYPAL}, key="other-order", **agreed)
    with pytest.raises(OrderOutdated):
        await desk.perform(actor, shop_id, "#W100", "cancel", {"reason": "no longer needed"}, key="other-operation", **agreed)
    name, given = cancel("#W101")
    assert (await retail.act(name, yes=Yes("yes", "used-once"), **given)).done
    before = await retail.held()
    with pytest.raises(KeyReused):
        await desk.perform(actor, shop_id, "#W100", "change_payment", {"method": PAYPAL}, key="used-once", **agreed)
    assert await retail.held() == before
    assert (await retail.act(*("modify_pending_order_address",), **send_to("#W100", AWAY)[1])).done
    before = await retail.held()
    with pytest.raises(OrderOutdated):
        await desk.perform(actor, shop_id, "#W100", "change_payment", {"method": PAYPAL}, key="too-late", **agreed)
    ann = await retail.customer("ann_1")
    moved = await retail.work.customers.preview_address(actor, shop_id, ann, {**AWAY, "city": "Elsewhere"})
    with pytest.raises(AddressOutdated):
        await retail.work.customers.change_address(actor, shop_id, ann, AWAY, token=moved.token, confirmed_by="customer")
    with pytest.raises(AddressNotAgreed):
        await retail.work.customers.change_address(actor, shop_id, ann, {**AWAY, "city": "Elsewhere"}, token=moved.token)
    assert await retail.held() == before


async def test_who_may_not_does_not_and_learns_nothing(retail: Place) -> None:
    before = await retail.held()
    onlooker = someone(Permission.ORDERS_READ, Permission.AFTERSALES_READ, Permission.CUSTOMERS_READ, shop=retail.shop_id)
    stranger = someone(*Permission)
    for name, given in (
        cancel("#W100"), items("#W100", ["101"], ["102"], CARD), pay("#W100", PAYPAL), send_to("#W100", AWAY), live(AWAY),
        swap("#W103", ["101"], ["102"], CARD),
    ):  # fmt: skip
        assert (await retail.act(name, actor=onlooker, **given)).code == Forbidden.code, name
        assert (await retail.act(name, actor=stranger, **given)).code == NotFound.code, name
    robot = replace(retail.actor, kind="ai")
    with pytest.raises(OrderNotFound):  # speaks for nobody
        await retail.work.operations.preview(robot, retail.shop_id, "#W100", "cancel", {"reason": "no longer needed"})
    with pytest.raises(CustomerNotFound):
        await retail.work.customers.preview_address(robot, retail.shop_id, await retail.customer("ann_1"), AWAY)
    assert await retail.held() == before


async def test_a_gift_card_never_falls_below_nothing_whoever_is_quicker(retail: Place) -> None:
    """Two orders at once want the same 50 dollars; one gets them."""
    name, one = items("#W100", ["201"], ["202"], GIFT)
    ann, wallet = await retail.customer("ann_1"), Wallet()
    async with retail.work.database.unit() as unit:
        await wallet.move(unit, retail.shop_id, ann, GIFT, Money(-4250, "USD"))  # 7.50 left, each wants more than half
    other = pay("#W107", GIFT)
    outcomes = await asyncio.gather(retail.act(name, **one), retail.act(other[0], **other[1]))
    assert sorted(outcome.code for outcome in outcomes) == ["", "balance_too_low"]
    held = (await retail.export())["users"]["ann_1"]["payment_methods"][GIFT]["balance"]
    assert held in (1.49, 3.3)


async def test_a_gift_card_takes_only_its_own_money(retail: Place) -> None:
    ann, wallet = await retail.customer("ann_1"), Wallet()
    before = await retail.held()
    for amount, refusal in ((Money(-5001, "USD"), WalletTooLow), (Money(100, "CNY"), ValueError), (Money(-1, "EUR"), ValueError)):
        with pytest.raises(refusal):
            async with retail.work.database.unit() as unit:
                await wallet.move(unit, retail.shop_id, ann, GIFT, amount)
    for nobodys in (CARD, "gift_card_9", ""):
        with pytest.raises(customers.errors.MethodUnknown):
            async with retail.work.database.unit() as unit:
                await wallet.move(unit, retail.shop_id, ann, nobodys, Money(1, "USD"))
    assert BalanceTooLow.code == WalletTooLow.code
    assert await retail.held() == before


@pytest.mark.parametrize(
    ("where", "value"),
    [("price", "NaN"), ("price", "-Infinity"), ("price", "1e3"), ("price", "4.205"), ("balance", "NaN"), ("balance", "-0.01"),
     ("balance", "7.005"), ("amount", "NaN"), ("amount", '"a lot"')],
)  # fmt: skip
async def test_a_file_with_amounts_that_are_none_is_refused_whole(retail: Place, tmp_path: Path, where: str, value: str) -> None:
    marks = {"price": '"price": 4.2', "balance": '"balance": 50.0', "amount": '"amount": 4.2'}
    text = json.dumps(shop())
    assert marks[where] in text
    path = tmp_path / "odd.json"
    path.write_text(text.replace(marks[where], f'"{where}": {value}', 1))
    before = await retail.held()
    with pytest.raises(Invalid):
        await commerce.import_tau2(retail.work.database, path, retail.shop_id, customers.write_tau2_users, retail.work.clock.now())
    assert await retail.held() == before


async def test_a_shop_without_rules_of_its_own_changes_orders_as_before(retail: Place, tmp_path: Path) -> None:
    """The same shop by the pack of a shop in mainland China: any reason, no payment method to name, changes as often as one likes."""
    plain = await place(retail.work, tmp_path, slug="plain", pack=None)
    desk, actor = retail.work.operations, plain.actor
    for n, (sku, refund, charge) in enumerate((("102", 0, 150), ("105", 440, 0))):
        inputs = {"changes": [{"line": 0, "to_sku": sku}]}
        shown = await desk.preview(actor, plain.shop_id, "#W101", "change_items", inputs)
        assert (shown.money.refund.minor, shown.money.charge.minor, shown.money.charged_to) == (refund, charge, "")
        agreed: dict[str, Any] = {"token": shown.token, "key": f"as-before-{n}", "confirmed_by": "customer"}
        await desk.perform(actor, plain.shop_id, "#W101", "change_items", inputs, **agreed)
    name, given = cancel("#W101", "changed my mind")
    assert (await plain.act(name, **given)).done
