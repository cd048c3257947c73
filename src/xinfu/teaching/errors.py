"""What teaching refuses."""

from xinfu.kit.errors import Refusal


class LabelUnknown(Refusal):
    code, status = "training.label_unknown", 422
    zh, en = "没有这个标签：{head} {label}", "There is no such label: {head} {label}"


class NothingLabelled(Refusal):
    code, status = "training.nothing_labelled", 422
    zh, en = "至少要有一个标签。", "At least one label is needed."


class TextMissing(Refusal):
    code, status = "training.text_missing", 422
    zh, en = "消息要有 1 到 {limit} 个字。", "A message needs 1 to {limit} characters."


class TooFewLines(Refusal):
    code, status = "training.too_few_lines", 409
    zh, en = (
        "现在只有 {lines} 条可用于训练的标注，至少要 {least} 条。",
        "There are {lines} labelled messages to learn from; at least {least} are needed.",
    )


class TrainingRunning(Refusal):
    code, status = "training.running", 409
    zh, en = "已经有一次训练在进行，等它结束或取消它。", "A training is under way; wait for it or cancel it."


class NotRunning(Refusal):
    code, status = "training.not_running", 409
    zh, en = "这次训练已经结束了。", "This training is over."


class ClearlyWorse(Refusal):
    code, status = "training.clearly_worse", 409
    zh, en = (
        "这个版本在留出的消息上明显变差了。确实要用的话，请再确认一次。",
        "This version does clearly worse on the held-out messages. Confirm once more to use it all the same.",
    )


class ModelOutdated(Refusal):
    code, status = "training.model_outdated", 409
    zh, en = "这个版本是为旧的标签训练的，请重新训练。", "This version was trained for other labels than today's; train again."
