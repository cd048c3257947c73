"""How well a folder was read: findings beside its truth.csv, per pattern, per ring, per hub and per pair."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinfu.risk.contracts import Pattern
from xinfu.risk.policy import FOUND
from xinfu.risk.scenario import NotAScenario, Result, Row, Tables

_HOUSEHOLD = {"household", "family", "couple"}
_HONEST = "honest"


@dataclass(slots=True)
class Truth:
    accounts: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)
    households: set[tuple[str, str]] = field(default_factory=set)
    photos: set[tuple[str, str]] = field(default_factory=set)
    hubs: list[tuple[str, str]] = field(default_factory=list)


def read_truth(folder: Path) -> Truth:
    file = folder / "truth.csv"
    if not file.is_file():
        raise NotAScenario(why="truth.csv")
    truth = Truth()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            one, two, label = row["id"], row["id2"], row["label"]
            match row["kind"]:
                case "account":
                    truth.accounts[one] = label
                case "claim":
                    truth.claims[one] = label
                case "link":
                    (truth.households if label in _HOUSEHOLD else truth.links).add(_pair(one, two))
                case "photo":
                    truth.photos.add(_pair(one, two))
                case "hub":
                    truth.hubs.append((two, one))
    return truth


def compare(folder: Path, result: Result) -> dict[str, Any]:
    truth = read_truth(folder)
    tables = Tables(folder)
    found = {r.account_id for r in result.accounts if r.score >= FOUND}
    guilty = {a for a, label in truth.accounts.items() if label != _HONEST}
    paired = {_pair(link.account_id, link.account_id2) for link in result.links if link.score >= FOUND} - truth.households
    ringed = {a for pair in truth.links for a in pair}
    hub_accounts = hub_holders(truth, tables) - guilty
    photos = {_pair(m.photo_id, m.photo_id2) for m in result.photos if m.photo_id != m.photo_id2 and m.score >= FOUND}
    return {
        "accounts": _figures(found & truth.accounts.keys(), guilty),
        "rings": {**_figures(found & truth.accounts.keys(), guilty, among=ringed), **_whole_rings(truth, result)},
        "patterns": {p.value: _pattern(p, truth, tables, result) for p in Pattern if p in truth.accounts.values()},
        "claims": _claims(truth, result),
        "hubs": {
            "honest_accounts": len(hub_accounts),
            "false_positives": len(hub_accounts & found),
            "rate": _share(len(hub_accounts & found), len(hub_accounts)),
        },
        "links": _figures(paired, truth.links),
        "photos": _figures(photos, truth.photos),
        "timing": result.timing,
    }


def _pattern(pattern: Pattern, truth: Truth, tables: Tables, result: Result) -> dict[str, Any]:
    """Accounts: judged over everyone. Claims: over those that two earlier ones of the same ring (or person) make decidable."""
    said = {r.account_id for r in result.accounts if r.score >= FOUND and pattern in r.patterns}
    accounts = {a for a, label in truth.accounts.items() if label == pattern}
    decidable = _decidable(pattern, truth, tables)
    marked = {r.claim_id for r in result.claims if r.score >= FOUND}
    named = {r.claim_id for r in result.claims if r.score >= FOUND and r.pattern == pattern}
    right = [c for c in named if truth.claims.get(c) == pattern]
    return {
        "accounts": _figures(said, accounts),
        "claims": {
            "decidable": len(decidable),
            "recall": _share(len(decidable & marked), len(decidable)),
            "precision": _share(len(right), len(named)),
        },
    }


def _decidable(pattern: Pattern, truth: Truth, tables: Tables) -> set[str]:
    ring = _rings(truth)
    owner = {r["claim_id"]: r["account_id"] for r in tables.rows["claims"]}
    opened = {r["claim_id"]: r["opened_at"] for r in tables.rows["claims"]}
    mine: dict[str, list[str]] = defaultdict(list)
    for claim, label in truth.claims.items():
        if label == pattern:
            account = owner.get(claim, "")
            mine[ring.get(account, account)].append(claim)
    if pattern is Pattern.SWAP:
        return {c for claims in mine.values() for c in claims}
    return {c for claims in mine.values() for c in sorted(claims, key=lambda c: opened.get(c, ""))[2:]}


def _claims(truth: Truth, result: Result) -> dict[str, Any]:
    found = {r.claim_id for r in result.claims if r.score >= FOUND}
    honest = {c for c, label in truth.claims.items() if label == _HONEST}
    return {
        "found": len(found),
        "precision": _share(len(found - honest), len(found)),
        "honest_flagged": _share(len(found & honest), len(honest)),
        "approved_outright": _share(sum(r.action == "approve" for r in result.claims if r.claim_id in honest), len(honest)),
    }


def _rings(truth: Truth) -> dict[str, str]:
    """Ring of each account: what the true links join."""
    parent: dict[str, str] = {}

    def root(a: str) -> str:
        while parent.setdefault(a, a) != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for a, b in truth.links:
        parent[root(a)] = root(b)
    return {a: root(a) for a in list(parent)}


def _whole_rings(truth: Truth, result: Result) -> dict[str, Any]:
    """A ring is found when half its accounts are found in one entity."""
    rings: dict[str, set[str]] = defaultdict(set)
    for account, ring in _rings(truth).items():
        rings[ring].add(account)
    entity = {r.account_id: r.entity_id for r in result.accounts if r.score >= FOUND}
    found = 0
    for members in rings.values():
        counts: dict[str, int] = defaultdict(int)
        for member in members & entity.keys():
            counts[entity[member]] += 1
        found += max(counts.values(), default=0) * 2 >= len(members)
    return {"rings": len(rings), "found_whole": _share(found, len(rings))}


def hub_holders(truth: Truth, tables: Tables) -> set[str]:
    by_field: dict[str, set[str]] = defaultdict(set)
    for name, value in truth.hubs:
        by_field[name].add(value)
    owner = {r["order_id"]: r["account_id"] for r in tables.rows["orders"]}
    held: set[str] = set()
    for rows, name in ((rows, name) for rows in tables.rows.values() for name in by_field):
        held.update(_holder(row, owner) for row in rows if row.get(name) in by_field[name])
    return held & truth.accounts.keys()


def _holder(row: Row, owner: dict[str, str]) -> str:
    return row.get("account_id") or owner.get(row.get("order_id", ""), "")


def _figures[T](found: set[T], true: set[T], among: set[T] | None = None) -> dict[str, Any]:
    """Precision over all that was found; recall over what is true (and, for rings, part of one)."""
    wanted = true & among if among is not None else true
    counted = found & among | (found - true) if among is not None else found
    return {
        "precision": _share(len(counted & true), len(counted)),
        "recall": _share(len(found & wanted), len(wanted)),
        "found": len(counted),
        "true": len(wanted),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
