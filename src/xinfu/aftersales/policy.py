"""Pure decisions of after-sales: may this be asked for, on what ground, who pays the freight, what goes back for each line.

Values in, a Decision with its reasons out; every rule comes from the policy pack. A wish that names things wrongly is refused with an
error; one the rules do not allow gets a Decision that says so and why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from xinfu.aftersales import asking, errors, special
from xinfu.aftersales.contracts import (
    Decision,
    Disposition,
    Explanation,
    Facts,
    LineAmount,
    LineFacts,
    Payer,
    Reason,
    Verdict,
    Wish,
    WishItem,
)
from xinfu.aftersales.packs import Pack
from xinfu.aftersales.shares import of_units, split
from xinfu.kit.money import Money

NO_REASON: frozenset[Reason] = frozenset({"no_reason", "size"})
FAULT: frozenset[Reason] = frozenset(
    {"quality", "damaged", "wrong_item", "missing", "not_as_described", "adverse_reaction", "unclear_spec"}
)
DELIVERY: frozenset[Reason] = frozenset({"not_received", "late"})


@dataclass(frozen=True, slots=True)
class _Item:
    line: LineFacts
    quantity: int
    to_sku: str


@dataclass(slots=True)
class _Judgement:
    """What is gathered on the way to a Decision: the worst verdict counts."""

    verdict: Verdict
    basis: str
    lines: list[Explanation]
    until: datetime | None = None
    grace: int = 0
    """So many days beyond a window staff may ask for goodwill."""
    grace_clause: str = ""

    def say(self, code: str, clause: str, zh: str, en: str, verdict: Verdict = "allowed") -> None:
        self.lines.append(Explanation(code, clause, zh, en, verdict == "refused"))
        if _WORSE[verdict] > _WORSE[self.verdict]:
            self.verdict = verdict

    def ends(self, until: datetime) -> None:
        self.until = until if self.until is None else min(self.until, until)


_WORSE: dict[Verdict, int] = {"allowed": 0, "person": 1, "refused": 2}


def eligible(wish: Wish, facts: Facts, pack: Pack) -> Decision:
    """What the pack says to this wish. Raises LineUnknown, LineTaken, TooMany when the wish names lines or units wrongly."""
    items = _items(wish, facts)
    found = _Judgement("allowed", wish.kind, [], grace=pack.goodwill.days if wish.late else 0, grace_clause=pack.goodwill.clause)
    difference = None
    if asking.offered(wish, facts, pack.requests, found.say) and _stands(wish, facts, found):
        {
            "return": _return,
            "exchange": _exchange,
            "repair": _repair,
            "refund_only": _refund_only,
            "price_protection": _price_protection,
            "reissue": _special(special.reissue),
            "compensation": _special(special.compensation),
            "goodwill": _special(special.compensation),
            "dispute": _special(special.dispute),
            "adverse_reaction": _special(special.adverse_reaction),
        }[wish.kind](wish, items, facts, pack, found)
        difference = asking.settled(wish, [(i.line, i.quantity, i.to_sku) for i in items], facts, pack.requests, found.say)
    refused = found.verdict == "refused"
    amounts, freight = ((), 0) if refused else _amounts(wish, items, facts, pack)
    total = sum(a.amount.minor for a in amounts) + freight
    payer: Payer = "none" if refused else _freight(wish, pack, found)
    if not refused and wish.kind == "price_protection" and total == 0:
        found.say(
            "price_not_lower",
            pack.price_protection.clause,
            "现在的价格没有比您付的更低。",
            "The price now is not below what was paid.",
            "refused",
        )
        amounts = ()
    currency = facts.total.currency
    return Decision(
        found.verdict, wish.kind, found.basis, tuple(found.lines), payer, amounts, Money(freight, currency), Money(total, currency),
        "none" if refused else _disposition(wish, items, pack), found.until, pack.id, pack.version,
        difference,
    )  # fmt: skip


def window_end(start: datetime, days: int, facts: Facts) -> datetime:
    """The first moment outside a window of whole days: days count on the shop's calendar from the day after `start`."""
    last = start.astimezone(facts.zone).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), facts.zone)


