"""What the customers folder refuses, each with its reason."""

from xinfu.kit.errors import Refusal


class CustomerNotFound(Refusal):
    code, status = "customer_not_found", 404
    zh, en = "找不到这位客户。", "There is no such customer."


class ReasonMissing(Refusal):
    code, status = "reason_missing", 422
    zh, en = "查看完整信息要写明原因，原因会被记录。", "Say why you need to see this; the reason is recorded."


class TagsTooMany(Refusal):
    code, status = "tags_too_many", 422
    zh, en = "标签太多，最多 {limit} 个。", "Too many tags; at most {limit}."


class NoteEmpty(Refusal):
    code, status = "note_empty", 422
    zh, en = "备注不能是空的。", "A note cannot be empty."


class MethodUnknown(Refusal):
    code, status = "payment_method_unknown", 422
    zh, en = "这位客户没有这种支付方式。", "This customer has no such payment method."


class BalanceTooLow(Refusal):
    code, status = "balance_too_low", 409
    zh, en = "礼品卡余额不够。", "The gift card does not hold enough."


class AddressUnchanged(Refusal):
    code, status = "nothing_changes", 409
    zh, en = "地址和现在的一样，没有要改的。", "That is the address already; nothing would change."


class AddressNotAgreed(Refusal):
    code, status = "confirmation_missing", 409
    zh, en = "要先得到客户的明确同意。", "The customer has to say yes first."


class AddressOutdated(Refusal):
    code, status = "customer_outdated", 409
    zh, en = "看过之后地址有变化，请重新看一眼再确认。", "The address changed since you looked; look again, then confirm."
