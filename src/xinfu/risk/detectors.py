"""The seven detectors: how much one claim, order or run of calls looks like a pattern, taken alone. Histories are weighed in `policy`.

Each returns a `Sign`: its strength, the reasons in words, the evidence. Only hard evidence (another serial number, a photo of an earlier
claim) can reach a finding without a history.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from xinfu.risk import serials, words
from xinfu.risk.contracts import Claim, Contact, Order, Pattern, Reason
from xinfu.risk.facts import Facts

SIGN = 0.5
"""A sign this strong counts in an entity's history."""

HINT = 0.35
"""A sign this strong counts only beside a history of clear ones."""

COSTLY_PRICE = 800.0
HEAVY_KG = 10.0
DEAR_FREIGHT = 1.5
LATE_DAYS = 5.0
LONG_CALL_S = 2400.0
CALLS_WITHIN = timedelta(days=7)
HARASSING = 1.8


@dataclass(slots=True)
class Sign:
    strength: float = 0.0
    reasons: list[Reason] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    hard: bool = False

    def say(self, strength: float, zh: str, en: str, *evidence: str) -> None:
        self.strength = min(1.0, self.strength + strength)
        self.reasons.append(Reason(zh, en))
        self.evidence.extend(e for e in evidence if e and e not in self.evidence)


def use_and_return(claim: Claim, facts: Facts) -> Sign:
    sign = Sign()
    if claim.kind not in ("return", "exchange", ""):
        return sign
    order = facts.orders.get(claim.order_id)
    used = words.use(claim.condition_in)
    if claim.condition_in and not used:
        return sign
    if not claim.condition_in and claim.kind == "return":
        sign.say(0.15, "退回状况没有记录", "the state it came back in is not recorded", claim.id)
    if used == 2:
        sign.say(0.8, f"退回商品：{claim.condition_in}", f"came back heavily used: {claim.condition_in}", claim.id)
    elif used == 1:
        sign.say(0.35, f"退回商品：{claim.condition_in}", f"came back with traces of use: {claim.condition_in}", claim.id)
    arrived = facts.arrived(claim.order_id)
    if arrived is not None and (days := (claim.opened_at - arrived) / timedelta(days=1)) >= LATE_DAYS - 0.5:
        sign.say(0.2, f"签收后第 {days:.0f} 天才退", f"sent back on day {days:.0f} after delivery", claim.order_id)
    price = _price(order)
    if order and ((price or 0) >= COSTLY_PRICE or words.costly(order.category)):
        sign.say(0.2, "贵重商品", "a costly item", order.id)
    if not used:
        sign.strength = min(sign.strength, 0.45)
    return sign


def own_courier_freight(claim: Claim, facts: Facts) -> Sign:
    sign = Sign()
    if claim.kind != "freight" and not (claim.kind in ("", "compensation") and words.freight(claim.reason)):
        return sign
    shipment = facts.returned.get(claim.order_id)
    claimed = claim.amount or (shipment.freight_claimed if shipment else None)
    fair = facts.contract_freight(claim.order_id)
    if claimed is None or not fair:
        sign.say(0.35, "自寄运费，金额或合同价不明", "own-courier freight, amount or contract price unknown", claim.id)
        return sign
    times = claimed / fair
    if times >= DEAR_FREIGHT:
        zh = f"申报运费 {claimed:.2f} 元，是合同价 {fair:.2f} 元的 {times:.1f} 倍"
        sign.say(0.7, zh, f"claims {claimed:.2f} for freight, {times:.1f} times the contract price of {fair:.2f}", claim.id)
    elif times >= 1.3:
        sign.say(0.35, f"申报运费略高于合同价（{times:.1f} 倍）", f"freight somewhat above contract ({times:.1f} times)", claim.id)
    return sign


