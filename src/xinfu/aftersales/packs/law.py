"""What a pack must hold beyond its form: names that exist, and for shops in mainland China what the law leaves no choice about. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from xinfu.aftersales.packs.pack import TRUST, Pack
from xinfu.aftersales.packs.places import Path

LAWFUL_NO_REASON_DAYS = 7
LAWFUL_RETURN_DAYS = 7
LAWFUL_THREE_GUARANTEES_EXCHANGE = 15
LAWFUL_REFUND_HOURS = 7 * 24


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one place of a pack, in both languages."""

    path: Path
    zh: str
    en: str


def faults(pack: Pack) -> list[Fault]:
    """Everything wrong with a pack of the right form."""
    found = [*_names(pack), *_categories(pack), *_money(pack), *_zones(pack)]
    return found + list(_law(pack)) if pack.lawful_floor else found


def _names(pack: Pack) -> Iterator[Fault]:
    named: list[tuple[Path, str]] = [
        (("no_reason", "clause"), pack.no_reason.clause),
        (("quality", "clause"), pack.quality.clause),
        (("price_protection", "clause"), pack.price_protection.clause),
        (("refund_only", "clause"), pack.refund_only.clause),
        (("freight", "clause_fault"), pack.freight.clause_fault),
        (("freight", "clause_no_reason"), pack.freight.clause_no_reason),
        *((("category", n, "clause"), rule.clause) for n, rule in enumerate(pack.category)),
    ]
    optional = {
        "early_refund": pack.early_refund.clause,
        "goodwill": pack.goodwill.clause,
        "compensation": pack.compensation.clause,
        "freight_contract": pack.freight_contract.clause if pack.freight_contract else "",
        "auto": pack.auto.clause,
        "requests": pack.requests.clause,
    }
    named += [((name, "clause"), clause) for name, clause in optional.items() if clause]
    for path, clause in named:
        if clause not in pack.clauses:
            yield Fault(path, f"条款 {clause[:60]} 没有写在 clauses 里", f"clause {clause[:60]} is not among the clauses")


def _categories(pack: Pack) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, rule in enumerate(pack.category):
        for name in rule.names:
            if not name.strip():
                yield Fault(("category", n, "names"), "类目名不能为空", "a category name is empty")
            elif name in seen:
                yield Fault(("category", n, "names"), f"类目“{name}”写了两次", f"category {name} is named twice")
            seen.add(name)


def _money(pack: Pack) -> Iterator[Fault]:
    levels = [level.trust for level in pack.early_refund.level]
    for n, trust in enumerate(levels):
        if trust in levels[:n]:
            yield Fault(("early_refund", "level", n, "trust"), "同一个信任等级写了两次", "the same trust level twice")
    by_trust = [rule for trust in TRUST if (rule := pack.early_refund.of(trust))]
    for less, more in pairwise(by_trust):
        if more.limit < less.limit or more.percent < less.percent:
            n = levels.index(more.trust)
            yield Fault(
                ("early_refund", "level", n, "limit"),
                "更受信任的客户不应得到更少",
                "a customer trusted more must not get less",
            )


def _zones(pack: Pack) -> Iterator[Fault]:
    if (contract := pack.freight_contract) is None:
        return
    zones = [zone.zone for zone in contract.zone]
    if [zone for zone in contract.zone if not zone.places] != list(contract.zone[-1:]):
        yield Fault(
            ("freight_contract", "zone"),
            "最后一个区域不写地名，表示其他所有地方；其余区域都要写地名",
            "the last zone alone names no places: it is for everywhere else",
        )
    for n, zone in enumerate(zones):
        if zone in zones[:n]:
            yield Fault(("freight_contract", "zone", n, "zone"), f"区域 {zone} 写了两次", f"zone {zone} twice")
    for n, row in enumerate(contract.zone):
        if any(not place.strip() for place in row.places):
            yield Fault(("freight_contract", "zone", n, "places"), "地名不能为空", "a place is empty")


def _law(pack: Pack) -> Iterator[Fault]:
    if pack.no_reason.days < LAWFUL_NO_REASON_DAYS:
        least = LAWFUL_NO_REASON_DAYS
        yield Fault(
            ("no_reason", "days"), f"法律规定至少 {least} 天（消法第二十五条）", f"the law asks for at least {least} days (art. 25)"
        )
    for name in ("shop", "carrier"):
        if getattr(pack.freight, name) != "shop":
            yield Fault(
                ("freight", name),
                "不是客户的责任，运费由店铺承担（消法第二十四条）",
                "the seller bears the freight of what is not the customer's fault (art. 24)",
            )
    if pack.due.refund > LAWFUL_REFUND_HOURS:
        yield Fault(
            ("due", "refund"), "收到退货后最迟 7 天（168 小时）退款", "money goes back within 7 days (168 hours) of the goods' return"
        )
    yield from _windows(pack)


def _windows(pack: Pack) -> Iterator[Fault]:
    least = LAWFUL_RETURN_DAYS
    wrong = f"质量问题至少 {least} 天（消法第二十四条）", f"at least {least} days for faults (art. 24)"
    for key in ("return_days", "exchange_days"):
        if getattr(pack.quality, key) < least:
            yield Fault(("quality", key), *wrong)
        for n, rule in enumerate(pack.category):
            if (own := getattr(rule, key)) is not None and own < least:
                yield Fault(("category", n, key), *wrong)
    for n, rule in enumerate(pack.category):
        days = pack.quality.exchange_days if rule.exchange_days is None else rule.exchange_days
        if rule.three_guarantees and days < LAWFUL_THREE_GUARANTEES_EXCHANGE:
            most = LAWFUL_THREE_GUARANTEES_EXCHANGE
            yield Fault(
                ("category", n, "exchange_days"),
                f"三包商品至少 {most} 天可换货",
                f"at least {most} days for an exchange (three guarantees)",
            )
