"""Order operations as the API takes and tells them: amounts as text, times in milliseconds, sentences in the reader's language."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, Field

from xinfu.commerce.contracts import OrderStatus
from xinfu.commerce.operations_contracts import (
    AnyInputs,
    ConfirmedBy,
    Done,
    HistoryEntry,
    MoneyEffect,
    Operation,
    OrderState,
    Preview,
    Sentence,
)
from xinfu.commerce.operations_policy import still_due
from xinfu.kit.clock import maybe_ms, to_ms
from xinfu.kit.i18n import Locale, said


class OperationPreviewIn(BaseModel):
    """`asked` names its operation and carries that operation's inputs."""

    asked: AnyInputs


class PerformIn(OperationPreviewIn):
    """`token` from the preview; `key` of the caller's choice, so that a repeated request acts once."""

    token: str = Field(max_length=32)
    key: str = Field(pattern=r"^[A-Za-z0-9._:-]{8,80}$")
    confirmed_by: ConfirmedBy
    confirmation: str = Field("", max_length=200)


class SentenceOut(BaseModel):
    code: str
    text: str


class RefundPartOut(BaseModel):
    """`method` '' when the shop system did not say how it was paid."""

    method: str
    amount: str


class MoneyOut(BaseModel):
    """`refund` goes back, `charge` is still to be paid, `total` is the order's total afterwards."""

    currency: str
    refund: str
    charge: str
    total: str
    parts: list[RefundPartOut]


class PreviewOut(BaseModel):
    operation: Operation
    order_no: str
    status: OrderStatus
    version: str
    token: str
    lines: list[SentenceOut]
    warnings: list[SentenceOut]
    money: MoneyOut
    answer_by: int | None


class DoneOut(BaseModel):
    id: str
    operation: Operation
    order_no: str
    status: OrderStatus
    version: str
    at: int
    lines: list[SentenceOut]
    money: MoneyOut
    answer_by: int | None
    new_order_no: str
    repeated: bool


class HistoryOut(BaseModel):
    id: str
    at: int
    operation: Operation
    text: str
    actor_kind: str
    actor_name: str
    confirmed_by: str
    answer_by: int | None


class MarksOut(BaseModel):
    """How the order stands beside its status. `refundable`: what came in less what went or goes back; `due`: differences yet to be paid."""

    version: str
    reviewed_at: int | None
    held_at: int | None
    hold_reason: str
    intercept_at: int | None
    pay_method: str
    invoice_asked: bool
    invoice_issued_at: int | None
    paid: str
    refunded: str
    refundable: str
    due: str
    currency: str


class HistoriesOut(BaseModel):
    """Oldest first."""

    items: list[HistoryOut]
    marks: MarksOut


def preview_out(p: Preview, locale: Locale) -> PreviewOut:
    return PreviewOut(
        operation=p.operation,
        order_no=p.order_no,
        status=p.status,
        version=p.version,
        token=p.token,
        lines=sentences(p.lines, locale),
        warnings=sentences(p.warnings, locale),
        money=_money(p.money),
        answer_by=maybe_ms(p.answer_by),
    )


def done_out(d: Done, locale: Locale) -> DoneOut:
    return DoneOut(
        id=d.id,
        operation=d.operation,
        order_no=d.order_no,
        status=d.status,
        version=d.version,
        at=to_ms(d.at),
        lines=sentences(d.lines, locale),
        money=_money(d.money),
        answer_by=maybe_ms(d.answer_by),
        new_order_no=d.new_order_no,
        repeated=d.repeated,
    )


def histories_out(order: OrderState, entries: Sequence[HistoryEntry], locale: Locale) -> HistoriesOut:
    return HistoriesOut(
        marks=_marks(order),
        items=[
            HistoryOut(
                id=e.id,
                at=to_ms(e.at),
                operation=e.operation,
                text=said(e.zh, e.en, locale),
                actor_kind=e.actor_kind,
                actor_name=e.actor_name,
                confirmed_by=e.confirmed_by,
                answer_by=maybe_ms(e.answer_by),
            )
            for e in entries
        ],
    )


def sentences(spoken: Iterable[Sentence], locale: Locale) -> list[SentenceOut]:
    return [SentenceOut(code=s.code, text=said(s.zh, s.en, locale)) for s in spoken]


def _marks(order: OrderState) -> MarksOut:
    return MarksOut(
        version=order.version,
        reviewed_at=maybe_ms(order.reviewed_at),
        held_at=maybe_ms(order.held_at),
        hold_reason=order.hold_reason,
        intercept_at=maybe_ms(order.intercept_at),
        pay_method=order.pay_method,
        invoice_asked=order.invoice is not None,
        invoice_issued_at=maybe_ms(order.invoice.issued_at) if order.invoice else None,
        paid=order.paid.plain(),
        refunded=order.refunded.plain(),
        refundable=order.refundable.plain(),
        due=still_due(order).plain(),
        currency=order.total.currency,
    )


def _money(m: MoneyEffect) -> MoneyOut:
    return MoneyOut(
        currency=m.total.currency,
        refund=m.refund.plain(),
        charge=m.charge.plain(),
        total=m.total.plain(),
        parts=[RefundPartOut(method=part.method, amount=part.amount.plain()) for part in m.parts],
    )
