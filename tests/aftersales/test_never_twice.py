"""In any order of wishes, decisions, parcels, remedies and cancelling, the gateway pays back no more than came in. Through real services."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.aftersales.desk import ALL, Desk, delivered, paid_with
from tests.commerce.builders import SHOP
from xinfu.aftersales import Found, Terms
from xinfu.commerce import NewLine
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import new_id
from xinfu.kit.money import Money

LINES = (NewLine("TEE-BK-M", "短袖", 2, Money(8900)), NewLine("TEE-BK-L", "长袖", 1, Money(9900)))
GOOD = Found(condition="as_new", matches=True, disposition="restock")
WISHES = (
    ("return", "no_reason"), ("return", "quality"), ("refund_only", "damaged"), ("exchange", "quality"), ("compensation", "late"),
    ("dispute", "service"),
)  # fmt: skip
doings = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, len(WISHES) - 1), st.integers(0, 2)),
        st.tuples(
            st.sampled_from(["accept", "arrive", "inspect", "less", "remedy", "withdraw", "outside", "refuse", "retry"]),
            st.integers(0, 3),
            st.just(0),
        ),
    ),
    min_size=4,
    max_size=14,
)


@pytest.fixture
def desk(database: Database, clock: FixedClock, tmp_path: Path) -> Desk:
    return Desk(database, clock, tmp_path)


async def do(desk: Desk, no: str, what: str, which: int, line: int) -> None:
    if what == "open":
        kind, reason = WISHES[which]
        items = [{"line": line}] if line < 2 and kind not in ("compensation", "dispute") else []
        await desk.open(no, kind=kind, reason=reason, items=items, photos=[new_id()])
        return
    if what in ("outside", "refuse"):
        desk.simulated.gateway.mood.script = ["refuse"] if what == "refuse" else []
        await desk.outside()
        return
    cases = await desk.cases.of_order(ALL, SHOP, no)
    if which >= len(cases):
        return
    case = cases[which]
    number, version, goods = case.number, case.version, desk.services.goods
    if what == "accept":
        terms = Terms(what="cash", amount="150") if case.kind == "compensation" else Terms()
        await desk.cases.accept(ALL, SHOP, number, version=version, terms=terms)
    elif what == "arrive":
        await goods.arrived(ALL, SHOP, number, version=version)
    elif what in ("inspect", "less"):
        amount = "1.00" if what == "less" else ""
        found = Found(condition="used", matches=False, disposition="destroy", note="旧", amount=amount) if amount else GOOD
        await goods.inspect(ALL, SHOP, number, version=version, found=found)
    elif what == "remedy":
        await desk.services.care.remedy(ALL, SHOP, number, version=version, what="cash", amount="90", note="赔")
    elif what == "withdraw":
        await desk.cases.withdraw(ALL, SHOP, number)
    else:
        await desk.services.desk.retry(ALL, SHOP, number, version=version)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(plan=doings, coupon=st.integers(0, 25000))
async def test_no_order_of_events_pays_back_more_than_came_in(desk: Desk, plan: list[tuple[str, int, int]], coupon: int) -> None:
    no, paid = f"H{new_id()}", 2 * 8900 + 9900 - coupon
    await desk.given(delivered(no, lines=LINES, freight=Money(0), **paid_with(paid - paid // 3, paid // 3)))
    for what, which, line in plan:
        try:
            await do(desk, no, what, which, line)
        except Refusal:
            continue
        async with desk.database.read() as unit:
            order = await desk.shop.state(unit, SHOP, no)
        assert order is not None and order.refunded <= order.paid == Money(paid)
        cases = await desk.cases.of_order(ALL, SHOP, no)
        assert all(c.repaid <= c.total for c in cases) and sum(c.repaid.minor for c in cases) == order.refunded.minor
    desk.simulated.gateway.mood.script = []
    await desk.outside()
    assert await desk.paid_back(no) <= paid
