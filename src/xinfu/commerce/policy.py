"""Pure decisions about orders: what the customer is told about status and steps, when an order may be a gift, which attribute is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import ahocorasick

from xinfu.commerce.attributes import ATTRIBUTES, Attribute
from xinfu.commerce.contracts import Order, OrderLine, OrderStatus, Parcel, Scan, StepKey, TimelineStep
from xinfu.kit.clock import iso_ms, to_ms
from xinfu.kit.i18n import Locale, said
from xinfu.kit.text import clean, fold

__all__ = [
    "ATTRIBUTES",
    "PAY_WITHIN",
    "Attribute",
    "OrderFacts",
    "attribute_asked",
    "card",
    "holds_until",
    "is_gift",
    "order_key",
    "phone_tail",
    "status_text",
    "timeline",
    "tracking_key",
]

PAY_WITHIN = timedelta(hours=24)
"""How long an unpaid order is kept when the shop system does not say."""

_MINUTE = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=UTC)

STATUS: dict[OrderStatus, tuple[str, str]] = {
    "unpaid": ("待付款", "Waiting for payment"),
    "paid": ("已付款，待发货", "Paid, not yet shipped"),
    "packed": ("已打包，待揽收", "Packed, waiting for pick-up"),
    "shipped": ("运输中", "On the way"),
    "out_for_delivery": ("派送中", "Out for delivery"),
    "delivered": ("已签收", "Delivered"),
    "completed": ("已完成", "Completed"),
    "cancelled": ("已取消", "Cancelled"),
    "returned": ("已退货", "Returned"),
}
STEPS: dict[StepKey, tuple[str, str]] = {
    "placed": ("已下单", "Order placed"),
    "paid": ("已付款", "Paid"),
    "packed": ("已打包", "Packed"),
    "handed_over": ("已交给快递", "Handed to the carrier"),
    "in_transit": ("运输中", "On the way"),
    "out_for_delivery": ("派送中", "Out for delivery"),
    "signed": ("已签收", "Delivered"),
    "completed": ("交易完成", "Completed"),
    "cancelled": ("已取消", "Cancelled"),
    "returned": ("已退货", "Returned"),
}
_LADDER: tuple[StepKey, ...] = ("placed", "paid", "packed", "handed_over", "in_transit", "out_for_delivery", "signed", "completed")
# The last rung of the ladder that an order in this status has surely reached.
_REACHED: dict[OrderStatus, int] = {
    "unpaid": 0, "paid": 1, "packed": 2, "shipped": 3, "out_for_delivery": 5, "delivered": 6, "completed": 7, "cancelled": 0, "returned": 0,
}  # fmt: skip
# The rung a scan proves.
_PROVED = {"collected": 3, "departed": 4, "arrived": 4, "exception": 4, "out_for_delivery": 5, "delivered": 6, "returned": 4}
_WORDS = sorted(((word, a.key) for a in ATTRIBUTES.values() for word in a.words), key=lambda pair: -len(pair[0]))
_SPOKEN = ahocorasick.Automaton()
for _word, _ in _WORDS:
    _SPOKEN.add_word(_word, _word)
_SPOKEN.make_automaton()
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_KEY_OF = dict(reversed(_WORDS))  # of a word named twice, the first attribute


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a timeline is made from. `parcels` with scans oldest first."""

    status: OrderStatus
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    packed_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    returned_at: datetime | None
    parcels: Sequence[Parcel]


def timeline(facts: OrderFacts, now: datetime) -> tuple[TimelineStep, ...]:
    """The order's way in steps a person understands: what happened with its time, then what is still to come.

    Done steps come first and never run backwards in time. A cancelled or returned order ends with that step and promises nothing more.
    """
    leading = _leading_parcel(facts.parcels)
    scans = leading.scans if leading else ()
    proved, times = _rung_times(facts, scans)
    if facts.status in ("cancelled", "returned"):
        return _ended(facts, scans, times)
    reached = max(_REACHED[facts.status], proved)
    late = leading is not None and leading.promised_by is not None and reached < 6 and now > leading.promised_by
    told = min(reached, 6)  # the step that carries the last scan
    steps: list[TimelineStep] = []
    for rung, key in enumerate(_LADDER):
        zh, en = STEPS[key]
        detail = ""
        if rung == told and rung >= 3 and scans:
            zh, en, detail = _last_word(zh, en, scans[-1], late)
        elif rung == 1 and reached == 0:
            zh, en = _countdown(facts.pay_by - now)
        steps.append(TimelineStep(key, zh, en, times[rung] if rung <= reached else None, rung <= reached, detail))
    return tuple(steps)


