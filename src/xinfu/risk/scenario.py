"""Scenario folders: read into facts in the order of time, scored claim by claim, and written out as tables of findings."""

import csv
import gc
import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from xinfu.kit.errors import Invalid
from xinfu.risk.book import RiskBook
from xinfu.risk.contracts import (
    Account,
    AccountRisk,
    Arrival,
    Claim,
    ClaimRisk,
    Contact,
    Decision,
    Device,
    Fact,
    Link,
    Order,
    Payee,
    PhotoMatch,
    Photos,
    Shipment,
)
from xinfu.risk.photos import PhotoAlbum
from xinfu.risk.rebuild import entities

type Row = dict[str, str]

TABLES = ("accounts", "devices", "payees", "orders", "parcels", "claims", "contacts", "photos")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)
_YES = {"1": True, "0": False, "true": True, "false": False, "是": True, "否": False}


class NotAScenario(Invalid):
    code = "risk.not_a_scenario"
    zh, en = "这个文件夹不是评测场景：{why}", "This folder is not a scenario: {why}"


@dataclass(frozen=True, slots=True)
class Result:
    """Everything `xinfu risk score` writes."""

    accounts: list[AccountRisk]
    claims: list[ClaimRisk]
    links: list[Link]
    photos: list[PhotoMatch]
    timing: dict[str, float]


