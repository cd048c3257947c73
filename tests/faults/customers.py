"""Customers who never give up: they reconnect, resume by their cursor and send again what was not acked, as the widget does."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests.server import RunningCentre


@dataclass
class Customer:
    """One patient customer and all that the server ever told them."""

    centre: RunningCentre
    token: str
    acks: dict[str, int] = field(default_factory=dict)
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    unacked: dict[str, str] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    resumed: int = 0
    refused: list[str] = field(default_factory=list)
    _said: int = 0

    @property
    def cursor(self) -> int:
        """The highest seq with nothing missing before it, own acked messages included."""
        known = self.seen.keys() | set(self.acks.values())
        n = 0
        while n + 1 in known:
            n += 1
        return n

    async def talk(self, until: asyncio.Event, every_s: float = 0.22) -> None:
        """Speak every `every_s` (within what one socket may) until told to stop; then until everything said is acked."""
        while not until.is_set() or self.unacked:
            try:
                async with connect(f"{self.centre.ws}/ws/customer?token={self.token}", open_timeout=5, compression=None) as socket:
                    await self._converse(socket, until, every_s)
            except (OSError, TimeoutError, websockets.WebSocketException):
                await asyncio.sleep(0.05)

    async def _converse(self, socket: ClientConnection, until: asyncio.Event, every_s: float) -> None:
        await socket.send(json.dumps({"t": "resume", "after": self.cursor}))
        for client_id, text in self.unacked.items():
            await socket.send(json.dumps({"t": "send", "id": client_id, "text": text}))
        listening = asyncio.create_task(self._listen(socket))
        try:
            while not listening.done() and not (until.is_set() and not self.unacked):
                if not until.is_set() and len(self.unacked) < 5:
                    self._said += 1
                    client_id, text = f"m{self._said}", f"第{self._said}句,我的快递到哪了"
                    self.unacked[client_id] = text
                    await socket.send(json.dumps({"t": "send", "id": client_id, "text": text}))
                await asyncio.sleep(every_s)
                while self.refused:  # told to wait: say it again a moment later, with the same id
                    client_id = self.refused.pop()
                    await socket.send(json.dumps({"t": "send", "id": client_id, "text": self.unacked[client_id]}))
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, socket: ClientConnection) -> None:
        async for raw in socket:
            self.hear(json.loads(raw))

    def hear(self, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "ack":
                before = self.acks.setdefault(frame["id"], frame["seq"])
                if before != frame["seq"]:
                    self.contradictions.append(f"{frame['id']} acked as {before} and {frame['seq']}")
                self.unacked.pop(frame["id"], None)
            case "msg":
                before_text = self.seen.setdefault(frame["seq"], frame)["text"]
                if before_text != frame["text"]:
                    self.contradictions.append(f"seq {frame['seq']} was two messages")
            case "resumed":
                self.resumed += 1
            case "error":
                self.errors.append(frame)
                if frame.get("id") in self.unacked and "retry_after_s" in frame:
                    self.refused.append(frame["id"])
            case _:
                pass

    async def stored(self) -> list[dict[str, Any]]:
        """Everything the server has, by a fresh resume from the start."""
        out: list[dict[str, Any]] = []
        async with connect(f"{self.centre.ws}/ws/customer?token={self.token}", open_timeout=20, compression=None) as socket:
            await socket.send(json.dumps({"t": "resume", "after": 0}))
            async for raw in socket:
                frame = json.loads(raw)
                if frame["t"] == "resumed":
                    break
                if frame["t"] == "msg":
                    out.append(frame)
        return out

    async def nothing_lost_nothing_doubled(self) -> None:
        """Raises AssertionError unless what was acked is stored once, where it was acked, and the seqs have no gap."""
        stored = await self.stored()
        assert [m["seq"] for m in stored] == list(range(1, len(stored) + 1))
        own = [m["id"] for m in stored if m["from"] == "customer"]
        assert len(own) == len(set(own))
        where = {m["id"]: m["seq"] for m in stored if m["from"] == "customer"}
        assert {i: where.get(i) for i in self.acks} == self.acks
        assert self.contradictions == []
