"""Customers as other folders may see them."""

from dataclasses import dataclass, field

from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id
from xinfu.understanding.contracts import Language


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
