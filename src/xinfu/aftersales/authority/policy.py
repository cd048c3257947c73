"""Pure decisions on authority: may this be granted by this person, given what was granted already; who could say yes instead."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from xinfu.aftersales.authority.contracts import ACTIONS, DISCRETION, MONEY_BACK, Action, Ask, Limit, Person, Reason, Rules, Ruling, Used
from xinfu.aftersales.authority.errors import RulesInvalid
from xinfu.aftersales.authority.words import ACTION_WORDS, listed, role_words
from xinfu.kit.money import Money

CUSTOMER_DAYS = 30
MOST = 10_000_000_00  # no single amount or limit is larger: beyond it someone mistyped
MAX_HOURS = 24 * 30
AI = "ai"


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever wants to grant it. People, the command line and the AI have authority; programs, customers and timers have none."""

    kind: str
    role: str

    @property
    def authority_role(self) -> str:
        if self.kind == "ai":
            return AI
        return self.role if self.kind in ("staff", "system") and self.role != AI else ""


def decide(ask: Ask, who: Who, rules: Rules, used: Used) -> Ruling:
    """Pure. `roles` of an approval are those whose own limits reach so far; the caller adds the people."""
    wrong = _impossible(ask, rules, used)
    if wrong:
        return Ruling("refused", ask, tuple(wrong))
    lines = _bounds(ask, who.authority_role, rules, used)
    two = needs_two(ask, rules)
    if two:
        bound = Money(_two_bound(ask, rules) or 0, rules.currency)
        lines.append(Reason("two_person", f"超过 {bound}，要两个人同意。", f"Above {bound}: two people have to agree.", True))
    if not any(line.against for line in lines):
        return Ruling("allowed", ask, tuple(lines))
    return Ruling("approval", ask, tuple(lines), roles=who_covers(ask, rules, used), two_person=two)


def covers(ask: Ask, role: str, rules: Rules, used: Used) -> bool:
    """Could someone of this role give the final yes to it? `used.person_day` is theirs."""
    if role in ("", AI):
        return False
    return role in rules.last_word or not any(line.against for line in _bounds(ask, role, rules, used))


def who_covers(ask: Ask, rules: Rules, used: Used) -> tuple[str, ...]:
    """Roles that could approve it, the smallest authority first; the last word comes last."""
    fresh = replace(used, person_day=0)
    able = [role for role in rules.limits if role not in rules.last_word and covers(ask, role, rules, fresh)]
    return (*sorted(able, key=lambda role: (_size(rules, role, ask.counts_as), role)), *rules.last_word)


def needs_two(ask: Ask, rules: Rules) -> bool:
    bound = _two_bound(ask, rules)
    return bound is not None and ask.amount.minor > bound


def may_vote(two_person: bool, covers_it: bool, before: Collection[bool]) -> bool:
    """May this yes be counted? `before`: for each earlier yes whether it had the authority. One of two must have it."""
    if covers_it:
        return True
    return two_person and not before


def complete(two_person: bool, votes: Collection[bool]) -> bool:
    return len(votes) >= (2 if two_person else 1) and any(votes)


def in_force(versions: Iterable[tuple[datetime, int]], now: datetime) -> int:
    """The version that took over last; of two for the same moment the later one. 0 when none has yet."""
    return max((v for v in versions if v[0] <= now), default=(now, 0))[1]


# Why


def _impossible(ask: Ask, rules: Rules, used: Used) -> list[Reason]:
    amount, paid = ask.amount, ask.order_paid
    if amount.currency != rules.currency or paid.currency != rules.currency:
        other = amount.currency if amount.currency != rules.currency else paid.currency
        said = f"额度按 {rules.currency} 计，这笔是 {other}。", f"Limits are in {rules.currency}; this is {other}."
        return [Reason("currency", *said, True)]
    if type(amount.minor) is not int or not 0 <= amount.minor <= MOST or paid.minor < 0:
        return [Reason("amount", "金额不对。", "The amount is not possible.", True)]
    if ask.action in MONEY_BACK and used.order_back + amount.minor > paid.minor:
        left = Money(max(0, paid.minor - used.order_back), rules.currency)
        said = f"订单实付 {paid}，最多还能退 {left}。", f"The order was paid {paid}; at most {left} can go back."
        return [Reason("more_than_paid", *said, True)]
    return []


