"""A payment gateway, a carrier and a rewards system of our own, for demos and tests. Their books are a SQLite file that survives a kill.

They keep their side of the ports: the same key is the same command. How well they behave is a `Mood`: slow, failing before or after the
deed, undecided for a while, refusing, or lying; drawn by a seeded chance per call, or scripted call by call.
"""

import asyncio
import hashlib
import json
import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from xinfu.aftersales.settlement.ports import Answer, Booking, Outcome, Outside, Reward, Scan, Shipment, StatementLine, Unreachable
from xinfu.kit.clock import Clock, from_ms
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type Manner = Literal[
    "good", "lost", "done_then_silent", "pending", "refuse", "refuse_but_do", "claim_but_not", "twice", "slow",
]  # fmt: skip
"""What one call meets: it works; the command is lost; it is done and the answer is lost; it is decided later; it is refused; it is refused
and done all the same; it is called done and is not; it is done two times over; it works after a while."""

_TABLES = """
CREATE TABLE IF NOT EXISTS command (
  key TEXT PRIMARY KEY, kind TEXT NOT NULL, outcome TEXT NOT NULL, reference TEXT NOT NULL, words TEXT NOT NULL, more TEXT NOT NULL,
  decide_at INTEGER NOT NULL, calls INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS movement (
  n INTEGER PRIMARY KEY, key TEXT NOT NULL, reference TEXT NOT NULL, minor INTEGER NOT NULL, currency TEXT NOT NULL, at INTEGER NOT NULL
);
"""


@dataclass(slots=True)
class Mood:
    """`script` is taken call by call, then each manner of `odds` comes with its chance; the rest is good."""

    seed: int = 0
    odds: dict[Manner, float] = field(default_factory=dict)
    script: list[Manner] = field(default_factory=list)
    slow_s: float = 0.0
    decide_s: float = 0.0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  chance of a simulation

    def next(self) -> Manner:
        if self.script:
            return self.script.pop(0)
        drawn = self._random.random()
        for manner, chance in self.odds.items():
            drawn -= chance
            if drawn < 0:
                return manner
        return "good"


