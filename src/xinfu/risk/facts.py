"""What is known so far: the facts by the keys detectors ask for, and the freight prices learned from them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from xinfu.risk.contracts import Account, Arrival, Claim, Contact, Decision, Order, PhotoMatch, Shipment


@dataclass(slots=True)
class _Line:
    """Least squares of price over weight, kept as sums."""

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float) -> None:
        self.n += 1
        self.x += x
        self.y += y
        self.xx += x * x
        self.xy += x * y

    def at(self, x: float) -> float | None:
        if self.n < 8:
            return None
        spread = self.n * self.xx - self.x * self.x
        slope = (self.n * self.xy - self.x * self.y) / spread if spread > 1e-9 else 0.0
        return max((self.y - slope * self.x) / self.n + slope * x, self.y / self.n * 0.3)


@dataclass(slots=True)
class Facts:
    """Grows fact by fact; asked by detectors, which therefore never see the future."""

    accounts: dict[str, Account] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    shipments: dict[str, Shipment] = field(default_factory=dict)
    sent: dict[str, Shipment] = field(default_factory=dict)
    returned: dict[str, Shipment] = field(default_factory=dict)
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    claims_of: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    decisions: dict[str, bool] = field(default_factory=dict)
    contacts_of: dict[str, list[Contact]] = field(default_factory=lambda: defaultdict(list))
    photo_matches: dict[str, tuple[PhotoMatch, ...]] = field(default_factory=dict)
    claim_of_photo: dict[str, str] = field(default_factory=dict)
    sold: dict[str, str] = field(default_factory=dict)
    _freight: dict[int, _Line] = field(default_factory=lambda: defaultdict(_Line))

    def add_order(self, order: Order) -> None:
        self.orders[order.id] = order
        if order.serial_out:
            self.sold[order.serial_out] = order.id

    def add_shipment(self, shipment: Shipment) -> None:
        self.shipments[shipment.id] = shipment
        (self.returned if shipment.returning else self.sent)[shipment.order_id] = shipment
        weight = self.weight(shipment)
        if shipment.freight_contract and weight:
            self._freight[self.zone(shipment.order_id)].add(weight, shipment.freight_contract)
            self._freight[0].add(weight, shipment.freight_contract)

    def add_claim(self, claim: Claim, matches: tuple[PhotoMatch, ...]) -> None:
        self.claims[claim.id] = claim
        self.claims_of[claim.account_id].append(claim)
        if matches:
            self.photo_matches[claim.id] = matches
        for photo in claim.photos:
            self.claim_of_photo.setdefault(photo, claim.id)

    def add_decision(self, decision: Decision) -> None:
        self.decisions[decision.claim_id] = decision.approved

    def zone(self, order_id: str) -> int:
        order = self.orders.get(order_id)
        return (order.zone if order else None) or 0

    def weight(self, shipment: Shipment) -> float | None:
        order = self.orders.get(shipment.order_id)
        return shipment.weight_kg or (order.weight_kg if order else None)

    def contract_freight(self, order_id: str) -> float | None:
        """The contract price of an order's way back: as written, or as peers of that zone and weight pay."""
        shipment = self.returned.get(order_id)
        if shipment and shipment.freight_contract:
            return shipment.freight_contract
        order = self.orders.get(order_id)
        weight = (shipment.weight_kg if shipment else None) or (order.weight_kg if order else None)
        if weight is None:
            sent = self.sent.get(order_id)
            weight = sent.weight_kg if sent else None
        if weight is None:
            return None
        price = self._freight[self.zone(order_id)].at(weight)
        return price if price is not None else self._freight[0].at(weight)

    def arrived(self, order_id: str) -> datetime | None:
        sent = self.sent.get(order_id)
        arrival = self.arrivals.get(sent.id) if sent else None
        return arrival.at if arrival else None

    def refused(self, order_id: str) -> bool:
        return self._outcome(order_id) == "refused"

    def delivered(self, order_id: str) -> bool:
        return self._outcome(order_id) == "delivered"

    def _outcome(self, order_id: str) -> str:
        sent = self.sent.get(order_id)
        arrival = self.arrivals.get(sent.id) if sent else None
        return arrival.outcome if arrival else ""
