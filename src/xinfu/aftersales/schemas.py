"""After-sales as the API takes and tells it: amounts as text, times in milliseconds, sentences in the reader's language."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from xinfu.aftersales.contracts import (
    Case,
    CasePreview,
    Decision,
    Disposition,
    Explanation,
    Kind,
    LineAmount,
    Party,
    Payer,
    Reason,
    State,
    Verdict,
    Wish,
)
from xinfu.aftersales.packs import Pack
from xinfu.commerce.operations_contracts import ConfirmedBy
from xinfu.kit.clock import to_ms
from xinfu.kit.i18n import Locale
from xinfu.kit.paging import Page


class WishIn(BaseModel):
    order_no: str = Field(min_length=1, max_length=64)
    wish: Wish


class OpenIn(WishIn):
    """`token` from the preview; `key` of the caller's choice, so that a repeated request opens one."""

    token: str = Field(max_length=32)
    key: str = Field(pattern=r"^[A-Za-z0-9._:-]{8,80}$")
    confirmed_by: ConfirmedBy
    confirmation: str = Field("", max_length=200)


class DecideIn(BaseModel):
    """`version` is that of the request the decider saw."""

    version: int = Field(ge=0, le=2**31)
    note: str = Field("", max_length=500)


class ExplanationOut(BaseModel):
    """`clause_text` '' when no clause is needed. `against`: this is what stands in the way."""

    code: str
    text: str
    clause: str
    clause_text: str
    against: bool


class LineAmountOut(BaseModel):
    """`line` counts from 0 in the order's lines."""

    line: int
    sku: str
    name: str
    quantity: int
    amount: str
    to_sku: str


class DecisionOut(BaseModel):
    verdict: Verdict
    kind: Kind
    basis: str
    explanation: list[ExplanationOut]
    freight_payer: Payer
    lines: list[LineAmountOut]
    freight_refund: str
    total: str
    currency: str
    disposition: Disposition
    until: int | None
    pack: str
    pack_version: int


class WarningOut(BaseModel):
    code: str
    text: str


class CasePreviewOut(BaseModel):
    order_no: str
    decision: DecisionOut
    warnings: list[WarningOut]
    token: str


class EventOut(BaseModel):
    at: int
    code: str
    text: str
    actor_kind: str
    actor_name: str
    public: bool


class CaseOut(BaseModel):
    id: str
    number: str
    order_no: str
    customer_id: str
    kind: Kind
    state: State
    reason: Reason
    party: Party
    words: str
    remedy: str
    photos: list[str]
    verdict: Verdict
    basis: str
    freight_payer: Payer
    disposition: Disposition
    lines: list[LineAmountOut]
    freight_refund: str
    total: str
    currency: str
    explanation: list[ExplanationOut]
    pack: str
    pack_version: int
    opened_at: int
    opened_by_kind: str
    opened_by: str
    decided_at: int | None
    decided_by: str
    closed_at: int | None
    version: int
    timeline: list[EventOut]
    repeated: bool


class CasesOut(BaseModel):
    items: list[CaseOut]
    next: str | None


class ClauseOut(BaseModel):
    id: str
    text: str


class PackOut(BaseModel):
    """The rules in force, as much of them as a person is told."""

    id: str
    version: int
    name: str
    effective_from: str
    no_reason_days: int
    return_days: int
    exchange_days: int
    repair_days: int
    price_protection_days: int
    clauses: list[ClauseOut]


def preview_out(p: CasePreview, pack: Pack, locale: Locale) -> CasePreviewOut:
    return CasePreviewOut(
        order_no=p.order_no,
        decision=_decision(p.decision, pack, locale),
        warnings=[WarningOut(code=w.code, text=_said(w.zh, w.en, locale)) for w in p.warnings],
        token=p.token,
    )


def case_out(r: Case, pack: Pack, locale: Locale) -> CaseOut:
    return CaseOut(
        id=r.id,
        number=r.number,
        order_no=r.order_no,
        customer_id=r.customer_id,
        kind=r.kind,
        state=r.state,
        reason=r.reason,
        party=r.party,
        words=r.words,
        remedy=r.remedy,
        photos=list(r.photos),
        verdict=r.verdict,
        basis=r.basis,
        freight_payer=r.freight_payer,
        disposition=r.disposition,
        lines=_lines(r.lines),
        freight_refund=r.freight_refund.plain(),
        total=r.total.plain(),
        currency=r.total.currency,
        explanation=_explained(r.explanation, pack, locale),
        pack=r.pack,
        pack_version=r.pack_version,
        opened_at=to_ms(r.opened_at),
        opened_by_kind=r.opened_by_kind,
        opened_by=r.opened_by,
        decided_at=_ms(r.decided_at),
        decided_by=r.decided_by,
        closed_at=_ms(r.closed_at),
        version=r.version,
        timeline=[
            EventOut(
                at=to_ms(e.at),
                code=e.code,
                text=_said(e.zh, e.en, locale),
                actor_kind=e.actor_kind,
                actor_name=e.actor_name,
                public=e.public,
            )
            for e in r.timeline
        ],
        repeated=r.repeated,
    )


def cases_out(page: Page[Case], packs: Sequence[Pack], locale: Locale) -> CasesOut:
    """`packs`: that of each request, in the same order."""
    return CasesOut(items=[case_out(r, pack, locale) for r, pack in zip(page.items, packs, strict=True)], next=page.next)


def pack_out(pack: Pack, locale: Locale) -> PackOut:
    return PackOut(
        id=pack.id,
        version=pack.version,
        name=_said(pack.zh, pack.en, locale),
        effective_from=pack.effective_from.isoformat(),
        no_reason_days=pack.no_reason.days,
        return_days=pack.quality.return_days,
        exchange_days=pack.quality.exchange_days,
        repair_days=pack.quality.repair_days,
        price_protection_days=pack.price_protection.days,
        clauses=[ClauseOut(id=id_, text=_said(clause.zh, clause.en, locale)) for id_, clause in pack.clauses.items()],
    )


def _decision(d: Decision, pack: Pack, locale: Locale) -> DecisionOut:
    return DecisionOut(
        verdict=d.verdict,
        kind=d.kind,
        basis=d.basis,
        explanation=_explained(d.lines, pack, locale),
        freight_payer=d.freight_payer,
        lines=_lines(d.amounts),
        freight_refund=d.freight_refund.plain(),
        total=d.total.plain(),
        currency=d.total.currency,
        disposition=d.disposition,
        until=_ms(d.until),
        pack=d.pack,
        pack_version=d.pack_version,
    )


def _explained(lines: Sequence[Explanation], pack: Pack, locale: Locale) -> list[ExplanationOut]:
    out = []
    for line in lines:
        clause = pack.clauses.get(line.clause)
        text = _said(clause.zh, clause.en, locale) if clause else ""
        out.append(
            ExplanationOut(code=line.code, text=_said(line.zh, line.en, locale), clause=line.clause, clause_text=text, against=line.against)
        )
    return out


def _lines(lines: Sequence[LineAmount]) -> list[LineAmountOut]:
    return [
        LineAmountOut(line=a.position, sku=a.sku, name=a.name, quantity=a.quantity, amount=a.amount.plain(), to_sku=a.to_sku) for a in lines
    ]


def _said(zh: str, en: str, locale: Locale) -> str:
    return zh if locale == "zh-CN" else en


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)
