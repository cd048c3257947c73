"""Rows of settlement as values."""

from dataclasses import replace
from typing import Any

import msgspec

from xinfu.aftersales.settlement.contracts import Task, TaskAsked
from xinfu.aftersales.settlement.model import TaskRow
from xinfu.aftersales.settlement.ports import Booking
from xinfu.kit.money import Money


def task_of(row: TaskRow) -> Task:
    return Task(
        row.id, row.shop_id, row.kind, row.key, row.case_no, row.order_no, row.customer_id, row.state,  # type: ignore[arg-type]
        None if row.amount_minor is None else Money(row.amount_minor, row.currency),
        row.method, row.what, row.tries, row.reference, row.words, booking_of(row.answer), row.zh, row.en, row.asked_at, row.settled_at,
        row.subject or None,
    )  # fmt: skip


def asked_of(row: TaskRow) -> TaskAsked:
    return TaskAsked(row.shop_id, row.id, row.kind, row.subject or row.id, row.attempt)  # type: ignore[arg-type]


def booking_of(answer: dict[str, Any]) -> Booking | None:
    return msgspec.convert(answer, Booking) if "tracking_no" in answer else None


def kept(booking: Booking) -> dict[str, Any]:
    """A booking as it is stored; its words have a column of their own."""
    plain: dict[str, Any] = msgspec.to_builtins(replace(booking, words=""))
    return plain
