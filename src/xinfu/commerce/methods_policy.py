"""Pure decisions about money and the customer's own payment methods: which one pays or gets a difference, whether a gift card holds enough,
and what is there at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from xinfu.commerce import operations_errors as no
from xinfu.commerce.operations_contracts import MoneyEffect, OrderState, RefundPart, Sentence
from xinfu.commerce.ports import Method
from xinfu.commerce.rules import OrderRules
from xinfu.kit.money import Money

type Methods = Mapping[str, Method]


def named(reference: str, methods: Methods) -> Method:
    """The customer's payment method of this name. Raises MethodMissing, MethodUnknown."""
    if not reference:
        raise no.MethodMissing
    if reference not in methods:
        raise no.MethodUnknown
    return methods[reference]


def covers(method: Method, amount: Money) -> None:
    """Raises BalanceTooLow when it is a gift card that holds less, CurrencyDiffers when it holds other money."""
    if method.balance is None:
        return
    if method.balance.currency != amount.currency:
        raise no.CurrencyDiffers
    if method.balance < amount:
        raise no.BalanceTooLow


def by_method(money: MoneyEffect, method: Method) -> MoneyEffect:
    """The same effect, settled by this one payment method at once. Raises what covers raises."""
    if money.charge:
        covers(method, money.charge)
        return replace(money, charged_to=method.reference)
    if money.refund:
        return replace(money, parts=(RefundPart(method.reference, money.refund),))
    return money


def paid_again(order: OrderState, reference: str, methods: Methods) -> MoneyEffect:
    """The whole sum by another payment method, and back the way it came. Raises PaidSeveralWays, SameMethod, and what named raises."""
    came = [p for p in order.payments if p.state != "void"]
    if len(came) != 1 or came[0].kind != "payment" or came[0].state != "done":
        raise no.PaidSeveralWays
    method, first = named(reference, methods), came[0]
    if method.reference == first.method:
        raise no.SameMethod
    covers(method, first.amount)
    return MoneyEffect(first.amount, first.amount, order.total, (RefundPart(first.method, first.amount),), method.reference)


def timed(money: MoneyEffect, methods: Methods) -> MoneyEffect:
    """The same effect, with what goes to a gift card there at once."""
    parts = tuple(replace(part, at_once=part.method in methods and methods[part.method].balance is not None) for part in money.parts)
    return replace(money, parts=parts)


def moves(money: MoneyEffect, methods: Methods) -> Iterator[tuple[str, Money]]:
    """What is put on gift cards, and (negative) taken off them."""
    if money.charged_to and methods[money.charged_to].balance is not None:
        yield money.charged_to, -money.charge
    for part in money.parts:
        if part.at_once:
            yield part.method, part.amount


def told(money: MoneyEffect, methods: Methods, rules: OrderRules) -> Iterator[Sentence]:
    """What is paid and what comes back, by which method and when."""
    if money.charge and money.charged_to:
        zh, en = _name(money.charged_to, methods)
        yield Sentence("charge", f"从{zh}支付 {money.charge}。", f"{money.charge} is paid by {en}.")
    for part in money.parts:
        zh, en = _name(part.method, methods)
        if part.at_once:
            yield Sentence("refund_at_once", f"{part.amount} 立即退到{zh}。", f"{part.amount} is back on {en} at once.")
        elif rules.refund_days:
            least, most = rules.refund_days
            yield Sentence(
                "refund_days",
                f"{part.amount} 退到{zh}，{least}～{most} 个工作日到账。",
                f"{part.amount} goes back to {en} within {least} to {most} business days.",
            )


def _name(reference: str, methods: Methods) -> tuple[str, str]:
    kind = methods[reference].kind if reference in methods else ""
    return _KINDS.get(kind, ("原支付方式", "the way it was paid"))


_KINDS = {
    "gift_card": ("礼品卡", "the gift card"),
    "credit_card": ("信用卡", "the credit card"),
    "paypal": (" PayPal ", "PayPal"),
    "alipay": ("支付宝", "Alipay"),
    "wechat": ("微信", "WeChat Pay"),
    "bank": ("银行账户", "the bank account"),
}
