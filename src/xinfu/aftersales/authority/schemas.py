"""Authority as the API takes and tells it: amounts as text (null = no bound), times in milliseconds, sentences in the reader's language."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from xinfu.aftersales.authority.contracts import (
    ACTIONS,
    DISCRETION,
    Action,
    Approval,
    ApprovalState,
    Limit,
    Person,
    Reason,
    Rules,
    SavedRules,
)
from xinfu.aftersales.authority.errors import RulesInvalid
from xinfu.aftersales.authority.service_limits import LimitsView
from xinfu.aftersales.authority.words import ACTION_WORDS, STATE_WORDS
from xinfu.kit.clock import to_ms
from xinfu.kit.i18n import Locale, said
from xinfu.kit.money import Money
from xinfu.kit.paging import Page

Amount = Annotated[str, Field(max_length=24)] | None
Role = Annotated[str, Field(max_length=32)]
Ms = Annotated[int, Field(ge=0, le=253_370_764_800_000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LimitData(_Body):
    """Amounts as text, null = no bound: at once, by one person on one day, to one customer in 30 days."""

    each: Amount = "0.00"
    day: Amount = None
    customer: Amount = None


class RulesData(_Body):
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    limits: dict[Role, dict[Action, LimitData]] = Field(max_length=50)
    last_word: Annotated[list[Role], Field(max_length=20)]
    full_trust: bool = False
    trusted: Annotated[list[Role], Field(max_length=20)] = []
    two_above: Amount
    two_above_policy: Amount
    shop_day: Amount
    shop_customer: Amount
    approval_hours: int = Field(ge=-1_000_000, le=1_000_000)


class PreviewIn(_Body):
    rules: RulesData


class LimitsIn(PreviewIn):
    """`base_version` is the `newest` last read; `effective_from` absent or past means at once."""

    base_version: int = Field(ge=0, le=1_000_000_000)
    effective_from: Ms | None = None
    note: str = Field("", max_length=200)


class ChangesOut(BaseModel):
    changes: list[str]


class SavedRulesOut(BaseModel):
    version: int
    effective_from: int | None
    saved_at: int | None
    author: str
    note: str
    rules: RulesData


class ActionOut(BaseModel):
    """`discretion`: given beyond what the policy grants anyway."""

    action: Action
    name: str
    discretion: bool


class LimitsOut(BaseModel):
    """`current` is in force; `newest` the newest saved, which the next change names as its base."""

    current: SavedRulesOut
    newest: int
    history: list[SavedRulesOut]
    roles: list[str]
    actions: list[ActionOut]


class PersonOut(BaseModel):
    id: str
    name: str
    role: str


class LineOut(BaseModel):
    code: str
    text: str
    against: bool


class VoteOut(BaseModel):
    at: int
    person: PersonOut
    agreed: bool
    note: str


class ApprovalOut(BaseModel):
    """`mine`: the reader asked for it. `voted`: the reader has said yes. `may`: the reader can decide it now."""

    id: str
    state: ApprovalState
    state_text: str
    action: Action
    action_text: str
    amount: str
    order_paid: str
    currency: str
    customer_id: str
    order_no: str
    case_no: str
    by_policy: bool
    words: str
    two_person: bool
    roles: list[str]
    people: list[PersonOut]
    lines: list[LineOut]
    votes: list[VoteOut]
    asked_at: int
    asked_by_kind: str
    asked_by: str
    expires_at: int
    decided_at: int | None
    version: int
    repeated: bool
    mine: bool
    voted: bool
    may: bool


class ApprovalsOut(BaseModel):
    items: list[ApprovalOut]
    next: str | None


class CountOut(BaseModel):
    waiting: int


class VoteIn(_Body):
    """`version` is that of the approval as it was seen."""

    version: int = Field(ge=0, le=2**31)
    note: str = Field("", max_length=500)


class MineOut(BaseModel):
    """What the reader may grant by themselves, and what of it is used today."""

    action: Action
    name: str
    each: Amount
    day: Amount
    customer: Amount
    used_today: str


def rules_in(data: RulesData) -> Rules:
    """Raises RulesInvalid for an amount that is none."""
    amount = _reader(data.currency)
    return Rules(
        currency=data.currency,
        limits={
            role: {a: Limit(amount(x.each), amount(x.day), amount(x.customer)) for a, x in actions.items()}
            for role, actions in data.limits.items()
        },
        last_word=tuple(dict.fromkeys(data.last_word)),
        full_trust=data.full_trust,
        trusted=tuple(dict.fromkeys(data.trusted)),
        two_above=amount(data.two_above),
        two_above_policy=amount(data.two_above_policy),
        shop_day=amount(data.shop_day),
        shop_customer=amount(data.shop_customer),
        approval_hours=data.approval_hours,
    )


def limits_out(view: LimitsView, locale: Locale) -> LimitsOut:
    return LimitsOut(
        current=_saved(view.current),
        newest=view.newest,
        history=[_saved(s) for s in view.history],
        roles=list(view.roles),
        actions=[ActionOut(action=a, name=_title(ACTION_WORDS[a], locale), discretion=a in DISCRETION) for a in ACTIONS],
    )


def changes_out(changes: list[tuple[str, str]], locale: Locale) -> ChangesOut:
    return ChangesOut(changes=[said(*c, locale) for c in changes])


def mine_out(mine: list[tuple[Action, Limit, int]], currency: str, locale: Locale) -> list[MineOut]:
    return [
        MineOut(
            action=a, name=_title(ACTION_WORDS[a], locale), each=_text(x.each), day=_text(x.day), customer=_text(x.customer),
            used_today=Money(used, currency).plain(),
        )
        for a, x, used in mine
    ]  # fmt: skip


def approval_out(a: Approval, reader: str, may: bool, locale: Locale) -> ApprovalOut:
    mine = a.asked_by_id == reader
    voted = any(v.person.id == reader and v.agreed for v in a.votes)
    return ApprovalOut(
        id=a.id,
        state=a.state,
        state_text=_title(STATE_WORDS[a.state], locale),
        action=a.ask.action,
        action_text=_title(ACTION_WORDS[a.ask.action], locale),
        amount=a.ask.amount.plain(),
        order_paid=a.ask.order_paid.plain(),
        currency=a.ask.amount.currency,
        customer_id=a.ask.customer_id,
        order_no=a.ask.order_no,
        case_no=a.ask.case_no,
        by_policy=a.ask.by_policy,
        words=a.words,
        two_person=a.two_person,
        roles=list(a.roles),
        people=[_person(p) for p in a.people],
        lines=[_line(line, locale) for line in a.lines],
        votes=[VoteOut(at=to_ms(v.at), person=_person(v.person), agreed=v.agreed, note=v.note) for v in a.votes],
        asked_at=to_ms(a.asked_at),
        asked_by_kind=a.asked_by_kind,
        asked_by=a.asked_by,
        expires_at=to_ms(a.expires_at),
        decided_at=to_ms(a.decided_at) if a.decided_at else None,
        version=a.version,
        repeated=a.repeated,
        mine=mine,
        voted=voted,
        may=may and a.state == "waiting" and not mine and not voted,
    )


def approvals_out(page: Page[Approval], reader: str, may: bool, locale: Locale) -> ApprovalsOut:
    return ApprovalsOut(items=[approval_out(a, reader, may, locale) for a in page.items], next=page.next)


def _saved(s: SavedRules) -> SavedRulesOut:
    return SavedRulesOut(
        version=s.version,
        effective_from=to_ms(s.effective_from) if s.effective_from else None,
        saved_at=to_ms(s.saved_at) if s.saved_at else None,
        author=s.author,
        note=s.note,
        rules=_rules(s.rules),
    )


def _rules(r: Rules) -> RulesData:
    return RulesData(
        currency=r.currency,
        limits={
            role: {a: LimitData(each=_text(x.each), day=_text(x.day), customer=_text(x.customer)) for a, x in actions.items()}
            for role, actions in r.limits.items()
        },
        last_word=list(r.last_word),
        full_trust=r.full_trust,
        trusted=list(r.trusted),
        two_above=_text(r.two_above),
        two_above_policy=_text(r.two_above_policy),
        shop_day=_text(r.shop_day),
        shop_customer=_text(r.shop_customer),
        approval_hours=r.approval_hours,
    )


def _reader(currency: str) -> Callable[[str | None], int | None]:
    def read(text: str | None) -> int | None:
        if text is None:
            return None
        try:
            return Money.parse(text, currency).minor
        except ValueError as e:
            raise RulesInvalid(why=f"“{text[:24]}”不是金额", why_en=f"“{text[:24]}” is no amount") from e

    return read


def _text(minor: int | None) -> str | None:
    return None if minor is None else Money(minor).plain()


def _person(p: Person) -> PersonOut:
    return PersonOut(id=p.id, name=p.name, role=p.role)


def _line(line: Reason, locale: Locale) -> LineOut:
    return LineOut(code=line.code, text=said(line.zh, line.en, locale), against=line.against)


def _title(words: tuple[str, str], locale: Locale) -> str:
    """Standing alone, English begins with a capital."""
    return words[0] if locale == "zh-CN" else words[1][:1].upper() + words[1][1:]