def fragile_claims(claim: Claim, facts: Facts) -> Sign:
    sign = Sign()
    if claim.kind in ("freight", "complaint"):
        return sign
    order = facts.orders.get(claim.order_id)
    for match in facts.photo_matches.get(claim.id, ()):
        earlier = facts.claims.get(facts.claim_of_photo.get(match.photo_id2, ""))
        if earlier is not None and earlier.order_id != claim.order_id and match.score >= 0.5:
            sign.hard = True
            how = match.why[0] if match.why else Reason("同一张照片", "the same photo")
            sign.say(
                0.9,
                f"照片在另一单的申请 {earlier.id} 里出现过：{how.zh}",
                f"a photo was shown before in claim {earlier.id} for another order: {how.en}",
                match.photo_id,
                match.photo_id2,
                earlier.id,
            )
    broken = words.damage(claim.reason)
    tender = order is not None and is_fragile(order)
    if broken and (tender or claim.kind in ("refund_only", "compensation")):
        sign.say(0.6, f"易碎品报损：{claim.reason}", f"reports damage: {claim.reason}", claim.id)
    elif tender and not claim.reason and claim.kind in ("refund_only", "compensation", ""):
        sign.say(0.4, "易碎品仅退款，未写原因", "refund only for a fragile item, no reason given", claim.id)
    return sign


def order_and_refuse(claim: Claim, facts: Facts) -> Sign:
    order = facts.orders.get(claim.order_id)
    sign = refused_order(order, facts) if order else Sign()
    if sign.strength or claim.kind not in ("refund_only", "return", ""):
        return sign
    heavy = order is not None and ((order.weight_kg or 0) >= HEAVY_KG or words.heavy(order.category))
    if words.refused(claim.reason):
        sign.say(0.6 if heavy else 0.4, f"申请写明：{claim.reason}", f"the claim says: {claim.reason}", claim.id)
    elif order and heavy and claim.kind == "refund_only" and not facts.delivered(order.id):
        sign.say(0.4, "重货退款，送达情况不明", "refund of heavy goods, delivery unknown", claim.id)
    return sign


def refused_order(order: Order, facts: Facts) -> Sign:
    """A delivery refused at the door; heavy goods up many stairs cost the most."""
    sign = Sign()
    if not facts.refused(order.id):
        return sign
    shipment = facts.sent[order.id]
    weight = order.weight_kg or shipment.weight_kg
    stairs = (order.floor or 0) >= 5 and order.elevator is not True
    if weight is not None and weight < HEAVY_KG:
        sign.say(0.3, "送到后拒收", "refused at the door", order.id, shipment.id)
        return sign
    told = f"{weight:.0f} 公斤" if weight else "重量不明"
    sign.say(0.6, f"送到后拒收（{told}）", f"refused at the door ({weight or 'unknown'} kg)", order.id, shipment.id)
    if stairs:
        sign.say(0.2, f"{order.floor} 楼无电梯", f"floor {order.floor} without a lift", order.id)
    return sign


def swap(claim: Claim, facts: Facts) -> Sign:
    sign = Sign()
    order = facts.orders.get(claim.order_id)
    out, back = (order.serial_out if order else ""), claim.serial_in
    if out and back and not serials.unreadable(back):
        wrong = serials.distance(out, back)
        if wrong >= 2:
            sign.hard = True
            sign.say(0.95, f"退回序列号 {back} 与出库 {out} 不同", f"serial {back} came back, {out} went out", claim.id, claim.order_id)
            _sold_elsewhere(sign, claim, facts)
            return sign
        if wrong == 1:
            sign.say(
                0.2, f"序列号差一位（{out} / {back}），可能是读错", f"one character differs ({out} / {back}), likely misread", claim.id
            )
        return sign
    if back and not out:
        _sold_elsewhere(sign, claim, facts)
    if claim.kind in ("return", "exchange", "") and (bool(out) != bool(back) or (order and words.costly(order.category))):
        # Honest readings go missing too: this weighs only for people who swapped before.
        sign.say(0.35, "序列号不全，无法核对", "serial numbers missing, nothing to compare", claim.id)
    if words.mismatch(claim.condition_in):
        sign.say(0.55, f"仓库验货：{claim.condition_in}", f"the warehouse says: {claim.condition_in}", claim.id)
    shipped = facts.returned.get(claim.order_id)
    sent = facts.sent.get(claim.order_id)
    full = (sent.weight_kg if sent else None) or (order.weight_kg if order else None)
    if shipped and shipped.weight_kg and full and abs(shipped.weight_kg - full) > max(0.03 * full, 0.05):
        zh = f"退回重量 {shipped.weight_kg:.2f} 公斤，发出 {full:.2f} 公斤"
        sign.say(0.2, zh, f"{shipped.weight_kg:.2f} kg came back, {full:.2f} kg went out", shipped.id)
    return sign


