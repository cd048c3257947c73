"""HTTP of the measuring side: one kept-alive connection and no more than is needed to hear the centre."""

import asyncio
import contextlib
from typing import Any
from urllib.parse import urlsplit

import msgspec


class Wire:
    """One connection to `url`, one call at a time; opened by the first call, and again after an error."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        given = {"Host": f"{self._host}:{self._port}", **(headers or {})}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """(status, body). Raises OSError, asyncio.IncompleteReadError."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=1 << 20)
        payload = b"" if body is None else msgspec.json.encode(body)
        kind = f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n" if payload or method == "POST" else ""
        try:
            self._writer.write(f"{method} {path} HTTP/1.1\r\n{self._head}{kind}\r\n".encode() + payload)
            head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            return int(head[9:12]), await self._reader.readexactly(int(length or 0))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
        self._reader = self._writer = None


def spread(values: list[float]) -> dict[str, float]:
    """Median and percentiles in milliseconds, of seconds."""
    if not values:
        return {"n": 0}
    ordered = sorted(values)
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    return {
        "n": len(ordered),
        **{f"{name}_ms": round(value * 1000, 1) for name, value in at.items()},
        "max_ms": round(ordered[-1] * 1000, 1),
    }
