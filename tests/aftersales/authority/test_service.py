"""Authority over both stores: uses counted once, bounds held by many at once, approvals decided by the right people and only once."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import func, select

from tests.aftersales.authority.reference import SMALL, Grant, an_ask, answer
from xinfu.aftersales.authority import (
    Approval,
    ApprovalAsked,
    ApprovalDecided,
    Ask,
    Authority,
    BeyondAuthority,
    Limit,
    Limits,
    NotGrantable,
    Rules,
    errors,
)
from xinfu.aftersales.authority.model import AuthorityApproval, AuthorityRules, AuthorityUse
from xinfu.identity import Permission, Settings
from xinfu.identity.model import Role, ShopRow, Staff, StaffShop
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

SHOP, OTHER_SHOP = "5" * 32, "6" * 32
SHANGHAI = cast("Settings", SimpleNamespace(current=lambda shop_id: SimpleNamespace(time_zone="Asia/Shanghai")))
RIGHTS = {
    "agent": [Permission.AFTERSALES_READ],
    "specialist": [Permission.AFTERSALES_READ, Permission.AFTERSALES_APPROVE],
    "lead": [Permission.AFTERSALES_READ, Permission.AFTERSALES_APPROVE],
    "owner": list(Permission),
    "ai": [Permission.AFTERSALES_READ],
}
TABLES = (AuthorityUse, AuthorityApproval, AuthorityRules, AuditEntry)


def person(name: str, role: str, *more: Permission) -> Actor:
    return Actor("staff", f"{name:0>32}".replace(" ", "0"), name, frozenset({SHOP}), frozenset({*RIGHTS[role], *more}), role)


LIN, MEI, PEI = person("lin", "agent"), person("mei", "agent"), person("pei", "specialist")
ZHOU, HE, BOSS = person("zhou", "lead"), person("he", "lead"), person("boss", "owner")
AI = Actor("ai", "ai", "AI", frozenset({SHOP}), frozenset(Permission), "ai")


class House:
    """A shop with its people and its guard of money."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        self.guard = Authority(database, clock, SHANGHAI)
        self.limits = Limits(database, clock)
        self.told: list[object] = []

    async def open(self) -> "House":
        async with self.database.unit() as unit:
            now = self.clock.now()
            for shop, currency in ((SHOP, "CNY"), (OTHER_SHOP, "USD")):
                unit.add(ShopRow(id=shop, slug=f"s{shop[0]}", name="店", currency=currency, widget_secret="s", created_at=now))
            unit.add_all(Role(key=key, permissions=sorted(held)) for key, held in RIGHTS.items())
            await unit.flush()
            for one in (LIN, MEI, PEI, ZHOU, HE, BOSS):
                unit.add(
                    Staff(
                        id=one.id,
                        login=one.name,
                        name=one.name,
                        password_hash="x",
                        password_once=False,
                        role=one.role,
                        locked_until=None,
                        created_at=now,
                    )
                )
            await unit.flush()
            unit.add_all(StaffShop(staff_id=one.id, shop_id=SHOP) for one in (LIN, MEI, PEI, ZHOU, HE, BOSS))
        assert self.database.bus
        for kind in (ApprovalAsked, ApprovalDecided):
            self.database.bus.subscribe(kind, self._hear)
        return self

    async def _hear(self, event: object) -> None:
        self.told.append(event)

    async def heard(self) -> list[object]:
        assert self.database.bus
        await self.database.bus.drain()
        return self.told

    async def use(self, actor: Actor, ask: Ask, key: str | None = None) -> bool:
        """Was it granted?"""
        try:
            async with self.database.unit() as unit:
                return (await self.guard.use(unit, actor, SHOP, ask, key=key or new_id())).allowed
        except (BeyondAuthority, NotGrantable):
            return False

    async def ask(self, actor: Actor, ask: Ask, key: str | None = None, words: str = "") -> Approval:
        async with self.database.unit() as unit:
            return await self.guard.request(unit, actor, SHOP, ask, key=key or new_id(), words=words)

    async def approve(self, actor: Actor, seen: Approval, note: str = "") -> Approval:
        return await self.guard.approve(actor, SHOP, seen.id, version=seen.version, note=note)

    async def save(self, rules: Rules) -> None:
        newest = (await self.limits.view(BOSS, SHOP)).newest
        await self.limits.save(BOSS, SHOP, rules, base_version=newest)

    async def rows(self) -> list[int]:
        async with self.database.read() as unit:
            return [(await unit.scalar(select(func.count()).select_from(table))) or 0 for table in TABLES]

    async def granted(self) -> list[AuthorityUse]:
        async with self.database.read() as unit:
            return list((await unit.scalars(select(AuthorityUse).order_by(AuthorityUse.id))).all())


