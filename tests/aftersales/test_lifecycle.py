"""The life of a case, pure: whatever is tried in whatever order, nothing is paid twice and nobody does what is not theirs."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from xinfu.aftersales import errors, lifecycle
from xinfu.aftersales.contracts import Kind, State
from xinfu.aftersales.lifecycle import CARE, COUNTS, LIVE, OVER, STATES, Role, Standing, Step

KINDS: tuple[Kind, ...] = get_args(Kind.__value__)
STEPS: tuple[Step, ...] = get_args(Step.__value__)
ROLES: tuple[Role, ...] = get_args(Role.__value__)
HAPPY: dict[str, tuple[Step, ...]] = {
    "return": ("accept", "scanned", "arrived", "inspected", "paid"),
    "exchange": ("accept", "scanned", "arrived", "inspected", "sent"),
    "repair": ("accept", "scanned", "arrived", "inspected", "repaired", "sent"),
    "refund_only": ("accept", "paid"),
    "price_protection": ("accept", "paid"),
    "reissue": ("accept", "sent"),
    "compensation": ("accept", "granted"),
    "goodwill": ("accept", "granted"),
    "dispute": ("accept", "closed"),
    "adverse_reaction": ("accept", "closed"),
}


def of(kind: Kind, state: State = "open", **more: object) -> Standing:
    money = 8900 if kind in ("return", "refund_only", "price_protection") else 0
    grant = "points" if kind in ("compensation", "goodwill") else ""
    return Standing(kind, state, money, grant=grant, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_comes_through_the_states_its_path_names(kind: Kind) -> None:
    standing, seen = of(kind), ["open"]
    for taken in HAPPY[kind]:
        standing = lifecycle.after(standing, lifecycle.step(standing, taken), taken)
        seen.append(standing.state)
    assert tuple(seen) == lifecycle.path(kind, "points" if kind in ("compensation", "goodwill") else "")
    assert standing.paid == standing.total and standing.state == "done"


def test_cash_as_compensation_is_money_of_the_order() -> None:
    standing = Standing("compensation", "open", 2000)
    assert lifecycle.step(standing, "accept").pay == 2000 and lifecycle.path("compensation", "cash") == ("open", "refunding", "done")


def test_an_early_refund_is_taken_off_what_is_paid_at_the_end() -> None:
    standing = of("return", "awaiting_goods")
    move = lifecycle.step(standing, "scanned", amount=5000)
    standing = lifecycle.after(standing, move, "scanned")
    assert (move.pay, standing.state, standing.paid) == (5000, "returning", 5000)
    assert lifecycle.step(standing, "paid").to == "returning"  # the early money arrives, the goods do not
    standing = lifecycle.after(standing, lifecycle.step(standing, "arrived"), "arrived")
    assert lifecycle.step(standing, "inspected").pay == 3900
    with pytest.raises(errors.StateForbids):
        lifecycle.step(standing, "rejected")  # paid already: a person settles it another way


def test_a_lost_parcel_asks_the_early_money_back_once() -> None:
    standing = Standing("return", "returning", 8900, 5000)
    move = lifecycle.step(standing, "lost")
    standing = lifecycle.after(standing, move, "lost")
    assert (move.claw_back, standing.state, standing.was) == (5000, "stuck", "returning")
    standing = lifecycle.after(standing, lifecycle.step(standing, "retry"), "retry")
    assert lifecycle.step(standing, "lost").claw_back == 0


@given(st.sampled_from(KINDS), st.sampled_from(list(STATES)), st.sampled_from(STEPS), st.sampled_from(ROLES))
def test_what_may_not_be_done_is_refused_and_what_is_offered_works(kind: Kind, state: State, taken: Step, role: Role) -> None:
    standing = of(kind, state, was="returning" if state == "stuck" else "")
    if lifecycle.may(role, standing, taken):
        lifecycle.step(standing, taken)
    elif state not in lifecycle.FROM[taken]:
        with pytest.raises(errors.StateForbids):
            lifecycle.step(standing, taken)
    assert all(lifecycle.may(role, standing, offered) for offered in lifecycle.offered(role, standing))


@given(st.sampled_from(KINDS), st.sampled_from(list(STATES)), st.sampled_from(STEPS))
def test_a_machine_never_refuses_and_a_customer_never_grants(kind: Kind, state: State, taken: Step) -> None:
    standing = of(kind, state)
    if taken in ("decline", "rejected"):
        assert not lifecycle.may("house", standing, taken)
    if taken in ("accept", "approved", "remedied", "closed", "settled", "inspected", "decline"):
        assert not lifecycle.may("customer", standing, taken)


def test_every_state_has_words_and_is_over_or_alive() -> None:
    assert set(STATES) == set(get_args(State.__value__)) and not OVER & LIVE and set(STATES) == OVER | LIVE and COUNTS >= LIVE
    assert set(lifecycle.FROM) == set(lifecycle.WHO) == set(STEPS)


class AnyOrder(RuleBasedStateMachine):
    """One case through any steps with any early refunds and remedies: money out is never more than the total, nor the total twice."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = of("return")
        self.out = self.back = 0
        self.grants = 0

    @rule(kind=st.sampled_from(KINDS), total=st.integers(0, 10**9))
    def begin(self, kind: Kind, total: int) -> None:
        if self.standing.state in OVER or (self.standing.state == "open" and not self.out):
            self.standing = Standing(kind, "open", total if kind not in CARE else 0)
            self.out = self.back = 0

    @rule(taken=st.sampled_from(STEPS), early=st.integers(-10, 10**10))
    def take(self, taken: Step, early: int) -> None:
        before = self.standing
        try:
            move = lifecycle.step(before, taken, amount=early)
        except errors.StateForbids:
            assert self.standing == before
            return
        assert move.pay >= 0 and move.claw_back >= 0
        self.out += move.pay
        self.back += move.claw_back
        self.standing = lifecycle.after(before, move, taken)

    @precondition(lambda self: self.standing.state == "handling" and self.standing.kind in CARE)
    @rule(amount=st.integers(1, 10**6))
    def remedy(self, amount: int) -> None:
        self.standing = Standing(self.standing.kind, "handling", self.standing.total + amount, self.standing.paid)
        self.take("remedied", 0)

    @invariant()
    def no_more_goes_out_than_was_agreed(self) -> None:
        assert self.out == self.standing.paid <= self.standing.total and self.back <= self.out

    @invariant()
    def what_ends_without_a_yes_has_paid_nothing_that_was_not_asked_back(self) -> None:
        if self.standing.state in ("declined", "withdrawn"):
            assert self.out - self.back <= 0


TestAnyOrder = AnyOrder.TestCase
