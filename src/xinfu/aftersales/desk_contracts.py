"""What the people at the returns desk ask for and get: queues, decisions, results of a bulk review, appeals. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xinfu.aftersales.contracts import Case, Condition, Disposition, GrantKind, Kind, State
from xinfu.aftersales.lifecycle import Step
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type AppealState = Literal["open", "granted", "upheld"]
type Queue = Literal["open", "approval", "parcels", "received", "money", "handling", "stuck"]

QUEUES: Mapping[Queue, frozenset[State]] = {
    "open": frozenset({"open"}),
    "approval": frozenset({"approval"}),
    "parcels": frozenset({"awaiting_goods", "returning"}),
    "received": frozenset({"received"}),
    "money": frozenset({"refunding", "sending", "granting"}),
    "handling": frozenset({"handling"}),
    "stuck": frozenset({"stuck"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a page of the desk shows. `mine`: those the asking person looks after."""

    queue: Queue | None = None
    state: State | None = None
    kind: Kind | None = None
    mine: bool = False
    overdue: bool = False
    risky: bool = False
    appealed: bool = False
    simple: bool = False
    customer_id: Id | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases wait where, now."""

    queues: Mapping[Queue, int]
    mine: int
    overdue: int
    risky: int
    appealed: int
    simple: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is decided beside yes: `what` and `amount` (decimal text; points as a whole number) of a grant, or of money less than asked."""

    what: GrantKind | None = None
    amount: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came back, as found on opening the parcel. `amount`: what goes back, when the goods are not worth all of it ('' = all)."""

    condition: Condition
    matches: bool
    disposition: Disposition
    serial: str = ""
    weight_g: int = 0
    note: str = ""
    photos: tuple[Id, ...] = ()
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Bulked:
    """One case of a bulk review: what came of it; `code` '' when it went well, else a refusal's with its words."""

    number: str
    code: str
    zh: str
    en: str
    case: Case | None


@dataclass(frozen=True, slots=True)
class Option:
    """A step the asking person could take now, and what it asks for."""

    step: Step
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stake:
    """What accepting would put at stake, and whether the asking person may grant it alone."""

    outcome: Literal["allowed", "approval", "refused"]
    amount: Money
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Appeal:
    id: Id
    shop_id: Id
    number: str
    at: datetime
    by_kind: str
    by_name: str
    words: str
    against: str
    state: AppealState
    decided_at: datetime | None
    decided_by: str
    note: str
    not_by: tuple[Id, ...] = ()
    """Who may not decide it: whoever refused and whoever appealed."""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What serves the customer better when the price fell and the size is wrong: exchange, or return and order again."""

    exchange_total: Money
    reorder_total: Money
    gain: Money
    better: Literal["exchange", "reorder"]
    lines: tuple[tuple[str, str], ...]