class Tables:
    """The rows of a folder. A missing table is an empty one; a folder without accounts and claims is refused."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "accounts.csv").is_file() or not (folder / "claims.csv").is_file():
            raise NotAScenario(why="accounts.csv, claims.csv")
        self.rows: dict[str, list[Row]] = {name: _read(folder / f"{name}.csv") for name in TABLES}

    def photo_files(self) -> dict[str, Path]:
        root = self.folder.resolve()
        named = {r["photo_id"]: (root / r["file"]).resolve() for r in self.rows["photos"] if r.get("file") and r.get("photo_id")}
        return {photo: file for photo, file in named.items() if file.is_relative_to(root)}


def run(folder: Path, photos: Photos | None = None) -> Result:
    """Score a folder. Truth is never read here."""
    tables = Tables(folder)
    book = RiskBook(photos or PhotoAlbum(tables.photo_files()))
    claims: list[ClaimRisk] = []
    seconds: list[float] = []
    updates: list[float] = []
    looks: list[float] = []
    facts = timeline(tables.rows)
    # Facts live as long as the run and hold no cycles: collecting would only hold up scores.
    gc.disable()
    try:
        for _, _, fact in facts:
            began = time.perf_counter()
            if isinstance(fact, Claim):
                seen = book.seen_before(fact)
                if fact.photos:
                    looks.append(time.perf_counter() - began)
                began = time.perf_counter()
                claims.append(book.score(fact, seen))
                seconds.append(time.perf_counter() - began)
            else:
                book.add(fact)
                updates.append(time.perf_counter() - began)
    finally:
        gc.enable()
    book.settle()
    accounts = book.accounts()
    columns = book.links.columns()
    began = time.perf_counter()
    entities(columns)
    rebuild = time.perf_counter() - began
    timing = {
        "p50_ms": _percentile(seconds, 50),
        "p99_ms": _percentile(seconds, 99),
        "update_p50_ms": _percentile(updates, 50),
        "update_p99_ms": _percentile(updates, 99),
        "update_max_ms": _percentile(updates, 100),
        "photos_p50_ms": _percentile(looks, 50),
        "photos_p95_ms": _percentile(looks, 95),
        "rebuild_s": round(rebuild, 4),
    }
    return Result(accounts, claims, book.ring_links(accounts), book.photo_matches(), timing)


def write(result: Result, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    accounts = ((r.account_id, f"{r.score:.4f}", ";".join(r.patterns), r.entity_id) for r in result.accounts)
    _write(out / "accounts.csv", ("account_id", "score", "patterns", "entity_id"), accounts)
    claims = ((r.claim_id, f"{r.score:.4f}", r.pattern or "", r.action, _told(r)) for r in result.claims)
    _write(out / "claims.csv", ("claim_id", "score", "pattern", "action", "reasons"), claims)
    links = ((r.account_id, r.account_id2, f"{r.score:.4f}") for r in result.links)
    _write(out / "links.csv", ("account_id", "account_id2", "score"), links)
    photos = ((r.photo_id, r.photo_id2, f"{r.score:.4f}") for r in result.photos if r.photo_id != r.photo_id2)
    _write(out / "photos.csv", ("photo_id", "photo_id2", "score"), photos)
    (out / "timing.json").write_text(json.dumps(result.timing, indent=1) + "\n", encoding="utf-8")


def timeline(rows: dict[str, list[Row]]) -> list[tuple[datetime, int, Fact]]:
    """All facts by the time they became known; a missing time is taken from the nearest fact that has one."""
    times = _Times(rows)
    facts: list[tuple[datetime, int, Fact]] = []
    for r in rows["accounts"]:
        registered = _time(r, "registered_at")
        known = registered or _BEGINNING
        facts.append((known, 0, Account(r["account_id"], registered, r.get("phone", ""), r.get("name", ""), _int(r, "level"))))
    for r in rows["devices"]:
        when = _time(r, "first_seen") or times.registered.get(r["account_id"], _BEGINNING)
        facts.append((when, 1, Device(r["account_id"], r.get("device_id", ""), r.get("ip", ""))))
    for r in rows["payees"]:
        when = _time(r, "first_used") or times.registered.get(r["account_id"], _BEGINNING)
        facts.append((when, 1, Payee(r["account_id"], r.get("payee_id", ""))))
    facts.extend((times.placed[r["order_id"]], 2, _order(r, times)) for r in rows["orders"])
    for r in rows["parcels"]:
        facts.extend(_parcel(r, times))
    photos: dict[str, list[str]] = defaultdict(list)
    for r in rows["photos"]:
        photos[r.get("claim_id", "")].append(r["photo_id"])
    for r in rows["claims"]:
        facts.extend(_claim(r, times, photos[r["claim_id"]]))
    for r in rows["contacts"]:
        started = _time(r, "started_at") or times.opened.get(r.get("claim_id", "")) or _END
        account = r.get("account_id", "") or times.claimant.get(r.get("claim_id", ""), "")
        abusive = _flag(r, "abusive") or False
        contact = Contact(r["contact_id"], account, started, r.get("channel", ""), _number(r, "duration_s"), r.get("claim_id", ""), abusive)
        facts.append((started, 5, contact))
    facts.sort(key=lambda f: f[:2])
    return facts


class _Times:
    """Dates and owners of orders and claims, filled from neighbouring rows where a field is empty."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.registered = {r["account_id"]: t for r in rows["accounts"] if (t := _time(r, "registered_at"))}
        self.claimed: dict[str, datetime] = {}
        self.owner = {r["order_id"]: r["account_id"] for r in rows["orders"] if r.get("account_id")}
        shipped: dict[str, list[datetime]] = defaultdict(list)
        for r in rows["parcels"]:
            shipped[r.get("order_id", "")].extend(t for t in (_time(r, "shipped_at"), _time(r, "arrived_at")) if t)
        for r in rows["claims"]:
            order = r.get("order_id", "")
            if r.get("account_id") and order:
                self.owner.setdefault(order, r["account_id"])
            if (opened := _time(r, "opened_at")) and order:
                self.claimed[order] = min(opened, self.claimed.get(order, opened))
        self.placed: dict[str, datetime] = {}
        for r in rows["orders"]:
            order = r["order_id"]
            around = [*shipped[order], *([self.claimed[order]] if order in self.claimed else [])]
            guess = min(around) if around else self.registered.get(self.owner.get(order, ""), _BEGINNING)
            self.placed[order] = _time(r, "placed_at") or guess
        self.opened: dict[str, datetime] = {}
        self.claimant: dict[str, str] = {}
        for r in rows["claims"]:
            placed = self.placed.get(r.get("order_id", ""))
            later = placed + timedelta(days=10) if placed and placed > _BEGINNING else _END
            self.opened[r["claim_id"]] = _time(r, "opened_at") or _time(r, "decided_at") or later
            self.claimant[r["claim_id"]] = r.get("account_id") or self.owner.get(r.get("order_id", ""), "")


