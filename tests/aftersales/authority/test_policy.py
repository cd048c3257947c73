"""Authority as pure decisions: no order of uses passes a limit, and every ruling says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aftersales.authority.reference import OF_THE_ORDER, SHANGHAI, SMALL, SPENT, Grant, an_ask, answer, counts_as
from xinfu.aftersales.authority import Ask, Limit, Rules, Who, decide, default_rules
from xinfu.aftersales.authority.contracts import ACTIONS, Used
from xinfu.aftersales.authority.errors import RulesInvalid
from xinfu.aftersales.authority.policy import (
    MOST,
    changes,
    check_rules,
    complete,
    covers,
    in_force,
    may_vote,
    needs_two,
    who_covers,
)
from xinfu.kit.money import Money

START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ROLES = ("agent", "specialist", "lead", "owner", "ai", "planner")
PEOPLE = {"lin": "agent", "mei": "agent", "zhou": "lead", "boss": "owner", "ai": "ai"}
KINDS = {"ai": "ai"}


def who(role: str) -> Who:
    return Who(KINDS.get(role, "staff"), role)


def used(past: list[Grant], new: Grant) -> Used:
    """As the store would add it up."""

    def total(check: object) -> int:
        return sum(g.amount for g in past if check(g))  # type: ignore[operator]

    day = new.at.astimezone(SHANGHAI).date()
    mine = counts_as(new.action, new.by_policy)

    def recent(g: Grant) -> bool:
        return g.customer == new.customer and g.at > new.at - timedelta(days=30)

    return Used(
        total(lambda g: g.who == new.who and g.at.astimezone(SHANGHAI).date() == day and counts_as(g.action, g.by_policy) == mine),
        total(lambda g: recent(g) and counts_as(g.action, g.by_policy) == mine),
        total(lambda g: g.at.astimezone(SHANGHAI).date() == day and counts_as(g.action, g.by_policy) in SPENT),
        total(lambda g: recent(g) and counts_as(g.action, g.by_policy) in SPENT),
        total(lambda g: g.order == new.order and g.action in OF_THE_ORDER),
        total(lambda g: g.order == new.order),
    )


steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(PEOPLE)), st.sampled_from(ACTIONS), st.booleans(), st.integers(0, 110), st.sampled_from(["c1", "c2"]),
        st.sampled_from(["A1", "A2"]), st.integers(0, 40 * 24),
    ),
    max_size=40,
)  # fmt: skip


@given(steps, st.booleans())
def test_no_order_of_uses_passes_a_limit_and_each_ruling_is_the_simple_one(asked: list[tuple], trust: bool) -> None:
    rules, paid = replace(SMALL, full_trust=trust), 200
    past: list[Grant] = []
    at = START
    for person, action, by_policy, amount, customer, order, hours in asked:
        at += timedelta(hours=hours % 30)
        new = Grant(person, action, by_policy, amount, customer, order, at)
        role = PEOPLE[person]
        ruling = decide(an_ask(action, amount, customer, order, paid, by_policy), who(role), rules, used(past, new))
        assert ruling.outcome == answer(past, new, role, rules, paid), ruling.lines
        if ruling.allowed:
            past.append(new)
        else:
            assert any(line.against for line in ruling.lines)
    for order in ("A1", "A2"):
        assert sum(g.amount for g in past if g.order == order and g.action in OF_THE_ORDER) <= paid
    if trust:
        return
    for day in {g.at.astimezone(SHANGHAI).date() for g in past}:
        of_day = [g for g in past if g.at.astimezone(SHANGHAI).date() == day]
        assert sum(g.amount for g in of_day if counts_as(g.action, g.by_policy) in SPENT) <= 150
        for person in ("lin", "mei"):
            for action in ACTIONS:
                assert sum(g.amount for g in of_day if g.who == person and counts_as(g.action, g.by_policy) == action) <= 50


@given(st.sampled_from(ACTIONS), st.booleans(), st.integers(0, 300), st.sampled_from(ROLES))
def test_more_money_never_needs_less_authority(action: str, by_policy: bool, amount: int, role: str) -> None:
    order = ["allowed", "approval", "refused"]
    small, large = (decide(an_ask(action, a, by_policy=by_policy), who(role), SMALL, Used()) for a in (amount, amount + 1))  # type: ignore[arg-type]
    assert order.index(small.outcome) <= order.index(large.outcome)


@given(st.lists(st.booleans(), max_size=3), st.booleans())
def test_two_people_need_two_of_whom_one_has_the_authority(votes: list[bool], two: bool) -> None:
    counted: list[bool] = []
    for vote in votes:
        if complete(two, counted):
            break
        if may_vote(two, vote, counted):
            counted.append(vote)
    if complete(two, counted):
        assert any(counted) and len(counted) == (2 if two else 1)


def test_the_classic_ladder_lets_an_agent_give_20_a_lead_50_an_owner_100() -> None:
    rules = default_rules()
    most = {}
    for role in ("agent", "lead", "owner"):
        most[role] = max(a for a in range(0, 120_00, 50) if decide(an_ask("goodwill", a, paid=50_000), who(role), rules, Used()).allowed)
    assert most == {"agent": 20_00, "lead": 50_00, "owner": 100_00}


def test_what_the_policy_grants_has_limits_of_its_own_and_beyond_it_counts_as_goodwill() -> None:
    rules = default_rules()
    assert decide(an_ask("refund", 400_00, paid=400_00, by_policy=True), who("agent"), rules, Used()).allowed
    beyond = decide(an_ask("refund", 400_00, paid=400_00), who("agent"), rules, Used())
    assert beyond.outcome == "approval" and beyond.ask.counts_as == "goodwill" and beyond.two_person


def test_full_trust_lets_an_agent_waive_the_whole_order_and_no_more() -> None:
    rules = replace(default_rules(), full_trust=True)
    assert decide(an_ask("refund_only", 300_00, paid=300_00), who("agent"), rules, Used()).allowed
    assert decide(an_ask("goodwill", 300_01, paid=300_00), who("agent"), rules, Used()).outcome == "approval"
    assert decide(an_ask("goodwill", 1_00, paid=300_00), who("agent"), rules, Used(order_trust=300_00)).outcome == "approval"


def test_full_trust_leaves_the_ai_its_own_small_limit() -> None:
    rules = replace(default_rules(), full_trust=True)
    assert decide(an_ask("compensation_coupon", 10_00, paid=300_00), who("ai"), rules, Used()).allowed
    assert decide(an_ask("compensation_coupon", 10_01, paid=300_00), who("ai"), rules, Used()).outcome == "approval"
    assert decide(an_ask("goodwill", 1, paid=300_00), who("ai"), rules, Used()).outcome == "approval"


@pytest.mark.parametrize("who_", [Who("system", ""), Who("token", ""), Who("customer", ""), Who("staff", "ai"), Who("customer", "owner")])
def test_timers_programs_and_customers_have_no_authority(who_: Who) -> None:
    assert decide(an_ask("refund", 1, by_policy=True), who_, default_rules(), Used()).outcome == "approval"


def test_the_ai_never_covers_an_approval_even_where_rules_say_so() -> None:
    assert not covers(an_ask("goodwill", 0), "ai", replace(SMALL, last_word=("ai",)), Used())


@pytest.mark.parametrize("amount", [-1, MOST + 1, 1.5, True])
def test_an_impossible_amount_is_refused(amount: int) -> None:
    ruling = decide(an_ask("goodwill", amount, paid=10**12), who("owner"), SMALL, Used())
    assert (ruling.outcome, ruling.lines[0].code) == ("refused", "amount")


@pytest.mark.parametrize(("amount", "paid"), [(Money(1, "USD"), Money(9)), (Money(1), Money(9, "USD")), (Money(1, "USD"), Money(9, "USD"))])
def test_another_currency_is_refused_and_named(amount: Money, paid: Money) -> None:
    ask = Ask(action="goodwill", amount=amount, customer_id="c", order_no="A", case_no="", order_paid=paid)
    ruling = decide(ask, who("owner"), SMALL, Used())
    assert ruling.outcome == "refused" and "USD" in ruling.lines[0].zh and "CNY" in ruling.lines[0].en


def test_more_than_was_paid_cannot_go_back_whoever_asks() -> None:
    ruling = decide(an_ask("refund", 101, paid=100, by_policy=True), who("owner"), replace(SMALL, two_above_policy=None), Used())
    assert ruling.outcome == "refused" and "¥1.00" in ruling.lines[0].zh
    rest = decide(an_ask("late_return", 60, paid=100), who("owner"), SMALL, Used(order_back=50))
    assert rest.outcome == "refused" and "¥0.50" in rest.lines[0].zh


def test_escalation_names_the_smallest_authority_that_reaches_and_the_last_word_last() -> None:
    assert who_covers(an_ask("goodwill", 30), SMALL, Used()) == ("lead", "owner")
    assert who_covers(an_ask("goodwill", 60), SMALL, Used()) == ("owner",)
    assert who_covers(an_ask("goodwill", 10), SMALL, Used(customer=35)) == ("lead", "owner")
    assert who_covers(an_ask("goodwill", 10), SMALL, Used(shop_day=145)) == ("owner",)


def test_two_people_above_the_bound_even_for_who_may_alone() -> None:
    ruling = decide(an_ask("goodwill", 81), who("owner"), SMALL, Used())
    assert ruling.outcome == "approval" and ruling.two_person and not needs_two(an_ask("goodwill", 80), SMALL)


def test_every_line_speaks_both_languages() -> None:
    ruling = decide(an_ask("compensation_cash", 30, paid=100), who("agent"), SMALL, Used(person_day=5, customer=20))
    assert [(line.code, line.against) for line in ruling.lines] == [
        ("each", True), ("day", False), ("customer", True), ("shop_day", False), ("shop_customer", False),
    ]  # fmt: skip
    assert ruling.lines[2].zh == "现金补偿该客户近 30 天上限 ¥0.40，已用 ¥0.20，这次 ¥0.30：超出。"
    assert ruling.lines[2].en == "Compensation in cash, this customer in 30 days: limit ¥0.40, ¥0.20 used, this is ¥0.30: beyond."


# Rules as data


def with_limit(limit: Limit, role: str = "agent") -> Rules:
    return replace(SMALL, limits={**SMALL.limits, role: {"goodwill": limit}})


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (with_limit(Limit(-1)), "goodwill · each"),
        (with_limit(Limit(MOST + 1)), "goodwill · each"),
        (with_limit(Limit(1.5)), "goodwill · each"),  # type: ignore[arg-type]
        (with_limit(Limit(True)), "goodwill · each"),
        (with_limit(Limit(10, 5)), "每天"),
        (with_limit(Limit(10, None, 5)), "每个客户"),
        (with_limit(Limit(None, 5)), "每天"),
        (with_limit(Limit(None), "ai"), "AI"),
        (with_limit(Limit(1), "nobody"), "nobody"),
        (replace(SMALL, limits={"agent": {"gift": Limit(1)}}), "gift"),  # type: ignore[dict-item]
        (replace(SMALL, currency="USD"), "USD"),
        (replace(SMALL, last_word=()), "最后决定权"),
        (replace(SMALL, last_word=("ai",)), "AI"),
        (replace(SMALL, trusted=("agent", "ai")), "AI"),
        (replace(SMALL, last_word=("ghost",)), "ghost"),
        (replace(SMALL, two_above=-1), "two_above"),
        (replace(SMALL, shop_day=MOST + 1), "shop_day"),
        (replace(SMALL, approval_hours=0), "小时"),
        (replace(SMALL, approval_hours=10_000), "小时"),
    ],
)
def test_limits_that_make_no_sense_are_refused_and_named(rules: Rules, why: str) -> None:
    with pytest.raises(RulesInvalid) as refused:
        check_rules(rules, "CNY", ROLES)
    assert why in refused.value.detail() and refused.value.detail("en")


def test_the_default_rules_are_valid_in_any_currency() -> None:
    for currency in ("CNY", "USD"):
        check_rules(default_rules(currency), currency, [*ROLES, "trainer", "inspector"])


def test_a_change_is_told_line_by_line() -> None:
    before = default_rules()
    after = replace(
        before, limits={**before.limits, "agent": {**before.limits["agent"], "goodwill": Limit(30_00, None, 40_00)}}, full_trust=True
    )
    assert [zh for zh, _ in changes(before, after)] == [
        "客服 · 人情通融 · 每次：¥20.00 → ¥30.00", "客服 · 人情通融 · 每人每天：¥200.00 → 不限", "充分授权：关 → 开",
    ]  # fmt: skip
    assert changes(before, before) == []


def test_the_version_that_took_over_last_is_in_force() -> None:
    day = timedelta(days=1)
    versions = [(START, 1), (START + 5 * day, 2), (START + day, 3), (START + day, 4)]
    assert [in_force(versions, START + n * day) for n in (-1, 0, 1, 4, 5)] == [0, 1, 4, 4, 2]
