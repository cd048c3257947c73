"""Pure decisions about order operations: may this be done to this order now, what will happen, and what it does to the money.

`judge` takes an order frozen at one moment and returns a Plan, or raises the refusal that names what stands in the way.
Sentences never hold more of a person's data than staff's masked view shows.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from xinfu.commerce import methods_policy
from xinfu.commerce import operations_errors as no
from xinfu.commerce.operations_contracts import (
    AskInvoice,
    Cancel,
    ChangeAddress,
    ChangeInvoice,
    ChangeItems,
    ChangeNote,
    ChangePayment,
    Changes,
    Hold,
    Inputs,
    Intercept,
    InvoiceDetails,
    LineChange,
    MoneyEffect,
    Operation,
    OrderState,
    RefundPart,
    Reissue,
    Release,
    Review,
    Sentence,
    UrgeParcel,
    UrgePayment,
    VariantState,
)
from xinfu.commerce.policy import is_gift
from xinfu.commerce.ports import Method
from xinfu.commerce.rules import NO_RULES, OrderRules
from xinfu.identity.contracts import Permission
from xinfu.kit.masking import mask_address, mask_name, mask_phone
from xinfu.kit.money import Money
from xinfu.kit.postal import one_line

CARRIER_ANSWERS_IN = timedelta(hours=24)
URGE_PAYMENT_EVERY = timedelta(hours=24)
"""One reminder to pay per buyer and shop in a day, the trade's own rule."""
QUIET_FROM, QUIET_TO = 21, 8

