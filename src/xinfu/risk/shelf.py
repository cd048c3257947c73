"""The books of all shops, in memory: takes facts that may come late or twice, and what people said of findings.

Everything here is plain calls without waiting; a fact costs what it costs `RiskBook`. `feed` fills the books, `service` asks them.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from xinfu.kit.ids import Id
from xinfu.risk.book import RiskBook
from xinfu.risk.contracts import (
    Account,
    AccountRisk,
    Arrival,
    Claim,
    ClaimRisk,
    Contact,
    Decision,
    Fact,
    Kind,
    Order,
    Pattern,
    PhotoMatch,
    Shipment,
)  # fmt: skip
from xinfu.risk.links import Held


@dataclass(slots=True)
class ShopBook:
    """One shop's book. `ready`: everything that was stored has been read in."""

    book: RiskBook = field(default_factory=RiskBook)
    ready: bool = False
    _contacts: set[str] = field(default_factory=set)

    def add(self, fact: Fact) -> bool:
        """Take one fact; the same again changes nothing. Says whether it was new."""
        facts = self.book.facts
        match fact:
            case Account():
                new = facts.accounts.get(fact.id) != fact
            case Order():
                new = facts.orders.get(fact.id) != fact
            case Shipment():
                new = facts.shipments.get(fact.id) != fact
            case Arrival():
                new = facts.arrivals.get(fact.parcel_id) != fact
            case Claim():
                new = facts.claims.get(fact.id) != fact
            case Decision():
                new = facts.decisions.get(fact.claim_id) != fact.approved
            case Contact():
                new = fact.id not in self._contacts
                self._contacts.add(fact.id)
            case _:
                new = True
        if new:
            self.book.add(fact)
        return new

    def score(self, claim: Claim) -> ClaimRisk:
        """Of a claim known already, photos that came later are looked up as well."""
        known = self.claim(claim.id)
        if known is not None and known.photos != claim.photos:
            return self.photos_matched(claim, self.book.seen_before(claim))
        return self.book.score(claim)

    def claim(self, number: str) -> Claim | None:
        return self.book.facts.claims.get(number)

    def knows_order(self, no: str) -> bool:
        return no in self.book.facts.orders

    def refused(self, customer_id: Id) -> bool:
        """Was this customer told no?"""
        facts = self.book.facts
        return any(facts.decisions.get(claim.id) is False for claim in facts.claims_of.get(customer_id, ()))

    def contacts(self, customer_id: Id) -> list[Contact]:
        return list(self.book.facts.contacts_of.get(customer_id, ()))

    def account(self, customer_id: Id) -> AccountRisk:
        return self.book.account(customer_id)

    def members(self, customer_id: Id) -> list[Id]:
        return sorted(self.book.links.members(customer_id))

    def held(self, customer_id: Id) -> list[Held]:
        return self.book.links.held(customer_id)

    def trust(self, kind: str, value: str, *, trusted: bool) -> None:
        self.book.links.trust(Kind(kind), value, trusted=trusted)

    def dismiss(self, customer_id: Id, pattern: str, key: str) -> None:
        self.book.dismiss(customer_id, Pattern(pattern), key)

    def clear_contacts(self, customer_id: Id, ids: Iterable[str]) -> None:
        """A person looked: these contacts were not harassing, so they say nothing about the next."""
        gone = set(ids)
        held = self.book.facts.contacts_of.get(customer_id)
        if held is not None:
            held[:] = [contact for contact in held if contact.id not in gone]

    def photos_matched(self, claim: Claim, matches: tuple[PhotoMatch, ...]) -> ClaimRisk:
        """What an eye that sees found out about a claim's photos after it was first scored."""
        known = {(m.photo_id, m.photo_id2) for m in self.book.facts.photo_matches.get(claim.id, ())}
        new = tuple(m for m in matches if (m.photo_id, m.photo_id2) not in known)
        if new:
            self.book.facts.photo_matches[claim.id] = (*self.book.facts.photo_matches.get(claim.id, ()), *new)
        return self.book.score(claim)


class Shelf:
    """A book per shop, and the salted names under which values leave this house's memory."""

    def __init__(self, secret: bytes) -> None:
        self._salt = hashlib.sha256(b"risk\0" + secret).digest()
        self._books: dict[Id, ShopBook] = {}

    def of(self, shop_id: Id) -> ShopBook:
        if shop_id not in self._books:
            self._books[shop_id] = ShopBook()
        return self._books[shop_id]

    def renew(self, shop_id: Id, book: ShopBook) -> None:
        self._books[shop_id] = book

    def name(self, shop_id: Id, kind: str, value: str) -> str:
        """The same for the same value of the same shop, and nothing to anyone without our secret."""
        return hmac.new(self._salt, f"{shop_id}\0{kind}\0{value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
