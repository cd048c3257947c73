"""What after-sales refuses, each with its reason."""

from xinfu.kit.errors import Refusal


class CaseNotFound(Refusal):
    code, status = "case_not_found", 404
    zh, en = "找不到这个售后申请。", "There is no such request."


class NotEligible(Refusal):
    code, status = "not_eligible", 409
    zh, en = "按规则不能这样办：{why}", "The rules do not allow this: {why_en}"


class CaseOutdated(Refusal):
    code, status = "case_outdated", 409
    zh, en = "看过之后情况有变化，请重新看一眼再确认。", "Something changed since you looked; look again, then confirm."


class LineUnknown(Refusal):
    code, status = "line_unknown", 422
    zh, en = "订单里没有第 {line} 行商品，或同一行写了两次。", "The order has no such item (line {line}), or it was named twice."


class LineTaken(Refusal):
    code, status = "line_taken", 409
    zh, en = "{name} 已经有一个处理中的售后申请。", "There is already an open request about {name}."


class TooMany(Refusal):
    code, status = "too_many", 409
    zh, en = "{name} 最多还能申请 {left} 件。", "At most {left} of {name} are left to ask for."


class ExchangeUnknown(Refusal):
    code, status = "exchange_unknown", 409
    zh, en = "只能换成同一件商品里有货的款式。", "It can only be exchanged for another variant of the same product that is in stock."


class StateForbids(Refusal):
    code, status = "state_forbids", 409
    zh, en = "这个申请现在是“{state}”，不能这样做。", "The request is {state_en}; this cannot be done any more."


class NothingLeft(Refusal):
    code, status = "nothing_left", 409
    zh, en = "这个订单剩下可退的钱不够了。", "There is not that much left of this order to refund."


class PackInvalid(Refusal):
    code, status = "pack_invalid", 422
    zh, en = "规则包有误：{why}", "The policy pack is not valid: {why}"


class PackUnknown(Refusal):
    code, status = "pack_unknown", 404
    zh, en = "没有在生效的规则包 {pack}。", "No policy pack {pack} is in force."
