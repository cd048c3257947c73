"""A listing as others see it. Values only."""

from dataclasses import dataclass
from datetime import datetime

from xinfu.aftersales.listing.policy import Finding, ListingState, Terms
from xinfu.commerce.sale_facts import SaleFacts
from xinfu.kit.ids import Id


@dataclass(frozen=True, slots=True)
class Listing:
    """`facts`: the catalogue today (None: it does not know the sku); `findings`: what is wrong with it today. `mine`: the reader entered
    it, and so cannot check it. `drifted`: the catalogue's price is no longer what the checker saw."""

    id: Id
    terms: Terms
    name: str
    state: ListingState
    accepted: tuple[str, ...]
    entered_at: datetime
    entered_by: str
    mine: bool
    checked_at: datetime | None
    checked_by: str
    note: str
    version: int
    facts: SaleFacts | None
    findings: tuple[Finding, ...]
    drifted: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several. `code` '' = done."""

    id: Id
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ListingChanged:
    """Announced after the commit of every change."""

    shop_id: Id
    listing_id: Id
    state: ListingState
