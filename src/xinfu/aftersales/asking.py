"""Pure rules about how a case is asked for, beside whether it may be: which kinds a shop offers, once an order, by which payment method."""

from collections.abc import Callable, Sequence

from xinfu.aftersales.contracts import Facts, LineFacts, Verdict, Wish
from xinfu.aftersales.packs import RequestRule
from xinfu.commerce import named_method
from xinfu.commerce.operations_errors import BalanceTooLow
from xinfu.kit.money import Money

type Say = Callable[[str, str, str, str, Verdict], None]
"""Adds one line to the explanation: code, clause, zh, en, verdict."""


def offered(wish: Wish, facts: Facts, rule: RequestRule, say: Say) -> bool:
    """Does the shop offer this at all, and was nothing asked for before where only one case is allowed?"""
    if rule.kinds and wish.kind not in rule.kinds:
        say("not_offered", rule.clause, "这家店不提供这种售后。", "This shop does not offer that.", "refused")
    elif rule.once and facts.asked_before:
        say(
            "asked_before",
            rule.clause,
            "这个订单已经申请过退换，只能申请一次。",
            "A return or exchange of this order was already asked for; that is possible once.",
            "refused",
        )
    else:
        return True
    return False


def settled(wish: Wish, items: Sequence[tuple[LineFacts, int, str]], facts: Facts, rule: RequestRule, say: Say) -> Money | None:
    """What an exchange costs more (or, below nothing, less), settled by the payment method named; None where nobody settles it here.

    Raises MethodMissing, MethodUnknown, BalanceTooLow.
    """
    if not rule.own_method or wish.kind not in ("return", "exchange"):
        return None
    method = named_method(wish.refund_to, facts.methods)
    if wish.kind == "return":
        if method.balance is None and method.reference not in facts.paid_by:
            say(
                "refund_to_other",
                rule.clause,
                "退款只能退回原支付方式，或客户已有的礼品卡。",
                "The refund goes to the way it was paid or to a gift card of the customer, nothing else.",
                "refused",
            )
        return None
    if rule.other_variant and any(not to_sku or to_sku.upper() == line.sku.upper() for line, _, to_sku in items):
        words = "要换成同一商品的另一个款式。", "It is exchanged for another variant of the same product."
        say("same_variant", rule.clause, *words, "refused")
    costs = ((facts.targets.get(to_sku.upper(), line.price) - line.price) * quantity for line, quantity, to_sku in items)
    difference = sum(costs, facts.total.zero())
    if method.balance is not None and method.balance < difference:
        raise BalanceTooLow
    if difference:
        zh, en = ("补", "is to be paid") if facts.total.zero() < difference else ("退", "goes back")
        told = Money(abs(difference.minor), difference.currency)
        words = f"差价{zh} {told}，用所选的支付方式。", f"The difference of {told} {en} by the payment method named."
        say("difference", rule.clause, *words, "allowed")
    return difference
