"""The life of a case, pure: its states, each kind's path through them, who may take which step, and what a step sets going.

A step that pays pays what is left of the total and nothing else, so no order of steps can pay twice: `Standing.paid` only rises to `total`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from xinfu.aftersales import errors
from xinfu.aftersales.contracts import GrantKind, Kind, State

type Step = Literal[
    "accept", "escalate", "approved", "unapproved", "decline", "withdraw", "scanned", "arrived", "inspected", "rejected", "paid", "sent",
    "granted", "repaired", "remedied", "closed", "failed", "retry", "settled", "lost", "reopened", "again",
]  # fmt: skip
type Role = Literal["customer", "agent", "lead", "house"]

STATES: Mapping[State, tuple[str, str]] = {
    "open": ("待处理", "open"),
    "approval": ("待审批", "waiting for approval"),
    "awaiting_goods": ("待寄回", "waiting for the goods"),
    "returning": ("退回途中", "on its way back"),
    "received": ("待验货", "to be inspected"),
    "refunding": ("退款中", "being refunded"),
    "sending": ("补发中", "being sent"),
    "granting": ("发放中", "being granted"),
    "handling": ("处理中", "in hand"),
    "done": ("已完成", "done"),
    "declined": ("已拒绝", "declined"),
    "withdrawn": ("已撤销", "withdrawn"),
    "stuck": ("需人工", "needs a person"),
}
OVER: frozenset[State] = frozenset({"done", "declined", "withdrawn"})
LIVE: frozenset[State] = frozenset(STATES) - OVER
COUNTS: frozenset[State] = frozenset(STATES) - {"declined", "withdrawn"}
"""States in which a case holds its units and its money."""
UNDECIDED: frozenset[State] = frozenset({"open", "approval"})

WITH_GOODS: frozenset[Kind] = frozenset({"return", "exchange", "repair"})
CARE: frozenset[Kind] = frozenset({"dispute", "adverse_reaction"})
"""Kinds with a checklist: someone looks after the customer until it is closed, and money may come in between."""

# From which states a step leads on. Where to, `step` says: it depends on the kind and on what is still to pay.
FROM: Mapping[Step, frozenset[State]] = {
    "accept": frozenset({"open"}),
    "escalate": frozenset({"open"}),
    "approved": frozenset({"approval"}),
    "unapproved": frozenset({"approval"}),
    "decline": frozenset({"open", "approval"}),
    "withdraw": frozenset({"open", "approval", "awaiting_goods", "handling"}),
    "scanned": frozenset({"awaiting_goods"}),
    "arrived": frozenset({"awaiting_goods", "returning", "stuck"}),
    "inspected": frozenset({"received"}),
    "rejected": frozenset({"received"}),
    "paid": frozenset(STATES),
    "sent": frozenset({"sending"}),
    "granted": frozenset({"granting"}),
    "repaired": frozenset({"handling"}),
    "remedied": frozenset({"handling"}),
    "closed": frozenset({"handling"}),
    "failed": LIVE - {"stuck"},
    "retry": frozenset({"stuck"}),
    "settled": frozenset({"stuck"}),
    "lost": frozenset({"returning"}),
    "reopened": frozenset({"done"}),
    "again": frozenset({"declined"}),
}
WHO: Mapping[Step, frozenset[Role]] = {
    "accept": frozenset({"agent", "lead", "house"}),
    "escalate": frozenset({"agent", "lead"}),
    "approved": frozenset({"lead", "house"}),
    "unapproved": frozenset({"lead", "house"}),
    "decline": frozenset({"agent", "lead"}),
    "withdraw": frozenset({"customer", "agent", "lead"}),
    "scanned": frozenset({"house"}),
    "arrived": frozenset({"agent", "lead", "house"}),
    "inspected": frozenset({"agent", "lead"}),
    "rejected": frozenset({"agent", "lead"}),
    "paid": frozenset({"house"}),
    "sent": frozenset({"house"}),
    "granted": frozenset({"house"}),
    "repaired": frozenset({"agent", "lead"}),
    "remedied": frozenset({"agent", "lead"}),
    "closed": frozenset({"lead"}),
    "failed": frozenset({"house"}),
    "retry": frozenset({"agent", "lead"}),
    "settled": frozenset({"lead"}),
    "lost": frozenset({"house", "lead"}),
    "reopened": frozenset({"customer", "agent", "lead"}),
    "again": frozenset({"lead"}),
}
# What a person is asked for when they take a step.
NEEDS: Mapping[Step, tuple[str, ...]] = {
    "decline": ("note",),
    "inspected": ("condition", "matches", "disposition"),
    "rejected": ("note",),
    "remedied": ("what", "amount", "note"),
    "closed": ("note",),
    "settled": ("note",),
    "repaired": ("note",),
    "reopened": ("note",),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """As much of a case as its life depends on. Amounts in minor units: `total` goes back in all, `paid` was ordered to be paid.

    `grant`: what is to be granted beside money, not yet ordered. `was`: the state before it got stuck. `early`: part of `paid`.
    """

    kind: Kind
    state: State
    total: int
    paid: int = 0
    grant: GrantKind | Literal[""] = ""
    was: State | Literal[""] = ""
    clawed: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """What a step comes to: the new state, and what it orders. All of it happens in one transaction, or none."""

    to: State
    pay: int = 0
    book: bool = False
    send: bool = False
    give: bool = False
    claw_back: int = 0


def step(s: Standing, taken: Step, *, amount: int = 0) -> Move:
    """Where the step leads. `amount`: with `scanned` what is refunded early, at most what is left. Raises StateForbids."""
    if s.state not in FROM[taken]:
        raise forbids(s.state)
    match taken:
        case "accept" | "approved":
            return _begin(s)
        case "escalate":
            return Move("approval")
        case "unapproved" | "again":
            return Move("open")
        case "decline" | "rejected" | "withdraw":
            return _end(s, "withdrawn" if taken == "withdraw" else "declined")
        case "scanned":
            return Move("returning", pay=max(0, min(amount, left(s))))
        case "arrived":
            if s.state == "stuck" and s.was not in ("awaiting_goods", "returning"):
                raise forbids(s.state)
            return Move("received")
        case "inspected":
            return _after_goods(s)
        case "failed":
            return Move("stuck")
        case "lost":
            return Move("stuck", claw_back=max(0, s.paid - s.clawed))
        case "retry":
            return _retry(s)
        case _:
            return _onward(s, taken)


def after(s: Standing, move: Move, taken: Step) -> Standing:
    """The standing after a move: what its orders make of it."""
    was: State | Literal[""] = s.state if move.to == "stuck" else ""
    return replace(
        s,
        state=move.to,
        paid=s.paid + move.pay,
        was=was,
        grant="" if move.give else s.grant,
        clawed=s.clawed + move.claw_back,
    )


def left(s: Standing) -> int:
    """What is still to be paid: never below nothing."""
    return max(0, s.total - s.paid)


def may(role: Role, s: Standing, taken: Step) -> bool:
    """Could this role take this step now?"""
    if role not in WHO[taken] or s.state not in FROM[taken]:
        return False
    if taken == "repaired":
        return s.kind == "repair"
    if taken in ("remedied", "closed", "reopened"):
        return s.kind in CARE
    if taken == "arrived":
        return s.kind in WITH_GOODS and (s.state != "stuck" or s.was in ("awaiting_goods", "returning"))
    if taken == "withdraw":
        return s.paid == 0 and (s.state != "handling" or s.kind in CARE)
    return not (taken == "rejected" and s.paid > 0)


def offered(role: Role, s: Standing) -> tuple[Step, ...]:
    """The steps a person of this role could take next, in the order of the table."""
    return tuple(taken for taken in WHO if may(role, s, taken))


def check(role: Role, s: Standing, taken: Step) -> None:
    """Raises StateForbids."""
    if not may(role, s, taken):
        raise forbids(s.state)


def forbids(state: State) -> errors.StateForbids:
    zh, en = STATES[state]
    return errors.StateForbids(state=zh, state_en=en)


def path(kind: Kind, grant: str = "") -> tuple[State, ...]:
    """The states a case of this kind comes through when all goes well, for the customer's page."""
    if kind in ("compensation", "goodwill"):
        return ("open", "granting" if grant in ("points", "coupon") else "refunding", "done")
    return _PATHS[kind]