@pytest.fixture
async def house(database: Database, clock: FixedClock) -> House:
    return await House(database, clock).open()


async def refused(house: House, expected: type[Refusal], work: object) -> Refusal:
    """It raises, and nothing changed."""
    before = await house.rows()
    with pytest.raises(expected) as caught:
        await work  # type: ignore[misc]
    assert await house.rows() == before
    return caught.value


# Using


async def test_a_use_within_the_limits_is_recorded_and_audited_once_per_key(house: House) -> None:
    ask = an_ask("goodwill", 15_00, paid=100_00)
    assert await house.use(LIN, ask, "key-00001") and await house.use(LIN, ask, "key-00001")
    [row] = await house.granted()
    assert (row.by_id, row.by_role, row.counts_as, row.amount_minor, row.day, row.rules_version) == (
        LIN.id,
        "agent",
        "goodwill",
        15_00,
        "2026-03-10",
        0,
    )
    async with house.database.read() as unit:
        [entry] = (await unit.scalars(select(AuditEntry))).all()
    assert (entry.action, entry.actor_id, entry.detail["amount"], entry.detail["case"]) == ("authority.used", LIN.id, "15.00", "AS1")


async def test_a_check_writes_nothing_and_names_who_may_approve(house: House) -> None:
    async with house.database.unit() as unit:
        ruling = await house.guard.check(unit, LIN, SHOP, an_ask("goodwill", 30_00, paid=100_00))
    assert ruling.outcome == "approval" and ruling.roles == ("lead", "owner") and {p.name for p in ruling.people} == {"zhou", "he", "boss"}
    assert ruling.lines[-1].zh.startswith("可以审批的人：") and "zhou" in ruling.lines[-1].en
    assert await house.rows() == [0, 0, 0, 0]


async def test_the_same_key_for_something_else_is_refused(house: House) -> None:
    assert await house.use(LIN, an_ask("goodwill", 10_00, paid=100_00), "key-00001")
    for other in (
        an_ask("goodwill", 11_00, paid=100_00),
        an_ask("goodwill", 10_00, "c2", paid=100_00),
        an_ask("compensation_cash", 10_00, paid=100_00),
    ):
        await refused(house, errors.AuthorityKeyReused, house.use(LIN, other, "key-00001"))
    await refused(house, Invalid, house.use(LIN, an_ask("goodwill", 1), "short"))


async def test_beyond_is_refused_with_its_reason_and_leaves_no_trace(house: House) -> None:
    async def use() -> None:
        async with house.database.unit() as unit:
            await house.guard.use(unit, LIN, SHOP, an_ask("goodwill", 20_01, paid=100_00), key="key-00001")

    refusal = await refused(house, BeyondAuthority, use())
    assert "¥20.00" in refusal.detail() and "¥20.00" in refusal.detail("en")


