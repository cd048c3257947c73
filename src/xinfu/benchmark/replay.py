"""`xinfu replay`: plays a file of real customer messages as live customers over real sockets and proves that each is stored exactly once.

Open-loop: a message is due at its own moment whether or not the centre keeps up, and its latency counts from that moment. Knows the
centre only by docs/protocol.md, so it can be pointed at any address.
"""

import asyncio
import dataclasses
import math
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from xinfu.benchmark.door import DoorClosed, open_session, open_sessions, socket_address
from xinfu.kit.ids import new_id
from xinfu.kit.text import clean

RECONNECT_S = 0.2
STATE_WITHIN_S = 0.2
AGAIN = frozenset({"rate_limited", "overloaded", "storage_unavailable"})
TROUBLE = (OSError, TimeoutError, ConnectionClosed, InvalidHandshake, DoorClosed)


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """`column` counts from 0 in tab-separated lines; a customer opens the chat `lead_s` before the first words; `patience_s` is how
    long a message may wait for its ack and answer.
    """

    file: Path
    url: str
    column: int = 0
    rate: float = 50.0
    shop: str = "demo"
    per_customer: int = 1
    patience_s: float = 30.0
    lead_s: float = 2.0


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What became of the messages. Every offered one is answered, handed over, unanswered or refused; `lost` and `doubled` are read back
    from the centre afterwards: an accepted message that is not there (or a hole in the numbering), one that is there more than once.
    """

    offered: int
    answered: int
    handed_over: int
    unanswered: int
    refused: int
    lost: int
    doubled: int
    ack_p50_ms: float
    ack_p99_ms: float
    p50_ms: float
    p99_ms: float
    seconds: float

    @property
    def clean(self) -> bool:
        return self.lost == 0 and self.doubled == 0

    def as_json(self) -> str:
        return msgspec.json.encode(dataclasses.asdict(self)).decode()


@dataclass(slots=True)
class Line:
    """One message on its way. Times are of the event loop's clock."""

    text: str
    due: float
    id: str = field(default_factory=new_id)
    seq: int = 0
    acked_at: float = 0.0
    settled_at: float = 0.0
    handed_over: bool = False
    refused: bool = False

    @property
    def settled(self) -> bool:
        return self.refused or self.settled_at > 0


@dataclass(frozen=True, slots=True)
class Check:
    """What reading a conversation back found."""

    lost: int
    doubled: int