def line_shares(facts: Facts) -> tuple[list[int], int]:
    """What was agreed for each line after its share of a coupon, and for freight, in minor units: together the order's total."""
    freight = min(max(0, facts.freight.minor), max(0, facts.total.minor))
    goods = max(0, facts.total.minor) - freight
    return split(goods, [line.price.minor * line.quantity for line in facts.lines]), freight


# Before any rule: is the wish about things that are there?


def _items(wish: Wish, facts: Facts) -> list[_Item]:
    by_position = {line.position: line for line in facts.lines}
    if wish.kind in special.OF_THE_WHOLE:
        return [_whole(item, by_position) for item in wish.items]
    if not wish.items:
        left = [line for line in facts.lines if _left(wish, line) > 0 and not line.open]
        if not left:
            _refuse_taken(wish, facts)
        return [_Item(line, _left(wish, line), "") for line in left]
    out: list[_Item] = []
    for item in wish.items:
        line = by_position.pop(item.line, None)
        if line is None:
            raise errors.LineUnknown(line=item.line)
        if line.open:
            raise errors.LineTaken(name=line.name)
        if item.quantity > _left(wish, line):
            raise errors.TooMany(name=line.name, left=_left(wish, line))
        out.append(_Item(line, item.quantity, item.to_sku))
    return out


def _whole(item: WishItem, by_position: dict[int, LineFacts]) -> _Item:
    line = by_position.pop(item.line, None)
    if line is None:
        raise errors.LineUnknown(line=item.line)
    if item.quantity > line.quantity:
        raise errors.TooMany(name=line.name, left=line.quantity)
    return _Item(line, item.quantity, "")


def _left(wish: Wish, line: LineFacts) -> int:
    # A price that fell concerns units in the workshop as well.
    busy = 0 if wish.kind == "price_protection" else line.busy_units
    return max(0, line.quantity - line.taken_units - busy)


def _refuse_taken(wish: Wish, facts: Facts) -> None:
    for line in facts.lines:
        if line.open:
            raise errors.LineTaken(name=line.name)
        raise errors.TooMany(name=line.name, left=_left(wish, line))
    raise errors.LineUnknown(line=0)


def _stands(wish: Wish, facts: Facts, found: _Judgement) -> bool:
    """Is the order in a state in which such a thing can be asked for at all?"""
    if facts.status == "unpaid":
        found.say("not_paid", "", "订单还没有付款，直接取消就可以。", "The order is not paid yet; it can simply be cancelled.", "refused")
    elif facts.status in ("cancelled", "returned") and wish.kind not in special.OF_THE_WHOLE:
        found.say("order_over", "", "订单已经取消或退货。", "The order was already cancelled or returned.", "refused")
    elif wish.kind == "price_protection" or wish.kind in special.OF_THE_WHOLE:
        return True
    elif not facts.dispatched:
        found.say(
            "not_dispatched", "", "订单还没有发货，可以直接取消或修改。", "Not sent yet: it can be cancelled or changed instead.", "refused"
        )
    elif wish.kind not in ("refund_only", "reissue") and facts.status not in ("delivered", "completed"):
        found.say(
            "not_delivered",
            "",
            "包裹还没有签收，收到后再申请；也可以拒收。",
            "Not delivered yet: ask once it arrived, or refuse the parcel.",
            "refused",
        )
    else:
        return True
    return False


# One decision per kind


def _return(wish: Wish, items: list[_Item], facts: Facts, pack: Pack, found: _Judgement) -> None:
    if wish.reason in NO_REASON:
        found.basis = "no_reason"
        _no_reason(items, facts, pack, found)
    elif wish.reason in FAULT:
        found.basis = "quality"
        _fault(wish, items, facts, pack, found)
    else:
        _mismatch(found)


def _exchange(wish: Wish, items: list[_Item], facts: Facts, pack: Pack, found: _Judgement) -> None:
    if wish.reason in NO_REASON and pack.no_reason.exchange:
        found.basis = "no_reason"
        _no_reason(items, facts, pack, found)
    elif wish.reason in FAULT:
        found.basis = "quality"
        _fault(wish, items, facts, pack, found)
    else:
        _mismatch(found)
    for item in items:
        target = facts.targets.get(item.to_sku.upper(), item.line.price)
        if item.to_sku and target != item.line.price and not pack.requests.own_method:
            said = (
                f"换成的款式 {item.to_sku} 价格不同，由专人确认差价。",
                f"{item.to_sku} has another price; a person settles the difference.",
            )
            found.say("price_differs", "", *said, "person")