def _bounds(ask: Ask, role: str, rules: Rules, used: Used) -> list[Reason]:
    """Every limit it is held against, line by line."""
    money = _money(rules)
    if rules.full_trust and role in rules.trusted and role != AI:
        return [
            _bound("trust", "充分授权：整单实付", "Full trust: what the order was paid", used.order_trust, ask, ask.order_paid.minor, money)
        ]
    action = ask.counts_as
    limit = rules.limits.get(role, {}).get(action, Limit())
    zh, en = ACTION_WORDS[action]
    if limit.each == 0 and ask.amount:
        said = f"你的角色没有“{zh}”的额度。", f"Your role has no authority for: {en}."
        return [Reason("none", *said, True)]
    lines = [
        _bound("each", f"{zh}每次", f"{en.capitalize()}, each", 0, ask, limit.each, money),
        _bound("day", f"{zh}你今天", f"{en.capitalize()}, you today", used.person_day, ask, limit.day, money),
        _bound(
            "customer", f"{zh}该客户近 {CUSTOMER_DAYS} 天", f"{en.capitalize()}, this customer in {CUSTOMER_DAYS} days", used.customer,
            ask, limit.customer, money,
        ),
    ]  # fmt: skip
    if action in DISCRETION:
        told = "酌情给予，全店今天", "At discretion, the whole shop today"
        lines.append(_bound("shop_day", *told, used.shop_day, ask, rules.shop_day, money))
        told = f"酌情给予，该客户近 {CUSTOMER_DAYS} 天", f"At discretion, this customer in {CUSTOMER_DAYS} days"
        lines.append(_bound("shop_customer", *told, used.shop_customer, ask, rules.shop_customer, money))
    return lines


def _bound(code: str, zh: str, en: str, used: int, ask: Ask, limit: int | None, money: Callable[[int], Money]) -> Reason:
    if limit is None:
        return Reason(code, f"{zh}：不限。", f"{en}: no limit.")
    against = used + ask.amount.minor > limit
    after = f"，已用 {money(used)}" if used else ""
    after_en = f", {money(used)} used" if used else ""
    verdict, verdict_en = ("超出", "beyond") if against else ("可以", "within")
    return Reason(
        code,
        f"{zh}上限 {money(limit)}{after}，这次 {ask.amount}：{verdict}。",
        f"{en}: limit {money(limit)}{after_en}, this is {ask.amount}: {verdict_en}.",
        against,
    )


def _money(rules: Rules) -> Callable[[int], Money]:
    return lambda minor: Money(minor, rules.currency)


def _two_bound(ask: Ask, rules: Rules) -> int | None:
    return rules.two_above_policy if rules.full_trust or ask.counts_as not in DISCRETION else rules.two_above


def _size(rules: Rules, role: str, action: Action) -> int:
    each = rules.limits[role].get(action, Limit()).each
    return MOST if each is None else each


# Rules as data


def check_rules(rules: Rules, currency: str, roles: Collection[str]) -> None:
    """Raises RulesInvalid that names the first thing wrong. `roles`: those there are."""
    if rules.currency != currency:
        raise RulesInvalid(why=f"店铺用 {currency}，这里是 {rules.currency}", why_en=f"the shop uses {currency}, this is {rules.currency}")
    for role in (*rules.limits, *rules.last_word, *rules.trusted):
        if role not in roles:
            raise RulesInvalid(why=f"没有角色 {role[:40]}", why_en=f"there is no role {role[:40]}")
    for role, actions in rules.limits.items():
        for action, limit in actions.items():
            if action not in ACTIONS:
                raise RulesInvalid(why=f"没有动作 {action[:40]}", why_en=f"there is no action {action[:40]}")
            _check_limit(role, action, limit)
    for name in ("two_above", "two_above_policy", "shop_day", "shop_customer"):
        _check_amount(name, getattr(rules, name))
    if not rules.last_word or AI in (*rules.last_word, *rules.trusted):
        raise RulesInvalid(
            why="最后决定权要给至少一个人的角色，不能给 AI", why_en="the last word belongs to a role of people, never to the AI"
        )
    if not 1 <= rules.approval_hours <= MAX_HOURS:
        raise RulesInvalid(why=f"审批时限 1–{MAX_HOURS} 小时", why_en=f"approvals last 1 to {MAX_HOURS} hours")


def _check_limit(role: str, action: Action, limit: Limit) -> None:
    for name in ("each", "day", "customer"):
        _check_amount(f"{role} · {action} · {name}", getattr(limit, name))
    if role == AI and limit.each is None:
        raise RulesInvalid(why="AI 的每次额度不能不限", why_en="the AI cannot be without a limit")
    for name in ("day", "customer"):
        bound: int | None = getattr(limit, name)
        if bound is not None and (limit.each is None or bound < limit.each):
            said = f"{role} · {action}：每次的额度比{'每天' if name == 'day' else '每个客户'}的还大"
            raise RulesInvalid(why=said, why_en=f"{role} · {action}: the limit of each is larger than that of the {name}")