async def test_another_currency_another_shop_and_bad_amounts_change_nothing(house: House) -> None:
    async def use(actor: Actor, shop: Id, ask: Ask) -> None:
        async with house.database.unit() as unit:
            await house.guard.use(unit, actor, shop, ask, key="key-00001")

    usd = Ask(action="goodwill", amount=Money(1, "USD"), customer_id="c", order_no="A", case_no="", order_paid=Money(9, "USD"))
    assert "USD" in (await refused(house, NotGrantable, use(BOSS, SHOP, usd))).detail()
    for amount in (-1, 10**12):
        await refused(house, NotGrantable, use(BOSS, SHOP, an_ask("goodwill", amount, paid=10**12)))
    await refused(house, NotFound, use(BOSS, OTHER_SHOP, an_ask("goodwill", 1)))


async def test_a_day_is_the_shops_calendar_day(house: House) -> None:
    await house.save(SMALL)
    house.clock.at = datetime(2026, 3, 10, 15, 59, tzinfo=UTC)  # a minute to midnight in Shanghai
    assert [await house.use(LIN, an_ask("goodwill", 20, f"c{n}", f"A{n}")) for n in range(3)] == [True, True, False]
    house.clock.move(minutes=1)
    assert await house.use(LIN, an_ask("goodwill", 20, "c3", "A3"))


async def test_a_customers_30_days_run_out_to_the_second(house: House) -> None:
    await house.save(SMALL)
    assert await house.use(LIN, an_ask("goodwill", 20)) and await house.use(MEI, an_ask("goodwill", 20))
    house.clock.move(days=30, seconds=-1)
    assert not await house.use(LIN, an_ask("goodwill", 1))
    house.clock.move(seconds=1)
    assert await house.use(LIN, an_ask("goodwill", 20))


async def test_what_was_released_counts_no_longer(house: House) -> None:
    await house.save(SMALL)
    assert await house.use(LIN, an_ask("goodwill", 20), "key-00001") and await house.use(LIN, an_ask("goodwill", 20), "key-00002")
    assert not await house.use(LIN, an_ask("goodwill", 20))
    async with house.database.unit() as unit:
        assert await house.guard.release(unit, LIN, SHOP, "key-00001")
        assert not await house.guard.release(unit, LIN, SHOP, "key-00001")
    assert await house.use(LIN, an_ask("goodwill", 20))
    await refused(house, errors.AuthorityKeyReused, house.use(LIN, an_ask("goodwill", 20), "key-00001"))


@pytest.mark.parametrize("seed", range(3))
async def test_many_uses_in_any_order_are_answered_as_the_simple_reference_does(house: House, seed: int) -> None:
    dice = random.Random(seed)
    rules = replace(SMALL, full_trust=seed == 2)
    await house.save(rules)
    past: list[Grant] = []
    actions = ("refund", "refund_only", "goodwill", "compensation_coupon", "freight", "late_return")
    for _ in range(60):
        house.clock.move(hours=dice.choice((0, 0, 1, 7, 60)))
        actor = dice.choice((LIN, MEI, ZHOU, BOSS, AI))
        action, by_policy, amount = dice.choice(actions), dice.random() < 0.4, dice.randint(0, 60)
        new = Grant(
            actor.id, action, by_policy, amount, dice.choice(("c1", "c2", "c3")), dice.choice(("A1", "A2", "A3")), house.clock.now()
        )
        got = await house.use(actor, an_ask(action, amount, new.customer, new.order, 200, by_policy))  # type: ignore[arg-type]
        assert got == (answer(past, new, actor.role, rules, 200) == "allowed")
        if got:
            past.append(new)
    assert len(past) >= 10


async def test_two_agents_at_once_do_not_pass_a_bound_together(house: House) -> None:
    await house.save(replace(SMALL, shop_day=45))
    asks = [(actor, an_ask("goodwill", 10, f"c{n}", f"A{n}")) for n in range(4) for actor in (LIN, MEI)]
    got = await asyncio.gather(*(house.use(actor, ask) for actor, ask in asks))
    assert sum(got) == 4 and sum(row.amount_minor for row in await house.granted()) == 40


