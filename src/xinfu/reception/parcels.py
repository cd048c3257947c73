"""Says how an order is doing: its state, the last scan, the promised day, what went wrong. Never who or where the receiver is. Pure."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from xinfu.commerce.contracts import Order, Parcel
from xinfu.reception.policy import last_parcel
from xinfu.reception.speech import Answer, day, items_of, moment

_PHONE = re.compile(r"\d[\d\- ]{5,}\d")
_ON_ROAD = frozenset({"shipped", "out_for_delivery"})


def order_text(answer: Answer, order: Order) -> None:
    """The answer about one order: short at first, every step the second time it is asked without news."""
    if answer.turn.wish.emotion == "confusion" and not answer.decision.again:
        _simply(answer, order)
        return
    if answer.decision.again:
        answer.say("order.again")
    _state(answer, order)
    parcel = last_parcel(order)
    if answer.decision.again:
        _steps(answer, order)
    if parcel:
        _parcel(answer, order, parcel)


def shown(text: str, order: Order) -> str:
    """A carrier's words without anyone's phone number, and without the receiver's name or address."""
    text = _PHONE.sub("***", text)
    for private in (order.receiver, order.receiver_phone, order.address):
        if private:
            text = text.replace(private, "***")
    return text.rstrip("。.")


def _state(answer: Answer, order: Order) -> None:
    answer.say("order.head", no=order.no, items=items_of(answer, order))
    detail = ""
    if order.status == "unpaid":
        steps = (step.en if answer.english else step.zh for step in order.timeline if step.key == "paid" and not step.done)
        detail = next(steps, answer.words.label("order.not_paid"))
    answer.say(f"order.{order.status}", detail=detail)


def _parcel(answer: Answer, order: Order, parcel: Parcel) -> None:
    english, zone, trouble = answer.english, answer.zone, answer.decision.trouble
    if len(order.parcels) > 1:
        answer.say("order.several", count=str(len(order.parcels)))
    if parcel.tracking_no:
        key = "order.carrier" if parcel.carrier else "order.tracking"
        answer.say(key, carrier=parcel.carrier, tracking=parcel.tracking_no)
    if parcel.scans:
        scan = parcel.scans[-1]
        answer.say("order.scan", at=moment(scan.at, zone, english), place=shown(scan.place, order), text=shown(scan.text, order))
    if trouble:
        _trouble(answer, order, parcel)
    elif parcel.promised_by and order.status in _ON_ROAD:
        answer.say("order.promised", date=day(parcel.promised_by, zone, english))


def _trouble(answer: Answer, order: Order, parcel: Parcel) -> None:
    """Say plainly what is wrong; apologise unless that was done already in this conversation."""
    trouble, zone = answer.decision.trouble, answer.zone
    if trouble == "late":
        late = _late_parcel(order, answer) or parcel
        if late.promised_by:
            answer.say("order.late", date=day(late.promised_by, zone, answer.english))
    elif trouble == "exception":
        answer.say("order.exception")
    elif parcel.scans:
        answer.say("order.stale", days=str((answer.turn.now - parcel.scans[-1].at).days))
    if not answer.memory.sorry:
        answer.say("order.sorry")
        answer.memory.sorry = True


def _late_parcel(order: Order, answer: Answer) -> Parcel | None:
    now = answer.turn.now
    return next(
        (p for p in order.parcels if p.promised_by and p.promised_by < now and not (p.scans and p.scans[-1].code == "delivered")), None
    )


def _simply(answer: Answer, order: Order) -> None:
    """For someone confused: the state, where it is, when it comes; no numbers of carriers."""
    _state(answer, order)
    parcel = last_parcel(order)
    if parcel is None:
        return
    if parcel.scans and order.status in _ON_ROAD:
        answer.say("order.scan_simple", place=shown(parcel.scans[-1].place, order))
    if answer.decision.trouble:
        _trouble(answer, order, parcel)
    elif parcel.promised_by and order.status in _ON_ROAD:
        answer.say("order.promised", date=day(parcel.promised_by, answer.zone, answer.english))


def _steps(answer: Answer, order: Order) -> None:
    done = [step for step in order.timeline if step.done]
    if done:
        said = (_step(step.en if answer.english else step.zh, step.at, answer.zone, answer.english) for step in done)
        answer.say("order.steps", steps=answer.words.label("order.step_join").join(said))


def _step(name: str, at: datetime | None, zone: ZoneInfo, english: bool) -> str:
    return f"{name} {moment(at, zone, english)}" if at else name