def _repair(wish: Wish, items: list[_Item], facts: Facts, pack: Pack, found: _Judgement) -> None:
    if wish.reason not in FAULT:
        return _mismatch(found)
    found.basis = "warranty"
    return _fault(wish, items, facts, pack, found)


def _refund_only(wish: Wish, items: list[_Item], facts: Facts, pack: Pack, found: _Judgement) -> None:
    found.basis = "refund_only"
    arrived = facts.status in ("delivered", "completed")
    if wish.reason in DELIVERY and not arrived:
        found.say(
            "not_arrived",
            pack.refund_only.clause,
            "包裹没有送到，先向快递核实再退款。",
            "The parcel has not arrived; the carrier is asked first.",
            "person",
        )
    elif wish.reason in FAULT and arrived:
        found.say(
            "no_goods_back",
            pack.refund_only.clause,
            "不退货只退款，要由专人确认。",
            "Money back without goods back: a person confirms it.",
            "person",
        )
        _fault(wish, items, facts, pack, found)
    elif wish.reason == "not_received":
        found.say(
            "signed_not_received",
            pack.refund_only.clause,
            "显示已签收，需要专人和快递核实。",
            "It shows as signed for: a person asks the carrier.",
            "person",
        )
    else:
        _mismatch(found)


def _price_protection(wish: Wish, items: list[_Item], facts: Facts, pack: Pack, found: _Judgement) -> None:
    rule = pack.price_protection
    found.basis = "price_protection"
    if wish.reason != "price_drop":
        return _mismatch(found)
    days = min(pack.rules_for(item.line.category).price_days for item in items)
    until = window_end(facts.paid_at or facts.placed_at, days, facts)
    found.ends(until)
    zh, en = _date(until)
    if facts.now >= until:
        return found.say(
            "price_window_over",
            rule.clause,
            f"价保期 {days} 天，已于{zh}结束。",
            f"Price protection of {days} days ended on {en}.",
            "refused",
        )
    found.say("price_window", rule.clause, f"付款后 {days} 天内价保，到{zh}为止。", f"Within {days} days of payment, up to {en}.")
    basis = (
        ("按优惠分摊后的实付价比较", "compared with what was paid after the coupon's share")
        if rule.compare == "paid"
        else ("按标价比较", "list prices are compared")
    )
    found.say(
        "price_compare",
        rule.clause,
        f"{basis[0]}，赠品和优惠券面额不计。",
        f"{basis[1].capitalize()}; gifts and unused coupons do not count.",
    )
    for item in items:
        if any(name in item.line.category for name in rule.excluded_categories):
            found.say(
                "price_excluded", rule.clause, f"{item.line.name} 不参加价保。", f"{item.line.name} has no price protection.", "refused"
            )
        elif item.line.price_now is None or item.line.price_now.currency != item.line.price.currency:
            found.say(
                "price_unknown", rule.clause, f"{item.line.name} 现在没有在售价格。", f"{item.line.name} has no price today.", "refused"
            )
    return None


def _no_reason(items: list[_Item], facts: Facts, pack: Pack, found: _Judgement) -> None:
    """Consumer Protection Law art. 25 and the measures to it, as far as the pack states them."""
    rule = pack.no_reason
    for item in items:
        own = pack.rules_for(item.line.category)
        if own.no_reason == "excluded":
            found.say(
                "excluded",
                own.clause,
                f"{item.line.name} 属于法定不适用无理由退货的商品。",
                f"{item.line.name} is excepted by law.",
                "refused",
            )
        elif own.no_reason == "needs_confirmation" and item.line.no_return:
            found.say(
                "confirmed",
                own.clause,
                f"{item.line.name} 购买时您确认过不支持无理由退货。",
                f"At the purchase it was confirmed that {item.line.name} cannot be returned without a reason.",
                "refused",
            )
        elif own.no_reason == "needs_confirmation":
            found.say(
                "not_confirmed",
                own.clause,
                f"{item.line.name} 购买时没有单独确认，可以退。",
                f"No confirmation at the purchase was recorded for {item.line.name}, so it may be returned.",
            )
    _window(rule.days, rule.clause, "无理由退换", "without a reason", facts, found)
    found.say(
        "intact",
        rule.clause,
        "商品要完好，不影响再次销售；拆封查看、合理试用不算不完好。",
        "The goods must be intact; opening and reasonable trying do not spoil that.",
    )


