"""What the conversation folder says no with."""

from xinfu.kit.errors import Refusal


class Malformed(Refusal):
    code, status = "malformed", 400
    zh, en = "这条内容看不懂，没有保存。", "This frame is not valid JSON of the protocol; nothing was stored."


class UnknownKind(Refusal):
    code, status = "unknown_kind", 400
    zh, en = "不认识的消息类型。", "Unknown kind of frame."


class NotYours(Refusal):
    code, status = "not_yours", 409
    zh, en = (
        "这个会话现在由{assignee}负责。需要的话请转接或由组长接管。",
        "{assignee} is serving this conversation; ask for a transfer or take it over.",
    )


class AlreadyTaken(Refusal):
    code, status = "already_taken", 409
    zh, en = "这个会话已经被{assignee}接走了。", "{assignee} has already taken this conversation."


class WrongState(Refusal):
    code, status = "wrong_state", 409
    zh, en = "会话现在的状态({state})不能这样操作。", "Not possible while the conversation is {state}."


class NobodyThere(Refusal):
    code, status = "nobody_there", 409
    zh, en = "对方现在不在线，换一位同事或转回排队。", "That colleague is not available; choose another or return it to the queue."


class TokenInvalid(Refusal):
    code, status = "token_invalid", 401
    zh, en = "会话已过期，请刷新页面。", "The session has expired; please reload the page."