class Books:
    """What a simulated system remembers. Short transactions on one connection; small enough to be made on the loop."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._db: sqlite3.Connection | None = None

    def open(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = sqlite3.connect(self._path, isolation_level=None, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_TABLES)
        return self._db

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


class _System:
    """What the three have in common: a command by key, carried out as the mood has it."""

    def __init__(self, books: Books, clock: Clock, mood: Mood | None = None) -> None:
        self._books = books
        self._clock = clock
        self.mood = mood or Mood()

    async def _command(self, kind: str, key: str, more: dict[str, Any], moves: Money | None = None) -> tuple[Answer, dict[str, Any]]:
        manner = self.mood.next()
        if manner == "lost":
            raise Unreachable("simulated: the line is dead")
        if manner == "slow":
            await asyncio.sleep(self.mood.slow_s)
        db = self._books.open()
        db.execute("BEGIN IMMEDIATE")
        try:
            if not db.execute("UPDATE command SET calls = calls + 1 WHERE key = ?", (key,)).rowcount:
                self._carry_out(db, kind, key, more, moves, manner)
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        if manner == "done_then_silent":
            raise Unreachable("simulated: the answer was lost")
        answer, kept = self._found(key) or (Answer("refused"), {})
        if manner == "refuse_but_do":
            return Answer("refused", "", "simulated: refused, and yet done"), kept
        if manner == "claim_but_not":
            return Answer("done", _number(key), ""), kept
        return answer, kept

    def _carry_out(self, db: sqlite3.Connection, kind: str, key: str, more: dict[str, Any], moves: Money | None, manner: Manner) -> None:
        now = self._clock.ms()
        outcome: Outcome = "refused" if manner in ("refuse", "claim_but_not") else "pending" if manner == "pending" else "done"
        words = {"refused": "simulated: the account is closed", "pending": "simulated: under way"}.get(outcome, "")
        decide_at = now + int(self.mood.decide_s * 1000) if outcome == "pending" else 0
        row = (key, kind, outcome, _number(key), words, json.dumps(more | _move(moves)), decide_at)
        db.execute("INSERT INTO command VALUES (?, ?, ?, ?, ?, ?, ?, 1)", row)
        if outcome == "done" and moves is not None:
            for _ in range(2 if manner == "twice" else 1):
                self._move(db, key, moves, now)
        if manner == "claim_but_not":
            db.execute("DELETE FROM command WHERE key = ?", (key,))

    def _move(self, db: sqlite3.Connection, key: str, amount: Money, at: int) -> None:
        insert = "INSERT INTO movement (key, reference, minor, currency, at) VALUES (?, ?, ?, ?, ?)"
        db.execute(insert, (key, _number(key), amount.minor, amount.currency, at))

    def _found(self, key: str) -> tuple[Answer, dict[str, Any]] | None:
        self._decide()
        read = "SELECT outcome, reference, words, more FROM command WHERE key = ?"
        found = self._books.open().execute(read, (key,)).fetchone()
        if found is None:
            return None
        outcome, reference, words, more = found
        return Answer(outcome, reference if outcome != "refused" else "", words), json.loads(more)

    def _decide(self) -> None:
        """What was under way long enough is decided: it is done."""
        db, now = self._books.open(), self._clock.ms()
        due = db.execute("SELECT key, more FROM command WHERE outcome = 'pending' AND decide_at <= ?", (now,)).fetchall()
        for key, more in due:
            db.execute("BEGIN IMMEDIATE")
            decided = db.execute("UPDATE command SET outcome = 'done', words = '' WHERE key = ? AND outcome = 'pending'", (key,)).rowcount
            kept = json.loads(more)
            if decided and "minor" in kept:
                self._move(db, key, Money(kept["minor"], kept["currency"]), now)
            db.execute("COMMIT")

    def calls(self, key: str) -> int:
        """How often a command arrived."""
        found = self._books.open().execute("SELECT calls FROM command WHERE key = ?", (key,)).fetchone()
        return found[0] if found else 0


class GatewaySimulator(_System):
    """A payment gateway."""

    async def refund(self, key: str, method: str, reference: str, amount: Money) -> Answer:
        return (await self._command("refund", key, {"method": method, "order": reference}, amount))[0]

    async def charge(self, key: str, method: str, reference: str, amount: Money) -> Answer:
        return (await self._command("charge", key, {"method": method, "order": reference}, -amount))[0]

    async def find(self, key: str) -> Answer | None:
        found = self._found(key)
        return found[0] if found else None

    async def statement(self, since: datetime) -> Sequence[StatementLine]:
        self._decide()
        read = "SELECT key, reference, minor, currency, at FROM movement WHERE at >= ? ORDER BY n"
        rows = self._books.open().execute(read, (int(since.timestamp() * 1000),)).fetchall()
        return [StatementLine(key, reference, Money(minor, currency), from_ms(at)) for key, reference, minor, currency, at in rows]


_JOURNEY = (("picked_up", 0.2, "快递员已取件"), ("in_transit", 0.5, "运输中"), ("delivered", 1.0, "已签收"))


class CarrierSimulator(_System):
    """A carrier whose parcels travel by the clock: picked up after a fifth of `journey`, delivered at its end."""

    def __init__(self, books: Books, clock: Clock, mood: Mood | None = None, journey: timedelta = timedelta(days=2)) -> None:
        super().__init__(books, clock, mood)
        self.journey = journey

    async def book_return(self, key: str, shipment: Shipment) -> Booking:
        return self._booking(*await self._command("book", key, self._terms(key, shipment)))

    async def send(self, key: str, shipment: Shipment) -> Booking:
        return self._booking(*await self._command("send", key, self._terms(key, shipment)))

    async def find(self, key: str) -> Booking | None:
        found = self._found(key)
        return self._booking(*found) if found else None

    async def scans(self, tracking_no: str) -> Sequence[Scan]:
        read = "SELECT more FROM command WHERE outcome = 'done' AND reference = ?"
        found = self._books.open().execute(read, (tracking_no,)).fetchone()
        if found is None:
            return []
        begun = from_ms(json.loads(found[0])["at"])
        stops = [Scan(begun + self.journey * part, code, "", text) for code, part, text in _JOURNEY]
        return [scan for scan in stops if scan.at <= self._clock.now()]

    def _terms(self, key: str, shipment: Shipment) -> dict[str, Any]:
        kilos = max(1, -(-shipment.weight_g // 1000))
        return {"at": self._clock.ms(), "freight": 800 + 300 * (kilos - 1), "order": shipment.order_no}

    def _booking(self, answer: Answer, kept: dict[str, Any]) -> Booking:
        if answer.outcome != "done":
            return Booking(answer.outcome, words=answer.words)
        return Booking("done", "模拟快递 (demo)", answer.reference, Money(kept.get("freight", 0)), answer.words)


class RewardsSimulator(_System):
    """A rewards system."""

    async def grant(self, key: str, customer_id: Id, what: Reward, value: int) -> Answer:
        return (await self._command("grant", key, {"customer": customer_id, "what": what, "value": value}))[0]

    async def find(self, key: str) -> Answer | None:
        found = self._found(key)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Simulated:
    """The three of them over one file."""

    gateway: GatewaySimulator
    carrier: CarrierSimulator
    rewards: RewardsSimulator
    books: Books

    @property
    def outside(self) -> Outside:
        return Outside(self.gateway, self.carrier, self.rewards)


def simulated(path: Path, clock: Clock, moods: Callable[[], Mood] = Mood) -> Simulated:
    books = Books(path)
    return Simulated(
        GatewaySimulator(books, clock, moods()), CarrierSimulator(books, clock, moods()), RewardsSimulator(books, clock, moods()), books
    )


def _number(key: str) -> str:
    return "SIM" + hashlib.blake2b(key.encode(), digest_size=6).hexdigest().upper()


def _move(moves: Money | None) -> dict[str, Any]:
    return {} if moves is None else {"minor": moves.minor, "currency": moves.currency}
