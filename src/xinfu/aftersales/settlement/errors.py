"""What settlement refuses, each with its reason."""

from xinfu.kit.errors import Refusal


class RefundTooMuch(Refusal):
    code, status = "refund_too_much", 409
    zh, en = "这个订单最多还能退 {left}。", "At most {left} of this order is left to refund."


class AmountInvalid(Refusal):
    code, status = "amount_invalid", 422
    zh, en = "金额有误：要大于零，币种与订单一致。", "Not a valid amount: it must be above zero, in the order's currency."


class TaskNotFound(Refusal):
    code, status = "task_not_found", 404
    zh, en = "找不到这笔执行记录。", "There is no such task."


class TaskNotStuck(Refusal):
    code, status = "task_not_stuck", 409
    zh, en = "这一步没有卡住，不需要人工处理。", "This step is not stuck; nothing has to be decided."


class TaskChanged(Refusal):
    code, status = "task_changed", 409
    zh, en = "同一个操作号用在了另一件事上。", "This key was used for something else."