async def test_one_agent_in_many_windows_does_not_pass_their_day(house: House) -> None:
    await house.save(SMALL)
    got = await asyncio.gather(*(house.use(LIN, an_ask("freight", 20, f"c{n}", f"A{n}", by_policy=True)) for n in range(6)))
    assert sum(got) == 2


async def test_the_same_key_at_once_is_one_use(house: House) -> None:
    got = await asyncio.gather(*(house.use(LIN, an_ask("goodwill", 10_00, paid=100_00), "key-00001") for _ in range(5)))
    assert all(got) and len(await house.granted()) == 1


async def test_the_ai_has_its_own_limit_and_timers_have_none(house: House) -> None:
    assert await house.use(AI, an_ask("compensation_coupon", 10_00, paid=100_00))
    assert not await house.use(AI, an_ask("compensation_coupon", 1, paid=100_00))  # ten a customer
    assert not await house.use(AI, an_ask("goodwill", 1, paid=100_00))
    assert not await house.use(system_actor(SHOP), an_ask("refund", 1, by_policy=True))


async def test_people_see_what_they_may_and_what_is_used_today(house: House) -> None:
    await house.use(LIN, an_ask("goodwill", 15_00, paid=100_00))
    mine = {action: (limit.each, used) for action, limit, used in await house.guard.mine(LIN, SHOP)}
    assert mine["goodwill"] == (20_00, 15_00) and mine["freight"] == (30_00, 0)


# Asking and deciding


async def test_an_approval_moves_its_case_in_the_same_transaction_and_counts_as_the_use(house: House) -> None:
    moved: list[tuple[str, str]] = []

    async def move(unit: Unit, approval: Approval) -> None:
        moved.append((approval.case_no, approval.state))

    house.guard.on_decided.append(move)
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00), "key-00001", "老客户，孩子生病")
    assert (asked.state, asked.roles, asked.words, asked.two_person) == ("waiting", ("lead", "owner"), "老客户，孩子生病", False)
    given = await house.approve(ZHOU, asked, "同意")
    assert given.approved and given.note == "同意" and moved == [("AS1", "approved")]
    [row] = await house.granted()
    assert (row.by_id, row.approval_id, row.key) == (ZHOU.id, asked.id, "key-00001")
    assert await house.use(LIN, an_ask("goodwill", 30_00, paid=100_00), "key-00001")  # the case goes on with the same key
    assert len(await house.granted()) == 1
    assert await house.heard() == [
        ApprovalAsked(SHOP, asked.id, "AS1", "lin", Money(30_00), tuple(p.id for p in asked.people)),
        ApprovalDecided(SHOP, asked.id, "AS1", "approved", True, "staff", ZHOU.id, "zhou", LIN.id, tuple(p.id for p in asked.people)),
    ]


async def test_a_hook_that_fails_leaves_everything_as_it_was(house: House) -> None:
    async def fail(unit: Unit, approval: Approval) -> None:
        raise Conflict

    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    house.guard.on_decided.append(fail)
    await refused(house, Conflict, house.approve(ZHOU, asked))
    assert (await house.guard.get(ZHOU, SHOP, asked.id)).state == "waiting"