def _fault(wish: Wish, items: list[_Item], facts: Facts, pack: Pack, found: _Judgement) -> None:
    """Goods that are not as they should be. The window is the line's category's; goods of several have the shortest of theirs each."""
    for item in items:
        own = pack.rules_for(item.line.category)
        days = {"return": own.return_days, "refund_only": own.return_days, "exchange": own.exchange_days, "repair": own.repair_days}[
            wish.kind
        ]
        if days == 0:
            found.say("no_repair", own.clause, f"{item.line.name} 不能维修。", f"{item.line.name} cannot be repaired.", "refused")
            continue
        if not _window(days, own.clause, f"{item.line.name} 质量问题", f"faults of {item.line.name}", facts, found):
            _other_way(wish, own.exchange_days, own.repair_days, facts, found)
    if wish.reason == "adverse_reaction":
        found.say(
            "adverse", "", "请先停用并就医，由专人马上跟进。", "Stop using it and see a doctor; a person follows up at once.", "person"
        )
    elif wish.reason in pack.quality.photo_reasons and not wish.photos and found.verdict != "refused":
        found.say(
            "photo_wanted",
            pack.quality.clause,
            "请补一张能看清问题的照片，没有照片由人工核实。",
            "A photo of what is wrong is asked for; without one a person looks at it.",
            "person",
        )


def _other_way(wish: Wish, exchange_days: int, repair_days: int, facts: Facts, found: _Judgement) -> None:
    """Past one window, what is still open."""
    if facts.delivered_at is None:
        return
    if wish.kind in ("return", "refund_only") and facts.now < window_end(facts.delivered_at, exchange_days, facts):
        found.say("exchange_open", "", "仍可以申请换货。", "It can still be exchanged.")
    elif facts.now < window_end(facts.delivered_at, repair_days, facts):
        found.say("repair_open", "", "仍可以申请维修。", "It can still be repaired.")


def _window(days: int, clause: str, zh: str, en: str, facts: Facts, found: _Judgement) -> bool:
    """Is it within so many days of delivery? Says so either way."""
    if facts.delivered_at is None:
        # The seller would have to prove when it was signed for.
        found.say("window_unknown", clause, f"{zh}：签收时间不详，按在期限内处理。", f"For {en}: delivery time unknown, taken as in time.")
        return True
    until = window_end(facts.delivered_at, days, facts)
    last_zh, last_en = _date(until)
    if not until <= facts.now < until + timedelta(days=found.grace):
        found.ends(until)
    if facts.now < until:
        told = f"{zh}：签收次日起 {days} 天内，到{last_zh}为止。", f"For {en}: {days} days from the day after delivery, up to {last_en}."
        found.say("in_window", clause, *told)
        return True
    if facts.now < (grace := until + timedelta(days=found.grace)):
        found.basis = "late_return"
        found.ends(grace)
        said = (
            f"{zh}：期限已于{last_zh}结束，酌情照顾，由专人决定。",
            f"For {en}: the window ended on {last_en}; a person decides by goodwill.",
        )
        found.say("late_goodwill", found.grace_clause, *said, "person")
        return True
    found.say(
        "window_over", clause, f"{zh}：{days} 天的期限已于{last_zh}结束。", f"For {en}: the {days} days ended on {last_en}.", "refused"
    )
    return False


def _mismatch(found: _Judgement) -> None:
    found.say("reason_mismatch", "", "这个原因不适用于这种申请。", "This reason does not go with what is asked for.", "refused")


def _special(judge: Callable[[Wish, Facts, Pack, special.Says], None]) -> Callable[..., None]:
    """One that looks at no line."""
    return lambda wish, items, facts, pack, found: judge(wish, facts, pack, found)


# Money, freight, goods


