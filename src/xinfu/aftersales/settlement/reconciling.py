"""Our books beside the gateway's statement. Pure: what differs is named, nothing is corrected."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from xinfu.aftersales.settlement.contracts import Difference, DifferenceKind
from xinfu.aftersales.settlement.model import WALLET, TaskRow
from xinfu.aftersales.settlement.policy import subject_of
from xinfu.aftersales.settlement.ports import StatementLine
from xinfu.kit.money import Money

_WORDS: dict[DifferenceKind, tuple[str, str]] = {
    "not_in_statement": ("我方记为已完成，对方账单里没有", "We have it as done; the statement does not know it"),
    "not_in_books": ("对方账单里有，我方没有这笔", "The statement has it; we know nothing of it"),
    "amount": ("两边金额不同", "The amounts differ"),
    "told_otherwise": ("我方记为未完成，对方账单里已经入账", "We have it as not done; the statement has it as done"),
    "twice": ("对方账单里入账不止一次", "The statement has it more than once"),
}

TO_DO: dict[DifferenceKind, tuple[str, str]] = {
    "not_in_statement": (
        "向支付方查询这笔；没有到账就重新退款，并告知客户",
        "Ask the gateway about it; if it never arrived, refund again and tell the customer",
    ),
    "not_in_books": ("查清是谁发起的；不是本店的请支付方更正", "Find out who started it; if it is not ours, have the gateway correct it"),
    "amount": ("和支付方核对金额，差额补退或追回", "Settle the amount with the gateway; pay or ask back the rest"),
    "told_otherwise": (
        "先不要重试，钱已经动了；在售后单里按已人工办理结清",
        "Do not try again, the money has moved; settle it in the case as done by hand",
    ),
    "twice": ("请支付方退回多出的那笔，或向客户追回", "Have the gateway take back what was paid twice, or ask the customer for it"),
}


def compare(rows: Iterable[TaskRow], lines: Sequence[StatementLine], since: datetime) -> list[Difference]:
    """What differs from `since` on, by task. A task still under way that the statement has already is not a difference: it will be told."""
    theirs: dict[str, list[StatementLine]] = defaultdict(list)
    for line in lines:
        theirs[subject_of(line.key)].append(line)
    found: list[Difference] = []
    for row in rows:
        told = theirs.pop(row.subject or row.id, [])
        if (kind := _kind(row, told, since)) is not None:
            found.append(_difference(kind, told[0].key if told else row.key, row, told))
    for left in theirs.values():
        if any(line.at >= since for line in left):
            found.append(_difference("not_in_books", left[0].key, None, left))
    return sorted(found, key=lambda d: (d.order_no, d.key))


def _kind(row: TaskRow, told: Sequence[StatementLine], since: datetime) -> DifferenceKind | None:
    if row.state == "waiting":
        return "twice" if len(told) > 1 else None
    if len(told) > 1:
        return "twice"
    if row.state != "done":
        return "told_otherwise" if told else None
    if not told:
        ours_alone = "by_hand" in row.answer or row.payload.get(WALLET) or row.settled_at is None or row.settled_at < since
        return None if ours_alone else "not_in_statement"
    return None if told[0].amount == _signed(row) else "amount"


def _difference(kind: DifferenceKind, key: str, row: TaskRow | None, told: Sequence[StatementLine]) -> Difference:
    zh, en = _WORDS[kind]
    theirs = Money(sum(line.amount.minor for line in told), told[0].amount.currency) if told else None
    ours = _signed(row) if row is not None and row.state == "done" else None
    return Difference(kind, key, row.order_no if row else "", row.case_no if row else "", ours, theirs, zh, en)


def _signed(row: TaskRow) -> Money:
    """As statements count: back to the customer is above zero."""
    amount = Money(row.amount_minor or 0, row.currency)
    return amount if row.kind == "refund" else -amount
