"""After-sales as the API takes and tells it: amounts as text, times in milliseconds, sentences in the reader's language."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from xinfu.aftersales.contracts import (
    CasePreview,
    Decision,
    Disposition,
    Explanation,
    Kind,
    LineAmount,
    Payer,
    Verdict,
    Wish,
)
from xinfu.aftersales.packs import Pack
from xinfu.commerce.operations_contracts import ConfirmedBy
from xinfu.kit.clock import maybe_ms
from xinfu.kit.i18n import Locale, said


class WishIn(BaseModel):
    order_no: str = Field(min_length=1, max_length=64)
    wish: Wish


class OpenIn(WishIn):
    """`token` from the preview; `key` of the caller's choice, so that a repeated request opens one."""

    token: str = Field(max_length=32)
    key: str = Field(pattern=r"^[A-Za-z0-9._:-]{8,80}$")
    confirmed_by: ConfirmedBy
    confirmation: str = Field("", max_length=200)


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
        warnings=[WarningOut(code=w.code, text=said(w.zh, w.en, locale)) for w in p.warnings],
        token=p.token,
    )


def pack_out(pack: Pack, locale: Locale) -> PackOut:
    return PackOut(
        id=pack.id,
        version=pack.version,
        name=said(pack.zh, pack.en, locale),
        effective_from=pack.effective_from.isoformat(),
        no_reason_days=pack.no_reason.days,
        return_days=pack.quality.return_days,
        exchange_days=pack.quality.exchange_days,
        repair_days=pack.quality.repair_days,
        price_protection_days=pack.price_protection.days,
        clauses=[ClauseOut(id=id_, text=said(clause.zh, clause.en, locale)) for id_, clause in pack.clauses.items()],
    )


def _decision(d: Decision, pack: Pack, locale: Locale) -> DecisionOut:
    return DecisionOut(
        verdict=d.verdict,
        kind=d.kind,
        basis=d.basis,
        explanation=explained(d.lines, pack, locale),
        freight_payer=d.freight_payer,
        lines=lines_out(d.amounts),
        freight_refund=d.freight_refund.plain(),
        total=d.total.plain(),
        currency=d.total.currency,
        disposition=d.disposition,
        until=maybe_ms(d.until),
        pack=d.pack,
        pack_version=d.pack_version,
    )


def explained(lines: Sequence[Explanation], pack: Pack, locale: Locale) -> list[ExplanationOut]:
    out = []
    for line in lines:
        clause = pack.clauses.get(line.clause)
        text = said(clause.zh, clause.en, locale) if clause else ""
        out.append(
            ExplanationOut(code=line.code, text=said(line.zh, line.en, locale), clause=line.clause, clause_text=text, against=line.against)
        )
    return out


def lines_out(lines: Sequence[LineAmount]) -> list[LineAmountOut]:
    return [
        LineAmountOut(line=a.position, sku=a.sku, name=a.name, quantity=a.quantity, amount=a.amount.plain(), to_sku=a.to_sku) for a in lines
    ]
