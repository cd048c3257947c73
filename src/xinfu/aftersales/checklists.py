"""The steps nobody may forget: the seven of a dispute, and safety first after an adverse reaction. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from xinfu.aftersales.contracts import Check, Kind
from xinfu.aftersales.errors import StepUnknown
from xinfu.aftersales.packs import DISPUTE_STEPS, Pack

_DISPUTE = {
    "respond": ("快速响应", "Respond fast"),
    "receive": ("热情接待", "Receive warmly"),
    "register": ("倾听并登记", "Listen and register"),
    "soothe": ("安抚并解释", "Soothe and explain"),
    "apologise": ("道歉", "Apologise"),
    "remedy": ("提出补救办法", "Offer a remedy"),
    "inform": ("告知进度直到结案", "Keep informed until closed"),
}
# In this order: the person first, then the goods, then money. Hours are shares of the pack's time to follow up.
_ADVERSE = (
    ("stop_using", 0.05, "请客户停用，并保留商品", "Ask them to stop using it and to keep it"),
    ("soothe", 0.1, "按已审核的知识给出安抚建议", "Give soothing advice, only from approved knowledge"),
    ("doctor", 0.1, "请客户就医，留好病历和票据", "Ask them to see a doctor and to keep the papers"),
    ("no_liability", 0.25, "不争论责任，登记商品批次和用法", "Do not argue about liability; note batch and use"),
    ("follow_up", 1.0, "约定日期回访，问身体好些没有", "Agree a day to call back and ask how they are"),
    ("remedy", 3.0, "身体稳定后谈退款或补偿", "Once they are well, speak of refund or compensation"),
)


def checklist(kind: Kind, opened_at: datetime, pack: Pack) -> tuple[Check, ...]:
    """The steps of such a case and by when each is due; none for kinds that need no looking after."""
    if kind == "dispute":
        return tuple(Check(key, *_DISPUTE[key], opened_at + timedelta(hours=pack.dispute.hours(key))) for key in DISPUTE_STEPS)
    if kind == "adverse_reaction":
        follow_up = timedelta(hours=pack.due.adverse_follow_up)
        return tuple(Check(key, zh, en, opened_at + follow_up * share) for key, share, zh, en in _ADVERSE)
    return ()


def ticked(steps: Sequence[Check], key: str, at: datetime, by: str, words: str) -> tuple[Check, ...]:
    """The list with one more step done. Raises StepUnknown."""
    if not any(step.key == key and step.done_at is None for step in steps):
        raise StepUnknown
    return tuple(replace(step, done_at=at, done_by=by, words=words) if step.key == key else step for step in steps)


def undone(steps: Sequence[Check]) -> tuple[Check, ...]:
    return tuple(step for step in steps if step.done_at is None)


def next_due(steps: Sequence[Check]) -> datetime | None:
    """By when the next step is due."""
    return min((step.due_at for step in undone(steps) if step.due_at), default=None)


def renewed(steps: Sequence[Check], kind: Kind, now: datetime, pack: Pack) -> tuple[Check, ...]:
    """For a case opened again: the same steps from the beginning, counted from now."""
    return checklist(kind, now, pack) if steps else ()
