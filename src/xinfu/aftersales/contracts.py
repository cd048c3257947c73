"""What customers may ask for after they bought, what a policy says to it, and a case as others see it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from xinfu.commerce import Sentence
from xinfu.commerce.contracts import OrderStatus
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id, is_id
from xinfu.kit.money import Money
from xinfu.kit.text import clean

type Kind = Literal[
    "return", "exchange", "repair", "refund_only", "reissue", "price_protection", "compensation", "dispute", "adverse_reaction", "goodwill",
]  # fmt: skip
type Reason = Literal[
    "no_reason", "size", "quality", "damaged", "wrong_item", "missing", "not_as_described", "not_received", "late", "price_drop",
    "adverse_reaction", "unclear_spec", "installation_fee", "service", "other",
]  # fmt: skip
type Party = Literal["shop", "carrier", "customer", "unknown"]
type Payer = Literal["shop", "customer", "half", "none"]
type Disposition = Literal["restock", "repair", "destroy", "none"]
type Verdict = Literal["allowed", "person", "refused"]
type State = Literal[
    "open", "approval", "awaiting_goods", "returning", "received", "refunding", "sending", "granting", "handling", "done", "declined",
    "withdrawn", "stuck",
]  # fmt: skip
type Condition = Literal["as_new", "opened", "used", "damaged", "incomplete", "other_item"]
type Trust = Literal["new", "known", "trusted", "watched"]
type RiskAction = Literal["approve", "review", "evidence"]
type GrantKind = Literal["points", "coupon", "cash"]


def _photo(id_: str) -> str:
    if not is_id(id_):
        raise ValueError("the id of a file")
    return id_


@dataclass(frozen=True, slots=True, kw_only=True)
class WishItem:
    """`line` counts from 0 in the order's lines. `to_sku`: what it is exchanged for; '' = the same again."""

    line: Annotated[int, Field(ge=0, le=9999)]
    quantity: Annotated[int, Field(ge=1, le=9999)] = 1
    to_sku: Annotated[str, AfterValidator(clean), StringConstraints(max_length=80)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a customer asks for. No `items` = everything left of the order.

    `party`: whom they hold responsible; `remedy`: what they would like. `late`: staff ask for goodwill beyond the window.
    `refund_to`: another way than it was paid, by the name of one of the customer's own means ('' = the way it was paid).
    """

    kind: Kind
    reason: Reason
    items: Annotated[tuple[WishItem, ...], Field(max_length=100)] = ()
    party: Party = "unknown"
    words: Annotated[str, AfterValidator(clean), StringConstraints(max_length=2000)] = ""
    remedy: Annotated[str, AfterValidator(clean), StringConstraints(max_length=200)] = ""
    photos: Annotated[tuple[Annotated[str, AfterValidator(_photo)], ...], Field(max_length=9)] = ()
    late: bool = False
    refund_to: Annotated[str, AfterValidator(clean), StringConstraints(max_length=80)] = ""


_wish: TypeAdapter[Wish] = TypeAdapter(Wish)


def wish_of(given: Wish | Mapping[str, Any]) -> Wish:
    """A wish, checked; unknown names are refused. Raises Invalid."""
    if isinstance(given, Wish):
        return given
    try:
        return _wish.validate_python(dict(given), extra="forbid")
    except ValidationError as e:
        raise Invalid(why="; ".join(f"{'.'.join(map(str, x['loc']))}: {x['msg']}" for x in e.errors()[:3])) from e


# What a policy decides on


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One order line. `price` is what a unit was listed at when bought, `price_now` what it costs today (None: not for sale).

    `no_return`: the buyer confirmed at this purchase that it cannot be returned without a reason. `taken_units` went back or are on their
    way back, `busy_units` are being exchanged or repaired, `taken_amount` is granted or asked for on this line in all, `open` = a case
    about it waits to be decided.
    """

    position: int
    sku: str
    name: str
    category: str
    quantity: int
    price: Money
    price_now: Money | None = None
    no_return: bool = False
    taken_units: int = 0
    busy_units: int = 0
    taken_amount: int = 0
    open: bool = False


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """One way a customer pays; `balance` is what a gift card holds, None for all others."""

    reference: str
    kind: str
    balance: Money | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """An order at one moment. `reserved`: asked for, not yet ordered to be paid back, in minor units, beside the order's payments."""

    now: datetime
    zone: ZoneInfo
    status: OrderStatus
    dispatched: bool
    placed_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    total: Money
    freight: Money
    paid: Money
    refunded: Money
    reserved: int
    lines: tuple[LineFacts, ...]
    targets: Mapping[str, Money] = field(default_factory=dict)
    """Prices of the variants asked for in exchange, by sku in capitals."""
    asked_before: bool = False
    """Was a return or an exchange of this order asked for already?"""
    methods: Mapping[str, MethodFacts] = field(default_factory=dict)
    """The customer's own payment methods, by reference."""
    paid_by: tuple[str, ...] = ()
    """By which of them the order was paid."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, in both languages. `clause` names an entry of the pack's clauses ('' = none); `against`: this is what stands in the way."""

    code: str
    clause: str
    zh: str
    en: str
    against: bool = False


@dataclass(frozen=True, slots=True)
class LineAmount:
    """So many units of a line, and what goes back for them, to the cent."""

    position: int
    sku: str
    name: str
    quantity: int
    amount: Money
    to_sku: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """`verdict` allowed: by the policy it is granted once the goods are as told; person: someone has to look at it; refused.

    `basis` names the rule that carries it. `freight_refund` is what goes back of the order's own freight; `total` all that goes back.
    `until` is when the window that counts closes.
    """

    verdict: Verdict
    kind: Kind
    basis: str
    lines: tuple[Explanation, ...]
    freight_payer: Payer
    amounts: tuple[LineAmount, ...]
    freight_refund: Money
    total: Money
    disposition: Disposition
    until: datetime | None
    pack: str
    pack_version: int
    difference: Money | None = None
    """What an exchange costs more, or (below nothing) less, where the shop settles that by a payment method named; else None."""

    @property
    def allowed(self) -> bool:
        """May such a case be opened?"""
        return self.verdict != "refused"


# Work on a case


@dataclass(frozen=True, slots=True)
class ReturnParcel:
    """The parcel that brings goods back. `by` shop: on our label; customer: sent by themselves. Amounts are minor units.

    `claimed` freight was asked for, `freight` is what the contract allows of it; `weight_g` as the carrier weighed it.
    """

    carrier: str
    tracking_no: str
    by: Literal["shop", "customer"] = "shop"
    claimed: int = 0
    freight: int = 0
    weight_g: int = 0
    first_scan_at: datetime | None = None
    arrived_at: datetime | None = None
    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What came back, as the person who opened the parcel found it."""

    condition: Condition
    matches: bool
    disposition: Disposition
    serial: str
    weight_g: int
    note: str
    photos: tuple[str, ...]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Points (a number), a coupon or cash (minor units of the order's currency)."""

    what: GrantKind
    amount: int


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a checklist: by when, and who did it when with which words."""

    key: str
    zh: str
    en: str
    due_at: datetime | None
    done_at: datetime | None = None
    done_by: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """One reason in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class TrustWord:
    """How far a customer is trusted, and why."""

    level: Trust
    reasons: tuple[Reasoned, ...]


@dataclass(frozen=True, slots=True)
class RiskWord:
    """What risk says to a case. A machine may approve; it never refuses: review and evidence bring a person."""

    score: float
    action: RiskAction
    pattern: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    money_at_risk: int = 0
    entity_id: str = ""


class RiskView(Protocol):
    """Who knows about patterns and links; app.py wires the risk desk. None: it cannot tell, and the case simply goes on."""

    async def look(self, shop_id: Id, case: "Case") -> RiskWord | None: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo added after opening."""

    photo: str
    at: datetime
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class Work:
    """What has been done on a case beside its state. `was`: the state before it got stuck; `stuck` says why.

    `early`: refunded on the first scan, in minor units, to be asked back at `clawback_by` when the parcel never arrived; `clawed`: so
    much was. `paid_grants`: given so far. `auto`: the system said yes by itself.
    """

    parcel: ReturnParcel | None = None
    inspection: Inspection | None = None
    grant: Grant | None = None
    paid_grants: tuple[Grant, ...] = ()
    checklist: tuple[Check, ...] = ()
    trust: TrustWord | None = None
    risk: RiskWord | None = None
    evidence: tuple[Evidence, ...] = ()
    early: int = 0
    clawback_by: datetime | None = None
    clawed: int = 0
    approval_id: str = ""
    grant_key: str = ""
    """Under which authority recorded the yes: given back when nothing comes of it."""
    remedy_asked: Grant | None = None
    """A remedy within the case that waits for `approval_id`."""
    new_order_no: str = ""
    was: str = ""
    stuck: Reasoned | None = None
    reopened: int = 0
    triaged: bool = False
    difference: int = 0
    """Of an exchange: what it costs more (or less), in minor units, by the payment method of `refund_to`."""
    auto: bool = False


# Cases


@dataclass(frozen=True, slots=True)
class CasePreview:
    """What opening it would mean. `token` stands for exactly this wish, order and decision."""

    order_no: str
    customer_id: Id
    decision: Decision
    warnings: tuple[Sentence, ...]
    token: str


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One step, as a person reads it."""

    at: datetime
    code: str
    zh: str
    en: str
    actor_kind: str
    actor_name: str
    public: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. `number` is what people say to each other. `repeated`: this key had opened it before."""

    id: Id
    number: str
    shop_id: Id
    order_no: str
    customer_id: Id
    kind: Kind
    state: State
    reason: Reason
    party: Party
    words: str
    remedy: str
    photos: tuple[Id, ...]
    verdict: Verdict
    basis: str
    freight_payer: Payer
    disposition: Disposition
    lines: tuple[LineAmount, ...]
    freight_refund: Money
    total: Money
    explanation: tuple[Explanation, ...]
    pack: str
    pack_version: int
    opened_at: datetime
    opened_by_kind: str
    opened_by: str
    decided_at: datetime | None
    decided_by: str
    closed_at: datetime | None
    version: int
    timeline: tuple[CaseEvent, ...]
    repaid: Money
    """Of the total, what was ordered to be paid back so far."""
    due_at: datetime | None
    """By when its next step is due."""
    assignee_id: str
    assignee: str
    appealed: bool
    """An appeal waits to be decided."""
    gift: bool
    work: Work
    refund_to: str = ""
    """The customer's payment method that gets the refund or settles an exchange's difference; '' = the way it was paid."""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """Announced after the commit of every step of a case. `n` counts the steps; the sentence is for the customer if `public`."""

    shop_id: Id
    customer_id: Id
    number: str
    state: State
    kind: Kind = "return"
    order_no: str = ""
    code: str = ""
    n: int = 0
    zh: str = ""
    en: str = ""
    public: bool = False
