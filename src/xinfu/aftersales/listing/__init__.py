"""The listing check: campaign listings entered by one person and verified by another, nothing listed twice."""

from xinfu.aftersales.listing.contracts import Listing, ListingChanged, Outcome
from xinfu.aftersales.listing.endpoints import router
from xinfu.aftersales.listing.policy import Terms
from xinfu.aftersales.listing.service import Listings

__all__ = ["Listing", "ListingChanged", "Listings", "Outcome", "Terms", "router"]
