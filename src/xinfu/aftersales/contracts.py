"""What customers may ask for after they bought, what a policy says to it, and a request as others see it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from xinfu.commerce import Sentence
from xinfu.commerce.contracts import OrderStatus
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id, is_id
from xinfu.kit.money import Money
from xinfu.kit.text import clean

type Kind = Literal["return", "exchange", "repair", "refund_only", "price_protection"]
type Reason = Literal[
    "no_reason", "size", "quality", "damaged", "wrong_item", "missing", "not_as_described", "not_received", "late", "price_drop",
    "adverse_reaction",
]  # fmt: skip
type Party = Literal["shop", "carrier", "customer", "unknown"]
type Payer = Literal["shop", "customer", "half", "none"]
type Disposition = Literal["restock", "repair", "destroy", "none"]
type Verdict = Literal["allowed", "person", "refused"]
type State = Literal["open", "accepted", "declined", "withdrawn"]


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

    `party`: whom they hold responsible; `remedy`: what they would like.
    """

    kind: Kind
    reason: Reason
    items: Annotated[tuple[WishItem, ...], Field(max_length=100)] = ()
    party: Party = "unknown"
    words: Annotated[str, AfterValidator(clean), StringConstraints(max_length=2000)] = ""
    remedy: Annotated[str, AfterValidator(clean), StringConstraints(max_length=200)] = ""
    photos: Annotated[tuple[Annotated[str, AfterValidator(_photo)], ...], Field(max_length=9)] = ()


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
    way back, `busy_units` are being exchanged or repaired, `taken_amount` is granted or asked for on this line in all, `open` = a request
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
class Facts:
    """An order at one moment. `reserved`: asked for and not yet refunded, in minor units, beside what the order's payments know."""

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

    @property
    def allowed(self) -> bool:
        """May such a request be opened?"""
        return self.verdict != "refused"


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
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """Announced after the commit when a case was opened or changed its state."""

    shop_id: Id
    customer_id: Id
    number: str
    state: State
