"""What the listing check refuses, each with its reason."""

from xinfu.kit.errors import Refusal


class ListingNotFound(Refusal):
    code, status = "listing_not_found", 404
    zh, en = "找不到这条上架。", "There is no such listing."


class ListingTwice(Refusal):
    code, status = "listing_twice", 409
    zh, en = (
        "{sku} 和“{campaign}”里 {when} 的上架重复（{by} 录入）。",
        "{sku} collides with the listing in '{campaign}' of {when}, entered by {by}.",
    )


class ListingInvalid(Refusal):
    code, status = "listing_invalid", 422
    zh, en = "上架内容有误：{why}", "The listing is not right: {why_en}"


class SameChecker(Refusal):
    code, status = "same_checker", 409
    zh, en = "自己录入的要由另一位同事核对。", "What you entered yourself is checked by somebody else."


class ListingState(Refusal):
    code, status = "listing_state", 409
    zh, en = "这条上架现在是“{state}”，不能这样做。", "The listing is {state_en}; this cannot be done."


class NeedsTick(Refusal):
    code, status = "needs_tick", 409
    zh, en = "请先确认提醒：{why}", "Tick the warnings first: {why_en}"
