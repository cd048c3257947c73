"""What may be done to an order, what it asks for, what a preview says and what is left when it was done. Values only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from xinfu.commerce.contracts import OrderStatus, Parcel
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.postal import Parts
from xinfu.kit.text import clean

type Operation = Literal[
    "review", "hold", "release", "intercept", "cancel", "change_address", "change_note", "change_items", "change_payment",
    "urge_payment", "urge_parcel", "reissue", "invoice", "change_invoice",
]  # fmt: skip
type ConfirmedBy = Literal["customer", "staff"]
type PaymentState = Literal["done", "due", "refunding", "void"]

_PHONE = re.compile(r"[0-9+() -]{5,32}")
_TAX_NO = re.compile(r"[0-9A-Z]{15,20}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,120}\.[^@\s.]{2,60}")


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text) or sum(c.isdigit() for c in text) < 5:
        raise ValueError("a phone number")
    return text


def _tax_no(text: str) -> str:
    if text and not _TAX_NO.fullmatch(text.upper()):
        raise ValueError("15 to 20 letters and digits")
    return text.upper()


def _email(text: str) -> str:
    if text and not _EMAIL.fullmatch(text):
        raise ValueError("an e-mail address")
    return text


type Reason = Annotated[str, AfterValidator(clean), StringConstraints(max_length=200)]
type Words = Annotated[str, AfterValidator(clean), StringConstraints(max_length=500)]
type Given = Annotated[str, AfterValidator(clean), StringConstraints(min_length=1, max_length=120)]
type MethodName = Annotated[str, AfterValidator(clean), StringConstraints(max_length=80)]
type Position = Annotated[int, Field(ge=0, le=9999)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """审单: someone looked the paid order over and found it right."""

    operation: Literal["review"] = "review"
    note: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Keep the order in the house until it is released."""

    operation: Literal["hold"] = "hold"
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    operation: Literal["release"] = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intercept:
    """Ask the carrier to bring back a parcel that is on its way."""

    operation: Literal["intercept"] = "intercept"
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    operation: Literal["cancel"] = "cancel"
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAddress:
    """None = stays as it is. `parts`: the address as a shop system keeps it in parts; then they are the address."""

    operation: Literal["change_address"] = "change_address"
    receiver: Given | None = None
    phone: Annotated[str, AfterValidator(clean), AfterValidator(_phone)] | None = None
    address: Annotated[str, AfterValidator(clean), StringConstraints(min_length=1, max_length=500)] | None = None
    parts: Parts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNote:
    operation: Literal["change_note"] = "change_note"
    note: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """`line` counts from 0 in the order's lines; the whole line becomes `to_sku`, another variant of the same product."""

    line: Position
    to_sku: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItems:
    """`method`: the customer's own payment method that pays or gets the difference ('' = settled the way it was paid)."""

    operation: Literal["change_items"] = "change_items"
    changes: Annotated[tuple[ItemChange, ...], Field(min_length=1, max_length=100)]
    method: MethodName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePayment:
    """Pay an order another way: an unpaid one, and a paid one where the shop's rules allow that."""

    operation: Literal["change_payment"] = "change_payment"
    method: Annotated[str, AfterValidator(clean), StringConstraints(min_length=1, max_length=60)]


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgePayment:
    """催付: remind the buyer, at most once a day over all their orders and never at night."""

    operation: Literal["urge_payment"] = "urge_payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgeParcel:
    """催件: ask the carrier, or the warehouse before dispatch, and say by when they answer."""

    operation: Literal["urge_parcel"] = "urge_parcel"
    words: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissueItem:
    line: Position
    quantity: Annotated[int, Field(ge=1, le=9999)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue:
    """补发: send goods of this order again, without payment, as an order of its own."""

    operation: Literal["reissue"] = "reissue"
    items: Annotated[tuple[ReissueItem, ...], Field(min_length=1, max_length=100)]
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskInvoice:
    """An invoice for what was paid. `tax_no` '' = for a private person."""

    operation: Literal["invoice"] = "invoice"
    title: Given
    tax_no: Annotated[str, AfterValidator(clean), AfterValidator(_tax_no)] = ""
    email: Annotated[str, AfterValidator(clean), AfterValidator(_email)] = ""
    electronic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInvoice:
    """The invoice with other particulars; one already issued is taken back and issued again."""

    operation: Literal["change_invoice"] = "change_invoice"
    title: Given
    tax_no: Annotated[str, AfterValidator(clean), AfterValidator(_tax_no)] = ""
    email: Annotated[str, AfterValidator(clean), AfterValidator(_email)] = ""
    electronic: bool = True


type Inputs = (
    Review | Hold | Release | Intercept | Cancel | ChangeAddress | ChangeNote | ChangeItems | ChangePayment
    | UrgePayment | UrgeParcel | Reissue | AskInvoice | ChangeInvoice
)  # fmt: skip
type AnyInputs = Annotated[Inputs, Field(discriminator="operation")]
_inputs: TypeAdapter[Inputs] = TypeAdapter(AnyInputs)


def inputs_of(operation: str, given: Inputs | Mapping[str, Any]) -> Inputs:
    """The operation's inputs, checked; unknown names are refused. Raises Invalid."""
    if not isinstance(given, Mapping):
        if given.operation != operation:
            raise Invalid(why=f"{operation}: {given.operation}")
        return given
    try:
        return _inputs.validate_python({**given, "operation": operation}, extra="forbid")
    except ValidationError as e:
        raise Invalid(why="; ".join(f"{'.'.join(map(str, x['loc'][1:]))}: {x['msg']}" for x in e.errors()[:3])) from e


# The order as operations see it


@dataclass(frozen=True, slots=True)
class Line:
    """`no_return` True: at this purchase the buyer confirmed that it cannot be given back without a reason."""

    position: int
    sku: str
    product_id: str
    name: str
    options: tuple[tuple[str, str], ...]
    quantity: int
    price: Money
    category: str = ""
    no_return: bool = False


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """Money in or back. `state`: done, still due, a refund under way, or void."""

    kind: Literal["payment", "refund"]
    method: str
    amount: Money
    state: PaymentState = "done"


@dataclass(frozen=True, slots=True)
class InvoiceState:
    title: str
    number: str
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderState:
    """One order frozen at one moment, with everything a decision about it may need. `version` changes with every change of it."""

    id: Id
    no: str
    shop_id: Id
    customer_id: Id
    version: str
    status: OrderStatus
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    completed_at: datetime | None
    total: Money
    freight: Money
    lines: tuple[Line, ...]
    payments: tuple[PaymentLine, ...]
    receiver: str
    receiver_phone: str
    address: str
    gift: bool
    note: str
    parcels: tuple[Parcel, ...]
    reviewed_at: datetime | None = None
    held_at: datetime | None = None
    hold_reason: str = ""
    intercept_at: datetime | None = None
    pay_method: str = ""
    invoice: InvoiceState | None = None
    items_changed: bool = False
    """Were its items changed after it was placed?"""
    asked_back: bool = False
    """Does the shop system say that goods of it are being returned or exchanged already?"""

    @property
    def paid(self) -> Money:
        """What really came in."""
        return sum((p.amount for p in self.payments if p.kind == "payment" and p.state == "done"), self.total.zero())

    @property
    def refunded(self) -> Money:
        """What went back or is on its way back."""
        return sum((p.amount for p in self.payments if p.kind == "refund" and p.state != "void"), self.total.zero())

    @property
    def refundable(self) -> Money:
        return self.paid - self.refunded

    @property
    def delivered_at(self) -> datetime | None:
        """When the last of its parcels was signed for; None while one is still out, or when no carrier said."""
        times = [max((s.at for s in p.scans if s.code == "delivered"), default=None) for p in self.parcels]
        known = [at for at in times if at is not None]
        return max(known) if known and len(known) == len(times) else None


@dataclass(frozen=True, slots=True)
class VariantState:
    sku: str
    product_id: str
    name: str
    options: tuple[tuple[str, str], ...]
    price: Money
    stock: int


# What a decision says


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said in both languages; `code` is stable."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RefundPart:
    """`at_once`: it is there at once, on a gift card of the customer."""

    method: str
    amount: Money
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRef:
    """A refund row of an order: what is to go back, by which way, and whether it did. `reference` names what asked for it."""

    id: Id
    shop_id: Id
    order_no: str
    customer_id: Id
    method: str
    amount: Money
    at: datetime
    state: PaymentState
    reference: str


@dataclass(frozen=True, slots=True)
class MoneyEffect:
    """What goes back to the customer (by the way it was paid), what they still have to pay, and the order's total afterwards.

    `charged_to`: the customer's own payment method that pays the charge at once ('' = it is yet to be paid).
    """

    refund: Money
    charge: Money
    total: Money
    parts: tuple[RefundPart, ...] = ()
    charged_to: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What will happen. `token` stands for exactly this: perform refuses it once order, inputs or money are no longer these."""

    operation: Operation
    order_id: Id
    order_no: str
    customer_id: Id
    status: OrderStatus
    version: str
    token: str
    lines: tuple[Sentence, ...]
    money: MoneyEffect
    warnings: tuple[Sentence, ...]
    answer_by: datetime | None


@dataclass(frozen=True, slots=True)
class Done:
    """What happened. `repeated` True: this key had done it before, nothing happened now.

    `answer_by`: when the carrier or warehouse answers. `new_order_no`: the order that sends goods again (reissue), else ''.
    """

    id: Id
    operation: Operation
    order_id: Id
    order_no: str
    customer_id: Id
    status: OrderStatus
    version: str
    at: datetime
    lines: tuple[Sentence, ...]
    money: MoneyEffect
    answer_by: datetime | None = None
    new_order_no: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of an order's history, as a person reads it."""

    id: Id
    at: datetime
    operation: Operation
    zh: str
    en: str
    actor_kind: str
    actor_name: str
    confirmed_by: str
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderOperated:
    """Announced after the commit when something was done to an order, also when its view stays the same."""

    shop_id: Id
    customer_id: Id
    order_no: str
    operation: Operation


# What a shop system is told to do


@dataclass(frozen=True, slots=True)
class InvoiceDetails:
    title: str
    tax_no: str
    email: str
    electronic: bool
    amount: Money


@dataclass(frozen=True, slots=True)
class LineChange:
    position: int
    to: VariantState


@dataclass(frozen=True, slots=True)
class Changes:
    """What is written; None and empty = stays as it is. Refunds and the charge are in the plan's MoneyEffect."""

    status: OrderStatus | None = None
    cancel_reason: str = ""
    receiver: str | None = None
    receiver_phone: str | None = None
    address: str | None = None
    address_parts: Mapping[str, str] | None = None
    gift: bool | None = None
    note: str | None = None
    lines: tuple[LineChange, ...] = ()
    reviewed: bool = False
    held: bool | None = None
    hold_reason: str = ""
    intercepting: bool = False
    pay_method: str | None = None
    invoice: InvoiceDetails | None = None
    again: tuple[tuple[int, int], ...] = field(default=())
    """Line positions and quantities to be sent again."""
