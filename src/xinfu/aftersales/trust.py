"""How far a customer is trusted, from what they bought and sent back: pure, and explained. An honest newcomer is new, not suspect."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xinfu.aftersales.contracts import Reasoned, Trust, TrustWord
from xinfu.aftersales.packs import TrustRule


@dataclass(frozen=True, slots=True)
class History:
    """What one customer did so far. `completed` orders arrived and were kept or settled; `returns` are cases with goods or money back.

    `lost` returns were paid early and never came; `differing` returns held something else than was sent.
    """

    first_order_at: datetime | None
    completed: int
    returns: int
    lost: int = 0
    differing: int = 0


def trust_of(history: History, now: datetime, rule: TrustRule) -> TrustWord:
    """The level and why, each reason a plain fact."""
    if history.lost or history.differing:
        return TrustWord("watched", tuple(_against(history)))
    days = 0 if history.first_order_at is None else max(0, (now - history.first_order_at) // timedelta(days=1))
    facts = (
        Reasoned(f"第一单在 {days} 天前", f"First order {days} days ago"),
        Reasoned(
            f"完成 {history.completed} 单，退过 {history.returns} 次", f"{history.completed} orders completed, {history.returns} returned"
        ),
    )
    return TrustWord(_level(history, days, rule), facts)


def _level(history: History, days: int, rule: TrustRule) -> Trust:
    often = history.returns * 100 > rule.max_return_percent * max(1, history.completed)
    if history.completed >= rule.trusted_orders and days >= rule.trusted_days and not often:
        return "trusted"
    if history.completed >= rule.known_orders and days >= rule.known_days:
        return "known"
    return "new"


def _against(history: History) -> list[Reasoned]:
    found = []
    if history.lost:
        found.append(
            Reasoned(f"{history.lost} 次先退了款、货没有退回来", f"{history.lost} times refunded early without the goods coming back")
        )
    if history.differing:
        found.append(Reasoned(f"{history.differing} 次退回的和发出的不一致", f"{history.differing} times sent back something else"))
    return found