async def test_a_double_click_gives_the_same_answer_and_one_use(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    first, second = await asyncio.gather(house.approve(ZHOU, asked), house.approve(ZHOU, asked))
    assert first.approved and second.approved and {first.repeated, second.repeated} == {True, False}
    assert len(await house.granted()) == 1


async def test_two_approvers_at_once_approve_once(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    results = await asyncio.gather(house.approve(ZHOU, asked), house.approve(HE, asked), return_exceptions=True)
    assert sum(isinstance(r, Approval) for r in results) == 1 and sum(isinstance(r, errors.ApprovalOver) for r in results) == 1
    assert len(await house.granted()) == 1


async def test_nobody_approves_what_they_asked_for(house: House) -> None:
    asked = await house.ask(ZHOU, an_ask("goodwill", 60_00, paid=100_00))
    assert ZHOU.id not in [p.id for p in asked.people]
    await refused(house, errors.OwnApproval, house.approve(ZHOU, asked))
    await refused(house, errors.OwnApproval, house.guard.decline(ZHOU, SHOP, asked.id, version=1, note="不"))


async def test_the_right_is_needed_and_the_ai_or_a_program_never_approves(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    program = replace(BOSS, kind="token", id="t" * 32)
    for actor in (MEI, AI, program):
        await refused(house, Forbidden, house.approve(actor, asked))
    await refused(house, NotFound, house.guard.approve(replace(BOSS, shops=frozenset({OTHER_SHOP})), SHOP, asked.id, version=1))


async def test_an_approver_whose_own_limit_is_smaller_is_told_whom_to_ask(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 60_00, paid=100_00))
    assert [p.name for p in asked.people] == ["boss"]
    refusal = await refused(house, errors.ApproverTooSmall, house.approve(ZHOU, asked))
    assert "店主" in refusal.detail() and "owner" in refusal.detail("en")
    assert (await house.approve(BOSS, asked)).approved


async def test_an_approvers_own_day_counts_what_they_approved(house: House) -> None:
    await house.save(SMALL)
    for n in range(2):
        assert (await house.approve(ZHOU, await house.ask(LIN, an_ask("goodwill", 50, f"c{n}", f"A{n}")))).approved
    third = await house.ask(LIN, an_ask("goodwill", 50, "c3", "A3"))
    await refused(house, errors.ApproverTooSmall, house.approve(ZHOU, third))  # 120 a day
    assert (await house.approve(HE, third)).approved


async def test_above_the_bound_it_takes_two_people_one_of_whom_has_the_authority(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 150_00, paid=200_00))
    assert asked.two_person and {p.name for p in asked.people} == {"pei", "zhou", "he", "boss"}
    once = await house.approve(PEI, asked)
    assert once.state == "waiting" and [v.person.name for v in once.votes] == ["pei"]
    again = await house.approve(PEI, asked)
    assert again.repeated and again.version == once.version
    await refused(house, errors.ApproverTooSmall, house.approve(ZHOU, once))  # neither reaches so far
    await refused(house, Conflict, house.approve(BOSS, asked))  # seen before the first yes
    both = await house.approve(BOSS, once)
    assert both.approved and [v.person.name for v in both.votes] == ["pei", "boss"]
    assert [(u.by_id, u.amount_minor) for u in await house.granted()] == [(BOSS.id, 150_00)]


async def test_two_people_in_the_other_order_and_one_no_ends_it(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 150_00, paid=200_00))
    once = await house.approve(BOSS, asked)
    assert once.state == "waiting"
    over = await house.guard.decline(ZHOU, SHOP, asked.id, version=once.version, note="先核实")
    assert over.state == "declined" and over.note == "先核实" and await house.granted() == []


async def test_what_its_asker_came_to_grant_alone_is_not_counted_twice(house: House) -> None:
    ask = an_ask("goodwill", 30_00, paid=100_00)
    asked = await house.ask(LIN, ask, "key-00001")
    await house.save(
        replace(
            SMALL,
            limits={**SMALL.limits, "agent": {"goodwill": Limit(50_00, None, None)}},
            shop_day=None,
            shop_customer=None,
            two_above=None,
        )
    )
    assert await house.use(LIN, ask, "key-00001")
    assert (await house.approve(BOSS, asked)).approved and len(await house.granted()) == 1


async def test_who_left_or_lost_the_right_is_not_named(house: House) -> None:
    async with house.database.unit() as unit:
        zhou = await unit.get(Staff, ZHOU.id)
        assert zhou
        zhou.disabled = True
        role = await unit.get(Role, "specialist")
        assert role
        role.permissions = [Permission.AFTERSALES_READ.value]
    asked = await house.ask(LIN, an_ask("goodwill", 150_00, paid=200_00))
    assert {p.name for p in asked.people} == {"he", "boss"}


