"""Cases as the staff's API takes and tells them: amounts as text, times in milliseconds, sentences in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from xinfu.aftersales import lifecycle
from xinfu.aftersales.contracts import Case, Condition, Disposition, Grant, GrantKind, Kind, Party, Payer, Reason, State, Verdict
from xinfu.aftersales.desk import CasePage
from xinfu.aftersales.desk_contracts import Appeal, Bulked, Counts
from xinfu.aftersales.packs import Pack
from xinfu.aftersales.schemas import ExplanationOut, LineAmountOut, explained, lines_out
from xinfu.kit.clock import maybe_ms, to_ms
from xinfu.kit.i18n import Locale, said
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.paging import Page

_VERSION = Field(ge=0, le=2**31)
_PHOTOS = Field(default=(), max_length=9)


class VersionIn(BaseModel):
    """`version` is that of the case the person saw."""

    version: int = _VERSION


class NoteIn(VersionIn):
    note: str = Field("", max_length=500)


class AcceptIn(NoteIn):
    """`what` and `amount`: what a compensation or goodwill grants; `amount` alone: less money than asked."""

    what: GrantKind | None = None
    amount: str = Field("", max_length=40)


class AssignIn(VersionIn):
    staff_id: Id | None = Field(None, max_length=32)


class TextIn(BaseModel):
    text: str = Field(min_length=1, max_length=2000)


class EvidenceIn(VersionIn):
    photos: tuple[Id, ...] = Field(min_length=1, max_length=9)
    words: str = Field("", max_length=500)


class ParcelIn(VersionIn):
    carrier: str = Field(min_length=1, max_length=40)
    tracking_no: str = Field(min_length=1, max_length=64)
    claimed: str = Field("", max_length=40)
    weight_g: int = Field(0, ge=0, le=1_000_000)


class InspectIn(VersionIn):
    condition: Condition
    matches: bool
    disposition: Disposition
    serial: str = Field("", max_length=80)
    weight_g: int = Field(0, ge=0, le=1_000_000)
    note: str = Field("", max_length=500)
    photos: tuple[Id, ...] = _PHOTOS
    amount: str = Field("", max_length=40)


class CheckIn(VersionIn):
    step: str = Field(min_length=1, max_length=40)
    words: str = Field(min_length=1, max_length=500)


class RemedyIn(VersionIn):
    what: GrantKind
    amount: str = Field(min_length=1, max_length=40)
    note: str = Field(min_length=1, max_length=500)


class SettleIn(NoteIn):
    """`by_hand`: what failed was done another way; else it will not be done."""

    by_hand: bool = False


class BulkItemIn(VersionIn):
    number: str = Field(min_length=1, max_length=24)


class BulkIn(BaseModel):
    items: list[BulkItemIn] = Field(min_length=1, max_length=50)
    note: str = Field("", max_length=500)


class AppealIn(BaseModel):
    words: str = Field(min_length=1, max_length=1000)


class AppealDecideIn(BaseModel):
    granted: bool
    note: str = Field(min_length=1, max_length=500)


class EventOut(BaseModel):
    at: int
    code: str
    text: str
    actor_kind: str
    actor_name: str
    public: bool


class ParcelOut(BaseModel):
    carrier: str
    tracking_no: str
    by: str
    claimed: str
    freight: str
    weight_g: int
    first_scan_at: int | None
    arrived_at: int | None
    lost_at: int | None


class InspectionOut(BaseModel):
    condition: Condition
    matches: bool
    disposition: Disposition
    serial: str
    weight_g: int
    note: str
    photos: list[str]
    at: int
    by: str


class GrantOut(BaseModel):
    """`amount`: points as a whole number, else money."""

    what: GrantKind
    amount: str


class CheckOut(BaseModel):
    key: str
    text: str
    due_at: int | None
    done_at: int | None
    done_by: str
    words: str
    overdue: bool


class TrustOut(BaseModel):
    level: str
    reasons: list[str]


class RiskOut(BaseModel):
    score: float
    action: str
    pattern: str
    reasons: list[str]
    money_at_risk: str
    entity_id: str


class EvidenceOut(BaseModel):
    photo: str
    at: int
    by: str
    words: str


class WorkOut(BaseModel):
    parcel: ParcelOut | None
    inspection: InspectionOut | None
    grant: GrantOut | None
    paid_grants: list[GrantOut]
    remedy_asked: GrantOut | None
    checklist: list[CheckOut]
    trust: TrustOut | None
    risk: RiskOut | None
    evidence: list[EvidenceOut]
    early: str
    clawback_by: int | None
    clawed: str
    difference: str
    new_order_no: str
    was: str
    stuck: str | None
    reopened: int
    auto: bool


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
    path: list[State]
    repaid: str
    due_at: int | None
    overdue: bool
    assignee_id: str
    assignee: str
    appealed: bool
    gift: bool
    refund_to: str
    simple: bool
    work: WorkOut


class CasesOut(BaseModel):
    items: list[CaseOut]
    next: str | None


class OptionOut(BaseModel):
    step: str
    needs: list[str]


class StakeOut(BaseModel):
    outcome: str
    amount: str
    lines: list[str]


class AppealOut(BaseModel):
    id: str
    number: str
    at: int
    by_kind: str
    by_name: str
    words: str
    against: str
    state: str
    decided_at: int | None
    decided_by: str
    note: str
    not_by: list[str]
    """Ids of who may not decide it: whoever refused and whoever appealed."""


class AppealsOut(BaseModel):
    items: list[AppealOut]
    next: str | None


class BenefitOut(BaseModel):
    better: str
    gain: str
    exchange_total: str
    reorder_total: str
    lines: list[str]


class PhotoOut(BaseModel):
    url: str
    thumb: str


class CasePageOut(CaseOut):
    options: list[OptionOut]
    stake: StakeOut | None
    appeals: list[AppealOut]
    benefit: BenefitOut | None
    photo_links: dict[str, PhotoOut]


class CountsOut(BaseModel):
    queues: dict[str, int]
    mine: int
    overdue: int
    risky: int
    appealed: int
    simple: int


class BulkedOut(BaseModel):
    number: str
    code: str
    text: str
    case: CaseOut | None


class BulkOut(BaseModel):
    items: list[BulkedOut]


def case_out(c: Case, pack: Pack, locale: Locale, now: datetime) -> CaseOut:
    return CaseOut(
        id=c.id,
        number=c.number,
        order_no=c.order_no,
        customer_id=c.customer_id,
        kind=c.kind,
        state=c.state,
        reason=c.reason,
        party=c.party,
        words=c.words,
        remedy=c.remedy,
        photos=list(c.photos),
        verdict=c.verdict,
        basis=c.basis,
        freight_payer=c.freight_payer,
        disposition=c.disposition,
        lines=lines_out(c.lines),
        freight_refund=c.freight_refund.plain(),
        total=c.total.plain(),
        currency=c.total.currency,
        explanation=explained(c.explanation, pack, locale),
        pack=c.pack,
        pack_version=c.pack_version,
        opened_at=to_ms(c.opened_at),
        opened_by_kind=c.opened_by_kind,
        opened_by=c.opened_by,
        decided_at=maybe_ms(c.decided_at),
        decided_by=c.decided_by,
        closed_at=maybe_ms(c.closed_at),
        version=c.version,
        timeline=[
            EventOut(
                at=to_ms(e.at),
                code=e.code,
                text=said(e.zh, e.en, locale),
                actor_kind=e.actor_kind,
                actor_name=e.actor_name,
                public=e.public,
            )
            for e in c.timeline
        ],
        repeated=c.repeated,
        path=list(lifecycle.path(c.kind, grant_kind(c))),
        repaid=c.repaid.plain(),
        due_at=maybe_ms(c.due_at),
        overdue=c.due_at is not None and c.state in lifecycle.LIVE and c.due_at < now,
        assignee_id=c.assignee_id,
        assignee=c.assignee,
        appealed=c.appealed,
        gift=c.gift,
        refund_to=c.refund_to,
        simple=is_simple(c),
        work=_work(c, locale, now),
    )


def cases_out(page: Page[Case], packs: Sequence[Pack], locale: Locale, now: datetime) -> CasesOut:
    """`packs`: that of each case, in the same order."""
    return CasesOut(items=[case_out(c, pack, locale, now) for c, pack in zip(page.items, packs, strict=True)], next=page.next)


def page_out(p: CasePage, pack: Pack, locale: Locale, now: datetime, links: Mapping[str, tuple[str, str]]) -> CasePageOut:
    """`links`: address and small picture of each photo."""
    stake, benefit = p.stake, p.benefit
    return CasePageOut(
        **case_out(p.case, pack, locale, now).model_dump(),
        options=[OptionOut(step=o.step, needs=list(o.needs)) for o in p.options],
        stake=stake
        and StakeOut(outcome=stake.outcome, amount=stake.amount.plain(), lines=[said(zh, en, locale) for zh, en in stake.lines]),
        appeals=[appeal_out(a) for a in p.appeals],
        benefit=benefit
        and BenefitOut(
            better=benefit.better,
            gain=benefit.gain.plain(),
            exchange_total=benefit.exchange_total.plain(),
            reorder_total=benefit.reorder_total.plain(),
            lines=[said(zh, en, locale) for zh, en in benefit.lines],
        ),
        photo_links={id_: PhotoOut(url=url, thumb=thumb) for id_, (url, thumb) in links.items()},
    )


def appeal_out(a: Appeal) -> AppealOut:
    return AppealOut(
        id=a.id,
        number=a.number,
        at=to_ms(a.at),
        by_kind=a.by_kind,
        by_name=a.by_name,
        words=a.words,
        against=a.against,
        state=a.state,
        decided_at=maybe_ms(a.decided_at),
        decided_by=a.decided_by,
        note=a.note,
        not_by=[id_ for id_ in a.not_by if id_],
    )


def counts_out(c: Counts) -> CountsOut:
    return CountsOut(
        queues={str(k): n for k, n in c.queues.items()}, mine=c.mine, overdue=c.overdue, risky=c.risky, appealed=c.appealed, simple=c.simple
    )


def bulked_out(b: Bulked, case: CaseOut | None, locale: Locale) -> BulkedOut:
    return BulkedOut(number=b.number, code=b.code, text=said(b.zh, b.en, locale), case=case)


def is_simple(c: Case) -> bool:
    risky = c.work.risk is not None and c.work.risk.action != "approve"
    return c.state == "open" and c.verdict == "allowed" and not risky


def grant_kind(c: Case) -> str:
    """What it grants, for its path."""
    if c.work.grant:
        return c.work.grant.what
    return c.work.paid_grants[-1].what if c.work.paid_grants else ""


def _work(c: Case, locale: Locale, now: datetime) -> WorkOut:
    w, currency = c.work, c.total.currency
    parcel, inspection = w.parcel, w.inspection
    return WorkOut(
        parcel=parcel
        and ParcelOut(
            carrier=parcel.carrier,
            tracking_no=parcel.tracking_no,
            by=parcel.by,
            claimed=Money(parcel.claimed, currency).plain(),
            freight=Money(parcel.freight, currency).plain(),
            weight_g=parcel.weight_g,
            first_scan_at=maybe_ms(parcel.first_scan_at),
            arrived_at=maybe_ms(parcel.arrived_at),
            lost_at=maybe_ms(parcel.lost_at),
        ),
        inspection=inspection
        and InspectionOut(
            condition=inspection.condition,
            matches=inspection.matches,
            disposition=inspection.disposition,
            serial=inspection.serial,
            weight_g=inspection.weight_g,
            note=inspection.note,
            photos=list(inspection.photos),
            at=to_ms(inspection.at),
            by=inspection.by,
        ),
        grant=w.grant and _grant(w.grant, currency),
        paid_grants=[_grant(g, currency) for g in w.paid_grants],
        remedy_asked=w.remedy_asked and _grant(w.remedy_asked, currency),
        checklist=[
            CheckOut(
                key=s.key,
                text=said(s.zh, s.en, locale),
                due_at=maybe_ms(s.due_at),
                done_at=maybe_ms(s.done_at),
                done_by=s.done_by,
                words=s.words,
                overdue=s.done_at is None and s.due_at is not None and s.due_at < now and c.state in lifecycle.LIVE,
            )
            for s in w.checklist
        ],
        trust=w.trust and TrustOut(level=w.trust.level, reasons=[said(r.zh, r.en, locale) for r in w.trust.reasons]),
        risk=w.risk
        and RiskOut(
            score=w.risk.score,
            action=w.risk.action,
            pattern=w.risk.pattern,
            reasons=[said(zh, en, locale) for zh, en in w.risk.reasons],
            money_at_risk=Money(w.risk.money_at_risk, currency).plain(),
            entity_id=w.risk.entity_id,
        ),
        evidence=[EvidenceOut(photo=e.photo, at=to_ms(e.at), by=e.by, words=e.words) for e in w.evidence],
        early=Money(w.early, currency).plain(),
        clawback_by=maybe_ms(w.clawback_by),
        clawed=Money(w.clawed, currency).plain(),
        difference=Money(w.difference, currency).plain(),
        new_order_no=w.new_order_no,
        was=w.was,
        stuck=said(w.stuck.zh, w.stuck.en, locale) if w.stuck else None,
        reopened=w.reopened,
        auto=w.auto,
    )


def _grant(g: Grant, currency: str) -> GrantOut:
    return GrantOut(what=g.what, amount=str(g.amount) if g.what == "points" else Money(g.amount, currency).plain())