def _amounts(wish: Wish, items: list[_Item], facts: Facts, pack: Pack) -> tuple[tuple[LineAmount, ...], int]:
    """What goes back for each line and of the order's freight. In all never more than came in less what went or is promised."""
    shares, freight = line_shares(facts)
    share_of = {line.position: share for line, share in zip(facts.lines, shares, strict=True)}
    cap = max(0, facts.paid.minor - facts.refunded.minor - facts.reserved)
    out: list[LineAmount] = []
    for item in items:
        line = item.line
        amount = min(_worth(wish, item, share_of[line.position], pack), max(0, share_of[line.position] - line.taken_amount), cap)
        cap -= amount
        if wish.kind == "price_protection" and amount == 0:
            continue  # not cheaper now
        out.append(LineAmount(line.position, line.sku, line.name, item.quantity, Money(amount, facts.total.currency), item.to_sku))
    back = min(freight, cap) if _freight_back(wish, items, facts) else 0
    return tuple(out), back


def _worth(wish: Wish, item: _Item, share: int, pack: Pack) -> int:
    line = item.line
    if not holds_money(wish.kind):
        return 0
    worth = of_units(share, line.quantity, line.taken_units, item.quantity)
    if wish.kind != "price_protection":
        return worth
    if line.price_now is None:
        return 0
    # What was granted before counts as never paid, so that one drop of the price is made good once.
    bought = share if pack.price_protection.compare == "paid" else line.price.minor * line.quantity
    kept = max(0, bought - line.taken_amount) * item.quantity // max(1, line.quantity - line.taken_units)
    return max(0, kept - line.price_now.minor * item.quantity)


def _freight_back(wish: Wish, items: list[_Item], facts: Facts) -> bool:
    """The order's own freight goes back when nothing of the order is kept and it is not the customer's doing."""
    if wish.kind not in ("return", "refund_only") or wish.reason in NO_REASON or wish.party == "customer":
        return False
    taking = {item.line.position: item.quantity for item in items}
    return all(taking.get(line.position, 0) + line.taken_units >= line.quantity for line in facts.lines)


def _freight(wish: Wish, pack: Pack, found: _Judgement) -> Payer:
    """Who pays for moving the goods; told with its clause."""
    if wish.kind not in ("return", "exchange", "repair"):
        return "none"
    rule = pack.freight
    if wish.reason in NO_REASON:
        payer, clause = (rule.exchange_no_reason if wish.kind == "exchange" else rule.no_reason), rule.clause_no_reason
    else:
        payer = {"shop": rule.shop, "carrier": rule.carrier, "customer": rule.customer, "unknown": rule.shop}[wish.party]
        clause = rule.clause_fault
    zh, en = _PAYERS[payer]
    found.say(f"freight_{payer}", clause, zh, en)
    return payer


_PAYERS: dict[Payer, tuple[str, str]] = {
    "shop": ("运费由店铺承担。", "The shop pays the freight."),
    "customer": ("寄回运费由您承担。", "The customer pays for sending it back."),
    "half": ("运费双方各付一半。", "Each side pays half the freight."),
    "none": ("不涉及运费。", "No freight is involved."),
}


def _disposition(wish: Wish, items: list[_Item], pack: Pack) -> Disposition:
    if wish.kind not in ("return", "exchange"):
        return "none"
    reason: Reason = "no_reason" if wish.reason in NO_REASON else wish.reason
    own = {pack.rules_for(item.line.category).disposition for item in items} - {None}
    return "destroy" if "destroy" in own else pack.dispositions.get(reason, "repair")


def _date(until: datetime) -> tuple[str, str]:
    """The last day of a window that ends before `until`."""
    last = until - timedelta(days=1)
    return f"{last.month}月{last.day}日", f"{last:%b} {last.day}"


def holds_money(kind: str) -> bool:
    return kind in ("return", "refund_only", "price_protection")


def holds_units(kind: str) -> bool:
    """Do its units leave the customer for good?"""
    return kind in ("return", "refund_only")


def holds_lines(kind: str) -> bool:
    """Does an undecided one keep others off its lines?"""
    return kind not in special.OF_THE_WHOLE


def busies_units(kind: str) -> bool:
    """Do its units leave the customer for a while?"""
    return kind in ("exchange", "repair")