def _check_amount(name: str, amount: object) -> None:
    if amount is None:
        return
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= MOST:
        most = Money(MOST, "").plain()
        raise RulesInvalid(why=f"{name} 要在 0 到 {most} 之间、最小到分", why_en=f"{name} is from 0 to {most}, in whole cents")


def default_rules(currency: str = "CNY") -> Rules:
    """The classic ladder: 20, 50, 100 at discretion; more for what the policy grants anyway; a little for the AI."""
    ladder = {"agent": (20_00, 200_00, 40_00), "specialist": (20_00, 400_00, 40_00), "lead": (50_00, 1_000_00, 100_00)}
    policy = {"agent": (500_00, 5_000_00), "specialist": (2_000_00, 20_000_00), "lead": (5_000_00, 50_000_00)}
    freight = {"agent": (30_00, 300_00), "specialist": (60_00, 600_00), "lead": (200_00, 2_000_00)}
    limits: dict[str, dict[Action, Limit]] = {
        role: {a: Limit(*ladder[role]) if a in DISCRETION else Limit(*(freight if a == "freight" else policy)[role]) for a in ACTIONS}
        for role in ladder
    }
    limits["owner"] = {a: Limit(100_00, None, 200_00) if a in DISCRETION else Limit(None, None, None) for a in ACTIONS}
    limits[AI] = {
        "refund": Limit(100_00, 2_000_00, 200_00),
        "price_protection": Limit(20_00, 400_00, 40_00),
        "reissue": Limit(50_00, 500_00, 100_00),
        "freight": Limit(15_00, 300_00, 30_00),
        "compensation_coupon": Limit(10_00, 200_00, 10_00),
        "compensation_points": Limit(5_00, 200_00, 10_00),
    }
    return Rules(currency=currency, limits=limits)


def changes(before: Rules, after: Rules) -> list[tuple[str, str]]:
    """What saving it would change, line by line, in both languages."""
    out: list[tuple[str, str]] = []
    for role in dict.fromkeys((*before.limits, *after.limits)):
        for action in ACTIONS:
            was, now = (rules.limits.get(role, {}).get(action, Limit()) for rules in (before, after))
            for name, zh, en in _PARTS:
                old, new = getattr(was, name), getattr(now, name)
                if old != new:
                    of = [" · ".join(words) for words in zip(role_words(role), ACTION_WORDS[action], (zh, en), strict=True)]
                    out.append(_told((of[0], of[1]), old, new, _shown(after.currency)))
    for name, zh, en in _SINGLE:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            out.append(_told((zh, en), old, new, _shown(after.currency) if name in _AMOUNTS else _plain))
    return out


def _told(of: tuple[str, str], old: Any, new: Any, show: Callable[[Any], tuple[str, str]]) -> tuple[str, str]:
    (old_zh, old_en), (new_zh, new_en) = show(old), show(new)
    return f"{of[0]}：{old_zh} → {new_zh}", f"{of[1]}: {old_en} → {new_en}"


_PARTS = (("each", "每次", "each"), ("day", "每人每天", "per day"), ("customer", "每客户 30 天", "per customer in 30 days"))
_AMOUNTS = ("two_above", "two_above_policy", "shop_day", "shop_customer")
_SINGLE = (
    ("full_trust", "充分授权", "Full trust"),
    ("trusted", "充分授权的角色", "Trusted roles"),
    ("last_word", "最后决定权", "The last word"),
    ("two_above", "酌情给予超过此数要两人同意", "At discretion, two people above"),
    ("two_above_policy", "规则内超过此数要两人同意", "By the policy, two people above"),
    ("shop_day", "全店每天酌情合计", "The whole shop's discretion per day"),
    ("shop_customer", "每客户 30 天酌情合计", "Discretion per customer in 30 days"),
    ("approval_hours", "审批时限（小时）", "Hours an approval waits"),
)


def _shown(currency: str) -> Callable[[int | None], tuple[str, str]]:
    return lambda minor: ("不限", "no limit") if minor is None else (str(Money(minor, currency)),) * 2


def _plain(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("开", "on") if value else ("关", "off")
    return listed(value) if isinstance(value, tuple) else (str(value), str(value))


def people_who(people: Iterable[Person], roles: Collection[str], two_person: bool, besides: Collection[str]) -> tuple[Person, ...]:
    """Of those who hold the right to approve, who could say yes: for two-person approvals everyone, as the first of two may be anyone."""
    return tuple(p for p in people if p.id not in besides and p.role != AI and (two_person or p.role in roles))
