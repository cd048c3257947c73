"""What the knowledge base says no with."""

from xinfu.kit.errors import Refusal


class UnknownVariable(Refusal):
    code, status = "script_variable_unknown", 422
    zh = "话术里的「{variable}」不是可用的变量。可用:{known}。"
    en = "“{variable}” is not a variable a script can use. Use one of {known}."


class WindowReversed(Refusal):
    code, status = "window_reversed", 422
    zh, en = "结束时间要晚于开始时间。", "The end must be later than the start."
