"""Listings as the API takes and tells them: amounts as text, times in milliseconds, sentences in the reader's language."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from xinfu.aftersales.listing.contracts import Listing, Outcome
from xinfu.aftersales.listing.policy import Finding, Terms
from xinfu.commerce.sale_facts import SaleFacts
from xinfu.kit.clock import from_ms, to_ms
from xinfu.kit.errors import Invalid
from xinfu.kit.i18n import Locale, said
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.paging import Page
from xinfu.kit.text import clean

_YEAR_3000 = 32_503_680_000_000
type Moment = Annotated[int, Field(ge=0, le=_YEAR_3000)]
type Ticks = Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=10)]
type Given = Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=80)]


class TermsIn(BaseModel):
    """`price` like "19.90" in the shop's currency; 0 = no limit."""

    campaign: Given
    sku: Given
    price: str = Field(max_length=20)
    per_customer: int = Field(0, ge=0, le=1_000_000)
    quantity: int = Field(0, ge=0, le=1_000_000)
    starts_at: Moment
    ends_at: Moment

    def terms(self, currency: str) -> Terms:
        """Raises Invalid."""
        try:
            price = Money.parse(self.price, currency)
        except ValueError as e:
            raise Invalid(why=f"price: {self.price[:20]}") from e
        return Terms(
            self.campaign, self.sku, price, self.per_customer, self.quantity, from_ms(self.starts_at), from_ms(self.ends_at)
        )  # fmt: skip


class EnterIn(TermsIn):
    """`accept`: codes of the warnings that are ticked."""

    accept: Ticks = []
    submit: bool = False


class EditIn(TermsIn):
    accept: Ticks = []
    version: int = Field(ge=0, le=2**31)


class LookIn(TermsIn):
    """`but`: the listing that is being changed, which does not collide with itself."""

    but: Id | None = Field(None, max_length=32)


class StepIn(BaseModel):
    version: int = Field(ge=0, le=2**31)
    accept: Ticks = []
    note: str = Field("", max_length=300)


class OneOfMany(BaseModel):
    id: Id = Field(max_length=32)
    version: int = Field(ge=0, le=2**31)
    accept: Ticks = []


class ManyIn(BaseModel):
    listings: list[OneOfMany] = Field(min_length=1, max_length=200)


class FindingOut(BaseModel):
    """`warning`: it may be ticked."""

    code: str
    field: str
    text: str
    warning: bool


class FactsOut(BaseModel):
    """`lowest` within 30 days; `floor`: what it costs the house."""

    product_id: Id
    name: str
    options: list[list[str]]
    category: str
    image: str
    price: str
    currency: str
    stock: int
    lowest: str | None
    floor: str | None


class ListingOut(BaseModel):
    id: Id
    campaign: str
    sku: str
    name: str
    price: str
    currency: str
    per_customer: int
    quantity: int
    starts_at: int
    ends_at: int
    state: str
    accepted: list[str]
    entered_at: int
    entered_by: str
    mine: bool
    checked_at: int | None
    checked_by: str
    note: str
    version: int
    facts: FactsOut | None
    findings: list[FindingOut]
    drifted: bool


class ListingsOut(BaseModel):
    items: list[ListingOut]
    next: str | None
    counts: dict[str, int]


class LookedOut(BaseModel):
    findings: list[FindingOut]
    facts: FactsOut | None


class OutcomeOut(BaseModel):
    """`code` '' = done."""

    id: Id
    code: str
    text: str


def finding_out(f: Finding, locale: Locale) -> FindingOut:
    return FindingOut(code=f.code, field=f.field, text=said(f.zh, f.en, locale), warning=f.warning)


def facts_out(facts: SaleFacts | None) -> FactsOut | None:
    if facts is None:
        return None
    return FactsOut(
        product_id=facts.product_id, name=facts.name, options=[list(o) for o in facts.options], category=facts.category, image=facts.image,
        price=facts.price.plain(), currency=facts.price.currency, stock=facts.stock,
        lowest=facts.lowest.plain() if facts.lowest is not None else None,
        floor=facts.floor.plain() if facts.floor is not None else None,
    )  # fmt: skip


def listing_out(listing: Listing, locale: Locale) -> ListingOut:
    terms = listing.terms
    return ListingOut(
        id=listing.id, campaign=terms.campaign, sku=terms.sku, name=listing.name, price=terms.price.plain(), currency=terms.price.currency,
        per_customer=terms.per_customer, quantity=terms.quantity, starts_at=to_ms(terms.starts_at), ends_at=to_ms(terms.ends_at),
        state=listing.state, accepted=list(listing.accepted), entered_at=to_ms(listing.entered_at), entered_by=listing.entered_by,
        mine=listing.mine, checked_at=to_ms(listing.checked_at) if listing.checked_at else None, checked_by=listing.checked_by,
        note=listing.note, version=listing.version, facts=facts_out(listing.facts),
        findings=[finding_out(f, locale) for f in listing.findings], drifted=listing.drifted,
    )  # fmt: skip


def listings_out(page: Page[Listing], counts: dict[str, int], locale: Locale) -> ListingsOut:
    return ListingsOut(items=[listing_out(x, locale) for x in page.items], next=page.next, counts=counts)


def outcome_out(o: Outcome, locale: Locale) -> OutcomeOut:
    return OutcomeOut(id=o.id, code=o.code, text=said(o.zh, o.en, locale))