_PATHS: Mapping[Kind, tuple[State, ...]] = {
    "return": ("open", "awaiting_goods", "returning", "received", "refunding", "done"),
    "exchange": ("open", "awaiting_goods", "returning", "received", "sending", "done"),
    "repair": ("open", "awaiting_goods", "returning", "received", "handling", "sending", "done"),
    "refund_only": ("open", "refunding", "done"),
    "price_protection": ("open", "refunding", "done"),
    "reissue": ("open", "sending", "done"),
    "dispute": ("open", "handling", "done"),
    "adverse_reaction": ("open", "handling", "done"),
}


def _begin(s: Standing) -> Move:
    if s.kind in WITH_GOODS:
        return Move("awaiting_goods", book=True)
    if s.kind == "reissue":
        return Move("sending", send=True)
    if s.kind in CARE:
        return Move("handling")
    return _money(s)


def _after_goods(s: Standing) -> Move:
    if s.kind == "exchange":
        return Move("sending", send=True, pay=left(s), give=s.grant in ("points", "coupon"))
    if s.kind == "repair":
        return Move("handling")
    return _money(s)


def _money(s: Standing) -> Move:
    """On to whatever is still owed: points or a coupon first, then money, then nothing more."""
    if s.grant in ("points", "coupon"):
        return Move("granting", give=True)
    if left(s):
        return Move("refunding", pay=left(s))
    return Move("handling" if s.kind in CARE else "done")


def _end(s: Standing, to: State) -> Move:
    """Over without what was asked for: possible only while nothing was paid."""
    if s.paid - s.clawed > 0:
        raise forbids(s.state)
    return Move(to)


def _retry(s: Standing) -> Move:
    if s.was == "":
        raise forbids(s.state)
    # What failed outside is tried again there; money given up there is ordered anew.
    return Move(s.was, pay=left(s) if s.was == "refunding" else 0)


def _onward(s: Standing, taken: Step) -> Move:
    match taken:
        case "paid":
            # Money sent early arrives while the goods are still on their way: that moves nothing.
            return Move(s.state) if s.state != "refunding" else Move("handling" if s.kind in CARE else "done")
        case "granted":
            return _money(s)
        case "sent" | "closed" | "settled":
            return Move("done")
        case "repaired":
            return Move("sending", send=True, pay=left(s))
        case "remedied":
            return _money(s)
        case _:  # reopened
            return Move("handling")