P = Permission
PERMISSION: dict[Operation, Permission] = {
    "review": P.ORDERS_REVIEW,
    "hold": P.ORDERS_REVIEW,
    "release": P.ORDERS_REVIEW,
    "intercept": P.ORDERS_REVIEW,
    "cancel": P.ORDERS_CANCEL,
    "change_address": P.ORDERS_MODIFY,
    "change_note": P.ORDERS_MODIFY,
    "change_items": P.ORDERS_REPRICE,
    "change_payment": P.ORDERS_REPRICE,
    "urge_payment": P.ORDERS_URGE,
    "urge_parcel": P.ORDERS_URGE,
    "reissue": P.ORDERS_REISSUE,
    "invoice": P.ORDERS_INVOICE,
    "change_invoice": P.ORDERS_INVOICE,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a decision needs beside the order: the moment, the shop's zone, the variants named, and what was done before."""

    now: datetime
    zone: ZoneInfo
    variants: Mapping[str, VariantState] = field(default_factory=dict)
    payment_urged_at: datetime | None = None
    """When this buyer was last reminded to pay any order of the shop."""
    parcel_answer_by: datetime | None = None
    """Until when the answer to the last urge of this order's parcels is awaited."""
    sent_again: Mapping[int, int] = field(default_factory=dict)
    """Units already sent again, by line."""
    rules: OrderRules = NO_RULES
    methods: Mapping[str, Method] = field(default_factory=dict)
    """The customer's own payment methods, by reference."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done. `history` is how the order's history tells it afterwards."""

    lines: tuple[Sentence, ...]
    money: MoneyEffect
    changes: Changes
    history: Sentence
    warnings: tuple[Sentence, ...] = ()
    answer_by: datetime | None = None


def judge(order: OrderState, asked: Inputs, around: Surroundings) -> Plan:
    """What `asked` will do to `order`. Raises one refusal of operations_errors when it may not be done."""
    if asked.operation in around.rules.never:
        raise no.NotOffered
    decide: Callable[[OrderState, Any, Surroundings], Plan] = _DECIDE[type(asked)]
    return decide(order, asked, around)


def token_of(order: OrderState, asked: Inputs, money: MoneyEffect) -> str:
    """Stands for one operation on one version of the order with one effect on money; anything else has another token."""
    told = msgspec.json.encode([order.id, order.version, msgspec.to_builtins(asked), msgspec.to_builtins(money)], order="sorted")
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def dispatched(order: OrderState) -> bool:
    """Has any of it left the house?"""
    gone = order.status in ("shipped", "out_for_delivery", "delivered", "completed", "returned")
    return gone or any(parcel.scans for parcel in order.parcels)


def refund_parts(order: OrderState, amount: Money) -> tuple[RefundPart, ...]:
    """Split a refund over the ways the order was paid, first paid first; never more back to one way than came that way.

    Adds up to `amount`, which must not exceed what is refundable.
    """
    parts: list[RefundPart] = []
    for method, left in _left_by_method(order).items():
        take = min(left.minor, amount.minor)
        if take > 0:
            parts.append(RefundPart(method, Money(take, amount.currency)))
            amount = amount - parts[-1].amount
    if amount:
        raise ValueError("more than is refundable")
    return tuple(parts)


def _left_by_method(order: OrderState) -> dict[str, Money]:
    """What came in by each way and did not go back. A refund to a way that never paid counts against the others in turn."""
    left: dict[str, int] = {}
    for p in order.payments:
        if p.kind == "payment" and p.state == "done":
            left[p.method] = left.get(p.method, 0) + p.amount.minor
    over = 0
    for p in order.payments:
        if p.kind == "refund" and p.state != "void":
            take = min(left.get(p.method, 0), p.amount.minor)
            over += p.amount.minor - take
            if take:
                left[p.method] -= take
    for method in left:
        take = min(left[method], over)
        left[method], over = left[method] - take, over - take
    return {method: Money(minor, order.total.currency) for method, minor in left.items()}


# One decision per operation


def _review(order: OrderState, asked: Review, around: Surroundings) -> Plan:
    _in_the_house(order)
    _paid(order)
    if order.held_at:
        raise no.OrderHeld
    if order.reviewed_at:
        raise no.AlreadyReviewed
    return _plan(order, _s("review", "审核通过，订单可以发货。", "The order is approved and may be sent."), Changes(reviewed=True),
        _s("review", "已审单" + _tail(asked.note), "Reviewed" + _tail(asked.note, ": ")))  # fmt: skip


def _hold(order: OrderState, asked: Hold, around: Surroundings) -> Plan:
    _in_the_house(order)
    if order.held_at:
        raise no.OrderHeld
    changes = Changes(held=True, hold_reason=asked.reason)
    return _plan(order, _s("hold", "订单暂停发货，直到有人解除。", "The order is kept here until someone releases it."), changes,
        _s("hold", "已暂停发货" + _tail(asked.reason), "Put on hold" + _tail(asked.reason, ": ")))  # fmt: skip


def _release(order: OrderState, asked: Release, around: Surroundings) -> Plan:
    _in_the_house(order)
    if not order.held_at:
        raise no.NotHeld
    return _plan(order, _s("release", "恢复发货。", "The order may be sent again."), Changes(held=False),
        _s("release", "已恢复发货", "Released from hold"))  # fmt: skip


def _intercept(order: OrderState, asked: Intercept, around: Surroundings) -> Plan:
    _alive(order)
    if not dispatched(order):
        raise no.NotDispatchedYet
    if order.status not in ("shipped", "out_for_delivery", "packed", "paid"):
        raise no.NotOnTheWay
    if order.intercept_at:
        raise no.AlreadyIntercepting
    by = around.now + CARRIER_ANSWERS_IN
    zh, en = _when(by, around)
    told = _s("intercept", f"请快递把包裹截回，{zh}前有答复。截回之前不退款。",
        f"The carrier is asked to bring the parcel back and answers by {en}. No refund before it is back.")  # fmt: skip
    warning = _s("intercept_uncertain", "快递不一定截得住。", "The carrier may not manage to stop it.")
    return _plan(order, told, Changes(intercepting=True), _s("intercept", "已请快递拦截包裹" + _tail(asked.reason),
        "Carrier asked to bring the parcel back" + _tail(asked.reason, ": ")), (warning,), answer_by=by)  # fmt: skip


def _cancel(order: OrderState, asked: Cancel, around: Surroundings) -> Plan:
    _changeable(order, around)
    if around.rules.cancel_reasons and asked.reason not in around.rules.cancel_reasons:
        raise no.ReasonNotAccepted(reasons=", ".join(around.rules.cancel_reasons))
    back = order.refundable if order.total.zero() <= order.refundable else order.total.zero()
    lines = [_s("cancel", "订单取消，不再发货。", "The order is cancelled and will not be sent.")]
    if back:
        lines.append(_s("refund", f"退款 {back}，原路退回。", f"{back} goes back the way it was paid."))
    else:
        lines.append(_s("no_refund", "还没有付款，不涉及退款。", "Nothing was paid, so there is nothing to refund."))
    money = methods_policy.timed(MoneyEffect(back, order.total.zero(), order.total, refund_parts(order, back)), around.methods)
    lines.extend(methods_policy.told(money, around.methods, around.rules))
    told = _s("cancel", "订单已取消" + _tail(asked.reason), "Order cancelled" + _tail(asked.reason, ": "))
    return _plan(order, lines, Changes(status="cancelled", cancel_reason=asked.reason), told, money=money)


def _change_address(order: OrderState, asked: ChangeAddress, around: Surroundings) -> Plan:
    _changeable(order, around)
    before = (order.receiver, order.receiver_phone, order.address)
    given = one_line(asked.parts) if asked.parts else asked.address
    after = (asked.receiver or before[0], asked.phone or before[1], given or before[2])
    if before == after:
        raise no.NothingChanges
    receiver, phone, address = (mask_name(after[0]), mask_phone(after[1]), mask_address(after[2]))
    # The account's phone is not ours to know. A present stays one; an own order becomes one when it goes to another phone.
    gift = order.gift or is_gift(after[1], before[1])
    warnings = []
    if gift and not order.gift:
        warnings.append(
            _s(
                "becomes_gift",
                "新的收件电话和原来的不同，之后会按礼物处理。",
                "Another phone receives it now, so it is treated as a present.",
            )
        )
    if order.status == "packed":
        warnings.append(_s("label_again", "已经打包，面单要重打。", "Already packed: the label has to be printed again."))
    parts = asked.parts or ({} if given else None)
    changes = Changes(receiver=after[0], receiver_phone=after[1], address=after[2], address_parts=parts, gift=gift)
    told = _s("change_address", f"改寄到：{receiver} {phone} {address}", f"It goes to: {receiver} {phone} {address}")
    history = _s("change_address", f"收件信息已改为：{receiver} {phone} {address}", f"Now goes to: {receiver} {phone} {address}")
    return _plan(order, told, changes, history, tuple(warnings))


def _change_note(order: OrderState, asked: ChangeNote, around: Surroundings) -> Plan:
    _in_the_house(order)
    if asked.note == order.note:
        raise no.NothingChanges
    told = _s("change_note", f"备注改为：{asked.note or '（空）'}", f"The note becomes: {asked.note or '(empty)'}")
    return _plan(order, told, Changes(note=asked.note), _s("change_note", "备注已修改", "Note changed"))


def _change_items(order: OrderState, asked: ChangeItems, around: Surroundings) -> Plan:
    _changeable(order, around)
    if order.status == "packed":
        raise no.AlreadyPacked
    changed = _line_changes(order, asked, around)
    by_position = {line.position: line for line in order.lines}
    lines, difference = [], order.total.zero()
    for change in changed:
        old, new = by_position[change.position], change.to
        difference = difference + (new.price - old.price) * old.quantity
        was, now = _options(old.options) or old.sku, _options(new.options) or new.sku
        lines.append(_s("item", f"{old.name} × {old.quantity}：{was} → {now}", f"{old.name} × {old.quantity}: {was} → {now}"))
    money = _repriced(order, difference)
    if asked.method or around.rules.own_method:
        money = methods_policy.by_method(money, methods_policy.named(asked.method, around.methods))
    money = methods_policy.timed(money, around.methods)
    if asked.method:
        lines.append(_s("total", f"订单金额 {money.total}。", f"The order's total is {money.total}."))
        lines.extend(methods_policy.told(money, around.methods, around.rules))
    elif money.refund:
        lines.append(_s("refund", f"差价 {money.refund} 原路退回。", f"The difference of {money.refund} goes back the way it was paid."))
    elif money.charge:
        lines.append(_s("charge", f"需要补差价 {money.charge}。", f"The difference of {money.charge} is to be paid."))
    else:
        lines.append(_s("total", f"订单金额 {money.total}。", f"The order's total is {money.total}."))
    history = _s("change_items", "商品已更换：" + "；".join(x.zh for x in lines[: len(changed)]),
        "Items changed: " + "; ".join(x.en for x in lines[: len(changed)]))  # fmt: skip
    return _plan(order, lines, Changes(lines=changed), history, money=money)


def _line_changes(order: OrderState, asked: ChangeItems, around: Surroundings) -> tuple[LineChange, ...]:
    by_position = {line.position: line for line in order.lines}
    wanted: dict[str, int] = {}
    out: list[LineChange] = []
    for change in asked.changes:
        line = by_position.pop(change.line, None)
        if line is None:
            raise no.LineUnknown(line=change.line)
        variant = around.variants.get(change.to_sku.upper())
        if variant is None:
            raise no.VariantUnknown(sku=change.to_sku)
        if variant.sku == line.sku:
            raise no.NothingChanges
        if not line.product_id or variant.product_id != line.product_id:
            raise no.OtherProduct
        if variant.price.currency != line.price.currency:
            raise no.CurrencyDiffers
        wanted[variant.sku] = wanted.get(variant.sku, 0) + line.quantity
        if variant.stock < wanted[variant.sku]:
            raise no.OutOfStock(sku=variant.sku)
        out.append(LineChange(line.position, variant))
    return tuple(out)


def _repriced(order: OrderState, difference: Money) -> MoneyEffect:
    """A total never goes below nothing, and no more goes back than came in (a coupon may have paid the rest).

    What was still due of an earlier change is counted anew: it shrinks before anything goes back.
    """
    zero = order.total.zero()
    total = order.total + difference if zero <= order.total + difference else zero
    if order.status == "unpaid":
        return MoneyEffect(zero, zero, total)
    owed = still_due(order) + (total - order.total)
    if zero <= owed:
        return MoneyEffect(zero, owed, total)
    refund = Money(min(-owed.minor, max(0, order.refundable.minor)), total.currency)
    return MoneyEffect(refund, zero, total, refund_parts(order, refund))


def still_due(order: OrderState) -> Money:
    """Differences the customer has yet to pay."""
    return sum((p.amount for p in order.payments if p.kind == "payment" and p.state == "due"), order.total.zero())


def _change_payment(order: OrderState, asked: ChangePayment, around: Surroundings) -> Plan:
    if around.rules.pay_again and order.status != "unpaid":
        return _pay_again(order, asked, around)
    _payable(order, around)
    if asked.method == order.pay_method:
        raise no.NothingChanges
    told = _s("change_payment", f"改用 {asked.method} 支付 {order.total}。", f"{order.total} is to be paid by {asked.method}.")
    return _plan(
        order, told, Changes(pay_method=asked.method), _s("change_payment", f"支付方式改为 {asked.method}", f"To be paid by {asked.method}")
    )


def _pay_again(order: OrderState, asked: ChangePayment, around: Surroundings) -> Plan:
    _changeable(order, around)
    money = methods_policy.timed(methods_policy.paid_again(order, asked.method, around.methods), around.methods)
    lines = list(methods_policy.told(money, around.methods, around.rules))
    history = _s("change_payment", "支付方式已更换：" + "".join(x.zh for x in lines), "Paid another way: " + " ".join(x.en for x in lines))
    return _plan(order, lines, Changes(pay_method=money.charged_to), history, money=money)


def _urge_payment(order: OrderState, asked: UrgePayment, around: Surroundings) -> Plan:
    _payable(order, around)
    if not QUIET_TO <= around.now.astimezone(around.zone).hour < QUIET_FROM:
        raise no.QuietHours
    if around.payment_urged_at and around.now < (again := around.payment_urged_at + URGE_PAYMENT_EVERY):
        raise _urged(again, around)
    zh, en = _when(order.pay_by, around)
    told = _s("urge_payment", f"提醒客户：{zh}前支付 {order.total}，过时自动取消。",
        f"The customer is reminded to pay {order.total} by {en}; after that it cancels itself.")  # fmt: skip
    return _plan(order, told, Changes(), _s("urge_payment", "已提醒付款", "Reminded to pay"))


def _urge_parcel(order: OrderState, asked: UrgeParcel, around: Surroundings) -> Plan:
    _alive(order)
    _paid(order)
    if order.status in ("delivered", "completed"):
        raise no.NotOnTheWay
    if around.parcel_answer_by and around.now < around.parcel_answer_by:
        raise _urged(around.parcel_answer_by, around)
    by = around.now + CARRIER_ANSWERS_IN
    zh, en = _when(by, around)
    if dispatched(order):
        names = "、".join(dict.fromkeys(p.carrier for p in order.parcels if p.carrier))
        told = _s(
            "urge_carrier", f"催{names or '快递'}尽快派送，{zh}前答复。", f"{names or 'The carrier'} is asked to hurry and answers by {en}."
        )
        history = _s("urge_carrier", f"已催件，{zh}前答复", f"Carrier urged; answer by {en}")
    else:
        told = _s("urge_warehouse", f"催仓库尽快发货，{zh}前答复。", f"The warehouse is asked to hurry and answers by {en}.")
        history = _s("urge_warehouse", f"已催仓库发货，{zh}前答复", f"Warehouse urged; answer by {en}")
    return _plan(order, told, Changes(), history, answer_by=by)


def _reissue(order: OrderState, asked: Reissue, around: Surroundings) -> Plan:
    if order.status == "cancelled":
        raise no.OrderCancelled
    if not dispatched(order):
        raise no.NotDispatchedYet
    by_position = {line.position: line for line in order.lines}
    lines, again = [], []
    for item in asked.items:
        line = by_position.pop(item.line, None)
        if line is None:
            raise no.LineUnknown(line=item.line)
        if item.quantity + around.sent_again.get(item.line, 0) > line.quantity:
            raise no.MoreThanBought
        variant = around.variants.get(line.sku.upper())
        if variant is not None and variant.stock < item.quantity:
            raise no.OutOfStock(sku=line.sku)
        again.append((line.position, item.quantity))
        lines.append(
            _s("again", f"补发 {line.name} × {item.quantity}，不收费。", f"{line.name} × {item.quantity} is sent again, free of charge.")
        )
    history = _s("reissue", "已补发：" + "；".join(x.zh for x in lines) + _tail(asked.reason), "Sent again" + _tail(asked.reason, ": "))
    return _plan(order, lines, Changes(again=tuple(again)), history)


def _invoice(order: OrderState, asked: AskInvoice, around: Surroundings) -> Plan:
    if order.invoice:
        raise no.InvoiceExists
    return _invoiced(order, asked, _s("invoice", "已申请发票", "Invoice asked for"))


def _change_invoice(order: OrderState, asked: ChangeInvoice, around: Surroundings) -> Plan:
    if order.invoice is None:
        raise no.InvoiceMissing
    plan = _invoiced(order, asked, _s("change_invoice", "发票信息已修改", "Invoice changed"))
    if order.invoice.issued_at is None:
        return plan
    again = _s(
        "issued_again", f"原发票 {order.invoice.number} 作废，重新开具。", f"Invoice {order.invoice.number} is taken back and issued again."
    )
    return Plan((*plan.lines, again), plan.money, plan.changes, plan.history, plan.warnings)


def _invoiced(order: OrderState, asked: AskInvoice | ChangeInvoice, history: Sentence) -> Plan:
    _alive(order)
    _paid(order)
    amount = order.refundable
    if amount.minor <= 0:
        raise no.NothingToInvoice
    details = InvoiceDetails(asked.title, asked.tax_no, asked.email, asked.electronic, amount)
    kind = ("电子发票", "electronic invoice") if asked.electronic else ("纸质发票", "paper invoice")
    zh, en = f"按 {amount} 开{kind[0]}，抬头：{asked.title}", f"An {kind[1]} for {amount}, made out to {asked.title}"
    if not asked.electronic:
        en = f"A {kind[1]} for {amount}, made out to {asked.title}"
    lines = [_s("invoice", zh, en)]
    if asked.electronic and not asked.email:
        lines.append(_s("invoice_in_order", "开好后可在订单里下载。", "It can be downloaded from the order once it is issued."))
    return _plan(order, lines, Changes(invoice=details), history)


_DECIDE: dict[type, Callable[..., Plan]] = {
    Review: _review,
    Hold: _hold,
    Release: _release,
    Intercept: _intercept,
    Cancel: _cancel,
    ChangeAddress: _change_address,
    ChangeNote: _change_note,
    ChangeItems: _change_items,
    ChangePayment: _change_payment,
    UrgePayment: _urge_payment,
    UrgeParcel: _urge_parcel,
    Reissue: _reissue,
    AskInvoice: _invoice,
    ChangeInvoice: _change_invoice,
}


# What stands in the way


def _alive(order: OrderState) -> None:
    if order.status == "cancelled":
        raise no.OrderCancelled
    if order.status == "returned":
        raise no.OrderReturned


def _in_the_house(order: OrderState) -> None:
    _alive(order)
    if dispatched(order):
        raise no.AlreadyDispatched


def _changeable(order: OrderState, around: Surroundings) -> None:
    """Still in the house, and by the shop's own rules still open to changes."""
    _in_the_house(order)
    if around.rules.items_once and order.items_changed:
        raise no.ChangedAlready
    if around.rules.change_in and order.status not in around.rules.change_in:
        raise no.StatusForbids


def _paid(order: OrderState) -> None:
    if order.status == "unpaid":
        raise no.NotPaidYet


def _payable(order: OrderState, around: Surroundings) -> None:
    _alive(order)
    if order.status != "unpaid":
        raise no.PaidAlready
    if around.now >= order.pay_by:
        raise no.PaymentTimeOver


def _urged(until: datetime, around: Surroundings) -> no.UrgedLately:
    zh, en = _when(until, around)
    return no.UrgedLately(until=zh, until_en=en)


# Saying it


def _plan(
    order: OrderState,
    lines: Sentence | list[Sentence],
    changes: Changes,
    history: Sentence,
    warnings: tuple[Sentence, ...] = (),
    money: MoneyEffect | None = None,
    answer_by: datetime | None = None,
) -> Plan:
    said = (lines,) if isinstance(lines, Sentence) else tuple(lines)
    none = MoneyEffect(order.total.zero(), order.total.zero(), order.total)
    return Plan(said, money or none, changes, history, (*_gift(order), *warnings), answer_by)


def _gift(order: OrderState) -> Iterator[Sentence]:
    if order.gift:
        yield _s("gift", "收件人可能不是买家：价格和买家信息不要告诉收件人，也不要联系收件人。",
            "The receiver is perhaps not the buyer: tell the receiver neither price nor buyer, and do not contact them.")  # fmt: skip


def _s(code: str, zh: str, en: str) -> Sentence:
    return Sentence(code, zh, en)


def _tail(words: str, between: str = "：") -> str:
    return f"{between}{words}" if words else ""


def _options(options: tuple[tuple[str, str], ...]) -> str:
    return " · ".join(value for _, value in options)


def _when(at: datetime, around: Surroundings) -> tuple[str, str]:
    local = at.astimezone(around.zone)
    clock = f"{local:%H:%M}"
    return f"{local.month}月{local.day}日 {clock}", f"{local:%b} {local.day}, {clock}"