def read_lines(file: Path, column: int) -> Iterator[str]:
    """The messages of the file, cleaned as the centre cleans them; lines without that column or with nothing in it are left out."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\r\n").split("\t")
            text = clean(cells[column]) if column < len(cells) else ""
            if text:
                yield text


async def replay(options: ReplayOptions) -> ReplayReport:
    """Play the whole file and report. Raises OSError when the file cannot be read."""
    texts = await asyncio.to_thread(lambda: list(read_lines(options.file, options.column)))
    loop = asyncio.get_running_loop()
    # The chats are opened before the clock starts: the rate is of messages, not of arrivals at the door.
    tokens = await open_sessions(options.url, options.shop, -(-len(texts) // options.per_customer))
    began = time.monotonic()
    start = loop.time() + options.lead_s
    lines = [Line(text, start + i / options.rate) for i, text in enumerate(texts)]
    groups = [lines[i : i + options.per_customer] for i in range(0, len(lines), options.per_customer)]
    tasks: list[asyncio.Task[Check]] = []
    for group, token in zip(groups, tokens, strict=True):
        await asyncio.sleep(max(0.0, group[0].due - options.lead_s - loop.time()))
        tasks.append(asyncio.create_task(_Player(options, group, token).play()))
    checks = await asyncio.gather(*tasks)
    return _report(lines, checks, time.monotonic() - began)


def compare(lines: Sequence[Line], stored: Sequence[dict[str, Any]]) -> Check:
    """Hold what was sent against the message frames read back from the centre."""
    numbered = Counter(int(message["seq"]) for message in stored)
    at: defaultdict[str, set[int]] = defaultdict(set)
    ids: Counter[str] = Counter()
    for message in stored:
        if message["from"] == "customer":
            at[message.get("id", "")].add(int(message["seq"]))
            ids[message.get("id", "")] += 1
    # A number that is missing and the message that was acknowledged under it are one loss, not two.
    places = set(range(1, max(numbered, default=0) + 1)) - numbered.keys()
    never = 0
    for line in lines:
        if line.seq and line.seq not in at[line.id]:
            places.add(line.seq)
        elif not line.refused and not at[line.id]:
            never += 1
    own = {line.id for line in lines}
    # A copy under another id would be a doubling too: nobody else speaks as this customer.
    doubled = sum(count - 1 for count in numbered.values()) + sum(count - 1 if name in own else count for name, count in ids.items())
    return Check(len(places) + never, doubled)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(round(share * len(ordered), 6)) - 1)]


class _Player:
    """One customer: opens the chat, says the lines when they are due, and looks afterwards what was kept."""

    def __init__(self, options: ReplayOptions, lines: Sequence[Line], token: str) -> None:
        self._options = options
        self._lines = lines
        self._by_id = {line.id: line for line in lines}
        self._loop = asyncio.get_running_loop()
        self._token = token
        self._with_people = False
        self._answered = 0  # the newest answer's seq
        self._changed = asyncio.Event()

    async def play(self) -> Check:
        deadline = self._lines[-1].due + self._options.patience_s
        while not self._done() and self._loop.time() < deadline:
            try:
                async with asyncio.timeout_at(deadline), self._socket() as socket:
                    await self._converse(socket)
            except TROUBLE:
                # Whatever was not acked is said again with the same id, as a customer's own client does.
                await asyncio.sleep(RECONNECT_S)
        return compare(self._lines, await self._read_back())

    async def _converse(self, socket: ClientConnection) -> None:
        reading = asyncio.create_task(self._read(socket))
        speaking = [asyncio.create_task(self._say(socket, line)) for line in self._lines if not line.acked_at and not line.refused]
        try:
            while not self._done():
                self._changed.clear()
                waiting = asyncio.create_task(self._changed.wait())
                await asyncio.wait({reading, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if reading.done():
                    await reading
        finally:
            for task in (reading, *speaking):
                task.cancel()
            await asyncio.gather(reading, *speaking, return_exceptions=True)

    async def _say(self, socket: ClientConnection, line: Line, after: float = 0.0) -> None:
        await asyncio.sleep(max(after, line.due - self._loop.time()))
        await socket.send(msgspec.json.encode({"t": "send", "id": line.id, "text": line.text}).decode())

    async def _read(self, socket: ClientConnection) -> None:
        """Raises ConnectionClosed when the centre hangs up."""
        again: set[asyncio.Task[None]] = set()
        try:
            while True:
                frame = msgspec.json.decode(await socket.recv())
                if frame["t"] == "error" and frame.get("id") in self._by_id and frame["code"] in AGAIN:
                    retry = self._say(socket, self._by_id[frame["id"]], float(frame.get("retry_after_s") or 1))
                    again.add(asyncio.create_task(retry))
                else:
                    self._take(frame)
                    self._changed.set()
        finally:
            for task in again:
                task.cancel()

    def _take(self, frame: dict[str, Any]) -> None:
        now = self._loop.time()
        match frame["t"]:
            case "ack" if frame["id"] in self._by_id:
                self._acked(self._by_id[frame["id"]], int(frame["seq"]), now)
            case "msg" if frame.get("id") in self._by_id:
                self._acked(self._by_id[frame["id"]], int(frame["seq"]), now)
            case "msg" if frame["from"] in ("ai", "agent"):
                self._answered = max(self._answered, int(frame["seq"]))
                self._settle(now, before=self._answered)
            case "state":
                self._with_people = frame["state"] in ("queued", "agent")
                if self._with_people:
                    self._settle(now, before=None)
            case "error" if frame.get("id") in self._by_id:
                self._by_id[frame["id"]].refused = True

    def _acked(self, line: Line, seq: int, now: float) -> None:
        line.seq = line.seq or seq
        line.acked_at = line.acked_at or now
        self._settle(now, before=self._answered)  # the answer may have come first
        if self._with_people:
            self._settle(now, before=None)

    def _settle(self, now: float, before: int | None) -> None:
        """An answer settles every message said before it; people taking over settle everything said so far."""
        for line in self._lines:
            if line.acked_at and not line.settled and (before is None or line.seq < before):
                line.settled_at = now
                line.handed_over = before is None

    def _done(self) -> bool:
        return all(line.settled for line in self._lines)

    async def _read_back(self) -> list[dict[str, Any]]:
        """Every message of the conversation on a fresh connection; nothing when the centre cannot be reached, so that all count as lost."""
        for _ in range(5):
            found: list[dict[str, Any]] = []
            try:
                async with asyncio.timeout(self._options.patience_s), self._socket() as socket:
                    while True:
                        frame = msgspec.json.decode(await socket.recv())
                        if frame["t"] == "msg":
                            found.append(frame)
                        elif frame["t"] == "resumed":
                            await self._look_who_serves(socket)
                            return found
            except TROUBLE:
                await asyncio.sleep(RECONNECT_S)
        return []

    async def _look_who_serves(self, socket: ClientConnection) -> None:
        """The last words were handed over if people have the conversation now: the AI's "I am getting someone" was no answer."""
        try:
            async with asyncio.timeout(STATE_WITHIN_S):
                frame = msgspec.json.decode(await socket.recv())
        except TROUBLE:
            return
        if frame["t"] == "state" and frame["state"] in ("queued", "agent"):
            self._lines[-1].handed_over = True

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[ClientConnection]:
        """Resumes from the start: an answer that came while the line was down must be seen."""
        if not self._token:
            self._token = await open_session(self._options.url, self._options.shop)
        address = socket_address(self._options.url, self._token)
        async with connect(address, compression=None, proxy=None, max_size=1 << 20) as socket:
            await socket.send('{"t":"resume","after":0}')
            yield socket


def _report(lines: Sequence[Line], checks: Sequence[Check], seconds: float) -> ReplayReport:
    acks = [(line.acked_at - line.due) * 1000 for line in lines if line.acked_at]
    answers = [(line.settled_at - line.due) * 1000 for line in lines if line.settled_at]
    return ReplayReport(
        offered=len(lines),
        answered=sum(1 for line in lines if line.settled_at and not line.handed_over),
        handed_over=sum(1 for line in lines if line.settled_at and line.handed_over),
        unanswered=sum(1 for line in lines if not line.settled),
        refused=sum(1 for line in lines if line.refused),
        lost=sum(check.lost for check in checks),
        doubled=sum(check.doubled for check in checks),
        ack_p50_ms=round(percentile(acks, 0.5), 1),
        ack_p99_ms=round(percentile(acks, 0.99), 1),
        p50_ms=round(percentile(answers, 0.5), 1),
        p99_ms=round(percentile(answers, 0.99), 1),
        seconds=round(seconds, 1),
    )
