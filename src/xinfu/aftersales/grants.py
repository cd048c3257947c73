"""Reading what a person types as a grant or an amount, and holding it against the pack's caps. Pure: exact money, or a refusal."""

from xinfu.aftersales.contracts import Grant, GrantKind
from xinfu.aftersales.errors import AmountInvalid, AmountMissing, AmountTooHigh
from xinfu.aftersales.packs import CompensationRule
from xinfu.kit.money import Money
from xinfu.kit.text import clean

LARGEST = 10**11
"""A thousand million yuan in minor units: nothing a shop grants comes near, and every column holds it."""


def amount_of(text: str, currency: str, *, least: int = 1) -> Money:
    """A positive amount, exact to the cent. Raises AmountInvalid."""
    try:
        amount = Money.parse(clean(text)[:40], currency)
    except ValueError as e:
        raise AmountInvalid(why="要写成 20 或 20.50 这样的数", why_en="write it like 20 or 20.50") from e
    if not least <= amount.minor <= LARGEST:
        raise AmountInvalid(why="要大于零，也不能大得离谱", why_en="above zero, and not beyond reason")
    return amount


def grant_of(what: GrantKind | None, text: str, currency: str, rule: CompensationRule, left: Money) -> Grant:
    """What is granted, within the pack's caps; cash also within what is left of the order.

    Raises AmountMissing, AmountInvalid, AmountTooHigh.
    """
    if what is None or not clean(text):
        raise AmountMissing
    if what == "points":
        return _points(text, rule)
    amount = amount_of(text, currency)
    cap = rule.coupon_max if what == "coupon" else rule.cash_max
    if cap.currency != currency:
        raise AmountInvalid(why="规则包的币种和订单不同", why_en="the policy pack has another currency than the order")
    most = cap if what == "coupon" or cap <= left else left
    if most < amount:
        raise AmountTooHigh(most=str(most))
    return Grant(what, amount.minor)


def worth(grant: Grant, currency: str, rule: CompensationRule) -> Money:
    """What the house gives away with it: points by the pack's rate, rounded up."""
    if grant.what != "points":
        return Money(grant.amount, currency)
    return Money(-(-grant.amount * 100 // rule.points_per_unit), currency)


def words(grant: Grant, currency: str) -> tuple[str, str]:
    if grant.what == "points":
        return f"{grant.amount} 积分", f"{grant.amount} points"
    amount = Money(grant.amount, currency)
    return (f"{amount} 优惠券", f"a coupon of {amount}") if grant.what == "coupon" else (f"{amount}", f"{amount}")


def _points(text: str, rule: CompensationRule) -> Grant:
    given = clean(text)
    if not (given.isascii() and given.isdigit() and len(given) <= 9) or int(given) == 0:
        raise AmountInvalid(why="积分要写成正整数", why_en="points are a whole number above zero")
    if int(given) > rule.points_max:
        raise AmountTooHigh(most=f"{rule.points_max} 积分")
    return Grant("points", int(given))
