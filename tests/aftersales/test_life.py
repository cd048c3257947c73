"""Cases from opening to their end on both stores, with settlement's simulators: paid once, moved in the same transaction, told to the customer."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.aftersales.desk import AGENT, AI, ALL, LEAD, OWNER, Desk, delivered, paid_with
from tests.commerce.builders import NOON, SHOP
from xinfu.aftersales import Case, Found, Terms, errors
from xinfu.aftersales.contracts import RiskWord
from xinfu.aftersales.desk_contracts import Filter
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import NewLine
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, Invalid, Refusal
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

GOOD = Found(condition="as_new", matches=True, disposition="restock")


@pytest.fixture
def desk(database: Database, clock: FixedClock, tmp_path: Path) -> Desk:
    return Desk(database, clock, tmp_path)


async def known_customer(desk: Desk, orders: int = 9) -> Id:
    """Someone who bought for most of a year and kept it."""
    customer = new_id()
    old = NOON - timedelta(days=300)
    await desk.given(*(delivered(f"OLD{n}{customer[:4]}", customer, placed_at=old, paid_at=old) for n in range(orders)))
    return customer


async def came_back(desk: Desk, case: Case) -> Case:
    """Fetched by the carrier and delivered to us."""
    await desk.outside()
    await desk.travelled(24 * 3)
    return await desk.case(case.number)


async def test_a_return_comes_home_is_inspected_and_paid_once(desk: Desk) -> None:
    await desk.given(delivered())
    case = await desk.accepted("A1")
    assert case.state == "awaiting_goods" and case.due_at == desk.clock.now() + timedelta(hours=168)
    case = await came_back(desk, case)
    assert case.state == "received" and case.work.parcel and case.work.parcel.first_scan_at and case.work.parcel.arrived_at
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    assert (case.state, case.repaid, await desk.paid_back("A1")) == ("refunding", Money(17800), 0)
    await desk.outside()
    case = await desk.case(case.number)
    assert (case.state, await desk.paid_back("A1")) == ("done", 17800) and case.closed_at
    codes = [e.code for e in case.timeline]
    assert codes == ["opened", "accepted", "booked", "scanned", "arrived", "inspected", "paid"]
    with pytest.raises(errors.TooMany):
        await desk.open("A1")


async def test_a_trusted_customer_has_the_money_on_the_first_scan_and_the_rest_later(desk: Desk) -> None:
    customer = await known_customer(desk, 2)
    await desk.given(delivered("A1", customer))
    case = await desk.accepted("A1")
    assert case.work.trust and case.work.trust.level == "known"
    await desk.outside()
    await desk.travelled(12)
    case = await desk.case(case.number)
    assert (case.state, case.work.early, case.repaid) == ("returning", 10000, Money(10000)) and case.work.clawback_by
    await desk.outside()
    assert await desk.paid_back("A1") == 10000 and (await desk.case(case.number)).state == "returning"
    await desk.travelled(48)
    case = await desk.case(case.number)
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    await desk.outside()
    assert await desk.paid_back("A1") == 17800 and (await desk.case(case.number)).state == "done"


async def test_money_paid_early_is_asked_back_when_the_parcel_never_comes(desk: Desk) -> None:
    customer = await known_customer(desk)
    await desk.given(delivered("A1", customer))
    desk.simulated.carrier.journey = timedelta(days=100)
    case = await desk.accepted("A1")
    await desk.outside()
    await desk.travelled(24 * 21)
    case = await desk.case(case.number)
    assert case.state == "returning" and case.work.early == 17800
    await desk.outside()
    desk.clock.move(days=20)
    await desk.services.keeper.sweep(SHOP)
    await desk.services.keeper.sweep(SHOP)
    case = await desk.case(case.number)
    assert (case.state, case.work.clawed, case.work.was) == ("stuck", 17800, "returning") and case.work.stuck
    tasks = [t for t in await desk.settlement.tasks(OWNER, SHOP, case.number) if t.kind == "clawback"]
    assert len(tasks) == 1 and tasks[0].amount == Money(17800)
    await desk.outside()


async def test_what_differs_from_what_was_sent_waits_for_a_lead_with_its_evidence(desk: Desk) -> None:
    await desk.given(delivered())
    case = await came_back(desk, await desk.accepted("A1"))
    with pytest.raises(Invalid):
        await desk.services.goods.inspect(
            AGENT, SHOP, case.number, version=case.version, found=Found(condition="other_item", matches=False, disposition="none")
        )
    photo = new_id()
    found = Found(condition="other_item", matches=False, disposition="none", serial="X1", note="序列号不同", photos=(photo,))
    case = await desk.services.goods.inspect(AGENT, SHOP, case.number, version=case.version, found=found)
    assert case.state == "stuck" and case.work.stuck and case.work.inspection and case.work.inspection.photos == (photo,)
    assert [e.zh for e in case.timeline if e.public][-1] == "正在核实退回的商品"
    case = await desk.services.desk.retry(LEAD, SHOP, case.number, version=case.version)
    assert case.state == "received"
    partly = Found(condition="used", matches=False, disposition="destroy", note="已使用，折价", amount="100.00")
    case = await desk.services.goods.inspect(LEAD, SHOP, case.number, version=case.version, found=partly)
    assert (case.total, case.state, case.disposition) == (Money(10000), "refunding", "destroy")
    assert sum(li.amount.minor for li in case.lines) + case.freight_refund.minor == 10000
    await desk.outside()
    assert await desk.paid_back("A1") == 10000


async def test_goods_that_are_not_ours_are_refused_by_a_person_and_may_be_appealed_against(desk: Desk) -> None:
    await desk.given(delivered())
    case = await came_back(desk, await desk.accepted("A1"))
    case = await desk.services.goods.reject(AGENT, SHOP, case.number, version=case.version, note="退回的是另一件商品")
    assert case.state == "declined" and await desk.paid_back("A1") == 0
    appeal = await desk.services.appeals.open(ALL, SHOP, case.number, "就是这一件")
    with pytest.raises(errors.AppealExists):
        await desk.services.appeals.open(ALL, SHOP, case.number, "再说一次")
    with pytest.raises(errors.SamePerson):
        await desk.services.appeals.decide(AGENT, SHOP, appeal.id, granted=False, note="不行")
    granted = await desk.services.appeals.decide(LEAD, SHOP, appeal.id, granted=True, note="重新核对")
    assert granted.state == "granted" and (await desk.case(case.number)).state == "open"
    with pytest.raises(errors.AppealDecided):
        await desk.services.appeals.decide(ALL, SHOP, appeal.id, granted=False, note="不行")
    again = await desk.services.appeals.decide(LEAD, SHOP, appeal.id, granted=True, note="重新核对")
    assert again.state == "granted"


async def test_appeals_end_with_their_days(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1")
    await desk.cases.decline(AGENT, SHOP, opened.number, version=opened.version, note="吊牌已剪")
    desk.clock.move(days=7)
    with pytest.raises(errors.AppealTooLate):
        await desk.services.appeals.open(ALL, SHOP, opened.number, "吊牌还在")


async def test_an_exchange_is_sent_once_the_goods_are_back(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="exchange", reason="quality", photos=[new_id()])
    case = await desk.cases.accept(ALL, SHOP, opened.number, version=opened.version)
    case = await came_back(desk, case)
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    assert case.state == "sending" and not case.repaid
    await desk.outside()
    assert (await desk.case(case.number)).state == "done" and await desk.paid_back("A1") == 0
    assert [t.kind for t in await desk.settlement.tasks(OWNER, SHOP, case.number)] == ["book", "send"]


@pytest.mark.parametrize(("difference", "kind", "sales"), [(-500, "refund", 500), (300, "charge", -300)])
async def test_what_an_exchange_costs_more_or_less_is_settled_once_when_the_goods_are_accepted(
    desk: Desk, difference: int, kind: str, sales: int
) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="exchange", reason="quality", photos=[new_id()])
    async with desk.database.unit() as unit:  # as a pack that settles differences would have found
        row = (await unit.scalars(select(CaseRow).where(CaseRow.number == opened.number))).one()
        row.refund_to = "alipay"
        keep_work(row, replace(work_of(row), difference=difference))
    case = await came_back(desk, await desk.cases.accept(ALL, SHOP, opened.number, version=opened.version))
    assert [t.kind for t in await desk.settlement.tasks(OWNER, SHOP, case.number)] == ["book"]
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    assert (case.state, case.refund_to, case.work.difference) == ("sending", "alipay", difference)
    await desk.outside()
    assert (await desk.case(case.number)).state == "done"
    assert [t.kind for t in await desk.settlement.tasks(OWNER, SHOP, case.number)] == ["book", "send", kind]
    booked = {b.account: b.closing.minor for b in await desk.ledger.balances(OWNER, SHOP)}
    assert booked["sales"] == sales and booked["cash"] + booked["freight"] == -sales
    assert await desk.paid_back("A1") == max(0, -difference)


async def test_a_repair_goes_through_the_workshop(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="repair", reason="quality", photos=[new_id()])
    case = await came_back(desk, await desk.cases.accept(ALL, SHOP, opened.number, version=opened.version))
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    assert case.state == "handling"
    with pytest.raises(Invalid):
        await desk.services.goods.repaired(ALL, SHOP, case.number, version=case.version, note="")
    case = await desk.services.goods.repaired(ALL, SHOP, case.number, version=case.version, note="换了拉链")
    await desk.outside()
    assert (await desk.case(case.number)).state == "done"


async def test_missing_goods_are_sent_again_as_an_order_of_their_own(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="reissue", reason="missing", items=[{"line": 0, "quantity": 1}])
    assert opened.verdict == "person" and not opened.total
    case = await desk.cases.accept(ALL, SHOP, opened.number, version=opened.version)
    assert (case.state, case.work.new_order_no) == ("sending", "A1-R1")
    await desk.outside()
    assert (await desk.case(case.number)).state == "done"
    second = await desk.open("A1", kind="reissue", reason="missing", items=[{"line": 0, "quantity": 2}])
    before = await desk.rows()
    with pytest.raises(Refusal):
        await desk.cases.accept(ALL, SHOP, second.number, version=second.version)
    assert await desk.rows() == before


@pytest.mark.parametrize(
    ("what", "amount", "state", "paid"),
    [("points", "500", "granting", 0), ("coupon", "10", "granting", 0), ("cash", "10.50", "refunding", 1050)],
)
async def test_a_compensation_is_what_was_agreed_on(desk: Desk, what: Any, amount: str, state: str, paid: int) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="compensation", reason="late")
    with pytest.raises(errors.AmountMissing):
        await desk.cases.accept(ALL, SHOP, opened.number, version=opened.version)
    case = await desk.cases.accept(ALL, SHOP, opened.number, version=opened.version, terms=Terms(what=what, amount=amount))
    assert case.state == state
    await desk.outside()
    case = await desk.case(case.number)
    assert (case.state, await desk.paid_back("A1")) == ("done", paid)


async def test_more_than_one_may_grant_waits_for_who_may_and_moves_when_they_say_yes(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="compensation", reason="late")
    before = await desk.paid_back("A1")
    case = await desk.cases.accept(AGENT, SHOP, opened.number, version=opened.version, terms=Terms(what="cash", amount="45"))
    assert case.state == "approval" and case.work.approval_id and await desk.paid_back("A1") == before
    assert all(not e.public for e in case.timeline if e.code == "escalated")
    approval = await desk.authority.get(LEAD, SHOP, case.work.approval_id)
    await desk.authority.approve(LEAD, SHOP, approval.id, version=approval.version, note="可以")
    case = await desk.case(case.number)
    assert (case.state, case.decided_by) == ("refunding", LEAD.name)
    await desk.outside()
    assert await desk.paid_back("A1") == 4500 and (await desk.case(case.number)).state == "done"


async def test_an_approval_that_is_refused_brings_the_case_back_to_its_decider(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="compensation", reason="late")
    case = await desk.cases.accept(AGENT, SHOP, opened.number, version=opened.version, terms=Terms(what="cash", amount="45"))
    approval = await desk.authority.get(LEAD, SHOP, case.work.approval_id)
    await desk.authority.decline(LEAD, SHOP, approval.id, version=approval.version, note="太多")
    case = await desk.case(case.number)
    assert (case.state, case.total, case.work.grant) == ("open", Money(0), None)
    case = await desk.cases.accept(AGENT, SHOP, case.number, version=case.version, terms=Terms(what="cash", amount="15"))
    assert case.state == "refunding"


async def test_late_goodwill_is_the_houses_to_offer_and_counts_as_such(desk: Desk) -> None:
    await desk.given(delivered())
    desk.clock.move(days=10)
    with pytest.raises(errors.NotEligible):
        await desk.open("A1")
    case = await desk.open("A1", kind="return", reason="no_reason", late=True)
    assert (case.basis, case.verdict) == ("late_return", "person")
    waiting = await desk.cases.accept(AGENT, SHOP, case.number, version=case.version)
    assert waiting.state == "approval"
    desk.clock.move(days=40)
    with pytest.raises(errors.LineTaken):
        await desk.open("A1", kind="return", reason="no_reason", late=True)


async def test_freight_paid_by_the_customer_is_made_good_up_to_the_contract(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="return", reason="quality", party="shop", photos=[new_id()])
    case = await desk.cases.accept(ALL, SHOP, opened.number, version=opened.version)
    case = await desk.services.goods.sent(ALL, SHOP, case.number, "顺丰", "SF1234567", claimed="88", version=case.version)
    assert case.work.parcel and case.work.parcel.by == "customer" and 0 < case.work.parcel.freight < 8800
    case = await desk.services.goods.arrived(ALL, SHOP, case.number, version=case.version)
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    assert case.state == "granting"
    await desk.outside()
    await desk.outside()
    case = await desk.case(case.number)
    assert case.state == "done" and case.work.paid_grants[0].what == "coupon" and await desk.paid_back("A1") == case.total.minor


async def test_one_tracking_number_brings_back_one_case(desk: Desk) -> None:
    await desk.given(delivered("A1"), delivered("A2"))
    first, second = await desk.accepted("A1"), await desk.accepted("A2")
    await desk.services.goods.sent(ALL, SHOP, first.number, "顺丰", "SF1234567", version=first.version)
    with pytest.raises(errors.ParcelTaken):
        await desk.services.goods.sent(ALL, SHOP, second.number, "顺丰", "sf 1234567", version=second.version)


async def test_a_refund_the_gateway_refuses_waits_for_a_person_and_is_paid_once(desk: Desk) -> None:
    await desk.given(delivered(**paid_with(10000, 7800)))
    desk.simulated.gateway.mood.script = ["good", "refuse"]
    case = await came_back(desk, await desk.accepted("A1"))
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    await desk.outside()
    case = await desk.case(case.number)
    assert (case.state, case.work.was) == ("stuck", "refunding") and case.work.stuck
    case = await desk.services.desk.retry(ALL, SHOP, case.number, version=case.version)
    assert case.state == "refunding"
    await desk.outside()
    assert (await desk.case(case.number)).state == "done" and await desk.paid_back("A1") == case.total.minor


async def test_a_lead_can_settle_what_was_paid_by_hand(desk: Desk) -> None:
    await desk.given(delivered())
    desk.simulated.gateway.mood.script = ["refuse"]
    case = await came_back(desk, await desk.accepted("A1"))
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    await desk.outside()
    case = await desk.case(case.number)
    case = await desk.services.desk.settle(LEAD, SHOP, case.number, version=case.version, by_hand=True, note="银行转账")
    assert case.state == "done" and await desk.paid_back("A1") == 17800


async def test_a_case_given_up_outside_frees_its_money(desk: Desk) -> None:
    await desk.given(delivered())
    desk.simulated.gateway.mood.script = ["refuse"]
    case = await came_back(desk, await desk.accepted("A1"))
    case = await desk.services.goods.inspect(ALL, SHOP, case.number, version=case.version, found=GOOD)
    await desk.outside()
    case = await desk.case(case.number)
    case = await desk.services.desk.settle(LEAD, SHOP, case.number, version=case.version, by_hand=False, note="客户改要换货")
    assert (case.state, case.repaid) == ("done", Money(0)) and await desk.paid_back("A1") == 0


async def test_small_things_of_known_customers_are_granted_at_once_and_risk_brings_a_person(desk: Desk) -> None:
    customer = await known_customer(desk)
    await desk.given(
        *(delivered(f"B{n}", customer, lines=(NewLine("TEE-BK-M", "短袖", 1, Money(8900)),), **paid_with(8900)) for n in range(3))
    )
    granted = await desk.open("B0")
    assert granted.state == "awaiting_goods" and granted.work.auto and granted.decided_by == "小心"
    desk.risk.word = RiskWord(0.9, "evidence", "swap", (("换过货", "swapped before"),), 8900, "e1")
    suspected = await desk.open("B1")
    assert suspected.state == "open" and suspected.timeline[-1].zh == "正在核实" and suspected.work.risk
    desk.risk.fails = True
    assert (await desk.open("B2")).state == "awaiting_goods"  # nobody waits for a risk desk that is down


async def test_what_becomes_known_later_keeps_machines_from_giving_and_the_customer_from_noticing(desk: Desk) -> None:
    customer = await known_customer(desk)
    await desk.given(delivered("B1", customer, lines=(NewLine("TEE-BK-M", "短袖", 1, Money(8900)),), **paid_with(8900)))
    granted = await desk.open("B1")
    await desk.services.triage.look_again(SHOP, granted.number)
    assert (await desk.cases.get(LEAD, SHOP, granted.number)).version == granted.version  # nothing new, nothing written
    desk.risk.word = RiskWord(0.9, "review", "fragile_claims", (("照片出现过", "a photo shown before"),), 8900, "e1")
    for _ in range(2):
        await desk.services.triage.look_again(SHOP, granted.number)
    now = await desk.cases.get(LEAD, SHOP, granted.number)
    assert (now.state, now.version) == (granted.state, granted.version + 1)
    assert now.work.risk and now.work.risk.pattern == "fragile_claims"
    assert [e.public for e in now.timeline if e.code == "risk"] == [False]
    await desk.services.triage.look_again(SHOP, "AS000000-0000")  # a case nobody has


async def test_a_newcomer_waits_for_a_person_but_is_not_suspect(desk: Desk) -> None:
    await desk.given(delivered("N1"))
    opened = await desk.open("N1")
    assert opened.state == "open" and opened.work.trust and opened.work.trust.level == "new" and not opened.work.auto


async def test_simple_cases_go_many_at_once_each_judged_by_itself(desk: Desk) -> None:
    await desk.given(delivered("A1"), delivered("A2"), delivered("A3"), delivered("A4"))
    simple, person, stale, gone = [
        await desk.open("A1"), await desk.open("A2", kind="return", reason="quality"), await desk.open("A3"), await desk.open("A4"),
    ]  # fmt: skip
    await desk.cases.withdraw(ALL, SHOP, gone.number)
    page = await desk.services.desk.page(ALL, SHOP, desk_filter(simple=True), "due", None, 10)
    assert {c.number for c in page.items} == {simple.number, stale.number}
    items = [(simple.number, simple.version), (person.number, person.version), (stale.number, 0), (gone.number, gone.version), ("AS0", 1)]
    done = await desk.services.desk.bulk(ALL, SHOP, items)
    assert [b.code for b in done] == ["", "not_simple", "conflict", "conflict", "case_not_found"]
    assert (await desk.case(simple.number)).state == "awaiting_goods" and (await desk.case(person.number)).state == "open"


def desk_filter(**given: Any) -> Any:
    return Filter(**given)


async def test_queues_are_counted_and_sorted_by_when_they_are_due(desk: Desk) -> None:
    await desk.given(*(delivered(f"Q{n}") for n in range(4)))
    cases = []
    for n in range(4):
        cases.append(await desk.open(f"Q{n}"))
        desk.clock.move(hours=1)
    await desk.cases.accept(ALL, SHOP, cases[0].number, version=cases[0].version)
    await desk.services.desk.assign(ALL, SHOP, cases[1].number, version=cases[1].version, staff_id=ALL.id)
    counts = await desk.services.desk.counts(ALL, SHOP)
    assert (counts.queues["open"], counts.queues["parcels"], counts.mine, counts.overdue, counts.simple) == (3, 1, 1, 0, 3)
    seen, cursor = [], None
    while True:
        page = await desk.services.desk.page(ALL, SHOP, desk_filter(live=True), "due", cursor, 2)
        seen += [c.number for c in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == [c.number for c in (*cases[1:], cases[0])]
    desk.clock.move(hours=24)
    assert (await desk.services.desk.counts(ALL, SHOP)).overdue == 3
    with pytest.raises(errors.AssigneeUnknown):
        await desk.services.desk.assign(ALL, SHOP, cases[2].number, version=cases[2].version, staff_id=new_id())


async def test_two_people_at_once_take_one_step(desk: Desk) -> None:
    await desk.given(delivered())
    case = await came_back(desk, await desk.accepted("A1"))
    results = await asyncio.gather(
        *(desk.services.goods.inspect(who, SHOP, case.number, version=case.version, found=GOOD) for who in (ALL, LEAD, AGENT)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Case) for r in results) == 1 and sum(isinstance(r, Conflict) for r in results) == 2
    await desk.outside()
    assert await desk.paid_back("A1") == 17800


async def test_who_may_not_decide_gives_no_remedy_and_nothing_changes(desk: Desk) -> None:
    await desk.given(delivered())
    opened = await desk.open("A1", kind="dispute", reason="service", words="态度差")
    case = await desk.cases.accept(AGENT, SHOP, opened.number, version=opened.version)
    before = await desk.rows()
    for who in (AI, replace(AGENT, permissions=AI.permissions)):
        with pytest.raises(Forbidden):
            await desk.services.care.remedy(who, SHOP, case.number, version=case.version, what="cash", amount="1", note="赔")
    assert await desk.rows() == before and (await desk.case(case.number)).version == case.version
