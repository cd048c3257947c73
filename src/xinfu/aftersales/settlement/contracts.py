"""A task that leaves the house, as others see it, and what they are told when it ends. Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xinfu.aftersales.settlement.ports import Booking, Scan
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type TaskKind = Literal["refund", "charge", "clawback", "book", "send", "grant"]

MONEY: tuple[TaskKind, ...] = ("refund", "charge", "clawback")
"""Kinds that move money: back to the customer, or from them."""
type TaskState = Literal["waiting", "done", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done outside, once. `key` is the caller's own; a refund over several payments is several tasks of one key.

    `state`: waiting (to be done, or under way), done, failed (refused, or nobody could be reached: a person decides how it goes on),
    dropped (a person decided that it will not be done). `tries` counts calls, `words` are the other side's last ones.
    """

    id: Id
    shop_id: Id
    kind: TaskKind
    key: str
    case_no: str
    order_no: str
    customer_id: Id
    state: TaskState
    amount: Money | None
    method: str
    what: str
    tries: int
    reference: str
    words: str
    booking: Booking | None
    zh: str
    en: str
    asked_at: datetime
    settled_at: datetime | None
    payment_id: Id | None


@dataclass(frozen=True, slots=True)
class TaskDone:
    """Told to `Settlement.on_done` inside the unit that records it: task.state is done, failed or dropped.

    `left`: how many other tasks of the same case and kind still wait; `failed`: how many of them, this one included, ended in failure.
    """

    task: Task
    left: int
    failed: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ParcelMoved:
    """Told to `Settlement.on_scan` inside the unit that records it, once for each scan, in order. `task` is the book or send task."""

    task: Task
    scan: Scan


@dataclass(frozen=True, slots=True)
class TaskEnded:
    """Announced after the commit when a task came to its end."""

    shop_id: Id
    kind: TaskKind
    case_no: str
    order_no: str
    customer_id: Id
    state: TaskState


@dataclass(frozen=True, slots=True)
class TaskAsked:
    """Announced after the commit when a task is to be done. `subject`: what its keys outside name, a payment row or the task."""

    shop_id: Id
    task_id: Id
    kind: TaskKind
    subject: Id
    attempt: int


type DifferenceKind = Literal["not_in_statement", "not_in_books", "amount", "told_otherwise", "twice"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the gateway's statement and our books disagree: ours done and not there, there and not ours, another amount,
    there although we were told no, or there twice. `ours` and `theirs` are None where there is nothing."""

    kind: DifferenceKind
    key: str
    order_no: str
    case_no: str
    ours: Money | None
    theirs: Money | None
    zh: str
    en: str