def _order(r: Row, times: _Times) -> Order:
    return Order(
        r["order_id"],
        times.owner.get(r["order_id"], ""),
        _time(r, "placed_at"),
        r.get("receiver", ""),
        r.get("receiver_phone", ""),
        r.get("address", ""),
        r.get("sku", ""),
        r.get("category", ""),
        _number(r, "paid"),
        _number(r, "unit_price"),
        _number(r, "weight_kg"),
        _int(r, "zone"),
        _flag(r, "fragile"),
        _int(r, "floor"),
        _flag(r, "elevator"),
        r.get("serial_out", ""),
    )


def _parcel(r: Row, times: _Times) -> Iterable[tuple[datetime, int, Fact]]:
    """Two facts: handed over, and arrived (or refused)."""
    order, returning = r.get("order_id", ""), r.get("direction") == "return"
    shipped, arrived = _time(r, "shipped_at"), _time(r, "arrived_at")
    start = times.claimed.get(order) if returning else times.placed.get(order)
    sent = shipped or (arrived - timedelta(days=2) if arrived else None) or start or _BEGINNING
    yield (
        sent,
        3,
        Shipment(
            r["parcel_id"],
            order,
            returning,
            r.get("carrier", ""),
            r.get("station", ""),
            r.get("courier", ""),
            _number(r, "weight_kg"),
            _number(r, "freight_claimed"),
            _number(r, "freight_contract"),
        ),
    )
    outcome = r.get("outcome", "")
    if arrived or outcome not in ("", "pending"):
        yield arrived or sent + timedelta(days=4), 4, Arrival(r["parcel_id"], order, returning, outcome, arrived)


def _claim(r: Row, times: _Times, also: list[str]) -> Iterable[tuple[datetime, int, Fact]]:
    """Two facts: opened, and decided."""
    opened = times.opened[r["claim_id"]]
    photos = tuple(dict.fromkeys(p for p in (*r.get("photos", "").split(";"), *also) if p))
    yield (
        opened,
        6,
        Claim(
            r["claim_id"],
            r.get("order_id", ""),
            times.claimant[r["claim_id"]],
            opened,
            r.get("kind", ""),
            r.get("reason", ""),
            r.get("about", ""),
            _number(r, "amount"),
            photos,
            r.get("serial_in", ""),
            r.get("condition_in", ""),
        ),
    )
    if decided := r.get("decided", ""):
        when = _time(r, "decided_at") or (opened + timedelta(days=2) if opened < _END else _END)
        yield max(when, opened), 7, Decision(r["claim_id"], decided == "approved")


def _read(file: Path) -> list[Row]:
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        return [{k: (v or "").strip() for k, v in row.items() if k is not None} for row in reader]


def _write(file: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(list(header))
        writer.writerows(rows)


def _told(risk: ClaimRisk) -> str:
    return "；".join(reason.zh for finding in risk.findings[:2] if finding.score >= 0.3 for reason in finding.reasons)


def _time(r: Row, name: str) -> datetime | None:
    text = r.get(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(r: Row, name: str) -> float | None:
    try:
        value = float(r.get(name, ""))
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None


def _int(r: Row, name: str) -> int | None:
    value = _number(r, name)
    return None if value is None else int(value)


def _flag(r: Row, name: str) -> bool | None:
    return _YES.get(r.get(name, "").lower())


def _percentile(seconds: list[float], percent: int) -> float:
    return round(float(np.percentile(seconds, percent)) * 1000, 3) if seconds else 0.0