def holds_until(facts: OrderFacts, now: datetime) -> datetime:
    """The moment up to which a timeline made `now` stays right while the order does not change."""
    if facts.status == "unpaid":
        return now + timedelta(microseconds=max(1, (facts.pay_by - now) % _MINUTE // timedelta(microseconds=1)))
    parcel = _leading_parcel(facts.parcels)
    if parcel and parcel.promised_by and now <= parcel.promised_by:
        return parcel.promised_by
    return _NEVER


def status_text(status: OrderStatus, locale: Locale) -> str:
    zh, en = STATUS[status]
    return said(zh, en, locale)


def is_gift(receiver_phone: str, buyer_phone: str) -> bool:
    """The receiver is perhaps not the buyer (CUS-3): both phones known and different. Then the receiver is not told price or buyer."""
    receiver, buyer = _digits(receiver_phone), _digits(buyer_phone)
    return bool(receiver and buyer and receiver != buyer)


def order_key(no: str) -> str:
    """An order number as compared: full- and half-width, case, spaces and a leading # make no difference."""
    return fold(clean(no)).replace(" ", "").lstrip("#").upper()


def tracking_key(tracking_no: str) -> str:
    """A tracking number as stored and compared: half-width capitals without spaces."""
    return fold(clean(tracking_no)).replace(" ", "").upper()


def phone_tail(phone: str) -> str:
    """The last four digits, '' when there are fewer."""
    digits = _digits(phone)
    return digits[-4:] if len(digits) >= 4 else ""


def card(order: Order, locale: Locale, for_recipient: bool = False) -> dict[str, Any]:
    """The OrderCard of docs/protocol.md. A recipient who is not the buyer sees neither price nor whose present it is."""
    return {
        "no": order.no,
        "status": order.status,
        "status_text": status_text(order.status, locale),
        "placed_at": iso_ms(to_ms(order.placed_at)),
        "total": "" if for_recipient else order.total.plain(),
        "currency": order.total.currency,
        "lines": [_card_line(line) for line in order.lines],
        "gift": order.gift and not for_recipient,
    }


def attribute_asked(text: str) -> str | None:
    """The key of ATTRIBUTES a question is about: that of the longest known word in it; the first of two equally long."""
    folded, longest = fold(text), ""
    for end, word in _SPOKEN.iter(folded):
        if len(word) > len(longest) and not (word.isascii() and _within_a_word(folded, end + 1 - len(word), end + 1)):
            longest = word
    return _KEY_OF[longest] if longest else None


def _within_a_word(text: str, begin: int, end: int) -> bool:
    """Whether text[begin:end] is only a piece of a longer Latin word."""
    return (begin > 0 and text[begin - 1] in _LATIN) or (end < len(text) and text[end] in _LATIN)


def _rung_times(facts: OrderFacts, scans: Sequence[Scan]) -> tuple[int, list[datetime | None]]:
    """The highest rung the facts prove, and when each rung was reached; a time before an earlier rung's is taken as that one's."""
    times: list[datetime | None] = [facts.placed_at, facts.paid_at, facts.packed_at, None, None, None, None, facts.completed_at]
    proved = 0
    for scan in scans:
        rung = _PROVED[scan.code]
        proved = max(proved, rung)
        if times[rung] is None or rung == 4:
            times[rung] = scan.at
    latest = facts.placed_at
    for rung, at in enumerate(times):
        if at is not None:
            latest = times[rung] = max(latest, at)
    return proved, times


def _ended(facts: OrderFacts, scans: Sequence[Scan], times: list[datetime | None]) -> tuple[TimelineStep, ...]:
    """What is known to have happened, then the end."""
    steps = [TimelineStep(key, *STEPS[key], at, True, "") for key, at in zip(_LADDER, times, strict=True) if at]
    end: StepKey = "cancelled" if facts.status == "cancelled" else "returned"
    at = facts.cancelled_at if end == "cancelled" else facts.returned_at
    steps.append(
        TimelineStep(end, *STEPS[end], max(at, *(t for t in times if t)) if at else None, True, _scan_text(scans[-1]) if scans else "")
    )
    return tuple(steps)


def _last_word(zh: str, en: str, scan: Scan, late: bool) -> tuple[str, str, str]:
    """The step that tells where the parcel is: labels, and the carrier's own words."""
    if scan.code == "exception":
        zh, en = f"{zh}:有异常", f"{en}: something went wrong"
    elif scan.code == "returned":
        zh, en = f"{zh}:包裹退回中", f"{en}: the parcel is going back"
    elif late:
        zh, en = f"{zh}，比预计的晚", f"{en}, later than promised"
    return zh, en, _scan_text(scan)


def _leading_parcel(parcels: Sequence[Parcel]) -> Parcel | None:
    """The parcel the timeline tells of: the one that has come least far, so that nothing is called delivered too early."""
    if len(parcels) <= 1:
        return parcels[0] if parcels else None
    return min(parcels, key=lambda p: max((_PROVED[s.code] for s in p.scans), default=0))


def _scan_text(scan: Scan) -> str:
    return f"{scan.place} {scan.text}".strip()


def _countdown(left: timedelta) -> tuple[str, str]:
    minutes = int(left.total_seconds() // 60)
    if minutes <= 0:
        return "待付款，已到时限，马上会自动取消", "Waiting for payment; the time is up and it will cancel itself"
    hours, rest = divmod(minutes, 60)
    zh = (f"{hours} 小时" if hours else "") + (f" {rest} 分钟" if rest and hours else f"{rest} 分钟" if rest else "")
    en = " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)
    return f"待付款，还剩 {zh}，到时自动取消", f"Waiting for payment; cancels itself in {en}"


def _digits(phone: str) -> str:
    digits = re.sub(r"\D", "", fold(phone))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def _card_line(line: OrderLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "options": " · ".join(value for _, value in line.options),
        "quantity": line.quantity,
        "image": line.image,
    }
