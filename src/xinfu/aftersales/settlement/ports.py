"""What settlement needs of the world outside: a payment gateway, a carrier, a rewards system. Simulators stand in for them locally.

Every command carries a key. The same key is the same command: whoever answers carries it out once, however often it is asked, and says
under `find` what became of it. Anything may be slow, fail, or raise; then nobody knows, and the key is asked about before it is repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type Outcome = Literal["done", "pending", "refused"]
type Reward = Literal["points", "coupon"]


class Unreachable(Exception):
    """The other side did not answer, or answered nonsense: what became of the command is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`reference` is the other side's own number, `words` what it said, for people to read."""

    outcome: Outcome
    reference: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement as the gateway's books have it. `amount` is positive for money back to the customer, negative for money taken."""

    key: str
    reference: str
    amount: Money
    at: datetime


class PaymentGateway(Protocol):
    """Raises Unreachable, TimeoutError or OSError when it cannot be told what happened."""

    async def refund(self, key: str, method: str, reference: str, amount: Money) -> Answer:
        """Pay back by the way it was paid; `reference` is the order's number."""
        ...

    async def charge(self, key: str, method: str, reference: str, amount: Money) -> Answer:
        """Take from the customer, by a way they agreed to."""
        ...

    async def find(self, key: str) -> Answer | None:
        """What became of a command; None: it never arrived."""
        ...

    async def statement(self, since: datetime) -> Sequence[StatementLine]:
        """Every movement since then, as the books have it."""
        ...


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a carrier is asked to move. For a return, `name`, `phone` and `address` are where it is fetched; otherwise where it goes."""

    order_no: str
    name: str
    phone: str
    address: str
    goods: str = ""
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class Booking:
    """A carrier's answer. `freight` is what it costs the house, None while it did not say."""

    outcome: Outcome
    carrier: str = ""
    tracking_no: str = ""
    freight: Money | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a carrier reported; `code` as in commerce (picked_up, in_transit, delivered, …)."""

    at: datetime
    code: str
    place: str = ""
    text: str = ""


class CarrierDesk(Protocol):
    async def book_return(self, key: str, shipment: Shipment) -> Booking:
        """A label for a parcel that comes back."""
        ...

    async def send(self, key: str, shipment: Shipment) -> Booking:
        """A parcel that goes out."""
        ...

    async def find(self, key: str) -> Booking | None:
        """What became of a command; None: it never arrived."""
        ...

    async def scans(self, tracking_no: str) -> Sequence[Scan]:
        """What happened to a parcel so far, oldest first."""
        ...


class Rewards(Protocol):
    async def grant(self, key: str, customer_id: Id, what: Reward, value: int) -> Answer:
        """Points, or a coupon worth `value` minor units."""
        ...

    async def find(self, key: str) -> Answer | None:
        """What became of a command; None: it never arrived."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Everyone settlement talks to."""

    gateway: PaymentGateway
    carrier: CarrierDesk
    rewards: Rewards
