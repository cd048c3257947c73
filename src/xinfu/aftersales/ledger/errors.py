"""What the books refuse."""

from xinfu.kit.errors import Refusal


class LedgerConflict(Refusal):
    code, status = "ledger_conflict", 409
    zh, en = "这笔账已经记过，内容不一样。", "This was booked already, with other content."


class Unbalanced(Refusal):
    code, status = "ledger_unbalanced", 422
    zh, en = "借贷不平：{why}", "Debit and credit differ: {why}"