def _sold_elsewhere(sign: Sign, claim: Claim, facts: Facts) -> None:
    other = facts.sold.get(claim.serial_in)
    if other is not None and other != claim.order_id:
        sign.hard = True
        sign.say(0.9, f"退回序列号属于另一单 {other}", f"the returned serial belongs to order {other}", other)


def malicious_complaint(claim: Claim, facts: Facts) -> Sign:
    sign = Sign()
    if facts.decisions.get(claim.id):
        return sign
    if claim.kind == "complaint" or (claim.about and claim.kind in ("", "compensation")):
        about = f"（{claim.about}）" if claim.about else ""
        sign.say(0.6, f"投诉{about}", f"complains{' about ' + claim.about if claim.about else ''}", claim.id)
    if words.demand(claim.reason) and claim.kind in ("complaint", "compensation", "refund_only", ""):
        sign.say(0.4, f"索要赔偿：{claim.reason}", f"demands money: {claim.reason}", claim.id)
    pressed = sign.strength < SIGN and bool(harassing_run(facts.contacts_of.get(claim.account_id, ()), facts))
    if sign.strength and not pressed and facts.decisions.get(claim.id) is False:
        sign.say(0.2, "核查后不成立", "found to be without ground", claim.id)
    return sign


def harassment(claim: Claim, facts: Facts) -> Sign:
    """A claim by someone who answered an earlier no with long or abusive calls."""
    sign = Sign()
    if claim.kind in ("freight", "exchange", "return"):
        return sign
    run = harassing_run((c for c in facts.contacts_of.get(claim.account_id, ()) if c.started_at <= claim.opened_at), facts)
    if run:
        return _run_sign(run)
    if claim.kind in ("compensation", "complaint") or words.demand(claim.reason):
        # Anybody may ask; it weighs only where others of the same entity pressed in this way.
        sign.say(0.4, "索要赔偿", "asks for compensation", claim.id)
    return sign


def harassing_run(contacts: Iterable[Contact], facts: Facts) -> list[Contact]:
    """The worst seven days of contacts after a refusal, if they were too much; else nothing."""
    pressing = [c for c in contacts if not facts.decisions.get(c.claim_id, False)]
    best: list[Contact] = []
    most = 0.0
    start = 0
    for end in range(len(pressing)):
        while pressing[end].started_at - pressing[start].started_at > CALLS_WITHIN:
            start += 1
        window = pressing[start : end + 1]
        weight = sum(pressure(c) for c in window)
        if len(window) >= 2 and weight > most:
            best, most = window, weight
    return best if most >= HARASSING else []


def pressure(contact: Contact) -> float:
    """How much one contact weighs on the person who takes it."""
    length = contact.duration_s
    weight = 0.25 if length is None else 1.0 if length >= LONG_CALL_S else 0.5 if length >= LONG_CALL_S / 2 else 0.1
    return weight + (0.6 if contact.abusive else 0.0)


def harassment_sign(account_id: str, facts: Facts) -> Sign:
    run = harassing_run(facts.contacts_of.get(account_id, ()), facts)
    return _run_sign(run) if run else Sign()


def _run_sign(run: list[Contact]) -> Sign:
    sign = Sign()
    minutes = sum(c.duration_s or 0 for c in run) / 60
    zh = f"七天内 {len(run)} 次来电来访，共 {minutes:.0f} 分钟"
    sign.say(0.8, zh, f"{len(run)} contacts in seven days, {minutes:.0f} minutes", *(c.id for c in run))
    if abusive := sum(c.abusive for c in run):
        sign.say(0.1, f"其中 {abusive} 次辱骂", f"{abusive} of them abusive")
    return sign


def is_fragile(order: Order) -> bool:
    return order.fragile is True or (order.fragile is None and words.breakable(order.category))


def _price(order: Order | None) -> float | None:
    return (order.unit_price or order.paid) if order else None


DETECTORS: dict[Pattern, Callable[[Claim, Facts], Sign]] = {
    Pattern.USE_AND_RETURN: use_and_return,
    Pattern.OWN_COURIER_FREIGHT: own_courier_freight,
    Pattern.FRAGILE_CLAIMS: fragile_claims,
    Pattern.HARASSMENT: harassment,
    Pattern.ORDER_AND_REFUSE: order_and_refuse,
    Pattern.SWAP: swap,
    Pattern.MALICIOUS_COMPLAINT: malicious_complaint,
}
