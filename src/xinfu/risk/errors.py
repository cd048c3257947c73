"""What risk says no with."""

from xinfu.kit.errors import NotFound, Refusal


class FindingNotFound(NotFound):
    code = "risk.finding_not_found"
    zh, en = "找不到这条风险提示。", "There is no such finding."


class ContactNotFound(NotFound):
    code = "risk.contact_not_found"
    zh, en = "找不到这次接触的记录。", "There is no record of this contact."


class ExclusionNotFound(NotFound):
    code = "risk.exclusion_not_found"
    zh, en = "找不到这条「不计入」记录。", "There is no such exclusion."


class LinkNotFound(NotFound):
    code = "risk.link_not_found"
    zh, en = "这个客户没有这项共同点，可能刚刚变了。", "This customer shares no such thing, or no longer does."


class WordsMissing(Refusal):
    code, status = "risk.words_missing", 422
    zh, en = "请写一句理由，方便别人复核。", "Please say why, so that others can check."


class WrongFindingState(Refusal):
    code, status = "risk.wrong_state", 409
    zh, en = "这条提示现在是「{state_zh}」，不能这样处理。", "This finding is {state} now, so this cannot be done."


class AnotherMustDecide(Refusal):
    code, status = "risk.another_must_decide", 409
    zh, en = "申诉要由另一个人来判断，不能由当初确认的人。", "An appeal is decided by someone other than who confirmed it."


class WarnFirst(Refusal):
    code, status = "risk.warn_first", 409
    zh, en = "结束之前要先提醒对方一次。", "The customer has to be warned once before the contact is ended."


class NotPressing(Refusal):
    code, status = "risk.not_pressing", 409
    zh, en = "这次接触没有被识别为骚扰或辱骂，先由组长看一下。", "This contact has not been found harassing; a lead should look first."


class AlreadyExcluded(Refusal):
    code, status = "risk.already_excluded", 409
    zh, en = "已经标记为不计入统计了。", "It is already left out of figures."


class RulesInvalid(Refusal):
    code, status = "risk.rules_invalid", 422
    zh, en = "规则有误：{why}", "The rules are not valid: {why}"
