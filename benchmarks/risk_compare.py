"""The same scenario folders through Xinfu, through returnguard and through a union over whatever accounts share, without limits.

    python benchmarks/risk_compare.py FOLDER … --json

returnguard is used if it can be imported (`pip install returnguard==1.2.2`). It is given each account's history as its profile, the reason
in its own words and the account's age; an account is found by it when one of its requests is to be looked at by a person (score over 0.30).
It knows no links between accounts. The union joins accounts by device, payee, phone, network or the written address and finds
everybody in a group of three or more.
"""

import argparse
import importlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xinfu.risk import evaluate, scenario
from xinfu.risk.contracts import Account, Claim, Device, Fact, Order, Payee

MANY = 3


@dataclass
class Said:
    """What one of the three says: who is found, and in which group."""

    found: set[str]
    group: dict[str, str]
    pairs: set[tuple[str, str]] | None = None


def ours(folder: Path) -> Said:
    result = scenario.run(folder)
    found = {r.account_id for r in result.accounts if r.score >= 0.5}
    pairs = {(min(k.account_id, k.account_id2), max(k.account_id, k.account_id2)) for k in result.links if k.score >= 0.5}
    return Said(found, {r.account_id: r.entity_id for r in result.accounts}, pairs)


def union(facts: list[Fact]) -> Said:
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    def join(account: str, kind: str, value: str) -> None:
        if account and value:
            parent[root(account)] = root(f"{kind}:{value}")

    accounts = set()
    for fact in facts:
        match fact:
            case Account():
                accounts.add(fact.id)
                join(fact.id, "phone", fact.phone)
            case Device():
                join(fact.account_id, "device", fact.device_id)
                join(fact.account_id, "ip", fact.ip)
            case Payee():
                join(fact.account_id, "payee", fact.payee_id)
            case Order():
                join(fact.account_id, "phone", fact.receiver_phone)
                join(fact.account_id, "address", fact.address)
            case _:
                pass
    group = {a: root(a) for a in accounts}
    sizes: dict[str, int] = defaultdict(int)
    for name in group.values():
        sizes[name] += 1
    return Said({a for a in accounts if sizes[group[a]] >= MANY}, group)


def returnguard(facts: list[Fact]) -> Said | None:
    try:
        guard = importlib.import_module("returnguard")
    except ImportError:
        return None
    scorer = guard.FraudScorer()
    profiles: dict[str, Any] = {}
    orders: dict[str, Order] = {}
    registered: dict[str, datetime] = {}
    found: set[str] = set()
    for fact in facts:
        if isinstance(fact, Account) and fact.registered_at:
            registered[fact.id] = fact.registered_at
        elif isinstance(fact, Order):
            orders[fact.id] = fact
            profile = profiles.setdefault(fact.account_id, guard.CustomerProfile(customer_id=fact.account_id or "?"))
            profile.total_orders += 1
        elif isinstance(fact, Claim):
            profile = profiles.setdefault(fact.account_id, guard.CustomerProfile(customer_id=fact.account_id or "?"))
            if scorer.score(_request(guard, fact, orders.get(fact.order_id), registered), profile).score > 0.30:
                found.add(fact.account_id)
                profile.flagged_count += 1
            profile.total_returns += 1
            profile.last_return_date = _plain(fact.opened_at)
            name = _reason(guard, fact).value
            profile.return_reasons[name] = profile.return_reasons.get(name, 0) + 1
    return Said(found, {})


def _request(guard: Any, claim: Claim, order: Order | None, registered: dict[str, datetime]) -> Any:
    placed = order.placed_at if order and order.placed_at else claim.opened_at
    made = registered.get(claim.account_id)
    return guard.ReturnRequest(
        return_id=claim.id,
        order_id=claim.order_id or "?",
        customer_id=claim.account_id or "?",
        sku=(order.sku if order else "") or "?",
        quantity=1,
        reason=_reason(guard, claim),
        order_date=_plain(placed),
        return_date=_plain(claim.opened_at),
        order_value=(order.paid if order else None) or claim.amount or 0.0,
        metadata={"account_created_at": _plain(made).isoformat()} if made else {},
    )


def _reason(guard: Any, claim: Claim) -> Any:
    kinds = guard.ReturnReason
    if any(sign in claim.reason for sign in "破碎裂漏坏"):
        return kinds.DAMAGED_IN_SHIPPING
    return kinds.DEFECTIVE if "质量" in claim.reason else kinds.CHANGED_MIND if claim.kind == "return" else kinds.OTHER


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def measure(said: Said, truth: evaluate.Truth, tables: scenario.Tables) -> dict[str, float | None]:
    guilty = {a for a, label in truth.accounts.items() if label != "honest"}
    ringed = {a for pair in truth.links for a in pair}
    honest_of_hubs = evaluate.hub_holders(truth, tables) - guilty
    found = said.found & truth.accounts.keys()
    figures: dict[str, float | None] = {}
    for label in sorted(set(truth.accounts.values()) - {"honest"}):
        mine = {a for a, is_ in truth.accounts.items() if is_ == label}
        figures[label] = _share(len(found & mine), len(mine))
    figures["ring_precision"] = _share(len(found & ringed), len((found & ringed) | (found - guilty)))
    figures["ring_recall"] = _share(len(found & ringed), len(ringed))
    figures["honest_hub_fp"] = _share(len(found & honest_of_hubs), len(honest_of_hubs))
    right, all_ = _pairs(said, truth)
    figures["link_precision"] = _share(right, all_)
    figures["link_recall"] = _share(right, len(truth.links))
    return figures


def _pairs(said: Said, truth: evaluate.Truth) -> tuple[int, int]:
    """Pairs said and how many are true. The union says millions, so they are counted by group."""
    if said.pairs is not None:
        counted = said.pairs - truth.households
        return len(counted & truth.links), len(counted)
    sizes: dict[str, int] = defaultdict(int)
    for name in said.group.values():
        sizes[name] += 1

    def together(pairs: set[tuple[str, str]]) -> int:
        return sum(a in said.group and said.group[a] == said.group.get(b) for a, b in pairs)

    return together(truth.links), sum(n * (n - 1) // 2 for n in sizes.values()) - together(truth.households)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folders", type=Path, nargs="+")
    p.add_argument("--json", action="store_true")
    k = p.parse_args()
    told: dict[str, dict[str, dict[str, float | None] | str]] = {}
    for folder in k.folders:
        truth, tables = evaluate.read_truth(folder), scenario.Tables(folder)
        facts = [fact for _, _, fact in scenario.timeline(tables.rows)]
        three = {"xinfu": ours(folder), "returnguard": returnguard(facts), "union": union(facts)}
        told[folder.name] = {
            name: measure(said, truth, tables) if said else "not installed: pip install returnguard==1.2.2" for name, said in three.items()
        }
    if k.json:
        print(json.dumps(told))
        return
    for name, by in told.items():
        print(f"\n{name:24}" + "".join(f"{who:>14}" for who in by))
        for line in next(iter(v for v in by.values() if isinstance(v, dict))):
            row = (f"{figures[line]!s:>14}" if isinstance(figures, dict) else f"{'–':>14}" for figures in by.values())
            print(f"{line:24}" + "".join(row))


if __name__ == "__main__":
    main()
