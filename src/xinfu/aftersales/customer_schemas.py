"""A case as its customer follows it: what was asked, where it stands, what comes next; nothing of trust, risk or the house's own notes."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from xinfu.aftersales import lifecycle
from xinfu.aftersales.case_schemas import PhotoOut, grant_kind
from xinfu.aftersales.contracts import Case, Kind, Reason, State, Wish
from xinfu.aftersales.desk_contracts import Appeal
from xinfu.aftersales.lifecycle import STATES, Standing
from xinfu.aftersales.packs import Pack
from xinfu.aftersales.service import KINDS
from xinfu.kit.clock import maybe_ms, to_ms
from xinfu.kit.i18n import Locale, said
from xinfu.kit.ids import Id

_HINTS: Mapping[str, tuple[str, str]] = {
    "open": ("正在核实，有结果马上告诉您。", "It is being looked at; you hear as soon as it is decided."),
    "approval": ("正在核实，有结果马上告诉您。", "It is being looked at; you hear as soon as it is decided."),
    "awaiting_goods": (
        "请把商品寄回，可以等上门取件，也可以自己寄。",
        "Please send the goods back: wait for the pick-up or send them yourself.",
    ),
    "returning": ("包裹在退回的路上。", "The parcel is on its way back."),
    "received": ("已收到包裹，正在验货。", "The parcel arrived and is inspected."),
    "refunding": ("退款已发起，按原支付方式退回。", "The refund is on its way, the way you paid."),
    "sending": ("正在给您寄出。", "It is being sent to you."),
    "granting": ("正在发放到您的账户。", "It is being credited to you."),
    "handling": ("专人正在跟进。", "A person looks after it."),
    "done": ("已经办好。", "All done."),
    "declined": ("没有同意；不认可可以申诉，由另一位同事重新看。", "Not granted; you can appeal, and another colleague looks again."),
    "withdrawn": ("您撤销了申请。", "You took it back."),
    "stuck": ("遇到一点问题，专人正在核实。", "Something came up; a person is looking into it."),
}


class CustomerPreviewIn(BaseModel):
    order_no: str = Field(min_length=1, max_length=64)
    wish: Wish


class CustomerOpenIn(CustomerPreviewIn):
    token: str = Field(max_length=32)
    key: str = Field(pattern=r"^[A-Za-z0-9._:-]{8,80}$")


class CustomerPhotosIn(BaseModel):
    photos: tuple[Id, ...] = Field(min_length=1, max_length=9)
    words: str = Field("", max_length=500)


class CustomerParcelIn(BaseModel):
    carrier: str = Field(min_length=1, max_length=40)
    tracking_no: str = Field(min_length=1, max_length=64)
    claimed: str = Field("", max_length=40)


class CustomerWordsIn(BaseModel):
    words: str = Field(min_length=1, max_length=500)


class CustomerPhotoOut(PhotoOut):
    id: str


class CustomerLineOut(BaseModel):
    name: str
    quantity: int
    amount: str
    to_sku: str


class CustomerWhyOut(BaseModel):
    text: str
    clause_text: str


class CustomerStateOut(BaseModel):
    state: State
    text: str
    reached: bool


class CustomerEventOut(BaseModel):
    """`actor`: customer or shop; never a colleague's name."""

    at: int
    text: str
    actor: str


class CustomerReturnOut(BaseModel):
    carrier: str
    tracking_no: str
    by: str
    first_scan_at: int | None
    arrived_at: int | None


class CustomerAppealOut(BaseModel):
    state: str
    words: str
    note: str


class CustomerCaseOut(BaseModel):
    number: str
    order_no: str
    kind: Kind
    kind_text: str
    state: State
    state_text: str
    state_hint: str
    reason: Reason
    words: str
    photos: list[CustomerPhotoOut]
    lines: list[CustomerLineOut]
    total: str
    freight_refund: str
    repaid: str
    currency: str
    explanation: list[CustomerWhyOut]
    path: list[CustomerStateOut]
    timeline: list[CustomerEventOut]
    parcel: CustomerReturnOut | None
    opened_at: int
    due_at: int | None
    closed_at: int | None
    can: list[str]
    appeal: CustomerAppealOut | None


class CustomerCasesOut(BaseModel):
    items: list[CustomerCaseOut]


