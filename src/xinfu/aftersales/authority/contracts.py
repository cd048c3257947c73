"""What may be granted, who asks for it, and the answers: a ruling at once, or an approval that others decide. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type Action = Literal[
    "refund", "refund_only", "late_return", "compensation_cash", "compensation_coupon", "compensation_points", "goodwill", "reissue",
    "price_protection", "freight",
]  # fmt: skip
type Outcome = Literal["allowed", "approval", "refused"]
type ApprovalState = Literal["waiting", "approved", "declined", "expired", "withdrawn"]

ACTIONS: tuple[Action, ...] = get_args(Action.__value__)
# What the policy pack grants by itself. Asked for beyond it, it is at the house's discretion and counts as goodwill.
POLICY_ACTIONS: frozenset[Action] = frozenset({"refund", "reissue", "price_protection", "freight"})
DISCRETION: frozenset[Action] = frozenset(ACTIONS) - POLICY_ACTIONS
# What hands the order's own money back: in all never more than it was paid.
MONEY_BACK: frozenset[Action] = frozenset({"refund", "refund_only", "late_return", "price_protection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something someone wants to grant. `amount` is the money at stake, `order_paid` what the order was paid.

    `by_policy`: the pack in force allows it as it is; then the (larger) limits of "refund", "reissue", "price_protection" or "freight"
    count. Without it these count as "goodwill".
    """

    action: Action
    amount: Money
    customer_id: Id
    order_no: str
    case_no: str
    order_paid: Money
    by_policy: bool = False

    @property
    def counts_as(self) -> Action:
        """Whose limits it is held against."""
        if self.by_policy:
            return "refund" if self.action in ("refund_only", "late_return") else self.action
        return "goodwill" if self.action in POLICY_ACTIONS else self.action


@dataclass(frozen=True, slots=True)
class Limit:
    """Minor units; None = no bound. `each` at once, `day` by one person on one day, `customer` to one customer by anyone in 30 days."""

    each: int | None = 0
    day: int | None = None
    customer: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may grant what, as one shop has it. A role or action that is not named has no authority.

    `last_word`: roles that may approve whatever the amount. `full_trust`: the `trusted` roles may grant as much as the order was paid.
    Above `two_above` (at discretion) or `two_above_policy` (by the policy, or in full trust) two people approve. `shop_day` and
    `shop_customer` bound everything given at discretion by everyone together: in one day, to one customer in 30 days.
    """

    currency: str = "CNY"
    limits: Mapping[str, Mapping[Action, Limit]] = field(default_factory=dict)
    last_word: tuple[str, ...] = ("owner",)
    full_trust: bool = False
    trusted: tuple[str, ...] = ("agent", "specialist", "lead", "owner")
    two_above: int | None = 100_00
    two_above_policy: int | None = 10_000_00
    shop_day: int | None = 2_000_00
    shop_customer: int | None = 200_00
    approval_hours: int = 72


@dataclass(frozen=True, slots=True)
class SavedRules:
    """One version. Version 0 is what a shop starts with, before anyone saved any."""

    version: int
    effective_from: datetime | None
    rules: Rules
    author: str
    saved_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Used:
    """What was granted so far, in minor units: by this person on this day, by all in the shop, to this customer, of this order.

    `person_day` and `customer` are of the same action; `shop_day` and `shop_customer` of everything at discretion; `order_back` of the
    order's own money; `order_trust` of everything on the order.
    """

    person_day: int = 0
    customer: int = 0
    shop_day: int = 0
    shop_customer: int = 0
    order_back: int = 0
    order_trust: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of why, in both languages. `against`: this is what stands in the way."""

    code: str
    zh: str
    en: str
    against: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may approve."""

    id: Id
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """May it be granted by whoever asks? `approval`: not alone; `roles` and `people` may approve it, two of them if `two_person`."""

    outcome: Outcome
    ask: Ask
    lines: tuple[Reason, ...]
    roles: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    two_person: bool = False
    rules_version: int = 0
    repeated: bool = False

    @property
    def allowed(self) -> bool:
        return self.outcome == "allowed"


@dataclass(frozen=True, slots=True)
class Vote:
    """What one approver said. `covers`: their own authority, or their last word, reaches that far."""

    at: datetime
    person: Person
    agreed: bool
    note: str
    covers: bool


@dataclass(frozen=True, slots=True)
class Approval:
    """Asked of those who may approve. It is given once everyone it needs has agreed. `repeated`: it stood so before."""

    id: Id
    shop_id: Id
    key: str
    state: ApprovalState
    ask: Ask
    words: str
    two_person: bool
    roles: tuple[str, ...]
    people: tuple[Person, ...]
    lines: tuple[Reason, ...]
    votes: tuple[Vote, ...]
    asked_at: datetime
    asked_by_kind: str
    asked_by_id: str
    asked_by: str
    expires_at: datetime
    decided_at: datetime | None
    rules_version: int
    version: int
    repeated: bool = False

    @property
    def case_no(self) -> str:
        return self.ask.case_no

    @property
    def approved(self) -> bool:
        return self.state == "approved"

    @property
    def note(self) -> str:
        """The last words said to it."""
        return self.votes[-1].note if self.votes else ""


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """Announced after the commit: these people are asked."""

    shop_id: Id
    approval_id: Id
    case_no: str
    asked_by: str
    amount: Money
    people: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """Announced after the commit when an approval came to its end, also by time or by being taken back. `people` had been asked."""

    shop_id: Id
    approval_id: Id
    case_no: str
    state: ApprovalState
    approved: bool
    actor_kind: str
    actor_id: str
    actor_name: str
    asked_by_id: str
    people: tuple[Id, ...]
