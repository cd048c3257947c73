"""What waits to be sent on one socket. Senders never wait: a client too slow to read is cut off and resumes later by its cursor."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from xinfu.kit.websocket import Wire

type Send = Callable[[dict[str, Any]], Awaitable[None]]

FRAMES = 2_000
BYTES = 4 * 1024 * 1024


class Outbox:
    """put() from anywhere in the loop; pump() is the one task that sends. `joined`: several frames travel as one batch frame.

    With a `wire` a frame goes out at once while the peer keeps up; the pump has work only when it does not.
    """

    __slots__ = ("_closing", "_frames", "_joined", "_sending", "_size", "_wake", "_wire", "overflowed")

    def __init__(self, *, joined: bool = False, wire: Wire | None = None) -> None:
        self._frames: deque[str] = deque()
        self._size = 0
        self._wire = wire
        self._sending = False
        self._wake: asyncio.Future[None] | None = None
        self._joined = joined
        self._closing: int | None = None
        self.overflowed = False

    def put(self, frame: str) -> None:
        if self.overflowed or self._closing is not None:
            return
        if self._wire is not None and not self._frames and not self._sending and self._wire.write(frame):
            return
        self._frames.append(frame)
        self._size += len(frame)
        if len(self._frames) > FRAMES or self._size > BYTES:
            self.overflowed = True
        self._rouse()

    def close(self, code: int) -> None:
        """Send what is waiting, then close the socket with `code`."""
        if self._closing is None:
            self._closing = code
            self._rouse()

    async def pump(self, send: Send) -> int:
        """Send until closed (returns the close code) or overflowed (returns 4408)."""
        while True:
            while self._frames:
                if self.overflowed:
                    return 4408
                self._sending = True
                await send({"type": "websocket.send", "text": self._take()})
                self._sending = False
            if self.overflowed:
                return 4408
            if self._closing is not None:
                return self._closing
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    def _take(self) -> str:
        if self._joined and len(self._frames) > 1:
            text = '{"t":"batch","f":[' + ",".join(self._frames) + "]}"
            self._frames.clear()
            self._size = 0
            return text
        frame = self._frames.popleft()
        self._size -= len(frame)
        return frame

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