def customer_case(c: Case, appeal: Appeal | None, pack: Pack, links: Mapping[Id, tuple[str, str]], locale: Locale) -> CustomerCaseOut:
    parcel = c.work.parcel
    return CustomerCaseOut(
        number=c.number,
        order_no=c.order_no,
        kind=c.kind,
        kind_text=said(*KINDS[c.kind], locale),
        state=_seen(c.state),
        state_text=said(*STATES[_seen(c.state)], locale),
        state_hint=said(*_HINTS[c.state], locale),
        reason=c.reason,
        words=c.words,
        photos=[CustomerPhotoOut(id=id_, url=url, thumb=thumb) for id_, (url, thumb) in links.items()],
        lines=[CustomerLineOut(name=li.name, quantity=li.quantity, amount=li.amount.plain(), to_sku=li.to_sku) for li in c.lines],
        total=c.total.plain(),
        freight_refund=c.freight_refund.plain(),
        repaid=c.repaid.plain(),
        currency=c.total.currency,
        explanation=[CustomerWhyOut(text=said(e.zh, e.en, locale), clause_text=_clause(e.clause, pack, locale)) for e in c.explanation],
        path=_path(c, locale),
        timeline=[
            CustomerEventOut(at=to_ms(e.at), text=said(e.zh, e.en, locale), actor=_actor(e.actor_kind)) for e in c.timeline if e.public
        ],
        parcel=parcel
        and CustomerReturnOut(
            carrier=parcel.carrier,
            tracking_no=parcel.tracking_no,
            by=parcel.by,
            first_scan_at=maybe_ms(parcel.first_scan_at),
            arrived_at=maybe_ms(parcel.arrived_at),
        ),
        opened_at=to_ms(c.opened_at),
        due_at=maybe_ms(c.due_at) if c.state in lifecycle.LIVE else None,
        closed_at=maybe_ms(c.closed_at),
        can=_can(c, appeal),
        appeal=appeal and CustomerAppealOut(state=appeal.state, words=appeal.words, note=appeal.note),
    )


def _seen(state: State) -> State:
    """That the house asks its own approvers is its own affair."""
    return "open" if state == "approval" else state


def _can(c: Case, appeal: Appeal | None) -> list[str]:
    standing = Standing(c.kind, c.state, c.total.minor, c.repaid.minor)
    can = ["withdraw"] if lifecycle.may("customer", standing, "withdraw") else []
    if c.state in lifecycle.LIVE:
        can.append("photos")
    if c.state == "awaiting_goods":
        can.append("parcel")
    if c.state == "declined" and (appeal is None or appeal.state != "open"):
        can.append("appeal")
    if lifecycle.may("customer", standing, "reopened"):
        can.append("reopen")
    return can


def _path(c: Case, locale: Locale) -> list[CustomerStateOut]:
    """The road ahead; a case that left it shows where it ended."""
    states = list(lifecycle.path(c.kind, grant_kind(c)))
    seen = _seen(c.state)
    at = states.index(seen) if seen in states else -1
    if at < 0:
        return [_shown("open", locale, True), _shown(seen, locale, True)]
    return [_shown(s, locale, n <= at) for n, s in enumerate(states)]


def _shown(state: State, locale: Locale, reached: bool) -> CustomerStateOut:
    return CustomerStateOut(state=state, text=said(*STATES[state], locale), reached=reached)


def _actor(kind: str) -> str:
    return "customer" if kind == "customer" else "shop"


def _clause(clause: str, pack: Pack, locale: Locale) -> str:
    found = pack.clauses.get(clause)
    return said(found.zh, found.en, locale) if found else ""


def receiver_case(c: Case, locale: Locale) -> dict[str, object]:
    """For the receiver of a gift: what it is about and how it goes on. Neither price nor buyer, nor the order's number."""
    return {
        "number": c.number,
        "kind_text": said(*KINDS[c.kind], locale),
        "state": _seen(c.state),
        "state_text": said(*STATES[_seen(c.state)], locale),
        "lines": [{"name": li.name, "quantity": li.quantity} for li in c.lines],
        "path": [s.model_dump() for s in _path(c, locale) if s.state != "refunding"],
        "parcel": {"carrier": c.work.parcel.carrier, "tracking_no": c.work.parcel.tracking_no} if c.work.parcel else None,
    }
