"""What order operations refuse, each with its reason and, where there is one, the way on."""

from xinfu.kit.errors import Refusal


class OrderOutdated(Refusal):
    code, status = "order_outdated", 409
    zh, en = "看过之后订单有变化，请重新看一眼再确认。", "The order changed since you looked; look again, then confirm."


class ConfirmationMissing(Refusal):
    code, status = "confirmation_missing", 409
    zh, en = "要先得到客户的明确同意。", "The customer has to say yes first."


class KeyReused(Refusal):
    code, status = "key_reused", 409
    zh, en = "这个幂等键已经用在另一次操作上了。", "This idempotency key was used for something else."


class OrderCancelled(Refusal):
    code, status = "order_cancelled", 409
    zh, en = "这个订单已经取消了。", "This order is already cancelled."


class OrderReturned(Refusal):
    code, status = "order_returned", 409
    zh, en = "这个订单已经退货了。", "This order was already returned."


class AlreadyDispatched(Refusal):
    code, status = "already_dispatched", 409
    zh, en = (
        "包裹已经发出，不能再改订单。可以试着拦截包裹，或收到后申请退换。",
        "The parcel is already on its way, so the order cannot change any more. It can be intercepted, or returned once it arrives.",
    )


class AlreadyPacked(Refusal):
    code, status = "already_packed", 409
    zh, en = "商品已经打包，不能再换款式。", "The goods are already packed, so the items cannot change any more."


class NotDispatchedYet(Refusal):
    code, status = "not_dispatched_yet", 409
    zh, en = "订单还没有发货。", "The order has not been sent yet."


class NotOnTheWay(Refusal):
    code, status = "not_on_the_way", 409
    zh, en = "没有在路上的包裹。", "No parcel of this order is on its way."


class NotPaidYet(Refusal):
    code, status = "not_paid_yet", 409
    zh, en = "订单还没有付款。", "The order has not been paid yet."


class PaidAlready(Refusal):
    code, status = "paid_already", 409
    zh, en = "订单已经付过款了。", "The order is already paid."


class PaymentTimeOver(Refusal):
    code, status = "payment_time_over", 409
    zh, en = "付款时限已过，订单会自动取消。", "The time to pay is over; the order cancels itself."


class AlreadyReviewed(Refusal):
    code, status = "already_reviewed", 409
    zh, en = "这个订单已经审过了。", "This order was already reviewed."


class OrderHeld(Refusal):
    code, status = "order_held", 409
    zh, en = "订单正在暂停发货，请先解除。", "The order is on hold; release it first."


class NotHeld(Refusal):
    code, status = "not_held", 409
    zh, en = "这个订单没有被暂停。", "This order is not on hold."


class AlreadyIntercepting(Refusal):
    code, status = "already_intercepting", 409
    zh, en = "已经在拦截这个包裹了。", "This parcel is already being called back."


class NothingChanges(Refusal):
    code, status = "nothing_changes", 409
    zh, en = "内容和现在的一样，没有要改的。", "That is how it is already; nothing would change."


class LineUnknown(Refusal):
    code, status = "line_unknown", 422
    zh, en = "订单里没有第 {line} 行商品，或同一行写了两次。", "The order has no such item (line {line}), or it was named twice."


class VariantUnknown(Refusal):
    code, status = "variant_unknown", 422
    zh, en = "没有货号为 {sku} 的商品。", "There is nothing with the sku {sku}."


class OtherProduct(Refusal):
    code, status = "other_product", 409
    zh, en = "只能换成同一件商品的其他款式。", "It can only become another variant of the same product."


class OutOfStock(Refusal):
    code, status = "out_of_stock", 409
    zh, en = "{sku} 现在库存不够。", "There is not enough of {sku} in stock."


class CurrencyDiffers(Refusal):
    code, status = "currency_differs", 409
    zh, en = "两件商品的币种不同，不能互换。", "The two have prices in different currencies."


class ReasonNotAccepted(Refusal):
    code, status = "reason_not_accepted", 422
    zh, en = "这家店只接受这些取消原因：{reasons}。", "This shop takes only these reasons for cancelling: {reasons}."


class NotOffered(Refusal):
    code, status = "not_offered", 409
    zh, en = "这家店不提供这种修改。", "This shop does not offer that."


class StatusForbids(Refusal):
    code, status = "status_forbids", 409
    zh, en = "订单现在的状态不能这样做。", "The order's status does not allow this any more."


class ChangedAlready(Refusal):
    code, status = "changed_already", 409
    zh, en = (
        "这个订单的商品已经改过一次，不能再改或取消。",
        "The items of this order were changed once; it can no longer be changed or cancelled.",
    )


class MethodMissing(Refusal):
    code, status = "payment_method_missing", 422
    zh, en = "要说明用客户的哪种支付方式。", "Name which of the customer's payment methods it is."


class MethodUnknown(Refusal):
    code, status = "payment_method_unknown", 422
    zh, en = "这位客户没有这种支付方式。", "This customer has no such payment method."


class SameMethod(Refusal):
    code, status = "payment_method_same", 409
    zh, en = "订单就是用这种方式付的。", "That is the payment method the order was paid by."


class PaidSeveralWays(Refusal):
    code, status = "paid_several_ways", 409
    zh, en = (
        "这个订单的支付方式已经改过，或分几笔支付，不能再改。",
        "It was paid in several ways or paid again already; that cannot change any more.",
    )


class BalanceTooLow(Refusal):
    code, status = "balance_too_low", 409
    zh, en = "礼品卡余额不够。", "The gift card does not hold enough."


class UrgedLately(Refusal):
    code, status = "urged_lately", 409
    zh, en = "刚催过不久，{until} 之后才能再催。", "That was done lately; not again before {until_en}."


class QuietHours(Refusal):
    code, status = "quiet_hours", 409
    zh, en = "晚上 9 点到早上 8 点不打扰客户。", "Customers are left alone between 9 pm and 8 am."


class InvoiceExists(Refusal):
    code, status = "invoice_exists", 409
    zh, en = "这个订单已经申请过发票，可以修改它。", "An invoice was already asked for; it can be changed."


class InvoiceMissing(Refusal):
    code, status = "invoice_missing", 409
    zh, en = "这个订单还没有申请发票。", "No invoice was asked for yet."


class NothingToInvoice(Refusal):
    code, status = "nothing_to_invoice", 409
    zh, en = "这个订单没有可以开票的金额。", "There is no amount left to invoice."


class MoreThanBought(Refusal):
    code, status = "more_than_bought", 409
    zh, en = "补发的数量超过了购买的数量。", "That is more than was bought."
