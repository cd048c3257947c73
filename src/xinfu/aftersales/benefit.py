"""Price drop and wrong size: is it better for the customer to exchange, or to return and order again at today's price? Pure, explained."""

from xinfu.aftersales.contracts import Decision, Facts, Wish
from xinfu.aftersales.desk_contracts import Benefit
from xinfu.aftersales.policy import line_shares
from xinfu.aftersales.shares import of_units
from xinfu.kit.money import Money


def reorder_benefit(wish: Wish, facts: Facts, decision: Decision) -> Benefit | None:
    """None unless it is an exchange whose target costs less today than what was paid for the goods sent back."""
    if wish.kind != "exchange" or decision.verdict == "refused" or not decision.amounts:
        return None
    by_position = {line.position: line for line in facts.lines}
    shares = {a.position: a for a in decision.amounts}
    paid, anew = facts.total.zero(), facts.total.zero()
    for amount in shares.values():
        line = by_position[amount.position]
        target = facts.targets.get((amount.to_sku or line.sku).upper(), line.price_now or line.price)
        if target.currency != facts.total.currency:
            return None
        paid += share_of(facts, line.position, amount.quantity)
        anew += target * amount.quantity
    if not anew < paid:
        return None
    gain = paid - anew
    return Benefit(
        paid, anew, gain, "reorder",
        (
            (f"换货：保留原来付的 {paid}，换尺码不退差价。", f"Exchange: the {paid} paid stays, only the size changes."),
            (f"退货再下单：退 {paid}，按现价 {anew} 重拍。", f"Return and reorder: {paid} goes back, today it costs {anew}."),
            (f"退货重拍更划算，省 {gain}。", f"Returning and ordering again saves {gain}."),
        ),
    )  # fmt: skip


def share_of(facts: Facts, position: int, quantity: int) -> Money:
    """What was really paid for so many units of a line, its share of any coupon taken off."""
    shares, _ = line_shares(facts)
    index = next(n for n, line in enumerate(facts.lines) if line.position == position)
    line = facts.lines[index]
    return Money(
        of_units(shares[index], line.quantity, line.taken_units, min(quantity, line.quantity - line.taken_units)), facts.total.currency
    )
