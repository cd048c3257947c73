"""Authority told the slow and simple way: everything ever granted in one list, every bound added up anew. And the rules tests use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from xinfu.aftersales.authority import Ask, Limit, Rules
from xinfu.aftersales.authority.contracts import ACTIONS, Action
from xinfu.kit.money import Money

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPENT = {"refund_only", "late_return", "compensation_cash", "compensation_coupon", "compensation_points", "goodwill"}
OF_THE_ORDER = {"refund", "refund_only", "late_return", "price_protection"}

SMALL = Rules(
    limits={
        "agent": {a: Limit(20, 50, 40) for a in ACTIONS},
        "lead": {a: Limit(50, 120, 90) for a in ACTIONS},
        "owner": {a: Limit(100, None, None) for a in ACTIONS},
        "ai": {"refund": Limit(10, 25, 15), "compensation_coupon": Limit(5, 10, 5)},
    },
    two_above=80,
    two_above_policy=90,
    shop_day=150,
    shop_customer=100,
)


@dataclass(frozen=True)
class Grant:
    """Something that was granted."""

    who: str
    action: str
    by_policy: bool
    amount: int
    customer: str
    order: str
    at: datetime


def an_ask(action: Action, amount: int, customer: str = "c1", order: str = "A1", paid: int = 200, by_policy: bool = False) -> Ask:
    return Ask(
        action=action,
        amount=Money(amount),
        customer_id=customer,
        order_no=order,
        case_no="AS1",
        order_paid=Money(paid),
        by_policy=by_policy,
    )


def counts_as(action: str, by_policy: bool) -> str:
    if by_policy:
        return "refund" if action in ("refund_only", "late_return") else action
    return "goodwill" if action in ("refund", "reissue", "price_protection", "freight") else action


def answer(past: list[Grant], new: Grant, role: str, rules: Rules, paid: int) -> str:
    """allowed, approval or refused."""

    def total(*conditions: object) -> int:
        return sum(g.amount for g in past if all(c(g) for c in conditions)) + new.amount  # type: ignore[operator]

    same = lambda g: counts_as(g.action, g.by_policy) == counts_as(new.action, new.by_policy)  # noqa: E731
    spent = lambda g: counts_as(g.action, g.by_policy) in SPENT  # noqa: E731
    today = lambda g: g.at.astimezone(SHANGHAI).date() == new.at.astimezone(SHANGHAI).date()  # noqa: E731
    recent = lambda g: g.customer == new.customer and g.at > new.at - timedelta(days=30)  # noqa: E731
    order = lambda g: g.order == new.order  # noqa: E731
    if new.action in OF_THE_ORDER and total(order, lambda g: g.action in OF_THE_ORDER) > paid:
        return "refused"
    discretion = counts_as(new.action, new.by_policy) in SPENT
    two = rules.two_above if discretion and not rules.full_trust else rules.two_above_policy
    if two is not None and new.amount > two:
        return "approval"
    if rules.full_trust and role in rules.trusted:
        return "allowed" if total(order) <= paid else "approval"
    limit = rules.limits.get(role, {}).get(counts_as(new.action, new.by_policy), Limit())  # type: ignore[call-overload]
    sums = [
        (new.amount, limit.each),
        (total(same, today, lambda g: g.who == new.who), limit.day),
        (total(same, recent), limit.customer),
    ]
    if discretion:
        sums += [(total(spent, today), rules.shop_day), (total(spent, recent), rules.shop_customer)]
    return "allowed" if all(bound is None or amount <= bound for amount, bound in sums) else "approval"
