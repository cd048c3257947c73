"""Money on gift cards on both stores: moved in the house, once, with the books; never through the gateway."""

from datetime import timedelta

from tests.aftersales.settlement.house import BOSS, House
from tests.commerce.builders import SHOP
from xinfu.aftersales.settlement import TaskDone
from xinfu.kit.database import Unit
from xinfu.kit.money import Money


async def test_a_refund_named_to_a_gift_card_is_put_on_it_once(house: House) -> None:
    await house.card("gc", 100)
    fails = iter((True, False))

    async def hook(unit: Unit, done: TaskDone) -> None:
        if next(fails, False):
            raise RuntimeError("the case is held by someone")

    house.settlement.on_done.append(hook)
    first = await house.refund("1001", 5000, "key-00000060", to="gc")
    assert [ref.id for ref in first] == [ref.id for ref in await house.refund("1001", 5000, "key-00000060", to="gc")]
    await house.settled()
    await house.settlement.sweep()
    assert (await house.on_card("gc"), await house.paid_out()) == (5100, 0)
    assert await house.balances() == {"sales": 5000, "refunds_due": 0, "gift_cards": -5000}
    order = await house.order("1001")
    refund = next(p for p in order.payments if p.kind == "refund")
    assert (refund.method, refund.state, order.refundable) == ("gc", "done", Money(13400))
    assert await house.settlement.reconcile(SHOP, house.clock.now() - timedelta(hours=1)) == []


async def test_a_refund_goes_by_the_way_named_only_as_far_as_it_was_paid_that_way(house: House) -> None:
    for no, to, minor in (("1001", "balance", 9000), ("1002", "balance", 9001), ("1003", "a card of nobody", 500)):
        await house.refund(no, minor, f"key-of-{no}", to=to)
    await house.settled()
    ways = {no: {p.method for p in (await house.order(no)).payments if p.kind == "refund"} for no in ("1001", "1002", "1003")}
    assert ways["1001"] == {"balance"}
    assert ways["1002"] == {"alipay"}  # more than came by balance: the ways it came, first of all the first
    assert "a card of nobody" not in ways["1003"]
    assert await house.paid_out() == 9000 + 9001 + 500


async def test_a_difference_is_taken_from_the_card_named_and_never_below_nothing(house: House) -> None:
    await house.card("gc", 1000)
    await house.charge("1001", 600, "key-00000061", "gc", "C1")
    await house.settled()
    assert (await house.on_card("gc"), await house.paid_out()) == (400, 0)
    assert await house.balances() == {"customer_owes": 0, "sales": -600, "gift_cards": 600}
    await house.charge("1002", 600, "key-00000062", "gc", "C2")
    await house.settled()
    (stuck,) = await house.settlement.stuck(BOSS, SHOP)
    assert (stuck.kind, stuck.case_no, await house.on_card("gc")) == ("charge", "C2", 400)
    await house.settlement.retry(BOSS, SHOP, stuck.id, method="alipay")
    await house.settled()
    assert (await house.on_card("gc"), await house.paid_out()) == (400, -600)
    assert await house.balances() == {"customer_owes": 0, "sales": -1200, "gift_cards": 600, "cash": 600}
