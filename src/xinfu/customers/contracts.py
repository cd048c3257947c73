"""Customers as other folders may see them."""

from dataclasses import dataclass, field
from typing import Literal

from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.understanding.contracts import Language

type PaymentKind = Literal["gift_card", "credit_card", "paypal", "alipay", "wechat", "bank", "other"]


@dataclass(frozen=True, slots=True)
class CustomerBrief:
    """Who is writing, as much as the desk needs. `number` is theirs in the shop system; `known` False = a visitor without account.

    `fresh`: made by this very visit, so there is nothing yet to look for.
    """

    id: Id
    shop_id: Id
    name: str
    vip: int
    language: Language
    number: str | None
    known: bool
    fresh: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone opened the chat. `visitor` is what their browser keeps; `number` and `name` come from a verified identity token only."""

    shop_id: Id
    visitor: str
    number: str | None
    name: str | None
    locale: Locale


@dataclass(frozen=True, slots=True)
class AddressPreview:
    """A change of a customer's own address, masked. `token` stands for exactly this change."""

    before: str
    after: str
    token: str


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """One way a customer pays. `balance` is what a gift card holds; None for all others."""

    reference: str
    kind: PaymentKind
    balance: Money | None = None
