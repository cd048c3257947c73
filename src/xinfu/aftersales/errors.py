"""What after-sales refuses, each with its reason."""

from xinfu.kit.errors import Refusal


class CaseNotFound(Refusal):
    code, status = "case_not_found", 404
    zh, en = "找不到这个售后单。", "There is no such case."


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
    zh, en = "{name} 已经有一个待处理的售后单。", "There is already an open case about {name}."


class TooMany(Refusal):
    code, status = "too_many", 409
    zh, en = "{name} 最多还能申请 {left} 件。", "At most {left} of {name} are left to ask for."


class ExchangeUnknown(Refusal):
    code, status = "exchange_unknown", 409
    zh, en = "只能换成同一件商品里有货的款式。", "It can only be exchanged for another variant of the same product that is in stock."


class StateForbids(Refusal):
    code, status = "state_forbids", 409
    zh, en = "这个售后单现在是“{state}”，不能这样做。", "The case is {state_en}; this cannot be done now."


class NothingLeft(Refusal):
    code, status = "nothing_left", 409
    zh, en = "这个订单剩下可退的钱不够了。", "There is not that much left of this order to refund."


class AmountInvalid(Refusal):
    code, status = "amount_invalid", 422
    zh, en = "金额不对：{why}", "The amount is not right: {why_en}"


class AmountTooHigh(Refusal):
    code, status = "amount_too_high", 409
    zh, en = "最多 {most}。", "At most {most}."


class AmountMissing(Refusal):
    code, status = "amount_missing", 422
    zh, en = "请写明给什么、给多少。", "Say what is given and how much."


class PhotoUnknown(Refusal):
    code, status = "photo_unknown", 422
    zh, en = "有照片找不到了，请重新上传。", "A photo cannot be found; please upload it again."


class StepUnknown(Refusal):
    code, status = "step_unknown", 422
    zh, en = "没有这一步，或已经做过了。", "There is no such step, or it is done already."


class RemedyWaits(Refusal):
    code, status = "remedy_waits", 409
    zh, en = "上一个补救还在等审批，批了或退回了再给。", "The last remedy still waits for approval; give another once it is decided."


class StepsOpen(Refusal):
    code, status = "steps_open", 409
    zh, en = "还有没做完的步骤：{left}", "Steps are still open: {left_en}"


class SamePerson(Refusal):
    code, status = "same_person", 409
    zh, en = "要由另一位同事来处理。", "Somebody else has to decide this."


class AppealExists(Refusal):
    code, status = "appeal_exists", 409
    zh, en = "申诉已经提交，正在处理。", "There is an appeal already."


class AppealNotFound(Refusal):
    code, status = "appeal_not_found", 404
    zh, en = "找不到这个申诉。", "There is no such appeal."


class AppealDecided(Refusal):
    code, status = "appeal_decided", 409
    zh, en = "这个申诉已经有结论了。", "The appeal is decided already."


class AppealTooLate(Refusal):
    code, status = "appeal_too_late", 409
    zh, en = "申诉期已过。", "The time to appeal is over."


class ReopenTooLate(Refusal):
    code, status = "reopen_too_late", 409
    zh, en = "重新打开的期限已过，可以提交新的申请。", "It is too late to reopen this; a new case can be opened."


class ParcelTaken(Refusal):
    code, status = "parcel_taken", 409
    zh, en = "这个运单号已经用在另一个售后单上。", "This tracking number already belongs to another case."


class NotSimple(Refusal):
    code, status = "not_simple", 409
    zh, en = "这一单不适合批量处理：{why}", "This one is not for bulk review: {why_en}"


class AssigneeUnknown(Refusal):
    code, status = "assignee_unknown", 422
    zh, en = "找不到这位同事。", "There is no such colleague."
