"""What abuse detection reads and says: frozen facts in, frozen findings out.

Nothing here decides; a refusal is only ever suggested to a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Pattern(StrEnum):
    """The seven named ways of abusing after-sales service."""

    USE_AND_RETURN = "use_and_return"
    OWN_COURIER_FREIGHT = "own_courier_freight"
    FRAGILE_CLAIMS = "fragile_claims"
    HARASSMENT = "harassment"
    ORDER_AND_REFUSE = "order_and_refuse"
    SWAP = "swap"
    MALICIOUS_COMPLAINT = "malicious_complaint"


class Action(StrEnum):
    """What is suggested. There is no «refuse»: hard evidence goes to a person, who decides, explains and hears an appeal."""

    APPROVE = "approve"
    EVIDENCE = "evidence"
    REVIEW = "review"


class Kind(StrEnum):
    """What two accounts can have in common."""

    DEVICE = "device"
    PAYEE = "payee"
    PHONE = "phone"
    MASKED_PHONE = "masked_phone"
    PHOTO = "photo"
    ADDRESS = "address"
    BUILDING = "building"
    IP = "ip"
    STATION = "station"
    BATCH = "batch"
    TIMING = "timing"


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    registered_at: datetime | None = None
    phone: str = ""
    name: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """One account seen on one device or network."""

    account_id: str
    device_id: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Payee:
    account_id: str
    payee_id: str


@dataclass(frozen=True, slots=True)
class Order:
    id: str
    account_id: str
    placed_at: datetime | None = None
    receiver: str = ""
    receiver_phone: str = ""
    address: str = ""
    sku: str = ""
    category: str = ""
    paid: float | None = None
    unit_price: float | None = None
    weight_kg: float | None = None
    zone: int | None = None
    fragile: bool | None = None
    floor: int | None = None
    elevator: bool | None = None
    serial_out: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel on its way: what is known when it is handed over."""

    id: str
    order_id: str
    returning: bool
    carrier: str = ""
    station: str = ""
    courier: str = ""
    weight_kg: float | None = None
    freight_claimed: float | None = None
    freight_contract: float | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a parcel's way ended."""

    parcel_id: str
    order_id: str
    returning: bool
    outcome: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    id: str
    order_id: str
    account_id: str
    opened_at: datetime
    kind: str = ""
    reason: str = ""
    about: str = ""
    amount: float | None = None
    photos: tuple[str, ...] = ()
    serial_in: str = ""
    condition_in: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """How a claim was decided, known from that moment on."""

    claim_id: str
    approved: bool


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    account_id: str
    started_at: datetime
    channel: str = ""
    duration_s: float | None = None
    claim_id: str = ""
    abusive: bool = False


type Fact = Account | Device | Payee | Order | Shipment | Arrival | Claim | Decision | Contact


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing a person can check, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one detector says of one claim (or of one account, over all that is known)."""

    pattern: Pattern
    score: float
    reasons: tuple[Reason, ...]
    money_at_risk: float
    evidence: tuple[str, ...]
    hard: bool = False


@dataclass(frozen=True, slots=True)
class ClaimRisk:
    claim_id: str
    score: float
    pattern: Pattern | None
    action: Action
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class AccountRisk:
    account_id: str
    score: float
    patterns: tuple[Pattern, ...]
    entity_id: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Two accounts that seem to be run by one ring."""

    account_id: str
    account_id2: str
    score: float


@dataclass(frozen=True, slots=True)
class PhotoMatch:
    """An earlier photo that shows the same thing as a new one."""

    photo_id: str
    photo_id2: str
    score: float
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """Around a photo: when and of what it was shown, and by whom (the whole entity)."""

    at: datetime | None = None
    sku: str = ""
    category: str = ""
    accounts: frozenset[str] = frozenset()


class Photos(Protocol):
    """Port to whatever compares pictures: called once for each claim in the order of time, it answers with photos it was shown before."""

    def seen_before(self, claim_id: str, photo_ids: Iterable[str], scene: Scene | None = None) -> tuple[PhotoMatch, ...]: ...