async def test_a_no_needs_a_reason_and_twice_is_once(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    await refused(house, Invalid, house.guard.decline(ZHOU, SHOP, asked.id, version=1, note="  "))
    first = await house.guard.decline(ZHOU, SHOP, asked.id, version=1, note="证据不足")
    second = await house.guard.decline(ZHOU, SHOP, asked.id, version=1, note="证据不足")
    assert first.state == "declined" and second.repeated and second.version == first.version
    await refused(house, errors.ApprovalOver, house.approve(HE, first))


async def test_asking_twice_with_one_key_asks_once(house: House) -> None:
    ask = an_ask("goodwill", 30_00, paid=100_00)
    first, second = await asyncio.gather(house.ask(LIN, ask, "key-00001"), house.ask(LIN, ask, "key-00001"))
    assert first.id == second.id and {first.repeated, second.repeated} == {True, False}
    await refused(house, errors.AuthorityKeyReused, house.ask(LIN, an_ask("goodwill", 31_00, paid=100_00), "key-00001"))


async def test_what_cannot_be_granted_cannot_be_asked_for(house: House) -> None:
    await refused(house, NotGrantable, house.ask(LIN, an_ask("refund_only", 200_00, paid=100_00)))


async def test_an_approval_is_judged_again_when_it_is_given(house: House) -> None:
    asked = await house.ask(LIN, an_ask("refund_only", 80_00, paid=100_00))
    assert await house.use(BOSS, an_ask("refund", 50_00, paid=100_00, by_policy=True))
    assert "¥50.00" in (await refused(house, NotGrantable, house.approve(BOSS, asked))).detail()


async def test_rules_that_became_stricter_meanwhile_hold(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    await house.save(replace((await house.limits.view(BOSS, SHOP)).current.rules, two_above=20_00))
    once = await house.approve(ZHOU, asked)
    assert once.state == "waiting" and once.two_person


async def test_what_nobody_decides_ends_by_itself_and_tells_the_case(house: House) -> None:
    moved: list[str] = []

    async def move(unit: Unit, approval: Approval) -> None:
        moved.append(approval.state)

    house.guard.on_decided.append(move)
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    house.clock.move(hours=72, seconds=-1)
    assert await house.guard.expire() == 0
    house.clock.move(seconds=1)
    await refused(house, errors.ApprovalOver, house.approve(ZHOU, asked))
    assert await house.guard.expire() == 1 and moved == ["expired"] and await house.guard.expire() == 0
    decided = (await house.heard())[-1]
    assert isinstance(decided, ApprovalDecided) and (decided.state, decided.approved) == ("expired", False)


async def test_whoever_asked_takes_it_back_and_nobody_else(house: House) -> None:
    asked = await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    await refused(house, errors.ApprovalNotFound, house.guard.take_back(MEI, SHOP, asked.id))
    assert (await house.guard.take_back(LIN, SHOP, asked.id)).state == "withdrawn"
    assert (await house.guard.take_back(LIN, SHOP, asked.id)).repeated
    await refused(house, errors.ApprovalOver, house.approve(ZHOU, asked))


async def test_a_case_that_ends_takes_its_approvals_along(house: House) -> None:
    await house.ask(LIN, an_ask("goodwill", 30_00, paid=100_00))
    async with house.database.unit() as unit:
        assert await house.guard.withdraw_of_case(unit, LIN, SHOP, "AS1") == 1
        assert [a.state for a in await house.guard.of_case(unit, SHOP, "AS1")] == ["withdrawn"]


async def test_approvers_see_what_waits_longest_first_and_others_only_their_own(house: House) -> None:
    asked = []
    for n, actor in enumerate((LIN, MEI, LIN)):
        asked.append(await house.ask(actor, an_ask("goodwill", 30_00, f"c{n}", f"A{n}", paid=100_00)))
        house.clock.move(minutes=5)
    seen = await house.guard.search(ZHOU, SHOP, "waiting", limit=2)
    rest = await house.guard.search(ZHOU, SHOP, "waiting", cursor=seen.next, limit=2)
    assert [a.id for a in (*seen.items, *rest.items)] == [a.id for a in asked] and rest.next is None
    assert [a.id for a in (await house.guard.search(LIN, SHOP, "waiting")).items] == [asked[0].id, asked[2].id]
    assert await house.guard.count_waiting(ZHOU, SHOP) == 3
    await house.approve(ZHOU, asked[1])
    assert [a.id for a in (await house.guard.search(ZHOU, SHOP, "over")).items] == [asked[1].id]
    with pytest.raises(errors.ApprovalNotFound):
        await house.guard.get(MEI, SHOP, asked[0].id)
    with pytest.raises(Forbidden):
        await house.guard.count_waiting(LIN, SHOP)


# Limits


async def test_saved_limits_take_over_on_their_date_and_history_stays(house: House) -> None:
    later = house.clock.now() + timedelta(days=2)
    view = await house.limits.save(BOSS, SHOP, SMALL, base_version=0, effective_from=later, note="淡季收紧")
    assert (view.newest, view.current.version, view.history[0].note, view.history[0].author) == (1, 0, "淡季收紧", "boss")
    assert await house.use(LIN, an_ask("goodwill", 20_00, paid=100_00))
    house.clock.move(days=2)
    assert (await house.limits.view(LIN, SHOP)).current.version == 1
    assert not await house.use(LIN, an_ask("goodwill", 21, "c9", paid=100_00))
    assert (await house.limits.save(BOSS, SHOP, replace(SMALL, shop_day=1), base_version=1)).current.version == 2
    assert [s.version for s in (await house.limits.view(LIN, SHOP)).history] == [2, 1]


async def test_limits_are_checked_when_saved_and_a_stale_base_is_refused(house: House) -> None:
    await refused(house, errors.RulesInvalid, house.limits.save(BOSS, SHOP, replace(SMALL, currency="USD"), base_version=0))
    await refused(
        house,
        errors.RulesInvalid,
        house.limits.save(BOSS, SHOP, SMALL, base_version=0, effective_from=house.clock.now() + timedelta(days=9999)),
    )
    await house.limits.save(BOSS, SHOP, SMALL, base_version=0)
    await refused(house, Conflict, house.limits.save(BOSS, SHOP, SMALL, base_version=0))


async def test_two_who_save_at_once_do_not_overwrite_each_other(house: House) -> None:
    results = await asyncio.gather(*(house.limits.save(BOSS, SHOP, SMALL, base_version=0) for _ in range(2)), return_exceptions=True)
    assert sorted(type(r).__name__ for r in results) == ["Conflict", "LimitsView"]


async def test_only_who_may_set_limits_does_and_each_shop_has_its_own(house: House) -> None:
    await refused(house, Forbidden, house.limits.save(ZHOU, SHOP, SMALL, base_version=0))
    await refused(house, Forbidden, house.limits.preview(LIN, SHOP, SMALL))
    await refused(house, NotFound, house.limits.view(LIN, OTHER_SHOP))
    both = replace(BOSS, shops=frozenset({SHOP, OTHER_SHOP}))
    await house.limits.save(both, SHOP, SMALL, base_version=0)
    other = await house.limits.view(both, OTHER_SHOP)
    assert (other.newest, other.current.rules.currency) == (0, "USD")


async def test_a_preview_tells_what_would_change_and_changes_nothing(house: House) -> None:
    before = await house.rows()
    rules = (await house.limits.view(BOSS, SHOP)).current.rules
    assert await house.limits.preview(BOSS, SHOP, rules) == []
    assert (await house.limits.preview(BOSS, SHOP, replace(rules, approval_hours=24))) == [
        ("审批时限（小时）：72 → 24", "Hours an approval waits: 72 → 24")
    ]
    assert await house.rows() == before
