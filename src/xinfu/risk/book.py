"""The one who watches: takes facts as they come, scores each claim on what was known then, tells who seems to run which ring."""

from collections import defaultdict

from xinfu.customers.policy import digits_of
from xinfu.risk import soft
from xinfu.risk.address import place
from xinfu.risk.contracts import (
    Account,
    AccountRisk,
    Arrival,
    Claim,
    ClaimRisk,
    Contact,
    Decision,
    Device,
    Fact,
    Finding,
    Kind,
    Link,
    Order,
    Pattern,
    Payee,
    PhotoMatch,
    Photos,
    Reason,
    Scene,
    Shipment,
)
from xinfu.risk.detectors import DETECTORS, HINT, SIGN, Sign, harassment_sign, is_fragile, refused_order
from xinfu.risk.facts import Facts
from xinfu.risk.links import LinkBook
from xinfu.risk.photos import SamePhotos
from xinfu.risk.policy import FOUND, action, history_score

_MOST_MEMBERS_READ = 400
"""An entity larger than this is summed up from its first members, so that one score stays within milliseconds."""

_RING = 3
"""From so many members with signs of their own an entity is a ring; members without a sign can then be part of it by strong ties."""


class RiskBook:
    """Facts in the order of time go in through `add`; a claim is scored by `score`, which also remembers it."""

    def __init__(self, photos: Photos | None = None) -> None:
        self.facts = Facts()
        self.links = LinkBook()
        self._photos = photos or SamePhotos()
        self._orders: dict[str, int] = defaultdict(int)
        self._fragile_orders: dict[str, int] = defaultdict(int)
        self._hints: dict[str, dict[str, Pattern]] = defaultdict(dict)
        self._signs: dict[str, dict[Pattern, dict[str, Sign]]] = defaultdict(lambda: defaultdict(dict))
        self._dismissed: set[tuple[str, Pattern, str]] = set()

    def add(self, fact: Fact) -> None:
        """Every fact but a claim (see `score`)."""
        match fact:
            case Account():
                self.facts.accounts[fact.id] = fact
                self._link_account(fact)
            case Device():
                self._link(fact.account_id, Kind.DEVICE, fact.device_id)
                self._link(fact.account_id, Kind.IP, fact.ip)
            case Payee():
                self._link(fact.account_id, Kind.PAYEE, fact.payee_id)
            case Order():
                if fact.id not in self.facts.orders:
                    self._orders[fact.account_id] += 1
                    self._fragile_orders[fact.account_id] += is_fragile(fact)
                self.facts.add_order(fact)
                self._link_order(fact)
            case Shipment():
                self.facts.add_shipment(fact)
                self._link_shipment(fact)
            case Arrival():
                self.facts.arrivals[fact.parcel_id] = fact
                if not fact.returning and fact.outcome == "refused" and (order := self.facts.orders.get(fact.order_id)):
                    self._record(order.account_id, Pattern.ORDER_AND_REFUSE, order.id, refused_order(order, self.facts))
            case Decision():
                self.facts.add_decision(fact)
                if claim := self.facts.claims.get(fact.claim_id):
                    self._read(claim)
            case Contact():
                self.facts.contacts_of[fact.account_id].append(fact)
                self._record(fact.account_id, Pattern.HARASSMENT, "calls", harassment_sign(fact.account_id, self.facts))
            case Claim():
                self.score(fact)

    def seen_before(self, claim: Claim) -> tuple[PhotoMatch, ...]:
        """Earlier photos that show the same as the claim's. The slow part of a claim: can be asked for apart from its score."""
        if not claim.photos:
            return ()
        order = self.facts.orders.get(claim.order_id)
        people = frozenset(self._entity(claim.account_id))
        scene = Scene(claim.opened_at, order.sku if order else "", order.category if order else "", people)
        return self._photos.seen_before(claim.id, claim.photos, scene)

    def score(self, claim: Claim, photos: tuple[PhotoMatch, ...] | None = None) -> ClaimRisk:
        """What is known up to now says this of the claim; from now on the claim is known too.

        `photos` is what `seen_before` answered; without it, it is asked now.
        """
        if claim.id in self.facts.claims:  # more of it is known by now
            self.facts.claims[claim.id] = claim
        else:
            self.facts.add_claim(claim, self.seen_before(claim) if photos is None else photos)
        self._link_photos(claim)
        signs = self._read(claim)
        entity = self._entity(claim.account_id)
        findings = [self._finding(claim, pattern, sign, entity) for pattern, sign in signs.items()]
        findings.sort(key=lambda f: (-f.score, f.pattern))
        best = findings[0] if findings else None
        score = best.score if best else 0.0
        return ClaimRisk(
            claim.id,
            score,
            best.pattern if best and score >= 0.3 else None,
            action(score, hard=any(f.hard for f in findings)),
            tuple(findings),
        )

    def dismiss(self, account_id: str, pattern: Pattern, key: str) -> None:
        """A person looked and found nothing: this claim (or order) counts no more as a sign of this pattern."""
        self._dismissed.add((account_id, pattern, key))
        self._record(account_id, pattern, key, Sign())

    def account(self, account_id: str) -> AccountRisk:
        """What all that is known says of one account."""
        risks = self._account_risks(set(self.links.members(account_id)))
        nothing = AccountRisk(account_id, 0.0, (), self.links.entity_id(account_id))
        return next((risk for risk in risks if risk.account_id == account_id), nothing)

    def settle(self) -> None:
        """Read every claim again with all that is known now, before accounts and links are asked for."""
        for claim in self.facts.claims.values():
            self._read(claim)

    def photo_matches(self) -> list[PhotoMatch]:
        return [m for matches in self.facts.photo_matches.values() for m in matches]

    def accounts(self) -> list[AccountRisk]:
        found: dict[str, AccountRisk] = {}
        for members in soft.joined(self.links, sorted(a for a in self._signs if self.links.suspected(a))):
            for risk in self._account_risks(members):
                found[risk.account_id] = risk
        return [found[a] if a in found else AccountRisk(a, 0.0, (), self.links.entity_id(a)) for a in sorted(self.facts.accounts)]

    def ring_links(self, risks: list[AccountRisk]) -> list[Link]:
        """Pairs of one entity: as sure as the less sure of the two. An entity nobody can be blamed for gives low scores only."""
        together: dict[str, list[AccountRisk]] = defaultdict(list)
        for risk in risks:
            if risk.score > 0:
                together[risk.entity_id].append(risk)
        return [
            Link(a.account_id, b.account_id, min(a.score, b.score))
            for known in together.values()
            for i, a in enumerate(known)
            for b in known[i + 1 :]
        ]

    def _account_risks(self, members: set[str]) -> list[AccountRisk]:
        entity = sorted(members)
        scores = {p: self._entity_score(p, entity) for p in Pattern}
        guilty = {p: s for p, s in scores.items() if s >= 0.3}
        if not guilty:
            return []
        signed = [m for m in entity if any(self._signs[m][p] for p in guilty)] if len(entity) > 1 else entity
        ring = len(signed) >= _RING and len(signed) >= 0.3 * len(entity)
        name, out = entity[0], []
        for member in entity:
            own = {p: s for p, s in guilty.items() if self._signs[member][p]}
            if own:
                patterns = tuple(p for p in own if own[p] >= FOUND) or tuple(own)
                out.append(AccountRisk(member, max(own.values()), patterns, name, self._why(member, tuple(own), entity)))
            elif ring:
                main = max(guilty, key=lambda p: guilty[p])
                values, reached = self.links.ties(member, signed)
                firm = (reached and values >= 2) or reached >= 2 or (values and main in self._hints.get(member, {}).values())
                firm = firm or soft.firmness(self.links, member, signed) >= soft.JOINED
                sure = 0.55 if guilty[main] >= FOUND and firm else 0.3
                out.append(AccountRisk(member, sure, (main,), name, self._why(member, (), entity)))
        return out

    def _entity_score(self, pattern: Pattern, entity: list[str]) -> float:
        count, chances, hard = self._history(pattern, entity)
        score = history_score(pattern, count, chances)
        if hard:
            score = max(score, 0.9)
        if pattern is Pattern.HARASSMENT and count >= 1:
            score = max(score, 0.7)
        return score

    def _history(self, pattern: Pattern, entity: list[str], without: str = "") -> tuple[int, int, bool]:
        """Signs of a pattern in an entity, the orders they are weighed against, and whether one of them is hard evidence."""
        count, chances, hard = 0, 0, False
        tender = pattern is Pattern.FRAGILE_CLAIMS
        for member in entity:
            if member in self._signs and (kept := self._signs[member][pattern]):
                count += len(kept) - (without in kept)
                hard = hard or any(sign.hard for sign in kept.values())
            chances += (self._fragile_orders if tender else self._orders).get(member, 0)
        return count, chances, hard

    def _finding(self, claim: Claim, pattern: Pattern, sign: Sign, entity: list[str]) -> Finding:
        key = _key(claim, pattern)
        before, chances = 0, 0
        if sign.strength >= HINT:
            before, chances, _ = self._history(pattern, entity, without=key)
        score = 0.5 * sign.strength
        if sign.strength >= SIGN or (sign.strength >= HINT and before >= 1):
            score = max(min(score, 0.45), history_score(pattern, before + 1, chances))
        if sign.hard:
            score = max(score, 0.92)
        reasons = list(sign.reasons)
        if before:
            others = len([m for m in entity if self._signs[m][pattern]])
            zh = f"同一批账号另有 {before} 次同类情况（{others} 个账号，{chances} 单）"
            reasons.append(Reason(zh, f"{before} more of the kind by the same people ({others} accounts, {chances} orders)"))
        return Finding(pattern, round(score, 4), tuple(reasons), self._money(claim), tuple(sign.evidence), sign.hard)

    def _money(self, claim: Claim) -> float:
        order = self.facts.orders.get(claim.order_id)
        return claim.amount or (order.paid if order else None) or 0.0

    def _read(self, claim: Claim) -> dict[Pattern, Sign]:
        """Each detector's view of the claim; signs strong enough enter the history."""
        signs = {}
        for pattern, detector in DETECTORS.items():
            sign = detector(claim, self.facts)
            if (claim.account_id, pattern, _key(claim, pattern)) in self._dismissed:
                sign = Sign()
            if pattern is not Pattern.HARASSMENT:
                self._record(claim.account_id, pattern, _key(claim, pattern), sign)
            if sign.strength > 0:
                signs[pattern] = sign
        return signs

    def _record(self, account: str, pattern: Pattern, key: str, sign: Sign) -> None:
        if (account, pattern, key) in self._dismissed:
            sign = Sign()
        hint = f"{pattern}:{key}"
        if HINT <= sign.strength < SIGN:
            self._hints[account][hint] = pattern
        elif account in self._hints:
            self._hints[account].pop(hint, None)
        kept = self._signs[account][pattern]
        if sign.strength >= SIGN:
            kept[key] = sign
        elif key not in kept:
            return
        else:
            del kept[key]
        self.links.suspect(account, frozenset(p for p, keys in self._signs[account].items() if keys))

    def _entity(self, account: str) -> list[str]:
        members = self.links.members(account)
        if also := soft.near(self.links, account):
            members = set(members).union(*also)
        if len(members) <= _MOST_MEMBERS_READ:
            return list(members)
        return sorted(members, key=lambda m: (m != account, m not in self._signs, m))[:_MOST_MEMBERS_READ]

    def _why(self, account: str, patterns: tuple[Pattern, ...], entity: list[str]) -> tuple[Reason, ...]:
        reasons = [r for p in patterns for sign in list(self._signs[account][p].values())[:3] for r in sign.reasons]
        if len(entity) > 1:
            kinds = sorted({kind for kind, _ in self.links.shared(account, entity)})
            told = ", ".join(kinds)
            reasons.append(Reason(f"与 {len(entity) - 1} 个账号有共同的 {told}", f"shares {told} with {len(entity) - 1} accounts"))
        return tuple(reasons)

    def _link(self, account: str, kind: Kind, value: str) -> None:
        if value:
            self.links.add(account, kind, value)

    def _link_account(self, account: Account) -> None:
        number = self._link_phone(account.id, account.phone)
        if len(number) >= 9 and account.registered_at:
            # Numbers bought in bulk differ in their last digits and are registered within days.
            self._link(account.id, Kind.BATCH, f"{number[:-4]}@{account.registered_at.toordinal() // 3}")
        if len(number) >= 9:
            self._link(account.id, Kind.TIMING, f"numbers@{number[:-3]}")
        if account.registered_at:
            self._link(account.id, Kind.TIMING, f"registered@{account.registered_at:%Y%m%d%H}")

    def _link_phone(self, account: str, phone: str) -> str:
        """However it was typed. Returns the whole number, '' for a masked one, of which only the visible ends tie."""
        number = digits_of(phone)
        if "*" in phone:
            if len(number) >= 7:
                self._link(account, Kind.MASKED_PHONE, f"{number[-7:-4]}****{number[-4:]}")
            return ""
        self._link(account, Kind.PHONE, number)
        return number

    def _link_order(self, order: Order) -> None:
        self._link_phone(order.account_id, order.receiver_phone)
        if order.address:
            where = place(order.address)
            self._link(order.account_id, Kind.ADDRESS, where.door)
            self._link(order.account_id, Kind.BUILDING, where.building)
        if order.sku and order.placed_at:
            self._link(order.account_id, Kind.TIMING, f"{order.sku}@{order.placed_at:%Y%m%d%H}")

    def _link_shipment(self, shipment: Shipment) -> None:
        order = self.facts.orders.get(shipment.order_id)
        if order and shipment.returning and shipment.station and shipment.courier:
            self._link(order.account_id, Kind.STATION, f"{shipment.station}/{shipment.courier}")

    def _link_photos(self, claim: Claim) -> None:
        for photo in claim.photos:
            self._link(claim.account_id, Kind.PHOTO, photo)
        for match in self.facts.photo_matches.get(claim.id, ()):
            earlier = self.facts.claims.get(self.facts.claim_of_photo.get(match.photo_id2, ""))
            if earlier and match.score >= FOUND and earlier.account_id != claim.account_id:
                self._link(claim.account_id, Kind.PHOTO, match.photo_id2)


def _key(claim: Claim, pattern: Pattern) -> str:
    return claim.order_id if pattern is Pattern.ORDER_AND_REFUSE else claim.id
