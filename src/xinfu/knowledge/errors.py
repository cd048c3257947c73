"""What the knowledge base says no with."""

from xinfu.kit.errors import Refusal


class UnknownVariable(Refusal):
    code, status = "script_variable_unknown", 422
    zh = "话术里的「{variable}」不是可用的变量。可用：{known}。"
    en = "“{variable}” is not a variable a script can use. Use one of {known}."


class WindowReversed(Refusal):
    code, status = "window_reversed", 422
    zh, en = "结束时间要晚于开始时间。", "The end must be later than the start."


class OwnWords(Refusal):
    code, status = "review_own_words", 409
    zh, en = "自己写的话术要由另一位同事审核。", "Someone else must review words you wrote yourself."


class NotInReview(Refusal):
    code, status = "script_state", 409
    zh = "这条话术现在是「{state}」，不能这样操作。"
    en = "This script is “{state}”; that cannot be done now."


class NotWritten(Refusal):
    code, status = "article_not_written", 422
    zh, en = "先写好正文，再发布。", "Write the text before publishing it."


class GapState(Refusal):
    code, status = "gap_state", 409
    zh = "这个问题现在是「{state}」，不能这样操作。"
    en = "This question is “{state}”; that cannot be done now."
