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
